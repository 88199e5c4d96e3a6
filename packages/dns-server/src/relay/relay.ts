import { type Clock, EDE, type Logger, RCODE } from '@kubezone/core';

import { refusal, type Solution } from '../answer/solve.ts';
import type { Asking, AskServer, ServerOutcome } from './ask-server.ts';
import type { ResolvedFallthrough } from './fallthrough-options.ts';
import type { RelayCounters, RelayEnd } from './relay-counters.ts';
import { markOption } from './relay-mark.ts';
import { keyOf, type RelayQuestion } from './relay-question.ts';
import { relayedSolution } from './relayed-solution.ts';
import { ServerOrder } from './server-order.ts';

/** What a relay works with. */
export interface RelayOptions extends Pick<ResolvedFallthrough, 'servers' | 'timeoutMs'> {
  readonly mark: Uint8Array;
  readonly ask: AskServer;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly counters: RelayCounters;
  /** Calls back when the event loop has come round. */
  readonly nextTurn: (callback: () => void) => void;
}

/** How many questions are put to servers in one turn of the event loop, at some 0.1 ms each with their answers: zones are changed in this thread too. */
const STARTS_PER_TURN = 16;

/** What became of a question. */
interface Relayed {
  readonly end: RelayEnd;
  readonly solution: Solution;
}

/**
 * Asks other servers what is not known here. Questions that are the same share one query while it is under way, which also ends every loop: a query that comes back waits for itself, and
 * is not sent once more. Nothing is kept after that: how long answers hold is for those to heed who ask, and a cache here would hide names that a source has learnt of meanwhile.
 */
export class Relay {
  readonly #options: RelayOptions;
  readonly #order: ServerOrder;
  readonly #underWay = new Map<string, Promise<Relayed>>();
  readonly #asking = new Set<Asking>();
  /** Rises with each `stop`: what began before it asks no further servers. */
  #stops = 0;
  #startsLeft = STARTS_PER_TURN;
  readonly #waitingStarts: (() => void)[] = [];
  #turnIsDue = false;

  constructor(options: RelayOptions) {
    this.#options = options;
    this.#order = new ServerOrder(options.servers);
  }

  /** Asks, and tells what the client is to be answered: SERVFAIL where no server has an answer. Never rejects. */
  async resolve(question: RelayQuestion): Promise<Solution> {
    const { clock, counters } = this.#options;
    const began = clock.monotonic();
    counters.began();
    const key = keyOf(question);
    let relayed = this.#underWay.get(key);
    if (relayed === undefined) {
      relayed = this.#relay(question).finally(() => this.#underWay.delete(key));
      this.#underWay.set(key, relayed);
    }
    const { end, solution } = await relayed;
    counters.ended(end, (clock.monotonic() - began) / 1000);
    return solution;
  }

  /** Gives up what is under way: it is answered SERVFAIL. */
  stop(): void {
    this.#stops++;
    for (const asking of this.#asking) asking.cancel();
    for (const start of this.#waitingStarts.splice(0)) start();
  }

  async #relay(question: RelayQuestion): Promise<Relayed> {
    const stops = this.#stops;
    await this.#turn();
    const { clock } = this.#options;
    const failures: ServerOutcome[] = [];
    for (const index of this.#order.at(clock.monotonic())) {
      if (this.#stops !== stops) break;
      const outcome = await this.#askOne(index, question);
      if (outcome.kind === 'answered') return { end: 'answered', solution: relayedSolution(outcome.message, question) };
      failures.push(outcome);
    }
    return failed(failures);
  }

  async #askOne(index: number, question: RelayQuestion): Promise<ServerOutcome> {
    const { servers, timeoutMs, mark, ask, clock, logger, counters } = this.#options;
    const server = servers[index];
    const counts = counters.servers[index];
    if (server === undefined || counts === undefined) throw new RangeError(`there is no server ${index}`);
    counts.queries++;
    const asking = ask({
      server,
      question,
      timeoutMs,
      mark: markOption(mark),
      clock,
      onMismatch: () => {
        counts.mismatched++;
      },
    });
    this.#asking.add(asking);
    const outcome = await asking.outcome;
    this.#asking.delete(asking);
    if (outcome.kind === 'answered') {
      if (this.#order.succeeded(index)) logger.info('a server to which unknown names are relayed answers again', { ...server });
      return outcome;
    }
    if (outcome.kind === 'timed-out') counts.timedOut++;
    else counts.failed++;
    if (this.#order.failed(index, clock.monotonic())) {
      const reason = outcome.kind === 'timed-out' ? `no answer within ${timeoutMs} ms` : outcome.reason;
      logger.warn('a server to which unknown names are relayed does not answer; the others are asked first', {
        ...server,
        reason,
      });
    }
    return outcome;
  }

  /** Resolves at once, or in a later turn of the event loop where this one has had its share. */
  async #turn(): Promise<void> {
    if (!this.#turnIsDue) {
      this.#turnIsDue = true;
      this.#options.nextTurn(() => this.#beginTurn());
    }
    if (this.#startsLeft > 0) {
      this.#startsLeft--;
      return;
    }
    await new Promise<void>((resolve) => this.#waitingStarts.push(resolve));
  }

  #beginTurn(): void {
    this.#turnIsDue = false;
    const starts = this.#waitingStarts.splice(0, STARTS_PER_TURN);
    this.#startsLeft = STARTS_PER_TURN - starts.length;
    if (this.#waitingStarts.length > 0 || starts.length > 0) {
      this.#turnIsDue = true;
      this.#options.nextTurn(() => this.#beginTurn());
    }
    for (const start of starts) start();
  }
}

/** No server has an answer (RFC 8914): what a server itself has said about it, else whether the network failed or nobody answered. */
function failed(failures: readonly ServerOutcome[]): Relayed {
  const told = failures.flatMap((failure) => (failure.kind === 'failed' ? (failure.extendedError ?? []) : [])).at(0);
  const isNetwork = failures.length > 0 && failures.every(({ kind }) => kind === 'unreachable');
  const extendedError = told ?? (isNetwork ? EDE.NETWORK_ERROR : EDE.NO_REACHABLE_AUTHORITY);
  const end = failures.some(({ kind }) => kind === 'timed-out') ? 'timedOut' : 'failed';
  return { end, solution: refusal(RCODE.SERVFAIL, extendedError) };
}
