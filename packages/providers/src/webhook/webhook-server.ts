import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';

import {
  type ApplyResult,
  type Clock,
  type Logger,
  type OwnerName,
  type Provider,
  ProviderError,
  type ProviderZone,
} from '@kubezone/core';

import { adjustEndpoints, describeEndpoint } from './adjust-endpoints.ts';
import { type Endpoint, MEDIA_TYPE, readChanges, readEndpoints } from './endpoint.ts';
import { withoutDot } from './endpoint-rrset.ts';
import { demandsOf, type NameDemands, planServedChanges } from './plan-served-changes.ts';
import { readBody } from './read-body.ts';
import { servedEndpoint } from './served-endpoints.ts';
import { type ServedPart, ServedZones } from './served-zones.ts';

export interface WebhookServerOptions extends ServedPart {
  /** What is served. */
  readonly provider: Provider;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Of endpoints that have none, in seconds, as external-dns's providers have it. @default 300 */
  readonly defaultTtl?: number;
  /** The longest body of a request that is read, in octets. @default 32 MiB, as external-dns has it */
  readonly maxBodyBytes?: number;
}

/** What a server has done since it exists, and how it stands. */
export interface WebhookServerStatus {
  /** Answered requests, by route (`GET /records`, or `other`) and status. */
  readonly requests: readonly { readonly route: string; readonly status: number; readonly count: number }[];
  /** Of the names that were to be changed: those that were, and reasons why others were not. */
  readonly names: Readonly<Record<'changed' | 'failed', number>>;
  /** Why the provider could not be read the last time; undefined where it could, or was not asked yet. */
  readonly failure: string | undefined;
}

/** An answer: JSON, or a text for people, or nothing. */
interface Answer {
  readonly status: number;
  readonly json?: unknown;
  readonly text?: string;
  readonly retryAfterMs?: number;
}

const MAX_BODY_BYTES = 32 * 1024 * 1024;
const DEFAULT_TTL = 300;
/** What external-dns asks. */
const ROUTES: readonly string[] = ['GET /', 'GET /records', 'POST /records', 'POST /adjustendpoints'];
/** How long a request may take to arrive. */
const REQUEST_MS = 60_000;
/** How many reasons are told of changes of which some failed. */
const MAX_REASONS = 20;

/**
 * A provider of ours as one of external-dns's: the server of its webhook protocol, started beside external-dns with `--provider=webhook`.
 *
 * Changes that cannot be made do not keep the others from being made; the answer is 500 then, with the reasons as text and in the log, and external-dns reads and plans again.
 */
export class WebhookServer {
  readonly #options: WebhookServerOptions;
  readonly #zones: ServedZones;
  readonly #servers: Server[] = [];
  readonly #requests = new Map<string, { readonly route: string; readonly status: number; count: number }>();
  readonly #names = { changed: 0, failed: 0 };
  #failed: string | undefined;
  readonly #closing = new AbortController();
  /** Changes are made one after the other. */
  #changes: Promise<unknown> = Promise.resolve();

  constructor(options: WebhookServerOptions) {
    this.#options = options;
    this.#zones = new ServedZones(options.provider, options.clock, options);
  }

