/**
 * Counters of the server. Fixed arrays, so that counting a query allocates nothing and costs a few additions; whoever exposes them (as
 * Prometheus metrics, say) reads a snapshot.
 */
import { printRRType, RCODE, TYPE } from '@kubezone/core';

import type { RelaySnapshot } from './relay/relay-statistics.ts';

/** What carried a query. */
export type Transport = 'udp' | 'tcp';

/** Query types with counters of their own; all others count as `other`, so that a client cannot make up series without end. */
const COUNTED_TYPES: readonly number[] = [
  TYPE.A,
  TYPE.AAAA,
  TYPE.CAA,
  TYPE.CNAME,
  TYPE.DNAME,
  TYPE.DNSKEY,
  TYPE.DS,
  TYPE.HTTPS,
  TYPE.MX,
  TYPE.NAPTR,
  TYPE.NS,
  TYPE.PTR,
  TYPE.SOA,
  TYPE.SRV,
  TYPE.SVCB,
  TYPE.TLSA,
  TYPE.TXT,
  TYPE.ANY,
  TYPE.AXFR,
  TYPE.IXFR,
];

/** Every rcode that the server sends. */
const COUNTED_RCODES = [
  ['NOERROR', RCODE.NOERROR],
  ['FORMERR', RCODE.FORMERR],
  ['SERVFAIL', RCODE.SERVFAIL],
  ['NXDOMAIN', RCODE.NXDOMAIN],
  ['NOTIMP', RCODE.NOTIMP],
  ['REFUSED', RCODE.REFUSED],
  ['YXDOMAIN', RCODE.YXDOMAIN],
  ['NOTAUTH', RCODE.NOTAUTH],
  ['BADVERS', RCODE.BADVERS],
  ['BADCOOKIE', RCODE.BADCOOKIE],
] as const;

const TYPE_LABELS: readonly string[] = [...COUNTED_TYPES.map(printRRType), 'other'];
const RCODE_LABELS: readonly string[] = [...COUNTED_RCODES.map(([label]) => label), 'other'];
const TRANSPORTS: readonly Transport[] = ['udp', 'tcp'];

/** Number → counter. */
const TYPE_INDEX = indexTable(COUNTED_TYPES);
const RCODE_INDEX = indexTable(COUNTED_RCODES.map(([, rcode]) => rcode));

/**
 * Upper bounds of the latency histogram's buckets, in seconds: from a message's arrival in this process to the answer's hand-over to
 * the kernel.
 */
export const LATENCY_BUCKETS_SECONDS: readonly number[] = [
  0.000_01, 0.000_025, 0.000_05, 0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.1,
];

/** Events that are not responses. */
const EVENTS = [
  /** Messages that get no answer: too short for a header, longer than any query, responses, or from port 0. */
  'dropped',
  /** Responses with TC set. */
  'truncated',
  /** Exceptions while answering; each is a defect, and answered SERVFAIL. */
  'failures',
  /** Queries with a server cookie that was valid, and with one that was not. */
  'cookiesValid',
  'cookiesInvalid',
  /** UDP responses beyond a rate limit: not sent, and sent without their records; and UDP queries beyond one, which are not answered. */
  'limitedDropped',
  'limitedSlipped',
  'limitedQueries',
  /** What would have become of others, if the limits were in force. */
  'wouldLimitDropped',
  'wouldLimitSlipped',
  'wouldLimitQueries',
  /** UDP responses that the kernel did not take. */
  'udpSendErrors',
  /** Receive calls on UDP sockets that failed. */
  'udpReceiveErrors',
  /** UDP workers that had died, and were started again; each is a defect. */
  'udpWorkerRestarts',
  'tcpAccepted',
  /** TCP connections refused or given up for another one, because there were too many. */
  'tcpRefused',
  'tcpEvicted',
  /** TCP connections ended by the server: idle, with a message that did not arrive in time, with responses that were not read in time. */
  'tcpIdleTimeouts',
  'tcpMessageTimeouts',
  'tcpWriteTimeouts',
] as const;

/** An event that is counted. */
export type CountedEvent = (typeof EVENTS)[number];

const EVENT_INDEX: Readonly<Record<CountedEvent, number>> = Object.fromEntries(
  EVENTS.map((event, index) => [event, index]),
) as Record<CountedEvent, number>;

/** The number of responses of one kind. */
export interface ResponseCount {
  readonly transport: Transport;
  /** Mnemonic of the query type, or `other`. */
  readonly type: string;
  /** Name of the rcode, or `other`. */
  readonly rcode: string;
  readonly count: number;
}

/** A histogram in Prometheus's form: bucket i counts what took at most `LATENCY_BUCKETS_SECONDS[i]`. */
export interface LatencySnapshot {
  /** Cumulative. */
  readonly buckets: readonly { readonly upperBoundSeconds: number; readonly count: number }[];
  readonly count: number;
  readonly sumSeconds: number;
}

/** All counters at one moment; they only ever grow, but for `tcpOpen`. */
export interface StatisticsSnapshot {
  /** Those above zero. */
  readonly responses: readonly ResponseCount[];
  readonly events: Readonly<Record<CountedEvent, number>>;
  /** By transport. */
  readonly latency: Readonly<Record<Transport, LatencySnapshot>>;
  /** TCP connections open now. */
  readonly tcpOpen: number;
  /** Where names are relayed. Relayed responses are among `responses`, and not in `latency`, which is the server's own. */
  readonly relay?: RelaySnapshot;
}

