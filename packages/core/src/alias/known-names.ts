import type { NameState } from '../catalog/name-change.ts';
import { type OwnerName, parentOf, replaceSuffix, wildcardBelow } from '../name/owner-name.ts';
import { targetOf } from '../rr/rdata-wire.ts';
import { type RRType, TYPE } from '../rr/rr-type.ts';
import type { RRset } from '../rr/rrset.ts';

/** What is known of names in our zones. */
export interface KnownNames {
  /** What a name should hold. */
  state(owner: OwnerName): NameState;
  /** Whether a zone has the name, be it for the names below it alone (RFC 4592, section 2.2.2). */
  exists(owner: OwnerName): boolean;
}

/** What our zones say of a name. */
export type OwnWord =
  /** It holds this, by itself or by a wildcard. */
  | { readonly kind: 'state'; readonly state: NameState }
  /** A DNAME leads from it to another name; undefined where that would be too long. */
  | { readonly kind: 'moved'; readonly target: OwnerName | undefined; readonly ttl: number }
  /** It lies outside our zones, or below a delegation: others know. */
  | { readonly kind: 'elsewhere' };

/** What of our zones was looked at for that. */
export interface Reading {
  /** Names whose change may change the outcome. */
  readonly read: (owner: OwnerName) => void;
  /** Called where the outcome also rests on the existence of names that nothing but names below them makes exist. */
  readonly inferred: () => void;
}

const EMPTY: NameState = { exists: true, rrsets: [] };
const ABSENT: NameState = { exists: false, rrsets: [] };

/** Looks a name up in what our zones should hold (RFC 1034, section 4.3.2; RFC 4592, section 3.3.1). */
export function askOurselves(
  name: OwnerName,
  names: KnownNames,
  apexes: ReadonlySet<OwnerName>,
  { read, inferred }: Reading,
): OwnWord {
  const lineage = lineageOf(name, apexes);
  if (lineage === undefined) return { kind: 'elsewhere' };
  for (const [depth, at] of lineage.entries()) {
    read(at);
    const { rrsets } = names.state(at);
    if (depth > 0 && find(rrsets, TYPE.NS) !== undefined) return { kind: 'elsewhere' };
    const dname = at === name ? undefined : find(rrsets, TYPE.DNAME);
    const target = dname?.rdatas[0] && targetOf(TYPE.DNAME, dname.rdatas[0]);
    if (dname !== undefined && target !== undefined) {
      return { kind: 'moved', target: replaceSuffix(name, at, target), ttl: dname.ttl };
    }
  }
  const state = names.state(name);
  if (state.exists) return { kind: 'state', state };
  inferred();
  if (names.exists(name)) return { kind: 'state', state: EMPTY };
  // From the closest encloser's wildcard, and those that would come before it if their parents existed.
  for (const ancestor of lineage.slice(0, -1).toReversed()) {
    const wildcard = wildcardBelow(ancestor);
    if (wildcard !== undefined) read(wildcard);
    const below = wildcard === undefined ? ABSENT : names.state(wildcard);
    if (below.exists) return { kind: 'state', state: below };
    if (apexes.has(ancestor) || names.state(ancestor).exists || names.exists(ancestor)) break;
  }
  return { kind: 'state', state: ABSENT };
}

/** Whether our zones have the word on a name. */
export function isOurs(name: OwnerName, names: KnownNames, apexes: ReadonlySet<OwnerName>): boolean {
  return askOurselves(name, names, apexes, { read: () => undefined, inferred: () => undefined }).kind !== 'elsewhere';
}

/** The names from the apex of a name's zone down to itself; undefined where it lies in none. */
function lineageOf(name: OwnerName, apexes: ReadonlySet<OwnerName>): readonly OwnerName[] | undefined {
  const lineage: OwnerName[] = [];
  for (let at: OwnerName | undefined = name; at !== undefined; at = parentOf(at)) {
    lineage.unshift(at);
    if (apexes.has(at)) return lineage;
  }
  return undefined;
}

function find(rrsets: readonly RRset[], type: RRType): RRset | undefined {
  return rrsets.find((rrset) => rrset.type === type);
}
