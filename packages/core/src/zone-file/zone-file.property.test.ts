import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';

import { isFailure } from '../failure.ts';
import { compareNames, nameOf, type OwnerName } from '../name/owner-name.ts';
import { scanRecord } from '../rr/record-text.ts';
import { TYPE } from '../rr/rr-type.ts';
import type { ResourceRecord } from '../rr/rrset.ts';
import { buildZone, zoneBuilder } from '../zone/build-zone.ts';
import type { Zone } from '../zone/zone.ts';
import { printZoneFile } from './print-zone-file.ts';
import { readZoneFile } from './read-zone-file.ts';

/** An owner of any octets, at or below an apex. */
const label = fc.oneof(
  fc.constantFrom('www', '*', 'a', '_tcp', 'xn--bcher-kva'),
  fc
    .uint8Array({ minLength: 1, maxLength: 4 })
    .map((octets) => Array.from(octets, (octet) => `\\${String(octet).padStart(3, '0')}`).join('')),
);
const apexes = ['example.', '.', 'a\\.b.example.'].map(nameOf);
const data = fc.oneof(
  fc.constantFrom<[number, number[]]>(
    [TYPE.A, [192, 0, 2, 1]],
    [TYPE.A, [192, 0, 2, 2]],
    [TYPE.MX, [0, 1, 1, 65, 0]],
    [TYPE.NS, [1, 97, 0]],
  ),
  fc.constantFrom<[number, number[]]>([TYPE.AAAA, Array.from({ length: 16 }, (_, index) => index * 16)]),
  // Strings of any octets, and types that nobody knows.
  fc.uint8Array({ maxLength: 20 }).map((octets): [number, number[]] => [TYPE.TXT, [octets.length, ...octets]]),
  fc.uint8Array({ maxLength: 20 }).map((octets): [number, number[]] => [65_280, [...octets]]),
);

function recordsOf(apex: OwnerName): fc.Arbitrary<ResourceRecord[]> {
  const record = fc
    .record({ labels: fc.array(label, { maxLength: 3 }), ttl: fc.integer({ min: 0, max: 2 ** 31 - 1 }), data })
    .map(({ labels, ttl, data: [type, octets] }): ResourceRecord => {
      const owner = nameOf([...labels, apex === '.' ? '' : apex].join('.') || '.');
      return { owner, type, class: 1, ttl, rdata: Uint8Array.from(octets) };
    });
  return fc.array(record, { maxLength: 30 });
}

function zoneOf(apex: OwnerName, records: Iterable<ResourceRecord>): Zone {
  const soa = scanRecord(`${apex} 60 SOA ns.example. h.example. 1 2 3 4 5`);
  if (isFailure(soa)) throw new RangeError(soa.message);
  const { zone } = buildZone(apex, [soa, ...records]);
  if (zone === undefined) throw new RangeError('no zone');
  return zone;
}

function contentOf(zone: Zone): unknown {
  return Array.from(zone.nodes(), ({ owner, rrsets }) => ({
    owner,
    rrsets: rrsets.toSorted((one, other) => one.type - other.type),
  })).toSorted((one, other) => compareNames(one.owner, other.owner));
}

