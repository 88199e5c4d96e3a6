import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';

import { ArenaFull } from './arena-full.ts';
import { Arena, type Space } from './arena.ts';
import { type BlockAddress, createSharedMemory, UNIT_OCTETS, UNIT_WORDS } from './shared-memory.ts';

interface Held {
  readonly octets: number;
  readonly space: Space;
  readonly mark: number;
}

/** Sizes from a node's to several segments'; most are small, as in a zone. */
const size = fc.oneof(
  { weight: 20, arbitrary: fc.integer({ min: 1, max: 200 }) },
  { weight: 5, arbitrary: fc.integer({ min: 200, max: 5000 }) },
  { weight: 2, arbitrary: fc.integer({ min: 5000, max: 300_000 }) },
  { weight: 1, arbitrary: fc.integer({ min: 300_000, max: 3_000_000 }) },
);

const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('allocate' as const),
      size,
      count: fc.integer({ min: 1, max: 100 }),
      fixed: fc.boolean(),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('free' as const), every: fc.integer({ min: 1, max: 7 }), from: fc.nat(7) }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('compact' as const), blocks: fc.integer({ min: 1, max: 3000 }) }) },
);

/** Words of a block that are written and checked: its ends, but for the arena's word. */
function endsOf(address: BlockAddress, octets: number): number[] {
  const first = address * UNIT_WORDS;
  const words = Math.floor(octets / 4);
  return [first + 1, first + 2, first + words - 2, first + words - 1].filter((word) => word > first && word < first + words);
}

function fill(words: Int32Array, address: BlockAddress, octets: number, mark: number): void {
  for (const word of endsOf(address, octets)) words[word] = mark;
}

function check(words: Int32Array, address: BlockAddress, { octets, mark }: Held): void {
  for (const word of endsOf(address, octets))
    if (words[word] !== mark) throw new Error(`block ${address} of ${octets} octets was written over`);
}

