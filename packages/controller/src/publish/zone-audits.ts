import type { Clock, Provider, ProviderZone } from '@kubezone/core';

import type { ProviderPace } from './provider-pace.ts';
import type { Counting } from './publish-counters.ts';
import { ZoneListing } from './zone-listing.ts';
import type { ZonePlanner } from './zone-planner.ts';

export interface ZoneAuditsOptions {
  readonly provider: Provider;
  readonly zone: ProviderZone;
  readonly planner: ZonePlanner;
  readonly counting: Counting;
  /** Spreads the listings of all zones of the provider. */
  readonly pace: ProviderPace;
  /** Between the end of an audit and the next, in milliseconds. */
  readonly intervalMs: number;
  readonly clock: Clock;
}

/** How a listing has ended. */
type Listed = { readonly kind: 'done'; readonly adopt: () => void } | { readonly kind: 'failed'; readonly error: unknown };

/** When a zone is listed, and when a listing is taken over: the first one before all else, the others beside writes. */
export class ZoneAudits {
  readonly #options: ZoneAuditsOptions;
  /** A listing in the background is complete, or has failed. */
  readonly #onListed: () => void;
  #listing: ZoneListing | undefined;
  /** A listing that is complete, or has failed, and was not taken over yet. */
  #listed: Listed | undefined;
  #dueAt = 0;

  constructor(options: ZoneAuditsOptions, onListed: () => void) {
    this.#options = options;
    this.#onListed = onListed;
  }

  /** The listing that runs, or is complete and was not taken over yet. */
  get listing(): ZoneListing | undefined {
    return this.#listing;
  }

  /** The next one begins as soon as may be. */
  demand(): void {
    this.#dueAt = 0;
  }

  /** For how long no listing is to be begun, in milliseconds. */
  untilDue(now: number): number {
    return this.#listing === undefined ? this.#dueAt - now : Infinity;
  }

  /** Lists the zone for the first time. Rejects as the provider does. */
  async listFirst(signal: AbortSignal): Promise<void> {
    const { provider, zone, planner, clock, intervalMs, counting } = this.#options;
    this.#listing = new ZoneListing();
    try {
      // Nothing can be written before: there is nothing to leave room for.
      planner.observe(await this.#listing.run({ provider, zone, clock }, undefined, signal));
    } finally {
      counting.calls.list += this.#listing.pages;
      this.#listing = undefined;
    }
    this.#dueAt = clock.monotonic() + intervalMs;
  }

  /** Begins a listing in the background. */
  begin(signal: AbortSignal): void {
    const { provider, zone, planner, pace, clock } = this.#options;
    const listing = new ZoneListing();
    this.#listing = listing;
    const finish = (listed: Listed): void => {
      this.#listed = listed;
      this.#onListed();
    };
    listing.run({ provider, zone, clock }, pace, signal).then(
      (listed) =>
        finish({
          kind: 'done',
          adopt: () => {
            listing.bringUpToDate(listed, planner.observed);
            planner.observe(listed);
          },
        }),
      (error: unknown) => finish({ kind: 'failed', error }),
    );
  }

  /**
   * Makes a listing that is complete the picture of the zone.
   *
   * @returns whether there was one
   * @throws what the provider rejected with; the next listing is due at once
   */
  take(): boolean {
    const listed = this.#listed;
    if (listed === undefined) return false;
    const { clock, intervalMs, counting } = this.#options;
    counting.calls.list += this.#listing?.pages ?? 0;
    this.#listing = undefined;
    this.#listed = undefined;
    this.#dueAt = listed.kind === 'failed' ? 0 : clock.monotonic() + intervalMs;
    if (listed.kind === 'failed') throw listed.error;
    listed.adopt();
    return true;
  }
}
