import type { ObjectKey } from '../resources/resource.ts';

/** Objects of one kind of work that wait to be worked on, each once. */
export class Lane<T> {
  readonly owner: T;
  readonly #waiting = new Set<ObjectKey>();
  /** Kept: a new one would have to pass over the places of all that have been taken. */
  #next = this.#waiting.values();

  constructor(owner: T) {
    this.owner = owner;
  }

  add(key: ObjectKey): void {
    this.#waiting.add(key);
  }

  drop(key: ObjectKey): void {
    this.#waiting.delete(key);
  }

  take(): ObjectKey | undefined {
    if (this.#waiting.size === 0) return undefined;
    let next = this.#next.next();
    if (next.done === true) {
      this.#next = this.#waiting.values();
      next = this.#next.next();
    }
    if (next.done === true) return undefined;
    this.#waiting.delete(next.value);
    return next.value;
  }

  clear(): void {
    this.#waiting.clear();
  }
}

/** Objects that are to wait in a lane, and are still to be found. */
interface Walk<T> {
  readonly lane: Lane<T>;
  readonly keys: () => Iterable<ObjectKey>;
  begun: Iterator<ObjectKey> | undefined;
  /** Whether it is to be walked once more. */
  again: boolean;
}

/** What comes next: an object to work on, or something to call. */
export type Work<T> = { readonly owner: T; readonly key: ObjectKey } | (() => void);

/** So many objects are found for each that is worked on. */
const FOUND_PER_TAKE = 8;

/**
 * Work that waits for its turn, first come, first served. To put something here costs the same, however many objects it concerns; they are found while the
 * others are worked on:
 *
 *     put ──► walks ──── found ───► lanes ──── taken ───► the pipeline
 *             by name, each once    objects, each once
 */
export class WorkQueue<T> {
  readonly #walks = new Map<string, Walk<T> | (() => void)>();
  /** Those in which something may wait. */
  readonly #lanes = new Set<Lane<T>>();
  #unnamed = 0;

  get empty(): boolean {
    return this.#walks.size === 0 && this.#lanes.size === 0;
  }

  /**
   * @param name what is put here again under its name before its end is walked once more at most; undefined: it is never put here again
   * @param keys finds the objects; what it finds may depend on the time at which it is asked
   */
  put(lane: Lane<T>, name: string | undefined, keys: () => Iterable<ObjectKey>): void {
    const id = name ?? `${this.#unnamed++}`;
    const held = this.#walks.get(id);
    if (typeof held !== 'object') this.#walks.set(id, { lane, keys, begun: undefined, again: false });
    else if (held.begun !== undefined) held.again = true;
  }

  /** Calls back when all that waits now has been worked on. */
  call(back: () => void): void {
    this.#walks.set(`${this.#unnamed++}`, back);
  }

  /** Takes out what comes next; undefined where nothing waits. */
  take(): Work<T> | undefined {
    for (;;) {
      this.#find();
      for (const lane of this.#lanes) {
        const key = lane.take();
        if (key !== undefined) return { owner: lane.owner, key };
        this.#lanes.delete(lane);
      }
      for (const [id, back] of this.#walks) {
        if (typeof back !== 'function') break;
        this.#walks.delete(id);
        return back;
      }
      if (this.#walks.size === 0) return undefined;
    }
  }

  clear(): void {
    this.#walks.clear();
    for (const lane of this.#lanes) lane.clear();
    this.#lanes.clear();
  }

  /** Walks a little further, but not past a call, which is for what was put here before it. */
  #find(): void {
    let left = FOUND_PER_TAKE;
    for (const [id, walk] of this.#walks) {
      if (typeof walk === 'function') return;
      walk.begun ??= walk.keys()[Symbol.iterator]();
      for (; left > 0; left--) {
        const next = walk.begun.next();
        if (next.done === true) break;
        walk.lane.add(next.value);
        this.#lanes.add(walk.lane);
      }
      if (left === 0) return;
      this.#walks.delete(id);
      // To the end: whoever waits for what was put here before need not wait for this.
      if (walk.again) this.#walks.set(id, { ...walk, begun: undefined, again: false });
    }
  }
}
