import type { Clock } from '../contracts/clock.ts';
import type { OwnerName } from '../name/owner-name.ts';
import { type Defeat, refusals } from './ask.ts';
import { type Claim, type ClaimCheck, claimCheck } from './claims.ts';
import { type ConflictRecords, recordConflicts } from './conflict-record.ts';
import { compareContributions, type Contribution } from './contribution.ts';
import { insertSorted } from './insert-sorted.ts';
import type { Conflict, DesiredRRset, NameChange, NameDemand, NameState, Origin, SourceKind } from './name-change.ts';
import { rankOrigins } from './rank-origins.ts';
import { holdersOrigins, type Resolution, resolveName } from './resolve-name.ts';
import { resolveSole } from './resolve-sole.ts';
import { sameDesired, sameState } from './same-state.ts';
import { changeTallies, talliesOf, type Tally } from './tally.ts';
import { withoutQualifiers } from './without-qualifiers.ts';

/** How a catalog decides. */
export interface CatalogOptions {
  /** Kinds of source, the most important first. `zone` precedes them all and need not be listed. */
  readonly order: readonly SourceKind[];
  /** The names of all clusters, the most important first: within a kind of source, the first that asks for something has it alone. @default what all clusters ask for is merged */
  readonly clusterOrder?: readonly string[];
  /** Whether RRsets of one name and type with different set identifiers become one, without properties, or stand side by side. @default merge */
  readonly setIdentifiers?: 'merge' | 'separate';
  /** Names that only some namespaces may use. @default none */
  readonly claims?: readonly Claim[];
  /** What becomes of names that no claim covers. @default open */
  readonly claimsDefault?: 'open' | 'deny';
  /** Whether what objects of several namespaces ask for is merged, or the oldest object's namespace has it alone. @default true */
  readonly crossNamespaceMerge?: boolean;
  /**
   * Whether a name is among the changes too where it holds what it held, but the objects that ask for it, or what they ask for, have changed: whoever writes down
   * for whom a name is held has to hear of it.
   *
   * @default false
   */
  readonly reportOrigins?: boolean;
  /** Tells since when a conflict is in force. */
  readonly clock: Pick<Clock, 'now'>;
}

/** A name that at least one object asks for. */
interface CatalogName {
  /** Sorted by `compareContributions`. */
  readonly contributions: readonly Contribution[];
  /** Kept where many contributions make it worth the memory: most names have one. */
  readonly tallies: readonly Tally[] | undefined;
  readonly state: NameState;
}

/** Up to how many contributions a name's tallies are made anew when they are needed. */
const FEW = 4;
/** Or up to how many tallies there are. */
const MANY_TALLIES = 16;
const NOTHING: NameState = { exists: false, rrsets: [] };
const NO_REFUSED: readonly Contribution[] = [];
const NO_TALLIES: readonly Tally[] = [];
const NOBODY: CatalogName = { contributions: [], tallies: undefined, state: NOTHING };

/**
 * What every name should hold, decided from all that objects ask for.
 *
 *     origin ──► its contributions, one per name ◄── name ──► contributions of all origins, what the name holds, conflicts
 *
 * A call costs what the origin contributes now and contributed before, and the contributions of other origins to the names that
 * differ between the two; no other name is looked at. What a name holds depends on the contributions alone, not on the order in
 * which they came.
 */
export class Catalog {
  readonly #options: CatalogOptions;
  readonly #rankOf: (origin: Origin) => number;
  readonly #check: ClaimCheck | undefined;
  readonly #origins = new Map<string, readonly Contribution[]>();
  readonly #names = new Map<OwnerName, CatalogName>();
  /** Contributions that the claims refuse; they are not among their names' contributions. */
  readonly #refused = new Map<OwnerName, readonly Contribution[]>();
  readonly #conflicts = new Map<OwnerName, ConflictRecords>();
  #conflictCount = 0;

  /** @throws {RangeError} where an order names something twice */
  constructor(options: CatalogOptions) {
    const { order, clusterOrder, claims = [], claimsDefault = 'open' } = options;
    this.#options = options;
    this.#rankOf = rankOrigins(order, clusterOrder);
    this.#check = claimCheck({ claims, claimsDefault });
  }

