import { describe, expect, it } from '@jest/globals';
import { RCODE, TYPE } from '@kubezone/core';

import { LATENCY_BUCKETS_SECONDS, Statistics } from './statistics.ts';

describe('Statistics', () => {
  it('counts responses by transport, type and rcode', () => {
    const statistics = new Statistics();
    statistics.countResponse('udp', TYPE.A, RCODE.NOERROR, 0);
    statistics.countResponse('udp', TYPE.A, RCODE.NOERROR, 0);
    statistics.countResponse('udp', TYPE.A, RCODE.NXDOMAIN, 0);
    statistics.countResponse('tcp', TYPE.CAA, RCODE.BADVERS, 0);
    expect(statistics.snapshot().responses).toEqual([
      { transport: 'udp', type: 'A', rcode: 'NOERROR', count: 2 },
      { transport: 'udp', type: 'A', rcode: 'NXDOMAIN', count: 1 },
      { transport: 'tcp', type: 'CAA', rcode: 'BADVERS', count: 1 },
    ]);
  });

  it.each([0, 3, 255 - 1, 511, 512, 65_280, 65_535])('counts type %i, which no list has, as other', (type) => {
    const statistics = new Statistics();
    statistics.countResponse('udp', type, 4095, 0);
    expect(statistics.snapshot().responses).toEqual([{ transport: 'udp', type: 'other', rcode: 'other', count: 1 }]);
  });

  it('has a cumulative histogram of latencies', () => {
    const statistics = new Statistics();
    for (const seconds of [0, 0.000_01, 0.000_011, 0.1, 5]) statistics.countResponse('udp', TYPE.A, RCODE.NOERROR, seconds);
    const { buckets, count, sumSeconds } = statistics.snapshot().latency.udp;
    expect(buckets.map(({ upperBoundSeconds }) => upperBoundSeconds)).toEqual(LATENCY_BUCKETS_SECONDS);
    expect(buckets[0]?.count).toBe(2);
    expect(buckets[1]?.count).toBe(3);
    expect(buckets.at(-1)?.count).toBe(4);
    expect(count).toBe(5);
    expect(sumSeconds).toBeCloseTo(5.100_021);
    expect(statistics.snapshot().latency.tcp.count).toBe(0);
  });

  it('counts events, and the connections that are open', () => {
    const statistics = new Statistics();
    statistics.count('dropped');
    statistics.count('tcpWriteTimeouts');
    statistics.tcpOpened();
    statistics.tcpOpened();
    statistics.tcpClosed();
    expect(statistics.snapshot()).toMatchObject({ events: { dropped: 1, truncated: 0, tcpWriteTimeouts: 1 }, tcpOpen: 1 });
  });
});
