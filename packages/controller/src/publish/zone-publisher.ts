import type { Logger, NamePlan, OwnerName } from '@kubezone/core';

import { backoffMs } from '../cluster/kubernetes/backoff.ts';
import { type Nap, nap } from '../cluster/nap.ts';
import type { Term } from '../leader-election/leader-election.ts';
import { NameQueue } from './name-queue.ts';
import { packWrites } from './pack-writes.ts';
import type { SourceStates } from './source-states.ts';
import { ZoneAudits, type ZoneAuditsOptions } from './zone-audits.ts';
import { type ReleaseText, ZoneNotices } from './zone-notices.ts';
import type { Planned } from './zone-planner.ts';
import { type Pause, pauseOf } from './write-pause.ts';
import { type WriteItem, ZoneWriter } from './zone-writer.ts';

/** How many names are planned in one go. */
const IN_ONE_GO = 256;
/** How long nothing may be looked at while nothing is due, in milliseconds. */
const IDLE_MS = 3_600_000;
/** How often is looked whether sources stand otherwise, while something waits for them, in milliseconds. */
const LOOK_MS = 1_000;
/** How often in a row a name may fail until nobody waits for it any more. */
const GIVE_UP_TRIES = 5;

export interface ZonePublisherOptions extends ZoneAuditsOptions {
  /** Undefined while not enough is known for any plan. */
  readonly states: () => SourceStates | undefined;
  readonly saveHistory: () => Promise<void>;
  readonly release: ReleaseText;
  readonly onApplied: (plan: NamePlan) => void;
  /** What is withheld, held or wrong may have changed, or nothing is left to do. Cheap. */
  readonly onProgress: () => void;
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
  readonly #audits: ZoneAudits;
  /** Whether anything has happened of which nobody was told. */
  #progressed = false;
  /** Whether every name is to be planned. */
  #planAll = false;
  /** Whether every name has been planned once. */
  #isPlanned = false;
  /** Names that have changed and are being planned, and then those that are being written or wait for their batch. */
  #inHand: ReadonlySet<OwnerName> = new Set();
  #working = false;
  #states: SourceStates | undefined;
  #failure: ZoneFailure | undefined;
  #restUntil = 0;
  #nap: Nap | undefined;
  #awake = false;
  readonly #notices: ZoneNotices;
  /** Since when what the next process knows to be held is held; undefined where it may not know. */
  #heldKept: string | undefined = '';

  constructor(options: ZonePublisherOptions) {
    this.#options = options;
    this.#audits = new ZoneAudits(options, () => this.wake());
    this.#notices = new ZoneNotices({ ...options, provider: options.provider.name });
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
    this.#audits.demand();
    this.wake();
  }

  /** What sources say may have changed. */
  wake(): void {
    this.#awake = true;
    this.#nap?.wake();
  }

  /** Releases what is held, if it is exactly that. */
  confirm(sha256: string): boolean {
    const owners = this.#options.planner.confirm(sha256);
    if (owners === undefined) return false;
    this.touch(owners);
    return true;
  }

  get failure(): ZoneFailure | undefined {
    return this.#failure;
  }

