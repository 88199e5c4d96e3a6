/** Whatever comes in, what goes out is a DNS message within its limit, or nothing. */
import { describe, expect, it } from '@jest/globals';
import { HEADER_OCTETS, isFailure, parseHeader, parseMessage, printRRType, type ResourceRecord, rrsetAt } from '@kubezone/core';
import * as fc from 'fast-check';

import { composeQuery, contextOf, parseResponse } from '../testing/ask.ts';
import { answer, respond } from './answer.ts';

const ZONES = [
  `
  $ORIGIN example.
  @        SOA   ns1 admin 1 3600 900 86400 300
  @        NS    ns1
  @        NS    ns.sub
  ns1      A     192.0.2.53
  www      A     192.0.2.1
  www      A     192.0.2.2
  www      AAAA  2001:db8::1
  alias    CNAME www
  loop     CNAME loop
  *.w      A     192.0.2.3
  *.w      TXT   "wild"
  *.wc     CNAME www
  e.n.t    A     192.0.2.4
  sub      NS    ns.sub
  ns.sub   A     192.0.2.5
  tree     DNAME w
  grow     DNAME x.grow
  mx       MX    10 www
  mx       MX    20 ns.sub
  ${Array.from({ length: 60 }, (_, index) => `many A 10.0.0.${index}`).join('\n')}
  ${Array.from({ length: 20 }, (_, index) => `many NAPTR ${index} 1 "u" "x" "!^.*$!sip:a@b!" .`).join('\n')}
  `,
  '$ORIGIN sub.example.\n@ SOA ns admin 1 3600 900 86400 60\n@ NS ns\nns A 192.0.2.5\nwww A 192.0.2.6',
];

const context = contextOf(ZONES, {
  cookieSecrets: [new Uint8Array(16)],
  nsid: Buffer.from('id'),
  random: () => 0.7,
});
const NAMES = [
  'example.',
  'www.example.',
  'alias.example.',
  'loop.example.',
  'a.w.example.',
  'a.wc.example.',
  'n.t.example.',
  'x.sub.example.',
]
  .concat([
    'a.tree.example.',
    'a.grow.example.',
    'mx.example.',
    'many.example.',
    'sub.example.',
    'www.sub.example.',
    'none.example.',
    'other.',
  ])
  .concat(['*.w.example.', 'ns.sub.example.', 'grow.example.', '.']);
const TYPES = [
  'A',
  'AAAA',
  'NS',
  'SOA',
  'MX',
  'CNAME',
  'DNAME',
  'DS',
  'ANY',
  'TXT',
  'NAPTR',
  'RRSIG',
  'AXFR',
  'IXFR',
  'OPT',
  'TYPE0',
  'TYPE65280',
];

const query = fc
  .record({
    name: fc.constantFrom(...NAMES),
    type: fc.constantFrom(...TYPES),
    flags: fc.subarray(['rd', 'ad', 'cd', 'aa', 'ra', 'tc']),
    udpPayloadSize: fc.option(fc.integer({ min: 0, max: 5000 }), { nil: undefined }),
    dnssecOk: fc.boolean(),
    options: fc.array(
      fc.record({
        code: fc.oneof(fc.constantFrom(3, 8, 10, 11), fc.integer({ min: 0, max: 70 })),
        data: fc.uint8Array({ maxLength: 42 }),
      }),
      { maxLength: 3 },
    ),
    id: fc.integer({ min: 0, max: 0xffff }),
  })
  .map(({ name, type, flags, udpPayloadSize, dnssecOk, options, id }) =>
    composeQuery(`${name} ${type}`, {
      flags: flags.join(' '),
      id,
      ...(udpPayloadSize !== undefined && { edns: { udpPayloadSize, dnssecOk, options } }),
    }),
  );

/** Queries with some octets changed, inserted or cut off. */
const mutated = fc
  .tuple(
    query,
    fc.array(fc.tuple(fc.nat(300), fc.integer({ min: 0, max: 255 }), fc.constantFrom('set', 'insert', 'cut')), { maxLength: 6 }),
  )
  .map(([octets, mutations]) => {
    let result = octets;
    for (const [place, octet, kind] of mutations) {
      const at = place % (result.length + 1);
      if (kind === 'set') result = Uint8Array.from(result, (each, index) => (index === at ? octet : each));
      else if (kind === 'insert') result = Uint8Array.of(...result.subarray(0, at), octet, ...result.subarray(at));
      else result = result.slice(0, Math.max(at, 8));
    }
    return result;
  });

