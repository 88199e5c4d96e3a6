import { copyOctets } from './copy-octets.ts';

/** Where a reader stopped. */
export type FrameState =
  /** Nothing of a next message has come yet. */
  | 'between'
  /** A message has begun, its length octets at least in part, and has not ended. */
  | 'inside';

/**
 * Takes messages out of a TCP stream, where each follows its length in two octets (RFC 1035, section 4.2.2), whatever the chunks the stream
 * comes in.
 *
 *     chunk:    … │ l e │ m m m m │ l e │ m m       next chunk:   m m m │ l e │ …
 *                 └───message────┘ └──pending──                  ──────┘
 *
 * A chunk is kept as it came until its messages are taken. Chunks of a message that is not whole yet wait in a list, and are joined once when it
 * is: a client that sends single octets costs no more than their number.
 */
export class FrameReader {
  #chunk: Uint8Array = new Uint8Array();
  /** Offset in the chunk of the first octet that has not been taken. */
  #at = 0;
  #waiting: Uint8Array[] = [];
  #waitingOctets = 0;

  /** Takes a chunk in, after what is left of the chunks before it. */
  push(chunk: Uint8Array): void {
    if (this.state() === 'between') {
      this.#chunk = chunk;
      this.#at = 0;
    } else {
      this.#waiting.push(chunk);
      this.#waitingOctets += chunk.length;
    }
  }

  /**
   * Takes the next whole message.
   *
   * @param into gets it, from 0: 65,535 octets, the longest message
   * @returns its length; -1 where the rest is still to come
   */
  take(into: Uint8Array): number {
    const length = this.#length();
    if (length < 0 || this.#octets() < length + 2) return -1;
    this.#join();
    const start = this.#at + 2;
    this.#at = start + length;
    copyOctets(this.#chunk, start, length, into, 0);
    return length;
  }

  /** Whether a whole message waits to be taken. */
  hasMessage(): boolean {
    const length = this.#length();
    return length >= 0 && this.#octets() >= length + 2;
  }

  /** Throws away what has not been taken. */
  clear(): void {
    this.#chunk = new Uint8Array();
    this.#at = 0;
    this.#waiting = [];
    this.#waitingOctets = 0;
  }

  state(): FrameState {
    return this.#octets() === 0 ? 'between' : 'inside';
  }

  #octets(): number {
    return this.#chunk.length - this.#at + this.#waitingOctets;
  }

  /** Of the next message; -1 where that is still to come. */
  #length(): number {
    if (this.#chunk.length - this.#at < 2) this.#join();
    const at = this.#at;
    return at + 2 > this.#chunk.length ? -1 : ((this.#chunk[at] as number) << 8) | (this.#chunk[at + 1] as number);
  }

  #join(): void {
    if (this.#waitingOctets === 0) return;
    this.#chunk = Buffer.concat([this.#chunk.subarray(this.#at), ...this.#waiting]);
    this.#at = 0;
    this.#waiting = [];
    this.#waitingOctets = 0;
  }
}
