import { type ApplyResult, type NameWrite, type ObservedRRset, providedKey } from '@kubezone/core';

import { changesOf, PHASES, phasesOf, progressOf, type Step } from './change-phases.ts';
import { observeWritten } from './endpoint-rrset.ts';
import type { LearnedForms } from './learned-forms.ts';
import type { ChangeOutcome, WebhookClient } from './webhook-client.ts';

export interface ApplyChangesOptions {
  readonly client: Pick<WebhookClient, 'change'>;
  readonly learned: LearnedForms;
  /** All that the webhook shows now, by `providedKey`. */
  read(): Promise<ReadonlyMap<string, ObservedRRset>>;
  readonly signal: AbortSignal;
}

/** One name on its way. */
interface Journey {
  readonly write: NameWrite;
  readonly phases: readonly (readonly Step[])[];
  /** Whether something of it has been written. */
  begun: boolean;
}

/** So many single names may fail, and none succeed, until the webhook itself is taken to be at fault. */
const FAILURES = 3;
/** When what was left for later may be tried again, in milliseconds. */
const AGAIN_MS = 1000;
/** The same, where the webhook fails at everything. */
const FAILING_MS = 30_000;

/**
 * Writes names through a webhook.
 *
 * The protocol says of many changes only that all went well, or that something did not. In the latter case all records are read: a name that has what it wanted is
 * done, one that has what it had is tried again apart from others, by halves, until the one that is refused stands alone. One that has neither is `unknown`.
 *
 * @throws {ProviderError} where nothing can be written for a reason that concerns all, and nothing was
 */
export async function applyChanges(writes: readonly NameWrite[], options: ApplyChangesOptions): Promise<readonly ApplyResult[]> {
  return await new ApplyRun(options).run(writes);
}

class ApplyRun {
  readonly #options: ApplyChangesOptions;
  readonly #results: ApplyResult[] = [];
  /** Something was written. */
  #succeeded = false;
  /** Single names that failed. */
  #failures = 0;
  /** Why nothing more is sent. */
  #stopped: { readonly afterMs: number } | undefined;

  constructor(options: ApplyChangesOptions) {
    this.#options = options;
  }

  async run(writes: readonly NameWrite[]): Promise<readonly ApplyResult[]> {
    const journeys: Journey[] = [];
    for (const write of writes) {
      const phases = phasesOf(write, this.#options.learned);
      if (typeof phases === 'string') this.#results.push({ kind: 'refused', owner: write.owner, reason: phases });
      else journeys.push({ write, phases, begun: false });
    }
    await this.#proceed(journeys, 0);
    return this.#results;
  }

  /** Takes names through the phases from one of them on. */
  async #proceed(journeys: readonly Journey[], from: number): Promise<void> {
    for (let phase = from; phase < PHASES; phase++) {
      const steps = journeys.flatMap(({ phases }) => phases[phase] ?? []);
      if (steps.length === 0) continue;
      if (this.#stopped !== undefined) {
        this.#leave(journeys, this.#stopped.afterMs);
        return;
      }
      const outcome = await this.#options.client.change(changesOf(steps), this.#options.signal);
      if (outcome.kind === 'done') {
        this.#succeeded = true;
        for (const journey of journeys) if ((journey.phases[phase]?.length ?? 0) > 0) journey.begun = true;
        continue;
      }
      await this.#recover(journeys, phase, outcome);
      return;
    }
    for (const { write, phases } of journeys) this.#finish(write, phases.flat());
  }

  async #recover(journeys: readonly Journey[], phase: number, outcome: Exclude<ChangeOutcome, { kind: 'done' }>): Promise<void> {
    switch (outcome.kind) {
      case 'throttled':
        this.#leave(journeys, (this.#stopped = { afterMs: outcome.afterMs }).afterMs);
        return;
      case 'failed':
        if (!this.#succeeded && this.#results.every(({ kind }) => kind === 'refused')) throw outcome.error;
        this.#leave(journeys, (this.#stopped = { afterMs: outcome.error.retryAfterMs ?? AGAIN_MS }).afterMs);
        return;
      case 'unknown':
        this.#unknown(journeys, outcome.reason);
        this.#stopped = { afterMs: AGAIN_MS };
        return;
      case 'too-large':
        await this.#divide(journeys, phase, 'the webhook takes no request of this size');
        return;
      case 'rejected':
        await this.#judge(journeys, phase, outcome.reason, outcome.retryAfterMs);
        return;
      default:
        outcome satisfies never;
    }
  }

