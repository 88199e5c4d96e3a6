import type { SessionMemory } from '../load/session-usage.ts';
import type { ServerName } from '../peers/server-kind.ts';
import type { MixName } from '../workload/mixes.ts';

/** What is going on beside the queries: nothing, 10,000 objects listed again once a second, or 1,000 changes a second. */
export type Condition = 'quiet' | 'relist' | 'changes';

/** Where in the measurement a sample was taken. Samples of the same run, round and size stand beside each other, and are what a ratio is made of. */
export interface Place {
  /** The run's own name, so that rounds of several runs can be put together. */
  readonly run: string;
  readonly round: number;
  readonly names: number;
  readonly server: ServerName;
}

/** One run of dnsperf against one server. */
export interface ThroughputSample extends Place {
  readonly mix: MixName;
  readonly completed: number;
  readonly lost: number;
  readonly seconds: number;
  readonly queriesPerSecond: number;
  /** Of all the server's threads, over the whole run. */
  readonly cpuNanoseconds: number;
  readonly responseOctets: number;
  /** How much of the server's processor others had meanwhile, as a share of the run. */
  readonly otherWork: number;
  /** Why it counts for nothing. */
  readonly void?: string;
}

/** One run at a fixed rate against one server; latencies in nanoseconds. */
export interface LatencySample extends Place {
  readonly condition: Condition;
  readonly rate: number;
  readonly sent: number;
  readonly answered: number;
  readonly p50: number;
  readonly p99: number;
  readonly p999: number;
  readonly max: number;
  /** Processor time of the work beside the queries, where it is another process's. */
  readonly workNanoseconds?: number;
  /** How many objects were listed, or events sent, meanwhile. */
  readonly work?: number;
  readonly void?: string;
}

/** One start of a server. */
export interface StartSample extends Place {
  /** From its start to its first answer. */
  readonly startMs: number;
  /** After the answers of each mix were checked. */
  readonly loaded: SessionMemory;
  /** After all rounds. */
  readonly after: SessionMemory;
}

/** One change of an address. */
export interface ChangeSample extends Place {
  readonly way: string;
  readonly ms: number;
}

/** All that was measured, in one run or in several. */
export interface Results {
  readonly machines: readonly string[];
  readonly dates: readonly string[];
  /** What each server was. */
  readonly titles: Readonly<Partial<Record<ServerName, string>>>;
  readonly seconds: readonly number[];
  readonly throughput: readonly ThroughputSample[];
  readonly latency: readonly LatencySample[];
  readonly starts: readonly StartSample[];
  readonly changes: readonly ChangeSample[];
}

/**
 * Puts the rounds of several runs together.
 *
 * @throws {Error} where they compare different things: other versions of a server under one name
 */
export function mergeResults(all: readonly Results[]): Results {
  const titles: Partial<Record<ServerName, string>> = {};
  for (const results of all) {
    for (const [server, title] of Object.entries(results.titles) as [ServerName, string][]) {
      const known = (titles[server] ??= title);
      if (known !== title) throw new Error(`${server} is "${known}" in one run and "${title}" in another`);
    }
  }
  const unique = <T>(values: readonly T[]): readonly T[] => [...new Set(values)];
  return {
    machines: unique(all.flatMap(({ machines }) => machines)),
    dates: unique(all.flatMap(({ dates }) => dates)),
    titles,
    seconds: unique(all.flatMap(({ seconds }) => seconds)),
    throughput: all.flatMap(({ throughput }) => throughput),
    latency: all.flatMap(({ latency }) => latency),
    starts: all.flatMap(({ starts }) => starts),
    changes: all.flatMap(({ changes }) => changes),
  };
}
