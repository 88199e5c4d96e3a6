/**
 * Limits what goes to whom over UDP, so that the server is of no use to whoever forges the addresses of others (response rate limiting, as in BIND, Knot and NSD), and how many queries one client has
 * answered at all.
 *
 *     query     ──► exempt? ──► queries of the group within half of a client's? ──► those of the client? ──► answered or not
 *     response  ──► exempt, or with a valid cookie? ──► responses to the group within half of an account's? ──► those of the account? ──► sent, slipped or dropped
 *
 * A client is a prefix of addresses, an account what one client gets again and again, a group what a few bits of a hash put together of all clients. While all responses to a group together stay below what
 * any one account may have, none of its accounts can be over its limit, and none need be looked at: ordinary clients cost one word in one array, however many they are and however many names
 * they ask for. See docs/adr/0010 for why no account gets more than its burst and its rate, all the same.
 */
import { RCODE } from '@kubezone/core';

import { type BucketLimit, type BucketTable, COST } from './bucket-table.ts';
import { carriesServerCookie } from './carries-server-cookie.ts';
import { GroupBuckets, groupOf } from './group-buckets.ts';
import { HalfSipHash } from './half-siphash.ts';
import { DEED, type LimitedPrefixes } from './limited-prefixes.ts';
import { maskOf, PrefixSet, wordOf } from './prefix-set.ts';
import { attachRateLimitMemory } from './rate-limit-memory.ts';
import type { RateLimits } from './rate-limits.ts';

/** What becomes of a response: it is sent as it is, without its records, or not at all. */
export type Verdict = 'send' | 'slip' | 'drop';

/** What is counted: what was done in mode `limit`, and what would have been in mode `log`. */
export type RateLimitEvent =
  | 'limitedDropped'
  | 'limitedSlipped'
  | 'limitedQueries'
  | 'wouldLimitDropped'
  | 'wouldLimitSlipped'
  | 'wouldLimitQueries';

/** Kinds of buckets: no two of them share one. */
const KIND = { queries: 1, data: 2, nxdomain: 3, error: 4 } as const;

/** Beyond it a bucket's numbers would leave 32 bits. */
const MAX_DEBT = 1_000_000_000;
const MAPPED = 0x0000_ffff;

/** A limiter for one thread; the memory it shares with all others. */
export class RateLimiter {
  readonly #hash: HalfSipHash;
  readonly #buckets: BucketTable;
  readonly #prefixes: LimitedPrefixes;
  readonly #exempt: PrefixSet;
  readonly #count: (event: RateLimitEvent) => void;
  readonly #isDryRun: boolean;
  readonly #slip: number;
  readonly #ipv4Mask: number;
  readonly #ipv6High: number;
  readonly #ipv6Low: number;
  readonly #seed: number;
  /** Undefined: without limit, or with one that is too low to be halved. */
  readonly #queryGroups: GroupBuckets | undefined;
  readonly #responseGroups: GroupBuckets | undefined;
  /** Undefined: without limit. */
  readonly #queries: BucketLimit | undefined;
  readonly #data: BucketLimit | undefined;
  readonly #nxdomain: BucketLimit | undefined;
  readonly #error: BucketLimit | undefined;
  /** Milliseconds modulo 2^32. */
  #now = 0;
  #family: 4 | 6 = 4;
  #high = 0;
  #low = 0;
  #isExempt = false;
  /** The client has had its queries: an answer is sent only if it has proved its address. */
  #needsCookie = false;

