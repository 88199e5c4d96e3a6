/**
 * What a change of one name costs in zones of different sizes: the patch of the zone alone, and all that the server does with a NameChange (finding the zone,
 * the patch, the new serial).
 *
 *     node --conditions=@kubezone/source bench/patch.ts
 *
 * The zones are built first, then patched in turns of 2,000 changes each, so that whatever else happens on the machine happens to both.
 * Each change replaces the address of one name, chosen at random, on the zone that the change before it made. A few names that change again and again are
 * measured beside that: the difference is what the processor's caches are worth.
 */
import {
  isFailure,
  nameOf,
  type OwnerName,
  type ResourceRecord,
  type RRset,
  scanRecord,
  type Zone,
  zoneBuilder,
} from '@kubezone/core';
import { ServedZones } from '@kubezone/dns-server';

import { markdownTable, percentile } from './figures.ts';
import { describeMachine, loadAverage } from './machine.ts';

const SIZES = [1000, 10_000, 100_000, 1_000_000] as const;
const TURNS = 10;
const CHANGES_PER_TURN = 2000;
const APEX = nameOf('bench.test');

function record(text: string): ResourceRecord {
  const scanned = scanRecord(text, APEX);
  if (isFailure(scanned)) throw new Error(scanned.message);
  return scanned;
}

const address = (index: number): Uint8Array => Uint8Array.of(10, (index >> 16) & 0xff, (index >> 8) & 0xff, index & 0xff);

function buildZoneOf(names: number): Zone {
  const builder = zoneBuilder(APEX);
  builder.add(record('@ 60 IN SOA ns1 host 1 3600 900 86400 60'));
  builder.add(record('@ 60 IN NS ns1'));
  builder.add(record('ns1 60 IN A 192.0.2.1'));
  for (let index = 0; index < names; index++) {
    builder.add({ owner: nameOf(`n${index}.bench.test`), type: 1, class: 1, ttl: 60, rdata: address(index) });
  }
  const { zone } = builder.build();
  if (zone === undefined) throw new Error('the zone was not built');
  return zone;
}

const runs = SIZES.map((names) => {
  const start = performance.now();
  const zone = buildZoneOf(names);
  const zones = new ServedZones();
  zones.replace(zone);
  return {
    names,
    zone,
    zones,
    buildMs: performance.now() - start,
    patch: [] as number[],
    apply: [] as number[],
    hot: [] as number[],
  };
});

/** A few names, which stay in the caches. */
const HOT_NAMES = 16;

function microseconds(work: () => void): number {
  const before = process.hrtime.bigint();
  work();
  return Number(process.hrtime.bigint() - before) / 1000;
}

function nameAmong(names: number): OwnerName {
  return nameOf(`n${Math.floor(Math.random() * names)}.bench.test`);
}

const addressRRset = (owner: OwnerName, index: number): RRset => ({ owner, type: 1, ttl: 60, rdatas: [address(index)] });

for (let turn = -2; turn < TURNS; turn++) {
  for (const run of runs) {
    for (let change = 0; change < CHANGES_PER_TURN; change++) {
      const owner = nameAmong(run.names);
      const edits = [{ owner, exists: true, rrsets: [addressRRset(owner, change)] }];
      const patch = microseconds(() => (run.zone = run.zone.patch(edits)));
      const applied = nameAmong(run.names);
      const before = run.zones.get(APEX)?.zone.node(applied)?.rrsets ?? [];
      const after = { exists: true, rrsets: [addressRRset(applied, change)] };
      const apply = microseconds(() =>
        run.zones.apply([{ owner: applied, before: { exists: true, rrsets: before }, after, origins: [] }], 1),
      );
      const again = nameAmong(HOT_NAMES);
      const hotEdits = [{ owner: again, exists: true, rrsets: [addressRRset(again, change)] }];
      const hot = microseconds(() => (run.zone = run.zone.patch(hotEdits)));
      // The first turns warm up the compiler.
      if (turn < 0) continue;
      run.patch.push(patch);
      run.apply.push(apply);
      run.hot.push(hot);
    }
  }
}

const [smallest] = runs;
const ratio = (samples: readonly number[], base: readonly number[]): string =>
  (percentile(samples, 0.5) / percentile(base, 0.5)).toFixed(2);
const rows = runs.map(({ names, buildMs, patch, apply, hot }) => [
  names.toLocaleString('en'),
  `${(buildMs / 1000).toFixed(2)} s`,
  `${percentile(patch, 0.5).toFixed(2)} µs`,
  `${percentile(patch, 0.99).toFixed(2)} µs`,
  ratio(patch, smallest?.patch ?? []),
  `${percentile(hot, 0.5).toFixed(2)} µs`,
  ratio(hot, smallest?.hot ?? []),
  `${percentile(apply, 0.5).toFixed(2)} µs`,
  ratio(apply, smallest?.apply ?? []),
]);
console.log(
  `change of one name, ${TURNS * CHANGES_PER_TURN} changes at each size; ${describeMachine()}; load ${loadAverage()}\n`,
);
console.log(
  markdownTable(
    [
      'names',
      'built in',
      'patch, any name: p50',
      'p99',
      'against 1,000',
      'patch, few names: p50',
      'against 1,000',
      'apply, any name: p50',
      'against 1,000',
    ],
    rows,
  ),
);
