import { spawnSync } from 'node:child_process';
import { networkInterfaces } from 'node:os';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import type { Clock, LogFields, Logger } from '@kubezone/core';
import { afterEach, describe, expect, it, jest } from '@jest/globals';

import { ListenError } from '../listen-error.ts';
import { findAddonForTests } from './testing/native-addon.ts';
import { EpochWriter } from './testing/epoch-writer.ts';
import { UdpClient } from './testing/udp-client.ts';
import { UdpWorkersError } from './udp-workers-error.ts';
import { startUdpWorkers, type UdpWorkers, type UdpWorkersOptions } from './udp-workers.ts';

const HANDLER = new URL('./testing/scripted-handler.ts', import.meta.url);
const EXIT = fileURLToPath(new URL('./testing/exit-without-stop.ts', import.meta.url));
const LOOPBACK = { address: '127.0.0.1', port: 0 };

const clock: Clock = {
  now: Date.now,
  monotonic: () => performance.now(),
  after: (delayMs, callback) => {
    const timer = setTimeout(callback, delayMs);
    return () => clearTimeout(timer);
  },
};

/** One of them alone, where the environment says so: the sanitizers have nothing to find in the other. */
const only = process.env['KUBEZONE_TEST_BACK_END'];
const backEnds = (findAddonForTests().kind === 'found' ? (['native', 'dgram'] as const) : (['dgram'] as const)).filter(
  (backEnd) => only === undefined || only === backEnd,
);
/** Of this machine, besides loopback: of each family one, and a link-local one with its interface, as far as there are any. */
const OWN_ADDRESSES = [/^\d+\./, /^(?!fe80:).*:/, /^fe80:/].flatMap((form) => {
  const own = Object.entries(networkInterfaces()).flatMap(([name, entries]) =>
    (entries ?? [])
      .filter(({ internal }) => !internal)
      .map(({ address }) => (address.startsWith('fe80:') ? `${address}%${name}` : address)),
  );
  return own.filter((address) => form.test(address)).slice(0, 1);
});

const REASONS = { native: /\/udp-batch\.node$/, dgram: /^the options say so$/ };

// Starting a thread takes a quarter of a second, and several times that on a busy machine.
jest.setTimeout(30_000);

