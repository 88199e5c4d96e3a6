/**
 * The blocks of the memory: given out and taken back by the one thread that writes.
 *
 *     memory    | header | segment 0        | segment 1        | segment 2 … |        1 MiB each, but for the first
 *     segment   | block | block | block | not yet used   |
 *     block     | size and kind | what its owner writes …                     |       whole units
 *     free      | size and kind | next | previous | …    |                            in the list of its size class
 *
 * A block goes back to the list of its size, and the next one of that size comes from there: for names that come and go, and addresses that change, that is
 * all there is to it. Where sizes shift, `compact` moves what is left of the emptiest segment elsewhere, a few blocks at a time, and the segment is free as a whole.
 * Blocks that cannot be moved (because others than a table's slot point to them) stand in segments of their own.
 */
import type { EditRefusalCode } from './edit-refusal.ts';
import { classFor, classWithin, unitsOf } from './block-size.ts';
import { type BlockAddress, FIRST_ADDRESS, type SharedMemory, UNIT_OCTETS, UNIT_WORDS } from './shared-memory.ts';

/** What a block is good for: nodes can be moved by `compact`, other blocks cannot. */
export type Space = 'node' | 'fixed';

const SEGMENT_BITS = 17;
const SEGMENT_UNITS: number = 1 << SEGMENT_BITS;
/** From here on a block has segments for itself. */
const LARGE_UNITS = SEGMENT_UNITS / 4;
const CLASSES = classFor(LARGE_UNITS) + 1;

/** The first word of a block: size in units, and one of these. */
const KIND_BITS = 3;
const KIND = {
  /** Below the bump pointer's limit, but given to nobody, and in no list. */
  VOID: 0,
  /** In the list of its size. */
  FREE: 1,
  NODE: 2,
  FIXED: 3,
} as const;

/** Not in use: can become anything. */
const SEGMENT_FREE = 0;
const SEGMENT_NODE = 1;
const SEGMENT_FIXED = 2;
/** Part of a large block. */
const SEGMENT_LARGE = 3;
/** Being emptied by `compact`: nothing is given out from it. */
const SEGMENT_CONDEMNED = 4;

/** Compaction begins where more than a quarter of the node space is free, and at least so many units. */
const COMPACT_SHARE = 4;
const COMPACT_MIN_UNITS = 2 * SEGMENT_UNITS;

/** No memory is left: the zones of this process have reached the limit. */
export class ArenaFull extends Error {
  override readonly name: string = 'ArenaFull';
  readonly code = 'PACKED_MEMORY_FULL' satisfies EditRefusalCode;

  constructor(limitOctets: number) {
    super(`the zones take more than the ${limitOctets / 2 ** 20} MiB that they may have together`);
  }
}

/** How the memory is used, in octets. */
export interface ArenaUsage {
  /** Blocks that are given out, with what is lost by rounding. */
  readonly usedOctets: number;
  /** Blocks that wait to be given out again. */
  readonly freeOctets: number;
  /** What the system has had to give so far: it never takes any of it back. */
  readonly touchedOctets: number;
  readonly limitOctets: number;
}

/** Where the next block of a space is cut off. */
interface Bump {
  readonly kind: number;
  readonly state: number;
  at: BlockAddress;
  end: BlockAddress;
}

