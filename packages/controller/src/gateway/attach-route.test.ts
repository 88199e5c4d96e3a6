import { describe, expect, it } from '@jest/globals';

import {
  gateway,
  gatewayClass,
  httpRouteNamed,
  type ListenerFields,
  listenerSet,
  type ListenerSetFields,
  namespace,
  type Parent,
  route,
  type RouteFields,
} from './testing/gateway-manifests.ts';
import { routeWorld } from './testing/route-world.ts';

const HELD = ['a.example.com. 60 IN A 192.0.2.1'];
const ACROSS: Parent = { name: 'gw', namespace: 'infra' };

/** What a.example.com holds, for which an HTTPRoute of namespace apps asks by way of a Gateway in namespace infra. */
async function attached(
  listeners: readonly ListenerFields[],
  fields: RouteFields = {},
  others: readonly object[] = [],
): Promise<{ readonly held: string[]; readonly problems: string[] }> {
  const world = await routeWorld([
    gatewayClass('public'),
    gateway('gw', { namespace: 'infra', listeners }),
    httpRouteNamed('r', { namespace: 'apps', hostnames: ['a.example.com'], parents: [ACROSS], ...fields }),
    ...others,
  ]);
  return { held: world.holds('a.example.com'), problems: world.problems() };
}

/** Why not, without what every such problem begins and ends with. */
function reasonsOf(problems: readonly string[]): string[] {
  const frame = /^HTTPRoute\/apps\/r: spec\.parentRefs\[0\]: found [^ ]*, (.*) \[ROUTE_NOT_ATTACHED\]$/;
  return problems.map((problem) => frame.exec(problem)?.[1] ?? problem);
}

const TEAM = { matchLabels: { team: 'a' } };
const expression = (operator: string, ...values: string[]): object => ({ matchExpressions: [{ key: 'team', operator, values }] });
const named = (name: string): object => ({ matchLabels: { 'kubernetes.io/metadata.name': name } });

describe('a route in another namespace', () => {
  it.each<{ rule: string; listeners: readonly ListenerFields[]; others?: readonly object[] }>([
    { rule: 'all namespaces', listeners: [{ from: 'All' }] },
    {
      rule: 'namespaces of a label',
      listeners: [{ from: 'Selector', selector: TEAM }],
      others: [namespace('apps', { team: 'a' })],
    },
    {
      rule: 'one of several labels',
      listeners: [{ from: 'Selector', selector: expression('In', 'b', 'a') }],
      others: [namespace('apps', { team: 'a' })],
    },
    {
      rule: 'namespaces with a label',
      listeners: [{ from: 'Selector', selector: expression('Exists') }],
      others: [namespace('apps', { team: 'x' })],
    },
    {
      rule: 'namespaces without a label',
      listeners: [{ from: 'Selector', selector: expression('DoesNotExist') }],
      others: [namespace('apps')],
    },
    {
      rule: 'all but one label',
      listeners: [{ from: 'Selector', selector: expression('NotIn', 'b') }],
      others: [namespace('apps')],
    },
    { rule: 'whatever an empty selector selects', listeners: [{ from: 'Selector', selector: {} }], others: [namespace('apps')] },
    { rule: 'a namespace by its name, which each has as a label', listeners: [{ from: 'Selector', selector: named('apps') }] },
    { rule: 'by one listener of two', listeners: [{ from: 'Same' }, { name: 'other', from: 'All' }] },
  ])('attaches itself where a listener takes routes of $rule', async ({ listeners, others }) => {
    expect(await attached(listeners, {}, others)).toEqual({ held: HELD, problems: [] });
  });

  it.each<{ rule: string; listeners: readonly ListenerFields[]; others?: readonly object[] }>([
    { rule: 'its own namespace, as it does where nothing is said', listeners: [{}] },
    { rule: 'its own namespace', listeners: [{ from: 'Same' }] },
    { rule: 'no namespace', listeners: [{ from: 'None' }] },
    {
      rule: 'namespaces of another label',
      listeners: [{ from: 'Selector', selector: TEAM }],
      others: [namespace('apps', { team: 'b' })],
    },
    { rule: 'namespaces that nobody selects', listeners: [{ from: 'Selector' }], others: [namespace('apps', { team: 'a' })] },
    {
      rule: 'namespaces without a label, and it is not known',
      listeners: [{ from: 'Selector', selector: expression('DoesNotExist') }],
    },
    { rule: 'another namespace by its name', listeners: [{ from: 'Selector', selector: named('other') }] },
    {
      rule: 'its own namespace, whatever a ReferenceGrant says, which is about other references',
      listeners: [{ from: 'Same' }],
      others: [
        {
          apiVersion: 'gateway.networking.k8s.io/v1beta1',
          kind: 'ReferenceGrant',
          metadata: { name: 'grant', namespace: 'infra' },
          spec: {
            from: [{ group: 'gateway.networking.k8s.io', kind: 'HTTPRoute', namespace: 'apps' }],
            to: [{ group: 'gateway.networking.k8s.io', kind: 'Gateway' }],
          },
        },
      ],
    },
  ])('does not where its only listener takes routes of $rule', async ({ listeners, others }) => {
    const { held, problems } = await attached(listeners, {}, others);
    expect(held).toEqual(['NXDOMAIN']);
    expect(reasonsOf(problems)).toEqual([
      'whose listeners take no HTTPRoute of namespace apps, expected one that does by allowedRoutes.namespaces',
    ]);
  });
});

