import { ProviderError, type ProviderErrorCode } from '@kubezone/core';

import { backoffMs } from '../cluster/kubernetes/backoff.ts';
import { messageOf } from '../cluster/message-of.ts';
import type { PublishCode } from './publish-code.ts';

/** That a zone is to be left alone for a while. */
export interface Pause {
  readonly code: PublishCode | ProviderErrorCode;
  readonly message: string;
  /** At least so long, in milliseconds. */
  readonly afterMs: number;
}

/** How often a name may be in conflict before it waits. */
export const CONFLICTS_AT_ONCE = 3;

/** What an error of a provider says. */
export function pauseOf(error: unknown): Pause {
  if (!(error instanceof ProviderError)) return { code: 'PROVIDER_FAULT', message: messageOf(error), afterMs: 0 };
  return { code: error.code, message: error.message, afterMs: error.retryAfterMs ?? 0 };
}

/** How long a name waits that has been in conflict so often, in milliseconds; 0: it need not. */
export function conflictWaitMs(tries: number, random: number): number {
  return tries <= CONFLICTS_AT_ONCE ? 0 : backoffMs(tries - CONFLICTS_AT_ONCE, random);
}
