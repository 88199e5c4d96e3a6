import { type ChildProcess, spawn } from 'node:child_process';
import { createSocket, type Socket } from 'node:dgram';
import { setTimeout as sleep } from 'node:timers/promises';

import { builtResolver } from '../e2e/support/built-resolver.ts';
import { freePort } from '../e2e/support/free-port.ts';
import { composeQuery } from '../e2e/support/query.ts';
import { readReply, type Reply } from '../e2e/support/read-reply.ts';

/** The built resolver as a child process, and one UDP socket to ask it. */
export interface ResolverUnderTest {
  readonly pid: number;
  /** performance.now at which it was started. */
  readonly startedAt: number;
  /** Asks once, and waits for the reply for so long; undefined where none comes. */
  ask(name: string, patienceMs: number): Promise<Reply | undefined>;
  stop(): Promise<void>;
}

/** Builds the resolver, and starts it on a zone `bench.test`, against a kubeconfig, with further flags if any. */
export async function startResolverUnderTest(kubeconfig: string, flags: readonly string[] = []): Promise<ResolverUnderTest> {
  const [main, port] = [await builtResolver(), await freePort()];
  const startedAt = performance.now();
  const child = spawn(
    process.execPath,
    [
      main,
      '--kubeconfig',
      kubeconfig,
      '--zone',
      'bench.test',
      '--soa-ns',
      'ns1.bench.test:192.0.2.53',
      '--soa-email',
      'bench@bench.test',
      '--listen',
      `127.0.0.1:${port}`,
      '--log-level',
      'warn',
      ...flags,
    ],
    { stdio: ['ignore', 'inherit', 'inherit'] },
  );
  const socket = createSocket('udp4');
  socket.on('error', () => undefined);
  socket.connect(port, '127.0.0.1');
  await new Promise<void>((resolve) => socket.once('connect', resolve));
  let id = 0;
  return {
    pid: child.pid ?? -1,
    startedAt,
    ask: (name, patienceMs) => askOnce(socket, name, (id = (id + 1) & 0xffff), patienceMs),
    stop: () => end(child, socket),
  };
}

function askOnce(socket: Socket, name: string, id: number, patienceMs: number): Promise<Reply | undefined> {
  const query = Buffer.from(composeQuery({ name, type: 1 }));
  query.writeUInt16BE(id, 0);
  return new Promise((resolve) => {
    const done = (reply: Reply | undefined): void => {
      clearTimeout(timer);
      socket.off('message', take);
      socket.off('error', refused);
      resolve(reply);
    };
    const take = (message: Buffer): void => {
      if (message.readUInt16BE(0) === id) done(readReply(message));
    };
    // "Connection refused": it does not listen yet.
    const refused = (): void => done(undefined);
    const timer = setTimeout(() => done(undefined), patienceMs);
    socket.on('message', take);
    socket.once('error', refused);
    socket.send(query, (error) => error !== null && refused());
  });
}

async function end(child: ChildProcess, socket: Socket): Promise<void> {
  socket.close();
  child.kill('SIGTERM');
  for (let waited = 0; child.exitCode === null && child.signalCode === null && waited < 8000; waited += 20) await sleep(20);
  child.kill('SIGKILL');
}
