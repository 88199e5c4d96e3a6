import type { Clock } from '@kubezone/core';

/**
 * Resolves after one turn of the event loop. A process that was stopped for a while (SIGSTOP, a frozen VM) finds all its timers due at once, and replies waiting that
 * are read before any of them. Whoever was to give up a lease meanwhile must have done so before anything more is written: a timer that is set
 * now comes after all that are due. So the signal is looked at after this, just before a write is sent.
 */
export function nextTurn(clock: Pick<Clock, 'after'>): Promise<void> {
  return new Promise((resolve) => void clock.after(0, resolve));
}
