/** One name's write as operations on the vendor's records. */
import {
  isAtOrBelow,
  type NameWrite,
  type ObservedRRset,
  type OwnerName,
  printRRType,
  type Rdata,
  rdataKey,
  type RRsetWrite,
  type RRType,
} from '@kubezone/core';

import { fitTtl } from './lower-name.ts';
import { type HeldRecord, observeRRset, type PlacedRecord } from './observe-records.ts';
import { composeContent, PROXIABLE_TYPES, RECORD_TYPES, type RecordContent } from './record-content.ts';
import { differences, readSettings, type RecordSettings } from './record-settings.ts';
import type { ZoneFacts } from './zone-facts.ts';

/** A record as it is sent. */
export interface SentRecord extends RecordContent {
  readonly name: string;
  readonly type: string;
  readonly ttl: number;
  readonly proxied?: boolean;
  readonly comment?: string;
  readonly tags?: readonly string[];
}

/** The body of a batch: deletes are done first, then patches, then posts; all or none. */
export interface Batch {
  readonly deletes: readonly { readonly id: string }[];
  readonly patches: readonly (SentRecord & { readonly id: string })[];
  readonly posts: readonly SentRecord[];
}

/** What a name's write asks of the vendor. */
export interface NameOperations extends Batch {
  readonly owner: OwnerName;
  /** How many operations there are. */
  readonly size: number;
  /** What the RRsets written hold afterwards; undefined where a record that was to be made or changed is not among those that the vendor has answered with. */
  observe(answered: readonly PlacedRecord[]): ObservedRRset[] | undefined;
}

/** An RRset's records afterwards: those that stay as they are, and those of which the vendor's answer will tell. */
interface Expected {
  readonly owner: OwnerName;
  readonly type: RRType;
  readonly staying: readonly HeldRecord[];
  readonly changed: readonly Rdata[];
}

/**
 * The operations of one name's write. A record whose rdata goes where another's comes is changed in place: it keeps its id, and a name that changes
 * its address is never without one, though a batch reaches the vendor's servers record by record.
 *
 * @returns text where the vendor has no form for the write
 */
export function operationsOf({ owner, writes }: NameWrite, apex: OwnerName, facts: ZoneFacts): NameOperations | string {
  const deletes: Batch['deletes'][number][] = [];
  const patches: Batch['patches'][number][] = [];
  const posts: SentRecord[] = [];
  const expected: Expected[] = [];
  for (const { before, after } of writes) {
    const rrset = after ?? before;
    if (rrset === undefined) continue;
    const refusal = refusalOf(rrset, after, apex);
    if (refusal !== undefined) return refusal;
    const { type } = rrset;
    const held = before === undefined ? [] : heldBy(before);
    const wanted = after && { ...readSettings(after), ttl: fitTtl(after.ttl, readSettings(after).proxied, facts) };
    const resets = wanted !== undefined && before !== undefined && hasOtherSettings(before, after as ObservedRRset);
    const { staying, going, coming } = compare(type, held, after?.rdatas ?? []);
    const changed: Rdata[] = [];
    const unchanged: HeldRecord[] = [];
    const patch = (record: HeldRecord, rdata: Rdata): void => {
      if (wanted === undefined) return;
      patches.push({ id: record.id, ...compose(rrset.owner, type, rdata, wanted, record) });
      changed.push(rdata);
    };
    for (const record of staying) {
      if (resets && differences(record, wanted).length > 0) patch(record, record.rdata);
      else unchanged.push(record);
    }
    for (const [index, record] of going.entries()) {
      const rdata = coming[index];
      if (rdata === undefined) deletes.push({ id: record.id });
      else patch(record, rdata);
    }
    for (const rdata of coming.slice(going.length)) {
      if (wanted === undefined) continue;
      posts.push(compose(rrset.owner, type, rdata, wanted, undefined));
      changed.push(rdata);
    }
    expected.push({ owner: rrset.owner, type, staying: unchanged, changed });
  }
  return {
    owner,
    deletes,
    patches,
    posts,
    size: deletes.length + patches.length + posts.length,
    observe: (answered) => observeExpected(expected, answered),
  };
}

function refusalOf(rrset: RRsetWrite['after'] & {}, after: RRsetWrite['after'], apex: OwnerName): string | undefined {
  if (!isAtOrBelow(rrset.owner, apex)) return `${rrset.owner} lies outside the zone ${apex}`;
  if (after === undefined) return undefined;
  if (!RECORD_TYPES.has(after.type)) return `Cloudflare has no records of type ${printRRType(after.type)}`;
  return after.alias === undefined && after.setIdentifier === undefined
    ? undefined
    : `${after.owner} ${printRRType(after.type)} has an alias or a set identifier, and Cloudflare's records have none`;
}

/** The records behind an RRset that this provider has shown. */
function heldBy({ owner, type, vendor }: ObservedRRset): readonly HeldRecord[] {
  if (!Array.isArray(vendor)) throw new RangeError(`${owner} ${printRRType(type)} was not read from Cloudflare`);
  return vendor as readonly HeldRecord[];
}

/** Whether the write is to change more than which RRs there are: in an RRset that others write too, it does not, and their records are left alone. */
function hasOtherSettings(before: ObservedRRset, after: ObservedRRset): boolean {
  if (before.ttl !== after.ttl) return true;
  const [one, other] = [before.properties ?? {}, after.properties ?? {}];
  return Object.keys({ ...one, ...other }).some((name) => one[name] !== other[name]);
}

function compare(type: RRType, held: readonly HeldRecord[], rdatas: readonly Rdata[]) {
  const wanted = new Map(rdatas.map((rdata) => [rdataKey(type, rdata), rdata]));
  const found = new Set(held.map(({ rdata }) => rdataKey(type, rdata)));
  return {
    staying: held.filter(({ rdata }) => wanted.has(rdataKey(type, rdata))),
    going: held.filter(({ rdata }) => !wanted.has(rdataKey(type, rdata))),
    coming: [...wanted].filter(([key]) => !found.has(key)).map(([, rdata]) => rdata),
  };
}

function compose(owner: OwnerName, type: RRType, rdata: Rdata, wanted: RecordSettings, held: HeldRecord | undefined): SentRecord {
  const { ttl, proxied, comment, tags } = wanted;
  return {
    name: owner.slice(0, -1),
    type: printRRType(type),
    ttl,
    ...composeContent(type, rdata),
    ...(PROXIABLE_TYPES.has(type) ? { proxied } : {}),
    // Left out, what is there stays; an empty one takes it away. Where nothing changes nothing is said: not every plan takes tags.
    ...(comment === (held?.comment ?? '') ? {} : { comment }),
    ...(tags.join() === (held?.tags ?? []).join() ? {} : { tags }),
  };
}

function observeExpected(expected: readonly Expected[], answered: readonly PlacedRecord[]): ObservedRRset[] | undefined {
  const byRdata = new Map(answered.map((record) => [keyOf(record.owner, record.type, record.held.rdata), record.held]));
  const rrsets: ObservedRRset[] = [];
  for (const { owner, type, staying, changed } of expected) {
    const held = [...staying];
    for (const rdata of changed) {
      const record = byRdata.get(keyOf(owner, type, rdata));
      if (record === undefined) return undefined;
      held.push(record);
    }
    if (held.length > 0) rrsets.push(observeRRset(owner, type, held));
  }
  return rrsets;
}

function keyOf(owner: OwnerName, type: RRType, rdata: Rdata): string {
  return `${owner} ${type} ${rdataKey(type, rdata)}`;
}
