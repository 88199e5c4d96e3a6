/** A worker's epoch while it reads no shared data. */
const IDLE = 0;

/** Where the current epoch stands. */
export const CURRENT_EPOCH = 0;

/** A cache line for each worker: they write at every batch, and must not slow each other down. */
const WORDS_PER_WORKER = 16;

/** Where a worker's own epoch stands. */
export function epochIndexOf(worker: number): number {
  return (worker + 1) * WORDS_PER_WORKER;
}

/**
 * Which state of shared data each worker may be reading, so that whoever writes the data knows when memory is free again.
 *
 *     word 0              the current epoch, never 0; the writer's
 *     word 16, 32, …      the epoch of worker 0, 1, …: the one that was current when its batch began; 0 while it waits for queries
 *
 * There is one writer. It makes a new state reachable, stores the next epoch as the current one, and looks at the workers' epochs: what only older
 * states can reach is free once every worker is idle or has stored an epoch that is not older than that.
 *
 * **Entering.** A worker reads the current epoch, stores it as its own, and reads the current one again until it is the same. Without the second reading, the
 * writer could find the worker idle, advance and free memory between the worker's load and its store, and the worker would then hold an epoch whose state is
 * gone. With it that cannot be: all these loads and stores are sequentially consistent, so there is one order of them. Let E be the epoch that was
 * found the same. A writer that still found the worker idle looked at it before the worker stored E, and it had advanced before it looked: then the second
 * reading comes after that advance, and sees an epoch newer than E. So whoever advances beyond E afterwards sees E. The loop ends when the writer leaves it
 * alone for the time of one store and one load. The addon does the same (`become_busy` in native/batch.c).
 *
 * Epochs are 32 bits wide and wrap around; two of them are compared by their distance. A thousand changes a second take 24 days to go half around.
 */
export class WorkerEpochs {
  /** The words that this layout takes, and no more of the memory. */
  readonly array: Int32Array<SharedArrayBuffer>;

  private constructor(array: Int32Array<SharedArrayBuffer>) {
    this.array = array;
  }

  /** Epochs that no data hangs on: they tell whether a worker is at work. */
  static create(workers: number): WorkerEpochs {
    const epochs = WorkerEpochs.over(new SharedArrayBuffer(epochIndexOf(workers) * Int32Array.BYTES_PER_ELEMENT), workers);
    Atomics.store(epochs.array, CURRENT_EPOCH, 1);
    return epochs;
  }

  /**
   * Epochs at the beginning of memory of any size.
   *
   * @throws {RangeError} where it is too small for so many workers
   */
  static over(buffer: SharedArrayBuffer, workers: number): WorkerEpochs {
    return new WorkerEpochs(new Int32Array(buffer, 0, epochIndexOf(workers)));
  }

  /** Whether a worker is at work. */
  isBusy(worker: number): boolean {
    return Atomics.load(this.array, epochIndexOf(worker)) !== IDLE;
  }

  /** Before a worker reads shared data. The addon does this itself. */
  enter(worker: number): void {
    const { array } = this;
    const own = epochIndexOf(worker);
    let epoch: number;
    do {
      epoch = Atomics.load(array, CURRENT_EPOCH);
      Atomics.store(array, own, epoch);
    } while (Atomics.load(array, CURRENT_EPOCH) !== epoch);
  }

  /** After it has; also for a worker that has crashed, which would otherwise hold back reclaiming for ever. */
  leave(worker: number): void {
    Atomics.store(this.array, epochIndexOf(worker), IDLE);
  }
}
