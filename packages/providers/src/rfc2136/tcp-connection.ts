import { connect, type Socket } from 'node:net';

import type { Clock } from '@kubezone/core';

import { ExchangeError } from './exchange-error.ts';
import { printServerAddress, type ServerAddress } from './server-address.ts';

/** How a connection is made. */
export interface ConnectionOptions {
  readonly clock: Clock;
  /** How long the server may take to accept the connection, in milliseconds. */
  readonly connectTimeoutMs: number;
  /** How long the server may take for a message, in milliseconds. */
  readonly replyTimeoutMs: number;
  readonly signal: AbortSignal;
}

/** A request that waits for its reply. */
interface Pending {
  /** Takes a message; true where the reply is complete. May throw, which ends the exchange. */
  readonly take: (octets: Uint8Array) => boolean;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
  cancelTimer: () => void;
}

/**
 * A TCP connection to a DNS server, over which several requests may be under way (RFC 7766, section 6.2.1.1): replies are told apart by their ID.
 *
 * It serves one call of the provider and is closed after it: a connection that is kept may be closed by the server in the moment of writing, and nobody
 * would know whether the update was done.
 */
export class TcpConnection {
  readonly server: string;
  readonly #socket: Socket;
  readonly #options: ConnectionOptions;
  readonly #pending = new Map<number, Pending>();
  #rest: Uint8Array = new Uint8Array();
  #lastId = 0;
  #closed: string | undefined;

  private constructor(address: ServerAddress, socket: Socket, options: ConnectionOptions) {
    this.server = printServerAddress(address);
    this.#socket = socket;
    this.#options = options;
    socket.on('data', (chunk) => this.#receive(chunk));
    socket.on('error', (error) => this.#end(error.message));
    socket.on('close', () => this.#end('the server closed the connection'));
    options.signal.addEventListener('abort', this.#abort);
  }

  /**
   * Connects.
   *
   * @throws {ExchangeError} `not-sent`
   */
  static open(address: ServerAddress, options: ConnectionOptions): Promise<TcpConnection> {
    const { clock, connectTimeoutMs, signal } = options;
    return new Promise((resolve, reject) => {
      const socket = connect({ host: address.host, port: address.port, noDelay: true });
      const fail = (reason: string): void => {
        settle();
        socket.on('error', () => undefined);
        socket.destroy();
        reject(new ExchangeError('not-sent', `${printServerAddress(address)} cannot be reached: ${reason}`));
      };
      const onError = (error: Error): void => fail(error.message);
      const onAbort = (): void => fail('the call was given up');
      const cancelTimer = clock.after(connectTimeoutMs, () => fail(`no connection within ${connectTimeoutMs} ms`));
      const settle = (): void => {
        cancelTimer();
        socket.off('error', onError);
        signal.removeEventListener('abort', onAbort);
      };
      if (signal.aborted) return onAbort();
      signal.addEventListener('abort', onAbort);
      socket.once('error', onError);
      return void socket.once('connect', () => {
        settle();
        resolve(new TcpConnection(address, socket, options));
      });
    });
  }

  /** An ID that no request under way has. IDs need not be unguessable: nobody else can write into the connection. */
  nextId(): number {
    do this.#lastId = (this.#lastId + 1) & 0xffff;
    while (this.#pending.has(this.#lastId));
    return this.#lastId;
  }

  /**
   * Sends a message, and hands over each message of its reply until the taker says that it is complete.
   *
   * @param message with an ID from `nextId`, at most 65535 octets long
   * @throws {ExchangeError} `not-sent` or `no-reply`; and whatever `take` throws
   */
  exchange(message: Uint8Array, take: Pending['take']): Promise<void> {
    const id = idOf(message);
    return new Promise((resolve, reject) => {
      if (this.#closed !== undefined) {
        reject(new ExchangeError('not-sent', this.#closed));
        return;
      }
      this.#pending.set(id, { take, resolve, reject, cancelTimer: this.#startTimer(id) });
      const framed = new Uint8Array(message.length + 2);
      framed.set([message.length >> 8, message.length & 0xff]);
      framed.set(message, 2);
      this.#socket.write(framed);
    });
  }

  close(): void {
    this.#end('the connection is closed');
  }

  #startTimer(id: number): () => void {
    const { clock, replyTimeoutMs } = this.#options;
    return clock.after(replyTimeoutMs, () => {
      const error = new ExchangeError('no-reply', `${this.server} did not reply within ${replyTimeoutMs} ms`);
      this.#settle(id, (pending) => pending.reject(error));
      // Replies come in order from most servers: whoever waits behind this one waits in vain.
      this.#end(error.message);
    });
  }

  #receive(chunk: Uint8Array): void {
    let octets = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    for (;;) {
      if (octets.length < 2) break;
      const end = 2 + idOf(octets);
      if (octets.length < end) break;
      this.#take(octets.subarray(2, end));
      octets = octets.subarray(end);
    }
    this.#rest = octets;
  }

  #take(message: Uint8Array): void {
    const id = message.length < 2 ? -1 : idOf(message);
    const pending = this.#pending.get(id);
    if (pending === undefined) {
      this.#fail('bad-reply', `${this.server} sent a message that nobody asked for`);
      return;
    }
    pending.cancelTimer();
    try {
      if (pending.take(message)) this.#settle(id, ({ resolve }) => resolve());
      else pending.cancelTimer = this.#startTimer(id);
    } catch (error) {
      this.#settle(id, ({ reject }) => reject(error));
    }
  }

  #settle(id: number, how: (pending: Pending) => void): void {
    const pending = this.#pending.get(id);
    if (pending === undefined) return;
    this.#pending.delete(id);
    pending.cancelTimer();
    how(pending);
  }

  readonly #abort = (): void => this.#end('the call was given up');

  #end(reason: string): void {
    this.#fail('no-reply', `${this.server}: ${reason}`);
  }

  #fail(failure: 'no-reply' | 'bad-reply', message: string): void {
    if (this.#closed !== undefined) return;
    this.#closed = message;
    this.#options.signal.removeEventListener('abort', this.#abort);
    this.#socket.destroy();
    for (const id of this.#pending.keys()) {
      this.#settle(id, ({ reject }) => reject(new ExchangeError(failure, message)));
    }
  }
}

/** The first two octets: a message's ID, or a frame's length. */
function idOf(octets: Uint8Array): number {
  return ((octets[0] as number) << 8) | (octets[1] as number);
}
