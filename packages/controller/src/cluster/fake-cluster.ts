import type { Clock } from '@kubezone/core';

import { type FakeObject, FAKES } from '../sources/fake.ts';
import { type FakeMode, fakeObject, mix } from '../sources/fake-objects.ts';
import type { Cluster, ClusterSink, RunningCluster } from './cluster.ts';

/** The most names that can be faked. */
export const MAX_FAKES = 1_000_000;

export interface FakeClusterOptions {
  /** The configured name; unique in a process. @default fake */
  readonly name?: string;
  readonly mode: FakeMode;
  /** How many names, from 1 to a million; one in the mode `fixed`. @default 10 */
  readonly size?: number;
  /**
   * How many names change in a second, on average, from 0 to 100,000: most get another target, and one in eight goes away and comes back with the change after. In the
   * mode `fixed` nothing changes. @default 0.2
   */
  readonly changesPerSecond?: number;
  /** The same seed gives the same names, targets and changes. @default 1 */
  readonly seed?: number;
  readonly clock: Clock;
  /** Lets other events be handled. @default a turn of the event loop */
  readonly yieldToEvents?: () => Promise<void>;
}

/** So many objects are made in one go. */
const CHUNK = 1000;
const TICK_MS = 50;
const LARGEST_RATE = 100_000;
/** One change in so many takes a name away. */
const REMOVALS = 8;

/**
 * A cluster of names that do not exist, for load tests: Mate's fake producer, with sizes and rates.
 *
 * @throws {RangeError} where the size or the rate is out of range
 */
export function fakeCluster(options: FakeClusterOptions): Cluster {
  const { name = 'fake', mode, size = 10, changesPerSecond = 0.2, seed = 1, clock, yieldToEvents = turn } = options;
  const total = mode.kind === 'fixed' ? 1 : size;
  if (!Number.isInteger(total) || total < 1 || total > MAX_FAKES)
    throw new RangeError(`found ${total} fake names, expected 1 to ${MAX_FAKES}`);
  if (!(changesPerSecond >= 0 && changesPerSecond <= LARGEST_RATE)) {
    throw new RangeError(`found ${changesPerSecond} changes a second, expected 0 to ${LARGEST_RATE}`);
  }
  return {
    name,
    start({ resources }, sink, signal): Promise<RunningCluster> {
      for (const resource of resources) sink.state({ resource }, 'syncing');
      for (const resource of resources) if (resource !== FAKES) sink.state({ resource }, 'synced');
      const run = async (): Promise<void> => {
        if (!resources.includes(FAKES)) return;
        for (let from = 0; from < total && !signal.aborted; from += CHUNK) {
          const count = Math.min(CHUNK, total - from);
          sink.upserted(
            FAKES,
            Array.from({ length: count }, (_, at) => fakeObject(mode, seed, from + at, 0)),
          );
          await yieldToEvents();
        }
        if (signal.aborted) return;
        sink.state({ resource: FAKES }, 'synced');
        const changes = new FakeChanges(mode, total, seed);
        if (mode.kind !== 'fixed' && changesPerSecond > 0) await keepChanging(changes, changesPerSecond, { sink, clock, signal });
      };
      return Promise.resolve({ ended: run() });
    },
  };
}

/** A cluster that is not asked for fake names, of which it has none: for clusters beside a fake one. */
export function withoutFakes(cluster: Cluster): Cluster {
  return {
    name: cluster.name,
    ...(cluster.writer === undefined ? {} : { writer: cluster.writer }),
    start(watch, sink, signal): Promise<RunningCluster> {
      const others = watch.resources.filter((resource) => resource !== FAKES);
      if (others.length === watch.resources.length) return cluster.start(watch, sink, signal);
      sink.state({ resource: FAKES }, 'syncing');
      const started = cluster.start({ ...watch, resources: others }, sink, signal);
      sink.state({ resource: FAKES }, 'synced');
      return started;
    },
  };
}

/** Changes of fake names, one after the other. */
class FakeChanges {
  readonly #mode: FakeMode;
  readonly #size: number;
  readonly #seed: number;
  #number = 0;
  /** Which name has been taken away by the change before. */
  #missing: number | undefined;

  constructor(mode: FakeMode, size: number, seed: number) {
    this.#mode = mode;
    this.#size = size;
    this.#seed = seed;
  }

  next(): { readonly kind: 'object'; readonly object: FakeObject } | { readonly kind: 'gone'; readonly key: string } {
    this.#number++;
    const random = mix(this.#seed, this.#number, 1);
    const index = this.#missing ?? random % this.#size;
    if (this.#missing === undefined && mix(this.#seed, this.#number, 2) % REMOVALS === 0) {
      this.#missing = index;
      return { kind: 'gone', key: String(index) };
    }
    this.#missing = undefined;
    return { kind: 'object', object: fakeObject(this.#mode, this.#seed, index, this.#number) };
  }
}

interface ChangeSurroundings {
  readonly sink: ClusterSink;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** Makes as many changes as time allows, until the signal is aborted. */
async function keepChanging(changes: FakeChanges, perSecond: number, { sink, clock, signal }: ChangeSurroundings): Promise<void> {
  const start = clock.monotonic();
  let made = 0;
  for (;;) {
    const goOn = await pause(clock, signal);
    if (!goOn) return;
    const due = Math.floor(((clock.monotonic() - start) * perSecond) / 1000);
    sink.together(() => {
      for (; made < due; made++) {
        const change = changes.next();
        if (change.kind === 'gone') sink.deleted(FAKES, [change.key]);
        else sink.upserted(FAKES, [change.object]);
      }
    });
  }
}

/** Waits for a tick. @returns whether to go on */
function pause(clock: Clock, signal: AbortSignal): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const stop = (): void => {
    cancel();
    resolve(false);
  };
  const cancel = clock.after(TICK_MS, () => {
    signal.removeEventListener('abort', stop);
    resolve(true);
  });
  if (signal.aborted) stop();
  else signal.addEventListener('abort', stop, { once: true });
  return promise;
}

function turn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
