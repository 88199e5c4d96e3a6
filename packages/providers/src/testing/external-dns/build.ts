/** Builds the parts of external-dns that the tests of the webhook provider talk to: external-dns's own code, from the Go module proxy. */
import { execFile, execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { userCache } from '../user-cache.ts';

const SOURCES = import.meta.dirname;
const ENVIRONMENT = { ...process.env, CGO_ENABLED: '0', GOWORK: 'off' };

/** Why there is nothing to test against, with what to do about it. */
export interface Missing {
  readonly missing: string;
}

/** The place of the program, built or not: it depends on the sources and on the compiler. */
export function locateExternalDns(): { readonly path: string } | Missing {
  let version: string;
  try {
    version = execFileSync('go', ['version'], { encoding: 'utf8', env: ENVIRONMENT });
  } catch {
    return { missing: 'Go 1.26 or newer is not on the PATH (https://go.dev/doc/install)' };
  }
  const hash = createHash('sha256').update(version);
  for (const file of ['main.go', 'go.mod', 'go.sum']) hash.update(readFileSync(join(SOURCES, file)));
  return { path: userCache('external-dns', hash.digest('hex').slice(0, 16), 'external-dns-webhook') };
}

/** Builds the program where it is not there yet; the first time that takes a minute or two. */
export async function buildExternalDns(path: string): Promise<void> {
  if (existsSync(path)) return;
  mkdirSync(join(path, '..'), { recursive: true });
  process.stderr.write(
    '[external-dns] building its webhook client and server, once for all: this takes some minutes the first time\n',
  );
  const unfinished = `${path}.${process.pid}`;
  try {
    const flags = ['-trimpath', '-buildvcs=false', '-ldflags=-s -w'];
    // It uses all processors; whatever else runs here goes first.
    await promisify(execFile)('nice', ['-n', '10', 'go', 'build', ...flags, '-o', unfinished, '.'], {
      cwd: SOURCES,
      env: ENVIRONMENT,
    });
    // Whoever looks for the program sees all of it or nothing.
    renameSync(unfinished, path);
  } finally {
    rmSync(unfinished, { force: true });
  }
}
