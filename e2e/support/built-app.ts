import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { eventually } from './eventually.ts';
import { runProgram } from './run-program.ts';

/** Folders of built apps are called so, with the number of the process that began the run. */
const FOLDER_PREFIX = 'kubezone-test-build-';
/** All processes of a run of Jest share what one of them has built; jest.config.mjs says which run it is. */
const RUN = process.env['KUBEZONE_TEST_RUN'] ?? String(process.pid);
const APPS = join(import.meta.dirname, '..', '..', 'apps');

const built = new Map<string, Promise<string>>();

/** Builds an app, once per run, into a folder where no other build takes it away; gives back the path of its command. */
export function builtApp(app: 'operator' | 'resolver'): Promise<string> {
  const known = built.get(app);
  if (known !== undefined) return known;
  const building = build(app);
  built.set(app, building);
  return building;
}

async function build(app: string): Promise<string> {
  removeStaleFolders();
  const folder = join(tmpdir(), `${FOLDER_PREFIX}${RUN}`);
  const command = join(folder, app, 'dist', 'main.js');
  const lock = join(folder, `${app}.lock`);
  mkdirSync(folder, { recursive: true });
  await eventually('another test process builds the app', () => existsSync(command) || takeLock(lock) || undefined, {
    withinMs: 180_000,
    everyMs: 100,
  });
  if (existsSync(command)) return command;
  try {
    const fresh = join(folder, `${app}.new`);
    rmSync(fresh, { recursive: true, force: true });
    const words = [join(APPS, app, 'scripts', 'build.ts'), join(fresh, 'dist')];
    const { exitCode, stdout, stderr } = await runProgram(process.execPath, words, { timeoutMs: 120_000 });
    if (exitCode !== 0) throw new Error(`the ${app} does not build:\n${stdout}${stderr}`);
    writeFileSync(join(fresh, 'package.json'), '{"type":"module"}\n');
    renameSync(fresh, join(folder, app));
    return command;
  } finally {
    rmSync(lock);
  }
}

/** Takes a lock, also from a process that is gone: Jest kills workers. */
function takeLock(lock: string): boolean {
  try {
    writeFileSync(lock, String(process.pid), { flag: 'wx' });
    return true;
  } catch {
    if (!isAlive(readIfThere(lock) ?? String(process.pid))) rmSync(lock, { force: true });
    return false;
  }
}

/** Removes what runs that are over have built: nobody is told when a worker of Jest ends. */
function removeStaleFolders(): void {
  for (const name of readdirSync(tmpdir()).filter((entry) => entry.startsWith(FOLDER_PREFIX))) {
    if (!isAlive(name.slice(FOLDER_PREFIX.length))) rmSync(join(tmpdir(), name), { recursive: true, force: true });
  }
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

/** @param pid empty where it is just being written */
function isAlive(pid: string): boolean {
  if (pid === '') return true;
  try {
    // Signal 0 only asks.
    return process.kill(Number(pid), 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
