import type { Clock, Logger } from '@kubezone/core';
import { DnsServer } from '@kubezone/dns-server';

import { loadZone } from './load-zone.ts';
import type { ZoneText } from './peers.ts';

/** Our server, in this process, on loopback sockets. */
export interface OwnServer {
  readonly port: number;
  /** Stops it. @throws {Error} where it has logged an error: nothing that a test sends may lead to one */
  stop(): Promise<void>;
}

const clock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after: (delayMs, callback) => {
    const timer = setTimeout(callback, delayMs);
    return () => clearTimeout(timer);
  },
};

/** Starts our server on zone files, as the peers are started: on 127.0.0.1, for UDP and TCP, addresses not rotated. */
export async function startOwnServer(zones: readonly ZoneText[]): Promise<OwnServer> {
  const errors: string[] = [];
  const note: Logger['warn'] = (message, fields) => errors.push(`${message} ${JSON.stringify(fields, printError)}`);
  const logger: Logger = { debug: () => undefined, info: () => undefined, warn: note, error: note };
  const server = new DnsServer({
    clock,
    logger,
    nsid: new Uint8Array(Buffer.from('kubezone e2e')),
    udpReceiveBufferOctets: 4 << 20,
  });
  for (const zone of zones) server.zones.replace(loadZone(zone), { rotate: false });
  const [bound] = await server.listen([{ address: '127.0.0.1', port: 0 }]);
  if (bound === undefined) throw new Error('the server bound no address');
  return {
    port: bound.port,
    stop: async () => {
      await server.stop();
      if (errors.length > 0) throw new Error(`the server logged:\n${errors.slice(0, 5).join('\n')}`);
    },
  };
}

function printError(_key: string, value: unknown): unknown {
  return value instanceof Error ? (value.stack ?? value.message) : value;
}
