import type { Change, ResourceRecordSet } from '@aws-sdk/client-route-53';
import { type NameWrite, type ObservedRRset, type OwnerName, type RRsetWrite, sameProvided } from '@kubezone/core';

import { composeRecordSet, vendorForm } from './record-set.ts';

/** All changes of one name, to be sent in one batch. */
export interface NameChanges {
  readonly owner: OwnerName;
  readonly deletes: readonly Change[];
  readonly creates: readonly Change[];
  /** What stays as it is while something else changes. Deleted and created again in the same batch, it makes this fail where somebody else has changed it. */
  readonly conditions: readonly Condition[];
  /** What stands where the changes are, once they are made. */
  readonly observed: readonly ObservedRRset[];
  /** Every owner name that the changes concern, by which an error's text tells them. */
  readonly names: ReadonlySet<OwnerName>;
}

/** An RRset that has to be there. */
export interface Condition {
  readonly owner: OwnerName;
  readonly set: ResourceRecordSet;
}

/** The limits of one request (Developer Guide, "Quotas": ChangeResourceRecordSets). */
export interface BatchLimits {
  /** Elements `ResourceRecord`, an alias counting as one. */
  readonly records: number;
  /** Characters of all values. */
  readonly characters: number;
  /** Changes. */
  readonly changes: number;
  /** Changes in a batch of several names; a name with more of them has a batch of its own. @default `changes` */
  readonly batchChangeSize?: number;
}

export const VENDOR_LIMITS: BatchLimits = { records: 1000, characters: 32_000, changes: 1000 };

/**
 * The changes that make a name's write: a DELETE of exactly what it replaces, as Route 53 gave it, and a CREATE of what shall be there. Both fail where
 * something else is there. (UPSERT would not, and counts twice.) What stays as it is, is deleted and created too, where anything else changes: it is a condition.
 */
export function composeChanges({ owner, writes }: NameWrite): NameChanges {
  const deletes: Change[] = [];
  const creates: Change[] = [];
  const conditions: Condition[] = [];
  const observed: ObservedRRset[] = [];
  const names = new Set<OwnerName>();
  const changes = !writes.every(isUnchanged);
  for (const { before, after } of writes) {
    if (before !== undefined && isUnchanged({ before, after })) {
      observed.push(before);
      if (!changes) continue;
      names.add(before.owner);
      conditions.push({ owner: before.owner, set: vendorForm(before) });
      continue;
    }
    if (before !== undefined) {
      names.add(before.owner);
      deletes.push({ Action: 'DELETE', ResourceRecordSet: vendorForm(before) });
    }
    if (after !== undefined) {
      names.add(after.owner);
      const vendor = composeRecordSet(after);
      creates.push({ Action: 'CREATE', ResourceRecordSet: vendor });
      observed.push({ ...after, vendor });
    }
  }
  return { owner, deletes, creates, conditions, observed, names };
}

function isUnchanged({ before, after }: RRsetWrite): boolean {
  return before !== undefined && after !== undefined && sameProvided(before, after);
}

/** Deletes come first: Route 53 looks at one change after the other. */
export function changesOf(batch: readonly NameChanges[], withConditions = true): Change[] {
  const conditions = withConditions ? batch.flatMap((name) => name.conditions) : [];
  return [
    ...batch.flatMap(({ deletes }) => deletes),
    ...conditions.map(({ set }): Change => ({ Action: 'DELETE', ResourceRecordSet: set })),
    ...batch.flatMap(({ creates }) => creates),
    ...conditions.map(({ set }): Change => ({ Action: 'CREATE', ResourceRecordSet: set })),
  ];
}

/** How much of the limits some changes take. */
export function sizeOf(name: NameChanges): BatchLimits {
  const changes = changesOf([name]);
  let records = 0;
  let characters = 0;
  for (const { ResourceRecordSet: set } of changes) {
    const values = set?.ResourceRecords ?? [];
    records += Math.max(1, values.length);
    for (const { Value = '' } of values) characters += Value.length;
  }
  return { records, characters, changes: changes.length };
}

/**
 * Names put into batches, each as full as the limits allow, in order. A name's changes are never parted; one that Route 53 takes in no batch stands apart.
 */
export function packBatches(
  names: readonly NameChanges[],
  limits: BatchLimits,
): { readonly batches: readonly (readonly NameChanges[])[]; readonly tooLarge: readonly NameChanges[] } {
  const batches: NameChanges[][] = [];
  const tooLarge: NameChanges[] = [];
  let room: BatchLimits = { records: 0, characters: 0, changes: 0 };
  for (const name of names) {
    const size = sizeOf(name);
    if (!fits(size, limits)) {
      tooLarge.push(name);
      continue;
    }
    if (batches.length === 0 || !fits(size, room)) {
      batches.push([]);
      room = { ...limits, changes: Math.min(limits.changes, limits.batchChangeSize ?? limits.changes) };
    }
    batches.at(-1)?.push(name);
    room = {
      records: room.records - size.records,
      characters: room.characters - size.characters,
      changes: room.changes - size.changes,
    };
  }
  return { batches, tooLarge };
}

function fits(size: BatchLimits, room: BatchLimits): boolean {
  return size.records <= room.records && size.characters <= room.characters && size.changes <= room.changes;
}
