import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join as joinPath } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Worker } from 'node:worker_threads';

import { afterEach, describe, expect, it } from '@jest/globals';

import { addonPaths, findNativeUdp, namedSystemError, type NativeSocket, nativeTarget, openNativeUdp } from './native-udp.ts';
import { COUNTER } from './udp-statistics.ts';
import { findAddonForTests } from './testing/native-addon.ts';
import { openBatch } from './testing/native-peer.ts';
import { reclaimUnder } from './testing/reclaim-under.ts';
import { UdpClient } from './testing/udp-client.ts';
import { epochIndexOf } from './worker-epochs.ts';

describe('the search for the addon', () => {
  it('prefers what was built here over what was shipped, in the package and beside a bundle', () => {
    const target = 'linux-x64-glibc-napi8';
    expect(addonPaths(target).map((path) => path.split('/').slice(-5).join('/'))).toEqual([
      expect.stringMatching(`native/build/${target}/udp-batch.node$`),
      expect.stringMatching(`native/prebuilt/${target}/udp-batch.node$`),
      expect.stringMatching(`transport/native/build/${target}/udp-batch.node$`),
      expect.stringMatching(`transport/native/prebuilt/${target}/udp-batch.node$`),
    ]);
  });

  it('is told by the environment to find nothing', () => {
    expect(findNativeUdp({ KUBEZONE_UDP_ADDON: 'off' })).toEqual({ kind: 'absent', reason: 'KUBEZONE_UDP_ADDON is off' });
  });

  it('says why a file does not load', () => {
    const file = joinPath(mkdtempSync(joinPath(tmpdir(), 'kubezone-addon-')), 'udp-batch.node');
    writeFileSync(file, 'no shared object');
    expect(findNativeUdp({ KUBEZONE_UDP_ADDON: file })).toEqual({ kind: 'absent', reason: expect.stringContaining(file) });
    expect(openNativeUdp('/nonexistent/udp-batch.node')).toEqual({
      kind: 'absent',
      reason: expect.stringContaining('/nonexistent'),
    });
  });

  it('names the platform, the architecture and the C library', () => {
    expect(nativeTarget()).toMatch(/^linux-(x64|arm64)-(glibc|musl)-napi8$/);
  });
});

const search = findAddonForTests();
const describeAddon = search.kind === 'found' ? describe : describe.skip;