  /** Whether the zone was listed, and all that can be done is done: names that cannot be written time and again are given up. */
  get isSettled(): boolean {
    return (
      this.#options.planner.observed !== undefined &&
      !this.#working &&
      !this.#planAll &&
      this.#audits.listing === undefined &&
      this.#queue.size === 0 &&
      [...this.#queue.postponed, ...(this.#writer?.unread ?? [])].every(
        (owner) => (this.#writer?.triesOf(owner) ?? 0) >= GIVE_UP_TRIES,
      )
    );
  }

  /** Whether something is to be done that could not be done so far. */
  get isOwing(): boolean {
    return this.#queue.postponed.size > 0 || (this.#writer?.untilUnread(0) ?? Infinity) < Infinity;
  }

  /** How many names are still to be planned or written. */
  get waiting(): number {
    let count = this.#queue.size + this.#queue.postponed.size;
    for (const owner of new Set([...this.#inHand, ...(this.#writer?.unread ?? [])])) if (!this.#queue.owes(owner)) count++;
    return count;
  }

  /** Whether it is not known yet what is to become of a name, or known, and not done. */
  isPending(owner: OwnerName): boolean {
    return !this.#isPlanned || this.#inHand.has(owner) || this.#queue.owes(owner) || this.#writer?.isUnread(owner) === true;
  }

  /** Why a name is still pending; undefined where nothing speaks against it. */
  obstacle(owner: OwnerName): string | undefined {
    return this.#writer?.obstacle(owner) ?? this.#failure?.message;
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
    if (await this.#list(signal)) {
      this.#planAll = true;
      // Where something is still to be written, that is what may have failed: nobody would ever give up if each listing counted.
      if (this.#queue.size === 0 && !this.isOwing) this.#succeed();
    }
    if (this.#audits.untilDue(now) <= 0) this.#audits.begin(signal);
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
      this.#keepHeld(signal);
      this.#notices.tellHeld();
      return 0;
    }
    const untilUnread = writer.untilUnread(now);
    if (untilUnread <= 0) return 0;
    // All is done; what failed last was not the listing that is under way, nor a name that is to be tried again.
    if (this.#audits.listing === undefined && !this.isOwing) this.#succeed();
    this.#tellProgress();
    const noticeMs = Math.min(this.#notices.tellHeld(), this.#notices.tellWithheld());
    const mayWaitForSources = planner.withheld.size > 0 || !known.everySourceSynced;
    return Math.max(
      1,
      Math.min(nextAt - now, untilUnread, this.#audits.untilDue(now), noticeMs, mayWaitForSources ? LOOK_MS : IDLE_MS),
    );
  }

  /** Plans what has changed, or everything, and writes what follows. */
  async #round(writer: ZoneWriter, signal: AbortSignal): Promise<void> {
    const { provider } = this.#options;
    const all = this.#planAll;
    this.#planAll = false;
    const changed = new Map(this.#queue.takeAll());
    this.#inHand = new Set(changed.keys());
    try {
      const items = await this.#plan(writer, changed, all, signal);
      this.#isPlanned ||= all;
      if (all) this.#notices.tellUnselected();
      await this.#write(
        writer,
        packWrites(items, provider.traits.maxNamesPerWrite, ({ plan }) => writer.failedWritesOf(plan.owner)),
        signal,
      );
    } finally {
      this.#inHand = new Set();
    }
  }

  /** Writes batches one after the other. Whatever happens, what was not sent is in the queue again. */
  async #write(writer: ZoneWriter, batches: readonly WriteItem[][], signal: AbortSignal): Promise<void> {
    const inHand = new Set(batches.flat().map(({ plan }) => plan.owner));
    this.#inHand = inHand;
    let sent = 0;
    try {
      for (const batch of batches) {
        if (signal.aborted) return;
        const pause = await writer.send(batch);
        sent++;
        for (const { plan } of batch) inHand.delete(plan.owner);
        if (pause !== undefined) {
          this.#fail(pause);
          return;
        }
        await writer.recover();
        this.#succeed();
      }
    } finally {
      for (const { plan, since } of batches.slice(sent).flat()) this.#queue.put(plan.owner, since);
    }
  }

  /** Plans what has changed, or everything; returns the names with something to write. */
  async #plan(
    writer: ZoneWriter,
    changed: ReadonlyMap<OwnerName, number>,
    all: boolean,
    signal: AbortSignal,
  ): Promise<WriteItem[]> {
    const { planner, provider, zone, pause, clock } = this.#options;
    const told = new Map(changed);
    const planned: Planned[] = [];
    let count = 0;
    try {
      if (all) {
        const names = new Set(planner.names());
        planner.retain(names);
        const now = clock.monotonic();
        for (const owner of names) if (!told.has(owner)) told.set(owner, now);
      }
      if (provider.prepare !== undefined) await provider.prepare(zone, planner.states(told.keys()), signal);
      signal.throwIfAborted();
      for (const owner of told.keys()) {
        // In between nothing else happens, and a signal that asks the clock each time costs more than a plan.
        if (++count % IN_ONE_GO === 0) {
          await pause();
          signal.throwIfAborted();
        }
        if (writer.isUnread(owner)) {
          // It is not known what it holds.
          this.#queue.postpone(owner, clock.monotonic() + Math.max(1, writer.untilUnread(clock.monotonic())));
          continue;
        }
        const one = planner.plan(owner);
        if (one?.plan.write === undefined) writer.forget(owner);
        // Of a settled name nothing has to be kept, unless it has changed, or something was held or withheld of it before.
        if (one !== undefined && (!isSettled(one) || changed.has(owner) || planner.withheld.has(owner))) planned.push(one);
      }
    } catch (error) {
      // All of them once more, if it was all of them: what is held over a restart is held together.
      this.#planAll ||= all;
      for (const [owner, since] of changed) this.#queue.put(owner, since);
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
    return new ZoneWriter({ ...this.#options, queue: this.#queue, mayWrite, signal, listing: () => this.#audits.listing });
  }

  /** Takes over a listing; says whether there was one. */
  async #list(signal: AbortSignal): Promise<boolean> {
    if (this.#options.planner.observed !== undefined) return this.#audits.take();
    await this.#audits.listFirst(signal);
    return true;
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

  /** The next process is to hold what is held too. If that is not kept now, it is after the next audit, or before the next delete. */
  #keepHeld(signal: AbortSignal): void {
    const { planner, saveHistory } = this.#options;
    const kept = planner.held.map(({ action, since }) => `${action} ${since}`).join();
    if (kept === this.#heldKept || signal.aborted) return;
    this.#heldKept = kept;
    saveHistory().catch(() => {
      if (this.#heldKept === kept) this.#heldKept = undefined;
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

function isSettled({ plan }: Planned): boolean {
  return plan.write === undefined && plan.withheld.length === 0 && plan.againAt === undefined;
}
