import { type LatencyReport, runLatencyClient } from '../load/latency-client.ts';
import type { RunningServer } from '../peers/run-server.ts';
import type { Condition, LatencySample } from '../report/results.ts';
import { inTurn } from './in-turn.ts';
import { alone, type Bench } from './throughput.ts';

/** Answers that may be missing before a latency says nothing: who answers only the half answers that half fast. */
const LOST_SHARE = 0.001;

/** The latency of positive A at one rate, the same for every server, with nothing else going on. */
export async function measureLatency(bench: Bench, messageFile: string, rate: number): Promise<LatencySample[]> {
  const samples: LatencySample[] = [];
  for (let round = 1; round <= bench.rounds; round++) {
    for (const server of inTurn(bench.servers, round)) {
      const report = await alone(server, () => runLatency(bench, server.setup.port, messageFile, rate));
      samples.push(latencySample(bench, server, round, 'quiet', report));
    }
  }
  return samples;
}

/** One run at that rate against a port of 127.0.0.1. */
export function runLatency(bench: Bench, port: number, messageFile: string, rate: number): Promise<LatencyReport> {
  return runLatencyClient({ port, messageFile, rate, seconds: bench.seconds, rcode: 0, cpu: bench.clientCpu });
}

/** Makes a sample of what the client has seen. */
export function latencySample(
  { run, names }: Bench,
  server: RunningServer,
  round: number,
  condition: Condition,
  report: LatencyReport,
): LatencySample {
  const { rate, sent, answered, wrong, p50, p99, p999, max } = report;
  const reason =
    wrong > 0
      ? `${wrong} replies of another rcode`
      : sent - answered > sent * LOST_SHARE
        ? `${sent - answered} of ${sent} queries without a reply`
        : undefined;
  if (reason !== undefined)
    console.error(`void: ${server.kind.name} at ${rate} queries/s (${condition}), round ${round}: ${reason}`);
  return {
    run,
    round,
    names,
    server: server.kind.name,
    condition,
    rate,
    sent,
    answered,
    p50,
    p99,
    p999,
    max,
    ...(reason === undefined ? {} : { void: reason }),
  };
}
