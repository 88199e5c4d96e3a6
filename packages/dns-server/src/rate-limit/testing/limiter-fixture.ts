import { isFailure, scanAddress } from '@kubezone/core';

import { scanIpPrefix, type IpPrefix } from '../ip-prefix.ts';
import { createRateLimitMemory, RATE_LIMIT_KEY_OCTETS } from '../rate-limit-memory.ts';
import { type RateLimitEvent, RateLimiter, type Verdict } from '../rate-limiter.ts';
import { type RateLimits, resolveRateLimits } from '../rate-limits.ts';

/** A query without EDNS: too short to carry anything. */
const PLAIN_QUERY = new Uint8Array(28);

/** The octets of an address. */
export function octetsOf(text: string): Uint8Array {
  const scanned = scanAddress(text);
  if (isFailure(scanned)) throw new Error(scanned.message);
  return scanned.rdata;
}

/** A prefix. */
export function prefixOf(text: string): IpPrefix {
  const scanned = scanIpPrefix(text);
  if (isFailure(scanned)) throw new Error(scanned.message);
  return scanned;
}

/** One limiter, asked in few words. */
export interface LimiterFixture {
  readonly limiter: RateLimiter;
  readonly memory: SharedArrayBuffer;
  /** How often each event was counted. */
  readonly events: ReadonlyMap<RateLimitEvent, number>;
  /** Puts the clock, in milliseconds. */
  readonly at: (now: number) => void;
  /** What becomes of a query and its response; `refuse` where it is not answered. */
  readonly ask: (client: Uint8Array | string, question?: Question) => Verdict | 'refuse';
  /** What becomes of so many, one letter each: `+` sent, `t` slipped, `-` dropped, `x` not answered. */
  readonly flood: (count: number, client: Uint8Array | string, question?: Question) => string;
}

/** What is asked. */
export interface Question {
  readonly account?: number;
  readonly rcode?: number;
  readonly hasCookie?: boolean;
  readonly query?: Uint8Array;
}

const LETTERS = { send: '+', slip: 't', drop: '-', refuse: 'x' } as const;

/** Makes a memory; the key is the same each time. */
export function fixtureMemory(sets?: number): SharedArrayBuffer {
  return createRateLimitMemory(
    Uint8Array.from({ length: RATE_LIMIT_KEY_OCTETS }, (_, index) => index * 37 + 1),
    sets,
  );
}

/** Makes a limiter, from which nobody is exempt unless it is said. */
export function limiterFixture(
  limits: Partial<RateLimits>,
  memory: SharedArrayBuffer = fixtureMemory(),
  threads = 1,
): LimiterFixture {
  const events = new Map<RateLimitEvent, number>();
  const limiter = new RateLimiter(memory, threads, resolveRateLimits({ exempt: [], ...limits }), (event) =>
    events.set(event, (events.get(event) ?? 0) + 1),
  );
  const ask = (client: Uint8Array | string, question: Question = {}): Verdict | 'refuse' => {
    const { account = 1, rcode = 0, hasCookie = false, query = PLAIN_QUERY } = question;
    const address = typeof client === 'string' ? octetsOf(client) : client;
    return limiter.admit(address, query, query.length) ? limiter.judge(account, rcode, hasCookie) : 'refuse';
  };
  limiter.begin(0);
  return {
    limiter,
    memory,
    events,
    at: (now) => limiter.begin(now),
    ask,
    flood: (count, client, question) => Array.from({ length: count }, () => LETTERS[ask(client, question)]).join(''),
  };
}
