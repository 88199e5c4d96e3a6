import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';

import { composeName, nameOf } from '../name/owner-name.ts';
import { Arena } from './arena.ts';
import { HashedName } from './hashed-name.ts';
import { NodeDraft } from './node.ts';
import { type BlockAddress, createSharedMemory, keyOf } from './shared-memory.ts';
import { nodeAt, slotsOf, slotWord } from './table-layout.ts';
import { ZoneTable } from './zone-table.ts';

type Step =
  | { readonly kind: 'set'; readonly number: number }
  | { readonly kind: 'remove'; readonly number: number }
  | { readonly kind: 'move'; readonly number: number }
  | { readonly kind: 'step'; readonly slots: number }
  | { readonly kind: 'many'; readonly from: number; readonly count: number; readonly remove: boolean };

const number = fc.nat(300);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('set' as const), number }) },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('remove' as const), number }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('move' as const), number }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('step' as const), slots: fc.integer({ min: 1, max: 40 }) }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('many' as const), from: number, count: fc.nat(200), remove: fc.boolean() }),
  },
);

describe('a table of names', () => {
  it('finds what a Map finds, while it grows and shrinks, and keeps count', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80, size: 'max' }), fc.integer(), (steps, seed) => {
        const memory = createSharedMemory(seed, 2 ** 22);
        const { words } = memory;
        const arena = new Arena(memory);
        const draft = new NodeDraft();
        draft.clear();
        const retired: BlockAddress[] = [];
        const table = new ZoneTable(memory, arena, new HashedName(keyOf(memory)), (old) => retired.push(old));
        const name = new HashedName(keyOf(memory));
        const load = (of: number): HashedName => {
          const wire = composeName(nameOf(`n${of}.example`));
          name.load(wire, 0, wire.length);
          return name;
        };
        const make = (of: number): BlockAddress => {
          load(of);
          const node = arena.allocate(draft.emptyOctets(name.length), 'node');
          draft.write(memory, node, name, name.labels, 0, true);
          return node;
        };
        const model = new Map<number, BlockAddress>();
        const set = (of: number): void => {
          const node = make(of);
          table.makeRoom(1);
          table.set(load(of), name.labels, node);
          model.set(of, node);
        };
        const remove = (of: number): void => {
          const node = model.get(of);
          const other = make(of);
          expect([table.remove(other), node === undefined || table.remove(node)]).toEqual([false, true]);
          model.delete(of);
        };
        for (const action of steps) {
          if (action.kind === 'set') {
            set(action.number);
          } else if (action.kind === 'remove') {
            remove(action.number);
          } else if (action.kind === 'move') {
            const node = model.get(action.number);
            if (node === undefined) continue;
            const copy = make(action.number);
            if (!table.holds(node) || table.holds(copy)) throw new Error(`the table does not hold n${action.number}`);
            table.move(node, copy);
            model.set(action.number, copy);
          } else if (action.kind === 'step') {
            table.step(action.slots);
          } else {
            for (let of = action.from; of < action.from + action.count; of++) (action.remove ? remove : set)(of);
          }
          const wrong: number[] = [];
          for (let of = 0; of <= 300; of += 7) if (table.find(load(of), name.labels) !== (model.get(of) ?? 0)) wrong.push(of);
          expect(wrong).toEqual([]);
          const { names, used, slots } = table.occupancy;
          expect(names).toBe(model.size);
          expect(slots).toBe(slotsOf(words, table.address));
          let [held, busy] = [0, 0];
          for (let slot = 0; slot < slots; slot++) {
            if (nodeAt(words, table.address, slot) !== 0) held++;
            if (words[slotWord(table.address, slot)] !== 0) busy++;
          }
          expect([held, busy]).toEqual([names, used]);
          expect(used).toBeLessThan(slots);
        }
        while (table.isGrowing) table.step(64);
        for (const [of, node] of model) expect(table.find(load(of), name.labels)).toBe(node);
        // Each table that was given up was handed over once.
        expect(new Set(retired).size).toBe(retired.length);
        expect(retired).not.toContain(table.address);
      }),
      { numRuns: Number(process.env['KUBEZONE_TEST_RUNS'] ?? 60) },
    );
  });

  it('is copied as names come, a few slots for each: never in one go, though nobody calls `step`', () => {
    const memory = createSharedMemory(7, 2 ** 25);
    const arena = new Arena(memory);
    const draft = new NodeDraft();
    draft.clear();
    const table = new ZoneTable(memory, arena, new HashedName(keyOf(memory)), (old) => arena.free(old));
    const name = new HashedName(keyOf(memory));
    let most = 0;
    let grown = 0;
    for (let of = 0; of < 100_000; of++) {
      const wire = composeName(nameOf(`n${of}.example`));
      name.load(wire, 0, wire.length);
      const node = arena.allocate(draft.emptyOctets(name.length), 'node');
      draft.write(memory, node, name, name.labels, 0, true);
      const { address } = table;
      const { copied, slots } = table.occupancy;
      table.makeRoom(1);
      table.set(name, name.labels, node);
      if (table.address !== address) grown++;
      most = Math.max(most, (table.address === address ? table.occupancy.copied : slots) - copied);
    }
    expect(grown).toBeGreaterThan(8);
    expect(most).toBeLessThanOrEqual(16);
  });
});
