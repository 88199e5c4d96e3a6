import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';

import { findProgram } from '../e2e/support/find-program.ts';
import { processorTimeMs, residentMemory } from './machine.ts';

/** A program that is measured while it runs. It dies with this process. */
export interface ProgramUnderTest {
  readonly pid: number;
  /** performance.now at which it was started. */
  readonly startedAt: number;
  /** Resolves with the next line of either output, from the call on, that is meant. Rejects where the program ends. */
  line(isMeant: (line: string) => boolean): Promise<string>;
  /** Writes to its standard input. */
  write(text: string): void;
  stop(): Promise<void>;
}

/** What a program has used so far. */
export interface Usage {
  /** Of all its threads, in user and kernel mode, those that have ended included; milliseconds. */
  readonly processorMs: number;
  /** performance.now at which it last did anything to speak of. */
  readonly busyUntil: number;
  /** The largest resident set so far, in MiB. */
  readonly peakMiB: number;
}

/** A program whose processor time grows by less than `IDLE_SHARE_MS` in so many milliseconds is idle. */
const IDLE_MS = 400;
const IDLE_SHARE_MS = 20;
const LOOK_MS = 10;

/** Starts a program. @param realTime whether before all that has no real-time priority (chrt of util-linux, as root) */
export function startProgram(command: readonly string[], realTime: boolean): ProgramUnderTest {
  const setpriv = findProgram('setpriv');
  const [program = '', ...args] = [
    ...(setpriv === undefined ? [] : [setpriv, '--pdeathsig', 'KILL']),
    ...(realTime ? ['chrt', '--rr', '1'] : []),
    ...command,
  ];
  const startedAt = performance.now();
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'] });
  const waiting = new Set<{ readonly take: (line: string) => void; readonly fail: (error: Error) => void }>();
  let last = '';
  for (const output of [child.stdout, child.stderr]) {
    let rest = '';
    output.setEncoding('utf8').on('data', (text: string) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        last = line;
        for (const { take } of waiting) take(line);
      }
    });
  }
  child.stdin.on('error', () => undefined);
  const ended = new Promise<void>((resolve) => {
    child.once('close', () => {
      for (const { fail } of waiting) fail(new Error(`${command.join(' ')} has ended: ${last}`));
      resolve();
    });
  });
  return {
    pid: child.pid ?? -1,
    startedAt,
    line: (isMeant) =>
      new Promise((resolve, reject) => {
        const one = {
          take: (line: string): void => {
            if (!isMeant(line)) return;
            waiting.delete(one);
            resolve(line);
          },
          fail: reject,
        };
        waiting.add(one);
      }),
    write: (text) => void child.stdin.write(text),
    stop: async () => {
      child.kill('SIGTERM');
      const late = setTimeout(() => child.kill('SIGKILL'), 8000);
      await ended;
      clearTimeout(late);
    },
  };
}

/** What a program has used when it has nothing more to do. It is only looked at: its own metrics would cost it something. */
export async function usageWhenIdle(pid: number): Promise<Usage> {
  let [busyUntil, processorMs] = [performance.now(), processorTimeMs(pid)];
  while (performance.now() - busyUntil < IDLE_MS) {
    await sleep(LOOK_MS);
    const now = processorTimeMs(pid);
    if (now - processorMs >= IDLE_SHARE_MS) [busyUntil, processorMs] = [performance.now(), now];
  }
  return { processorMs: processorTimeMs(pid), busyUntil, peakMiB: residentMemory(pid)?.peak ?? Number.NaN };
}
