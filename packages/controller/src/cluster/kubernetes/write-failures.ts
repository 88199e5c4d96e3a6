import type { LogFields, Logger } from '@kubezone/core';

import { toApiError } from './api-error.ts';
import { backoffMs } from './backoff.ts';
import { DENIED_MS } from './denials.ts';

export interface WriteFailuresOptions {
  /** Said where it begins to fail: `Events cannot be written`. */
  readonly message: string;
  readonly fields?: LogFields;
  readonly logger: Logger;
  /** From 0 to 1, 1 excluded; scatters delays. */
  readonly random: () => number;
}

/** The failures of a writer that goes on for ever: logged when they begin, and followed by longer and longer pauses. */
export class WriteFailures {
  readonly #options: WriteFailuresOptions;
  /** In a row. */
  #failures = 0;
  /** The code that was logged last; undefined where all is well. */
  #logged: string | undefined;

  constructor(options: WriteFailuresOptions) {
    this.#options = options;
  }

  /** Notes a failure; says how long to wait before another try, in milliseconds. */
  note(error: unknown): number {
    const { message, fields, logger, random } = this.#options;
    const { code, message: reason, retryAfterMs } = toApiError(error);
    if (this.#logged !== code) logger.warn(message, { ...fields, code, reason });
    this.#logged = code;
    return code === 'API_FORBIDDEN' ? DENIED_MS : backoffMs(++this.#failures, random(), retryAfterMs);
  }

  /** Something was written. */
  clear(): void {
    this.#failures = 0;
    this.#logged = undefined;
  }
}
