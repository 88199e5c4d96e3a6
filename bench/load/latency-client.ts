import { createHash } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';

import { findProgram } from '../../e2e/support/find-program.ts';
import { runProgram } from '../../e2e/support/run-program.ts';
import { installed } from '../peers/installed.ts';
import { pinned } from './dnsperf.ts';
import { userCache } from '../../packages/providers/src/testing/user-cache.ts';

const SOURCE = join(import.meta.dirname, 'latency-client.c');

/** What a run of `latency-client.c` has seen; latencies in nanoseconds. */
export interface LatencyReport {
  readonly sent: number;
  readonly answered: number;
  /** Replies of another rcode than was asked for. */
  readonly wrong: number;
  /** Queries sent a second. */
  readonly rate: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly p999: number;
  readonly max: number;
}

/** Sends queries at a rate to a port of 127.0.0.1, and measures each answer. @throws {Error} where the client fails */
export async function runLatencyClient(run: {
  readonly port: number;
  readonly messageFile: string;
  readonly rate: number;
  readonly seconds: number;
  readonly rcode: number;
  readonly cpu: number;
}): Promise<LatencyReport> {
  const args = [run.port, run.messageFile, Math.round(run.rate), run.seconds, run.rcode].map(String);
  const [first, rest] = pinned(run.cpu, builtClient(), args);
  // It sleeps most of the time; what else there is on its processor must not keep it from sending in time.
  const urgent = mayBeUrgent() ? [installed('chrt', 'util-linux'), '--rr', '1'] : [];
  const [program = first, ...all] = [...urgent, first, ...rest];
  const { stdout, stderr, exitCode } = await runProgram(program, all, { timeoutMs: (run.seconds + 30) * 1000 });
  if (exitCode !== 0) throw new Error(`the latency client ended with ${exitCode}: ${stdout}${stderr}`);
  return JSON.parse(stdout) as LatencyReport;
}

let urgency: boolean | undefined;

/** Whether this user may give a program real-time priority. */
function mayBeUrgent(): boolean {
  urgency ??= runs('chrt', ['--rr', '1', 'true']);
  return urgency;
}

function runs(program: string, args: readonly string[]): boolean {
  try {
    execFileSync(findProgram(program) ?? program, args, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** Compiles the client into the user's cache folder, unless it is there. */
function builtClient(): string {
  const hash = createHash('sha256').update(readFileSync(SOURCE)).digest('hex').slice(0, 16);
  const folder = userCache('bench');
  const program = join(folder, `latency-client-${hash}`);
  if (existsSync(program)) return program;
  mkdirSync(folder, { recursive: true });
  const staging = `${program}.${process.pid}`;
  execFileSync(installed('cc', 'gcc'), ['-O2', '-Wall', '-Wextra', '-Werror', '-o', staging, SOURCE, '-lm'], {
    stdio: 'inherit',
  });
  renameSync(staging, program);
  return program;
}
