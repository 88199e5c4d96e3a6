import {
  type Clock,
  type DeleteHistory,
  DeleteLimiter,
  type DeleteLimits,
  type DesiredName,
  isBelow,
  isQuiet,
  type NamePlan,
  type NameState,
  namesToPlan,
  type ObservedZone,
  type OwnerName,
  planName,
  planZone,
  type PlanRequest,
  type PlanSettings,
  type Policy,
  Quarantine,
  ROOT,
  type ShownPlan,
  type Withheld,
} from '@kubezone/core';

import type { SourceStates } from './source-states.ts';

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
}

/** How plans are made, as far as it is the same for all zones and names. */
export type CommonPlanSettings = Pick<
  PlanSettings,
  'owner' | 'keys' | 'adopt' | 'pruneAdopted' | 'emptyGraceMs' | 'graceExempt' | 'markerTtl'
> & { readonly deleteLimits: DeleteLimits };

export interface ZonePlannerOptions {
  readonly zone: ObservedZone['zone'];
  /** Tells the zone from all others, at every provider. */
  readonly key: string;
  readonly duty: ZoneDuty;
  readonly settings: CommonPlanSettings;
  /** What was deleted by whoever wrote before. */
  readonly history: DeleteHistory | undefined;
  readonly clock: Pick<Clock, 'now' | 'monotonic'>;
  readonly random: () => number;
}

/** A name's plan, and whether it is only to be shown. */
export interface Planned {
  readonly plan: NamePlan;
  readonly dryRun: boolean;
}

/** What is not done at a name. */
export interface WithheldName {
  readonly withheld: readonly Withheld[];
  /** Since when, in milliseconds since the Unix epoch. */
  readonly since: number;
}

/** Stands for a name of which only the key counts. */
const ASKED_FOR: DesiredName = { owner: ROOT, rrsets: [] };

/** What a zone's plans rest on beside what is wanted: what it holds, what was refused, what was deleted. Synchronous. */
export class ZonePlanner {
  readonly limiter: DeleteLimiter;
  readonly quarantine: Quarantine;
  readonly #options: ZonePlannerOptions;
  #observed: ObservedZone | undefined;
  #states: SourceStates | undefined;
  readonly #settings = new Map<Policy, PlanSettings>();
  /** RRsets that are ours, by name. */
  readonly #owned = new Map<OwnerName, number>();
  #ownedCount = 0;
  /** Deletes that were admitted and are not acknowledged. */
  readonly #deleting = new Map<OwnerName, number>();
  #deletingCount = 0;
  /** Those of them that were sent. */
  readonly #sent = new Set<OwnerName>();
  /** What is withheld, of names of which something is. */
  readonly #withheld = new Map<OwnerName, WithheldName>();

