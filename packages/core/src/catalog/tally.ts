import type { OwnerName } from '../name/owner-name.ts';
import { canonicalRdata } from '../rr/rdata-wire.ts';
import { type RRType, TYPE } from '../rr/rr-type.ts';
import type { Rdata } from '../rr/rrset.ts';
import { sameOctets } from '../zone/same-rrsets.ts';
import { ALIAS, type Ask, type AskType, asksOf, type Defeat, defeat } from './ask.ts';
import { compareContributions, compareText, type Contribution } from './contribution.ts';
import { insertSorted } from './insert-sorted.ts';
import type { HeldAlias, HeldRRset, Qualifiers } from './name-change.ts';
import { sameProperties } from './same-state.ts';

/**
 * What the objects of one source ask for of one type and set identifier at one name, kept in order, so that one object's change does not sort
 * thousands of addresses anew: an area's name has those of all its nodes.
 */
export interface Tally {
  readonly type: AskType;
  /** Empty where there is none. */
  readonly setIdentifier: string;
  /** The source's place in the order of sources, and the cluster's where clusters have an order. */
  readonly rank: number;
  /** By `compareContributions`. At least one. */
  readonly asks: readonly Ask[];
  /** Every piece of rdata that each of them asks for, in canonical order (RFC 4034, section 6.3). */
  readonly values: readonly TallyValue[];
}

interface TallyValue {
  readonly ask: Ask;
  readonly rdata: Rdata;
  readonly canonical: Rdata;
}

/** A tally's asks made one RRset, or one list of hostnames. */
export interface Merged {
  readonly held: { readonly kind: 'rrset'; readonly rrset: HeldRRset } | { readonly kind: 'alias'; readonly alias: HeldAlias };
  /** The asks of which something stands. */
  readonly holders: readonly Ask[];
  readonly defeats: readonly Defeat[];
}

/** Of these a name can have one record only (RFC 2181, section 10.1; RFC 6672, section 2.4; RFC 1035, section 5.2). */
const SINGLE_VALUED: ReadonlySet<RRType> = new Set([TYPE.CNAME, TYPE.DNAME, TYPE.SOA]);

/** The tallies of some contributions, by type, set identifier and rank. */
export function talliesOf(contributions: readonly Contribution[]): readonly Tally[] {
  return contributions.reduce<readonly Tally[]>((tallies, contribution) => changeTallies(tallies, undefined, contribution), []);
}

/** Tallies, by type, set identifier and rank, with one contribution in place of another. */
export function changeTallies(
  tallies: readonly Tally[],
  previous: Contribution | undefined,
  next: Contribution | undefined,
): readonly Tally[] {
  const kept =
    previous === undefined
      ? tallies
      : tallies.flatMap((tally) =>
          tally.rank === previous.rank ? withoutAsks(tally, (ask) => ask.contribution === previous) : [tally],
        );
  return next === undefined ? kept : withAsks(kept, asksOf(next));
}

/** A tally without some of its asks: none where nothing is left. */
export function withoutAsks(tally: Tally, leaves: (ask: Ask) => boolean): Tally[] {
  const asks = tally.asks.filter((ask) => !leaves(ask));
  if (asks.length === tally.asks.length) return [tally];
  return asks.length === 0 ? [] : [{ ...tally, asks, values: tally.values.filter(({ ask }) => !leaves(ask)) }];
}

/** @param asks of one contribution */
function withAsks(tallies: readonly Tally[], asks: readonly Ask[]): readonly Tally[] {
  // One object may ask for thousands of types and set identifiers: found one by one, each would cost what all the others cost.
  const groups =
    asks.length > 1 ? [...Map.groupBy(asks, ({ type, setIdentifier }) => `${type} ${setIdentifier}`).values()] : [asks];
  const added: Tally[] = [];
  const places = groups.length > FEW_GROUPS ? placesOf(tallies) : undefined;
  let joined = tallies;
  for (const group of groups) {
    const [first] = group;
    if (first === undefined) continue;
    const at = places === undefined ? findTally(tallies, first) : (places.get(placeOf(rankedType(first))) ?? -1);
    const tally = tallies[at];
    if (tally === undefined) added.push(withGroup({ ...rankedType(first), asks: [], values: [] }, group));
    else {
      if (joined === tallies) joined = tallies.slice();
      (joined as Tally[])[at] = withGroup(tally, group);
    }
  }
  return added.length === 0 ? joined : insertSorted(joined, added, compareTallies);
}

/** Up to so many groups of asks are found among the tallies without an index of them. */
const FEW_GROUPS = 8;

type RankedType = Pick<Tally, 'type' | 'setIdentifier' | 'rank'>;

function rankedType({ type, setIdentifier, contribution: { rank } }: Ask): RankedType {
  return { type, setIdentifier, rank };
}

function placeOf({ type, setIdentifier, rank }: RankedType): string {
  return `${type} ${rank} ${setIdentifier}`;
}

function placesOf(tallies: readonly Tally[]): ReadonlyMap<string, number> {
  return new Map(tallies.map((tally, at) => [placeOf(tally), at]));
}

function findTally(tallies: readonly Tally[], { type, setIdentifier, contribution: { rank } }: Ask): number {
  return tallies.findIndex((tally) => tally.type === type && tally.rank === rank && tally.setIdentifier === setIdentifier);
}

