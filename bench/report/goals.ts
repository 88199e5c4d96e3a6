import type { ServerName } from '../peers/server-kind.ts';
import type { MixName } from '../workload/mixes.ts';
import type { Condition, LatencySample, Results, StartSample, ThroughputSample } from './results.ts';
import { ratiosByRound, type Spread, spreadOf } from './statistics.ts';

/** A figure of two servers that a goal is about. */
export type Figure = 'queries/s' | 'CPU per query' | 'p99' | 'memory';

/** What this server wants to reach beside another: a ratio of medians over rounds, ours to theirs. */
export interface Goal {
  readonly figure: Figure;
  readonly ours: ServerName;
  readonly theirs: ServerName;
  /** Where more is better the least ratio, else the largest. */
  readonly bound: number;
  readonly better: 'more' | 'less';
  readonly mixes?: readonly MixName[];
}

const UDP_MIXES: readonly MixName[] = ['a', '0x20', 'nxdomain', 'wildcard', 'cname', 'ten', 'cookie'];

/** The goals of throughput and of processor time. */
export const THROUGHPUT_GOALS: readonly Goal[] = [
  { figure: 'CPU per query', ours: 'kubezone', theirs: 'nsd', bound: 1, better: 'less', mixes: UDP_MIXES },
  { figure: 'CPU per query', ours: 'kubezone', theirs: 'knot', bound: 1, better: 'less', mixes: UDP_MIXES },
  { figure: 'CPU per query', ours: 'kubezone', theirs: 'echo', bound: 1.2, better: 'less', mixes: ['a'] },
  { figure: 'queries/s', ours: 'kubezone', theirs: 'nsd', bound: 0.95, better: 'more', mixes: UDP_MIXES },
  { figure: 'queries/s', ours: 'kubezone', theirs: 'knot', bound: 0.95, better: 'more', mixes: UDP_MIXES },
  { figure: 'queries/s', ours: 'kubezone', theirs: 'coredns', bound: 2.5, better: 'more', mixes: UDP_MIXES },
  { figure: 'queries/s', ours: 'kubezone', theirs: 'coredns', bound: 1, better: 'more', mixes: ['tcp'] },
  { figure: 'queries/s', ours: 'kubezone-dgram', theirs: 'coredns', bound: 1.2, better: 'more', mixes: UDP_MIXES },
];

/** The goals of latency, in each condition. */
export const LATENCY_GOALS: readonly Goal[] = [
  { figure: 'p99', ours: 'kubezone', theirs: 'nsd', bound: 1, better: 'less' },
  { figure: 'p99', ours: 'kubezone', theirs: 'knot', bound: 1, better: 'less' },
];

/** The goal of memory, at the largest size. */
export const MEMORY_GOAL: Goal = { figure: 'memory', ours: 'kubezone', theirs: 'knot', bound: 1.2, better: 'less' };

/** Whether a goal's ratio, by its median, is reached. */
export function isReached({ bound, better }: Goal, { median }: Spread): boolean {
  return better === 'more' ? median >= bound : median <= bound;
}

/** Microseconds on a processor for each answered query. */
export function microsecondsPerQuery({ cpuNanoseconds, completed }: ThroughputSample): number {
  return cpuNanoseconds / completed / 1000;
}

/** The runs of one mix, size and server that count. */
export function throughputOf(results: Results, names: number, mix: MixName, server: ServerName): ThroughputSample[] {
  return results.throughput.filter(
    (sample) => sample.names === names && sample.mix === mix && sample.server === server && sample.void === undefined,
  );
}

/** The latencies of one size, condition and server that count. */
export function latencyOf(results: Results, names: number, condition: Condition, server: ServerName): LatencySample[] {
  return results.latency.filter(
    (sample) => sample.names === names && sample.condition === condition && sample.server === server && sample.void === undefined,
  );
}

/** The starts of one server at one size. */
export function startsOf(results: Results, names: number, server: ServerName): StartSample[] {
  return results.starts.filter((sample) => sample.names === names && sample.server === server);
}

/** The ratio that a goal of throughput is about, in one mix; undefined where one of the two was not measured. */
export function throughputRatio(results: Results, goal: Goal, names: number, mix: MixName): Spread | undefined {
  const figure = (sample: ThroughputSample): number =>
    goal.figure === 'queries/s' ? sample.queriesPerSecond : microsecondsPerQuery(sample);
  const of = (server: ServerName): ThroughputSample[] => throughputOf(results, names, mix, server);
  return spreadOf(ratiosByRound(of(goal.ours), of(goal.theirs), figure));
}

/** The ratio that a goal of latency is about, in one condition. */
export function latencyRatio(results: Results, goal: Goal, names: number, condition: Condition): Spread | undefined {
  const of = (server: ServerName): LatencySample[] => latencyOf(results, names, condition, server);
  return spreadOf(ratiosByRound(of(goal.ours), of(goal.theirs), ({ p99 }) => p99));
}

/** The ratio of memory after all rounds. */
export function memoryRatio(results: Results, goal: Goal, names: number): Spread | undefined {
  const of = (server: ServerName): StartSample[] => startsOf(results, names, server);
  return spreadOf(ratiosByRound(of(goal.ours), of(goal.theirs), ({ after }) => after.resident));
}
