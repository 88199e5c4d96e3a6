import type { RelayServer } from './fallthrough-options.ts';
import type { RelayGate } from './relay-gate.ts';
import { RELAY_BUCKETS_SECONDS, type RelayServerSnapshot, type RelaySnapshot } from './relay-statistics.ts';

/** How a query of a client ended. */
export type RelayEnd = 'answered' | 'timedOut' | 'failed';

type ServerCounters = { -readonly [Key in keyof RelayServerSnapshot]: RelayServerSnapshot[Key] };

/** What the relay counts; the gate counts what does not come as far as that. */
export class RelayCounters {
  /** By server, in their order. */
  readonly servers: readonly ServerCounters[];
  readonly #ends: Record<RelayEnd, number> = { answered: 0, timedOut: 0, failed: 0 };
  readonly #buckets: number[] = RELAY_BUCKETS_SECONDS.map(() => 0);
  #queries = 0;
  #finished = 0;
  #sumSeconds = 0;

  constructor(servers: readonly RelayServer[]) {
    this.servers = servers.map(({ address, port }) => ({ address, port, queries: 0, timedOut: 0, failed: 0, mismatched: 0 }));
  }

  began(): void {
    this.#queries++;
  }

  ended(end: RelayEnd, seconds: number): void {
    this.#ends[end]++;
    this.#finished++;
    this.#sumSeconds += seconds;
    const bucket = RELAY_BUCKETS_SECONDS.findIndex((upperBound) => seconds <= upperBound);
    if (bucket >= 0) this.#buckets[bucket] = (this.#buckets[bucket] as number) + 1;
  }

  snapshot({ waiting, refused, looped }: RelayGate): RelaySnapshot {
    let cumulative = 0;
    const buckets = RELAY_BUCKETS_SECONDS.map((upperBoundSeconds, index) => {
      cumulative += this.#buckets[index] as number;
      return { upperBoundSeconds, count: cumulative };
    });
    return {
      queries: this.#queries,
      ...this.#ends,
      waiting,
      refused,
      looped,
      servers: this.servers.map((server) => ({ ...server })),
      duration: { buckets, count: this.#finished, sumSeconds: this.#sumSeconds },
    };
  }
}
