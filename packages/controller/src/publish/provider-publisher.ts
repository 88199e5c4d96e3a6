import {
  type ChangeHistory,
  type Clock,
  type Logger,
  type NamePlan,
  type NameState,
  type OwnerName,
  parentOf,
  type Provider,
  type ProviderZone,
  TYPE,
} from '@kubezone/core';

import { backoffMs } from '../cluster/kubernetes/backoff.ts';
import { nap } from '../cluster/nap.ts';
import type { Term } from '../leader-election/leader-election.ts';
import { desireName } from './desired-name.ts';
import type { Flattening } from './flattening.ts';
import { MisplacedNames } from './misplaced-names.ts';
import { ProviderPace } from './provider-pace.ts';
import { Counting } from './publish-counters.ts';
import type { PublishRoute } from './route.ts';
import type { Router } from './router.ts';
import { shapeDemand } from './shape-state.ts';
import type { SourceStates } from './source-states.ts';
import { termSignal } from './term-signal.ts';
import { type CommonPlanSettings, type Want, ZonePlanner } from './zone-planner.ts';
import type { ReleaseText } from './zone-notices.ts';
import { ZonePublisher } from './zone-publisher.ts';
import { pauseOf } from './write-pause.ts';

/** What all providers' publishers share. */
export interface PublishContext {
  readonly router: Router;
  readonly settings: CommonPlanSettings;
  readonly intervalMs: number;
  /** How often is asked which zones there are, in milliseconds. */
  readonly zonesIntervalMs: number;
  /** Of the providers that say so, how many calls a second they take. */
  readonly callsPerSecond: (provider: Provider) => number | undefined;
  /** Undefined where host names are not looked up. */
  readonly flatteningOf: (route: PublishRoute) => Flattening | undefined;
  /** Zones have come or gone. */
  readonly onZones: () => void;
  readonly states: () => SourceStates | undefined;
  readonly release: ReleaseText;
  readonly historyOf: (key: string) => ChangeHistory | undefined;
  readonly saveHistory: () => Promise<void>;
  readonly onApplied: (provider: Provider, zone: ProviderZone, plan: NamePlan) => void;
  readonly onProgress: () => void;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly random: () => number;
  readonly pause: () => Promise<void>;
}

/** A zone that is published to. */
export interface PublishedZone {
  readonly key: string;
  readonly zone: ProviderZone;
  /** The names that are to be published in it. */
  readonly names: Set<OwnerName>;
  readonly planner: ZonePlanner;
  readonly publisher: ZonePublisher;
  readonly counting: Counting;
  readonly ending: AbortController;
}

/** How often in a row zones may not be found until nobody waits for them. */
export const GIVE_UP = 5;

/** Finds the zones of one provider, and has each kept as it shall be. */
export class ProviderPublisher {
  readonly provider: Provider;
  readonly #context: PublishContext;
  /** All routes' that lead here. */
  readonly #routes: readonly PublishRoute[];
  readonly #pace: ProviderPace;
  readonly #zones = new Map<string, PublishedZone>();
  /** The loop of each zone that has not ended, by key: the last one of those that have one. */
  readonly #loops = new Map<string, Promise<void>>();
  #byApex: ReadonlyMap<OwnerName, readonly PublishedZone[]> = new Map();
  #found = false;
  #failures = 0;
  #failure: { readonly code: string; readonly message: string } | undefined;
  #zoneCalls = 0;
  /** Names that lead here, and are not published as somebody asks for them. */
  readonly misplaced: MisplacedNames;

