import type { Clock } from '@kubezone/core';

/** A clock that stands until it is told to go on. */
export interface FakeClock extends Clock {
  /** Lets time pass, and calls back whoever waited for it, in order. */
  readonly advance: (milliseconds: number) => void;
}

/** @param startMs milliseconds since the Unix epoch */
export function fakeClock(startMs: number = Date.UTC(2026, 0, 1)): FakeClock {
  let passed = 0;
  const waiting = new Set<{ readonly at: number; readonly callback: () => void }>();
  return {
    now: () => startMs + passed,
    monotonic: () => passed,
    after: (delayMs, callback) => {
      const timer = { at: passed + delayMs, callback };
      waiting.add(timer);
      return () => waiting.delete(timer);
    },
    advance: (milliseconds) => {
      const end = passed + milliseconds;
      for (;;) {
        const [next] = [...waiting].filter(({ at }) => at <= end).sort((one, other) => one.at - other.at);
        if (next === undefined) break;
        waiting.delete(next);
        passed = next.at;
        next.callback();
      }
      passed = end;
    },
  };
}
