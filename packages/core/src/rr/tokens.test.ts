import { describe, expect, it } from '@jest/globals';

import { type FailureCode, isFailure } from '../failure.ts';
import { type Entry, tokenize, tokenizeEntry } from './tokens.ts';

function texts(text: string): unknown {
  const tokens = tokenize(text);
  return isFailure(tokens) ? tokens : tokens.map((token) => (token.quoted ? `"${token.text}"` : token.text));
}

describe('tokenize', () => {
  it.each<[string, string[]]>([
    ['', []],
    ['  \t ', []],
    ['; only a comment', []],
    ['a b\tc', ['a', 'b', 'c']],
    ['a;b', ['a']],
    ['a ; b "c', ['a']],
    ['"a b" "" "c;d(e"', ['"a b"', '""', '"c;d(e"']],
    ['"a""b"', ['"a"', '"b"']],
    ['"a\\"b\\\\"', ['"a\\"b\\\\"']],
    ['a\\ b\\;c\\(d\\"e', ['a\\ b\\;c\\(d\\"e']],
    ['(a b)', ['a', 'b']],
    ['a(b)c', ['a', 'b', 'c']],
    ['a ( b ; comment )\n c\r\n d ) e', ['a', 'b', 'c', 'd', 'e']],
    ['a ( ( b ) c )', ['a', 'b', 'c']],
    ['a\n', ['a']],
    ['a\n  \n', ['a']],
    ['alpn="a b,c" x', ['alpn="a b,c"', 'x']],
    ['k="a\\"b"', ['k="a\\"b"']],
    ['\\# 2 abcd', ['\\#', '2', 'abcd']],
  ])('%j is %j', (text, expected) => {
    expect(texts(text)).toEqual(expected);
  });

  it('says where each token begins', () => {
    expect(tokenize('a "b c" ( d')).toMatchObject({ code: 'UNBALANCED' });
    const tokens = tokenize('a "b c" (\nd )');
    expect(isFailure(tokens) ? tokens : tokens.map((token) => token.offset)).toEqual([0, 2, 10]);
  });

  it.each<[string, FailureCode, number]>([
    ['a "b', 'UNBALANCED', 2],
    ['"a\n"', 'UNBALANCED', 0],
    ['"a\\\n"', 'UNBALANCED', 0],
    ['"a\\', 'UNBALANCED', 0],
    ['"a"b', 'UNBALANCED', 3],
    ['a"b"', 'UNBALANCED', 1],
    ['a ( b', 'UNBALANCED', 2],
    ['a ( ( b )', 'UNBALANCED', 2],
    ['a ) b', 'UNBALANCED', 2],
    ['a\\', 'NAME_BAD_ESCAPE', 1],
    ['a\\\nb', 'NAME_BAD_ESCAPE', 1],
    ['a\nb', 'UNBALANCED', 2],
  ])('%j fails with %s', (text, code, offset) => {
    expect(tokenize(text)).toMatchObject({ code, offset });
  });
});

describe('tokenizeEntry', () => {
  const FILE = 'a 1\n  2 (\n 3 )\r\n\n; c\nb "4"';

  it('goes through a file entry by entry', () => {
    const entries: [string, boolean][] = [];
    for (let at = 0; at < FILE.length;) {
      const entry = tokenizeEntry(FILE, at) as Entry;
      entries.push([entry.tokens.map((token) => token.text).join(' '), entry.startsBlank]);
      at = entry.end;
    }
    expect(entries).toEqual([
      ['a 1', false],
      ['2 3', true],
      ['', false],
      ['', false],
      ['b 4', false],
    ]);
  });
});
