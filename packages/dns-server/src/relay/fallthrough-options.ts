import { isIP } from 'node:net';

import type { OwnerName } from '@kubezone/core';

/** A name server that queries are relayed to: an IP address, with an interface where it is a link-local one, and a port. */
export interface RelayServer {
  readonly address: string;
  /** 1 to 65535. */
  readonly port: number;
}

/** Where queries go for names that the server does not know (k8s_gateway's `fallthrough`). */
export interface FallthroughOptions {
  /** The apexes of the zones in which unknown names are relayed; those that are not served mean nothing. */
  readonly zones: 'all' | ReadonlySet<OwnerName>;
  /** Who is asked, 1 to 8, in the order in which they are preferred. None may be this server itself. */
  readonly servers: readonly RelayServer[];
  /** How long each of them has for its answer, in milliseconds, 10 to 60000. @default 2000 */
  readonly timeoutMs?: number;
  /** How many queries of clients may wait for answers, over UDP and TCP together, 1 to 60000; more are answered SERVFAIL. @default 1000 */
  readonly maxWaiting?: number;
}

/** The same, complete. */
export type ResolvedFallthrough = Required<FallthroughOptions>;

const DEFAULT_TIMEOUT_MS = 2000;
const DEFAULT_MAX_WAITING = 1000;
const MAX_SERVERS = 8;
const MAX_TIMEOUT_MS = 60_000;
const MIN_TIMEOUT_MS = 10;
/** Each has a socket, and ports are 16 bits. */
const MAX_WAITING = 60_000;

/**
 * Fills in the defaults.
 *
 * @throws {RangeError} where a value is outside its range: a configuration is expected to be checked before
 */
export function resolveFallthrough(options: FallthroughOptions): ResolvedFallthrough {
  const { zones, servers, timeoutMs = DEFAULT_TIMEOUT_MS, maxWaiting = DEFAULT_MAX_WAITING } = options;
  if (servers.length < 1 || servers.length > MAX_SERVERS) {
    throw new RangeError(`fallthrough.servers has ${servers.length} entries; 1 to ${MAX_SERVERS} are expected`);
  }
  for (const [index, { address, port }] of servers.entries()) {
    if (isIP(address) === 0)
      throw new RangeError(`fallthrough.servers[${index}].address is ${address}; an IP address is expected`);
    checkRange(`fallthrough.servers[${index}].port`, port, 1, 65_535);
  }
  checkRange('fallthrough.timeoutMs', timeoutMs, MIN_TIMEOUT_MS, MAX_TIMEOUT_MS);
  checkRange('fallthrough.maxWaiting', maxWaiting, 1, MAX_WAITING);
  return { zones, servers, timeoutMs, maxWaiting };
}

/** Whether unknown names of a zone are relayed. */
export function fallsThrough(zones: FallthroughOptions['zones'], apex: OwnerName): boolean {
  return zones === 'all' || zones.has(apex);
}

function checkRange(name: string, value: number, least: number, most: number): void {
  if (!Number.isInteger(value) || value < least || value > most) {
    throw new RangeError(`${name} is ${value}; a whole number from ${least} to ${most} is expected`);
  }
}
