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
  type PlannedChange,
  type Provider,
  type ProviderZone,
} from '@kubezone/core';

import { messageOf } from '../cluster/message-of.ts';
import { type ClaimOutcome, judgeClaim } from './first-claim.ts';
import type { NameQueue } from './name-queue.ts';
import { hidesNames, ownersOf, placesOf, takeOver, unlikeWritten } from './observed-writes.ts';
import type { Counting } from './publish-counters.ts';
import { CONFLICTS_AT_ONCE, conflictWaitMs, type Pause, pauseOf } from './write-pause.ts';
import type { ZoneListing } from './zone-listing.ts';
import type { Planned, ZonePlanner } from './zone-planner.ts';

/** A name that is being written. */
export interface WriteItem extends Planned {
  /** Since when it has waited, on the monotonic clock. */
  readonly since: number;
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
  /** Keeps what the limits know for the next process; called before changes that count are sent. They wait where it fails. */
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
  /** On the monotonic clock. @default at once */
  readonly notBefore?: number;
}

/** How long the other of two claims has to withdraw, in milliseconds. */
const CONTEST_WAIT_MS = 5_000;
const ALONE: ClaimOutcome = { kind: 'alone' };
/** How long changes that count wait where their history cannot be kept, in milliseconds. */
const UNSAVED_WAIT_MS = 5_000;

/** Brings the writes of one zone to its provider, one call at a time, and takes in what comes of them. */
export class ZoneWriter {
  readonly #options: ZoneWriterOptions;
  readonly #unread = new Map<OwnerName, Unread>();
  /** Names that have failed, how often in a row (at the provider; and at all), and why the last time. */
  readonly #failing = new Map<OwnerName, { readonly writes: number; readonly tries: number; readonly reason: string }>();
  /** Whether what is sent now is not kept for the next process yet. */
  #isUnsaved = false;

  constructor(options: ZoneWriterOptions) {
    this.#options = options;
  }

  /** Names that have to be read first. */
  get unread(): Iterable<OwnerName> {
    return this.#unread.keys();
  }

  /** In how many milliseconds a name is to be read; `Infinity` where none is. */
  untilUnread(now: number): number {
    return Math.min(...Array.from(this.#unread.values(), ({ notBefore = now }) => notBefore - now));
  }

  /** How often a name has failed in a row, whatever the reason. */
  triesOf(owner: OwnerName): number {
    return this.#failing.get(owner)?.tries ?? 0;
  }

  /** How often in a row its write has failed at the provider. */
  failedWritesOf(owner: OwnerName): number {
    return this.#failing.get(owner)?.writes ?? 0;
  }

  /** Why a name could not be written the last time; undefined where it could. */
  obstacle(owner: OwnerName): string | undefined {
    return this.#failing.get(owner)?.reason;
  }

  /** There is nothing to be written at a name any more. */
  forget(owner: OwnerName): void {
    this.#failing.delete(owner);
    this.#options.queue.settle(owner);
  }

  /** Whether nothing is known of a name since its last write. */
  isUnread(owner: OwnerName): boolean {
    return this.#unread.has(owner);
  }

  /** Reads the names of which it is not known what became of their writes. Rejects as the provider does. */
  async recover(): Promise<void> {
    const { queue, clock, random, logger, zone, provider } = this.#options;
    const now = clock.monotonic();
    const unread = [...this.#unread].filter(([, { notBefore = now }]) => notBefore <= now);
    if (unread.length === 0) return;
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
      const waitMs = conflictWaitMs(this.failedWritesOf(owner), random());
      if (acknowledged) this.#finish(item);
      // By then the other has withdrawn, or it is known whose the name is.
      if (claim.kind === 'first') queue.postpone(owner, clock.monotonic() + CONTEST_WAIT_MS);
      else if (acknowledged) continue;
      else if (waitMs > 0) queue.postpone(owner, clock.monotonic() + waitMs);
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
      // Nothing but the write comes after the last plan and the last read: what takes time is done before, and after it costs nothing.
      const saved = await this.#saved(items);
      ready = provider.traits.conditionalWrites ? this.#renew(saved) : await this.#renewByReading(saved);
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
      for (const item of items) this.#putUnread(item, messageOf(error));
      signal.throwIfAborted();
      return this.#pauseOf(error);
    }
    return this.#takeIn(items, results);
  }

  async #takeIn(items: readonly WriteItem[], results: readonly ApplyResult[]): Promise<Pause | undefined> {
    const { provider, zone, queue, counting, logger, signal } = this.#options;
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
          else this.#finish(item, unlikeWritten(item.plan, this.#observed()));
          break;
        case 'conflict':
          counting.failed.conflict++;
          this.#putUnread(item, result.reason);
          if (this.failedWritesOf(owner) === CONFLICTS_AT_ONCE + 1)
            logger.warn('a name is in conflict again and again', {
              provider: provider.name,
              zone: zone.apex,
              owner,
              reason: result.reason,
            });
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
          this.#putUnread(item, result.reason);
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
  #finish({ plan, since }: WriteItem, unlike: readonly PlannedChange[] = []): void {
    const { planner, queue, counting, clock, logger, provider, zone, onApplied } = this.#options;
    const now = clock.monotonic();
    this.forget(plan.owner);
    for (const { action, before, after } of plan.changes) counting.applied[action] += Math.max(before.length, after.length);
    counting.addLag(now - since);
    if (planner.applied(plan, unlike)) queue.put(plan.owner, now);
    if (unlike.length > 0)
      logger.warn('the provider shows something else than was written', {
        provider: provider.name,
        zone: zone.apex,
        owner: plan.owner,
      });
    if (plan.write !== undefined && hidesNames(plan.write)) this.#putBelow(plan.owner, now);
    onApplied(plan);
  }

  /** What is below a cut or a DNAME that comes or goes may be hidden now, or not any more. */
  #putBelow(owner: OwnerName, now: number): void {
    const { planner, queue } = this.#options;
    for (const name of planner.names()) if (name !== owner && isAtOrBelow(name, owner)) queue.put(name, now);
  }