describe.each(backEnds)('UDP workers with the back end %s', (backEnd) => {
  const running: UdpWorkers[] = [];
  const clients: UdpClient[] = [];
  const logged: { level: keyof Logger; message: string; fields: LogFields }[] = [];
  const log =
    (level: keyof Logger) =>
    (message: string, fields: LogFields = {}): void =>
      void logged.push({ level, message, fields });
  const logger: Logger = { debug: log('debug'), info: log('info'), warn: log('warn'), error: log('error') };

  const start = async (options: Partial<UdpWorkersOptions> = {}): Promise<UdpWorkers> => {
    const started = await startUdpWorkers({
      addresses: [LOOPBACK],
      workers: 1,
      handlerModule: HANDLER,
      backEnd,
      clock,
      logger,
      ...options,
    });
    running.push(started);
    return started;
  };
  /** Workers on one address, a client, and how the client asks. */
  const startOne = async (options: Partial<UdpWorkersOptions> = {}) => {
    const workers = await start(options);
    const client = await connect();
    const at = workers.addresses[0] ?? LOOPBACK;
    return { workers, client, at, ask: (query: string | Uint8Array, timeoutMs?: number) => client.ask(at, query, timeoutMs) };
  };
  const connect = async (family: 4 | 6 = 4): Promise<UdpClient> => {
    const client = await UdpClient.open(family);
    clients.push(client);
    return client;
  };
  /** Asks again until the worker is back. */
  const askUntilAnswered = async (
    ask: (query: string, timeoutMs: number) => Promise<string | undefined>,
  ): Promise<string | undefined> => {
    let reply: string | undefined;
    for (let round = 0; reply === undefined && round < 50; round++) reply = await ask('query', 200);
    return reply;
  };
  /** Until something is true, for ten seconds at most. */
  const eventually = async (isTrue: () => boolean): Promise<void> => {
    for (let round = 0; round < 2000 && !isTrue(); round++) await wait(5);
    expect(isTrue()).toBe(true);
  };

  afterEach(async () => {
    await Promise.all(running.splice(0).map((workers) => workers.stop(1000)));
    await Promise.all(clients.splice(0).map((client) => client.close()));
    logged.length = 0;
  });

  describe('answering', () => {
    it('answers on each address, of both families, and says which ports it found', async () => {
      const { addresses } = await start({
        addresses: [LOOPBACK, { address: '::1', port: 0 }, { address: '127.0.0.3', port: 0 }],
        workers: 2,
      });
      expect(addresses.map(({ address }) => address)).toEqual(['127.0.0.1', '::1', '127.0.0.3']);
      for (const at of addresses) {
        const client = await connect(at.address === '::1' ? 6 : 4);
        client.send(at, 'query');
        expect(await client.next()).toEqual({ text: 'query', ...at });
      }
    });

    it('answers many clients, each with its own', async () => {
      const { workers, at } = await startOne({ workers: 2 });
      const asking = await Promise.all(Array.from({ length: 20 }, () => connect()));
      for (let round = 0; round < 25; round++)
        for (const [index, client] of asking.entries()) client.send(at, `${index}.${round}`);
      for (const [index, client] of asking.entries()) {
        const texts = new Set<string | undefined>();
        for (let round = 0; round < 25; round++) texts.add((await client.next())?.text);
        expect(texts).toEqual(new Set(Array.from({ length: 25 }, (_, round) => `${index}.${round}`)));
      }
      await eventually(() => workers.statistics().sent === 500);
      expect(workers.statistics()).toMatchObject({ received: 500, sendFailed: 0, receiveFailed: 0, unanswered: 0, restarts: 0 });
    });

    it('tells the handler who asks', async () => {
      const { addresses } = await start({ addresses: [LOOPBACK, { address: '::1', port: 0 }] });
      const [ipv4, ipv6] = [await connect(4), await connect(6)];
      expect(await ipv4.ask(addresses[0] ?? LOOPBACK, 'p')).toBe(`4 127.0.0.1 ${ipv4.port}`);
      expect(await ipv6.ask(addresses[1] ?? LOOPBACK, 'p')).toBe(`6 ::1 ${ipv6.port}`);
    });

    it('tells the handler where each batch begins and ends', async () => {
      const { client, at, ask } = await startOne();
      expect(await ask('c')).toBe('[.');
      client.send(at, 's');
      for (let query = 0; query < 5; query++) client.send(at, 'n');
      expect((await client.next())?.text).toBe('slept');
      const rest = await ask('c');
      expect(rest).toMatch(backEnd === 'dgram' ? /^\](\[\.\]){6}\[\.$/ : /^\](\[\.+\])*\[\.+$/);
      expect(rest?.replaceAll(/[^.]/g, '')).toBe('.......');
    });

    it('leaves unanswered what the handler does, and counts it', async () => {
      const { workers, ask } = await startOne();
      expect(await ask('n', 50)).toBeUndefined();
      expect(await ask('', 50)).toBeUndefined();
      await eventually(() => workers.statistics().received === 2);
      expect(workers.statistics()).toMatchObject({ received: 2, unanswered: 2, sent: 0 });
    });

    it('answers what is as long as a query may be, and drops what is longer', async () => {
      const { workers, ask } = await startOne();
      const lengthOf = async (length: number, timeoutMs?: number): Promise<number | undefined> =>
        (await ask(new Uint8Array(length).fill(0xff), timeoutMs))?.length;
      expect([await lengthOf(1), await lengthOf(512), await lengthOf(4096)]).toEqual([1, 512, 4096]);
      expect([await lengthOf(4097, 50), await lengthOf(65_507, 50)]).toEqual([undefined, undefined]);
      expect(await lengthOf(2)).toBe(2);
      expect(workers.statistics()).toMatchObject({ received: 6, oversize: 2, unanswered: 0 });
    });

    it('survives whatever is sent to it', async () => {
      const { workers, client, at } = await startOne({ workers: 2 });
      let state = 1;
      const random = (below: number): number => {
        state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fff_ffff;
        return (state >> 8) % below;
      };
      for (let index = 0; index < 2000; index++) {
        const datagram = Uint8Array.from({ length: random(4) === 0 ? random(6000) : random(80) }, () => random(256));
        // Neither "end the thread" nor "loop": those have tests of their own.
        if (datagram[0] === 0x78 || datagram[0] === 0x6c || datagram[0] === 0x73) datagram[0] = 0;
        client.send(at, datagram);
        if (index % 50 === 0) await wait(1);
      }
      await eventually(() => workers.statistics().received === 2000);
      const asker = await connect();
      expect(await asker.ask(at, 'are you there')).toBe('are you there');
      expect(workers.statistics().restarts).toBe(0);
    });

    it('drops the query where the handler is defective, says so once a second, and goes on', async () => {
      const { workers, ask } = await startOne();
      for (const query of ['t', 'b', 'g9999', 'g-2', 'g-7', 'gNaN', 'g0.5', 'e']) expect(await ask(query, 20)).toBeUndefined();
      expect(await ask('query')).toBe('query');
      expect(workers.statistics().handlerFailed).toBe(8);
      expect(logged.find(({ level }) => level === 'error')).toEqual({
        level: 'error',
        message: 'the packet handler threw',
        fields: { worker: 0, error: expect.stringContaining('scripted') },
      });
      expect(logged.filter(({ level }) => level === 'error').length).toBeLessThan(4);
    });

    it('goes on when clients have gone before their answer', async () => {
      const { workers, at, ask } = await startOne();
      const gone = await UdpClient.open();
      gone.send(at, 's');
      gone.send(at, 'query');
      await gone.close();
      expect(await ask('query')).toBe('query');
      await eventually(() => workers.statistics().sent === 3);
      expect(await ask('query')).toBe('query');
      expect(workers.statistics()).toMatchObject({ receiveFailed: 0, restarts: 0 });
    });
  });

  describe('on a wildcard', () => {
    const cases: readonly (readonly [string, string])[] = [
      ['0.0.0.0', '127.0.0.1'],
      ['::', '::1'],
      ...OWN_ADDRESSES.map((address) => [address.includes(':') ? '::' : '0.0.0.0', address] as const),
      // No interface has this address: only the addon can answer from it.
      ...(backEnd === 'native' ? ([['0.0.0.0', '127.0.0.2']] as const) : []),
    ];

    it.each(cases)('%s answers what is sent to %s from there', async (bound, to) => {
      const { addresses } = await start({ addresses: [{ address: bound, port: 0 }], workers: 2 });
      const port = addresses[0]?.port ?? 0;
      const client = await connect(bound === '::' ? 6 : 4);
      client.send({ address: to, port }, 'query');
      expect(await client.next()).toEqual({ text: 'query', address: to, port });
    });

    it('can stand beside an address of its own', async () => {
      const { addresses } = await start({ addresses: [{ address: '0.0.0.0', port: 0 }] });
      const port = addresses[0]?.port ?? 0;
      await running.pop()?.stop();
      const both = await start({
        addresses: [
          { address: '0.0.0.0', port },
          { address: '127.0.0.4', port },
        ],
      });
      const client = await connect();
      expect(await client.ask({ address: '127.0.0.4', port }, 'query')).toBe('query');
      expect(await client.ask({ address: '127.0.0.1', port }, 'query')).toBe('query');
      expect(both.addresses).toHaveLength(2);
    });
  });

  describe('the epochs', () => {
    it('hold back reclaiming while a query is being answered, and never while none is', async () => {
      const epochs = new EpochWriter(2, 7);
      const { client, at } = await startOne({ workers: 2, epochs: epochs.array.buffer });
      expect(epochs.hasPassed(epochs.advance())).toBe(true);
      client.send(at, 's');
      await eventually(() => !epochs.hasPassed(epochs.advance()));
      const epoch = epochs.advance();
      expect(epochs.hasPassed(epoch)).toBe(false);
      expect((await client.next())?.text).toBe('slept');
      await eventually(() => epochs.hasPassed(epoch));
    });

    it('stand at the beginning of memory of which nothing else is touched', async () => {
      const memory = new SharedArrayBuffer(1 << 16);
      const words = new Int32Array(memory).fill(-3);
      const { workers, client, at, ask } = await startOne({ workers: 2, epochs: memory });
      for (let query = 0; query < 20; query++) expect(await ask(`query ${query}`)).toBe(`query ${query}`);
      client.send(at, 'x');
      await eventually(() => workers.statistics().restarts === 1);
      await workers.stop();
      expect([...words.entries()].filter(([, word]) => word !== -3)).toEqual([
        [16, 0],
        [32, 0],
      ]);
    });
  });

  describe('a worker that crashes', () => {
    it('is started again, and reported; the others go on', async () => {
      const { workers, client, at, ask } = await startOne({ workers: 2 });
      client.send(at, 'x');
      await eventually(() => workers.statistics().restarts === 1);
      expect(await ask('query', 5000)).toBe('query');
      expect(logged.filter(({ level }) => level === 'error')).toEqual([
        {
          level: 'error',
          message: 'a UDP worker crashed; it is started again',
          fields: { worker: expect.any(Number), crashes: 1, delayMs: 0, error: expect.stringContaining('exit code 7') },
        },
      ]);
    });

    it('is started again with longer and longer delays, and answers in the end', async () => {
      const failures = new SharedArrayBuffer(4);
      const { workers, client, at, ask } = await startOne({ handlerData: () => ({ failures }) });
      const { port } = at;
      Atomics.store(new Int32Array(failures), 0, 2);
      client.send(at, 'x');
      await eventually(() => workers.statistics().restarts === 3);
      await eventually(() => Atomics.load(new Int32Array(failures), 0) < 0);
      expect(await askUntilAnswered(ask)).toBe('query');
      expect(logged.filter(({ level }) => level === 'error').map(({ fields }) => fields['delayMs'])).toEqual([0, 100, 200]);
      expect(workers.addresses).toEqual([{ ...LOOPBACK, port }]);
    });

    it('costs no query while it cannot be started: the others get them all', async () => {
      const failures = new SharedArrayBuffer(4);
      const { client, at } = await startOne({ workers: 2, handlerData: () => ({ failures }) });
      Atomics.store(new Int32Array(failures), 0, 1_000_000);
      client.send(at, 'x');
      await eventually(() => logged.some(({ fields }) => fields['delayMs'] === 100));
      for (let round = 0; round < 40; round++) {
        const asker = await connect();
        expect(await asker.ask(at, 'query', 1000)).toBe('query');
        await wait(10);
      }
    });

    it('is made from new data', async () => {
      let version = 0;
      const starts: number[] = [];
      const { workers, client, at } = await startOne({ handlerData: () => void starts.push(++version) });
      client.send(at, 'x');
      await eventually(() => workers.statistics().restarts === 1);
      expect(starts).toEqual([1, 2]);
    });

    it('is tried again when making its data fails', async () => {
      let starts = 0;
      const { workers, client, at, ask } = await startOne({
        handlerData: () => {
          if (++starts === 2) throw new Error('no data now');
          return undefined;
        },
      });
      client.send(at, 'x');
      await eventually(() => workers.statistics().restarts === 2);
      expect(await askUntilAnswered(ask)).toBe('query');
      expect(logged.at(-1)?.fields).toMatchObject({ crashes: 2, error: expect.stringContaining('no data now') });
    });

    it('holds back no reclaiming', async () => {
      const epochs = new EpochWriter(1);
      const { workers, client, at } = await startOne({ epochs: epochs.array.buffer });
      const epoch = epochs.advance();
      client.send(at, 'x');
      await eventually(() => workers.statistics().restarts === 1);
      await eventually(() => epochs.hasPassed(epoch));
      expect(epochs.hasPassed(epochs.advance())).toBe(true);
    });

    it('does not keep the workers from being stopped while it waits for its next start', async () => {
      const failures = new SharedArrayBuffer(4);
      const { workers, client, at } = await startOne({ handlerData: () => ({ failures }) });
      Atomics.store(new Int32Array(failures), 0, 1_000_000);
      client.send(at, 'x');
      await eventually(() => logged.some(({ fields }) => fields['delayMs'] === 400));
      const before = performance.now();
      await workers.stop();
      expect(performance.now() - before).toBeLessThan(1000);
    });

    it('is ended and replaced when it is stuck', async () => {
      const { workers, client, at, ask } = await startOne({ stuckAfterMs: 150 });
      client.send(at, 'l');
      await eventually(() => workers.statistics().restarts === 1);
      expect(await askUntilAnswered(ask)).toBe('query');
      expect(logged.some(({ message }) => message === 'a UDP worker is stuck in one batch; it is ended')).toBe(true);
    });
  });

  describe('starting', () => {
    it('says what answers, and why', async () => {
      await start({ workers: 2 });
      expect(logged).toEqual([
        {
          level: 'info',
          message: 'UDP is answered by workers',
          fields: {
            backEnd,
            reason: expect.stringMatching(REASONS[backEnd]),
            workers: 2,
            addresses: [{ address: '127.0.0.1', port: expect.any(Number) }],
          },
        },
      ]);
    });

    it('refuses a port that another server has, and leaves nothing bound', async () => {
      const { addresses } = await start({ addresses: [LOOPBACK] });
      const taken = addresses[0] ?? LOOPBACK;
      const free = { address: '127.0.0.5', port: taken.port };
      const starting = start({ addresses: [free, taken], workers: 2 });
      await expect(starting).rejects.toThrow(ListenError);
      await expect(starting).rejects.toMatchObject({ code: 'LISTEN_FAILED', reason: 'EADDRINUSE', ...taken });
      await expect(start({ addresses: [free], workers: 2 })).resolves.toBeDefined();
    });

    it('refuses an address that the machine does not have', async () => {
      await expect(start({ addresses: [{ address: '203.0.113.9', port: 0 }] })).rejects.toMatchObject({
        reason: 'EADDRNOTAVAIL',
      });
    });

    it('fails with what the handler failed with, and leaves nothing behind', async () => {
      const failures = new SharedArrayBuffer(4);
      Atomics.store(new Int32Array(failures), 0, 1);
      const at = (await start()).addresses[0] ?? LOOPBACK;
      await running.pop()?.stop();
      await expect(start({ addresses: [at], workers: 2, handlerData: () => ({ failures }) })).rejects.toThrow('this start fails');
      await expect(start({ addresses: [at] })).resolves.toBeDefined();
    });

    it('fails where there is no such handler', async () => {
      await expect(start({ handlerModule: new URL('file:///nonexistent/handler.ts') })).rejects.toThrow(
        '/nonexistent/handler.ts',
      );
    });

    it.each<[string, Partial<UdpWorkersOptions>]>([
      ['no workers', { workers: 0 }],
      ['half a worker', { workers: 1.5 }],
      ['more workers than readers', { workers: 65 }],
      ['memory that has no room for its epochs', { workers: 4, epochs: new SharedArrayBuffer(256) }],
      ['memory without a current epoch', { epochs: new SharedArrayBuffer(4096) }],
      ['no addresses', { addresses: [] }],
      ['too many addresses', { addresses: Array.from({ length: 65 }, () => LOOPBACK) }],
    ])('refuses %s', async (_, options) => {
      await expect(start(options)).rejects.toThrow(RangeError);
    });
  });

  describe('stopping', () => {
    it.each([1, 3])('with %d addresses, ends at once when nothing is going on, and frees the ports', async (count) => {
      const workers = await start({ addresses: Array.from({ length: count }, () => LOOPBACK), workers: 2 });
      await wait(50);
      const before = performance.now();
      await workers.stop();
      expect(performance.now() - before).toBeLessThan(800);
      await expect(start({ addresses: workers.addresses })).resolves.toBeDefined();
    });

    it.each([1, 2])('with %d addresses, answers what has arrived first', async (count) => {
      const workers = await start({ addresses: Array.from({ length: count }, () => LOOPBACK) });
      const client = await connect();
      const [at = LOOPBACK] = workers.addresses;
      client.send(at, 's');
      const queries = Array.from({ length: 200 }, (_, index) => `query ${index}`);
      for (const query of queries) client.send(workers.addresses[Number(query.slice(6)) % count] ?? at, query);
      await wait(50);
      await workers.stop();
      const replies = new Set<string | undefined>();
      for (let index = 0; index <= queries.length; index++) replies.add((await client.next(200))?.text);
      expect(replies).toEqual(new Set(['slept', ...queries]));
    });

    it('ends a worker that does not come to an end by itself', async () => {
      const { workers, client, at } = await startOne({ workers: 2 });
      client.send(at, 'l');
      await wait(50);
      const before = performance.now();
      await workers.stop(200);
      expect(performance.now() - before).toBeGreaterThan(190);
      expect(performance.now() - before).toBeLessThan(2000);
    });

    it('can be asked for more than once', async () => {
      const workers = await start();
      await Promise.all([workers.stop(), workers.stop()]);
      await expect(workers.stop()).resolves.toBeUndefined();
    });

    it.each(['exit', 'throw'])('is not needed for the process to end promptly (%s)', (way) => {
      const { stdout, status } = spawnSync(process.execPath, ['--conditions=@kubezone/source', EXIT, backEnd, way], {
        encoding: 'utf8',
      });
      expect(Date.now() - Number(stdout)).toBeLessThan(900);
      expect(status).toBe(way === 'exit' ? 3 : 1);
    });
  });
});

