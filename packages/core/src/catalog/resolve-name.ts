import { type RRType, TYPE } from '../rr/rr-type.ts';
import type { RRset } from '../rr/rrset.ts';
import { type Ask, conflictOf } from './ask.ts';
import type { Contribution } from './contribution.ts';
import type { Conflict, ConflictCode, NameState, Origin } from './name-change.ts';
import { mergeTally, type Tally } from './tally.ts';

/** What a name holds, by whom, and who asked for something else. */
export interface Resolution {
  readonly state: NameState;
  /** The objects whose contributions stand in the state, in the order of `compareContributions`. */
  readonly origins: readonly Origin[];
  readonly conflicts: readonly Conflict[];
}

/** The state of a name of which nothing is known but that it exists: one for all of them. */
const EXISTENCE: NameState = { exists: true, rrsets: [] };

/** These may stand beside a CNAME (RFC 4034, sections 3 and 4). */
const BESIDE_CNAME: ReadonlySet<RRType> = new Set([TYPE.RRSIG, TYPE.NSEC]);

/**
 * Decides what a name holds of all that is asked for there. A function of the contributions alone, whatever the order in which
 * they came.
 *
 *     the most important source that asks for a CNAME is …
 *       at least as important as every other type's, and
 *       more important than every address's               →  its CNAME stands, and nothing else
 *       otherwise                                         →  no CNAME stands; A and AAAA are those of one source, every other
 *                                                            type is that of one source
 *
 * So addresses and CNAME are one group with one winning source, where addresses beat a CNAME of their own source. A CNAME gives
 * way to another type of a more important source, but excludes those of its own and of less important ones. To put ALIAS in, add
 * it to the group: it competes with addresses as a CNAME does, but excludes no other type.
 *
 * @param contributions at least one, sorted by `compareContributions`
 * @param tallies of these contributions
 */
export function resolveName(contributions: readonly Contribution[], tallies: readonly Tally[]): Resolution {
  if (tallies.length === 0) {
    return { state: EXISTENCE, origins: contributions.map(({ origin }) => origin), conflicts: [] };
  }
  const rivals = rivalsOf(tallies);
  const rrsets: RRset[] = [];
  const holders: (readonly Ask[])[] = [];
  const conflicts: Conflict[] = [];
  for (const tally of tallies) {
    const defeat = defeatOf(tally, rivals);
    if (defeat === undefined) {
      const merged = mergeTally(tally);
      rrsets.push(merged.rrset);
      conflicts.push(...merged.conflicts);
      holders.push(merged.holders);
    } else {
      for (const ask of tally.asks) conflicts.push(conflictOf(ask, defeat.code, defeat.winner?.asks[0]));
    }
  }
  // `slice` leaves the room behind that `push` reserves: the state is kept as long as the name exists.
  return { state: { exists: true, rrsets: rrsets.slice() }, origins: originsOf(holders, contributions), conflicts };
}

/** Whose asks hold the RRsets of a name, in the order of the contributions. */
function originsOf(holders: readonly (readonly Ask[])[], contributions: readonly Contribution[]): readonly Origin[] {
  const [only, ...more] = holders;
  if (only !== undefined && more.length === 0) {
    // One RRset, as most names have: its holders are in order, and two asks of one object stand side by side.
    return only.map(({ contribution }) => contribution.origin).filter((origin, index, origins) => origin !== origins[index - 1]);
  }
  const standing = new Set(holders.flatMap((asks) => asks.map(({ contribution }) => contribution)));
  return contributions.filter((contribution) => standing.has(contribution)).map(({ origin }) => origin);
}

/** The most important tallies of a name, which decide about all others. */
interface Rivals {
  readonly cname: Tally | undefined;
  readonly address: Tally | undefined;
  /** Of a type that cannot stand beside a CNAME, addresses aside. */
  readonly other: Tally | undefined;
  /** Whether the CNAME stands. */
  readonly alone: boolean;
  /** Of each type. */
  readonly first: ReadonlyMap<RRType, Tally>;
}

function rivalsOf(tallies: readonly Tally[]): Rivals {
  const cname = mostImportant(tallies, (type) => type === TYPE.CNAME);
  const address = mostImportant(tallies, isAddress);
  const other = mostImportant(tallies, excludesCname);
  const alone = cname !== undefined && cname.rank <= rankOf(other) && cname.rank < rankOf(address);
  // The most important of each type comes first, and of two entries of one key a map keeps the later one.
  return { cname, address, other, alone, first: new Map(tallies.toReversed().map((tally) => [tally.type, tally])) };
}

/** What a tally loses to; undefined where it stands. */
function defeatOf(
  tally: Tally,
  { cname, address, other, alone, first }: Rivals,
): { readonly winner: Tally | undefined; readonly code: ConflictCode } | undefined {
  const { type, rank } = tally;
  if (type === TYPE.CNAME && !alone) {
    if (rank > rankOf(address)) return { winner: address, code: 'LOWER_PRIORITY_SOURCE' };
    return { winner: rank === address?.rank ? address : other, code: 'CNAME_AND_OTHER_DATA' };
  }
  if (alone && excludesCname(type)) return { winner: cname, code: 'CNAME_AND_OTHER_DATA' };
  const group = alone ? cname : address;
  const winner = isInAddressGroup(type) ? group : first.get(type);
  return rank === winner?.rank ? undefined : { winner, code: 'LOWER_PRIORITY_SOURCE' };
}

function mostImportant(tallies: readonly Tally[], belongs: (type: RRType) => boolean): Tally | undefined {
  let best: Tally | undefined;
  for (const tally of tallies) if (belongs(tally.type) && tally.rank < rankOf(best)) best = tally;
  return best;
}

/** After all ranks where there is no tally. */
function rankOf(tally: Tally | undefined): number {
  return tally?.rank ?? Number.POSITIVE_INFINITY;
}

function isAddress(type: RRType): boolean {
  return type === TYPE.A || type === TYPE.AAAA;
}

function isInAddressGroup(type: RRType): boolean {
  return type === TYPE.CNAME || isAddress(type);
}

function excludesCname(type: RRType): boolean {
  return !isInAddressGroup(type) && !BESIDE_CNAME.has(type);
}