  constructor(options: ZonePlannerOptions) {
    this.#options = options;
    const { key, settings, clock, history, random } = options;
    this.limiter = new DeleteLimiter(key, settings.deleteLimits, clock, history);
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

  /** How many RRsets of a name are ours, as far as is known. */
  ownedAt(owner: OwnerName): number {
    return this.#owned.get(owner) ?? 0;
  }

  /** By name, what is not done, and why. */
  get withheld(): ReadonlyMap<OwnerName, WithheldName> {
    return this.#withheld;
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

  /** Plans a name with all its deletes. Undefined where it is not ours to write. */
  plan(owner: OwnerName): Planned | undefined {
    const planned = this.#plan(owner, 'allowed');
    if (planned === undefined) {
      this.#count(owner, 0);
      this.#withheld.delete(owner);
      return undefined;
    }
    this.#count(owner, planned.plan.owned.before);
    return planned;
  }

  /**
   * Lets the limit of deletes decide about plans that were made together. What it holds back is planned again without deletes.
   *
   * @param zone whether these are all the plans of the zone
   */
  admit(planned: readonly Planned[], zone = false): Planned[] {
    const plans = planned.filter(({ dryRun }) => !dryRun).map(({ plan }) => plan);
    const owned = this.#ownedCount - this.#deletingCount;
    const { held } = zone ? this.limiter.admitZone(plans, owned) : this.limiter.admit(plans, owned);
    const isHeld = new Set(held.map(({ owner }) => owner));
    return planned.map((one) => {
      const final = isHeld.has(one.plan.owner) ? (this.#plan(one.plan.owner, 'held') ?? one) : one;
      const { owner, withheld } = final.plan;
      this.#noteDeleting(owner, final.dryRun ? 0 : deletesIn(final.plan));
      this.#note(owner, withheld);
      return final;
    });
  }

  /** Takes note that plans are sent to the provider from now on, whatever becomes of them. */
  send(plans: readonly NamePlan[]): void {
    for (const plan of plans) if (deletesIn(plan) > 0) this.#sent.add(plan.owner);
  }

  /** What the next process has to know of deletes: those that were sent. What was only planned it plans itself, and counts it then. */
  history(): DeleteHistory {
    let unsent = this.#deletingCount;
    for (const owner of this.#sent) unsent -= this.#deleting.get(owner) ?? 0;
    const { deleted, holding } = this.limiter.history();
    const newestFirst = deleted
      .toSorted((one, other) => other.at - one.at)
      .map(({ at, count }) => {
        const left = Math.max(0, count - unsent);
        unsent -= count - left;
        return { at, count: left };
      });
    return { deleted: newestFirst.filter(({ count }) => count > 0), holding };
  }

  /** Takes note that a plan has come true. Says whether more of a refused write is to be tried: then the name is to be planned again. */
  applied(plan: NamePlan): boolean {
    this.#count(plan.owner, plan.owned.after);
    this.#noteDeleting(plan.owner, 0);
    return this.quarantine.applied(plan);
  }

  /** Forgets what was withheld of names that are not planned any more. */
  retain(names: ReadonlySet<OwnerName>): void {
    for (const owner of this.#withheld.keys()) if (!names.has(owner)) this.#withheld.delete(owner);
    for (const owner of this.#owned.keys()) if (!names.has(owner)) this.#count(owner, 0);
  }

  /** What would be done now, all of it, as it would be admitted: nothing is remembered. */
  preview(): Pick<ShownPlan, 'names' | 'adoptable' | 'held'> {
    const { key, settings, clock } = this.#options;
    const limiter = new DeleteLimiter(key, settings.deleteLimits, clock, this.limiter.history());
    const plans = this.names().flatMap((owner) => this.#plan(owner, 'allowed')?.plan ?? []);
    const owned = plans.reduce((sum, plan) => sum + plan.owned.before, 0);
    const { held } = limiter.admitZone(
      plans.filter((plan) => !isQuiet(plan)),
      owned,
    );
    const isHeld = new Set(held.map(({ owner }) => owner));
    const names = plans.map((plan) => (isHeld.has(plan.owner) ? (this.#plan(plan.owner, 'held')?.plan ?? plan) : plan));
    return { names: names.filter((plan) => !isQuiet(plan)), adoptable: this.#adoptable(), held: limiter.held() };
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

  #plan(owner: OwnerName, deletes: PlanRequest['deletes']): Planned | undefined {
    const { duty, clock } = this.#options;
    const want = duty.want(owner);
    if (want === undefined) return undefined;
    const plan = planName({
      owner,
      desired: want.desired,
      held: this.#zone(),
      settings: this.#settingsFor(want.policy),
      now: clock.now(),
      deletes,
      isWantedBelow: this.#isWantedBelow,
    });
    return { plan, dryRun: want.dryRun };
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

  #note(owner: OwnerName, withheld: readonly Withheld[]): void {
    const known = this.#withheld.get(owner);
    if (withheld.length === 0) this.#withheld.delete(owner);
    else {
      const isSame =
        known?.withheld.length === withheld.length && withheld.every(({ code }, at) => code === known.withheld[at]?.code);
      this.#withheld.set(owner, { withheld, since: isSame ? known.since : this.#options.clock.now() });
    }
  }

  #count(owner: OwnerName, owned: number): void {
    this.#ownedCount += owned - (this.#owned.get(owner) ?? 0);
    if (owned === 0) this.#owned.delete(owner);
    else this.#owned.set(owner, owned);
  }

  #noteDeleting(owner: OwnerName, deletes: number): void {
    this.#deletingCount += deletes - (this.#deleting.get(owner) ?? 0);
    if (deletes === 0) {
      this.#deleting.delete(owner);
      this.#sent.delete(owner);
    } else this.#deleting.set(owner, deletes);
  }
}

/** How many RRsets a plan deletes. */
export function deletesIn({ changes, write }: NamePlan): number {
  if (write === undefined) return 0;
  return changes.reduce((sum, { action, before }) => (action === 'delete' ? sum + before.length : sum), 0);
}