describe('a reference to a parent', () => {
  const two: readonly ListenerFields[] = [
    { name: 'a', port: 80, hostname: 'a.example.com', from: 'All' },
    { name: 'b', port: 8080, hostname: 'b.example.com', from: 'All' },
  ];

  it.each<{ parent: object; held: readonly string[]; problem?: string }>([
    { parent: {}, held: ['a'] },
    { parent: { sectionName: 'a' }, held: ['a'] },
    { parent: { port: 80 }, held: ['a'] },
    { parent: { sectionName: 'a', port: 80 }, held: ['a'] },
    { parent: { sectionName: 'a', port: 8080 }, held: [], problem: 'which has no listener "a" on port 8080' },
    { parent: { sectionName: 'c' }, held: [], problem: 'which has no listener "c"' },
    { parent: { port: 443 }, held: [], problem: 'which has no listener on port 443' },
    { parent: { kind: 'Gateway', group: 'gateway.networking.k8s.io' }, held: ['a'] },
    { parent: { name: 'none' }, held: [], problem: 'which does not exist' },
    { parent: { namespace: 'apps' }, held: [], problem: 'which does not exist' },
    { parent: { namespace: undefined }, held: [], problem: 'which does not exist' },
    { parent: { kind: 'Service', group: '' }, held: [] },
    { parent: { kind: 'Gateway', group: 'other.example.com' }, held: [] },
  ])('means what it says, and nothing else: $parent', async ({ parent, held, problem }) => {
    const found = await attached(two, { parents: [{ ...(ACROSS as object), ...parent }] });
    expect(found.held).toEqual(held.length === 0 ? ['NXDOMAIN'] : HELD);
    expect(reasonsOf(found.problems)).toEqual(problem === undefined ? [] : [problem]);
  });

  it('picks its listener’s host names only', async () => {
    const world = await routeWorld([
      gatewayClass('public'),
      gateway('gw', { listeners: two }),
      httpRouteNamed('by-name', { parents: [{ name: 'gw', sectionName: 'a' }] }),
    ]);
    expect(world.holds('a.example.com')).toEqual(HELD);
    expect(world.holds('b.example.com')).toEqual(['NXDOMAIN']);
    world.cluster.put(httpRouteNamed('by-name', { parents: [{ name: 'gw', port: 8080 }] }));
    expect(world.holds('a.example.com')).toEqual(['NXDOMAIN']);
    expect(world.holds('b.example.com')).toEqual(['b.example.com. 60 IN A 192.0.2.1']);
  });
});

