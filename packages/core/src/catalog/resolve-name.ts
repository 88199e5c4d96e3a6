import { TYPE } from '../rr/rr-type.ts';
import { excludesCname, isAddressOrAlias } from './address-group.ts';
import { ALIAS, type Ask, type Defeat, defeat } from './ask.ts';
import type { Contribution } from './contribution.ts';
import type { ConflictCode, HeldAlias, HeldRRset, NameState, Origin } from './name-change.ts';
import { partOtherNamespaces } from './other-namespaces.ts';
import { mergeTally, type Tally } from './tally.ts';

/** What a name holds, by whom, and who asked for something else. */
export interface Resolution {
  readonly state: NameState;
  /** The objects whose contributions stand in the state, in the order of `compareContributions`. */
  readonly origins: readonly Origin[];
  /** The asks that hold each RRset of the state, in its order; then each alias. */
  readonly holders: readonly (readonly Ask[])[];
  readonly defeats: readonly Defeat[];
}

/** What can be configured of the rule. */
export interface ResolutionOptions {
  /** Whether what objects of several namespaces ask for is merged. */
  readonly crossNamespaceMerge: boolean;
}

/** The state of a name of which nothing is known but that it exists: one for all of them. */
const EXISTENCE: NameState = { exists: true, rrsets: [] };
const NO_HOLDERS: Resolution['holders'] = [];

/**
 * Decides what a name holds of all that is asked for there. A function of the contributions alone, whatever the order in which
 * they came.
 *
 *     the most important source that asks for a CNAME is …
 *       at least as important as every other type's, and
 *       more important than every address's and ALIAS's    →  CNAMEs stand, and nothing else
 *       otherwise                                          →  no CNAME stands; addresses or ALIAS are those of one source, every
 *                                                             other type is that of one source
 *
 * So A, AAAA, CNAME and ALIAS are one group with one winning source, where addresses beat an ALIAS of their own source, and both beat its CNAME. A CNAME
 * gives way to another type of a more important source, but excludes those of its own and of less important ones; an ALIAS excludes no other
 * type. RRsets with different set identifiers stand side by side, each decided by itself: only whether CNAMEs stand is decided once for the name.
 *
 * @param contributions at least one, sorted by `compareContributions`; none is refused
 * @param tallies of these contributions
 */
export function resolveName(
  contributions: readonly Contribution[],
  tallies: readonly Tally[],
  { crossNamespaceMerge }: ResolutionOptions,
): Resolution {
  if (tallies.length === 0) {
    return { state: EXISTENCE, origins: contributions.map(({ origin }) => origin), holders: NO_HOLDERS, defeats: [] };
  }
  const parted = crossNamespaceMerge ? { tallies, defeats: [] } : partOtherNamespaces(tallies);
  const rivals = rivalsOf(parted.tallies);
  const rrsets: HeldRRset[] = [];
  const aliases: HeldAlias[] = [];
  const holders: (readonly Ask[])[] = [];
  const defeats: Defeat[] = [...parted.defeats];
  let first: Tally | undefined;
  for (const tally of parted.tallies) {
    // Of one type and set identifier the most important comes first.
    if (first?.type !== tally.type || first.setIdentifier !== tally.setIdentifier) first = tally;
    const lost = defeatOf(tally, first, rivals);
    if (lost === undefined) {
      const merged = mergeTally(tally);
      if (merged.held.kind === 'rrset') rrsets.push(merged.held.rrset);
      else aliases.push(merged.held.alias);
      for (const one of merged.defeats) defeats.push(one);
      holders.push(merged.holders);
    } else {
      for (const ask of tally.asks) defeats.push(defeat(ask, lost.code, lost.winner?.asks[0]));
    }
  }
  // `slice` leaves the room behind that `push` reserves: the state is kept as long as the name exists.
  const state = { exists: true, rrsets: rrsets.slice() };
  return {
    state: aliases.length === 0 ? state : { ...state, aliases: aliases.slice() },
    origins: originsOf(holders, contributions),
    // An alias sorts after every type, so these are in the order of the state.
    holders,
    defeats,
  };
}

