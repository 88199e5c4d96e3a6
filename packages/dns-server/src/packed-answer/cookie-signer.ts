/**
 * Server cookies (RFC 9018) without an allocation: what `replyToCookie` does, in place. SipHash-2-4 is written out over halves of 32 bits, because
 * JavaScript has no whole numbers of 64 bits that are fast.
 */
import {
  CLIENT_COOKIE_OCTETS,
  CLOCK_SKEW,
  COOKIE_OCTETS,
  COOKIE_VERSION,
  EXPIRE_AFTER,
  HASH_AT,
  RENEW_AFTER,
  TIMESTAMP_AT,
} from '../cookies/server-cookie.ts';

/** What a query's server cookie is worth. */
export const COOKIE = { NONE: 0, INVALID: 1, VALID: 2 } as const;

/** One of `COOKIE`. */
export type CookieWorth = (typeof COOKIE)[keyof typeof COOKIE];

/** Makes and checks cookies with some secrets: the first makes them, all check them. */
export class CookieSigner {
  /** Of each secret four words: k0 low and high, k1 low and high. */
  readonly #keys: Int32Array;
  readonly #message = new Uint8Array(HASH_AT + 16);
  #addressOctets = 0;
  /** The hash that was computed last: low and high word, little-endian. */
  #low = 0;
  #high = 0;

  /** @param secrets 16 octets each, at least one */
  constructor(secrets: readonly Uint8Array[]) {
    this.#keys = new Int32Array(secrets.length * 4);
    for (const [index, secret] of secrets.entries()) {
      const view = new DataView(secret.buffer, secret.byteOffset, 16);
      for (let word = 0; word < 4; word++) this.#keys[index * 4 + word] = view.getInt32(word * 4, true);
    }
  }

  /**
   * Writes the data of the COOKIE option of a response, 24 octets.
   *
   * @param at where the data of the query's COOKIE option begins, well-formed, `length` octets
   * @param address the client's, 4 or 16 octets
   * @param now Unix time in seconds
   */
  reply(
    query: Uint8Array,
    at: number,
    length: number,
    address: Uint8Array,
    now: number,
    out: Uint8Array,
    outAt: number,
  ): CookieWorth {
    const message = this.#message;
    this.#setAddress(address);
    let signer = -1;
    if (length === COOKIE_OCTETS && query[at + CLIENT_COOKIE_OCTETS] === COOKIE_VERSION) {
      for (let index = 0; index < HASH_AT; index++) message[index] = query[at + index] as number;
      const age = this.#age(now);
      if (age <= EXPIRE_AFTER && age >= -CLOCK_SKEW) signer = this.#signerOf(query, at + HASH_AT);
      if (signer === 0 && age <= RENEW_AFTER) {
        for (let index = 0; index < COOKIE_OCTETS; index++) out[outAt + index] = query[at + index] as number;
        return COOKIE.VALID;
      }
    }
    for (let index = 0; index < CLIENT_COOKIE_OCTETS; index++) message[index] = query[at + index] as number;
    message[CLIENT_COOKIE_OCTETS] = COOKIE_VERSION;
    for (let index = CLIENT_COOKIE_OCTETS + 1; index < TIMESTAMP_AT; index++) message[index] = 0;
    message[TIMESTAMP_AT] = now >>> 24;
    message[TIMESTAMP_AT + 1] = (now >>> 16) & 0xff;
    message[TIMESTAMP_AT + 2] = (now >>> 8) & 0xff;
    message[TIMESTAMP_AT + 3] = now & 0xff;
    this.#hash(0);
    for (let index = 0; index < HASH_AT; index++) out[outAt + index] = message[index] as number;
    for (let index = 0; index < 4; index++) {
      out[outAt + HASH_AT + index] = (this.#low >>> (index * 8)) & 0xff;
      out[outAt + HASH_AT + 4 + index] = (this.#high >>> (index * 8)) & 0xff;
    }
    return signer >= 0 ? COOKIE.VALID : length > CLIENT_COOKIE_OCTETS ? COOKIE.INVALID : COOKIE.NONE;
  }

  /** An IPv6 address that stands for an IPv4 address counts as that (RFC 4291, section 2.5.5.2). */
  #setAddress(address: Uint8Array): void {
    const from = address.length === 16 && isMapped(address) ? 12 : 0;
    this.#addressOctets = address.length - from;
    for (let index = from; index < address.length; index++) this.#message[HASH_AT + index - from] = address[index] as number;
  }

  /** Seconds since the cookie was made, in serial number arithmetic (RFC 9018, section 4.3). */
  #age(now: number): number {
    const message = this.#message;
    const high = ((message[TIMESTAMP_AT] as number) << 24) | ((message[TIMESTAMP_AT + 1] as number) << 16);
    return (now - (high | ((message[TIMESTAMP_AT + 2] as number) << 8) | (message[TIMESTAMP_AT + 3] as number))) | 0;
  }

