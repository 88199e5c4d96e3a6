import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

import { forwardRequest } from './forward-request.ts';

/** What becomes of a write on its way, at two points; the writes of a relay are counted from 1. */
export interface WriteHooks {
  /** The whole request is here; it goes on when this is done, unless the way is cut by then. */
  arrived?: ((nth: number) => void | Promise<void>) | undefined;
  /** The vendor has carried it out, and answered; the answer goes on when this is done, unless the way is cut by then. */
  carriedOut?: ((nth: number) => void | Promise<void>) | undefined;
  /** The reply has been handed to the operating system, whole. */
  answered?: ((nth: number) => void) | undefined;
}

/**
 * One client's way to a vendor's API, in plain HTTP: it tells the client's writes from those of others, and lets a test do something at each of them, such as kill the
 * client. What is passed on is passed on unchanged.
 */
export class VendorRelay {
  readonly #target: URL;
  readonly #server: Server;
  readonly #arrivals: number[] = [];
  #cut = false;
  readonly hooks: WriteHooks = {};

  /** @param target where the vendor listens */
  static async open(target: string): Promise<VendorRelay> {
    const relay = new VendorRelay(new URL(target));
    relay.#server.listen(0, '127.0.0.1');
    await once(relay.#server, 'listening');
    return relay;
  }

  private constructor(target: URL) {
    this.#target = target;
    this.#server = createServer((request, response) => {
      // A connection that breaks is what these tests are about.
      this.#pass(request, response).catch(() => request.socket.destroy());
    });
  }

  /** What the client is told in place of the vendor's address. */
  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** When each write arrived, in milliseconds since the Unix epoch, as logs have it. */
  get arrivals(): readonly number[] {
    return this.#arrivals;
  }

  /** How many writes have arrived. */
  get writes(): number {
    return this.#arrivals.length;
  }

  /** Lets nothing through any more, in neither direction. */
  cut(): void {
    this.#cut = true;
  }

  async close(): Promise<void> {
    this.cut();
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  async #pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await buffer(request);
    // Tokens are asked for by POST too, but elsewhere.
    const nth = request.method === 'GET' ? 0 : this.#arrivals.push(Date.now());
    if (this.#cut) return;
    if (nth > 0) await this.hooks.arrived?.(nth);
    if (this.#cut) return;
    const answer = await forwardRequest(request, body, this.#target);
    if (nth > 0) await this.hooks.carriedOut?.(nth);
    if (this.#cut) return;
    if (nth > 0) response.once('finish', () => this.hooks.answered?.(nth));
    response.writeHead(answer.status, answer.headers);
    response.end(answer.body);
  }
}
