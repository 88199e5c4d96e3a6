import { describe, expect, it } from '@jest/globals';

import { isFailure } from '../failure.ts';
import { nameOf, type OwnerName } from '../name/owner-name.ts';
import { printRRset, scanRecord } from '../rr/record-text.ts';
import type { ResourceRecord } from '../rr/rrset.ts';
import { type BuiltZone, buildZone, zoneBuilder } from './build-zone.ts';
import { printDiagnostic } from './diagnostic.ts';

const APEX = nameOf('example');
const BASE = ['example. 60 SOA ns.example. h.example. 1 2 3 4 5', 'example. 60 NS ns.example.', 'ns.example. 60 A 192.0.2.53'];

function recordOf(line: string): ResourceRecord {
  const record = scanRecord(line);
  if (isFailure(record)) throw new RangeError(`${line}: ${record.message}`);
  return record;
}

function build(lines: readonly string[]): BuiltZone {
  return buildZone(APEX, lines.map(recordOf));
}

/** What stands at a name; undefined where it does not exist. */
function linesAt({ zone }: BuiltZone, name: OwnerName): string[] | undefined {
  return zone?.node(name)?.rrsets.flatMap((rrset) => printRRset(rrset).split('\n'));
}

function printed({ diagnostics }: BuiltZone): string[] {
  return diagnostics.map(printDiagnostic);
}

/** Records beside the base, what is said of them, and what www.example. then holds. */
interface Case {
  readonly rule: string;
  readonly given: readonly string[];
  readonly says: readonly string[];
  readonly www?: readonly string[];
}

