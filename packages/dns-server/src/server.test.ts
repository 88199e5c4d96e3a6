import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';

import { describe, expect, it, jest } from '@jest/globals';
import { nameOf } from '@kubezone/core';

import { ListenError } from './listen-error.ts';
import { DnsServer } from './server.ts';
import { composeQuery, parseResponse, show } from './testing/ask.ts';
import { ANSWER, bigQuery, connectTo, query, start, until } from './testing/server-fixture.ts';
import { askUdp, recordingLogger, SYSTEM_CLOCK } from './testing/test-server.ts';

// Far more than these tests take; they share two cores with others.
jest.setTimeout(30_000);

describe('listening', () => {
  it.each([['127.0.0.1'], ['::1']])('answers over UDP and TCP on one port of %s', async (address) => {
    const { at } = await start({}, { address, port: 0 });
    expect(at.port).toBeGreaterThan(0);
    expect(show(await askUdp(at, query()))?.answer).toEqual(ANSWER);
    const client = await connectTo(at);
    client.send(query());
    expect(show((await client.receive(1))[0])?.answer).toEqual(ANSWER);
  });

  it('takes both families’ wildcard addresses with the same port', async () => {
    const { at, server } = await start();
    await server.stop();
    await server.listen(['0.0.0.0', '::'].map((address) => ({ address, port: at.port })));
    for (const address of ['127.0.0.1', '::1']) {
      expect(show(await askUdp({ address, port: at.port }, query()))?.rcode).toBe('NOERROR');
      const client = await connectTo({ address, port: at.port });
      client.send(query());
      expect(await client.receive(1)).toHaveLength(1);
    }
  });

  it('listens on several addresses, and says which ports it got', async () => {
    const { server } = await start();
    await server.stop();
    const bound = await server.listen([
      { address: '127.0.0.1', port: 0 },
      { address: '::1', port: 0 },
    ]);
    expect(bound.map(({ address }) => address)).toEqual(['127.0.0.1', '::1']);
    for (const at of bound) expect(show(await askUdp(at, query()))?.rcode).toBe('NOERROR');
  });

  it.each([
    ['UDP', 'udp' as const],
    ['TCP', 'tcp' as const],
  ])('fails where the port is taken for %s, says so, and leaves nothing bound', async (_, transport) => {
    const taken = await takePort(transport);
    const { logger } = recordingLogger();
    const server = new DnsServer({ clock: SYSTEM_CLOCK, logger });
    const first = await start();
    const free = first.at.port;
    await first.server.stop(100);
    try {
      const failure = await server
        .listen([
          { address: '127.0.0.1', port: free },
          { address: '127.0.0.1', port: taken.port },
        ])
        .catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(ListenError);
      expect(failure).toMatchObject({
        code: 'LISTEN_FAILED',
        reason: 'EADDRINUSE',
        transport,
        address: '127.0.0.1',
        port: taken.port,
      });
      expect((failure as Error).message).toContain(`127.0.0.1:${taken.port}`);
      // The address before it is free again.
      await start({}, { address: '127.0.0.1', port: free });
    } finally {
      taken.release();
    }
  });

  it('says that an address is not this machine’s', async () => {
    const failure = await start({}, { address: '192.0.2.1', port: 0 }).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'LISTEN_FAILED', reason: 'EADDRNOTAVAIL' });
  });

  it.each([
    ['udpPayloadSize', { udpPayloadSize: 511 }],
    ['nsid', { nsid: new Uint8Array(129) }],
    ['cookieSecrets', { cookieSecrets: [new Uint8Array(15)] }],
    ['idleTimeoutMs', { tcp: { idleTimeoutMs: 0 } }],
  ])('refuses an option outside its range: %s', (name, options) => {
    const { logger } = recordingLogger();
    expect(() => new DnsServer({ clock: SYSTEM_CLOCK, logger, ...options })).toThrow(name);
  });
});

