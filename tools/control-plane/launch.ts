/** Starts an API server, from either kind of programs, and speaks to it as far as that differs between the two. */
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Programs } from './build.ts';
import { type ApiClient, createApiClient } from './api-client.ts';
import { ServerProcess } from './server-process.ts';

/** Someone besides the administrator who may talk to the API server. Without RBAC rules of a test's own they may do very little. */
export interface ControlPlaneUser {
  /** How the token and the kubeconfig's context are called. Not `admin`. */
  name: string;
  /** Who the API server takes the user for, such as `system:serviceaccount:dns:kubezone`. */
  username: string;
  groups?: readonly string[];
}

export interface LaunchOptions {
  /** Has everything that outlives the server. Must exist. */
  dataDir: string;
  /** Whether to remove `dataDir` if this process dies without having stopped the server. */
  ephemeral: boolean;
  logPath: string;
  /** The port on 127.0.0.1 to serve at; undefined for any free one. */
  port: number | undefined;
  users: readonly ControlPlaneUser[];
  /** Come after the flags that are always given, and so win over them. */
  apiServerFlags: readonly string[];
  readyTimeoutMs: number;
}

/** A server that answers requests. */
export interface RunningServer {
  /** Such as `https://127.0.0.1:24680`. */
  server: string;
  kubeconfigPath: string;
  caPath: string;
  /** Bearer tokens by the users' names, with `admin`. */
  tokens: Record<string, string>;
  /** An administrator's client certificate, where there is one. */
  adminCertificate: { certPath: string; keyPath: string } | undefined;
  /** The process whose end is the end of the API server. */
  apiServer: ServerProcess;
  terminate(): Promise<void>;
  kill(): Promise<void>;
  /** Drops etcd's history before its current revision, and returns that. */
  compact(): Promise<number>;
}

const TERMINATE_TIMEOUT_MS = 20_000;
const COMPACT_TIMEOUT_MS = 30_000;

export function launch(programs: Programs, options: LaunchOptions): Promise<RunningServer> {
  return programs.kind === 'built' ? launchBuilt(programs.path, options) : launchEnvtest(programs.path, options);
}

/** A line of the built program's standard output. */
type Message =
  | { ready: true; server: string; kubeconfig: string; ca: string; tokens: Record<string, string> }
  | { compactedRevision: number };

async function launchBuilt(path: string, options: LaunchOptions): Promise<RunningServer> {
  const ready = Promise.withResolvers<Extract<Message, { ready: true }>>();
  const compactions: ((revision: number) => void)[] = [];
  const child = new ServerProcess({
    command: path,
    arguments: [
      `--data-dir=${options.dataDir}`,
      `--secure-port=${options.port ?? 0}`,
      ...options.users.map((user) => `--user=${user.name}=${[user.username, ...(user.groups ?? [])].join(',')}`),
      '--stop-on-stdin-close',
      ...(options.ephemeral ? ['--ephemeral'] : []),
      '--',
      ...options.apiServerFlags,
    ],
    logPath: options.logPath,
    onLine: (line) => {
      const message = JSON.parse(line) as Message;
      if ('ready' in message) ready.resolve(message);
      else compactions.shift()?.(message.compactedRevision);
    },
  });
  try {
    const message = await child.waitFor('become ready', ready.promise, options.readyTimeoutMs);
    const pki = join(options.dataDir, 'pki');
    return {
      server: message.server,
      kubeconfigPath: message.kubeconfig,
      caPath: message.ca,
      tokens: message.tokens,
      adminCertificate: { certPath: join(pki, 'admin.crt'), keyPath: join(pki, 'admin.key') },
      apiServer: child,
      terminate: () => child.terminate(TERMINATE_TIMEOUT_MS),
      kill: () => child.kill(),
      compact: () => {
        const compacted = new Promise<number>((resolve) => {
          compactions.push(resolve);
        });
        child.signal('SIGUSR1');
        return child.waitFor('compact etcd', compacted, COMPACT_TIMEOUT_MS);
      },
    };
  } catch (error) {
    await child.kill();
    throw error;
  }
}

