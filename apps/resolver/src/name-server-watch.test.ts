import { describe, expect, it } from '@jest/globals';

import { recordLog, type RecordingLogger } from '@kubezone/app/testing';
import { Catalog, type DesiredRRset, nameOf, type NameServer, type Origin, TYPE } from '@kubezone/core';

import { NameServerWatch } from './name-server-watch.ts';

const NAME = nameOf('ns1.a.test');
const SERVERS: readonly NameServer[] = [
  { name: NAME, addresses: [], service: 'kube-system/dns1' },
  { name: nameOf('ns2.a.test'), addresses: [] },
];
const ZONE: Origin = { source: 'zone', cluster: '', namespace: '', object: 'Zone/a.test.', createdAt: 0 };
const SERVICE: Origin = { ...ZONE, cluster: 'prod', namespace: 'kube-system', object: 'Service/kube-system/dns1' };
const EXISTENCE: DesiredRRset = { kind: 'existence', owner: NAME };
const ADDRESS: DesiredRRset = { kind: 'rrset', owner: NAME, type: TYPE.A, ttl: 30, rdatas: [Buffer.from([192, 0, 2, 53])] };
const TEXT: DesiredRRset = { kind: 'rrset', owner: NAME, type: TYPE.TXT, ttl: 30, rdatas: [Buffer.from([1, 97])] };
const ALIAS: DesiredRRset = { kind: 'alias', owner: NAME, ttl: 30, targets: [nameOf('lb.test')] };

/** A watch over `SERVERS`, whose names exist. */
function setUp(): {
  watch: NameServerWatch;
  logger: RecordingLogger;
  put: (desired: readonly DesiredRRset[]) => void;
  listed: () => string[];
  time: { now: number };
} {
  const time = { now: 1000 };
  const clock = { now: () => time.now };
  const catalog = new Catalog({ order: ['zone'], clock });
  catalog.put(ZONE, [EXISTENCE]);
  const logger = recordLog();
  const watch = new NameServerWatch({ catalog, clock, logger });
  watch.add(SERVERS);
  return {
    watch,
    logger,
    put: (desired) => watch.take(desired.length === 0 ? catalog.remove(SERVICE) : catalog.put(SERVICE, desired)),
    listed: () =>
      Array.from(watch, ({ code, owner, origins, since }) =>
        [code, owner, ...origins.map(({ object }) => object), since].join(' '),
      ),
    time,
  };
}

describe('a name server that is a Service', () => {
  it('is missed from the beginning where it has no address', () => {
    const { watch, logger, listed } = setUp();
    expect(listed()).toEqual([]);
    watch.begin();
    expect(logger.lines.map(({ level, fields }) => `${level} ${String(fields['name'])} ${String(fields['service'])}`)).toEqual([
      'warn ns1.a.test. kube-system/dns1',
    ]);
    expect(listed()).toEqual(['NAME_SERVER_WITHOUT_ADDRESS ns1.a.test. Zone/a.test. 1000']);
    expect([...watch][0]?.message).toBe(
      'found no address of the Service kube-system/dns1, expected one at least: ns1.a.test. is a name server of a zone',
    );
  });

  it.each<readonly [string, readonly DesiredRRset[], string]>([
    ['is gone', [], 'Zone/a.test.'],
    ['has lost its addresses', [EXISTENCE], 'Zone/a.test. Service/kube-system/dns1'],
    ['has anything but addresses', [TEXT], 'Service/kube-system/dns1'],
  ])('is missed when it %s, and told to be back, each once and again and again', (_, lost, asking) => {
    const { watch, logger, put, listed, time } = setUp();
    put([ADDRESS]);
    watch.begin();
    expect(logger.take()).toEqual([]);
    for (const now of [2000, 3000]) {
      time.now = now;
      put(lost);
      put([...lost]);
      expect(listed()).toEqual([`NAME_SERVER_WITHOUT_ADDRESS ns1.a.test. ${asking} ${now}`]);
      put([ADDRESS]);
      expect(listed()).toEqual([]);
      expect(logger.take()).toEqual(['warn: a name server has no address', 'info: a name server has an address now']);
    }
  });

  it('is not missed where it has host names, whose addresses are asked for', () => {
    const { watch, logger, put, listed } = setUp();
    put([ALIAS]);
    watch.begin();
    expect([...logger.take(), ...listed()]).toEqual([]);
  });

  it('is not missed before all names are known', () => {
    const { logger, put, listed } = setUp();
    put([ADDRESS]);
    put([]);
    expect([...logger.take(), ...listed()]).toEqual([]);
  });
});