describeAddon('the addon', () => {
  if (search.kind === 'absent') return;
  const { addon, path } = search;
  const { slots, octets } = addon.layout;
  const opened: NativeSocket[] = [];
  const clients: UdpClient[] = [];
  const open = (address: string, port = 0, join = false): NativeSocket => {
    const socket = addon.openSocket(address, port, join, 1 << 20, 1 << 20);
    opened.push(socket);
    return socket;
  };
  const connect = async (family: 4 | 6 = 4): Promise<UdpClient> => {
    const client = await UdpClient.open(family);
    clients.push(client);
    return client;
  };
  /** Loopback delivers before the call returns. */
  const send = (from: UdpClient, address: string, port: number, ...datagrams: string[]): void => {
    for (const datagram of datagrams) from.send({ address, port }, datagram);
  };
  const replies = async (client: UdpClient, count: number): Promise<(string | undefined)[]> => {
    const received: (string | undefined)[] = [];
    while (received.length < count) received.push((await client.next())?.text);
    return received;
  };
  const texts = (batch: ReturnType<typeof openBatch>, count: number): string[] => batch.received(count).map(({ text }) => text);

  afterEach(async () => {
    for (const socket of opened.splice(0)) addon.closeSocket(socket);
    await Promise.all(clients.splice(0).map((client) => client.close()));
  });

  it('receives a batch in order, and sends each answer to who asked', async () => {
    const server = open('127.0.0.1');
    const one = await connect();
    const two = await connect();
    const batch = openBatch(addon, [server.descriptor]);
    send(one, '127.0.0.1', server.port, 'first');
    send(two, '127.0.0.1', server.port, 'second');
    send(one, '127.0.0.1', server.port, 'third');
    expect(batch.exchange()).toBe(3);
    expect(batch.received(3)).toEqual([
      { text: 'first', flags: 0, from: `4 127.0.0.1 ${one.port}` },
      { text: 'second', flags: 0, from: `4 127.0.0.1 ${two.port}` },
      { text: 'third', flags: 0, from: `4 127.0.0.1 ${one.port}` },
    ]);
    batch.answer(0, 'to first');
    batch.answer(1, 'to second');
    expect(batch.exchange()).toBe(0);
    expect(await one.next()).toEqual({ text: 'to first', address: '127.0.0.1', port: server.port });
    expect(await two.next()).toEqual({ text: 'to second', address: '127.0.0.1', port: server.port });
    expect([...batch.counters.subarray(0, 6)]).toEqual([1, 3, 0, 2, 0, 0]);
  });

  it('takes no more than its slots at once, and the rest with the next call', async () => {
    const server = open('::1');
    const client = await connect(6);
    const batch = openBatch(addon, [server.descriptor]);
    const sent = Array.from({ length: slots + 7 }, (_, index) => `query ${index}`);
    send(client, '::1', server.port, ...sent);
    expect(batch.exchange()).toBe(slots);
    expect(texts(batch, slots)).toEqual(sent.slice(0, slots));
    for (let slot = 0; slot < slots; slot++) batch.answer(slot, `answer ${slot}`);
    expect(batch.exchange()).toBe(7);
    expect(texts(batch, 7)).toEqual(sent.slice(slots));
    expect(batch.counters[COUNTER.sent]).toBe(slots);
    expect(await replies(client, slots)).toEqual(sent.slice(0, slots).map((_, slot) => `answer ${slot}`));
  });

  it('tells empty datagrams, and those that are too long, from queries', async () => {
    const server = open('127.0.0.1');
    const client = await connect();
    const batch = openBatch(addon, [server.descriptor]);
    send(client, '127.0.0.1', server.port, '', 'x'.repeat(octets), 'y'.repeat(octets + 1), 'z'.repeat(65_507), 'q');
    expect(batch.exchange()).toBe(5);
    expect(batch.received(5).map(({ text, flags }) => [text.length, flags])).toEqual([
      [0, 0],
      [octets, 0],
      [octets, 1],
      [octets, 1],
      [1, 0],
    ]);
    expect(batch.counters[COUNTER.oversize]).toBe(2);
  });

  it('sends nothing twice, and nothing for a slot that was left alone', async () => {
    const server = open('127.0.0.1');
    const client = await connect();
    const batch = openBatch(addon, [server.descriptor]);
    send(client, '127.0.0.1', server.port, 'a');
    batch.exchange();
    batch.answer(0, 'once');
    batch.flush();
    batch.flush();
    send(client, '127.0.0.1', server.port, 'b');
    expect(batch.exchange()).toBe(1);
    batch.answer(0, 'at the end');
    batch.flush();
    // Nothing came between, in the order of sending.
    expect(await replies(client, 2)).toEqual(['once', 'at the end']);
    expect([batch.counters[COUNTER.sent], batch.counters[COUNTER.sendFailed]]).toEqual([2, 0]);
  });

  it('counts an answer that is too long for its slot, and sends the others', async () => {
    const server = open('127.0.0.1');
    const client = await connect();
    const batch = openBatch(addon, [server.descriptor]);
    send(client, '127.0.0.1', server.port, 'a', 'b', 'c');
    batch.exchange();
    batch.answer(0, 'one');
    batch.answer(1, 'x', octets + 1);
    batch.answer(2, 'three');
    batch.flush();
    expect(await replies(client, 2)).toEqual(['one', 'three']);
    expect([batch.counters[COUNTER.sent], batch.counters[COUNTER.sendFailed]]).toEqual([2, 1]);
    expect(namedSystemError({ errno: batch.counters[COUNTER.lastErrno] })).toMatchObject({ code: 'EMSGSIZE' });
  });

  it('sends the longest answer', async () => {
    const server = open('127.0.0.1');
    const client = await connect();
    const batch = openBatch(addon, [server.descriptor]);
    send(client, '127.0.0.1', server.port, 'a');
    batch.exchange();
    batch.answer(0, 'x'.repeat(octets));
    batch.flush();
    expect(await replies(client, 1)).toEqual(['x'.repeat(octets)]);
  });

  it.each([
    ['0.0.0.0', '127.0.0.1'],
    ['0.0.0.0', '127.0.0.2'],
    ['0.0.0.0', '127.255.1.9'],
    ['::', '::1'],
  ])('on a socket bound to %s, answers what was sent to %s from there', async (bound, to) => {
    const server = open(bound);
    const client = await connect(bound === '::' ? 6 : 4);
    const batch = openBatch(addon, [server.descriptor]);
    send(client, to, server.port, 'query');
    expect(batch.exchange()).toBe(1);
    batch.answer(0, 'answer');
    batch.flush();
    expect(await client.next()).toEqual({ text: 'answer', address: to, port: server.port });
  });

  it('answers each of a batch from the address that it was sent to', async () => {
    const server = open('0.0.0.0');
    const client = await connect();
    const batch = openBatch(addon, [server.descriptor]);
    const destinations = Array.from({ length: slots }, (_, index) => `127.0.0.${index + 1}`);
    for (const to of destinations) send(client, to, server.port, to);
    expect(batch.exchange()).toBe(slots);
    for (const [slot, text] of texts(batch, slots).entries()) if (slot % 3 > 0) batch.answer(slot, text);
    batch.flush();
    for (const to of destinations.filter((_, slot) => slot % 3 > 0)) {
      expect(await client.next()).toEqual({ text: to, address: to, port: server.port });
    }
  });

  it('keeps IPv6 to IPv6', async () => {
    const server = open('::');
    const client = await connect();
    const batch = openBatch(addon, [server.descriptor], 20);
    // Nobody listens there; the kernel says so by ICMP, which an unconnected socket does not hear.
    send(client, '127.0.0.1', server.port, 'query');
    expect(batch.exchange()).toBe(0);
    expect(() => open('0.0.0.0', server.port)).not.toThrow();
  });

  it('goes on after answering clients that have gone', async () => {
    const server = open('127.0.0.1');
    const gone = await UdpClient.open();
    const client = await connect();
    const batch = openBatch(addon, [server.descriptor]);
    send(gone, '127.0.0.1', server.port, 'from who goes');
    await gone.close();
    for (let round = 0; round < 3; round++) {
      send(client, '127.0.0.1', server.port, 'from who stays');
      const received = batch.exchange();
      for (let slot = 0; slot < received; slot++) batch.answer(slot, `answer ${round}`);
    }
    batch.flush();
    expect(await replies(client, 3)).toEqual(['answer 0', 'answer 1', 'answer 2']);
    expect(batch.counters[COUNTER.receiveFailed]).toBe(0);
  });

  it('serves several sockets in turn, whatever waits at one of them', async () => {
    const flooded = open('127.0.0.1');
    const quiet = open('::1');
    const client = await connect();
    const client6 = await connect(6);
    const batch = openBatch(addon, [flooded.descriptor, quiet.descriptor]);
    send(client, '127.0.0.1', flooded.port, ...Array.from({ length: 3 * slots }, () => 'flood'));
    send(client6, '::1', quiet.port, 'one query');
    const order = Array.from({ length: 4 }, () => {
      const received = batch.exchange();
      batch.answer(0, 'answer');
      return [received, batch.received(1)[0]?.from];
    });
    expect(order).toEqual([
      [1, `6 ::1 ${client6.port}`],
      [slots, `4 127.0.0.1 ${client.port}`],
      [slots, `4 127.0.0.1 ${client.port}`],
      [slots, `4 127.0.0.1 ${client.port}`],
    ]);
    expect(batch.exchange()).toBe(0);
    expect(await client6.next()).toEqual({ text: 'answer', address: '::1', port: quiet.port });
  });

  it('serves the others also while a flood on one socket does not end', async () => {
    const flooded = open('127.0.0.1');
    const quiet = open('127.0.0.1');
    const client = await connect();
    const batch = openBatch(addon, [flooded.descriptor, quiet.descriptor]);
    const flood = Array.from({ length: slots }, () => 'flood');
    send(client, '127.0.0.1', flooded.port, ...flood, ...flood);
    expect([batch.exchange(), batch.exchange()]).toEqual([slots, slots]);
    send(client, '127.0.0.1', flooded.port, ...flood, ...flood);
    expect(batch.exchange()).toBe(slots);
    send(client, '127.0.0.1', quiet.port, 'one query');
    const seen: string[] = [];
    for (let round = 0; round < 2; round++) {
      send(client, '127.0.0.1', flooded.port, ...flood);
      batch.exchange();
      seen.push(...texts(batch, 1));
    }
    expect(seen).toContain('one query');
  });

  it.each([1, 3])('with %d sockets, gives what is queued at shutdown, and then the end', async (count) => {
    const servers = Array.from({ length: count }, () => open('127.0.0.1'));
    const client = await connect();
    const batch = openBatch(
      addon,
      servers.map(({ descriptor }) => descriptor),
      60_000,
    );
    for (const { port } of servers) send(client, '127.0.0.1', port, 'a', 'b');
    for (const server of servers) addon.shutdownSocket(server);
    const seen: string[] = [];
    for (let received = batch.exchange(); received >= 0; received = batch.exchange()) {
      for (const { text, flags } of batch.received(received)) if (flags === 0) seen.push(text);
    }
    expect(seen).toEqual(servers.flatMap(() => ['a', 'b']));
    // It stays so, and does not wait.
    expect(batch.exchange()).toBe(-1);
  });

  it('is idle while it waits, and busy with the current epoch after', () => {
    const server = open('127.0.0.1');
    const batch = openBatch(addon, [server.descriptor], 20);
    expect(batch.epochs.array[epochIndexOf(0)]).toBe(0);
    batch.exchange();
    expect(batch.epochs.array[epochIndexOf(0)]).toBe(41);
    batch.epochs.advance();
    batch.exchange();
    expect(batch.epochs.array[epochIndexOf(0)]).toBe(42);
    batch.close();
    expect(batch.epochs.array[epochIndexOf(0)]).toBe(0);
  });

  it('holds what was current when it received, whatever the writer does meanwhile', async () => {
    const socket = open('127.0.0.1');
    addon.shutdownSocket(socket);
    const { reclaimed, faults } = await reclaimUnder(300_000, { path, descriptor: socket.descriptor });
    expect(faults).toBe(0);
    expect(reclaimed).toBeGreaterThan(1000);
  });

  it('refuses a port that is taken, by another or by itself, unless it is to be shared', () => {
    const first = open('127.0.0.1');
    const refusal = { code: 'UDP_SYSTEM', syscall: 'bind' };
    expect(() => open('127.0.0.1', first.port)).toThrow(expect.objectContaining(refusal));
    expect(() => open('127.0.0.1', first.port, true)).not.toThrow();
  });

  it.each([
    ['an address that is none', 'localhost', 'EADDRNOTAVAIL'],
    ['an address of others', '203.0.113.7', 'EADDRNOTAVAIL'],
    ['an IPv6 address of others', '2001:db8::7', 'EADDRNOTAVAIL'],
  ])('refuses %s', (_, address, code) => {
    let error: unknown;
    try {
      open(address);
    } catch (thrown) {
      error = namedSystemError(thrown);
    }
    expect(error).toMatchObject({ code });
  });

  it('refuses what is not what it expects, with one code', () => {
    const socket = open('127.0.0.1');
    const epochs = new Int32Array(new SharedArrayBuffer(128));
    const counters = new Float64Array(new SharedArrayBuffer(96));
    const fds = new Int32Array([socket.descriptor]);
    const call = addon as unknown as Record<string, (...values: unknown[]) => unknown>;
    const cases: [string, unknown[]][] = [
      ['openSocket', []],
      ['openSocket', ['127.0.0.1', -1, false, 0, 0]],
      ['openSocket', ['127.0.0.1', 65_536, false, 0, 0]],
      ['openSocket', ['127.0.0.1', '53', false, 0, 0]],
      ['openSocket', ['127.0.0.1\0', 0, false, 0, 0]],
      ['openSocket', ['1'.repeat(500), 0, false, 0, 0]],
      ['openSocket', ['127.0.0.1', 0, false, -1, 0]],
      ['shutdownSocket', []],
      ['shutdownSocket', [{}]],
      ['closeSocket', [new Map()]],
      ['closeSocket', [1]],
      ['openBatch', []],
      ['openBatch', [new Int32Array(0), 100, epochs, 0, 16, counters]],
      ['openBatch', [new Int32Array(65), 100, epochs, 0, 16, counters]],
      ['openBatch', [[socket.descriptor], 100, epochs, 0, 16, counters]],
      ['openBatch', [fds, 0, epochs, 0, 16, counters]],
      ['openBatch', [fds, 100, epochs, 0, 32, counters]],
      ['openBatch', [fds, 100, epochs, 32, 16, counters]],
      ['openBatch', [fds, 100, epochs, 0, 16, counters.subarray(6)]],
      ['openBatch', [fds, 100, new Int32Array(32), 0, 16, counters]],
      ['openBatch', [fds, 100, epochs, 0, 16, new Float64Array(12)]],
      ['openBatch', [fds, 100, epochs, 0, 16, new Int32Array(epochs.buffer)]],
    ];
    for (const [name, values] of cases) {
      expect(() => call[name]?.(...values)).toThrow(expect.objectContaining({ code: 'UDP_BAD_ARGUMENT' }));
    }
  });

  it('refuses descriptors that are no UDP sockets', () => {
    expect(() => openBatch(addon, [1_000_000])).toThrow(expect.objectContaining({ code: 'UDP_SYSTEM' }));
    expect(() => openBatch(addon, [0])).toThrow(expect.objectContaining({ code: 'UDP_SYSTEM' }));
  });

  it('says so when it is closed, and closes as often as one likes', () => {
    const socket = open('127.0.0.1');
    const batch = openBatch(addon, [socket.descriptor]);
    batch.close();
    batch.close();
    addon.closeSocket(socket);
    addon.closeSocket(socket);
    const closed = expect.objectContaining({ code: 'UDP_CLOSED' });
    expect(() => batch.exchange()).toThrow(closed);
    expect(() => batch.flush()).toThrow(closed);
    expect(() => addon.shutdownSocket(socket)).toThrow(closed);
  });

  it('reads from its own descriptor after the socket was closed elsewhere', async () => {
    const server = open('127.0.0.1');
    const client = await connect();
    const batch = openBatch(addon, [server.descriptor]);
    addon.closeSocket(server);
    send(client, '127.0.0.1', server.port, 'still there');
    expect([batch.exchange(), texts(batch, 1)]).toEqual([1, ['still there']]);
  });

  it('goes on when JavaScript takes the memory away', async () => {
    const server = open('127.0.0.1');
    const client = await connect();
    const batch = openBatch(addon, [server.descriptor]);
    const moved = batch.memory.transfer();
    expect([batch.memory.detached, moved.byteLength]).toEqual([true, addon.layout.answers + slots * addon.layout.stride]);
    collectGarbage();
    send(client, '127.0.0.1', server.port, 'query');
    expect(batch.exchange()).toBe(1);
    batch.flush();
  });

  it('takes hints for the system, or says that there are none', () => {
    const words = new Int32Array(new SharedArrayBuffer(2 ** 22));
    // Whether they are followed is the machine's business: a kernel without huge pages, or before slices of a thread's own, refuses.
    expect(typeof addon.adviseHugePages(words)).toBe('boolean');
    expect(() => addon.adviseHugePages(new Int32Array(1024) as never)).toThrow(/SharedArrayBuffer/);
    words[0] = 7;
    expect(words[0]).toBe(7);
    expect(typeof addon.askForSlice(100)).toBe('boolean');
    expect(() => addon.askForSlice(0)).toThrow(/microseconds/);
  });

  it('leaves nothing behind when it is closed, when it is forgotten, and when its thread ends', async () => {
    const descriptor = open('127.0.0.1').descriptor;
    await settle();
    const before = addon.liveObjects();
    const use = (close: boolean): void => {
      const batch = openBatch(addon, [descriptor], 1);
      batch.exchange();
      if (close) batch.close();
      addon.openSocket('127.0.0.1', 0, false, 0, 0);
    };
    for (let round = 0; round < 20; round++) use(round % 2 === 0);
    expect(addon.liveObjects()).toBeGreaterThan(before);
    const thread = new Worker(
      `const { workerData: { path, descriptor } } = require('node:worker_threads');
       const module_ = { exports: {} };
       process.dlopen(module_, path);
       const epochs = new Int32Array(new SharedArrayBuffer(128)), counters = new Float64Array(new SharedArrayBuffer(96));
       for (let round = 0; round < 9; round++) module_.exports.openBatch(new Int32Array([descriptor]), 1, epochs, 0, 16, counters).exchange();
       module_.exports.openSocket('127.0.0.1', 0, false, 0, 0);
       process.exit(0);`,
      { eval: true, workerData: { path, descriptor } },
    );
    await new Promise((resolve) => thread.on('exit', resolve));
    await settle();
    expect(addon.liveObjects()).toBe(before);
  });
});

const collectGarbage = ((): (() => void) => {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as () => void;
})();

/** Lets finalizers run, which wait for a turn of the event loop after a collection. */
async function settle(): Promise<void> {
  for (let round = 0; round < 5; round++) {
    collectGarbage();
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
