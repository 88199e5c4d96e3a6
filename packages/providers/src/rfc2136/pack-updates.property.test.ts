import { expect, it } from '@jest/globals';
import { composeMessage, nameOf, TYPE } from '@kubezone/core';
import * as fc from 'fast-check';

import { octetsOf, packUpdates, roomFor } from './pack-updates.ts';
import { type NameUpdate, nameUpdate } from './update-records.ts';

const APEX = nameOf('example.com');
const update = fc
  .tuple(fc.nat(999), fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 255 }))
  .map(([name, count, octets]): NameUpdate => {
    const owner = nameOf(`h${name}.example.com`);
    const rdatas = Array.from({ length: count }, (_, index) => Uint8Array.of(octets, ...Buffer.alloc(octets, index)));
    const after = { owner, type: TYPE.TXT, ttl: 300, rdatas };
    const made = nameUpdate(APEX, { owner, writes: [{ before: undefined, after }] });
    if (typeof made === 'string') throw new Error(made);
    return made;
  });

it('messages hold every update once, in order, and none is longer than it may be', () => {
  fc.assert(
    fc.property(
      fc.array(update, { maxLength: 30 }),
      fc.integer({ min: 1, max: 12 }),
      fc.integer({ min: 12_000, max: 65_000 }),
      fc.integer({ min: 1, max: 60 }),
      (updates, maxNames, maxOctets, batchChangeSize) => {
        const limits = { maxNames, maxOctets, batchChangeSize };
        const groups = packUpdates(APEX, updates, limits);
        expect(groups.flat()).toEqual(updates);
        for (const [index, group] of groups.entries()) {
          expect(group.length).toBeLessThanOrEqual(maxNames);
          expect(composed(group).length).toBeLessThanOrEqual(maxOctets);
          // One name may be more by itself.
          expect(group.length === 1 || changesOf(group) <= batchChangeSize).toBe(true);
          const [next] = groups[index + 1] ?? [];
          if (next === undefined || group.length === maxNames || changesOf([...group, next]) > batchChangeSize) continue;
          // A message ends only where the next name would not fit.
          expect([...group, next].reduce((sum, one) => sum + octetsOf(one), 0)).toBeGreaterThan(roomFor(APEX, limits));
        }
      },
    ),
    { numRuns: 50 },
  );
});

function changesOf(group: readonly NameUpdate[]): number {
  return group.reduce((sum, { updates }) => sum + updates.length, 0);
}

function composed(group: readonly NameUpdate[]): Uint8Array {
  return composeMessage({
    header: {
      id: 0,
      response: false,
      opcode: 5,
      authoritative: false,
      truncated: false,
      recursionDesired: false,
      recursionAvailable: false,
      authenticData: false,
      checkingDisabled: false,
      rcode: 0,
    },
    questions: [{ name: APEX, type: TYPE.SOA, class: 1 }],
    answers: group.flatMap(({ prerequisites }) => prerequisites),
    authorities: group.flatMap(({ updates }) => updates),
    additionals: [],
  });
}
