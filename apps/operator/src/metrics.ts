import {
  type BucketSeries,
  bucketHistogram,
  counter,
  gauge,
  registerReports,
  registerSources,
  type SourceMetricsInputs,
} from '@kubezone/app/metrics';
import { LAG_BOUNDS, type ProviderStatus, type ReportsStatus, type ZoneStatus } from '@kubezone/controller';
import type { Registry } from 'prom-client';

import { registryOfProcess } from './process-metrics.ts';

/** What metrics are read from, at each scrape. Nothing is counted twice for them, and nothing is done for them between two scrapes. */
export interface MetricsInputs extends SourceMetricsInputs {
  readonly version: string;
  readonly providers: () => readonly ProviderStatus[];
  readonly reports: () => readonly ReportsStatus[];
  /** Versions of the configuration that was followed, by what became of them. */
  readonly reloads: () => Readonly<Record<'failed' | 'taken', number>>;
  readonly ready: () => boolean;
}

/** Registers every metric of the operator, and those of the process. */
export function registerMetrics(inputs: MetricsInputs): Registry {
  const registry = registryOfProcess();
  registerPublishing(registry, inputs.providers);
  registerSources(registry, inputs);
  registerReports(registry, inputs.reports);
  counter(
    registry,
    'kubezone_config_reloads_total',
    'New versions of the configuration in a Secret, by what became of them: of one that failed, the version before stays in force.',
    ['result'],
    (set) => {
      for (const [result, count] of Object.entries(inputs.reloads())) set({ result }, count);
    },
  );
  gauge(registry, 'kubezone_ready', '1 while /readyz says so.', [], (set) => set({}, Number(inputs.ready())));
  const { version } = inputs;
  gauge(registry, 'kubezone_build_info', 'Always 1; the labels say what runs.', ['version', 'node'], (set) => {
    set({ version, node: process.version }, 1);
  });
  return registry;
}

/** One zone at one provider. */
interface Place {
  readonly labels: Readonly<Record<'provider' | 'zone', string>>;
  readonly status: ZoneStatus;
}

function registerPublishing(registry: Registry, providers: () => readonly ProviderStatus[]): void {
  const places = (): readonly Place[] =>
    providers().flatMap(({ provider, zones }) =>
      zones.map((status) => ({ labels: { provider, zone: labelOf(status) }, status })),
    );
  const zone = (name: string, help: string, read: (status: ZoneStatus) => number): void =>
    gauge(registry, name, help, ['provider', 'zone'], (set) => {
      for (const { labels, status } of places()) set(labels, read(status));
    });
  const byKind = (
    name: string,
    help: string,
    label: string,
    read: (status: ZoneStatus) => Iterable<readonly [string, number]>,
  ): void =>
    counter(registry, name, help, ['provider', 'zone', label], (set) => {
      for (const { labels, status } of places())
        for (const [kind, count] of read(status)) set({ ...labels, [label]: kind }, count);
    });

  gauge(
    registry,
    'kubezone_provider_up',
    '1 while the zones of the provider are known; 0 while they cannot be listed.',
    ['provider'],
    (set) => {
      for (const { provider, failure } of providers()) set({ provider }, Number(failure === undefined));
    },
  );
  zone('kubezone_zone_up', '1 while the zone can be read and written.', ({ failure, listed }) =>
    Number(listed && failure === undefined),
  );
  zone('kubezone_zone_names', 'Names that are asked for in the zone.', ({ names }) => names);
  zone('kubezone_zone_rrsets', 'RRsets in the zone, whoever has written them.', ({ rrsets }) => rrsets);
  zone('kubezone_zone_owned_rrsets', 'Those of them that are ours.', ({ owned }) => owned);
  zone(
    'kubezone_plan_names',
    'Names that are still to be planned or written: the size of what is to come.',
    ({ waiting }) => waiting,
  );
  zone(
    'kubezone_quarantined_rrsets',
    'Changes that the provider has refused, and that wait to be tried again.',
    (one) => one.quarantined,
  );
  gauge(
    registry,
    'kubezone_held_changes',
    'Deletes and updates that a safety limit holds until somebody confirms them.',
    ['provider', 'zone', 'action'],
    (set) => {
      for (const { labels, status } of places())
        for (const action of ['delete', 'update'])
          set({ ...labels, action }, status.held.find((one) => one.action === action)?.operations.length ?? 0);
    },
  );
  gauge(
    registry,
    'kubezone_withheld_rrsets',
    'RRsets that are not as they are asked for, by why: foreign ones, for instance.',
    ['provider', 'zone', 'code'],
    (set) => {
      for (const { labels, status } of places()) for (const [code, count] of status.withheld) set({ ...labels, code }, count);
    },
  );
  byKind('kubezone_changes_total', 'Changes of RRsets that are written.', 'action', ({ counters }) =>
    Object.entries(counters.applied),
  );
  byKind('kubezone_failed_changes_total', 'Names whose write failed, by how.', 'reason', ({ counters }) =>
    Object.entries(counters.failed),
  );
  byKind('kubezone_provider_calls_total', 'Calls of the provider for the zone.', 'call', ({ counters }) =>
    Object.entries(counters.calls),
  );
  counter(
    registry,
    'kubezone_provider_throttled_total',
    'Calls to which the provider said that it wants to be asked less often.',
    ['provider', 'zone'],
    (set) => {
      for (const { labels, status } of places()) set(labels, status.counters.throttled);
    },
  );
  registry.registerMetric(
    bucketHistogram('kubezone_publish_lag_seconds', 'From the change of a name to its acknowledged write.', () =>
      places().map(({ labels, status }) => lagSeries(labels, status)),
    ),
  );
}

function lagSeries(labels: Place['labels'], { counters }: ZoneStatus): BucketSeries {
  const { counts, count, sumSeconds } = counters.lag;
  let sum = 0;
  const buckets = LAG_BOUNDS.map((upperBoundSeconds, index) => ({ upperBoundSeconds, count: (sum += counts[index] ?? 0) }));
  return { labels, buckets, count, sumSeconds };
}

/** A public and a private zone of one apex differ in their ids. */
function labelOf({ zone, zoneId }: ZoneStatus): string {
  return zoneId === zone ? zone : `${zone} (${zoneId})`;
}
