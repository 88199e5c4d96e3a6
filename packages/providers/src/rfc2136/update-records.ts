import {
  CLASS,
  isAtOrBelow,
  isMetaType,
  type NameWrite,
  type ObservedRRset,
  type OwnerName,
  type ProvidedRRset,
  type Rdata,
  rdataKey,
  type ResourceRecord,
  type RRsetWrite,
  type RRType,
  TYPE,
} from '@kubezone/core';

import { MADE_BY_SIGNING, type VendorForm } from './observe-rrsets.ts';

/** What stands in the sections of an UPDATE message for one name's write. */
export interface NameUpdate {
  readonly write: NameWrite;
  readonly prerequisites: readonly ResourceRecord[];
  readonly updates: readonly ResourceRecord[];
}

const NO_RDATA: Rdata = new Uint8Array();

/**
 * Every type of data that may be found at a name: those that are assigned (up to 263 at present, and two more; IANA "Resource Record (RR) TYPEs"), and those for
 * private use (RFC 6895, section 3.1).
 */
const DATA_TYPES: readonly RRType[] = [...range(1, 263), 32_768, 32_769, ...range(65_280, 65_534)].filter(
  (type) => !isMetaType(type) && !MADE_BY_SIGNING.has(type),
);

/**
 * Composes one name's write (RFC 2136, section 2): prerequisites for all that it replaces and for all that must not be there, then the removals, then the
 * additions.
 *
 *     what is replaced                  RRset exists, with exactly these rdatas (section 2.4.2)
 *     what is made                      RRset does not exist, and no CNAME either (2.4.3)
 *     a CNAME where nothing is replaced name is not in use (2.4.5)
 *     a CNAME in place of other types   no RRset of any other type
 *
 * A server ignores a CNAME that is added beside other data, and does the rest of the message (section 3.4.2.2): the address would be gone, and no CNAME
 * there. In a signed zone Knot takes the signatures and NSEC that the address leaves behind for such data; so the whole name is removed, which the
 * prerequisites have shown to hold nothing else.
 *
 * Prerequisites do not look at TTLs (section 2.4.2), so a TTL that somebody else has changed is overwritten.
 *
 * @returns the reason, where DNS cannot hold what is to be written
 */
export function nameUpdate(apex: OwnerName, write: NameWrite): NameUpdate | string {
  const prerequisites: ResourceRecord[] = [];
  const removals: ResourceRecord[] = [];
  const additions: ResourceRecord[] = [];
  for (const [owner, writes] of Map.groupBy(write.writes, ({ before, after }) => (before ?? after)?.owner)) {
    if (owner === undefined) continue;
    if (!isAtOrBelow(owner, apex)) return `${owner} lies outside the zone ${apex}`;
    const special = writes.find(({ after }) => after?.setIdentifier !== undefined || after?.alias !== undefined);
    if (special !== undefined) return `${owner}: DNS knows neither set identifiers nor aliases`;
    prerequisites.push(...prerequisitesOf(owner, writes));
    if (isReplacedByCname(writes)) removals.push({ owner, type: TYPE.ANY, class: CLASS.ANY, ttl: 0, rdata: NO_RDATA });
    for (const { before, after } of writes) {
      if (isReplacedByCname(writes)) additions.push(...additionsOf(undefined, after));
      else {
        removals.push(...removalsOf(before, after));
        additions.push(...additionsOf(before, after));
      }
    }
  }
  return { write, prerequisites, updates: [...removals, ...additions] };
}

/** Prerequisites that hold only where a name holds exactly these RRsets, and none of another type. */
export function proofOf(owner: OwnerName, rrsets: readonly ObservedRRset[]): readonly ResourceRecord[] {
  if (rrsets.length === 0) return [notInUse(owner)];
  return [...rrsets.flatMap(existsAsIs), ...absentBeside(owner, new Set(rrsets.map(({ type }) => type)))];
}

function prerequisitesOf(owner: OwnerName, writes: readonly RRsetWrite[]): ResourceRecord[] {
  const found = writes.flatMap(({ before }) => before ?? []);
  const made = writes.flatMap(({ before, after }) => (before === undefined && after !== undefined ? [after.type] : []));
  const foundTypes = new Set(found.map(({ type }) => type));
  const prerequisites = found.flatMap(existsAsIs);
  if (made.length === 0) return prerequisites;
  if (made.includes(TYPE.CNAME)) {
    return [...prerequisites, ...(found.length === 0 ? [notInUse(owner)] : absentBeside(owner, foundTypes))];
  }
  if (!foundTypes.has(TYPE.CNAME)) made.push(TYPE.CNAME);
  return [...prerequisites, ...made.map((type) => absent(owner, type))];
}

/** Whether a CNAME comes where something else goes. */
function isReplacedByCname(writes: readonly RRsetWrite[]): boolean {
  return (
    writes.some(({ before, after }) => before === undefined && after?.type === TYPE.CNAME) &&
    writes.some(({ before }) => before !== undefined)
  );
}

function removalsOf(before: ObservedRRset | undefined, after: ProvidedRRset | undefined): ResourceRecord[] {
  if (before === undefined) return [];
  const { owner, type } = before;
  // A new TTL is the whole RRset's (RFC 2181, section 5.2); servers differ in what they make of one that comes with a single record.
  if (after === undefined || after.ttl !== before.ttl) return [{ owner, type, class: CLASS.ANY, ttl: 0, rdata: NO_RDATA }];
  return minus(before, after).map((rdata) => ({ owner, type, class: CLASS.NONE, ttl: 0, rdata }));
}

function additionsOf(before: ObservedRRset | undefined, after: ProvidedRRset | undefined): ResourceRecord[] {
  if (after === undefined) return [];
  const { owner, type, ttl } = after;
  const rdatas = before === undefined || before.ttl !== ttl ? after.rdatas : minus(after, before);
  return rdatas.map((rdata) => ({ owner, type, class: CLASS.IN, ttl, rdata }));
}

/** The rdatas that one RRset has and the other has not, as the server sent them. */
function minus(one: ProvidedRRset | ObservedRRset, other: ProvidedRRset): readonly Rdata[] {
  const keys = new Set(other.rdatas.map((rdata) => rdataKey(other.type, rdata)));
  const sent = sentForm(one);
  return sent.filter((rdata) => !keys.has(rdataKey(one.type, rdata)));
}

function sentForm(rrset: ProvidedRRset | ObservedRRset): readonly Rdata[] {
  return ('vendor' in rrset ? (rrset.vendor as VendorForm) : undefined) ?? rrset.rdatas;
}

function existsAsIs(rrset: ObservedRRset): ResourceRecord[] {
  const { owner, type } = rrset;
  return sentForm(rrset).map((rdata) => ({ owner, type, class: CLASS.IN, ttl: 0, rdata }));
}

function absent(owner: OwnerName, type: RRType): ResourceRecord {
  return { owner, type, class: CLASS.NONE, ttl: 0, rdata: NO_RDATA };
}

function absentBeside(owner: OwnerName, types: ReadonlySet<RRType>): ResourceRecord[] {
  return DATA_TYPES.filter((type) => !types.has(type)).map((type) => absent(owner, type));
}

function notInUse(owner: OwnerName): ResourceRecord {
  return absent(owner, TYPE.ANY);
}

function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}
