/**
 * DNS cookies (RFC 7873) with server cookies of the interoperable form (RFC 9018), which every server of an anycast set that
 * shares the secret can make and check:
 *
 *      0       8         9          12          16      24
 *      | client | version | reserved | timestamp | hash  |     hash = SipHash-2-4(client … timestamp | client address, secret)
 */
import { timingSafeEqual } from 'node:crypto';

import { SIPHASH_KEY_OCTETS, sipHash24 } from './siphash.ts';

/** The client cookie's length in octets (RFC 7873, section 4). */
export const CLIENT_COOKIE_OCTETS = 8;
/** The length of an option with a client and a server cookie of the interoperable form (RFC 9018, section 4). */
export const COOKIE_OCTETS = 24;

/** The version of the interoperable form (RFC 9018, section 4.1). */
export const COOKIE_VERSION = 1;
/** Where in the option the timestamp stands, and the hash. */
export const TIMESTAMP_AT = 12;
export const HASH_AT = 16;
/** A cookie older than this, in seconds, is answered with a new one (RFC 9018, section 4.3). */
export const RENEW_AFTER: number = 30 * 60;
/** A cookie older than this, in seconds, is not valid (RFC 9018, section 4.3). */
export const EXPIRE_AFTER: number = 60 * 60;
/** How far in the future, in seconds, a cookie's timestamp may lie: clocks of an anycast set differ (RFC 9018, section 4.3). */
export const CLOCK_SKEW: number = 5 * 60;

/** What becomes of the COOKIE option of a query. */
export interface CookieReply {
  /** Whether the query brought a server cookie at all. */
  readonly offered: boolean;
  /** Whether it brought a server cookie that this server, or another with its secret, gave to this client. */
  readonly valid: boolean;
  /** The data of the COOKIE option in the response. */
  readonly option: Uint8Array;
}

/** Whether the data of a COOKIE option has a length that a client may send: 8, or 16 to 40 octets (RFC 7873, section 5.2.2). */
export function isWellFormedCookie(option: Uint8Array): boolean {
  return option.length === CLIENT_COOKIE_OCTETS || (option.length >= 16 && option.length <= 40);
}

/**
 * Checks the cookies of a query, and makes those of its response.
 *
 * @param option the data of the query's COOKIE option, well-formed
 * @param clientAddress the 4 or 16 octets of the address the query came from
 * @param nowSeconds Unix time
 * @param secrets 16 octets each; the first makes cookies, all of them check: a new secret is put first, the old one stays
 *   behind it for an hour (RFC 9018, section 5)
 */
export function replyToCookie(
  option: Uint8Array,
  clientAddress: Uint8Array,
  nowSeconds: number,
  secrets: readonly [Uint8Array, ...Uint8Array[]],
): CookieReply {
  const offered = option.length > CLIENT_COOKIE_OCTETS;
  const signer = validatingSecret(option, clientAddress, nowSeconds, secrets);
  if (signer === secrets[0] && ageOf(option, nowSeconds) <= RENEW_AFTER) return { offered, valid: true, option };
  const fresh = composeCookie(option.subarray(0, CLIENT_COOKIE_OCTETS), clientAddress, nowSeconds, secrets[0]);
  return { offered, valid: signer !== undefined, option: fresh };
}

/** Composes client cookie and new server cookie. */
export function composeCookie(
  clientCookie: Uint8Array,
  clientAddress: Uint8Array,
  nowSeconds: number,
  secret: Uint8Array,
): Uint8Array {
  const option = new Uint8Array(COOKIE_OCTETS);
  option.set(clientCookie);
  option[CLIENT_COOKIE_OCTETS] = COOKIE_VERSION;
  new DataView(option.buffer).setUint32(TIMESTAMP_AT, nowSeconds >>> 0);
  option.set(hashOf(option, clientAddress, secret), HASH_AT);
  return option;
}

/** Whether the octets can serve as a secret. */
export function isCookieSecret(secret: Uint8Array): boolean {
  return secret.length === SIPHASH_KEY_OCTETS;
}

function validatingSecret(
  option: Uint8Array,
  clientAddress: Uint8Array,
  nowSeconds: number,
  secrets: readonly Uint8Array[],
): Uint8Array | undefined {
  if (option.length !== COOKIE_OCTETS || option[CLIENT_COOKIE_OCTETS] !== COOKIE_VERSION) return undefined;
  const age = ageOf(option, nowSeconds);
  if (age > EXPIRE_AFTER || age < -CLOCK_SKEW) return undefined;
  return secrets.find((secret) => timingSafeEqual(hashOf(option, clientAddress, secret), option.subarray(HASH_AT)));
}

/** Seconds since the cookie was made, in serial number arithmetic (RFC 9018, section 4.3): right beyond the year 2106 as well. */
function ageOf(option: Uint8Array, nowSeconds: number): number {
  const timestamp = new DataView(option.buffer, option.byteOffset, option.length).getUint32(TIMESTAMP_AT);
  return (nowSeconds - timestamp) | 0;
}

/** The hash covers the reserved octets as they came, not as zeros (RFC 9018, appendix A.3). */
function hashOf(option: Uint8Array, clientAddress: Uint8Array, secret: Uint8Array): Uint8Array {
  const message = new Uint8Array(HASH_AT + clientAddress.length);
  message.set(option.subarray(0, HASH_AT));
  message.set(clientAddress, HASH_AT);
  return sipHash24(secret, message);
}
