/** The packed answerer gives the octets that the reference answerer gives over an immutable zone, and does it itself. */
import { describe, expect, it } from '@jest/globals';
import {
  EDNS_OPTION,
  MAX_MESSAGE_OCTETS,
  MessageWriter,
  nameOf,
  type OwnerName,
  RCODE,
  TYPE,
  type Zone,
  type ZoneEdit,
} from '@kubezone/core';
import { PackedZones, ZoneReader } from '@kubezone/core/packed-zone';
import * as fc from 'fast-check';

import { respond, type Response } from '../answer/answer.ts';
import type { AnswerContext } from '../answer/context.ts';
import { ReferenceZones } from '../testing/reference-zones.ts';
import type { Transport } from '../statistics.ts';
import { type AnswererSettings, PacketAnswerer } from './packet-answerer.ts';
import { ZONE_FLAG } from './packed-zone-table.ts';
import { composeQueryParts, editOf, queryFor, type QueryParts, soaOf, zoneFrom } from './testing/zone-arbitrary.ts';
import { Xorshift } from './xorshift.ts';

const SEED = 0x1234567;
const APEXES = ['zone.example', 'b.zone.example', 'c.example'].map((text) => nameOf(text));
const PEER = { address: Uint8Array.of(192, 0, 2, 200) };

function settingsOf(changes: Partial<AnswererSettings> = {}): AnswererSettings {
  return {
    udpPayloadSize: 1232,
    cookieSecrets: [],
    tcpIdleTimeoutMs: 10_000,
    nowSeconds: () => 1_750_000_000,
    writer: new MessageWriter(new Uint8Array(MAX_MESSAGE_OCTETS)),
    randomSeed: SEED,
    ...changes,
  };
}

interface Served {
  readonly apex: OwnerName;
  readonly zone: Zone;
  readonly complete: boolean;
  readonly rotate: boolean;
  readonly fallthrough: boolean;
}

/** The reference: an immutable zone, and the same generator of random numbers. */
function referenceOver(served: readonly Served[], settings: AnswererSettings): AnswerContext {
  const zones = new ReferenceZones();
  for (const { zone, complete, rotate, fallthrough } of served) zones.replace(zone, { complete, rotate, fallthrough });
  const random = new Xorshift(settings.randomSeed);
  return {
    ...settings,
    writer: new MessageWriter(new Uint8Array(MAX_MESSAGE_OCTETS)),
    zones,
    random: () => random.next() / 2 ** 32,
  };
}

function install(zones: PackedZones, { apex, zone, complete, rotate, fallthrough }: Served, edits: readonly ZoneEdit[]): void {
  const packed = zones.create(apex, soaOf(apex, 1));
  packed.apply(edits);
  packed.flags =
    (complete ? ZONE_FLAG.COMPLETE : 0) | (rotate ? ZONE_FLAG.ROTATE : 0) | (fallthrough ? ZONE_FLAG.FALLTHROUGH : 0);
  zones.install(packed);
  expect(packed.nameCount).toBe(zone.nameCount);
}

const zoneSpec = (apex: OwnerName): fc.Arbitrary<Omit<Served, 'zone'> & { readonly edits: ZoneEdit[] }> =>
  fc.record({
    apex: fc.constant(apex),
    edits: fc.array(editOf(apex), { maxLength: 40, size: 'large' }),
    complete: fc.oneof({ weight: 9, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) }),
    rotate: fc.boolean(),
    fallthrough: fc.boolean(),
  });

/** How often kinds of queries came up that once were the reference answerer's, so that the test says something about them. */
const seen = new Map<string, number>();

/** Whether the packed answerer has to answer a query itself: all that is well-formed, and that it could understand. */
function isOrdinary({ flags, edns }: QueryParts): boolean {
  if ((flags & 0xf800) !== 0) return false;
  const cookie = edns?.options.find(([code]) => code === EDNS_OPTION.COOKIE)?.[1];
  return edns === undefined || (edns.version === 0 && (cookie === undefined || cookie.length === 8 || cookie.length >= 16));
}

function note(
  { name, type, qclass, edns, isElaborate = false }: QueryParts,
  transport: Transport,
  expected: Response | undefined,
): void {
  const codes = edns?.options.map(([code]) => code) ?? [];
  const kinds = {
    any: type === TYPE.ANY && expected?.rcode === RCODE.NOERROR && (expected.octets[7] as number) > 0,
    nsid: codes.includes(EDNS_OPTION.NSID),
    keepalive: codes.includes(EDNS_OPTION.TCP_KEEPALIVE) && transport === 'tcp',
    transfer: type === TYPE.AXFR || type === TYPE.IXFR,
    root: name === '.',
    class: qclass === 3,
    apexDs: type === TYPE.DS && APEXES.includes(name),
    tooLong: expected?.rcode === RCODE.YXDOMAIN,
    aliases: (expected?.octets[7] ?? 0) > 4 && type === TYPE.A && transport === 'tcp',
    truncated: expected?.truncated === true,
    elaborate: isElaborate,
    relayed: expected?.relays === true,
  };
  for (const [kind, isThere] of Object.entries(kinds)) if (isThere) seen.set(kind, (seen.get(kind) ?? 0) + 1);
}

