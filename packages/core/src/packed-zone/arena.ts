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
 *
 * Where the memory is used up, segments in which nothing is left become free at once, larger blocks are cut, those beside each other are joined, and compaction
 * begins however little there is to gain: what does not fit then is refused, and may fit a few changes later.
 */
import { ArenaFull } from './arena-full.ts';
import type { ArenaUsage } from './arena-usage.ts';
import { classFor, unitsOf } from './block-size.ts';
import { FreeLists, KIND, KIND_BITS } from './free-lists.ts';
import { type BlockAddress, FIRST_ADDRESS, type SharedMemory, UNIT_OCTETS, UNIT_WORDS } from './shared-memory.ts';

/** What a block is good for: nodes can be moved by `compact`, other blocks cannot. */
export type Space = 'node' | 'fixed';

const SEGMENT_BITS = 17;
const SEGMENT_UNITS: number = 1 << SEGMENT_BITS;
/** From here on a block has segments for itself. */
const LARGE_UNITS = SEGMENT_UNITS / 2;
const CLASSES = classFor(LARGE_UNITS - 1);

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
/** Where something did not fit, so much is enough. */
const COMPACT_PRESSED_UNITS = SEGMENT_UNITS / 8;

/** The last of the memory, which only changes may take that take no more than they give back. */
const MARGIN_SHARE = 64;

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
  readonly #free: Readonly<Record<Space, FreeLists>>;
  readonly #bumps: Readonly<Record<Space, Bump>> = {
    node: { kind: KIND.NODE, state: SEGMENT_NODE, at: 0, end: 0 },
    fixed: { kind: KIND.FIXED, state: SEGMENT_FIXED, at: 0, end: 0 },
  };
  /** Segments that were in use and are free again. */
  readonly #freeSegments: number[] = [];
  /** Segments from here on have never been touched, and are all zeros. */
  #untouched = 0;
  #usedUnits = 0;
  #nodeSegments = 0;
  /** The segment being emptied, and how far. */
  #compacting: { readonly segment: number; at: BlockAddress } | undefined;
  /** Something did not fit: the next segment is to be emptied although there is little to gain. */
  #isPressed = false;
  /** The segment whose free blocks were joined last. */
  #merged = 0;

  constructor({ octets, words }: SharedMemory) {
    this.#words = words;
    this.#free = { node: new FreeLists(words, CLASSES), fixed: new FreeLists(words, CLASSES) };
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
    const address = this.#free[space].take(sizeClass) || this.#cutOff(rounded, space);
    if (address !== 0) return this.#give(address, rounded, space);
    let larger = this.#free[space].takeLarger(sizeClass);
    if (larger === 0 && this.#merge(space)) larger = this.#free[space].takeLarger(sizeClass - 1);
    if (larger === 0) throw this.#press();
    // A block of one unit cannot be: then it goes along.
    const found = this.octetsOf(larger) / UNIT_OCTETS;
    const given = found - rounded === 1 ? found : rounded;
    this.#free[space].putRest(larger + given, larger + found);
    return this.#give(larger, given, space);
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
    this.#free[(first & ((1 << KIND_BITS) - 1)) === KIND.NODE ? 'node' : 'fixed'].put(address, units);
  }

  /** How many octets a block has that was given out. */
  octetsOf(address: BlockAddress): number {
    return ((this.#words[address * UNIT_WORDS] as number) >>> KIND_BITS) * UNIT_OCTETS;
  }

  usage(): ArenaUsage {
    const { node, fixed } = this.#free;
    return {
      usedOctets: this.#usedUnits * UNIT_OCTETS,
      freeOctets: (node.units + fixed.units + this.#freeSegments.length * SEGMENT_UNITS) * UNIT_OCTETS,
      touchedOctets: this.#untouched * SEGMENT_UNITS * UNIT_OCTETS,
      limitOctets: this.#end * UNIT_OCTETS,
    };
  }

  /** Whether there is so little left that nothing should grow: changes have to build what is new before what is old is given back. */
  isNearlyFull(): boolean {
    return this.#roomUnits() * MARGIN_SHARE < this.#end;
  }

  /** The error of what does not fit. */
  full(): ArenaFull {
    return new ArenaFull(this.#end * UNIT_OCTETS);
  }

  /** Whether `compact` has something to do. */
  needsCompaction(): boolean {
    if (this.#compacting !== undefined) return true;
    const free = this.#free.node.units;
    if (this.#isPressed && free >= COMPACT_PRESSED_UNITS) return true;
    return free >= COMPACT_MIN_UNITS && free * COMPACT_SHARE > this.#nodeSegments * SEGMENT_UNITS;
  }

  /**
   * Empties the emptiest segment, a few blocks at a time.
   *
   * @param blocks how many blocks to look at
   * @param move copies a node elsewhere and has everybody use the copy; the old block is freed once nobody reads it any more. It does nothing for a block that is
   *   on its way to be freed already
   * @throws {ArenaFull} where `move` finds no place: what is left stays in the segment, which is in use as before
   */
  compact(blocks: number, move: (address: BlockAddress) => void): void {
    this.#compacting ??= this.#condemn();
    const compacting = this.#compacting;
    if (compacting === undefined) return;
    const words = this.#words;
    const { segment } = compacting;
    for (let count = 0; count < blocks; count++) {
      if (compacting.at >= (this.#filled[segment] as number)) {
        this.#compacting = undefined;
        this.#isPressed = false;
        this.#releaseIfEmpty(segment);
        return;
      }
      const address = compacting.at;
      const first = words[address * UNIT_WORDS] as number;
      const units = first >>> KIND_BITS;
      compacting.at += units;
      const kind = first & ((1 << KIND_BITS) - 1);
      if (kind === KIND.NODE) {
        try {
          move(address);
        } catch (error) {
          this.#acquit(segment);
          throw error;
        }
      } else if (kind === KIND.FREE) {
        this.#free.node.unlink(address, units);
        words[address * UNIT_WORDS] = (units << KIND_BITS) | KIND.VOID;
      }
    }
  }

  #give(address: BlockAddress, units: number, space: Space): BlockAddress {
    const segment = address >>> SEGMENT_BITS;
    this.#words[address * UNIT_WORDS] = (units << KIND_BITS) | this.#bumps[space].kind;
    this.#used[segment] = (this.#used[segment] as number) + units;
    this.#usedUnits += units;
    return address;
  }

  #press(): ArenaFull {
    this.#isPressed = true;
    return this.full();
  }

  /** What nodes can still take, be it in pieces. */
  #roomUnits(): number {
    const { at, end } = this.#bumps.node;
    const segments = this.#freeSegments.length + this.#states.length - this.#untouched;
    return this.#free.node.units + end - at + segments * SEGMENT_UNITS;
  }

  /** Cuts a block from what is left of the segment being filled, or from another segment; 0 where there is none. */
  #cutOff(units: number, space: Space): BlockAddress {
    const bump = this.#bumps[space];
    if (bump.at + units > bump.end && !this.#openSegment(bump, space)) return 0;
    const address = bump.at;
    bump.at += units;
    this.#filled[address >>> SEGMENT_BITS] = bump.at;
    return address;
  }

  /** Begins a segment; what is left of the one before goes to the lists. False where there is none. */
  #openSegment(bump: Bump, space: Space): boolean {
    const segment = this.#takeSegment();
    if (segment === undefined) return false;
    if (bump.end > bump.at) {
      this.#filled[(bump.end - 1) >>> SEGMENT_BITS] = this.#free[space].putRest(bump.at, bump.end);
    }
    this.#states[segment] = bump.state;
    bump.at = Math.max(segment << SEGMENT_BITS, FIRST_ADDRESS);
    bump.end = (segment + 1) << SEGMENT_BITS;
    this.#filled[segment] = bump.at;
    if (space === 'node') this.#nodeSegments++;
    return true;
  }

  /** A segment that is free, was never touched, or has nothing left in it. */
  #takeSegment(): number | undefined {
    const segment = this.#freeSegments.pop() ?? this.#touch(1);
    if (segment !== undefined || !this.#vacate(1)) return segment;
    return this.#freeSegments.pop();
  }

  /** The first of so many segments that have never been used. */
  #touch(segments: number): number | undefined {
    const first = this.#untouched;
    if (first + segments > this.#states.length) return undefined;
    this.#untouched += segments;
    return first;
  }

  /** Makes segments free whose blocks are all in the lists: at most so many. Returns whether there was one. */
  #vacate(most: number): boolean {
    let count = 0;
    for (let segment = 0; segment < this.#untouched && count < most; segment++) {
      const state = this.#states[segment];
      if ((state !== SEGMENT_NODE && state !== SEGMENT_FIXED) || this.#used[segment] !== 0) continue;
      const space = state === SEGMENT_NODE ? 'node' : 'fixed';
      if (segment === (this.#bumps[space].end - 1) >>> SEGMENT_BITS) continue;
      this.#walk(segment, (address, units) => this.#free[space].unlink(address, units));
      if (space === 'node') this.#nodeSegments--;
      this.#states[segment] = SEGMENT_FREE;
      this.#freeSegments.push(segment);
      count++;
    }
    return count > 0;
  }

  /** Joins free blocks that stand beside each other, in one segment, and in the next one the next time. Returns false where there is none. */
  #merge(space: Space): boolean {
    for (let count = 0; count < this.#untouched; count++) {
      this.#merged = (this.#merged + 1) % this.#untouched;
      if (this.#states[this.#merged] !== this.#bumps[space].state) continue;
      const free = this.#free[space];
      let from = 0;
      this.#walk(this.#merged, (address, units, kind) => {
        if (kind === KIND.FREE) {
          free.unlink(address, units);
          from ||= address;
        } else if (from !== 0) {
          free.putRest(from, address);
          from = 0;
        }
      });
      if (from !== 0) free.putRest(from, this.#filled[this.#merged] as BlockAddress);
      return true;
    }
    return false;
  }

  /** Goes through the blocks of a segment. */
  #walk(segment: number, visit: (address: BlockAddress, units: number, kind: number) => void): void {
    const end = this.#filled[segment] as BlockAddress;
    for (let address = Math.max(segment << SEGMENT_BITS, FIRST_ADDRESS); address < end;) {
      const first = this.#words[address * UNIT_WORDS] as number;
      const units = first >>> KIND_BITS;
      visit(address, units, first & ((1 << KIND_BITS) - 1));
      address += units;
    }
  }

  /** Segments in a row. Those that were freed before are looked through first. */
  #allocateLarge(units: number): BlockAddress {
    const segments = Math.ceil(units / SEGMENT_UNITS);
    if ((this.#roomUnits() - segments * SEGMENT_UNITS) * MARGIN_SHARE < this.#end) throw this.#press();
    let first = this.#takeRow(segments) ?? this.#touchRow(segments);
    if (first === undefined && this.#vacate(Infinity)) first = this.#takeRow(segments);
    if (first === undefined) throw this.#press();
    for (let segment = first; segment < first + segments; segment++) this.#states[segment] = SEGMENT_LARGE;
    const address = first << SEGMENT_BITS;
    this.#words[address * UNIT_WORDS] = (units << KIND_BITS) | KIND.FIXED;
    this.#usedUnits += units;
    return address;
  }

  /** As `#touch`, past the first segment, in which the header stands. */
  #touchRow(segments: number): number | undefined {
    if (this.#untouched === 0) this.#freeSegments.push(this.#touch(1) as number);
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
    if (chosen < 0) {
      this.#isPressed = false;
      return undefined;
    }
    this.#states[chosen] = SEGMENT_CONDEMNED;
    return { segment: chosen, at: Math.max(chosen << SEGMENT_BITS, FIRST_ADDRESS) };
  }

  /** Stops emptying a segment: what is left in it stays, and what was freed meanwhile goes to the lists. */
  #acquit(segment: number): void {
    this.#compacting = undefined;
    this.#isPressed = false;
    this.#states[segment] = SEGMENT_NODE;
    this.#walk(segment, (address, units, kind) => {
      if (kind === KIND.VOID) this.#free.node.put(address, units);
    });
  }

  #releaseIfEmpty(segment: number): void {
    if (this.#used[segment] !== 0 || this.#compacting?.segment === segment) return;
    this.#states[segment] = SEGMENT_FREE;
    this.#nodeSegments--;
    this.#freeSegments.push(segment);
  }
}
