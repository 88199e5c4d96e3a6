/**
 * What a change of one object costs among 100 objects and among a million: from the event until worker threads can see the new answer.
 *
 *     node --conditions=@kubezone/source bench/source-change.ts
 *
 * The names are the source `fake`'s. All that stands between is the product's own: store, source, catalog, zones. The clusters of all sizes are
 * filled first, then changed in turns of 500 changes each, so that whatever else happens on the machine happens to all.
 */
import { setImmediate } from 'node:timers/promises';

import { fakeCluster, makeSources, NamePipeline } from '@kubezone/controller';
import { Catalog, type Clock, composeSoa, type Logger, nameOf, TYPE } from '@kubezone/core';
import { ServedZones } from '@kubezone/dns-server';

import { markdownTable, percentile } from './figures.ts';
import { describeMachine, loadAverage } from './machine.ts';

const SIZES = [100, 10_000, 100_000, 1_000_000] as const;
const TURNS = 20;
const CHANGES_PER_TURN = 500;
const WARM_UP_TURNS = 4;
const APEX = nameOf('bench.test');

const quiet: Logger = { debug: () => undefined, info: () => undefined, warn: console.error, error: console.error };

/** A clock that stands still until it is told to go on: the fake cluster makes one change then. */
class StepClock implements Clock {
  #ms = 0;
  #waiting: (() => void) | undefined;

  now(): number {
    return Date.now();
  }

  monotonic(): number {
    return this.#ms;
  }

  after(delayMs: number, callback: () => void): () => void {
    // The fake cluster's tick; everything else that waits (retries) has no place here.
    if (delayMs <= 50) this.#waiting = callback;
    return () => undefined;
  }

  /** Lets a millisecond pass. */
  step(): void {
    this.#ms++;
    const callback = this.#waiting;
    this.#waiting = undefined;
    callback?.();
  }
}

async function fill(size: number) {
  const clock = new StepClock();
  const zones = new ServedZones({ clock, seed: 1 });
  const rdata = composeSoa({ primary: APEX, mailbox: APEX, serial: 1, refresh: 3600, retry: 900, expire: 86_400, minimum: 60 });
  zones.replace(zones.packed.create(APEX, { owner: APEX, type: TYPE.SOA, ttl: 60, rdatas: [rdata] }));
  const sources = makeSources(['fake'], {}, { zones: [{ apex: APEX, ttl: 60 }] });
  const catalog = new Catalog({ order: sources.map(({ kind }) => kind), clock, setIdentifiers: 'merge' });
  let served = 0;
  const started = performance.now();
  const pipeline = new NamePipeline({
    clusters: [fakeCluster({ mode: { kind: 'ip', domain: 'bench.test' }, size, changesPerSecond: 1000, clock })],
    sources,
    catalog,
    clock,
    logger: quiet,
    onChanges: (changes) => {
      zones.apply(changes, 1);
      served = performance.now();
    },
  });
  await pipeline.start();
  while (!pipeline.readiness().complete) await setImmediate();
  await pipeline.settled();
  const change = async (): Promise<number> => {
    const from = performance.now();
    served = from;
    clock.step();
    // The cluster hears of the time in a microtask; all the rest happens in one go.
    await setImmediate();
    return (served - from) * 1000;
  };
  return { size, filledMs: performance.now() - started, change, samples: [] as number[], stop: () => pipeline.stop() };
}

const runs = [];
for (const size of SIZES) runs.push(await fill(size));
for (let turn = -WARM_UP_TURNS; turn < TURNS; turn++) {
  for (const { change, samples } of runs) {
    for (let count = 0; count < CHANGES_PER_TURN; count++) {
      const took = await change();
      // A change to what was there before changes no name.
      if (turn >= 0 && took > 0) samples.push(took);
    }
  }
}
const [smallest] = runs;
const rows = runs.map(({ size, filledMs, samples }) => [
  size.toLocaleString('en'),
  `${(filledMs / 1000).toFixed(2)} s`,
  ...[0.5, 0.99, 0.999, 1].map((share) => `${percentile(samples, share).toFixed(1)} µs`),
  (percentile(samples, 0.5) / percentile(smallest?.samples ?? [], 0.5)).toFixed(2),
]);
console.log(`change of one fake object, ${TURNS * CHANGES_PER_TURN} changes; ${describeMachine()}; load ${loadAverage()}\n`);
console.log(markdownTable(['objects', 'filled in', 'p50', 'p99', 'p99.9', 'largest', 'p50 against 100'], rows));
for (const { stop } of runs) await stop();
process.exit(0);
