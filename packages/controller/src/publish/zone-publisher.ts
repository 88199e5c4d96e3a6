import {
  type Clock,
  type HeldDeletes,
  type Logger,
  type NamePlan,
  type OwnerName,
  type Provider,
  type ProviderZone,
} from '@kubezone/core';

import { backoffMs } from '../cluster/kubernetes/backoff.ts';
import { type Nap, nap } from '../cluster/nap.ts';
import type { Term } from '../leader-election/leader-election.ts';
import { NameQueue } from './name-queue.ts';
import { packWrites } from './pack-writes.ts';
import type { ProviderPace } from './provider-pace.ts';
import type { Counting } from './publish-counters.ts';
import type { SourceStates } from './source-states.ts';
import { ZoneListing } from './zone-listing.ts';
import type { Planned, ZonePlanner } from './zone-planner.ts';
import { type Pause, pauseOf, type WriteItem, ZoneWriter } from './zone-writer.ts';

/** How many names are planned in one go. */
const IN_ONE_GO = 256;
/** How long nothing may be looked at while nothing is due, in milliseconds. */
const IDLE_MS = 3_600_000;
/** How often is looked whether sources stand otherwise, while something waits for them, in milliseconds. */
const LOOK_MS = 1_000;

export interface ZonePublisherOptions {
  readonly provider: Provider;
  readonly zone: ProviderZone;
  readonly planner: ZonePlanner;
  readonly counting: Counting;
  /** Spreads the listings of all zones of the provider. */
  readonly pace: ProviderPace;
  /** Between the end of an audit and the next, in milliseconds. */
  readonly intervalMs: number;
  /** Undefined while not enough is known for any plan. */
  readonly states: () => SourceStates | undefined;
  readonly saveHistory: () => Promise<void>;
  readonly onApplied: (plan: NamePlan) => void;
  /** What is withheld, held or wrong may have changed, or nothing is left to do. Cheap. */
  readonly onProgress: () => void;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly random: () => number;
  /** Lets other events be handled. */
  readonly pause: () => Promise<void>;
}

/** Why a zone cannot be worked with at present. */
export interface ZoneFailure {
  readonly code: Pause['code'];
  readonly message: string;
  /** Since when, in milliseconds since the Unix epoch. */
  readonly since: number;
  /** How often in a row. */
  readonly failures: number;
}

/**
 * Keeps one zone at one provider as it shall be.
 *
 *     listing, in the background ──► what the zone holds ─┐
 *     names that have changed ─────► queue ──► plan ──► limit of deletes ──► batches ──► provider
 *                                      ▲                                                   │
 *                                      └── conflict, refusal, no reply: read, plan again ──┘
 *
 * Level-based: a round plans names from what is wanted and held at the time, whatever brought them into the queue. There is one call of the zone at a time. What
 * fails here concerns no other zone.
 */
export class ZonePublisher {
  readonly #options: ZonePublisherOptions;
  readonly #queue = new NameQueue();
  #writer: ZoneWriter | undefined;
  #listing: ZoneListing | undefined;
  /** A listing that is complete, or has failed, and was not taken over yet. */
  #listed: Listed | undefined;
  /** Whether anything has happened of which nobody was told. */
  #progressed = false;
  #auditAt = 0;
  /** Whether every name is to be planned. */
  #planAll = false;
  #working = false;
  #states: SourceStates | undefined;
  #failure: ZoneFailure | undefined;
  #restUntil = 0;
  #nap: Nap | undefined;
  #awake = false;
  /** Since when the deletes are held that the log tells of. */
  #heldLogged: number | undefined;

  constructor(options: ZonePublisherOptions) {
    this.#options = options;
  }

  /** Some names may have to hold something else. */
  touch(owners: Iterable<OwnerName>): void {
    const now = this.#options.clock.monotonic();
    for (const owner of owners) this.#queue.put(owner, now);
    this.wake();
  }

  /** Plans every name again. */
  touchAll(): void {
    this.#planAll = true;
    this.wake();
  }

  /** Lists the zone and plans every name, now. */
  audit(): void {
    this.#auditAt = 0;
    this.wake();
  }

  /** What sources say may have changed. */
  wake(): void {
    this.#awake = true;
    this.#nap?.wake();
  }

  /** Releases what is held, if it is exactly that. */
  confirm(sha256: string): boolean {
    const owners = this.#options.planner.limiter.confirm(sha256);
    if (owners === undefined) return false;
    this.touch(owners);
    return true;
  }

  get failure(): ZoneFailure | undefined {
    return this.#failure;
  }

