import type { ApplyResult } from '@kubezone/core';

import { type BatchLimits, changesOf, type NameChanges, packBatches } from './change-batch.ts';
import { type BatchFault, isGone, readBatchFaults, setIn } from './change-batch-error.ts';
import type { RequestFailure } from './failure.ts';
import { toProviderError } from './provider-error.ts';

/** Sends one batch; resolves with why it was not done, if it was not. Rejects where nothing was sent because the caller has given up. */
export type SendBatch = (changes: ReturnType<typeof changesOf>) => Promise<RequestFailure | undefined>;

/** So many refusals of permission in a row, with nothing written, are the credentials' and no single name's. */
const MAX_DENIALS = 8;

/** When names may be sent again that were kept back because others went wrong. */
const AGAIN_MS = 1000;

/**
 * Whether an RRset that stays as it is can be deleted and created again in one batch. By AWS's documentation it can ("Change Batches and Transactional Changes"); imitations of
 * Route 53 that look at a batch's changes one beside the other (moto 5) say that it exists.
 */
export interface Recreation {
  possible: boolean;
}

/** The results of one call so far. */
interface Progress {
  readonly results: ApplyResult[];
  readonly recreation: Recreation;
  denials: number;
}

/**
 * Writes names in as few batches as the limits allow, one after the other. Where Route 53 refuses a batch, which it does as a whole, those that it names
 * get their result and the others are sent again; where it names nobody, each half is sent by itself.
 *
 * @param recreation set to impossible where that turns out; from then on, what stays as it is is left out
 * @throws ProviderError where nothing at all has been written, and nothing can be
 */
export async function applyBatches(
  names: readonly NameChanges[],
  limits: BatchLimits,
  send: SendBatch,
  recreation: Recreation = { possible: true },
): Promise<readonly ApplyResult[]> {
  const progress: Progress = { results: [], recreation, denials: 0 };
  const { batches, tooLarge } = packBatches(names, limits);
  for (const { owner } of tooLarge) {
    const reason = `its changes are more than Route 53 takes in one request: ${limits.changes} changes, ${limits.records} values, ${limits.characters} characters`;
    progress.results.push({ kind: 'refused', owner, reason });
  }
  const waiting = [...batches];
  for (let batch = waiting.shift(); batch !== undefined; batch = waiting.shift()) {
    const rest = await sendOne(batch, progress, send, waiting);
    waiting.unshift(...rest);
  }
  return progress.results;
}

/** Sends one batch and notes what became of its names; returns the parts that are to be sent again. */
async function sendOne(
  batch: readonly NameChanges[],
  progress: Progress,
  send: SendBatch,
  waiting: (readonly NameChanges[])[],
): Promise<readonly (readonly NameChanges[])[]> {
  const { results, recreation } = progress;
  const recreates = recreation.possible;
  const changes = changesOf(batch, recreates);
  const failure = changes.length === 0 ? undefined : await sendOrKeepBack(changes, send, results);
  if (failure === undefined) {
    progress.denials = 0;
    for (const { owner, observed } of batch) results.push({ kind: 'applied', owner, observed });
    return [];
  }
  switch (failure.kind) {
    case 'refused': {
      const faults = readBatchFaults(failure.texts);
      // Asked of this batch as it was sent: another zone's may have found it out meanwhile.
      if (!recreates || !isRecreationRefused(batch, faults)) return partRefused(batch, faults, results);
      recreation.possible = false;
      return [batch];
    }
    case 'denied':
      return partDenied(batch, failure, progress);
    case 'unknown':
      for (const { owner } of batch) results.push({ kind: 'unknown', owner, reason: failure.error.message });
      keepBack(waiting.splice(0), AGAIN_MS, results);
      return [];
    case 'unsent':
    case 'failed':
      if (results.every(({ kind }) => kind !== 'applied' && kind !== 'unknown')) throw failure.error;
      keepBack([batch, ...waiting.splice(0)], AGAIN_MS, results);
      return [];
    case 'throttled':
      keepBack([batch, ...waiting.splice(0)], failure.afterMs, results);
      return [];
    default:
      return failure satisfies never;
  }
}

/** A caller who gives up before the first batch gets an error; later, what has been done must still be told. */
async function sendOrKeepBack(
  changes: ReturnType<typeof changesOf>,
  send: SendBatch,
  results: readonly ApplyResult[],
): Promise<RequestFailure | undefined> {
  try {
    return await send(changes);
  } catch (error) {
    if (results.length === 0) throw error;
    return { kind: 'throttled', afterMs: 0 };
  }
}

function keepBack(batches: readonly (readonly NameChanges[])[], afterMs: number, results: ApplyResult[]): void {
  for (const { owner } of batches.flat()) results.push({ kind: 'throttled', owner, afterMs });
}

/** Whether something is wrong with what was to stay as it is, though it is there as it was read. */
function isRecreationRefused(batch: readonly NameChanges[], faults: readonly BatchFault[]): boolean {
  const kept = new Set(batch.flatMap(({ conditions }) => conditions.map(({ owner, set }) => `${set.Type} ${owner}`)));
  const gone = new Set(faults.filter(isGone).map(setIn));
  return faults.some((fault) => {
    const set = setIn(fault);
    return set !== undefined && kept.has(set) && !gone.has(set);
  });
}

function partRefused(
  batch: readonly NameChanges[],
  faults: readonly BatchFault[],
  results: ApplyResult[],
): readonly (readonly NameChanges[])[] {
  const [only] = batch;
  if (only !== undefined && batch.length === 1) {
    results.push(resultOf(only, faults));
    return [];
  }
  const innocent: NameChanges[] = [];
  for (const name of batch) {
    const own = faults.filter(({ owner }) => owner !== undefined && name.names.has(owner));
    if (own.length === 0) innocent.push(name);
    else results.push(resultOf(name, own));
  }
  if (innocent.length === 0) return [];
  return innocent.length < batch.length ? [innocent] : halves(batch);
}

function partDenied(
  batch: readonly NameChanges[],
  failure: RequestFailure & { readonly kind: 'denied' },
  progress: Progress,
): readonly (readonly NameChanges[])[] {
  const { results } = progress;
  progress.denials++;
  const nothingDone = results.every(({ kind }) => kind !== 'applied' && kind !== 'unknown');
  if (nothingDone && progress.denials >= MAX_DENIALS) throw toProviderError(failure, 'change the zone');
  const [only] = batch;
  if (only === undefined || batch.length > 1) return halves(batch);
  // Policies can allow some names and not others (IAM condition route53:ChangeResourceRecordSetsNormalizedRecordNames).
  results.push({ kind: 'refused', owner: only.owner, reason: failure.text });
  return [];
}

function halves(batch: readonly NameChanges[]): readonly (readonly NameChanges[])[] {
  const middle = Math.ceil(batch.length / 2);
  return [batch.slice(0, middle), batch.slice(middle)];
}

/** Data that Route 53 would refuse again count more than a name that has changed meanwhile. */
function resultOf({ owner }: NameChanges, faults: readonly BatchFault[]): ApplyResult {
  const kind = faults.every((fault) => fault.kind === 'conflict') && faults.length > 0 ? 'conflict' : 'refused';
  return { kind, owner, reason: faults.map(({ text }) => text).join('; ') };
}