describe('what a Gateway’s controller says of a route', () => {
  const by = (controller: string): string =>
    `whose controller example.com/gateway-controller has not accepted the route: status.parents says ${controller}`;

  it.each<{ rule: string; fields: RouteFields; held: readonly string[]; reason?: string }>([
    { rule: 'yes', fields: {}, held: HELD },
    {
      rule: 'no',
      fields: { accepted: 'False' },
      held: ['NODATA'],
      reason: by('example.com/gateway-controller: NoMatchingParent'),
    },
    {
      rule: 'not yet',
      fields: { accepted: 'Unknown' },
      held: ['NODATA'],
      reason: by('example.com/gateway-controller: NoMatchingParent'),
    },
    {
      rule: 'nothing',
      fields: { accepted: undefined },
      held: ['NODATA'],
      reason: 'whose controller example.com/gateway-controller has not accepted the route: status.parents says nothing',
    },
    {
      rule: 'yes, but another controller says it',
      fields: { by: 'example.net/other' },
      held: ['NODATA'],
      reason: 'whose controller example.com/gateway-controller has not accepted the route: status.parents says nothing',
    },
  ])('counts: $rule', async ({ fields, held, reason }) => {
    const found = await attached([{ from: 'All' }], fields);
    expect(found.held).toEqual(held);
    expect(reasonsOf(found.problems)).toEqual(reason === undefined ? [] : [reason]);
  });

  it('is any controller’s where the Gateway’s class is not known', async () => {
    const world = await routeWorld([
      gateway('gw'),
      httpRouteNamed('r', { hostnames: ['a.example.com'], by: 'example.net/other' }),
    ]);
    expect(world.holds('a.example.com')).toEqual(HELD);
    world.cluster.put(gatewayClass('public'));
    expect(world.holds('a.example.com')).toEqual(['NODATA']);
    world.cluster.put(gatewayClass('public', 'example.net/other'));
    expect(world.holds('a.example.com')).toEqual(HELD);
  });

  it('counts for the very reference, not for another to the same Gateway', async () => {
    const manifest = httpRouteNamed('r', { hostnames: ['a.example.com'], parents: [{ name: 'gw', sectionName: 'web' }] }) as {
      spec: { parentRefs: object[] };
    };
    manifest.spec.parentRefs = [{ name: 'gw' }];
    const world = await routeWorld([gatewayClass('public'), gateway('gw'), manifest]);
    expect(world.holds('a.example.com')).toEqual(['NODATA']);
  });

  it('gives back the name that a wildcard would take meanwhile', async () => {
    const wild = httpRouteNamed('w', { hostnames: ['*.example.com'] });
    const found = await attached([{ from: 'All' }], { accepted: 'False' }, [gateway('gw'), wild]);
    expect(found.held).toEqual(['NODATA']);
  });
});

