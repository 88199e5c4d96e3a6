import { describe, expect, it } from '@jest/globals';
import { nameOf } from '@kubezone/core';

import { mayHold, passes, readDomainFilter } from './domain-filter.ts';

const filterOf = (value: unknown) => {
  const filter = readDomainFilter(value);
  if (typeof filter === 'string') throw new RangeError(filter);
  return filter;
};

describe('a domain filter', () => {
  it.each([
    [{ include: ['google.com.'] }, 'google.com', true],
    [{ include: [' foo.org '] }, 'foo.org', true],
    [{ include: ['foo.org'] }, 'baz.org', false],
    [{ include: ['baz.foo.org'] }, 'foo.org', false],
    [{ include: [''] }, 'foo.org', true],
    [{}, 'foo.org', true],
    [null, 'foo.org', true],
    [{ include: ['example.org'] }, 'anexample.org', false],
    [{ include: ['.example.org'] }, 'example.org', false],
    [{ include: ['.example.org'] }, 'test.example.org', true],
    [{ include: ['.org'] }, 'a.b.org', true],
    [{ exclude: ['.api.example.org'] }, 'foo.api.example.org', false],
    [{ exclude: ['.api.example.org'] }, 'api.example.org', true],
    [{ include: ['example.org'], exclude: ['api.example.org'] }, 'foo.api.example.org', false],
    [{ Include: ['bücher.example'] }, 'www.xn--bcher-kva.example', true],
    [{ regexInclude: '^a\\.' }, 'a.example.org', true],
    [{ regexInclude: '^a\\.' }, 'b.example.org', false],
    [{ regexInclude: 'example', regexExclude: '(?i)^B\\.' }, 'b.example.org', false],
    [{ regexExclude: '^b\\.' }, 'a.example.org', true],
  ])('%j lets %s pass: %s', (value, name, expected) => {
    expect(passes(filterOf(value), nameOf(name))).toBe(expected);
  });

  it.each([
    [{ include: ['example.org'] }, 'example.org', true],
    [{ include: ['example.org'] }, 'sub.example.org', true],
    [{ include: ['sub.example.org'] }, 'example.org', true],
    [{ include: ['example.com'] }, 'example.org', false],
    [{}, 'example.org', true],
    [{ regexInclude: 'x' }, 'example.org', true],
  ])('%j may hold names of the zone %s: %s', (value, apex, expected) => {
    expect(mayHold(filterOf(value), nameOf(apex))).toBe(expected);
  });

  it.each([
    [[], 'the domain filter is no object'],
    [{ include: 'example.org' }, 'include: a list is expected'],
    [{ exclude: [1] }, 'exclude: a list of texts is expected'],
    [{ include: ['a..b'] }, 'include: empty label in name "a..b"'],
    [{ regexInclude: '(' }, 'the regular expression "(" is not understood'],
    [{ include: ['example.org'], regexExclude: 'x' }, 'it has domains and regular expressions; one of both is expected'],
  ])('%j is none', (value, reason) => {
    expect(readDomainFilter(value)).toBe(reason);
  });
});
