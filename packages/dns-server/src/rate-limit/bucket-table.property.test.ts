import { Worker } from 'node:worker_threads';

import { describe, expect, it, jest } from '@jest/globals';
import * as fc from 'fast-check';

import { type BucketLimit, BucketTable, bucketTableWords } from './bucket-table.ts';
import type { TakingTask } from './testing/taking-worker.ts';

jest.setTimeout(60_000);

const COST = 1000;

/** A token bucket as one would write it down, for one key. */
class PlainBucket {
  readonly #limit: BucketLimit;
  #credit: number;
  #at: number;

  constructor(limit: BucketLimit, now: number) {
    this.#limit = limit;
    this.#credit = limit.capacity;
    this.#at = now;
  }

  take(now: number): boolean {
    const { rate, capacity, floor } = this.#limit;
    if (now > this.#at) this.#credit = Math.min(capacity, this.#credit + (now - this.#at) * rate);
    if (now > this.#at || now < this.#at - 1000) this.#at = now;
    const isEnough = this.#credit >= COST;
    if (this.#credit - COST >= floor) this.#credit -= COST;
    return isEnough;
  }
}

const limits: fc.Arbitrary<BucketLimit> = fc
  .record({
    rate: fc.oneof(fc.constantFrom(1, 10, 100, 1000), fc.integer({ min: 1, max: 5000 })),
    seconds: fc.integer({ min: 1, max: 10 }),
    window: fc.nat(60),
  })
  .map(({ rate, seconds, window }) => ({ rate, capacity: rate * seconds * COST, floor: -rate * window * COST }));

describe('a table of buckets', () => {
  it('does what one plain bucket for each key does, whatever the clock does', () => {
    const step = fc.record({
      // Mostly forward, sometimes back a little, sometimes set.
      elapsed: fc.oneof(
        { weight: 9, arbitrary: fc.nat(400) },
        { weight: 4, arbitrary: fc.constantFrom(1, 10, 100, 1000) },
        fc.integer({ min: -900, max: 0 }),
        fc.integer({ min: -1e9, max: 1e9 }),
      ),
      // Of hashes that share a set, too.
      key: fc.constantFrom(3, 3 + 64, 7, -1, 0x7fff_ffff),
      takes: fc.nat(300),
    });
    fc.assert(
      fc.property(
        limits,
        fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
        fc.array(step, { maxLength: 60 }),
        (limit, start, steps) => {
          const table = new BucketTable(new Int32Array(bucketTableWords(64)));
          const plain = new Map<number, PlainBucket>();
          let now = start;
          for (const { elapsed, key, takes } of steps) {
            // Between two looks at one key less time goes by than 32 bits can tell.
            if (Math.abs(now + elapsed - start) < 2 ** 31) now += elapsed;
            const bucket = plain.get(key) ?? new PlainBucket(limit, now);
            plain.set(key, bucket);
            for (let take = 0; take < takes; take++) expect(table.take(key, now | 0, limit)).toBe(bucket.take(now));
          }
        },
      ),
    );
  });

  it('forgets, of five buckets that share a set, the one that was asked for least recently', () => {
    const limit: BucketLimit = { rate: 1, capacity: 2 * COST, floor: -10 * COST };
    const table = new BucketTable(new Int32Array(bucketTableWords(8)));
    const keys = [8, 16, 24, 32].map((key) => key + 5);
    for (const [index, key] of keys.entries()) for (let take = 0; take < 9; take++) table.take(key, index, limit);
    // The first is asked for again: the second is the oldest.
    expect(table.take(keys[0] as number, 5, limit)).toBe(false);
    expect(table.take(85, 6, limit)).toBe(true);
    for (const key of [keys[0], keys[2], keys[3]]) expect(table.take(key as number, 7, limit)).toBe(false);
    expect(table.take(keys[1] as number, 8, limit)).toBe(true);
  });

  it('counts what was not sent, of each bucket', () => {
    const limit: BucketLimit = { rate: 1, capacity: COST, floor: 0 };
    const table = new BucketTable(new Int32Array(bucketTableWords(8)));
    const suppressed = (key: number): number => {
      table.take(key, 0, limit);
      return table.suppress();
    };
    expect([suppressed(5), suppressed(5), suppressed(6), suppressed(5), suppressed(6)]).toEqual([1, 2, 1, 3, 2]);
  });
});

describe('threads on one table', () => {
  const THREADS = 4;
  const TAKES = 100_000;

  async function takeTogether(hashes: readonly number[], takesPerMs: number, limit: BucketLimit): Promise<readonly number[]> {
    const table = new SharedArrayBuffer(bucketTableWords(64) * 4);
    const clock = new SharedArrayBuffer(8);
    const task: TakingTask = { table, clock, threads: THREADS, hashes, takes: TAKES, takesPerMs, limit };
    const taken = await Promise.all(
      Array.from({ length: THREADS }, () => {
        const worker = new Worker(new URL('./testing/taking-worker.ts', import.meta.url), {
          workerData: task,
          execArgv: ['--conditions=@kubezone/source'],
        });
        return new Promise<number[]>((resolve, reject) => {
          worker.once('message', resolve);
          worker.once('error', reject);
        });
      }),
    );
    return hashes.map((_, index) => taken.reduce((sum, own) => sum + (own[index] as number), 0));
  }

  it('take from a bucket no more than it holds, but for one response each while it is made', async () => {
    const limit: BucketLimit = { rate: 100, capacity: 5000 * COST, floor: -100 * COST };
    for (const sum of await takeTogether([1, 2, 65, 129], 0, limit)) {
      expect(sum).toBeGreaterThanOrEqual(5000);
      expect(sum).toBeLessThanOrEqual(5000 + THREADS);
    }
  });

  it('take from a bucket that fills no more than it earns', async () => {
    const limit: BucketLimit = { rate: 10_000, capacity: 100 * COST, floor: 0 };
    // All together take less than a second of that clock: a thread that the system holds up is not taken for one whose clock was set.
    const takesPerMs = 500;
    const earned = (10_000 * THREADS * TAKES) / takesPerMs / 1000;
    for (const sum of await takeTogether([1, 2, 65], takesPerMs, limit)) {
      expect(sum).toBeGreaterThanOrEqual(earned * 0.9);
      // What is earned in a millisecond may be too much for a moment.
      expect(sum).toBeLessThanOrEqual(earned + 100 + 10 + THREADS);
    }
  });
});
