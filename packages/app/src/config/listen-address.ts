import { isIP, isIPv6 } from 'node:net';

import { isFailure, ParseFailure, printAddress, scanAddress } from '@kubezone/core';

/** One address and port. */
export interface ListenAddress {
  /** IPv4 or IPv6, without brackets. */
  readonly address: string;
  /** 0 lets the system choose. */
  readonly port: number;
}

/** What a listen address looks like, for messages. */
export const LISTEN_ADDRESS_FORM: string = 'ADDRESS:PORT, such as 192.0.2.1:53, [2001:db8::1]:53, or :53 for all addresses';

/** All addresses of both families: two sockets, since an IPv6 socket that takes IPv4 too answers from the wrong address on some systems. */
export const ALL_ADDRESSES: readonly string[] = ['0.0.0.0', '::'];

/**
 * Scans `ADDRESS:PORT`, `[IPV6]:PORT` or `:PORT`.
 *
 * @returns one address, in its canonical form, or for `:PORT` one for each family; undefined where the text is none
 */
export function scanListenAddress(text: string): readonly ListenAddress[] | ParseFailure | undefined {
  const parts = /^(?:\[([^\]]*)\]|([^:[\]]*)):(\d{1,5})$/.exec(text);
  if (parts === null) return undefined;
  const [, bracketed, plain, digits] = parts;
  const port = Number(digits);
  if (port > 65_535) return undefined;
  if (bracketed !== undefined) {
    const address = canonicalIPv6(bracketed);
    return address === undefined || isFailure(address) ? address : [{ address, port }];
  }
  if (plain === '' || plain === undefined) return ALL_ADDRESSES.map((address) => ({ address, port }));
  return isIP(plain) === 4 ? [{ address: plain, port }] : undefined;
}

/**
 * An IPv6 address in the form of RFC 5952, with its scope, so that two ways to write it are seen to be one.
 *
 * @returns a failure for IPv4 in the shape of IPv6, which a socket for IPv6 alone does not take
 */
export function canonicalIPv6(text: string): string | ParseFailure | undefined {
  if (!isIPv6(text)) return undefined;
  const [address = '', scope] = text.split('%');
  const scanned = scanAddress(address);
  if (isFailure(scanned)) return scanned;
  const printed = printAddress(scanned.rdata);
  if (isIP(printed) === 4) return new ParseFailure('BAD_FIELD', `${JSON.stringify(text)} is an IPv4 address; write ${printed}`);
  return scope === undefined ? printed : `${printed}%${scope}`;
}

/** Prints an address and port as they are written in flags. */
export function printListenAddress({ address, port }: ListenAddress): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}
