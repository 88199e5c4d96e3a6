import type { Socket } from 'node:net';

import { type Clock, HEADER_OCTETS, isFailure, MAX_MESSAGE_OCTETS, scanAddress } from '@kubezone/core';

import type { Peer } from '../packed-answer/packet-answerer.ts';
import type { CountedEvent, Statistics } from '../statistics.ts';
import { FrameReader } from './frame-reader.ts';
import type { Outbox } from './outbox.ts';
import { DEFERRED } from './packet-handler.ts';

/** Answers messages, one after the other, some in a turn. Never throws. */
export interface MessageAnswerer {
  /** Where answers are read from, before the next call. */
  readonly response: Uint8Array;
  /** Before the messages of a turn. */
  beginTurn(): void;
  /**
   * Answers a message.
   *
   * @param request the message, from 0 up to `length`
   * @returns the length of the answer in `response`; 0 where none is due; `DEFERRED` where `answerLater` is to be asked
   */
  answer(request: Uint8Array, length: number, peer: Peer): number;
  /**
   * Answers a message that was deferred. Must not reject.
   *
   * @param request its own: it is not written to any more
   * @returns the answer, or undefined where none is due
   */
  answerLater(request: Uint8Array, peer: Peer): Promise<Uint8Array | undefined>;
  /**
   * After the messages of a turn, when their answers have been written.
   *
   * @param answered how many there were
   * @param seconds since the turn began
   */
  endTurn(answered: number, seconds: number): void;
}

/** How long a TCP connection may take. All in milliseconds. */
export interface TcpTimeouts {
  /** Without a message that gets an answer, until the server ends the connection (RFC 7766, section 6.2.3). @default 10000 */
  readonly idleTimeoutMs: number;
  /** From a message's first octet to its last: one who sends an octet now and then holds no place. @default 5000 */
  readonly messageTimeoutMs: number;
  /**
   * Without the responses that wait (some 16 KiB, and the last one) being taken by the kernel. A client that reads slowly but steadily is no trouble,
   * and the kernel takes more only when a third of what it holds has gone: hence not too short.
   *
   * @default 30000
   */
  readonly writeTimeoutMs: number;
  /** For the client to close after the server has. @default 5000 */
  readonly closeTimeoutMs: number;
}

/** What a connection needs of the listener that accepted it. */
export interface ConnectionHost {
  readonly clock: Clock;
  readonly timeouts: TcpTimeouts;
  readonly answerer: MessageAnswerer;
  readonly outbox: Outbox;
  readonly statistics: Statistics;
  /** Told when a message was answered. */
  onActivity(connection: TcpConnection): void;
  /** Told once, when the connection is gone. */
  onClose(connection: TcpConnection): void;
}

/** How many messages a connection is answered before others have their turn: a third of a millisecond of ordinary answers; large ones have to wait for the client. */
const MESSAGES_PER_TURN = 200;

/**
 * How many messages of a connection may wait for answers that are not to be had here; no more are read until some of them have theirs. Fewer than may wait in all, so that one client leaves room
 * for others.
 */
const MAX_DEFERRED = 50;

/** The message that is being answered. */
const request = new Uint8Array(MAX_MESSAGE_OCTETS);

/** What the connection waits for, and until when. */
interface Deadline {
  readonly at: number;
  /** Absent where both sides are done but for the client's FIN: no timeout worth counting. */
  readonly event: CountedEvent | undefined;
}

/**
 * One TCP connection: queries in, responses out, as many at a time as the client likes (RFC 7766, section 6.2.1.1).
 *
 * Answers are computed as soon as a message is whole, so nothing is in flight but octets, and the few messages whose answers other servers have: these come when they come, also
 * after those of later messages (RFC 7766, section 7). Both are bounded: while the client does not
 * read, its messages are neither answered nor read (the kernel's window closes), and after a while the connection is reset.
 */
