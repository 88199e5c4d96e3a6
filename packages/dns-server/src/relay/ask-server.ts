import { randomInt } from 'node:crypto';
import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { connect, isIPv6, type Socket as TcpSocket } from 'node:net';

import { type Clock, type EdnsOption, MAX_MESSAGE_OCTETS, type Message } from '@kubezone/core';

import { FrameReader } from '../transport/frame-reader.ts';
import type { RelayServer } from './fallthrough-options.ts';
import { readReply, type SentQuery } from './read-reply.ts';
import { composeRelayQuery, type RelayQuestion } from './relay-question.ts';

/** What asking one server has come to. */
export type ServerOutcome =
  | { readonly kind: 'answered'; readonly message: Message }
  | { readonly kind: 'timed-out' }
  /** It could not be reached: the system's error. */
  | { readonly kind: 'unreachable'; readonly reason: string }
  /** It answered, but refused or failed. */
  | { readonly kind: 'failed'; readonly reason: string; readonly extendedError?: number };

/** How a question is put to a server. */
export interface AskOptions {
  readonly server: RelayServer;
  readonly question: RelayQuestion;
  /** For all of it, TCP included, in milliseconds. */
  readonly timeoutMs: number;
  /** By which we recognize our own query, should it come back. */
  readonly mark: EdnsOption;
  readonly clock: Clock;
  /** Told of each message that came from the server's address and was no answer to what was asked. */
  readonly onMismatch: () => void;
}

/** A question that was put to a server. */
export interface Asking {
  /** Never rejects. */
  readonly outcome: Promise<ServerOutcome>;
  /** Ends it at once, as if the time were over. */
  cancel(): void;
}

/** Puts a question to one server. */
export type AskServer = (options: AskOptions) => Asking;

/** Ids are 16 bits. */
const ID_RANGE = 2 ** 16;

/** Where whole messages are taken out of a TCP stream. */
const frame = new Uint8Array(MAX_MESSAGE_OCTETS);

/**
 * Asks by UDP, and by TCP where the answer is truncated; without EDNS where the server does not know it.
 *
 * Each query has a socket of its own, connected, so that the kernel takes nothing from other addresses; its port is the kernel's choice, at random, and its id a random number: whoever does not see the query
 * has about 32 bits to guess (RFC 5452, section 9.2). Half of the time over, the datagram is sent once more: it, or the answer, may have been lost.
 */
export const askServer: AskServer = (options) => new Exchange(options);

class Exchange implements Asking {
  readonly outcome: Promise<ServerOutcome>;
  readonly #options: AskOptions;
  readonly #resolve: (outcome: ServerOutcome) => void;
  readonly #stopTimers: readonly (() => void)[];
  #udp: UdpSocket | undefined;
  #tcp: TcpSocket | undefined;
  #sent: SentQuery;
  #query: Uint8Array;
  /** Whether the UDP socket is. */
  #isConnected = false;
  #isOver = false;

  constructor(options: AskOptions) {
    const { clock, timeoutMs } = options;
    const { promise, resolve } = Promise.withResolvers<ServerOutcome>();
    this.outcome = promise;
    this.#options = options;
    this.#resolve = resolve;
    [this.#sent, this.#query] = this.#compose('udp', true);
    this.#stopTimers = [clock.after(timeoutMs, () => this.cancel()), clock.after(timeoutMs / 2, () => this.#sendByUdp())];
    this.#askByUdp();
  }

  cancel(): void {
    this.#end({ kind: 'timed-out' });
  }

  #compose(transport: 'udp' | 'tcp', hasEdns: boolean): [SentQuery, Uint8Array] {
    const { question, mark } = this.#options;
    const id = randomInt(ID_RANGE);
    return [{ id, question, transport, hasEdns }, composeRelayQuery(question, id, hasEdns ? mark : undefined)];
  }

  #end(outcome: ServerOutcome): void {
    if (this.#isOver) return;
    this.#isOver = true;
    for (const stop of this.#stopTimers) stop();
    this.#closeUdp();
    this.#tcp?.destroy();
    this.#resolve(outcome);
  }

  #closeUdp(): void {
    this.#isConnected = false;
    this.#udp?.close();
    this.#udp = undefined;
  }

  #fail(error: Error): void {
    const reason = 'code' in error && typeof error.code === 'string' ? error.code : error.message;
    this.#end({ kind: 'unreachable', reason });
  }

  #askByUdp(): void {
    const { address, port } = this.#options.server;
    const isVersion6 = isIPv6(address);
    const socket = createSocket({
      type: isVersion6 ? 'udp6' : 'udp4',
      // The address is numeric.
      lookup: (name, _options, callback) => callback(null, name, isVersion6 ? 6 : 4),
    });
    this.#udp = socket;
    socket.on('error', (error) => {
      if (socket === this.#udp) this.#fail(error);
    });
    socket.on('message', (octets) => {
      if (socket === this.#udp) this.#receive(octets);
    });
    socket.once('connect', () => {
      if (socket !== this.#udp) return;
      this.#isConnected = true;
      this.#sendByUdp();
    });
    // Without a callback, which would get the error instead of the listener.
    socket.connect(port, address);
  }

  #sendByUdp(): void {
    if (this.#isConnected) this.#udp?.send(this.#query);
  }

  #askByTcp(): void {
    this.#closeUdp();
    const { address, port } = this.#options.server;
    const reader = new FrameReader();
    const socket = connect({ host: address, port });
    this.#tcp = socket;
    socket.setNoDelay(true);
    socket.on('connect', () => this.#sendByTcp());
    socket.on('data', (chunk) => {
      reader.push(chunk);
      for (let length = reader.take(frame); length >= 0 && !this.#isOver; length = reader.take(frame)) {
        this.#receive(frame.subarray(0, length));
      }
    });
    socket.on('error', (error) => this.#fail(error));
    socket.on('close', () => this.#end({ kind: 'failed', reason: 'it closed the connection' }));
  }

  #sendByTcp(): void {
    this.#tcp?.write(Buffer.concat([Uint8Array.of(this.#query.length >> 8, this.#query.length & 0xff), this.#query]));
  }

  #receive(octets: Uint8Array): void {
    const reply = readReply(octets, this.#sent);
    const { transport } = this.#sent;
    switch (reply.kind) {
      case 'answer':
        this.#end({ kind: 'answered', message: reply.message });
        break;
      case 'failure':
        this.#end({ ...reply, kind: 'failed' });
        break;
      case 'mismatch':
        this.#options.onMismatch();
        break;
      case 'truncated':
        [this.#sent, this.#query] = this.#compose('tcp', this.#sent.hasEdns);
        this.#askByTcp();
        break;
      case 'without-edns':
        [this.#sent, this.#query] = this.#compose(transport, false);
        if (transport === 'udp') this.#sendByUdp();
        else this.#sendByTcp();
        break;
      default:
        reply satisfies never;
    }
  }
}