const cases: readonly Case[] = [
  {
    rule: 'finds nothing wrong with a good zone',
    given: ['www.example. 60 A 192.0.2.1'],
    says: [],
    www: ['www.example. 60 IN A 192.0.2.1'],
  },
  {
    rule: 'drops records of other zones',
    given: ['www.example. 60 A 192.0.2.1', 'www.example.net. 60 A 192.0.2.1', 'xexample. 60 A 192.0.2.1'],
    says: [
      'error: www.example.net. A: the owner is not in the zone example. [OUT_OF_ZONE]',
      'error: xexample. A: the owner is not in the zone example. [OUT_OF_ZONE]',
    ],
    www: ['www.example. 60 IN A 192.0.2.1'],
  },
  {
    rule: 'drops records of other classes',
    given: ['www.example. 60 CLASS32 A 192.0.2.1', 'www.example. 60 TXT "x"'],
    says: ['error: www.example. A: class CLASS32 found, only IN is served [NOT_IN_CLASS]'],
    www: ['www.example. 60 IN TXT "x"'],
  },
  {
    rule: 'drops records of types that no RRset has',
    given: ['www.example. 60 TYPE255 \\# 0', 'www.example. 60 TXT "x"'],
    says: ['error: www.example. ANY: no RRset can be of this type [META_TYPE]'],
    www: ['www.example. 60 IN TXT "x"'],
  },
  {
    rule: 'uses the lowest TTL of an RRset and says so once',
    given: ['www.example. 60 A 192.0.2.1', 'www.example. 30 A 192.0.2.2', 'www.example. 90 A 192.0.2.3'],
    says: ['warning: www.example. A: TTL 30 found where the RRset has 60; the lowest of all is used [TTL_DIFFERS]'],
    www: ['www.example. 30 IN A 192.0.2.1', 'www.example. 30 IN A 192.0.2.2', 'www.example. 30 IN A 192.0.2.3'],
  },
  {
    rule: 'takes equal records once, without a word',
    given: ['www.example. 60 MX 1 MX.example.', 'www.example. 60 MX 1 mx.example.', 'www.example. 60 MX 1 mx.example.'],
    says: [],
    www: ['www.example. 60 IN MX 1 MX.example.'],
  },
  {
    rule: 'drops a CNAME beside other data that comes after it',
    given: ['www.example. 60 CNAME a.example.', 'www.example. 60 A 192.0.2.1'],
    says: ['error: www.example. CNAME: the name has A too, beside which no CNAME can stand [CNAME_AND_OTHER_DATA]'],
    www: ['www.example. 60 IN A 192.0.2.1'],
  },
  {
    rule: 'drops a CNAME beside other data that comes before it',
    given: ['www.example. 60 A 192.0.2.1', 'www.example. 60 CNAME a.example.'],
    says: ['error: www.example. CNAME: the name has A too, beside which no CNAME can stand [CNAME_AND_OTHER_DATA]'],
    www: ['www.example. 60 IN A 192.0.2.1'],
  },
  {
    rule: 'keeps a CNAME beside NSEC',
    given: ['www.example. 60 CNAME a.example.', 'www.example. 60 NSEC z.example. CNAME'],
    says: [],
    www: ['www.example. 60 IN CNAME a.example.', 'www.example. 60 IN NSEC z.example. CNAME'],
  },
  {
    rule: 'keeps the first of several CNAMEs',
    given: ['www.example. 60 CNAME a.example.', 'www.example. 60 CNAME b.example.', 'www.example. 60 CNAME A.example.'],
    says: ['error: www.example. CNAME: a name can have one only, and this is another than the first [SINGLE_VALUED]'],
    www: ['www.example. 60 IN CNAME a.example.'],
  },
  {
    rule: 'keeps the first of several DNAMEs',
    given: ['www.example. 60 DNAME a.example.', 'www.example. 60 DNAME b.example.'],
    says: ['error: www.example. DNAME: a name can have one only, and this is another than the first [SINGLE_VALUED]'],
    www: ['www.example. 60 IN DNAME a.example.'],
  },
  {
    rule: 'keeps the first of several SOAs; a transfer ends in the first one again',
    given: ['example. 60 SOA ns.example. h.example. 9 2 3 4 5', 'example. 60 SOA ns.example. h.example. 1 2 3 4 5'],
    says: ['error: example. SOA: a name can have one only, and this is another than the first [SINGLE_VALUED]'],
  },
  {
    rule: 'drops a SOA below the apex',
    given: ['www.example. 60 SOA ns.example. h.example. 1 2 3 4 5'],
    says: ['error: www.example. SOA: a zone has its SOA at the apex example. only [SOA_NOT_AT_APEX]'],
  },
  {
    rule: 'warns of data below a zone cut, and keeps it',
    given: ['sub.example. 60 NS ns.example.net.', 'www.sub.example. 60 A 192.0.2.1', 'a.b.sub.example. 60 TXT "x"'],
    says: [
      'warning: www.sub.example. A: never served, as it stands below the zone cut sub.example. [OCCLUDED]',
      'warning: a.b.sub.example. TXT: never served, as it stands below the zone cut sub.example. [OCCLUDED]',
    ],
  },
  {
    rule: 'warns of data at a zone cut that belongs to the child',
    given: ['sub.example. 60 NS ns.example.net.', 'sub.example. 60 DS 1 8 2 00', 'sub.example. 60 TXT "x"'],
    says: ['warning: sub.example. TXT: never served, as it stands at a zone cut [OCCLUDED]'],
  },
  {
    rule: 'warns of data below a DNAME, of glue too',
    given: [
      'd.example. 60 DNAME other.example.',
      'd.example. 60 TXT "x"',
      'www.d.example. 60 A 192.0.2.1',
      'example. 60 NS www.d.example.',
    ],
    says: ['warning: www.d.example. A: never served, as it stands below the DNAME at d.example. [OCCLUDED]'],
  },
  {
    rule: 'knows glue: at the cut, below it, and below the cut of a sibling',
    given: [
      'one.example. 60 NS one.example.',
      'one.example. 60 NS ns.one.example.',
      'two.example. 60 NS ns.one.example.',
      'one.example. 60 A 192.0.2.1',
      'ns.one.example. 60 AAAA 2001:db8::1',
    ],
    says: [],
  },
  {
    rule: 'warns of missing glue, but not for names outside the zone or in a sibling’s',
    given: ['one.example. 60 NS ns.one.example.', 'one.example. 60 NS ns.example.net.', 'two.example. 60 NS ns.one.example.'],
    says: ['warning: one.example. NS ns.one.example.: the name server is in the zone, which has no address of it [GLUE_MISSING]'],
  },
  {
    rule: 'warns of a name server of the zone itself that has no address',
    given: ['example. 60 NS missing.example.', 'example. 60 NS text.example.', 'text.example. 60 TXT "x"'],
    says: [
      'warning: example. NS missing.example.: the name server is in the zone, which has no address of it [GLUE_MISSING]',
      'warning: example. NS text.example.: the name server is in the zone, which has no address of it [GLUE_MISSING]',
    ],
  },
  {
    rule: 'takes the address of a name server from the wildcard that answers for it, and from no other',
    given: [
      'example. 60 NS a.w.example.',
      'example. 60 NS b.ent.w.example.',
      '*.w.example. 60 A 192.0.2.1',
      'x.ent.w.example. 60 A 192.0.2.1',
    ],
    says: ['warning: example. NS b.ent.w.example.: the name server is in the zone, which has no address of it [GLUE_MISSING]'],
  },
  {
    rule: 'warns of a name server that is an alias',
    given: ['example. 60 NS alias.example.', 'alias.example. 60 CNAME ns.example.'],
    says: [
      'warning: example. NS alias.example.: the name server is a CNAME, which resolvers need not follow (RFC 2181, section 10.3) [NS_IS_ALIAS]',
    ],
  },
];

