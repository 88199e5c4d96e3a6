import type { Clock } from '@kubezone/core';

import { nap } from '../cluster/nap.ts';

/** Audits have a fifth of what a provider takes: the rest is for changes. */
const SHARE = 5;
/** However long a page took, the next waits for no longer than four times as much, in milliseconds. */
const LONGEST_PAGE_MS = 5_000;

/**
 * Spreads the pages of all listings of one provider, so that they have a fifth of it at the most: of its calls a second, where these are known, and of the time, since a
 * page that took long is followed by a rest that is four times as long.
 */
export class ProviderPace {
  readonly #clock: Clock;
  readonly #slotMs: number;
  #nextAt = 0;

  /** @param callsPerSecond what the provider takes; undefined where it does not say */
  constructor(clock: Clock, callsPerSecond: number | undefined) {
    this.#clock = clock;
    this.#slotMs = callsPerSecond === undefined ? 0 : (SHARE * 1000) / callsPerSecond;
  }

  /** Resolves when the next page may be asked for. */
  async turn(signal: AbortSignal): Promise<void> {
    const now = this.#clock.monotonic();
    const at = Math.max(now, this.#nextAt);
    this.#nextAt = at + this.#slotMs;
    if (at > now) await nap(this.#clock, at - now, signal).over;
    signal.throwIfAborted();
  }

  /** Takes note of how long a page took, in milliseconds. */
  spent(ms: number): void {
    this.#nextAt = Math.max(this.#nextAt, this.#clock.monotonic() + (SHARE - 1) * Math.min(ms, LONGEST_PAGE_MS));
  }
}
