import { gauge, registerOutsideNames, registerReports, registerSources } from '@kubezone/app/metrics';
import type { ProblemCount, ReportsStatus, SourceStatus } from '@kubezone/controller';
import type { AliasStatistics, Conflict } from '@kubezone/core';
import type { ServedZones, StatisticsSnapshot } from '@kubezone/dns-server';
import { collectDefaultMetrics, Registry } from 'prom-client';

import { registerAliases } from './alias-metrics.ts';
import { registerQueries } from './query-metrics.ts';
import { registerRelay } from './relay-metrics.ts';
import type { ZoneFileStatus } from './zone-file-feed.ts';
import { registerZones } from './zone-metrics.ts';

/** What metrics are read from, at each scrape. Nothing is counted twice for them, and nothing is done for them between two scrapes. */
export interface MetricsInputs {
  readonly version: string;
  readonly statistics: () => StatisticsSnapshot;
  readonly zones: ServedZones;
  readonly sources: () => readonly SourceStatus[];
  readonly zoneFiles: () => readonly ZoneFileStatus[];
  /** Problems of objects and files that are in force, by who found them. */
  readonly problems: () => readonly ProblemCount[];
  /** Names that stay as they were for want of memory. */
  readonly refusedNames: () => number;
  /** How host names stand whose addresses are served. */
  readonly aliases: () => AliasStatistics;
  /** What is written to clusters. */
  readonly reports: () => readonly ReportsStatus[];
  /** How much is not served as it is asked for, by code. */
  readonly rejections: () => ReadonlyMap<string, number>;
  /** Conflicts in force. */
  readonly conflicts: () => Iterable<Conflict>;
  readonly ready: () => boolean;
}

/** How often the delay of the event loop is sampled, in milliseconds: each sample wakes the process. */
const EVENT_LOOP_PRECISION_MS = 50;

/** Registers every metric of the resolver, and those of the process. */
export function registerMetrics(inputs: MetricsInputs): Registry {
  const registry = new Registry();
  registerQueries(registry, inputs.statistics);
  registerRelay(registry, () => inputs.statistics().relay);
  registerZones(registry, inputs);
  registerAliases(registry, inputs.aliases);
  registerOutsideNames(registry, inputs.sources);
  registerSources(registry, inputs);
  registerReports(registry, inputs.reports);
  gauge(registry, 'kubezone_ready', '1 while /readyz says so.', [], (set) => set({}, Number(inputs.ready())));
  const { version } = inputs;
  gauge(registry, 'kubezone_build_info', 'Always 1; the labels say what runs.', ['version', 'node'], (set) => {
    set({ version, node: process.version }, 1);
  });
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: EVENT_LOOP_PRECISION_MS });
  return registry;
}
