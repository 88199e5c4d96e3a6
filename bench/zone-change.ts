/**
 * What a change costs in zones of different sizes: all that the server does with a NameChange (finding the zone, the new node, the new serial) until
 * worker threads can see it.
 *
 *     node --conditions=@kubezone/source bench/zone-change.ts
 *
 * The zones are made first, then changed in turns of 2,000 changes each, so that whatever else happens on the machine happens to all. Each change replaces the
 * address of a name, chosen at random, and is published by itself. A few names that change again and again are measured beside that: the difference is
 * what the processor's caches are worth.
 */
import { type Clock, nameOf, type OwnerName, type RRset, scanRdataText, isFailure, TYPE } from '@kubezone/core';
import { ServedZones } from '@kubezone/dns-server';

import { markdownTable, percentile } from './figures.ts';
import { describeMachine, loadAverage } from './machine.ts';

const SIZES = [1000, 10_000, 100_000, 1_000_000] as const;
const TURNS = 10;
const CHANGES_PER_TURN = 2000;
const APEX = nameOf('bench.test');
/** A few names, which stay in the caches. */
const HOT_NAMES = 16;

const clock: Clock = {
  now: Date.now,
  monotonic: () => performance.now(),
  after: (delayMs, callback) => {
    const timer = setTimeout(callback, delayMs);
    return () => clearTimeout(timer);
  },
};

function soa(): RRset {
  const rdata = scanRdataText(TYPE.SOA, 'ns1.bench.test. host.bench.test. 1 3600 900 86400 60');
  if (isFailure(rdata)) throw new Error(rdata.message);
  return { owner: APEX, type: TYPE.SOA, ttl: 60, rdatas: [rdata] };
}

const address = (index: number): Uint8Array => Uint8Array.of(10, (index >> 16) & 0xff, (index >> 8) & 0xff, index & 0xff);
const nameAt = (index: number): OwnerName => nameOf(`n${index}.bench.test`);
const state = (owner: OwnerName, index: number): { readonly exists: true; readonly rrsets: readonly RRset[] } => ({
  exists: true,
  rrsets: [{ owner, type: TYPE.A, ttl: 60, rdatas: [address(index)] }],
});

function serve(names: number): ServedZones {
  const zones = new ServedZones({ clock, seed: 1 });
  const zone = zones.packed.create(APEX, soa());
  for (let index = 0; index < names; index++) {
    const owner = nameAt(index);
    zone.apply([{ owner, ...state(owner, index) }]);
  }
  zones.replace(zone);
  return zones;
}

function microseconds(work: () => void): number {
  const before = process.hrtime.bigint();
  work();
  return Number(process.hrtime.bigint() - before) / 1000;
}

const runs = SIZES.map((names) => {
  const start = performance.now();
  const zones = serve(names);
  return { names, zones, buildMs: performance.now() - start, any: [] as number[], few: [] as number[] };
});

for (let turn = -2; turn < TURNS; turn++) {
  for (const { names, zones, any, few } of runs) {
    for (let change = 0; change < CHANGES_PER_TURN; change++) {
      for (const [samples, among] of [
        [any, names],
        [few, HOT_NAMES],
      ] as const) {
        const owner = nameAt(Math.floor(Math.random() * among));
        const before = { exists: true, rrsets: zones.get(APEX)?.zone.node(owner)?.rrsets ?? [] };
        const changes = [{ owner, before, after: state(owner, change), origins: [] }];
        const took = microseconds(() => zones.apply(changes, 1));
        // The first turns warm up the compiler.
        if (turn >= 0) samples.push(took);
      }
    }
    // Background work has its time too.
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
for (const { zones } of runs) zones.stop();

const [smallest] = runs;
const inMicroseconds = (value: number): string => `${value.toFixed(value < 100 ? 1 : 0)} µs`;
const columns = (samples: readonly number[], base: readonly number[]): string[] => [
  ...[0.5, 0.99, 0.999, 1].map((share) => inMicroseconds(percentile(samples, share))),
  (percentile(samples, 0.5) / percentile(base, 0.5)).toFixed(2),
];
const rows = runs.flatMap(({ names, buildMs, any, few }) => [
  [names.toLocaleString('en'), `${(buildMs / 1000).toFixed(2)} s`, 'any', ...columns(any, smallest?.any ?? [])],
  ['', '', `${HOT_NAMES} of them`, ...columns(few, smallest?.few ?? [])],
]);
console.log(
  `change of one name, ${TURNS * CHANGES_PER_TURN} changes of each kind; ${describeMachine()}; load ${loadAverage()}\n`,
);
console.log(markdownTable(['names', 'made in', 'changed', 'p50', 'p99', 'p99.9', 'largest', 'p50 against 1,000'], rows));
