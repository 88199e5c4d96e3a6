/** A round of chaos, and the calm after it. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { ClusterObjects } from '../../../tools/control-plane/cluster-objects.ts';
import { type ControlPlane, startControlPlane } from '../../../tools/control-plane/control-plane.ts';
import type { Definitions } from '../../../tools/control-plane/definitions.ts';
import { eventually } from '../../support/eventually.ts';
import { chanceOf } from './chance.ts';
import { openZones } from './chaos-zones.ts';
import { faultsNow, type Scene } from './judge-calm.ts';
import {
  makeMischief,
  type Mischief,
  repeating,
  troubleReplica,
  withApiServer,
  withLease,
  withReplica,
  withVendor,
  withWay,
} from './mischief.ts';
import { writersNow, writesOutOfTurn } from './one-writer.ts';
import { type Counts, Population } from './population.ts';
import { type Absence, Presence } from './presence.ts';
import { type ArrivedWrite, Replica } from './replica.ts';
import { Strangers } from './strangers.ts';

/** How long, and how wild. */
export interface RoundOptions {
  readonly seed: number;
  readonly chaosMs: number;
  /** Until everything has to be in its place. */
  readonly calmMs: number;
  /** For how long nothing may be done then, but what is always done. */
  readonly quietMs: number;
  readonly definitions: Definitions;
}

/** What a process does while there is nothing to do. */
export interface Quiet {
  readonly life: string;
  /** Processor time, of all the time. */
  readonly cpuShare: number;
  readonly residentMiB: number;
  /** What is in use of V8's heap, garbage included. */
  readonly heapMiB: number;
  /** 1 where it leads, by its metrics. */
  readonly leads: number;
  /** Names that are still to be planned or written, RRsets in quarantine, and changes that are held. */
  readonly unsettled: number;
  readonly apiChunksPerSecond: number;
  readonly zoneChunksPerSecond: number;
}

/** What is seen in a round. */
export interface RoundReport {
  readonly seed: number;
  readonly counts: Counts;
  readonly writes: number;
  readonly looks: number;
  readonly lives: number;
  /** How long it took, or undefined if it did not come to that. */
  readonly convergedAfterMs: number | undefined;
  readonly faults: readonly string[];
  readonly absences: readonly Absence[];
  readonly outOfTurn: readonly string[];
  readonly quiet: readonly Quiet[];
  /** Lines of logs that tell of errors, and what is no line of a log: the trace of an exception. */
  readonly errors: readonly string[];
  /** Everything that the processes have said, by their names. */
  readonly said: ReadonlyMap<string, string>;
}

const WARM_UP_NAMES = 200;
const LONGEST_CUT_MS = { api: 25_000, zone: 20_000 };
/** So that writes arrive late now and then, as over a slow network, and answers are lost. */
const LATE = { share: 0.1, ms: 2_000 };
const LOST = 0.03;
const RARITIES = [1, 3];
/** The share of writes, and of their answers, at which the process is stopped or killed. */
const STRUCK = 0.015;

/** Runs one, in a world of its own. */
export async function runRound(options: RoundOptions): Promise<RoundReport> {
  const folder = await mkdtemp(join(tmpdir(), 'kubezone-chaos-'));
  const closing: (() => Promise<unknown>)[] = [() => rm(folder, { recursive: true, force: true })];
  try {
    const cluster = await startControlPlane();
    closing.unshift(() => cluster.stop());
    const zones = await openZones();
    closing.unshift(() => Promise.all(zones.map((zone) => zone.close())));
    await new ClusterObjects(cluster).define(options.definitions, 'records.syntixi.io', 'dnsendpoints.externaldns.k8s.io');
    return await new Round(options, folder, cluster, zones, closing).run();
  } finally {
    for (const close of closing) await close().catch(() => undefined);
  }
}

class Round {
  readonly #options: RoundOptions;
  readonly #folder: string;
  readonly #closing: (() => Promise<unknown>)[];
  readonly #scene: Omit<Scene, 'replicas'>;
  readonly #replicas: Replica[] = [];
  readonly #writes: ArrivedWrite[] = [];
  readonly #troubles: Promise<void>[] = [];
  readonly #over = new AbortController();

  constructor(
    options: RoundOptions,
    folder: string,
    cluster: ControlPlane,
    zones: Scene['zones'],
    closing: (() => Promise<unknown>)[],
  ) {
    this.#options = options;
    this.#folder = folder;
    this.#closing = closing;
    const presence: Presence = new Presence((name) => population.linesOf(name));
    const population: Population = new Population(cluster, zones, presence);
    this.#scene = { cluster, zones, presence, population };
  }

