import { type BarChart, drawBarChart } from './bar-chart.ts';
import { latencyOf, microsecondsPerQuery, throughputOf } from './goals.ts';
import type { Condition, Results, ThroughputSample } from './results.ts';
import { mixesOf, serversOf, sizesOf } from './server-report.ts';
import { spreadOf } from './statistics.ts';

/** A drawn chart: its file's name, and what it shows in a few words. */
export interface DrawnChart {
  readonly file: string;
  readonly title: string;
  readonly svg: string;
}

const CONDITION_TITLES: Readonly<Record<Condition, string>> = {
  quiet: 'nothing else',
  relist: 'while listing again',
  changes: 'while changing',
};

/** The charts of a report: processor time and queries at each size, and latency. */
export function drawCharts(results: Results): DrawnChart[] {
  const charts = sizesOf(results).flatMap((names) => [
    throughputChart(results, names, 'cpu', 'processor time for a query', 'microseconds, less is better', microsecondsPerQuery),
    throughputChart(
      results,
      names,
      'queries',
      'queries answered',
      'thousands a second, more is better',
      ({ queriesPerSecond }) => queriesPerSecond / 1000,
    ),
  ]);
  return results.latency.length === 0 ? charts : [...charts, latencyChart(results)];
}

function throughputChart(
  results: Results,
  names: number,
  file: string,
  what: string,
  axis: string,
  figure: (sample: ThroughputSample) => number,
): DrawnChart {
  const servers = serversOf(results);
  const groups = mixesOf(results, names).map(({ name, title }) => ({
    title,
    bars: servers.map((server) => spreadOf(throughputOf(results, names, name, server).map(figure))),
  }));
  return draw(`${file}-${names}.svg`, {
    title: `${names.toLocaleString('en')} names: ${what}`,
    axis,
    series: titlesOf(results),
    groups,
  });
}

function latencyChart(results: Results): DrawnChart {
  const groups = sizesOf(results).flatMap((names) =>
    (Object.keys(CONDITION_TITLES) as Condition[]).map((condition) => ({
      title: `${names.toLocaleString('en')}, ${CONDITION_TITLES[condition]}`,
      bars: serversOf(results).map((server) =>
        spreadOf(latencyOf(results, names, condition, server).map(({ p99 }) => Math.log10(p99 / 1000))),
      ),
    })),
  );
  return draw('latency.svg', {
    title: 'p99 of positive A at half load',
    axis: 'logarithmic, less is better',
    // The bars are logarithms: a server that is a hundred times slower would leave nothing to see of the others.
    printMark: (mark) => (Number.isInteger(mark) ? (mark < 3 ? `${10 ** mark} µs` : `${10 ** (mark - 3)} ms`) : ''),
    series: titlesOf(results),
    groups: groups.filter(({ bars }) => bars.some((bar) => bar !== undefined)),
  });
}

function titlesOf(results: Results): string[] {
  return serversOf(results).map((server) => results.titles[server] ?? server);
}

function draw(file: string, chart: BarChart): DrawnChart {
  return { file, title: chart.title, svg: drawBarChart(chart) };
}
