import { markdownTable } from '../figures.ts';
import type { ServerName } from '../peers/server-kind.ts';
import { type Mix, MIXES } from '../workload/mixes.ts';
import { planZone } from '../workload/zone-plan.ts';
import {
  type Goal,
  isReached,
  LATENCY_GOALS,
  latencyOf,
  latencyRatio,
  MEMORY_GOAL,
  memoryRatio,
  microsecondsPerQuery,
  startsOf,
  THROUGHPUT_GOALS,
  throughputOf,
  throughputRatio,
} from './goals.ts';
import { printSpread } from './print-figures.ts';
import type { Condition, Results, ThroughputSample } from './results.ts';
import { type Spread, spreadOf } from './statistics.ts';

const CONDITIONS: Readonly<Record<Condition, string>> = {
  quiet: 'nothing else',
  relist: '10,000 objects listed again every second',
  changes: '1,000 changes a second',
};
const MIB = 2 ** 20;

/** The sizes that were measured, the smallest first. */
export function sizesOf(results: Results): number[] {
  return [...new Set(results.starts.map(({ names }) => names))].sort((one, other) => one - other);
}

/** The servers that were measured, in the order of the tables. */
export function serversOf(results: Results): ServerName[] {
  return Object.keys(results.titles) as ServerName[];
}

/** The mixes that were measured at a size. */
export function mixesOf(results: Results, names: number): Mix[] {
  return MIXES.filter(({ name }) => results.throughput.some((sample) => sample.names === names && sample.mix === name));
}

/** The whole report in Markdown, headings of the third level. */
export function printReport(results: Results): string {
  const rounds = Math.max(0, ...results.throughput.map(({ round }) => round));
  const runs = new Set(results.throughput.map(({ run }) => run)).size;
  const other = spreadOf(results.throughput.map(({ otherWork }) => otherWork * 100));
  const measured =
    `${results.machines.join('; ')}. ${results.dates.join(', ')}. ${runs === 1 ? '' : `${runs} runs of `}${rounds} interleaved rounds, ` +
    `${results.seconds.join(' and ')} s for each server and mix. Medians, in brackets the least and the largest of all rounds. ` +
    `Other work had ${printSpread(other)} % of the servers' processor.`;
  const sizes = sizesOf(results);
  return [
    measured,
    ...sizes.flatMap((names) => printThroughput(results, names)),
    ...printLatency(results, sizes),
    ...printMemory(results, sizes),
    ...printChanges(results, sizes),
    ...printVoid(results),
  ].join('\n\n');
}

function printThroughput(results: Results, names: number): string[] {
  const servers = serversOf(results);
  const mixes = mixesOf(results, names);
  const head = ['mix', ...servers.map((server) => results.titles[server] ?? server)];
  const table = (figure: (sample: ThroughputSample) => number): string =>
    markdownTable(
      head,
      mixes.map(({ name, title }) => [
        title,
        ...servers.map((server) => printSpread(spreadOf(throughputOf(results, names, name, server).map(figure)))),
      ]),
    );
  const goals = THROUGHPUT_GOALS.filter(({ ours, theirs }) => servers.includes(ours) && servers.includes(theirs));
  const size = names.toLocaleString('en');
  return [
    `### Ratios at ${size} names`,
    'Ours to theirs, round by round; goals in the heading, in bold what misses its goal.',
    markdownTable(
      ['mix', ...goals.map(printGoal)],
      mixes.map(({ name, title }) => [
        title,
        ...goals.map((goal) =>
          goal.mixes?.includes(name) === false ? '' : printRatio(goal, throughputRatio(results, goal, names, name)),
        ),
      ]),
    ),
    `### Processor time at ${size} names`,
    'Microseconds of the server, all its processes and threads, for each answered query.',
    table(microsecondsPerQuery),
    `### Queries at ${size} names`,
    'Thousands answered a second, with 400 under way.',
    table(({ queriesPerSecond }) => queriesPerSecond / 1000),
    'How much of its processor the server used, in percent: where that is well below 100, the client, on a processor of its own, was the limit.',
    table(({ cpuNanoseconds, seconds }) => cpuNanoseconds / seconds / 1e7),
  ];
}

function printGoal({ figure, ours, theirs, bound, better }: Goal): string {
  const who = ours === 'kubezone' ? '' : `${ours}: `;
  return `${who}${figure} to ${theirs} (${better === 'more' ? '≥' : '≤'} ${bound})`;
}

function printRatio(goal: Goal, ratio: Spread | undefined): string {
  const text = printSpread(ratio);
  return ratio === undefined || isReached(goal, ratio) ? text : `**${text}**`;
}

