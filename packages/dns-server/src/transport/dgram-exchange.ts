import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';

import { answerSlot, beginBatch, endBatch, type WorkerContext } from './answer-slot.ts';
import { DEFERRED, MAX_DATAGRAM_OCTETS } from './packet-handler.ts';
import { DgramPeer } from './packet-peer.ts';
import { count, COUNTER } from './udp-statistics.ts';
import { type BackEndSetup, type DgramAddress, DRAIN, LEAVE, PHASE } from './worker-control.ts';

type DgramSetup = BackEndSetup & { kind: 'dgram' };

/** Answers that wait for the kernel, in octets, beyond which more are dropped: a client asks again, memory does not come back. */
const MAX_WAITING_OCTETS = 8 * 1024 * 1024;

/** An address that could not be bound. */
export class DgramBindError extends Error {
  override readonly name = 'DgramBindError';
  readonly code: string;
  readonly address: DgramAddress;

  constructor(address: DgramAddress, cause: Error) {
    super(cause.message, { cause });
    this.code = 'code' in cause && typeof cause.code === 'string' ? cause.code : 'UNKNOWN';
    this.address = address;
  }
}

/**
 * Answers queries with `node:dgram`, on sockets of the worker's own, until the phase says otherwise.
 *
 * @throws {DgramBindError}
 */
export async function serveDgram(setup: DgramSetup, context: WorkerContext): Promise<void> {
  const sockets: DgramSocket[] = [];
  try {
    for (const address of setup.addresses) sockets.push(await DgramSocket.bind(address, setup, context, sockets.length));
    context.onLateAnswer(({ path, octets }) => {
      // A crashed predecessor's queries are answered here too: its sockets were the same, in the same order.
      const { socket, to } = path;
      if (!(to instanceof Uint8Array)) sockets[socket]?.finish(octets, to.port, to.address);
    });
    context.ready();
    await untilDrained(context, sockets);
  } finally {
    await Promise.all(sockets.map((socket) => socket.close()));
  }
}

/** Resolves when the worker is to end, and what had arrived by then is answered. */
async function untilDrained({ control, counters, ending }: WorkerContext, sockets: readonly DgramSocket[]): Promise<void> {
  await ending;
  const isWaiting = (): boolean => sockets.some(({ deferred }) => deferred > 0);
  for (let seen = -1; Atomics.load(control, PHASE) === DRAIN && (seen !== counters[COUNTER.received] || isWaiting());) {
    seen = counters[COUNTER.received] as number;
    // Turns of the event loop read from each socket, if there is anything. Nothing at all: there is no more.
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

/** One socket of a worker's. */
class DgramSocket {
  readonly #family: 4 | 6;
  readonly #socket: Socket;
  readonly #context: WorkerContext;
  readonly #peer = new DgramPeer();
  readonly #onSent: (error: Error | null) => void;
  readonly #index: number;
  /** How many queries wait for their answers. */
  deferred = 0;
  /** Written by the handler, read by the kernel: replaced where the kernel has not read it at once. */
  #answer = new Uint8Array(MAX_DATAGRAM_OCTETS);

  private constructor(family: 4 | 6, socket: Socket, context: WorkerContext, index: number) {
    this.#family = family;
    this.#socket = socket;
    this.#context = context;
    this.#index = index;
    const { counters } = context;
    this.#onSent = (error) => {
      if (error === null) count(counters, COUNTER.sent);
      else countFailure(counters, COUNTER.sendFailed, error);
    };
    socket.on('error', (error) => countFailure(counters, COUNTER.receiveFailed, error));
    socket.on('message', (query, sender) => this.#receive(query, sender));
  }

  static bind(at: DgramAddress, setup: DgramSetup, context: WorkerContext, index: number): Promise<DgramSocket> {
    const { family, address, port } = at;
    const socket = createSocket({
      type: family === 6 ? 'udp6' : 'udp4',
      ipv6Only: family === 6,
      ...(setup.sharesPort ? { reusePort: true } : { reuseAddr: true }),
      // Addresses are numeric. Without this each answer would go by way of dns.lookup, and a turn of the event loop.
      lookup: (name, _options, callback) => callback(null, name, family),
      ...(setup.receiveBuffer > 0 && { recvBufferSize: setup.receiveBuffer }),
      ...(setup.sendBuffer > 0 && { sendBufferSize: setup.sendBuffer }),
    });
    return new Promise((resolve, reject) => {
      socket.once('error', (error) => {
        socket.close();
        reject(new DgramBindError(at, error));
      });
      socket.bind({ address, port, exclusive: true }, () => {
        socket.removeAllListeners('error');
        resolve(new DgramSocket(family, socket, context, index));
      });
    });
  }

  /** Takes no more queries, and closes when the answers that wait have gone. */
  async close(): Promise<void> {
    this.#socket.removeAllListeners('message');
    while (this.#socket.getSendQueueCount() > 0 && Atomics.load(this.#context.control, PHASE) !== LEAVE) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    await new Promise<void>((resolve) => this.#socket.close(() => resolve()));
  }

  #receive(query: Uint8Array, { address, port }: RemoteInfo): void {
    const { epochs, worker, counters } = this.#context;
    count(counters, COUNTER.batches);
    count(counters, COUNTER.received);
    if (query.length > MAX_DATAGRAM_OCTETS) {
      count(counters, COUNTER.oversize);
      return;
    }
    this.#peer.set(this.#family, address, port);
    epochs.enter(worker);
    beginBatch(this.#context);
    const size = answerSlot(this.#context, query, query.length, this.#answer, this.#peer);
    endBatch(this.#context);
    epochs.leave(worker);
    if (size > 0) this.#send(size, port, address);
    else if (size === DEFERRED) {
      this.deferred++;
      this.#context.defer(query.slice(), this.#peer.address.slice(), { socket: this.#index, to: { address, port } });
    }
  }

  /** Sends the answer to a query that was deferred, if it has one. */
  finish(octets: Uint8Array | undefined, port: number, address: string): void {
    this.deferred = Math.max(0, this.deferred - 1);
    if (octets === undefined || octets.length > MAX_DATAGRAM_OCTETS) return;
    this.#answer.set(octets);
    this.#send(octets.length, port, address);
  }

  /** Sends the answer, unless too much is waiting already. */
  #send(size: number, port: number, address: string): void {
    if (this.#socket.getSendQueueSize() > MAX_WAITING_OCTETS) {
      count(this.#context.counters, COUNTER.sendFailed);
      return;
    }
    this.#socket.send(this.#answer, 0, size, port, address, this.#onSent);
    // libuv sends at once where it can. Where it could not, it reads the octets later.
    if (this.#socket.getSendQueueCount() > 0) this.#answer = new Uint8Array(MAX_DATAGRAM_OCTETS);
  }
}

function countFailure(counters: Float64Array, index: number, error: Error): void {
  count(counters, index);
  if ('errno' in error && typeof error.errno === 'number') counters[COUNTER.lastErrno] = -error.errno;
}
