import {
  type ChangeHistory,
  type Clock,
  DEFAULT_DELETE_LIMITS,
  isAtOrBelow,
  type Logger,
  type LookUp,
  type NameChange,
  type NamePlan,
  NODE_SOURCES,
  type OwnerName,
  type Provider,
  type ProviderZone,
  type ShownPlan,
  type Withheld,
} from '@kubezone/core';

import { type Nap, nap } from '../cluster/nap.ts';
import type { Term } from '../leader-election/leader-election.ts';
import type { Complaint } from '../reporting/finding.ts';
import { PATIENCE_MS } from '../pipeline/sync-status.ts';
import { Flattening } from './flattening.ts';
import { HistoryKeeper } from './history-keeper.ts';
import { leaseComplaints, type PlacedZone } from './lease-complaints.ts';
import { complaintsOf, isShortfall, type NameOutcome } from './name-outcome.ts';
import { type NameRemains, remainsAt } from './name-remains.ts';
import type { MisplacedName } from './misplaced-names.ts';
import { followApexes, type PublishedZone, ProviderPublisher } from './provider-publisher.ts';
import { type ProviderStatus, statusOf } from './publish-status.ts';
import type { PublishRoute } from './route.ts';
import { Router } from './router.ts';
import { readSourceStates, type SourceKnowledge, type SourceStates } from './source-states.ts';
import type { ReleaseText } from './zone-notices.ts';
import type { CommonPlanSettings } from './zone-planner.ts';

/** How plans are made. */
export type PublishSettings = Pick<CommonPlanSettings, 'owner'> & Partial<CommonPlanSettings>;

export interface PublisherOptions {
  readonly routes: readonly PublishRoute[];
  /** Whatever is left out: no keys, nothing adopted, the usual limit of deletes and none of updates, addresses held for ever, markers with 300 seconds. */
  readonly settings: PublishSettings;
  /** What is known of sources and clusters now. */
  readonly sources: () => SourceKnowledge;
  /** Whether it is worth planning: before, sources have not been listed (`NamePipeline.readiness().ready`). */
  readonly isReady: () => boolean;
  /** Finds addresses where a provider can hold neither an alias nor a CNAME. @default nobody does: such names are withheld */
  readonly lookUp?: LookUp;
  /** Between the end of an audit of a zone and the next, in milliseconds. @default 1 minute */
  readonly intervalMs?: number;
  /** Between questions which zones there are, in milliseconds. @default 5 minutes */
  readonly zonesIntervalMs?: number;
  /** How many calls a second a provider takes, where it is known: audits use a fifth. @default audits use a fifth of the time */
  readonly callsPerSecond?: (provider: Provider) => number | undefined;
  /** How a person lets held changes go, for messages. @default by the command alone */
  readonly release?: ReleaseText;
  /** What was kept by `saveHistories`, by zone and kind of change. Read when a term begins. @default nothing */
  readonly historyOf?: (key: string) => ChangeHistory | undefined;
  /** Keeps what the limits of changes know for the next process: before changes that count are sent. @default it is kept in this process alone */
  readonly saveHistories?: (histories: ReadonlyMap<string, ChangeHistory>) => Promise<void>;
  /** A name's write is acknowledged. */
  readonly onApplied?: (provider: Provider, zone: ProviderZone, plan: NamePlan) => void;
  /** Outcomes or complaints may have changed: `Reports.touch`. Cheap. */
  readonly onProgress?: () => void;
  readonly clock: Clock;
  readonly logger: Logger;
  /** From 0 to 1, 1 excluded. */
  readonly random: () => number;
  /** Lets other events be handled. @default a turn of the event loop */
  readonly pause?: () => Promise<void>;
}

/** How things stand when nothing is left to do. */
export interface SettledState {
  /** Whether a safety limit holds something back. */
  readonly held: boolean;
  /** Whether something that is asked for is not in place, or a provider cannot be worked with. */
  readonly failed: boolean;
}

/** How long targets may be looked up until nobody waits for them any more, in milliseconds. */
const LOOK_UP_MS = 10_000;
/** How soon is looked again whether all is settled, where nobody says so. */
const SETTLE_LOOK_MS = 1_000;

/**
 * Publishes what catalogs say to providers, while this process may.
 *
 *     NameChange ──► Router: which entries? ──► ProviderPublisher: which zones? ──► ZonePublisher: plan, write
 *
 * The names of changes count, not what they say: what a name shall hold is asked when it is planned.
 */
