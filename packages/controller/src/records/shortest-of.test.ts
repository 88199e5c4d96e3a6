import { describe, expect, it } from '@jest/globals';

import { shortestOf } from './shortest-of.ts';

describe('the shortest of some sequences', () => {
  it.each<{ sequences: number[][]; shortest: number[] }>([
    { sequences: [[1, 2, 3]], shortest: [1, 2, 3] },
    { sequences: [[1, 2, 3], [4]], shortest: [4] },
    { sequences: [[1], [2, 3]], shortest: [1] },
    { sequences: [[1], [2]], shortest: [1] },
    { sequences: [[1, 2], []], shortest: [] },
  ])('of $sequences is $shortest', ({ sequences, shortest }) => {
    expect(shortestOf(sequences)).toEqual(shortest);
  });

  it('is found without reading the others to their end', () => {
    function* endless(): Generator<number> {
      for (;;) yield 0;
    }
    expect(shortestOf([endless(), [1, 2], endless()])).toEqual([1, 2]);
  });

  it('is a mistake to ask for where there is none', () => {
    expect(() => shortestOf([])).toThrow(RangeError);
  });
});
