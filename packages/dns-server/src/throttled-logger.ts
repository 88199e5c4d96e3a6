import type { Clock, LogFields, Logger } from '@kubezone/core';

/**
 * A logger that lets through the first line of each message, and then one in an interval, with the number of those that were left out: trouble
 * that comes with every packet must not fill the disk.
 */
export function throttledLogger(logger: Logger, clock: Clock, intervalMs: number): Logger {
  const silent = new Map<string, { until: number; omitted: number }>();
  const throttle =
    (level: keyof Logger) =>
    (message: string, fields: LogFields = {}): void => {
      const now = clock.monotonic();
      const state = silent.get(message);
      if (state !== undefined && now < state.until) {
        state.omitted++;
        return;
      }
      silent.set(message, { until: now + intervalMs, omitted: 0 });
      logger[level](message, state === undefined || state.omitted === 0 ? fields : { ...fields, omitted: state.omitted });
    };
  return { debug: throttle('debug'), info: throttle('info'), warn: throttle('warn'), error: throttle('error') };
}
