/**
 * A real Kubernetes API server for tests, and for a developer's throwaway cluster. See README.md.
 *
 * As a program: `node tools/control-plane/control-plane.ts build|run`.
 */
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { type ApiClient, type ApiResponse, createApiClient } from './api-client.ts';
import { findPrograms, type Programs } from './build.ts';
import { type ControlPlaneUser, launch, type RunningServer } from './launch.ts';

export type { ApiResponse } from './api-client.ts';
export type { ControlPlaneUser } from './launch.ts';

export interface ControlPlaneOptions {
  /** Keeps everything, and is left behind by `stop()`. Default: a temporary folder, which `stop()` removes. */
  dataDir?: string;
  /** The port on 127.0.0.1. Default: a free one. */
  port?: number;
  /** Whom to make tokens for, besides the administrator. */
  users?: readonly ControlPlaneUser[];
  /** Flags for kube-apiserver in addition to the usual ones, such as `--watch-cache=false`. */
  apiServerFlags?: readonly string[];
  /** How long the server may take to become ready. Default: two minutes; it takes about two seconds on an idle machine. */
  readyTimeoutMs?: number;
}

export interface RestartOptions {
  /** Replaces the flags of the start, for this restart and later ones. */
  apiServerFlags?: readonly string[];
}

/** An API server. Its address, tokens and certificates stay the same when it is stopped and started again. */
export interface ControlPlane {
  /** Such as `https://127.0.0.1:24680`. */
  readonly server: string;
  /** A file with a context for each user, named like them; the current one is `admin`. */
  readonly kubeconfigPath: string;
  /** The bearer token of someone who may do everything. */
  readonly adminToken: string;
  /** The bearer tokens of all users by name, with `admin`. */
  readonly tokens: Readonly<Record<string, string>>;
  /** The certificates (PEM) to trust for `server`. */
  readonly caPath: string;
  /** The administrator's client certificate and key (PEM). Undefined where the server is envtest's, which has none. */
  readonly adminCertificate: { readonly certPath: string; readonly keyPath: string } | undefined;
  readonly dataDir: string;
  /** What kube-apiserver and etcd log, over all starts. */
  readonly logPath: string;
  /** Whether the server's process is there. */
  readonly running: boolean;
  /**
   * Sends one request, and resolves with whatever the server answers, errors included.
   *
   * A watch (`watch=1` in the path) resolves with the array of its events when the server ends it, so give it a `timeoutSeconds`.
   *
   * @param body Sent as JSON, unless it is text already.
   * @param contentType Default: `application/json`, for PATCH `application/merge-patch+json`.
   * @param token Default: the administrator's. An empty one makes the request anonymous.
   * @throws When there is no answer; if because the server has ended by itself, with the end of its log.
   */
  request<Body = unknown>(
    method: string,
    path: string,
    body?: unknown,
    contentType?: string,
    token?: string,
  ): Promise<ApiResponse<Body>>;
  /**
   * Drops etcd's history before now: reading an older revision from etcd fails from then on, as it does in a cluster that has been
   * running for a while. What the API server still has in its watch cache it can answer nevertheless; start it with
   * `--watch-cache=false` for a watch to notice. Returns etcd's revision.
   */
  compact(): Promise<number>;
  /** Ends the server as a crash would, with SIGKILL. The data stays; `restart()` starts it again. */
  kill(): Promise<void>;
  /**
   * Starts the server again with the same data and at the same address, after stopping it if it runs: open watches are ended
   * properly then. The new process knows no events before its start: a watch from an older resource version gets 410.
   */
  restart(options?: RestartOptions): Promise<void>;
  /** Ends the server for good, and removes its data unless the folder was given. May be called more than once. */
  stop(): Promise<void>;
}

const READY_TIMEOUT_MS = 120_000;
const END_NOTICE_MS = 100;

/**
 * Finds the API server's program, building it the first time (some minutes, with progress on stderr). Skip tests by this:
 * `missing` says what to install. With `CI=true` in the environment it throws that in place of returning it.
 *
 * @throws When the build fails.
 */
export async function findControlPlane(): Promise<{ path: string } | { missing: string }> {
  const found = await findPrograms();
  return 'missing' in found ? found : { path: found.path };
}

/**
 * Starts an API server, and waits until it is ready.
 *
 * @throws When there is no program for it (see `findControlPlane`), or it does not start: with the end of its log.
 */
export async function startControlPlane(options: ControlPlaneOptions = {}): Promise<ControlPlane> {
  const programs = await findPrograms();
  if ('missing' in programs) throw new Error(programs.missing);
  const dataDir =
    options.dataDir === undefined ? await mkdtemp(join(tmpdir(), 'kubezone-control-plane-')) : resolve(options.dataDir);
  await mkdir(dataDir, { recursive: true });
  const controlPlane = new LocalControlPlane(programs, dataDir, options);
  try {
    await controlPlane.start(options.port);
  } catch (error) {
    await controlPlane.stop();
    throw error;
  }
  return controlPlane;
}

class LocalControlPlane implements ControlPlane {
  readonly dataDir: string;
  readonly logPath: string;
  readonly #programs: Programs;
  readonly #isTemporary: boolean;
  readonly #users: readonly ControlPlaneUser[];
  readonly #readyTimeoutMs: number;
  #apiServerFlags: readonly string[];
  /** The latest start, which may have ended since; undefined before the first. */
  #latest: { server: RunningServer; client: ApiClient } | undefined;

