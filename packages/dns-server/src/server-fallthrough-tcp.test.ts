/** Fallthrough and what a TCP connection may do; and servers that may not be relayed to. */
import { describe, expect, it, jest } from '@jest/globals';

import { servers, start, upstream, ZONE } from './relay/testing/fallthrough-fixture.ts';
import { composeQuery, show } from './testing/ask.ts';
import { connectTo, until } from './testing/server-fixture.ts';
import { startServer } from './testing/test-server.ts';

jest.setTimeout(30_000);

describe('fallthrough over one TCP connection', () => {
  it('lets later answers go first (RFC 7766, section 7), and keeps to its limits', async () => {
    const other = await upstream({
      'slow.example.com.': { delayMs: 150, answer: ['slow.example.com. 1 IN A 198.51.100.1'] },
      '*': { answer: ['quick.example.com. 1 IN A 198.51.100.2'] },
    });
    const server = await start({ timeoutMs: 5000 }, [other]);
    const client = await connectTo(server.at);
    client.send(
      composeQuery('slow.example.com. A', { id: 1 }),
      composeQuery('quick.example.com. A', { id: 2 }),
      composeQuery('web.example.com. A', { id: 3 }),
    );
    const ids = (await client.receive(3)).map((message) => ((message[0] as number) << 8) | (message[1] as number));
    expect(ids).toEqual([3, 2, 1]);
  });

  it('reads no more queries than may wait, goes on as answers come, and ends only when all are there', async () => {
    let answering = false;
    const other = await upstream({
      '*': () => ({ delayMs: answering ? 0 : 100, answer: ['x.example.com. 1 IN A 198.51.100.1'] }),
    });
    const server = await start({ timeoutMs: 5000 }, [other]);
    const client = await connectTo(server.at);
    const queries = Array.from({ length: 120 }, (_, id) => composeQuery(`n${id}.example.com. A`, { id }));
    client.send(...queries);
    client.socket.end();
    await until(() => (server.server.statistics().relay?.waiting ?? 0) === 50);
    answering = true;
    expect(await client.receive(120)).toHaveLength(120);
    expect(await client.ended).toBe('fin');
  });
});

describe('the time limits of a TCP connection', () => {
  it('do not run while an answer of another server is waited for, and do again afterwards', async () => {
    const other = await upstream({ '*': { delayMs: 400, answer: ['slow.example.com. 1 IN A 198.51.100.1'] } });
    const server = await start({ timeoutMs: 5000, tcp: { idleTimeoutMs: 100 } }, [other]);
    const client = await connectTo(server.at);
    client.send(composeQuery('slow.example.com. A'));
    expect(show((await client.receive(1))[0])?.rcode).toBe('NOERROR');
    expect(await client.ended).toBe('fin');
    expect(server.server.statistics().events.tcpIdleTimeouts).toBe(1);
  });

  it('hold for a client that has gone meanwhile: its answer is dropped, and its place free', async () => {
    const other = await upstream({ '*': { delayMs: 100, answer: ['slow.example.com. 1 IN A 198.51.100.1'] } });
    const server = await start({ timeoutMs: 5000 }, [other]);
    const client = await connectTo(server.at);
    client.send(composeQuery('slow.example.com. A'));
    await until(() => server.server.statistics().relay?.waiting === 1);
    client.close();
    await until(() => server.server.statistics().relay?.waiting === 0);
    expect(server.server.statistics()).toMatchObject({ tcpOpen: 0, events: { failures: 0 } });
  });
});

describe('a server to relay to', () => {
  it('may not be the server itself', async () => {
    const taken = await startServer(ZONE);
    servers.push(taken);
    const { address, port } = taken.at;
    await taken.server.stop(100);
    const fallthrough = { zones: 'all', servers: [{ address, port }] } as const;
    await expect(startServer(ZONE, { fallthrough }, { address: '127.0.0.1', port })).rejects.toMatchObject({
      code: 'RELAY_LOOP',
    });
    await expect(startServer(ZONE, { fallthrough }, { address: '0.0.0.0', port })).rejects.toMatchObject({
      code: 'RELAY_LOOP',
      message: `fallthrough relays to 127.0.0.1:${port}, where this server itself listens (0.0.0.0:${port}); another server is expected`,
    });
  });
});
