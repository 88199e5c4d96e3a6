/**
 * The table of one zone's names as readers see it: open addressing with linear probing.
 *
 *     word 0   size and kind       the arena's
 *          1   shift               32 minus the binary logarithm of the number of slots
 *          2   slots               address of a node (28 bits) | tag (4 bits of the hash)     0: never used   1: used before
 *
 * A slot is one word, written and read with `Atomics`: what a reader finds through it was written before. A name keeps its slot as long as the table
 * lives; what changes is the node that the slot points to.
 */
import type { HashedName } from './hashed-name.ts';
import { NAME_OCTETS, SHAPE } from './node.ts';
import { type BlockAddress, type SharedMemory, UNIT_OCTETS, UNIT_WORDS } from './shared-memory.ts';

/** A slot that held a name once: a search goes on behind it. */
export const TOMBSTONE = 1;

/** Offset of the first slot, in words. */
const SLOTS_WORDS = 2;
const TAG_BITS = 4;
const TAG_MASK = 15;

/**
 * The newest node of a name, be it dead; 0 where there is none. For readers: also while the table is being changed.
 *
 * @param labels how many of the name's last labels are meant
 */
export function findNewest(memory: SharedMemory, table: BlockAddress, name: HashedName, labels: number): BlockAddress {
  const { words } = memory;
  const first = table * UNIT_WORDS;
  const shift = words[first + 1] as number;
  const hash = name.hashes[labels] as number;
  const mask = -1 >>> shift;
  const tag = hash & TAG_MASK;
  const start = name.startOf(labels);
  for (let slot = hash >>> shift; ; slot = (slot + 1) & mask) {
    // Loaded once: by the next load the slot could hold another name.
    const entry = Atomics.load(words, first + SLOTS_WORDS + slot);
    if (entry === 0) return 0;
    if ((entry & TAG_MASK) === tag && entry !== TOMBSTONE && isNamed(memory, entry >>> TAG_BITS, name, start)) {
      return entry >>> TAG_BITS;
    }
  }
}

/** The slot that holds a name: its number, or where there is none the bitwise complement of the first that is free. For the writer. */
export function searchSlot(memory: SharedMemory, table: BlockAddress, name: HashedName, labels: number): number {
  const { words } = memory;
  const shift = words[table * UNIT_WORDS + 1] as number;
  const hash = name.hashes[labels] as number;
  const mask = -1 >>> shift;
  const start = name.startOf(labels);
  let free = -1;
  for (let slot = hash >>> shift; ; slot = (slot + 1) & mask) {
    const entry = words[slotWord(table, slot)] as number;
    if (entry === TOMBSTONE || entry === 0) {
      if (free < 0) free = slot;
      if (entry === 0) return ~free;
    } else if ((entry & TAG_MASK) === (hash & TAG_MASK) && isNamed(memory, entry >>> TAG_BITS, name, start)) {
      return slot;
    }
  }
}

/** Has a slot point to a node. */
export function storeInSlot(words: Int32Array, table: BlockAddress, slot: number, node: BlockAddress, hash: number): void {
  Atomics.store(words, slotWord(table, slot), (node << TAG_BITS) | (hash & TAG_MASK));
}

/** The node in a slot; 0 where there is none. */
export function nodeAt(words: Int32Array, table: BlockAddress, slot: number): BlockAddress {
  const entry = Atomics.load(words, slotWord(table, slot));
  return entry === TOMBSTONE ? 0 : entry >>> TAG_BITS;
}

/** How many slots a table has. */
export function slotsOf(words: Int32Array, table: BlockAddress): number {
  return 2 ** (32 - (words[table * UNIT_WORDS + 1] as number));
}

/** Index of a slot's word. */
export function slotWord(table: BlockAddress, slot: number): number {
  return table * UNIT_WORDS + SLOTS_WORDS + slot;
}

/** How many octets a table takes. */
export function tableOctets(slots: number): number {
  return (SLOTS_WORDS + slots) * 4;
}

/** Writes the table's number of slots, a power of two from 2 on. The slots have to be set to 0. */
export function writeSlots(words: Int32Array, table: BlockAddress, slots: number): void {
  words[table * UNIT_WORDS + 1] = 32 - Math.log2(slots);
}

function isNamed({ octets, words }: SharedMemory, node: BlockAddress, name: HashedName, start: number): boolean {
  const length = name.length - start;
  if (((words[node * UNIT_WORDS + SHAPE] as number) & 0xff) !== length) return false;
  const at = node * UNIT_OCTETS + NAME_OCTETS;
  for (let index = 0; index < length; index++) if (octets[at + index] !== name.octets[start + index]) return false;
  return true;
}
