import type { OwnerName } from '../name/owner-name.ts';
import { makeRRset } from '../rr/make-rrset.ts';
import { canonicalRdata } from '../rr/rdata-wire.ts';
import { printRRType, TYPE } from '../rr/rr-type.ts';
import type { Rdata, ResourceRecord, RRset } from '../rr/rrset.ts';
import { checkDelegations } from './check-delegations.ts';
import type { Diagnostic, FileLocation } from './diagnostic.ts';
import { type DiagnosticList, diagnosticList } from './diagnostic-list.ts';
import { hashName } from './hamt.ts';
import { zoneOf } from './immutable-zone.ts';
import { addDraft, draftOf, type DraftRRset, draftsOf, type DraftZone, locationOf } from './draft-zone.ts';
import { nameTable } from './name-table.ts';
import { BESIDE_CNAME, nameAndType, refusalOf, SINGLE_VALUED } from './record-rules.ts';
import { sameOctets } from './same-rrsets.ts';
import type { Zone, ZoneNode, ZoneView } from './zone.ts';

/** A zone made of records, and what is wrong with them. */
export interface BuiltZone<Z extends ZoneView = Zone> {
  /** Absent only where the apex has no SOA. */
  readonly zone?: Z;
  readonly diagnostics: readonly Diagnostic[];
}

/** Takes records one by one, in any order, and makes a zone of them. */
export interface ZoneBuilder<Z extends ZoneView = Zone> {
  /** @param location where the record stands in a file, for diagnostics */
  add(record: ResourceRecord, location?: FileLocation): void;
  /** Makes the zone; the builder must not be used any more. */
  build(): BuiltZone<Z>;
}

/**
 * Makes a zone of records. What BIND and NSD refuse to load a zone for is an error here too, but costs only the records at fault:
 * they are left out, and all others are served. Of a CNAME with other data the CNAME is left out, whichever came first; of two
 * records where there can be one the first stays. A zone without a SOA cannot be served at all.
 */
export function buildZone(apex: OwnerName, records: Iterable<ResourceRecord>): BuiltZone {
  const builder = zoneBuilder(apex);
  for (const record of records) builder.add(record);
  return builder.build();
}

/** See `buildZone`; for records that come one by one, from a zone file or a transfer. */
export function zoneBuilder(apex: OwnerName): ZoneBuilder {
  const draft: DraftZone = { names: nameTable(), wide: new Map(), cnames: [], delegations: [] };
  const diagnostics = diagnosticList();
  return {
    add(record, location) {
      const refusal = refusalOf(apex, record);
      if (refusal !== undefined) diagnostics.add({ ...refusal, severity: 'error', ...location });
      else addRecord(draft, record, location, diagnostics);
    },
    build() {
      for (const cname of draft.cnames) dropCnameBesideData(draft, cname, diagnostics);
      const atApex = draftsOf(draft.names.get(apex, hashName(apex)));
      const soa = atApex.find(({ type }) => type === TYPE.SOA);
      if (soa === undefined) {
        diagnostics.add({ code: 'SOA_MISSING', severity: 'error', message: `${apex} has no SOA: the zone cannot be served` });
        return { diagnostics: diagnostics.list() };
      }
      if (!atApex.some(({ type }) => type === TYPE.NS)) {
        const message = `${apex} has no NS: resolvers and secondaries will not find the zone's servers`;
        diagnostics.add({ code: 'NS_MISSING', severity: 'warning', message, ...locationOf(soa) });
      }
      const zone = zoneOf(apex, finishedNames(draft));
      checkDelegations(zone, draft, diagnostics);
      return { zone, diagnostics: diagnostics.list() };
    },
  };
}

function addRecord(
  draft: DraftZone,
  record: ResourceRecord,
  location: FileLocation | undefined,
  diagnostics: DiagnosticList,
): void {
  const { owner, type, ttl, rdata } = record;
  const hash = hashName(owner);
  const first = draft.names.get(owner, hash);
  const rrset = draftOf(draft, first, type);
  if (rrset === undefined) {
    const { file, line = 0, column = 0 } = location ?? {};
    const added: DraftRRset = { owner, hash, type, ttl, rdatas: [rdata], file, line, column, ttlDiffers: false, next: undefined };
    addDraft(draft, first, added);
    if (type === TYPE.CNAME) draft.cnames.push(added);
    if (type === TYPE.NS || type === TYPE.DNAME) draft.delegations.push(added);
    return;
  }
  if (!SINGLE_VALUED.has(type)) {
    rrset.rdatas.push(rdata);
  } else if (!sameOctets(canonicalRdata(type, rdata), canonicalRdata(type, rrset.rdatas[0] as Rdata))) {
    const message = `${nameAndType(record)}: a name can have one only, and this is another than the first`;
    diagnostics.add({ code: 'SINGLE_VALUED', severity: 'error', message, ...location });
    return;
  }
  // The records that sign different types have different TTLs by right (RFC 4034, section 3).
  if (ttl !== rrset.ttl && type !== TYPE.RRSIG && !rrset.ttlDiffers) {
    const message = `${nameAndType(record)}: TTL ${ttl} found where the RRset has ${rrset.ttl}; the lowest of all is used`;
    diagnostics.add({ code: 'TTL_DIFFERS', severity: 'warning', message, ...location });
    rrset.ttlDiffers = true;
  }
  rrset.ttl = Math.min(rrset.ttl, ttl);
}

function dropCnameBesideData({ names }: DraftZone, cname: DraftRRset, diagnostics: DiagnosticList): void {
  const ofName = draftsOf(names.get(cname.owner, cname.hash));
  const other = ofName.find(({ type }) => !BESIDE_CNAME.has(type));
  if (other === undefined) return;
  const message = `${nameAndType(cname)}: the name has ${printRRType(other.type)} too, beside which no CNAME can stand`;
  diagnostics.add({ code: 'CNAME_AND_OTHER_DATA', severity: 'error', message, ...locationOf(cname) });
  const previous = ofName.find(({ next }) => next === cname);
  if (previous !== undefined) previous.next = cname.next;
  else if (cname.next !== undefined) names.replace(cname.next);
}

function* finishedNames({ names }: DraftZone): Iterable<ZoneNode> {
  for (const first of names.entries) yield { owner: first.owner, rrsets: draftsOf(first).map(finish) };
}

function finish({ owner, type, ttl, rdatas }: DraftRRset): RRset {
  return makeRRset(owner, type, ttl, rdatas);
}
