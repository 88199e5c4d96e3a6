import { cpSync, existsSync, mkdirSync, readdirSync, rmdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { eventually } from './eventually.ts';
import { runProgram } from './run-program.ts';

/** Copies of the built resolver are called so, with the number of their process. */
const COPY_PREFIX = 'kubezone-built-';
const APP = join(import.meta.dirname, '..', '..', 'apps', 'resolver');
/** A build takes a second; a lock this old was left behind by a run that was killed. */
const STALE_LOCK_MS = 60_000;

let built: Promise<string> | undefined;

/**
 * Builds the resolver, once per process, and gives back the path of its command: a copy, so that nobody who builds at the same time (a test in another
 * Jest worker, a developer) takes it away under a running test.
 */
export function builtResolver(): Promise<string> {
  built ??= withBuildLock(async () => {
    const { exitCode, stdout, stderr } = await runProgram(process.execPath, [join(APP, 'scripts', 'build.ts')], {
      timeoutMs: 120_000,
    });
    if (exitCode !== 0) throw new Error(`the resolver does not build:\n${stdout}${stderr}`);
    removeStaleCopies();
    const copy = join(tmpdir(), `${COPY_PREFIX}${process.pid}`);
    cpSync(join(APP, 'dist'), join(copy, 'dist'), { recursive: true });
    writeFileSync(join(copy, 'package.json'), '{"type":"module"}\n');
    return join(copy, 'dist', 'main.js');
  });
  return built;
}

/** Removes the copies of processes that are gone: nobody is told when a Jest worker ends. */
function removeStaleCopies(): void {
  for (const name of readdirSync(tmpdir()).filter((entry) => entry.startsWith(COPY_PREFIX))) {
    const pid = name.slice(COPY_PREFIX.length);
    if (!existsSync(`/proc/${pid}`) || pid === String(process.pid))
      rmSync(join(tmpdir(), name), { recursive: true, force: true });
  }
}

async function withBuildLock(work: () => Promise<string>): Promise<string> {
  const lock = join(tmpdir(), 'kubezone-e2e-build.lock');
  await eventually(
    'another test process finishes building the resolver',
    () => {
      try {
        mkdirSync(lock);
        return true;
      } catch {
        const since = statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
        if (Date.now() - since > STALE_LOCK_MS) rmdirSync(lock);
        return undefined;
      }
    },
    { withinMs: 150_000, everyMs: 100 },
  );
  try {
    return await work();
  } finally {
    rmdirSync(lock);
  }
}
