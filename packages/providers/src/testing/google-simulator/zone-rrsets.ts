import {
  canonicalRdata,
  isAtOrBelow,
  isFailure,
  nameOf,
  type OwnerName,
  scanName,
  scanRdataText,
  scanRRType,
  tokenize,
} from '@kubezone/core';

import { ApiError, type Fault } from './api-error.ts';

/** An RRset as the API has it. */
export interface StoredRRset {
  readonly name: string;
  readonly type: string;
  readonly ttl: number;
  readonly rrdatas: readonly string[];
  readonly routingPolicy?: Readonly<Record<string, unknown>>;
}

/** RRsets of a zone by name and type. */
export type RRsets = ReadonlyMap<string, StoredRRset>;

/** What a project allows (`quota` of the project). */
export interface Quota {
  readonly rrsetAdditionsPerChange: number;
  readonly rrsetDeletionsPerChange: number;
  readonly totalRrdataSizePerChange: number;
  readonly resourceRecordsPerRrset: number;
  readonly rrsetsPerManagedZone: number;
}

/** How errors name an RRset of a change: the API has had both ways. */
export type Naming = 'index' | 'rrset';

type Part = 'additions' | 'deletions';

interface Change {
  readonly additions?: readonly Partial<StoredRRset>[];
  readonly deletions?: readonly Partial<StoredRRset>[];
}

/** Types that public zones take (https://cloud.google.com/dns/docs/records-overview). */
const TYPES: ReadonlySet<string> = new Set(
  'A AAAA ALIAS CAA CNAME DNSKEY DS HTTPS IPSECKEY MX NAPTR NS PTR SOA SPF SRV SSHFP SVCB TLSA TXT'.split(' '),
);

/** Types of which a name has one record at most. */
const SINGLE: ReadonlySet<string> = new Set(['ALIAS', 'CNAME', 'SOA']);

/** The key of an RRset in a zone. */
export function keyOf({ name = '', type = '' }: Partial<StoredRRset>): string {
  return `${name.toLowerCase()} ${type}`;
}

/**
 * Makes a change: all of it, or none.
 *
 * Of the things that may be wrong, all of the first kind are reported: limits, values, deletions of what is not there or is something else, additions of what
 * is there, and what would stand beside a CNAME.
 *
 * @throws {ApiError} with the vendor's status, reasons and texts
 */
export function changeRRsets(rrsets: RRsets, apex: OwnerName, change: Change, quota: Quota, naming: Naming): RRsets {
  const { additions = [], deletions = [] } = change;
  if (additions.length + deletions.length === 0)
    throw new ApiError(400, [{ reason: 'required', message: "The 'entity.change' parameter is required but was missing." }]);
  const place = (part: Part, index: number): string => {
    const rrset = (part === 'additions' ? additions : deletions)[index] ?? {};
    return naming === 'index' ? `entity.change.${part}[${index}]` : `entity.change.${part}[${rrset.name}][${rrset.type}]`;
  };
  refuse(403, overQuota(change, quota));
  refuse(
    400,
    additions.flatMap((rrset, index) => checkValues(rrset, apex, quota, place('additions', index))),
  );
  refuse(400, apexLosses(additions, deletions, apex, place));
  const next = new Map(rrsets);
  const [missing, different]: [Fault[], Fault[]] = [[], []];
  for (const [index, rrset] of deletions.entries()) {
    const found = next.get(keyOf(rrset));
    const message = `The '${place('deletions', index)}' resource named '${rrset.name} (${rrset.type})' does not exist.`;
    if (found === undefined) missing.push({ reason: 'notFound', message });
    else if (!isSame(found, rrset))
      different.push({ reason: 'conditionNotMet', message: `Precondition not met for '${place('deletions', index)}'` });
    next.delete(keyOf(rrset));
  }
  refuse(404, missing);
  refuse(412, different);
  const present: Fault[] = [];
  for (const [index, rrset] of additions.entries()) {
    const message = `The resource '${place('additions', index)}' named '${rrset.name} (${rrset.type})' already exists`;
    if (next.has(keyOf(rrset))) present.push({ reason: 'alreadyExists', message });
    next.set(keyOf(rrset), stored(rrset));
  }
  refuse(409, present);
  refuse(400, besideCname(next, additions, place));
  if (next.size > quota.rrsetsPerManagedZone && next.size > rrsets.size)
    refuse(403, [quotaFault('resource record sets per managed zone')]);
  return next;
}

function refuse(status: number, faults: readonly Fault[]): void {
  if (faults.length > 0) throw new ApiError(status, faults);
}

function quotaFault(what: string): Fault {
  return { reason: 'quotaExceeded', message: `The change would exceed quota for ${what}.` };
}

