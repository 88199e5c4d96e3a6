import { describe, expect, it } from '@jest/globals';
import { nameOf } from '@kubezone/core';

import { labelStart } from './label-start.ts';

describe('labelStart', () => {
  it.each([
    ['a.b.', [2, 0]],
    ['www.example.net.', [12, 4, 0]],
    [String.raw`a\.b.c.`, [5, 0]],
    [String.raw`a\\.b.c.`, [6, 4, 0]],
    [String.raw`\..\.\..\..`, [8, 3, 0]],
  ])('walks %s from the end', (text, starts) => {
    const name = nameOf(text);
    const found: number[] = [];
    for (let start = name.length; start > 0;) found.push((start = labelStart(name, start)));
    expect(found).toEqual(starts);
  });
});
