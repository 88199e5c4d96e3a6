import type { Clock } from '@kubezone/core';

/** A wait that can be cut short. */
export interface Nap {
  readonly over: Promise<void>;
  /** Ends it now. */
  wake(): void;
}

/** Waits on a clock, until it is woken or the signal is aborted. */
export function nap(clock: Clock, delayMs: number, signal: AbortSignal): Nap {
  const { promise: over, resolve } = Promise.withResolvers<void>();
  const wake = (): void => {
    cancel();
    signal.removeEventListener('abort', wake);
    resolve();
  };
  const cancel = clock.after(delayMs, wake);
  signal.addEventListener('abort', wake);
  if (signal.aborted) wake();
  return { over, wake };
}
