import type { OwnerName } from '../name/owner-name.ts';
import { makeRRset } from '../rr/make-rrset.ts';
import { canonicalRdata } from '../rr/rdata-wire.ts';
import { printRRType, type RRType, TYPE } from '../rr/rr-type.ts';
import type { Rdata, ResourceRecord, RRset } from '../rr/rrset.ts';
import { composeSoa } from '../rr/soa.ts';
import type { ZoneBuilder } from '../zone/build-zone.ts';
import { type CheckedDraft, checkDelegations } from '../zone/check-delegations.ts';
import type { Diagnostic, FileLocation } from '../zone/diagnostic.ts';
import { diagnosticList } from '../zone/diagnostic-list.ts';
import type { DraftRRset } from '../zone/draft-zone.ts';
import { hashName } from '../zone/hamt.ts';
import { sameOctets } from '../zone/same-rrsets.ts';
import { rrsetAt } from '../zone/zone.ts';
import { delegationsOf, noteAt, noteIt } from './node-notes.ts';
import type { PackedZone } from './packed-zone.ts';
import type { PackedZones } from './packed-zones.ts';
import { BESIDE_CNAME, nameAndType, refusalOf, SINGLE_VALUED } from '../zone/record-rules.ts';
import type { SharedMemory } from './shared-memory.ts';

/** Makes a zone in the zones' memory: not installed, so that nobody sees it yet. */
export interface PackedZoneBuilder extends ZoneBuilder<PackedZone> {
  /** Gives up, and gives the memory back, also of a zone that was built and will not be installed. */
  discard(): void;
}

/** An RRset of the name whose records are coming. */
interface PendingRRset {
  readonly type: RRType;
  ttl: number;
  readonly rdatas: Rdata[];
  /** Of its first record; absent where that came earlier, with other names between. */
  readonly location: FileLocation | undefined;
  ttlDiffers: boolean;
}

/** A node remembers in 31 bits where its first record stands: a number of a file, and a line. */
const LINE_BITS = 25;
const MAX_FILES = 2 ** (31 - LINE_BITS) - 1;

/**
 * As `zoneBuilder`, with the same diagnostics, but records become part of the zone as they come: what is kept beside it is the name whose records are coming. Files have
 * the records of a name together, as a rule; where they are not, the name is unpacked and packed again.
 *
 * Where a diagnostic speaks of an RRset that was read before others, its location is the line of the name's first record.
 */
export function packedZoneBuilder(zones: PackedZones, apex: OwnerName): PackedZoneBuilder {
  const diagnostics = diagnosticList();
  const files: string[] = [];
  const zone = zones.create(apex, placeholderFor(apex));
  let isDiscarded = false;
  const discard = (): void => {
    if (!isDiscarded) zones.discard(zone);
    isDiscarded = true;
  };
  let hasSoa = false;
  let owner: OwnerName | undefined;
  let pending: PendingRRset[] = [];

  /** What a name has so far, in the form in which more is added. */
  const unpack = (name: OwnerName): PendingRRset[] => {
    const rrsets = (zone.node(name)?.rrsets ?? []).filter(({ type }) => type !== TYPE.SOA || hasSoa);
    return rrsets.map(({ type, ttl, rdatas }) => ({ type, ttl, rdatas: [...rdatas], location: undefined, ttlDiffers: false }));
  };

  const locationOf = (name: OwnerName): FileLocation | undefined => {
    const note = noteAt(zones.memory, zone, name);
    const file = files[(note >>> LINE_BITS) - 1];
    return file === undefined ? undefined : { file, line: note & (2 ** LINE_BITS - 1), column: 1 };
  };

  const flush = (): void => {
    if (owner === undefined) return;
    const name = owner;
    const cname = pending.find(({ type }) => type === TYPE.CNAME);
    const other = cname && pending.find(({ type }) => !BESIDE_CNAME.has(type));
    if (cname !== undefined && other !== undefined) {
      const message = `${name} CNAME: the name has ${printRRType(other.type)} too, beside which no CNAME can stand`;
      diagnostics.add({ code: 'CNAME_AND_OTHER_DATA', severity: 'error', message, ...(cname.location ?? locationOf(name)) });
      pending = pending.filter((rrset) => rrset !== cname);
    }
    const rrsets = pending.map(({ type, ttl, rdatas }) => makeRRset(name, type, ttl, rdatas));
    if (name === apex && !hasSoa) rrsets.push(placeholderFor(apex));
    const before = noteAt(zones.memory, zone, name);
    const { refused } = zone.apply([{ owner: name, exists: true, rrsets }]);
    for (const { code, message } of refused) {
      diagnostics.add({ code, severity: 'error', message, ...(pending[0]?.location ?? locationOf(name)) });
    }
    noteIt(zones.memory, zone, name, before === 0 ? noteOf(pending[0]?.location, files) : before);
  };

  return {
    add(record, location) {
      const refusal = refusalOf(apex, record);
      if (refusal !== undefined) {
        diagnostics.add({ ...refusal, severity: 'error', ...location });
        return;
      }
      if (record.owner !== owner) {
        flush();
        owner = record.owner;
        pending = unpack(owner);
      }
      if (record.type === TYPE.SOA) hasSoa = true;
      const fault = addTo(pending, record, location);
      if (fault !== undefined) diagnostics.add({ ...fault, ...location });
    },
    build() {
      flush();
      if (!hasSoa) {
        discard();
        diagnostics.add({ code: 'SOA_MISSING', severity: 'error', message: `${apex} has no SOA: the zone cannot be served` });
        return { diagnostics: diagnostics.list() };
      }
      const atApex = zone.node(apex);
      if (atApex === undefined || rrsetAt(atApex, TYPE.NS) === undefined) {
        const message = `${apex} has no NS: resolvers and secondaries will not find the zone's servers`;
        diagnostics.add({ code: 'NS_MISSING', severity: 'warning', message, ...locationOf(apex) });
      }
      checkDelegations(zone, draftOf(zones.memory, zone, locationOf), diagnostics);
      return { zone, diagnostics: diagnostics.list() };
    },
    discard,
  };
}

