import { collectDefaultMetrics, Registry } from 'prom-client';

/** How often the delay of the event loop is sampled, in milliseconds: each sample wakes the process. */
const EVENT_LOOP_PRECISION_MS = 50;

let ofProcess: Registry | undefined;

/**
 * A registry with the metrics of the process, to which others may be added. These are the same in each: what observes garbage collection for them cannot be ended, and keeps
 * the registry for which it was made, and all that is read from there, as long as the process lives.
 */
export function registryOfProcess(): Registry {
  if (ofProcess === undefined) {
    ofProcess = new Registry();
    collectDefaultMetrics({ register: ofProcess, eventLoopMonitoringPrecision: EVENT_LOOP_PRECISION_MS });
  }
  return Registry.merge([ofProcess]);
}
