import { EDNS_OPTION, TYPE } from '@kubezone/core';

import type { AnswerContext } from '../answer/context.ts';
import { keepalive } from '../answer/response-edns.ts';
import { COOKIE_OCTETS } from '../cookies/server-cookie.ts';
import type { Transport } from '../statistics.ts';
import { COOKIE, CookieSigner } from './cookie-signer.ts';
import { OPT_OCTETS, type QueryScan } from './query-scan.ts';

/** Code and length of an option (RFC 6891, section 6.1.2). */
const OPTION_HEAD_OCTETS = 4;
/** RFC 7828, section 3.1. */
const KEEPALIVE_OCTETS = 2;

/** The OPT record of responses, as `responseEdns` of the reference answerer has it, written in place. */
export class ResponseOpt {
  readonly #udpPayloadSize: number;
  readonly #nsid: Uint8Array | undefined;
  readonly #keepalive: Uint8Array;
  readonly #cookies: CookieSigner | undefined;
  readonly #nowSeconds: () => number;
  #out: Uint8Array = new Uint8Array();
  #at = 0;
  /** What the server cookie was worth in the query to which the last record belongs; undefined where there was none, or cookies are not used. */
  cookie: 'valid' | 'invalid' | undefined = undefined;

  constructor({ udpPayloadSize, nsid, tcpIdleTimeoutMs, cookieSecrets, nowSeconds }: Omit<AnswerContext, 'zones' | 'random'>) {
    this.#udpPayloadSize = udpPayloadSize;
    this.#nsid = nsid;
    this.#keepalive = keepalive(tcpIdleTimeoutMs);
    this.#cookies = cookieSecrets.length === 0 ? undefined : new CookieSigner(cookieSecrets);
    this.#nowSeconds = nowSeconds;
  }

  /** How many octets the record of an answer with data has. */
  octets(scan: QueryScan, transport: Transport): number {
    if (!scan.hasOptions) return scan.hasEdns ? OPT_OCTETS : 0;
    const { asksNsid, asksKeepalive, cookieLength } = scan;
    let octets = OPT_OCTETS;
    if (asksNsid && this.#nsid !== undefined) octets += OPTION_HEAD_OCTETS + this.#nsid.length;
    if (cookieLength > 0 && this.#cookies !== undefined) octets += OPTION_HEAD_OCTETS + COOKIE_OCTETS;
    if (asksKeepalive && transport === 'tcp') octets += OPTION_HEAD_OCTETS + KEEPALIVE_OCTETS;
    return octets;
  }

  /**
   * Writes the record, for which there is room.
   *
   * @param at where it begins in `out`
   * @param address the client's
   * @param extendedError RFC 8914; 0 for none
   * @returns the octet after it
   */
  write(scan: QueryScan, out: Uint8Array, at: number, transport: Transport, address: Uint8Array, extendedError: number): number {
    this.cookie = undefined;
    this.#writeFixed(out, at, scan.doFlag);
    if (!scan.hasOptions && extendedError === 0) return at + OPT_OCTETS;
    const { cookieLength, asksNsid, asksKeepalive } = scan;
    this.#out = out;
    this.#at = at + OPT_OCTETS;
    if (asksNsid && this.#nsid !== undefined) this.#writeOption(EDNS_OPTION.NSID, this.#nsid);
    if (this.#cookies !== undefined && cookieLength > 0) this.#writeCookie(this.#cookies, scan, address);
    if (asksKeepalive && transport === 'tcp') this.#writeOption(EDNS_OPTION.TCP_KEEPALIVE, this.#keepalive);
    if (extendedError !== 0) this.#writeExtendedError(extendedError);
    const length = this.#at - at - OPT_OCTETS;
    out[at + 9] = length >>> 8;
    out[at + 10] = length & 0xff;
    return this.#at;
  }

  /** Root, type, size, extended rcode 0, version 0, flags, and no options (RFC 6891, section 6.1.2). */
  #writeFixed(out: Uint8Array, at: number, doFlag: number): void {
    out[at] = 0;
    out[at + 1] = 0;
    out[at + 2] = TYPE.OPT;
    out[at + 3] = this.#udpPayloadSize >>> 8;
    out[at + 4] = this.#udpPayloadSize & 0xff;
    out[at + 5] = 0;
    out[at + 6] = 0;
    out[at + 7] = doFlag;
    out[at + 8] = 0;
    out[at + 9] = 0;
    out[at + 10] = 0;
  }

  #writeCookie(cookies: CookieSigner, { cookieSource, cookieAt, cookieLength }: QueryScan, address: Uint8Array): void {
    const at = this.#writeHead(EDNS_OPTION.COOKIE, COOKIE_OCTETS);
    const worth = cookies.reply(cookieSource, cookieAt, cookieLength, address, this.#nowSeconds(), this.#out, at);
    if (worth !== COOKIE.NONE) this.cookie = worth === COOKIE.VALID ? 'valid' : 'invalid';
  }

  /** The code, and no text (RFC 8914, section 2). */
  #writeExtendedError(code: number): void {
    const at = this.#writeHead(EDNS_OPTION.EXTENDED_ERROR, 2);
    this.#out[at] = code >>> 8;
    this.#out[at + 1] = code & 0xff;
  }

  #writeOption(code: number, data: Uint8Array): void {
    const at = this.#writeHead(code, data.length);
    const out = this.#out;
    for (let index = 0; index < data.length; index++) out[at + index] = data[index] as number;
  }

  /** Returns where the option's data is to be written. */
  #writeHead(code: number, length: number): number {
    const out = this.#out;
    const at = this.#at;
    out[at] = code >>> 8;
    out[at + 1] = code & 0xff;
    out[at + 2] = length >>> 8;
    out[at + 3] = length & 0xff;
    this.#at = at + OPTION_HEAD_OCTETS + length;
    return at + OPTION_HEAD_OCTETS;
  }
}
