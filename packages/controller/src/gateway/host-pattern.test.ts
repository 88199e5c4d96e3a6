import { describe, expect, it } from '@jest/globals';
import { nameOf } from '@kubezone/core';

import { ANY_HOST, intersectHosts } from './host-pattern.ts';

describe('two host names', () => {
  it.each([
    ['foo.example.com', 'foo.example.com', 'foo.example.com'],
    ['*.example.com', 'foo.example.com', 'foo.example.com'],
    ['*.example.com', 'a.b.c.example.com', 'a.b.c.example.com'],
    ['*.example.com', '*.example.com', '*.example.com'],
    ['*.example.com', '*.b.example.com', '*.b.example.com'],
    ['*', 'foo.example.com', 'foo.example.com'],
    ['*', '*.example.com', '*.example.com'],
    ['*', '*', '*'],
    ['*.example.com', 'example.com', undefined],
    ['*.example.com', 'fooexample.com', undefined],
    ['*.example.com', '*.example.net', undefined],
    ['*.b.example.com', 'c.example.com', undefined],
    ['foo.example.com', 'bar.example.com', undefined],
    ['foo.example.com', 'a.foo.example.com', undefined],
  ])('%s and %s have %s in common, whichever comes first', (one, other, expected) => {
    const common = expected === undefined ? undefined : nameOf(expected);
    expect(intersectHosts(nameOf(one), nameOf(other))).toBe(common);
    expect(intersectHosts(nameOf(other), nameOf(one))).toBe(common);
  });

  it('are every name where they are an asterisk alone', () => {
    expect(nameOf('*')).toBe(ANY_HOST);
  });
});
