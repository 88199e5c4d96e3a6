/**
 * What objects cost in memory, trimmed to what the sources read of them.
 *
 *     node --expose-gc --conditions=@kubezone/source bench/store-memory.ts [SERVICES]
 *
 * Each Service has an EndpointSlice with three endpoints and three pods, all with the metadata that real ones have (managed fields, the
 * last applied configuration, labels of Helm). The catalog is left out: this is the store and its indexes alone.
 */
import { makeSources, MemoryCluster, NamePipeline } from '@kubezone/controller';
import { type Clock, type Logger, nameOf } from '@kubezone/core';

import { markdownTable } from './figures.ts';
import { describeMachine } from './machine.ts';

const services = Number(process.argv[2] ?? 100_000);
const NODES = 1000;
const NAMESPACES = 200;
const quiet: Logger = { debug: () => undefined, info: () => undefined, warn: console.error, error: console.error };
const clock: Clock = { now: Date.now, monotonic: () => performance.now(), after: () => () => undefined };

const octets = (index: number): string => `${(index >> 16) & 255}.${(index >> 8) & 255}.${index & 255}`;
const appOf = (index: number): string => `service-${index % 2000}`;

function metadataOf(name: string, index: number, extra: object = {}): object {
  return {
    name,
    namespace: `team-${index % NAMESPACES}`,
    uid: `6f1c0c1e-0000-4000-8000-${String(index).padStart(12, '0')}`,
    resourceVersion: String(index),
    creationTimestamp: '2026-01-01T00:00:00Z',
    managedFields: [{ manager: 'kubectl', operation: 'Update', fieldsV1: { 'f:spec': { 'f:ports': {} } } }],
    ...extra,
  };
}

const labelsOf = (index: number): object => ({
  app: appOf(index),
  'app.kubernetes.io/name': appOf(index),
  'app.kubernetes.io/instance': appOf(index),
  'app.kubernetes.io/managed-by': 'Helm',
  'helm.sh/chart': 'service-1.2.3',
  tier: index % 2 === 0 ? 'front' : 'back',
  'pod-template-hash': `5d8f7c${index % 2000}`,
});

const serviceAt = (index: number): object => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: metadataOf(`service-${index}`, index, {
    labels: labelsOf(index),
    annotations: {
      'external-dns.kubernetes.io/hostname': `service-${index}.bench.test`,
      'kubectl.kubernetes.io/last-applied-configuration': 'x'.repeat(600),
    },
  }),
  spec: {
    type: 'LoadBalancer',
    clusterIP: `10.${octets(index)}`,
    clusterIPs: [`10.${octets(index)}`],
    ports: [{ port: 80, nodePort: 30_000 }],
    selector: { app: appOf(index) },
  },
  status: { loadBalancer: { ingress: [{ ip: `192.${octets(index)}` }] } },
});

const podName = (index: number, replica: number): string => `service-${index}-5d8f7c-${replica}abcd`;

const sliceAt = (index: number): object => ({
  apiVersion: 'discovery.k8s.io/v1',
  kind: 'EndpointSlice',
  metadata: metadataOf(`service-${index}-x7k2p`, index, { labels: { 'kubernetes.io/service-name': `service-${index}` } }),
  addressType: 'IPv4',
  endpoints: [0, 1, 2].map((replica) => ({
    addresses: [`1${replica}.${octets(index)}`],
    conditions: { ready: true, serving: true, terminating: false },
    nodeName: `node-${(index + replica) % NODES}`,
    targetRef: { kind: 'Pod', name: podName(index, replica), namespace: `team-${index % NAMESPACES}` },
  })),
  ports: [{ name: 'http', port: 8080, protocol: 'TCP' }],
});

const podAt = (index: number): object => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: metadataOf(podName(index, 0), index, { labels: labelsOf(index), annotations: { checksum: 'x'.repeat(64) } }),
  spec: { nodeName: `node-${index % NODES}`, containers: [{ name: 'app', image: 'x'.repeat(300) }] },
  status: { phase: 'Running', podIP: `10.${octets(index)}`, podIPs: [{ ip: `10.${octets(index)}` }] },
});

function heap(): number {
  if (globalThis.gc === undefined) throw new Error('start it with --expose-gc');
  globalThis.gc();
  globalThis.gc();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

const names = ['service', 'record'] as const;
const sources = makeSources(names, { annotations: { target: 'ignore' } }, { zones: [{ apex: nameOf('bench.test'), ttl: 60 }] });
const cluster = new MemoryCluster('bench');
const catalog = { put: () => [], remove: () => [] };
const pipeline = new NamePipeline({ clusters: [cluster], sources, catalog, clock, logger: quiet, onChanges: () => undefined });
await pipeline.start();

const rows: string[][] = [];
for (const [what, make] of [
  ['Services of type LoadBalancer', serviceAt],
  ['EndpointSlices of 3 endpoints', sliceAt],
  ['pods', podAt],
] as const) {
  const before = heap();
  const from = performance.now();
  for (let index = 0; index < services; index++) {
    // Through JSON, as they come from an API server: no string is shared with the ones before.
    cluster.put(JSON.parse(JSON.stringify(make(index))));
  }
  await pipeline.settled();
  const tookUs = ((performance.now() - from) * 1000) / services;
  const grown = heap() - before;
  rows.push([
    `${services.toLocaleString('en')} ${what}`,
    `${(grown / 1e6).toFixed(0)} MB`,
    Math.round(grown / services).toLocaleString('en'),
    `${tookUs.toFixed(1)} µs`,
  ]);
}
console.log(`the store with the sources ${names.join(' and ')}; ${describeMachine()}\n`);
console.log(markdownTable(['objects', 'heap', 'octets each', 'time each'], rows));
await pipeline.stop();
process.exit(0);
