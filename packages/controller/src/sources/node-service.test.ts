import { describe, expect, it } from '@jest/globals';
import { nameOf } from '@kubezone/core';

import { type Endpoint, node, service, slice } from '../testing/manifests.ts';
import { NameWorld } from '../testing/name-world.ts';
import { nodeService } from './node-service.ts';

const NODES = [
  node('n1', { ips: '10.30.0.1,2001:db8::1' }),
  node('n2', { ips: '10.30.0.2' }),
  node('down', { ready: 'False', ips: '10.30.0.3' }),
];
const N1 = ['git.default.lb.test. 30 IN A 10.30.0.1', 'git.default.lb.test. 30 IN AAAA 2001:db8::1'];
const N2 = ['git.default.lb.test. 30 IN A 10.30.0.2'];
const LEAVING = { ready: false, serving: true, terminating: true };

describe('a Service that asks for its name', () => {
  it.each<{ rule: string; slices: readonly (readonly Endpoint[])[]; expected: string[] }>([
    { rule: 'holds the addresses of the node that hosts it', slices: [[{ node: 'n2', ready: true }]], expected: N2 },
    { rule: 'needs no area on the node', slices: [[{ node: 'n1', ready: true }]], expected: N1 },
    {
      rule: 'holds those of all nodes over all its slices',
      slices: [[{ node: 'n1', ready: true }], [{ node: 'n2', ready: true }]],
      expected: [N1[0] ?? '', N2[0] ?? '', N1[1] ?? ''],
    },
    { rule: 'has ready endpoints where ready is null', slices: [[{ node: 'n2', ready: null }]], expected: N2 },
    { rule: 'has ready endpoints where ready is not given', slices: [[{ node: 'n2' }]], expected: N2 },
    {
      rule: 'falls back to endpoints that terminate and still serve',
      slices: [[{ node: 'n1', ...LEAVING }]],
      expected: N1,
    },
    {
      rule: 'falls back only if no slice has a ready endpoint',
      slices: [[{ node: 'n1', ...LEAVING }], [{ node: 'n2', ready: true }]],
      expected: N2,
    },
    {
      rule: 'does not fall back to endpoints that do not serve',
      slices: [[{ node: 'n1', ready: false, serving: false, terminating: true }]],
      expected: ['NODATA'],
    },
    {
      rule: 'does not count endpoints that are not ready',
      slices: [[{ node: 'n1', ready: false, serving: true, terminating: false }]],
      expected: ['NODATA'],
    },
    { rule: 'does not count an endpoint without a node', slices: [[{ ready: true }]], expected: ['NODATA'] },
    {
      rule: 'falls back although an endpoint without a node is ready',
      slices: [[{ ready: true }, { node: 'n2', ...LEAVING }]],
      expected: N2,
    },
    { rule: 'holds nothing while its node is not ready', slices: [[{ node: 'down', ready: true }]], expected: ['NODATA'] },
    { rule: 'holds nothing while its node is unknown', slices: [[{ node: 'nowhere', ready: true }]], expected: ['NODATA'] },
    { rule: 'holds nothing without endpoints', slices: [], expected: ['NODATA'] },
  ])('$rule', async ({ slices, expected }) => {
    const objects = slices.map((endpoints, index) => slice(`git-${index}`, endpoints));
    // Whatever comes first, the outcome is the same.
    for (const order of [
      [service('git'), ...NODES, ...objects],
      [...objects, ...NODES, service('git')],
    ]) {
      const world = await NameWorld.with(order);
      expect(world.holds('git.default.lb.test')).toEqual(expected);
      expect(world.problems()).toEqual([]);
    }
  });

  it('has names that are restricted to one family', async () => {
    const world = await NameWorld.with([...NODES, service('git'), slice('git-0', [{ node: 'n1' }])]);
    expect(world.holds('v4.git.default.lb.test')).toEqual(['v4.git.default.lb.test. 30 IN A 10.30.0.1']);
    expect(world.holds('v6.git.default.lb.test')).toEqual(['v6.git.default.lb.test. 30 IN AAAA 2001:db8::1']);
  });

  it('follows its endpoints to another node, and loses them with that node', async () => {
    const world = await NameWorld.with([...NODES, service('git'), slice('git-0', [{ node: 'n1' }])]);
    world.cluster.put(slice('git-0', [{ node: 'n2' }]));
    expect(world.holds('git.default.lb.test')).toEqual(N2);
    world.cluster.put(node('n2', { ready: 'False', ips: '10.30.0.2' }));
    expect(world.holds('git.default.lb.test')).toEqual(['NODATA']);
    world.cluster.put(node('n2', { ips: '10.30.0.7' }));
    expect(world.holds('git.default.lb.test')).toEqual(['git.default.lb.test. 30 IN A 10.30.0.7']);
    world.cluster.delete(node('n2'));
    expect(world.holds('git.default.lb.test')).toEqual(['NODATA']);
  });

  it('is told by a slice that passes to another Service', async () => {
    const world = await NameWorld.with([...NODES, service('git'), service('web'), slice('x', [{ node: 'n2' }])]);
    world.cluster.put(slice('x', [{ node: 'n2' }], { of: 'web' }));
    expect(world.holds('git.default.lb.test')).toEqual(['NODATA']);
    expect(world.holds('web.default.lb.test')).toEqual(['web.default.lb.test. 30 IN A 10.30.0.2']);
    world.cluster.put(slice('x', [{ node: 'n2' }], { of: '' }));
    expect(world.holds('web.default.lb.test')).toEqual(['NODATA']);
  });

  it('is not told by slices of another namespace', async () => {
    const world = await NameWorld.with([...NODES, service('git'), slice('git-0', [{ node: 'n2' }], { namespace: 'other' })]);
    expect(world.holds('git.default.lb.test')).toEqual(['NODATA']);
  });

  it.each([
    ['true', ['NODATA'], []],
    ['false', ['NXDOMAIN'], []],
    ['', ['NXDOMAIN'], []],
    ['True', ['NXDOMAIN'], ['OPT_IN_INVALID']],
    ['yes', ['NXDOMAIN'], ['OPT_IN_INVALID']],
  ])('asks by "true" and nothing else: %j', async (dns, expected, codes) => {
    const world = await NameWorld.with([service('git', { dns })]);
    expect(world.holds('git.default.lb.test')).toEqual(expected);
    expect(world.pipeline.problems().map(({ code }) => code)).toEqual(codes);
  });

  it('is gone as soon as it is deleted, being deleted, or asks no more', async () => {
    const world = await NameWorld.with([service('git')]);
    for (const gone of [service('git', { deletionTimestamp: '2026-01-01T00:00:00Z' }), service('git', { dns: '' })]) {
      world.cluster.put(gone);
      expect(world.holds('git.default.lb.test')).toEqual(['NXDOMAIN']);
      world.cluster.put(service('git'));
      expect(world.holds('git.default.lb.test')).toEqual(['NODATA']);
    }
    world.cluster.delete(service('git'));
    expect(world.holds('git.default.lb.test')).toEqual(['NXDOMAIN']);
    expect(world.holds('v6.git.default.lb.test')).toEqual(['NXDOMAIN']);
  });

  it('is called v4 and answers, unless an area has the name of its namespace', async () => {
    const world = await NameWorld.with([
      ...NODES,
      service('v4', { namespace: 'home' }),
      slice('v4-0', [{ node: 'n2' }], { of: 'v4', namespace: 'home' }),
    ]);
    expect(world.holds('v4.home.lb.test')).toEqual(['v4.home.lb.test. 30 IN A 10.30.0.2']);
    world.cluster.put(node('n9', { areas: 'home', ips: '192.0.2.9' }));
    expect(world.holds('v4.home.lb.test')).toEqual(['v4.home.lb.test. 30 IN A 192.0.2.9']);
    expect(Array.from(world.catalog.conflicts(), ({ loser }) => loser.object)).toEqual(['Service/home/v4']);
    expect(world.holds('v4.v4.home.lb.test')).toEqual(['v4.v4.home.lb.test. 30 IN A 10.30.0.2']);
  });

  it('is refused where its names are no labels, as only manifests can have them', async () => {
    const world = await NameWorld.with([
      service('a.b'),
      service('_owner'),
      service('Git'),
      service('git', { namespace: 'x\\046y' }),
    ]);
    expect(world.changes).toEqual([]);
    expect(world.pipeline.problems().map(({ code, object }) => `${code} ${object}`)).toEqual([
      'OWNER_NAME_INVALID Service/default/a.b',
      'OWNER_NAME_INVALID Service/default/_owner',
      'OWNER_NAME_INVALID Service/default/Git',
      'OWNER_NAME_INVALID Service/x\\046y/git',
    ]);
  });

  it('is read from the annotation that is configured', async () => {
    const source = nodeService({ relativeTo: [{ apex: nameOf('lb.test'), ttl: 30 }], serviceAnnotation: 'example.com/dns' });
    const world = await NameWorld.with([service('git'), service('web', { annotations: { 'example.com/dns': 'true' } })], {
      sources: [source],
    });
    expect(world.holds('git.default.lb.test')).toEqual(['NXDOMAIN']);
    expect(world.holds('web.default.lb.test')).toEqual(['NODATA']);
  });

  it('is not asked again when a node changes in what does not concern it', async () => {
    const relativeTo = [{ apex: nameOf('lb.test'), ttl: 30 }];
    const source = nodeService({ relativeTo });
    let asked = 0;
    const counting = {
      ...source,
      annotations: [...source.annotations, 'x'],
      desire: (...args: Parameters<typeof source.desire>) => (asked++, source.desire(...args)),
    };
    const world = await NameWorld.with([...NODES, service('git'), slice('git-0', [{ node: 'n1' }])], { sources: [counting] });
    const before = asked;
    world.cluster.put(node('n1', { annotations: { 'k8s.pootis.network/node-ips': '10.30.0.1,2001:db8::1', x: 'new' } }));
    expect(asked).toBe(before);
    world.cluster.put(node('n1', { ips: '10.30.0.9' }));
    expect(asked).toBe(before + 1);
  });

  it('tells of addresses of its nodes that are none, though no other source reads nodes', async () => {
    const source = nodeService({ relativeTo: [{ apex: nameOf('lb.test'), ttl: 30 }] });
    const world = await NameWorld.with([node('n1', { ips: '10.0.0.1,x' })], { sources: [source] });
    expect(world.pipeline.problems().map(({ code, object }) => `${code} ${object}`)).toEqual(['ADDRESS_INVALID Node/n1']);
    world.cluster.delete(node('n1'));
    expect(world.problems()).toEqual([]);
  });
});