function overQuota({ additions = [], deletions = [] }: Change, quota: Quota): Fault[] {
  const octets = [...additions, ...deletions].flatMap(({ rrdatas = [] }) => rrdatas).join('').length;
  return [
    ...(additions.length > quota.rrsetAdditionsPerChange ? [quotaFault('additions per change')] : []),
    ...(deletions.length > quota.rrsetDeletionsPerChange ? [quotaFault('deletions per change')] : []),
    ...(octets > quota.totalRrdataSizePerChange ? [quotaFault('total rrdata size per change')] : []),
  ];
}

function checkValues(rrset: Partial<StoredRRset>, apex: OwnerName, quota: Quota, place: string): Fault[] {
  const { name = '', type = '', ttl, rrdatas = [] } = rrset;
  const invalid = (field: string, value: unknown): Fault => ({
    reason: 'invalid',
    message: `Invalid value for '${place}.${field}': '${String(value)}'`,
  });
  const owner = scanName(name);
  if (isFailure(owner) || !isAtOrBelow(owner, apex)) return [invalid('name', name)];
  const number = scanRRType(type);
  if (!TYPES.has(type) || number === undefined) return [invalid('type', type)];
  if (ttl === undefined || ttl < 0) return [invalid('ttl', ttl)];
  if (rrdatas.length === 0)
    return [{ reason: 'required', message: `The '${place}.rrdata' parameter is required but was missing.` }];
  if (SINGLE.has(type) && rrdatas.length > 1) return [invalid('rrdata', rrdatas)];
  if (rrdatas.length > quota.resourceRecordsPerRrset) return [quotaFault('resource records per rrset')];
  const seen = new Set<string>();
  return rrdatas.flatMap((text, index) => {
    const rdata = scanRdataText(number, text);
    const key = isFailure(rdata) ? undefined : Buffer.from(canonicalRdata(number, rdata)).toString('hex');
    if (key === undefined || seen.has(key)) return [invalid(`rrdata[${index}]`, text)];
    seen.add(key);
    return [];
  });
}

/** A zone keeps SOA and NS at its apex: they can be replaced, not deleted. */
function apexLosses(
  additions: readonly Partial<StoredRRset>[],
  deletions: readonly Partial<StoredRRset>[],
  apex: OwnerName,
  place: (part: Part, index: number) => string,
): Fault[] {
  const added = new Set(additions.map(keyOf));
  return deletions.flatMap((rrset, index) => {
    const isKept = rrset.name === apex && (rrset.type === 'SOA' || rrset.type === 'NS') && !added.has(keyOf(rrset));
    const message = `The resource record set '${place('deletions', index)}' is invalid because a zone must contain exactly one resource record set of type '${rrset.type}' at the apex.`;
    return isKept ? [{ reason: 'invalidZoneApex', message }] : [];
  });
}

function isSame(found: StoredRRset, said: Partial<StoredRRset>): boolean {
  const texts = (rrset: Partial<StoredRRset>): string => JSON.stringify((rrset.rrdatas ?? []).toSorted());
  const policy = (rrset: Partial<StoredRRset>): string => JSON.stringify(rrset.routingPolicy);
  return found.ttl === said.ttl && texts(found) === texts(said) && policy(found) === policy(said);
}

function besideCname(
  rrsets: RRsets,
  additions: readonly Partial<StoredRRset>[],
  place: (part: Part, index: number) => string,
): Fault[] {
  const types = Map.groupBy(rrsets.values(), ({ name }) => name);
  return additions.flatMap(({ name = '', type = '' }, index) => {
    const others = (types.get(name.toLowerCase()) ?? []).filter((rrset) => rrset.type !== type);
    const other = type === 'CNAME' ? others[0] : others.find((rrset) => rrset.type === 'CNAME');
    if (other === undefined) return [];
    const message = `The resource record set '${place('additions', index)}' is invalid because the DNS name '${name}' has a resource record set of the type '${other.type}'. A DNS name may have either one CNAME resource record set or resource record sets of other types, but not both.`;
    return [{ reason: 'cnameResourceRecordSetConflict', message }];
  });
}

/** What is kept of an addition. TXT data without quotes is taken word by word, and shown in quotes. */
function stored({ name = '', type = '', ttl = 0, rrdatas = [], routingPolicy }: Partial<StoredRRset>): StoredRRset {
  const quoted = (text: string): string => {
    const tokens = tokenize(text);
    return isFailure(tokens) ? text : tokens.map((token) => `"${token.text}"`).join(' ');
  };
  const texts = type === 'TXT' || type === 'SPF' ? rrdatas.map(quoted) : rrdatas;
  const owner = nameOf(name);
  return { name: owner, type, ttl, rrdatas: texts, ...(routingPolicy === undefined ? {} : { routingPolicy }) };
}
