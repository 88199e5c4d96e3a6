import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

/** An object as the API gives it. */
interface StoredItem {
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly resourceVersion: string };
}

interface WatchEvent {
  readonly path: string;
  readonly resourceVersion: number;
  readonly line: string;
}

/** Handles a request in place of the server; false to let the server do so. */
export type Fault = (request: IncomingMessage, response: ServerResponse, url: URL) => boolean;

/**
 * As much of a Kubernetes API server as a reflector sees: paged lists that stay consistent, watches with history, and 410 where the history has been
 * dropped. Tests break it with `fault`.
 */
export class FakeApiServer {
  readonly requests: { readonly path: string; readonly query: URLSearchParams; readonly headers: IncomingMessage['headers'] }[] =
    [];
  /** Asked before every request. */
  fault: Fault = () => false;
  readonly #server: Server;
  readonly #objects = new Map<string, Map<string, StoredItem>>();
  readonly #watchers = new Set<{ readonly path: string; readonly response: ServerResponse }>();
  readonly #sockets = new Set<Socket>();
  #events: WatchEvent[] = [];
  #revision = 100;
  #compacted = 0;
  /** By token: what is left of a list that has begun. */
  readonly #continued = new Map<string, { readonly rest: readonly StoredItem[]; readonly revision: number }>();

  constructor() {
    this.#server = createServer((request, response) => this.#answer(request, response));
    this.#server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
      socket.on('error', () => undefined);
    });
  }

  async listen(port = 0): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(port, '127.0.0.1', resolve));
  }

  async close(): Promise<void> {
    this.cut();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Creates or changes an object. @param path such as `/api/v1/nodes` */
  put(path: string, object: object): void {
    const { metadata } = object as { readonly metadata: { readonly name: string; readonly namespace?: string } };
    const shelf = this.#shelf(path);
    const key = `${metadata.namespace ?? ''}/${metadata.name}`;
    const type = shelf.has(key) ? 'MODIFIED' : 'ADDED';
    const stored = { ...object, metadata: { ...metadata, resourceVersion: String(++this.#revision) } };
    shelf.set(key, stored);
    this.#emit(path, type, stored);
  }

  delete(path: string, key: string): void {
    const shelf = this.#shelf(path);
    const stored = shelf.get(key.includes('/') ? key : `/${key}`);
    if (stored === undefined) throw new Error(`no ${key}`);
    shelf.delete(key.includes('/') ? key : `/${key}`);
    this.#emit(path, 'DELETED', { ...stored, metadata: { ...stored.metadata, resourceVersion: String(++this.#revision) } });
  }

  /** Drops all history: a watch from before now gets 410, and so does a list that has begun. */
  compact(): void {
    this.#compacted = ++this.#revision;
    this.#events = [];
    this.#continued.clear();
  }

  /** Sends a line, as it is, to every watch of a path. */
  send(path: string, line: string | Buffer): void {
    for (const watcher of this.#watchers) if (watcher.path === path) watcher.response.write(line);
  }

  bookmark(path: string): void {
    this.send(
      path,
      `${JSON.stringify({ type: 'BOOKMARK', object: { metadata: { resourceVersion: String(++this.#revision) } } })}\n`,
    );
  }

  /** Ends every watch in good order. */
  endWatches(): void {
    for (const { response } of this.#watchers) response.end();
    this.#watchers.clear();
  }

  /** Breaks every connection. */
  cut(): void {
    this.#watchers.clear();
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  get watchCount(): number {
    return this.#watchers.size;
  }

  count(predicate: (path: string, query: URLSearchParams) => boolean): number {
    return this.requests.filter(({ path, query }) => predicate(path, query)).length;
  }

  #shelf(path: string): Map<string, StoredItem> {
    let shelf = this.#objects.get(path);
    if (shelf === undefined) this.#objects.set(path, (shelf = new Map()));
    return shelf;
  }

  #emit(path: string, type: string, object: StoredItem): void {
    const event = {
      path,
      resourceVersion: Number(object.metadata.resourceVersion),
      line: `${JSON.stringify({ type, object })}\n`,
    };
    this.#events.push(event);
    this.send(path, event.line);
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? '', 'http://x');
    const { pathname, searchParams } = url;
    this.requests.push({ path: pathname, query: searchParams, headers: request.headers });
    if (this.fault(request, response, url)) return;
    if (searchParams.get('watch') === 'true') this.#watch(pathname, searchParams, response);
    else this.#list(pathname, searchParams, response);
  }

  #list(path: string, query: URLSearchParams, response: ServerResponse): void {
    const token = query.get('continue');
    const begun =
      token === null ? { rest: [...this.#shelf(path).values()], revision: this.#revision } : this.#continued.get(token);
    if (begun === undefined) {
      replyStatus(response, 410, 'The provided continue parameter is too old');
      return;
    }
    const limit = Number(query.get('limit') ?? Infinity);
    const rest = begun.rest.slice(limit);
    const next = rest.length === 0 ? undefined : `t${this.requests.length}`;
    if (next !== undefined) this.#continued.set(next, { rest, revision: begun.revision });
    reply(response, 200, {
      kind: 'List',
      apiVersion: 'v1',
      metadata: { resourceVersion: String(begun.revision), ...(next === undefined ? {} : { continue: next }) },
      items: begun.rest.slice(0, limit),
    });
  }

  #watch(path: string, query: URLSearchParams, response: ServerResponse): void {
    const from = Number(query.get('resourceVersion'));
    response.writeHead(200, { 'content-type': 'application/json' });
    response.flushHeaders();
    if (from < this.#compacted) {
      response.end(
        `${JSON.stringify({ type: 'ERROR', object: { kind: 'Status', code: 410, reason: 'Expired', message: 'too old' } })}\n`,
      );
      return;
    }
    for (const event of this.#events) if (event.path === path && event.resourceVersion > from) response.write(event.line);
    const watcher = { path, response };
    this.#watchers.add(watcher);
    response.on('close', () => this.#watchers.delete(watcher));
  }
}

/** Replies with a `Status`, as the API server does. */
export function replyStatus(response: ServerResponse, code: number, message: string, headers: Record<string, string> = {}): void {
  reply(response, code, { kind: 'Status', apiVersion: 'v1', status: 'Failure', code, message }, headers);
}

function reply(response: ServerResponse, code: number, body: object, headers: Record<string, string> = {}): void {
  response.writeHead(code, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
}
