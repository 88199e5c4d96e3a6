import { describe, expect, it } from '@jest/globals';

import { EXAMPLE, outcomeOf } from '../testing/source-world.ts';
import { node, type NodeOptions } from './node.ts';

const nodeOf = (addresses: string, { name = 'node1', annotations = '{}', rest = '', ready = '"True"' } = {}): string => `
---
apiVersion: v1
kind: Node
metadata: {name: ${name}, annotations: ${annotations}}
status: {conditions: [{type: Ready, status: ${ready}}], addresses: [${addresses}]}
${rest}
`;
const ALL =
  '{type: Hostname, address: node1}, {type: InternalIP, address: 10.0.0.1}, {type: ExternalIP, address: 203.0.113.1}, {type: InternalIP, address: "2001:db8::1"}';
const INTERNAL = ['node1.example.com. 60 IN A 10.0.0.1', 'node1.example.com. 60 IN AAAA 2001:db8::1'];
const EXTERNAL = 'node1.example.com. 60 IN A 203.0.113.1';

describe('a Node', () => {
  it.each<{ rule: string; yaml: string; options?: Partial<NodeOptions>; expected: string[]; problems?: string[] }>([
    { rule: 'has its internal addresses at its host name', yaml: nodeOf(ALL), expected: INTERNAL },
    { rule: 'has its external addresses', yaml: nodeOf(ALL), options: { addressType: 'ExternalIP' }, expected: [EXTERNAL] },
    {
      rule: 'has its external addresses before its internal ones',
      yaml: nodeOf(ALL),
      options: { addressType: 'ExternalIP-or-InternalIP' },
      expected: [EXTERNAL],
    },
    {
      rule: 'has its internal addresses for want of external ones',
      yaml: nodeOf('{type: InternalIP, address: 10.0.0.1}'),
      options: { addressType: 'ExternalIP-or-InternalIP' },
      expected: ['node1.example.com. 60 IN A 10.0.0.1'],
    },
    {
      rule: 'has internal IPv6 addresses with external ones',
      yaml: nodeOf(ALL),
      options: { addressType: 'ExternalIP', internalIPv6: 'public' },
      expected: [EXTERNAL, 'node1.example.com. 60 IN AAAA 2001:db8::1'],
    },
    {
      rule: 'is called by its name where it has no host name',
      yaml: nodeOf('{type: InternalIP, address: 10.0.0.1}', { name: 'n7' }),
      expected: ['n7.example.com. 60 IN A 10.0.0.1'],
    },
    {
      rule: 'may have a host name of several labels',
      yaml: nodeOf('{type: Hostname, address: ip-10-0-0-1.ec2.internal}, {type: InternalIP, address: 10.0.0.1}'),
      expected: ['ip-10-0-0-1.ec2.internal.example.com. 60 IN A 10.0.0.1'],
    },
    {
      rule: 'exists without addresses',
      yaml: nodeOf('{type: Hostname, address: node1}') + nodeOf('{type: InternalIP, address: 10.0.0.2}', { name: 'n2' }),
      expected: ['n2.example.com. 60 IN A 10.0.0.2', 'node1.example.com. NODATA'],
    },
    {
      rule: 'keeps its addresses while it is not ready and cordoned',
      yaml: nodeOf(ALL, { ready: '"False"', rest: 'spec: {unschedulable: true}' }),
      expected: INTERNAL,
    },
    {
      rule: 'has none while it is not ready where that is configured',
      yaml: nodeOf(ALL, { ready: '"False"' }),
      options: { notReadyNodes: false },
      expected: ['node1.example.com. NODATA'],
    },
    {
      rule: 'has none while it is cordoned where that is configured',
      yaml: nodeOf(ALL, { rest: 'spec: {unschedulable: true}' }),
      options: { unschedulableNodes: false },
      expected: ['node1.example.com. NODATA'],
    },
    {
      rule: 'has the targets and the TTL of its annotations',
      yaml: nodeOf(ALL, { annotations: '{external-dns.kubernetes.io/target: 5.5.5.5, external-dns.kubernetes.io/ttl: "7"}' }),
      expected: ['node1.example.com. 7 IN A 5.5.5.5'],
    },
    {
      rule: 'has names by template in place of its own, shared with others',
      yaml: nodeOf('{type: InternalIP, address: 10.0.0.1}') + nodeOf('{type: InternalIP, address: 10.0.0.2}', { name: 'n2' }),
      options: { template: { expand: () => ({ names: ['nodes.example.com'], problems: [] }) } },
      expected: ['nodes.example.com. 60 IN A 10.0.0.1', 'nodes.example.com. 60 IN A 10.0.0.2'],
    },
    {
      rule: 'has names by template beside its own',
      yaml: nodeOf('{type: InternalIP, address: 10.0.0.1}'),
      options: { template: { expand: () => ({ names: ['nodes.example.com', 'short'], problems: [] }), use: 'also' } },
      expected: ['node1.example.com. 60 IN A 10.0.0.1', 'nodes.example.com. 60 IN A 10.0.0.1'],
    },
    {
      rule: 'passes over an address that is none',
      yaml: nodeOf('{type: InternalIP, address: 10.0.0.300}, {type: InternalIP, address: 10.0.0.1}'),
      expected: ['node1.example.com. 60 IN A 10.0.0.1'],
      problems: ['TARGET_INVALID Node/node1'],
    },
    { rule: 'opts out', yaml: nodeOf(ALL, { annotations: '{kubezone.io/ignore: "true"}' }), expected: [] },
  ])('$rule', async ({ yaml, options = {}, expected, problems = [] }) => {
    const outcome = await outcomeOf([node({ ...EXAMPLE, ...options })], yaml);
    expect(outcome.records).toEqual(expected);
    expect(outcome.problems).toEqual(problems);
  });
});
