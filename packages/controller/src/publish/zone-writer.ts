import {
  afterRefusal,
  type ApplyResult,
  type Clock,
  isAtOrBelow,
  type Logger,
  type NamePlan,
  type NameWrite,
  type ObservedZone,
  type OwnerName,
  type Provider,
  ProviderError,
  type ProviderErrorCode,
  type ProviderZone,
} from '@kubezone/core';

import { backoffMs } from '../cluster/kubernetes/backoff.ts';
import { messageOf } from '../cluster/message-of.ts';
import { type ClaimOutcome, judgeClaim } from './first-claim.ts';
import type { NameQueue } from './name-queue.ts';
import { hidesNames, ownersOf, placesOf, takeOver } from './observed-writes.ts';
import type { PublishCode } from './publish-code.ts';
import type { Counting } from './publish-counters.ts';
import type { ZoneListing } from './zone-listing.ts';
import { deletesIn, type Planned, type ZonePlanner } from './zone-planner.ts';

/** A name that is being written. */
export interface WriteItem extends Planned {
  /** Since when it has waited, on the monotonic clock. */
  readonly since: number;
}

/** That a zone is to be left alone for a while. */
export interface Pause {
  readonly code: PublishCode | ProviderErrorCode;
  readonly message: string;
  /** At least so long, in milliseconds. */
  readonly afterMs: number;
}

export interface ZoneWriterOptions {
  readonly provider: Provider;
  readonly zone: ProviderZone;
  readonly planner: ZonePlanner;
  readonly queue: NameQueue;
  readonly counting: Counting;
  /** Whether this process may write at this moment. */
  readonly mayWrite: () => boolean;
  readonly signal: AbortSignal;
  /** The listing that runs at present. */
  readonly listing: () => ZoneListing | undefined;
  /** Keeps what the limit of deletes knows for the next process; called before deletes are sent. Deletes wait where it fails. */
  readonly saveHistory: () => Promise<void>;
  /** A name's write is acknowledged. */
  readonly onApplied: (plan: NamePlan) => void;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly random: () => number;
}

/** A name that has to be read before anything else. */
interface Unread {
  readonly item: WriteItem;
  /** Whether its write is known to have happened. */
  readonly acknowledged: boolean;
  /** Whether it was claimed by that write, where others may have done the same. */
  readonly claimed: boolean;
}

/** How often a name may be in conflict before it waits. */
const CONFLICTS_AT_ONCE = 3;
/** How long the other of two claims has to withdraw, in milliseconds. */
const CONTEST_WAIT_MS = 5_000;
const ALONE: ClaimOutcome = { kind: 'alone' };
/** How long deletes wait where their history cannot be kept, in milliseconds. */
const UNSAVED_WAIT_MS = 5_000;

/** Brings the writes of one zone to its provider, one call at a time, and takes in what comes of them. */
export class ZoneWriter {
  readonly #options: ZoneWriterOptions;
  readonly #unread = new Map<OwnerName, Unread>();
  /** How often names have failed in a row. */
  readonly #tries = new Map<OwnerName, number>();

  constructor(options: ZoneWriterOptions) {
    this.#options = options;
  }

  /** How many names have to be read first. */
  get unread(): number {
    return this.#unread.size;
  }

  triesOf(owner: OwnerName): number {
    return this.#tries.get(owner) ?? 0;
  }

  /** Whether nothing is known of a name since its last write. */
  isUnread(owner: OwnerName): boolean {
    return this.#unread.has(owner);
  }