/** Whose asks hold what a name holds, in the order of the contributions. */
function originsOf(holders: readonly (readonly Ask[])[], contributions: readonly Contribution[]): readonly Origin[] {
  const [only, ...more] = holders;
  // One RRset, as most names have.
  if (only !== undefined && more.length === 0) return holdersOrigins(only);
  const standing = new Set(holders.flatMap((asks) => asks.map(({ contribution }) => contribution)));
  return contributions.filter((contribution) => standing.has(contribution)).map(({ origin }) => origin);
}

/** Whose asks hold one RRset, each object once: asks are in order, and two asks of one object stand side by side. */
export function holdersOrigins(asks: readonly Ask[]): readonly Origin[] {
  return asks.map(({ contribution }) => contribution.origin).filter((origin, index, origins) => origin !== origins[index - 1]);
}

/** The most important tallies of a name, which decide about all others. */
interface Rivals {
  readonly cname: Tally | undefined;
  /** Addresses, or an ALIAS where its source has no addresses. */
  readonly host: Tally | undefined;
  /** Of a type that cannot stand beside a CNAME, addresses aside. */
  readonly other: Tally | undefined;
  /** Addresses, or an ALIAS where its source has no addresses, by set identifier. */
  readonly hosts: ReadonlyMap<string, Tally>;
  /** Whether CNAMEs stand. */
  readonly cnames: boolean;
}

/** @param tallies by type: at equal rank the first of them, an address, is kept */
function rivalsOf(tallies: readonly Tally[]): Rivals {
  let cname: Tally | undefined;
  let host: Tally | undefined;
  let other: Tally | undefined;
  const hosts = new Map<string, Tally>();
  for (const tally of tallies) {
    const { type, rank, setIdentifier } = tally;
    if (isAddressOrAlias(type)) {
      if (rank < rankOf(host)) host = tally;
      if (rank < rankOf(hosts.get(setIdentifier))) hosts.set(setIdentifier, tally);
    } else if (type === TYPE.CNAME) {
      if (rank < rankOf(cname)) cname = tally;
    } else if (excludesCname(type) && rank < rankOf(other)) other = tally;
  }
  const cnames = cname !== undefined && cname.rank <= rankOf(other) && cname.rank < rankOf(host);
  return { cname, host, other, hosts, cnames };
}

interface Loss {
  readonly winner: Tally | undefined;
  readonly code: ConflictCode;
}

/**
 * What a tally loses to; undefined where it stands.
 *
 * @param first the most important of its type and set identifier
 */
function defeatOf(tally: Tally, first: Tally, { cname, host, other, hosts, cnames }: Rivals): Loss | undefined {
  const { type, rank, setIdentifier } = tally;
  if (type === TYPE.CNAME) {
    if (cnames) return outranked(tally, first);
    if (rank > rankOf(host)) return outranked(tally, host);
    return { winner: rank === host?.rank ? host : other, code: 'CNAME_AND_OTHER_DATA' };
  }
  if (isAddressOrAlias(type)) {
    if (cnames) return outranked(tally, cname);
    const winner = hosts.get(setIdentifier);
    if (rank === winner?.rank && type === ALIAS && winner.type !== ALIAS) return { winner, code: 'ADDRESSES_BEFORE_HOSTNAMES' };
    return outranked(tally, winner);
  }
  if (cnames && excludesCname(type)) return { winner: cname, code: 'CNAME_AND_OTHER_DATA' };
  return outranked(tally, first);
}

/** A tally's loss to a more important one. */
function outranked(tally: Tally, winner: Tally | undefined): Loss | undefined {
  if (winner === undefined || tally.rank <= winner.rank) return undefined;
  const sameSource = sourceOf(tally) === sourceOf(winner);
  return { winner, code: sameSource ? 'EARLIER_CLUSTER' : 'LOWER_PRIORITY_SOURCE' };
}

function sourceOf({ asks }: Tally): string | undefined {
  return asks[0]?.contribution.origin.source;
}

/** After all ranks where there is no tally. */
function rankOf(tally: Tally | undefined): number {
  return tally?.rank ?? Number.POSITIVE_INFINITY;
}