  /** Finds out what became of changes of which some were refused, and goes on with each name from where it stands. */
  async #judge(journeys: readonly Journey[], phase: number, reason: string, retryAfterMs: number | undefined): Promise<void> {
    const found = await this.#options.read().catch(() => undefined);
    if (found === undefined) {
      this.#unknown(journeys, `${reason}, and the records cannot be read`);
      this.#stopped = { afterMs: retryAfterMs ?? AGAIN_MS };
      return;
    }
    const states = Map.groupBy(journeys, ({ phases }) => progressOf(phases[phase] ?? [], keyOf, found));
    const done = states.get('done') ?? [];
    const [moved, still] = partition(done, ({ phases }) => (phases[phase]?.length ?? 0) > 0);
    for (const journey of moved) journey.begun = true;
    if (moved.length > 0) this.#succeeded = true;
    this.#unknown(states.get('mixed') ?? [], `${reason}, and its records are neither what they were nor what they shall be`);
    if (retryAfterMs !== undefined) {
      this.#stopped = { afterMs: retryAfterMs };
      this.#leave([...(states.get('untouched') ?? []), ...done], retryAfterMs);
      return;
    }
    await this.#proceed([...moved, ...still], phase + 1);
    await this.#divide(states.get('untouched') ?? [], phase, reason);
  }

  /** Tries names again in halves; of one alone it is known now that it is refused. */
  async #divide(journeys: readonly Journey[], phase: number, reason: string): Promise<void> {
    const [first] = journeys;
    if (first === undefined) return;
    if (journeys.length > 1) {
      const middle = Math.ceil(journeys.length / 2);
      await this.#proceed(journeys.slice(0, middle), phase);
      await this.#proceed(journeys.slice(middle), phase);
      return;
    }
    if (first.begun) this.#unknown(journeys, reason);
    else this.#results.push({ kind: 'refused', owner: first.write.owner, reason });
    this.#failures++;
    if (this.#failures >= FAILURES && !this.#succeeded) this.#stopped = { afterMs: FAILING_MS };
  }

  #finish(write: NameWrite, steps: readonly Step[]): void {
    const { learned } = this.#options;
    const observed: ObservedRRset[] = [];
    for (const {
      write: { before, after },
      wanted,
    } of steps) {
      if (after === undefined || wanted === undefined) {
        if (before !== undefined) learned.removed(before);
        continue;
      }
      learned.wrote(learned.sent(after));
      observed.push(observeWritten(after, wanted));
    }
    // What needed no write stands as it was read.
    for (const { before, after } of write.writes)
      if (before !== undefined && after !== undefined && !steps.some((step) => step.write.before === before))
        observed.push(before);
    this.#results.push({ kind: 'applied', owner: write.owner, observed });
  }

  /** Of what has begun, nobody should think that nothing was written. */
  #leave(journeys: readonly Journey[], afterMs: number): void {
    for (const { write, begun, phases } of journeys) {
      if (phases.every((steps) => steps.length === 0)) this.#finish(write, []);
      else if (begun) this.#results.push({ kind: 'unknown', owner: write.owner, reason: 'only a part of it was sent' });
      else this.#results.push({ kind: 'throttled', owner: write.owner, afterMs });
    }
  }

  #unknown(journeys: readonly Journey[], reason: string): void {
    for (const { write } of journeys) this.#results.push({ kind: 'unknown', owner: write.owner, reason });
  }
}

function keyOf({ write: { before, after } }: Step): string {
  const rrset = before ?? after;
  return rrset === undefined ? '' : providedKey(rrset);
}

function partition<T>(all: readonly T[], isFirst: (one: T) => boolean): readonly [readonly T[], readonly T[]] {
  return [all.filter(isFirst), all.filter((one) => !isFirst(one))];
}
