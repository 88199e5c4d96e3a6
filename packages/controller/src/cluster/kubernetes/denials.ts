import type { LogFields, Logger } from '@kubezone/core';

import { toApiError } from './api-error.ts';

/** How soon is tried again what is denied, in milliseconds: somebody has to grant it first. */
export const DENIED_MS = 300_000;
/** After so many denials in a row in one namespace nothing else is tried there either. */
const IN_A_ROW = 3;
/** For how long a namespace is remembered in which nobody is denied any more, in milliseconds: it may be gone. */
const FORGOTTEN_MS = 3 * DENIED_MS;
/** Of so many namespaces the log says that they deny. */
const LOGGED_PLACES = 20;

export interface DenialsOptions {
  /** Said where a namespace begins to deny: `Events are denied`. */
  readonly message: string;
  readonly fields?: LogFields;
  readonly logger: Logger;
}

interface Place {
  /** Denials since something was granted. */
  inARow: number;
  /** Monotonic milliseconds. */
  until: number;
  /** When somebody was denied last, in monotonic milliseconds. */
  at: number;
}

/**
 * What the API server denies (403), by RBAC, a quota or an admission webhook: whoever is denied waits for five minutes, and after a few denials in a row so does its namespace. All
 * others go on: neither a namespace without rights nor an object that a webhook dislikes keeps anybody else waiting.
 */
export class Denials {
  readonly #options: DenialsOptions;
  /** Until when they wait, in monotonic milliseconds: the first first. */
  readonly #subjects = new Map<string, number>();
  /** Those where somebody was denied last come last. */
  readonly #places = new Map<string, Place>();

  constructor(options: DenialsOptions) {
    this.#options = options;
  }

  /**
   * Notes a denial.
   *
   * @param place a namespace, or empty
   * @param subject who was denied; unique in all places
   * @param now monotonic milliseconds
   */
  note(place: string, subject: string, error: unknown, now: number): void {
    const { message, fields, logger } = this.#options;
    this.#forgetOld(now);
    this.#subjects.delete(subject);
    this.#subjects.set(subject, now + DENIED_MS);
    const known = this.#places.get(place) ?? { inARow: 0, until: -Infinity, at: now };
    known.inARow++;
    known.at = now;
    if (known.inARow >= IN_A_ROW) known.until = now + DENIED_MS;
    this.#places.delete(place);
    this.#places.set(place, known);
    if (known.inARow > 1 || this.#places.size > LOGGED_PLACES) return;
    const { code, message: reason } = toApiError(error);
    logger.warn(message, { ...fields, ...(place !== '' && { namespace: place }), code, reason });
  }

  /** Something was granted in a place. */
  granted(place: string): void {
    this.#places.delete(place);
  }

  /** How long somebody is to wait, in milliseconds; 0 where it may try. */
  waitMs(place: string, subject: string, now: number): number {
    const own = this.#subjects.get(subject);
    if (own !== undefined && own <= now) this.#subjects.delete(subject);
    return Math.max(0, (own ?? -Infinity) - now, (this.#places.get(place)?.until ?? -Infinity) - now);
  }

  /** Somebody wants nothing any more. */
  forget(subject: string): void {
    this.#subjects.delete(subject);
  }

  clear(): void {
    this.#subjects.clear();
    this.#places.clear();
  }

  /** How many subjects and namespaces are remembered. */
  get size(): number {
    return this.#subjects.size + this.#places.size;
  }

  /** Whoever is gone is asked for no more, and never granted anything. */
  #forgetOld(now: number): void {
    for (const [subject, until] of this.#subjects) {
      if (until > now) break;
      this.#subjects.delete(subject);
    }
    for (const [place, { at }] of this.#places) {
      if (at + FORGOTTEN_MS > now) break;
      this.#places.delete(place);
    }
  }
}
