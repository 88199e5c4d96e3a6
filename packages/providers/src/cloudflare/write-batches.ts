import type { ApplyResult, ProviderError } from '@kubezone/core';

import type { PlacedRecord } from './observe-records.ts';
import type { Batch, NameOperations } from './name-operations.ts';

/** What became of one batch. */
export type BatchOutcome =
  | { readonly kind: 'done'; readonly answered: readonly PlacedRecord[] | undefined }
  /** Nothing of it was written, because of at least one of its operations. */
  | { readonly kind: 'conflict' | 'refused'; readonly reason: string }
  | { readonly kind: 'throttled'; readonly afterMs: number }
  /** It was sent, and no answer came that tells what became of it. */
  | { readonly kind: 'unknown'; readonly reason: string }
  /** Nothing was written, and nothing would be that is sent now. */
  | { readonly kind: 'failed'; readonly error: ProviderError }
  /** It was not sent: whoever asked for it wants no more. */
  | { readonly kind: 'stopped' };

/** How much goes into one batch. */
export interface BatchSizes {
  /** What the zone's plan takes. */
  readonly maxBatch: number;
  /** What a batch of several names holds at most; a name with more of them has a batch of its own. @default `maxBatch` */
  readonly batchChangeSize?: number | undefined;
}

/** When to try again what was not sent because something else failed, in milliseconds. */
const AFTER_FAILURE_MS = 1000;

/**
 * Sends the operations of some names in as few batches as the vendor takes, one after the other, a name's never in two. A batch is written as a whole or not at all,
 * and the answer does not tell which of its operations is refused: so a refused batch is halved until every name has a result of its own, in at most
 * 2 log2(n) further requests for each name at fault.
 *
 * @throws {ProviderError} where nothing at all could be written, for a reason that concerns the zone
 */
export async function writeBatches(
  names: readonly NameOperations[],
  { maxBatch, batchChangeSize = maxBatch }: BatchSizes,
  send: (batch: Batch) => Promise<BatchOutcome>,
): Promise<ApplyResult[]> {
  const results: ApplyResult[] = [];
  const groups: NameOperations[][] = [];
  for (const name of names) {
    if (name.size === 0) results.push(done(name, []));
    else if (name.size > maxBatch) results.push(tooMany(name, maxBatch));
    else place(groups, name, Math.min(maxBatch, batchChangeSize));
  }
  for (let group = groups.shift(); group !== undefined; group = groups.shift()) {
    const outcome = await send(joined(group));
    switch (outcome.kind) {
      case 'done':
        for (const name of group) results.push(done(name, outcome.answered));
        continue;
      case 'conflict':
      case 'refused': {
        const [{ owner }] = group as [NameOperations];
        const half = group.length >> 1;
        if (half === 0) results.push({ kind: outcome.kind, owner, reason: outcome.reason });
        else groups.unshift(group.slice(0, half), group.slice(half));
        continue;
      }
      case 'unknown':
        for (const { owner } of group) results.push({ kind: 'unknown', owner, reason: outcome.reason });
        group = [];
        break;
      case 'failed':
        if (results.length === 0) throw outcome.error;
        break;
      case 'throttled':
      case 'stopped':
        break;
      default:
        return outcome satisfies never;
    }
    // Whatever stopped this one would stop the others.
    const afterMs = waitAfter(outcome);
    for (const { owner } of [...group, ...groups.flat()]) results.push({ kind: 'throttled', owner, afterMs });
    return results;
  }
  return results;
}

function waitAfter(outcome: BatchOutcome): number {
  switch (outcome.kind) {
    case 'throttled':
      return outcome.afterMs;
    case 'failed':
      return outcome.error.retryAfterMs ?? AFTER_FAILURE_MS;
    case 'stopped':
      return 0;
    default:
      return AFTER_FAILURE_MS;
  }
}

/** Into the last group where there is room: names stay in the order in which they came. */
function place(groups: NameOperations[][], name: NameOperations, maxBatch: number): void {
  const last = groups.at(-1);
  if (last !== undefined && last.reduce((size, one) => size + one.size, name.size) <= maxBatch) last.push(name);
  else groups.push([name]);
}

function joined(group: readonly NameOperations[]): Batch {
  return {
    deletes: group.flatMap(({ deletes }) => deletes),
    patches: group.flatMap(({ patches }) => patches),
    posts: group.flatMap(({ posts }) => posts),
  };
}

function done(name: NameOperations, answered: readonly PlacedRecord[] | undefined): ApplyResult {
  const { owner } = name;
  const observed = answered && name.observe(answered);
  if (observed !== undefined) return { kind: 'applied', owner, observed };
  return { kind: 'unknown', owner, reason: 'the write was accepted, but the answer does not show its records' };
}

function tooMany({ owner, size }: NameOperations, maxBatch: number): ApplyResult {
  const reason = `it takes ${size} changes of records, and the zone's plan takes ${maxBatch} at once`;
  return { kind: 'refused', owner, reason };
}
