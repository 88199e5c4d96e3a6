import type { Writable } from 'node:stream';

import { copyOctets } from './copy-octets.ts';

/** What of a socket is needed. */
type Sink = Pick<Writable, 'write' | 'writableLength'>;

/** How much leaves in one write at most, but for single messages that are longer. */
const OUTBOX_OCTETS = 16 * 1024;

/**
 * Puts the responses of one turn behind each other, each behind its length (RFC 1035, section 4.2.2), so that they leave in one write. One for all
 * connections of a thread: what it holds is handed to a socket before the turn ends.
 *
 *     │ l e │ response │ l e │ response │        ──► one write, of a view of the buffer
 *
 * What the kernel takes at once, as it nearly always does, needs the buffer no longer. What it does not take keeps the buffer, or, where something waits already, a
 * copy: a client that does not read holds one buffer, not one for each of its answers.
 */
export class Outbox {
  #buffer: Buffer = Buffer.allocUnsafeSlow(OUTBOX_OCTETS);
  #at = 0;

  /** Adds a response, and writes what was there where it finds no room beside it. */
  add(socket: Sink, response: Uint8Array, length: number): void {
    if (this.#at + 2 + length > OUTBOX_OCTETS) this.flush(socket);
    if (2 + length > OUTBOX_OCTETS) {
      const framed = Buffer.allocUnsafeSlow(2 + length);
      writeFrame(framed, 0, response, length);
      socket.write(framed);
      return;
    }
    writeFrame(this.#buffer, this.#at, response, length);
    this.#at += 2 + length;
  }

  /** Writes what is there. */
  flush(socket: Sink): void {
    if (this.#at === 0) return;
    const octets = this.#buffer.subarray(0, this.#at);
    this.#at = 0;
    if (socket.writableLength > 0) {
      socket.write(Buffer.from(octets));
      return;
    }
    socket.write(octets);
    if (socket.writableLength > 0) this.#buffer = Buffer.allocUnsafeSlow(OUTBOX_OCTETS);
  }
}

function writeFrame(into: Uint8Array, at: number, response: Uint8Array, length: number): void {
  into[at] = length >>> 8;
  into[at + 1] = length & 0xff;
  copyOctets(response, 0, length, into, at + 2);
}