describe('UDP', () => {
  it('drops what deserves no answer, and counts it', async () => {
    const { at, server } = await start();
    expect(await askUdp(at, Buffer.from('short'), 50)).toBeUndefined();
    expect(await askUdp(at, composeQuery('ns1.example. A', { flags: 'qr' }), 50)).toBeUndefined();
    expect(server.statistics().events.dropped).toBe(2);
  });

  it('truncates, counts, and measures', async () => {
    const { at, server } = await start();
    expect(show(await askUdp(at, bigQuery))?.flags).toBe('qr aa tc');
    const { events, responses, latency } = server.statistics();
    expect(events.truncated).toBe(1);
    expect(responses).toEqual([{ transport: 'udp', type: 'TXT', rcode: 'NOERROR', count: 1 }]);
    expect(latency.udp.count).toBe(1);
  });

  it('answers many queries that arrive at once', async () => {
    const { at, server } = await start();
    const socket = createSocket('udp4');
    const ids = new Set<number>();
    socket.on('message', (message) => ids.add(parseResponse(message).header.id));
    for (let id = 0; id < 200; id++) socket.send(query(id), at.port, at.address);
    await until(() => ids.size === 200);
    socket.close();
    expect(server.statistics().responses[0]?.count).toBe(200);
  });

  it('gives cookies by default, of one secret while it runs', async () => {
    const { at } = await start();
    const withCookie = composeQuery('ns1.example. A', { edns: { options: [{ code: 10, data: new Uint8Array(8) }] } });
    const first = show(await askUdp(at, withCookie))?.edns;
    expect(first).toMatch(/cookie=[0-9a-f]{48}$/);
  });

  it('sees changes of the zones with the next query', async () => {
    const { at, server } = await start();
    const owner = nameOf('new.example.');
    expect(show(await askUdp(at, composeQuery('new.example. A')))?.rcode).toBe('NXDOMAIN');
    server.zones.apply(
      [{ owner, before: { exists: false, rrsets: [] }, after: { exists: true, rrsets: [] }, origins: [] }],
      1_750_000_000,
    );
    expect(show(await askUdp(at, composeQuery('new.example. A')))?.rcode).toBe('NOERROR');
  });
});

describe('stop', () => {
  it('answers what was sent before, and ends the connections', async () => {
    const { at, server } = await start();
    const client = await connectTo(at);
    client.send(...Array.from({ length: 500 }, (_, id) => query(id)));
    await client.receive(1);
    const stopped = server.stop(2000);
    await client.receive(500);
    expect(await client.ended).toBe('fin');
    client.close();
    await stopped;
    expect(server.statistics().tcpOpen).toBe(0);
  });

  it('takes no more queries and connections', async () => {
    const { at, server } = await start();
    await server.stop();
    await expect(connectTo(at)).rejects.toThrow('ECONNREFUSED');
    expect(await askUdp(at, query(), 50)).toBeUndefined();
  });

  it('cuts off whoever does not close in time', async () => {
    const { at, server } = await start();
    await connectTo(at); // stays half open
    const started = performance.now();
    await server.stop(80);
    const took = performance.now() - started;
    expect(took).toBeGreaterThanOrEqual(70);
    expect(took).toBeLessThan(1500);
  });

  it('is at once where nobody is connected, and can be called twice', async () => {
    const { server } = await start();
    const started = performance.now();
    await server.stop(5000);
    await server.stop(5000);
    expect(performance.now() - started).toBeLessThan(1000);
  });

  it('lets the same address be listened on again', async () => {
    const { at, server } = await start();
    await server.stop();
    await server.listen([at]);
    expect(show(await askUdp(at, query()))?.answer).toEqual(ANSWER);
  });
});

/** Takes a port for one transport that is free for the other, whatever else the machine does: connections of other programs have ports of the same range. */
async function takePort(transport: 'udp' | 'tcp'): Promise<{ readonly port: number; release(): void }> {
  for (;;) {
    const socket = createSocket('udp4');
    const server = createServer();
    await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
    const { port } = socket.address();
    const isFree = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false));
      server.listen(port, '127.0.0.1', () => resolve(true));
    });
    const release = { udp: () => socket.close(), tcp: () => server.close() };
    if (isFree) {
      release[transport === 'udp' ? 'tcp' : 'udp']();
      return { port, release: release[transport] };
    }
    release.udp();
  }
}
