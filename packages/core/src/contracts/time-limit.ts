import type { Clock } from './clock.ts';

/** A signal for one request: aborted with the one of whoever asks for it, or when it has taken too long. */
export class TimeLimit {
  readonly #controller = new AbortController();
  readonly #end: () => void;
  #isOver = false;

  /**
   * Not `AbortSignal.any`: to Node.js 20 the long-lived signal would keep a little of each request for ever.
   *
   * @param milliseconds from now on
   * @param reason why the signal is aborted when the time is over
   */
  constructor(clock: Pick<Clock, 'after'>, milliseconds: number, signal: AbortSignal, reason?: () => unknown) {
    const abort = (): void => this.#controller.abort(signal.reason);
    const cancel = clock.after(milliseconds, () => {
      if (this.signal.aborted) return;
      this.#isOver = true;
      this.#controller.abort(reason?.());
    });
    this.#end = () => {
      cancel();
      signal.removeEventListener('abort', abort);
    };
    signal.addEventListener('abort', abort, { once: true });
    if (signal.aborted) abort();
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Whether the time was over before all else. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** To be called when the request has ended, however it did. */
  end(): void {
    this.#end();
  }
}
