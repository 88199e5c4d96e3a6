import type { OwnerName } from '../name/owner-name.ts';
import { sameRdatas, sameRRsets } from '../zone/same-rrsets.ts';
import { compareContributions, type Contribution } from './contribution.ts';
import { insertSorted } from './insert-sorted.ts';
import type { Conflict, DesiredRRset, NameChange, NameState, Origin, SourceKind } from './name-change.ts';
import { resolveName } from './resolve-name.ts';
import { changeTallies, talliesOf, type Tally } from './tally.ts';

/** How a catalog decides. */
export interface CatalogOptions {
  /** Kinds of source, the most important first. `zone` precedes them all and need not be listed. */
  readonly order: readonly SourceKind[];
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
const NOTHING: NameState = { exists: false, rrsets: [] };
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
  readonly #ranks: ReadonlyMap<SourceKind, number>;
  readonly #origins = new Map<string, readonly Contribution[]>();
  readonly #names = new Map<OwnerName, CatalogName>();
  readonly #conflicts = new Map<OwnerName, readonly Conflict[]>();

  constructor({ order }: CatalogOptions) {
    const kinds = ['zone', ...order.filter((kind) => kind !== 'zone')];
    this.#ranks = new Map(kinds.map((kind, rank) => [kind, rank]));
    if (this.#ranks.size !== kinds.length) throw new RangeError(`a source stands twice in the order ${order.join(', ')}`);
  }

  /**
   * Replaces all that an origin contributed.
   *
   * @param origin the same object by source, cluster and object; its creation time may differ from before, where it was deleted
   *   and created again
   * @returns the names that hold something else than before, each once: first those that are asked for, in that order, then those
   *   that no longer are. A name that passes from one object to another with its RRsets unchanged is not among them
   * @throws {RangeError} where the origin's source is not in the order
   */
  put(origin: Origin, desired: readonly DesiredRRset[]): NameChange[] {
    const rank = this.#ranks.get(origin.source);
    if (rank === undefined) throw new RangeError(`source ${origin.source} is not in the catalog's order`);
    const key = `${origin.source}\0${origin.cluster}\0${origin.object}`;
    const before = new Map(this.#origins.get(key)?.map((contribution) => [contribution.owner, contribution]));
    const after: Contribution[] = [];
    const changes: NameChange[] = [];
    for (const [owner, ofOwner] of Map.groupBy(desired, (one) => one.owner)) {
      const previous = before.get(owner);
      before.delete(owner);
      if (previous?.origin.createdAt === origin.createdAt && sameDesired(previous.desired, ofOwner)) {
        after.push(previous);
        continue;
      }
      // A catalog is mostly small lists: copied, they lose the room that growing ones reserve, which is more than they hold.
      const contribution = { owner, origin, rank, desired: ofOwner.slice() };
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

  /** Every contribution that does not stand as it was asked for, in no order. */
  *conflicts(): Iterable<Conflict> {
    for (const conflicts of this.#conflicts.values()) yield* conflicts;
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
    return resolveName(name.contributions, name.tallies ?? talliesOf(name.contributions)).origins;
  }

  #replace(owner: OwnerName, previous: Contribution | undefined, next: Contribution | undefined, changes: NameChange[]): void {
    const name = this.#names.get(owner) ?? NOBODY;
    const others = name.contributions.filter((contribution) => contribution !== previous);
    const contributions = next === undefined ? others : insertContribution(others, next);
    if (contributions.length === 0) {
      this.#names.delete(owner);
      this.#conflicts.delete(owner);
      changes.push({ owner, before: name.state, after: NOTHING, origins: [] });
      return;
    }
    const tallies = changeTallies(name.tallies ?? talliesOf(name.contributions), previous, next);
    const { state, origins, conflicts } = resolveName(contributions, tallies);
    const same = name.state.exists && sameRRsets(name.state.rrsets, state.rrsets);
    const kept = contributions.length > FEW ? tallies : undefined;
    this.#names.set(owner, { contributions, tallies: kept, state: same ? name.state : state });
    if (conflicts.length > 0) this.#conflicts.set(owner, conflicts);
    else this.#conflicts.delete(owner);
    if (!same) changes.push({ owner, before: name.state, after: state, origins });
  }
}

function insertContribution(others: readonly Contribution[], next: Contribution): readonly Contribution[] {
  return others.length === 0 ? [next] : insertSorted(others, [next], compareContributions);
}

function sameDesired(some: readonly DesiredRRset[], others: readonly DesiredRRset[]): boolean {
  return some.length === others.length && some.every((one, index) => sameAsk(one, others[index] as DesiredRRset));
}

function sameAsk(one: DesiredRRset, other: DesiredRRset): boolean {
  if (one.kind === 'existence' || other.kind === 'existence') return one.kind === other.kind;
  return one.type === other.type && one.ttl === other.ttl && sameRdatas(one.rdatas, other.rdatas);
}