const transport = fc.constantFrom<'udp' | 'tcp'>('udp', 'tcp');

describe('answer', () => {
  it('answers any octets with a message that belongs to them, or with nothing', () => {
    fc.assert(
      fc.property(
        fc.oneof({ weight: 5, arbitrary: mutated }, fc.uint8Array({ maxLength: 600 })),
        transport,
        (request, carrier) => {
          const before = Uint8Array.from(request);
          const response = answer(request, { transport: carrier, address: '192.0.2.200' }, context);
          expect(request).toEqual(before);
          const header = parseHeader(request);
          expect(response === undefined).toBe(isFailure(header) || header.header.response);
          if (response === undefined) return;
          expect(response.length).toBeLessThanOrEqual(carrier === 'udp' ? 1232 : 65_535);
          const message = parseResponse(response);
          expect(message.header.response).toBe(true);
          expect([...response.subarray(0, 2)]).toEqual([...request.subarray(0, 2)]);
          // The opcode and RD are the query's; Z, AD, CD and RA are never set.
          expect((response[2] as number) & 0x79).toBe((request[2] as number) & 0x79);
          expect((response[3] as number) & 0xf0).toBe(0);
        },
      ),
      { numRuns: 3000 },
    );
  });

  it('echoes the question octet by octet, and keeps to what the client can take', () => {
    fc.assert(
      fc.property(query, transport, (request, carrier) => {
        const response = answer(request, { transport: carrier, address: '2001:db8::9' }, context) as Uint8Array;
        const asked = parseMessage(request);
        if (isFailure(asked)) throw new Error(asked.message);
        expect(response.subarray(HEADER_OCTETS, asked.questionEnd)).toEqual(request.subarray(HEADER_OCTETS, asked.questionEnd));
        const udpLimit = asked.edns === undefined ? 512 : Math.min(Math.max(512, asked.edns.udpPayloadSize), 1232);
        expect(response.length).toBeLessThanOrEqual(carrier === 'udp' ? udpLimit : 65_535);
        const message = parseResponse(response);
        expect(message.edns === undefined).toBe(asked.edns === undefined);
        expect(message.edns?.dnssecOk).toBe(asked.edns?.dnssecOk);
      }),
      { numRuns: 2000 },
    );
  });

  it('puts nothing but complete RRsets into any section, each once', () => {
    fc.assert(
      fc.property(query, transport, (request, carrier) => {
        const message = parseResponse(answer(request, { transport: carrier, address: '192.0.2.9' }, context) as Uint8Array);
        for (const section of [message.answers, message.authorities, message.additionals]) {
          const sets = Map.groupBy(section, ({ owner, type }) => `${owner} ${printRRType(type)}`);
          for (const records of sets.values()) expect(records).toHaveLength(sizeInZone(records[0] as ResourceRecord) ?? 1);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('says what it counts: type, rcode and truncation are those of the response', () => {
    fc.assert(
      fc.property(mutated, (request) => {
        const response = respond(request, { transport: 'udp', address: '192.0.2.9' }, context);
        if (response === undefined) return;
        const message = parseResponse(response.octets);
        expect(response.truncated).toBe(message.header.truncated);
        expect(response.rcode).toBe(((message.edns?.extendedRcode ?? 0) << 4) | message.header.rcode);
        expect(response.type).toBe(message.questions[0]?.type ?? 0);
      }),
      { numRuns: 1000 },
    );
  });
});

/** How many records the RRset has in the zone; undefined for what is synthesized. */
function sizeInZone({ owner, type }: ResourceRecord): number | undefined {
  const nodes = [...context.zones].map(({ zone }) => zone.node(owner));
  const sizes = nodes.map((node) => node && rrsetAt(node, type)?.rdatas.length).filter((size) => size !== undefined);
  return sizes.length === 0 ? undefined : Math.max(...sizes);
}
