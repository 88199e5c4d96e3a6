/**
 * The table of one zone's names as its writer sees it.
 *
 * Where the table gets full, another one is filled beside it, some slots with every change. Until that is complete, readers go on with the old one,
 * and changes are made to both:
 *
 *     old   [ a . b c . d e . f ]          copied up to here: changes left of it go to both tables,
 *                     ^                    right of it to the old one alone, since they are copied later
 *     new   [ . a . . b . . c . . . . ]
 */
import type { Arena } from './arena.ts';
import { ArenaFull } from './arena-full.ts';
import type { HashedName } from './hashed-name.ts';
import { NAME_OCTETS } from './node.ts';
import { type BlockAddress, type SharedMemory, UNIT_OCTETS } from './shared-memory.ts';
import { findNewest, nodeAt, searchSlot, slotWord, storeInSlot, tableOctets, TOMBSTONE, writeSlots } from './table-layout.ts';

const MIN_SLOTS = 16;
/** Another table is begun where so much of this one is in use: as soon as there is memory for it, but without it no more than that is put in. */
const GROW_AT = 0.6;
const FULL_AT = 0.8;
/** The other one must be complete before more than that is in use. */
const COMPLETE_AT = 0.9;
/** How many slots are copied for each name that is put in: four times as many as it takes to be done between growing and full. */
const COPIED_PER_NAME = 16;
/** Another table is begun where so little of this one is in use. */
const SHRINK_AT = 0.08;
/** How much of a new table is in use at first, at most. */
const FILL_TO = 0.4;
/** Slots are cleared faster than copied by this factor. */
const CLEARED_PER_COPIED = 64;

/** A table that is being filled. */
interface Successor {
  readonly address: BlockAddress;
  readonly slots: number;
  /** How many slots are set to 0: the memory may have been in use before. */
  cleared: number;
  /** How many slots of the old table are copied. */
  copied: number;
  /** Slots in use. */
  used: number;
}

/** A table, and its successor while there is one. */
export class ZoneTable {
  readonly #memory: SharedMemory;
  readonly #arena: Arena;
  /** For the names of nodes in the table. */
  readonly #name: HashedName;
  readonly #retire: (table: BlockAddress) => void;
  #address: BlockAddress;
  #slots: number;
  #names = 0;
  /** Slots in use, tombstones included. */
  #used = 0;
  #successor: Successor | undefined;

  /**
   * @param name for the table's own use
   * @param retire is given each table that has been replaced: to be given back when nobody reads it any more
   */
  constructor(memory: SharedMemory, arena: Arena, name: HashedName, retire: (table: BlockAddress) => void) {
    this.#memory = memory;
    this.#arena = arena;
    this.#name = name;
    this.#retire = retire;
    this.#slots = MIN_SLOTS;
    this.#address = allocateTable(memory, arena, this.#slots);
    this.#clear(this.#address, 0, this.#slots);
  }

  /** The table that readers are to use. */
  get address(): BlockAddress {
    return this.#address;
  }

