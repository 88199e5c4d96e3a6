import { describe, expect, it } from '@jest/globals';

import { EXAMPLE, objectsOf, outcomeOf, recordsOf } from '../testing/source-world.ts';
import { pod, type PodOptions } from './pod.ts';

const node = (name: string, addresses: string): string => `
---
apiVersion: v1
kind: Node
metadata: {name: ${name}}
status: {addresses: [${addresses}]}
`;
const podOf = (
  name: string,
  annotations: string,
  { node: on = 'n1', ip = '10.0.0.1', spec = 'hostNetwork: true', status = '' } = {},
): string => `
---
apiVersion: v1
kind: Pod
metadata: {name: ${name}, namespace: testing, annotations: {${annotations}}}
spec: {nodeName: ${on}, ${spec}}
status: {podIP: ${ip}, podIPs: [{ip: ${ip}}], ${status}}
`;
const NODES =
  node(
    'n1',
    '{type: ExternalIP, address: 203.0.113.1}, {type: InternalIP, address: 10.9.0.1}, {type: InternalIP, address: "2001:db8::1"}',
  ) + node('n2', '{type: ExternalIP, address: 203.0.113.2}');
const HOST = 'external-dns.kubernetes.io/hostname: a.example.com, external-dns.kubernetes.io/internal-hostname: i.example.com';
const TWO = podOf('p1', HOST) + podOf('p2', HOST, { node: 'n2', ip: '10.0.0.2' });
const ALL = [
  'a.example.com. 60 IN A 203.0.113.1',
  'a.example.com. 60 IN A 203.0.113.2',
  'a.example.com. 60 IN AAAA 2001:db8::1',
  'i.example.com. 60 IN A 10.0.0.1',
  'i.example.com. 60 IN A 10.0.0.2',
];

describe('Pods', () => {
  it.each<{ rule: string; yaml: string; options?: Partial<PodOptions>; expected: string[] }>([
    { rule: 'have the external addresses of their nodes, and their own at internal names', yaml: NODES + TWO, expected: ALL },
    {
      rule: 'have no internal IPv6 addresses where that is configured',
      yaml: NODES + TWO,
      options: { internalIPv6: 'private' },
      expected: ALL.filter((line) => !line.includes('AAAA')),
    },
    {
      rule: 'in a network of their own count too',
      yaml: NODES + podOf('p1', HOST, { spec: '' }),
      expected: [
        'a.example.com. 60 IN A 203.0.113.1',
        'a.example.com. 60 IN AAAA 2001:db8::1',
        'i.example.com. 60 IN A 10.0.0.1',
      ],
    },
    {
      rule: 'in a network of their own do not count where that is configured',
      yaml: NODES + podOf('p1', HOST, { spec: '' }),
      options: { hostNetworkOnly: true },
      expected: [],
    },
    {
      rule: 'on a node that is not known have no external address, and others go on',
      yaml:
        NODES +
        podOf('p1', 'external-dns.kubernetes.io/hostname: x', { node: 'gone' }) +
        podOf('p2', 'external-dns.kubernetes.io/hostname: y', { node: 'n2' }),
      expected: ['x.example.com. NODATA', 'y.example.com. 60 IN A 203.0.113.2'],
    },
    {
      rule: 'have the targets of their annotation',
      yaml: NODES + podOf('p1', `${HOST}, external-dns.kubernetes.io/target: 4.4.4.4`),
      expected: ['a.example.com. 60 IN A 4.4.4.4', 'i.example.com. 60 IN A 4.4.4.4'],
    },
    {
      rule: 'have names of their own in a domain',
      yaml: NODES + podOf('p1', ''),
      options: { domain: 'pods.example.com' },
      expected: ['p1.pods.example.com. 60 IN A 10.0.0.1'],
    },
    {
      rule: 'ask for nothing once they have ended',
      yaml: NODES + podOf('p1', HOST, { status: 'phase: Succeeded' }),
      expected: [],
    },
    { rule: 'ask for nothing by themselves', yaml: NODES + podOf('p1', ''), expected: [] },
    {
      rule: 'have names by template',
      yaml: NODES + podOf('p1', ''),
      options: {
        internalIPv6: 'private',
        template: { expand: ({ name }) => ({ names: [`${name}.t.example.com`], problems: [] }) },
      },
      expected: ['p1.t.example.com. 60 IN A 203.0.113.1'],
    },
  ])('$rule', async ({ yaml, options = {}, expected }) => {
    const outcome = await outcomeOf([pod({ ...EXAMPLE, ...options })], yaml);
    expect(outcome.records).toEqual(expected);
    expect(outcome.problems).toEqual([]);
  });

  it('follow their nodes', async () => {
    const { world } = await outcomeOf([pod(EXAMPLE)], TWO);
    expect(recordsOf(world)[0]).toBe('a.example.com. NODATA');
    for (const object of objectsOf(NODES)) world.cluster.put(object);
    expect(recordsOf(world)).toEqual(ALL);
  });
});
