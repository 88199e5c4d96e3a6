import type { Clock } from '@kubezone/core';

/** How much a vendor takes. */
export interface TokenBucketOptions {
  /** How many requests may go at once after a rest. In any span of `t` seconds there are at most `capacity + perSecond * t`. */
  readonly capacity: number;
  /** How many requests a second come back. */
  readonly perSecond: number;
}

/** The longest pause, in milliseconds: a day. Whoever asks for more is mistaken, or a proxy, and a timer of more than 24.8 days would fire at once. */
export const MAX_PAUSE_MS = 86_400_000;

interface Waiting {
  readonly tokens: number;
  readonly go: () => void;
}

/** Keeps requests within a vendor's published rate, in the order in which they were asked for. */
export class TokenBucket {
  readonly #clock: Pick<Clock, 'monotonic' | 'after'>;
  readonly #capacity: number;
  readonly #perMs: number;
  #tokens: number;
  #filledAt: number;
  #pausedUntil = 0;
  readonly #queue: Waiting[] = [];
  #cancelTimer: (() => void) | undefined;

  constructor(clock: Pick<Clock, 'monotonic' | 'after'>, { capacity, perSecond }: TokenBucketOptions) {
    if (!(capacity >= 1) || !(perSecond > 0)) {
      throw new RangeError(`a bucket of ${capacity} tokens and ${perSecond} a second lets nothing through`);
    }
    this.#clock = clock;
    this.#capacity = capacity;
    this.#perMs = perSecond / 1000;
    this.#tokens = capacity;
    this.#filledAt = clock.monotonic();
  }

  /** How many requests wait for their turn. */
  get waiting(): number {
    return this.#queue.length;
  }

  /**
   * Resolves when a request may go.
   *
   * @param tokens what the request weighs; at most the capacity
   * @throws the signal's reason, where it is aborted first; then nothing is taken
   */
  take(signal: AbortSignal, tokens = 1): Promise<void> {
    signal.throwIfAborted();
    if (tokens > this.#capacity) throw new RangeError(`${tokens} tokens never fit into a bucket of ${this.#capacity}`);
    if (this.#queue.length === 0 && this.#delay(tokens) === 0) {
      this.#tokens -= tokens;
      return Promise.resolve();
    }
    return new Promise((resolve, reject) => {
      const waiting: Waiting = {
        tokens,
        go: () => {
          signal.removeEventListener('abort', leave);
          resolve();
        },
      };
      const leave = (): void => {
        this.#queue.splice(this.#queue.indexOf(waiting), 1);
        this.#drain();
        reject(signal.reason as Error);
      };
      signal.addEventListener('abort', leave, { once: true });
      this.#queue.push(waiting);
      this.#drain();
    });
  }

  /** Lets nothing through for so many milliseconds, a day at most: the vendor said so. A longer pause stays in force. */
  pause(milliseconds: number): void {
    this.#pausedUntil = Math.max(this.#pausedUntil, this.#clock.monotonic() + Math.min(milliseconds, MAX_PAUSE_MS));
    this.#drain();
  }

  /** Milliseconds until so many tokens are there. */
  #delay(tokens: number): number {
    const now = this.#clock.monotonic();
    this.#tokens = Math.min(this.#capacity, this.#tokens + (now - this.#filledAt) * this.#perMs);
    this.#filledAt = now;
    // Tokens are fractions: without the tolerance the last of them may be awaited for ever in steps of no time.
    const missing = tokens - this.#tokens;
    return Math.max(this.#pausedUntil - now, missing > 1e-9 ? Math.ceil(missing / this.#perMs) : 0, 0);
  }

  #drain(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    for (let head = this.#queue[0]; head !== undefined; head = this.#queue[0]) {
      const delay = this.#delay(head.tokens);
      if (delay > 0) {
        this.#cancelTimer = this.#clock.after(delay, () => {
          this.#drain();
        });
        return;
      }
      this.#queue.shift();
      this.#tokens -= head.tokens;
      head.go();
    }
  }
}