  /**
   * @param memory of `createRateLimitMemory`
   * @param threads how many share it, at most
   * @param count takes what is counted
   */
  constructor(memory: SharedArrayBuffer, threads: number, limits: RateLimits, count: (event: RateLimitEvent) => void) {
    const { key, seed, responseGroups, queryGroups, buckets, prefixes } = attachRateLimitMemory(memory);
    this.#hash = new HalfSipHash(key);
    this.#seed = seed;
    this.#buckets = buckets;
    this.#prefixes = prefixes;
    this.#count = count;
    this.#exempt = new PrefixSet(limits.exempt);
    this.#isDryRun = limits.mode === 'log';
    this.#slip = limits.slip;
    this.#ipv4Mask = maskOf(limits.ipv4PrefixLength);
    this.#ipv6High = maskOf(limits.ipv6PrefixLength);
    this.#ipv6Low = maskOf(limits.ipv6PrefixLength - 32);
    const { queriesPerSecond, responsesPerSecond, nxdomainsPerSecond, errorsPerSecond } = limits;
    const queries = halve(limits, threads, [queriesPerSecond]);
    const responses = halve(limits, threads, [responsesPerSecond, nxdomainsPerSecond, errorsPerSecond]);
    this.#queryGroups = queries.group && new GroupBuckets(queryGroups, queries.group, threads);
    this.#responseGroups = responses.group && new GroupBuckets(responseGroups, responses.group, threads);
    [this.#queries] = queries.accounts;
    [this.#data, this.#nxdomain, this.#error] = responses.accounts;
  }

  /**
   * Before the queries of a batch.
   *
   * @param now milliseconds; the same clock in all threads
   */
  begin(now: number): void {
    this.#now = now | 0;
    this.#queryGroups?.begin(this.#now);
    this.#responseGroups?.begin(this.#now);
  }

  /**
   * Whether a query is to be answered. What follows about its response is about this client.
   *
   * @param address the client's, 4 or 16 octets
   * @param length of the query, which may be shorter than the array
   */
  admit(address: Uint8Array, query: Uint8Array, length: number): boolean {
    this.#setClient(address);
    this.#needsCookie = false;
    const queries = this.#queries;
    if (queries === undefined || this.#isExempt || this.#take(this.#queryGroups, KIND.queries, 0, queries)) return true;
    if (!carriesServerCookie(query, length)) return this.#refuse();
    this.#needsCookie = true;
    return true;
  }

  /**
   * What becomes of the response to a query that was admitted.
   *
   * @param account what is answered again and again: a hash of the name that the answer is from; for names that do not exist, of the zone; 0 for errors
   * @param hasCookie whether the query had a valid server cookie: its address is not forged then (RFC 7873, section 5.2.3)
   */
  judge(account: number, rcode: number, hasCookie: boolean): Verdict {
    if (this.#isExempt || hasCookie) return 'send';
    if (this.#needsCookie) return this.#refuse() ? 'send' : 'drop';
    const isData = rcode === RCODE.NOERROR;
    const isNxdomain = rcode === RCODE.NXDOMAIN;
    const limit = isData ? this.#data : isNxdomain ? this.#nxdomain : this.#error;
    if (limit === undefined) return 'send';
    const kind = isData ? KIND.data : isNxdomain ? KIND.nxdomain : KIND.error;
    const isWithin = this.#take(this.#responseGroups, kind, isData || isNxdomain ? account : 0, limit);
    return isWithin ? 'send' : this.#suppress();
  }

  #suppress(): Verdict {
    const suppressed = this.#buckets.suppress();
    const isSlipped = this.#slip > 0 && suppressed % this.#slip === 0;
    this.#prefixes.note(this.#family, this.#high, this.#low, this.#now, isSlipped ? DEED.slipped : DEED.dropped);
    if (this.#isDryRun) {
      this.#count(isSlipped ? 'wouldLimitSlipped' : 'wouldLimitDropped');
      return 'send';
    }
    this.#count(isSlipped ? 'limitedSlipped' : 'limitedDropped');
    return isSlipped ? 'slip' : 'drop';
  }

  /** Returns whether the query is answered all the same. */
  #refuse(): boolean {
    this.#prefixes.note(this.#family, this.#high, this.#low, this.#now, DEED.queriesDropped);
    this.#count(this.#isDryRun ? 'wouldLimitQueries' : 'limitedQueries');
    return this.#isDryRun;
  }

  #take(groups: GroupBuckets | undefined, kind: number, account: number, limit: BucketLimit): boolean {
    const high = this.#high;
    const low = this.#low;
    if (groups?.take(groupOf(high, low, this.#seed)) === true) return true;
    return this.#buckets.take(this.#hash.hash(high, low, account, (this.#family << 8) | kind), this.#now, limit);
  }

  #setClient(address: Uint8Array): void {
    let at = 0;
    if (address.length === 16) {
      const high = wordOf(address, 0);
      const low = wordOf(address, 4);
      // An IPv6 address that stands for an IPv4 address counts as that (RFC 4291, section 2.5.5.2).
      if (high !== 0 || low !== 0 || wordOf(address, 8) !== MAPPED) {
        this.#family = 6;
        this.#high = high & this.#ipv6High;
        this.#low = low & this.#ipv6Low;
        this.#isExempt = this.#exempt.hasIpv6(address);
        return;
      }
      at = 12;
    }
    this.#family = 4;
    this.#high = wordOf(address, at) & this.#ipv4Mask;
    this.#low = 0;
    this.#isExempt = this.#exempt.hasIpv4(address, at);
  }
}

/** Divides each account's credit: half of the lowest is for whatever is not looked at closely, and what is left the account's own. */
function halve(
  { burstSeconds, windowSeconds }: RateLimits,
  threads: number,
  rates: readonly number[],
): { readonly group: BucketLimit | undefined; readonly accounts: readonly (BucketLimit | undefined)[] } {
  const lowest = Math.min(...rates.filter((rate) => rate > 0));
  const shared = Number.isFinite(lowest) ? Math.floor((lowest * burstSeconds) / 2) * COST : 0;
  const floorOf = (rate: number): number => -Math.min(MAX_DEBT, rate * windowSeconds * COST);
  const accounts = rates.map((rate) =>
    rate === 0 ? undefined : { rate, capacity: rate * burstSeconds * COST - shared, floor: floorOf(rate) },
  );
  if (shared === 0) return { group: undefined, accounts };
  // In debt for as long as any of its accounts; and so far that a thread which has forgotten some of it sleeps only when an account may have another burst anyway.
  const furthest = Math.min(MAX_DEBT, (threads * Math.max(...rates) * burstSeconds + 1) * COST);
  return { group: { rate: lowest, capacity: shared, floor: Math.min(floorOf(lowest), -furthest) }, accounts };
}
