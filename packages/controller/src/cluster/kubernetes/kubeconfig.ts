import { accessSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, isAbsolute, join, resolve } from 'node:path';

import type { KubeConfig } from '@kubernetes/client-node/dist/config.js';
import { parse } from 'yaml';

import { isFields, type Fields } from '../../resources/fields.ts';
import { ClusterError } from '../cluster.ts';
import { messageOf } from '../message-of.ts';
import { followPlugins } from './credential-plugins.ts';

/** Where the address and the credentials of a cluster are written. */
export interface KubeconfigLocation {
  /** A kubeconfig file. @default in-cluster, then the files in `KUBECONFIG`, then `~/.kube/config` */
  readonly kubeconfig?: string | undefined;
  /** The address of a server that asks for no credentials, in place of a kubeconfig. @default the kubeconfig's */
  readonly address?: string | undefined;
  /** @default the file's `current-context` */
  readonly context?: string | undefined;
}

/** A kubeconfig as it was read. */
export interface LoadedKubeconfig {
  readonly config: KubeConfig;
  /** The files it was read from: when one of them changes, it is worth reading again. */
  readonly files: readonly string[];
  /** Ends the credential plugins that are at work. */
  readonly endPlugins: () => void;
}

const SERVICE_ACCOUNT_TOKEN = '/var/run/secrets/kubernetes.io/serviceaccount/token';

/**
 * Reads a kubeconfig. What client-node's `KubeConfig` lacks is added: `tokenFile`, servers without TLS (as `kubectl proxy` is one), contexts without
 * a user, `KUBERNETES_EXEC_INFO` for credential plugins, and several files that name the same cluster.
 *
 * @param environment the process's environment
 * @throws {ClusterError} `KUBECONFIG_NOT_FOUND`, `KUBECONFIG_INVALID`
 */
export async function loadKubeconfig(
  { kubeconfig, address, context }: KubeconfigLocation,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<LoadedKubeconfig> {
  // Not at the top: a process that reads manifests alone need not load a Kubernetes client.
  const { KubeConfig: Config } = await import('@kubernetes/client-node/dist/config.js');
  const config = new Config();
  if (address !== undefined) {
    // A name of its own for each: two addresses are not one cluster.
    config.loadFromClusterAndUser({ name: address, server: address, skipTLSVerify: false }, { name: 'kubezone:anonymous' });
    allowPlainHttp(config);
    return { config, files: [], endPlugins: () => undefined };
  }
  const files = kubeconfig === undefined ? usualFiles(environment) : [kubeconfig];
  if (files === undefined) {
    config.loadFromCluster();
    allowPlainHttp(config);
    return { config, files: [], endPlugins: followPlugins(config) };
  }
  for (const file of files) merge(config, readFile(new Config(), file));
  choose(config, context, files.join(delimiter));
  return { config, files, endPlugins: followPlugins(config) };
}

/** The files that kubectl reads by itself; undefined inside a cluster. */
function usualFiles(environment: NodeJS.ProcessEnv): readonly string[] | undefined {
  const { KUBERNETES_SERVICE_HOST: host, KUBECONFIG: listed = '', HOME: home = homedir() } = environment;
  if (host !== undefined && host !== '' && isReadable(SERVICE_ACCOUNT_TOKEN)) return undefined;
  // Like kubectl: of several files some may be missing.
  const named = listed.split(delimiter).filter((file) => file !== '');
  const found = (named.length > 0 ? named : [join(home, '.kube', 'config')]).filter(isReadable);
  if (found.length > 0) return found;
  const places = named.length > 0 ? `KUBECONFIG names ${named.join(', ')}` : `there is no ${join(home, '.kube', 'config')}`;
  throw new ClusterError(
    'KUBECONFIG_NOT_FOUND',
    `no kubeconfig: this is not a pod with a service account, and ${places}; give the path of one`,
  );
}

function readFile(config: KubeConfig, file: string): KubeConfig {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new ClusterError('KUBECONFIG_NOT_FOUND', `cannot read the kubeconfig ${file}: ${messageOf(error)}`, { cause: error });
  }
  try {
    const raw: unknown = parse(text, { logLevel: 'silent' });
    if (!isFields(raw)) throw new Error('it is no mapping');
    config.loadFromString(text);
    config.makePathsAbsolute(dirname(resolve(file)));
    completeUsers(config, raw, dirname(resolve(file)));
    allowPlainHttp(config);
    return config;
  } catch (error) {
    // The first line alone: the rest of a YAML error is a piece of the file, with the secrets that are in it. No cause, for the same reason.
    throw new ClusterError('KUBECONFIG_INVALID', `the kubeconfig ${file} is not valid: ${messageOf(error)}`);
  }
}

