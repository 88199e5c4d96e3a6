import type { Clock } from '@kubezone/core';

/** A clock that stands still until it is advanced. */
export class SteppedClock implements Clock {
  #elapsed = 0;
  readonly #timers = new Set<{ readonly at: number; readonly callback: () => void }>();

  now(): number {
    return 1_800_000_000_000 + this.#elapsed;
  }

  monotonic(): number {
    return this.#elapsed;
  }

  after(delayMs: number, callback: () => void): () => void {
    const timer = { at: this.#elapsed + delayMs, callback };
    this.#timers.add(timer);
    return () => void this.#timers.delete(timer);
  }

  /** Lets time pass, calling back whatever falls due on the way, in order, and then whatever waits for that. */
  async advance(ms: number): Promise<void> {
    const end = this.#elapsed + ms;
    for (;;) {
      const due = [...this.#timers].filter(({ at }) => at <= end).toSorted((one, other) => one.at - other.at)[0];
      if (due === undefined) break;
      this.#timers.delete(due);
      this.#elapsed = due.at;
      due.callback();
      await new Promise(setImmediate);
    }
    this.#elapsed = end;
    await new Promise(setImmediate);
  }

  /** How many callbacks wait. */
  get waiting(): number {
    return this.#timers.size;
  }
}
