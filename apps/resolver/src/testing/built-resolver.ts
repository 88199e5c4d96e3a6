import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const APP = join(import.meta.dirname, '..', '..');
/** Inside the workspace, so that the launcher finds the locked Node from there as it does from dist; ignored by git. */
const CACHE = join(APP, '..', '..', 'node_modules', '.cache');

/** The bundle, built for one test file alone: dist may be in use by others. */
export interface BuiltResolver {
  /** The launcher. */
  readonly main: string;
  readonly remove: () => Promise<void>;
}

/** Builds as `npm run build` does. In a process of its own: esbuild does not run inside Jest's sandbox. */
export async function buildResolver(): Promise<BuiltResolver> {
  await mkdir(CACHE, { recursive: true });
  const folder = await mkdtemp(join(CACHE, 'resolver-test-'));
  await promisify(execFile)(process.execPath, [join(APP, 'scripts', 'build.ts'), folder]);
  return { main: join(folder, 'main.js'), remove: () => rm(folder, { recursive: true }) };
}

/** Copies the launcher alone to a folder, from which it finds neither the bundle nor the locked Node. */
export async function copyLauncher(folder: string): Promise<string> {
  const copy = join(folder, 'main.mjs');
  await copyFile(join(APP, '..', '..', 'tools', 'bundle', 'launcher.mjs'), copy);
  return copy;
}

/** A command that runs. */
export interface Running {
  readonly child: ChildProcess;
  /** What it has written so far. */
  readonly stdout: () => string;
  readonly stderr: () => string;
  /** Resolves with its exit code, or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals | null>;
}

/** Runs a command; whoever starts it ends it. */
export function run(command: string, words: readonly string[]): Running {
  const child = spawn(command, words, { stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const ended = new Promise<number | NodeJS.Signals | null>((resolve) =>
    child.on('close', (code, signal) => resolve(signal ?? code)),
  );
  return { child, stdout: () => stdout, stderr: () => stderr, ended };
}
