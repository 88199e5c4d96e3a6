import type { ApplyResult, NameWrite, ObservedRRset, ProviderError } from '@kubezone/core';

import { changeOf, isUnchanged, type NameRequest, packRequests, requestOf } from './change-batch.ts';
import type { CloudDnsClient } from './cloud-dns-client.ts';
import { isChangeTooLarge, judgeFailure } from './judge-failure.ts';
import type { ChangeQuota } from './quota.ts';
import { observeWritten } from './raw-rrset.ts';

export interface ChangeRunOptions {
  readonly client: Pick<CloudDnsClient, 'change'>;
  /** Of the zone's changes. */
  readonly path: string;
  readonly quota: ChangeQuota;
  /** How many RRsets a change of several names adds and deletes, both together. @default as many as the project allows */
  readonly batchChangeSize?: number | undefined;
  /** Checked before each change; what was not sent by then is `throttled`. */
  readonly signal: AbortSignal;
  /** Called where the project turns out to allow less than `quota` says. */
  onQuotaOutdated(): void;
}

/** When what was not even tried may be tried again, in milliseconds. */
const AGAIN_MS = 1000;

/**
 * Writes names of one zone, as few changes as there can be, one after the other.
 *
 * A change is done whole or not at all. Of one that is refused, the names that the vendor blames get their result, and the others are sent again without them; where
 * it blames none, or goes on blaming, the rest is cut in halves. So n names take at most 2n - 1 changes, and a handful where the vendor says what is wrong.
 *
 * @throws {ProviderError} where nothing can be written for a reason that concerns all, and nothing was
 */
export async function runChanges(writes: readonly NameWrite[], options: ChangeRunOptions): Promise<readonly ApplyResult[]> {
  return await new ChangeRun(options).run(writes);
}

interface Batch {
  readonly requests: readonly NameRequest[];
  /** How often it may yet be sent again whole but for those to blame, before it is cut. */
  readonly patience: number;
}

class ChangeRun {
  readonly #options: ChangeRunOptions;
  readonly #results: ApplyResult[] = [];
  /** Still to be sent, the next one last. */
  #waiting: Batch[] = [];

  constructor(options: ChangeRunOptions) {
    this.#options = options;
  }

  async run(writes: readonly NameWrite[]): Promise<readonly ApplyResult[]> {
    const { client, path, quota, batchChangeSize, signal } = this.#options;
    this.#waiting = packRequests(this.#requestsOf(writes), quota, batchChangeSize).map(patient).toReversed();
    for (let batch = this.#waiting.pop(); batch !== undefined; batch = this.#waiting.pop()) {
      const { requests } = batch;
      const outcome = await client.change(path, changeOf(requests), signal);
      switch (outcome.kind) {
        case 'done':
          for (const { write } of requests) this.#results.push(appliedResult(write));
          break;
        case 'unknown':
          for (const { write } of requests) this.#results.push({ kind: 'unknown', owner: write.owner, reason: outcome.reason });
          this.#stop([], AGAIN_MS);
          break;
        case 'throttled':
          this.#stop(requests, outcome.afterMs);
          break;
        case 'failed':
          this.#fail(requests, outcome.error);
          break;
        case 'rejected':
          if (isChangeTooLarge(outcome.failure)) this.#options.onQuotaOutdated();
          this.#divide(batch, judgeFailure(outcome.failure, requests));
          break;
      }
    }
    return this.#results;
  }

  #requestsOf(writes: readonly NameWrite[]): NameRequest[] {
    const requests: NameRequest[] = [];
    for (const write of writes) {
      const request = requestOf(write, this.#options.quota);
      if (typeof request === 'string') this.#results.push({ kind: 'refused', owner: write.owner, reason: request });
      else if (request.additions.length + request.deletions.length === 0) this.#results.push(appliedResult(write));
      else requests.push(request);
    }
    return requests;
  }

  /** Gives those to blame their result, and puts the others back. */
  #divide({ requests, patience }: Batch, verdicts: ReturnType<typeof judgeFailure>): void {
    for (const [{ write }, verdict] of verdicts) this.#results.push({ ...verdict, owner: write.owner });
    const rest = requests.filter((request) => !verdicts.has(request));
    if (rest.length === 0) return;
    if (verdicts.size > 0 && patience > 0) {
      this.#waiting.push({ requests: rest, patience: patience - 1 });
      return;
    }
    const middle = Math.ceil(rest.length / 2);
    for (const half of [rest.slice(middle), rest.slice(0, middle)]) if (half.length > 0) this.#waiting.push(patient(half));
  }

  /** Leaves these, and all that wait, for later. */
  #stop(requests: readonly NameRequest[], afterMs: number): void {
    const unsent = [...requests, ...this.#waiting.flatMap((batch) => batch.requests)];
    for (const { write } of unsent) this.#results.push({ kind: 'throttled', owner: write.owner, afterMs });
    this.#waiting = [];
  }

  #fail(requests: readonly NameRequest[], error: ProviderError): void {
    // What was written must be reported; the next call will find the same fault, and then it is told.
    if (this.#results.length === 0) throw error;
    this.#stop(requests, error.retryAfterMs ?? AGAIN_MS);
  }
}

function patient(requests: readonly NameRequest[]): Batch {
  return { requests, patience: Math.ceil(Math.log2(requests.length + 1)) };
}

function appliedResult({ owner, writes }: NameWrite): ApplyResult {
  const observed = writes.flatMap(({ before, after }): ObservedRRset[] => {
    // In the words that the vendor has shown, which a later deletion must repeat.
    if (before !== undefined && isUnchanged({ before, after })) return [before];
    return after === undefined ? [] : [observeWritten(after)];
  });
  return { kind: 'applied', owner, observed };
}
