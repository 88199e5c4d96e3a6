import { CLASS, EDNS_OPTION, HEADER_OCTETS, TYPE } from '@kubezone/core';
import { type HashedName } from '@kubezone/core/packed-zone';

import { CLIENT_COOKIE_OCTETS } from '../cookies/server-cookie.ts';

/** Octets of an OPT record besides its options: root, type, class, TTL and RDLENGTH (RFC 6891, section 6.1.2). */
export const OPT_OCTETS = 11;

/** Client and server cookie together (RFC 7873, section 4). */
const MIN_COOKIES_OCTETS = 16;
const MAX_COOKIES_OCTETS = 40;

/** The query types that the reference answerer alone answers: ANY and transfers. */
function isRare(type: number): boolean {
  return type === TYPE.ANY || type === TYPE.AXFR || type === TYPE.IXFR;
}

/**
 * Takes an ordinary query apart: opcode QUERY, one question, nothing else but an OPT record, everything well-formed. What is not ordinary is left to the
 * reference answerer, whatever it is.
 */
export class QueryScan {
  readonly name: HashedName;
  type = 0;
  /** The octet after the question. */
  questionEnd = 0;
  hasEdns = false;
  /** What the client can take, as it says (RFC 6891, section 6.2.3). */
  udpPayloadSize = 0;
  /** The octet of the OPT record's TTL in which DO stands, all other bits cleared. */
  doFlag = 0;
  /** Where the data of the COOKIE option begins, and its length: 0 where there is none, else 8 or 16 to 40 (RFC 7873, section 5.2.2). */
  cookieAt = 0;
  cookieLength = 0;
  readonly #hasNsid: boolean;

  /**
   * @param name for its own use
   * @param hasNsid whether the server has an identifier to tell (RFC 5001)
   */
  constructor(name: HashedName, hasNsid: boolean) {
    this.name = name;
    this.#hasNsid = hasNsid;
  }

  /** Returns whether the query is ordinary; if not, the fields mean nothing. */
  scan(query: Uint8Array, length: number): boolean {
    if (length < HEADER_OCTETS) return false;
    // QR and the opcode; one question; no answer or authority; at most one additional record.
    const others =
      (query[4] as number) | (query[6] as number) | (query[7] as number) | (query[8] as number) | (query[9] as number);
    if (((query[2] as number) & 0xf8) !== 0 || others !== 0 || query[5] !== 1) return false;
    if (query[10] !== 0 || (query[11] as number) > 1) return false;
    const nameEnd = this.name.load(query, HEADER_OCTETS, length);
    if (nameEnd < 0 || nameEnd + 4 > length) return false;
    const type = ((query[nameEnd] as number) << 8) | (query[nameEnd + 1] as number);
    const qclass = ((query[nameEnd + 2] as number) << 8) | (query[nameEnd + 3] as number);
    if ((qclass !== CLASS.IN && qclass !== CLASS.ANY) || isRare(type)) return false;
    this.type = type;
    this.questionEnd = nameEnd + 4;
    this.hasEdns = query[11] === 1;
    this.cookieLength = 0;
    return this.hasEdns ? this.#scanEdns(query, this.questionEnd, length) : this.questionEnd === length;
  }

  #scanEdns(query: Uint8Array, at: number, length: number): boolean {
    const optionsStart = at + OPT_OCTETS;
    if (optionsStart > length) return false;
    // Root, type OPT, version 0.
    if (((query[at] as number) | (query[at + 1] as number) | (query[at + 6] as number)) !== 0 || query[at + 2] !== TYPE.OPT)
      return false;
    const end = optionsStart + (((query[at + 9] as number) << 8) | (query[at + 10] as number));
    if (end !== length) return false;
    this.udpPayloadSize = ((query[at + 3] as number) << 8) | (query[at + 4] as number);
    this.doFlag = (query[at + 7] as number) & 0x80;
    return optionsStart === end || this.#scanOptions(query, optionsStart, end);
  }

  #scanOptions(query: Uint8Array, start: number, end: number): boolean {
    let at = start;
    while (at < end) {
      if (at + 4 > end) return false;
      const code = ((query[at] as number) << 8) | (query[at + 1] as number);
      const length = ((query[at + 2] as number) << 8) | (query[at + 3] as number);
      if (code === EDNS_OPTION.TCP_KEEPALIVE || (code === EDNS_OPTION.NSID && this.#hasNsid)) return false;
      if (code === EDNS_OPTION.COOKIE && this.cookieLength === 0) {
        if (length !== CLIENT_COOKIE_OCTETS && (length < MIN_COOKIES_OCTETS || length > MAX_COOKIES_OCTETS)) return false;
        this.cookieAt = at + 4;
        this.cookieLength = length;
      }
      at += 4 + length;
    }
    return at === end;
  }
}
