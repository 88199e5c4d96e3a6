/** Finds the programs that make up an API server for tests, and builds them where there are none yet. */
import { execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { access, constants as fileModes, mkdir, open, readFile, rename, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

import { userCache } from '../../packages/providers/src/testing/user-cache.ts';

/**
 * What can be started: either the one program that is built here, or a folder with a separate `kube-apiserver` and `etcd`, as
 * envtest (the test environment of Kubernetes' Go projects) has them.
 */
export type Programs = { kind: 'built'; path: string } | { kind: 'envtest'; path: string };

/** Why there is nothing to start, with what to do about it. */
export interface Missing {
  missing: string;
}

const SOURCES = import.meta.dirname;

/** A lock that its holder hasn't touched for this long belongs to a process that is gone. */
const STALE_LOCK_MS = 15_000;
const LOCK_TOUCH_MS = 2_000;
const PROGRESS_MS = 5_000;
/** Enough of the compiler's words to see what is wrong. */
const SHOWN_OUTPUT_LINES = 30;

const run = promisify(execFile);

/**
 * Finds the API server's programs, building them if that is what it takes; progress goes to stderr. Processes that call this at
 * the same time build once.
 *
 * @returns Why not, where nothing can be built because Go is missing or too old.
 * @throws When a build fails; and in place of returning `missing` when the environment variable CI is `true`, so that no run of CI
 * passes by skipping its tests.
 */
export async function findPrograms(): Promise<Programs | Missing> {
  const found = await locatePrograms();
  if ('missing' in found && process.env['CI'] === 'true') throw new Error(found.missing);
  return found;
}

async function locatePrograms(): Promise<Programs | Missing> {
  const envtest = process.env['KUBEBUILDER_ASSETS'];
  if (envtest !== undefined && envtest !== '') {
    for (const name of ['kube-apiserver', 'etcd']) {
      if (!(await isExecutable(join(envtest, name)))) {
        return {
          missing: `KUBEBUILDER_ASSETS is ${envtest}, which has no program ${name}. Unset it to build an API server with Go.`,
        };
      }
    }
    return { kind: 'envtest', path: envtest };
  }

  if (process.platform === 'win32') return { missing: 'The API server for tests needs Linux or macOS; on Windows use WSL.' };
  const sources = await Promise.all(['main.go', 'go.mod', 'go.sum'].map((name) => readFile(join(SOURCES, name), 'utf8')));
  const neededGo = /^go (\S+)$/m.exec(sources[1] ?? '')?.[1] ?? '';
  let goVersion: string;
  try {
    // In the module's folder this also fetches the toolchain that the module asks for, where Go is set up to do so.
    goVersion = (await run('go', ['version'], { cwd: SOURCES, env: goEnvironment() })).stdout.trim();
  } catch (error) {
    const reason = error instanceof Error ? error.message.trim() : String(error);
    return {
      missing:
        `Building an API server for tests takes Go ${neededGo} or newer as "go" on the PATH (https://go.dev/doc/install); ` +
        `or set KUBEBUILDER_ASSETS to a folder with kube-apiserver and etcd. (${reason})`,
    };
  }

  const kubernetesVersion = /^\s*k8s\.io\/kubernetes (v\S+)$/m.exec(sources[1] ?? '')?.[1] ?? 'v0.0.0';
  const flags = buildFlags(kubernetesVersion);
  const hash = createHash('sha256')
    .update(JSON.stringify([sources, goVersion, flags]))
    .digest('hex')
    .slice(0, 16);
  const folder = userCache('control-plane', hash);
  const path = join(folder, 'control-plane');
  if (!(await isExecutable(path))) await buildOnce(folder, path, flags, `kube-apiserver ${kubernetesVersion} with etcd`);
  return { kind: 'built', path };
}

function buildFlags(kubernetesVersion: string): string[] {
  // What a release build of Kubernetes sets, too; without them /version tells of an unreleased v0.0.0.
  const [, major = '', minor = ''] = /^v(\d+)\.(\d+)\./.exec(kubernetesVersion) ?? [];
  const version = Object.entries({ gitVersion: kubernetesVersion, gitMajor: major, gitMinor: minor });
  const settings = version.map(([name, value]) => `-X k8s.io/component-base/version.${name}=${value}`);
  // No symbol tables: they would be a third of the file.
  return ['-trimpath', '-buildvcs=false', `-ldflags=-s -w ${settings.join(' ')}`];
}

function goEnvironment(): NodeJS.ProcessEnv {
  // No C compiler is needed, and a go.work further up in somebody's file system does not matter.
  return { ...process.env, CGO_ENABLED: '0', GOWORK: 'off' };
}

/** Builds under a lock; returns at once when another process turns out to have built meanwhile. */
async function buildOnce(folder: string, path: string, flags: readonly string[], what: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const lock = join(folder, 'lock');
  if (!(await acquire(lock, path, what))) return;
  const touch = setInterval(() => {
    const now = new Date();
    // If the lock was taken away, the worst that follows is a second build of the same file.
    utimes(lock, now, now).catch(() => undefined);
  }, LOCK_TOUCH_MS);
  touch.unref();
  const unfinished = `${path}.${process.pid}`;
  try {
    await build(unfinished, flags, what);
    // Whoever looks for the program sees all of it or nothing.
    await rename(unfinished, path);
  } finally {
    clearInterval(touch);
    await rm(unfinished, { force: true });
    await rm(lock, { force: true });
  }
}

/** Waits for the lock. Returns false when there is nothing left to build. */
async function acquire(lock: string, path: string, what: string): Promise<boolean> {
  const progress = startProgress(() => `waiting for another process, which builds ${what}`);
  try {
    for (;;) {
      if (await isExecutable(path)) return false;
      try {
        await (await open(lock, 'wx')).close();
        // Another process may have finished between our look and our lock.
        if (!(await isExecutable(path))) return true;
        await rm(lock, { force: true });
        return false;
      } catch (error) {
        if (!isErrorCode(error, 'EEXIST')) throw error;
      }
      const touched = await stat(lock).then(
        (info) => info.mtimeMs,
        () => undefined,
      );
      if (touched !== undefined && Date.now() - touched > STALE_LOCK_MS) await rm(lock, { force: true });
      else await sleep(250);
    }
  } finally {
    progress.stop();
  }
}

async function build(output: string, flags: readonly string[], what: string): Promise<void> {
  const lines: string[] = [];
  let compiled = 0;
  const progress = startProgress(() => `building ${what}, once for all: ${compiled} packages compiled`);
  progress.show('this takes some minutes the first time, and is kept');
  try {
    await new Promise<void>((resolve, reject) => {
      // It uses all processors for minutes; whatever else runs here goes first.
      const go = spawn('nice', ['-n', '10', 'go', 'build', '-v', ...flags, '-o', output, '.'], {
        cwd: SOURCES,
        env: goEnvironment(),
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      go.stderr.setEncoding('utf8');
      let rest = '';
      go.stderr.on('data', (chunk: string) => {
        const parts = (rest + chunk).split('\n');
        rest = parts.pop() ?? '';
        lines.push(...parts);
        // With -v, go names each package that it compiles, and downloads in lines of their own form.
        compiled += parts.filter((line) => /^[\w.][^\s:]*$/.test(line)).length;
      });
      go.on('error', reject);
      go.on('close', (status, signal) => {
        if (status === 0) resolve();
        else
          reject(
            new Error(
              `go build ended with ${signal ?? `status ${status}`}:\n${lines.slice(-SHOWN_OUTPUT_LINES).join('\n')}\n${rest}`,
            ),
          );
      });
    });
    progress.show('done');
  } finally {
    progress.stop();
  }
}

interface Progress {
  /** Writes the line now, with this said in addition. */
  show(more: string): void;
  stop(): void;
}

/** Writes a line of progress, with the time since the start, to stderr every few seconds until stopped. */
function startProgress(describe: () => string): Progress {
  const start = Date.now();
  const show = (more?: string): void => {
    const seconds = Math.round((Date.now() - start) / 1000);
    process.stderr.write(`[control-plane] ${describe()}, ${seconds} s${more === undefined ? '' : ` (${more})`}\n`);
  };
  const timer = setInterval(show, PROGRESS_MS);
  return { show, stop: () => clearInterval(timer) };
}

async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, fileModes.X_OK);
    return true;
  } catch {
    return false;
  }
}

function isErrorCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
