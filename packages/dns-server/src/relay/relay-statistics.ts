/** Upper bounds of the histogram of relaying, in seconds: from a query's arrival at the relay to its answer, the waiting for others of the same question included. */
export const RELAY_BUCKETS_SECONDS: readonly number[] = [0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Counters of the relay at one moment; they only ever grow, but for `waiting`. */
export interface RelaySnapshot {
  /** Queries of clients that were relayed, or joined one that was. */
  readonly queries: number;
  /** Of these, the ones that were answered by a server, with whatever rcode but a failure. */
  readonly answered: number;
  /** And those that were answered SERVFAIL, because no server answered in time, and because none could be reached or all refused. */
  readonly timedOut: number;
  readonly failed: number;
  /** Queries of clients that wait for an answer now. */
  readonly waiting: number;
  /** Queries that were answered SERVFAIL at once, since too many waited. */
  readonly refused: number;
  /** Queries that came back to this server, and got its own answer. */
  readonly looped: number;
  /** By server, in their order. */
  readonly servers: readonly RelayServerSnapshot[];
  /** In Prometheus's form: bucket i counts what took at most `RELAY_BUCKETS_SECONDS[i]`. */
  readonly duration: RelayDurationSnapshot;
}

/** What one server was asked. */
export interface RelayServerSnapshot {
  readonly address: string;
  readonly port: number;
  /** Queries; also those that were asked again over TCP, or without EDNS, count once. */
  readonly queries: number;
  readonly timedOut: number;
  /** Could not be reached, or answered SERVFAIL, REFUSED, NOTIMP or FORMERR. */
  readonly failed: number;
  /** Datagrams and messages that were no answer to what was asked: another id, another question, or malformed. */
  readonly mismatched: number;
}

/** A histogram. */
export interface RelayDurationSnapshot {
  /** Cumulative. */
  readonly buckets: readonly { readonly upperBoundSeconds: number; readonly count: number }[];
  readonly count: number;
  readonly sumSeconds: number;
}
