import { hash } from 'node:crypto';

import type { Clock } from '../contracts/clock.ts';
import type { OwnerName } from '../name/owner-name.ts';
import type { NamePlan } from './name-plan.ts';
import { printProvided } from './print-rrset.ts';

/** How much of a zone may be deleted in which time. */
export interface DeleteLimits {
  /** Of the RRsets that are ours, 0 to 1. */
  readonly maxShare: number;
  /** Milliseconds. */
  readonly windowMs: number;
  /** Below so many RRsets of ours the share says nothing: there, all but one may go. */
  readonly minRecords: number;
}

/** 30 % in ten minutes. */
export const DEFAULT_DELETE_LIMITS: DeleteLimits = { maxShare: 0.3, windowMs: 600_000, minRecords: 10 };

/** Deletes that wait for a person. */
export interface HeldDeletes {
  /** In hexadecimal, over the zone and the operations in order: what a confirmation names. */
  readonly sha256: string;
  /** Each in presentation format, sorted. */
  readonly operations: readonly string[];
  readonly owners: readonly OwnerName[];
  /** Since when deletes have waited without a break, in milliseconds since the Unix epoch. */
  readonly since: number;
}

/** What a limiter has to know of the one before it: without that, every restart would open the window again. */
export interface DeleteHistory {
  /** How many RRsets were deleted, and when, in milliseconds since the Unix epoch. */
  readonly deleted: readonly { readonly at: number; readonly count: number }[];
  /** Whether deletes were waiting: then those of the first plan of the zone wait as well. */
  readonly holding: boolean;
}

/** Which plans may be written as they are, and which have to be made again without their deletes. */
export interface Admission {
  readonly admitted: readonly NamePlan[];
  readonly held: readonly NamePlan[];
}

/** For how long a confirmation holds: retries included, but not until somebody wants the same name again. */
const CONFIRMED_FOR_MS = 3_600_000;

/**
 * Keeps a zone from being emptied by a mistake: by a wrong filter, a lost source, or one name after the other.
 *
 *     deleted in the window + to be deleted now  ≤  30 % of (ours now + deleted in the window)
 *
 * Plans that come together are admitted or held together: a third of a mistake is a mistake too. What is held waits, however long, until somebody confirms exactly
 * what is held, or until it is wanted again. A delete that is tried again counts once. What a change of type removes is no delete.
 */
export class DeleteLimiter {
  readonly #zone: string;
  readonly #limits: DeleteLimits;
  readonly #clock: Pick<Clock, 'now'>;
  readonly #before: DeleteHistory['deleted'];
  /** Whether the deletes of the zone's next plan are held, since they were before a restart. */
  #resumesHolding: boolean;
  /** Operations that were admitted, and when. */
  readonly #admitted = new Map<string, number>();
  readonly #held = new Map<OwnerName, readonly string[]>();
  #heldSince = 0;
  readonly #confirmed = new Map<string, number>();

  /** @param zone tells this zone from all others, at every provider */
  constructor(zone: string, limits: DeleteLimits, clock: Pick<Clock, 'now'>, history?: DeleteHistory) {
    this.#zone = zone;
    this.#limits = limits;
    this.#clock = clock;
    this.#before = history?.deleted ?? [];
    this.#resumesHolding = history?.holding ?? false;
  }

  /**
   * Decides about plans that were made with their deletes allowed. Every such plan should come here, also one that has nothing to do: what was held of its
   * name is forgotten, where it is not planned any more. What is held is to be planned again with its deletes held, and that plan does not come here.
   *
   * @param owned how many RRsets of the zone are ours at present
   */
  admit(plans: readonly NamePlan[], owned: number): Admission {
    return this.#decide(plans, owned, false);
  }