export class TcpConnection {
  readonly clientAddress: string;
  readonly #peer: Peer;
  readonly #socket: Socket;
  readonly #host: ConnectionHost;
  readonly #reader = new FrameReader();
  /** The client has ended its side: what it sent before is still answered. */
  #clientEnded = false;
  /** This side has ended: what comes is not read as queries any more. */
  #ending = false;
  #turnScheduled = false;
  /** How many messages wait for their answers. */
  #deferred = 0;
  #messageStartedAt = 0;
  /** When the last message was answered, or the last response was taken. */
  #progressAt: number;
  #timer: { readonly at: number; readonly cancel: () => void } | undefined;

  constructor(socket: Socket, clientAddress: string, host: ConnectionHost) {
    this.clientAddress = clientAddress;
    this.#peer = { address: addressOctets(clientAddress) };
    this.#socket = socket;
    this.#host = host;
    this.#progressAt = host.clock.monotonic();
  }

  /** Begins to read. */
  start(): void {
    const socket = this.#socket;
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => this.#onData(chunk));
    socket.on('drain', () => this.#onDrain());
    // Instead of 'drain', once this side has ended: from now on the client has its time to close.
    socket.on('finish', () => {
      this.#progressAt = this.#host.clock.monotonic();
      this.#watchDeadline();
    });
    socket.on('end', () => {
      this.#clientEnded = true;
      this.#takeTurn();
    });
    // A reset by the client is its own business; 'close' follows.
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.#timer?.cancel();
      this.#host.onClose(this);
    });
    this.#watchDeadline();
  }

  isIdle(): boolean {
    return this.#socket.writableLength === 0 && this.#deferred === 0 && (this.#ending || this.#reader.state() === 'between');
  }

  /** Gives the socket back at once: one that waited for its client to close would still be open, whatever the limit. The client gets a FIN. */
  evict(): void {
    this.#socket.destroy();
  }

  /** Answers what has been read, and ends the connection. */
  finish(): void {
    this.#clientEnded = true;
    this.#takeTurn();
  }

  /** Cuts the connection off. */
  destroy(): void {
    this.#socket.destroy();
  }

  #onData(chunk: Buffer): void {
    if (this.#ending) return;
    // Not after the time for being idle is over: else messages that get no answer, one begun as the other ends, would hold the place for ever.
    if (this.#reader.state() === 'between') this.#messageStartedAt = Math.min(this.#host.clock.monotonic(), this.#idleUntil());
    this.#reader.push(chunk);
    if (!this.#turnScheduled) this.#takeTurn();
  }

  #onDrain(): void {
    this.#progressAt = this.#host.clock.monotonic();
    if (!this.#turnScheduled) this.#takeTurn();
  }

  /** Answers some messages; their responses leave in one write. */
  #takeTurn(): void {
    this.#turnScheduled = false;
    if (this.#ending || this.#socket.destroyed) return;
    if (this.#reader.hasMessage() && this.#answerMessages() > 0) this.#host.onActivity(this);
    if (this.#reader.hasMessage()) {
      this.#socket.pause();
      // Where the client has to read first, 'drain' goes on; where other servers have to answer first, their answers do.
      if (!this.#socket.writableNeedDrain && this.#deferred < MAX_DEFERRED) {
        this.#turnScheduled = true;
        setImmediate(() => this.#takeTurn());
      }
    } else if (this.#clientEnded) {
      if (this.#deferred === 0) this.#end();
    } else if (this.#socket.isPaused()) {
      this.#socket.resume();
    }
    this.#watchDeadline();
  }

  #answerMessages(): number {
    const socket = this.#socket;
    const { answerer, outbox, clock } = this.#host;
    const began = clock.monotonic();
    let answered = 0;
    answerer.beginTurn();
    for (let taken = 0; taken < MESSAGES_PER_TURN && !socket.writableNeedDrain && this.#deferred < MAX_DEFERRED; taken++) {
      const length = this.#reader.take(request);
      if (length < 0) break;
      const size = answerer.answer(request, length, this.#peer);
      if (length < HEADER_OCTETS) {
        // Whoever sends this speaks no DNS.
        this.#clientEnded = true;
        this.#reader.clear();
        break;
      }
      if (size === DEFERRED) {
        this.#defer(request.slice(0, length));
        continue;
      }
      if (size === 0) continue;
      answered++;
      outbox.add(socket, answerer.response, size);
    }
    outbox.flush(socket);
    if (answered === 0) return 0;
    const ended = clock.monotonic();
    answerer.endTurn(answered, (ended - began) / 1000);
    this.#progressAt = ended;
    this.#messageStartedAt = ended;
    return answered;
  }

  #defer(message: Uint8Array): void {
    this.#deferred++;
    void this.#host.answerer.answerLater(message, this.#peer).then((response) => this.#onLateAnswer(response));
  }

  #onLateAnswer(response: Uint8Array | undefined): void {
    this.#deferred--;
    const socket = this.#socket;
    if (this.#ending || socket.destroyed) return;
    this.#progressAt = this.#host.clock.monotonic();
    if (response !== undefined) {
      const { outbox } = this.#host;
      outbox.add(socket, response, response.length);
      outbox.flush(socket);
      this.#host.onActivity(this);
    }
    if (!this.#turnScheduled) this.#takeTurn();
  }

  /** Sends what waits, then FIN; what still comes is read and thrown away, since closing over it would reset the connection. */
  #end(): void {
    if (this.#ending) return;
    this.#ending = true;
    this.#progressAt = this.#host.clock.monotonic();
    this.#socket.end();
    this.#socket.resume();
    this.#watchDeadline();
  }

  #deadline(): Deadline {
    const { messageTimeoutMs, writeTimeoutMs, closeTimeoutMs } = this.#host.timeouts;
    if (this.#socket.writableLength > 0) return { at: this.#progressAt + writeTimeoutMs, event: 'tcpWriteTimeouts' };
    if (this.#ending) return { at: this.#progressAt + closeTimeoutMs, event: undefined };
    // Whoever answers has a time limit of its own.
    if (this.#deferred > 0) return { at: Infinity, event: undefined };
    if (this.#reader.state() === 'inside') return { at: this.#messageStartedAt + messageTimeoutMs, event: 'tcpMessageTimeouts' };
    return { at: this.#idleUntil(), event: 'tcpIdleTimeouts' };
  }

  #idleUntil(): number {
    return this.#progressAt + this.#host.timeouts.idleTimeoutMs;
  }

  /** One timer, set anew only where the deadline has come nearer; one that has gone further away is found out when the timer rings. */
  #watchDeadline(): void {
    if (this.#socket.destroyed) return;
    const { at } = this.#deadline();
    if (at === Infinity || (this.#timer !== undefined && this.#timer.at <= at)) return;
    this.#timer?.cancel();
    const cancel = this.#host.clock.after(Math.max(0, at - this.#host.clock.monotonic()), () => this.#onTimer());
    this.#timer = { at, cancel };
  }

  #onTimer(): void {
    this.#timer = undefined;
    const deadline = this.#deadline();
    if (this.#host.clock.monotonic() < deadline.at) {
      this.#watchDeadline();
      return;
    }
    if (deadline.event === 'tcpIdleTimeouts') {
      this.#host.statistics.count(deadline.event);
      this.#end();
      return;
    }
    if (deadline.event !== undefined) this.#host.statistics.count(deadline.event);
    this.#socket.resetAndDestroy();
  }
}

/** The 4 or 16 octets of a client's address, without its zone. */
function addressOctets(text: string): Uint8Array {
  const address = scanAddress(text.replace(/%.*$/, ''));
  if (isFailure(address)) throw new RangeError(`${text} is no IP address`);
  return address.rdata;
}
