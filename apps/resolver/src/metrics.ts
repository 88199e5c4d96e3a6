import type { ProblemCount, SourceStatus } from '@kubezone/controller';
import { type Conflict, serialOf } from '@kubezone/core';
import type { ServedZones, StatisticsSnapshot } from '@kubezone/dns-server';
import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client';

import { latencyHistogram } from './latency-histogram.ts';
import type { ZoneFileStatus } from './zone-file-feed.ts';

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
  /** Conflicts in force. */
  readonly conflicts: () => Iterable<Conflict>;
  readonly ready: () => boolean;
}

/** Where a source can stand: one series each, of which one is 1. */
const SOURCE_STATES: readonly SourceStatus['state'][] = ['syncing', 'synced', 'absent', 'failing'];

/** How often the delay of the event loop is sampled, in milliseconds: each sample wakes the process. */
const EVENT_LOOP_PRECISION_MS = 50;

/** Registers every metric of the resolver, and those of the process. */
export function registerMetrics(inputs: MetricsInputs): Registry {
  const registry = new Registry();
  registerQueries(registry, inputs);
  registerContent(registry, inputs);
  const { version } = inputs;
  gauge(registry, 'kubezone_build_info', 'Always 1; the labels say what runs.', ['version', 'node'], (set) => {
    set({ version, node: process.version }, 1);
  });
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: EVENT_LOOP_PRECISION_MS });
  return registry;
}

/** Sets the series of one metric. */
type Set = (labels: Readonly<Record<string, string>>, value: number) => void;

function counter(
  registry: Registry,
  name: string,
  help: string,
  labelNames: readonly string[],
  collect: (set: Set) => void,
): void {
  const metric: Counter = new Counter({
    name,
    help,
    labelNames,
    registers: [registry],
    collect: () => {
      metric.reset();
      collect((labels, value) => metric.inc(labels, value));
    },
  });
}

function gauge(registry: Registry, name: string, help: string, labelNames: readonly string[], collect: (set: Set) => void): void {
  const metric: Gauge = new Gauge({
    name,
    help,
    labelNames,
    registers: [registry],
    collect: () => {
      metric.reset();
      collect((labels, value) => metric.set(labels, value));
    },
  });
}

function registerQueries(registry: Registry, { statistics }: MetricsInputs): void {
  counter(
    registry,
    'kubezone_queries_total',
    'Queries answered. Types that hardly anybody asks for are counted as "other".',
    ['type', 'rcode', 'transport'],
    (set) => {
      for (const { type, rcode, transport, count } of statistics().responses) set({ type, rcode, transport }, count);
    },
  );
  registry.registerMetric(latencyHistogram(statistics));
  const event = (name: string, help: string, read: (events: StatisticsSnapshot['events']) => number): void =>
    counter(registry, name, help, [], (set) => set({}, read(statistics().events)));
  event(
    'kubezone_responses_truncated_total',
    'Responses with TC set: the client asks again over TCP.',
    (events) => events.truncated,
  );
  event(
    'kubezone_messages_dropped_total',
    'Messages without any answer: too short, longer than any query, or responses themselves.',
    (events) => events.dropped,
  );
  event(
    'kubezone_answer_failures_total',
    'Queries answered SERVFAIL because of a defect of the program; logged.',
    (events) => events.failures,
  );
  event('kubezone_udp_send_errors_total', 'Responses that the kernel did not take.', (events) => events.udpSendErrors);
  event('kubezone_udp_receive_errors_total', 'Receive calls that failed.', (events) => events.udpReceiveErrors);
  event(
    'kubezone_udp_worker_restarts_total',
    'Threads that answer UDP, started again after a defect; logged.',
    (events) => events.udpWorkerRestarts,
  );
  counter(
    registry,
    'kubezone_rate_limited_total',
    'UDP responses and queries beyond a rate limit, by what became of them; in mode "log" they were answered.',
    ['mode', 'action'],
    (set) => {
      const { events } = statistics();
      set({ mode: 'limit', action: 'response_dropped' }, events.limitedDropped);
      set({ mode: 'limit', action: 'response_slipped' }, events.limitedSlipped);
      set({ mode: 'limit', action: 'query_dropped' }, events.limitedQueries);
      set({ mode: 'log', action: 'response_dropped' }, events.wouldLimitDropped);
      set({ mode: 'log', action: 'response_slipped' }, events.wouldLimitSlipped);
      set({ mode: 'log', action: 'query_dropped' }, events.wouldLimitQueries);
    },
  );
  counter(
    registry,
    'kubezone_cookies_total',
    'Queries with a DNS server cookie, by whether it was one of ours.',
    ['result'],
    (set) => {
      const { cookiesValid, cookiesInvalid } = statistics().events;
      set({ result: 'valid' }, cookiesValid);
      set({ result: 'invalid' }, cookiesInvalid);
    },
  );
  gauge(registry, 'kubezone_tcp_connections', 'TCP connections open now.', [], (set) => set({}, statistics().tcpOpen));
  counter(registry, 'kubezone_tcp_connections_total', 'TCP connections by what became of them at first.', ['result'], (set) => {
    const { tcpAccepted, tcpRefused } = statistics().events;
    set({ result: 'accepted' }, tcpAccepted);
    set({ result: 'refused' }, tcpRefused);
  });
  counter(registry, 'kubezone_tcp_closed_total', 'TCP connections closed by the server, by reason.', ['reason'], (set) => {
    const { tcpEvicted, tcpIdleTimeouts, tcpMessageTimeouts, tcpWriteTimeouts } = statistics().events;
    set({ reason: 'evicted' }, tcpEvicted);
    set({ reason: 'idle' }, tcpIdleTimeouts);
    set({ reason: 'message_timeout' }, tcpMessageTimeouts);
    set({ reason: 'write_timeout' }, tcpWriteTimeouts);
  });
}

