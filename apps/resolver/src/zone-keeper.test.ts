import { describe, expect, it } from '@jest/globals';

import {
  nameOf,
  type Origin,
  printRRset,
  scanMailbox,
  scanSoaNs,
  isFailure,
  type Zone,
  zoneBuilder,
  scanRecord,
} from '@kubezone/core';
import { ServedZones } from '@kubezone/dns-server';

import type { ConfiguredZone, FileZone } from './config/zone-schema.ts';
import { fakeClock } from './testing/fake-clock.ts';
import { recordLog, type RecordingLogger } from './testing/record-log.ts';
import { ZoneKeeper } from './zone-keeper.ts';

const NOW = Date.UTC(2026, 0, 1);
const SERIAL = NOW / 1000;

function ok<T>(scanned: T): Exclude<T, { code: string; message: string; offset: number }> {
  if (isFailure(scanned)) throw new Error(scanned.message);
  return scanned as Exclude<T, { code: string; message: string; offset: number }>;
}

function configured(apex: string, servers: string): ConfiguredZone {
  const common = { apex: nameOf(apex), ttl: 30 };
  const soa = { mailbox: ok(scanMailbox('admin@lb.test')), refresh: 3600, retry: 900, expire: 86_400, ttl: 30, negativeTtl: 30 };
  return { ...common, kind: 'configured', rotate: true, config: { ...common, soa, nameservers: ok(scanSoaNs(servers)) } };
}

function fileZone(apex: string): FileZone {
  return { kind: 'file', apex: nameOf(apex), ttl: 30, rotate: false, path: `/zones/${apex}zone` };
}

/** A zone of records in presentation format. */
function zoneOf(apex: string, ...records: readonly string[]): Zone {
  const builder = zoneBuilder(nameOf(apex));
  for (const text of records) builder.add(ok(scanRecord(text, nameOf(apex), 60)));
  const { zone } = builder.build();
  if (zone === undefined) throw new Error('no SOA');
  return zone;
}

function setUp(apexes: readonly string[], clusters = true): { keeper: ZoneKeeper; zones: ServedZones; logger: RecordingLogger } {
  const zones = new ServedZones();
  const logger = recordLog();
  const keeper = new ZoneKeeper({
    zones,
    apexes: new Set(apexes.map(nameOf)),
    sources: ['zone-file', 'node-area'],
    clusters,
    clock: fakeClock(NOW),
    logger,
  });
  return { keeper, zones, logger };
}

/** All that a served zone holds, in presentation format, sorted. */
function content(zones: ServedZones, apex: string): string[] {
  const served = zones.get(nameOf(apex));
  if (served === undefined) throw new Error(`${apex} is not served`);
  return Array.from(served.zone.nodes(), ({ rrsets }) => rrsets.flatMap((rrset) => printRRset(rrset).trim().split('\n')))
    .flat()
    .map((line) => line.replaceAll(/\s+/g, ' '))
    .sort();
}

const NODE: Origin = { source: 'node-area', cluster: 'prod', object: 'Node/n1', createdAt: 0 };

function address(name: string, ...octets: readonly [number, number, number, number]) {
  return { kind: 'rrset', owner: nameOf(name), type: 1, ttl: 30, rdatas: [Uint8Array.from(octets)] } as const;
}

describe('a configured zone', () => {
  it('has its SOA, NS and glue from the start, and is not complete while clusters are listed', () => {
    const { keeper, zones } = setUp(['lb.test.']);
    keeper.addConfigured(configured('lb.test.', 'ns1.lb.test:192.0.2.53;ns2.other.test'));
    expect(content(zones, 'lb.test.')).toEqual([
      'lb.test. 30 IN NS ns1.lb.test.',
      'lb.test. 30 IN NS ns2.other.test.',
      `lb.test. 30 IN SOA ns1.lb.test. admin.lb.test. ${SERIAL} 3600 900 86400 30`,
      'ns1.lb.test. 30 IN A 192.0.2.53',
    ]);
    expect(zones.get(nameOf('lb.test.'))?.complete).toBe(false);
    keeper.complete();
    expect(zones.get(nameOf('lb.test.'))?.complete).toBe(true);
  });

  it('keeps the addresses of its name servers where a node lists an area of that name, and says so', () => {
    const { keeper, zones, logger } = setUp(['lb.test.']);
    keeper.addConfigured(configured('lb.test.', 'ns1.lb.test:192.0.2.53'));
    keeper.apply(keeper.catalog.put(NODE, [address('ns1.lb.test', 198, 51, 100, 1), address('home.lb.test', 198, 51, 100, 1)]));
    expect(content(zones, 'lb.test.').filter((line) => line.includes(' A '))).toEqual([
      'home.lb.test. 30 IN A 198.51.100.1',
      'ns1.lb.test. 30 IN A 192.0.2.53',
    ]);
    expect([...keeper.conflicts()].map(({ owner, loser }) => [owner, loser.object])).toEqual([['ns1.lb.test.', 'Node/n1']]);
    expect(logger.take()).toEqual([]);
  });
});

