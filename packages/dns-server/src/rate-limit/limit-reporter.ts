import type { Clock, Logger } from '@kubezone/core';

import { printIpPrefix } from './ip-prefix.ts';
import type { LimitedPrefix, LimitedPrefixes } from './limited-prefixes.ts';
import type { RateLimits } from './rate-limits.ts';

/** How often the list is looked at, in milliseconds. */
const INTERVAL_MS = 1000;

/** So long after it was limited last a client counts as limited no more. */
const OVER_AFTER_MS = 10_000;

/** How many lines one look may write: an attacker who forges one address after the other must not fill the disk. */
const MAX_LINES = 4;

/** What a reporter works with. */
export interface LimitReporterOptions {
  readonly prefixes: LimitedPrefixes;
  readonly limits: RateLimits;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Logs, in the main thread, when the limiting of a client begins and when it is over. */
export class LimitReporter {
  readonly #options: LimitReporterOptions;
  /** Those whose beginning was logged, by their place, with the time of it. */
  readonly #begun = new Map<number, number>();
  /** Beginnings that were not logged, since the last line. */
  #omitted = 0;
  #unlisted = 0;
  #cancel: () => void;

  /** Begins to look. */
  constructor(options: LimitReporterOptions) {
    this.#options = options;
    this.#unlisted = options.prefixes.unlisted;
    this.#cancel = options.clock.after(INTERVAL_MS, () => this.#look());
  }

  /** Looks no more. */
  stop(): void {
    this.#cancel();
  }

  #look(): void {
    const { prefixes, clock } = this.#options;
    let lines = MAX_LINES;
    for (const prefix of prefixes) {
      const begun = this.#begun.get(prefix.place);
      if (!isOver(prefix, clock.now())) {
        if (begun !== undefined || lines === 0) continue;
        this.#begun.set(prefix.place, clock.monotonic());
        this.#logBegin(prefix);
      } else if (begun === undefined) {
        prefixes.free(prefix);
        this.#omitted++;
        continue;
      } else {
        if (lines === 0) continue;
        prefixes.free(prefix);
        this.#begun.delete(prefix.place);
        this.#logEnd(prefix, clock.monotonic() - begun);
      }
      lines--;
    }
    this.#logUnlisted();
    this.#cancel = clock.after(INTERVAL_MS, () => this.#look());
  }

  #logBegin(prefix: LimitedPrefix): void {
    const { logger } = this.#options;
    const omitted = this.#omitted;
    this.#omitted = 0;
    logger.warn('a client is beyond its rate limit', { ...this.#fieldsOf(prefix), ...(omitted > 0 && { omitted }) });
  }

  #logEnd(prefix: LimitedPrefix, durationMs: number): void {
    const { dropped, slipped, queriesDropped } = prefix;
    const seconds = Math.round(durationMs / 1000);
    const counts = { responsesDropped: dropped, responsesSlipped: slipped, queriesDropped };
    this.#options.logger.info('a client is within its rate limit again', { ...this.#fieldsOf(prefix), seconds, ...counts });
  }

  /** More clients than can be listed: that alone is worth a line, and their names would be forged anyway. */
  #logUnlisted(): void {
    const { prefixes, logger } = this.#options;
    const { unlisted } = prefixes;
    if (unlisted === this.#unlisted) return;
    logger.warn('more clients are beyond their rate limits than are listed', { responses: (unlisted - this.#unlisted) >>> 0 });
    this.#unlisted = unlisted;
  }

  #fieldsOf({ family, high, low }: LimitedPrefix): { readonly client: string; readonly mode: RateLimits['mode'] } {
    const { limits } = this.#options;
    const octets = new DataView(new ArrayBuffer(family === 4 ? 4 : 16));
    octets.setInt32(0, high);
    if (family === 6) octets.setInt32(4, low);
    const length = family === 4 ? limits.ipv4PrefixLength : limits.ipv6PrefixLength;
    return { client: printIpPrefix({ address: new Uint8Array(octets.buffer), length }), mode: limits.mode };
  }
}

/** Whether a client has not been limited for a while. One that was limited in the future was so before the clock was set. */
function isOver({ last }: LimitedPrefix, now: number): boolean {
  const silentMs = ((now | 0) - last) | 0;
  return silentMs >= OVER_AFTER_MS || silentMs < -OVER_AFTER_MS;
}
