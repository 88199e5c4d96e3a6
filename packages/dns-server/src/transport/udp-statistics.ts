import { getSystemErrorName } from 'node:util';

/**
 * Indices of a worker's counters. The first seven are the addon's as well (native/batch.h, `enum counter`).
 *
 * Each worker writes its own, the main thread only reads: plain loads and stores of 64 bits, which are whole on every platform of Node's.
 */
export const COUNTER = {
  batches: 0,
  received: 1,
  oversize: 2,
  sent: 3,
  sendFailed: 4,
  receiveFailed: 5,
  lastErrno: 6,
  forged: 7,
  unanswered: 8,
  handlerFailed: 9,
  deferred: 10,
} as const;

/** How many counters a worker has. */
export const COUNTERS: number = Object.keys(COUNTER).length;

/** What the workers have done, all together, since they were first started. Restarts do not set it back. */
export interface UdpStatistics {
  /** Receive calls that brought something. */
  readonly batches: number;
  /** Datagrams. */
  readonly received: number;
  /** Of these, the ones that were longer than any query (`MAX_DATAGRAM_OCTETS`), and were dropped. */
  readonly oversize: number;
  /** Answers that the kernel took. */
  readonly sent: number;
  /** Answers that it did not take. */
  readonly sendFailed: number;
  /** Receive calls that failed for a reason of the network's. */
  readonly receiveFailed: number;
  /** Name of the error of the last failed send or receive, such as `EPERM`. */
  readonly lastError?: string;
  /** Datagrams that name port 0 as their source, where no answer can go; dropped. */
  readonly forged: number;
  /** Queries that the handler left unanswered on purpose. */
  readonly unanswered: number;
  /** Calls of the handler that threw, or returned what it must not. */
  readonly handlerFailed: number;
  /** Queries that the handler left to the main thread, whose answers are counted as all others. */
  readonly deferred: number;
  /** Workers that were started again. */
  readonly restarts: number;
}

/** Adds to a counter. */
export function count(counters: Float64Array, index: number, by = 1): void {
  counters[index] = (counters[index] as number) + by;
}

/** Sums up the workers' counters. */
export function sumStatistics(workers: readonly Float64Array[], restarts: number): UdpStatistics {
  const sum = (index: number): number => workers.reduce((total, counters) => total + (counters[index] as number), 0);
  const lastErrno = workers.map((counters) => counters[COUNTER.lastErrno] as number).find((errno) => errno !== 0);
  return {
    batches: sum(COUNTER.batches),
    received: sum(COUNTER.received),
    oversize: sum(COUNTER.oversize),
    sent: sum(COUNTER.sent),
    sendFailed: sum(COUNTER.sendFailed),
    receiveFailed: sum(COUNTER.receiveFailed),
    ...(lastErrno !== undefined && { lastError: getSystemErrorName(-lastErrno) }),
    forged: sum(COUNTER.forged),
    unanswered: sum(COUNTER.unanswered),
    handlerFailed: sum(COUNTER.handlerFailed),
    deferred: sum(COUNTER.deferred),
    restarts,
  };
}