  constructor(programs: Programs, dataDir: string, options: ControlPlaneOptions) {
    this.dataDir = dataDir;
    this.logPath = join(dataDir, 'control-plane.log');
    this.#programs = programs;
    this.#isTemporary = options.dataDir === undefined;
    this.#users = options.users ?? [];
    this.#apiServerFlags = options.apiServerFlags ?? [];
    this.#readyTimeoutMs = options.readyTimeoutMs ?? READY_TIMEOUT_MS;
  }

  async start(port: number | undefined): Promise<void> {
    const server = await launch(this.#programs, {
      dataDir: this.dataDir,
      ephemeral: this.#isTemporary,
      logPath: this.logPath,
      port,
      users: this.#users,
      apiServerFlags: this.#apiServerFlags,
      readyTimeoutMs: this.#readyTimeoutMs,
    });
    this.#latest = { server, client: createApiClient(server.server, await readFile(server.caPath)) };
  }

  get server(): string {
    return this.#started.server.server;
  }

  get kubeconfigPath(): string {
    return this.#started.server.kubeconfigPath;
  }

  get adminToken(): string {
    return this.tokens['admin'] ?? '';
  }

  get tokens(): Readonly<Record<string, string>> {
    return this.#started.server.tokens;
  }

  get caPath(): string {
    return this.#started.server.caPath;
  }

  get adminCertificate(): { readonly certPath: string; readonly keyPath: string } | undefined {
    return this.#started.server.adminCertificate;
  }

  get running(): boolean {
    return this.#latest !== undefined && this.#latest.server.apiServer.end === undefined;
  }

  async request<Body = unknown>(
    method: string,
    path: string,
    body?: unknown,
    contentType?: string,
    token: string = this.adminToken,
  ): Promise<ApiResponse<Body>> {
    const { server, client } = this.#started;
    try {
      const options = { body, ...(contentType === undefined ? {} : { contentType }), ...(token === '' ? {} : { token }) };
      return (await client.request(method, path, options)) as ApiResponse<Body>;
    } catch (error) {
      const { apiServer } = server;
      // A broken connection is seen a little before the end of the process that broke it.
      await Promise.race([apiServer.ended, sleep(END_NOTICE_MS)]);
      if (apiServer.end === undefined) throw error;
      throw await apiServer.describeFailure(`ended (${apiServer.end}) before it answered ${method} ${path}`, error);
    }
  }

  compact(): Promise<number> {
    return this.#started.server.compact();
  }

  async kill(): Promise<void> {
    await this.#end((server) => server.kill());
  }

  async restart(options: RestartOptions = {}): Promise<void> {
    const port = Number(new URL(this.server).port);
    await this.#end((server) => server.terminate());
    if (options.apiServerFlags !== undefined) this.#apiServerFlags = options.apiServerFlags;
    await this.start(port);
  }

  async stop(): Promise<void> {
    // Data that is about to be removed need not be put in order first, which would take a second.
    await this.#end((server) => (this.#isTemporary ? server.kill() : server.terminate()));
    if (this.#isTemporary) await rm(this.dataDir, { recursive: true, force: true });
  }

  async #end(how: (server: RunningServer) => Promise<void>): Promise<void> {
    if (this.#latest === undefined) return;
    await how(this.#latest.server);
    this.#latest.client.close();
  }

  get #started(): { server: RunningServer; client: ApiClient } {
    if (this.#latest === undefined) throw new Error('the control plane was never started');
    return this.#latest;
  }
}

const USAGE = `Usage: node tools/control-plane/control-plane.ts build
       node tools/control-plane/control-plane.ts run [--data-dir DIR] [--port N] [-- KUBE-APISERVER-FLAGS...]

build  makes sure that the API server's program is there, and prints its path
run    runs a throwaway cluster, prints the path of its kubeconfig, and stops at Ctrl-C;
       with --data-dir the cluster's data is kept there for the next time
`;

async function main(): Promise<void> {
  const { positionals, values, tokens } = parseArgs({
    allowPositionals: true,
    tokens: true,
    options: { 'data-dir': { type: 'string' }, port: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
  });
  const terminator = tokens.find((token) => token.kind === 'option-terminator');
  const apiServerFlags = terminator === undefined ? [] : process.argv.slice(2).slice(terminator.index + 1);
  const [command, ...more] = positionals.slice(0, positionals.length - apiServerFlags.length);

  if (values.help === true) {
    process.stdout.write(USAGE);
  } else if (command === 'build' && more.length === 0) {
    const found = await findControlPlane();
    if ('missing' in found) throw new Error(found.missing);
    console.log(found.path);
  } else if (command === 'run' && more.length === 0) {
    const asked = new Promise<void>((stop) => {
      for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop());
    });
    const controlPlane = await startControlPlane({
      ...(values['data-dir'] === undefined ? {} : { dataDir: values['data-dir'] }),
      ...(values.port === undefined ? {} : { port: Number(values.port) }),
      apiServerFlags,
    });
    console.log(controlPlane.kubeconfigPath);
    console.error(`[control-plane] ${controlPlane.server} is ready, its log is ${controlPlane.logPath}. Ctrl-C stops it.`);
    await asked;
    await controlPlane.stop();
  } else {
    process.stderr.write(USAGE);
    process.exitCode = 2;
  }
}

if (import.meta.main) {
  try {
    await main();
  } catch (error) {
    console.error(`[control-plane] ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 1;
  }
}
