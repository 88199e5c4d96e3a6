import { describe, expect, it } from '@jest/globals';
import { nameOf, scanRdataText, TYPE, type Rdata } from '@kubezone/core';

import { node } from '../testing/manifests.ts';
import { NameWorld } from '../testing/name-world.ts';
import { nodeArea } from './node-area.ts';

const A = (address: string): string => `IN A ${address}`;

describe('the areas of nodes', () => {
  it.each<{ rule: string; nodes: object[]; expected: Record<string, string[]> }>([
    {
      rule: 'hold the addresses of a ready node, by family',
      nodes: [node('n1', { areas: 'home', ips: '1.2.3.4,2001:db8::1' })],
      expected: { 'home.lb.test': ['home.lb.test. 30 IN A 1.2.3.4', 'home.lb.test. 30 IN AAAA 2001:db8::1'] },
    },
    {
      rule: 'exist and hold nothing while no node is ready',
      nodes: [node('n1', { ready: 'False', areas: 'home', ips: '1.2.3.4' })],
      expected: { 'home.lb.test': ['NODATA'], 'v4.home.lb.test': ['NODATA'], 'v6.home.lb.test': ['NODATA'] },
    },
    {
      rule: 'hold the addresses of the ready nodes only',
      nodes: [
        node('n1', { areas: 'home', ips: '192.0.2.1' }),
        node('n2', { areas: 'home', ips: '192.0.2.2' }),
        node('n3', { ready: 'False', areas: 'home', ips: '192.0.2.3' }),
      ],
      expected: { 'home.lb.test': ['home.lb.test. 30 IN A 192.0.2.1', 'home.lb.test. 30 IN A 192.0.2.2'] },
    },
    {
      rule: 'take a node for not ready whose condition is missing',
      nodes: [node('n1', { ready: '', areas: 'home', ips: '1.2.3.4' })],
      expected: { 'home.lb.test': ['NODATA'] },
    },
    {
      rule: 'take a node for not ready whose condition is unknown',
      nodes: [node('n1', { ready: 'Unknown', areas: 'home', ips: '1.2.3.4' })],
      expected: { 'home.lb.test': ['NODATA'] },
    },
    {
      rule: 'have no name of one family where there is no area',
      nodes: [],
      expected: { 'v4.home.lb.test': ['NXDOMAIN'], 'home.lb.test': ['NXDOMAIN'] },
    },
    {
      rule: 'have names that are restricted to one family',
      nodes: [node('n1', { areas: 'home', ips: '1.2.3.4,2001:db8::1' })],
      expected: {
        'v4.home.lb.test': ['v4.home.lb.test. 30 IN A 1.2.3.4'],
        'v6.home.lb.test': ['v6.home.lb.test. 30 IN AAAA 2001:db8::1'],
      },
    },
    {
      rule: 'may themselves be called v4 or v6',
      nodes: [node('n1', { areas: 'v6', ips: '1.2.3.4,2001:db8::1' })],
      expected: {
        'v6.lb.test': ['v6.lb.test. 30 IN A 1.2.3.4', 'v6.lb.test. 30 IN AAAA 2001:db8::1'],
        'v4.v6.lb.test': ['v4.v6.lb.test. 30 IN A 1.2.3.4'],
        'v6.v6.lb.test': ['v6.v6.lb.test. 30 IN AAAA 2001:db8::1'],
        'v4.lb.test': ['NXDOMAIN'],
      },
    },
    {
      rule: 'exist without data where the node has addresses of the other family only',
      nodes: [node('n1', { areas: 'home', ips: '2001:db8::1' })],
      expected: { 'v4.home.lb.test': ['NODATA'], 'home.lb.test': ['home.lb.test. 30 IN AAAA 2001:db8::1'] },
    },
    {
      rule: 'exist without data where the node has no addresses at all',
      nodes: [node('n1', { areas: 'home' })],
      expected: { 'home.lb.test': ['NODATA'] },
    },
    {
      rule: 'hold an address once that several nodes have, however it is written',
      nodes: [
        node('n1', { areas: 'home', ips: '1.2.3.4, ::ffff:1.2.3.4 ,2001:DB8:0::1,2001:db8::1' }),
        node('n2', { areas: 'home', ips: '1.2.3.4' }),
      ],
      expected: { 'home.lb.test': ['home.lb.test. 30 IN A 1.2.3.4', 'home.lb.test. 30 IN AAAA 2001:db8::1'] },
    },
    {
      rule: 'are gone as soon as the node is being deleted',
      nodes: [node('n1', { areas: 'home', ips: '1.2.3.4', deletionTimestamp: '2026-01-01T00:00:00Z' })],
      expected: { 'home.lb.test': ['NXDOMAIN'] },
    },
    {
      rule: 'do not care for cordons, and never for addresses in the status',
      nodes: [
        {
          ...node('n1', { areas: 'home' }),
          spec: { unschedulable: true },
          status: {
            conditions: [{ type: 'Ready', status: 'True' }],
            addresses: [{ type: 'ExternalIP', address: '203.0.113.9' }],
          },
        },
      ],
      expected: { 'home.lb.test': ['NODATA'] },
    },
  ])('$rule', async ({ nodes, expected }) => {
    const world = await NameWorld.with(nodes);
    const found = Object.fromEntries(Object.keys(expected).map((name) => [name, world.holds(name)]));
    expect(found).toEqual(expected);
    expect(world.problems()).toEqual([]);
  });

  it('follow a node to another area and address', async () => {
    const world = await NameWorld.with([node('n1', { areas: 'home', ips: '192.0.2.1' })]);
    world.cluster.put(node('n1', { areas: 'external', ips: '192.0.2.9' }));
    expect(world.holds('home.lb.test')).toEqual(['NXDOMAIN']);
    expect(world.holds('external.lb.test')).toEqual(['external.lb.test. 30 IN A 192.0.2.9']);
  });

  it('stay as long as one node lists them, and go with the last', async () => {
    const world = await NameWorld.with([
      node('n1', { areas: 'home', ips: '192.0.2.1' }),
      node('n2', { areas: 'home', ready: 'False' }),
    ]);
    world.cluster.delete(node('n1'));
    expect(world.holds('home.lb.test')).toEqual(['NODATA']);
    world.cluster.delete(node('n2'));
    expect(world.holds('home.lb.test')).toEqual(['NXDOMAIN']);
    expect(world.holds('v4.home.lb.test')).toEqual(['NXDOMAIN']);
  });

  it.each([
    { list: 'Home,EXTERNAL', known: ['external', 'home'], invalid: 0 },
    { list: 'invalid!name,valid', known: ['valid'], invalid: 1 },
    { list: '-bad,good', known: ['good'], invalid: 1 },
    { list: 'bad-,good', known: ['good'], invalid: 1 },
    { list: 'my_home', known: ['my_home'], invalid: 0 },
    { list: '_owner,_wildcard,_owner-x,*', known: [], invalid: 4 },
    { list: 'cluster,test.cluster,external', known: ['cluster', 'external'], invalid: 1 },
    { list: 'a'.repeat(63), known: ['a'.repeat(63)], invalid: 0 },
    { list: 'a'.repeat(64), known: [], invalid: 1 },
    { list: 'x', known: ['x'], invalid: 0 },
    { list: ',,,', known: [], invalid: 0 },
    { list: ' a , b ', known: ['a', 'b'], invalid: 0 },
    { list: 'größe,größe.', known: [], invalid: 2 },
    { list: 'a\\.b,@', known: [], invalid: 2 },
  ])('are read from the list "$list"', async ({ list, known, invalid }) => {
    const world = await NameWorld.with([node('n1', { areas: list, ips: '192.0.2.1' })]);
    const names = new Set(world.changes.flat().map(({ owner }) => owner));
    expect([...names].toSorted()).toEqual(
      known.flatMap((area) => [`${area}.lb.test.`, `v4.${area}.lb.test.`, `v6.${area}.lb.test.`]).toSorted(),
    );
    expect(world.pipeline.problems().filter(({ code }) => code === 'AREA_INVALID')).toHaveLength(invalid);
  });

  it('are names in every zone, with the TTL of the zone', async () => {
    const relativeTo = [
      { apex: nameOf('lb.test'), ttl: 30 },
      { apex: nameOf('example.com'), ttl: 300 },
    ];
    const world = await NameWorld.with([node('n1', { areas: 'home', ips: '192.0.2.1' })], {
      sources: [nodeArea({ relativeTo })],
    });
    expect(world.holds('home.lb.test')).toEqual([`home.lb.test. 30 ${A('192.0.2.1')}`]);
    expect(world.holds('v4.home.example.com')).toEqual([`v4.home.example.com. 300 ${A('192.0.2.1')}`]);
  });

  it('ask for nothing in a zone that is cut out of the one that they are relative to', async () => {
    const relativeTo = [
      { apex: nameOf('example'), ttl: 30 },
      { apex: nameOf('lab.example'), ttl: 30 },
    ];
    const both = nodeArea({ relativeTo });
    // Served, but without relative names.
    const one = nodeArea({ relativeTo: relativeTo.slice(0, 1), servedZones: [nameOf('lab.example'), nameOf('example')] });
    for (const source of [both, one]) {
      const world = await NameWorld.with([node('n1', { areas: 'lab,home', ips: '192.0.2.1' })], { sources: [source] });
      expect(world.holds('lab.example')).toEqual(['NXDOMAIN']);
      expect(world.holds('home.example')).toEqual(['home.example. 30 IN A 192.0.2.1']);
      // As `v4.lab` lies below lab.example, it is not ours either.
      expect(world.holds('v4.lab.example')).toEqual(['NXDOMAIN']);
      expect(world.holds('lab.lab.example')).toEqual(source === both ? ['lab.lab.example. 30 IN A 192.0.2.1'] : ['NXDOMAIN']);
      expect(world.problems()[0]).toBe(
        'Node/n1: lab is no name in a zone: lab.example. would be in example., but lies in lab.example., which is a zone of its own [OWNER_NAME_INVALID]',
      );
      expect(world.problems()).toHaveLength(3);
    }
  });

  it('are read from the annotations that are configured', async () => {
    const relativeTo = [{ apex: nameOf('lb.test'), ttl: 30 }];
    const source = nodeArea({ relativeTo, areasAnnotation: 'example.com/areas', ipsAnnotation: 'example.com/ips' });
    const annotations = { 'example.com/areas': 'home', 'example.com/ips': '192.0.2.1', 'k8s.pootis.network/node-areas': 'other' };
    const world = await NameWorld.with([node('n1', { annotations })], { sources: [source] });
    expect(world.holds('home.lb.test')).toEqual([`home.lb.test. 30 ${A('192.0.2.1')}`]);
    expect(world.holds('other.lb.test')).toEqual(['NXDOMAIN']);
  });

  it('lose a name against the zone itself, and the loser is told', async () => {
    const world = await NameWorld.with([node('n1', { areas: 'ns1', ips: '1.1.1.1' })]);
    const glue = (
      type: number,
      text: string,
    ): { kind: 'rrset'; owner: ReturnType<typeof nameOf>; type: number; ttl: number; rdatas: Rdata[] } => ({
      kind: 'rrset',
      owner: nameOf('ns1.lb.test'),
      type,
      ttl: 30,
      rdatas: [scanRdataText(type, text) as Rdata],
    });
    world.catalog.put({ source: 'zone', cluster: '', namespace: '', object: 'lb.test.', createdAt: 0 }, [
      glue(TYPE.A, '192.0.2.53'),
      glue(TYPE.AAAA, '2001:db8::53'),
    ]);
    expect(world.holds('ns1.lb.test')).toEqual(['ns1.lb.test. 30 IN A 192.0.2.53', 'ns1.lb.test. 30 IN AAAA 2001:db8::53']);
    expect(Array.from(world.catalog.conflicts(), ({ code, loser }) => [code, loser.object])).toEqual([
      ['LOWER_PRIORITY_SOURCE', 'Node/n1'],
    ]);
  });

  it('report each entry that is not used, with the object, the annotation, and what was found', async () => {
    const world = await NameWorld.with([node('n1', { areas: 'home,no good', ips: '192.0.2.1,300.1.1.1,fe80::1%eth0' })]);
    expect(world.holds('home.lb.test')).toEqual([`home.lb.test. 30 ${A('192.0.2.1')}`]);
    expect(world.problems().toSorted()).toEqual([
      'Node/n1: metadata.annotations["k8s.pootis.network/node-areas"]: found "no good", expected one label of at most 63 letters, digits, "-" and "_" that begins and ends with a letter or digit [AREA_INVALID]',
      'Node/n1: metadata.annotations["k8s.pootis.network/node-ips"]: found "300.1.1.1", expected an IPv4 or IPv6 address [ADDRESS_INVALID]',
      'Node/n1: metadata.annotations["k8s.pootis.network/node-ips"]: found "fe80::1%eth0", expected an IPv4 or IPv6 address [ADDRESS_INVALID]',
    ]);
    world.cluster.put(node('n1', { areas: 'home', ips: '192.0.2.1' }));
    expect(world.problems()).toEqual([]);
    expect(world.pipeline.problemCount()).toBe(0);
  });

  it('report an entry once though two sources read it, and in few lines where there are many', async () => {
    const ips = Array.from({ length: 10_000 }, (_, index) => `bad${index}`).join(',');
    const world = await NameWorld.with([node('n1', { areas: 'home', ips })]);
    const problems = world.problems();
    expect(problems).toHaveLength(11);
    expect(problems.at(-1)).toBe('Node/n1: 9990 more problems of this object are not listed [MORE_PROBLEMS]');
    expect(world.pipeline.problemCount()).toBe(11);
    expect(world.logger.lines.filter(({ level }) => level === 'warn')).toHaveLength(11);
  });

  it('report an area whose names would be too long in a zone, and give it its name in the others', async () => {
    const long = `${Array.from({ length: 3 }, () => 'z'.repeat(63)).join('.')}.${'z'.repeat(53)}`;
    const world = await NameWorld.with([node('n1', { areas: 'homestead', ips: '192.0.2.1' })], { zones: ['lb.test', long] });
    expect(world.holds('homestead.lb.test')).toEqual([`homestead.lb.test. 30 ${A('192.0.2.1')}`]);
    expect(world.pipeline.problems().map(({ code }) => code)).toEqual([
      'OWNER_NAME_INVALID',
      'OWNER_NAME_INVALID',
      'OWNER_NAME_INVALID',
    ]);
  });
});
