import { execFile, spawn, spawnSync } from 'node:child_process';
import { createServer } from 'node:net';

/** Debian installs servers where not every user's PATH leads. */
const PATH = `${process.env['PATH'] ?? ''}:/usr/sbin:/usr/local/sbin`;

/** Whether a program is installed. */
export function isInstalled(program: string): boolean {
  return spawnSync('sh', ['-c', `command -v ${program}`], { env: { PATH } }).status === 0;
}

/** A server that runs as a child of the test. */
export interface ChildProgram {
  /** What it has written so far. */
  log(): string;
  exited(): boolean;
  stop(): Promise<void>;
}

/** Starts a program that is killed when this process ends, however it does: Jest ends its workers without a word. */
export function startProgram(program: string, args: readonly string[], cwd: string): ChildProgram {
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', program, ...args], {
    cwd,
    env: { PATH },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let log = '';
  let exited = false;
  child.stdout.setEncoding('utf8').on('data', (text: string) => (log += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (log += text));
  const gone = new Promise<void>((resolve) => {
    const end = (): void => {
      exited = true;
      resolve();
    };
    child.once('error', end);
    child.once('close', end);
  });
  return {
    log: () => log,
    exited: () => exited,
    stop: async () => {
      child.kill('SIGKILL');
      await gone;
    },
  };
}

/** Runs a program to its end, and gives back its standard output. Rejects where its exit code is not 0. */
export function runProgram(program: string, args: readonly string[], input = ''): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = execFile(
      program,
      [...args],
      { env: { PATH }, maxBuffer: 2 ** 26, timeout: 20_000 },
      (error, stdout, stderr) => {
        if (error === null) resolve(stdout);
        else reject(new Error(`${program}: ${error.message}\n${stdout}${stderr}`));
      },
    );
    // A program that ends without reading its input says why by its exit code.
    child.stdin?.on('error', () => undefined).end(input);
  });
}

/** A TCP port of 127.0.0.1 that is free at this moment. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
