import { beforeEach, describe, expect, it } from '@jest/globals';
import { MAX_MESSAGE_OCTETS, MessageWriter, nameOf, parseHeader, isFailure, type RRset, type ZoneEdit } from '@kubezone/core';
import { PackedZones, ZoneReader } from '@kubezone/core/packed-zone';

import { respond } from '../answer/answer.ts';
import type { AnswerContext } from '../answer/context.ts';
import { ReferenceZones } from '../testing/reference-zones.ts';
import type { Transport } from '../statistics.ts';
import { type AnswererSettings, PacketAnswerer } from './packet-answerer.ts';
import { ZONE_FLAG } from './packed-zone-table.ts';
import { composeQueryParts, rrsetOf, soaOf, zoneFrom } from './testing/zone-arbitrary.ts';

const APEX = nameOf('zone.example');
const PEER = { address: Uint8Array.of(192, 0, 2, 200) };
const SETTINGS: AnswererSettings = {
  udpPayloadSize: 1232,
  cookieSecrets: [],
  tcpIdleTimeoutMs: 10_000,
  nowSeconds: () => 0,
  writer: new MessageWriter(new Uint8Array(MAX_MESSAGE_OCTETS)),
  randomSeed: 99,
};

/** `label type rdata; rdata` to the name's content. */
function edit(label: string, type: string, ...rdatas: readonly string[]): ZoneEdit {
  const owner = label === '' ? APEX : nameOf(`${label}.zone.example`);
  const rrset: RRset = rrsetOf(owner, 60, type, rdatas);
  return { owner, exists: true, rrsets: owner === APEX ? [soaOf(APEX, 1), rrset] : [rrset] };
}

function many(count: number, rdata: (index: number) => string): string[] {
  return Array.from({ length: count }, (_, index) => rdata(index));
}

const EDITS: readonly ZoneEdit[] = [
  edit('', 'NS', 'ns.zone.example.'),
  edit('ns', 'A', '192.0.2.53'),
  edit('www', 'A', '192.0.2.1', '192.0.2.2', '192.0.2.3', '192.0.2.4'),
  edit('thousands', 'A', ...many(3000, (index) => `10.0.${index >> 8}.${index & 255}`)),
  edit('mx', 'MX', ...many(3000, (index) => `${index} host-${index}.zone.example.`)),
  edit(
    'hosts',
    'SRV',
    ...many(64, (index) => `0 0 80 host-${index % 40}.zone.example.`).filter((rdata, index, all) => all.indexOf(rdata) === index),
  ),
  edit('toomany', 'SRV', ...many(100, (index) => `0 0 80 host-${index}.zone.example.`)),
  ...many(110, (index) => `host-${index}`).map((label) => edit(label, 'A', '192.0.2.9')),
  ...many(18, (index) => `chain-link-number-${index}`).map((label, index) =>
    edit(label, 'CNAME', index === 17 ? 'www.zone.example.' : `chain-link-number-${index + 1}.zone.example.`),
  ),
  edit('loop', 'CNAME', 'loop2.zone.example.'),
  edit('loop2', 'CNAME', 'LOOP.zone.example.'),
  edit('away', 'CNAME', 'www.example.'),
  edit('to-nothing', 'CNAME', 'nothing.zone.example.'),
  edit('tree', 'DNAME', 'zone.example.'),
  edit('round', 'DNAME', 'x.round.zone.example.'),
  edit('grow', 'DNAME', `${'long-label-of-many-octets.'.repeat(3)}zone.example.`),
  edit('machine', 'HINFO', 'CPU OS'),
  // The addresses of the first host do not fit where those of the second do, whose name has its end in common with the first's.
  edit('pods', 'SRV', '0 0 80 much-too-big.pod.zone.example.', '0 0 80 s.pod.zone.example.', '0 0 80 o.pod.zone.example.'),
  edit('much-too-big.pod', 'A', ...many(60, (index) => `192.0.2.${index}`)),
  edit('s.pod', 'A', '192.0.2.9'),
  edit('o.pod', 'AAAA', '2001:db8::1'),
  edit('*.wild', 'A', '192.0.2.7'),
  edit('cut', 'NS', 'ns.cut.zone.example.'),
  edit('ns.cut', 'A', '192.0.2.54'),
];

/** The zone in memory, which answerers only read. */
function packed(flags: number): PackedZones {
  const zones = new PackedZones({ seed: 1, maxOctets: 2 ** 24 });
  const zone = zones.create(APEX, soaOf(APEX, 1));
  zone.apply(EDITS);
  zone.flags = flags;
  zones.install(zone);
  zones.publish();
  return zones;
}

