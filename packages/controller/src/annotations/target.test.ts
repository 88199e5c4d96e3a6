import { describe, expect, it } from '@jest/globals';
import { isFailure, printAddress } from '@kubezone/core';

import { scanGoDuration } from './go-duration.ts';
import { readTarget } from './target.ts';

function printed(text: string): string {
  const target = readTarget(text);
  if (isFailure(target)) return 'none';
  return target.kind === 'hostname' ? target.name : printAddress(target.rdata);
}

describe('a target', () => {
  it.each([
    ['8.8.8.8', '8.8.8.8'],
    ['2001:DB8:0::1', '2001:db8::1'],
    ['::ffff:1.2.3.4', '1.2.3.4'],
    ['x.example.com', 'x.example.com.'],
    ['X.Example.com.', 'x.example.com.'],
    ['_lb.example.com', '_lb.example.com.'],
    ['my_lb-1.elb.amazonaws.com', 'my_lb-1.elb.amazonaws.com.'],
    ['größe.example', 'xn--gre-6ka8i.example.'],
    ['1.example', '1.example.'],
    ...[
      '1.2.3.4.',
      '300.1.1.1',
      '1.2.3',
      '1234',
      'fe80::1%eth0',
      '[::1]',
      '1.2.3.4:80',
      '',
      '.',
      '*',
      '*.example.com',
      'a b',
      'a..b',
      '-a.test',
      'a-.test',
      'a\\.b.test',
      '1.2.3.4/32',
      'http://x',
      `${'a'.repeat(64)}.test`,
      'a.'.repeat(200),
    ].map((text) => [text, 'none'] as const),
  ])('%j is %j', (text, expected) => {
    expect(printed(text)).toBe(expected);
  });
});

describe('a duration of Go', () => {
  it.each([
    ['10', 10],
    ['-10', -10],
    ['1m', 60],
    ['1h30m', 5400],
    ['1.5h', 5400],
    ['.5m', 30],
    ['250ms', 0.25],
    ['-1m', -60],
    ['+5s', 5],
    ['1µs', 1e-6],
    ['', undefined],
    ['m', undefined],
    ['1d', undefined],
    ['1m 30s', undefined],
    ['1.2.3s', undefined],
    ['0x10', undefined],
    ['1'.repeat(65), undefined],
  ])('%j is %j seconds', (text, expected) => {
    expect(scanGoDuration(text)).toBe(expected);
  });
});
