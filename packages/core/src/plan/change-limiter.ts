import { hash } from 'node:crypto';

import type { Clock } from '../contracts/clock.ts';
import type { OwnerName } from '../name/owner-name.ts';
import type { NamePlan } from './name-plan.ts';
import { printProvided } from './print-rrset.ts';

/** What of a zone's changes can be limited. Creations cannot: they harm nobody. */
export type LimitedAction = 'delete' | 'update';

/** How much of a zone may be changed in one way in which time. */
export interface ChangeLimits {
  /** A share of the RRsets that are ours, 0 to 1, or so many of them. */
  readonly max: { readonly share: number } | { readonly count: number };
  /** Milliseconds. */
  readonly windowMs: number;
  /** Below so many RRsets of ours a share says nothing, unless it is none or all: there, all but one may be changed. */
  readonly minRecords: number;
}

/** 30 % in ten minutes. */
export const DEFAULT_DELETE_LIMITS: ChangeLimits = { max: { share: 0.3 }, windowMs: 600_000, minRecords: 10 };

/** Deletes or updates that wait for a person. */
export interface HeldChanges {
  readonly action: LimitedAction;
  /** In hexadecimal, over the zone and the operations in order: what a confirmation names. */
  readonly sha256: string;
  /** Each in presentation format, sorted. */
  readonly operations: readonly string[];
  readonly owners: readonly OwnerName[];
  /** Since when any have waited without a break, in milliseconds since the Unix epoch. */
  readonly since: number;
}

/** What a limiter has to know of the one before it: without that, every restart would open the window again. */
export interface ChangeHistory {
  /** How many RRsets were changed, and when, in milliseconds since the Unix epoch. */
  readonly changed: readonly { readonly at: number; readonly count: number }[];
  /** Whether changes were waiting: then those of the first plan of the zone wait as well. */
  readonly holding: boolean;
}

/** Which plans may be written as they are, and which have to be made again without the changes in question. */
export interface Admission {
  readonly admitted: readonly NamePlan[];
  readonly held: readonly NamePlan[];
}

/** For how long a confirmation holds: retries included, but not until somebody wants the same name again. */
const CONFIRMED_FOR_MS = 3_600_000;

/**
 * Keeps a zone from being emptied, or turned over, by a mistake: by a wrong filter, a lost source, or one name after the other.
 *
 *     deleted in the window + to be deleted now  ≤  30 % of (ours now + deleted in the window)
 *     updated in the window + to be updated now  ≤  a share of ours now, or a number
 *
 * Plans that come together are admitted or held together: a third of a mistake is a mistake too. What is held waits, however long, until somebody confirms exactly
 * what is held, or until it is not to happen any more. A change that is tried again counts once. What is replaced by another type is an update, and no delete.
 */
export class ChangeLimiter {
  readonly #zone: string;
  readonly #action: LimitedAction;
  readonly #limits: ChangeLimits;
  readonly #clock: Pick<Clock, 'now'>;
  readonly #before: ChangeHistory['changed'];
  /** Whether the changes of the zone's next plan are held, since some were before a restart. */
  #resumesHolding: boolean;
  /** Operations that were admitted, when, and whether they were sent to the provider since. */
  readonly #admitted = new Map<string, { readonly at: number; sent: boolean }>();
  readonly #held = new Map<OwnerName, readonly string[]>();
  #heldSince = 0;
  /** What `held` tells, until it changes: it is asked for often, and may be large. */
  #told: HeldChanges | undefined;
  /** Operations that somebody has let go, and when. */
  readonly #confirmed = new Map<OwnerName, Map<string, number>>();

  /** @param zone tells this zone from all others, at every provider */
  constructor(zone: string, action: LimitedAction, limits: ChangeLimits, clock: Pick<Clock, 'now'>, history?: ChangeHistory) {
    this.#zone = zone;
    this.#action = action;
    this.#limits = limits;
    this.#clock = clock;
    // What lies in the future was written by a clock that was ahead. It counts for a window from now on, not until that time has come.
    this.#before = (history?.changed ?? []).map(({ at, count }) => ({ at: Math.min(at, clock.now()), count }));
    this.#resumesHolding = history?.holding ?? false;
  }

