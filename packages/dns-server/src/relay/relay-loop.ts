import type { NetworkInterfaceInfo } from 'node:os';

import { printEndpoint } from '../listen-error.ts';
import type { ListenAddress } from '../server-options.ts';
import { canonicalAddress } from './canonical-address.ts';
import type { RelayServer } from './fallthrough-options.ts';

/** Why relaying cannot be as it is configured. */
export type RelayLoopErrorCode =
  /** A server to which unknown names are relayed is this server itself: it would ask itself what it does not know. */
  'RELAY_LOOP';

/** A server to relay to that is this server. */
export class RelayLoopError extends Error {
  override readonly name = 'RelayLoopError';
  readonly code: RelayLoopErrorCode = 'RELAY_LOOP';
  readonly server: RelayServer;
  readonly listening: ListenAddress;

  constructor({ server, listening }: RelayLoop) {
    const asked = printEndpoint(server.address, server.port);
    super(
      `fallthrough relays to ${asked}, where this server itself listens (${printEndpoint(listening.address, listening.port)}); another server is expected`,
    );
    this.server = server;
    this.listening = listening;
  }
}

/** A server that is this one, and the address on which it would ask itself. */
export interface RelayLoop {
  readonly server: RelayServer;
  readonly listening: ListenAddress;
}

/**
 * Looks for a server among those to relay to that is this server itself.
 *
 * @param interfaces the machine's addresses, as `os.networkInterfaces` gives them: for `0.0.0.0` and `::`
 */
export function findRelayLoop(
  servers: readonly RelayServer[],
  listening: readonly ListenAddress[],
  interfaces: NodeJS.Dict<readonly Pick<NetworkInterfaceInfo, 'address'>[]>,
): RelayLoop | undefined {
  const own = new Set(
    Object.values(interfaces).flatMap((entries = []) => entries.map(({ address }) => canonicalAddress(address))),
  );
  for (const server of servers) {
    const address = canonicalAddress(server.address);
    const found = listening.find((each) => {
      if (each.port !== server.port) return false;
      const listened = canonicalAddress(each.address);
      if (listened === address) return true;
      return isWildcardFor(listened, address) && (own.has(address) || isOfThisMachine(address));
    });
    if (found !== undefined) return { server, listening: found };
  }
  return undefined;
}

function isWildcardFor(listened: string, address: string): boolean {
  return listened === (address.includes(':') ? '::' : '0.0.0.0');
}

/** Addresses by which every machine reaches itself: of loopback all (RFC 1122, section 3.2.1.3), and the unspecified ones, which Linux takes for loopback. */
function isOfThisMachine(address: string): boolean {
  return address.startsWith('127.') || address === '::1' || address === '0.0.0.0' || address === '::';
}
