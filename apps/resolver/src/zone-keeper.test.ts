import { describe, expect, it } from '@jest/globals';

import { fakeClock, type RecordingLogger, recordLog } from '@kubezone/app/testing';
import {
  composeName,
  type DesiredRRset,
  nameOf,
  type Origin,
  printRRset,
  scanMailbox,
  scanSoaNs,
  isFailure,
  type Zone,
  zoneBuilder,
  scanRecord,
  serialOf,
  TYPE,
} from '@kubezone/core';
import { type ServedZones } from '@kubezone/dns-server';

import type { ConfiguredZone, FileZone } from './config/zone-schema.ts';
import { lookUpIn } from './testing/look-up.ts';
import { ZoneKeeper } from './zone-keeper.ts';
import { servedZones } from './testing/served-zones.ts';

const NOW = Date.UTC(2026, 0, 1);
const SERIAL = NOW / 1000;

function ok<T>(scanned: T): Exclude<T, { code: string; message: string; offset: number }> {
  if (isFailure(scanned)) throw new Error(scanned.message);
  return scanned as Exclude<T, { code: string; message: string; offset: number }>;
}

function configured(apex: string, servers: string): ConfiguredZone {
  const common = { apex: nameOf(apex), ttl: 30 };
  const ptr = apex.endsWith('.arpa.');
  const soa = { mailbox: ok(scanMailbox('admin@lb.test')), refresh: 3600, retry: 900, expire: 86_400, ttl: 30, negativeTtl: 30 };
  return { ...common, kind: 'configured', rotate: true, ptr, config: { ...common, soa, nameservers: ok(scanSoaNs(servers)) } };
}

function fileZone(apex: string): FileZone {
  return { kind: 'file', apex: nameOf(apex), ttl: 30, rotate: false, ptr: false, path: `/zones/${apex}zone` };
}

/** A zone of records in presentation format. */
function zoneOf(apex: string, ...records: readonly string[]): Zone {
  const builder = zoneBuilder(nameOf(apex));
  for (const text of records) builder.add(ok(scanRecord(text, nameOf(apex), 60)));
  const { zone } = builder.build();
  if (zone === undefined) throw new Error('no SOA');
  return zone;
}

