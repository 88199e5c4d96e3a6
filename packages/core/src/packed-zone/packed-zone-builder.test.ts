import { describe, expect, it } from '@jest/globals';

import { nameOf } from '../name/owner-name.ts';
import { printRRset } from '../rr/record-text.ts';
import { type Diagnostic, printDiagnostic } from '../zone/diagnostic.ts';
import { zoneBuilder } from '../zone/build-zone.ts';
import { readZoneFile } from '../zone-file/read-zone-file.ts';
import { packedZoneBuilder } from './packed-zone-builder.ts';
import { PackedZones } from './packed-zones.ts';
import type { ZoneView } from '../zone/zone.ts';

const APEX = nameOf('zone.example');

function printZone(zone: ZoneView | undefined): string[] | undefined {
  return (
    zone &&
    Array.from(zone.nodes(), ({ owner, rrsets }) =>
      rrsets.length === 0 ? `${owner} exists` : rrsets.map(printRRset).toSorted().join('\n'),
    ).toSorted()
  );
}

/** The same file through both builders. */
function build(text: string): Record<'packed' | 'plain', { zone: string[] | undefined; diagnostics: string[] }> {
  const zones = new PackedZones({ seed: 3, maxOctets: 2 ** 23 });
  const packed = packedZoneBuilder(zones, APEX);
  const plain = zoneBuilder(APEX);
  readZoneFile(text, { file: 'f', origin: APEX, defaultTtl: 60 }, (record, location) => {
    packed.add(record, location);
    plain.add(record, location);
  });
  const show = ({ zone, diagnostics }: { readonly zone?: ZoneView; readonly diagnostics: readonly Diagnostic[] }) => ({
    zone: printZone(zone),
    diagnostics: diagnostics.map(printDiagnostic).toSorted(),
  });
  return { packed: show(packed.build()), plain: show(plain.build()) };
}

const SOA = '@ 300 SOA ns host 1 2 3 4 5\n@ 300 NS ns\nns 300 A 192.0.2.1\n';

describe('a packed zone that is built of records', () => {
  it.each([
    ['a plain zone', `${SOA}www A 192.0.2.1\nwww A 192.0.2.2\nwww AAAA 2001:db8::1\n*.w TXT "x"\na.b.c MX 10 www`],
    [
      'records of a name that stand apart',
      `${SOA}www A 192.0.2.1\nmail A 192.0.2.9\nwww A 192.0.2.2\nmail MX 1 www\nwww TXT "late"\nwww A 192.0.2.1`,
    ],
    ['a SOA that comes last', 'www A 192.0.2.1\n@ NS ns\nns A 192.0.2.3\n@ TXT "x"\n@ SOA ns host 1 2 3 4 5'],
    ['TTLs that differ', `${SOA}www 60 A 192.0.2.1\nwww 30 A 192.0.2.2\nwww 90 A 192.0.2.3`],
    [
      'a CNAME with other data',
      `${SOA}www CNAME a\nwww A 192.0.2.1\nwww RRSIG A 8 2 60 20300101000000 20200101000000 1 zone.example. AAAA`,
    ],
    ['a CNAME after other data', `${SOA}www A 192.0.2.1\nwww CNAME a`],
    ['two CNAMEs', `${SOA}www CNAME a\nwww CNAME b\nwww CNAME A`],
    ['records that no zone takes', `${SOA}www CH A 192.0.2.1\nother.test. A 192.0.2.1\nsub SOA a b 1 2 3 4 5\nwww A 192.0.2.2`],
    ['no SOA', 'www A 192.0.2.1'],
    ['no NS', '@ SOA ns host 1 2 3 4 5'],
    [
      'delegations with glue, without, and with data below',
      `${SOA}sub NS ns.sub\nns.sub A 192.0.2.4\nbare NS ns.bare\nwww.sub A 192.0.2.5\nsub TXT "x"\nal NS alias\nalias CNAME www\ntree DNAME other.test.\nx.tree A 192.0.2.6`,
    ],
  ])('has the content and the diagnostics of the immutable zone: %s', (_, text) => {
    const { packed, plain } = build(text);
    expect(packed.zone).toEqual(plain.zone);
    expect(packed.diagnostics.map(withoutPlace).toSorted()).toEqual(plain.diagnostics.map(withoutPlace).toSorted());
  });

  it('names the file and line of each faulty record, and for what is found at the end the line of the name', () => {
    const { packed } = build(`${SOA}sub NS ns.sub\n TXT "x"\nbare NS ns.bare\nns.sub A 192.0.2.4\nother.test. A 192.0.2.1`);
    expect(packed.diagnostics.map((line) => line.replace(/: [^:]*\[/, ' ['))).toEqual([
      expect.stringMatching(/^f:4:1: .*OCCLUDED/),
      expect.stringMatching(/^f:6:1: .*GLUE_MISSING/),
      expect.stringMatching(/^f:8:1: .*OUT_OF_ZONE/),
    ]);
  });

  it('names the line of a name whose records stand apart', () => {
    const { packed } = build(`${SOA}www CNAME a\nmail A 192.0.2.9\nwww A 192.0.2.1`);
    expect(packed.diagnostics).toEqual([expect.stringMatching(/^f:4:1: error: www\.zone\.example\. CNAME: the name has A too/)]);
  });

  it('gives its memory back where it is not installed', () => {
    const zones = new PackedZones({ seed: 3, maxOctets: 2 ** 23 });
    const { usedOctets } = zones.usage();
    for (let round = 0; round < 3; round++) {
      const builder = packedZoneBuilder(zones, APEX);
      readZoneFile(`${SOA}a.b.c A 192.0.2.1`, { file: 'f', origin: APEX }, (record) => builder.add(record));
      if (round === 0) builder.discard();
      else if (round === 1) zones.discard(builder.build().zone as NonNullable<ReturnType<typeof builder.build>['zone']>);
      else builder.discard();
    }
    while (zones.maintain()) continue;
    expect(zones.usage().usedOctets).toBe(usedOctets);
  });
});

/** Of a record that was read earlier, the builder of packed zones knows the name's line only. */
function withoutPlace(diagnostic: string): string {
  return diagnostic.replace(/^f:\d+:\d+/, 'f');
}
