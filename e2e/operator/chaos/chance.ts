import { setTimeout as sleep } from 'node:timers/promises';

import { type Random, seededRandom } from '../../fuzz/random.ts';

/** What is left to chance, from a seed. When it happens depends on the machine all the same. */
export interface Chance {
  /** An integer from 0 up to, but not including, `below`. */
  below(bound: number): number;
  /** @param share from 0 to 1 */
  happens(share: number): boolean;
  pick<T>(some: readonly T[]): T | undefined;
  /** One of several, as often as its weight says. */
  weighted<T>(some: readonly (readonly [weight: number, what: T])[]): T;
  between(low: number, high: number): number;
  sleep(lowMs: number, highMs: number): Promise<void>;
  /** Another one, that does not depend on how often this one is asked meanwhile. */
  fork(name: string): Chance;
}

/** Makes one from a seed. */
export function chanceOf(seed: number): Chance {
  const random: Random = seededRandom(scatter(seed));
  const below = (bound: number): number => random.next(bound);
  const between = (low: number, high: number): number => low + below(high - low + 1);
  return {
    below,
    between,
    happens: (share) => below(1_000_000) < share * 1_000_000,
    pick: (some) => some[below(some.length)],
    weighted: (some) => {
      let left = below(some.reduce((sum, [weight]) => sum + weight, 0));
      for (const [weight, what] of some) {
        if (left < weight) return what;
        left -= weight;
      }
      throw new RangeError('nothing to choose from');
    },
    sleep: (lowMs, highMs) => sleep(between(lowMs, highMs)),
    fork: (name) => chanceOf(Buffer.from(name).reduce((hash, octet) => Math.imul(hash ^ octet, 0x01000193), seed)),
  };
}

/** Seeds that differ little make sequences that begin alike; these do not (Appleby, MurmurHash3, the finalizer). */
function scatter(seed: number): number {
  let mixed = Math.imul(seed ^ (seed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
