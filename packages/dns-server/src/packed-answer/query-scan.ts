import { EDNS_OPTION, findOption, HEADER_OCTETS, isFailure, parseHeader, TYPE } from '@kubezone/core';
import { type HashedName } from '@kubezone/core/packed-zone';

import { accept } from '../answer/accept.ts';
import { isMalformed, parseQuery } from '../answer/query.ts';
import { CLIENT_COOKIE_OCTETS } from '../cookies/server-cookie.ts';

/** Octets of an OPT record besides its options: root, type, class, TTL and RDLENGTH (RFC 6891, section 6.1.2). */
export const OPT_OCTETS = 11;

/** Client and server cookie together (RFC 7873, section 4). */
const MIN_COOKIES_OCTETS = 16;
const MAX_COOKIES_OCTETS = 40;

/** DO in the third octet of an OPT record's TTL (RFC 3225). */
const DO = 0x80;

/**
 * Takes an ordinary query apart: opcode QUERY, one question, nothing else but an OPT record of version 0, everything well-formed. Other records, which mean
 * nothing in a query, are looked at by the reference answerer's parser. What is not ordinary is left to the reference answerer, whatever it is.
 */
export class QueryScan {
  readonly name: HashedName;
  type = 0;
  qclass = 0;
  /** The octet after the question. */
  questionEnd = 0;
  hasEdns = false;
  /** What the client can take, as it says (RFC 6891, section 6.2.3). */
  udpPayloadSize = 0;
  /** The octet of the OPT record's TTL in which DO stands, all other bits cleared. */
  doFlag = 0;
  /** Whether any option has come, known or not. */
  hasOptions = false;
  /** Whether the server's identifier is asked for (RFC 5001). */
  asksNsid = false;
  /** Whether the client asks how long a TCP connection may be idle (RFC 7828). */
  asksKeepalive = false;
  /** Where the data of the COOKIE option begins, in which octets, and its length: 0 where there is none, else 8 or 16 to 40 (RFC 7873, section 5.2.2). */
  cookieSource: Uint8Array = new Uint8Array();
  cookieAt = 0;
  cookieLength = 0;

  /** @param name for its own use */
  constructor(name: HashedName) {
    this.name = name;
  }

  /** Returns whether the query is ordinary; if not, the fields mean nothing. */
  scan(query: Uint8Array, length: number): boolean {
    if (length < HEADER_OCTETS) return false;
    // QR and the opcode; one question; no answer.
    const others = (query[4] as number) | (query[6] as number) | (query[7] as number);
    if (((query[2] as number) & 0xf8) !== 0 || others !== 0 || query[5] !== 1) return false;
    const nameEnd = this.name.load(query, HEADER_OCTETS, length);
    if (nameEnd < 0 || nameEnd + 4 > length) return false;
    this.type = ((query[nameEnd] as number) << 8) | (query[nameEnd + 1] as number);
    this.qclass = ((query[nameEnd + 2] as number) << 8) | (query[nameEnd + 3] as number);
    this.questionEnd = nameEnd + 4;
    this.hasEdns = false;
    this.hasOptions = false;
    this.asksNsid = false;
    this.asksKeepalive = false;
    this.cookieLength = 0;
    const records =
      ((query[8] as number) << 24) | ((query[9] as number) << 16) | ((query[10] as number) << 8) | (query[11] as number);
    if (records === 0) return this.questionEnd === length;
    if (records === 1 && isOpt(query, this.questionEnd, length)) return this.#scanEdns(query, this.questionEnd, length);
    return this.#parseRecords(query.subarray(0, length));
  }

  #scanEdns(query: Uint8Array, at: number, length: number): boolean {
    // Other versions.
    if (query[at + 6] !== 0) return false;
    const optionsStart = at + OPT_OCTETS;
    const end = optionsStart + (((query[at + 9] as number) << 8) | (query[at + 10] as number));
    if (end !== length) return false;
    this.hasEdns = true;
    this.udpPayloadSize = ((query[at + 3] as number) << 8) | (query[at + 4] as number);
    this.doFlag = (query[at + 7] as number) & DO;
    if (optionsStart === end) return true;
    this.hasOptions = true;
    return this.#scanOptions(query, optionsStart, end);
  }

  #scanOptions(query: Uint8Array, start: number, end: number): boolean {
    let at = start;
    while (at < end) {
      if (at + 4 > end) return false;
      const code = ((query[at] as number) << 8) | (query[at + 1] as number);
      const length = ((query[at + 2] as number) << 8) | (query[at + 3] as number);
      if (code === EDNS_OPTION.NSID) this.asksNsid = true;
      else if (code === EDNS_OPTION.TCP_KEEPALIVE) this.asksKeepalive = true;
      else if (code === EDNS_OPTION.COOKIE && this.cookieLength === 0) {
        if (length !== CLIENT_COOKIE_OCTETS && (length < MIN_COOKIES_OCTETS || length > MAX_COOKIES_OCTETS)) return false;
        this.#noteCookie(query, at + 4, length);
      }
      at += 4 + length;
    }
    return at === end;
  }

  /** For queries with other records than OPT, which no resolver sends: as the reference answerer reads them. */
  #parseRecords(query: Uint8Array): boolean {
    const parsed = parseHeader(query);
    if (isFailure(parsed) || accept(parsed) !== 'parse') return false;
    const asked = parseQuery(query, parsed);
    if (isMalformed(asked) || asked.tsig !== undefined) return false;
    const { edns, cookie } = asked;
    if (edns === undefined) return true;
    if (edns.version !== 0) return false;
    this.hasEdns = true;
    this.udpPayloadSize = edns.udpPayloadSize;
    this.doFlag = edns.dnssecOk ? DO : 0;
    this.hasOptions = true;
    this.asksNsid = findOption(edns, EDNS_OPTION.NSID) !== undefined;
    this.asksKeepalive = findOption(edns, EDNS_OPTION.TCP_KEEPALIVE) !== undefined;
    if (cookie !== undefined) this.#noteCookie(cookie, 0, cookie.length);
    return true;
  }

  #noteCookie(source: Uint8Array, at: number, length: number): void {
    this.cookieSource = source;
    this.cookieAt = at;
    this.cookieLength = length;
  }
}

/** Whether an OPT record begins at an offset, its fixed part whole: root, type OPT. */
function isOpt(query: Uint8Array, at: number, length: number): boolean {
  return at + OPT_OCTETS <= length && ((query[at] as number) | (query[at + 1] as number)) === 0 && query[at + 2] === TYPE.OPT;
}