  /** A write that has failed, or of which nobody knows what became. */
  #putUnread(item: WriteItem, reason: string): void {
    const { provider } = this.#options;
    const { owner, firstClaim } = item.plan;
    this.#noteFailure(owner, reason);
    this.#unread.set(owner, { item, acknowledged: false, claimed: firstClaim && !provider.traits.conditionalWrites });
  }

  #noteFailure(owner: OwnerName, reason: string, atProvider = true): number {
    const [writes, tries] = [this.failedWritesOf(owner) + Number(atProvider), this.triesOf(owner) + 1];
    this.#failing.set(owner, { writes, tries, reason });
    return writes;
  }

  async #withdraw(item: WriteItem, write: NameWrite): Promise<void> {
    const { owner } = item.plan;
    const { provider, zone, queue, clock, random, mayWrite, signal, counting } = this.#options;
    if (!mayWrite()) return;
    counting.calls.apply++;
    this.#options.listing()?.touch(ownersOf(write));
    const [result] = await provider.apply(zone, [write], signal);
    const tries = this.#noteFailure(owner, 'another writer has claimed the name at the same moment');
    const at = clock.monotonic() + 1_000 * 2 ** Math.min(tries, 6) * (0.5 + random());
    if (result?.kind !== 'applied') {
      // It is read, and withdrawn, again; whatever the provider has against it, the other names do not wait for that.
      this.#unread.set(owner, { item, acknowledged: true, claimed: true, notBefore: at });
      return;
    }
    takeOver(this.#observed(), write, result);
    this.#unread.delete(owner);
    queue.take(owner);
    queue.postpone(owner, at);
  }

  /** Plans again what has changed since it was planned. */
  #renew(items: readonly WriteItem[]): WriteItem[] {
    const { queue } = this.#options;
    return items.flatMap((item) => (queue.has(item.plan.owner) ? this.#replan([item]) : [item]));
  }

  /** Plans everything again from what the provider shows just now, where a write has no condition. */
  async #renewByReading(items: readonly WriteItem[]): Promise<WriteItem[]> {
    if (items.length === 0) return [];
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

  /** The items whose changes are known to whoever comes after this process, as far as these count. */
  async #saved(items: readonly WriteItem[]): Promise<readonly WriteItem[]> {
    const { planner } = this.#options;
    const counted = items.filter(({ plan }) => planner.isCounted(plan));
    if (counted.length === 0) return items;
    const { queue, clock, logger, zone, provider, saveHistory, mayWrite } = this.#options;
    // What is kept at the Lease is the business of whoever holds it.
    if (!mayWrite()) {
      for (const { plan, since } of items) queue.put(plan.owner, since);
      return [];
    }
    this.#isUnsaved = planner.send(counted.map(({ plan }) => plan)) || this.#isUnsaved;
    if (!this.#isUnsaved) return items;
    try {
      await saveHistory();
      this.#isUnsaved = false;
      return items;
    } catch (error) {
      logger.warn('changes wait: what was changed lately cannot be kept at the Lease for the next process', {
        provider: provider.name,
        zone: zone.apex,
        names: counted.length,
        error: messageOf(error),
      });
      for (const { plan } of counted) {
        this.#noteFailure(plan.owner, `what was changed lately cannot be kept for the next process: ${messageOf(error)}`, false);
        queue.postpone(plan.owner, clock.monotonic() + UNSAVED_WAIT_MS);
      }
      return items.filter((item) => !counted.includes(item));
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
