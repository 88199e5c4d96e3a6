import { createSocket, type Socket } from 'node:dgram';

/** A reply with where it came from. */
export interface UdpReply {
  readonly text: string;
  readonly address: string;
  readonly port: number;
}

/** A UDP client for tests, on a socket of its own. */
export class UdpClient {
  readonly #socket: Socket;
  readonly #replies: UdpReply[] = [];
  #waiting: ((reply: UdpReply) => void) | undefined;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('message', (message, { address, port }) => {
      const reply = { text: message.toString('latin1'), address, port };
      const waiting = this.#waiting;
      this.#waiting = undefined;
      if (waiting === undefined) this.#replies.push(reply);
      else waiting(reply);
    });
  }

  static async open(family: 4 | 6 = 4): Promise<UdpClient> {
    // Without lookup: each send is then one system call, at once.
    const socket = createSocket({
      type: family === 6 ? 'udp6' : 'udp4',
      recvBufferSize: 4 << 20,
      lookup: (name, _options, callback) => callback(null, name, family),
    });
    await new Promise<void>((resolve) => socket.bind(0, () => resolve()));
    return new UdpClient(socket);
  }

  get port(): number {
    return this.#socket.address().port;
  }

  send(to: { readonly address: string; readonly port: number }, query: string | Uint8Array): void {
    this.#socket.send(query, to.port, to.address);
  }

  /** The next reply; undefined if none comes in time. */
  async next(timeoutMs = 5000): Promise<UdpReply | undefined> {
    const reply = this.#replies.shift();
    if (reply !== undefined) return reply;
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.#waiting = undefined;
        resolve(undefined);
      }, timeoutMs);
      this.#waiting = (next) => {
        clearTimeout(timer);
        resolve(next);
      };
    });
  }

  /** Asks once, and returns the reply's text. */
  async ask(
    to: { readonly address: string; readonly port: number },
    query: string | Uint8Array,
    timeoutMs?: number,
  ): Promise<string | undefined> {
    this.send(to, query);
    return (await this.next(timeoutMs))?.text;
  }

  close(): Promise<void> {
    return new Promise((resolve) => this.#socket.close(() => resolve()));
  }
}