function printLatency(results: Results, sizes: readonly number[]): string[] {
  const rates = [
    ...new Set(results.latency.map(({ names, rate }) => `${Math.round(rate / 1000)},000 at ${names.toLocaleString('en')} names`)),
  ];
  const rows = sizes.flatMap((names) =>
    (Object.keys(CONDITIONS) as Condition[]).flatMap((condition) =>
      serversOf(results).flatMap((server) => {
        const samples = latencyOf(results, names, condition, server);
        const rounds = results.latency.filter(
          (sample) => sample.names === names && sample.condition === condition && sample.server === server,
        ).length;
        if (rounds === 0) return [];
        const kept = samples.length === rounds ? '' : `, in ${samples.length} of ${rounds} rounds`;
        const goals = LATENCY_GOALS.filter(({ ours }) => ours === server);
        return [
          [
            names.toLocaleString('en'),
            CONDITIONS[condition],
            results.titles[server] ?? server,
            samples.length === 0 ? 'does not keep up' : `${printSpread(spreadOf(samples.map(({ p50 }) => p50)), 1000)}${kept}`,
            printSpread(spreadOf(samples.map(({ p99 }) => p99)), 1000),
            goals.map((goal) => `${goal.theirs} ${printRatio(goal, latencyRatio(results, goal, names, condition))}`).join(', '),
          ],
        ];
      }),
    ),
  );
  if (rows.length === 0) return [];
  return [
    '### Latency at half load',
    `Positive A over UDP in microseconds, the same queries a second for all: ${[...new Set(rates)].join(', ')}. Ratios of p99 are ours to theirs (goal: ≤ 1). Rounds in which a server left more than 1 in 1,000 without a reply do not count.`,
    markdownTable(['names', 'beside', 'server', 'p50', 'p99', 'p99 to'], rows),
  ];
}

function printMemory(results: Results, sizes: readonly number[]): string[] {
  const [smallest, largest] = [sizes[0] ?? 0, sizes.at(-1) ?? 0];
  const rrsetsBetween = largest > smallest ? planZone(largest).rrsets - planZone(smallest).rrsets : 0;
  const memory = (names: number, server: ServerName): Spread | undefined =>
    spreadOf(startsOf(results, names, server).map(({ after }) => after.resident));
  const rows = serversOf(results)
    .filter((server) => server !== 'echo')
    .map((server) => {
      const [small, large] = [memory(smallest, server), memory(largest, server)];
      const each =
        small === undefined || large === undefined || rrsetsBetween === 0
          ? undefined
          : (large.median - small.median) / rrsetsBetween;
      const ratio = server === MEMORY_GOAL.ours ? memoryRatio(results, MEMORY_GOAL, largest) : undefined;
      return [
        results.titles[server] ?? server,
        ...sizes.map((names) => printSpread(spreadOf(startsOf(results, names, server).map(({ startMs }) => startMs)))),
        ...sizes.flatMap((names) => [
          printSpread(spreadOf(startsOf(results, names, server).map(({ loaded }) => loaded.resident)), MIB),
          printSpread(memory(names, server), MIB),
        ]),
        each === undefined ? '—' : each.toFixed(0),
        ratio === undefined ? '' : printRatio(MEMORY_GOAL, ratio),
      ];
    });
  const size = (names: number): string => names.toLocaleString('en');
  return [
    '### Start and memory',
    'From start to first answer in milliseconds; resident memory in MiB, shared pages of one server counted once, loaded and after all rounds; octets for each RRset by the difference between the smallest and the largest zone.',
    markdownTable(
      [
        'server',
        ...sizes.map((names) => `first answer, ${size(names)}`),
        ...sizes.flatMap((names) => [`loaded, ${size(names)}`, `after, ${size(names)}`]),
        'octets an RRset',
        `${size(largest)}: to knot (≤ ${MEMORY_GOAL.bound})`,
      ],
      rows,
    ),
  ];
}

function printChanges(results: Results, sizes: readonly number[]): string[] {
  const ways = [...new Map(results.changes.map(({ server, way }) => [`${server} ${way}`, { server, way }])).values()];
  if (ways.length === 0) return [];
  const rows = ways.map(({ server, way }) => [
    results.titles[server] ?? server,
    way,
    ...sizes.map((names) => {
      const samples = results.changes.filter(
        (sample) => sample.names === names && sample.server === server && sample.way === way,
      );
      return printSpread(spreadOf(samples.map(({ ms }) => ms)));
    }),
  ]);
  return [
    '### From a change to the answer',
    'Milliseconds from the moment the change is made until an answer has it; starting the control program is in the figure.',
    markdownTable(['server', 'change', ...sizes.map((names) => `${names.toLocaleString('en')} names`)], rows),
  ];
}

function printVoid(results: Results): string[] {
  const lost = results.throughput.filter((sample) => sample.void === undefined && sample.lost > 0);
  const shares = serversOf(results).flatMap((server) => {
    const mine = lost.filter((sample) => sample.server === server);
    if (mine.length === 0) return [];
    const worst = Math.max(...mine.map((sample) => (100 * sample.lost) / (sample.completed + sample.lost)));
    return `${results.titles[server] ?? server} in ${mine.length} runs, at most ${worst.toFixed(2)} %`;
  });
  const count = results.throughput.filter((sample) => sample.void !== undefined).length;
  return [
    `Lost queries: ${shares.length === 0 ? 'none' : shares.join('; ')}. Runs that count for nothing because answers were not what they must be: ${count} of ${results.throughput.length}.`,
  ];
}
