import { describe, expect, it } from '@jest/globals';

import { DgramPeer, PEER_OCTETS, RecordedPeer } from './packet-peer.ts';

const cases: readonly (readonly [4 | 6, string, number, readonly number[]])[] = [
  [4, '192.0.2.1', 53, [192, 0, 2, 1]],
  [4, '255.255.255.255', 65_535, [255, 255, 255, 255]],
  [6, '2001:db8::1', 4660, [0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]],
  [6, '::', 1, Array<number>(16).fill(0)],
  [6, 'fe80::1%eth0', 5353, [0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]],
];

describe('a peer that node:dgram names', () => {
  it.each(cases)('IPv%d %s port %d has these octets', (family, text, port, address) => {
    const peer = new DgramPeer();
    peer.set(family, text, port);
    expect([peer.family, peer.port, [...peer.address]]).toEqual([family, port, address]);
  });

  it('leaves nothing of the one before', () => {
    const peer = new DgramPeer();
    peer.set(6, 'fe80::ffff%eth0', 65_535);
    const before = peer.address.length;
    peer.set(4, '10.0.0.1', 1);
    expect([before, peer.family, peer.port, [...peer.address]]).toEqual([16, 4, 1, [10, 0, 0, 1]]);
  });
});

describe('a recorded peer', () => {
  it('changes with its record, without a new view', () => {
    const record = new Uint8Array(PEER_OCTETS);
    const peer = new RecordedPeer(record);
    record.set([6, 0, 0x12, 0x34]);
    record.fill(7, 8, 24);
    const { address } = peer;
    expect([peer.family, peer.port, [...address]]).toEqual([6, 0x1234, Array(16).fill(7)]);
    record.set([4], 0);
    expect([peer.family, [...peer.address]]).toEqual([4, [7, 7, 7, 7]]);
    record.set([6], 0);
    expect(peer.address).toBe(address);
  });
});
