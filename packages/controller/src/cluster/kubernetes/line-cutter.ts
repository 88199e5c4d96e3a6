import { ApiError } from './api-error.ts';

const LINE_FEED = 0x0a;

/**
 * Cuts a stream of octets into lines. Works on octets and not on text: a chunk may end in the middle of a character, a line feed
 * never stands in one.
 */
export class LineCutter {
  readonly #limit: number;
  /** The line that has begun; joined once only, when it ends, however many chunks it comes in. */
  #begun: Buffer[] = [];
  #begunOctets = 0;

  /** @param limit the longest line, in octets */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /**
   * The lines that end in this chunk, without their ends; empty ones are left out.
   *
   * @throws {ApiError} `API_TOO_LARGE`
   */
  *push(chunk: Buffer): Generator<Buffer> {
    let start = 0;
    for (let end = chunk.indexOf(LINE_FEED); end >= 0; end = chunk.indexOf(LINE_FEED, start)) {
      const rest = chunk.subarray(start, end);
      const line = this.#begunOctets === 0 ? rest : Buffer.concat([...this.#take(), rest]);
      start = end + 1;
      if (line.length > 0) yield line;
    }
    if (start === chunk.length) return;
    this.#begun.push(start === 0 ? chunk : chunk.subarray(start));
    this.#begunOctets += chunk.length - start;
    if (this.#begunOctets > this.#limit) {
      throw new ApiError('API_TOO_LARGE', `the API server sends an event of more than ${this.#limit} octets`);
    }
  }

  #take(): readonly Buffer[] {
    const begun = this.#begun;
    this.#begun = [];
    this.#begunOctets = 0;
    return begun;
  }
}
