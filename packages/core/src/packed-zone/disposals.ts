import type { Arena } from './arena.ts';
import type { BlockAddress } from './shared-memory.ts';
import { nodeAt, slotsOf } from './table-layout.ts';

/** Slots that are looked at for each node that is meant to be given back: a table is not full. */
const SLOTS_PER_NODE = 4;

/** Tables of zones that are gone and that nobody reads, which are given back with their nodes, a few at a time. */
export class Disposals {
  readonly #words: Int32Array;
  readonly #arena: Arena;
  readonly #tables: BlockAddress[] = [];
  /** How far the first table is done. */
  #slot = 0;

  constructor(words: Int32Array, arena: Arena) {
    this.#words = words;
    this.#arena = arena;
  }

  get isEmpty(): boolean {
    return this.#tables.length === 0;
  }

  add(table: BlockAddress): void {
    this.#tables.push(table);
  }

  /** Gives back about so many nodes. */
  step(nodes: number): void {
    const [table] = this.#tables;
    if (table === undefined) return;
    const slots = slotsOf(this.#words, table);
    const end = Math.min(slots, this.#slot + SLOTS_PER_NODE * nodes);
    for (; this.#slot < end; this.#slot++) {
      const node = nodeAt(this.#words, table, this.#slot);
      if (node !== 0) this.#arena.free(node);
    }
    if (end < slots) return;
    this.#arena.free(table);
    this.#tables.shift();
    this.#slot = 0;
  }
}
