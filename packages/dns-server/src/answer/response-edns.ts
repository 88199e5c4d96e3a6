import { type Edns, EDNS_OPTION, type EdnsOption, extendedErrorOption, findOption, isFailure, scanAddress } from '@kubezone/core';

import { type CookieReply, replyToCookie } from '../cookies/server-cookie.ts';
import type { Client, ReplyContext } from './context.ts';
import type { Solution } from './solve.ts';

/**
 * The OPT record of a response. A response has one if and only if the query has (RFC 6891, section 6.1.1), of version 0, with DO copied (RFC
 * 3225, section 3), no other flag, and options only of the kinds that are listed here: those that are not known are ignored.
 */
export function responseEdns(
  asked: Edns,
  { rcode, extendedError }: Solution,
  cookie: CookieReply | undefined,
  client: Client,
  context: ReplyContext,
): Edns {
  const options: EdnsOption[] = [];
  if (context.nsid !== undefined && findOption(asked, EDNS_OPTION.NSID) !== undefined) {
    options.push({ code: EDNS_OPTION.NSID, data: context.nsid });
  }
  if (cookie !== undefined) options.push({ code: EDNS_OPTION.COOKIE, data: cookie.option });
  if (client.transport === 'tcp' && findOption(asked, EDNS_OPTION.TCP_KEEPALIVE) !== undefined) {
    options.push({ code: EDNS_OPTION.TCP_KEEPALIVE, data: keepalive(context.tcpIdleTimeoutMs) });
  }
  if (extendedError !== undefined) options.push(extendedErrorOption(extendedError));
  return {
    udpPayloadSize: context.udpPayloadSize,
    extendedRcode: rcode >> 4,
    version: 0,
    dnssecOk: asked.dnssecOk,
    options,
  };
}

/** Checks a query's cookie, and makes the response's; undefined where cookies are not used. */
export function cookieReply(option: Uint8Array, client: Client, context: ReplyContext): CookieReply | undefined {
  const [first, ...others] = context.cookieSecrets;
  const address = scanAddress(client.address.replace(/%.*$/, ''));
  if (first === undefined || isFailure(address)) return undefined;
  return replyToCookie(option, address.rdata, context.nowSeconds(), [first, ...others]);
}

/** The data of the TCP keepalive option: the timeout in units of 100 milliseconds (RFC 7828, section 3.1). */
export function keepalive(timeoutMs: number): Uint8Array {
  const units = Math.min(Math.floor(timeoutMs / 100), 0xffff);
  return Uint8Array.of(units >> 8, units & 0xff);
}
