import type { Clock } from '@kubezone/core';

/** Does something again and again. */
export function repeat(clock: Clock, ms: number, act: () => void): { readonly start: () => void; readonly stop: () => void } {
  let cancel: () => void = () => undefined;
  const start = (): void => {
    cancel = clock.after(ms, () => {
      act();
      start();
    });
  };
  return { start, stop: () => cancel() };
}
