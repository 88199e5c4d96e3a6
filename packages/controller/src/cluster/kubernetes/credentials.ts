import { hash } from 'node:crypto';
import { statSync } from 'node:fs';
import { Agent as PlainAgent } from 'node:http';
import { Agent as TlsAgent, type RequestOptions } from 'node:https';

import { messageOf } from '../message-of.ts';
import { ApiError } from './api-error.ts';
import { type KubeconfigLocation, loadKubeconfig, type LoadedKubeconfig } from './kubeconfig.ts';

/** How a request is to be made. */
export interface Access {
  /** The server's address; its path, if any, precedes those of the API (Rancher and other proxies have one). */
  readonly server: URL;
  /** Differs where a request would reach another cluster: by the address, and by who vouches for it. */
  readonly identity: string;
  /** TLS and the agent. */
  readonly options: RequestOptions;
  readonly headers: Readonly<Record<string, string>>;
}

/** How long a credential plugin may take, in milliseconds. */
const PLUGIN_TIMEOUT_MS = 60_000;
/** TCP keepalive begins after so long a silence; with the probes of the operating system a dead peer is found within a minute. */
const KEEPALIVE_MS = 30_000;

/**
 * A cluster's address and credentials, always the current ones.
 *
 * Certificates and the CA are read from their files for every request, service account tokens once a minute, and plugins are asked again when
 * what they gave expires: all of this is client-node's. The kubeconfig itself is read again when its file changes, and
 * everything after `renew`.
 */
export class Credentials {
  readonly #location: KubeconfigLocation;
  #loaded: LoadedKubeconfig | undefined;
  #signature = '';
  #agent: PlainAgent | TlsAgent | undefined;
  #agentKey = '';

  constructor(location: KubeconfigLocation) {
    this.#location = location;
  }

  /**
   * Reads the kubeconfig.
   *
   * @throws {ClusterError}
   */
  async load(): Promise<void> {
    this.#loaded = await loadKubeconfig(this.#location);
    this.#signature = signatureOf(this.#loaded.files);
  }

  /** Forgets every token, so that the next request reads them from where they come from. */
  renew(): void {
    // A fresh KubeConfig has no cache of anything.
    this.#signature = 'renewed';
  }

  /**
   * @param signal ends the waiting for a credential plugin
   * @throws {ApiError} `API_CREDENTIALS`
   */
  async access(signal: AbortSignal): Promise<Access> {
    try {
      return await this.#access(signal);
    } catch (error) {
      throw new ApiError('API_CREDENTIALS', `no credentials: ${messageOf(error)}`, { cause: error });
    }
  }

  /** Closes the connections that are in no use, and ends credential plugins that are still at work. */
  close(): void {
    this.#loaded?.endPlugins();
    this.#agent?.destroy();
  }

  async #access(signal: AbortSignal): Promise<Access> {
    if (this.#loaded === undefined || this.#signature !== signatureOf(this.#loaded.files)) await this.load();
    const config = this.#loaded?.config;
    const cluster = config?.getCurrentCluster() ?? undefined;
    if (config === undefined || cluster === undefined) throw new Error('no cluster');
    const options: RequestOptions = {};
    await within(PLUGIN_TIMEOUT_MS, signal, config.applyToHTTPSOptions(options));
    // client-node keeps its agent, and with it the first certificate it was made with, for ever. Only a proxy needs that agent.
    if (cluster.proxyUrl === undefined) options.agent = this.#agentFor(cluster.server, options);
    const identity = hash('sha256', JSON.stringify([cluster.server, String(options.ca)]));
    return { server: new URL(cluster.server), identity, options, headers: trimHeaders(options.headers) };
  }

  /** One agent as long as the certificates stay the same, so that connections are reused between requests. */
  #agentFor(server: string, { ca, cert, key, servername, rejectUnauthorized }: RequestOptions): PlainAgent | TlsAgent {
    const agentKey = hash('sha256', JSON.stringify([server, ca, cert, key, servername, rejectUnauthorized]));
    if (this.#agent === undefined || this.#agentKey !== agentKey) {
      // Requests under way keep the sockets of the agent before.
      const options = { keepAlive: true, keepAliveMsecs: KEEPALIVE_MS, maxFreeSockets: 2, timeout: KEEPALIVE_MS };
      this.#agent = server.startsWith('http:') ? new PlainAgent(options) : new TlsAgent(options);
      this.#agentKey = agentKey;
    }
    return this.#agent;
  }
}

/** A token file usually ends in a line feed, which no header may hold. */
function trimHeaders(headers: RequestOptions['headers']): Record<string, string> {
  const trimmed: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers ?? {})) {
    if (value !== undefined) trimmed[name] = String(value).trim();
  }
  return trimmed;
}

function signatureOf(files: readonly string[]): string {
  return files
    .map((file) => {
      const found = statSync(file, { throwIfNoEntry: false });
      return found === undefined ? '' : `${found.ino} ${found.size} ${found.mtimeMs}`;
    })
    .join('\n');
}

async function within<T>(limitMs: number, signal: AbortSignal, work: Promise<T>): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`the credential plugin took more than ${limitMs / 1000} s`)), limitMs);
  const stop = (): void => reject(new Error('the program ends'));
  signal.addEventListener('abort', stop);
  if (signal.aborted) stop();
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', stop);
  }
}