describe('buildZone', () => {
  it.each(cases)('$rule', ({ given, says, www }) => {
    const built = build([...BASE, ...given]);
    expect(printed(built)).toEqual(says);
    expect(linesAt(built, nameOf('www.example'))).toEqual(www);
    // Whatever was wrong, the rest is served.
    expect(linesAt(built, APEX)?.[0]).toBe('example. 60 IN SOA ns.example. h.example. 1 2 3 4 5');
    expect(linesAt(built, nameOf('ns.example'))).toEqual(['ns.example. 60 IN A 192.0.2.53']);
  });

  it('keeps occluded data', () => {
    const built = build([...BASE, 'sub.example. 60 NS ns.example.', 'www.sub.example. 60 A 192.0.2.1']);
    expect(linesAt(built, nameOf('www.sub.example'))).toEqual(['www.sub.example. 60 IN A 192.0.2.1']);
  });

  it('makes no zone without a SOA', () => {
    const built = build(['www.example. 60 A 192.0.2.1']);
    expect(built.zone).toBeUndefined();
    expect(printed(built)).toEqual(['error: example. has no SOA: the zone cannot be served [SOA_MISSING]']);
  });

  it('makes no zone of nothing', () => expect(build([]).zone).toBeUndefined());

  it('serves a zone without NS, with a warning', () => {
    const built = build(['example. 60 SOA ns.example. h.example. 1 2 3 4 5']);
    expect(built.zone?.nameCount).toBe(1);
    expect(printed(built)).toEqual([
      "warning: example. has no NS: resolvers and secondaries will not find the zone's servers [NS_MISSING]",
    ]);
  });

  it('says where in the file a record stands', () => {
    const builder = zoneBuilder(APEX);
    builder.add(recordOf('www.example.net. 60 A 192.0.2.1'), { file: 'z/example.zone', line: 12, column: 3 });
    expect(builder.build().diagnostics.map(printDiagnostic)).toContain(
      'z/example.zone:12:3: error: www.example.net. A: the owner is not in the zone example. [OUT_OF_ZONE]',
    );
  });

  it('takes any number of types at one name, in time that grows with their number alone', () => {
    const lines = Array.from(
      { length: 40_000 },
      (_, index) => `www.example. 60 TYPE${1_000 + (index % 20_000)} \\# 1 ${index < 20_000 ? '00' : '01'}`,
    );
    const given = [...BASE, 'sub.example. 60 NS ns.example.', ...lines].map(recordOf);
    const start = performance.now();
    const { zone, diagnostics } = buildZone(APEX, given);
    // Linear is 50 ms, quadratic was more than ten seconds.
    expect(performance.now() - start).toBeLessThan(2_000);
    expect(diagnostics).toEqual([]);
    const rrsets = zone?.node(nameOf('www.example'))?.rrsets ?? [];
    expect(rrsets.map(({ type, rdatas }) => [type, rdatas.length])).toEqual(
      Array.from({ length: 20_000 }, (_, index) => [1_000 + index, 2]),
    );
  });

  it.each([1, 2, 15, 16, 17, 18, 40])('finds each of %d types at one name again', (count) => {
    const lines = (octet: string): string[] =>
      Array.from({ length: count }, (_, index) => `www.example. 60 TYPE${300 + index} \\# 1 ${octet}`);
    const { zone } = build([...BASE, ...lines('00'), ...lines('01'), ...lines('02')]);
    expect(zone?.node(nameOf('www.example'))?.rrsets.map(({ rdatas }) => rdatas.length)).toEqual(
      Array.from({ length: count }, () => 3),
    );
  });

  it('lists 500 errors and 500 warnings, and counts the rest', () => {
    const bad = Array.from({ length: 600 }, (_, number) => recordOf(`n${number}.example.net. 60 A 192.0.2.1`));
    const doubtful = Array.from({ length: 501 }, (_, number) => recordOf(`n${number}.sub.example. 60 TXT "x"`));
    const { diagnostics } = buildZone(APEX, [
      ...[...BASE, 'sub.example. 60 NS ns.example.net.'].map(recordOf),
      ...bad,
      ...doubtful,
    ]);
    expect(diagnostics).toHaveLength(1002);
    expect(diagnostics.slice(-2).map(printDiagnostic)).toEqual([
      'error: 100 more errors are not listed [MORE_DIAGNOSTICS]',
      'warning: 1 more warnings are not listed [MORE_DIAGNOSTICS]',
    ]);
  });
});
