/**
 * Token buckets in shared memory, found by a keyed hash of 32 bits.
 *
 *     set      four entries in one line of the cache; the hash says which set, and nothing else is searched
 *     entry    TAG         the hash; 0: free, 1: being written
 *              STAMP       when credit was given last, in milliseconds modulo 2^32
 *              BALANCE     thousandths of a response; below 0: debt
 *              SUPPRESSED  how many responses were not sent
 *
 * At a rate of r per second an entry earns r thousandths each millisecond: whole numbers, so that nothing is ever rounded. Where all four entries of a set are taken, the one that was
 * asked for least recently makes room: buckets that are in use stay.
 *
 * Any number of threads use a table without locks. Loads are plain ones, which cost a tenth of `Atomics.load`: what they miss, an exchange finds out. Credit is given by whoever changes the stamp, each debit is
 * one addition: neither is lost or counted twice. What is not exact: an entry may exceed its capacity by what it earns in a millisecond, until the next credit; where two threads make room in one set at
 * the same moment, a bucket may begin twice or one response not be counted; and a thread that is held up for more than a second between reading its clock and asking gives one more burst.
 */

/** What one response or query costs. */
export const COST = 1000;

const TAG = 0;
const STAMP = 1;
const BALANCE = 2;
const SUPPRESSED = 3;
const ENTRY_WORDS = 4;
const ENTRIES = 4;
const SET_WORDS = ENTRY_WORDS * ENTRIES;
const BEING_WRITTEN = 1;

/** A stamp that lies so far ahead was not another thread's, which read the clock a moment later: the clock was set back. */
const CLOCK_SET_MS = 1000;

/** How buckets of one kind fill; thousandths. */
export interface BucketLimit {
  /** Per millisecond. */
  readonly rate: number;
  /** At most 2^30. */
  readonly capacity: number;
  /** At least -2^30. */
  readonly floor: number;
}

/** How many words a table of so many sets takes. */
export function bucketTableWords(sets: number): number {
  return sets * SET_WORDS;
}

/** A view of the table, for one thread. */
export class BucketTable {
  readonly #words: Int32Array;
  readonly #lastSet: number;
  /** Of the bucket that was asked for last; -1 where it could not be had. */
  #entry = -1;

  /** @param words zeros at first; `bucketTableWords` of a power of 2 */
  constructor(words: Int32Array) {
    this.#words = words;
    this.#lastSet = words.length / SET_WORDS - 1;
  }

  /**
   * Takes one response from a bucket, which is full when it is new. Where there is not credit enough, it falls into debt, down to its floor.
   *
   * @param hash 32 bits, as a signed number
   * @param now milliseconds modulo 2^32, as a signed number; may go back
   * @returns whether there was credit
   */
  take(hash: number, now: number, { rate, capacity, floor }: BucketLimit): boolean {
    const words = this.#words;
    // No hash is one of the two tags that mean something else.
    const tag = hash >>> 1 === 0 ? 2 : hash;
    const entry = this.#find((hash & this.#lastSet) * SET_WORDS, tag, now, capacity);
    this.#entry = entry;
    if (entry < 0) return true;
    const stamp = words[entry + STAMP] as number;
    const balance = words[entry + BALANCE] as number;
    const elapsed = (now - stamp) | 0;
    let earned = 0;
    if (elapsed > 0) {
      if (Atomics.compareExchange(words, entry + STAMP, stamp, now) === stamp) {
        earned = Math.min(capacity - balance, elapsed * rate);
      }
    } else if (elapsed < -CLOCK_SET_MS) {
      Atomics.compareExchange(words, entry + STAMP, stamp, now);
    }
    const cost = balance + earned - COST < floor ? 0 : COST;
    if (earned === 0 && cost === 0) return false;
    const left = Atomics.add(words, entry + BALANCE, earned - cost) + earned - cost;
    // Others took what was there a moment ago: nothing is owed for what is not sent at the floor.
    if (left < floor) Atomics.add(words, entry + BALANCE, cost);
    return cost > 0 && left >= 0;
  }

  /** Counts one more response that was not sent, of the bucket that was asked for last. Returns how many those are. */
  suppress(): number {
    return this.#entry < 0 ? 1 : (Atomics.add(this.#words, this.#entry + SUPPRESSED, 1) + 1) >>> 0;
  }

  /** The entry with the tag, which is made where there is none; -1 where another thread takes the place at this moment. */
  #find(first: number, tag: number, now: number, capacity: number): number {
    const words = this.#words;
    const end = first + SET_WORDS;
    for (let entry = first; entry < end; entry += ENTRY_WORDS) if (words[entry + TAG] === tag) return entry;
    return this.#make(first, tag, now, capacity);
  }

  #make(first: number, tag: number, now: number, capacity: number): number {
    const words = this.#words;
    let oldest = first;
    let longest = -Infinity;
    for (let entry = first; entry < first + SET_WORDS; entry += ENTRY_WORDS) {
      const age = words[entry + TAG] === 0 ? Infinity : (now - (words[entry + STAMP] as number)) | 0;
      if (age > longest) {
        longest = age;
        oldest = entry;
      }
    }
    const replaced = words[oldest + TAG] as number;
    if (Atomics.compareExchange(words, oldest + TAG, replaced, BEING_WRITTEN) !== replaced) return -1;
    Atomics.store(words, oldest + STAMP, now);
    Atomics.store(words, oldest + BALANCE, capacity);
    Atomics.store(words, oldest + SUPPRESSED, 0);
    Atomics.store(words, oldest + TAG, tag);
    return oldest;
  }
}
