import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** How a relay treats what passes: as it is, late, not at all (without a word), or by ending every connection. */
export type RelayState = 'open' | { readonly delayMs: number } | 'silent' | 'cut';

/** A way to a server over TCP, whatever is spoken there, TLS too, that can be slowed, silenced and cut. */
export class TcpRelay {
  readonly #host: string;
  readonly #port: number;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  /** Chunks that have come from clients. */
  #chunks = 0;
  #state: RelayState = 'open';

  /** @param target where the server listens: a URL or `host:port` */
  static async open(target: string): Promise<TcpRelay> {
    const { hostname, port } = new URL(target.includes('://') ? target : `tcp://${target}`);
    const relay = new TcpRelay(hostname, Number(port));
    relay.#server.listen(0, '127.0.0.1');
    await once(relay.#server, 'listening');
    return relay;
  }

  private constructor(host: string, port: number) {
    this.#host = host;
    this.#port = port;
    this.#server = createServer({ noDelay: true }, (client) => this.#join(client));
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** How often clients have sent something: a small request is one chunk. */
  get chunks(): number {
    return this.#chunks;
  }

  /** From now on; `cut` ends the connections there are. What was silenced stays lost: its connections are ended when the relay opens again. */
  set(state: RelayState): void {
    const ends = state === 'cut' || this.#state === 'silent';
    this.#state = state;
    if (ends) for (const socket of this.#sockets) socket.destroy();
  }

  async close(): Promise<void> {
    this.set('cut');
    this.#server.close();
    await once(this.#server, 'close');
  }

  #join(client: Socket): void {
    if (this.#state === 'cut') {
      client.resetAndDestroy();
      return;
    }
    const server = connect({ port: this.#port, host: this.#host, noDelay: true });
    for (const [from, to] of [
      [client, server],
      [server, client],
    ] as const) {
      this.#sockets.add(from);
      // A connection that breaks is what these tests are about.
      from.on('error', () => undefined);
      from.on('close', () => {
        this.#sockets.delete(from);
        to.destroySoon();
      });
      let last: Promise<void> = Promise.resolve();
      from.on('data', (chunk: Buffer) => {
        if (from === client) this.#chunks++;
        const state = this.#state;
        if (state === 'silent') return;
        const wait = typeof state === 'object' ? state.delayMs : 0;
        const due = new Promise<void>((resolve) => void (wait === 0 ? resolve() : setTimeout(resolve, wait)));
        last = Promise.all([last, due]).then(() => void to.write(chunk));
      });
    }
  }
}
