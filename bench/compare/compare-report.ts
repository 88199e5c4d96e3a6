import { markdownTable } from '../figures.ts';
import { microsecondsPerQuery } from '../report/goals.ts';
import { printSpread } from '../report/print-figures.ts';
import type { LatencySample, Place, StartSample, ThroughputSample } from '../report/results.ts';
import { judge, ratiosByRound, spreadOf } from '../report/statistics.ts';
import { MIXES } from '../workload/mixes.ts';

/** What was measured of two commits, under the names `base` and `head`. */
export interface Comparison {
  readonly throughput: readonly ThroughputSample[];
  readonly latency: readonly LatencySample[];
  readonly starts: readonly StartSample[];
}

/** The comparison as a Markdown table, a line for each figure: both medians, the ratio of head to base with its range, and a verdict. */
export function printComparison({ throughput, latency, starts }: Comparison): string {
  const good = throughput.filter((sample) => sample.void === undefined);
  const mixes = MIXES.filter(({ name }) => good.some(({ mix }) => mix === name));
  const ofMix = (name: string): ThroughputSample[] => good.filter(({ mix }) => mix === name);
  const answered = latency.filter((sample) => sample.void === undefined);
  const rows = [
    ...mixes.map(({ name, title }) => printRow(`µs of processor a query: ${title}`, ofMix(name), microsecondsPerQuery)),
    ...mixes.map(({ name, title }) => printRow(`queries a second: ${title}`, ofMix(name), (sample) => sample.queriesPerSecond)),
    printRow('p50 at half load, µs', answered, ({ p50 }) => p50 / 1000),
    printRow('p99 at half load, µs', answered, ({ p99 }) => p99 / 1000),
    printRow('first answer, ms', starts, ({ startMs }) => startMs),
    printRow('resident memory, MiB', starts, ({ after }) => after.resident / 2 ** 20),
  ];
  const lost = throughput.length - good.length + latency.length - answered.length;
  return [
    markdownTable(['figure', 'base', 'head', 'head to base', 'verdict'], rows),
    `Runs that count for nothing because answers were not what they must be: ${lost}.`,
  ].join('\n\n');
}

function printRow<T extends Place>(title: string, samples: readonly T[], figure: (sample: T) => number): string[] {
  const of = (server: 'base' | 'head'): T[] => samples.filter((sample) => sample.server === server);
  const ratios = ratiosByRound(of('head'), of('base'), figure);
  const ratio = spreadOf(ratios);
  const verdict = judge(ratios);
  const percent = ratio === undefined ? '' : ` by ${Math.abs((ratio.median - 1) * 100).toFixed(1)} %`;
  return [
    title,
    printSpread(spreadOf(of('base').map(figure))),
    printSpread(spreadOf(of('head').map(figure))),
    printSpread(ratio),
    verdict === 'more' || verdict === 'less' ? `${verdict}${percent}` : verdict,
  ];
}