describe('kinds of routes', () => {
  const LISTENERS = ['HTTP', 'HTTPS', 'TLS', 'TCP', 'UDP', 'example.com/quic'];
  const annotations = { 'external-dns.kubernetes.io/hostname': 'a.example.com' };

  it.each([
    ['HTTPRoute', ['HTTP', 'HTTPS']],
    ['GRPCRoute', ['HTTP', 'HTTPS']],
    ['TLSRoute', ['TLS']],
    ['TCPRoute', ['TLS', 'TCP']],
    ['UDPRoute', ['UDP']],
  ])('%s attaches itself to listeners of %s', async (kind, expected) => {
    const taken: string[] = [];
    const refused: string[] = [];
    for (const protocol of LISTENERS) {
      const objects = [gatewayClass('public'), gateway('gw', { listeners: [{ protocol }] }), route(kind, 'r', { annotations })];
      const world = await routeWorld(objects);
      if (world.holds('a.example.com').includes(HELD[0] ?? '')) taken.push(protocol);
      refused.push(...world.problems().filter((problem) => problem.includes(`none of whose listeners takes a ${kind}`)));
    }
    expect(taken).toEqual(expected);
    expect(refused).toHaveLength(LISTENERS.length - expected.length);
  });

  it.each<{ kinds: readonly object[]; protocol: string; taken: boolean }>([
    { kinds: [{ kind: 'HTTPRoute' }], protocol: 'HTTP', taken: true },
    { kinds: [{ group: 'gateway.networking.k8s.io', kind: 'HTTPRoute' }, { kind: 'GRPCRoute' }], protocol: 'HTTPS', taken: true },
    { kinds: [{ kind: 'GRPCRoute' }], protocol: 'HTTP', taken: false },
    { kinds: [{ group: 'other.example.com', kind: 'HTTPRoute' }], protocol: 'HTTP', taken: false },
    { kinds: [], protocol: 'HTTP', taken: true },
    { kinds: [{ kind: 'HTTPRoute' }], protocol: 'UDP', taken: false },
    { kinds: [{ kind: 'HTTPRoute' }], protocol: 'example.com/quic', taken: true },
  ])(
    'are those that a listener lists, of those that its protocol has: $kinds on $protocol',
    async ({ kinds, protocol, taken }) => {
      const found = await attached([{ from: 'All', kinds, protocol }]);
      expect(found.held).toEqual(taken ? HELD : ['NXDOMAIN']);
    },
  );

  it.each([
    ['TCPRoute', { protocol: 'TLS', hostname: 'a.example.com' }, HELD],
    ['TCPRoute', { protocol: 'TCP' }, ['NXDOMAIN']],
    ['UDPRoute', { protocol: 'UDP' }, ['NXDOMAIN']],
  ])('without host names of their own have those of their listeners: %s on %s', async (kind, listener, expected) => {
    const world = await routeWorld([gatewayClass('public'), gateway('gw', { listeners: [listener] }), route(kind, 'r')]);
    expect(world.holds('a.example.com')).toEqual(expected);
    expect(world.problems()).toEqual([]);
  });
});

