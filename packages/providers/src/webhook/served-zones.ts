import { type Clock, isAtOrBelow, type OwnerName, type Provider, type ProviderZone } from '@kubezone/core';

/** How long the list of zones is taken to be what it was, in milliseconds. */
const AGE_MS = 60_000;

/** Names that are not served: one and those below it, or only those below it. */
export interface ExcludedNames {
  readonly name: OwnerName;
  readonly belowOnly: boolean;
}

/** What of a provider's zones is served. */
export interface ServedPart {
  /** Whether the zone of an apex is. @default all are */
  readonly serves?: (apex: OwnerName) => boolean;
  /** Names in those zones that are not. @default none */
  readonly excludes?: readonly ExcludedNames[];
}

/** A provider's zones, listed once a minute at most. */
export class ServedZones {
  readonly #provider: Provider;
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #serves: (apex: OwnerName) => boolean;
  readonly #excludes: readonly ExcludedNames[];
  #zones: readonly ProviderZone[] = [];
  #until = -Infinity;

  constructor(provider: Provider, clock: Pick<Clock, 'monotonic'>, { serves = () => true, excludes = [] }: ServedPart = {}) {
    this.#provider = provider;
    this.#clock = clock;
    this.#serves = serves;
    this.#excludes = excludes;
  }

  /** Those that are served. */
  async list(signal: AbortSignal): Promise<readonly ProviderZone[]> {
    if (this.#clock.monotonic() >= this.#until) {
      this.#zones = await this.#provider.zones(signal);
      this.#until = this.#clock.monotonic() + AGE_MS;
    }
    return this.#zones.filter(({ apex }) => this.#serves(apex));
  }

  /** What is not served below the apexes of those that are. */
  async others(signal: AbortSignal): Promise<readonly ExcludedNames[]> {
    const served = await this.list(signal);
    const zones = this.#zones.filter(({ apex }) => !this.#serves(apex)).map(({ apex }) => ({ name: apex, belowOnly: false }));
    return [...zones, ...this.#excludes].filter(
      (one, index, all) =>
        served.some(({ apex }) => isAtOrBelow(one.name, apex)) &&
        all.findIndex(({ name, belowOnly }) => name === one.name && belowOnly === one.belowOnly) === index,
    );
  }

  /** The zone that a name belongs to: the longest, and nothing where that is not served, nor the name. What another zone holds has no place in the one above. */
  async find(owner: OwnerName, signal: AbortSignal): Promise<ProviderZone | undefined> {
    await this.list(signal);
    if (this.#excludes.some(({ name, belowOnly }) => isAtOrBelow(owner, name) && !(belowOnly && owner === name)))
      return undefined;
    let found: ProviderZone | undefined;
    for (const zone of this.#zones)
      if (isAtOrBelow(owner, zone.apex) && (found === undefined || zone.apex.length > found.apex.length)) found = zone;
    return found !== undefined && this.#serves(found.apex) ? found : undefined;
  }
}
