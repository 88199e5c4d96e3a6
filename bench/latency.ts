/**
 * From a watch event to the new answer, against a live API server with 10,000 Services.
 *
 *     node bench/latency.ts [SERVICES] [EVENTS]
 *
 * This process holds a watch of its own of the same resource. The clock starts when that watch has an event to read, which is when the resolver's has one too, give
 * or take what the API server takes to write to two sockets; it stops when a reply with the new data is received. From the start of the clock on one question
 * after the other is asked, each when the one before is answered. So the time for one question and answer (about 0.1 ms) is in every figure.
 */
import { setTimeout as sleep } from 'node:timers/promises';

import { startControlPlane } from '../tools/control-plane/control-plane.ts';
import { IPS } from '../e2e/support/kube-objects.ts';
import { createSlices, fillCluster, nodeAddress, send, sliceOf, slicePathOf } from './cluster-objects.ts';
import { markdownTable, percentile } from './figures.ts';
import { describeMachine, loadAverage } from './machine.ts';
import { type ResolverUnderTest, startResolverUnderTest } from './resolver-under-test.ts';
import { openWatch } from './watch-reader.ts';

const services = Number(process.argv[2] ?? 10_000);
const events = Number(process.argv[3] ?? 500);
const NODES = 100;
/** Nodes beyond those that host endpoints: a change of one of them changes one name of its own and one area. */
const IDLE_NODES = 20;
const WARM_UP = 20;
const PAUSE_MS = 10;

const cluster = await startControlPlane();
try {
  console.error(`filling an API server with ${services} Services, their EndpointSlices and ${NODES + IDLE_NODES} nodes`);
  await fillCluster(cluster, { nodes: NODES + IDLE_NODES, services: 0, slices: false });
  await fillCluster(cluster, { nodes: 0, services, slices: false });
  await createSlices(cluster, services, NODES);
  const resolver = await startResolverUnderTest(cluster.kubeconfigPath);
  await untilAddress(resolver, `svc${services - 1}.default.bench.test.`, nodeAddress((services - 1) % NODES));

  console.error('measuring');
  const nodeWatch = await openWatch(cluster, '/api/v1/nodes');
  const sliceWatch = await openWatch(cluster, '/apis/discovery.k8s.io/v1/endpointslices');
  /** One kind of event after the other, at a pace at which the one before is done with. The first ones warm up the compiler. */
  const series = async (one: (event: number) => Promise<number>): Promise<number[]> => {
    const samples: number[] = [];
    for (let event = 0; event < WARM_UP + events; event++) {
      const took = await one(event);
      if (event >= WARM_UP) samples.push(took);
      await sleep(PAUSE_MS);
    }
    return samples;
  };
  const changeNode = (node: number, address: string): Promise<number> =>
    measure(nodeWatch.seen(`"${address}"`), resolver, `own${node}.bench.test.`, address, () =>
      send(cluster, 'PATCH', `/api/v1/nodes/node${node}`, { metadata: { annotations: { [IPS]: address } } }),
    );
  const nodeLatencies = await series((event) => changeNode(NODES + (event % IDLE_NODES), `172.16.${event >> 8}.${event & 255}`));
  const sliceLatencies = await series((event) => {
    // Each time to the node after the one before: its answer always changes.
    const node = NODES + (event % IDLE_NODES);
    const last = WARM_UP + events - 1;
    const turn = last - ((last - (node - NODES)) % IDLE_NODES);
    const moved = sliceOf(1, NODES) as { metadata: { annotations?: unknown }; endpoints: { nodeName: string }[] };
    for (const endpoint of moved.endpoints) endpoint.nodeName = `node${node}`;
    moved.metadata.annotations = { 'example.com/event': `event-${event}.` };
    const address = `172.16.${turn >> 8}.${turn & 255}`;
    return measure(sliceWatch.seen(`event-${event}.`), resolver, 'svc1.default.bench.test.', address, () =>
      send(cluster, 'PUT', slicePathOf(1), moved),
    );
  });
  const hostLatencies = await series((event) => changeNode(event % NODES, `172.17.${event >> 8}.${event & 255}`));
  nodeWatch.close();
  sliceWatch.close();
  const questions = await roundTrips(resolver);
  await resolver.stop();
  const row = (title: string, samples: readonly number[]): string[] => [
    title,
    ...[0.5, 0.9, 0.99, 1].map((share) => `${percentile(samples, share).toFixed(2)} ms`),
  ];
  console.log(
    `watch event to new answer, ${services} Services with EndpointSlices, ${events} events of each kind; ${describeMachine()}; load ${loadAverage()}\n`,
  );
  console.log(
    markdownTable(
      ['event', 'p50', 'p90', 'p99', 'largest'],
      [
        row("a node's address (2 names change)", nodeLatencies),
        row("a Service's EndpointSlice (1 name changes)", sliceLatencies),
        row(`the address of a node that hosts ${Math.round((services * 3) / NODES)} endpoints`, hostLatencies),
        row('for comparison: one question and answer, nothing changing', questions),
      ],
    ),
  );
} finally {
  await cluster.stop();
}

async function measure(
  seen: Promise<number>,
  resolver: ResolverUnderTest,
  name: string,
  expected: string,
  change: () => Promise<void>,
): Promise<number> {
  const changed = change();
  const from = await seen;
  await untilAddress(resolver, name, expected);
  const took = performance.now() - from;
  await changed;
  return took;
}

async function untilAddress(resolver: ResolverUnderTest, name: string, address: string): Promise<void> {
  const deadline = performance.now() + 30_000;
  for (;;) {
    const reply = await resolver.ask(name, 200);
    if (reply?.answer.some(({ rdata }) => rdata === address) === true) return;
    if (performance.now() > deadline) throw new Error(`${name} did not become ${address} within 30 s`);
  }
}

async function roundTrips(resolver: ResolverUnderTest): Promise<number[]> {
  const samples: number[] = [];
  for (let index = 0; index < 1000; index++) {
    const from = performance.now();
    await resolver.ask('own1.bench.test.', 200);
    samples.push(performance.now() - from);
  }
  return samples;
}
