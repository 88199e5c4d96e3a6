import { CURRENT_EPOCH, epochIndexOf } from '../worker-epochs.ts';

/** The writer's side of `WorkerEpochs`, for tests; in a server it is the zones'. */
export class EpochWriter {
  readonly array: Int32Array<SharedArrayBuffer>;
  readonly #workers: number;

  /** @param first the first epoch, not 0 */
  constructor(workers: number, first = 1) {
    this.array = new Int32Array(new SharedArrayBuffer(epochIndexOf(workers) * Int32Array.BYTES_PER_ELEMENT));
    this.#workers = workers;
    Atomics.store(this.array, CURRENT_EPOCH, first);
  }

  /** Begins a new epoch, and returns it. */
  advance(): number {
    const next = (Atomics.load(this.array, CURRENT_EPOCH) + 1) | 0;
    const epoch = next === 0 ? 1 : next;
    Atomics.store(this.array, CURRENT_EPOCH, epoch);
    return epoch;
  }

  /** Whether no worker can still be in an epoch before this one. */
  hasPassed(epoch: number): boolean {
    for (let worker = 0; worker < this.#workers; worker++) {
      const own = Atomics.load(this.array, epochIndexOf(worker));
      if (own !== 0 && ((own - epoch) | 0) < 0) return false;
    }
    return true;
  }
}
