/**
 * Which version is the newest, which may still be read, and what is to be done once none older is.
 *
 *     version        41      42      43  (published)   44 (being made)
 *     reader 0       ────────●                                              at work since 42
 *     reader 1       idle
 *     to be done     [41: free a] [42: free b, settle c] │ [43: free d]     what 42 hid can go; what 43 hid is seen by reader 0
 *
 * What was taken out of reach is freed a version later than that: a name that is gone leaves its dead node in its slot, which is *buried* (taken out of the table)
 * when no reader is older than the death, but readers may have found it there until then, or may still find it in a table that was replaced. So the node is
 * freed when none is older than the burial. Nothing is ever freed in the step that makes it unreachable.
 *
 * A block is *settled* when no reader is older than its birth: from then on its birth is 0, "for any reader", and does not depend on how versions
 * compare. They are 32 bits wide and wrap around; a thousand changes a second take 24 days to go once half around.
 */
import { type BlockAddress, MAX_READERS, MAX_THREADS, readerWord, type SharedMemory, VERSION_WORD } from './shared-memory.ts';

/** What is to be done to a block once no reader is older than the version under which it was asked for. */
export const TASK = {
  /** Nobody sees it any more: give it back. */
  FREE: 0,
  /** Everybody sees it: its birth is history. */
  SETTLE: 1,
  /** A dead node that no version shows any more: take it out of its table. Whoever found it there may still look at it: it is freed later. */
  BURY: 2,
  /** A table of a zone that is gone: give it back with all its nodes. */
  DISPOSE: 3,
} as const;

/** One of `TASK`. */
export type Task = (typeof TASK)[keyof typeof TASK];

const TASK_BITS = 3;
const MIN_CAPACITY = 1024;

/** The writer's view of versions. */
export class Versions {
  readonly #words: Int32Array;
  /** The version being made. */
  #next: number;
  /** A ring: versions, and addresses with the task in the low bits. */
  #due: Int32Array = new Int32Array(MIN_CAPACITY);
  #tasks: Int32Array = new Int32Array(MIN_CAPACITY);
  #first = 0;
  #count = 0;

  constructor({ words }: SharedMemory) {
    this.#words = words;
    this.#next = after(words[VERSION_WORD] as number);
  }

  /** The version under which changes are made now; readers see them from `publish` on. */
  get next(): number {
    return this.#next;
  }

  /** How many tasks wait. */
  get waiting(): number {
    return this.#count;
  }

  /** Whether there is a task whose time has come. */
  isDue(): boolean {
    if (this.#count === 0) return false;
    const oldest = this.#oldest();
    return oldest !== 0 && ((oldest - (this.#due[this.#first] as number)) | 0) >= 0;
  }

  /** Has a task done once no reader is older than the version being made. Tasks are done in the order in which they were asked for. */
  later(task: Task, address: BlockAddress): void {
    if (this.#count === this.#due.length) this.#grow();
    const index = (this.#first + this.#count++) & (this.#due.length - 1);
    this.#due[index] = this.#next;
    this.#tasks[index] = (address << TASK_BITS) | task;
  }

  /** Lets readers see all that was made under the version. */
  publish(): void {
    Atomics.store(this.#words, VERSION_WORD, this.#next);
    this.#next = after(this.#next);
  }

  /** Has up to `limit` tasks done whose time has come. Returns how many were. */
  run(limit: number, perform: (task: Task, address: BlockAddress) => void): number {
    if (this.#count === 0) return 0;
    const oldest = this.#oldest();
    if (oldest === 0) return 0;
    let done = 0;
    while (done < limit && this.#count > 0) {
      const index = this.#first;
      if (((oldest - (this.#due[index] as number)) | 0) < 0) break;
      const task = this.#tasks[index] as number;
      this.#first = (index + 1) & (this.#due.length - 1);
      this.#count--;
      done++;
      perform((task & ((1 << TASK_BITS) - 1)) as Task, task >>> TASK_BITS);
    }
    if (this.#count === 0 && this.#due.length > MIN_CAPACITY) this.#reset(MIN_CAPACITY);
    return done;
  }

  /**
   * Keeps the published version readable until `close`.
   *
   * @returns the reader's number
   * @throws {RangeError} where too many are open
   */
  open(): number {
    const words = this.#words;
    for (let reader = MAX_THREADS; reader < MAX_READERS; reader++) {
      if (Atomics.load(words, readerWord(reader)) !== 0) continue;
      Atomics.store(words, readerWord(reader), words[VERSION_WORD] as number);
      return reader;
    }
    throw new RangeError(`${MAX_READERS - MAX_THREADS} snapshots are open already`);
  }

  /** Ends what a reader was reading; also for a thread that has died in the midst of it. */
  close(reader: number): void {
    Atomics.store(this.#words, readerWord(reader), 0);
  }

  /** The oldest version that a reader may be reading; 0 where one is so old that versions cannot be compared with it: then nothing has come to its time. */
  #oldest(): number {
    const words = this.#words;
    const published = words[VERSION_WORD] as number;
    let age = 0;
    for (let reader = 0; reader < MAX_READERS; reader++) {
      const version = Atomics.load(words, readerWord(reader));
      if (version === 0) continue;
      const distance = (published - version) | 0;
      if (distance < 0) return 0;
      age = Math.max(age, distance);
    }
    return (published - age) | 0;
  }

  #grow(): void {
    const due = this.#due;
    const tasks = this.#tasks;
    const first = this.#first;
    const count = this.#count;
    this.#reset(due.length * 2);
    for (let index = 0; index < count; index++) {
      this.#due[index] = due[(first + index) & (due.length - 1)] as number;
      this.#tasks[index] = tasks[(first + index) & (due.length - 1)] as number;
    }
    this.#count = count;
  }

  #reset(capacity: number): void {
    this.#due = new Int32Array(capacity);
    this.#tasks = new Int32Array(capacity);
    this.#first = 0;
    this.#count = 0;
  }
}

/** The version after another; 0 is none. */
function after(version: number): number {
  const next = (version + 1) | 0;
  return next === 0 ? 1 : next;
}
