import { bucketHistogram, counter, gauge } from '@kubezone/app/metrics';
import { printEndpoint, type RelaySnapshot } from '@kubezone/dns-server';
import type { Registry } from 'prom-client';

/** Registers what becomes of queries for names that others are asked for; without such, the metrics have no series. */
export function registerRelay(registry: Registry, snapshot: () => RelaySnapshot | undefined): void {
  counter(
    registry,
    'kubezone_fallthrough_queries_total',
    'Queries for names that are not known here, by what became of them: answered, timed out or failed at all servers, refused since too many waited, come back in a loop.',
    ['result'],
    (set) => {
      const relay = snapshot();
      if (relay === undefined) return;
      const { answered, timedOut, failed, refused, looped } = relay;
      for (const [result, count] of Object.entries({ answered, timed_out: timedOut, failed, refused, looped }))
        set({ result }, count);
    },
  );
  gauge(registry, 'kubezone_fallthrough_waiting', 'Queries that wait for the answer of another server now.', [], (set) => {
    const relay = snapshot();
    if (relay !== undefined) set({}, relay.waiting);
  });
  counter(
    registry,
    'kubezone_fallthrough_server_queries_total',
    'Queries to other servers, by what became of them; mismatched are replies to nothing that was asked.',
    ['server', 'result'],
    (set) => {
      for (const { address, port, queries, timedOut, failed, mismatched } of snapshot()?.servers ?? []) {
        const server = printEndpoint(address, port);
        for (const [result, count] of Object.entries({ sent: queries, timed_out: timedOut, failed, mismatched }))
          set({ server, result }, count);
      }
    },
  );
  registry.registerMetric(
    bucketHistogram(
      'kubezone_fallthrough_duration_seconds',
      'From a query for a name that is not known here to its answer.',
      () => {
        const duration = snapshot()?.duration;
        return duration === undefined ? [] : [{ labels: {}, ...duration }];
      },
    ),
  );
}
