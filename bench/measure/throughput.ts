import { setTimeout as sleep } from 'node:timers/promises';

import { runDnsperf } from '../load/dnsperf.ts';
import { processorBusyNanoseconds } from '../load/processor-busy.ts';
import { voidReason } from '../load/dnsperf-report.ts';
import type { RunningServer } from '../peers/run-server.ts';
import type { ThroughputSample } from '../report/results.ts';
import type { Mix } from '../workload/mixes.ts';
import { inTurn } from './in-turn.ts';

/** What a measurement has: the servers, all paused, and where things stand. */
export interface Bench {
  readonly run: string;
  readonly names: number;
  readonly rounds: number;
  readonly seconds: number;
  readonly serverCpu: number;
  readonly clientCpu: number;
  readonly servers: readonly RunningServer[];
}

/** Lets timers that came due while a server was stopped go off before anything counts. */
const SETTLE_MS = 30;
const WARM_UP_SECONDS = 0.5;

/** Lets one server run alone. */
export async function alone<T>(server: RunningServer, work: () => Promise<T>): Promise<T> {
  server.resume();
  try {
    await sleep(SETTLE_MS);
    return await work();
  } finally {
    server.pause();
  }
}

/** As many queries as a server answers: in each round each mix, in each mix each server after the other, so that what disturbs one disturbs all. */
export async function measureThroughput(
  bench: Bench,
  mixes: readonly { readonly mix: Mix; readonly queryFile: string }[],
): Promise<ThroughputSample[]> {
  const samples: ThroughputSample[] = [];
  const usualOctets = new Map<string, number>();
  for (let round = 0; round <= bench.rounds; round++) {
    // The first one warms up compilers and caches.
    const seconds = round === 0 ? Math.min(WARM_UP_SECONDS, bench.seconds) : bench.seconds;
    for (const { mix, queryFile } of mixes) {
      for (const server of inTurn(bench.servers, round)) {
        if (!server.kind.answers && mix.name !== 'a') continue;
        const sample = await alone(server, () => measureOnce(bench, server, { mix, queryFile, seconds, round }, usualOctets));
        if (round > 0) samples.push(sample);
        if (sample.void !== undefined) console.error(`void: ${server.kind.name}, ${mix.title}, round ${round}: ${sample.void}`);
      }
    }
    console.error(`${bench.names} names: round ${round} of ${bench.rounds}`);
  }
  return samples;
}

async function measureOnce(
  bench: Bench,
  server: RunningServer,
  run: { readonly mix: Mix; readonly queryFile: string; readonly seconds: number; readonly round: number },
  usualOctets: Map<string, number>,
): Promise<ThroughputSample> {
  const { mix, queryFile, seconds, round } = run;
  const [before, busyBefore] = [server.nanoseconds(), processorBusyNanoseconds(bench.serverCpu)];
  const report = await runDnsperf({ port: server.setup.port, mix, queryFile, seconds, cpu: bench.clientCpu });
  const cpuNanoseconds = server.nanoseconds() - before;
  const otherNanoseconds = Math.max(0, processorBusyNanoseconds(bench.serverCpu) - busyBefore - cpuNanoseconds);
  const key = `${server.kind.name} ${mix.name}`;
  const reason = voidReason(report, server.kind.answers ? mix.rcode : 'NOERROR', usualOctets.get(key));
  if (reason === undefined && !usualOctets.has(key)) usualOctets.set(key, report.responseOctets);
  return {
    run: bench.run,
    round,
    names: bench.names,
    server: server.kind.name,
    mix: mix.name,
    completed: report.completed,
    lost: report.lost,
    seconds: report.seconds,
    queriesPerSecond: report.queriesPerSecond,
    cpuNanoseconds,
    responseOctets: report.responseOctets,
    otherWork: otherNanoseconds / 1e9 / report.seconds,
    ...(reason === undefined ? {} : { void: reason }),
  };
}