  /** The newest node of a name, be it dead; 0 where there is none. */
  find(name: HashedName, labels: number): BlockAddress {
    return findNewest(this.#memory, this.#address, name, labels);
  }

  /** How full it is: names, slots in use (tombstones included), all slots, and how many of those the successor has already. */
  get occupancy(): { readonly names: number; readonly used: number; readonly slots: number; readonly copied: number } {
    return { names: this.#names, used: this.#used, slots: this.#slots, copied: this.#successor?.copied ?? 0 };
  }

  /** Whether a successor is being filled. */
  get isGrowing(): boolean {
    return this.#successor !== undefined;
  }

  /**
   * Makes sure that more names can be put in, and copies some of the table where another is being filled: the work follows the names, be they published
   * one by one or by the thousand.
   *
   * @throws {ArenaFull} where there is neither room for them nor memory for a larger table
   */
  makeRoom(names: number): void {
    const successor = this.#successor;
    // One that was begun for fewer names, or in which too many have come and gone, would not hold them all.
    if (successor !== undefined && Math.max(this.#names, successor.used) + names > successor.slots * FULL_AT) this.abandon();
    if (this.#used + names > this.#slots * GROW_AT) this.#beginIfPossible(this.#names + names);
    this.step(COPIED_PER_NAME * names);
    while (this.#used + names > this.#slots * FULL_AT) {
      this.#successor ??= this.#begin(this.#names + names);
      if (this.#used + names <= this.#slots * COMPLETE_AT) return;
      this.step(Infinity);
    }
  }

  /** Has a name's slot point to a node: the slot that the name has, or one that it gets. Room for it has been made. */
  set(name: HashedName, labels: number, node: BlockAddress): void {
    const hash = name.hashes[labels] as number;
    const found = searchSlot(this.#memory, this.#address, name, labels);
    if (found < 0) this.#names++;
    if (this.#store(this.#address, found, node, hash)) this.#used++;
    const successor = this.#successor;
    if (successor !== undefined && (found < 0 ? ~found : found) < successor.copied) {
      const copy = searchSlot(this.#memory, successor.address, name, labels);
      if (this.#store(successor.address, copy, node, hash)) successor.used++;
    }
  }

  /** Whether a slot points to a node. */
  holds(node: BlockAddress): boolean {
    const name = this.#load(node);
    return this.find(name, name.labels) === node;
  }

  /** Has the slot that points to a node point to another one of the same name. */
  move(from: BlockAddress, to: BlockAddress): void {
    const name = this.#load(from);
    this.set(name, name.labels, to);
  }

  /** Takes a node's name out. Returns false where no slot points to it. */
  remove(node: BlockAddress): boolean {
    const { words } = this.#memory;
    const name = this.#load(node);
    const slot = searchSlot(this.#memory, this.#address, name, name.labels);
    if (slot < 0 || nodeAt(words, this.#address, slot) !== node) return false;
    this.#used -= this.#empty(this.#address, this.#slots, slot);
    this.#names--;
    const successor = this.#successor;
    if (successor !== undefined && slot < successor.copied) {
      const copy = searchSlot(this.#memory, successor.address, name, name.labels);
      if (copy >= 0) successor.used -= this.#empty(successor.address, successor.slots, copy);
    }
    // A smaller table is only a gain: where there is no memory to make it, the large one stays.
    if (this.#names < this.#slots * SHRINK_AT && this.#slots > MIN_SLOTS) this.#beginIfPossible(this.#names);
    return true;
  }

  /** Goes on with the successor, if there is one: copies at most so many slots. */
  step(slots: number): void {
    const successor = this.#successor;
    if (successor === undefined) return;
    if (successor.cleared < successor.slots) {
      const end = Math.min(successor.slots, successor.cleared + slots * CLEARED_PER_COPIED);
      this.#clear(successor.address, successor.cleared, end);
      successor.cleared = end;
      if (slots !== Infinity) return;
    }
    const { words } = this.#memory;
    const end = Math.min(this.#slots, successor.copied + slots);
    for (; successor.copied < end; successor.copied++) {
      const node = nodeAt(words, this.#address, successor.copied);
      if (node === 0) continue;
      const name = this.#load(node);
      const free = searchSlot(this.#memory, successor.address, name, name.labels);
      if (this.#store(successor.address, free, node, name.hashes[name.labels] as number)) successor.used++;
    }
    if (end < this.#slots) return;
    const old = this.#address;
    this.#address = successor.address;
    this.#slots = successor.slots;
    this.#used = successor.used;
    this.#successor = undefined;
    this.#retire(old);
  }

  /** Gives the successor back, if there is one. */
  abandon(): void {
    if (this.#successor !== undefined) this.#arena.free(this.#successor.address);
    this.#successor = undefined;
  }

  #begin(names: number): Successor {
    const slots = slotsFor(names);
    return { address: allocateTable(this.#memory, this.#arena, slots), slots, cleared: 0, copied: 0, used: 0 };
  }

  #beginIfPossible(names: number): void {
    try {
      this.#successor ??= this.#begin(names);
    } catch (error) {
      if (!(error instanceof ArenaFull)) throw error;
    }
  }

  /**
   * Stores a node in a slot, which is given as `searchSlot` found it.
   *
   * @returns whether the slot was never in use
   */
  #store(table: BlockAddress, found: number, node: BlockAddress, hash: number): boolean {
    const { words } = this.#memory;
    const slot = found < 0 ? ~found : found;
    const isFresh = words[slotWord(table, slot)] === 0;
    storeInSlot(words, table, slot, node, hash);
    return isFresh;
  }

  /**
   * Empties a slot. Where no search can go past it, because the next slot was never used, it and the tombstones before it become as new.
   *
   * @returns how many slots are in use no more
   */
  #empty(table: BlockAddress, slots: number, slot: number): number {
    const { words } = this.#memory;
    const mask = slots - 1;
    Atomics.store(words, slotWord(table, slot), TOMBSTONE);
    if (words[slotWord(table, (slot + 1) & mask)] !== 0) return 0;
    let count = 0;
    for (let at = slot; words[slotWord(table, at)] === TOMBSTONE; at = (at - 1) & mask) {
      Atomics.store(words, slotWord(table, at), 0);
      count++;
    }
    return count;
  }

  #clear(table: BlockAddress, from: number, to: number): void {
    this.#memory.words.fill(0, slotWord(table, from), slotWord(table, to));
  }

  #load(node: BlockAddress): HashedName {
    const { octets } = this.#memory;
    this.#name.load(octets, node * UNIT_OCTETS + NAME_OCTETS, octets.length);
    return this.#name;
  }
}

function slotsFor(names: number): number {
  return Math.max(MIN_SLOTS, 2 ** Math.ceil(Math.log2((names + 1) / FILL_TO)));
}

function allocateTable({ words }: SharedMemory, arena: Arena, slots: number): BlockAddress {
  const table = arena.allocate(tableOctets(slots), 'fixed');
  writeSlots(words, table, slots);
  return table;
}
