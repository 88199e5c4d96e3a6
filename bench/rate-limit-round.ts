/** One round of bench/rate-limit.ts, in a thread of its own, so that the compiler knows nothing from other rounds. */
import { parentPort, workerData } from 'node:worker_threads';

import { RateLimiter } from '../packages/dns-server/src/rate-limit/rate-limiter.ts';
import { type RateLimits, resolveRateLimits } from '../packages/dns-server/src/rate-limit/rate-limits.ts';

/** What one round does. */
export interface RateLimitRound {
  readonly name: string;
  readonly queries: number;
  readonly memory: SharedArrayBuffer;
  readonly seed: number;
  readonly threads: number;
}

/** One kind of load. */
interface RateLimitCase {
  readonly what: string;
  /** Undefined: nothing is asked. */
  readonly limits: Partial<RateLimits> | undefined;
  /** How many prefixes of clients there are. */
  readonly clients: number;
  /** How many names they ask for. */
  readonly names: number;
  readonly hasCookie?: true;
  /** In 10.0.0.0/8, which is exempt, instead of 32.0.0.0/3. */
  readonly isPrivate?: true;
}

const ON = { responsesPerSecond: 200 };
/** The clock of the loop: so many queries a millisecond, of all threads together, are 150,000 a second. */
const QUERIES_A_MS = 150;
const BATCH = 64;

export const RATE_LIMIT_CASES: Readonly<Record<string, RateLimitCase>> = {
  off: { what: 'off', limits: undefined, clients: 20_000, names: 10_000 },
  ordinary: { what: 'on, 20,000 clients of 7.5 queries/s, 10,000 names', limits: ON, clients: 20_000, names: 10_000 },
  few: { what: 'on, 1,000 clients of 150 queries/s, 10,000 names', limits: ON, clients: 1000, names: 10_000 },
  both: { what: 'the same, with queriesPerSecond too', limits: { ...ON, queriesPerSecond: 5000 }, clients: 1000, names: 10_000 },
  exempt: { what: 'on, one client that is exempt', limits: ON, clients: 1, names: 10_000, isPrivate: true },
  cookie: { what: 'on, one client with a cookie', limits: ON, clients: 1, names: 10_000, hasCookie: true },
  flood: { what: 'on, flood: one client, one name', limits: ON, clients: 1, names: 1 },
  names: { what: 'on, flood: one client, 10,000 names', limits: ON, clients: 1, names: 10_000 },
  forged: { what: 'on, flood: 2,000,000 forged clients', limits: ON, clients: 2_000_000, names: 1 },
};

if (parentPort !== null) {
  const round = workerData as RateLimitRound;
  // Once to warm up.
  run({ ...round, queries: round.queries / 4 }, 0);
  parentPort.postMessage(run(round, round.queries / 4), []);
}

function run({ name, queries, memory, seed, threads }: RateLimitRound, before: number): number {
  const { limits, clients, names, hasCookie = false, isPrivate = false } = RATE_LIMIT_CASES[name] as RateLimitCase;
  let counted = 0;
  const limiter = limits && new RateLimiter(memory, threads, resolveRateLimits(limits), () => counted++);
  const address = new Uint8Array(4);
  const query = new Uint8Array(64);
  let random = (seed + 1) | 0;
  let sent = 0;
  // Of this thread alone: what else runs on the machine takes nothing from it.
  const started = process.threadCpuUsage();
  for (let index = 0; index < queries; index++) {
    if (index % BATCH === 0) limiter?.begin(Math.floor(((before + index) * threads) / QUERIES_A_MS));
    random ^= random << 13;
    random ^= random >>> 17;
    random ^= random << 5;
    const client = (random >>> 1) % clients;
    address[0] = isPrivate ? 10 : 32 + (client >>> 16);
    address[1] = client >>> 8;
    address[2] = client;
    address[3] = random;
    const account = Math.imul((random >>> 8) % names, 0x9e37_79b1);
    if (limiter === undefined) sent += client + account;
    else if (limiter.admit(address, query, 60) && limiter.judge(account, 0, hasCookie) === 'send') sent++;
  }
  const { user, system } = process.threadCpuUsage(started);
  if (sent + counted === 0) throw new Error('nothing was done');
  return ((user + system) * 1000) / queries;
}
