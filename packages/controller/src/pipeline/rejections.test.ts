import { describe, expect, it } from '@jest/globals';

import { type Conflict, nameOf } from '@kubezone/core';

import { FakeClock } from '../testing/fake-clock.ts';
import { node, service, slice } from '../testing/manifests.ts';
import { NameWorld } from '../testing/name-world.ts';
import { listRejections, type RejectionList } from './rejections.ts';

function listOf({ catalog, pipeline }: NameWorld, limit?: number): RejectionList {
  const from = {
    conflicts: catalog.conflicts(),
    conflictCount: catalog.conflictCount,
    problems: pipeline.problems(),
    problemCount: pipeline.problemCount(),
  };
  return listRejections(from, limit);
}

describe('the list of rejections', () => {
  it('has what is invalid and what is in conflict, each with its code, name, loser, winner, reason and beginning', async () => {
    const clock = new FakeClock(1_000);
    const world = await NameWorld.with([node('n1', { areas: 'v4.x,git.default', ips: '192.0.2.1' })], { clock });
    clock.advance(5);
    world.cluster.put(node('n2', { areas: 'home', ips: '192.0.2.2,bad' }));
    world.cluster.put(service('v4', { namespace: 'home' }));
    world.cluster.put(slice('s', [{ node: 'n1', ready: true }], { of: 'v4', namespace: 'home' }));
    const { listed, total } = listOf(world);
    expect(listed.map(({ message, ...rest }) => ({ ...rest, message: message.slice(0, 50) }))).toEqual([
      {
        code: 'AREA_INVALID',
        loser: 'test: Node/n1',
        message: 'metadata.annotations["k8s.pootis.network/node-area',
        since: 1_000,
      },
      {
        code: 'AREA_INVALID',
        loser: 'test: Node/n1',
        message: 'metadata.annotations["k8s.pootis.network/node-area',
        since: 1_000,
      },
      {
        code: 'ADDRESS_INVALID',
        loser: 'test: Node/n2',
        message: 'metadata.annotations["k8s.pootis.network/node-ips"',
        since: 1_005,
      },
      {
        code: 'LOWER_PRIORITY_SOURCE',
        owner: 'v4.home.lb.test.',
        loser: 'test: node-service Service/home/v4',
        winner: 'test: node-area Node/n2',
        message: 'node-service Service/home/v4 (cluster test) asks f',
        since: 1_005,
      },
    ]);
    expect(total).toBe(4);
    // What is refused of names gives neither of them up: a later change of the loser leaves the beginning as it was.
    clock.advance(5);
    world.cluster.put(node('n1', { areas: 'v4.x,git.default', ips: '192.0.2.9' }));
    expect(listOf(world).listed.map(({ since }) => since)).toEqual([1_000, 1_000, 1_005, 1_005]);
    world.cluster.delete(service('v4', { namespace: 'home' }));
    world.cluster.put(node('n1', { areas: '', ips: '' }));
    expect(listOf(world).listed.map(({ code }) => code)).toEqual(['ADDRESS_INVALID']);
  });

  it('tells of claims, whose names nobody holds', async () => {
    const catalog = { claims: [{ namespaces: ['a'], names: [nameOf('*.b.lb.test')] }] };
    const world = await NameWorld.with([service('web', { namespace: 'b' })], { catalog });
    const { listed } = listOf(world);
    expect(listed.map(({ code, owner, loser, winner }) => [code, owner, loser, winner])).toEqual([
      ['CLAIMED_BY_OTHERS', 'v4.web.b.lb.test.', 'test: node-service Service/b/web', undefined],
      ['CLAIMED_BY_OTHERS', 'v6.web.b.lb.test.', 'test: node-service Service/b/web', undefined],
      ['CLAIMED_BY_OTHERS', 'web.b.lb.test.', 'test: node-service Service/b/web', undefined],
    ]);
    expect(world.holds('web.b.lb.test')).toEqual(['NXDOMAIN']);
  });

  it('is as long as is asked for, with the oldest, and counts the rest without making its messages', () => {
    let made = 0;
    const origin = { source: 'ingress', cluster: '', namespace: 'a', object: 'Ingress/a/web', createdAt: 0 };
    const conflicts = Array.from({ length: 100_000 }, (_, index): Conflict => {
      const common = {
        code: 'NEWER_OBJECT',
        owner: nameOf(`n${index}.test`),
        loser: origin,
        since: (index * 7919) % 100_000,
      } as const;
      return Object.defineProperty({ ...common, message: '' }, 'message', { get: () => (made++, 'x') });
    });
    const { listed, total } = listRejections({ conflicts, conflictCount: 100_000, problems: [], problemCount: 7 }, 5);
    expect(listed.map(({ since }) => since)).toEqual([0, 1, 2, 3, 4]);
    expect(listed[0]?.loser).toBe('ingress Ingress/a/web');
    expect(total).toBe(100_007);
    expect(made).toBe(5);
  });
});
