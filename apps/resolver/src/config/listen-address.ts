import { isIP, isIPv6 } from 'node:net';

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
 * @returns one address, or for `:PORT` one for each family; undefined where the text is none
 */
export function scanListenAddress(text: string): readonly ListenAddress[] | undefined {
  const parts = /^(?:\[([^\]]*)\]|([^:[\]]*)):(\d{1,5})$/.exec(text);
  if (parts === null) return undefined;
  const [, bracketed, plain, digits] = parts;
  const port = Number(digits);
  if (port > 65_535) return undefined;
  if (bracketed !== undefined) return isIPv6(bracketed) ? [{ address: bracketed, port }] : undefined;
  if (plain === '' || plain === undefined) return ALL_ADDRESSES.map((address) => ({ address, port }));
  return isIP(plain) === 4 ? [{ address: plain, port }] : undefined;
}

/** Prints an address and port as they are written in flags. */
export function printListenAddress({ address, port }: ListenAddress): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}
