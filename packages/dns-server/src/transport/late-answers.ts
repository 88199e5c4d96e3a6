import { count, COUNTER, COUNTERS } from './udp-statistics.ts';
import type { UdpBackEnd } from './udp-back-end.ts';
import type { DeferredQuery } from './worker-supervisor.ts';

/** Answers a query in the main thread; must not reject. Undefined where no answer is due. */
export type AnswerLater = (query: Uint8Array, client: Uint8Array) => Promise<Uint8Array | undefined>;

/**
 * The queries that workers have left to the main thread.
 *
 *     worker ──► postMessage ──► answerLater ──► the addon sends, from the socket that the query came to and the address that it was sent to
 *                                            └─► or the worker does, where the sockets are its own
 */
export class LateAnswers {
  /** As a worker's: what this thread sends. */
  readonly counters: Float64Array = new Float64Array(COUNTERS);
  readonly #backEnd: Pick<UdpBackEnd, 'finish'>;
  readonly #answerLater: AnswerLater;
  #waiting = 0;
  #isAbandoned = false;
  #onSettled: () => void = () => undefined;

  constructor(backEnd: Pick<UdpBackEnd, 'finish'>, answerLater: AnswerLater) {
    this.#backEnd = backEnd;
    this.#answerLater = answerLater;
  }

  /** Takes a query. */
  readonly onDeferred = (query: DeferredQuery): void => {
    this.#waiting++;
    void this.#answer(query);
  };

  /** Resolves when nothing waits, or what does was given up. */
  settled(): Promise<void> {
    if (this.#waiting === 0 || this.#isAbandoned) return Promise.resolve();
    return new Promise((resolve) => {
      this.#onSettled = resolve;
    });
  }

  /** Gives up what waits: the sockets are about to be closed. */
  abandon(): void {
    this.#isAbandoned = true;
    this.#onSettled();
  }

  async #answer({ worker, query, client, path }: DeferredQuery): Promise<void> {
    const octets = await this.#answerLater(query, client);
    this.#waiting--;
    if (this.#isAbandoned) return;
    const errno = this.#backEnd.finish(worker, path, octets);
    if (errno === 0) count(this.counters, COUNTER.sent);
    else if (errno !== undefined) {
      count(this.counters, COUNTER.sendFailed);
      this.counters[COUNTER.lastErrno] = errno;
    }
    if (this.#waiting === 0) this.#onSettled();
  }
}
