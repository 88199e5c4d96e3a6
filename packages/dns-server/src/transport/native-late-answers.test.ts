import { afterEach, describe, expect, it } from '@jest/globals';

import type { NativeSocket, NativeUdp } from './native-udp.ts';
import { findAddonForTests } from './testing/native-addon.ts';
import { openBatch } from './testing/native-peer.ts';
import { UdpClient } from './testing/udp-client.ts';

const search = findAddonForTests();
const describeAddon = search.kind === 'found' ? describe : describe.skip;

describeAddon('the addon, answering later', () => {
  // Where there is none, the tests are skipped, but declared.
  const addon = (search.kind === 'found' ? search.addon : undefined) as NativeUdp;
  const { octets, pathOctets, slots } = search.kind === 'found' ? addon.layout : { octets: 0, pathOctets: 0, slots: 0 };
  const opened: NativeSocket[] = [];
  const clients: UdpClient[] = [];
  const open = (address: string): NativeSocket => {
    const socket = addon.openSocket(address, 0, false, 0, 0);
    opened.push(socket);
    return socket;
  };
  const connect = async (family: 4 | 6 = 4): Promise<UdpClient> => {
    const client = await UdpClient.open(family);
    clients.push(client);
    return client;
  };
  /** A query that a batch has received, and the way back. */
  const receiveOne = async (bound: string, to: string) => {
    const socket = open(bound);
    const client = await connect(bound.includes(':') ? 6 : 4);
    const batch = openBatch(addon, [socket.descriptor]);
    client.send({ address: to, port: socket.port }, 'query');
    expect(batch.exchange()).toBe(1);
    const path = new Uint8Array(pathOctets);
    expect(batch.returnPath(0, path)).toBe(0);
    return { socket, client, batch, path };
  };

  afterEach(async () => {
    for (const socket of opened.splice(0)) addon.closeSocket(socket);
    await Promise.all(clients.splice(0).map((client) => client.close()));
  });

  it.each([
    ['127.0.0.1', '127.0.0.1'],
    ['0.0.0.0', '127.0.0.2'],
    ['::1', '::1'],
    ['::', '::1'],
  ])('on a socket bound to %s, answers what was sent to %s from there, when the batch is long gone', async (bound, to) => {
    const { socket, client, batch, path } = await receiveOne(bound, to);
    client.send({ address: to, port: socket.port }, 'next');
    expect(batch.exchange()).toBe(1);
    batch.close();
    expect(addon.sendAnswer(socket, Buffer.from('late'), path)).toBe(0);
    expect(await client.next()).toEqual({ text: 'late', address: to, port: socket.port });
  });

  it('says from which of several sockets each query came', async () => {
    const sockets = ['127.0.0.1', '127.0.0.2', '127.0.0.3'].map(open);
    const client = await connect();
    const batch = openBatch(
      addon,
      sockets.map(({ descriptor }) => descriptor),
    );
    for (const [index, { port }] of sockets.entries()) client.send({ address: `127.0.0.${index + 1}`, port }, `${index}`);
    for (let round = 0; round < 3; round++) {
      expect(batch.exchange()).toBe(1);
      const path = new Uint8Array(pathOctets);
      expect(String(batch.returnPath(0, path))).toBe(batch.received(1)[0]?.text);
    }
  });

  it('tells the errno with which the kernel did not take an answer', async () => {
    const { socket, path } = await receiveOne('127.0.0.1', '127.0.0.1');
    // Lengths that reach beyond the path: not even tried.
    const broken = [0, 4].map((at) => path.map((octet, index) => (index >= at && index < at + 4 ? 0xff : octet)));
    for (const each of broken) expect(addon.sendAnswer(socket, Buffer.from('x'), each)).toBe(22);
    // No such family.
    expect(addon.sendAnswer(socket, Buffer.from('x'), path.fill(0xee, 8, 10))).not.toBe(0);
  });

  it.each<[string, (given: Awaited<ReturnType<typeof receiveOne>>) => unknown]>([
    ['an empty answer', ({ socket, path }) => addon.sendAnswer(socket, new Uint8Array(), path)],
    ['an answer that is too long', ({ socket, path }) => addon.sendAnswer(socket, new Uint8Array(octets + 1), path)],
    ['a path that is cut off', ({ socket, path }) => addon.sendAnswer(socket, Buffer.from('x'), path.subarray(1))],
    ['no socket', ({ path }) => addon.sendAnswer({} as never, Buffer.from('x'), path)],
    ['a slot that holds nothing', ({ batch, path }) => batch.returnPath(1, path)],
    ['a slot that there is not', ({ batch, path }) => batch.returnPath(slots, path)],
    ['room that is too small', ({ batch }) => batch.returnPath(0, new Uint8Array(pathOctets - 1))],
  ])('refuses %s', async (_, misuse) => {
    const given = await receiveOne('127.0.0.1', '127.0.0.1');
    expect(() => misuse(given)).toThrow(expect.objectContaining({ code: 'UDP_BAD_ARGUMENT' }));
  });

  it('refuses a socket and a batch that are closed', async () => {
    const { socket, batch, path } = await receiveOne('127.0.0.1', '127.0.0.1');
    const closed = expect.objectContaining({ code: 'UDP_CLOSED' });
    addon.closeSocket(socket);
    batch.close();
    expect(() => addon.sendAnswer(socket, Buffer.from('x'), path)).toThrow(closed);
    expect(() => batch.returnPath(0, path)).toThrow(closed);
  });
});
