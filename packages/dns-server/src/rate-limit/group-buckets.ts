/**
 * The first question that is asked about a response, and for ordinary clients the only one: is all that its group of clients gets less than one client may have?
 *
 *     shared    [ AWAKE until ] for each group      read by all threads, written only where a group has more than its share
 *     private   [ EMPTY at ]    for each group      a token bucket that one thread alone reads and writes
 *
 * Each of N threads has the N-th part of what a group may have before it is looked at more closely, so that ordinary clients make no two threads write to the same line of the cache. A thread whose part is
 * used up wakes the group for all threads, until its own bucket will be out of debt. So whenever a group sleeps, no thread's bucket is in debt, and all of them together have let through no more than
 * their capacity and their rate.
 *
 * A bucket is one word: the moment at which it was, or will be, empty, on a clock that runs as fast as it fills. What lies between that moment and now is its credit, or its debt. Where it was left alone for
 * so long that the clock went round, it may look like one in debt: its clients are looked at more closely for a while, and are sent their responses all the same.
 */
import { type BucketLimit, COST } from './bucket-table.ts';

/** A power of 2. At 100,000 ordinary queries per second, each has three of them. */
export const GROUPS = 32_768;
const GROUP_SHIFT = 17;

/** 2^32 divided by the golden ratio, and a prime of xxHash: odd, with bits everywhere. */
const FACTOR_HIGH = 0x9e37_79b1;
const FACTOR_LOW = 0x85eb_ca77;

/** So much longer than needed a group is woken, in milliseconds: it is written so often at most. */
const WAKE_AHEAD_MS = 100;

/** The group of a client: any function would do, since groups that happen to be crowded are merely looked at more closely. */
export function groupOf(high: number, low: number, seed: number): number {
  const mixed = Math.imul(high ^ seed, FACTOR_HIGH);
  return Math.imul((mixed >>> 15) ^ mixed ^ low, FACTOR_LOW) >>> GROUP_SHIFT;
}

/** The groups, for one thread. */
export class GroupBuckets {
  readonly #awake: Int32Array;
  readonly #empty = new Int32Array(GROUPS);
  readonly #rate: number;
  readonly #capacity: number;
  readonly #floor: number;
  readonly #cost: number;
  readonly #longestMs: number;
  #isNew = true;
  #nowMs = 0;
  #now = 0;

  /**
   * @param awake `GROUPS` words that all threads share
   * @param limit of a group, in all threads together
   * @param threads how many share it
   */
  constructor(awake: Int32Array, { rate, capacity, floor }: BucketLimit, threads: number) {
    this.#awake = awake;
    this.#rate = rate;
    this.#capacity = capacity;
    this.#floor = floor;
    // Instead of filling a bucket more slowly, and rounding.
    this.#cost = COST * threads;
    this.#longestMs = Math.ceil(-floor / rate) + 2 * WAKE_AHEAD_MS;
  }

  /** @param now milliseconds modulo 2^32, as a signed number; may go back */
  begin(now: number): void {
    this.#nowMs = now;
    this.#now = Math.imul(now, this.#rate);
    // All are full at first.
    if (this.#isNew) this.#empty.fill(this.#now - this.#capacity);
    this.#isNew = false;
  }

  /**
   * Takes one response.
   *
   * @returns whether the group sleeps and there was credit
   */
  take(group: number): boolean {
    const now = this.#now;
    let credit = (now - (this.#empty[group] as number)) | 0;
    // Full; or from another time.
    if (credit > this.#capacity || credit < this.#floor) credit = this.#capacity;
    const left = Math.max(this.#floor, credit - this.#cost);
    this.#empty[group] = now - left;
    if (left < 0) this.#wake(group, left);
    const awake = ((this.#awake[group] as number) - this.#nowMs) | 0;
    // Whoever woke it for longer than that did so before the clock was set.
    return left >= 0 && (awake <= 0 || awake > this.#longestMs);
  }

  #wake(group: number, debt: number): void {
    const until = this.#nowMs + Math.ceil(-debt / this.#rate);
    const stored = this.#awake[group] as number;
    const ahead = (stored - until) | 0;
    if (ahead < 0 || ahead > this.#longestMs) {
      Atomics.compareExchange(this.#awake, group, stored, until + WAKE_AHEAD_MS);
    }
  }
}
