import type { Clock } from '@kubezone/core';

/** A clock that stands still until it is advanced. */
export class FakeClock implements Clock {
  #now: number;
  readonly #epoch: number;
  readonly #waiting = new Set<{ readonly at: number; readonly callback: () => void }>();

  /** @param epoch what `now` shows at first, in milliseconds since the Unix epoch */
  constructor(epoch = 1_800_000_000_000) {
    this.#epoch = epoch;
    this.#now = 0;
  }

  now(): number {
    return this.#epoch + this.#now;
  }

  monotonic(): number {
    return this.#now;
  }

  after(delayMs: number, callback: () => void): () => void {
    const entry = { at: this.#now + delayMs, callback };
    this.#waiting.add(entry);
    return () => void this.#waiting.delete(entry);
  }

  /** Lets time pass, calling back whatever falls due on the way, in order. */
  advance(ms: number): void {
    const end = this.#now + ms;
    for (;;) {
      const due = [...this.#waiting].filter(({ at }) => at <= end).toSorted((one, other) => one.at - other.at)[0];
      if (due === undefined) break;
      this.#waiting.delete(due);
      this.#now = Math.max(this.#now, due.at);
      due.callback();
    }
    this.#now = end;
  }

  /** How many callbacks are waiting. */
  get waiting(): number {
    return this.#waiting.size;
  }
}

/** The real time, as an app passes it in. */
export const REAL_CLOCK: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after(delayMs, callback) {
    const timer = setTimeout(callback, delayMs);
    return () => clearTimeout(timer);
  },
};