describe('a zone file', () => {
  const SOA = '@ 60 IN SOA ns1 admin 7 1 2 3 4';
  const RECORDS = [SOA, '@ 60 IN NS ns1', 'ns1 60 IN A 192.0.2.1', 'www 60 IN CNAME ns1'];

  it('without clusters is served as it stands, with its own serial', () => {
    const { keeper, zones, logger } = setUp(['a.test.'], false);
    keeper.takeFile(fileZone('a.test.'), zoneOf('a.test.', ...RECORDS));
    expect(content(zones, 'a.test.')).toContain('a.test. 60 IN SOA ns1.a.test. admin.a.test. 7 1 2 3 4');
    expect(zones.get(nameOf('a.test.'))).toMatchObject({ complete: true, rotate: false });
    expect(logger.take()).toEqual([]);
  });

  it('without clusters that is edited without a new serial is served, and reported', () => {
    const { keeper, zones, logger } = setUp(['a.test.'], false);
    keeper.takeFile(fileZone('a.test.'), zoneOf('a.test.', ...RECORDS));
    keeper.takeFile(fileZone('a.test.'), zoneOf('a.test.', ...RECORDS, 'new 60 IN A 192.0.2.2'));
    expect(content(zones, 'a.test.')).toContain('new.a.test. 60 IN A 192.0.2.2');
    expect(logger.take()).toEqual(['warn: a zone file was edited without raising the serial: secondaries will not notice']);
    keeper.takeFile(fileZone('a.test.'), zoneOf('a.test.', SOA.replace(' 7 ', ' 8 '), ...RECORDS.slice(1)));
    expect(logger.take()).toEqual([]);
  });

  it('beside a cluster is one source among others, and an edit changes what differs', () => {
    const { keeper, zones } = setUp(['a.test.']);
    const settings = fileZone('a.test.');
    keeper.takeFile(settings, zoneOf('a.test.', ...RECORDS));
    expect(zones.get(nameOf('a.test.'))).toMatchObject({ complete: false, rotate: false });
    keeper.apply(keeper.catalog.put(NODE, [address('home.a.test', 198, 51, 100, 1), address('ns1.a.test', 198, 51, 100, 1)]));
    expect(content(zones, 'a.test.')).toEqual([
      'a.test. 60 IN NS ns1.a.test.',
      `a.test. 60 IN SOA ns1.a.test. admin.a.test. ${SERIAL + 1} 1 2 3 4`,
      'home.a.test. 30 IN A 198.51.100.1',
      'ns1.a.test. 60 IN A 192.0.2.1',
      'www.a.test. 60 IN CNAME ns1.a.test.',
    ]);
    keeper.takeFile(settings, zoneOf('a.test.', '@ 60 IN SOA ns2 admin 8 1 2 3 4', '@ 60 IN NS ns2.other.test.'));
    expect(content(zones, 'a.test.')).toEqual([
      'a.test. 60 IN NS ns2.other.test.',
      `a.test. 60 IN SOA ns2.a.test. admin.a.test. ${SERIAL + 2} 1 2 3 4`,
      'home.a.test. 30 IN A 198.51.100.1',
      'ns1.a.test. 30 IN A 198.51.100.1',
    ]);
  });

  it('leaves what it says of a zone that is served too to that zone', () => {
    const { keeper, zones } = setUp(['a.test.', 'sub.a.test.']);
    keeper.addConfigured(configured('sub.a.test.', 'ns.sub.a.test:192.0.2.7'));
    keeper.takeFile(
      fileZone('a.test.'),
      zoneOf('a.test.', ...RECORDS, 'sub 60 IN NS elsewhere.test.', 'host.sub 60 IN A 192.0.2.66'),
    );
    expect(content(zones, 'sub.a.test.').filter((line) => !line.includes('SOA'))).toEqual([
      'ns.sub.a.test. 30 IN A 192.0.2.7',
      'sub.a.test. 30 IN NS ns.sub.a.test.',
    ]);
  });
});

describe('a name outside all zones', () => {
  it('is reported', () => {
    const { keeper, logger } = setUp(['a.test.']);
    keeper.apply(keeper.catalog.put(NODE, [address('b.test', 192, 0, 2, 1)]));
    expect(logger.take()).toEqual(['warn: a name lies outside all zones']);
  });
});
