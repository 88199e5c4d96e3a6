import { TYPE } from '@kubezone/core';

import type { ApiFailure, ApiFault } from './api-failure.ts';
import { type NameRequest, requestAt, requestWith } from './change-batch.ts';

/** What one name's part in a change that was refused as a whole is to blame for. */
export interface Verdict {
  readonly kind: 'conflict' | 'refused';
  /** In the vendor's words. */
  readonly reason: string;
}

/**
 * Which names of a batch are to blame that it was refused.
 *
 * @returns none, where the vendor does not say and there are several: then the batch must be cut
 */
export function judgeFailure(failure: ApiFailure, batch: readonly NameRequest[]): ReadonlyMap<NameRequest, Verdict> {
  const verdicts = new Map<NameRequest, Verdict>();
  for (const fault of failure.faults) {
    const request = placed(fault, batch);
    // A name that is refused is not read again in vain for a conflict that it has as well.
    if (request !== undefined && verdicts.get(request)?.kind !== 'refused') verdicts.set(request, verdictOf(fault, request));
  }
  if (verdicts.size > 0) return verdicts;
  const growing = failure.faults.some(isZoneFull) ? batch.filter((one) => one.additions.length > one.deletions.length) : [];
  for (const request of growing) verdicts.set(request, { kind: 'refused', reason: failure.message });
  const [only] = batch;
  if (verdicts.size === 0 && batch.length === 1 && only !== undefined) {
    const isConflict = failure.status === 409 || failure.status === 412;
    verdicts.set(only, { kind: isConflict ? 'conflict' : 'refused', reason: failure.message });
  }
  return verdicts;
}

/** Whether a refusal is about how much stands in one change: then the project's limits are not what they were. */
export function isChangeTooLarge({ status, faults }: ApiFailure): boolean {
  return status === 413 || faults.some(({ reason, message }) => reason === 'quotaExceeded' && message.includes('per change'));
}

function isZoneFull({ reason, message }: ApiFault): boolean {
  return reason === 'quotaExceeded' && !message.includes('per change');
}

function placed({ place }: ApiFault, batch: readonly NameRequest[]): NameRequest | undefined {
  if (place === undefined) return undefined;
  return place.kind === 'index' ? requestAt(batch, place.list, place.index) : requestWith(batch, place.owner, place.type);
}

function verdictOf({ reason, message }: ApiFault, request: NameRequest): Verdict {
  switch (reason) {
    // It is there already; it is not there any more; it is there, and is something else.
    case 'alreadyExists':
    case 'notFound':
    case 'conditionNotMet':
      return { kind: 'conflict', reason: message };
    // Where the write itself is in order, somebody else has put there what it cannot stand beside.
    case 'cnameResourceRecordSetConflict':
      return { kind: clashesWithItself(request) ? 'refused' : 'conflict', reason: message };
    default:
      return { kind: 'refused', reason: message || reason };
  }
}

/** Whether a write would leave a CNAME beside other data even at a name that holds nothing else (RFC 1034, section 3.6.2). */
function clashesWithItself({ write }: NameRequest): boolean {
  const after = write.writes.flatMap((one) => (one.after === undefined ? [] : [one.after]));
  return after.some(({ owner, type }) => type === TYPE.CNAME && after.some((one) => one.owner === owner && one.type !== type));
}