const ZONES = packed(ZONE_FLAG.COMPLETE);
const REFERENCE = new ReferenceZones();
REFERENCE.replace(zoneFrom(APEX, EDITS), { rotate: false });

function answererOver({ memory }: PackedZones): PacketAnswerer {
  return new PacketAnswerer(new ZoneReader(memory), SETTINGS);
}

function queryOf(name: string, type: number, size?: number): Uint8Array {
  const edns = size === undefined ? undefined : { size, flags: 0, version: 0, options: [] };
  return composeQueryParts({
    name: nameOf(name),
    upper: 0x1234_5678,
    type,
    qclass: 1,
    id: 7,
    flags: 0x100,
    edns,
    isElaborate: false,
  });
}

describe('the packed answerer', () => {
  let answerer: PacketAnswerer;
  let context: AnswerContext;
  const out = new Uint8Array(MAX_MESSAGE_OCTETS);

  beforeEach(() => {
    answerer = answererOver(ZONES);
    context = {
      ...SETTINGS,
      zones: REFERENCE,
      random: () => 0,
      writer: new MessageWriter(new Uint8Array(MAX_MESSAGE_OCTETS)),
    };
  });

  it.each<[string, number, Transport, number | undefined]>([
    ['www.zone.example', 1, 'udp', 1232],
    // More than a message's 16,384 octets that a pointer reaches, and none to be compressed there.
    ['thousands.zone.example', 1, 'tcp', undefined],
    ['thousands.zone.example', 1, 'udp', 1232],
    ['mx.zone.example', 15, 'tcp', undefined],
    ['mx.zone.example', 15, 'udp', 1232],
    ['hosts.zone.example', 33, 'udp', 1232],
    ['hosts.zone.example', 33, 'tcp', undefined],
    ['pods.zone.example', 33, 'udp', 800],
    ['pods.zone.example', 33, 'udp', undefined],
    ['toomany.zone.example', 33, 'tcp', undefined],
    ['chain-link-number-17.zone.example', 1, 'udp', undefined],
    ['chain-link-number-2.zone.example', 1, 'udp', 1232],
    ['chain-link-number-1.zone.example', 1, 'udp', 1232],
    // Longer than any answer follows.
    ['chain-link-number-0.zone.example', 1, 'udp', 1232],
    // The chain does not fit.
    ['chain-link-number-0.zone.example', 1, 'udp', undefined],
    ['loop.zone.example', 1, 'udp', 1232],
    ['away.zone.example', 1, 'udp', 1232],
    ['www.tree.zone.example', 1, 'udp', 1232],
    ['tree.zone.example', 39, 'udp', 1232],
    ['zone.example', 6, 'udp', 1232],
    ['zone.example', 43, 'udp', 1232],
    ['zone.example', 255, 'udp', 1232],
    ['nothing.zone.example', 1, 'udp', 1232],
    ['ns.nothing.ns.zone.example', 1, 'udp', 1232],
    ['host.a.zone.example', 1, 'udp', 1232],
    ['elsewhere.test', 1, 'udp', 1232],
    ['zone.example', 255, 'tcp', undefined],
    ['zone.example', 252, 'tcp', undefined],
    ['mx.zone.example', 255, 'udp', undefined],
    ['away.zone.example', 255, 'udp', undefined],
    ['machine.zone.example', 255, 'udp', undefined],
    ['x.wild.zone.example', 255, 'udp', undefined],
    ['nothing.zone.example', 255, 'udp', undefined],
    ['pod.zone.example', 255, 'udp', undefined],
    // Below a DNAME: to data, to the name itself, asked for the CNAME and for a DNAME passed through, and too long.
    ['thousands.tree.zone.example', 1, 'udp', 1232],
    ['x.tree.tree.zone.example', 1, 'udp', 1232],
    ['x.round.zone.example', 1, 'udp', 1232],
    ['www.tree.zone.example', 5, 'udp', 1232],
    ['tree.tree.zone.example', 39, 'udp', 1232],
    ['round.tree.zone.example', 39, 'udp', undefined],
    [`${'x.'.repeat(100)}grow.zone.example`, 1, 'udp', 1232],
    // The chain does not fit, and what is at its end still decides about the rcode.
    ['chain-link-number-2.tree.zone.example', 1, 'udp', undefined],
    ['.', 1, 'udp', 1232],
    ['.', 2, 'udp', undefined],
  ])('answers %s type %i over %s (%s) as the reference answerer does, and itself', (name, type, transport, size) => {
    const query = queryOf(name, type, size);
    const expected = respond(query, { transport, address: '192.0.2.200' }, context);
    const length = answerer.answer(query, query.length, out, transport, PEER);
    expect(Buffer.from(out.subarray(0, length)).toString('hex')).toBe(Buffer.from(expected?.octets ?? []).toString('hex'));
    expect([answerer.composed, answerer.referred]).toEqual([1, 0]);
  });

  it('begins with each address equally often', () => {
    answerer = answererOver(packed(ZONE_FLAG.COMPLETE | ZONE_FLAG.ROTATE));
    const query = queryOf('www.zone.example', 1, 1232);
    const firsts = new Map<number, number>();
    for (let count = 0; count < 4000; count++) {
      answerer.answer(query, query.length, out, 'udp', PEER);
      const first = out[query.length - 11 + 15] as number;
      firsts.set(first, (firsts.get(first) ?? 0) + 1);
    }
    expect(new Set(firsts.keys())).toEqual(new Set([1, 2, 3, 4]));
    for (const count of firsts.values()) expect(Math.abs(count / 4000 - 0.25)).toBeLessThan(0.03);
  });

  it('is not confused by a hundred thousands of messages before', () => {
    // The names of a message are told from those of earlier ones by a stamp of 18 bits, which comes round.
    const query = queryOf('chain-link-number-15.zone.example', 1, 1232);
    const expected = Buffer.from(respond(query, { transport: 'udp', address: '192.0.2.200' }, context)?.octets ?? []).toString(
      'hex',
    );
    const different: number[] = [];
    for (let count = 0; count < 270_000; count++) {
      const length = answerer.answer(query, query.length, out, 'udp', PEER);
      if (count % 10_000 > 10 && count < 262_000) continue;
      if (Buffer.from(out.subarray(0, length)).toString('hex') !== expected) different.push(count);
    }
    expect(different).toEqual([]);
  });

  it.each([
    ['composed here', 1],
    ['referred', 255],
  ])('can make a slipped response of its answer, whether it was %s', (_, type) => {
    const query = queryOf('www.zone.example', type, 1232);
    const length = answerer.slip(out, answerer.answer(query, query.length, out, 'udp', PEER));
    const header = parseHeader(out.subarray(0, length));
    expect(isFailure(header) ? undefined : header).toMatchObject({
      header: { id: 7, truncated: true, recursionDesired: true },
      questionCount: 1,
      answerCount: 0,
      additionalCount: 1,
    });
    expect(length).toBe(query.length);
    expect(answerer.lastTruncated).toBe(true);
  });

  it('says what an answer counts as where answers are limited', () => {
    const account = (name: string, type = 1): number => {
      const query = queryOf(name, type, 1232);
      answerer.answer(query, query.length, out, 'udp', PEER);
      return answerer.lastAccount;
    };
    // Data by its name, what does not exist by the zone, refusals together.
    expect(account('www.zone.example')).not.toBe(account('ns.zone.example'));
    expect(account('www.zone.example')).toBe(account('WWW.zone.example', 28));
    expect(account('x1.zone.example')).toBe(account('x2.zone.example'));
    expect(account('elsewhere.test')).toBe(0);
    // A wildcard and a referral are one thing, whatever is asked for below them.
    expect(account('x1.wild.zone.example')).toBe(account('x.y.z.wild.zone.example'));
    expect(account('x1.wild.zone.example')).not.toBe(account('x1.zone.example'));
    expect(account('x1.cut.zone.example')).toBe(account('ns.cut.zone.example'));
    expect(account('x1.cut.zone.example')).not.toBe(account('x1.wild.zone.example'));
    expect(account('x1.wild.zone.example', 28)).toBe(account('x2.wild.zone.example'));
    // NODATA is of the name: half of all queries, for AAAA at names with A alone, are no one thing.
    expect(account('ns.zone.example', 28)).toBe(account('ns.zone.example'));
    expect(account('www.tree.zone.example')).toBe(account('x1.tree.zone.example', 5));
    expect(account('www.tree.zone.example')).not.toBe(account('x1.zone.example'));
    expect(account('to-nothing.zone.example')).toBe(account('x1.zone.example'));
    // Of errors there is one account.
    expect(account(`${'x.'.repeat(100)}grow.zone.example`)).toBe(0);
    expect(account('zone.example', 252)).toBe(0);
    // An alias is what was asked for, wherever it leads.
    expect(account('away.zone.example')).not.toBe(account('chain-link-number-3.zone.example'));
  });
});
