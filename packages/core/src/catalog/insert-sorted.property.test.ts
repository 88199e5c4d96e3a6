import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';

import { insertSorted } from './insert-sorted.ts';

describe('insertSorted', () => {
  it('gives what sorting all gives, equal items in the order in which they came, and leaves the list as it is', () => {
    const item = fc.record({ key: fc.integer({ min: 0, max: 5 }), id: fc.integer() });
    const compare = (one: { key: number }, other: { key: number }): number => one.key - other.key;
    fc.assert(
      fc.property(fc.array(item), fc.array(item, { maxLength: 40 }), (list, items) => {
        const sorted = list.toSorted(compare);
        const before = [...sorted];
        expect(insertSorted(sorted, items, compare)).toEqual([...sorted, ...items].toSorted(compare));
        expect(sorted).toEqual(before);
      }),
    );
  });
});
