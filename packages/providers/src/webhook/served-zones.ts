import { type Clock, isAtOrBelow, type OwnerName, type Provider, type ProviderZone } from '@kubezone/core';

/** How long the list of zones is taken to be what it was, in milliseconds. */
const AGE_MS = 60_000;

/** A provider's zones, listed once a minute at most. */
export class ServedZones {
  readonly #provider: Provider;
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #only: ReadonlySet<OwnerName> | undefined;
  #zones: readonly ProviderZone[] = [];
  #until = -Infinity;

  /** @param only the apexes that are served; by default all */
  constructor(provider: Provider, clock: Pick<Clock, 'monotonic'>, only?: readonly OwnerName[]) {
    this.#provider = provider;
    this.#clock = clock;
    this.#only = only && new Set(only);
  }

  async list(signal: AbortSignal): Promise<readonly ProviderZone[]> {
    if (this.#clock.monotonic() >= this.#until) {
      const zones = await this.#provider.zones(signal);
      this.#zones = zones.filter(({ apex }) => this.#only?.has(apex) ?? true);
      this.#until = this.#clock.monotonic() + AGE_MS;
    }
    return this.#zones;
  }

  /** The zone that a name belongs to: the longest. */
  async find(owner: OwnerName, signal: AbortSignal): Promise<ProviderZone | undefined> {
    let found: ProviderZone | undefined;
    for (const zone of await this.list(signal))
      if (isAtOrBelow(owner, zone.apex) && (found === undefined || zone.apex.length > found.apex.length)) found = zone;
    return found;
  }
}
