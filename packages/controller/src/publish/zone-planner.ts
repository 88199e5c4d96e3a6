import {
  type ChangeHistory,
  ChangeLimiter,
  type ChangeLimits,
  type Clock,
  type DesiredName,
  isBelow,
  type HeldChanges,
  isQuiet,
  type LimitedAction,
  type NamePlan,
  type NameState,
  namesToPlan,
  type ObservedZone,
  type OwnerName,
  type PlannedChange,
  planName,
  planZone,
  type PlanSettings,
  type Policy,
  Quarantine,
  ROOT,
  type ShownPlan,
  type Withheld,
} from '@kubezone/core';

import { AdmittedChanges } from './admitted-changes.ts';
import type { SourceStates } from './source-states.ts';
import { type WithheldGroup, type WithheldName, WithheldNames } from './withheld-names.ts';

/** What a zone is to hold, and by which rules. */
export interface ZoneDuty {
  /** The names that are to be published in it. */
  readonly names: ReadonlySet<OwnerName>;
  /** What a name shall hold, and what may be done to it; undefined where it is nobody's here: it is left alone. */
  want(owner: OwnerName): Want | undefined;
  /** What is asked for at a name, before the provider lowers it; undefined where nothing is. */
  state(owner: OwnerName): NameState | undefined;
}

export interface Want {
  /** Undefined where nobody asks for it. */
  readonly desired: DesiredName | undefined;
  readonly policy: Policy;
  readonly dryRun: boolean;
  /** Whether it is wanted only where it stands already: a longer zone holds the name, and is not delegated to here. @default false */
  readonly onlyWhereOurs?: boolean;
}

/** How plans are made, as far as it is the same for all zones and names. */
export type CommonPlanSettings = Pick<
  PlanSettings,
  'owner' | 'keys' | 'adopt' | 'pruneAdopted' | 'emptyGraceMs' | 'graceExempt' | 'markerTtl'
> & {
  readonly deleteLimits: ChangeLimits;
  /** Undefined: as many names as there are may become something else at once, when a load balancer gets a new address, say. */
  readonly updateLimits?: ChangeLimits | undefined;
};

export interface ZonePlannerOptions {
  readonly zone: ObservedZone['zone'];
  /** Tells the zone from all others, at every provider. */
  readonly key: string;
  readonly duty: ZoneDuty;
  readonly settings: CommonPlanSettings;
  /** What was changed by whoever wrote before, by `historyKey`. */
  readonly historyOf: (key: string) => ChangeHistory | undefined;
  readonly clock: Pick<Clock, 'now' | 'monotonic'>;
  readonly random: () => number;
}

/** A name's plan, and whether it is only to be shown. */
export interface Planned {
  readonly plan: NamePlan;
  readonly dryRun: boolean;
}

/** Stands for a name of which only the key counts. */
const ASKED_FOR: DesiredName = { owner: ROOT, rrsets: [] };

/** What a zone's plans rest on beside what is wanted: what it holds, what was refused, what was deleted. Synchronous. */
export class ZonePlanner {
  /** Updates come first: without one of them, a delete may not be possible. */
  readonly #limiters: readonly ChangeLimiter[];
  readonly quarantine: Quarantine;
  readonly #options: ZonePlannerOptions;
  #observed: ObservedZone | undefined;
  #states: SourceStates | undefined;
  readonly #settings = new Map<Policy, PlanSettings>();
  /** RRsets that are ours, by name. */
  readonly #owned = new Map<OwnerName, number>();
  #ownedCount = 0;
  /** Deletes that were admitted and are not acknowledged: those RRsets are on their way out. */
  readonly #leaving = new AdmittedChanges();
  readonly #withheld = new WithheldNames();
  readonly #unselected = new Set<OwnerName>();

  constructor(options: ZonePlannerOptions) {
    this.#options = options;
    const { key, clock, historyOf, random } = options;
    this.#limiters = this.#makeLimiters((action) => historyOf(historyKey(key, action)));
    this.quarantine = new Quarantine(clock, random);
  }

  /** What the zone holds; undefined until it has been listed once. */
  get observed(): ObservedZone | undefined {
    return this.#observed;
  }

  /** How many RRsets are ours, as far as is known. */
  get owned(): number {
    return this.#ownedCount;
  }

  /** Names that have our marker and are no entry's: they are left alone, since nobody says by which rules they might go. */
  get unselected(): ReadonlySet<OwnerName> {
    return this.#unselected;
  }

  /** How many RRsets of a name are ours, as far as is known. */
  ownedAt(owner: OwnerName): number {
    return this.#owned.get(owner) ?? 0;
  }

  /** By name, what is not done, and why. */
  get withheld(): ReadonlyMap<OwnerName, WithheldName> {
    return this.#withheld.byName;
  }

  /** What is not done, counted by why. */
  get withheldGroups(): ReadonlyMap<string, WithheldGroup> {
    return this.#withheld.groups;
  }

  /** What waits until somebody confirms it. */
  get held(): readonly HeldChanges[] {
    return this.#limiters.flatMap((limiter) => limiter.held() ?? []);
  }