/** The allocator. Its own books lie outside the shared memory, but for the first words of the blocks. */
export class Arena {
  readonly #words: Int32Array;
  /** BlockAddress after the last. */
  readonly #end: BlockAddress;
  readonly #states: Uint8Array;
  /** Units given out, by segment. */
  readonly #used: Int32Array;
  /** Where the unused rest of each segment begins; its blocks stand before that. */
  readonly #filled: Int32Array;
  /** Heads of the lists of free blocks, by size class; nodes and fixed blocks apart. */
  readonly #lists: Readonly<Record<Space, Int32Array>> = { node: new Int32Array(CLASSES), fixed: new Int32Array(CLASSES) };
  readonly #bumps: Readonly<Record<Space, Bump>> = {
    node: { kind: KIND.NODE, state: SEGMENT_NODE, at: 0, end: 0 },
    fixed: { kind: KIND.FIXED, state: SEGMENT_FIXED, at: 0, end: 0 },
  };
  /** Segments that were in use and are free again. */
  readonly #freeSegments: number[] = [];
  /** Segments from here on have never been touched, and are all zeros. */
  #untouched = 0;
  #usedUnits = 0;
  #freeUnits: Record<Space, number> = { node: 0, fixed: 0 };
  #nodeSegments = 0;
  /** The segment being emptied, and how far; 0 where none is. */
  #compacting: { readonly segment: number; at: BlockAddress } | undefined;

  constructor({ octets, words }: SharedMemory) {
    this.#words = words;
    this.#end = octets.length / UNIT_OCTETS;
    const segments = this.#end >>> SEGMENT_BITS;
    this.#states = new Uint8Array(segments);
    this.#used = new Int32Array(segments);
    this.#filled = new Int32Array(segments);
  }

  /**
   * Gives out a block.
   *
   * @param octets its first 4 included, which stay the arena's
   * @throws {ArenaFull}
   */
  allocate(octets: number, space: Space): BlockAddress {
    const units = Math.ceil(octets / UNIT_OCTETS);
    const sizeClass = classFor(units);
    const rounded = unitsOf(sizeClass);
    if (rounded >= LARGE_UNITS) return this.#allocateLarge(units < LARGE_UNITS ? LARGE_UNITS : units);
    const address = this.#takeFree(sizeClass, rounded, space) || this.#cutOff(rounded, space);
    this.#words[address * UNIT_WORDS] = (rounded << KIND_BITS) | this.#bumps[space].kind;
    this.#used[address >>> SEGMENT_BITS] = (this.#used[address >>> SEGMENT_BITS] as number) + rounded;
    this.#usedUnits += rounded;
    return address;
  }

  /** Takes a block back. Nobody may read it any more. */
  free(address: BlockAddress): void {
    const words = this.#words;
    const first = words[address * UNIT_WORDS] as number;
    const units = first >>> KIND_BITS;
    this.#usedUnits -= units;
    if (units >= LARGE_UNITS) {
      this.#freeLarge(address, units);
      return;
    }
    const segment = address >>> SEGMENT_BITS;
    this.#used[segment] = (this.#used[segment] as number) - units;
    if (this.#states[segment] === SEGMENT_CONDEMNED) {
      words[address * UNIT_WORDS] = (units << KIND_BITS) | KIND.VOID;
      this.#releaseIfEmpty(segment);
      return;
    }
    this.#putFree(address, units, (first & ((1 << KIND_BITS) - 1)) === KIND.NODE ? 'node' : 'fixed');
  }

  /** How many octets a block has that was given out. */
  octetsOf(address: BlockAddress): number {
    return ((this.#words[address * UNIT_WORDS] as number) >>> KIND_BITS) * UNIT_OCTETS;
  }

  usage(): ArenaUsage {
    const { node, fixed } = this.#freeUnits;
    return {
      usedOctets: this.#usedUnits * UNIT_OCTETS,
      freeOctets: (node + fixed + this.#freeSegments.length * SEGMENT_UNITS) * UNIT_OCTETS,
      touchedOctets: this.#untouched * SEGMENT_UNITS * UNIT_OCTETS,
      limitOctets: this.#end * UNIT_OCTETS,
    };
  }

  /** Whether `compact` has something to do. */
  needsCompaction(): boolean {
    if (this.#compacting !== undefined) return true;
    const free = this.#freeUnits.node;
    return free >= COMPACT_MIN_UNITS && free * COMPACT_SHARE > this.#nodeSegments * SEGMENT_UNITS;
  }

  /**
   * Empties the emptiest segment, a few blocks at a time.
   *
   * @param blocks how many blocks to look at
   * @param move copies a node elsewhere and has everybody use the copy; the old block is freed once nobody reads it any more. It does nothing for a block that is
   *   on its way to be freed already
   */
  compact(blocks: number, move: (address: BlockAddress) => void): void {
    this.#compacting ??= this.#condemn();
    const compacting = this.#compacting;
    if (compacting === undefined) return;
    const { segment } = compacting;
    const words = this.#words;
    for (let count = 0; count < blocks; count++) {
      if (compacting.at >= (this.#filled[segment] as number)) {
        this.#compacting = undefined;
        this.#releaseIfEmpty(segment);
        return;
      }
      const address = compacting.at;
      const first = words[address * UNIT_WORDS] as number;
      const units = first >>> KIND_BITS;
      compacting.at += units;
      const kind = first & ((1 << KIND_BITS) - 1);
      if (kind === KIND.NODE) {
        move(address);
      } else if (kind === KIND.FREE) {
        this.#unlink(address, units, 'node');
        words[address * UNIT_WORDS] = (units << KIND_BITS) | KIND.VOID;
      }
    }
  }

  #takeFree(sizeClass: number, units: number, space: Space): BlockAddress {
    const address = this.#lists[space][sizeClass] as BlockAddress;
    if (address !== 0) this.#unlink(address, units, space);
    return address;
  }

  #putFree(address: BlockAddress, units: number, space: Space): void {
    const words = this.#words;
    const lists = this.#lists[space];
    const sizeClass = classFor(units);
    const next = lists[sizeClass] as BlockAddress;
    const word = address * UNIT_WORDS;
    words[word] = (units << KIND_BITS) | KIND.FREE;
    words[word + 1] = next;
    words[word + 2] = 0;
    if (next !== 0) words[next * UNIT_WORDS + 2] = address;
    lists[sizeClass] = address;
    this.#freeUnits[space] += units;
  }

  #unlink(address: BlockAddress, units: number, space: Space): void {
    const words = this.#words;
    const next = words[address * UNIT_WORDS + 1] as BlockAddress;
    const previous = words[address * UNIT_WORDS + 2] as BlockAddress;
    if (previous === 0) this.#lists[space][classFor(units)] = next;
    else words[previous * UNIT_WORDS + 1] = next;
    if (next !== 0) words[next * UNIT_WORDS + 2] = previous;
    this.#freeUnits[space] -= units;
  }

  #cutOff(units: number, space: Space): BlockAddress {
    const bump = this.#bumps[space];
    if (bump.at + units > bump.end) this.#openSegment(bump, space);
    const address = bump.at;
    bump.at += units;
    this.#filled[address >>> SEGMENT_BITS] = bump.at;
    return address;
  }

  /** Begins a segment; what is left of the one before goes to the lists. */
  #openSegment(bump: Bump, space: Space): void {
    const segment = this.#freeSegments.pop() ?? this.#touch(1);
    while (bump.end - bump.at >= 2) {
      // Never one unit less than all that is left: a block of one unit cannot be.
      let units = unitsOf(classWithin(bump.end - bump.at));
      if (bump.end - bump.at - units === 1) units = unitsOf(classWithin(units - 1));
      this.#putFree(bump.at, units, space);
      bump.at += units;
      this.#filled[(bump.at - 1) >>> SEGMENT_BITS] = bump.at;
    }
    this.#states[segment] = bump.state;
    bump.at = Math.max(segment << SEGMENT_BITS, FIRST_ADDRESS);
    bump.end = (segment + 1) << SEGMENT_BITS;
    this.#filled[segment] = bump.at;
    if (space === 'node') this.#nodeSegments++;
  }

  /** The first of so many segments that have never been used. */
  #touch(segments: number): number {
    const first = this.#untouched;
    if (first + segments > this.#states.length) throw new ArenaFull(this.#end * UNIT_OCTETS);
    this.#untouched += segments;
    return first;
  }

  /** Segments in a row. Those that were freed before are looked through first. */
  #allocateLarge(units: number): BlockAddress {
    const segments = Math.ceil(units / SEGMENT_UNITS);
    const first = this.#takeRow(segments) ?? this.#touchRow(segments);
    for (let segment = first; segment < first + segments; segment++) this.#states[segment] = SEGMENT_LARGE;
    const address = first << SEGMENT_BITS;
    this.#words[address * UNIT_WORDS] = (units << KIND_BITS) | KIND.FIXED;
    this.#usedUnits += units;
    return address;
  }

  /** As `#touch`, past the first segment, in which the header stands. */
  #touchRow(segments: number): number {
    if (this.#untouched === 0) this.#freeSegments.push(this.#touch(1));
    return this.#touch(segments);
  }

  #takeRow(segments: number): number | undefined {
    const free = this.#freeSegments.sort((one, other) => one - other);
    for (let from = 0; from + segments <= free.length; from++) {
      const first = free[from] as number;
      if (first !== 0 && free[from + segments - 1] === first + segments - 1) {
        free.splice(from, segments);
        return first;
      }
    }
    return undefined;
  }

  #freeLarge(address: BlockAddress, units: number): void {
    const first = address >>> SEGMENT_BITS;
    for (let segment = first; segment < first + Math.ceil(units / SEGMENT_UNITS); segment++) {
      this.#states[segment] = SEGMENT_FREE;
      this.#freeSegments.push(segment);
    }
  }

  /** Chooses the segment with the least in it. */
  #condemn(): { readonly segment: number; at: BlockAddress } | undefined {
    if (!this.needsCompaction()) return undefined;
    const filling = this.#bumps.node.end - 1;
    let chosen = -1;
    for (let segment = 0; segment < this.#untouched; segment++) {
      if (this.#states[segment] !== SEGMENT_NODE || segment === filling >>> SEGMENT_BITS) continue;
      if (chosen < 0 || (this.#used[segment] as number) < (this.#used[chosen] as number)) chosen = segment;
    }
    if (chosen < 0) return undefined;
    this.#states[chosen] = SEGMENT_CONDEMNED;
    return { segment: chosen, at: Math.max(chosen << SEGMENT_BITS, FIRST_ADDRESS) };
  }

  #releaseIfEmpty(segment: number): void {
    if (this.#used[segment] !== 0 || this.#compacting?.segment === segment) return;
    this.#states[segment] = SEGMENT_FREE;
    this.#nodeSegments--;
    this.#freeSegments.push(segment);
  }
}
