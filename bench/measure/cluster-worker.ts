import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { eventually } from '../../e2e/support/eventually.ts';
import { freePort } from '../../e2e/support/free-port.ts';
import { QueryClient } from '../../e2e/support/query-client.ts';
import { composeQuery } from '../../e2e/support/query.ts';
import { readReply } from '../../e2e/support/read-reply.ts';
import { sessionNanoseconds } from '../load/session-usage.ts';
import { builtKubezone, composeKubezone } from '../peers/kubezone.ts';
import { launch } from '../peers/run-server.ts';
import { APEX } from '../workload/zone-plan.ts';
import { LAST_SERVICE } from './working-api-server.ts';

const PATIENCE_MS = 30_000;
/** A process that has used less than a twentieth of this time has nothing to do. */
const IDLE_MS = 100;

/** Kubezone with a cluster beside its zone file: names of both stand in the one zone that is asked for. */
export interface ClusterWorker {
  readonly port: number;
  /** Processor time of all its threads so far, in nanoseconds. */
  nanoseconds(): number;
  /** Waits until a Service's name has these addresses, asking over and over. */
  untilAnswered(service: number, addresses: readonly string[]): Promise<void>;
  /** Waits until it has done all that it was given. */
  untilIdle(): Promise<void>;
  stop(): Promise<void>;
}

/** What a worker is started with. */
export interface ClusterWorkerSettings {
  readonly folder: string;
  readonly zoneFile: string;
  readonly serverCpu: number;
  /** Another checkout of Kubezone. */
  readonly root?: string;
}

/** Starts one against the API server of that URL, and waits until it has names of the cluster. @throws {Error} with its log where it does not get them */
export async function startClusterWorker(url: string, settings: ClusterWorkerSettings): Promise<ClusterWorker> {
  const folder = join(settings.folder, 'worker');
  mkdirSync(folder, { recursive: true });
  const kubeconfig = join(folder, 'kubeconfig');
  writeFileSync(kubeconfig, printKubeconfig(url));
  const port = await freePort();
  const sources = ['zone-file', 'node-area', 'node-service'].flatMap((name) => ['--source', name]);
  const more = ['--kubeconfig', kubeconfig, ...sources];
  const command = composeKubezone(await builtKubezone(settings.root), { zoneFile: settings.zoneFile, port }, true, more);
  const child = launch(command, settings.serverCpu, folder);
  const worker: ClusterWorker = {
    port,
    nanoseconds: () => sessionNanoseconds(child.pid),
    untilAnswered: (service, addresses) =>
      untilAnswered(port, service, (found) => found.toSorted().join() === addresses.toSorted().join()),
    untilIdle: () => untilIdle(() => sessionNanoseconds(child.pid)),
    stop: () => child.stop(),
  };
  try {
    // The last one listed: then all are there.
    await untilAnswered(port, LAST_SERVICE, (found) => found.length > 0);
    await worker.untilIdle();
  } catch (error) {
    await child.stop();
    throw new Error(`Kubezone with a cluster: ${child.log().slice(-2000)}`, { cause: error });
  }
  return worker;
}

function printKubeconfig(server: string): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'c', cluster: { server } }],
    users: [{ name: 'u', user: {} }],
    contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
    'current-context': 'x',
  });
}

async function untilAnswered(port: number, service: number, isIt: (addresses: readonly string[]) => boolean): Promise<void> {
  const client = new QueryClient(port, { timeoutMs: 100, tries: 1 });
  const query = composeQuery({ name: `svc${service}.default.${APEX}`, type: 1 });
  const deadline = performance.now() + PATIENCE_MS;
  try {
    for (;;) {
      const reply = await client.ask(query).catch(() => undefined);
      const found = reply === undefined ? [] : readReply(reply).answer.map(({ rdata }) => rdata);
      if (isIt(found)) return;
      if (performance.now() > deadline)
        throw new Error(`svc${service} still has the addresses ${found.join(', ')} after ${PATIENCE_MS / 1000} s`);
    }
  } finally {
    client.close();
  }
}

async function untilIdle(nanoseconds: () => number): Promise<void> {
  await eventually(
    'Kubezone has nothing to do',
    async () => {
      const before = nanoseconds();
      await sleep(IDLE_MS);
      return nanoseconds() - before < (IDLE_MS * 1e6) / 20 ? true : undefined;
    },
    { withinMs: PATIENCE_MS },
  );
}