  /** Releases what is held, if it is exactly that. Returns the names to be planned again; undefined where it is something else. */
  confirm(sha256: string): readonly OwnerName[] | undefined {
    for (const limiter of this.#limiters) {
      const owners = limiter.confirm(sha256);
      if (owners !== undefined) return owners;
    }
    return undefined;
  }

  /** Takes a listing for what the zone holds. */
  observe(zone: ObservedZone): void {
    this.#observed = zone;
  }

  /** Takes what is known of the sources now. */
  useStates(states: SourceStates): void {
    if (this.#states === states) return;
    this.#states = states;
    this.#settings.clear();
  }

  /** Every name that may have something to do: those wanted, and those that have a marker. */
  names(): OwnerName[] {
    const { duty } = this.#options;
    const desired = new Map(Array.from(duty.names, (owner) => [owner, ASKED_FOR]));
    return [...namesToPlan({ desired, held: this.#zone(), settings: this.#settingsFor('sync') })];
  }

  /** What is asked for at some names, for providers that want to know it before names are planned. */
  states(owners: Iterable<OwnerName>): Map<OwnerName, NameState> {
    const states = new Map<OwnerName, NameState>();
    for (const owner of owners) {
      const state = this.#options.duty.state(owner);
      if (state !== undefined) states.set(owner, state);
    }
    return states;
  }

  /** Plans a name with all its changes. Undefined where it is not ours to write. */
  plan(owner: OwnerName): Planned | undefined {
    const planned = this.#plan(owner);
    if (planned === undefined) {
      this.#count(owner, 0);
      this.#withheld.forget(owner);
      if (this.#planAs(owner, { desired: undefined, policy: 'create-only' }).owned.before > 0) this.#unselected.add(owner);
      return undefined;
    }
    this.#unselected.delete(owner);
    this.#count(owner, planned.plan.owned.before);
    return planned;
  }

  /**
   * Lets the limits decide about plans that were made together. What they hold back is planned again without it.
   *
   * @param zone whether these are all the plans of the zone
   */
  admit(planned: readonly Planned[], zone = false): Planned[] {
    const admitted = this.#hold(this.#limiters, planned, this.#ownedCount - this.#leaving.total, zone);
    for (const { plan, dryRun } of admitted) {
      const { owner, withheld } = plan;
      this.#leaving.note(owner, dryRun ? 0 : countChanges(plan, 'delete'));
      this.#withheld.note(owner, withheld, this.#options.clock.now());
    }
    return admitted;
  }

  #hold(limiters: readonly ChangeLimiter[], planned: readonly Planned[], owned: number, zone: boolean): Planned[] {
    const holds = new Map<OwnerName, LimitedAction[]>();
    let current = [...planned];
    for (const limiter of limiters) {
      const plans = current.filter(({ dryRun }) => !dryRun).map(({ plan }) => plan);
      const { held } = zone ? limiter.admitZone(plans, owned) : limiter.admit(plans, owned);
      if (held.length === 0) continue;
      const isHeld = new Set(held.map(({ owner }) => owner));
      for (const owner of isHeld) holds.set(owner, [...(holds.get(owner) ?? []), limiter.action]);
      current = current.map((one) => {
        const { owner } = one.plan;
        return isHeld.has(owner) ? { ...one, ...this.#plan(owner, holds.get(owner)), dryRun: one.dryRun } : one;
      });
    }
    return current;
  }

  /** Whether the next process has to know of a plan's changes before they are sent. */
  isCounted(plan: NamePlan): boolean {
    return this.#limiters.some(({ action }) => countChanges(plan, action) > 0);
  }

  /** Takes note that plans are sent to the provider from now on, whatever becomes of them. Says whether `histories` tell more than before. */
  send(plans: readonly NamePlan[]): boolean {
    return this.#limiters.map((limiter) => limiter.send(plans)).includes(true);
  }

  /** What the next process has to know, by `historyKey`: changes that were sent. What was only planned it plans itself, and counts it then. */
  histories(): Map<string, ChangeHistory> {
    return new Map(this.#limiters.map((limiter) => [historyKey(this.#options.key, limiter.action), limiter.history()]));
  }

  #makeLimiters(historyOf: (action: LimitedAction) => ChangeHistory | undefined): ChangeLimiter[] {
    const { key, settings, clock } = this.#options;
    const { updateLimits, deleteLimits } = settings;
    const make = (action: LimitedAction, limits: ChangeLimits): ChangeLimiter =>
      new ChangeLimiter(key, action, limits, clock, historyOf(action));
    return [...(updateLimits === undefined ? [] : [make('update', updateLimits)]), make('delete', deleteLimits)];
  }

  /**
   * Takes note that a plan has come true. Says whether more of it is to be tried or told: then the name is to be planned again.
   *
   * @param unlike changes of which the provider shows something else than was written
   */
  applied(plan: NamePlan, unlike: readonly PlannedChange[] = []): boolean {
    this.#count(plan.owner, plan.owned.after);
    this.#leaving.note(plan.owner, 0);
    if (unlike.length === 0) return this.quarantine.applied(plan);
    for (const change of unlike) this.quarantine.refused({ ...plan, changes: [change] }, UNLIKE);
    return true;
  }

  /** Forgets what was withheld of names that are not planned any more. */
  retain(names: ReadonlySet<OwnerName>): void {
    for (const owner of this.#withheld.byName.keys()) if (!names.has(owner)) this.#withheld.forget(owner);
    for (const owner of this.#owned.keys()) if (!names.has(owner)) this.#count(owner, 0);
    for (const owner of this.#unselected) if (!names.has(owner)) this.#unselected.delete(owner);
  }

  /** What would be done now, all of it, as it would be admitted: nothing is remembered. */
  preview(): Pick<ShownPlan, 'names' | 'adoptable' | 'held'> {
    const histories = new Map(this.#limiters.map((limiter) => [limiter.action, limiter.history()]));
    const limiters = this.#makeLimiters((action) => histories.get(action));
    const planned = this.names().flatMap((owner) => this.#plan(owner) ?? []);
    const owned = planned.reduce((sum, { plan }) => sum + plan.owned.before, 0);
    // What is only shown is shown with what would be held of it.
    const telling = planned.filter(({ plan }) => !isQuiet(plan)).map(({ plan }) => ({ plan, dryRun: false }));
    const names = this.#hold(limiters, telling, owned, true).map(({ plan }) => plan);
    const held = limiters.flatMap((limiter) => limiter.held() ?? []);
    return { names: names.filter((plan) => !isQuiet(plan)), adoptable: this.#adoptable(), held };
  }

  #adoptable(): readonly Withheld[] {
    const { duty, clock, settings } = this.#options;
    if (settings.adopt.length === 0) return [];
    const desired = new Map(Array.from(duty.names, (owner) => [owner, ASKED_FOR]));
    // `create-only`: only what it says of names that nobody asks for is of interest.
    return planZone({
      desired,
      held: this.#zone(),
      settings: this.#settingsFor('create-only'),
      now: clock.now(),
      deletes: 'held',
    }).adoptable;
  }

  #plan(owner: OwnerName, holds: readonly LimitedAction[] = []): Planned | undefined {
    const want = this.#options.duty.want(owner);
    if (want === undefined) return undefined;
    const unwanted = want.onlyWhereOurs === true ? this.#planAs(owner, { ...want, desired: undefined }, holds) : undefined;
    return { plan: unwanted?.owned.before === 0 ? unwanted : this.#planAs(owner, want, holds), dryRun: want.dryRun };
  }

  #planAs(
    owner: OwnerName,
    { desired, policy }: Pick<Want, 'desired' | 'policy'>,
    holds: readonly LimitedAction[] = [],
  ): NamePlan {
    return planName({
      owner,
      desired,
      held: this.#zone(),
      settings: this.#settingsFor(policy),
      now: this.#options.clock.now(),
      deletes: holds.includes('delete') ? 'held' : 'allowed',
      updates: holds.includes('update') ? 'held' : 'allowed',
      isWantedBelow: this.#isWantedBelow,
    });
  }

  /** Asked for DNAMEs alone. */
  readonly #isWantedBelow = (owner: OwnerName): boolean => {
    const { duty } = this.#options;
    for (const name of duty.names) if (isBelow(name, owner) && (duty.want(name)?.desired?.rrsets.length ?? 0) > 0) return true;
    return false;
  };

  #settingsFor(policy: Policy): PlanSettings {
    const known = this.#settings.get(policy);
    if (known !== undefined) return known;
    if (this.#states === undefined) throw new Error('a name is planned before anything is known of the sources');
    const { zone, settings } = this.#options;
    const { cluster, clusterIds, sourceState, everySourceSynced } = this.#states;
    const made: PlanSettings = {
      ...settings,
      apex: zone.apex,
      cluster,
      clusterIds,
      sourceState,
      everySourceSynced,
      policy,
      quarantined: (owner, unit, after) => this.quarantine.notice(owner, unit, after),
    };
    this.#settings.set(policy, made);
    return made;
  }

  #zone(): ObservedZone {
    if (this.#observed === undefined) throw new Error('a name is planned before its zone was listed');
    return this.#observed;
  }

  #count(owner: OwnerName, owned: number): void {
    this.#ownedCount += owned - (this.#owned.get(owner) ?? 0);
    if (owned === 0) this.#owned.delete(owner);
    else this.#owned.set(owner, owned);
  }
}

const UNLIKE = 'it takes this, and shows something else';

/** How many changes of a kind a plan makes, as the limits count them: RRsets that are deleted, and updates. */
function countChanges({ changes, write }: NamePlan, wanted: LimitedAction): number {
  if (write === undefined) return 0;
  const some = changes.filter(({ action }) => action === wanted);
  return wanted === 'update' ? some.length : some.reduce((sum, { before }) => sum + before.length, 0);
}

/** Under which key a history is kept. @param zone the zone's own */
export function historyKey(zone: string, action: LimitedAction): string {
  return action === 'delete' ? zone : `${action} ${zone}`;
}
