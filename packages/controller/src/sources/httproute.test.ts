import { describe, expect, it } from '@jest/globals';
import { nameOf } from '@kubezone/core';

import {
  gateway,
  gatewayClass,
  type GatewayFields,
  httpRouteNamed,
  route as routeOf,
  type RouteFields,
} from '../gateway/testing/gateway-manifests.ts';
import { routeWorld, type RouteWorldOptions } from '../gateway/testing/route-world.ts';

const CLASS = gatewayClass('public');
const TTL = 'external-dns.kubernetes.io/ttl';
const TARGET = 'external-dns.kubernetes.io/target';
const HOSTNAME = 'external-dns.kubernetes.io/hostname';
const SOURCE = 'external-dns.kubernetes.io/gateway-hostname-source';

/** What names hold, with one Gateway and one route of all their defaults but these. */
async function answers(
  objects: readonly object[],
  names: readonly string[],
  options: RouteWorldOptions = {},
): Promise<{ readonly held: string[]; readonly problems: string[] }> {
  const world = await routeWorld([CLASS, ...objects], options);
  return {
    held: names.flatMap((name) => world.holds(name).map((line) => (line.includes(' ') ? line : `${name} ${line}`))),
    problems: world.problems(),
  };
}

describe('the host name of an HTTPRoute', () => {
  it.each<{ listener?: string; route: readonly string[]; expected: readonly string[]; not?: readonly string[] }>([
    { listener: '*.example.com', route: ['foo.example.com'], expected: ['foo.example.com'], not: ['*.example.com'] },
    { listener: 'foo.example.com', route: ['*.example.com'], expected: ['foo.example.com'], not: ['*.example.com'] },
    { listener: 'foo.example.com', route: ['*'], expected: ['foo.example.com'] },
    { listener: '*.example.com', route: ['*.example.com'], expected: ['*.example.com'] },
    { listener: '*.example.com', route: ['*.b.example.com'], expected: ['*.b.example.com'], not: ['*.example.com'] },
    { listener: '*.example.com', route: ['a.b.c.example.com'], expected: ['a.b.c.example.com'] },
    { listener: 'foo.example.com', route: [], expected: ['foo.example.com'] },
    { listener: '*.example.com', route: [], expected: ['*.example.com'] },
    { route: ['foo.example.com', 'BAR.example.com'], expected: ['foo.example.com', 'bar.example.com'] },
    { route: ['*.com'], listener: 'foo.example.com', expected: ['foo.example.com'] },
    { route: [], expected: [], not: ['*.example.com', 'example.com'] },
    { route: ['foo.example.net'], expected: [], not: ['foo.example.net', 'foo.example.net.example.com'] },
  ])('is what it has in common with its listener: $listener and $route', async ({ listener, route, expected, not = [] }) => {
    const listeners = [{ from: 'All' as const, ...(listener === undefined ? {} : { hostname: listener }) }];
    const found = await answers([gateway('gw', { listeners }), httpRouteNamed('r', { hostnames: route })], [...expected, ...not]);
    expect(found.held).toEqual([
      ...expected.map((name) => `${name}. 60 IN A 192.0.2.1`),
      ...not.map((name) => `${name} NXDOMAIN`),
    ]);
    expect(found.problems).toEqual([]);
  });

  it('is reported where no listener matches it, and the others count', async () => {
    const listeners = [{ from: 'All' as const, hostname: '*.a.example.com' }];
    const hostnames = ['x.a.example.com', 'x.b.example.com'];
    const found = await answers([gateway('gw', { listeners }), httpRouteNamed('r', { hostnames })], hostnames);
    expect(found).toEqual({
      held: ['x.a.example.com. 60 IN A 192.0.2.1', 'x.b.example.com NXDOMAIN'],
      problems: [
        'HTTPRoute/default/r: spec.hostnames[1]: found "x.b.example.com.", expected a host name that a listener of its parents matches [ROUTE_NOT_ATTACHED]',
      ],
    });
  });

  it.each(['a.*.example.com', 'a..example.com', 'a b.example.com', `${'x'.repeat(64)}.example.com`, '_owner.example.com'])(
    'is reported where it is none, and the others count: %s',
    async (bad) => {
      const found = await answers(
        [gateway('gw'), httpRouteNamed('r', { hostnames: [bad, 'ok.example.com'] })],
        ['ok.example.com'],
      );
      expect(found.held).toEqual(['ok.example.com. 60 IN A 192.0.2.1']);
      expect(found.problems).toEqual([
        expect.stringMatching(/^HTTPRoute\/default\/r: spec\.hostnames\[0\]: found ".*OWNER_NAME_INVALID\]$/),
      ]);
    },
  );
});

describe('an HTTPRoute that asks for too much', () => {
  it('gets none of it, and others suffer nothing', async () => {
    const listeners = Array.from({ length: 64 }, (_, n) => ({ name: `l${n}`, hostname: `l${n}.example.com` }));
    const gateways = Array.from({ length: 16 }, (_, n) =>
      gateway(`g${n}`, { listeners: listeners.map(({ name, hostname }) => ({ name, hostname: `g${n}.${hostname}` })) }),
    );
    const hosts = Array.from({ length: 10_000 }, (_, n) => `h${n}.example.com`);
    const { held, problems } = await answers(
      [
        ...gateways,
        gateway('gw'),
        httpRouteNamed('listeners', { parents: gateways.map((_, n) => `g${n}`) }),
        httpRouteNamed('annotation', { annotations: { [HOSTNAME]: hosts.join() } }),
        httpRouteNamed('specification', { hostnames: hosts }),
        httpRouteNamed('ok', { hostnames: ['ok.example.com', 'BÜCHER.example.com'] }),
      ],
      ['ok.example.com', 'xn--bcher-kva.example.com', 'h0.example.com', 'g0.l0.example.com'],
    );
    expect(held).toEqual([
      'ok.example.com. 60 IN A 192.0.2.1',
      'xn--bcher-kva.example.com. 60 IN A 192.0.2.1',
      'h0.example.com NXDOMAIN',
      'g0.l0.example.com NXDOMAIN',
    ]);
    expect(problems.toSorted()).toEqual([
      expect.stringMatching(
        /^HTTPRoute\/default\/annotation: .*found 10000 host names, expected at most 1000; .*\[LIST_TOO_LONG\]$/,
      ),
      expect.stringMatching(/^HTTPRoute\/default\/listeners: found 1024 host names.* \[LIST_TOO_LONG\]$/),
      expect.stringMatching(/^HTTPRoute\/default\/specification: spec\.hostnames: found a list of 10000.* \[OBJECT_MALFORMED\]$/),
    ]);
  });
});

describe('an annotation of an HTTPRoute', () => {
  it.each<{
    rule: string;
    annotations: Record<string, string>;
    route?: readonly string[];
    listener?: string;
    expected: readonly string[];
  }>([
    { rule: 'names a host', annotations: { [HOSTNAME]: 'a.example.com' }, expected: ['a.example.com. 60 IN A 192.0.2.1'] },
    {
      rule: 'names hosts besides those of the route',
      annotations: { [HOSTNAME]: 'a.example.com' },
      route: ['r.example.com'],
      expected: ['a.example.com. 60 IN A 192.0.2.1', 'r.example.com. 60 IN A 192.0.2.1'],
    },
    {
      rule: 'names hosts within those of the listener',
      annotations: { [HOSTNAME]: 'a.example.com, a.b.example.com' },
      route: ['r.b.example.com'],
      listener: '*.b.example.com',
      expected: ['a.example.com NXDOMAIN', 'a.b.example.com. 60 IN A 192.0.2.1', 'r.b.example.com. 60 IN A 192.0.2.1'],
    },
    {
      rule: 'may name a host relative to the zone',
      annotations: { [HOSTNAME]: 'a' },
      expected: ['a.example.com. 60 IN A 192.0.2.1'],
    },
    {
      rule: 'alone counts where it says so',
      annotations: { [HOSTNAME]: 'a.example.com', [SOURCE]: 'annotation-only' },
      route: ['r.example.com'],
      expected: ['a.example.com. 60 IN A 192.0.2.1', 'r.example.com NXDOMAIN'],
    },
    {
      rule: 'does not count where it says so',
      annotations: { [HOSTNAME]: 'a.example.com', [SOURCE]: 'defined-hosts-only' },
      route: ['r.example.com'],
      expected: ['a.example.com NXDOMAIN', 'r.example.com. 60 IN A 192.0.2.1'],
    },
    {
      rule: 'says the TTL',
      annotations: { [TTL]: '2m' },
      route: ['a.example.com'],
      expected: ['a.example.com. 120 IN A 192.0.2.1'],
    },
    {
      rule: 'says where its names lead',
      annotations: { [TARGET]: '198.51.100.1' },
      route: ['a.example.com'],
      expected: ['a.example.com. 60 IN A 198.51.100.1'],
    },
    {
      rule: 'opts out',
      annotations: { 'kubezone.io/ignore': 'true' },
      route: ['a.example.com'],
      expected: ['a.example.com NXDOMAIN'],
    },
    {
      rule: 'leaves it to another controller',
      annotations: { 'external-dns.kubernetes.io/controller': 'other' },
      route: ['a.example.com'],
      expected: ['a.example.com NXDOMAIN'],
    },
  ])('$rule', async ({ annotations, route, listener, expected }) => {
    const listeners = [{ from: 'All' as const, ...(listener === undefined ? {} : { hostname: listener }) }];
    const fields = { annotations, ...(route === undefined ? {} : { hostnames: route }) };
    const names = expected.map((line) => line.split(' ')[0] ?? '');
    const { held } = await answers([gateway('gw', { listeners }), httpRouteNamed('r', fields)], names);
    expect(held).toEqual(expected);
  });

  it('does not count on the Gateway, but for the target', async () => {
    const annotations = { [TTL]: '5', [HOSTNAME]: 'g.example.com', 'external-dns.kubernetes.io/aws-weight': '1' };
    const world = await routeWorld([
      CLASS,
      gateway('gw', { annotations }),
      httpRouteNamed('r', { hostnames: ['a.example.com'] }),
    ]);
    expect(world.holds('a.example.com')).toEqual(['a.example.com. 60 IN A 192.0.2.1']);
    expect(world.holds('g.example.com')).toEqual(['NXDOMAIN']);
    expect(world.catalog.state(nameOf('a.example.com')).rrsets[0]).not.toHaveProperty('properties');
  });

  it('carries set identifiers and properties of providers along', async () => {
    const annotations = { 'external-dns.kubernetes.io/set-identifier': 'blue', 'external-dns.kubernetes.io/aws-weight': '7' };
    const objects = [CLASS, gateway('gw'), httpRouteNamed('r', { hostnames: ['a.example.com'], annotations })];
    const world = await routeWorld(objects, { catalog: { setIdentifiers: 'separate' } });
    expect(world.catalog.state(nameOf('a.example.com')).rrsets).toMatchObject([
      { setIdentifier: 'blue', properties: { 'aws/weight': '7' } },
    ]);
  });

  it('opts out by the label of k8s_gateway, which means nothing on a Gateway', async () => {
    const labels = { 'k8s-gateway.dns/ignore': 'true' };
    const objects = [
      gateway('gw', { labels }),
      httpRouteNamed('r', { hostnames: ['a.example.com'], labels }),
      httpRouteNamed('s', { hostnames: ['b.example.com'] }),
    ];
    expect((await answers(objects, ['a.example.com', 'b.example.com'])).held).toEqual([
      'a.example.com NXDOMAIN',
      'b.example.com. 60 IN A 192.0.2.1',
    ]);
  });
});

describe('the addresses of an HTTPRoute', () => {
  const lines = (...addresses: string[]): string[] =>
    addresses.map((address) => `a.example.com. 60 IN ${address.includes(':') ? 'AAAA' : 'A'} ${address}`);

  it.each<{
    rule: string;
    gateways: Record<string, GatewayFields>;
    route?: RouteFields;
    expected: readonly string[];
    options?: RouteWorldOptions;
  }>([
    { rule: 'are those of its Gateway', gateways: { gw: {} }, expected: lines('192.0.2.1') },
    {
      rule: 'are of both families, each once',
      gateways: { gw: { addresses: ['192.0.2.1', '192.0.2.1', '192.0.2.2', '2001:db8::1', '::ffff:192.0.2.2'] } },
      expected: lines('192.0.2.1', '192.0.2.2', '2001:db8::1'),
    },
    {
      rule: 'are of type IPAddress, which is the type of those without one',
      gateways: {
        gw: {
          addresses: [
            { type: 'IPAddress', value: '192.0.2.1' },
            { value: '192.0.2.2' },
            { type: 'example.com/reserved', value: 'x' },
          ],
        },
      },
      expected: lines('192.0.2.1', '192.0.2.2'),
    },
    { rule: 'are awaited', gateways: { gw: { addresses: [] } }, expected: ['NODATA'] },
    {
      rule: 'are those of all its Gateways',
      gateways: { gw: { addresses: ['192.0.2.1'] }, two: { addresses: ['192.0.2.2'] } },
      route: { parents: ['gw', 'two'] },
      expected: lines('192.0.2.1', '192.0.2.2'),
    },
    {
      rule: 'do not wait for a Gateway that has none',
      gateways: { gw: { addresses: [] }, two: { addresses: ['192.0.2.2'] } },
      route: { parents: ['gw', 'two'] },
      expected: lines('192.0.2.2'),
    },
    {
      rule: 'are what an annotation puts in the place of one Gateway’s, and the other’s',
      gateways: {
        gw: { addresses: ['192.0.2.1'], annotations: { [TARGET]: '198.51.100.3' } },
        two: { addresses: ['192.0.2.2'] },
      },
      route: { parents: ['gw', 'two'] },
      expected: lines('192.0.2.2', '198.51.100.3'),
    },
    {
      rule: 'are those of the status where the annotation is not to be honoured',
      gateways: { gw: { annotations: { [TARGET]: '198.51.100.3' } } },
      expected: lines('192.0.2.1'),
      options: { externalDns: { target: 'ignore' } },
    },
    {
      rule: 'are none where the Gateway opts out',
      gateways: { gw: { annotations: { 'kubezone.io/ignore': 'true' } } },
      expected: ['NXDOMAIN'],
    },
    {
      rule: 'are none where the Gateway is going',
      gateways: { gw: { deletionTimestamp: '2026-01-01T00:00:00Z' } },
      expected: ['NXDOMAIN'],
    },
    {
      rule: 'are those of Gateways of the wanted classes',
      gateways: { gw: { class: 'internal', addresses: ['10.0.0.1'] }, two: { addresses: ['192.0.2.2'] } },
      route: { parents: ['gw', 'two'] },
      options: { gateways: { classes: ['public'] } },
      expected: lines('192.0.2.2'),
    },
    {
      rule: 'are those of Gateways of the wanted names',
      gateways: { gw: {}, two: { addresses: ['192.0.2.2'] } },
      route: { parents: ['gw', 'two'] },
      options: { gateways: { names: ['two'] } },
      expected: lines('192.0.2.2'),
    },
    {
      rule: 'are those of Gateways in the wanted namespaces',
      gateways: { gw: {}, two: { namespace: 'infra', addresses: ['192.0.2.2'] } },
      route: { parents: ['gw', { name: 'two', namespace: 'infra' }] },
      options: { gateways: { namespaces: ['infra'] } },
      expected: lines('192.0.2.2'),
    },
    {
      rule: 'are those of Gateways with the wanted labels',
      gateways: { gw: {}, two: { labels: { reach: 'internet' }, addresses: ['192.0.2.2'] } },
      route: { parents: ['gw', 'two'] },
      options: { gateways: { labels: [[{ key: 'reach', operator: 'exists' }]] } },
      expected: lines('192.0.2.2'),
    },
  ])('$rule', async ({ gateways, route = {}, expected, options }) => {
    const made = Object.entries(gateways).map(([name, fields]) => gateway(name, fields));
    const world = await routeWorld([CLASS, ...made, httpRouteNamed('r', { hostnames: ['a.example.com'], ...route })], options);
    expect(world.holds('a.example.com')).toEqual(expected.toSorted());
    expect(world.problems().filter((problem) => !problem.includes('does not exist'))).toEqual([]);
  });

  it('are those of a host name that the Gateway has in place of one', async () => {
    const addresses = [{ type: 'Hostname', value: 'LB-1.eu.example.net' }];
    const world = await routeWorld([CLASS, gateway('gw', { addresses }), httpRouteNamed('r', { hostnames: ['a.example.com'] })]);
    expect(world.catalog.state(nameOf('a.example.com'))).toMatchObject({
      exists: true,
      aliases: [{ ttl: 60, targets: ['lb-1.eu.example.net.'] }],
    });
  });

  it('are not those of a host name that stands beside an address, which is no conflict', async () => {
    const addresses = [{ type: 'Hostname', value: 'lb-1.eu.example.net' }, '192.0.2.1'];
    const world = await routeWorld([CLASS, gateway('gw', { addresses }), httpRouteNamed('r', { hostnames: ['a.example.com'] })]);
    expect(world.holds('a.example.com')).toEqual(lines('192.0.2.1'));
    expect([...world.catalog.conflicts()]).toEqual([]);
  });

  it('are reported on the Gateway where they are none, and the others count', async () => {
    const addresses = ['300.1.1.1', '192.0.2.1', { type: 'Hostname', value: 'no host' }];
    const { held, problems } = await answers(
      [gateway('gw', { addresses }), httpRouteNamed('r', { hostnames: ['a.example.com'] })],
      ['a.example.com'],
    );
    expect(held).toEqual(lines('192.0.2.1'));
    expect(problems).toEqual([
      'Gateway/default/gw: status.addresses[0]: found "300.1.1.1", expected an IPv4 or IPv6 address [ADDRESS_INVALID]',
      'Gateway/default/gw: status.addresses[2]: found "no host", expected a host name [TARGET_INVALID]',
    ]);
  });
});

describe('an HTTPRoute with its parents ignored but for their addresses, as k8s_gateway reads it', () => {
  const IGNORE: RouteWorldOptions = { acceptance: 'ignore' };
  const across = { name: 'gw', namespace: 'default' };

  it.each<{ rule: string; objects: readonly object[]; options?: RouteWorldOptions; expected: readonly string[] }>([
    {
      rule: 'has the addresses of a Gateway in another namespace, whatever that allows',
      objects: [
        gateway('gw', { listeners: [{}] }),
        httpRouteNamed('r', { namespace: 'kube-system', hostnames: ['a.example.com'], parents: [across] }),
      ],
      expected: ['a.example.com. 60 IN A 192.0.2.1'],
    },
    {
      rule: 'has none of a Gateway that does not exist',
      objects: [httpRouteNamed('r', { hostnames: ['a.example.com'] })],
      expected: ['NXDOMAIN'],
    },
    {
      rule: 'looks for each Gateway in the namespace that its reference says',
      objects: [
        gateway('g1', { namespace: 'n1', addresses: ['192.0.2.1'] }),
        gateway('g2', { namespace: 'n2', addresses: ['192.0.2.2'] }),
        httpRouteNamed('r', { namespace: 'n1', hostnames: ['a.example.com'], parents: [{ name: 'g2', namespace: 'n2' }, 'g1'] }),
      ],
      expected: ['a.example.com. 60 IN A 192.0.2.1', 'a.example.com. 60 IN A 192.0.2.2'],
    },
    {
      rule: 'needs nobody to accept it, and no listener to match',
      objects: [
        gateway('gw', { listeners: [{ hostname: 'b.example.com' }] }),
        httpRouteNamed('r', {
          hostnames: ['a.example.com'],
          accepted: undefined,
          parents: [{ name: 'gw', sectionName: 'none' }],
        }),
      ],
      expected: ['a.example.com. 60 IN A 192.0.2.1'],
    },
    {
      rule: 'has no addresses of a Service that is called like a Gateway',
      objects: [
        gateway('gw'),
        httpRouteNamed('r', { hostnames: ['a.example.com'], parents: [{ group: '', kind: 'Service', name: 'gw' }] }),
      ],
      expected: ['NXDOMAIN'],
    },
    {
      rule: 'looks at the class of Gateways all the same',
      objects: [gateway('gw', { class: 'internal' }), httpRouteNamed('r', { hostnames: ['a.example.com'] })],
      options: { gateways: { classes: ['public'] } },
      expected: ['NXDOMAIN'],
    },
  ])('$rule', async ({ objects, options, expected }) => {
    const world = await routeWorld(objects, { ...IGNORE, ...options });
    expect(world.holds('a.example.com')).toEqual(expected);
  });

  it('has no name of its listeners', async () => {
    const world = await routeWorld(
      [gateway('gw', { listeners: [{ hostname: 'b.example.com', from: 'All' }] }), httpRouteNamed('r')],
      IGNORE,
    );
    expect(world.holds('b.example.com')).toEqual(['NXDOMAIN']);
  });
});

describe('routes, Gateways and GatewayClasses of older versions', () => {
  it.each([
    ['HTTPRoute', 'v1beta1', 'HTTP'],
    ['GRPCRoute', 'v1alpha2', 'HTTP'],
    ['TLSRoute', 'v1alpha3', 'TLS'],
    ['TLSRoute', 'v1alpha2', 'TLS'],
    ['TCPRoute', 'v1alpha2', 'TCP'],
    ['UDPRoute', 'v1alpha2', 'UDP'],
  ])('are read like those of v1: %s of %s', async (kind, version, protocol) => {
    const older = (manifest: object, of: string): object => ({ ...manifest, apiVersion: `gateway.networking.k8s.io/${of}` });
    const annotations = { [HOSTNAME]: 'a.example.com' };
    const world = await routeWorld([
      older(CLASS, 'v1beta1'),
      older(gateway('gw', { listeners: [{ protocol }] }), 'v1beta1'),
      older(routeOf(kind, 'r', { annotations }), version),
    ]);
    expect(world.holds('a.example.com')).toEqual(['a.example.com. 60 IN A 192.0.2.1']);
  });
});

describe('routes of two kinds', () => {
  it('do not share a host name: that of the source which comes first holds it', async () => {
    const objects = [
      gateway('gw', { listeners: [{ from: 'All' }, { name: 'tls', protocol: 'TLS', port: 443, from: 'All' }] }),
      gateway('two', { addresses: ['192.0.2.2'], listeners: [{ name: 'tls', protocol: 'TLS', port: 443, from: 'All' }] }),
      httpRouteNamed('r', { hostnames: ['shadow.example.com'] }),
      routeOf('TLSRoute', 'r', { hostnames: ['shadow.example.com'], parents: ['two'] }),
    ];
    expect((await answers(objects, ['shadow.example.com'])).held).toEqual(['shadow.example.com. 60 IN A 192.0.2.1']);
  });
});