/** Layout of the counters of latency: one for each bucket, one for what is beyond them all, and the sum. */
const LATENCY_COUNTERS: number = LATENCY_BUCKETS_SECONDS.length + 2;
const RESPONSE_COUNTERS: number = TRANSPORTS.length * TYPE_LABELS.length * RCODE_LABELS.length;
const COUNTERS: number = RESPONSE_COUNTERS + TRANSPORTS.length * LATENCY_COUNTERS + EVENTS.length;

/** How many octets the counters take. */
export const STATISTICS_OCTETS: number = COUNTERS * Float64Array.BYTES_PER_ELEMENT;

/**
 * The counters. Float64 holds whole numbers exactly up to 2^53: at a million queries a second, 285 years.
 *
 * A thread has its own, and nobody else writes them; where they lie in a SharedArrayBuffer, other threads can read them.
 */
export class Statistics {
  readonly #counters: Float64Array;
  readonly #responses: Float64Array;
  readonly #latency: Readonly<Record<Transport, Float64Array>>;
  readonly #events: Float64Array;
  #tcpOpen = 0;

  /** @param buffer `STATISTICS_OCTETS` octets, zeros at first. @default memory of its own */
  constructor(buffer: ArrayBufferLike = new ArrayBuffer(STATISTICS_OCTETS)) {
    const counters = new Float64Array(buffer, 0, COUNTERS);
    const udpEnd = RESPONSE_COUNTERS + LATENCY_COUNTERS;
    const tcpEnd = udpEnd + LATENCY_COUNTERS;
    this.#counters = counters;
    this.#responses = counters.subarray(0, RESPONSE_COUNTERS);
    this.#latency = { udp: counters.subarray(RESPONSE_COUNTERS, udpEnd), tcp: counters.subarray(udpEnd, tcpEnd) };
    this.#events = counters.subarray(tcpEnd);
  }

  /** What several threads have counted, all together. */
  static sum(parts: Iterable<Statistics>): Statistics {
    const total = new Statistics();
    for (const part of parts) {
      for (let index = 0; index < COUNTERS; index++) increment(total.#counters, index, part.#counters[index]);
      total.#tcpOpen += part.#tcpOpen;
    }
    return total;
  }

  /** Counts a response and how long it took. */
  countResponse(transport: Transport, type: number, rcode: number, seconds: number): void {
    this.countAnswer(transport, type, rcode);
    this.countLatency(transport, seconds, 1);
  }

  /** Counts a response. */
  countAnswer(transport: Transport, type: number, rcode: number): void {
    const row = (transport === 'udp' ? 0 : 1) * TYPE_LABELS.length + indexIn(TYPE_INDEX, type);
    increment(this.#responses, row * RCODE_LABELS.length + indexIn(RCODE_INDEX, rcode));
  }

  /** Counts how long responses took that left together. */
  countLatency(transport: Transport, seconds: number, responses: number): void {
    const latency = this.#latency[transport];
    let bucket = 0;
    while (bucket < LATENCY_BUCKETS_SECONDS.length && seconds > (LATENCY_BUCKETS_SECONDS[bucket] as number)) bucket++;
    increment(latency, bucket, responses);
    increment(latency, latency.length - 1, seconds * responses);
  }

  /** Counts an event. */
  count(event: CountedEvent, by = 1): void {
    increment(this.#events, EVENT_INDEX[event], by);
  }

  tcpOpened(): void {
    this.#tcpOpen++;
  }

  tcpClosed(): void {
    this.#tcpOpen--;
  }

  /** Copies the counters. */
  snapshot(): StatisticsSnapshot {
    return {
      responses: this.#responseCounts(),
      events: Object.fromEntries(EVENTS.map((event, index) => [event, this.#events[index]])) as Record<CountedEvent, number>,
      latency: { udp: latencySnapshot(this.#latency.udp), tcp: latencySnapshot(this.#latency.tcp) },
      tcpOpen: this.#tcpOpen,
    };
  }

  #responseCounts(): ResponseCount[] {
    const counts: ResponseCount[] = [];
    let index = 0;
    for (const transport of TRANSPORTS) {
      for (const type of TYPE_LABELS) {
        for (const rcode of RCODE_LABELS) {
          const count = this.#responses[index++] as number;
          if (count > 0) counts.push({ transport, type, rcode, count });
        }
      }
    }
    return counts;
  }
}

function latencySnapshot(counters: Float64Array): LatencySnapshot {
  let count = 0;
  const buckets = LATENCY_BUCKETS_SECONDS.map((upperBoundSeconds, index) => {
    count += counters[index] as number;
    return { upperBoundSeconds, count };
  });
  return { buckets, count: count + (counters.at(-2) as number), sumSeconds: counters.at(-1) as number };
}

/** A table from number (below 512) to its index in the list; what is not in the list has the index after the last. */
function indexTable(numbers: readonly number[]): Uint8Array {
  const table = new Uint8Array(512).fill(numbers.length);
  for (const [index, number] of numbers.entries()) table[number] = index;
  return table;
}

function indexIn(table: Uint8Array, number: number): number {
  // Numbers beyond the table are in no list; 511 is none either.
  return table[number] ?? (table[511] as number);
}

function increment(counters: Float64Array, index: number, by = 1): void {
  counters[index] = (counters[index] as number) + by;
}
