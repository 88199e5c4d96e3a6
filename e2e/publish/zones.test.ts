/**
 * Zones of one apex, for the Internet and for networks of their own, at the vendors that have them.
 */
import { afterEach, describe, expect, it } from '@jest/globals';
import { dataOf } from '@kubezone/controller/testing';
import type { Provider } from '@kubezone/core';
import { createGoogleProvider, createRoute53Provider } from '@kubezone/providers';
import { GoogleSimulator, Route53Simulator, silentLogger, systemClock } from '@kubezone/providers/testing';

import { Publishing } from './publishing.ts';

/** A simulator with these zones, and what one of them holds. */
interface Vendor {
  readonly provider: Provider;
  holds(zone: string): readonly string[];
  close(): Promise<void>;
}

const context = { clock: systemClock(), logger: silentLogger };
/** By their name at the vendor. */
const ZONES: Readonly<Record<string, { readonly apex: string; readonly isPrivate: boolean }>> = {
  'org-public': { apex: 'example.org.', isPrivate: false },
  'org-private': { apex: 'example.org.', isPrivate: true },
  'bar-public': { apex: 'bar.example.org.', isPrivate: false },
  'bar-private': { apex: 'bar.example.org.', isPrivate: true },
  'longfoo-public': { apex: 'longfoo.bar.example.org.', isPrivate: false },
};

const ASKED = {
  'ingress/a': ['foobar.example.org. 300 A 192.0.2.1'],
  'ingress/b': ['bar.example.org. 300 A 192.0.2.2'],
  'ingress/c': ['foo.bar.example.org. 300 CNAME lb.example.net.'],
  'ingress/d': ['x.longfoo.bar.example.org. 300 A 192.0.2.4'],
  'ingress/e': ['foo.kubernetes.example. 300 A 192.0.2.5'],
};
const ORG = ['foobar.example.org. 300 A 192.0.2.1'];
const BAR = ['bar.example.org. 300 A 192.0.2.2', 'foo.bar.example.org. 300 CNAME lb.example.net.'];
const LONGFOO = ['x.longfoo.bar.example.org. 300 A 192.0.2.4'];

async function route53(zoneType?: 'public' | 'private'): Promise<Vendor> {
  const idOf = (name: string): string => `Z${name.replace('-', '').toUpperCase()}`;
  const zones = Object.entries(ZONES).map(([name, { apex, isPrivate }]) => ({ id: idOf(name), name: apex, isPrivate }));
  const simulator = await Route53Simulator.start({ zones });
  const credentials = () => Promise.resolve({ accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'secret' });
  const rate = { capacity: 1000, perSecond: 1000 };
  return {
    provider: createRoute53Provider(
      { endpoint: simulator.endpoint, rate, ...(zoneType && { zoneType }) },
      { ...context, credentials },
    ),
    holds: (zone) => dataOf(simulator.dump(idOf(zone))),
    close: () => simulator.close(),
  };
}

async function google(visibility?: 'public' | 'private'): Promise<Vendor> {
  const zones = Object.entries(ZONES).map(([name, { apex, isPrivate }]) => ({
    name,
    dnsName: apex,
    fields: { visibility: isPrivate ? 'private' : 'public' },
  }));
  const simulator = await GoogleSimulator.start({ zones });
  const credentialsFile = await simulator.writeCredentials();
  const options = { project: 'test-project', credentialsFile, apiEndpoint: simulator.url, requestsPerSecond: 10_000 };
  return {
    provider: createGoogleProvider({ ...options, ...(visibility && { visibility }) }, context),
    holds: (zone) => dataOf(simulator.dump(zone)),
    close: () => simulator.close(),
  };
}

describe.each([
  ['route53', route53],
  ['google', google],
])('zones of one apex at %s', (_name, open) => {
  const ends: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const end of ends.splice(0).toReversed()) await end();
  });
  const start = async (kind?: 'public' | 'private'): Promise<{ readonly vendor: Vendor; readonly publishing: Publishing }> => {
    const vendor = await open(kind);
    ends.push(() => vendor.close());
    const publishing = await Publishing.started({ provider: vendor.provider }, ASKED);
    ends.push(() => publishing.stop());
    return { vendor, publishing };
  };
  const contents = (vendor: Vendor): Record<string, readonly string[]> =>
    Object.fromEntries(Object.keys(ZONES).map((zone) => [zone, vendor.holds(zone)]));

  it('all hold what lies in them and in no longer one', async () => {
    const { vendor, publishing } = await start();
    expect(contents(vendor)).toEqual({
      'org-public': ORG,
      'org-private': ORG,
      'bar-public': BAR,
      'bar-private': BAR,
      'longfoo-public': LONGFOO,
    });
    expect(publishing.withheld()).toEqual(['NO_PROVIDER_ZONE foo.kubernetes.example.']);
  });

  it('follow changes and deletes, each of them', async () => {
    const { vendor, publishing } = await start();
    await publishing.publish({ 'ingress/b': ['bar.example.org. 60 A 192.0.2.9'], 'ingress/c': [] });
    const bar = ['bar.example.org. 60 A 192.0.2.9'];
    expect(contents(vendor)).toMatchObject({ 'bar-public': bar, 'bar-private': bar, 'org-public': ORG });
  });

  it('of one kind alone are those that an entry asks for', async () => {
    const { vendor } = await start('private');
    expect(contents(vendor)).toEqual({
      'org-public': [],
      'org-private': ORG,
      'bar-public': [],
      // The longer zone is of the other kind.
      'bar-private': [...BAR, ...LONGFOO].toSorted(),
      'longfoo-public': [],
    });
  });
});
