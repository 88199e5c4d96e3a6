/**
 * From a watch event to the new answer where the sources are `record` and `service`: Records that select pods, against a live API server with 10,000 Services,
 * 1,000 nodes and 5,000 pods.
 *
 *     node bench/record-latency.ts [SERVICES] [EVENTS]
 *
 * Measured as in latency.ts: the clock starts when a watch of this process has an event to read.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { parse } from 'yaml';

import { startControlPlane } from '../tools/control-plane/control-plane.ts';
import { forEachIndex, send } from './cluster-objects.ts';
import { markdownTable, percentile } from './figures.ts';
import { describeMachine, loadAverage } from './machine.ts';
import { type ResolverUnderTest, startResolverUnderTest } from './resolver-under-test.ts';
import { openWatch } from './watch-reader.ts';

const services = Number(process.argv[2] ?? 10_000);
const events = Number(process.argv[3] ?? 500);
const NODES = 1000;
const PODS = 5000;
/** Each selects as many pods as any other. */
const RECORDS = 100;
const WARM_UP = 20;
const PAUSE_MS = 10;
const CRD = join(import.meta.dirname, '..', 'charts', 'kubezone', 'crds', 'records.syntixi.io.yaml');
const PODS_PATH = '/api/v1/namespaces/default/pods';
const MERGE_PATCH = 'application/merge-patch+json';

const cluster = await startControlPlane();
try {
  console.error(`filling an API server with ${services} Services, ${NODES} nodes, ${PODS} pods and ${RECORDS} Records`);
  await send(cluster, 'POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', parse(await readFile(CRD, 'utf8')));
  await forEachIndex(NODES, async (index) => {
    const name = `node${index}`;
    await send(cluster, 'POST', '/api/v1/nodes', { metadata: { name } });
    await giveAddress(index, `10.0.${index >> 8}.${index & 255}`);
  });
  await forEachIndex(services, async (index) => {
    const name = `svc${index}`;
    await send(cluster, 'POST', '/api/v1/namespaces/default/services', {
      metadata: { name, annotations: { 'external-dns.kubernetes.io/hostname': `${name}.bench.test` } },
      spec: { type: 'LoadBalancer', allocateLoadBalancerNodePorts: false, selector: { app: name }, ports: [{ port: 80 }] },
    });
    await giveLoadBalancer(index, `10.1.${index >> 8}.${index & 255}`);
  });
  await send(cluster, 'POST', '/api/v1/namespaces/default/serviceaccounts', { metadata: { name: 'default' } }).catch(
    () => undefined,
  );
  await forEachIndex(PODS, (index) => send(cluster, 'POST', PODS_PATH, podOf(`pod${index}`, index % RECORDS, index % NODES)));
  await untilRecordsAreKnown();
  await forEachIndex(RECORDS, (index) =>
    send(cluster, 'POST', '/apis/syntixi.io/v1alpha1/namespaces/default/records', {
      apiVersion: 'syntixi.io/v1alpha1',
      kind: 'Record',
      metadata: { name: `record${index}` },
      spec: {
        fqdn: `record${index}.bench.test`,
        type: 'A',
        ttl: 30,
        valueFrom: { podSelector: { matchLabels: { app: `app${index}` } } },
      },
    }),
  );

  const resolver = await startResolverUnderTest(cluster.kubeconfigPath, [
    '--source',
    'record',
    '--source',
    'service',
    '--log-level',
    'error',
  ]);
  await untilAnswer(resolver, `svc${services - 1}.bench.test.`, (addresses) => addresses.length > 0);
  await untilAnswer(resolver, `record${RECORDS - 1}.bench.test.`, (addresses) => addresses.length > 0);

  console.error('measuring');
  const nodeWatch = await openWatch(cluster, '/api/v1/nodes');
  const podWatch = await openWatch(cluster, '/api/v1/pods');
  const serviceWatch = await openWatch(cluster, '/api/v1/services');
  const series = async (one: (event: number) => Promise<number>): Promise<number[]> => {
    const samples: number[] = [];
    for (let event = 0; event < WARM_UP + events; event++) {
      const took = await one(event);
      if (event >= WARM_UP) samples.push(took);
      await sleep(PAUSE_MS);
    }
    return samples;
  };
  const nodes = await series((event) => {
    // The pods of node N belong to the Records N modulo 100: one name changes, for 5 pods.
    const [node, address] = [event % NODES, `172.16.${event >> 8}.${event & 255}`];
    const holds = (addresses: readonly string[]): boolean => addresses.includes(address);
    return measure(nodeWatch.seen(`"${address}"`), resolver, `record${node % RECORDS}.bench.test.`, holds, () =>
      giveAddress(node, address),
    );
  });
  /** A Record of its own, whose one pod comes and goes. */
  await send(cluster, 'POST', '/apis/syntixi.io/v1alpha1/namespaces/default/records', {
    apiVersion: 'syntixi.io/v1alpha1',
    kind: 'Record',
    metadata: { name: 'moving' },
    spec: { fqdn: 'moving.bench.test', ttl: 30, valueFrom: { podSelector: { matchLabels: { app: 'app-moving' } } } },
  });
  const gone: number[] = [];
  const scheduled = await series(async (event) => {
    const name = `moving${event}`;
    const some = (addresses: readonly string[]): boolean => addresses.length === 1;
    const none = (addresses: readonly string[]): boolean => addresses.length === 0;
    const took = await measure(podWatch.seen(`"name":"${name}"`), resolver, 'moving.bench.test.', some, () =>
      send(cluster, 'POST', PODS_PATH, podOf(name, 'moving', (event * 7) % NODES)),
    );
    const away = await measure(podWatch.seen(`"type":"DELETED"`), resolver, 'moving.bench.test.', none, () =>
      send(cluster, 'DELETE', `${PODS_PATH}/${name}`, { gracePeriodSeconds: 0 }),
    );
    if (event >= WARM_UP) gone.push(away);
    return took;
  });
  const balanced = await series((event) => {
    const [index, address] = [event % services, `172.17.${event >> 8}.${event & 255}`];
    const holds = (addresses: readonly string[]): boolean => addresses.includes(address);
    return measure(serviceWatch.seen(`"${address}"`), resolver, `svc${index}.bench.test.`, holds, () =>
      giveLoadBalancer(index, address),
    );
  });
  for (const watch of [nodeWatch, podWatch, serviceWatch]) watch.close();
  await resolver.stop();
  const row = (title: string, samples: readonly number[]): string[] => [
    title,
    ...[0.5, 0.9, 0.99, 1].map((share) => `${percentile(samples, share).toFixed(2)} ms`),
  ];
  console.log(
    `watch event to new answer, ${services} Services, ${NODES} nodes, ${PODS} pods behind ${RECORDS} Records, ${events} events of each kind; ${describeMachine()}; load ${loadAverage()}\n`,
  );
  console.log(
    markdownTable(
      ['event', 'p50', 'p90', 'p99', 'largest'],
      [
        row('the external address of a node on which 5 selected pods run', nodes),
        row('a selected pod is scheduled', scheduled),
        row('a selected pod is gone', gone),
        row("a Service's load balancer gets another address", balanced),
      ],
    ),
  );
} finally {
  await cluster.stop();
}

