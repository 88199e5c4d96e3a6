import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';

import { type HamtEntry, hashName } from './hamt.ts';
import { nameTable } from './name-table.ts';

interface Entry extends HamtEntry {
  readonly value: number;
}

describe.each<[string, (name: string) => number]>([
  ['the real hash', hashName],
  ['one hash for all', () => -1],
  ['hashes that collide in their low bits', (name) => hashName(name) & 0xff00_0000],
])('a table with %s', (_, hash) => {
  it('finds what a Map finds, and keeps the order in which names came', () => {
    const change = fc.record({ number: fc.integer({ min: 0, max: 300 }), value: fc.integer() });
    fc.assert(
      fc.property(fc.array(change, { maxLength: 300 }), (changes) => {
        const table = nameTable<Entry>();
        const model = new Map<string, number>();
        for (const { number, value } of changes) {
          const owner = `n${number}.example.`;
          const entry = { owner, hash: hash(owner), value };
          if (model.has(owner)) table.replace(entry);
          else table.add(entry);
          model.set(owner, value);
        }
        expect(table.entries.map(({ owner, value }) => [owner, value])).toEqual([...model]);
        const owners = Array.from({ length: 301 }, (__, number) => `n${number}.example.`);
        expect(owners.map((owner) => table.get(owner, hash(owner))?.value)).toEqual(owners.map((owner) => model.get(owner)));
      }),
    );
  });
});