/**
 * Starts separate programs `etcd` and `kube-apiserver`, doing here what the built program does by itself. Nothing watches over
 * them: if this process is killed, or a test runner ends it without a stop, they have to be ended by hand.
 */
async function launchEnvtest(folder: string, options: LaunchOptions): Promise<RunningServer> {
  const { dataDir, logPath } = options;
  const pki = join(dataDir, 'pki');
  await mkdir(pki, { recursive: true });
  const tokens = ensureTokens(join(dataDir, 'tokens.csv'), options.users);
  const serviceAccountKey = join(pki, 'service-account.key');
  if (!existsSync(serviceAccountKey)) {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    writeWhole(serviceAccountKey, privateKey.export({ type: 'sec1', format: 'pem' }).toString());
  }

  const [etcdPort, peerPort] = [await freePort(), await freePort()];
  const etcdUrl = `http://127.0.0.1:${etcdPort}`;
  const peerUrl = `http://127.0.0.1:${peerPort}`;
  const etcd = new ServerProcess({
    command: join(folder, 'etcd'),
    arguments: [
      `--data-dir=${join(dataDir, 'etcd')}`,
      `--listen-client-urls=${etcdUrl}`,
      `--advertise-client-urls=${etcdUrl}`,
      `--listen-peer-urls=${peerUrl}`,
      `--initial-advertise-peer-urls=${peerUrl}`,
      `--initial-cluster=default=${peerUrl}`,
      '--unsafe-no-fsync',
      '--log-level=error',
    ],
    logPath,
  });
  const port = options.port ?? (await freePort());
  const apiServer = new ServerProcess({
    command: join(folder, 'kube-apiserver'),
    arguments: [
      `--etcd-servers=${etcdUrl}`,
      '--bind-address=127.0.0.1',
      `--secure-port=${port}`,
      '--advertise-address=192.0.2.1',
      // It makes a certificate there, unless it has before, and puts its issuer's into the same file.
      `--cert-dir=${pki}`,
      `--token-auth-file=${join(dataDir, 'tokens.csv')}`,
      '--authorization-mode=RBAC',
      '--service-account-issuer=https://kubernetes.default.svc.cluster.local',
      `--service-account-key-file=${serviceAccountKey}`,
      `--service-account-signing-key-file=${serviceAccountKey}`,
      '--service-cluster-ip-range=10.96.0.0/16,fd00:10:96::/112',
      '--allow-privileged=true',
      '--disable-admission-plugins=ServiceAccount',
      '--shutdown-send-retry-after=true',
      '--shutdown-watch-termination-grace-period=100ms',
      ...options.apiServerFlags,
    ],
    logPath,
  });
  const killSync = (): void => {
    apiServer.signal('SIGKILL');
    etcd.signal('SIGKILL');
  };
  process.once('exit', killSync);
  const end = async (endOne: (server: ServerProcess) => Promise<void>): Promise<void> => {
    await endOne(apiServer);
    await endOne(etcd);
    process.off('exit', killSync);
  };

  const server = `https://127.0.0.1:${port}`;
  const caPath = join(pki, 'apiserver.crt');
  const kubeconfigPath = join(dataDir, 'kubeconfig');
  try {
    const polling = new AbortController();
    try {
      await apiServer.waitFor(
        'become ready',
        untilReady(server, caPath, tokens['admin'] ?? '', polling.signal),
        options.readyTimeoutMs,
      );
    } finally {
      polling.abort();
    }
    writeWhole(kubeconfigPath, kubeconfig(server, readFileSync(caPath), tokens));
  } catch (error) {
    await end((one) => one.kill());
    throw error;
  }
  return {
    server,
    kubeconfigPath,
    caPath,
    tokens,
    adminCertificate: undefined,
    apiServer,
    terminate: () => end((one) => one.terminate(TERMINATE_TIMEOUT_MS)),
    kill: () => end((one) => one.kill()),
    compact: () => etcd.waitFor('compact', compactEtcd(etcdUrl), COMPACT_TIMEOUT_MS),
  };
}