/** Adds a record to the RRsets of its name. Returns what is wrong with it. */
function addTo(pending: PendingRRset[], record: ResourceRecord, location: FileLocation | undefined): Diagnostic | undefined {
  const { type, ttl, rdata } = record;
  const rrset = pending.find((other) => other.type === type);
  if (rrset === undefined) {
    pending.push({ type, ttl, rdatas: [rdata], location, ttlDiffers: false });
    return undefined;
  }
  if (!SINGLE_VALUED.has(type)) {
    rrset.rdatas.push(rdata);
  } else if (!sameOctets(canonicalRdata(type, rdata), canonicalRdata(type, rrset.rdatas[0] as Rdata))) {
    const message = `${nameAndType(record)}: a name can have one only, and this is another than the first`;
    return { code: 'SINGLE_VALUED', severity: 'error', message };
  }
  const lowest = Math.min(rrset.ttl, ttl);
  // The records that sign different types have different TTLs by right (RFC 4034, section 3).
  const differs = ttl !== rrset.ttl && type !== TYPE.RRSIG && !rrset.ttlDiffers;
  const message = `${nameAndType(record)}: TTL ${ttl} found where the RRset has ${rrset.ttl}; the lowest of all is used`;
  rrset.ttl = lowest;
  if (!differs) return undefined;
  rrset.ttlDiffers = true;
  return { code: 'TTL_DIFFERS', severity: 'warning', message };
}

/** The zone as the check of delegations wants it: read from the memory name by name. */
function draftOf(
  memory: SharedMemory,
  zone: PackedZone,
  locationOf: (name: OwnerName) => FileLocation | undefined,
): CheckedDraft {
  const draftsAt = (owner: OwnerName, rrsets: readonly RRset[]): DraftRRset | undefined => {
    const { file, line = 0, column = 0 } = locationOf(owner) ?? {};
    let next: DraftRRset | undefined;
    for (const { type, ttl, rdatas } of rrsets.toReversed()) {
      next = { owner, hash: hashName(owner), type, ttl, rdatas: [...rdatas], file, line, column, ttlDiffers: false, next };
    }
    return next;
  };
  const delegations: DraftRRset[] = [];
  for (const { owner, rrsets } of delegationsOf(memory, zone)) {
    const found = rrsets.filter(({ type }) => type === TYPE.NS || type === TYPE.DNAME);
    for (let draft = draftsAt(owner, found); draft !== undefined; draft = draft.next) delegations.push(draft);
  }
  const entries: Iterable<DraftRRset> = {
    *[Symbol.iterator]() {
      for (const { owner, rrsets } of zone.nodes()) {
        const first = draftsAt(owner, rrsets);
        if (first !== undefined) yield first;
      }
    },
  };
  return { names: { entries }, delegations };
}

function noteOf(location: FileLocation | undefined, files: string[]): number {
  if (location === undefined || location.line >= 2 ** LINE_BITS) return 0;
  let number = files.lastIndexOf(location.file) + 1;
  if (number === 0) number = files.length < MAX_FILES ? files.push(location.file) : 0;
  return number === 0 ? 0 : (number << LINE_BITS) | location.line;
}

/** Stands for the SOA until that has come. */
function placeholderFor(apex: OwnerName): RRset {
  const rdata = composeSoa({ primary: apex, mailbox: apex, serial: 0, refresh: 0, retry: 0, expire: 0, minimum: 0 });
  return { owner: apex, type: TYPE.SOA, ttl: 0, rdatas: [rdata] };
}