function registerContent(registry: Registry, inputs: MetricsInputs): void {
  const { zones, sources, zoneFiles, problems, conflicts, ready } = inputs;
  const zone = (name: string, help: string, read: (served: ReturnType<ServedZones['get']> & object) => number): void =>
    gauge(registry, name, help, ['zone'], (set) => {
      for (const served of zones) set({ zone: served.zone.apex }, read(served));
    });
  zone('kubezone_zone_rrsets', 'RRsets in the zone.', (served) => served.zone.rrsetCount);
  zone('kubezone_zone_names', 'Names in the zone, empty non-terminals included.', (served) => served.zone.nameCount);
  zone('kubezone_zone_serial', "The SOA's serial.", (served) => soaSerial(served.zone.soa.rdatas));
  gauge(
    registry,
    'kubezone_zone_memory_bytes',
    'Memory of all zones: in use, free to be used again, taken from the system.',
    ['state'],
    (set) => {
      const { usedOctets, freeOctets, touchedOctets } = zones.usage();
      set({ state: 'used' }, usedOctets);
      set({ state: 'free' }, freeOctets);
      set({ state: 'resident' }, touchedOctets);
    },
  );
  gauge(
    registry,
    'kubezone_refused_names',
    'Names that stay as they were, because the zones have no room for what they should hold; each is logged.',
    [],
    (set) => set({}, inputs.refusedNames()),
  );
  zone('kubezone_zone_complete', '1 once names that are not there are denied; until then they are SERVFAIL.', (served) =>
    Number(served.complete),
  );

  const source = (name: string, help: string, read: (status: SourceStatus) => number | undefined): void =>
    gauge(registry, name, help, ['cluster', 'source'], (set) => {
      for (const status of sources()) {
        const value = read(status);
        if (value !== undefined) set({ cluster: status.cluster, source: status.source }, value);
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
    ['cluster', 'source', 'state'],
    (set) => {
      for (const status of sources()) {
        for (const state of SOURCE_STATES)
          set({ cluster: status.cluster, source: status.source, state }, Number(status.state === state));
      }
    },
  );
  counter(
    registry,
    'kubezone_source_errors_total',
    'Failed attempts to list or watch what the source reads, and objects on which it failed by a defect.',
    ['cluster', 'source'],
    (set) => {
      for (const status of sources()) set({ cluster: status.cluster, source: status.source }, status.errors);
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
    'kubezone_zone_file_current',
    '1 while the zone file as it is now is served without errors.',
    ['zone'],
    (set) => {
      for (const { apex, current } of zoneFiles()) set({ zone: apex }, Number(current));
    },
  );
  gauge(
    registry,
    'kubezone_zone_file_loaded_timestamp_seconds',
    'When the content of the zone file that is served was read, in Unix time.',
    ['zone'],
    (set) => {
      for (const { apex, loadedAt } of zoneFiles()) set({ zone: apex }, loadedAt / 1000);
    },
  );
  gauge(registry, 'kubezone_ready', '1 while /readyz says so.', [], (set) => set({}, Number(ready())));
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

function soaSerial([rdata]: readonly Uint8Array[]): number {
  return rdata === undefined ? 0 : serialOf(rdata);
}