  constructor(provider: Provider, routes: readonly PublishRoute[], context: PublishContext) {
    this.provider = provider;
    this.#routes = routes.filter((route) => route.provider === provider);
    this.#context = context;
    const { router, clock, logger } = context;
    this.misplaced = new MisplacedNames({ provider, router, routes: this.#routes, clock, logger });
    this.#pace = new ProviderPace(context.clock, context.callsPerSecond(provider));
  }

  get zones(): readonly PublishedZone[] {
    return [...this.#zones.values()];
  }

  /** Whether it is known which zones there are: not before a term begins. */
  get isFound(): boolean {
    return this.#found;
  }

  /** Why it is not known which zones there are; undefined where it is. */
  get failure(): { readonly code: string; readonly message: string } | undefined {
    return this.#failure;
  }

  get zoneCalls(): number {
    return this.#zoneCalls;
  }

  /** Whether all is done that can be, or nobody need wait for it. */
  get isSettled(): boolean {
    if (!this.#found) return this.#failures >= GIVE_UP;
    return this.zones.every(({ publisher }) => publisher.isSettled || (publisher.failure?.failures ?? 0) >= GIVE_UP);
  }

  /** The zones in which a name stands here: those of the longest apex. There are several where a vendor has a public and a private one. */
  zonesOf(owner: OwnerName): readonly PublishedZone[] {
    for (let at: OwnerName | undefined = owner; at !== undefined; at = parentOf(at)) {
      const zones = this.#byApex.get(at);
      if (zones !== undefined) return zones;
    }
    return NO_ZONES;
  }

  /** Zones in which a name is still looked up and has something of ours, though a longer one has taken it over. */
  zonesAbove(owner: OwnerName): PublishedZone[] {
    return [...this.#zonesAbove(this.zonesOf(owner))].filter(
      ({ zone, planner }) => planner.ownedAt(owner) > 0 && this.#isSeenIn(zone, owner),
    );
  }

  /** The zones of which the given ones are a part. */
  *#zonesAbove([zone]: readonly PublishedZone[]): Generator<PublishedZone, void, undefined> {
    if (zone === undefined || this.#byApex.size === 1) return;
    for (let at = parentOf(zone.zone.apex); at !== undefined; at = parentOf(at)) yield* this.#byApex.get(at) ?? NO_ZONES;
  }

  /** What is asked for at some names may have changed. */
  touch(owners: readonly OwnerName[]): void {
    const touched = new Map<PublishedZone, OwnerName[]>();
    for (const owner of owners) {
      const zones = this.zonesOf(owner);
      const isRouted = this.#context.router.routeAt(owner, this.provider) !== undefined;
      if (this.#found) this.misplaced.look(owner, { isRouted, hasZone: zones.length > 0 });
      const note = (zone: PublishedZone): void => {
        const some = touched.get(zone);
        if (some === undefined) touched.set(zone, [owner]);
        else some.push(owner);
      };
      for (const zone of zones) {
        const wasRouted = zone.names.has(owner);
        if (isRouted) zone.names.add(owner);
        else zone.names.delete(owner);
        if (isRouted || wasRouted) note(zone);
      }
      for (const zone of this.#zonesAbove(zones)) if (zone.planner.ownedAt(owner) > 0) note(zone);
    }
    for (const [{ publisher }, some] of touched) publisher.touch(some);
  }

  /** Works until the term is over. Never rejects. */
  async run(term: Pick<Term, 'mayWrite' | 'signal'>): Promise<void> {
    const { clock, logger, random, zonesIntervalMs, onProgress } = this.#context;
    while (!term.signal.aborted) {
      let waitMs = zonesIntervalMs;
      try {
        this.#zoneCalls++;
        this.#keep(await this.provider.zones(term.signal), term);
        this.#failures = 0;
        this.#failure = undefined;
        this.#found = true;
      } catch (error) {
        if (term.signal.aborted) break;
        const { code, message, afterMs } = pauseOf(error);
        if (this.#failure?.code !== code)
          logger.warn('the zones of a provider cannot be listed', { provider: this.provider.name, code, reason: message });
        this.#failure = { code, message };
        waitMs = backoffMs(++this.#failures, random(), afterMs);
      }
      onProgress();
      await nap(clock, waitMs, term.signal).over;
    }
    await Promise.all(this.#loops.values());
    this.#loops.clear();
    this.#zones.clear();
    this.misplaced.clear();
    this.#byApex = new Map();
    this.#found = false;
  }

  #keep(found: readonly ProviderZone[], term: Pick<Term, 'mayWrite' | 'signal'>): void {
    const { router, logger, onZones } = this.#context;
    const zones = new Map(
      found.filter(({ apex }) => router.mayHold(apex, this.provider)).map((zone) => [keyOf(this.provider, zone), zone]),
    );
    const gone = [...this.#zones].filter(([key]) => !zones.has(key));
    const added = [...zones].filter(([key]) => !this.#zones.has(key));
    if (gone.length + added.length === 0) {
      if (this.#found) return;
      logger.warn('a provider has no zone that is asked for', { provider: this.provider.name, zones: found.length });
      this.#assignAll();
      return;
    }
    for (const [key, { ending, zone }] of gone) {
      logger.warn('a zone is gone', { provider: this.provider.name, zone: zone.apex });
      ending.abort();
      this.#zones.delete(key);
    }
    for (const [key, zone] of added) {
      this.#zones.set(key, this.#makeZone(key, zone));
    }
    this.#byApex = Map.groupBy(this.#zones.values(), ({ zone }) => zone.apex);
    onZones();
    this.#assignAll();
    for (const [key] of added) this.#begin(key, term);
  }

  /** Names may stand in another zone now. */
  #assignAll(): void {
    for (const { names } of this.#zones.values()) names.clear();
    for (const feed of new Set(this.#routes.map((route) => route.feed))) {
      for (const owner of feed.catalog.names()) {
        if (this.#context.router.routeAt(owner, this.provider) === undefined) continue;
        const zones = this.zonesOf(owner);
        this.misplaced.look(owner, { isRouted: true, hasZone: zones.length > 0 });
        for (const { names } of zones) names.add(owner);
      }
    }
    for (const { publisher } of this.#zones.values()) publisher.touchAll();
  }

  #begin(key: string, { mayWrite, signal }: Pick<Term, 'mayWrite' | 'signal'>): void {
    const zone = this.#zones.get(key);
    if (zone === undefined) return;
    const end = (): void => zone.ending.abort(signal.reason);
    signal.addEventListener('abort', end, { once: true });
    const mayWriteHere = (): boolean => !zone.ending.signal.aborted && mayWrite();
    const term = { signal: termSignal({ signal: zone.ending.signal, mayWrite: mayWriteHere }), mayWrite: mayWriteHere };
    // A zone that was gone and is there again waits until nothing of it is under way any more.
    const former = this.#loops.get(key) ?? Promise.resolve();
    const run = async (): Promise<void> => {
      await former;
      await zone.publisher.run(term);
      signal.removeEventListener('abort', end);
    };
    const loop = run().finally(() => {
      if (this.#loops.get(key) === loop) this.#loops.delete(key);
    });
    this.#loops.set(key, loop);
  }

  #makeZone(key: string, zone: ProviderZone): PublishedZone {
    const { settings, clock, random, historyOf, onApplied } = this.#context;
    const names = new Set<OwnerName>();
    const counting = new Counting();
    const duty = {
      names,
      want: (owner: OwnerName) => this.#want(zone, owner),
      state: (owner: OwnerName) => this.#state(zone, owner),
    };
    const planner = new ZonePlanner({ zone, key, duty, settings, historyOf, clock, random });
    const publisher = new ZonePublisher({
      ...this.#context,
      provider: this.provider,
      zone,
      planner,
      counting,
      pace: this.#pace,
      onApplied: (plan) => onApplied(this.provider, zone, plan),
    });
    return { key, zone, names, planner, publisher, counting, ending: new AbortController() };
  }

  /** The entry by which a name stands in a zone; undefined where it does not. */
  #routeIn(zone: ProviderZone, owner: OwnerName): PublishRoute | undefined {
    const isHere = this.#isHome(zone, owner) || this.#isSeenIn(zone, owner);
    return isHere ? this.#context.router.routeAt(owner, this.provider) : undefined;
  }

  #isHome(zone: ProviderZone, owner: OwnerName): boolean {
    return this.zonesOf(owner).some((one) => one.zone.id === zone.id);
  }

  /**
   * Whether a name that a longer zone has taken over is still looked up in this one, since it does not delegate the longer one, as far as is known. Then what is here stays, and
   * is kept as it shall be: a zone that somebody has made and not delegated yet is seen by nobody.
   */
  #isSeenIn(zone: ProviderZone, owner: OwnerName): boolean {
    const [home] = this.zonesOf(owner);
    const observed = this.#zones.get(keyOf(this.provider, zone))?.planner.observed;
    if (home === undefined || observed === undefined) return false;
    let at: OwnerName | undefined = home.zone.apex;
    for (; at !== undefined && at !== zone.apex; at = parentOf(at))
      if (observed.at(at).some(({ type }) => type === TYPE.NS)) return false;
    return at === zone.apex;
  }

  #state(zone: ProviderZone, owner: OwnerName): NameState | undefined {
    const route = this.#routeIn(zone, owner);
    const demand = route?.feed.catalog.demand(owner);
    return route === undefined || demand === undefined ? undefined : shapeDemand(owner, demand, route).state;
  }

  #want(zone: ProviderZone, owner: OwnerName): Want | undefined {
    const { router, flatteningOf } = this.#context;
    const route = this.#routeIn(zone, owner);
    const demand = route?.feed.catalog.demand(owner);
    if (route === undefined || demand === undefined) {
      const rules = router.rulesAt(owner, this.provider);
      return rules === undefined ? undefined : { desired: undefined, ...rules };
    }
    const flattening = flatteningOf(route);
    const flatten = flattening && flattening.flatten.bind(flattening);
    return {
      desired: desireName({ owner, zone, route, demand, flatten }),
      policy: route.policy ?? 'sync',
      dryRun: route.dryRun ?? false,
      ...(!this.#isHome(zone, owner) && { onlyWhereOurs: true }),
    };
  }
}

/**
 * Brings the apexes of all providers' zones up to date. Those of the last term stay until every provider has said which zones there are now.
 */
export function followApexes(apexes: Set<OwnerName>, providers: readonly Pick<ProviderPublisher, 'isFound' | 'zones'>[]): void {
  const present = new Set(providers.flatMap(({ zones }) => zones.map(({ zone }) => zone.apex)));
  for (const apex of present) apexes.add(apex);
  if (!providers.every(({ isFound }) => isFound)) return;
  for (const apex of apexes) if (!present.has(apex)) apexes.delete(apex);
}

const NO_ZONES: readonly PublishedZone[] = [];

/** Tells a zone from all others, at every provider. */
function keyOf({ name }: Provider, { apex, id }: ProviderZone): string {
  return id === apex ? `${name}/${apex}` : `${name}/${apex}/${id}`;
}
