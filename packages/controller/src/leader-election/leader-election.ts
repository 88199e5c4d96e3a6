import type { Clock, Logger } from '@kubezone/core';

import { toApiError } from '../cluster/kubernetes/api-error.ts';
import { type ApiAnswer, type ApiWriter, isDone, refusalOf } from '../cluster/kubernetes/api-writer.ts';
import { inTurn } from '../cluster/kubernetes/in-turn.ts';
import type { Fields } from '../resources/fields.ts';
import { nap } from '../cluster/nap.ts';
import {
  deadlineOf,
  type ElectionAction,
  type ElectionOutcome,
  type ElectionState,
  electionStep,
  type ElectionTiming,
  FIRST_ELECTION_STATE,
  mayWrite,
  type Moment,
  USUAL_TIMING,
} from './election-step.ts';
import { heldLease, type Lease, leasePath, readLease, releasedLease } from './lease.ts';

/** How long those who lead may take to end, once they are told to, before the Lease is left to run out, in milliseconds. */
const ENDING_MS = 5_000;
/** So often in a row somebody else must have been faster until that is told. */
const TOLD_OVERTAKEN = 4;
const TOO_LATE = 'the Lease could not be renewed in time';

export interface LeaderElectionOptions {
  /** Of the cluster in which the Lease lies. */
  readonly writer: Pick<ApiWriter, 'send'>;
  /** Where the Lease lies. */
  readonly namespace: string;
  /** The Lease's name: `kubezone-resolver`. */
  readonly name: string;
  /** This candidate's, unique for each start of a process: see `candidateIdentity`. */
  readonly identity: string;
  readonly clock: Clock;
  readonly logger: Logger;
  /** From 0 to 1, 1 excluded; scatters delays. @default Math.random */
  readonly random?: () => number;
  /** @default 15 s for the Lease, 10 s for its holder, renewed every 2 to 3 s */
  readonly timing?: ElectionTiming;
  /**
   * Called when a term begins. What it returns resolves once nothing more is written by that term, soon after its signal is aborted; no other term begins before, and
   * the Lease is not given back before.
   */
  readonly lead: (term: Term) => Promise<void>;
}

/** A time in which this process, and no other, may write. */
export interface Term {
  /** Aborted when the term is over. */
  readonly signal: AbortSignal;
  /**
   * Whether it is not over yet: to be asked right before every write, since a process that was stopped for a while hears of it by this first. Costs nothing. A
   * write that is begun in time must end within five seconds (`REQUEST_TIMEOUT_MS`). Once it is not, it never is again.
   */
  mayWrite(): boolean;
  /** When it will be over, unless it is prolonged: `Clock.monotonic` milliseconds. */
  deadline(): number;
}

/** How an election stands, for people and metrics. */
export interface ElectionStatus {
  readonly leading: boolean;
  /** Whoever was last seen to hold the Lease; undefined where nobody was. */
  readonly holder: string | undefined;
  readonly transitions: number;
}

/**
 * A candidate for a Lease: of all processes that want to write, one does.
 *
 * Goes on for ever, whatever fails: a server that is away ends a term at its deadline, and no sooner.
 */
export class LeaderElection {
  readonly #options: LeaderElectionOptions;
  readonly #timing: ElectionTiming;
  readonly #stopping = new AbortController();
  #state: ElectionState = FIRST_ELECTION_STATE;
  #running: Promise<void> | undefined;
  /** Whether the Lease may name us as its holder: a write whose outcome was not heard of may have been done. */
  #mayHold = false;
  #term: AbortController | undefined;
  /** Resolves when nothing more is written by the latest term; undefined once it has. */
  #leading: Promise<void> | undefined;
  #cancelAlarm: () => void = () => undefined;
  /** The failure that was logged last; undefined where all is well. */
  #logged: string | undefined;

  /** @throws {RangeError} where the timing leaves no room for a request that is under way when a term ends */
  constructor(options: LeaderElectionOptions) {
    this.#options = options;
    this.#timing = options.timing ?? USUAL_TIMING;
    const { leaseMs, deadlineMs, renewMs } = this.#timing;
    if (!(renewMs < deadlineMs && deadlineMs < leaseMs))
      throw new RangeError('a Lease is renewed before its deadline, and that comes before its end');
  }

  /** Becomes a candidate. */
  start(): void {
    this.#running ??= this.#run();
  }