function setUp(
  apexes: readonly string[],
  clusters = true,
  clock = fakeClock(NOW),
  elsewhere: Readonly<Record<string, readonly string[]>> = {},
): { keeper: ZoneKeeper; zones: ServedZones; logger: RecordingLogger } {
  const zones = servedZones(clock);
  const logger = recordLog();
  const keeper = new ZoneKeeper({
    zones,
    apexes: new Set(apexes.map(nameOf)),
    reverseZones: apexes.filter((apex) => apex.endsWith('.arpa.')).map(nameOf),
    sources: ['zone-file', 'node-area'],
    clusters,
    aliases: { mode: 'flatten', lookUp: lookUpIn(elsewhere), random: () => 0 },
    clock,
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

const UNDELEGATED = 'warn: a zone file has no delegation to a zone that is served too: resolvers will not find that';

/** The SOA's serial. */
function serialIn(zones: ServedZones, apex: string): number {
  const [rdata] = zones.get(nameOf(apex))?.zone.soa.rdatas ?? [];
  if (rdata === undefined) throw new Error(`${apex} is not served`);
  return serialOf(rdata);
}

const NODE: Origin = { source: 'node-area', cluster: 'prod', namespace: '', object: 'Node/n1', createdAt: 0 };

function address(name: string, ...octets: readonly [number, number, number, number]) {
  return { kind: 'rrset', owner: nameOf(name), type: 1, ttl: 30, rdatas: [Uint8Array.from(octets)] } as const;
}

describe('a configured zone', () => {
  it('has its SOA, NS and glue from the start, and is not complete while clusters are listed', async () => {
    const { keeper, zones } = setUp(['lb.test.']);
    keeper.addConfigured([configured('lb.test.', 'ns1.lb.test:192.0.2.53;ns2.other.test')]);
    expect(content(zones, 'lb.test.')).toEqual([
      'lb.test. 30 IN NS ns1.lb.test.',
      'lb.test. 30 IN NS ns2.other.test.',
      `lb.test. 30 IN SOA ns1.lb.test. admin.lb.test. ${SERIAL} 3600 900 86400 30`,
      'ns1.lb.test. 30 IN A 192.0.2.53',
    ]);
    expect(zones.get(nameOf('lb.test.'))?.complete).toBe(false);
    await keeper.complete();
    expect(zones.get(nameOf('lb.test.'))?.complete).toBe(true);
  });

  it('keeps the addresses of its name servers where a node lists an area of that name, and says so', () => {
    const { keeper, zones, logger } = setUp(['lb.test.']);
    keeper.addConfigured([configured('lb.test.', 'ns1.lb.test:192.0.2.53')]);
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

  it('beside a cluster has serials that grow over restarts, also where its own is a date that lies after the time', () => {
    const dated = SOA.replace(' 7 ', ' 2026070101 ');
    const lifetime = (startedAt: number): number => {
      const clock = fakeClock(startedAt);
      const { keeper, zones, logger } = setUp(['a.test.'], true, clock);
      keeper.takeFile(fileZone('a.test.'), zoneOf('a.test.', dated, ...RECORDS.slice(1)));
      expect(logger.take()).toHaveLength(1);
      for (let change = 1; change <= 3; change++) {
        clock.advance(10_000);
        keeper.apply(keeper.catalog.put(NODE, [address('home.a.test', 198, 51, 100, change)]));
      }
      keeper.takeFile(fileZone('a.test.'), zoneOf('a.test.', dated, ...RECORDS.slice(1), 'new 60 IN A 192.0.2.2'));
      expect(logger.take()).toEqual([]);
      return serialIn(zones, 'a.test.');
    };
    const first = lifetime(NOW);
    expect(first).toBe(SERIAL + 31);
    expect(lifetime(NOW + 60_000)).toBeGreaterThan(first);
  });
});

describe('a zone whose parent is served too', () => {
  const SOA = '@ 60 IN SOA ns1 admin 7 1 2 3 4';
  const DS = 'sub 60 IN DS 1 13 2 0123456789012345678901234567890123456789012345678901234567890123';
  const PARENT = [SOA, '@ 60 IN NS ns1', 'ns1 60 IN A 192.0.2.1', 'www 60 IN CNAME home.sub'];
  const CUT = ['sub 60 IN NS ns.sub', DS, 'ns.sub 60 IN A 192.0.2.66', 'host.sub 60 IN A 192.0.2.67'];
  const PRINTED_CUT = [
    'host.sub.a.test. 60 IN A 192.0.2.67',
    'ns.sub.a.test. 60 IN A 192.0.2.66',
    'sub.a.test. 60 IN DS 1 13 2 0123456789012345678901234567890123456789012345678901234567890123',
    'sub.a.test. 60 IN NS ns.sub.a.test.',
  ];
  const CHILD = [SOA, '@ 60 IN NS ns', 'ns 60 IN A 192.0.2.7', 'home 60 IN A 192.0.2.8'];
  const APEXES = ['a.test.', 'sub.a.test.'];

  /** What the parent holds at and below the cut. */
  const cutIn = (zones: ServedZones): string[] => content(zones, 'a.test.').filter((line) => /^(?:\S+\.)?sub\./.test(line));

  describe.each([
    ['with clusters', true],
    ['without clusters', false],
  ])('%s', (_, clusters) => {
    it.each([
      ['configured', (keeper: ZoneKeeper) => keeper.addConfigured([configured('sub.a.test.', 'ns.sub.a.test:192.0.2.7')])],
      ['from a file', (keeper: ZoneKeeper) => keeper.takeFile(fileZone('sub.a.test.'), zoneOf('sub.a.test.', ...CHILD))],
    ])('is delegated as the parent’s file says, with DS and glue, if it is %s', (_kind, add) => {
      for (const parentFirst of [true, false]) {
        const { keeper, zones, logger } = setUp(APEXES, clusters);
        if (!parentFirst) add(keeper);
        keeper.takeFile(fileZone('a.test.'), zoneOf('a.test.', ...PARENT, ...CUT));
        if (parentFirst) add(keeper);
        expect(cutIn(zones)).toEqual(PRINTED_CUT);
        expect(content(zones, 'sub.a.test.').filter((line) => line.includes(' A '))).not.toContain(PRINTED_CUT[0]);
        expect(logger.take()).toEqual([]);
      }
    });

    it('is delegated and not, as the parent’s file is edited', () => {
      const { keeper, zones, logger } = setUp(APEXES, clusters);
      const file = fileZone('a.test.');
      keeper.takeFile(fileZone('sub.a.test.'), zoneOf('sub.a.test.', ...CHILD));
      const child = content(zones, 'sub.a.test.');
      const edit = (serial: number, ...cut: readonly string[]): void =>
        keeper.takeFile(file, zoneOf('a.test.', SOA.replace(' 7 ', ` ${serial} `), ...PARENT.slice(1), ...cut));
      edit(7);
      expect(cutIn(zones)).toEqual([]);
      expect(logger.take()).toEqual([UNDELEGATED]);
      edit(8, ...CUT);
      expect(cutIn(zones)).toEqual(PRINTED_CUT);
      edit(9, 'sub 60 IN NS ns.other.test.');
      expect(cutIn(zones)).toEqual(['sub.a.test. 60 IN NS ns.other.test.']);
      expect(logger.take()).toEqual([]);
      edit(10);
      expect(cutIn(zones)).toEqual([]);
      expect(logger.take()).toEqual([UNDELEGATED]);
      expect(content(zones, 'sub.a.test.')).toEqual(child);
    });

    it('is delegated by a configured parent as its own configuration says', () => {
      for (const apexes of [APEXES, APEXES.toReversed()]) {
        const { keeper, zones, logger } = setUp(apexes, clusters);
        const servers = { 'a.test.': 'ns1.a.test:192.0.2.1', 'sub.a.test.': 'ns.sub.a.test:192.0.2.7,2001:db8::7;ns1.a.test' };
        keeper.addConfigured(apexes.map((apex) => configured(apex, servers[apex as keyof typeof servers])));
        expect(cutIn(zones)).toEqual([
          'ns.sub.a.test. 30 IN A 192.0.2.7',
          'ns.sub.a.test. 30 IN AAAA 2001:db8::7',
          'sub.a.test. 30 IN NS ns.sub.a.test.',
          'sub.a.test. 30 IN NS ns1.a.test.',
        ]);
        expect(logger.take()).toEqual([]);
      }
    });

    it('is delegated by a configured parent as its own file says, and follows its edits', () => {
      const { keeper, zones } = setUp(APEXES, clusters);
      keeper.takeFile(fileZone('sub.a.test.'), zoneOf('sub.a.test.', ...CHILD));
      keeper.addConfigured([configured('a.test.', 'ns1.a.test:192.0.2.1')]);
      expect(cutIn(zones)).toEqual(['ns.sub.a.test. 60 IN A 192.0.2.7', 'sub.a.test. 60 IN NS ns.sub.a.test.']);
      const before = serialIn(zones, 'a.test.');
      keeper.takeFile(
        fileZone('sub.a.test.'),
        zoneOf('sub.a.test.', SOA.replace(' 7 ', ' 8 '), '@ 60 IN NS two', 'two 60 IN A 192.0.2.9'),
      );
      expect(cutIn(zones)).toEqual(['sub.a.test. 60 IN NS two.sub.a.test.', 'two.sub.a.test. 60 IN A 192.0.2.9']);
      expect(serialIn(zones, 'a.test.')).toBeGreaterThan(before);
    });

    it('leaves a parent alone when it changes otherwise', () => {
      const { keeper, zones } = setUp(APEXES, clusters);
      keeper.addConfigured([configured('a.test.', 'ns1.a.test:192.0.2.1'), configured('sub.a.test.', 'ns.sub.a.test:192.0.2.7')]);
      const parent = content(zones, 'a.test.');
      keeper.apply(keeper.catalog.put(NODE, [address('home.sub.a.test', 198, 51, 100, 1)]));
      // With the serial that it had.
      expect(content(zones, 'a.test.')).toEqual(parent);
    });
  });

  it('gets its glue from clusters too', () => {
    const { keeper, zones } = setUp(APEXES);
    keeper.takeFile(fileZone('sub.a.test.'), zoneOf('sub.a.test.', SOA, '@ 60 IN NS node'));
    keeper.addConfigured([configured('a.test.', 'ns1.a.test:192.0.2.1')]);
    keeper.apply(keeper.catalog.put(NODE, [address('node.sub.a.test', 198, 51, 100, 1)]));
    expect(cutIn(zones)).toEqual(['node.sub.a.test. 30 IN A 198.51.100.1', 'sub.a.test. 60 IN NS node.sub.a.test.']);
    keeper.apply(keeper.catalog.remove(NODE));
    expect(cutIn(zones)).toEqual(['sub.a.test. 60 IN NS node.sub.a.test.']);
  });

  it('and grandparent too is delegated by the nearest', () => {
    const { keeper, zones } = setUp([...APEXES, 'x.sub.a.test.']);
    keeper.addConfigured([
      configured('x.sub.a.test.', 'ns.x.sub.a.test:192.0.2.9'),
      configured('sub.a.test.', 'ns.x.sub.a.test:192.0.2.9'),
      configured('a.test.', 'ns1.a.test:192.0.2.1'),
    ]);
    expect(cutIn(zones)).toEqual(['ns.x.sub.a.test. 30 IN A 192.0.2.9', 'sub.a.test. 30 IN NS ns.x.sub.a.test.']);
    expect(content(zones, 'sub.a.test.')).toContain('x.sub.a.test. 30 IN NS ns.x.sub.a.test.');
  });

  it('from a file that is served as it stands gets nothing of its parent’s configuration', () => {
    const { keeper, zones } = setUp(APEXES, false);
    keeper.takeFile(fileZone('sub.a.test.'), zoneOf('sub.a.test.', ...CHILD));
    const before = content(zones, 'sub.a.test.');
    keeper.addConfigured([configured('a.test.', 'ns.sub.a.test:192.0.2.99')]);
    expect(content(zones, 'sub.a.test.')).toEqual(before);
    expect(cutIn(zones)).toContain('ns.sub.a.test. 60 IN A 192.0.2.7');
  });
});

describe('a name outside all zones', () => {
  it('is reported once, and listed until nobody asks for it any more', () => {
    const { keeper, logger } = setUp(['a.test.']);
    keeper.apply(keeper.catalog.put(NODE, [address('b.test', 192, 0, 2, 1)]));
    keeper.apply(keeper.catalog.put(NODE, [address('b.test', 192, 0, 2, 2)]));
    expect(logger.take()).toEqual(['warn: a name lies outside all zones']);
    expect([...keeper.unserved()]).toMatchObject([{ code: 'NAME_OUTSIDE_ZONES', owner: 'b.test.', origins: [NODE], since: NOW }]);
    keeper.apply(keeper.catalog.remove(NODE));
    expect([...keeper.unserved()]).toEqual([]);
  });

  it('is only counted where there are very many', () => {
    const { keeper, logger } = setUp(['a.test.']);
    const many = Array.from({ length: 150 }, (_, number) => address(`n${number}.b.test`, 192, 0, 2, 1));
    keeper.apply(keeper.catalog.put(NODE, many));
    expect([...keeper.unserved()]).toHaveLength(150);
    expect(logger.take()).toHaveLength(101);
  });
});

describe('names of addresses', () => {
  const REVERSE = '2.0.192.in-addr.arpa.';
  const pointers = (zones: ServedZones): string[] => content(zones, REVERSE).filter((line) => line.includes(' PTR '));

  it('follow the names that hold them, and give way to a zone file', () => {
    const { keeper, zones, logger } = setUp(['a.test.', REVERSE]);
    keeper.addConfigured([configured('a.test.', 'ns1.a.test:192.0.2.53')]);
    keeper.takeFile(
      fileZone(REVERSE),
      zoneOf(REVERSE, '@ 60 IN SOA ns1.a.test. admin 7 1 2 3 4', '@ 60 IN NS ns1.a.test.', '9 60 IN PTR mail.a.test.'),
    );
    keeper.apply(keeper.catalog.put(NODE, [address('home.a.test', 192, 0, 2, 8), address('x.a.test', 192, 0, 2, 9)]));
    expect(pointers(zones)).toEqual([
      '53.2.0.192.in-addr.arpa. 30 IN PTR ns1.a.test.',
      '8.2.0.192.in-addr.arpa. 30 IN PTR home.a.test.',
      '9.2.0.192.in-addr.arpa. 60 IN PTR mail.a.test.',
    ]);
    // That a file calls an address otherwise is nobody's mistake.
    expect([[...keeper.conflicts()], logger.take()]).toEqual([[], []]);
    keeper.apply(keeper.catalog.remove(NODE));
    expect(pointers(zones)).toHaveLength(2);
  });
});

describe('a host name whose addresses are wanted', () => {
  it('is flattened in the background, before names are denied', async () => {
    const clock = fakeClock(NOW);
    const { keeper, zones } = setUp(['a.test.'], true, clock, { 'lb.b.test.': ['203.0.113.1', '2001:db8::1'] });
    keeper.addConfigured([configured('a.test.', 'ns.b.test')]);
    keeper.apply(
      keeper.catalog.put(NODE, [{ kind: 'alias', owner: nameOf('www.a.test'), ttl: 60, targets: [nameOf('lb.b.test')] }]),
    );
    const held = (): string[] => content(zones, 'a.test.').filter((line) => line.startsWith('www.'));
    expect(held()).toEqual([]);
    await keeper.complete();
    expect(held()).toEqual(['www.a.test. 60 IN A 203.0.113.1', 'www.a.test. 60 IN AAAA 2001:db8::1']);
    expect(keeper.aliasStatistics()).toMatchObject({ aliases: 1, targets: 1, failing: 0 });
    keeper.stop();
  });

  it('that does not exist is listed with who asks for it', async () => {
    const { keeper } = setUp(['a.test.']);
    keeper.addConfigured([configured('a.test.', 'ns.b.test')]);
    keeper.apply(
      keeper.catalog.put(NODE, [{ kind: 'alias', owner: nameOf('www.a.test'), ttl: 60, targets: [nameOf('no.b.test')] }]),
    );
    await keeper.complete();
    expect([...keeper.unserved()]).toMatchObject([{ code: 'ALIAS_TARGET_MISSING', owner: 'www.a.test.', origins: [NODE] }]);
    keeper.stop();
  });
});

describe('a name server that is a Service', () => {
  it('exists before it has an address, and is missed when all else is known', async () => {
    const { keeper, zones, logger } = setUp(['a.test.']);
    const zone = configured('a.test.', 'ns1.a.test');
    const nameservers = [{ name: nameOf('ns1.a.test'), addresses: [], service: 'kube-system/dns1' }];
    keeper.addConfigured([{ ...zone, config: { ...zone.config, nameservers } }]);
    expect(zones.get(nameOf('a.test'))?.zone.node(nameOf('ns1.a.test'))?.rrsets).toEqual([]);
    await keeper.complete();
    expect(logger.take()).toEqual(['warn: a name server has no address']);
    expect([...keeper.unserved()]).toMatchObject([{ code: 'NAME_SERVER_WITHOUT_ADDRESS', owner: 'ns1.a.test.', since: NOW }]);
    const origin: Origin = {
      source: 'zone',
      cluster: 'prod',
      namespace: 'kube-system',
      object: 'Service/kube-system/dns1',
      createdAt: 0,
    };
    keeper.apply(keeper.catalog.put(origin, [address('ns1.a.test', 192, 0, 2, 53)]));
    expect(content(zones, 'a.test.')).toContain('ns1.a.test. 30 IN A 192.0.2.53');
    expect([...keeper.unserved()]).toEqual([]);
    keeper.apply(keeper.catalog.remove(origin));
    expect(logger.take()).toEqual(['info: a name server has an address now', 'warn: a name server has no address']);
    expect([...keeper.unserved()]).toHaveLength(1);
    keeper.stop();
  });

  it('is in no conflict with itself, where the Service asks for that name too; with another it is', () => {
    const { keeper } = setUp(['a.test.']);
    keeper.addConfigured([configured('a.test.', 'ns1.a.test:192.0.2.1')]);
    const service: Origin = { ...NODE, namespace: 'kube-system', object: 'Service/kube-system/dns1' };
    const contribution = [address('dns1.kube-system.a.test', 192, 0, 2, 53)];
    keeper.apply(keeper.catalog.put({ ...service, source: 'zone' }, contribution));
    keeper.apply(keeper.catalog.put(service, contribution));
    expect([[...keeper.conflicts()], [...keeper.decisions.conflicts()], keeper.conflictCount]).toEqual([[], [], 0]);
    keeper.apply(keeper.catalog.put({ ...service, object: 'Service/shop/thief' }, contribution));
    expect(Array.from(keeper.decisions.conflicts(), ({ loser }) => loser.object)).toEqual(['Service/shop/thief']);
    keeper.stop();
  });
});

describe('a name below a cut of its own zone', () => {
  const FILE = ['@ 60 IN SOA ns1.b.test. admin 7 1 2 3 4', '@ 60 IN NS ns1.b.test.'];
  const CUTS = [
    ...FILE,
    'sub 60 IN NS ns.sub',
    'sub 60 IN NS glue.sub',
    'ns.sub 60 IN A 192.0.2.1',
    'old 60 IN DNAME new.b.test.',
  ];
  const below = [
    address('www.a.test', 192, 0, 2, 9),
    address('x.sub.a.test', 192, 0, 2, 9),
    address('glue.sub.a.test', 192, 0, 2, 9),
    address('x.old.a.test', 192, 0, 2, 9),
  ];
  const found = (keeper: ZoneKeeper): string[] =>
    Array.from(keeper.conflicts(), ({ code, owner }) => `${code} ${owner}`).toSorted();
  const OCCLUDED = ['BELOW_ZONE_CUT x.old.a.test.', 'BELOW_ZONE_CUT x.sub.a.test.'];

  it.each([
    ['that comes after it', true],
    ['that was there before', false],
  ])('%s is told to who asks for it, until the cut goes', (_, late) => {
    const clock = fakeClock(NOW);
    const { keeper } = setUp(['a.test.'], true, clock);
    if (late) keeper.takeFile(fileZone('a.test.'), zoneOf('a.test.', ...FILE));
    else keeper.takeFile(fileZone('a.test.'), zoneOf('a.test.', ...CUTS));
    keeper.apply(keeper.catalog.put(NODE, below));
    expect(found(keeper)).toEqual(late ? [] : OCCLUDED);
    keeper.takeFile(fileZone('a.test.'), zoneOf('a.test.', ...CUTS));
    clock.advance(5000);
    expect(found(keeper)).toEqual(OCCLUDED);
    expect(
      [...keeper.conflicts()].map(({ message, since, winner }) => [message, since <= NOW + 5000, winner?.object]),
    ).toContainEqual([
      'node-area Node/n1 (cluster prod) asks for x.sub.a.test., of which no answer tells: all below sub.a.test. is delegated to other servers by zone-file ZoneFile/a.test.',
      true,
      'ZoneFile/a.test.',
    ]);
    // Whoever tells of conflicts tells new ones from old by what they are.
    for (const [at, conflict] of [...keeper.conflicts()].entries()) expect([...keeper.conflicts()][at]).toBe(conflict);
    keeper.apply(keeper.catalog.put(NODE, below.slice(0, 2)));
    expect(found(keeper)).toEqual(['BELOW_ZONE_CUT x.sub.a.test.']);
    keeper.takeFile(fileZone('a.test.'), zoneOf('a.test.', ...FILE));
    expect(found(keeper)).toEqual([]);
    keeper.stop();
  });

  it('or at a delegation is told of what stands in its way, and not whoever delegates', () => {
    const { keeper } = setUp(['a.test.']);
    keeper.addConfigured([configured('a.test.', 'ns1.a.test:192.0.2.53')]);
    const ns: DesiredRRset = {
      kind: 'rrset',
      owner: nameOf('sub.a.test'),
      type: TYPE.NS,
      ttl: 60,
      rdatas: [composeName(nameOf('ns.b.test'))],
    };
    const delegating: Origin = { ...NODE, object: 'Record/net/sub', createdAt: 9 };
    keeper.apply(keeper.catalog.put(NODE, [address('sub.a.test', 192, 0, 2, 9)]));
    keeper.apply(keeper.catalog.put(delegating, [ns]));
    expect([...keeper.conflicts()].map(({ loser, winner, message }) => [loser.object, winner?.object, message])).toEqual([
      [
        'Node/n1',
        'Record/net/sub',
        'node-area Node/n1 (cluster prod) asks for sub.a.test., of which no answer tells: it is delegated to other servers by node-area Record/net/sub (cluster prod)',
      ],
    ]);
    keeper.stop();
  });
});

describe('names that the zones have no room for', () => {
  it('are reported once, asked for again, and stand when others have gone', () => {
    const clock = fakeClock(NOW);
    const { keeper, zones, logger } = setUp(['a.test.'], true, clock);
    keeper.addConfigured([configured('a.test.', 'ns1.a.test:192.0.2.1')]);
    // 4 MiB hold fewer than 65 such names.
    const bulky = (number: number): DesiredRRset => ({
      kind: 'rrset',
      owner: nameOf(`n${number}.a.test`),
      type: TYPE.TXT,
      ttl: 30,
      rdatas: Array.from({ length: 255 }, (_, text) => new Uint8Array(256).fill(text).with(0, 255)),
    });
    const origin = (number: number): Origin => ({ ...NODE, object: `Node/n${number}` });
    for (let number = 0; number < 65; number++) keeper.apply(keeper.catalog.put(origin(number), [bulky(number)]));
    expect(keeper.refusedNames).toBeGreaterThan(0);
    const reported = logger.take();
    expect(new Set(reported)).toEqual(new Set(['error: a name stays as it was']));
    expect(reported).toHaveLength(keeper.refusedNames);
    clock.advance(20_000);
    expect(logger.take()).toEqual([]);
    for (let number = 0; number < 40; number++) keeper.apply(keeper.catalog.remove(origin(number)));
    clock.advance(30_000);
    expect(keeper.refusedNames).toBe(0);
    expect(zones.get(nameOf('a.test'))?.zone.node(nameOf('n64.a.test'))?.rrsets).toHaveLength(1);
    expect(new Set(logger.take())).toEqual(new Set(['info: a name is as it should be again']));
    keeper.stop();
  });
});
