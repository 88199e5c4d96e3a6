import { ProviderError } from '@kubezone/core';

import type { RequestFailure } from './failure.ts';

/** A failure of a request that concerns no single name, as an error. */
export function toProviderError(failure: RequestFailure, what: string): ProviderError {
  switch (failure.kind) {
    case 'throttled':
      return new ProviderError('PROVIDER_THROTTLED', `Route 53 wants to be asked less often; it was to ${what}`, {
        retryAfterMs: failure.afterMs,
      });
    case 'denied':
      return new ProviderError('PROVIDER_FORBIDDEN', `cannot ${what} at Route 53: ${failure.text}`);
    case 'refused':
      return new ProviderError('PROVIDER_BAD_RESPONSE', `cannot ${what} at Route 53: ${failure.texts.join('; ')}`);
    case 'unsent':
    case 'unknown':
    case 'failed':
      return failure.error;
    default:
      return failure satisfies never;
  }
}
