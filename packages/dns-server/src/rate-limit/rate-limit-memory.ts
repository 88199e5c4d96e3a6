/**
 * What all threads that limit together share: 1.25 MiB, of which only what is used takes memory.
 *
 *     words       0 …    KEY (2), SEED (1)
 *                16 …    which groups have many responses, and which many queries: `GroupBuckets`
 *            65,552 …    the buckets: `BucketTable`
 *                        the clients that are limited at the moment: `LimitedPrefixes`
 */
import { BucketTable, bucketTableWords } from './bucket-table.ts';
import { GROUPS } from './group-buckets.ts';
import { HALF_SIPHASH_KEY_OCTETS } from './half-siphash.ts';
import { LIMITED_PREFIXES_WORDS, LimitedPrefixes } from './limited-prefixes.ts';

/** How many random octets a memory begins with. */
export const RATE_LIMIT_KEY_OCTETS: number = HALF_SIPHASH_KEY_OCTETS + 4;

const GROUPS_AT = 16;
const BUCKETS_AT: number = GROUPS_AT + 2 * GROUPS;

/**
 * 65,536 buckets, in 1 MiB. Buckets that are asked for more often than once in 65,536 queries of others stay, so that a flood of 1,000,000 queries per second from as many
 * forged clients as there are displaces none that has more than some 20 per second.
 */
const DEFAULT_SETS = 16_384;

/** The parts of the memory, for one thread. */
export interface RateLimitMemory {
  readonly key: readonly [number, number];
  readonly seed: number;
  readonly responseGroups: Int32Array;
  readonly queryGroups: Int32Array;
  readonly buckets: BucketTable;
  readonly prefixes: LimitedPrefixes;
}

/**
 * Makes the memory.
 *
 * @param key `RATE_LIMIT_KEY_OCTETS` that nobody else knows
 * @param sets a power of 2
 */
export function createRateLimitMemory(key: Uint8Array, sets: number = DEFAULT_SETS): SharedArrayBuffer {
  const words = new Int32Array(new SharedArrayBuffer((BUCKETS_AT + bucketTableWords(sets) + LIMITED_PREFIXES_WORDS) * 4));
  const view = new DataView(key.buffer, key.byteOffset, RATE_LIMIT_KEY_OCTETS);
  for (let at = 0; at < RATE_LIMIT_KEY_OCTETS; at += 4) words[at / 4] = view.getInt32(at);
  return words.buffer;
}

/** Finds the parts of a memory. */
export function attachRateLimitMemory(memory: SharedArrayBuffer): RateLimitMemory {
  const words = new Int32Array(memory);
  const prefixesAt = words.length - LIMITED_PREFIXES_WORDS;
  return {
    key: [words[0] as number, words[1] as number],
    seed: words[2] as number,
    responseGroups: words.subarray(GROUPS_AT, GROUPS_AT + GROUPS),
    queryGroups: words.subarray(GROUPS_AT + GROUPS, BUCKETS_AT),
    buckets: new BucketTable(words.subarray(BUCKETS_AT, prefixesAt)),
    prefixes: new LimitedPrefixes(words.subarray(prefixesAt)),
  };
}
