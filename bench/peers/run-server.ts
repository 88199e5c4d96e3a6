import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';

import { type ChildServer, startChild } from '../../e2e/support/child-server.ts';
import { freePort } from '../../e2e/support/free-port.ts';
import { QueryClient } from '../../e2e/support/query-client.ts';
import { composeQuery } from '../../e2e/support/query.ts';
import { sessionMemory, type SessionMemory, sessionNanoseconds } from '../load/session-usage.ts';
import { PROBE } from '../workload/zone-plan.ts';
import { installed } from './installed.ts';
import type { Command, ServerKind, ServerSetup } from './server-kind.ts';

/** The longest that a server may take to load a million names. */
const START_PATIENCE_MS = 180_000;
const ASK_AGAIN_MS = 50;

/** A server that answers. */
export interface RunningServer {
  readonly kind: ServerKind;
  readonly setup: ServerSetup;
  readonly pid: number;
  /** From its start to its first answer, in milliseconds. */
  readonly startMs: number;
  /** Processor time of all its threads so far, in nanoseconds. */
  nanoseconds(): number;
  memory(): SessionMemory;
  /** Stops all its processes where they are, so that they take nothing from the one that is measured. */
  pause(): void;
  resume(): void;
  stop(): Promise<void>;
}

const running = new Set<ChildServer>();

/** Kills whatever is still running, at once: for a run that ends by Ctrl-C. */
export function killServers(): void {
  for (const child of running) signalGroup(child.pid, 'SIGKILL');
}

/** Starts a server on one processor with a copy of a zone file, and waits until it answers out of it. @throws {Error} with its log where it does not */
export async function startServer(
  kind: ServerKind,
  options: { readonly folder: string; readonly zoneFile: string; readonly cpu: number },
): Promise<RunningServer> {
  mkdirSync(options.folder, { recursive: true });
  // Not a link: the next one would change the time at which the file's state changed, by which some see that there is a new version.
  const zoneFile = join(options.folder, 'bench.zone');
  copyFileSync(options.zoneFile, zoneFile);
  const setup: ServerSetup = {
    folder: options.folder,
    zoneFile,
    port: await freePort(),
    controlPort: await freePort(),
  };
  const command = await kind.compose(setup);
  const startedAt = performance.now();
  const child = launch(command, options.cpu, options.folder);
  const server: RunningServer = {
    kind,
    setup,
    pid: child.pid,
    startMs: 0,
    nanoseconds: () => sessionNanoseconds(child.pid),
    memory: () => sessionMemory(child.pid),
    pause: () => signalGroup(child.pid, 'SIGSTOP'),
    resume: () => signalGroup(child.pid, 'SIGCONT'),
    stop: async () => {
      signalGroup(child.pid, 'SIGCONT');
      await child.stop();
      running.delete(child);
    },
  };
  try {
    await firstAnswer(kind, child, setup.port);
    const startMs = performance.now() - startedAt;
    kind.started?.(child.log());
    return { ...server, startMs };
  } catch (error) {
    await server.stop();
    throw error;
  }
}

/** Starts a command on one processor, in a session of its own. */
export function launch(command: Command, cpu: number, folder: string): ChildServer {
  const child = startChild(installed('taskset', 'util-linux'), ['-c', String(cpu), command.program, ...command.args], {
    cwd: folder,
    ...(command.env === undefined ? {} : { env: command.env }),
  });
  running.add(child);
  return child;
}

async function firstAnswer(kind: ServerKind, child: ChildServer, port: number): Promise<void> {
  const client = new QueryClient(port, { timeoutMs: ASK_AGAIN_MS, tries: 1 });
  const query = composeQuery({ name: PROBE, type: 1 });
  const deadline = performance.now() + START_PATIENCE_MS;
  try {
    for (;;) {
      if (child.exited() !== undefined || performance.now() > deadline)
        throw new Error(`${kind.name} does not answer (${String(child.exited() ?? 'it runs')}):\n${child.log().slice(-3000)}`);
      const reply = await client.ask(query).catch(() => undefined);
      // NOERROR with an answer; of the echo, any reply.
      if (reply !== undefined && (!kind.answers || (((reply[3] ?? 0) & 15) === 0 && (reply[7] ?? 0) > 0))) return;
    }
  } finally {
    client.close();
  }
}

function signalGroup(leader: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-leader, signal);
  } catch {
    // Gone already.
  }
}
