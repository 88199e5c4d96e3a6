/**
 * How long the built resolver takes from its start to its first answer, against a live API server, and how much memory.
 *
 *     node bench/start.ts [SERVICES] [RUNS]
 *
 * "First answer" is the first NOERROR reply with data for the last Service that was created; the clock starts before the process is spawned. Asked every 2 ms.
 */
import { setTimeout as sleep } from 'node:timers/promises';

import { startControlPlane } from '../tools/control-plane/control-plane.ts';
import { type ClusterSize, fillCluster } from './cluster-objects.ts';
import { markdownTable, percentile } from './figures.ts';
import { describeMachine, loadAverage, processorTimeMs, residentMemory } from './machine.ts';
import { startResolverUnderTest } from './resolver-under-test.ts';

const services = Number(process.argv[2] ?? 10_000);
const runs = Number(process.argv[3] ?? 5);
/** When the memory is read: a garbage collection may have come since the lists, as in any resolver that has run for a while. */
const SETTLED_MS = 10_000;

const sizes: readonly (ClusterSize & { readonly title: string; readonly probe: string; readonly expected: 'data' | 'exists' })[] =
  [
    {
      title: `${services} Services, 100 nodes`,
      nodes: 100,
      services,
      slices: false,
      probe: `svc${services - 1}.default.bench.test.`,
      expected: 'exists',
    },
    {
      title: `${services} Services with EndpointSlices, 100 nodes`,
      nodes: 100,
      services,
      slices: true,
      probe: `svc${services - 1}.default.bench.test.`,
      expected: 'data',
    },
  ];

const rows: string[][] = [];
for (const { title, probe, expected, ...size } of sizes) {
  const cluster = await startControlPlane();
  try {
    console.error(`filling an API server: ${title}`);
    await fillCluster(cluster, size);
    console.error('measuring');
    const [firsts, busy, memories, peaks]: [number[], number[], number[], number[]] = [[], [], [], []];
    for (let run = 0; run < runs; run++) {
      const resolver = await startResolverUnderTest(cluster.kubeconfigPath);
      let first: number | undefined;
      while (first === undefined) {
        const reply = await resolver.ask(probe, 200);
        if (reply?.rcode === 0 && (expected === 'exists' || reply.answer.length > 0))
          first = performance.now() - resolver.startedAt;
        else await sleep(2);
        if (performance.now() - resolver.startedAt > 60_000) throw new Error(`no answer for ${probe} within a minute`);
      }
      busy.push(processorTimeMs(resolver.pid));
      await sleep(SETTLED_MS);
      const memory = residentMemory(resolver.pid);
      firsts.push(first);
      memories.push(memory?.now ?? Number.NaN);
      peaks.push(memory?.peak ?? Number.NaN);
      await resolver.stop();
    }
    rows.push([
      title,
      `${percentile(firsts, 0.5).toFixed(0)} ms`,
      `${Math.min(...firsts).toFixed(0)}–${Math.max(...firsts).toFixed(0)} ms`,
      `${percentile(busy, 0.5).toFixed(0)} ms`,
      `${percentile(memories, 0.5).toFixed(0)} MiB`,
      `${Math.max(...peaks).toFixed(0)} MiB`,
    ]);
  } finally {
    await cluster.stop();
  }
}
console.log(`start to first answer, ${runs} runs each; ${describeMachine()}; load ${loadAverage()}\n`);
console.log(
  markdownTable(
    [
      'in the API server',
      'first answer, median',
      'range',
      'processor time until then',
      `RSS after ${SETTLED_MS / 1000} s, median`,
      'peak RSS',
    ],
    rows,
  ),
);
