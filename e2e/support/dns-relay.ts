import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

import { splitFrames } from './split-frames.ts';
import type { WriteHooks } from './vendor-relay.ts';
import type { WriteRelay } from './zone-host.ts';

/**
 * One client's way to a DNS server, over TCP, as `VendorRelay` is to a vendor's API: it tells the client's writes from whatever else it asks, and lets a test do something
 * at each of them. What is passed on is passed on unchanged and in order, so that signatures hold.
 */
export class DnsRelay implements WriteRelay {
  readonly #port: number;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #writes = 0;
  #cut = false;
  readonly hooks: WriteHooks = {};

  /** @param port where the server listens, on 127.0.0.1 */
  static async open(port: number): Promise<DnsRelay> {
    const relay = new DnsRelay(port);
    relay.#server.listen(0, '127.0.0.1');
    await once(relay.#server, 'listening');
    return relay;
  }

  private constructor(port: number) {
    this.#port = port;
    this.#server = createServer({ noDelay: true }, (client) => this.#join(client));
  }

  /** What the client is told in place of the server's address: `127.0.0.1:port`. */
  get address(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  get writes(): number {
    return this.#writes;
  }

  cut(): void {
    this.#cut = true;
  }

  async close(): Promise<void> {
    this.cut();
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #join(client: Socket): void {
    const server = connect({ port: this.#port, host: '127.0.0.1', noDelay: true });
    for (const socket of [client, server]) {
      this.#sockets.add(socket);
      // A connection that breaks is what these tests are about.
      socket.on('error', () => undefined);
      socket.on('close', () => this.#sockets.delete(socket));
    }
    /** The writes that are not answered yet, by message id. */
    const unanswered = new Map<number, number>();
    const requests = eachInOrder(client, async (frame) => {
      const nth = isWrite(frame) ? ++this.#writes : 0;
      if (nth > 0 && !this.#cut) await this.hooks.arrived?.(nth);
      if (this.#cut) return;
      if (nth > 0) unanswered.set(idOf(frame), nth);
      server.write(frame);
    });
    const replies = eachInOrder(server, async (frame) => {
      const nth = unanswered.get(idOf(frame)) ?? 0;
      unanswered.delete(idOf(frame));
      if (nth > 0) await this.hooks.carriedOut?.(nth);
      if (this.#cut) return;
      client.write(frame, (error) => {
        if (nth > 0 && !error) this.hooks.answered?.(nth);
      });
    });
    void requests.finally(() => server.destroySoon());
    void replies.finally(() => client.destroySoon());
  }
}

const UPDATE = 5;

/** Whether a framed message is an UPDATE (RFC 2136, section 2.2) with something in its update section: without, it asks whether prerequisites hold, and changes nothing. */
function isWrite(frame: Buffer): boolean {
  if (frame.length < 2 + 12) return false;
  const opcode = (frame.readUInt8(4) >> 3) & 0x0f;
  const updates = frame.readUInt16BE(10);
  return opcode === UPDATE && updates > 0;
}

function idOf(frame: Buffer): number {
  return frame.length < 4 ? -1 : frame.readUInt16BE(2);
}

/**
 * Hands over each message that comes, with the two octets of its length (RFC 1035, section 4.2.2), once the one before is done with. Resolves when the connection is
 * closed and the last one is done with, or one of them has failed.
 */
async function eachInOrder(socket: Socket, take: (frame: Buffer) => Promise<void>): Promise<void> {
  let rest: Buffer = Buffer.alloc(0);
  try {
    for await (const chunk of socket) {
      const split = splitFrames(Buffer.concat([rest, chunk as Buffer]));
      rest = split.rest;
      for (const frame of split.frames) await take(frame);
    }
  } catch {
    // Reset by one of them, or broken off by a test: either way the other one is told by the end of its connection.
  }
}
