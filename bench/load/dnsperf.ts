import { findProgram } from '../../e2e/support/find-program.ts';
import { runProgram } from '../../e2e/support/run-program.ts';
import { installed } from '../peers/installed.ts';
import type { Mix } from '../workload/mixes.ts';
import { type DnsperfReport, readDnsperfReport } from './dnsperf-report.ts';

/** Clients, that is sockets or connections, as in the figures that this project was begun with. */
export const CLIENTS = 8;
/** Queries on their way at once, over all clients; over TCP so many divided by the clients on each connection. */
export const OUTSTANDING = 400;
/** A reply that has not come after so long is lost. */
const LOST_AFTER_SECONDS = 1;

/** A run of dnsperf. */
export interface DnsperfRun {
  readonly port: number;
  readonly mix: Mix;
  readonly queryFile: string;
  readonly seconds: number;
  /** The processor that it is kept on. */
  readonly cpu: number;
}

/** Keeps a command on one processor, and has it end with this process. */
export function pinned(cpu: number, program: string, args: readonly string[]): readonly [string, string[]] {
  const mortal = findProgram('setpriv') === undefined ? [] : ['setpriv', '--pdeathsig', 'KILL'];
  const [first = '', ...rest] = [...mortal, installed('taskset', 'util-linux'), '-c', String(cpu), program, ...args];
  return [first, rest];
}

/** Runs dnsperf against a port of 127.0.0.1. @throws {Error} where it fails */
export async function runDnsperf({ port, mix, queryFile, seconds, cpu }: DnsperfRun): Promise<DnsperfReport> {
  const flags = {
    '-s': '127.0.0.1',
    '-p': port,
    '-d': queryFile,
    '-l': seconds,
    '-c': CLIENTS,
    '-T': 1,
    '-q': OUTSTANDING,
    '-t': LOST_AFTER_SECONDS,
  };
  const args = [...Object.entries(flags).flatMap(([flag, value]) => [flag, String(value)]), ...mix.flags];
  const [program, rest] = pinned(cpu, installed('dnsperf', 'dnsperf'), args);
  const { stdout, stderr, exitCode } = await runProgram(program, rest, { timeoutMs: (seconds + 30) * 1000 });
  if (exitCode !== 0) throw new Error(`dnsperf ended with ${exitCode}: ${stdout}${stderr}`);
  return readDnsperfReport(stdout);
}