  /** Ends the term, if there is one, and gives the Lease back, so that another need not wait. Never rejects. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#endTerm('this process stops');
    await this.#running;
    this.#cancelAlarm();
    if (this.#leading !== undefined && !(await this.#hasEnded(this.#leading))) return;
    if (this.#mayHold) await this.#release();
    this.#state = FIRST_ELECTION_STATE;
  }

  /** Whether this process may write now. Exact, and costs nothing. */
  isLeader(): boolean {
    return this.#term !== undefined && mayWrite(this.#state, this.#timing, this.#moment());
  }

  /** Until when this process may write, unless the Lease is renewed: `Clock.monotonic` milliseconds; undefined where it may not. */
  deadline(): number | undefined {
    return this.isLeader() ? deadlineOf(this.#state, this.#timing, this.#options.clock.monotonic()) : undefined;
  }

  status(): ElectionStatus {
    const lease = this.#state.seen?.lease;
    const holder = lease === undefined || lease.holder === '' ? undefined : lease.holder;
    return { leading: this.isLeader(), holder, transitions: lease?.transitions ?? 0 };
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    const { identity, clock, random = Math.random } = this.#options;
    while (!signal.aborted) {
      const outcome = await this.#perform(this.#state.action, signal).catch((error: unknown): ElectionOutcome =>
        this.#failed(error),
      );
      if (signal.aborted && outcome.kind !== 'held') return;
      this.#state = electionStep(this.#state, outcome, {
        identity,
        timing: this.#timing,
        now: clock.monotonic(),
        random: random(),
      });
      if (outcome.kind === 'held' || outcome.kind === 'found') this.#logged = undefined;
      if (outcome.kind === 'overtaken' && this.#state.failures === TOLD_OVERTAKEN)
        this.#options.logger.warn('the Lease cannot be written: somebody else writes into it all the time', this.#place());
      this.#follow();
    }
  }

  async #perform(action: ElectionAction, signal: AbortSignal): Promise<ElectionOutcome> {
    const { clock, identity } = this.#options;
    if (action.kind === 'wait') {
      await nap(clock, action.delayMs, signal).over;
      return { kind: 'waited' };
    }
    if (action.kind === 'read') {
      const answer = await this.#send('GET', undefined, signal);
      if (answer.status === 404) return { kind: 'missing' };
      if (!isDone(answer)) throw refusalOf(answer);
      const lease = readLease(answer.body);
      this.#mayHold = lease.holder === identity;
      return { kind: 'found', lease };
    }
    const { writer } = this.#options;
    return inTurn(writer, this.#path(), () =>
      action.kind === 'create' ? this.#hold(undefined, signal) : this.#replace(action.lease, signal),
    );
  }

  /** Writes the Lease, also where annotations have been written into it since it was seen, as this process does itself. */
  async #replace(seen: Lease, signal: AbortSignal): Promise<ElectionOutcome> {
    const outcome = await this.#hold(seen, signal);
    if (outcome.kind !== 'overtaken') return outcome;
    const answer = await this.#send('GET', undefined, signal);
    if (!isDone(answer)) return outcome;
    const lease = readLease(answer.body);
    return lease.renewal === seen.renewal ? this.#hold(lease, signal) : outcome;
  }

  /** @param before the Lease as it stands; undefined: there is none */
  async #hold(before: Lease | undefined, signal: AbortSignal): Promise<ElectionOutcome> {
    const { namespace, name, identity } = this.#options;
    this.#mayHold = true;
    // Before credentials are looked for: whatever happens from here on counts against the deadline.
    const sent = this.#moment();
    const lease = heldLease(before, { namespace, name, identity, leaseMs: this.#timing.leaseMs, now: sent.wall });
    const answer = await this.#send(before === undefined ? 'POST' : 'PUT', lease, signal);
    if (isDone(answer)) return { kind: 'held', lease: readLease(answer.body), sent };
    if (answer.status === 409) return { kind: 'overtaken' };
    if (answer.status === 404 && before !== undefined) return { kind: 'missing' };
    throw refusalOf(answer);
  }

  async #send(method: 'GET' | 'POST' | 'PUT', body: Fields | undefined, signal: AbortSignal): Promise<ApiAnswer> {
    const path = this.#path();
    const target = method === 'POST' ? path.slice(0, path.lastIndexOf('/')) : path;
    return this.#options.writer.send({ method, path: target, ...(body !== undefined && { body }) }, signal);
  }

  #path(): string {
    return leasePath(this.#options);
  }

  #failed(error: unknown): ElectionOutcome {
    const { code, message, retryAfterMs } = toApiError(error);
    if (!this.#stopping.signal.aborted && this.#logged !== code) {
      this.#logged = code;
      this.#options.logger.warn('the Lease cannot be read or written', { ...this.#place(), code, reason: message });
    }
    return { kind: 'failed', retryAfterMs };
  }

  /** Begins, prolongs or ends the term, as the state says. */
  #follow(): void {
    const { clock } = this.#options;
    const now = this.#moment();
    this.#cancelAlarm();
    this.#cancelAlarm = () => undefined;
    const { from, renewed } = this.#state;
    const allowed = mayWrite(this.#state, this.#timing, now);
    if (!allowed) this.#endTerm(renewed === undefined ? 'another process holds the Lease' : TOO_LATE);
    else if (this.#term === undefined && this.#leading === undefined && !this.#stopping.signal.aborted) this.#beginTerm();
    const alarmAt = allowed
      ? deadlineOf(this.#state, this.#timing, now.monotonic)
      : from !== undefined && from > now.monotonic
        ? from
        : undefined;
    if (alarmAt !== undefined) this.#cancelAlarm = clock.after(Math.max(1, alarmAt - now.monotonic), () => this.#follow());
  }

  #beginTerm(): void {
    const { logger, lead, clock } = this.#options;
    const controller = new AbortController();
    this.#term = controller;
    logger.info('this process writes from now on', this.#place());
    const isCurrent = (): boolean => {
      if (this.#term !== controller) return false;
      if (mayWrite(this.#state, this.#timing, this.#moment())) return true;
      // Whoever was told so has stopped for good: an answer that comes late must not prolong a term in which nobody works.
      this.#endTerm(TOO_LATE);
      return false;
    };
    const term: Term = {
      signal: controller.signal,
      mayWrite: isCurrent,
      deadline: () => (isCurrent() ? deadlineOf(this.#state, this.#timing, clock.monotonic()) : undefined) ?? -Infinity,
    };
    this.#leading = this.#lead(lead, term);
  }

  async #lead(lead: LeaderElectionOptions['lead'], term: Term): Promise<void> {
    try {
      await lead(term);
    } catch (error) {
      this.#options.logger.error('writing has ended by a defect', { ...this.#place(), error });
      this.#leading = undefined;
      // Who holds the Lease and writes nothing keeps everybody from writing: the next renewal begins another term, and not sooner.
      if (!term.signal.aborted) return this.#endTerm('writing has ended');
    }
    this.#leading = undefined;
    if (!this.#stopping.signal.aborted && this.#term === undefined) this.#follow();
  }

  #endTerm(reason: string): void {
    if (this.#term === undefined) return;
    const term = this.#term;
    this.#term = undefined;
    this.#options.logger.info('this process writes no more', { ...this.#place(), reason });
    term.abort();
  }

  async #hasEnded(leading: Promise<void>): Promise<boolean> {
    const { promise: late, resolve } = Promise.withResolvers<boolean>();
    const cancel = this.#options.clock.after(ENDING_MS, () => resolve(false));
    const ended = await Promise.race([leading.then(() => true), late]);
    cancel();
    return ended;
  }

  /** Gives the Lease back. If that fails, another takes it when it has run out. */
  async #release(): Promise<void> {
    const { writer, logger } = this.#options;
    try {
      await inTurn(writer, this.#path(), () => this.#giveBack(new AbortController().signal));
    } catch (error) {
      const { code, message } = toApiError(error);
      logger.warn('the Lease is not given back, and must run out', { ...this.#place(), code, reason: message });
    }
  }

  async #giveBack(signal: AbortSignal): Promise<void> {
    const { clock, identity } = this.#options;
    // What was written last may not have been heard of.
    const answer = await this.#send('GET', undefined, signal);
    const lease: Lease | undefined = isDone(answer) ? readLease(answer.body) : undefined;
    if (lease?.holder !== identity) return;
    const released = await this.#send('PUT', releasedLease(lease, clock.now()), signal);
    if (!isDone(released) && released.status !== 409) throw refusalOf(released);
  }

  #moment(): Moment {
    const { clock } = this.#options;
    return { monotonic: clock.monotonic(), wall: clock.now() };
  }

  #place(): { readonly lease: string; readonly identity: string } {
    const { namespace, name, identity } = this.#options;
    return { lease: `${namespace}/${name}`, identity };
  }
}