  /** The same for the plan of the whole zone: what was held of names that it does not mention is forgotten. */
  admitZone(plans: readonly NamePlan[], owned: number): Admission {
    const mentioned = new Set(plans.map(({ owner }) => owner));
    for (const owner of this.#held.keys()) if (!mentioned.has(owner)) this.#held.delete(owner);
    const holds = this.#resumesHolding;
    this.#resumesHolding = false;
    return this.#decide(plans, owned, holds);
  }

  /** What waits now; undefined where nothing does. */
  held(): HeldDeletes | undefined {
    if (this.#held.size === 0) return undefined;
    const operations = [...this.#held.values()].flat().toSorted();
    const sha256 = hash('sha256', [`zone ${this.#zone}`, ...operations].join('\n'));
    return { sha256, operations, owners: [...this.#held.keys()], since: this.#heldSince };
  }

  /**
   * Releases what is held, and nothing that comes to it later.
   *
   * @returns the names to be planned again; undefined where something else is held than was confirmed
   */
  confirm(sha256: string): readonly OwnerName[] | undefined {
    const held = this.held();
    if (held === undefined || held.sha256 !== sha256) return undefined;
    for (const operation of held.operations) this.#confirmed.set(operation, this.#clock.now());
    this.#held.clear();
    return held.owners;
  }

  /** For the limiter that comes after this one. */
  history(): DeleteHistory {
    const now = this.#clock.now();
    const counts = new Map<number, number>();
    for (const { at, count } of this.#before) if (this.#isInWindow(at, now)) counts.set(at, (counts.get(at) ?? 0) + count);
    for (const at of this.#admitted.values()) if (this.#isInWindow(at, now)) counts.set(at, (counts.get(at) ?? 0) + 1);
    return {
      deleted: Array.from(counts, ([at, count]) => ({ at, count })),
      holding: this.#held.size > 0 || this.#resumesHolding,
    };
  }

  #decide(plans: readonly NamePlan[], owned: number, holds: boolean): Admission {
    const now = this.#clock.now();
    this.#expire(now);
    for (const plan of plans) this.#forgetConfirmed(plan);
    const asked = plans.map((plan) => ({ plan, operations: deletesOf(plan) }));
    const waiting = new Set(asked.flatMap(({ plan }) => this.#held.get(plan.owner) ?? []));
    const isFree = (operation: string): boolean => this.#confirmed.has(operation) || this.#admitted.has(operation);
    const counted = asked.flatMap(({ operations }) => operations).filter((one) => !isFree(one) && !waiting.has(one));
    const hasRoom = !holds && this.#hasRoom(counted.length, owned, now);
    const wasHolding = this.#held.size > 0;
    const admitted: NamePlan[] = [];
    const held: NamePlan[] = [];
    for (const { plan, operations } of asked) {
      this.#held.delete(plan.owner);
      if (operations.every((one) => isFree(one) || (hasRoom && !waiting.has(one)))) {
        for (const one of operations) if (!isFree(one)) this.#admitted.set(one, now);
        admitted.push(plan);
      } else {
        this.#held.set(plan.owner, operations);
        held.push(plan);
      }
    }
    if (!wasHolding && this.#held.size > 0) this.#heldSince = now;
    return { admitted, held };
  }

  /** Who confirmed that a name goes did not confirm that it goes again, after somebody has wanted it anew. */
  #forgetConfirmed({ owner, changes }: NamePlan): void {
    if (this.#confirmed.size === 0 || !changes.some(({ action }) => action === 'create')) return;
    for (const operation of this.#confirmed.keys())
      if (operation.startsWith(`delete ${owner} `)) this.#confirmed.delete(operation);
  }

  #hasRoom(count: number, owned: number, now: number): boolean {
    const before = this.#before.filter(({ at }) => this.#isInWindow(at, now)).reduce((sum, one) => sum + one.count, 0);
    const deleted = before + this.#admitted.size;
    const base = owned + deleted;
    const { maxShare, minRecords } = this.#limits;
    return deleted + count <= (base < minRecords ? base - 1 : Math.floor(maxShare * base));
  }

  /** What lies in the future, because the clock was set back, counts as well. */
  #isInWindow(at: number, now: number): boolean {
    return at > now - this.#limits.windowMs;
  }

  #expire(now: number): void {
    for (const [operation, at] of this.#admitted) if (!this.#isInWindow(at, now)) this.#admitted.delete(operation);
    for (const [operation, at] of this.#confirmed) if (at <= now - CONFIRMED_FOR_MS) this.#confirmed.delete(operation);
  }
}

/** The deletes of a plan, each in presentation format. */
export function deletesOf({ changes }: NamePlan): string[] {
  return changes.flatMap(({ action, before }) =>
    action === 'delete' ? before.map((rrset) => `delete ${printProvided(rrset)}`) : [],
  );
}
