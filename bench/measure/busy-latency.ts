import { setTimeout as sleep } from 'node:timers/promises';

import type { RunningServer } from '../peers/run-server.ts';
import type { ChangeSample, Condition, LatencySample } from '../report/results.ts';
import { type ClusterWorker, type ClusterWorkerSettings, startClusterWorker } from './cluster-worker.ts';
import { inTurn } from './in-turn.ts';
import { latencySample, runLatency } from './latency.ts';
import { alone, type Bench } from './throughput.ts';
import { WorkingApiServer } from './working-api-server.ts';

const CHANGES_PER_SECOND = 1000;
/** So long before the queries the work begins. */
const LEAD_MS = 300;
/** Two rounds of listing must fall into a run. */
const SHORTEST_SECONDS = 2;

/** What is measured of a server beside work. */
export interface BusySamples {
  readonly latency: readonly LatencySample[];
  readonly changes: readonly ChangeSample[];
}

/**
 * The latency of positive A while 10,000 objects are listed again every second, and while 1,000 changes a second are applied; and how long a single change takes.
 *
 * Of Kubezone, the process that answers does that work. The peers answer beside a Kubezone that does the same work on the same processor and is asked nothing.
 *
 * @param times how many single changes
 */
export async function measureBusyLatency(
  bench: Bench,
  settings: ClusterWorkerSettings & { readonly messageFile: string; readonly rate: number },
  times: number,
): Promise<BusySamples> {
  const longer = { ...bench, seconds: Math.max(SHORTEST_SECONDS, bench.seconds) };
  const api = new WorkingApiServer();
  const url = await api.listen();
  let worker: ClusterWorker | undefined;
  const latency: LatencySample[] = [];
  try {
    worker = await startClusterWorker(url, settings);
    for (const condition of ['relist', 'changes'] as const) {
      for (let round = 1; round <= bench.rounds; round++) {
        for (const server of inTurn(bench.servers, round)) {
          const ask = (port: number) => runLatency(longer, port, settings.messageFile, settings.rate);
          latency.push(await measureBeside(bench, { server, round, condition, api, worker, ask }));
        }
      }
      console.error(`${bench.names} names: latency with ${condition}`);
    }
    return { latency, changes: await measureEvents(bench, api, worker, times) };
  } finally {
    await worker?.stop();
    await api.close();
  }
}

async function measureBeside(
  bench: Bench,
  run: {
    readonly server: RunningServer;
    readonly round: number;
    readonly condition: Exclude<Condition, 'quiet'>;
    readonly api: WorkingApiServer;
    readonly worker: ClusterWorker;
    readonly ask: (port: number) => ReturnType<typeof runLatency>;
  },
): Promise<LatencySample> {
  const { server, round, condition, api, worker, ask } = run;
  const answersItself = server.kind.name === 'kubezone';
  const [listed, events, before] = [api.listed, api.events, worker.nanoseconds()];
  if (condition === 'relist') api.relist();
  else api.change(CHANGES_PER_SECOND);
  await sleep(LEAD_MS);
  const report = answersItself ? await ask(worker.port) : await alone(server, () => ask(server.setup.port));
  api.rest();
  const workNanoseconds = worker.nanoseconds() - before;
  const work = condition === 'relist' ? api.listed - listed : api.events - events;
  // Work that has only been queued is no work done, and the next run is not to have the rest of it.
  if (api.last !== undefined) await worker.untilAnswered(api.last.service, api.last.addresses);
  await worker.untilIdle();
  return {
    ...latencySample(bench, server, round, condition, report),
    work,
    ...(answersItself ? {} : { workNanoseconds }),
    ...(work === 0 ? { void: 'the work was not done' } : {}),
  };
}

async function measureEvents(bench: Bench, api: WorkingApiServer, worker: ClusterWorker, times: number): Promise<ChangeSample[]> {
  const samples: ChangeSample[] = [];
  for (let round = 1; round <= times; round++) {
    await worker.untilIdle();
    const startedAt = performance.now();
    api.changeNext();
    if (api.last !== undefined) await worker.untilAnswered(api.last.service, api.last.addresses);
    const ms = performance.now() - startedAt;
    samples.push({
      run: bench.run,
      round,
      names: bench.names,
      server: 'kubezone',
      way: 'an EndpointSlice changes in its cluster',
      ms,
    });
  }
  return samples;
}
