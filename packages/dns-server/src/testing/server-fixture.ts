import { setTimeout as sleep } from 'node:timers/promises';

import { afterEach } from '@jest/globals';

import type { DnsServer } from '../server.ts';
import type { DnsServerOptions, ListenAddress } from '../server-options.ts';
import { composeQuery } from './ask.ts';
import { startServer, TcpClient, type TestServer } from './test-server.ts';

/** What the servers of these tests serve. */
export const ZONE: string = `
  $ORIGIN example.
  @    SOA ns1 admin 1 3600 900 86400 300
  @    NS  ns1
  ns1  A   192.0.2.53
  big  TXT ${`"${'x'.repeat(255)}" `.repeat(200)}
`;
/** The answer to `query`. */
export const ANSWER: readonly string[] = ['ns1.example. 3600 A 192.0.2.53'];
const QUERY = composeQuery('ns1.example. A');
/** A query whose answer has 51 KB. */
export const bigQuery: Uint8Array = composeQuery('big.example. TXT');

/** A query for an address, with an id. */
export function query(id = 1): Uint8Array {
  return Uint8Array.of(id >> 8, id & 0xff, ...QUERY.subarray(2));
}

const servers: DnsServer[] = [];
/** Those of the test that runs, in the order in which they connected. */
export const clients: TcpClient[] = [];

/** Starts a server that is stopped after the test. */
export async function start(options: Partial<DnsServerOptions> = {}, listen?: ListenAddress): Promise<TestServer> {
  const started = await startServer(ZONE, options, listen);
  servers.push(started.server);
  return started;
}

/** Connects a client that is closed after the test. */
export async function connectTo(at: ListenAddress): Promise<TcpClient> {
  const client = await TcpClient.connect(at);
  clients.push(client);
  return client;
}

/** Waits until something holds. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(5);
}

afterEach(async () => {
  for (const client of clients.splice(0)) client.close();
  await Promise.all(servers.splice(0).map((server) => server.stop(100)));
});
