import { join } from 'node:path';

import { describeMachine } from '../machine.ts';
import { type RunningServer, startServer } from '../peers/run-server.ts';
import type { ServerKind, ServerName } from '../peers/server-kind.ts';
import type { ChangeSample, LatencySample, Results, StartSample, ThroughputSample } from '../report/results.ts';
import { spreadOf } from '../report/statistics.ts';
import { checkAnswers } from '../workload/check-answers.ts';
import { type Mix, POSITIVE } from '../workload/mixes.ts';
import { writeMessageFile, writeQueryFile } from '../workload/query-files.ts';
import { planZone, type ZonePlan } from '../workload/zone-plan.ts';
import { writeZoneFile } from '../workload/zone-text.ts';
import { withBenchFolder } from './bench-folder.ts';
import { measureBusyLatency } from './busy-latency.ts';
import { measureChanges } from './change.ts';
import { measureLatency } from './latency.ts';
import { type Bench, measureThroughput } from './throughput.ts';

/** What is measured. */
export interface MeasureOptions {
  readonly kinds: readonly ServerKind[];
  readonly mixes: readonly Mix[];
  readonly names: readonly number[];
  readonly rounds: number;
  readonly seconds: number;
  readonly serverCpu: number;
  readonly clientCpu: number;
  /** The sizes at which latency is also measured beside work. */
  readonly busyNames: readonly number[];
  /** How often each way of changing is taken. */
  readonly changes: number;
  /** Queries a second at which latency is measured. @default half of what NSD answers of the first mix, in this run */
  readonly rate?: number;
  /** Another checkout of this server. */
  readonly root?: string;
}

/** Those whose latency beside work is compared. */
const BUSY: readonly ServerName[] = ['kubezone', 'nsd', 'knot'];

/** What was measured, and whether that is all that was to be measured. */
export interface Measured {
  readonly results: Results;
  readonly complete: boolean;
}

/** Samples as they come in: what was measured before something went wrong is not lost. */
interface Collected {
  readonly throughput: ThroughputSample[];
  readonly latency: LatencySample[];
  readonly starts: StartSample[];
  readonly changes: ChangeSample[];
}

/** Measures all of it, size by size. Servers, folders and files are gone when it is done, also when it is interrupted. */
export async function measureServers(options: MeasureOptions): Promise<Measured> {
  const run = new Date().toISOString();
  const titles: Partial<Record<ServerName, string>> = {};
  for (const kind of options.kinds) titles[kind.name] = await kind.title();
  const collected: Collected = { throughput: [], latency: [], starts: [], changes: [] };
  let complete = true;
  await withBenchFolder(async (folder) => {
    for (const names of options.names) {
      try {
        await measureSize({ options, run, names, folder, collected });
      } catch (error) {
        complete = false;
        console.error(`${names} names: ended by an error; what was measured before stays`, error);
      }
    }
  });
  const results = { machines: [describeMachine()], dates: [run.slice(0, 10)], titles, seconds: [options.seconds], ...collected };
  return { results, complete };
}

/** One size, and where its samples go. */
interface Size {
  readonly options: MeasureOptions;
  readonly run: string;
  readonly names: number;
  readonly folder: string;
  readonly collected: Collected;
}

async function measureSize(size: Size): Promise<void> {
  const { options, run, names, folder, collected } = size;
  const plan = planZone(names);
  const zoneFile = join(folder, `${names}.zone`);
  console.error(`${names} names: writing the zone (${plan.records} records) and the queries`);
  writeZoneFile(zoneFile, plan);
  const mixes = options.mixes.map((mix) => ({ mix, queryFile: writeQueryFile(folder, mix, plan) }));
  const servers: RunningServer[] = [];
  try {
    await startAll(size, plan, zoneFile, servers);
    const loaded = servers.map((server) => server.memory());
    const bench: Bench = { ...options, run, names, servers };
    collected.throughput.push(...(await measureThroughput(bench, mixes)));
    servers.forEach((server, index) => {
      const after = server.memory();
      const place = { run, round: 1, names, server: server.kind.name };
      collected.starts.push({ ...place, startMs: server.startMs, loaded: loaded[index] ?? after, after });
    });
    const rate = options.rate ?? halfLoad(collected.throughput.filter((sample) => sample.names === names));
    if (rate !== undefined) await measureLatencies(size, bench, { plan, zoneFile, rate });
    console.error(`${names} names: changes`);
    collected.changes.push(...(await measureChanges(bench, options.changes)));
  } finally {
    await Promise.all(servers.map((server) => server.stop()));
  }
}

async function startAll(
  { options, names, folder }: Size,
  plan: ZonePlan,
  zoneFile: string,
  servers: RunningServer[],
): Promise<void> {
  for (const kind of options.kinds) {
    console.error(`${names} names: starting ${kind.name}`);
    const own = join(folder, String(names), kind.name);
    const server = await startServer(kind, { folder: own, zoneFile, cpu: options.serverCpu });
    servers.push(server);
    if (kind.answers) for (const mix of options.mixes) await checkAnswers(kind.name, server.setup.port, mix, plan);
    server.pause();
  }
}

async function measureLatencies(
  { options, names, folder, collected }: Size,
  bench: Bench,
  { plan, zoneFile, rate }: { readonly plan: ZonePlan; readonly zoneFile: string; readonly rate: number },
): Promise<void> {
  console.error(`${names} names: latency at ${rate} queries a second`);
  const messageFile = writeMessageFile(folder, POSITIVE, plan);
  collected.latency.push(...(await measureLatency(bench, messageFile, rate)));
  const busy = bench.servers.filter(({ kind }) => BUSY.includes(kind.name));
  if (!options.busyNames.includes(names) || busy.length === 0) return;
  const root = options.root === undefined ? {} : { root: options.root };
  const settings = { folder, zoneFile, messageFile, rate, serverCpu: options.serverCpu, ...root };
  const samples = await measureBusyLatency({ ...bench, servers: busy }, settings, options.changes);
  collected.latency.push(...samples.latency);
  collected.changes.push(...samples.changes);
}

/** Half of what NSD answers, rounded to thousands; of the slowest server where NSD is not among them. */
export function halfLoad(samples: readonly ThroughputSample[]): number | undefined {
  const good = samples.filter((sample) => sample.mix === samples[0]?.mix && sample.void === undefined);
  const medianOf = (server: ServerName): number =>
    spreadOf(good.filter((sample) => sample.server === server).map(({ queriesPerSecond }) => queriesPerSecond))?.median ??
    Infinity;
  const servers = [...new Set(good.map(({ server }) => server))];
  const base = servers.includes('nsd') ? medianOf('nsd') : Math.min(...servers.map(medianOf));
  return Number.isFinite(base) ? Math.max(1000, Math.round(base / 2000) * 1000) : undefined;
}
