import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { connect, type Socket } from 'node:net';

/** Which way a query goes. */
export type Transport = 'udp' | 'tcp';

interface Pending {
  readonly query: Uint8Array;
  readonly resolve: (reply: Uint8Array) => void;
  readonly reject: (error: Error) => void;
  triesLeft: number;
  timer: NodeJS.Timeout | undefined;
}

/** How long a query waits for its reply, and how often it is sent. */
export interface PatienceOptions {
  /** @default 1000 */
  readonly timeoutMs?: number;
  /** @default 4, counting the first; over TCP a query is sent once, and waits for all of these tries' time together */
  readonly tries?: number;
  /** Queries on their way at the same time. @default 128 */
  readonly inFlight?: number;
}

/**
 * Asks one server over UDP and over one pipelined TCP connection, many questions at a time, and gives back the octets of each reply.
 *
 * Message ids are the client's own: the query's id is overwritten, so that no two in flight are equal.
 */
export class QueryClient {
  readonly #address: string;
  readonly #port: number;
  readonly #timeoutMs: number;
  readonly #tries: number;
  readonly #inFlight: number;
  readonly #pending = { udp: new Map<number, Pending>(), tcp: new Map<number, Pending>() };
  readonly #waiting: (() => void)[] = [];
  #udp: UdpSocket | undefined;
  #tcp: Socket | undefined;
  #received: Buffer = Buffer.alloc(0);
  #nextId = 1;
  #underWay = 0;
  #closed = false;

  constructor(port: number, options: PatienceOptions & { readonly address?: string } = {}) {
    this.#address = options.address ?? '127.0.0.1';
    this.#port = port;
    this.#timeoutMs = options.timeoutMs ?? 1000;
    this.#tries = options.tries ?? 4;
    this.#inFlight = options.inFlight ?? 128;
  }

  /**
   * Sends a query and waits for its reply.
   *
   * @throws where no reply comes after all tries, or the TCP connection breaks
   */
  async ask(query: Uint8Array, transport: Transport = 'udp'): Promise<Uint8Array> {
    if (this.#underWay >= this.#inFlight) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#underWay++;
    try {
      if (this.#closed) throw new Error('the client was closed');
      return await new Promise((resolve, reject) => {
        const id = this.#takeId(transport);
        const octets = Buffer.from(query);
        octets.writeUInt16BE(id, 0);
        const tries = transport === 'udp' ? this.#tries : 1;
        this.#pending[transport].set(id, { query: octets, resolve, reject, triesLeft: tries, timer: undefined });
        this.#send(id, transport);
      });
    } finally {
      this.#underWay--;
      this.#waiting.shift()?.();
    }
  }

  /** Closes the sockets; queries under way fail. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#udp?.close();
    this.#tcp?.destroy();
    for (const transport of ['udp', 'tcp'] as const) this.#failAll(transport, new Error('the client was closed'));
  }

  #takeId(transport: Transport): number {
    do this.#nextId = (this.#nextId + 1) & 0xffff;
    while (this.#pending[transport].has(this.#nextId));
    return this.#nextId;
  }

  #send(id: number, transport: Transport): void {
    const pending = this.#pending[transport].get(id);
    if (pending === undefined) return;
    if (pending.triesLeft === 0) {
      this.#pending[transport].delete(id);
      const waited = this.#timeoutMs * this.#tries;
      pending.reject(new Error(`no reply from ${this.#address}:${this.#port} over ${transport} in ${waited} ms`));
      return;
    }
    pending.triesLeft--;
    const patience = transport === 'udp' ? this.#timeoutMs : this.#timeoutMs * this.#tries;
    pending.timer = setTimeout(() => this.#send(id, transport), patience);
    if (transport === 'udp') {
      this.#udpSocket().send(pending.query, this.#port, this.#address);
    } else {
      const framed = Buffer.alloc(2 + pending.query.length);
      framed.writeUInt16BE(pending.query.length, 0);
      framed.set(pending.query, 2);
      this.#tcpSocket().write(framed);
    }
  }

  #udpSocket(): UdpSocket {
    if (this.#udp !== undefined) return this.#udp;
    const socket = createSocket({
      type: this.#address.includes(':') ? 'udp6' : 'udp4',
      recvBufferSize: 4 << 20,
      sendBufferSize: 1 << 20,
    });
    // "Connection refused" of a server that is not up yet: the next try will tell.
    socket.on('error', () => undefined);
    socket.on('message', (reply) => this.#take(reply, 'udp'));
    return (this.#udp = socket);
  }

  #tcpSocket(): Socket {
    if (this.#tcp !== undefined) return this.#tcp;
    const socket = connect({ host: this.#address, port: this.#port, noDelay: true });
    this.#received = Buffer.alloc(0);
    const end = (reason: string): void => {
      if (this.#tcp !== socket) return;
      this.#tcp = undefined;
      this.#failAll('tcp', new Error(`the TCP connection to ${this.#address}:${this.#port} ended: ${reason}`));
    };
    socket.on('error', (error) => end(error.message));
    socket.on('close', () => end('closed by the server'));
    socket.on('data', (octets) => this.#readStream(octets));
    return (this.#tcp = socket);
  }

  #readStream(octets: Buffer): void {
    this.#received = this.#received.length === 0 ? octets : Buffer.concat([this.#received, octets]);
    while (this.#received.length >= 2) {
      const length = this.#received.readUInt16BE(0);
      if (this.#received.length < 2 + length) return;
      const reply = Buffer.from(this.#received.subarray(2, 2 + length));
      this.#received = this.#received.subarray(2 + length);
      this.#take(reply, 'tcp');
    }
  }

  #take(reply: Buffer, transport: Transport): void {
    if (reply.length < 2) return;
    const id = reply.readUInt16BE(0);
    const pending = this.#pending[transport].get(id);
    if (pending === undefined) return; // A second reply to a question asked twice.
    clearTimeout(pending.timer);
    this.#pending[transport].delete(id);
    pending.resolve(new Uint8Array(reply));
  }

  #failAll(transport: Transport, error: Error): void {
    for (const pending of this.#pending[transport].values()) {
      clearTimeout(pending.timer);
      pending.reject(error);
    }
    this.#pending[transport].clear();
  }
}