  /** What it limits. */
  get action(): LimitedAction {
    return this.#action;
  }

  /**
   * Decides about plans that were made with such changes allowed. Every such plan should come here, also one that has nothing to do: what was held of its
   * name is forgotten, where it is not planned any more. What is held is to be planned again with them held, and that plan does not come here.
   *
   * @param owned how many RRsets of the zone are ours at present
   */
  admit(plans: readonly NamePlan[], owned: number): Admission {
    return this.#decide(plans, owned, false);
  }

  /** The same for the plan of the whole zone: what was held of names that it does not mention is forgotten. */
  admitZone(plans: readonly NamePlan[], owned: number): Admission {
    const mentioned = new Set(plans.map(({ owner }) => owner));
    for (const owner of this.#held.keys()) if (!mentioned.has(owner)) this.#release(owner);
    const holds = this.#resumesHolding;
    // What was held may be among what waits for a source: it is held when that is back.
    this.#resumesHolding = holds && plans.some(waitsForSource);
    return this.#decide(plans, owned, holds);
  }

  /** What waits now; undefined where nothing does. */
  held(): HeldChanges | undefined {
    if (this.#held.size === 0 || this.#told !== undefined) return this.#told;
    const operations = [...this.#held.values()].flat().toSorted();
    const sha256 = hash('sha256', [`zone ${this.#zone}`, ...operations].join('\n'));
    this.#told = { action: this.#action, sha256, operations, owners: [...this.#held.keys()], since: this.#heldSince };
    return this.#told;
  }

  /**
   * Releases what is held, and nothing that comes to it later.
   *
   * @returns the names to be planned again; undefined where something else is held than was confirmed
   */
  confirm(sha256: string): readonly OwnerName[] | undefined {
    const held = this.held();
    if (held === undefined || held.sha256 !== sha256) return undefined;
    for (const [owner, operations] of this.#held) {
      const confirmed = this.#confirmed.get(owner) ?? new Map<string, number>();
      for (const operation of operations) confirmed.set(operation, this.#clock.now());
      this.#confirmed.set(owner, confirmed);
    }
    this.#held.clear();
    this.#told = undefined;
    return held.owners;
  }

  /** Takes note that plans are sent to the provider from now on, whatever becomes of them. Says whether `history` tells more than before. */
  send(plans: readonly NamePlan[]): boolean {
    let isMore = false;
    for (const plan of plans)
      for (const operation of operationsOf(plan, this.#action)) {
        const admitted = this.#admitted.get(operation);
        if (admitted === undefined || admitted.sent) continue;
        admitted.sent = true;
        isMore = true;
      }
    return isMore;
  }

  /** For the limiter that comes after this one: what was sent. What was only admitted, that one plans itself, and counts it then; what was confirmed counts no more. */
  history(): ChangeHistory {
    const now = this.#clock.now();
    const counts = new Map<number, number>();
    for (const { at, count } of this.#before) if (this.#isInWindow(at, now)) counts.set(at, (counts.get(at) ?? 0) + count);
    for (const { at, sent } of this.#admitted.values())
      if (sent && this.#isInWindow(at, now)) counts.set(at, (counts.get(at) ?? 0) + 1);
    return {
      changed: Array.from(counts, ([at, count]) => ({ at, count })),
      holding: this.#held.size > 0 || this.#resumesHolding,
    };
  }

  #decide(plans: readonly NamePlan[], owned: number, holds: boolean): Admission {
    const now = this.#clock.now();
    this.#expire(now);
    const asked = plans.map((plan) => ({ plan, operations: operationsOf(plan, this.#action) }));
    for (const one of asked) this.#forgetConfirmed(one);
    const waiting = new Set(asked.flatMap((one) => this.#waiting(one)));
    const isFree = (operation: string, { plan: { owner } }: Asked): boolean =>
      this.#admitted.has(operation) || this.#confirmed.get(owner)?.has(operation) === true;
    const counted = asked.flatMap((one) =>
      one.operations.filter((operation) => !isFree(operation, one) && !waiting.has(operation)),
    );
    const hasRoom = !holds && this.#hasRoom(counted.length, owned, now);
    const wasHolding = this.#held.size > 0;
    const admitted: NamePlan[] = [];
    const held: NamePlan[] = [];
    for (const one of asked) {
      const { plan, operations } = one;
      if (operations.every((operation) => isFree(operation, one) || (hasRoom && !waiting.has(operation)))) {
        for (const operation of operations) if (!isFree(operation, one)) this.#admitted.set(operation, { at: now, sent: false });
        // As long as it is not known what is wanted, what is held stays held.
        if (operations.length > 0 || !waitsForSource(plan)) this.#release(plan.owner);
        admitted.push(plan);
      } else {
        this.#hold(plan.owner, operations);
        held.push(plan);
      }
    }
    if (!wasHolding && this.#held.size > 0) this.#heldSince = now;
    return { admitted, held };
  }

  #hold(owner: OwnerName, operations: readonly string[]): void {
    const before = this.#held.get(owner);
    if (before?.length === operations.length && before.every((one, at) => one === operations[at])) return;
    this.#held.set(owner, operations);
    this.#told = undefined;
  }

  #release(owner: OwnerName): void {
    if (this.#held.delete(owner)) this.#told = undefined;
  }

  /** Operations that wait already. An update that waits does so whatever the name is to become meanwhile. */
  #waiting({ plan: { owner }, operations }: Asked): readonly string[] {
    const held = this.#held.get(owner) ?? [];
    return held.length > 0 && this.#action === 'update' ? operations : held;
  }

  /**
   * Who confirmed that a name goes, or becomes something, did not confirm that it does so again after somebody has wanted it otherwise: then it is created, or
   * stays though nothing of it is withheld.
   */
  #forgetConfirmed({ plan: { owner, changes, owned, withheld }, operations }: Asked): void {
    const confirmed = this.#confirmed.get(owner);
    if (confirmed === undefined) return;
    const isWanted = changes.some(({ action }) => action === 'create') || (withheld.length === 0 && owned.before > 0);
    if (isWanted) for (const one of confirmed.keys()) if (!operations.includes(one)) confirmed.delete(one);
  }

  #hasRoom(count: number, owned: number, now: number): boolean {
    const before = this.#before.filter(({ at }) => this.#isInWindow(at, now)).reduce((sum, one) => sum + one.count, 0);
    const changed = before + this.#admitted.size;
    return changed + count <= this.#most(this.#action === 'delete' ? owned + changed : owned);
  }

  /** How many changes the window has room for, of so many RRsets. */
  #most(base: number): number {
    const { max, minRecords } = this.#limits;
    if ('count' in max) return max.count;
    if (base >= minRecords || max.share === 0 || max.share === 1) return Math.floor(max.share * base);
    // An update of the only one loses nothing.
    return this.#action === 'delete' ? base - 1 : Math.max(1, base - 1);
  }

  /** What lies in the future, because the clock was set back, counts as well. */
  #isInWindow(at: number, now: number): boolean {
    return at > now - this.#limits.windowMs;
  }

  #expire(now: number): void {
    for (const [operation, { at }] of this.#admitted) if (!this.#isInWindow(at, now)) this.#admitted.delete(operation);
    for (const [owner, operations] of this.#confirmed) {
      for (const [operation, at] of operations) if (at <= now - CONFIRMED_FOR_MS) operations.delete(operation);
      if (operations.size === 0) this.#confirmed.delete(owner);
    }
  }
}

interface Asked {
  readonly plan: NamePlan;
  readonly operations: readonly string[];
}

function waitsForSource({ withheld }: NamePlan): boolean {
  return withheld.some(({ code }) => code === 'SOURCE_NOT_SYNCED');
}

/** The deletes or updates of a plan, each in presentation format. */
function operationsOf({ changes }: NamePlan, wanted: LimitedAction): string[] {
  return changes.flatMap(({ action, before, after }) => {
    if (action !== wanted) return [];
    if (action === 'delete') return before.map((rrset) => `delete ${printProvided(rrset)}`);
    return `update ${before.map(printProvided).join(' and ')} to ${after.map(printProvided).join(' and ')}`;
  });
}
