import { type ChildProcess, spawn } from 'node:child_process';

import { findProgram } from './find-program.ts';

/** A server program that runs as a child of the test. */
export interface ChildServer {
  /** What it has written to standard output and standard error so far. */
  log(): string;
  /** Undefined while it runs, else its exit code, or the signal that ended it. */
  exited(): number | string | undefined;
  readonly pid: number;
  /** Ends it and whatever it has forked; resolves when it is gone. */
  stop(signal?: NodeJS.Signals): Promise<void>;
}

/** Of util-linux: has the kernel kill the program when this process ends, however it does. Jest ends its workers without a word. */
const setpriv: string | undefined = findProgram('setpriv');

/** Kills a child's whole process group: NSD and knotd fork, and an orphan would hold its port into the next run. */
function killGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // Gone already.
  }
}

/** Starts a program in the foreground, in a process group of its own, that does not outlive this process. */
export function startChild(
  command: string,
  args: readonly string[],
  options: { readonly cwd?: string; readonly env?: Readonly<Record<string, string | undefined>> } = {},
): ChildServer {
  const mortal = setpriv === undefined ? [command] : [setpriv, '--pdeathsig', 'KILL', command];
  const [program = command, ...rest] = [...mortal, ...args];
  const child = spawn(program, rest, {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let log = '';
  let exit: number | string | undefined;
  child.stdout.setEncoding('utf8').on('data', (text: string) => (log += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (log += text));
  const gone = new Promise<void>((resolve) => {
    child.once('error', (error) => {
      exit = error.message;
      resolve();
    });
    child.once('close', (code, signal) => {
      exit = signal ?? code ?? 'unknown';
      resolve();
    });
  });
  return {
    log: () => log,
    exited: () => exit,
    pid: child.pid ?? -1,
    stop: async (signal = 'SIGTERM') => {
      if (exit !== undefined) return;
      killGroup(child, signal);
      const last = setTimeout(() => killGroup(child, 'SIGKILL'), 5000);
      await gone;
      clearTimeout(last);
    },
  };
}
