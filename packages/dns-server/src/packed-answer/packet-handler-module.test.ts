import { beforeEach, describe, expect, it } from '@jest/globals';
import { type Clock, type Logger, nameOf } from '@kubezone/core';
import { readerWord, VERSION_WORD } from '@kubezone/core/packed-zone';

import { resolveRateLimits } from '../rate-limit/rate-limits.ts';
import { fixtureMemory } from '../rate-limit/testing/limiter-fixture.ts';
import { Statistics, STATISTICS_OCTETS } from '../statistics.ts';
import { NO_ANSWER } from '../transport/packet-handler.ts';
import type { PacketPeer } from '../transport/packet-peer.ts';
import { createPacketHandler, type PackedHandlerData, PackedPacketHandler } from './packet-handler-module.ts';
import { ServedZones } from '../served-zones.ts';
import { composeQueryParts, rrsetOf, soaOf, zoneFrom } from './testing/zone-arbitrary.ts';

const APEX = nameOf('zone.example');
const WWW = nameOf('www.zone.example');
const CLOCK: Clock = { now: () => 0, monotonic: () => 0, after: () => () => undefined };
const SILENT: Logger = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
const PEER: PacketPeer = { family: 4, port: 53, address: Uint8Array.of(192, 0, 2, 200) };
const NOTHING = { exists: false, rrsets: [] };

const query = composeQueryParts({
  name: WWW,
  upper: 0,
  type: 1,
  qclass: 1,
  id: 7,
  flags: 0,
  edns: { size: 1232, flags: 0, version: 0, options: [] },
});

function addressState(host: number) {
  return { exists: true, rrsets: [rrsetOf(WWW, 60, 'A', [`192.0.2.${host}`])] };
}

describe('the packet handler', () => {
  let zones: ServedZones;
  let data: PackedHandlerData;
  let handler: PackedPacketHandler;
  const answer = new Uint8Array(4096);

  beforeEach(() => {
    zones = new ServedZones({ clock: CLOCK, seed: 1, maxOctets: 2 ** 22 });
    zones.replace(zoneFrom(APEX, [{ owner: APEX, exists: true, rrsets: [soaOf(APEX, 1)] }]));
    zones.apply([{ owner: WWW, before: NOTHING, after: addressState(1), origins: [] }], 1);
    const statistics = [0, 1].map(() => new SharedArrayBuffer(STATISTICS_OCTETS));
    data = { memory: zones.memory, udpPayloadSize: 1232, cookieSecrets: [], statistics, randomSeed: 5 };
    handler = createPacketHandler({ data: structuredClone(data), worker: 1, logger: SILENT });
  });

  function lastOctet(): number {
    // Header, question, and of the record the last octet of the address.
    return answer[query.length - 11 + 15] as number;
  }

  it('answers from one state of the zones for the length of a batch', () => {
    const { words } = zones.packed.memory;
    Atomics.store(words, readerWord(1), Atomics.load(words, VERSION_WORD));
    handler.beginBatch();
    expect(handler.handle(query, query.length, answer, PEER)).toBe(query.length + 16);
    expect(lastOctet()).toBe(1);
    zones.apply([{ owner: WWW, before: addressState(1), after: addressState(2), origins: [] }], 2);
    handler.handle(query, query.length, answer, PEER);
    expect(lastOctet()).toBe(1);
    handler.beginBatch();
    handler.handle(query, query.length, answer, PEER);
    expect(lastOctet()).toBe(2);
  });

  it('counts in memory that the main thread reads', () => {
    handler.beginBatch();
    handler.handle(query, query.length, answer, PEER);
    handler.handle(query.with(query.length - 14, 28), query.length, answer, PEER);
    expect(handler.handle(query.with(2, 0x80), query.length, answer, PEER)).toBe(NO_ANSWER);
    handler.endBatch();
    const { responses, events, latency } = Statistics.sum(data.statistics.map((buffer) => new Statistics(buffer))).snapshot();
    expect(responses).toEqual([
      { transport: 'udp', type: 'A', rcode: 'NOERROR', count: 1 },
      { transport: 'udp', type: 'AAAA', rcode: 'NOERROR', count: 1 },
    ]);
    expect(events).toMatchObject({ dropped: 1, failures: 0 });
    expect(latency.udp.count).toBe(2);
    handler.endBatch();
    expect(new Statistics(data.statistics[1]).snapshot().latency.udp.count).toBe(2);
  });

  it('sends, slips and drops as the rate limits say, and counts what it does', () => {
    const limits = resolveRateLimits({ responsesPerSecond: 1, windowSeconds: 3600, slip: 2, exempt: [] });
    const limited = new PackedPacketHandler({ ...data, rateLimit: { memory: fixtureMemory(), limits } }, 0, SILENT);
    limited.beginBatch();
    const outcomes = Array.from({ length: 4 }, () => {
      const length = limited.handle(query, query.length, answer, PEER);
      return length === NO_ANSWER ? 'none' : `${length - query.length} more, TC ${(answer[2] as number) & 0x02}`;
    });
    expect(outcomes).toEqual(['16 more, TC 0', 'none', '0 more, TC 2', 'none']);
    const { events, responses } = new Statistics(data.statistics[0]).snapshot();
    expect(events).toMatchObject({ limitedDropped: 2, limitedSlipped: 1, truncated: 1, dropped: 0 });
    expect(responses).toEqual([{ transport: 'udp', type: 'A', rcode: 'NOERROR', count: 2 }]);
  });

  it('does not answer more queries than the rate limits say', () => {
    const limits = resolveRateLimits({ queriesPerSecond: 1, windowSeconds: 3600, exempt: [] });
    const limited = new PackedPacketHandler({ ...data, rateLimit: { memory: fixtureMemory(), limits } }, 0, SILENT);
    limited.beginBatch();
    expect(limited.handle(query, query.length, answer, PEER)).toBe(query.length + 16);
    expect(limited.handle(query, query.length, answer, PEER)).toBe(NO_ANSWER);
    expect(new Statistics(data.statistics[0]).snapshot().events).toMatchObject({ limitedQueries: 1, dropped: 0 });
  });

  it('answers SERVFAIL where answering fails, counts it, and logs the octets', () => {
    const lines: unknown[] = [];
    const failing = new PackedPacketHandler(data, 0, {
      ...SILENT,
      error: (message, fields) => lines.push([message, fields?.['request']]),
    });
    failing.beginBatch();
    const peer: PacketPeer = {
      ...PEER,
      get address(): Uint8Array {
        throw new Error('a defect');
      },
    };
    // Only what is referred asks for the address.
    const any = query.with(query.length - 14, 255);
    expect(failing.handle(any, any.length, answer, peer)).toBe(12);
    expect([...answer.subarray(0, 12)]).toEqual([0, 7, 0x80, 2, 0, 0, 0, 0, 0, 0, 0, 0]);
    expect(failing.handle(any, 5, answer, peer)).toBe(NO_ANSWER);
    expect(lines).toEqual([
      ['answering failed', Buffer.from(any).toString('hex')],
      ['answering failed', Buffer.from(any.subarray(0, 5)).toString('hex')],
    ]);
    expect(new Statistics(data.statistics[0]).snapshot().events.failures).toBe(2);
  });

  it('refuses settings that cannot work', () => {
    expect(() => new PackedPacketHandler({ ...data, udpPayloadSize: 8192 }, 0, SILENT)).toThrow('8192');
    expect(() => new PackedPacketHandler(data, 2, SILENT)).toThrow('none for number 2');
  });
});