/** Adds what `config` does not have yet: of two files that define the same name, the first one counts. */
function merge(config: KubeConfig, more: KubeConfig): void {
  for (const cluster of more.clusters) if (config.getCluster(cluster.name) === null) config.addCluster(cluster);
  for (const user of more.users) if (config.getUser(user.name) === null) config.addUser(user);
  for (const context of more.contexts) if (config.getContextObject(context.name) === null) config.addContext(context);
  // client-node declares it a string, but leaves it undefined where the file has none.
  if ((config.currentContext as string | undefined) === undefined) config.setCurrentContext(more.currentContext);
}

/** Selects the context, and checks that all it refers to is there. */
function choose(config: KubeConfig, wanted: string | undefined, file: string): void {
  const name = wanted ?? config.currentContext ?? '';
  const known = config.contexts.map((context) => context.name).join(', ');
  if (name === '') {
    throw new ClusterError(
      'KUBECONFIG_INVALID',
      `the kubeconfig ${file} has no current-context; name one of its contexts: ${known}`,
    );
  }
  const context = config.getContextObject(name);
  if (context === null) {
    throw new ClusterError('KUBECONFIG_INVALID', `the kubeconfig ${file} has no context "${name}"; it has: ${known}`);
  }
  config.setCurrentContext(name);
  const cluster = config.getCurrentCluster();
  if (cluster === null) {
    throw new ClusterError(
      'KUBECONFIG_INVALID',
      `context "${name}" of the kubeconfig ${file} refers to cluster "${context.cluster}", which is not there`,
    );
  }
  if (!/^https?:\/\//.test(cluster.server) || !URL.canParse(cluster.server)) {
    throw new ClusterError(
      'KUBECONFIG_INVALID',
      `cluster "${cluster.name}" of the kubeconfig ${file} has no http:// or https:// server`,
    );
  }
  if (config.getCurrentUser() !== null) return;
  const user = context.user as string | undefined;
  if (user !== undefined && user !== '') {
    throw new ClusterError(
      'KUBECONFIG_INVALID',
      `context "${name}" of the kubeconfig ${file} refers to user "${user}", who is not there`,
    );
  }
  // Without a user client-node would not even apply the cluster's CA.
  const anonymous = 'kubezone:anonymous';
  config.addUser({ name: anonymous });
  config.contexts = config.contexts.map((other) => (other.name === name ? { ...other, user: anonymous } : other));
}

/** client-node refuses a server without TLS unless certificates are not verified: without TLS there are none. */
function allowPlainHttp(config: KubeConfig): void {
  config.clusters = config.clusters.map((cluster) =>
    cluster.server.startsWith('http:') ? { ...cluster, skipTLSVerify: true } : cluster,
  );
}

/** Adds to the users what client-node does not read of the file. */
function completeUsers(config: KubeConfig, raw: Fields, folder: string): void {
  const written = new Map<unknown, Fields>();
  for (const entry of Array.isArray(raw['users']) ? (raw['users'] as readonly unknown[]) : []) {
    if (isFields(entry) && isFields(entry['user'])) written.set(entry['name'], entry['user']);
  }
  config.users = config.users.map((user) => {
    const { tokenFile, exec } = written.get(user.name) ?? {};
    // A token file wins over a token (client-go does the same): it is the one that is kept up to date.
    if (typeof tokenFile === 'string' && tokenFile !== '') {
      const { token: _token, ...rest } = user;
      return { ...rest, authProvider: { name: 'tokenFile', config: { tokenFile: resolve(folder, tokenFile) } } };
    }
    return isFields(exec) ? { ...user, exec: completePlugin(exec, folder) } : user;
  });
}

/** What a credential plugin is started with (client.authentication.k8s.io, ExecCredential). */
function completePlugin(exec: Fields, folder: string): Fields {
  const { command, env, apiVersion } = exec;
  const info = { apiVersion, kind: 'ExecCredential', spec: { interactive: false } };
  const added = Object.entries({ KUBERNETES_EXEC_INFO: JSON.stringify(info) }).map(([name, value]) => ({ name, value }));
  const relative = typeof command === 'string' && command.includes('/') && !isAbsolute(command);
  return {
    ...exec,
    command: relative ? join(folder, command) : command,
    env: [...added, ...(Array.isArray(env) ? (env as readonly unknown[]) : [])],
  };
}

function isReadable(file: string): boolean {
  try {
    accessSync(file);
    return true;
  } catch {
    return false;
  }
}