  /**
   * Begins to serve at an address; may be called for several. Whoever reaches it may change the zones: external-dns and its webhooks share a pod, and use 127.0.0.1:8888.
   *
   * @returns the port
   * @throws {Error} the system's, where the address cannot be had; those before it are served on
   */
  async listen(port = 8888, host = '127.0.0.1'): Promise<number> {
    const server = createServer({ requestTimeout: REQUEST_MS }, (request, response) => void this.#handle(request, response));
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen({ port, host, ipv6Only: true }, () => {
        server.off('error', reject);
        resolve();
      });
    });
    this.#servers.push(server);
    const address = server.address();
    return typeof address === 'object' && address !== null ? address.port : port;
  }

  /**
   * The apexes of the zones that are served.
   *
   * @throws {ProviderError} where the provider cannot say
   */
  async zones(): Promise<readonly OwnerName[]> {
    return (await this.#reading(() => this.#zones.list(this.#closing.signal))).map(({ apex }) => apex);
  }

  status(): WebhookServerStatus {
    return { requests: [...this.#requests.values()], names: { ...this.#names }, failure: this.#failed };
  }

  /** Takes no more requests, gives up reads, and waits for the change that is being made. */
  async close(): Promise<void> {
    this.#closing.abort(new Error('the webhook server is being stopped'));
    await this.#changes.catch(() => undefined);
    await Promise.all(
      this.#servers.splice(0).map(
        (server) =>
          new Promise<void>((resolve) => {
            server.close(() => resolve());
            server.closeAllConnections();
          }),
      ),
    );
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const answer = await this.#answer(request).catch((error: unknown) => this.#failure(request, error));
    const { status, json, text, retryAfterMs } = answer;
    this.#count(request, status);
    if (retryAfterMs !== undefined) response.setHeader('retry-after', Math.ceil(retryAfterMs / 1000));
    // What is left of a body that was too long is not waited for.
    if (status === 413) response.setHeader('connection', 'close');
    if (json !== undefined) response.writeHead(status, { 'content-type': MEDIA_TYPE }).end(JSON.stringify(json));
    else if (text === undefined) response.writeHead(status).end();
    else response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(`${text}\n`);
  }

  #count(request: IncomingMessage, status: number): void {
    const asked = `${request.method} ${pathOf(request)}`;
    const route = ROUTES.includes(asked) ? asked : 'other';
    const key = `${route} ${status}`;
    const held = this.#requests.get(key);
    if (held === undefined) this.#requests.set(key, { route, status, count: 1 });
    else held.count++;
  }

  /** Remembers whether reading goes well. */
  async #reading<T>(read: () => Promise<T>): Promise<T> {
    try {
      const found = await read();
      this.#failed = undefined;
      return found;
    } catch (error) {
      this.#failed = error instanceof ProviderError ? `${error.message} [${error.code}]` : 'the log says why';
      throw error;
    }
  }

  async #answer(request: IncomingMessage): Promise<Answer> {
    const { method = '' } = request;
    const path = pathOf(request);
    switch (path) {
      case '/':
        return method === 'GET' ? await this.#negotiate() : wrongMethod(method, path);
      case '/records':
        if (method === 'GET') return { status: 200, json: await this.#reading(() => this.#records()) };
        if (method !== 'POST') return wrongMethod(method, path);
        return await this.#withBody(request, async (body) => {
          const changes = readChanges(body);
          if (typeof changes === 'string') return { status: 400, text: changes };
          const { names, faults } = demandsOf(changes, this.#defaultTtl);
          const made = this.#changes.then(
            () => this.#change(names, faults),
            () => this.#change(names, faults),
          );
          this.#changes = made;
          return await made;
        });
      case '/adjustendpoints':
        if (method !== 'POST') return wrongMethod(method, path);
        return await this.#withBody(request, async (body) => {
          const endpoints = readEndpoints(body);
          return typeof endpoints === 'string'
            ? { status: 400, text: endpoints }
            : { status: 200, json: await this.#adjust(endpoints) };
        });
      default:
        return { status: 404, text: `there is no ${path}; there are /, /records and /adjustendpoints` };
    }
  }

  get #defaultTtl(): number {
    return this.#options.defaultTtl ?? DEFAULT_TTL;
  }

  async #negotiate(): Promise<Answer> {
    const zones = await this.zones();
    // An empty filter would let every name pass.
    if (zones.length === 0) return { status: 503, text: `the provider ${this.#options.provider.name} holds no zone` };
    const others = await this.#zones.others(this.#closing.signal);
    const exclude = others.map(({ name, belowOnly }) => `${belowOnly ? '.' : ''}${withoutDot(name)}`).sort();
    return { status: 200, json: { include: zones.map(withoutDot).sort(), ...(exclude.length > 0 && { exclude }) } };
  }

  /** All records of all zones, or none: what is missing in a list, external-dns would make again. */
  async #records(): Promise<readonly Endpoint[]> {
    const { signal } = this.#closing;
    const endpoints: Endpoint[] = [];
    for (const zone of await this.#zones.list(signal))
      for await (const page of this.#options.provider.list(zone, signal))
        for (const rrset of page) {
          const endpoint = servedEndpoint(rrset, zone.apex);
          if (endpoint !== undefined) endpoints.push(endpoint);
        }
    return endpoints;
  }

  async #adjust(endpoints: readonly Endpoint[]): Promise<readonly Endpoint[]> {
    const { provider, logger } = this.#options;
    const zones = new Map<OwnerName, ProviderZone>();
    const { names } = demandsOf({ create: endpoints, updateOld: [], updateNew: [], delete: [] }, this.#defaultTtl);
    for (const { owner } of names) {
      const zone = await this.#zones.find(owner, this.#closing.signal);
      if (zone !== undefined) zones.set(owner, zone);
    }
    const adjusted = adjustEndpoints(provider, (owner) => zones.get(owner), endpoints, this.#defaultTtl);
    for (const { endpoint, reason } of adjusted.rejected)
      logger.warn('endpoint that cannot be published', { provider: provider.name, endpoint: describeEndpoint(endpoint), reason });
    return adjusted.endpoints;
  }

  async #change(names: readonly NameDemands[], faults: readonly string[]): Promise<Answer> {
    const { signal } = this.#closing;
    const reasons = [...faults];
    const byZone = new Map<string, { readonly zone: ProviderZone; readonly names: NameDemands[] }>();
    for (const name of names) {
      const zone = await this.#zones.find(name.owner, signal);
      if (zone === undefined) {
        reasons.push(`${name.owner}: it lies in no zone that is served, or is excluded`);
        continue;
      }
      const known = byZone.get(zone.id);
      if (known === undefined) byZone.set(zone.id, { zone, names: [name] });
      else known.names.push(name);
    }
    let waitMs = 0;
    for (const { zone, names: some } of byZone.values()) {
      const { failed, afterMs } = await this.#changeZone(zone, some, signal);
      reasons.push(...failed);
      waitMs = Math.max(waitMs, afterMs);
    }
    this.#names.failed += reasons.length;
    if (reasons.length === 0) return { status: 204 };
    this.#options.logger.error('changes of external-dns were not all made', {
      provider: this.#options.provider.name,
      failed: reasons.length,
      reasons: reasons.slice(0, MAX_REASONS),
    });
    const text = reasons.slice(0, MAX_REASONS).join('\n');
    return { status: waitMs > 0 ? 503 : 500, text, ...(waitMs > 0 ? { retryAfterMs: waitMs } : {}) };
  }

  /** One zone's failure leaves the others alone. */
  async #changeZone(
    zone: ProviderZone,
    names: readonly NameDemands[],
    signal: AbortSignal,
  ): Promise<{ readonly failed: readonly string[]; readonly afterMs: number }> {
    const { provider } = this.#options;
    const failed: string[] = [];
    let afterMs = 0;
    try {
      const { maxNamesPerWrite } = provider.traits;
      for (let at = 0; at < names.length; at += maxNamesPerWrite) {
        const some = names.slice(at, at + maxNamesPerWrite);
        const held = await provider.read(
          zone,
          some.map(({ owner }) => owner),
          signal,
        );
        const { writes, faults } = planServedChanges(provider, zone, some, held);
        failed.push(...faults);
        if (writes.length === 0) continue;
        for (const result of await provider.apply(zone, writes, signal)) {
          if (result.kind === 'throttled') afterMs = Math.max(afterMs, result.afterMs, 1);
          if (result.kind === 'applied') this.#names.changed++;
          else failed.push(`${result.owner}: ${reasonOf(result)}`);
        }
      }
    } catch (error) {
      if (!(error instanceof ProviderError)) throw error;
      failed.push(`zone ${zone.apex}: ${error.message}`);
      afterMs = Math.max(afterMs, error.retryAfterMs ?? 0);
    }
    return { failed, afterMs };
  }

  async #withBody(request: IncomingMessage, work: (body: unknown) => Promise<Answer>): Promise<Answer> {
    const limit = this.#options.maxBodyBytes ?? MAX_BODY_BYTES;
    const body = await readBody(request, limit);
    if (body === undefined) return { status: 413, text: `the body is longer than ${limit} octets` };
    let parsed: unknown;
    try {
      parsed = JSON.parse(body);
    } catch {
      return { status: 400, text: 'the body is no JSON' };
    }
    return await work(parsed);
  }

  #failure({ method, url }: IncomingMessage, error: unknown): Answer {
    const reason = error instanceof Error ? error.message : String(error);
    this.#options.logger.error('webhook request failed', { provider: this.#options.provider.name, method, url, reason });
    if (!(error instanceof ProviderError)) return { status: 500, text: 'the request failed; the log says why' };
    const { retryAfterMs, message } = error;
    const isThrottled = error.code === 'PROVIDER_THROTTLED';
    return { status: isThrottled ? 503 : 500, text: message, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
  }
}

/** What is asked for, without a query. Not every path that HTTP lets pass is a URL: `//` is none. */
function pathOf({ url = '/' }: IncomingMessage): string {
  return url.replace(/[?#].*/s, '');
}

/** external-dns's own server answers so, too. */
function wrongMethod(method: string, path: string): Answer {
  return { status: 400, text: `${path} takes no ${method}` };
}

function reasonOf(result: Exclude<ApplyResult, { kind: 'applied' }>): string {
  return result.kind === 'throttled' ? 'the provider wants to be asked less often' : `${result.kind}: ${result.reason}`;
}
