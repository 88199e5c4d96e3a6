/**
 * What rate limits cost per query: nanoseconds of the limiter alone, in one thread and in several on one table.
 *
 *     node bench/rate-limit.ts [MILLION QUERIES] [ROUNDS]
 *
 * "off" is the loop itself: the clients' addresses are made and nothing is asked. A whole query takes some 5 µs, most of them in the kernel.
 */
import { randomBytes } from 'node:crypto';
import { Worker } from 'node:worker_threads';

import { createRateLimitMemory, RATE_LIMIT_KEY_OCTETS } from '../packages/dns-server/src/rate-limit/rate-limit-memory.ts';
import { markdownTable, percentile } from './figures.ts';
import { describeMachine, loadAverage } from './machine.ts';
import { RATE_LIMIT_CASES, type RateLimitRound } from './rate-limit-round.ts';

const queries = Number(process.argv[2] ?? 4) * 1e6;
const rounds = Number(process.argv[3] ?? 9);

const WORKER = new URL('./rate-limit-round.ts', import.meta.url);

/** One round of one case in so many threads; nanoseconds per query of each. */
async function measure(round: Omit<RateLimitRound, 'memory' | 'seed'>): Promise<number[]> {
  const memory = createRateLimitMemory(randomBytes(RATE_LIMIT_KEY_OCTETS));
  const results = Array.from(
    { length: round.threads },
    (_, seed) =>
      new Promise<number>((resolve, reject) => {
        const workerData: RateLimitRound = { ...round, memory, seed };
        const worker = new Worker(WORKER, { workerData, execArgv: ['--conditions=@kubezone/source'] });
        worker.once('message', resolve);
        worker.once('error', reject);
      }),
  );
  return Promise.all(results);
}

const samples = new Map<string, number[]>();
for (let round = 0; round < rounds; round++) {
  for (const name of Object.keys(RATE_LIMIT_CASES)) {
    for (const threads of [1, 2]) {
      const key = `${name}\n${threads}`;
      samples.set(key, [...(samples.get(key) ?? []), ...(await measure({ name, queries, threads }))]);
    }
  }
}

console.log(`${describeMachine()}; load ${loadAverage()}; ${queries} queries a round, ${rounds} rounds\n`);
const cell = (name: string, threads: number): string => {
  const values = samples.get(`${name}\n${threads}`) ?? [];
  const figures = [0.5, 0, 1].map((share) => percentile(values, share).toFixed(1));
  return `${figures[0]} (${figures[1]} to ${figures[2]})`;
};
const rows = Object.entries(RATE_LIMIT_CASES).map(([name, { what }]) => [what, cell(name, 1), cell(name, 2)]);
console.log(markdownTable(['ns per query: median (least to most)', 'one thread', 'two threads, one table'], rows));
