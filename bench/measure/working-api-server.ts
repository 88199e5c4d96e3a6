import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import { nodeAddress, nodeOf, serviceOf, sliceOf } from '../cluster-objects.ts';

const NODES = 100;
/** As many EndpointSlices, less the nodes: 10,000 objects in all. */
const SERVICES = 5000;
const SLICES = SERVICES - NODES;
/** The last Service that has an EndpointSlice. */
export const LAST_SERVICE: number = SLICES - 1;
const TICK_MS = 5;
const RELIST_INTERVAL_MS = 1000;

interface Resource {
  /** Each object as the API gives it. */
  readonly items: string[];
  readonly watchers: Set<ServerResponse>;
}

/**
 * A Kubernetes API server that gives a client work: it tells its watches that their history is gone, once a second, so that everything is listed again; or it sends events, a
 * thousand a second. Objects are serialised once, so that it takes little of its processor itself.
 */
export class WorkingApiServer {
  readonly #server: Server;
  readonly #resources: Readonly<Record<string, Resource>>;
  #revision = 1000;
  #timer: NodeJS.Timeout | undefined;
  /** Objects listed so far. */
  listed = 0;
  /** Events sent so far. */
  events = 0;
  /** The last event's Service, and the addresses that its name has from then on. */
  last: { readonly service: number; readonly addresses: readonly string[] } | undefined;

  constructor() {
    const resource = (count: number, objectOf: (index: number) => object): Resource => ({
      items: Array.from({ length: count }, (_, index) => JSON.stringify(versioned(objectOf(index), 1))),
      watchers: new Set(),
    });
    this.#resources = {
      '/api/v1/nodes': resource(NODES, nodeOf),
      '/api/v1/services': resource(SERVICES, serviceOf),
      [SLICE_PATH]: resource(SLICES, (index) => sliceOf(index, NODES) as object),
    };
    this.#server = createServer((request, response) => {
      const { pathname, searchParams } = new URL(request.url ?? '', 'http://x');
      const found = this.#resources[pathname];
      if (found === undefined) {
        response.writeHead(404, JSON_TYPE).end(JSON.stringify({ kind: 'Status', status: 'Failure', code: 404 }));
      } else if (searchParams.get('watch') === 'true') {
        response.writeHead(200, JSON_TYPE).flushHeaders();
        found.watchers.add(response);
        response.on('close', () => found.watchers.delete(response));
      } else this.#list(found, searchParams, response);
    });
  }

  /** Begins to listen on a free port of 127.0.0.1, and gives back its URL. */
  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Has everything listed again, now and every second. */
  relist(): void {
    this.#every(RELIST_INTERVAL_MS, () => this.#expire());
    this.#expire();
  }

  /** Sends so many events a second from now on, each of which changes an answer. */
  change(perSecond: number): void {
    const [startedAt, before] = [performance.now(), this.events];
    this.#every(TICK_MS, () => {
      const due = ((performance.now() - startedAt) / 1000) * perSecond;
      while (this.events - before < due) this.changeNext();
    });
  }

  /** Gives no more work. */
  rest(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  async close(): Promise<void> {
    this.rest();
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #every(intervalMs: number, work: () => void): void {
    this.rest();
    this.#timer = setInterval(work, intervalMs);
  }

  #list({ items }: Resource, query: URLSearchParams, response: ServerResponse): void {
    const from = Number(query.get('continue') ?? 0);
    const to = Math.min(items.length, from + Number(query.get('limit') ?? items.length));
    const metadata = { resourceVersion: String(this.#revision), ...(to < items.length ? { continue: String(to) } : {}) };
    this.listed += to - from;
    response.writeHead(200, JSON_TYPE);
    response.end(
      `{"kind":"List","apiVersion":"v1","metadata":${JSON.stringify(metadata)},"items":[${items.slice(from, to).join(',')}]}`,
    );
  }

  #expire(): void {
    for (const { watchers } of Object.values(this.#resources)) {
      // A word first: a watch that was told nothing before it failed is taken up again only after a while.
      const bookmark = { type: 'BOOKMARK', object: { metadata: { resourceVersion: String(++this.#revision) } } };
      const gone = { type: 'ERROR', object: { kind: 'Status', code: 410, reason: 'Expired', message: 'too old' } };
      for (const watcher of watchers) watcher.end(`${JSON.stringify(bookmark)}\n${JSON.stringify(gone)}\n`);
      watchers.clear();
    }
  }

  /** Sends the next event, which changes an answer. */
  changeNext(): void {
    const slices = this.#resources[SLICE_PATH];
    if (slices === undefined) return;
    const service = this.events % SLICES;
    const shift = 1 + Math.floor(this.events / SLICES);
    this.events++;
    const object = versioned(sliceOf(service, NODES, shift) as object, ++this.#revision);
    slices.items[service] = JSON.stringify(object);
    for (const watcher of slices.watchers) watcher.write(`{"type":"MODIFIED","object":${slices.items[service]}}\n`);
    this.last = { service, addresses: [0, 1, 2].map((step) => nodeAddress((service + shift + step * 7) % NODES)) };
  }
}

const SLICE_PATH = '/apis/discovery.k8s.io/v1/endpointslices';
const JSON_TYPE = { 'content-type': 'application/json' };

function versioned(object: object, revision: number): object {
  const { metadata } = object as { readonly metadata: object };
  return { ...object, metadata: { ...metadata, resourceVersion: String(revision) } };
}
