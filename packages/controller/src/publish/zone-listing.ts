import { type Clock, ObservedZone, type OwnerName, type Provider, type ProviderZone } from '@kubezone/core';

import type { ProviderPace } from './provider-pace.ts';

/** One listing of a zone, which takes its time while the zone is written to. */
export class ZoneListing {
  readonly #touched = new Set<OwnerName>();
  #pages = 0;

  /** How many pages there have been so far. */
  get pages(): number {
    return this.#pages;
  }

  /** Some names are written or read while the listing runs: what it shows of them may be older. */
  touch(owners: Iterable<OwnerName>): void {
    for (const owner of owners) this.#touched.add(owner);
  }

  /**
   * Reads the whole zone.
   *
   * @param pace undefined where nothing else has to be left any room
   */
  async run(
    { provider, zone, clock }: { readonly provider: Pick<Provider, 'list'>; readonly zone: ProviderZone; readonly clock: Clock },
    pace: ProviderPace | undefined,
    signal: AbortSignal,
  ): Promise<ObservedZone> {
    const listed = new ObservedZone(zone);
    const pages = provider.list(zone, signal)[Symbol.asyncIterator]();
    try {
      for (;;) {
        await pace?.turn(signal);
        const from = clock.monotonic();
        const page = await pages.next();
        pace?.spent(clock.monotonic() - from);
        signal.throwIfAborted();
        if (page.done === true) return listed;
        this.#pages++;
        listed.add(page.value);
      }
    } finally {
      await pages.return?.();
    }
  }

  /** Makes a listing as new as what is known of the names that were touched. */
  bringUpToDate(listed: ObservedZone, known: ObservedZone | undefined): void {
    if (known !== undefined) for (const owner of this.#touched) listed.replace([owner], known.at(owner));
  }
}
