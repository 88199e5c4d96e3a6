import { randomBytes } from 'node:crypto';

import type { Clock, Logger } from '@kubezone/core';

import { MAX_THREADS } from '@kubezone/core/packed-zone';

import { isCookieSecret } from './cookies/server-cookie.ts';
import { type GivenRateLimits, type RateLimits, resolveRateLimits } from './rate-limit/rate-limits.ts';
import { type FallthroughOptions, type ResolvedFallthrough, resolveFallthrough } from './relay/fallthrough-options.ts';
import { MAX_DATAGRAM_OCTETS } from './transport/packet-handler.ts';
import type { TcpTimeouts } from './transport/tcp-connection.ts';

/** Where the server listens: an IP address, or `0.0.0.0` or `::` for all of one family, and one port for UDP and TCP. */
export interface ListenAddress {
  readonly address: string;
  /** 0 for a free one, the same for UDP and TCP. */
  readonly port: number;
}

/** Limits of TCP. */
export interface TcpLimits extends TcpTimeouts {
  /** Open connections of all clients; beyond it the longest silent idle one makes room. @default 1000 */
  readonly maxConnections: number;
  /** Open connections of one client: an IPv4 address or an IPv6 /64. @default 200 */
  readonly maxConnectionsPerClient: number;
}

/** How a server is set up. */
export interface DnsServerOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  /** How many threads answer UDP, 1 to 64: each takes a processor under load, and 15 MB. @default 1 */
  readonly udpWorkers?: number;
  /** Has all other threads of the process give way to those that answer UDP, where they share a processor. @default false */
  readonly favourUdp?: boolean;
  /** What carries UDP. @default the native addon where there is one, else `node:dgram` */
  readonly udpBackEnd?: 'native' | 'dgram';
  /**
   * How much memory the data of all zones may take together, in octets, 4 MiB to 2 GiB; it is taken as it is needed.
   *
   * @default half of what the process may have (`process.constrainedMemory()`), at most 2 GiB
   */
  readonly maxZoneOctets?: number;
  /** The longest UDP response, in octets, 512 to 4096. @default 1232 */
  readonly udpPayloadSize?: number;
  /** The server's identifier (RFC 5001), 1 to 128 octets. @default none: nobody is told */
  readonly nsid?: Uint8Array;
  /**
   * Secrets of 16 octets for DNS cookies, the first to make them, all to check them; shared by servers that answer on one address. An empty list
   * turns cookies off.
   *
   * @default one that is random, and forgotten when the process ends
   */
  readonly cookieSecrets?: readonly Uint8Array[];
  readonly tcp?: Partial<TcpLimits>;
  /** Limits of what a client gets over UDP. @default none */
  readonly rateLimits?: GivenRateLimits;
  /** Where queries are relayed for names that the zones do not have. @default nowhere: they are answered NXDOMAIN */
  readonly fallthrough?: FallthroughOptions;
  /** SO_RCVBUF of the UDP sockets, in octets, as far as the system allows. @default 1 MiB */
  readonly udpReceiveBufferOctets?: number;
}

/** The options that answers depend on, complete. */
export interface ResolvedOptions {
  readonly udpWorkers: number;
  readonly udpPayloadSize: number;
  readonly nsid?: Uint8Array;
  readonly cookieSecrets: readonly Uint8Array[];
  readonly tcp: TcpLimits;
  readonly rateLimits: RateLimits;
  readonly fallthrough?: ResolvedFallthrough;
}

/** The largest UDP payload that passes any path unfragmented (DNS flag day 2020; RFC 9715, appendix A). */
export const DEFAULT_UDP_PAYLOAD_SIZE = 1232;

const DEFAULT_TCP_LIMITS: TcpLimits = {
  idleTimeoutMs: 10_000,
  messageTimeoutMs: 5000,
  writeTimeoutMs: 30_000,
  closeTimeoutMs: 5000,
  maxConnections: 1000,
  maxConnectionsPerClient: 200,
};

/** With a question of the greatest length and all other options, a longer one would not fit into 512 octets. */
const MAX_NSID_OCTETS = 128;

/**
 * Fills in the defaults.
 *
 * @throws {RangeError} where a value is outside its range: a configuration is expected to be checked before
 */
export function resolveOptions(options: DnsServerOptions): ResolvedOptions {
  const { udpWorkers = 1, udpPayloadSize = DEFAULT_UDP_PAYLOAD_SIZE, nsid, cookieSecrets = [randomBytes(16)] } = options;
  const tcp = { ...DEFAULT_TCP_LIMITS, ...options.tcp };
  if (!Number.isInteger(udpWorkers) || udpWorkers < 1 || udpWorkers > MAX_THREADS) {
    throw new RangeError(`udpWorkers is ${udpWorkers}; a whole number from 1 to ${MAX_THREADS} is expected`);
  }
  if (!Number.isInteger(udpPayloadSize) || udpPayloadSize < 512 || udpPayloadSize > MAX_DATAGRAM_OCTETS) {
    throw new RangeError(`udpPayloadSize is ${udpPayloadSize}; a whole number from 512 to ${MAX_DATAGRAM_OCTETS} is expected`);
  }
  if (nsid !== undefined && (nsid.length === 0 || nsid.length > MAX_NSID_OCTETS)) {
    throw new RangeError(`nsid has ${nsid.length} octets; 1 to ${MAX_NSID_OCTETS} are expected`);
  }
  for (const [index, secret] of cookieSecrets.entries()) {
    if (!isCookieSecret(secret)) throw new RangeError(`cookieSecrets[${index}] has ${secret.length} octets; 16 are expected`);
  }
  for (const [name, value] of Object.entries(tcp)) {
    if (!Number.isInteger(value) || value < 1) throw new RangeError(`tcp.${name} is ${value}; a whole number from 1 is expected`);
  }
  const rateLimits = resolveRateLimits(options.rateLimits ?? {});
  const fallthrough = options.fallthrough && resolveFallthrough(options.fallthrough);
  return {
    udpWorkers,
    udpPayloadSize,
    ...(nsid && { nsid }),
    cookieSecrets,
    tcp,
    rateLimits,
    ...(fallthrough && { fallthrough }),
  };
}
