import { connect, createServer, type Server, type Socket } from 'node:net';

/** What becomes of a message on its way. */
export type Fate = Uint8Array | 'drop' | 'reset';

/** What goes wrong, message by message. */
export interface Faults {
  /** @param count how many requests have come before, over all connections */
  onRequest?(octets: Uint8Array, count: number): Fate;
  /** @param count how many replies have come before on this connection */
  onReply?(octets: Uint8Array, count: number): Fate;
}

/** A TCP proxy before a DNS server, which loses and spoils messages. */
export class FaultProxy {
  faults: Faults = {};
  requests = 0;
  /** Where it listens, or listened. */
  address = '';
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(upstreamPort: number) {
    this.#server = createServer((client) => this.#serve(client, upstreamPort));
  }

  static async open(upstreamPort: number): Promise<FaultProxy> {
    const proxy = new FaultProxy(upstreamPort);
    await new Promise<void>((resolve) => proxy.#server.listen(0, '127.0.0.1', resolve));
    const address = proxy.#server.address();
    proxy.address = `127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
    return proxy;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise<void>((resolve) => void this.#server.close(() => resolve()));
  }

  #serve(client: Socket, upstreamPort: number): void {
    const upstream = connect(upstreamPort, '127.0.0.1');
    let replies = 0;
    const pair = [client, upstream];
    for (const socket of pair) {
      this.#sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        this.#sockets.delete(socket);
        for (const other of pair) other.destroy();
      });
    }
    pass(client, upstream, (octets) => {
      const count = this.requests++;
      return this.faults.onRequest?.(octets, count) ?? octets;
    });
    pass(upstream, client, (octets) => {
      const count = replies++;
      return this.faults.onReply?.(octets, count) ?? octets;
    });
  }
}

/** Passes framed messages from one socket to the other, as they fare. */
function pass(from: Socket, to: Socket, fateOf: (octets: Uint8Array) => Fate): void {
  let rest: Uint8Array = new Uint8Array();
  from.on('data', (chunk) => {
    rest = Buffer.concat([rest, chunk]);
    while (rest.length >= 2) {
      const end = 2 + (rest[0] ?? 0) * 256 + (rest[1] ?? 0);
      if (rest.length < end) return;
      const fate = fateOf(new Uint8Array(rest.subarray(2, end)));
      rest = rest.subarray(end);
      if (fate === 'reset') {
        from.resetAndDestroy();
        to.resetAndDestroy();
        return;
      }
      if (fate !== 'drop') to.write(Buffer.concat([Uint8Array.of(fate.length >> 8, fate.length & 0xff), fate]));
    }
  });
}
