/** The vendor's records, one per RR, as RRsets. */
import {
  canonicalRdata,
  isFailure,
  type Logger,
  type ObservedRRset,
  type OwnerName,
  type Rdata,
  rdataKey,
  type RRType,
  scanRRType,
  scanUnicodeName,
} from '@kubezone/core';

import { type RecordContent, scanContent } from './record-content.ts';
import { composeProperties, differences, type RecordSettings, sortedTags } from './record-settings.ts';

/** A record as the API shows it: what is asked of it here. */
export interface ApiRecord extends RecordContent {
  readonly id: string;
  readonly type: string;
  readonly name: string;
  readonly ttl: number;
  readonly proxied?: boolean;
  readonly comment?: string | null;
  readonly tags?: readonly string[];
  readonly created_on?: string;
  readonly modified_on?: string;
}

/** One record of an RRset: the vendor's own form of `ObservedRRset`. */
export interface HeldRecord extends RecordSettings {
  readonly id: string;
  readonly rdata: Rdata;
  /** In milliseconds since the Unix epoch; NaN where the vendor does not tell. It stays over edits, as the id does. */
  readonly createdAt: number;
}

/** A record, and the RRset to which it belongs. */
export interface PlacedRecord {
  readonly owner: OwnerName;
  readonly type: RRType;
  readonly held: HeldRecord;
}

const NO_TAGS: readonly string[] = [];

/**
 * A record as it is held. What is not well formed is held all the same, as the octets of its text: it exists, and must not be taken for nothing.
 *
 * @returns undefined for a name or type that DNS does not know; it is logged
 */
export function placeRecord(record: ApiRecord, logger: Logger): PlacedRecord | undefined {
  const owner = scanUnicodeName(record.name);
  const type = scanRRType(record.type);
  if (isFailure(owner) || type === undefined) {
    logger.warn('a record of the provider is left out: its name or type is unknown', { name: record.name, type: record.type });
    return undefined;
  }
  const { id, ttl, proxied = false, comment, tags, created_on: createdOn = '' } = record;
  const scanned = scanContent(type, record);
  const rdata = isFailure(scanned) ? new TextEncoder().encode(record.content ?? JSON.stringify(record.data ?? null)) : scanned;
  const settings = { ttl, proxied, comment: comment ?? '', tags: tags?.length ? sortedTags(tags) : NO_TAGS };
  const createdAt = Date.parse(createdOn);
  return { owner, type, held: { id, rdata: canonicalRdata(type, rdata), createdAt, ...settings } };
}

/** Records as RRsets, in no order of names. */
export function observeRecords(placed: Iterable<PlacedRecord>): ObservedRRset[] {
  const sets = Map.groupBy(placed, ({ owner, type }) => `${owner} ${type}`);
  return Array.from(sets.values(), (records) => {
    const [{ owner, type }] = records as [PlacedRecord];
    return observeRRset(
      owner,
      type,
      records.map(({ held }) => held),
    );
  });
}

/** @param records at least one */
export function observeRRset(owner: OwnerName, type: RRType, records: readonly HeldRecord[]): ObservedRRset {
  const held = records.length === 1 ? records : records.toSorted(byAge);
  const [first] = held as readonly [HeldRecord];
  const mixed = new Set<string>();
  for (const record of held) for (const name of differences(first, record)) mixed.add(name);
  const properties = composeProperties(first, [...mixed].sort());
  const distinct = inCanonicalOrder(type, held);
  const createdAt = distinct.map((record) => record.createdAt);
  return {
    owner,
    type,
    ttl: Math.min(...held.map(({ ttl }) => ttl)),
    rdatas: distinct.map(({ rdata }) => rdata),
    ...(properties && { properties }),
    ...(createdAt.some(Number.isNaN) ? {} : { createdAt }),
    vendor: held,
  };
}

/** Each rdata once, by the oldest record that has it: the vendor tells `text` and `"text"` apart, DNS does not. */
function inCanonicalOrder(type: RRType, held: readonly HeldRecord[]): readonly HeldRecord[] {
  if (held.length === 1) return held;
  const keyed = new Map<string, HeldRecord>();
  for (const record of held) {
    const key = rdataKey(type, record.rdata);
    if (!keyed.has(key)) keyed.set(key, record);
  }
  return [...keyed].toSorted(([one], [other]) => (one < other ? -1 : 1)).map(([, record]) => record);
}

function byAge(one: HeldRecord, other: HeldRecord): number {
  return one.createdAt - other.createdAt || (one.id < other.id ? -1 : 1);
}
