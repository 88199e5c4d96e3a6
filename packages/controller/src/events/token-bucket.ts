/** How often something may be done. */
export interface Rate {
  /** How often at once. */
  readonly burst: number;
  /** How long it takes until one more is allowed, in milliseconds. */
  readonly refillMs: number;
}

/** Holds something to a rate: tokens are taken out, and come back one by one. */
export class TokenBucket {
  readonly #rate: Rate;
  /** When it will be full again, in milliseconds of the caller's clock: the only state there is. */
  #fullAt = -Infinity;

  constructor(rate: Rate) {
    this.#rate = rate;
  }

  /** How long until there is a token, in milliseconds; 0 where there is one. */
  waitMs(now: number): number {
    const { burst, refillMs } = this.#rate;
    return Math.max(0, this.#fullAt - now - (burst - 1) * refillMs);
  }

  /** Takes a token out. Whoever does not ask `waitMs` first runs into debt. */
  take(now: number): void {
    this.#fullAt = Math.max(this.#fullAt, now) + this.#rate.refillMs;
  }

  /** Whether it is as if nothing had been taken out ever. */
  isFull(now: number): boolean {
    return now >= this.#fullAt;
  }
}