function podOf(name: string, app: number | string, node: number): object {
  return {
    metadata: { name, labels: { app: `app${typeof app === 'number' ? '' : '-'}${app}`, 'pod-template-hash': `5d8f7c${app}` } },
    spec: { nodeName: `node${node}`, automountServiceAccountToken: false, containers: [{ name: 'app', image: 'app' }] },
  };
}

function giveAddress(node: number, address: string): Promise<void> {
  const status = { addresses: [{ type: 'ExternalIP', address }] };
  return send(cluster, 'PATCH', `/api/v1/nodes/node${node}/status`, { status }, MERGE_PATCH);
}

function giveLoadBalancer(service: number, ip: string): Promise<void> {
  const status = { loadBalancer: { ingress: [{ ip }] } };
  return send(cluster, 'PATCH', `/api/v1/namespaces/default/services/svc${service}/status`, { status }, MERGE_PATCH);
}

async function untilRecordsAreKnown(): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    const { status } = await cluster.request('GET', '/apis/syntixi.io/v1alpha1/records');
    if (status === 200) return;
    await sleep(100);
  }
  throw new Error('the API server does not serve Records');
}

async function measure(
  seen: Promise<number>,
  resolver: ResolverUnderTest,
  name: string,
  expected: (addresses: readonly string[]) => boolean,
  change: () => Promise<void>,
): Promise<number> {
  const changed = change();
  const from = await seen;
  await untilAnswer(resolver, name, expected);
  const took = performance.now() - from;
  await changed;
  return took;
}

async function untilAnswer(
  resolver: ResolverUnderTest,
  name: string,
  expected: (addresses: readonly string[]) => boolean,
): Promise<void> {
  const deadline = performance.now() + 30_000;
  for (;;) {
    const reply = await resolver.ask(name, 200);
    if (reply !== undefined && expected(reply.answer.map(({ rdata }) => rdata))) return;
    if (performance.now() > deadline) throw new Error(`${name} did not become what it should be within 30 s`);
  }
}
