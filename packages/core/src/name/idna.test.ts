import { describe, expect, it } from '@jest/globals';

import type { FailureCode } from '../failure.ts';
import { scanUnicodeName } from './idna.ts';
import { nameOf } from './owner-name.ts';

describe('scanUnicodeName', () => {
  it.each([
    ['bücher.example', 'xn--bcher-kva.example.'],
    ['BÜCHER.Example.', 'xn--bcher-kva.example.'],
    ['faß.de', 'xn--fa-hia.de.'], // non-transitional, as browsers do
    ['日本語.jp', 'xn--wgv71a119e.jp.'],
    ['日本語。jp', 'xn--wgv71a119e.jp.'], // the ideographic full stop is a dot (UTS #46)
    ['*.bücher.example', '*.xn--bcher-kva.example.'],
    ['_sip._tcp.bücher.example', '_sip._tcp.xn--bcher-kva.example.'],
    ['www.example.com', 'www.example.com.'],
    ['a\\.b.example', 'a\\.b.example.'],
    ['\\252.example', '\\252.example.'],
  ])('takes %s for %s', (text, name) => {
    expect(scanUnicodeName(text)).toBe(name);
  });

  it('completes relative names by the origin', () => {
    expect(scanUnicodeName('bücher', nameOf('example.com'))).toBe('xn--bcher-kva.example.com.');
    expect(scanUnicodeName('bücher.', nameOf('example.com'))).toBe('xn--bcher-kva.');
  });

  it.each<[string, FailureCode]>([
    ['', 'NAME_EMPTY_LABEL'],
    ['a..b', 'NAME_EMPTY_LABEL'],
    ['bü..b', 'NAME_EMPTY_LABEL'],
    ['\u0300.example', 'NAME_BAD_IDNA'], // a label may not begin with a combining mark
    ['xn--ü.example', 'NAME_BAD_IDNA'],
    ['\u05d0a.example', 'NAME_BAD_IDNA'], // letters of both directions in one label (RFC 5893)
    ['\ud800.example', 'NAME_BAD_IDNA'],
    [`${'ü'.repeat(60)}.example`, 'NAME_LABEL_TOO_LONG'],
  ])('refuses %j with %s', (text, code) => {
    expect(scanUnicodeName(text)).toMatchObject({ code });
  });
});
