import type { Logger } from '@kubezone/core';

import { ALL_ADDRESSES, type ListenAddress } from './config/listen-address.ts';
import { isListenFailure } from './listen-failure.ts';

const [ALL_IPV4, ALL_IPV6] = ALL_ADDRESSES;

/** What systems say that have no IPv6, or have it switched off. */
const NO_IPV6: readonly string[] = ['EAFNOSUPPORT', 'EADDRNOTAVAIL', 'EINVAL'];

/** What listens on all of the addresses, or on none. */
export interface Listener {
  /** @throws {ListenFailure} where an address cannot be listened on */
  readonly listen: (wanted: readonly ListenAddress[]) => Promise<readonly ListenAddress[]>;
}

/**
 * Listens on all of the addresses; where the machine has no IPv6, "all addresses" are those of IPv4.
 *
 * @throws {ListenFailure} as the listener does
 */
export async function listenEverywhere(
  server: Listener,
  wanted: readonly ListenAddress[],
  logger: Pick<Logger, 'warn'>,
): Promise<readonly ListenAddress[]> {
  try {
    return await server.listen(wanted);
  } catch (error) {
    if (!isListenFailure(error) || error.address !== ALL_IPV6 || !NO_IPV6.includes(error.reason)) throw error;
    // Somebody who names "::" alone wants IPv6, and shall hear that there is none.
    const rest = wanted.filter(({ address }) => address !== ALL_IPV6);
    if (!rest.some(({ address, port }) => address === ALL_IPV4 && port === error.port)) throw error;
    logger.warn('this machine has no IPv6', { reason: error.reason });
    return await server.listen(rest);
  }
}
