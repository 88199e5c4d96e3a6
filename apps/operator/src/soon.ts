import type { Clock } from '@kubezone/core';

/** Does something a while after it was touched, however often. */
export function soon(clock: Clock, ms: number, act: () => void): { readonly touch: () => void; readonly stop: () => void } {
  let cancel: (() => void) | undefined;
  let stopped = false;
  return {
    touch: () => {
      if (stopped) return;
      cancel ??= clock.after(ms, () => {
        cancel = undefined;
        act();
      });
    },
    stop: () => {
      stopped = true;
      cancel?.();
    },
  };
}
