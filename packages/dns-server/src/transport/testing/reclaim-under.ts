import { Worker } from 'node:worker_threads';

import { EpochWriter } from './epoch-writer.ts';
import type { EpochReaderData } from './epoch-reader.ts';

/** What came of it. */
export interface ReclaimingReport {
  /** How many epochs were reclaimed. */
  readonly reclaimed: number;
  /** How often one that a thread had entered was reclaimed under it. */
  readonly faults: number;
}

/** A power of two. */
const STATES = 1024;

/** Advances and reclaims as fast as it can until another thread has entered an epoch so many times. */
export async function reclaimUnder(entries: number, native?: EpochReaderData['native']): Promise<ReclaimingReport> {
  const writer = new EpochWriter(1);
  const states = new Int32Array(new SharedArrayBuffer(STATES * 4));
  const control = new Int32Array(new SharedArrayBuffer(8));
  const workerData: EpochReaderData = {
    epochs: writer.array.buffer,
    alive: states.buffer,
    control: control.buffer,
    ...(native !== undefined && { native }),
  };
  let newest = writer.array[0] as number;
  let oldest = newest;
  Atomics.store(states, newest, newest);
  const reader = new Worker(new URL('./epoch-reader.ts', import.meta.url), {
    workerData,
    execArgv: ['--conditions=@kubezone/source'],
  });
  const ended = new Promise<number>((resolve, reject) => {
    reader.on('message', resolve);
    reader.on('error', reject);
  });
  while (Atomics.load(control, 1) === 0) await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 1))]);
  while (Atomics.load(control, 1) < entries) {
    if (newest - oldest < STATES - 1) {
      Atomics.store(states, (newest + 1) & (STATES - 1), newest + 1);
      newest = writer.advance();
    }
    while (oldest < newest && writer.hasPassed(oldest + 1)) Atomics.store(states, oldest++ & (STATES - 1), 0);
  }
  Atomics.store(control, 0, 1);
  return { reclaimed: oldest - 1, faults: await ended };
}
