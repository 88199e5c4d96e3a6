import { type Clock, isAtOrBelow, type OwnerName, type Provider, type ProviderZone } from '@kubezone/core';

/** How long the list of zones is taken to be what it was, in milliseconds. */
const AGE_MS = 60_000;

/** A provider's zones, listed once a minute at most. */
export class ServedZones {
  readonly #provider: Provider;
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #serves: (apex: OwnerName) => boolean;
  #zones: readonly ProviderZone[] = [];
  #until = -Infinity;

  /** @param serves whether the zone of an apex is served; by default all are */
  constructor(provider: Provider, clock: Pick<Clock, 'monotonic'>, serves: (apex: OwnerName) => boolean = () => true) {
    this.#provider = provider;
    this.#clock = clock;
    this.#serves = serves;
  }

  /** Those that are served. */
  async list(signal: AbortSignal): Promise<readonly ProviderZone[]> {
    if (this.#clock.monotonic() >= this.#until) {
      this.#zones = await this.#provider.zones(signal);
      this.#until = this.#clock.monotonic() + AGE_MS;
    }
    return this.#zones.filter(({ apex }) => this.#serves(apex));
  }

  /** The apexes below those that are served whose zones are not. */
  async others(signal: AbortSignal): Promise<readonly OwnerName[]> {
    const served = await this.list(signal);
    return this.#zones
      .map(({ apex }) => apex)
      .filter((apex) => !this.#serves(apex) && served.some((zone) => isAtOrBelow(apex, zone.apex)));
  }

  /** The zone that a name belongs to: the longest, and nothing where that is not served. What another zone holds has no place in the one above. */
  async find(owner: OwnerName, signal: AbortSignal): Promise<ProviderZone | undefined> {
    await this.list(signal);
    let found: ProviderZone | undefined;
    for (const zone of this.#zones)
      if (isAtOrBelow(owner, zone.apex) && (found === undefined || zone.apex.length > found.apex.length)) found = zone;
    return found !== undefined && this.#serves(found.apex) ? found : undefined;
  }
}
