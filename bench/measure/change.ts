import { closeSync, copyFileSync, openSync, renameSync, writeSync } from 'node:fs';

import { QueryClient } from '../../e2e/support/query-client.ts';
import { composeQuery } from '../../e2e/support/query.ts';
import { readReply } from '../../e2e/support/read-reply.ts';
import type { RunningServer } from '../peers/run-server.ts';
import type { ChangeWay } from '../peers/server-kind.ts';
import type { ChangeSample } from '../report/results.ts';
import { PROBE, probeAddress } from '../workload/zone-plan.ts';
import { zoneHeader } from '../workload/zone-text.ts';
import { alone, type Bench } from './throughput.ts';

/** A server that has not taken over a change after so long never will. */
const PATIENCE_MS = 60_000;

/**
 * How long it takes from a change of one address until an answer has it, in each way that each server has; one server at a time.
 *
 * @param times how often each way is taken
 */
export async function measureChanges(bench: Bench, times: number): Promise<ChangeSample[]> {
  const samples: ChangeSample[] = [];
  for (const server of bench.servers) {
    let revision = 0;
    for (const way of server.kind.changes(server.setup)) {
      try {
        for (let round = 1; round <= times; round++) {
          revision++;
          const ms = await alone(server, () => changeOnce(server, way, revision));
          samples.push({ run: bench.run, round, names: bench.names, server: server.kind.name, way: way.title, ms });
        }
      } catch (error) {
        // A server that does not take a change over is a result, and the others' are wanted.
        console.error(`${server.kind.name}, ${way.title}: ${String(error)}`);
      }
    }
  }
  return samples;
}

async function changeOnce(server: RunningServer, way: ChangeWay, revision: number): Promise<number> {
  const { zoneFile, port } = server.setup;
  await way.prepare?.();
  if (way.rewritesFile) writeRevision(zoneFile, `${zoneFile}.new`, revision);
  const startedAt = performance.now();
  if (way.rewritesFile) renameSync(`${zoneFile}.new`, zoneFile);
  await way.apply(probeAddress(revision));
  await untilAnswered(port, probeAddress(revision));
  return performance.now() - startedAt;
}

/** Writes a later revision of a zone file beside it. */
export function writeRevision(zoneFile: string, target: string, revision: number): void {
  copyFileSync(zoneFile, target);
  const out = openSync(target, 'r+');
  try {
    writeSync(out, zoneHeader(revision), 0);
  } finally {
    closeSync(out);
  }
}

/** Asks for the probe, one question after the other, until it has that address. */
async function untilAnswered(port: number, address: string): Promise<void> {
  const client = new QueryClient(port, { timeoutMs: 50, tries: 1 });
  const query = composeQuery({ name: PROBE, type: 1 });
  const deadline = performance.now() + PATIENCE_MS;
  try {
    for (;;) {
      const reply = await client.ask(query).catch(() => undefined);
      if (reply !== undefined && readReply(reply).answer.some(({ rdata }) => rdata === address)) return;
      if (performance.now() > deadline) throw new Error(`${PROBE} did not become ${address} within ${PATIENCE_MS / 1000} s`);
    }
  } finally {
    client.close();
  }
}