  async run(): Promise<RoundReport> {
    const { seed, chaosMs, quietMs } = this.#options;
    const chance = chanceOf(seed);
    const { population, presence, zones, cluster } = this.#scene;
    const warmUp = chance.fork('warm-up');
    while (population.namesAsked < WARM_UP_NAMES) await population.create(warmUp);
    await this.#openReplicas(chance.fork('ways'), chance.happens(0.5));

    // Where somebody leads most of the time, more goes wrong in writes; where nobody does, more goes wrong between terms.
    const rarity = chance.pick(RARITIES) ?? 1;
    const strangers = zones.map((zone) => new Strangers(zone, population, presence));
    const mischiefs: Record<string, Mischief> = {
      objects: repeating((own) => population.step(own), 100, 8),
      api: withApiServer(cluster, rarity),
      lease: withLease(cluster),
    };
    for (const [index, zone] of zones.entries()) {
      const stranger = strangers[index];
      if (stranger !== undefined) mischiefs[`strangers ${zone.apex}`] = repeating((own) => stranger.step(own), 1500, 1);
      if (zone.spoil !== undefined) mischiefs[`vendor ${zone.apex}`] = withVendor(zone.spoil);
      // Not every write is answered; and between two of them something may happen too.
      mischiefs[`look ${zone.apex}`] = repeating(async () => void (await presence.look(zone)), 1000, 1);
    }
    for (const [index, replica] of this.#replicas.entries()) {
      mischiefs[`replica ${index}`] = withReplica(replica, rarity);
      mischiefs[`way ${index}`] = withWay(replica.api, 'way to the API server', LONGEST_CUT_MS.api);
      for (const { zone, tcp } of replica.ways)
        mischiefs[`way ${index} ${zone.apex}`] = withWay(tcp, 'way to a zone', LONGEST_CUT_MS.zone);
    }
    const end = setTimeout(() => this.#over.abort(), chaosMs);
    try {
      await makeMischief(mischiefs, chance, this.#over.signal, population.counts);
    } finally {
      clearTimeout(end);
      this.#over.abort();
    }
    await Promise.all(this.#troubles);
    for (const zone of zones) zone.calm();
    await population.settle();
    const [convergedAfterMs, faults] = await this.#converge();
    for (const stranger of strangers) stranger.end();
    const quiet = await this.#quiet(quietMs);
    const lives = this.#replicas.flatMap((replica) => replica.lives);
    return {
      seed,
      counts: population.counts,
      writes: this.#writes.length,
      looks: presence.looks,
      lives: lives.length,
      convergedAfterMs,
      faults: [...faults, ...(convergedAfterMs === undefined ? [] : await faultsNow(this.#whole))],
      absences: presence.absences,
      outOfTurn: writesOutOfTurn(lives, this.#writes),
      quiet,
      errors: lives.flatMap(({ process }) => process.text().split('\n').filter(isError)),
      said: new Map(lives.map(({ name, process }) => [name, process.text()])),
    };
  }

  get #whole(): Scene {
    return { ...this.#scene, replicas: this.#replicas };
  }

  async #openReplicas(chance: ReturnType<typeof chanceOf>, waitForDelete: boolean): Promise<void> {
    const { cluster, zones, presence, population } = this.#scene;
    const count = (what: string): void => void (population.counts[what] = (population.counts[what] ?? 0) + 1);
    /** Right at a write, now and then. */
    const strike = (replica: Replica): void => {
      const { signal } = this.#over;
      if (signal.aborted || !chance.happens(STRUCK)) return;
      const trouble = troubleReplica(replica, chance, signal, (what) => count(`${what} at a write`));
      this.#troubles.push(trouble);
    };
    for (const index of [0, 1]) {
      const replica: Replica = await Replica.open({
        index,
        folder: this.#folder,
        cluster,
        zones,
        waitForDelete,
        onArrived: async (write) => {
          this.#writes.push(write);
          strike(replica);
          if (!this.#over.signal.aborted && chance.happens(LATE.share)) await sleep(chance.below(LATE.ms));
        },
        onCarriedOut: async (zone) => {
          strike(replica);
          await presence.look(zone);
          if (!this.#over.signal.aborted && chance.happens(LOST)) throw new Error('lost');
        },
      });
      this.#closing.unshift(() => replica.close());
      this.#replicas.push(replica);
      await replica.start();
    }
    await eventually(
      'one of them writes',
      () => {
        if (writersNow(this.#replicas.flatMap(({ lives }) => lives)).length === 1) return true;
        throw new Error(this.#replicas.map(({ lives }) => lives[0]?.process.text()).join('\n'));
      },
      { withinMs: 30_000 },
    );
  }

  async #converge(): Promise<readonly [number | undefined, readonly string[]]> {
    const from = performance.now();
    for (;;) {
      const faults = await faultsNow(this.#whole).catch((error: unknown) => [String(error)]);
      const ms = performance.now() - from;
      if (faults.length === 0) return [ms, []];
      if (ms > this.#options.calmMs) return [undefined, faults];
      await sleep(1000);
    }
  }

  async #quiet(ms: number): Promise<readonly Quiet[]> {
    const measure = () =>
      this.#replicas.map((replica) => ({
        life: replica.life?.name ?? 'none',
        ...replica.usage(),
        api: replica.api.chunks,
        zone: replica.ways.reduce((sum, { tcp }) => sum + tcp.chunks, 0),
      }));
    const before = measure();
    await sleep(ms);
    const after = measure();
    return await Promise.all(
      this.#replicas.map(async (replica, index) => {
        const { life = 'none', cpuMs = 0, residentMiB = 0, api = 0, zone = 0 } = after[index] ?? {};
        const sum = async (name: string): Promise<number> => (await replica.metric(name)).reduce((one, other) => one + other, 0);
        return {
          life,
          cpuShare: (cpuMs - (before[index]?.cpuMs ?? 0)) / ms,
          residentMiB: Math.round(residentMiB),
          heapMiB: Math.round((await sum('nodejs_heap_size_used_bytes')) / 2 ** 20),
          leads: await sum('kubezone_leader'),
          unsettled:
            (await sum('kubezone_plan_names')) +
            (await sum('kubezone_quarantined_rrsets')) +
            (await sum('kubezone_held_changes')),
          apiChunksPerSecond: ((api - (before[index]?.api ?? 0)) * 1000) / ms,
          zoneChunksPerSecond: ((zone - (before[index]?.zone ?? 0)) * 1000) / ms,
        };
      }),
    );
  }
}

function isError(line: string): boolean {
  return line !== '' && !/^\{.*"level":"(?:debug|info|warn)"/.test(line);
}

/** Writes what the processes have said to files, where a round is to be looked into. */
export async function keepLogs(folder: string, { said }: RoundReport): Promise<void> {
  for (const [life, text] of said) await writeFile(join(folder, `replica-${life}.log`), text);
}
