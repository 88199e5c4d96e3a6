import type { ProblemCount, SourceStatus } from '@kubezone/controller';
import type { Conflict } from '@kubezone/core';
import type { Registry } from 'prom-client';

import { counter, gauge } from './metric-kinds.ts';

/** What the metrics of sources are read from. */
export interface SourceMetricsInputs {
  readonly sources: () => readonly SourceStatus[];
  /** Problems of objects and files that are in force, by who found them. */
  readonly problems: () => readonly ProblemCount[];
  /** How much is not served as it is asked for, by code. */
  readonly rejections: () => ReadonlyMap<string, number>;
  /** Conflicts in force. */
  readonly conflicts: () => Iterable<Conflict>;
}

/** Where a source can stand: one series each, of which one is 1. */
const SOURCE_STATES: readonly SourceStatus['state'][] = ['syncing', 'synced', 'absent', 'failing'];

/** Registers how sources and clusters stand, and what of objects is not served as it is asked for. */
export function registerSources(registry: Registry, { sources, problems, conflicts, rejections }: SourceMetricsInputs): void {
  const source = (name: string, help: string, read: (status: SourceStatus) => number | undefined): void =>
    gauge(registry, name, help, ['cluster', 'source', 'resource'], (set) => {
      for (const status of sources()) {
        const value = read(status);
        if (value !== undefined) set(labelsOf(status), value);
      }
    });
  source('kubezone_source_objects', 'Objects of the kind that the source reads names from.', (status) => status.objects);
  source('kubezone_source_contributing_objects', 'Objects that ask the source for a name.', (status) => status.contributing);
  source(
    'kubezone_last_event_timestamp_seconds',
    'When the cluster last said something of an object that the source reads, in Unix time.',
    ({ lastEventAt }) => (lastEventAt === undefined ? undefined : lastEventAt / 1000),
  );
  gauge(
    registry,
    'kubezone_source_state',
    '1 for the state that the source is in, 0 for the others.',
    ['cluster', 'source', 'resource', 'state'],
    (set) => {
      for (const status of sources()) {
        for (const state of SOURCE_STATES) set({ ...labelsOf(status), state }, Number(status.state === state));
      }
    },
  );
  counter(
    registry,
    'kubezone_source_errors_total',
    'Failed attempts to list or watch what the source reads, and objects on which it failed by a defect.',
    ['cluster', 'source', 'resource'],
    (set) => {
      for (const status of sources()) set(labelsOf(status), status.errors);
    },
  );
  gauge(
    registry,
    'kubezone_cluster_synced',
    '1 while all that is read of the cluster is known and followed; else what was last known is served.',
    ['cluster'],
    (set) => {
      const byCluster = Map.groupBy(sources(), ({ cluster }) => cluster);
      for (const [cluster, statuses] of byCluster) set({ cluster }, Number(statuses.every(({ state }) => state === 'synced')));
    },
  );
  gauge(
    registry,
    'kubezone_problems',
    'Objects, annotations and manifests that are not used as they stand; each is logged.',
    ['cluster', 'source'],
    (set) => {
      for (const { cluster, source: finder = '', problems: count } of problems()) set({ cluster, source: finder }, count);
    },
  );
  gauge(
    registry,
    'kubezone_conflicts',
    'Requests for a name that another object or source has; each is logged.',
    ['cluster', 'source'],
    (set) => {
      for (const { labels, count } of countConflicts(conflicts(), sources())) set(labels, count);
    },
  );
  gauge(
    registry,
    'kubezone_rejections',
    'What objects and files ask for and do not get as they ask for it, by code; listed at /debug/conflicts.',
    ['code'],
    (set) => {
      for (const [code, count] of rejections()) set({ code }, count);
    },
  );
}

/** Registers how many names lie outside all zones: for those that know the zones, and list some of these names at /debug/conflicts. */
export function registerOutsideNames(registry: Registry, sources: () => readonly SourceStatus[]): void {
  gauge(
    registry,
    'kubezone_names_outside_zones',
    'Names that objects ask for and that lie in no zone that is served, once for each object; some of them are listed at /debug/conflicts.',
    ['cluster', 'source', 'resource'],
    (set) => {
      for (const status of sources()) set(labelsOf(status), status.outside);
    },
  );
}

function labelsOf({ cluster, source, resource }: SourceStatus): Readonly<Record<'cluster' | 'source' | 'resource', string>> {
  return { cluster, source, resource };
}

/** How many conflicts each source of each cluster loses; a source without any counts too. Zone files are of no cluster. */
function countConflicts(
  conflicts: Iterable<Conflict>,
  sources: readonly SourceStatus[],
): Iterable<{ readonly labels: Readonly<Record<'cluster' | 'source', string>>; readonly count: number }> {
  const counts = new Map<string, { readonly labels: { readonly cluster: string; readonly source: string }; count: number }>();
  const entryOf = ({ cluster, source }: { readonly cluster: string; readonly source: string }): { count: number } => {
    const key = `${cluster}\n${source}`;
    const entry = counts.get(key) ?? { labels: { cluster, source }, count: 0 };
    counts.set(key, entry);
    return entry;
  };
  for (const status of sources) entryOf(status);
  for (const { loser } of conflicts) entryOf(loser).count++;
  return counts.values();
}
