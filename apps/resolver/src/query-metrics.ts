import { bucketHistogram, counter, gauge } from '@kubezone/app/metrics';
import type { StatisticsSnapshot } from '@kubezone/dns-server';
import type { Registry } from 'prom-client';

/** Registers what is counted of queries and of the sockets that they come by. */
export function registerQueries(registry: Registry, statistics: () => StatisticsSnapshot): void {
  counter(
    registry,
    'kubezone_queries_total',
    'Queries answered. Types that hardly anybody asks for are counted as "other".',
    ['type', 'rcode', 'transport'],
    (set) => {
      for (const { type, rcode, transport, count } of statistics().responses) set({ type, rcode, transport }, count);
    },
  );
  registry.registerMetric(
    bucketHistogram('kubezone_query_duration_seconds', 'From a query read to its answer handed to the kernel.', () =>
      Object.entries(statistics().latency).map(([transport, series]) => ({ labels: { transport }, ...series })),
    ),
  );
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
