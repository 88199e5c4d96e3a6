/**
 * What it costs to publish, in one process and to memory: a first sync, one change, an audit.
 *
 *     node --conditions=@kubezone/source bench/publish.ts
 *
 * All is the product's own from the catalog to the provider; nothing waits for a network. CPU time is the process's, garbage collection included.
 */
import { Publisher } from '@kubezone/controller';
import { Catalog, type Clock, isFailure, type Logger, nameOf, type OwnerName, scanRecord } from '@kubezone/core';
import { MemoryProvider } from '@kubezone/providers';

import { markdownTable, percentile } from './figures.ts';
import { describeMachine, loadAverage } from './machine.ts';

const APEX = nameOf('bench.test');
const FIRST_SYNC = 10_000;
/** RRsets, a marker among every two. */
const AUDITED = 100_000;
const CHANGES = 500;

const quiet: Logger = { debug: () => undefined, info: () => undefined, warn: console.error, error: console.error };
const clock: Clock = {
  now: Date.now,
  monotonic: () => performance.now(),
  after: (delayMs, callback) => {
    const timer = setTimeout(callback, delayMs);
    return () => clearTimeout(timer);
  },
};

/** Counts calls. */
class CountingProvider extends MemoryProvider {
  readonly calls = { list: 0, read: 0, apply: 0 };

  override list(...args: Parameters<MemoryProvider['list']>): ReturnType<MemoryProvider['list']> {
    this.calls.list++;
    return super.list(...args);
  }

  override read(...args: Parameters<MemoryProvider['read']>): ReturnType<MemoryProvider['read']> {
    this.calls.read++;
    return super.read(...args);
  }

  override apply(...args: Parameters<MemoryProvider['apply']>): ReturnType<MemoryProvider['apply']> {
    this.calls.apply++;
    return super.apply(...args);
  }
}

const addressOf = (index: number, generation: number): string => `10.${generation % 256}.${(index >> 8) % 256}.${index % 256}`;

function world(names: number) {
  const catalog = new Catalog({ order: ['ingress'], setIdentifiers: 'separate', reportOrigins: true, clock });
  const ask = (index: number, generation: number) => {
    const record = scanRecord(`n${index}.bench.test. 300 A ${addressOf(index, generation)}`);
    if (isFailure(record)) throw new Error(record.message);
    const { owner, type, ttl, rdata } = record;
    const origin = {
      source: 'ingress',
      cluster: 'prod',
      namespace: 'bench',
      object: `Ingress/bench/n${index}`,
      createdAt: index,
    };
    return catalog.put(origin, [{ kind: 'rrset', owner, type, ttl, rdatas: [rdata] }]);
  };
  for (let index = 0; index < names; index++) ask(index, 0);
  const provider = new CountingProvider({ zones: [APEX] });
  let acknowledged: ((owner: OwnerName) => void) | undefined;
  const publisher = new Publisher({
    routes: [{ provider, feed: { name: '', catalog }, selectors: [{ name: APEX, belowOnly: false }] }],
    settings: { owner: 'bench' },
    sources: () => ({
      home: 'prod',
      clusters: ['prod'],
      clusterIds: new Map([['prod', 'c1']]),
      statuses: [{ source: 'ingress', cluster: 'prod', state: 'synced' }],
    }),
    isReady: () => true,
    intervalMs: 3_600_000,
    onApplied: (_provider, _zone, { owner }) => acknowledged?.(owner),
    clock,
    logger: quiet,
    random: Math.random,
  });
  const change = async (index: number, generation: number): Promise<number> => {
    const { promise, resolve } = Promise.withResolvers<number>();
    const from = performance.now();
    acknowledged = () => resolve(performance.now() - from);
    publisher.apply(ask(index, generation));
    return promise;
  };
  return { provider, publisher, change };
}

/** What some work costs, in milliseconds. */
async function measure(work: () => Promise<unknown>): Promise<{ readonly wallMs: number; readonly cpuMs: number }> {
  const from = performance.now();
  const cpu = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(cpu);
  return { wallMs: performance.now() - from, cpuMs: (user + system) / 1000 };
}

const inSeconds = (ms: number): string => `${(ms / 1000).toFixed(2)} s`;
const rows: string[][] = [];

const small = world(FIRST_SYNC);
const first = await measure(async () => {
  small.publisher.start();
  return small.publisher.settled();
});
rows.push([
  `first sync of ${FIRST_SYNC.toLocaleString('en')} names`,
  `${inSeconds(first.cpuMs)} CPU, ${inSeconds(first.wallMs)}`,
  JSON.stringify(small.provider.calls),
]);
Object.assign(small.provider.calls, { list: 0, read: 0, apply: 0 });
const samples: number[] = [];
for (let count = 0; count < CHANGES; count++) samples.push(await small.change((count * 7919) % FIRST_SYNC, 1 + (count % 255)));
rows.push([
  `${CHANGES} changes of one name each, event to acknowledged write`,
  [0.5, 0.99, 1].map((share) => `${percentile(samples, share).toFixed(2)} ms`).join(', '),
  JSON.stringify(small.provider.calls),
]);
await small.publisher.stop();

const large = world(AUDITED / 2);
await measure(async () => {
  large.publisher.start();
  return large.publisher.settled();
});
Object.assign(large.provider.calls, { list: 0, read: 0, apply: 0 });
for (const what of ['audit', 'audit again'] as const) {
  const audit = await measure(async () => {
    large.publisher.audit();
    await new Promise((resolve) => setImmediate(resolve));
    return large.publisher.settled();
  });
  rows.push([
    `${what} of ${AUDITED.toLocaleString('en')} RRsets without a change, listing included`,
    `${inSeconds(audit.cpuMs)} CPU, ${inSeconds(audit.wallMs)}`,
    JSON.stringify(large.provider.calls),
  ]);
}
const plan = await measure(() => Promise.resolve(large.publisher.plans()));
rows.push([`plan of ${AUDITED.toLocaleString('en')} RRsets`, `${inSeconds(plan.cpuMs)} CPU, ${inSeconds(plan.wallMs)}`, '']);
await large.publisher.stop();

const whole = world(AUDITED);
const sync = await measure(async () => {
  whole.publisher.start();
  return whole.publisher.settled();
});
rows.push([
  `first sync of ${AUDITED.toLocaleString('en')} names`,
  `${inSeconds(sync.cpuMs)} CPU, ${inSeconds(sync.wallMs)}`,
  JSON.stringify(whole.provider.calls),
]);
const wholePlan = await measure(() => Promise.resolve(whole.publisher.plans()));
rows.push([
  `plan of ${AUDITED.toLocaleString('en')} names, with as many markers`,
  `${inSeconds(wholePlan.cpuMs)} CPU, ${inSeconds(wholePlan.wallMs)}`,
  '',
]);
await whole.publisher.stop();

console.log(`publishing to memory; ${describeMachine()}; load ${loadAverage()}\n`);
console.log(markdownTable(['what', 'takes', 'calls'], rows));
process.exit(0);
