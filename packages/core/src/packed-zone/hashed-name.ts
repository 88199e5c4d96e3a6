import { FOLDED } from '../name/folded.ts';

const ASTERISK = 0x2a;
const MAX_LABEL_OCTETS = 63;
const MAX_NAME_OCTETS = 255;

/** How many secret words the hash takes: one for each octet of a name, the first of which is the hash of the root. */
export const KEY_WORDS = 256;
/** 2^32 divided by the golden ratio. */
const GOLDEN = 0x9e37_79b1;

/**
 * A name in wire format, folded to lower case, with the hash of each of its ends: made to be loaded again and again without an allocation.
 *
 *     octets   [ 3 w w w 7 e x a m p l e 0 ]
 *     starts     0       4                       labels from the left
 *     hashes   [ of the root, of example., of www.example. ]       by the number of labels
 *
 * A hash is the sum of the octets, each multiplied by the secret word of its place counted from the right, so that of a name begins with that of its parent: one
 * pass over the octets gives all. Two names that are chosen without knowledge of the words have the same hash with a probability of at most 2^-25 whichever they are
 * (M. Dietzfelbinger, "Universal hashing and k-wise independent random variables via integer arithmetic without primes", 1996): there is no pair that collides under
 * every key, nor under many. What stands in `hashes` is mixed once more, so that each of its bits is as good as any other.
 */
export class HashedName {
  readonly octets: Uint8Array = new Uint8Array(MAX_NAME_OCTETS + 1);
  readonly starts: Uint8Array = new Uint8Array(128);
  readonly hashes: Int32Array = new Int32Array(128);
  /** The words that names are hashed with. */
  readonly key: Int32Array;
  /** What `hashes` are made of. */
  readonly #sums: Int32Array = new Int32Array(128);
  /** How many octets the name has, the root's included. */
  length = 1;
  /** How many labels, the root's not counted. */
  labels = 0;

  /** @param key `KEY_WORDS` secret words: names can be compared whose keys are the same */
  constructor(key: Int32Array) {
    this.key = key;
    this.#sums[0] = key[0] as number;
    this.hashes[0] = mixBits(key[0] as number);
  }

  /**
   * Loads a name that stands uncompressed in octets.
   *
   * @param end the octet after the last that may be read
   * @returns the offset after the name; -1 where it is no name: too long, compressed, of a reserved label type, or cut off. Then nothing of it is to be used
   */
  load(source: Uint8Array, at: number, end: number): number {
    const { octets, starts, hashes, key } = this;
    const sums = this.#sums;
    let labels = 0;
    let from = at;
    for (;;) {
      if (from >= end) return -1;
      const length = source[from] as number;
      if (length === 0) break;
      if (length > MAX_LABEL_OCTETS) return -1;
      starts[labels++] = from - at;
      from += length + 1;
      if (from - at >= MAX_NAME_OCTETS) return -1;
    }
    const root = from - at;
    let sum = sums[0] as number;
    for (let label = labels - 1; label >= 0; label--) {
      let to = starts[label] as number;
      for (const labelEnd = to + 1 + (source[at + to] as number); to < labelEnd; to++) {
        // A length is at most 63 and no letter less than 65: folding leaves lengths as they are.
        const octet = FOLDED[source[at + to] as number] as number;
        octets[to] = octet;
        sum = addOctet(sum, key, root - to, octet);
      }
      sums[labels - label] = sum;
      hashes[labels - label] = mixBits(sum);
    }
    const length = from - at + 1;
    octets[length - 1] = 0;
    this.labels = labels;
    this.length = length;
    return from + 1;
  }

  /** Where the end of the name with so many labels begins. */
  startOf(labels: number): number {
    return labels === this.labels ? 0 : labels === 0 ? this.length - 1 : (this.starts[this.labels - labels] as number);
  }

  /** How many octets the end of the name with so many labels has. */
  lengthOf(labels: number): number {
    return this.length - this.startOf(labels);
  }

  /** Whether the end of the name with so many labels begins with the asterisk label (RFC 4592, section 2.1.1). */
  isWildcard(labels: number): boolean {
    const start = this.startOf(labels);
    return this.octets[start] === 1 && this.octets[start + 1] === ASTERISK;
  }

  /**
   * Loads the wildcard below the end of another name with so many labels. Only its whole name, and the hash of that, can be asked for.
   *
   * @param labels fewer than the other name has, so that the wildcard is no longer than that
   */
  loadWildcard(other: HashedName, labels: number): void {
    const { octets, key } = this;
    const start = other.startOf(labels);
    const root = other.length - 1 - start;
    octets[0] = 1;
    octets[1] = ASTERISK;
    for (let index = start; index < other.length; index++) octets[2 + index - start] = other.octets[index] as number;
    this.length = 2 + other.length - start;
    this.labels = labels + 1;
    const sum = addOctet(addOctet(other.#sums[labels] as number, key, root + 1, ASTERISK), key, root + 2, 1);
    this.#sums[labels + 1] = sum;
    this.hashes[labels + 1] = mixBits(sum);
  }

  /** Whether the last labels of this name are those of another, as many as given. */
  endsLike(other: HashedName, labels: number): boolean {
    if (labels > this.labels || this.hashes[labels] !== other.hashes[labels]) return false;
    const start = this.startOf(labels);
    const otherStart = other.startOf(labels);
    const length = this.length - start;
    if (other.length - otherStart !== length) return false;
    for (let index = 0; index < length; index++)
      if (this.octets[start + index] !== other.octets[otherStart + index]) return false;
    return true;
  }

  /** Whether this name is the one that stands uncompressed in octets, in any case of letters. */
  equals(source: Uint8Array, at: number): boolean {
    const { octets, length } = this;
    for (let index = 0; index < length; index++) if (FOLDED[source[at + index] as number] !== octets[index]) return false;
    return true;
  }
}

/**
 * The key that a seed stands for.
 *
 * @param seed a random integer of up to 53 bits
 */
export function hashKeyFrom(seed: number): Int32Array {
  const high = Math.floor(seed / 2 ** 32) | 0;
  return Int32Array.from({ length: KEY_WORDS }, (_, index) => mixBits(mixBits((seed + Math.imul(index, GOLDEN)) | 0) ^ high));
}

/** What an octet, so many octets before the root's, adds to the hash of a name: the one place where names are hashed. */
function addOctet(sum: number, key: Int32Array, place: number, octet: number): number {
  return (sum + Math.imul(key[place] as number, octet)) | 0;
}

/** Has every bit depend on all others, one to one: the last step of MurmurHash3. */
function mixBits(sum: number): number {
  let mixed = Math.imul(sum ^ (sum >>> 16), 0x85eb_ca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2_ae35);
  return mixed ^ (mixed >>> 16);
}
