/**
 * The free blocks of one space, by size class: lists that are linked in both directions through the blocks themselves.
 *
 *     heads   [ … | class 9: ●─┼─► block ◄──► block ◄──► block | class 10: 0 | … ]
 */
import { classFor, classWithin, MIN_UNITS, unitsOf } from './block-size.ts';
import { type BlockAddress, UNIT_WORDS } from './shared-memory.ts';

/** The first word of a block: size in units, and one of these. */
export const KIND_BITS = 3;
/** What a block is. */
export const KIND = {
  /** Below the bump pointer's limit, but given to nobody, and in no list. */
  VOID: 0,
  /** In the list of its size. */
  FREE: 1,
  NODE: 2,
  FIXED: 3,
} as const;

/** The lists, and how much is in them. */
export class FreeLists {
  readonly #words: Int32Array;
  readonly #heads: Int32Array;
  readonly #largest: number;
  #units = 0;

  /** @param classes how many size classes there are */
  constructor(words: Int32Array, classes: number) {
    this.#words = words;
    this.#heads = new Int32Array(classes);
    this.#largest = unitsOf(classes - 1);
  }

  /** How many units are in the lists. */
  get units(): number {
    return this.#units;
  }

  /** A block of a class; 0 where there is none. */
  take(sizeClass: number): BlockAddress {
    const address = this.#heads[sizeClass] as BlockAddress;
    if (address !== 0) this.unlink(address, unitsOf(sizeClass));
    return address;
  }

  /** A block of the next class that has one; 0 where none has. */
  takeLarger(sizeClass: number): BlockAddress {
    for (let larger = sizeClass + 1; larger < this.#heads.length; larger++) {
      const address = this.take(larger);
      if (address !== 0) return address;
    }
    return 0;
  }

  /** Adds a block whose units are those of a class. */
  put(address: BlockAddress, units: number): void {
    const words = this.#words;
    const sizeClass = classFor(units);
    const next = this.#heads[sizeClass] as BlockAddress;
    const word = address * UNIT_WORDS;
    words[word] = (units << KIND_BITS) | KIND.FREE;
    words[word + 1] = next;
    words[word + 2] = 0;
    if (next !== 0) words[next * UNIT_WORDS + 2] = address;
    this.#heads[sizeClass] = address;
    this.#units += units;
  }

  /** Cuts units that nobody has into blocks. Returns where the last ends: one unit may be left, which no block can have. */
  putRest(from: BlockAddress, end: BlockAddress): BlockAddress {
    let at = from;
    while (end - at >= MIN_UNITS) {
      // Never one unit less than all that is left: sizes that are rounded are larger than two units.
      let units = Math.min(unitsOf(classWithin(end - at)), this.#largest);
      if (end - at - units === 1) units = unitsOf(classWithin(units - 1));
      this.put(at, units);
      at += units;
    }
    return at;
  }

  /** Takes a block out of the midst of its list. */
  unlink(address: BlockAddress, units: number): void {
    const words = this.#words;
    const next = words[address * UNIT_WORDS + 1] as BlockAddress;
    const previous = words[address * UNIT_WORDS + 2] as BlockAddress;
    if (previous === 0) this.#heads[classFor(units)] = next;
    else words[previous * UNIT_WORDS + 1] = next;
    if (next !== 0) words[next * UNIT_WORDS + 2] = previous;
    this.#units -= units;
  }
}
