import { canonicalRdata } from '../rr/rdata-wire.ts';
import { type RRType, TYPE } from '../rr/rr-type.ts';
import type { Rdata, RRset } from '../rr/rrset.ts';
import { sameOctets } from '../zone/same-rrsets.ts';
import { type Ask, asksOf, conflictOf } from './ask.ts';
import { compareContributions, type Contribution } from './contribution.ts';
import { insertSorted } from './insert-sorted.ts';
import type { Conflict } from './name-change.ts';

/**
 * What the objects of one source ask for of one type at one name, kept in order, so that one object's change does not sort
 * thousands of addresses anew: an area's name has those of all its nodes.
 */
export interface Tally {
  readonly type: RRType;
  /** The source's place in the order of sources. */
  readonly rank: number;
  /** By `compareContributions`. At least one. */
  readonly asks: readonly Ask[];
  /** Every value that each of them asks for, in canonical order (RFC 4034, section 6.3). */
  readonly values: readonly TallyValue[];
}

interface TallyValue {
  readonly ask: Ask;
  readonly rdata: Rdata;
  readonly canonical: Rdata;
}

/** A tally's asks made one RRset. */
export interface Merged {
  readonly rrset: RRset;
  /** The asks of which something stands in the RRset. */
  readonly holders: readonly Ask[];
  readonly conflicts: readonly Conflict[];
}

/** Of these a name can have one record only (RFC 2181, section 10.1; RFC 6672, section 2.4; RFC 1035, section 5.2). */
const SINGLE_VALUED: ReadonlySet<RRType> = new Set([TYPE.CNAME, TYPE.DNAME, TYPE.SOA]);

/** The tallies of some contributions, by type and then by rank. */
export function talliesOf(contributions: readonly Contribution[]): readonly Tally[] {
  return contributions.reduce<readonly Tally[]>((tallies, contribution) => changeTallies(tallies, undefined, contribution), []);
}

/** Tallies, by type and then by rank, with one contribution in place of another. */
export function changeTallies(
  tallies: readonly Tally[],
  previous: Contribution | undefined,
  next: Contribution | undefined,
): readonly Tally[] {
  const kept = previous === undefined ? tallies : tallies.flatMap((tally) => withoutContribution(tally, previous));
  return next === undefined ? kept : asksOf(next).reduce(withAsk, kept);
}

function withoutContribution(tally: Tally, contribution: Contribution): Tally[] {
  if (tally.rank !== contribution.rank) return [tally];
  const asks = tally.asks.filter((ask) => ask.contribution !== contribution);
  if (asks.length === tally.asks.length) return [tally];
  return asks.length === 0
    ? []
    : [{ ...tally, asks, values: tally.values.filter(({ ask }) => ask.contribution !== contribution) }];
}

function withAsk(tallies: readonly Tally[], ask: Ask): readonly Tally[] {
  const { type, contribution } = ask;
  const { rank } = contribution;
  const added = ask.rdatas.map((rdata) => ({ ask, rdata, canonical: canonicalRdata(type, rdata) }));
  const at = tallies.findIndex((tally) => tally.type === type && tally.rank === rank);
  const tally = tallies[at];
  if (tally === undefined) {
    return insertSorted(tallies, [{ type, rank, asks: [ask], values: added.sort(compareValues) }], compareTallies);
  }
  const asks = insertSorted(tally.asks, [ask], (one, other) => compareContributions(one.contribution, other.contribution));
  return tallies.with(at, { type, rank, asks, values: insertSorted(tally.values, added, compareValues) });
}

function compareTallies(one: Tally, other: Tally): number {
  return one.type - other.type || one.rank - other.rank;
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
 * Makes one RRset of a tally: all values, each once, or of a type that can have one value the oldest object's; and the lowest
 * TTL.
 */
export function mergeTally(tally: Tally): Merged {
  const { type, asks } = tally;
  const oldest = asks[0] as Ask;
  if (!SINGLE_VALUED.has(type)) return withLowestTtl(asks, distinctRdatas(tally), []);
  const value = oldest.rdatas[0] as Rdata;
  const canonical = canonicalRdata(type, value);
  const conflicts: Conflict[] = [];
  const agreeing: Ask[] = [];
  for (const ask of asks) {
    const others = ask.rdatas.filter((rdata) => !sameOctets(canonicalRdata(type, rdata), canonical));
    if (others.length < ask.rdatas.length) agreeing.push(ask);
    if (others.length > 0) conflicts.push(conflictOf(ask, 'NEWER_OBJECT', oldest, others));
  }
  return withLowestTtl(agreeing, [value], conflicts);
}

function withLowestTtl(holders: readonly Ask[], rdatas: readonly Rdata[], conflicts: Conflict[]): Merged {
  const lowest = holders.reduce((low, ask) => (ask.ttl < low.ttl ? ask : low));
  for (const ask of holders) {
    const own = ask.contribution.origin === lowest.contribution.origin;
    if (ask.ttl > lowest.ttl && !own) conflicts.push(conflictOf(ask, 'TTL_DIFFERS', lowest));
  }
  const { contribution, type, ttl } = lowest;
  return { rrset: { owner: contribution.owner, type, ttl, rdatas }, holders, conflicts };
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
