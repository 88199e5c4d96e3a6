/** Zones in which everything meets: few labels, every kind of record, targets that exist, that do not, and that lie outside. */
import {
  composeName,
  isFailure,
  nameOf,
  type OwnerName,
  type RRset,
  scanRecord,
  type Zone,
  type ZoneEdit,
  emptyZone,
} from '@kubezone/core';
import * as fc from 'fast-check';

/** Labels of all generated names. */
export const LABELS: readonly string[] = ['a', 'b', 'c', '*', 'ns', 'longer-label'];

/** Names at or below an apex, most of them near it. */
export function nameBelow(apex: OwnerName): fc.Arbitrary<OwnerName> {
  return fc
    .array(fc.constantFrom(...LABELS), { minLength: 0, maxLength: 4, size: 'medium' })
    .map((labels) => nameOf([...labels, apex === '.' ? '' : apex].join('.')));
}

/** An RRset of records in presentation format. */
export function rrsetOf(owner: OwnerName, ttl: number, type: string, rdatas: readonly string[]): RRset {
  const records = rdatas.map((rdata) => {
    const record = scanRecord(`${owner} ${ttl} IN ${type} ${rdata}`);
    if (isFailure(record)) throw new RangeError(`${owner} ${type} ${rdata}: ${record.message}`);
    return record;
  });
  const [first] = records;
  if (first === undefined) throw new RangeError('no records');
  return { owner, type: first.type, ttl, rdatas: records.map(({ rdata }) => rdata) };
}

/** A name with some letters in upper case: case must be kept in rdata, and must not matter anywhere. */
function spelled(name: fc.Arbitrary<OwnerName>): fc.Arbitrary<string> {
  return fc.tuple(name, fc.boolean()).map(([text, upper]) => (upper ? text.toUpperCase() : text));
}

function addresses(count: number): fc.Arbitrary<string[]> {
  return fc
    .uniqueArray(fc.integer({ min: 1, max: 254 }), { minLength: 1, maxLength: count })
    .map((hosts) => hosts.map((host) => `192.0.2.${host}`));
}

/** RRsets of one name. At most one of a type; combinations that no sane zone has are among them. */
function rrsetsOf(owner: OwnerName, apex: OwnerName): fc.Arbitrary<RRset[]> {
  const target = spelled(
    fc.oneof(
      { weight: 8, arbitrary: nameBelow(apex) },
      { weight: 1, arbitrary: fc.constantFrom(nameOf('outside.test'), nameOf('.'), nameOf('example')) },
    ),
  );
  const ttl = fc.constantFrom(0, 60, 300, 2 ** 31 - 1);
  const some = (
    type: string,
    weight: number,
    rdatas: fc.Arbitrary<readonly string[]>,
  ): { weight: number; arbitrary: fc.Arbitrary<RRset> } => ({
    weight,
    arbitrary: fc.tuple(ttl, rdatas).map(([seconds, list]) => rrsetOf(owner, seconds, type, list)),
  });
  const targets = (count: number): fc.Arbitrary<string[]> =>
    fc.uniqueArray(target, { minLength: 1, maxLength: count, selector: (text) => text.toLowerCase() });
  const rrset = fc.oneof(
    some('A', 6, fc.oneof({ weight: 9, arbitrary: addresses(4) }, { weight: 1, arbitrary: addresses(90) })),
    some(
      'AAAA',
      2,
      fc
        .uniqueArray(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 3 })
        .map((hosts) => hosts.map((host) => `2001:db8::${host}`)),
    ),
    some(
      'CNAME',
      4,
      target.map((name) => [name]),
    ),
    some('NS', 2, targets(3)),
    some(
      'MX',
      1,
      targets(3).map((names) => names.flatMap((name, index) => [`${index} ${name}`, `${index + 10} ${name}`])),
    ),
    some(
      'SRV',
      1,
      targets(6).map((names) => names.flatMap((name, index) => [`${index} 0 80 ${name}`, `${index} 0 81 ${name}`])),
    ),
    some(
      'HTTPS',
      1,
      target.map((name) => [`1 ${name} alpn=h2`]),
    ),
    some(
      'TXT',
      1,
      fc.integer({ min: 0, max: 200 }).map((length) => [`"${'t'.repeat(length)}"`]),
    ),
    some('HINFO', 1, fc.constant(['a b'])),
    some(
      'DNAME',
      1,
      target.map((name) => [name]),
    ),
    some('PTR', 1, targets(2)),
    some(
      'MINFO',
      1,
      fc.tuple(target, target).map((names) => [names.join(' ')]),
    ),
    some('DS', 1, fc.constant(['1 8 2 0000000000000000000000000000000000000000000000000000000000000001'])),
    some('TYPE65280', 1, fc.constant(['\\# 0'])),
  );
  return fc.uniqueArray(rrset, { maxLength: 3, selector: ({ type }) => type });
}