  /**
   * Replaces all that an origin contributed.
   *
   * @param origin the same object by source, cluster and object; its creation time may differ from before, where it was deleted
   *   and created again
   * @returns the names that hold something else than before, each once: first those that are asked for, in that order, then those
   *   that no longer are. A name that passes from one object to another with its RRsets unchanged is not among them, unless `reportOrigins`
   * @throws {RangeError} where the origin's source or cluster is not in its order
   */
  put(origin: Origin, desired: readonly DesiredRRset[]): NameChange[] {
    const rank = this.#rankOf(origin);
    const key = keyOf(origin.source, origin.cluster, origin.object);
    const before = new Map(this.#origins.get(key)?.map((contribution) => [contribution.owner, contribution]));
    const after: Contribution[] = [];
    const changes: NameChange[] = [];
    const merge = this.#options.setIdentifiers !== 'separate';
    for (const [owner, asked] of Map.groupBy(desired, (one) => one.owner)) {
      const ofOwner = merge ? withoutQualifiers(asked) : asked;
      const previous = before.get(owner);
      before.delete(owner);
      if (previous !== undefined && sameOrigin(previous.origin, origin) && sameDesired(previous.desired, ofOwner)) {
        after.push(previous);
        continue;
      }
      // A catalog is mostly small lists: copied, they lose the room that growing ones reserve, which is more than they hold.
      const plain: Contribution = { owner, origin, rank, desired: ofOwner.slice() };
      const refusal = this.#check?.(origin, owner, ofOwner);
      const ruled = refusal === undefined ? plain : { ...plain, refusal };
      const contribution = isWaiting(ofOwner) ? { ...ruled, waitingSince: this.#waitingSince(previous) } : ruled;
      after.push(contribution);
      this.#replace(owner, previous, contribution, changes);
    }
    for (const [owner, previous] of before) this.#replace(owner, previous, undefined, changes);
    if (after.length > 0) this.#origins.set(key, after.slice());
    else this.#origins.delete(key);
    return changes;
  }

  /** Takes away all that an origin contributed. */
  remove(origin: Origin): NameChange[] {
    return this.put(origin, []);
  }

  /** The objects that ask for something of a sort at a name, whether they hold it or not, in the order of `origins`; without those whom claims refuse it. */
  asking(owner: OwnerName, isOfSort: (desired: DesiredRRset) => boolean): readonly Origin[] {
    const { contributions } = this.#names.get(owner) ?? NOBODY;
    return contributions.filter(({ desired }) => desired.some(isOfSort)).map(({ origin }) => origin);
  }

  /** Every contribution that does not stand as it was asked for, in no order. */
  *conflicts(): Generator<Conflict, void, undefined> {
    for (const conflicts of this.#conflicts.values()) yield* conflicts;
  }

  /** How many there are. */
  get conflictCount(): number {
    return this.#conflictCount;
  }

  /**
   * What a name should hold. A name that exists only because of names below it does not exist here: empty non-terminals are the
   * zone's matter.
   */
  state(owner: OwnerName): NameState {
    return this.#names.get(owner)?.state ?? NOTHING;
  }

  /** The objects whose contributions stand at a name. */
  origins(owner: OwnerName): readonly Origin[] {
    const name = this.#names.get(owner);
    if (name === undefined) return [];
    // Decided again rather than kept: few names are ever asked for theirs.
    return this.#resolve(name).origins;
  }

  /** Every name that an object asks for and may have, in no order. Read to the end before the catalog changes. */
  names(): Iterable<OwnerName> {
    return this.#names.keys();
  }

  /** What a name holds and for whom; undefined where nobody asks for it. */
  demand(owner: OwnerName): NameDemand | undefined {
    const name = this.#names.get(owner);
    if (name === undefined) return undefined;
    const { contributions, state } = name;
    const { holders } = this.#resolve(name);
    const waiting = contributions.filter((one) => one.waitingSince !== undefined);
    return {
      state,
      holders: holders.map(holdersOrigins),
      waiting: waiting.map(({ origin }) => origin),
      waitingSince: waiting.reduce((latest, { waitingSince = 0 }) => Math.max(latest, waitingSince), 0),
    };
  }

  /** The names that an object asks for, whether or not it may have them. */
  owners({ source, cluster, object }: Pick<Origin, 'source' | 'cluster' | 'object'>): OwnerName[] {
    const contributions = this.#origins.get(keyOf(source, cluster, object)) ?? [];
    return contributions.map(({ owner }) => owner);
  }

  #replace(owner: OwnerName, previous: Contribution | undefined, next: Contribution | undefined, changes: NameChange[]): void {
    const name = this.#names.get(owner) ?? NOBODY;
    const was = admitted(previous);
    const is = admitted(next);
    const others = was === undefined ? name.contributions : name.contributions.filter((contribution) => contribution !== was);
    const contributions = is === undefined ? others : insertContribution(others, is);
    const refused = this.#replaceRefused(owner, previous, next).flatMap(refusals);
    if (contributions.length === 0) {
      this.#names.delete(owner);
      this.#record(owner, refused, previous, next);
      if (name.state.exists) changes.push({ owner, before: name.state, after: NOTHING, origins: [] });
      return;
    }
    const sole = resolveSole(contributions);
    const tallies = sole ? NO_TALLIES : changeTallies(name.tallies ?? talliesOf(name.contributions), was, is);
    const { state, origins, defeats } = sole ?? this.#resolve({ contributions, tallies });
    const same = sameState(name.state, state);
    const kept = contributions.length > FEW || tallies.length > MANY_TALLIES ? tallies : undefined;
    this.#names.set(owner, { contributions, tallies: kept, state: same ? name.state : state });
    this.#record(owner, refused.length === 0 ? defeats : [...defeats, ...refused], previous, next);
    if (!same || this.#options.reportOrigins === true)
      changes.push({ owner, before: name.state, after: same ? name.state : state, origins });
  }

  #waitingSince(previous: Contribution | undefined): number {
    return previous?.waitingSince ?? this.#options.clock.now();
  }

  /** The contributions to a name that are refused from now on. */
  #replaceRefused(owner: OwnerName, previous: Contribution | undefined, next: Contribution | undefined): readonly Contribution[] {
    const before = this.#refused.get(owner) ?? NO_REFUSED;
    if (previous?.refusal === undefined && next?.refusal === undefined) return before;
    const others = before.filter((contribution) => contribution !== previous);
    const refused = next?.refusal === undefined ? others : insertContribution(others, next);
    if (refused.length > 0) this.#refused.set(owner, refused);
    else this.#refused.delete(owner);
    return refused;
  }

  #record(
    owner: OwnerName,
    defeats: readonly Defeat[],
    previous: Contribution | undefined,
    next: Contribution | undefined,
  ): void {
    const before = this.#conflicts.get(owner);
    this.#conflictCount += defeats.length - (before?.length ?? 0);
    if (defeats.length === 0) this.#conflicts.delete(owner);
    else this.#conflicts.set(owner, recordConflicts(defeats, before, { previous, next }, this.#options.clock.now()));
  }

  #resolve({ contributions, tallies }: Pick<CatalogName, 'contributions' | 'tallies'>): Resolution {
    const { crossNamespaceMerge = true } = this.#options;
    return resolveSole(contributions) ?? resolveName(contributions, tallies ?? talliesOf(contributions), { crossNamespaceMerge });
  }
}

function keyOf(source: SourceKind, cluster: string, object: string): string {
  return `${source}\0${cluster}\0${object}`;
}

function sameOrigin(one: Origin, other: Origin): boolean {
  return one.createdAt === other.createdAt && (one.retain ?? false) === (other.retain ?? false);
}

/** Whether nothing but the name's existence is asked for. */
function isWaiting(desired: readonly DesiredRRset[]): boolean {
  return desired.every(({ kind }) => kind === 'existence');
}

function admitted(contribution: Contribution | undefined): Contribution | undefined {
  return contribution?.refusal === undefined ? contribution : undefined;
}

function insertContribution(others: readonly Contribution[], next: Contribution): readonly Contribution[] {
  return others.length === 0 ? [next] : insertSorted(others, [next], compareContributions);
}