  /** Whether the zone was listed, and all that can be done is done. */
  get isSettled(): boolean {
    return (
      this.#options.planner.observed !== undefined &&
      !this.#working &&
      !this.#planAll &&
      this.#listing === undefined &&
      this.#queue.size === 0 &&
      (this.#writer?.unread ?? 0) === 0
    );
  }

  /** How many names wait to be planned. */
  get waiting(): number {
    return this.#queue.size;
  }

  /** Whether it is not known yet what is to become of a name. */
  isPending(owner: OwnerName): boolean {
    return this.#options.planner.observed === undefined || this.#queue.has(owner) || this.#writer?.isUnread(owner) === true;
  }

  /** Works until the term is over. Never rejects. */
  async run(term: Pick<Term, 'mayWrite' | 'signal'>): Promise<void> {
    const { signal } = term;
    const writer = this.#makeWriter(term);
    this.#writer = writer;
    while (!signal.aborted) {
      this.#awake = false;
      try {
        const idleMs = await this.#step(writer, signal);
        if (idleMs > 0) await this.#rest(idleMs, signal);
      } catch (error) {
        if (signal.aborted) return;
        this.#fail(pauseOf(error));
      }
    }
  }

  /** Does what is next; says for how long there is nothing more to do, in milliseconds. */
  async #step(writer: ZoneWriter, signal: AbortSignal): Promise<number> {
    const { clock, planner, states } = this.#options;
    const now = clock.monotonic();
    if (now < this.#restUntil) return this.#restUntil - now;
    if (planner.observed === undefined) await this.#listFirst(signal);
    this.#takeListing();
    if (this.#listing === undefined && now >= this.#auditAt) this.#listAgain(signal);
    const known = states();
    if (known === undefined) return LOOK_MS;
    this.#useStates(known);
    await writer.recover();
    const nextAt = this.#queue.wake(now);
    if (this.#planAll || this.#queue.size > 0) {
      this.#working = true;
      try {
        await this.#round(writer, signal);
      } finally {
        this.#working = false;
        this.#progressed = true;
      }
      this.#tellHeld();
      return 0;
    }
    if (writer.unread > 0) return 0;
    // All is done; what failed last was not the listing that is under way.
    if (this.#listing === undefined) this.#succeed();
    this.#tellProgress();
    const mayWaitForSources = planner.withheld.size > 0 || !known.everySourceSynced;
    const untilAudit = this.#listing === undefined ? this.#auditAt - now : Infinity;
    return Math.max(1, Math.min(nextAt - now, untilAudit, mayWaitForSources ? LOOK_MS : IDLE_MS));
  }

  /** Plans what has changed, or everything, and writes what follows. */
  async #round(writer: ZoneWriter, signal: AbortSignal): Promise<void> {
    const { planner, provider, clock } = this.#options;
    const all = this.#planAll;
    this.#planAll = false;
    const told = new Map(this.#queue.takeAll());
    if (all) {
      const names = new Set(planner.names());
      planner.retain(names);
      const now = clock.monotonic();
      for (const owner of names) if (!told.has(owner)) told.set(owner, now);
    }
    const items = await this.#plan(told, all, signal);
    const batches = packWrites(items, provider.traits.maxNamesPerWrite, ({ plan }) => writer.triesOf(plan.owner));
    for (const [at, batch] of batches.entries()) {
      if (signal.aborted) return;
      const pause = await writer.send(batch);
      await writer.recover();
      if (pause === undefined) this.#succeed();
      else {
        for (const { plan, since } of batches.slice(at + 1).flat()) this.#queue.put(plan.owner, since);
        this.#fail(pause);
        return;
      }
    }
  }

  /** Plans names; returns those with something to write. */
  async #plan(told: ReadonlyMap<OwnerName, number>, all: boolean, signal: AbortSignal): Promise<WriteItem[]> {
    const { planner, provider, zone, pause, clock } = this.#options;
    const planned: Planned[] = [];
    let count = 0;
    try {
      if (provider.prepare !== undefined) await provider.prepare(zone, planner.states(told.keys()), signal);
      for (const owner of told.keys()) {
        if (++count % IN_ONE_GO === 0) await pause();
        signal.throwIfAborted();
        const one = planner.plan(owner);
        // Of a settled name nothing has to be kept, unless something was held or withheld of it before.
        if (one !== undefined && (!all || !isSettled(one) || planner.withheld.has(owner))) planned.push(one);
      }
    } catch (error) {
      for (const [owner, since] of told) this.#queue.put(owner, since);
      throw error;
    }
    const items: WriteItem[] = [];
    for (const one of planner.admit(planned, all)) {
      const { owner, write, againAt } = one.plan;
      if (againAt !== undefined) this.#queue.putLater(owner, clock.monotonic() + Math.max(1_000, againAt - clock.now()));
      if (write !== undefined && !one.dryRun) items.push({ ...one, since: told.get(owner) ?? clock.monotonic() });
    }
    for (const { owner, retryInMs } of planner.quarantine.list()) this.#queue.putLater(owner, clock.monotonic() + retryInMs + 1);
    return items;
  }

  #makeWriter({ mayWrite, signal }: Pick<Term, 'mayWrite' | 'signal'>): ZoneWriter {
    return new ZoneWriter({ ...this.#options, queue: this.#queue, mayWrite, signal, listing: () => this.#listing });
  }

  async #listFirst(signal: AbortSignal): Promise<void> {
    const { provider, zone, planner, clock, intervalMs, counting } = this.#options;
    this.#listing = new ZoneListing();
    try {
      // Nothing can be written before: there is nothing to leave room for.
      planner.observe(await this.#listing.run({ provider, zone, clock }, undefined, signal));
    } finally {
      counting.calls.list += this.#listing.pages;
      this.#listing = undefined;
    }
    this.#auditAt = clock.monotonic() + intervalMs;
    this.#planAll = true;
    this.#succeed();
  }

  /** Begins a listing in the background. */
  #listAgain(signal: AbortSignal): void {
    const { provider, zone, planner, pace, clock } = this.#options;
    const listing = new ZoneListing();
    this.#listing = listing;
    const finish = (listed: Listed): void => {
      this.#listed = listed;
      this.wake();
    };
    listing.run({ provider, zone, clock }, pace, signal).then(
      (listed) =>
        finish({
          kind: 'done',
          adopt: () => {
            listing.bringUpToDate(listed, planner.observed);
            planner.observe(listed);
          },
        }),
      (error: unknown) => finish({ kind: 'failed', error }),
    );
  }

  #takeListing(): void {
    const listed = this.#listed;
    if (listed === undefined) return;
    const { clock, intervalMs, counting } = this.#options;
    counting.calls.list += this.#listing?.pages ?? 0;
    this.#listing = undefined;
    this.#listed = undefined;
    this.#auditAt = clock.monotonic() + intervalMs;
    if (listed.kind === 'failed') {
      this.#auditAt = 0;
      throw listed.error;
    }
    listed.adopt();
    this.#planAll = true;
    this.#succeed();
  }

  #useStates(known: SourceStates): void {
    const { planner } = this.#options;
    if (this.#states?.fingerprint === known.fingerprint) return;
    if (this.#states !== undefined) this.#planAll = true;
    this.#states = known;
    planner.useStates(known);
  }

  #succeed(): void {
    if (this.#failure === undefined) return;
    this.#options.logger.info('a zone can be worked with again', this.#place());
    this.#failure = undefined;
    this.#progressed = true;
  }

  #tellProgress(): void {
    if (!this.#progressed) return;
    this.#progressed = false;
    this.#options.onProgress();
  }

  #fail({ code, message, afterMs }: Pause): void {
    const { clock, random, logger, onProgress } = this.#options;
    const failures = (this.#failure?.failures ?? 0) + 1;
    const waitMs = backoffMs(failures, random(), afterMs);
    if (this.#failure?.code !== code)
      logger.warn('a zone cannot be worked with at present', { ...this.#place(), code, reason: message, retryInMs: waitMs });
    this.#failure = { code, message, since: this.#failure?.since ?? clock.now(), failures };
    this.#restUntil = clock.monotonic() + waitMs;
    onProgress();
  }

  #tellHeld(): void {
    const { logger, planner, saveHistory } = this.#options;
    const held: HeldDeletes | undefined = planner.limiter.held();
    if (held?.since === this.#heldLogged) return;
    this.#heldLogged = held?.since;
    // The next process is to hold them too. If it is not kept now, it is before the next delete.
    saveHistory().catch(() => undefined);
    if (held === undefined) return;
    logger.warn('too much of a zone would be deleted: the deletes wait until they are confirmed', {
      ...this.#place(),
      deletes: held.operations.length,
      owned: planner.owned,
      confirm: `kubezone-operator confirm ${held.sha256}, or the annotation kubezone.io/confirm: ${this.#options.zone.apex}=${held.sha256} on the Lease`,
    });
  }

  async #rest(ms: number, signal: AbortSignal): Promise<void> {
    if (this.#awake && this.#options.clock.monotonic() >= this.#restUntil) return;
    this.#nap = nap(this.#options.clock, ms, signal);
    await this.#nap.over;
    this.#nap = undefined;
  }

  #place(): { readonly provider: string; readonly zone: OwnerName } {
    return { provider: this.#options.provider.name, zone: this.#options.zone.apex };
  }
}

/** How a listing has ended. */
type Listed = { readonly kind: 'done'; readonly adopt: () => void } | { readonly kind: 'failed'; readonly error: unknown };

function isSettled({ plan }: Planned): boolean {
  return plan.write === undefined && plan.withheld.length === 0 && plan.againAt === undefined;
}
