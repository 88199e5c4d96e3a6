import { Statistics } from '@kubezone/dns-server';

import type { MetricsInputs } from '../metrics.ts';
import { servedZones } from './served-zones.ts';

/** What metrics are read from in a resolver that has nothing yet, but for what a test changes. */
export function metricsInputs(change: Partial<MetricsInputs> = {}): MetricsInputs {
  const statistics = new Statistics();
  return {
    version: '1.2.3',
    statistics: () => statistics.snapshot(),
    zones: servedZones(),
    sources: () => [],
    zoneFiles: () => [],
    problems: () => [],
    refusedNames: () => 0,
    conflicts: () => [],
    ready: () => false,
    ...change,
  };
}