describe('the packed answerer', () => {
  it('answers as the reference answerer does, octet by octet', () => {
    fc.assert(
      fc.property(
        fc.tuple(
          zoneSpec(APEXES[0] as OwnerName),
          fc.option(zoneSpec(APEXES[1] as OwnerName)),
          fc.option(zoneSpec(APEXES[2] as OwnerName)),
        ),
        fc.array(fc.tuple(queryFor(APEXES), fc.constantFrom<Transport>('udp', 'udp', 'udp', 'tcp')), {
          minLength: 30,
          maxLength: 60,
        }),
        fc.boolean(),
        (specs, queries, withOptions) => {
          const settings = settingsOf(withOptions ? { nsid: Buffer.from('server-1'), cookieSecrets: [new Uint8Array(16)] } : {});
          const served = specs.flatMap((spec) => (spec === null ? [] : [{ ...spec, zone: zoneFrom(spec.apex, spec.edits) }]));
          const context = referenceOver(served, settings);
          const zones = new PackedZones({ seed: SEED, maxOctets: 2 ** 23 });
          for (const each of served) install(zones, each, each.edits);
          zones.publish();
          const answerer = new PacketAnswerer(new ZoneReader(zones.memory), settings);
          const out = new Uint8Array(MAX_MESSAGE_OCTETS);
          for (const [parts, transport] of queries) {
            const query = composeQueryParts(parts);
            const expected = respond(query, { transport, address: '192.0.2.200' }, context);
            const before = answerer.composed;
            const length = answerer.answer(query, query.length, out, transport, PEER);
            expect(hex(out.subarray(0, length))).toBe(hex(expected?.octets ?? new Uint8Array()));
            expect(isOrdinary(parts) && answerer.composed === before).toBe(false);
            if (isOrdinary(parts)) note(parts, transport, expected);
            if (expected === undefined) continue;
            expect([
              answerer.lastType,
              answerer.lastRcode,
              answerer.lastTruncated,
              answerer.lastCookie,
              answerer.lastRelays,
            ]).toEqual([expected.type, expected.rcode, expected.truncated, expected.cookie, expected.relays]);
          }
        },
      ),
      { numRuns: Number(process.env['KUBEZONE_TEST_RUNS'] ?? 300) },
    );
    if (process.env['SHARES'] !== undefined) process.stderr.write(`${JSON.stringify(Object.fromEntries(seen))}\n`);
    for (const kind of [
      'any',
      'nsid',
      'keepalive',
      'transfer',
      'root',
      'class',
      'apexDs',
      'aliases',
      'truncated',
      'elaborate',
      'relayed',
    ]) {
      expect([kind, (seen.get(kind) ?? 0) > 5]).toEqual([kind, true]);
    }
  });
});

/** Queries with some octets changed, inserted or cut off. */
function mutate(query: Uint8Array, mutations: readonly (readonly [number, number, 'set' | 'insert' | 'cut'])[]): Uint8Array {
  let result = query;
  for (const [place, octet, kind] of mutations) {
    const at = place % (result.length + 1);
    if (kind === 'set') result = result.map((each, index) => (index === at ? octet : each));
    else if (kind === 'insert') result = Uint8Array.of(...result.subarray(0, at), octet, ...result.subarray(at));
    else result = result.slice(0, at);
  }
  return result;
}

describe('the packed answerer and hostile octets', () => {
  const apex = APEXES[0] as OwnerName;
  const mutation = fc.tuple(
    fc.nat(200),
    fc.integer({ min: 0, max: 255 }),
    fc.constantFrom<'set' | 'insert' | 'cut'>('set', 'set', 'insert', 'cut'),
  );
  const octets = fc.oneof(
    {
      weight: 8,
      arbitrary: fc
        .tuple(queryFor([apex]), fc.array(mutation, { minLength: 1, maxLength: 5 }))
        .map(([parts, mutations]) => mutate(composeQueryParts(parts), mutations)),
    },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 300 }) },
  );

  it('never throws, and answers as the reference answerer does', () => {
    fc.assert(
      fc.property(zoneSpec(apex), fc.array(octets, { minLength: 20, maxLength: 60 }), (spec, queries) => {
        const settings = settingsOf({ nsid: Buffer.from('x'), cookieSecrets: [new Uint8Array(16)] });
        const served = { ...spec, zone: zoneFrom(apex, spec.edits) };
        const context = referenceOver([served], settings);
        const zones = new PackedZones({ seed: SEED, maxOctets: 2 ** 22 });
        install(zones, served, spec.edits);
        zones.publish();
        const answerer = new PacketAnswerer(new ZoneReader(zones.memory), settings);
        const out = new Uint8Array(4096);
        // What stands behind a query in its buffer is of earlier ones, and must not matter.
        const buffer = new Uint8Array(600).fill(0xc0);
        for (const query of queries) {
          buffer.set(query);
          const expected = respond(query, { transport: 'udp', address: '192.0.2.200' }, context);
          const length = answerer.answer(buffer, query.length, out, 'udp', PEER);
          expect(hex(out.subarray(0, length))).toBe(hex(expected?.octets ?? new Uint8Array()));
          expect(answerer.lastRelays).toBe(expected?.relays ?? false);
        }
      }),
      { numRuns: Number(process.env['KUBEZONE_TEST_RUNS'] ?? 150) },
    );
  });
});

function hex(octets: Uint8Array): string {
  return Buffer.from(octets).toString('hex');
}