export class Publisher {
  readonly #options: PublisherOptions;
  readonly #providers: readonly ProviderPublisher[];
  readonly #router: Router;
  readonly #release: ReleaseText;
  readonly #flattenings = new Map<PublishRoute, Flattening>();
  readonly #apexes = new Set<OwnerName>();
  readonly #histories: HistoryKeeper;
  #isLeading = false;
  #states: SourceStates | undefined;
  #stop: AbortController | undefined;
  #running: Promise<void> = Promise.resolve();
  readonly #waiters = new Set<Nap>();

  constructor(options: PublisherOptions) {
    const { routes, settings, clock, logger, random, intervalMs = 60_000, zonesIntervalMs = 300_000, pause = turn } = options;
    this.#options = options;
    this.#release = options.release ?? ((_zone, sha256) => `let it go: kubezone-operator confirm ${sha256}`);
    this.#router = new Router(routes);
    const { deleteLimits = DEFAULT_DELETE_LIMITS, updateLimits } = settings;
    this.#histories = new HistoryKeeper({
      windowMs: Math.max(deleteLimits.windowMs, updateLimits?.windowMs ?? 0),
      histories: () => this.#historiesNow(),
      save: options.saveHistories,
      clock,
    });
    const context = {
      router: this.#router,
      settings: { ...USUAL_SETTINGS, ...settings },
      intervalMs,
      zonesIntervalMs,
      callsPerSecond: options.callsPerSecond ?? (() => undefined),
      flatteningOf: (route: PublishRoute) => this.#flatteningOf(route),
      onZones: () => followApexes(this.#apexes, this.#providers),
      states: () => this.#readStates(),
      release: this.#release,
      historyOf: (key: string) => this.#histories.of(key) ?? options.historyOf?.(key),
      saveHistory: () => this.#histories.keep(),
      onApplied: (provider: Provider, zone: ProviderZone, plan: NamePlan) => options.onApplied?.(provider, zone, plan),
      onProgress: () => this.#progress(),
      clock,
      logger,
      random,
      pause,
    };
    this.#providers = [...new Set(routes.map(({ provider }) => provider))].map(
      (provider) => new ProviderPublisher(provider, routes, context),
    );
  }

  /** Publishes until a term is over: for `LeaderElectionOptions.lead`. */
  async lead(term: Pick<Term, 'mayWrite' | 'signal'>): Promise<void> {
    this.#isLeading = true;
    await Promise.all(this.#providers.map((provider) => provider.run(term)));
    this.#isLeading = false;
    this.#histories.clear();
  }

  /** Publishes where nobody else can, without an election. */
  start(): void {
    if (this.#stop !== undefined) return;
    const stop = new AbortController();
    this.#stop = stop;
    this.#running = this.lead({ signal: stop.signal, mayWrite: () => !stop.signal.aborted });
  }

  /** Ends what `start` began. Never rejects. */
  async stop(): Promise<void> {
    this.#stop?.abort();
    await this.#running;
    this.#stop = undefined;
    for (const flattening of this.#flattenings.values()) flattening.stop();
    this.#flattenings.clear();
  }

  /** Takes changes of any of the feeds' catalogs. */
  apply(changes: readonly NameChange[]): void {
    const owners = new Set(changes.map(({ owner }) => owner));
    for (const flattening of this.#flattenings.values()) for (const owner of flattening.changed(changes)) owners.add(owner);
    this.#touch([...owners]);
  }

  /** What is known of sources or clusters may have changed. Cheap. */
  wake(): void {
    for (const { publisher } of this.#zones()) publisher.wake();
  }

  /** Lists every zone again, now. */
  audit(): void {
    for (const { publisher } of this.#zones()) publisher.audit();
  }

  /**
   * Releases changes that are held.
   *
   * @param zone its apex; undefined: whichever zone it is
   * @returns the zones in which exactly that was held
   */
  confirm(zone: OwnerName | undefined, sha256: string): OwnerName[] {
    return [...this.#zones()]
      .filter((one) => (zone === undefined || one.zone.apex === zone) && one.publisher.confirm(sha256))
      .map((one) => one.zone.apex);
  }

  /**
   * Resolves when all is done that can be: zones that cannot be worked with are given up after some attempts; after a minute a cluster of which nobody knows the id, and a term
   * that does not begin, since another process leads or the Lease cannot be had.
   */
  async settled(): Promise<SettledState> {
    const { clock, logger, isReady } = this.#options;
    const never = new AbortController().signal;
    let idleSince: number | undefined;
    for (;;) {
      while (!this.isSettled) {
        const isIdle = isReady() && (!this.#isLeading || this.#readStates() === undefined);
        // In time, not in looks: whatever happens meanwhile is one too.
        idleSince = isIdle ? (idleSince ?? clock.monotonic()) : undefined;
        if (clock.monotonic() - (idleSince ?? Infinity) > PATIENCE_MS) {
          if (!this.#isLeading) logger.error('nothing is written: this process has not come to lead');
          return { held: false, failed: true };
        }
        const wait = nap(clock, SETTLE_LOOK_MS, never);
        this.#waiters.add(wait);
        await wait.over;
        this.#waiters.delete(wait);
      }
      await Promise.all(Array.from(this.#flattenings.values(), (flattening) => flattening.settled(LOOK_UP_MS)));
      // What was found may have to be written.
      await (this.#options.pause ?? turn)();
      if (this.isSettled) return this.#stateNow();
    }
  }

  status(): ProviderStatus[] {
    return this.#providers.map((provider) => statusOf(provider));
  }

  /** What would be done now in every zone that was listed, as text or document by core's printers. */
  plans(): ShownPlan[] {
    const { router, states } = { router: this.#router, states: this.#readStates() };
    if (states === undefined) return [];
    return this.#providers.flatMap(({ provider, zones, misplaced }) => [
      ...zones
        .filter(({ zone, planner }) => planner.observed !== undefined && router.mayHold(zone.apex, provider))
        .map(({ zone, planner }) => {
          planner.useStates(states);
          return { zone: zone.apex, provider: provider.name, ...planner.preview() };
        }),
      ...elsewhere(provider, misplaced),
    ]);
  }

  /** What became of a name, at each entry that publishes it, and wherever it is still to go. Empty where nothing of it is left. */
  outcomes(owner: OwnerName): NameOutcome[] {
    const routed = this.#router.routesOf(owner).flatMap((route): NameOutcome[] => {
      const publisher = this.#providers.find(({ provider }) => provider === route.provider);
      const common = { owner, view: route.view ?? '', provider: route.provider.name };
      const zones = publisher?.zonesOf(owner) ?? [];
      if (zones.length === 0) {
        const message = publisher?.failure?.message ?? `the provider ${common.provider} has no zone for ${owner}`;
        return [{ ...common, zone: undefined, state: 'withheld', messages: [message] }];
      }
      const above = publisher?.zonesAbove(owner) ?? [];
      return [...zones, ...above].map((zone) => ({ ...common, zone: zone.zone.apex, ...outcomeIn(zone, owner, route) }));
    });
    return [...routed, ...this.#providers.flatMap((publisher) => this.#leaving(owner, publisher))];
  }

  #leaving(owner: OwnerName, { provider, zones }: ProviderPublisher): NameOutcome[] {
    if (this.#router.rulesAt(owner, provider) === undefined || this.#router.routeAt(owner, provider) !== undefined) return [];
    return zones
      .filter(
        ({ zone, planner }) => isAtOrBelow(owner, zone.apex) && (planner.observed === undefined || planner.ownedAt(owner) > 0),
      )
      .map(({ zone, planner, publisher }) => ({
        owner,
        view: '',
        provider: provider.name,
        zone: zone.apex,
        state: 'leaving',
        messages: messagesOf(planner.withheld.get(owner)?.withheld, publisher.failure?.message),
      }));
  }

  /** What is left of a name at every provider, beside what is still asked for. Empty where all that is to go is acknowledged to be gone. */
  remains(owner: OwnerName): NameRemains[] {
    return this.#providers.flatMap((publisher) => remainsAt(owner, publisher, this.#router));
  }

  /** Whether what is published at a name would be deleted somewhere once nobody asks for it. Depends on the entries alone. */
  mayDelete(owner: OwnerName): boolean {
    return this.#providers.some(({ provider }) => {
      const rules = this.#router.rulesAt(owner, provider);
      return rules !== undefined && !rules.dryRun && rules.policy === 'sync';
    });
  }

  /** What the owners of objects are to hear: for `ReportInputs.others`. */
  *complaints(): Generator<Complaint, void, undefined> {
    for (const { provider, zones, misplaced } of this.#providers) {
      for (const { owner, code, message, origins, since } of misplaced)
        for (const { cluster, object } of origins) yield { code, cluster, object, message: `${owner}: ${message}`, since };
      for (const { zone, planner } of zones) {
        for (const [owner, withheld] of planner.withheld) {
          const demand = this.#router.routeAt(owner, provider)?.feed.catalog.demand(owner);
          yield* complaintsOf(withheld, `${owner} at ${provider.name} (zone ${zone.apex})`, demand);
        }
      }
    }
    yield* leaseComplaints([...this.#placedZones()], this.#options.sources(), this.#release);
  }

  *#placedZones(): Generator<PlacedZone, void, undefined> {
    for (const { provider, zones } of this.#providers)
      for (const { key, zone, planner } of zones) yield { key, provider: provider.name, zone, planner };
  }

  *#zones(): Generator<PublishedZone, void, undefined> {
    for (const { zones } of this.#providers) yield* zones;
  }

  #touch(owners: readonly OwnerName[]): void {
    for (const provider of this.#providers) provider.touch(owners);
  }

  /** Whether nothing is left to do now that can be done. */
  get isSettled(): boolean {
    return this.#readStates() !== undefined && this.#providers.every((provider) => provider.isSettled);
  }

  #stateNow(): SettledState {
    const withheld = [...this.#zones()].flatMap(({ planner }) => [...planner.withheld.values()].flatMap((one) => one.withheld));
    const isFailing = this.#providers.some(
      ({ failure, zones }) =>
        failure !== undefined || zones.some(({ publisher }) => publisher.failure !== undefined || publisher.isOwing),
    );
    return {
      held: withheld.some(({ code }) => code === 'DELETE_LIMIT' || code === 'UPDATE_LIMIT'),
      failed: isFailing || withheld.some(isShortfall) || this.#providers.some(({ misplaced }) => misplaced.hasHomeless),
    };
  }

  #readStates(): SourceStates | undefined {
    const { isReady, sources } = this.#options;
    if (!isReady()) return undefined;
    const states = readSourceStates(sources());
    // The same object as long as nothing has changed: settings are made of it.
    if (states?.fingerprint !== this.#states?.fingerprint) this.#states = states;
    return states === undefined ? undefined : this.#states;
  }

  #flatteningOf(route: PublishRoute): Flattening | undefined {
    const { lookUp, clock, logger, random } = this.#options;
    if (lookUp === undefined) return undefined;
    let flattening = this.#flattenings.get(route);
    if (flattening === undefined) {
      const onChanges = (owners: readonly OwnerName[]): void => this.#touch(owners);
      flattening = new Flattening({ feed: route.feed, apexes: this.#apexes, lookUp, onChanges, clock, logger, random });
      this.#flattenings.set(route, flattening);
    }
    return flattening;
  }

  *#historiesNow(): Generator<readonly [string, ChangeHistory], void, undefined> {
    for (const { planner } of this.#zones()) yield* planner.histories();
  }

  #progress(): void {
    this.#options.onProgress?.();
    for (const wait of this.#waiters) wait.wake();
  }
}

const USUAL_SETTINGS: Omit<CommonPlanSettings, 'owner'> = {
  keys: [],
  adopt: [],
  pruneAdopted: false,
  emptyGraceMs: Number.POSITIVE_INFINITY,
  graceExempt: NODE_SOURCES,
  markerTtl: 300,
  deleteLimits: DEFAULT_DELETE_LIMITS,
};

/** What is told of names that stand in no plan of a zone. */
function elsewhere({ name }: Provider, misplaced: Iterable<MisplacedName>): ShownPlan[] {
  const withheld = Array.from(misplaced, (one) => ({ ...one, type: undefined, setIdentifier: undefined }));
  return withheld.length === 0 ? [] : [{ zone: '(none)', provider: name, names: [], adoptable: withheld }];
}

function outcomeIn(
  { planner, publisher }: PublishedZone,
  owner: OwnerName,
  { dryRun }: PublishRoute,
): Pick<NameOutcome, 'state' | 'messages'> {
  const withheld = planner.withheld.get(owner)?.withheld;
  if (withheld !== undefined) return { state: 'withheld', messages: messagesOf(withheld, undefined) };
  if (dryRun === true) return { state: 'planned', messages: [] };
  if (!publisher.isPending(owner)) return { state: 'published', messages: [] };
  return { state: 'pending', messages: messagesOf(undefined, publisher.obstacle(owner)) };
}

function messagesOf(withheld: readonly Withheld[] | undefined, failure: string | undefined): string[] {
  return withheld?.map(({ message }) => message) ?? (failure === undefined ? [] : [failure]);
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
