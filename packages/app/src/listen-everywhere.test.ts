import { describe, expect, it } from '@jest/globals';

import type { ListenAddress } from './config/listen-address.ts';
import { listenEverywhere } from './listen-everywhere.ts';
import { HttpListenError } from './listen-failure.ts';
import { recordLog } from './testing/record-log.ts';

const ALL: readonly ListenAddress[] = [
  { address: '0.0.0.0', port: 53 },
  { address: '::', port: 53 },
];

/** A server on a machine where `::` cannot be had. */
function serverWithout(reason: string): { listen: (addresses: readonly ListenAddress[]) => Promise<ListenAddress[]> } {
  return {
    listen: async (addresses) => {
      const failing = addresses.find(({ address }) => address === '::');
      if (failing !== undefined)
        throw new HttpListenError('::', failing.port, Object.assign(new Error(reason), { code: reason }));
      return [...addresses];
    },
  };
}

describe('a machine without IPv6', () => {
  it.each(['EAFNOSUPPORT', 'EADDRNOTAVAIL'])('is answered on IPv4 where all addresses are meant: %s', async (reason) => {
    const logger = recordLog();
    expect(await listenEverywhere(serverWithout(reason), ALL, logger)).toEqual([ALL[0]]);
    expect(logger.take()).toEqual(['warn: this machine has no IPv6']);
  });

  it('is an error where IPv6 alone is meant', async () => {
    const wanted = [
      { address: '::', port: 53 },
      { address: '127.0.0.1', port: 53 },
    ];
    await expect(listenEverywhere(serverWithout('EAFNOSUPPORT'), wanted, recordLog())).rejects.toThrow(HttpListenError);
  });

  it('is not what a port that is taken means', async () => {
    await expect(listenEverywhere(serverWithout('EADDRINUSE'), ALL, recordLog())).rejects.toThrow('EADDRINUSE');
  });
});
