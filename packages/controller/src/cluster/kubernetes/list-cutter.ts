import { ApiError } from './api-error.ts';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

/**
 * Cuts the body of a list into its items as it comes in, so that a page need never be in memory as a whole, neither as text nor parsed:
 *
 *     {"kind":"ServiceList",…,"metadata":{…},"items":[{…},{…},…]}
 *     └──────────────── head ───────────────────────┘ item item └┘ tail
 *
 * Looks at brackets and quotes only; whether an item is valid JSON is for its parser to say. Works on octets: in UTF-8 no octet of another character is
 * equal to one of these.
 */
export class ListCutter {
  readonly #limit: number;
  #part: 'head' | 'items' | 'tail' = 'head';
  #head: Buffer = Buffer.alloc(0);
  #tail: Buffer[] = [];
  /** The beginning of an item whose end has not come yet. */
  #begun: Buffer[] = [];
  #begunOctets = 0;
  #depth = 0;
  #inString = false;
  #escaped = false;
  /** Where the string that was read last began, in the head. */
  #stringAt = 0;
  #lastKeyIsItems = false;

  /** @param limit the largest item, and the largest rest of the body, in octets */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /**
   * Takes the next octets, and calls back with each item that ends in them.
   *
   * @throws {ApiError} `API_BAD_RESPONSE`, `API_TOO_LARGE`
   */
  push(chunk: Buffer, onItem: (item: Buffer) => void): void {
    let rest = chunk;
    if (this.#part === 'head') rest = this.#readHead(chunk);
    if (this.#part === 'items') rest = this.#readItems(rest, onItem);
    if (this.#part === 'tail' && rest.length > 0) this.#tail.push(rest);
  }

  /**
   * The list without its items, once all has come.
   *
   * @throws {ApiError} `API_BAD_RESPONSE` where the body is no JSON, or not complete
   */
  end(): unknown {
    if (this.#part === 'items') throw new ApiError('API_BAD_RESPONSE', 'the list from the API server ends in the middle');
    try {
      return JSON.parse(Buffer.concat([this.#head, ...this.#tail]).toString('utf8')) as unknown;
    } catch (error) {
      throw new ApiError('API_BAD_RESPONSE', 'the API server answered something that is not JSON', { cause: error });
    }
  }

  /** Reads until the items begin; returns what follows. */
  #readHead(chunk: Buffer): Buffer {
    let at = this.#head.length;
    const head = at === 0 ? chunk : Buffer.concat([this.#head, chunk]);
    this.#head = head;
    if (head.length > this.#limit) throw this.#tooLarge();
    for (; at < head.length; at++) {
      const octet = head[at];
      if (this.#inString) {
        if (this.#escaped) this.#escaped = false;
        else if (octet === BACKSLASH) this.#escaped = true;
        else if (octet === QUOTE) {
          this.#inString = false;
          // A string that an opening bracket follows can only be a key.
          this.#lastKeyIsItems = this.#depth === 1 && head.toString('latin1', this.#stringAt, at) === 'items';
        }
      } else if (octet === QUOTE) {
        this.#inString = true;
        this.#stringAt = at + 1;
      } else if (octet === OPEN_BRACE || octet === OPEN_BRACKET) {
        this.#depth++;
        if (octet === OPEN_BRACKET && this.#depth === 2 && this.#lastKeyIsItems) {
          this.#part = 'items';
          this.#depth = 0;
          this.#head = head.subarray(0, at + 1);
          return head.subarray(at + 1);
        }
      } else if (octet === CLOSE_BRACE || octet === CLOSE_BRACKET) {
        this.#depth--;
      }
    }
    return chunk.subarray(chunk.length);
  }

  /** Reads items until their list ends; returns what follows, with the bracket that ends it. */
  #readItems(chunk: Buffer, onItem: (item: Buffer) => void): Buffer {
    // Local, since this loop sees every octet of every list.
    let depth = this.#depth;
    let inString = this.#inString;
    let escaped = this.#escaped;
    let start = 0;
    for (let at = 0; at < chunk.length; at++) {
      const octet = chunk[at] as number;
      if (inString) {
        if (escaped) escaped = false;
        else if (octet === BACKSLASH) escaped = true;
        else if (octet === QUOTE) inString = false;
      } else if (octet === QUOTE) {
        if (depth === 0) throw noObject();
        inString = true;
      } else if (octet === OPEN_BRACE || octet === OPEN_BRACKET) {
        if (depth === 0) {
          if (octet === OPEN_BRACKET) throw noObject();
          start = at;
        }
        depth++;
      } else if (octet === CLOSE_BRACE || octet === CLOSE_BRACKET) {
        if (depth === 0) {
          this.#part = 'tail';
          return chunk.subarray(at);
        }
        depth--;
        if (depth === 0) onItem(this.#finish(chunk.subarray(start, at + 1)));
      } else if (depth === 0 && octet > 0x20 && octet !== COMMA) {
        throw noObject();
      }
    }
    if (depth > 0) {
      this.#begun.push(chunk.subarray(start));
      this.#begunOctets += chunk.length - start;
      if (this.#begunOctets > this.#limit) throw this.#tooLarge();
    }
    this.#depth = depth;
    this.#inString = inString;
    this.#escaped = escaped;
    return chunk.subarray(chunk.length);
  }

  #finish(end: Buffer): Buffer {
    if (this.#begun.length === 0) return end;
    const item = Buffer.concat([...this.#begun, end]);
    this.#begun = [];
    this.#begunOctets = 0;
    return item;
  }

  #tooLarge(): ApiError {
    return new ApiError('API_TOO_LARGE', `the API server sends an object of more than ${this.#limit} octets`);
  }
}

function noObject(): ApiError {
  return new ApiError('API_BAD_RESPONSE', 'the API server sends a list with an item that is no object');
}
