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

  /** The next whole message, as a view that stays valid; undefined where the rest is still to come. */
  next(): Uint8Array | undefined {
    if (!this.hasMessage()) return undefined;
    this.#join();
    const start = this.#at + 2;
    this.#at = start + (this.#length() as number);
    return this.#chunk.subarray(start, this.#at);
  }

  /** Whether a whole message waits to be taken. */
  hasMessage(): boolean {
    const length = this.#length();
    return length !== undefined && this.#octets() >= length + 2;
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

  #length(): number | undefined {
    if (this.#chunk.length - this.#at < 2) this.#join();
    const high = this.#chunk[this.#at];
    const low = this.#chunk[this.#at + 1];
    return high === undefined || low === undefined ? undefined : (high << 8) | low;
  }

  #join(): void {
    if (this.#waitingOctets === 0) return;
    this.#chunk = Buffer.concat([this.#chunk.subarray(this.#at), ...this.#waiting]);
    this.#at = 0;
    this.#waiting = [];
    this.#waitingOctets = 0;
  }
}
