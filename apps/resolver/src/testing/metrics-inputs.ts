import type { AliasStatistics } from '@kubezone/core';
import { Statistics } from '@kubezone/dns-server';

import type { MetricsInputs } from '../metrics.ts';
import { servedZones } from './served-zones.ts';

const NO_ALIASES: AliasStatistics = {
  aliases: 0,
  obstructed: 0,
  targets: 0,
  unanswered: 0,
  failing: 0,
  stale: 0,
  missing: 0,
  inFlight: 0,
  waiting: 0,
  questions: { addresses: 0, none: 0, failure: 0 },
};

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
    aliases: () => NO_ALIASES,
    reports: () => [],
    rejections: () => new Map(),
    conflicts: () => [],
    ready: () => false,
    ...change,
  };
}
