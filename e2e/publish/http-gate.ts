import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

import { forwardRequest } from '../support/forward-request.ts';

/** What passes requests on to a server, and sees all of them. */
export interface Gate {
  /** Every request since `forget`: method and path, or the DNS equivalent. */
  readonly requests: readonly string[];
  forget(): void;
  /** Lets something happen once, just before the next request that matches reaches the server. */
  before(pattern: RegExp, run: () => void | Promise<void>): void;
  close(): Promise<void>;
}

/** A gate before an HTTP server. */
export class HttpGate implements Gate {
  readonly requests: string[] = [];
  readonly #upstream: URL;
  readonly #server: Server;
  readonly #hooks = new Hooks();

  private constructor(upstream: string) {
    this.#upstream = new URL(upstream);
    this.#server = createServer((request, response) => {
      this.#pass(request, response).catch(() => response.destroy());
    });
  }

  static async open(upstream: string): Promise<HttpGate> {
    const gate = new HttpGate(upstream);
    gate.#server.listen(0, '127.0.0.1');
    await once(gate.#server, 'listening');
    return gate;
  }

  /** In place of the server's. */
  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  forget(): void {
    this.requests.length = 0;
  }

  before(pattern: RegExp, run: () => void | Promise<void>): void {
    this.#hooks.add(pattern, run);
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  async #pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url: path = '/' } = request;
    const line = `${method} ${path}`;
    const body = await buffer(request);
    this.requests.push(line);
    await this.#hooks.run(line);
    const answer = await forwardRequest(request, body, this.#upstream);
    response.writeHead(answer.status, answer.headers).end(answer.body);
  }
}

/** What is to happen once, by the requests that it is to come before. */
export class Hooks {
  readonly #waiting: { readonly pattern: RegExp; readonly run: () => void | Promise<void> }[] = [];

  add(pattern: RegExp, run: () => void | Promise<void>): void {
    this.#waiting.push({ pattern, run });
  }

  async run(line: string): Promise<void> {
    const at = this.#waiting.findIndex(({ pattern }) => pattern.test(line));
    const [hook] = at < 0 ? [] : this.#waiting.splice(at, 1);
    await hook?.run();
  }
}
