import type { ReportsStatus } from '@kubezone/controller';
import type { Registry } from 'prom-client';

import { counter, gauge } from './metric-kinds.ts';

/** Registers what is written to the API of clusters; without leader election, the metrics have no series. */
export function registerReports(registry: Registry, statuses: () => readonly ReportsStatus[]): void {
  gauge(
    registry,
    'kubezone_leader',
    '1 while this process holds the Lease, and writes Events and conditions.',
    ['cluster'],
    (set) => {
      for (const { cluster, leading } of statuses()) set({ cluster }, Number(leading));
    },
  );
  counter(
    registry,
    'kubezone_reports_total',
    'Events and conditions of Records that this process has tried to write, by what became of them.',
    ['cluster', 'kind', 'result'],
    (set) => {
      for (const { cluster, kind, written, failed } of writersOf(statuses())) {
        set({ cluster, kind, result: 'written' }, written);
        set({ cluster, kind, result: 'failed' }, failed);
      }
    },
  );
  gauge(
    registry,
    'kubezone_reports_waiting',
    'Events and conditions that wait: writing is limited, so as not to be a burden to the API server.',
    ['cluster', 'kind'],
    (set) => {
      for (const { cluster, kind, waiting } of writersOf(statuses())) set({ cluster, kind }, waiting);
    },
  );
}

interface Writer {
  readonly cluster: string;
  readonly kind: 'event' | 'condition';
  readonly written: number;
  readonly failed: number;
  readonly waiting: number;
}

function writersOf(statuses: readonly ReportsStatus[]): readonly Writer[] {
  return statuses.flatMap(({ cluster, events, conditions }) => [
    ...(events === undefined ? [] : [{ cluster, kind: 'event' as const, ...events }]),
    ...(conditions === undefined ? [] : [{ cluster, kind: 'condition' as const, ...conditions }]),
  ]);
}