/** A tally with more asks of its type, set identifier and rank. */
function withGroup({ type, setIdentifier, rank, asks, values }: Tally, group: readonly Ask[]): Tally {
  const added = group.flatMap((ask) => ask.rdatas.map((rdata) => ({ ask, rdata, canonical: canonicalRdata(type, rdata) })));
  return {
    type,
    setIdentifier,
    rank,
    asks: insertSorted(asks, group, compareAsks),
    values: insertSorted(values, added, compareValues),
  };
}

function compareAsks(one: Ask, other: Ask): number {
  return compareContributions(one.contribution, other.contribution);
}

function compareTallies(one: Tally, other: Tally): number {
  return one.type - other.type || compareText(one.setIdentifier, other.setIdentifier) || one.rank - other.rank;
}

/** In canonical order; what is the same but for the case of letters, by its octets. */
function compareValues(one: TallyValue, other: TallyValue): number {
  return compareOctets(one.canonical, other.canonical) || compareOctets(one.rdata, other.rdata);
}

/** As `Buffer.compare`, which costs much more than its work where the octets are those of an address. */
function compareOctets(one: Rdata, other: Rdata): number {
  const shared = Math.min(one.length, other.length);
  for (let index = 0; index < shared; index++) {
    const difference = (one[index] as number) - (other[index] as number);
    if (difference !== 0) return difference;
  }
  return one.length - other.length;
}

/**
 * Makes one RRset or list of hostnames of a tally: all values, each once, or of a type that can have one value the oldest object's; the lowest TTL; and the
 * properties of the oldest object that gives any.
 */
export function mergeTally(tally: Tally): Merged {
  const { type } = tally;
  const defeats: Defeat[] = [];
  const single = type !== ALIAS && SINGLE_VALUED.has(type) ? takeOldest(tally, defeats) : undefined;
  const holders = single?.holders ?? tally.asks;
  const lowest = lowestTtl(holders, defeats);
  const qualifiers = qualifiersOf(tally, holders, defeats);
  const { contribution, ttl } = lowest;
  if (type === ALIAS) {
    const targets = distinctTargets(tally);
    return { held: { kind: 'alias', alias: { ttl, targets, ...qualifiers } }, holders, defeats };
  }
  const plain = { owner: contribution.owner, type, ttl, rdatas: single?.rdatas ?? distinctRdatas(tally) };
  const rrset = qualifiers === undefined ? plain : { ...plain, ...qualifiers };
  return { held: { kind: 'rrset', rrset }, holders, defeats };
}

/** The oldest object's value, and who agrees to it. */
function takeOldest(
  { type, asks }: Tally,
  defeats: Defeat[],
): { readonly rdatas: readonly Rdata[]; readonly holders: readonly Ask[] } {
  const oldest = asks[0] as Ask;
  const value = oldest.rdatas[0] as Rdata;
  const canonical = canonicalRdata(type, value);
  const holders: Ask[] = [];
  for (const ask of asks) {
    const others = ask.rdatas.filter((rdata) => !sameOctets(canonicalRdata(type, rdata), canonical));
    if (others.length < ask.rdatas.length) holders.push(ask);
    if (others.length > 0) defeats.push(defeat(ask, 'NEWER_OBJECT', oldest, others));
  }
  return { rdatas: [value], holders };
}

function lowestTtl(holders: readonly Ask[], defeats: Defeat[]): Ask {
  const lowest = holders.reduce((low, ask) => (ask.ttl < low.ttl ? ask : low));
  for (const ask of holders) {
    const own = ask.contribution.origin === lowest.contribution.origin;
    if (ask.ttl > lowest.ttl && !own) defeats.push(defeat(ask, 'TTL_DIFFERS', lowest));
  }
  return lowest;
}

function qualifiersOf({ setIdentifier }: Tally, holders: readonly Ask[], defeats: Defeat[]): Qualifiers | undefined {
  const oldest = holders.find(({ properties }) => properties !== undefined);
  if (oldest?.properties === undefined) return setIdentifier === '' ? undefined : { setIdentifier };
  const { properties } = oldest;
  for (const ask of holders) {
    if (ask.properties !== undefined && !sameProperties(ask.properties, properties)) {
      defeats.push(defeat(ask, 'NEWER_OBJECT', oldest, 'properties'));
    }
  }
  return setIdentifier === '' ? { properties } : { setIdentifier, properties };
}

/** The oldest object's first, for those who can make use of one only. */
function distinctTargets({ asks }: Tally): readonly OwnerName[] {
  const [only, ...more] = asks;
  if (only !== undefined && more.length === 0 && new Set(only.targets).size === only.targets.length) return only.targets;
  return [...new Set(asks.flatMap(({ targets }) => targets))];
}

function distinctRdatas({ asks, values }: Tally): readonly Rdata[] {
  const rdatas: Rdata[] = [];
  let last: Rdata | undefined;
  for (const { rdata, canonical } of values) {
    if (last === undefined || !sameOctets(canonical, last)) rdatas.push(rdata);
    last = canonical;
  }
  // Where nothing is merged, as at most names, the list that the source made serves; else one without the room that `push` reserves.
  const [first] = asks;
  if (first !== undefined && first.rdatas.length === rdatas.length && first.rdatas.every((rdata, at) => rdata === rdatas[at])) {
    return first.rdatas;
  }
  return rdatas.slice();
}