describe('a route of a ListenerSet', () => {
  const ALLOWED = { namespaces: { from: 'All' } };
  const SET: ListenerSetFields = { namespace: 'team', parent: { name: 'gw', namespace: 'infra' } };
  const PARENT: Parent = { kind: 'ListenerSet', name: 'set', namespace: 'team' };

  async function throughSet(
    set: Partial<ListenerSetFields>,
    allowedListeners: object | undefined = ALLOWED,
    fields: RouteFields = {},
    others: readonly object[] = [],
  ): Promise<{ readonly held: string[]; readonly problems: string[] }> {
    const world = await routeWorld([
      gatewayClass('public'),
      gateway('gw', {
        namespace: 'infra',
        listeners: [{ hostname: 'gw.example.com' }],
        ...(allowedListeners === undefined ? {} : { allowedListeners }),
      }),
      listenerSet('set', { ...SET, ...set }),
      httpRouteNamed('r', { namespace: 'apps', hostnames: ['a.example.com'], parents: [PARENT], ...fields }),
      ...others,
    ]);
    return { held: world.holds('a.example.com'), problems: world.problems() };
  }

  it('has the addresses of the ListenerSet’s Gateway', async () => {
    expect(await throughSet({})).toEqual({ held: HELD, problems: [] });
    expect(await throughSet({ accepted: 'True' })).toEqual({ held: HELD, problems: [] });
    expect(await throughSet({ accepted: 'Unknown' })).toEqual({ held: HELD, problems: [] });
  });

  it('has those of the ListenerSet’s annotation, before those of the Gateway’s', async () => {
    const annotations = { 'external-dns.kubernetes.io/target': '198.51.100.1' };
    expect((await throughSet({ annotations })).held).toEqual(['a.example.com. 60 IN A 198.51.100.1']);
  });

  it.each<{
    rule: string;
    set?: Partial<ListenerSetFields>;
    allowed?: object | undefined;
    fields?: RouteFields;
    others?: readonly object[];
    reason: string;
  }>([
    {
      rule: 'where the Gateway takes none, as it does where nothing is said',
      allowed: {},
      reason: 'whose Gateway infra/gw takes no ListenerSets of namespace team, expected one that does by allowedListeners',
    },
    {
      rule: 'where the Gateway takes those of its own namespace',
      allowed: { namespaces: { from: 'Same' } },
      reason: 'whose Gateway infra/gw takes no ListenerSets of namespace team, expected one that does by allowedListeners',
    },
    {
      rule: 'where the Gateway takes those of namespaces of another label',
      allowed: { namespaces: { from: 'Selector', selector: TEAM } },
      others: [namespace('team', { team: 'b' })],
      reason: 'whose Gateway infra/gw takes no ListenerSets of namespace team, expected one that does by allowedListeners',
    },
    {
      rule: 'where the controller has refused the set',
      set: { accepted: 'False' },
      reason: "which its Gateway's controller has not accepted",
    },
    {
      rule: 'where the Gateway is not there',
      set: { parent: { name: 'gone', namespace: 'infra' } },
      reason: 'whose Gateway infra/gone does not exist',
    },
    { rule: 'where the set is not there', set: { namespace: 'elsewhere' }, reason: 'which does not exist' },
    {
      rule: 'where its listeners take no routes from there',
      set: { listeners: [{ from: 'Same' }] },
      reason: 'whose listeners take no HTTPRoute of namespace apps, expected one that does by allowedRoutes.namespaces',
    },
    {
      rule: 'where the section is one of the Gateway’s',
      set: { listeners: [{ name: 'other', from: 'All' }] },
      fields: { parents: [{ ...(PARENT as object), sectionName: 'web' }] },
      reason: 'which has no listener "web"',
    },
  ])('has none $rule', async ({ set = {}, allowed = ALLOWED, fields, others, reason }) => {
    const found = await throughSet(set, allowed, fields, others);
    expect(found.held).toEqual(['NXDOMAIN']);
    expect(reasonsOf(found.problems)).toEqual([reason]);
  });

  it('takes its own namespace for that of its listeners’ own routes', async () => {
    const fields = { namespace: 'team' };
    expect((await throughSet({ listeners: [{}] }, ALLOWED, fields)).held).toEqual(HELD);
    expect(
      (
        await throughSet({ listeners: [{}] }, { namespaces: { from: 'Selector', selector: TEAM } }, fields, [
          namespace('team', { team: 'a' }),
        ])
      ).held,
    ).toEqual(HELD);
  });

  it('is not a route of the Gateway, nor the other way round', async () => {
    const set = { listeners: [{ hostname: 'set.example.com', from: 'All' as const }] };
    const world = await routeWorld([
      gatewayClass('public'),
      gateway('gw', { namespace: 'infra', listeners: [{ hostname: 'gw.example.com', from: 'All' }], allowedListeners: ALLOWED }),
      listenerSet('set', { ...SET, ...set }),
      httpRouteNamed('r', { parents: [{ name: 'gw', namespace: 'infra' }] }),
    ]);
    expect(world.holds('set.example.com')).toEqual(['NXDOMAIN']);
    world.cluster.put(httpRouteNamed('r', { parents: [PARENT] }));
    expect(world.holds('gw.example.com')).toEqual(['NXDOMAIN']);
    expect(world.holds('set.example.com')).toEqual(['set.example.com. 60 IN A 192.0.2.1']);
  });

  it('is passed over where ListenerSets are not read', async () => {
    const objects = [
      gatewayClass('public'),
      gateway('gw', { namespace: 'infra', allowedListeners: ALLOWED, addresses: ['192.0.2.9'] }),
      gateway('gw'),
      listenerSet('set', SET),
      httpRouteNamed('r', { hostnames: ['a.example.com'], parents: [PARENT, 'gw'] }),
    ];
    const world = await routeWorld(objects, { listenerSets: false });
    expect(world.holds('a.example.com')).toEqual(HELD);
    expect(world.problems()).toEqual([]);
  });
});
