/** A thread that takes from one bucket as fast as it can, on a clock that all such threads drive together. */
import { parentPort, workerData } from 'node:worker_threads';

import { type BucketLimit, BucketTable } from '../bucket-table.ts';

/** What the thread does. */
export interface TakingTask {
  readonly table: SharedArrayBuffer;
  /** Word 0: how often a bucket was asked for, by all threads. Word 1: how many threads are ready. */
  readonly clock: SharedArrayBuffer;
  readonly threads: number;
  readonly hashes: readonly number[];
  readonly takes: number;
  /** After so many takes, of all threads together, a millisecond has gone by; 0: never. */
  readonly takesPerMs: number;
  readonly limit: BucketLimit;
}

const { table, clock, threads, hashes, takes, takesPerMs, limit } = workerData as TakingTask;
const buckets = new BucketTable(new Int32Array(table));
const shared = new Int32Array(clock);
const taken = hashes.map(() => 0);
Atomics.add(shared, 1, 1);
while (Atomics.load(shared, 1) < threads);
for (let take = 0; take < takes; take++) {
  const ticks = Atomics.add(shared, 0, 1);
  const now = takesPerMs === 0 ? 0 : Math.floor(ticks / takesPerMs);
  for (const [index, hash] of hashes.entries()) if (buckets.take(hash, now, limit)) taken[index] = (taken[index] as number) + 1;
}
parentPort?.postMessage(taken, []);
