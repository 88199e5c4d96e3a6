import { type NameWrite, type OwnerName, printRRType, type RRsetWrite, sameProvided, TYPE } from '@kubezone/core';

import type { ChangeQuota } from './quota.ts';
import { composeRRset, googleForm, type RawRRset } from './raw-rrset.ts';

/** One name's part of a change. */
export interface NameRequest {
  readonly write: NameWrite;
  readonly additions: readonly RawRRset[];
  readonly deletions: readonly RawRRset[];
  /** Octets of rdata that count towards the project's limit. */
  readonly rdataOctets: number;
}

/** The body of `changes.create`: everything in it is done, or nothing. */
export interface ChangeBody {
  readonly additions: readonly RawRRset[];
  readonly deletions: readonly RawRRset[];
}

/**
 * What one name's write asks of Cloud DNS. RRsets that stay as they are, are deleted and added again where anything else changes: a deletion has to match, so
 * that they are a condition.
 *
 * @returns why it cannot be asked, for a person, where it cannot
 */
export function requestOf(write: NameWrite, quota: ChangeQuota): NameRequest | string {
  const additions: RawRRset[] = [];
  const deletions: RawRRset[] = [];
  const changes = !write.writes.every(isUnchanged);
  for (const { before, after } of write.writes) {
    if (before !== undefined && isUnchanged({ before, after })) {
      // What this provider does not write is no condition, for want of a form.
      const { deletion, untouchable } = googleForm(before);
      if (!changes || untouchable !== undefined) continue;
      deletions.push(deletion);
      additions.push(deletion);
      continue;
    }
    if (before !== undefined) {
      const { deletion, untouchable } = googleForm(before);
      if (untouchable !== undefined)
        return `${before.owner} ${deletion.type} is left alone: ${untouchable}, which this provider does not write. Remove it there to have it replaced`;
      deletions.push(deletion);
    }
    if (after !== undefined) {
      const most = after.type === TYPE.NS ? quota.nameServersPerDelegation : quota.recordsPerRRset;
      if (after.rdatas.length > most)
        return `${after.owner} ${printRRType(after.type)} has ${after.rdatas.length} records; the project allows ${most}`;
      additions.push(composeRRset(after));
    }
  }
  const rdataOctets = octetsOf(additions) + octetsOf(deletions);
  if (additions.length > quota.additions)
    return `its write adds ${additions.length} RRsets; the project allows ${quota.additions} in one change`;
  if (deletions.length > quota.deletions)
    return `its write replaces ${deletions.length} RRsets; the project allows ${quota.deletions} in one change`;
  if (rdataOctets > quota.rdataOctets)
    return `its write has ${rdataOctets} octets of data; the project allows ${quota.rdataOctets} in one change`;
  return { write, additions, deletions, rdataOctets };
}

/** Whether an RRset stays as it is: it is a condition of what else is written. */
export function isUnchanged({ before, after }: RRsetWrite): boolean {
  return before !== undefined && after !== undefined && sameProvided(before, after);
}

/**
 * Puts names together to as few changes as the project's limits allow, in order; a name's writes are never split.
 *
 * @param batchChangeSize how many RRsets a change of several names adds and deletes, both together
 */
export function packRequests(
  requests: readonly NameRequest[],
  quota: ChangeQuota,
  batchChangeSize: number = Infinity,
): (readonly NameRequest[])[] {
  const batches: NameRequest[][] = [];
  let additions = Infinity;
  let deletions = Infinity;
  let rdataOctets = Infinity;
  for (const request of requests) {
    additions += request.additions.length;
    deletions += request.deletions.length;
    rdataOctets += request.rdataOctets;
    if (
      additions > quota.additions ||
      deletions > quota.deletions ||
      rdataOctets > quota.rdataOctets ||
      additions + deletions > batchChangeSize
    ) {
      batches.push([]);
      additions = request.additions.length;
      deletions = request.deletions.length;
      ({ rdataOctets } = request);
    }
    batches.at(-1)?.push(request);
  }
  return batches;
}

/** The change that a batch of names is sent as. */
export function changeOf(batch: readonly NameRequest[]): ChangeBody {
  return { additions: batch.flatMap(({ additions }) => additions), deletions: batch.flatMap(({ deletions }) => deletions) };
}

/** Whose addition or deletion stands at an index of a batch's change. */
export function requestAt(
  batch: readonly NameRequest[],
  list: 'additions' | 'deletions',
  index: number,
): NameRequest | undefined {
  let start = 0;
  return batch.find((request) => {
    start += request[list].length;
    return index < start;
  });
}

/** Whose addition or deletion is of a name and type. */
export function requestWith(batch: readonly NameRequest[], name: OwnerName, type: string): NameRequest | undefined {
  const concerns = (rrset: RawRRset): boolean => rrset.name.toLowerCase() === name && rrset.type === type;
  return batch.find(({ additions, deletions }) => additions.some(concerns) || deletions.some(concerns));
}

function octetsOf(rrsets: readonly RawRRset[]): number {
  let octets = 0;
  for (const { rrdatas = [] } of rrsets) for (const text of rrdatas) octets += text.length;
  return octets;
}