describe('the choice of the back end', () => {
  const options = { addresses: [LOOPBACK], workers: 1, handlerModule: HANDLER, clock };
  const original = process.env['KUBEZONE_UDP_ADDON'];
  afterEach(() => {
    if (original === undefined) delete process.env['KUBEZONE_UDP_ADDON'];
    else process.env['KUBEZONE_UDP_ADDON'] = original;
  });

  it('falls back to node:dgram without the addon, and warns', async () => {
    process.env['KUBEZONE_UDP_ADDON'] = 'off';
    const warnings: [string, LogFields | undefined][] = [];
    const silent = (): void => undefined;
    const warn = (message: string, fields?: LogFields): void => void warnings.push([message, fields]);
    const workers = await startUdpWorkers({ ...options, logger: { debug: silent, info: silent, warn, error: silent } });
    await workers.stop();
    expect(warnings).toEqual([
      [
        'UDP is answered by workers',
        expect.objectContaining({ backEnd: 'dgram', reason: 'no native UDP: KUBEZONE_UDP_ADDON is off' }),
      ],
    ]);
  });

  it('fails where the addon is asked for and is not there', async () => {
    process.env['KUBEZONE_UDP_ADDON'] = '/nonexistent/udp-batch.node';
    const silent = (): void => undefined;
    const logger = { debug: silent, info: silent, warn: silent, error: silent };
    const starting = startUdpWorkers({ ...options, logger, backEnd: 'native' });
    await expect(starting).rejects.toThrow(UdpWorkersError);
    await expect(starting).rejects.toMatchObject({
      code: 'UDP_ADDON_MISSING',
      message: expect.stringContaining('/nonexistent/udp-batch.node'),
    });
  });
});