  /** Reads the names of which it is not known what became of their writes. Rejects as the provider does. */
  async recover(): Promise<void> {
    if (this.#unread.size === 0) return;
    const { queue, clock, random, logger, zone, provider } = this.#options;
    const unread = [...this.#unread];
    await this.#read(unread.map(([, { item }]) => item));
    for (const [owner, { item, acknowledged, claimed }] of unread) {
      const claim = claimed ? judgeClaim(item.plan, this.#observed()) : ALONE;
      if (claim.kind === 'withdraw') {
        logger.warn('another writer has claimed a name at the same moment: ours is withdrawn', {
          provider: provider.name,
          zone: zone.apex,
          owner,
        });
        await this.#withdraw(item, claim.write);
        continue;
      }
      this.#unread.delete(owner);
      const waitMs = conflictWaitMs(this.triesOf(owner), random());
      if (acknowledged) this.#finish(item);
      // By then the other has withdrawn, or it is known whose the name is.
      if (claim.kind === 'first') queue.putLater(owner, clock.monotonic() + CONTEST_WAIT_MS);
      else if (acknowledged) continue;
      else if (waitMs > 0) queue.putLater(owner, clock.monotonic() + waitMs);
      else queue.put(owner, item.since);
    }
  }

  /**
   * Writes some names, which one call may hold. What cannot be written now is in the queue again, or waits to be read.
   *
   * @returns why the zone is to be left alone for a while; undefined where it need not
   */
  async send(items: readonly WriteItem[]): Promise<Pause | undefined> {
    const { provider, queue, signal } = this.#options;
    let ready: readonly WriteItem[];
    try {
      ready = provider.traits.conditionalWrites ? this.#renew(items) : await this.#renewByReading(items);
    } catch (error) {
      for (const { plan, since } of items) queue.put(plan.owner, since);
      signal.throwIfAborted();
      return this.#pauseOf(error);
    }
    const writing = await this.#saved(ready.filter(({ plan, dryRun }) => plan.write !== undefined && !dryRun));
    return this.#write(writing);
  }

  async #write(items: readonly WriteItem[]): Promise<Pause | undefined> {
    const { provider, zone, counting, queue, signal, mayWrite } = this.#options;
    const writes = items.flatMap(({ plan }) => plan.write ?? []);
    if (writes.length === 0) return undefined;
    this.#options.listing()?.touch(writes.flatMap(ownersOf));
    counting.calls.apply++;
    let results: readonly ApplyResult[];
    // The last thing before the call: whoever is not the leader any more writes nothing.
    if (!mayWrite()) {
      for (const { plan, since } of items) queue.put(plan.owner, since);
      return undefined;
    }
    try {
      results = await provider.apply(zone, writes, signal);
    } catch (error) {
      for (const item of items) this.#putUnread(item, false);
      signal.throwIfAborted();
      return this.#pauseOf(error);
    }
    return this.#takeIn(items, results);
  }

  async #takeIn(items: readonly WriteItem[], results: readonly ApplyResult[]): Promise<Pause | undefined> {
    const { provider, queue, counting, signal } = this.#options;
    const resultOf = new Map(results.map((result) => [result.owner, result]));
    const refused: WriteItem[] = [];
    let pause: Pause | undefined;
    for (const item of items) {
      const { owner, write, firstClaim } = item.plan;
      const result = resultOf.get(owner) ?? { kind: 'unknown', owner, reason: 'the provider says nothing of the name' };
      switch (result.kind) {
        case 'applied':
          if (write !== undefined) takeOver(this.#observed(), write, result);
          if (firstClaim && !provider.traits.conditionalWrites)
            this.#unread.set(owner, { item, acknowledged: true, claimed: true });
          else this.#finish(item);
          break;
        case 'conflict':
          counting.failed.conflict++;
          this.#putUnread(item, false);
          break;
        case 'refused':
          counting.failed.refused++;
          refused.push(item);
          break;
        case 'throttled':
          counting.throttled++;
          queue.put(owner, item.since);
          pause = { code: 'PROVIDER_THROTTLED', message: 'the provider wants to be asked less often', afterMs: result.afterMs };
          break;
        case 'unknown':
          counting.failed.unknown++;
          this.#putUnread(item, false);
          pause ??= { code: 'WRITE_OUTCOME_UNKNOWN', message: result.reason, afterMs: 0 };
          break;
        default:
          result satisfies never;
      }
    }
    signal.throwIfAborted();
    return (await this.#handleRefusals(items, refused, resultOf)) ?? pause;
  }

  async #handleRefusals(
    items: readonly WriteItem[],
    refused: readonly WriteItem[],
    resultOf: ReadonlyMap<OwnerName, ApplyResult>,
  ): Promise<Pause | undefined> {
    if (refused.length === 0) return undefined;
    const { planner, queue, logger, zone, provider } = this.#options;
    const { culprits, retry } = afterRefusal(items, refused);
    for (const { plan, since } of culprits) {
      const result = resultOf.get(plan.owner);
      const reason = result?.kind === 'refused' ? result.reason : '';
      planner.quarantine.refused(plan, reason);
      logger.warn('the provider refuses a name', { provider: provider.name, zone: zone.apex, owner: plan.owner, reason });
      queue.put(plan.owner, since);
    }
    for (const [at, half] of retry.entries()) {
      const pause = await this.send(half);
      if (pause === undefined) continue;
      for (const { plan, since } of retry.slice(at + 1).flat()) queue.put(plan.owner, since);
      return pause;
    }
    return undefined;
  }

  /** A write that is acknowledged, and stands alone. */
  #finish({ plan, since }: WriteItem): void {
    const { planner, queue, counting, clock, onApplied } = this.#options;
    const now = clock.monotonic();
    this.#tries.delete(plan.owner);
    for (const { action, before, after } of plan.changes) counting.applied[action] += Math.max(before.length, after.length);
    counting.addLag(now - since);
    if (planner.applied(plan)) queue.put(plan.owner, now);
    if (plan.write !== undefined && hidesNames(plan.write)) this.#putBelow(plan.owner, now);
    onApplied(plan);
  }

  /** What is below a cut or a DNAME that comes or goes may be hidden now, or not any more. */
  #putBelow(owner: OwnerName, now: number): void {
    const { planner, queue } = this.#options;
    for (const name of planner.names()) if (name !== owner && isAtOrBelow(name, owner)) queue.put(name, now);
  }