describe('the arena', () => {
  it('never gives out what is in use, keeps its books, and ends empty when all is given back', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40, size: 'max' }), (steps) => {
        const memory = createSharedMemory(1, 2 ** 25);
        const { words } = memory;
        const arena = new Arena(memory);
        const held = new Map<BlockAddress, Held>();
        let mark = 1;
        const give = (octets: number, space: Space, content = mark++): BlockAddress => {
          const address = arena.allocate(octets, space);
          if (held.has(address)) throw new Error(`block ${address} is given out twice`);
          held.set(address, { octets, space, mark: content });
          fill(words, address, octets, content);
          return address;
        };
        const take = (address: BlockAddress): void => {
          held.delete(address);
          arena.free(address);
        };
        const move = (address: BlockAddress): void => {
          const block = held.get(address);
          if (block === undefined) throw new Error(`block ${address} is in nobody's hands`);
          check(words, address, block);
          give(block.octets, 'node', block.mark);
          take(address);
        };
        const attempt = (work: () => void): void => {
          try {
            work();
          } catch (error) {
            if (!(error instanceof ArenaFull)) throw error;
          }
        };
        for (const action of steps) {
          if (action.kind === 'allocate') {
            attempt(() => {
              for (let count = 0; count < action.count; count++) give(action.size, action.fixed ? 'fixed' : 'node');
            });
          } else if (action.kind === 'free') {
            for (const [index, address] of [...held.keys()].entries())
              if (index % action.every === action.from % action.every) take(address);
          } else {
            attempt(() => arena.compact(action.blocks, move));
          }
          const used = [...held.values()].reduce((sum, { octets }) => sum + octets, 0);
          expect(arena.usage().usedOctets).toBeGreaterThanOrEqual(used);
          expect(arena.usage().usedOctets).toBeLessThanOrEqual(used * 1.15 + held.size * 2 * UNIT_OCTETS);
        }
        for (const [address, block] of held) check(words, address, block);
        for (const address of Array.from(held.keys())) take(address);
        expect(arena.usage().usedOctets).toBe(0);
        for (let turn = 0; turn < 100_000 && arena.needsCompaction(); turn++) arena.compact(1000, move);
        expect(arena.needsCompaction()).toBe(false);
      }),
      { numRuns: 60 },
    );
  });

  it('moves what is left of sparse segments together, so that blocks of other sizes find room', () => {
    const memory = createSharedMemory(1, 2 ** 24);
    const arena = new Arena(memory);
    let held: BlockAddress[] = [];
    expect(() => {
      for (;;) held.push(arena.allocate(72, 'node'));
    }).toThrow(expect.objectContaining({ code: 'PACKED_MEMORY_FULL' }));
    // Every other one is left, all over the memory: no list has a block of another size, and none that are free stand beside each other.
    for (const [index, address] of held.entries()) if (index % 2 !== 0) arena.free(address);
    held = held.filter((_, index) => index % 2 === 0);
    expect(() => arena.allocate(80, 'node')).toThrow(ArenaFull);
    const places = new Map(held.map((address) => [address, address]));
    while (arena.needsCompaction()) {
      arena.compact(100, (address) => {
        const original = places.get(address) as BlockAddress;
        places.delete(address);
        places.set(arena.allocate(72, 'node'), original);
        arena.free(address);
      });
    }
    expect(places.size).toBe(held.length);
    const { usedOctets, freeOctets, limitOctets } = arena.usage();
    expect(usedOctets).toBe(held.length * 72);
    expect(freeOctets).toBeGreaterThan(limitOctets * 0.45);
    for (let count = 0; count < 60_000; count++) arena.allocate(80, 'node');
    expect(arena.usage().usedOctets).toBe(held.length * 72 + 4_800_000);
  });

  it('joins free blocks that stand beside each other where nothing else is left, and cuts them to size', () => {
    const memory = createSharedMemory(1, 2 ** 22);
    const arena = new Arena(memory);
    const held: BlockAddress[] = [];
    expect(() => {
      for (;;) held.push(arena.allocate(72, 'fixed'));
    }).toThrow(ArenaFull);
    for (const [index, address] of held.entries()) if (index % 10 !== 0) arena.free(address);
    // Nine of 72 octets each make one of 576, and a rest.
    for (let count = 0; count < Math.floor(held.length / 10) - 8; count++) arena.allocate(576, 'fixed');
    expect(() => {
      for (let count = 0; count < 16; count++) arena.allocate(576, 'fixed');
    }).toThrow(ArenaFull);
  });

  it('does not give out a segment that is being emptied before it has been gone through, be it empty by then', () => {
    const memory = createSharedMemory(1, 2 ** 24);
    const arena = new Arena(memory);
    const held: BlockAddress[] = [];
    for (let count = 0; count < 50_000; count++) held.push(arena.allocate(80, 'node'));
    // The second segment keeps a few blocks, the others half of theirs.
    const sparse = held.filter((address) => address >>> 17 === 1);
    for (const [index, address] of held.entries())
      if (address >>> 17 === 1 ? sparse.indexOf(address) % 3000 !== 0 : index % 2 === 0) arena.free(address);
    const rest = held.filter((address, index) => (address >>> 17 === 1 ? sparse.indexOf(address) % 3000 === 0 : index % 2 !== 0));
    expect(arena.needsCompaction()).toBe(true);
    const moved: BlockAddress[] = [];
    arena.compact(2, (address) => moved.push(address));
    expect(moved).toEqual([sparse[0]]);
    for (const address of rest) if (address >>> 17 === 1) arena.free(address);
    const inUse = new Set(rest.filter((address) => address >>> 17 !== 1));
    for (let round = 0; round < 3; round++) {
      for (let count = 0; count < 20_000; count++) {
        const address = arena.allocate(96, 'node');
        if (inUse.has(address)) throw new Error(`block ${address} is given out twice`);
        inUse.add(address);
      }
      arena.compact(1, () => undefined);
      expect([...inUse].some((address) => address >>> 17 === 1)).toBe(false);
    }
    arena.compact(100_000, (address) => moved.push(address));
    expect(moved).toHaveLength(1);
    for (const address of inUse) arena.free(address);
    expect(arena.usage().usedOctets).toBe(0);
  });
});