/** Compacts by etcd's JSON interface, as the built program does, and returns the revision. */
async function compactEtcd(etcdUrl: string): Promise<number> {
  const post = async (path: string, body: unknown): Promise<string> => {
    const response = await fetch(`${etcdUrl}${path}`, { method: 'POST', body: JSON.stringify(body) });
    const text = await response.text();
    if (!response.ok) throw new Error(`etcd refused ${path}: ${text}`);
    return text;
  };
  // A change of our own, so that the latest one of an object is left out of the history as well.
  const put = await post('/v3/kv/put', { key: Buffer.from('control-plane/compaction').toString('base64') });
  const { revision } = (JSON.parse(put) as { header: { revision: string } }).header;
  await post('/v3/kv/compaction', { revision, physical: true });
  return Number(revision);
}

/** Waits until the server calls itself ready and has made the objects of every cluster, as the built program does. */
async function untilReady(server: string, caPath: string, token: string, signal: AbortSignal): Promise<void> {
  const signs: [path: string, content: string][] = [
    ['/readyz', 'ok'],
    ['/api/v1/namespaces/kube-system', 'Active'],
    ['/apis/discovery.k8s.io/v1/namespaces/default/endpointslices/kubernetes', '"addresses"'],
  ];
  for (const [path, content] of signs) {
    for (;;) {
      signal.throwIfAborted();
      let client: ApiClient | undefined;
      try {
        client = createApiClient(server, await readFile(caPath));
        const { status, body } = await client.request('GET', path, { token });
        if (status === 200 && JSON.stringify(body).includes(content)) break;
      } catch {
        // It doesn't listen yet, or has not made its certificate.
      } finally {
        client?.close();
      }
      await sleep(50);
    }
  }
}

/** The tokens by name, in a file of the form that kube-apiserver reads, and with the users' earlier tokens. */
function ensureTokens(path: string, users: readonly ControlPlaneUser[]): Record<string, string> {
  const earlier = new Map<string, string>();
  for (const line of existsSync(path) ? readFileSync(path, 'utf8').split('\n') : []) {
    const [token, , name] = line.split(',');
    if (token !== undefined && name !== undefined) earlier.set(name, token);
  }
  const everyone = [{ name: 'admin', username: 'kubernetes-admin', groups: ['system:masters'] }, ...users];
  const tokens: Record<string, string> = {};
  const lines = everyone.map(({ name, username, groups = [] }) => {
    if (tokens[name] !== undefined) throw new Error(`two users have the name "${name}"`);
    const token = earlier.get(name) ?? randomBytes(16).toString('hex');
    tokens[name] = token;
    return `${token},${username},${name}${groups.length > 0 ? `,"${groups.join(',')}"` : ''}\n`;
  });
  writeWhole(path, lines.join(''));
  return tokens;
}

function kubeconfig(server: string, ca: Buffer, tokens: Record<string, string>): string {
  const names = Object.keys(tokens);
  // JSON is YAML.
  return JSON.stringify(
    {
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name: 'control-plane', cluster: { server, 'certificate-authority-data': ca.toString('base64') } }],
      users: names.map((name) => ({ name, user: { token: tokens[name] } })),
      contexts: names.map((name) => ({ name, context: { cluster: 'control-plane', user: name } })),
      'current-context': 'admin',
    },
    undefined,
    2,
  );
}

/** Writes a file that is never seen half written. */
function writeWhole(path: string, text: string): void {
  writeFileSync(`${path}.tmp`, text, { mode: 0o600 });
  renameSync(`${path}.tmp`, path);
}

/**
 * A port that was free a moment ago. It is below the range from which the system takes ephemeral ports, so that nobody is handed it
 * by chance while a test has its server stopped.
 */
async function freePort(): Promise<number> {
  for (let attempt = 0; ; attempt += 1) {
    const candidate = 20_000 + Math.floor(Math.random() * 12_000);
    const probe = createServer();
    try {
      await new Promise<void>((resolve, reject) => {
        probe.once('error', reject);
        probe.listen(candidate, '127.0.0.1', resolve);
      });
      return (probe.address() as AddressInfo).port;
    } catch (error) {
      if (attempt === 100) throw error;
    } finally {
      probe.close();
    }
  }
}
