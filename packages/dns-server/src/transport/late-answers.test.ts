/** Queries that workers leave to the main thread: its answers leave from where the queries came. */
import { setTimeout as wait } from 'node:timers/promises';

import type { Clock, Logger } from '@kubezone/core';
import { printAddress } from '@kubezone/core';
import { afterEach, describe, expect, it, jest } from '@jest/globals';

import { findAddonForTests } from './testing/native-addon.ts';
import { UdpClient } from './testing/udp-client.ts';
import { startUdpWorkers, type UdpWorkers, type UdpWorkersOptions } from './udp-workers.ts';

const HANDLER = new URL('./testing/scripted-handler.ts', import.meta.url);
const silent = (): void => undefined;
const logger: Logger = { debug: silent, info: silent, warn: silent, error: silent };
const clock: Clock = {
  now: Date.now,
  monotonic: () => performance.now(),
  after: (delayMs, callback) => {
    const timer = setTimeout(callback, delayMs);
    return () => clearTimeout(timer);
  },
};
const only = process.env['KUBEZONE_TEST_BACK_END'];
const backEnds = (findAddonForTests().kind === 'found' ? (['native', 'dgram'] as const) : (['dgram'] as const)).filter(
  (backEnd) => only === undefined || only === backEnd,
);

jest.setTimeout(30_000);

describe.each(backEnds)('late answers with the back end %s', (backEnd) => {
  const running: UdpWorkers[] = [];
  const clients: UdpClient[] = [];
  const start = async (address: string, answerLater: NonNullable<UdpWorkersOptions['answerLater']>, workers = 1) => {
    const addresses = [
      { address, port: 0 },
      { address: '127.0.0.9', port: 0 },
    ];
    const started = await startUdpWorkers({ addresses, workers, handlerModule: HANDLER, backEnd, clock, logger, answerLater });
    running.push(started);
    return { workers: started, port: started.addresses[0]?.port ?? 0 };
  };
  const connect = async (family: 4 | 6 = 4): Promise<UdpClient> => {
    const client = await UdpClient.open(family);
    clients.push(client);
    return client;
  };
  const until = async (isTrue: () => boolean): Promise<void> => {
    for (let round = 0; round < 2000 && !isTrue(); round++) await wait(5);
    expect(isTrue()).toBe(true);
  };
  const echo = (query: Uint8Array, client: Uint8Array): Promise<Uint8Array> =>
    Promise.resolve(Buffer.from(`${Buffer.from(query).toString()} from ${printAddress(client)}`));

  afterEach(async () => {
    await Promise.all(running.splice(0).map((workers) => workers.stop(1000)));
    await Promise.all(clients.splice(0).map((client) => client.close()));
  });

  it.each([
    ['127.0.0.1', '127.0.0.1'],
    // The fallback cannot set the source: it has sockets of the machine's own addresses.
    ['0.0.0.0', backEnd === 'native' ? '127.0.0.5' : '127.0.0.1'],
    ['::', '::1'],
  ])('on a socket bound to %s, leave from %s where the query was sent to', async (bound, to) => {
    const { port, workers } = await start(bound, echo);
    const client = await connect(to.includes(':') ? 6 : 4);
    client.send({ address: to, port }, 'd1');
    const source = to.includes(':') ? '::1' : '127.0.0.1';
    expect(await client.next()).toEqual({ text: `d1 from ${source}`, address: to, port });
    await until(() => workers.statistics().sent === 1);
    expect(workers.statistics()).toMatchObject({ received: 1, deferred: 1, sendFailed: 0 });
  });

  it('do not hold up others, and may be none', async () => {
    const answers = new Map<string, (octets: Uint8Array | undefined) => void>();
    const { port, workers } = await start('127.0.0.1', (query) => {
      return new Promise((resolve) => answers.set(Buffer.from(query).toString(), resolve));
    });
    const client = await connect();
    const at = { address: '127.0.0.1', port };
    for (const query of ['d1', 'd2', 'd3', 'q']) client.send(at, query);
    expect((await client.next())?.text).toBe('q');
    await until(() => answers.size === 3);
    answers.get('d3')?.(Buffer.from('third'));
    expect((await client.next())?.text).toBe('third');
    answers.get('d2')?.(undefined);
    answers.get('d1')?.(Buffer.from('first'));
    expect((await client.next())?.text).toBe('first');
    await until(() => workers.statistics().sent === 3);
  });

  it('are still sent where the worker has crashed meanwhile', async () => {
    let finish: (octets: Uint8Array) => void = silent;
    const { port, workers } = await start('127.0.0.1', () => {
      return new Promise((resolve) => {
        finish = resolve;
      });
    });
    const client = await connect();
    const at = { address: '127.0.0.1', port };
    client.send(at, 'd');
    await until(() => finish !== silent);
    client.send(at, 'x');
    await until(() => workers.statistics().restarts === 1);
    for (let reply: string | undefined; reply === undefined;) reply = await client.ask(at, 'again', 200);
    finish(Buffer.from('late'));
    // Earlier tries may have been answered too, in the end.
    let text = (await client.next())?.text;
    while (text === 'again') text = (await client.next())?.text;
    expect(text).toBe('late');
  });

  it('are waited for before the sockets are closed', async () => {
    const { port, workers } = await start('127.0.0.1', async () => {
      await wait(200);
      return Buffer.from('late');
    });
    const client = await connect();
    client.send({ address: '127.0.0.1', port }, 'd');
    await until(() => workers.statistics().deferred === 1);
    await workers.stop(5000);
    expect((await client.next())?.text).toBe('late');
  });

  it('are given up where they take too long for that', async () => {
    let finish: (octets: Uint8Array) => void = silent;
    const { port, workers } = await start('127.0.0.1', () => {
      return new Promise((resolve) => {
        finish = resolve;
      });
    });
    const client = await connect();
    client.send({ address: '127.0.0.1', port }, 'd');
    await until(() => finish !== silent);
    await workers.stop(100);
    finish(Buffer.from('too late'));
    await wait(10);
    expect(workers.statistics()).toMatchObject({ sent: 0, sendFailed: 0 });
  });
});