  #putUnread(item: WriteItem, acknowledged: boolean): void {
    const { provider } = this.#options;
    const { owner, firstClaim } = item.plan;
    this.#tries.set(owner, this.triesOf(owner) + 1);
    this.#unread.set(owner, { item, acknowledged, claimed: firstClaim && !provider.traits.conditionalWrites });
  }

  async #withdraw({ plan: { owner } }: WriteItem, write: NameWrite): Promise<void> {
    const { provider, zone, queue, clock, random, mayWrite, signal, counting } = this.#options;
    if (!mayWrite()) return;
    counting.calls.apply++;
    this.#options.listing()?.touch(ownersOf(write));
    const [result] = await provider.apply(zone, [write], signal);
    // Otherwise it is read, and withdrawn, again.
    if (result?.kind !== 'applied') return;
    takeOver(this.#observed(), write, result);
    this.#unread.delete(owner);
    const tries = this.triesOf(owner) + 1;
    this.#tries.set(owner, tries);
    queue.take(owner);
    queue.putLater(owner, clock.monotonic() + 1_000 * 2 ** Math.min(tries, 6) * (0.5 + random()));
  }

  /** Plans again what has changed since it was planned. */
  #renew(items: readonly WriteItem[]): WriteItem[] {
    const { queue } = this.#options;
    return items.flatMap((item) => (queue.has(item.plan.owner) ? this.#replan([item]) : [item]));
  }

  /** Plans everything again from what the provider shows just now, where a write has no condition. */
  async #renewByReading(items: readonly WriteItem[]): Promise<WriteItem[]> {
    await this.#read(items);
    return this.#replan(items);
  }

  #replan(items: readonly WriteItem[]): WriteItem[] {
    const { planner, queue } = this.#options;
    const planned = items.flatMap(({ plan: { owner }, since }) => {
      queue.take(owner);
      const again = planner.plan(owner);
      return again === undefined ? [] : [{ ...again, since }];
    });
    return planner.admit(planned).map((one, at) => ({ ...one, since: planned[at]?.since ?? 0 }));
  }

  async #read(items: readonly WriteItem[]): Promise<void> {
    const { provider, zone, signal, counting } = this.#options;
    const observed = this.#observed();
    const places = [...new Set(items.flatMap(({ plan }) => placesOf(plan.owner, observed, plan)))];
    this.#options.listing()?.touch(places);
    counting.calls.read++;
    const found = await provider.read(zone, places, signal);
    signal.throwIfAborted();
    observed.replace(places, found);
    this.#options.listing()?.touch(places);
  }

  /** The items whose deletes are known to whoever comes after this process. */
  async #saved(items: readonly WriteItem[]): Promise<readonly WriteItem[]> {
    const deleting = items.filter(({ plan }) => deletesIn(plan) > 0);
    if (deleting.length === 0) return items;
    const { planner, queue, clock, logger, zone, provider, saveHistory } = this.#options;
    planner.send(deleting.map(({ plan }) => plan));
    try {
      await saveHistory();
      return items;
    } catch (error) {
      logger.warn('deletes wait: what was deleted lately cannot be kept for the next process', {
        provider: provider.name,
        zone: zone.apex,
        names: deleting.length,
        error: messageOf(error),
      });
      for (const { plan } of deleting) queue.putLater(plan.owner, clock.monotonic() + UNSAVED_WAIT_MS);
      return items.filter((item) => !deleting.includes(item));
    }
  }

  #pauseOf(error: unknown): Pause {
    const pause = pauseOf(error);
    if (pause.code === 'PROVIDER_THROTTLED') this.#options.counting.throttled++;
    return pause;
  }

  #observed(): ObservedZone {
    const { observed } = this.#options.planner;
    if (observed === undefined) throw new Error('a zone is written to before it was listed');
    return observed;
  }
}

/** What an error of a provider says. */
export function pauseOf(error: unknown): Pause {
  if (!(error instanceof ProviderError)) return { code: 'PROVIDER_FAULT', message: messageOf(error), afterMs: 0 };
  return { code: error.code, message: error.message, afterMs: error.retryAfterMs ?? 0 };
}

/** How long a name waits that has been in conflict so often, in milliseconds; 0: it need not. */
export function conflictWaitMs(tries: number, random: number): number {
  return tries <= CONFLICTS_AT_ONCE ? 0 : backoffMs(tries - CONFLICTS_AT_ONCE, random);
}