  /** Which secret made the hash that stands at an offset; -1 for none. */
  #signerOf(query: Uint8Array, at: number): number {
    for (let secret = 0; secret < this.#keys.length / 4; secret++) {
      this.#hash(secret);
      // All octets are compared whatever they are: how long it takes tells nothing about the hash.
      let difference = 0;
      for (let index = 0; index < 4; index++) {
        difference |= (query[at + index] as number) ^ ((this.#low >>> (index * 8)) & 0xff);
        difference |= (query[at + 4 + index] as number) ^ ((this.#high >>> (index * 8)) & 0xff);
      }
      if (difference === 0) return secret;
    }
    return -1;
  }

  /** Four octets of the message, the first in the lowest place. */
  #word(at: number): number {
    const message = this.#message;
    return (
      (message[at] as number) |
      ((message[at + 1] as number) << 8) |
      ((message[at + 2] as number) << 16) |
      ((message[at + 3] as number) << 24)
    );
  }

  /** SipHash-2-4 of the message and the address (Aumasson and Bernstein, 2012). */
  #hash(secret: number): void {
    const keys = this.#keys;
    const k0l = keys[secret * 4] as number;
    const k0h = keys[secret * 4 + 1] as number;
    const k1l = keys[secret * 4 + 2] as number;
    const k1h = keys[secret * 4 + 3] as number;
    // The constants spell "somepseudorandomlygeneratedbytes".
    let v0l = k0l ^ 0x70736575;
    let v0h = k0h ^ 0x736f6d65;
    let v1l = k1l ^ 0x6e646f6d;
    let v1h = k1h ^ 0x646f7261;
    let v2l = k0l ^ 0x6e657261;
    let v2h = k0h ^ 0x6c796765;
    let v3l = k1l ^ 0x79746573;
    let v3h = k1h ^ 0x74656462;
    const length = HASH_AT + this.#addressOctets;
    // Two rounds for each word of 64 bits, of which the last holds the length; then four.
    const words = (length >>> 3) + 1;
    for (let step = 0; step < words + 2; step++) {
      let ml = 0;
      let mh = 0;
      if (step < words) {
        const at = step * 8;
        if (at + 4 <= length) ml = this.#word(at);
        if (at + 8 <= length) mh = this.#word(at + 4);
        else mh = length << 24;
        v3l ^= ml;
        v3h ^= mh;
      } else if (step === words) {
        v2l ^= 0xff;
      }
      for (let round = 0; round < 2; round++) {
        let sum = (v0l + v1l) | 0;
        v0h = (v0h + v1h + carryOf(v0l, v1l, sum)) | 0;
        v0l = sum;
        let turned = (v1l << 13) | (v1h >>> 19);
        v1h = (v1h << 13) | (v1l >>> 19);
        v1l = turned ^ v0l;
        v1h ^= v0h;
        turned = v0l;
        v0l = v0h;
        v0h = turned;
        sum = (v2l + v3l) | 0;
        v2h = (v2h + v3h + carryOf(v2l, v3l, sum)) | 0;
        v2l = sum;
        turned = (v3l << 16) | (v3h >>> 16);
        v3h = (v3h << 16) | (v3l >>> 16);
        v3l = turned ^ v2l;
        v3h ^= v2h;
        sum = (v0l + v3l) | 0;
        v0h = (v0h + v3h + carryOf(v0l, v3l, sum)) | 0;
        v0l = sum;
        turned = (v3l << 21) | (v3h >>> 11);
        v3h = (v3h << 21) | (v3l >>> 11);
        v3l = turned ^ v0l;
        v3h ^= v0h;
        sum = (v2l + v1l) | 0;
        v2h = (v2h + v1h + carryOf(v2l, v1l, sum)) | 0;
        v2l = sum;
        turned = (v1l << 17) | (v1h >>> 15);
        v1h = (v1h << 17) | (v1l >>> 15);
        v1l = turned ^ v2l;
        v1h ^= v2h;
        turned = v2l;
        v2l = v2h;
        v2h = turned;
      }
      if (step < words) {
        v0l ^= ml;
        v0h ^= mh;
      }
    }
    this.#low = v0l ^ v1l ^ v2l ^ v3l;
    this.#high = v0h ^ v1h ^ v2h ^ v3h;
  }
}

/** What the sum of two words of 32 bits carries into the next. */
function carryOf(one: number, other: number, sum: number): number {
  return ((one & other) | ((one | other) & ~sum)) >>> 31;
}

function isMapped(address: Uint8Array): boolean {
  for (let index = 0; index < 10; index++) if (address[index] !== 0) return false;
  return address[10] === 0xff && address[11] === 0xff;
}
