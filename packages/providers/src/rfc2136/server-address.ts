import { isIPv6 } from 'node:net';

/** Where a DNS server listens. */
export interface ServerAddress {
  /** An address, or a host name. */
  readonly host: string;
  readonly port: number;
}

/** RFC 1035, section 4.2. */
const DNS_PORT = 53;

/**
 * Scans `192.0.2.1`, `192.0.2.1:5353`, `2001:db8::1`, `[2001:db8::1]:53`, `ns1.example.com:53`; the port is 53 where none is given.
 *
 * @returns undefined where the text is none of these
 */
export function scanServerAddress(text: string): ServerAddress | undefined {
  if (isIPv6(text)) return { host: text, port: DNS_PORT };
  const parts = /^(?:\[(?<v6>[^\]]+)\]|(?<host>[^:[\]\s]+))(?::(?<port>\d{1,5}))?$/.exec(text)?.groups;
  if (parts === undefined) return undefined;
  const port = Number(parts['port'] ?? DNS_PORT);
  if (port < 1 || port > 65_535) return undefined;
  const { v6, host } = parts;
  if (v6 !== undefined) return isIPv6(v6) ? { host: v6, port } : undefined;
  return host === undefined ? undefined : { host, port };
}

/** Prints an address so that `scanServerAddress` reads it again. */
export function printServerAddress({ host, port }: ServerAddress): string {
  return isIPv6(host) ? `[${host}]:${port}` : `${host}:${port}`;
}
