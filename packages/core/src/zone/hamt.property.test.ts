import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';

import {
  type Edit,
  emptyHamt,
  type Hamt,
  type HamtEntry,
  hamtEntries,
  hamtGet,
  hamtOf,
  hamtPut,
  hamtRemove,
  hashName,
} from './hamt.ts';

interface Entry extends HamtEntry {
  readonly value: number;
}

/** Hash functions from good to useless: all collide, collide in the low bits, differ in the last two bits only. */
const hashes: Record<string, (name: string) => number> = {
  'the real hash': hashName,
  'one hash for all': () => 0x5555_5555,
  'two hashes': (name) => hashName(name) & 1,
  'hashes that differ in the highest bits only': (name) => hashName(name) & 0xc000_0000,
  'hashes of eight values in the middle': (name) => (hashName(name) & 7) << 12,
};

const operation = fc.record({
  owner: fc.integer({ min: 0, max: 60 }).map((number) => `n${number}.example.`),
  put: fc.boolean(),
  value: fc.integer(),
  /** Whether this change opens a new edit; the map as it was before must stay. */
  commit: fc.boolean(),
});

describe.each(Object.entries(hashes))('a map with %s', (_, hash) => {
  it('holds what a Map holds after any changes, and never changes a map handed out before', () => {
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 100 }), (operations) => {
        const model = new Map<string, number>();
        let map: Hamt<Entry> = emptyHamt();
        let edit: Edit = {};
        const snapshots: [Hamt<Entry>, Map<string, number>][] = [];
        for (const { owner, put, value, commit } of operations) {
          if (commit) {
            snapshots.push([map, new Map(model)]);
            edit = {};
          }
          if (put) model.set(owner, value);
          else model.delete(owner);
          map = put ? hamtPut(map, { owner, hash: hash(owner), value }, edit) : hamtRemove(map, owner, hash(owner), edit);
        }
        snapshots.push([map, model]);
        for (const [snapshot, expected] of snapshots) {
          expect(new Map(Array.from(hamtEntries(snapshot), (entry) => [entry.owner, entry.value]))).toEqual(expected);
          const owners = Array.from({ length: 61 }, (__, number) => `n${number}.example.`);
          expect(owners.map((owner) => hamtGet(snapshot, owner, hash(owner))?.value)).toEqual(
            owners.map((owner) => expected.get(owner)),
          );
        }
      }),
    );
  });

  it('has one shape for one content, whatever the history', () => {
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 100 }), (operations) => {
        let map: Hamt<Entry> = emptyHamt();
        const model = new Map<string, Entry>();
        for (const { owner, put, value } of operations) {
          const entry = { owner, hash: hash(owner), value };
          if (put) model.set(owner, entry);
          else model.delete(owner);
          map = put ? hamtPut(map, entry) : hamtRemove(map, owner, entry.hash);
        }
        let rebuilt: Hamt<Entry> = emptyHamt();
        for (const entry of [...model.values()].toReversed()) rebuilt = hamtPut(rebuilt, entry);
        expect(shapeOf(map)).toEqual(shapeOf(rebuilt));
        expect(shapeOf(map)).toEqual(shapeOf(hamtOf([...model.values()])));
      }),
    );
  });
});

describe('a change', () => {
  it('makes new branches on the way to its entry only, whatever the size of the map', () => {
    const entryOf = (number: number): Entry => ({
      owner: `n${number}.example.`,
      hash: hashName(`n${number}.example.`),
      value: 0,
    });
    const map = hamtOf(Array.from({ length: 50_000 }, (_, number) => entryOf(number)));
    const shared = new Set(branchesOf(map));
    const made = (changed: Hamt<Entry>): number => branchesOf(changed).filter((branch) => !shared.has(branch)).length;
    for (let number = 49_980; number < 50_020; number++) {
      const { owner, hash } = entryOf(number);
      expect(made(hamtPut(map, entryOf(number)))).toBeLessThanOrEqual(7);
      expect(made(hamtRemove(map, owner, hash))).toBeLessThanOrEqual(7);
    }
  });
});

function branchesOf(branch: Hamt<Entry>): Hamt<Entry>[] {
  return [branch, ...branch.slots.flatMap((slot) => ('slots' in slot ? branchesOf(slot) : []))];
}

/** The map as nested lists; entries of one hash have no order. */
function shapeOf(branch: Hamt<Entry>): unknown {
  const collision = branch.entryMap === 0 && branch.branchMap === 0;
  const slots: unknown[] = branch.slots.map((slot) => ('slots' in slot ? shapeOf(slot) : slot.owner));
  return { entryMap: branch.entryMap, branchMap: branch.branchMap, slots: collision ? slots.map(String).toSorted() : slots };
}

describe('hashName', () => {
  it('spreads names that differ in a number over all places of the root and of the next level', () => {
    const places = new Map<number, number>();
    for (let number = 0; number < 102_400; number++) {
      const place = hashName(`name-${number}.zone.example.`) & 0x3ff;
      places.set(place, (places.get(place) ?? 0) + 1);
    }
    expect(places.size).toBe(1024);
    // 100 on average; a fair hash stays within six standard deviations.
    expect(Math.max(...places.values())).toBeLessThan(160);
    expect(Math.min(...places.values())).toBeGreaterThan(40);
  });
});