describe('a zone file', () => {
  it('that was printed is read as the same zone', () => {
    const zones = fc.constantFrom(...apexes).chain((apex) => recordsOf(apex).map((records) => zoneOf(apex, records)));
    fc.assert(
      fc.property(zones, fc.constantFrom(...apexes), (zone, origin) => {
        const builder = zoneBuilder(zone.apex);
        // Any origin: everything in a printed file is absolute.
        const diagnostics = readZoneFile(printZoneFile(zone), { file: 'f', origin }, (record) => builder.add(record));
        expect(diagnostics).toEqual([]);
        const { zone: again } = builder.build();
        expect(again && contentOf(again)).toEqual(contentOf(zone));
      }),
    );
  });

  it('is printed in canonical order, after its SOA', () => {
    const zones = fc.constantFrom(...apexes).chain((apex) => recordsOf(apex).map((records) => zoneOf(apex, records)));
    fc.assert(
      fc.property(zones, (zone) => {
        const [soa = '', ...lines] = printZoneFile(zone).trimEnd().split('\n');
        expect(soa.split(' ')[3]).toBe('SOA');
        const owners = lines.map((line) => nameOf(line.split(' ')[0] ?? ''));
        expect(owners).toEqual(owners.toSorted(compareNames));
      }),
    );
  });

  const line = fc.constantFrom(
    'a 5 TXT x',
    ' 5 TXT y',
    '\t',
    '; comment ( "',
    'b 5 TXT "q',
    'c 5 TXT ( x',
    ' y )',
    ') d 5 TXT z',
    '( ; x',
    'e 5 A 1.2.3.4 \\',
    '$ORIGIN sub',
    '$ORIGIN a..b',
    '$TTL x',
    '$INCLUDE f',
    '"',
    '\\',
    '\r',
    'f 5 TYPE999 \\# 2 00',
  );

  it('made of any lines, however broken, gives no record twice and places every record and fault inside the text', () => {
    fc.assert(
      fc.property(fc.array(line, { maxLength: 40 }), fc.constantFrom('\n', '\r\n', '\r'), (lines, lineEnd) => {
        const text = lines.join(lineEnd);
        const lineCount = text.split(/\r\n|\n|\r/).length;
        const places: string[] = [];
        const diagnostics = readZoneFile(text, { file: 'f', origin: nameOf('example') }, (_, at) =>
          places.push(`${at.line}:${at.column}`),
        );
        expect(new Set(places).size).toBe(places.length);
        const numbers = [
          ...places.map((place) => Number.parseInt(place, 10)),
          ...diagnostics.map(({ line: number }) => number ?? 0),
        ];
        expect(numbers.every((number) => number >= 1 && number <= lineCount)).toBe(true);
      }),
    );
  });

  it('made of any characters is read to its end without an exception', () => {
    const character = fc.oneof(
      fc.constantFrom(...'\n \r \t ( ) ; " \\ $ @ . a 0 A # \uFFFD \uFEFF \u00e9 \ud800'.split(' '), ' '),
      fc.string({ minLength: 1, maxLength: 1 }),
    );
    fc.assert(
      fc.property(fc.array(character, { maxLength: 200 }), (characters) => {
        const read = (): unknown =>
          readZoneFile(`${characters.join('')}\nend.example. 5 TXT x`, { file: 'f', origin: nameOf('example') }, () => {});
        expect(read).not.toThrow();
      }),
    );
  });

  it('with a broken line loses nothing of the lines before and after it', () => {
    const broken = fc.constantFrom(
      'x 5 A nonsense',
      'x 5 TXT "q',
      'x 5 TXT a"b',
      'x 5 TXT )',
      'x..y 5 TXT z',
      'x 5 NOTYPE z',
      '$NOPE',
      'x 5 TXT \\',
      'x 5 TXT (',
    );
    const good = fc
      .integer({ min: 0, max: 99 })
      .map((number) => `n${number} 5 TXT "v ( ; ${number}" ${number % 3 === 0 ? `(\n"more" ; )\n)` : ''}`);
    fc.assert(
      fc.property(fc.array(good, { maxLength: 5 }), broken, fc.array(good, { maxLength: 5 }), (before, bad, after) => {
        const read = (lines: readonly string[]): readonly unknown[] => {
          const records: unknown[] = [];
          readZoneFile(lines.join('\n'), { file: 'f', origin: nameOf('example') }, (record) => records.push(record));
          return records;
        };
        expect(read([...before, bad, ...after])).toEqual(read([...before, ...after]));
      }),
    );
  });
});

describe('the time to read a zone file', () => {
  it.each([
    ['quotes that are never closed', 'a 5 TXT "x\n'],
    ['parentheses that are never closed', 'a 5 TXT ( x\n'],
    ['parentheses that are closed only', ')\n'],
    ['parentheses that are closed and opened', ') (\n'],
    ['parentheses that are opened and closed and opened', '( ) (\n'],
    ['comments', ';;;;\n'],
    ['one line', 'x '],
    ['parentheses in one line', '( '],
  ])('grows with its length, not with its square, where it consists of %s', (_, text) => {
    const timeOf = (count: number): number => {
      const repeated = `a ( 5\n${text.repeat(count)}`;
      const start = performance.now();
      readZoneFile(repeated, { file: 'f', origin: nameOf('example') }, () => {});
      return performance.now() - start;
    };
    timeOf(1_000);
    // Linear is 30 ms, quadratic would be a minute.
    expect(timeOf(50_000)).toBeLessThan(5_000);
  });
});
