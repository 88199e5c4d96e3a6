import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { runProgram } from '../../e2e/support/run-program.ts';
import { userCache } from '../../packages/providers/src/testing/user-cache.ts';

const SOURCES = join(import.meta.dirname, 'external-dns');
/** A first build takes minutes. */
const BUILD_TIMEOUT_MS = 20 * 60_000;

/** What a pass of external-dns has done, as `external-dns/main.go` says it. */
export interface ExternalDnsPass {
  readonly created: number;
  readonly updated: number;
  readonly deleted: number;
  /** Of the provider, since the start. */
  readonly listings: number;
  readonly writes: number;
  /** By the clock on the wall. */
  readonly tookMs: number;
}

/** The version that is built. */
export function externalDnsVersion(): string {
  return /sigs\.k8s\.io\/external-dns (v\S+)/.exec(readFileSync(join(SOURCES, 'go.mod'), 'utf8'))?.[1] ?? 'of no version';
}

/** external-dns, built with the Go that is installed into the user's cache folder where it is not there yet. @throws {Error} where it does not build */
export async function builtExternalDns(): Promise<string> {
  const hash = createHash('sha256').update(execFileSync('go', ['version']));
  for (const file of ['main.go', 'go.mod', 'go.sum']) hash.update(readFileSync(join(SOURCES, file)));
  const folder = userCache('external-dns-pass', hash.digest('hex').slice(0, 16));
  const program = join(folder, 'external-dns-pass');
  if (existsSync(program)) return program;
  console.error(`building external-dns ${externalDnsVersion()} into ${folder}, once`);
  mkdirSync(folder, { recursive: true });
  const unfinished = `${program}.${process.pid}`;
  const settings = ['CGO_ENABLED=0', 'GOWORK=off'];
  const build = ['go', 'build', '-trimpath', '-buildvcs=false', '-ldflags=-s -w', '-o', unfinished, '.'];
  const { exitCode, stdout, stderr } = await runProgram('env', [...settings, ...build], {
    cwd: SOURCES,
    timeoutMs: BUILD_TIMEOUT_MS,
  });
  if (exitCode !== 0) {
    rmSync(unfinished, { force: true });
    throw new Error(`external-dns does not build (Go 1.26 or newer is needed): ${stdout}${stderr}`);
  }
  // In one step, so that nobody finds half of it.
  renameSync(unfinished, program);
  return program;
}
