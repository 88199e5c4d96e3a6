import { setTimeout as sleep } from 'node:timers/promises';

import { describe, expect, it, jest } from '@jest/globals';

import { composeQuery, parseResponse, show } from '../testing/ask.ts';
import { ANSWER, bigQuery, clients, connectTo, query, start, until } from '../testing/server-fixture.ts';
import { askUdp, framed, type TcpClient } from '../testing/test-server.ts';

// Far more than these tests take; they share two cores with others.
jest.setTimeout(30_000);

/** The octets from some place on, and those before it after them. */
function turned(octets: Buffer, at: number): Buffer {
  return Buffer.concat([octets.subarray(at), octets.subarray(0, at)]);
}

describe('TCP', () => {
  it('answers queries pipelined in one segment', async () => {
    const { at } = await start();
    const client = await connectTo(at);
    client.send(...Array.from({ length: 120 }, (_, id) => query(id)));
    const ids = (await client.receive(120)).map((message) => parseResponse(message).header.id);
    expect(ids.toSorted((one, other) => one - other)).toEqual(Array.from({ length: 120 }, (_, id) => id));
  });

  it('puts messages together from single octets', async () => {
    const { at } = await start();
    const client = await connectTo(at);
    client.socket.setNoDelay(true);
    for (const octet of framed(query(7), query(8))) {
      client.socket.write(Uint8Array.of(octet));
      await sleep(0);
    }
    expect((await client.receive(2)).map((message) => parseResponse(message).header.id)).toEqual([7, 8]);
  });

  it('answers in full what UDP truncates', async () => {
    const { at } = await start();
    const client = await connectTo(at);
    client.send(bigQuery);
    const [response] = await client.receive(1);
    expect(response?.length).toBeGreaterThan(50_000);
    expect(show(response)?.flags).toBe('qr aa');
  });

  it('still answers a client that has closed its side', async () => {
    const { at } = await start();
    const client = await connectTo(at);
    client.socket.end(framed(query(1), query(2)));
    expect(await client.receive(2)).toHaveLength(2);
    expect(await client.ended).toBe('fin');
  });

  it('ends a connection that is idle, also one that never asks', async () => {
    const { at, server } = await start({ tcp: { idleTimeoutMs: 60 } });
    const silent = await connectTo(at);
    const asking = await connectTo(at);
    asking.send(query());
    await asking.receive(1);
    expect(await silent.ended).toBe('fin');
    expect(await asking.ended).toBe('fin');
    expect(server.statistics().events.tcpIdleTimeouts).toBe(2);
  });

  it('keeps a connection while queries keep coming', async () => {
    const { at } = await start({ tcp: { idleTimeoutMs: 600 } });
    const client = await connectTo(at);
    for (let id = 1; id <= 6; id++) {
      client.send(query(id));
      await client.receive(id);
      await sleep(150);
    }
    expect(client.messages).toHaveLength(6);
  });

  it('cuts off a client whose message does not arrive in time, octet by octet or not', async () => {
    const { at, server } = await start({ tcp: { idleTimeoutMs: 5000, messageTimeoutMs: 100 } });
    const client = await connectTo(at);
    client.socket.on('error', () => undefined);
    const started = performance.now();
    const octets = framed(query());
    let sent = 0;
    const drip = setInterval(() => client.socket.write(octets.subarray(sent, ++sent)), 20);
    expect(await client.ended).toBe('reset');
    clearInterval(drip);
    expect(performance.now() - started).toBeLessThan(2000);
    expect(server.statistics().events.tcpMessageTimeouts).toBe(1);
  });

  it('stops answering a client that does not read, and resets it in the end', async () => {
    const { at, server } = await start({ tcp: { writeTimeoutMs: 300 } });
    const client = await connectTo(at);
    client.socket.on('error', () => undefined);
    client.socket.pause();
    // 2,000 responses of 51 KB: far more than the kernel's buffers take.
    client.send(...Array.from({ length: 2000 }, () => bigQuery));
    await until(() => server.statistics().events.tcpWriteTimeouts === 1);
    const answered = server.statistics().responses[0]?.count ?? 0;
    expect(answered).toBeGreaterThan(0);
    expect(answered).toBeLessThan(1000);
    await until(() => server.statistics().tcpOpen === 0);
  });

  it('goes on with a client that reads late', async () => {
    const { at } = await start({ tcp: { writeTimeoutMs: 5000 } });
    const client = await connectTo(at);
    client.socket.pause();
    client.send(...Array.from({ length: 300 }, () => bigQuery));
    await sleep(100);
    client.socket.resume();
    expect(await client.receive(300)).toHaveLength(300);
  });

  it('serves others while one client floods', async () => {
    const { at } = await start();
    const flood = await connectTo(at);
    flood.send(...Array.from({ length: 20_000 }, (_, id) => query(id & 0xffff)));
    await flood.receive(1);
    const response = await askUdp(at, query(), 1000);
    expect(response).toBeDefined();
    expect(flood.messages.length).toBeLessThan(20_000);
    await flood.receive(20_000);
  });

  it('makes room for a new connection by ending the longest idle one', async () => {
    const { at, server } = await start({ tcp: { maxConnections: 2 } });
    const first = await connectTo(at);
    const second = await connectTo(at);
    first.send(query());
    await first.receive(1);
    const third = await connectTo(at);
    expect(await second.ended).toBe('fin');
    third.send(query());
    first.send(query());
    expect(await third.receive(1)).toHaveLength(1);
    expect(await first.receive(2)).toHaveLength(2);
    expect(server.statistics().events.tcpEvicted).toBe(1);
  });

  it('refuses a client that has its share of connections', async () => {
    const { at, server } = await start({ tcp: { maxConnectionsPerClient: 1 } });
    const first = await connectTo(at);
    first.send(query());
    await first.receive(1);
    const second = connectTo(at).then((client) => client.ended);
    expect(await second.catch(() => 'reset')).toBe('reset');
    expect(server.statistics().events.tcpRefused).toBe(1);
    first.send(query());
    expect(await first.receive(2)).toHaveLength(2);
  });

  it('survives a client that resets the connection in the middle of its answers', async () => {
    const { at, server } = await start();
    const client = await connectTo(at);
    client.send(...Array.from({ length: 50 }, () => bigQuery));
    await client.receive(1);
    client.socket.resetAndDestroy();
    await until(() => server.statistics().tcpOpen === 0);
    expect(show(await askUdp(at, query()))?.answer).toEqual(ANSWER);
  });

  it.each([
    ['of no octet', new Uint8Array()],
    ['too short for a header', new Uint8Array(11)],
  ])('ends a connection after a frame %s, with what was asked before answered', async (_, frame) => {
    const { at, server } = await start();
    const client = await connectTo(at);
    client.send(query(9), frame, query(10));
    expect(await client.ended).toBe('fin');
    expect(client.messages.map((message) => parseResponse(message).header.id)).toEqual([9]);
    expect(server.statistics().events.dropped).toBe(1);
  });

  it.each([
    ['one after the other', (sent: number, octets: Buffer) => octets.subarray(sent % octets.length, (sent % octets.length) + 1)],
    [
      'each begun with the end of the one before',
      (sent: number, octets: Buffer) => (sent === 0 ? octets.subarray(0, 5) : turned(octets, 5)),
    ],
    ['whole', (_: number, octets: Buffer) => octets],
  ])('does not keep a connection for messages that get no answer, %s', async (_, piece) => {
    const { at, server } = await start({ tcp: { idleTimeoutMs: 150, messageTimeoutMs: 300 } });
    const client = await connectTo(at);
    client.socket.on('error', () => undefined);
    const octets = framed(composeQuery('ns1.example. A', { flags: 'qr' }));
    let sent = 0;
    const started = performance.now();
    const drip = setInterval(() => client.socket.write(piece(sent++, octets)), 20);
    await client.ended;
    clearInterval(drip);
    expect(performance.now() - started).toBeLessThan(2000);
    const { tcpIdleTimeouts, tcpMessageTimeouts } = server.statistics().events;
    expect(tcpIdleTimeouts + tcpMessageTimeouts).toBe(1);
  });

  it('has no more sockets open than it may, also while clients do not close theirs', async () => {
    const { at, server } = await start({ tcp: { maxConnections: 10 } });
    const openSockets = (): number => process.getActiveResourcesInfo().filter((kind) => kind === 'TCPSocketWrap').length;
    const before = openSockets();
    for (let count = 0; count < 60; count++) await connectTo(at);
    await until(() => server.statistics().events.tcpEvicted === 50);
    // A socket that was just closed counts until the end of its turn.
    await sleep(20);
    // Those of the 60 clients, which stay half open, are in this process too.
    expect(openSockets() - before).toBeLessThanOrEqual(70);
    expect(server.statistics().tcpOpen).toBe(10);
    const last = clients.at(-1) as TcpClient;
    last.send(query());
    expect(await last.receive(1)).toHaveLength(1);
  });

  it('makes room by connections that it has ended, but whose clients have not', async () => {
    const { at, server } = await start({ tcp: { maxConnections: 1, idleTimeoutMs: 50, closeTimeoutMs: 60_000 } });
    const first = await connectTo(at);
    expect(await first.ended).toBe('fin');
    const second = await connectTo(at);
    second.send(query());
    expect(await second.receive(1)).toHaveLength(1);
    expect(server.statistics()).toMatchObject({ tcpOpen: 1, events: { tcpEvicted: 1, tcpRefused: 0 } });
  });

  it('resets a client that does not close after the server has, which is nothing to count', async () => {
    const { at, server } = await start({ tcp: { idleTimeoutMs: 50, closeTimeoutMs: 50 } });
    const client = await connectTo(at);
    client.socket.on('error', () => undefined);
    expect(await client.ended).toBe('fin');
    await until(() => server.statistics().tcpOpen === 0);
    expect(server.statistics().events).toMatchObject({ tcpIdleTimeouts: 1, tcpWriteTimeouts: 0 });
  });

  it('goes on with a client that reads slowly, though all of it takes longer than one response may', async () => {
    const { at, server } = await start({ tcp: { writeTimeoutMs: 1000, idleTimeoutMs: 200 } });
    const client = await connectTo(at);
    const started = performance.now();
    client.send(...Array.from({ length: 600 }, () => bigQuery));
    // Some 20 MB/s, of 30 MB.
    for (let count = 0; count < 600; count += 20) {
      client.socket.resume();
      await client.receive(count);
      client.socket.pause();
      await sleep(50);
    }
    client.socket.resume();
    expect(await client.receive(600)).toHaveLength(600);
    expect(performance.now() - started).toBeGreaterThan(1000);
    expect(server.statistics().events.tcpWriteTimeouts).toBe(0);
  });
});
