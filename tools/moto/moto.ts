/** Finds moto, another program's idea of AWS's APIs, and installs it: from PyPI, pinned to the octet, into the user's cache. */
import { execFile, execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { userCache } from '../../packages/providers/src/testing/user-cache.ts';

const REQUIREMENTS = join(import.meta.dirname, 'requirements.txt');

/** `python -I -m moto.server` is moto. Whether it is installed there is another question. */
export interface MotoPlace {
  /** The interpreter of moto's own virtual environment. */
  readonly python: string;
  readonly isInstalled: boolean;
}

/** Why moto cannot even be installed, with what to do about it. */
export interface Missing {
  readonly missing: string;
}

/** Where moto is, or would be: it depends on what is required, and on the Python that is here. */
export function locateMoto(): MotoPlace | Missing {
  let python: string;
  try {
    python = execFileSync('python3', ['-c', 'import sys; print(sys.base_prefix, sys.version)'], { encoding: 'utf8' });
  } catch {
    return { missing: 'there is no python3 on the PATH (apt-get install python3-venv)' };
  }
  const hash = createHash('sha256').update(python).update(readFileSync(REQUIREMENTS));
  const path = userCache('moto', hash.digest('hex').slice(0, 16), 'bin', 'python');
  return { python: path, isInstalled: existsSync(path) };
}

/**
 * Installs moto where it is not there yet, which takes the network and some seconds.
 *
 * @throws {Error} with what pip, or `python3 -m venv`, has to say
 */
export async function installMoto({ python }: MotoPlace): Promise<void> {
  if (existsSync(python)) return;
  const folder = join(python, '..', '..');
  const unfinished = `${folder}.${process.pid}`;
  mkdirSync(join(folder, '..'), { recursive: true });
  process.stderr.write('[moto] installing it, once for all: this takes some seconds\n');
  const run = promisify(execFile);
  const options = ['--quiet', '--disable-pip-version-check', '--no-input', '--only-binary=:all:', '--require-hashes'];
  try {
    await run('python3', ['-m', 'venv', unfinished]);
    await run(join(unfinished, 'bin', 'python'), ['-m', 'pip', 'install', ...options, '-r', REQUIREMENTS]);
    // Whoever looks for it sees all of it or nothing. Its programs in bin/ hold the path from before, but for the interpreter itself.
    renameSync(unfinished, folder);
  } catch (error) {
    // Another process may have been faster.
    if (existsSync(python)) return;
    // Python says on its standard output that Debian has its module venv in a package of its own.
    const { message = '', stdout = '' } = error as { readonly message?: string; readonly stdout?: string };
    throw new Error(`moto cannot be installed: ${message}\n${stdout}`.trim(), { cause: error });
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
}