/** One name's new content. The apex keeps a SOA. */
export function editOf(apex: OwnerName): fc.Arbitrary<ZoneEdit> {
  return nameBelow(apex).chain((owner) =>
    fc.tuple(rrsetsOf(owner, apex), fc.boolean(), fc.integer({ min: 1, max: 5 })).map(([rrsets, exists, serial]): ZoneEdit => {
      if (owner !== apex) return { owner, exists: exists || rrsets.length > 0, rrsets };
      return { owner, exists: true, rrsets: [soaOf(apex, serial), ...rrsets.filter(({ type }) => type !== 5)] };
    }),
  );
}

/** The SOA of a generated zone. */
export function soaOf(apex: OwnerName, serial: number): RRset {
  const below = apex === '.' ? '.' : `.${apex}`;
  return rrsetOf(apex, 300, 'SOA', [`NS${below} Host.a${below} ${serial} 3600 900 86400 60`]);
}

/** A zone made of edits. */
export function zoneFrom(apex: OwnerName, edits: readonly ZoneEdit[]): Zone {
  return emptyZone(apex, soaOf(apex, 1)).patch(edits);
}

/** A query's octets, with the name's letters in any case. */
export interface QueryParts {
  readonly name: OwnerName;
  readonly upper: number;
  readonly type: number;
  readonly qclass: number;
  readonly id: number;
  readonly flags: number;
  readonly edns:
    | {
        readonly size: number;
        readonly flags: number;
        readonly version: number;
        readonly options: readonly (readonly [number, Uint8Array])[];
      }
    | undefined;
  /** With records that mean nothing in a query: an authority record as IXFR has it, and one in the additional section. */
  readonly isElaborate?: boolean;
}

/** A record of type A, of a name that ends in a pointer to the question. */
const RECORD: readonly number[] = [1, 0x78, 0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4, 192, 0, 2, 1];

/** Composes a query. */
export function composeQueryParts({ name, upper, type, qclass, id, flags, edns, isElaborate = false }: QueryParts): Uint8Array {
  const wire = composeName(name).map((octet, index) =>
    octet >= 0x61 && octet <= 0x7a && ((upper >>> (index & 31)) & 1) === 1 ? octet - 0x20 : octet,
  );
  const options =
    edns?.options.flatMap(([code, data]) => [code >> 8, code & 255, data.length >> 8, data.length & 255, ...data]) ?? [];
  const opt =
    edns === undefined
      ? []
      : [
          0,
          0,
          41,
          edns.size >> 8,
          edns.size & 255,
          0,
          edns.version,
          edns.flags,
          0,
          options.length >> 8,
          options.length & 255,
          ...options,
        ];
  return Uint8Array.of(
    id >> 8,
    id & 255,
    flags >> 8,
    flags & 255,
    0,
    1,
    0,
    0,
    0,
    isElaborate ? 1 : 0,
    0,
    (edns === undefined ? 0 : 1) + (isElaborate ? 1 : 0),
    ...wire,
    type >> 8,
    type & 255,
    qclass >> 8,
    qclass & 255,
    ...(isElaborate ? RECORD : []),
    ...opt,
    ...(isElaborate ? RECORD : []),
  );
}

/** Queries for names at, below and beside the apexes. */
export function queryFor(apexes: readonly OwnerName[]): fc.Arbitrary<QueryParts> {
  return fc.record({
    name: fc.oneof(
      { weight: 20, arbitrary: fc.oneof(...apexes.map(nameBelow)) },
      { weight: 1, arbitrary: fc.constantFrom(nameOf('.'), nameOf('example'), nameOf('other.test')) },
    ),
    upper: fc.oneof(fc.constant(0), fc.integer()),
    type: fc.oneof(
      { weight: 8, arbitrary: fc.constantFrom(1, 28) },
      { weight: 8, arbitrary: fc.constantFrom(2, 5, 6, 12, 14, 15, 16, 33, 39, 43, 65, 65280) },
      { weight: 1, arbitrary: fc.constantFrom(41, 46, 47, 250, 251, 252, 255, 255, 255) },
    ),
    qclass: fc.oneof({ weight: 30, arbitrary: fc.constant(1) }, { weight: 1, arbitrary: fc.constantFrom(3, 255) }),
    isElaborate: fc.oneof({ weight: 15, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
    id: fc.integer({ min: 0, max: 0xffff }),
    flags: fc.oneof(
      { weight: 10, arbitrary: fc.constantFrom(0, 0x0100) },
      { weight: 1, arbitrary: fc.integer({ min: 0, max: 0xffff }) },
    ),
    edns: fc.option(
      fc.record({
        size: fc.oneof(fc.constantFrom(512, 1232, 4096), fc.integer({ min: 0, max: 2000 })),
        flags: fc.constantFrom(0, 0x80, 0xff),
        version: fc.oneof({ weight: 20, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.constant(1) }),
        options: fc.oneof(
          { weight: 6, arbitrary: fc.constant([]) },
          {
            weight: 1,
            arbitrary: fc.array(fc.tuple(fc.constantFrom(3, 8, 10, 11, 12, 15), fc.uint8Array({ maxLength: 24 })), {
              maxLength: 3,
            }),
          },
          {
            weight: 1,
            arbitrary: fc.tuple(fc.constant(10), fc.uint8Array({ minLength: 8, maxLength: 8 })).map((option) => [option]),
          },
        ),
      }),
      { nil: undefined },
    ),
  });
}
