import { describe, expect, it } from '@jest/globals';

import { packWrites } from './pack-writes.ts';

const names = (count: number): number[] => Array.from({ length: count }, (_none, index) => index);

describe('batches', () => {
  it.each([
    [0, 5, []],
    [5, 5, [5]],
    [11, 5, [5, 5, 1]],
    [3, 1, [1, 1, 1]],
  ])('of %i names, at most %i in a call, are %j', (count, maxNames, sizes) => {
    const batches = packWrites(names(count), maxNames, () => 0);
    expect(batches.map((batch) => batch.length)).toEqual(sizes);
    expect(batches.flat()).toEqual(names(count));
  });

  it('are halved with each failure of their names, down to one', () => {
    const triesOf = (name: number): number => (name < 4 ? 0 : name < 8 ? 1 : 50);
    expect(packWrites(names(10), 4, triesOf)).toEqual([[0, 1, 2, 3], [4, 5], [6, 7], [8], [9]]);
  });
});
