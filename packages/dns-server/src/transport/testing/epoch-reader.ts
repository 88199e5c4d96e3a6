/** A thread that enters and leaves epochs as fast as it can, and looks whether what it has entered is still there: see `reclaimUnder`. */
import { parentPort, workerData } from 'node:worker_threads';

import { openNativeUdp } from '../native-udp.ts';
import { COUNTERS } from '../udp-statistics.ts';
import { CURRENT_EPOCH, epochIndexOf, WorkerEpochs } from '../worker-epochs.ts';

/** What the thread is given. */
export interface EpochReaderData {
  readonly epochs: SharedArrayBuffer;
  /** For each epoch, modulo the length, the epoch itself until it is reclaimed. */
  readonly alive: SharedArrayBuffer;
  /** Words: whether it is time to stop, and how often an epoch was entered. */
  readonly control: SharedArrayBuffer;
  /** The addon is to enter and leave, which it does in receiving from a socket that is shut down. */
  readonly native?: { readonly path: string; readonly descriptor: number };
}

/** How often each epoch is looked at before it is left. */
const LOOKS = 8;

const { epochs: buffer, alive, control, native } = workerData as EpochReaderData;
const epochs = WorkerEpochs.over(buffer, 1);
const { array } = epochs;
const states = new Int32Array(alive);
const words = new Int32Array(control);
const enter = native === undefined ? (): void => epochs.enter(0) : enterByAddon(native.path, native.descriptor);

let faults = 0;
while (Atomics.load(words, 0) === 0) {
  enter();
  const epoch = Atomics.load(array, epochIndexOf(0));
  for (let look = 0; look < LOOKS; look++) if (Atomics.load(states, epoch & (states.length - 1)) !== epoch) faults++;
  if (native === undefined) epochs.leave(0);
  Atomics.add(words, 1, 1);
}
parentPort?.postMessage(faults, []);

function enterByAddon(path: string, descriptor: number): () => void {
  const search = openNativeUdp(path);
  if (search.kind === 'absent') throw new Error(search.reason);
  const counters = new Float64Array(new SharedArrayBuffer(COUNTERS * 8));
  const batch = search.addon.openBatch(new Int32Array([descriptor]), 1000, array, CURRENT_EPOCH, epochIndexOf(0), counters);
  return () => void batch.exchange();
}
