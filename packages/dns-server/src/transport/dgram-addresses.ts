import { isIPv6 } from 'node:net';
import type { networkInterfaces } from 'node:os';

import type { ListenAddress } from '../server-options.ts';
import type { DgramAddress } from './worker-control.ts';

/** The family of an IP address in presentation format, with or without a zone. */
export function familyOf(address: string): 4 | 6 {
  return isIPv6(address.replace(/%.*$/, '')) ? 6 : 4;
}

/**
 * The addresses that the fallback binds: for a wildcard also each address that the machine has.
 *
 * `node:dgram` can neither learn a query's destination nor set an answer's source. On a socket that is bound to an address both are that address; the wildcard's
 * socket takes what is sent to the rest (addresses that come later, 127.0.0.2), where the routes choose the source. The kernel prefers
 * the more specific socket.
 */
export function expandWildcards(
  addresses: readonly ListenAddress[],
  interfaces: ReturnType<typeof networkInterfaces>,
): readonly DgramAddress[] {
  const expanded = new Map<string, DgramAddress>();
  const add = (address: string, port: number): void => {
    expanded.set(`${address} ${port}`, { address, port, family: familyOf(address) });
  };
  for (const { address, port } of addresses) {
    add(address, port);
    if (!isWildcard(address)) continue;
    for (const [name, assigned] of Object.entries(interfaces)) {
      for (const { address: local, family, scopeid } of assigned ?? []) {
        if (family !== `IPv${familyOf(address)}`) continue;
        // A link-local address means nothing without its interface.
        add(scopeid === undefined || scopeid === 0 ? local : `${local}%${name}`, port);
      }
    }
  }
  return [...expanded.values()];
}

/** Whether an address stands for all of its family, in whatever form it is written: `::`, `0:0::0`, `0.0.0.0`. */
export function isWildcard(address: string): boolean {
  return familyOf(address) === 6 ? /^[0:]+$/.test(address) : address === '0.0.0.0';
}
