import { describe, expect, it } from '@jest/globals';

import { EXAMPLE, objectsOf, outcomeOf, recordsOf } from '../testing/source-world.ts';
import { nodeport, type NodeportOptions } from './nodeport.ts';

const svc = ({ annotations = 'external-dns.kubernetes.io/hostname: foo.example.com', spec = '', name = 'svc' } = {}): string => `
---
apiVersion: v1
kind: Service
metadata: {name: ${name}, namespace: testing, annotations: {${annotations}}}
spec: {type: NodePort, ${spec}}
`;
const node = (name: string, addresses: string, { spec = '', ready = '"True"' } = {}): string => `
---
apiVersion: v1
kind: Node
metadata: {name: ${name}}
spec: {${spec}}
status: {conditions: [{type: Ready, status: ${ready}}], addresses: [${addresses}]}
`;
const external = (address: string): string => `{type: ExternalIP, address: "${address}"}`;
const internal = (address: string): string => `{type: InternalIP, address: "${address}"}`;
const slice = (endpoints: string): string => `
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: s, namespace: testing, labels: {kubernetes.io/service-name: svc}}
addressType: IPv4
endpoints: ${endpoints}
`;
const THREE =
  node('a', external('1.1.1.1')) + node('b', `${external('2.2.2.2')},${internal('10.0.0.2')}`) + node('c', internal('10.0.0.3'));
const access = (value: string): string =>
  `external-dns.kubernetes.io/hostname: foo.example.com, external-dns.kubernetes.io/access: ${value}`;
const foo = (...addresses: string[]): string[] =>
  addresses.map((address) => `foo.example.com. 60 IN ${address.includes(':') ? 'AAAA' : 'A'} ${address}`);
const LOCAL = 'externalTrafficPolicy: Local';
const LEAVING = 'conditions: {ready: false, serving: true, terminating: true}';

describe('a Service of type NodePort', () => {
  it.each<{ rule: string; yaml: string; options?: Partial<NodeportOptions>; expected: string[]; problems?: string[] }>([
    {
      rule: 'has the external addresses of all nodes, where any has one',
      yaml: svc() + THREE,
      expected: foo('1.1.1.1', '2.2.2.2'),
    },
    { rule: 'has the internal ones where none has', yaml: svc() + node('c', internal('10.0.0.3')), expected: foo('10.0.0.3') },
    {
      rule: 'has the internal ones where it is private',
      yaml: svc({ annotations: access('private') }) + THREE,
      expected: foo('10.0.0.2', '10.0.0.3'),
    },
    {
      rule: 'has no other than external ones where it is public',
      yaml: svc({ annotations: access('public') }) + node('c', internal('10.0.0.3')),
      expected: ['foo.example.com. NODATA'],
    },
    {
      rule: 'has the usual ones where its access is neither',
      yaml: svc({ annotations: access('semi') }) + THREE,
      expected: foo('1.1.1.1', '2.2.2.2'),
      problems: ['ANNOTATION_INVALID Service/testing/svc'],
    },
    {
      rule: 'keeps internal IPv6 addresses private',
      yaml: svc() + node('a', `${external('1.1.1.1')},${internal('2001:db8::1')}`),
      expected: foo('1.1.1.1'),
    },
    {
      rule: 'publishes internal IPv6 addresses where that is configured',
      yaml: svc() + node('a', `${external('1.1.1.1')},${internal('2001:db8::1')},${internal('10.0.0.1')}`),
      options: { internalIPv6: 'public' },
      expected: foo('1.1.1.1', '2001:db8::1'),
    },
    {
      rule: 'has no addresses of nodes that are cordoned or not ready',
      yaml:
        svc() +
        node('a', external('1.1.1.1')) +
        node('b', external('2.2.2.2'), { spec: 'unschedulable: true' }) +
        node('c', external('3.3.3.3'), { ready: '"False"' }) +
        node('d', external('4.4.4.4'), { ready: 'Unknown' }),
      expected: foo('1.1.1.1'),
    },
    {
      rule: 'has those of cordoned nodes where that is configured',
      yaml: svc() + node('b', external('2.2.2.2'), { spec: 'unschedulable: true' }),
      options: { unschedulableNodes: true },
      expected: foo('2.2.2.2'),
    },
    { rule: 'exists without nodes', yaml: svc(), expected: ['foo.example.com. NODATA'] },
    { rule: 'has no name by itself', yaml: svc({ annotations: '' }) + THREE, expected: [] },
    {
      rule: 'has its name by template',
      yaml: svc({ annotations: '' }) + THREE,
      options: { template: { expand: ({ namespace, name }) => ({ names: [`${namespace}-${name}.example.com`], problems: [] }) } },
      expected: ['testing-svc.example.com. 60 IN A 1.1.1.1', 'testing-svc.example.com. 60 IN A 2.2.2.2'],
    },
    {
      rule: 'is named by Mate',
      yaml: svc({ annotations: 'zalando.org/dnsname: foo.example.com' }) + THREE,
      expected: foo('1.1.1.1', '2.2.2.2'),
    },
    {
      rule: 'has the targets of its annotation',
      yaml:
        svc({ annotations: 'external-dns.kubernetes.io/hostname: foo.example.com, external-dns.kubernetes.io/target: 5.5.5.5' }) +
        THREE,
      expected: foo('5.5.5.5'),
    },
    {
      rule: 'has SRV records of its ports, together by protocol',
      yaml:
        svc({
          spec: 'ports: [{port: 80, nodePort: 30080}, {port: 443, nodePort: 30443, protocol: TCP}, {port: 53, nodePort: 30053, protocol: UDP}, {port: 1}]',
        }) + THREE,
      expected: [
        '_svc._tcp.foo.example.com. 60 IN SRV 0 50 30080 foo.example.com.',
        '_svc._tcp.foo.example.com. 60 IN SRV 0 50 30443 foo.example.com.',
        '_svc._udp.foo.example.com. 60 IN SRV 0 50 30053 foo.example.com.',
        ...foo('1.1.1.1', '2.2.2.2'),
      ],
    },
    {
      rule: 'has no SRV records where ownership markers stand',
      yaml: svc({ name: 'owner', spec: 'ports: [{port: 80, nodePort: 30080}]' }) + THREE,
      expected: foo('1.1.1.1', '2.2.2.2'),
      problems: ['OWNER_NAME_INVALID Service/testing/owner'],
    },
    {
      rule: 'has no SRV records at a wildcard',
      yaml: svc({ annotations: 'coredns.io/hostname: "*.foo"', spec: 'ports: [{port: 80, nodePort: 30080}]' }) + THREE,
      expected: ['*.foo.example.com. 60 IN A 1.1.1.1', '*.foo.example.com. 60 IN A 2.2.2.2'],
    },
    {
      rule: 'with local traffic has the nodes with ready endpoints',
      yaml:
        svc({ spec: LOCAL }) +
        THREE +
        slice(`[{addresses: [10.1.0.1], nodeName: b}, {addresses: [10.1.0.2], nodeName: a, ${LEAVING}}]`),
      expected: foo('2.2.2.2'),
    },
    {
      rule: 'with local traffic has those with terminating endpoints where none is ready',
      yaml:
        svc({ spec: LOCAL }) +
        THREE +
        slice(
          `[{addresses: [10.1.0.1], nodeName: b, conditions: {ready: false}}, {addresses: [10.1.0.2], nodeName: a, ${LEAVING}}]`,
        ),
      expected: foo('1.1.1.1'),
    },
    {
      rule: 'with local traffic has those with any endpoints where none serves',
      yaml: svc({ spec: LOCAL }) + THREE + slice('[{addresses: [10.1.0.1], nodeName: b, conditions: {ready: false}}]'),
      expected: foo('2.2.2.2'),
    },
    {
      rule: 'with local traffic passes over a better tier of nodes that do not count',
      yaml:
        svc({ spec: LOCAL }) +
        THREE +
        node('down', external('9.9.9.9'), { ready: '"False"' }) +
        slice(`[{addresses: [10.1.0.1], nodeName: down}, {addresses: [10.1.0.2], nodeName: a, ${LEAVING}}]`),
      expected: foo('1.1.1.1'),
    },
    {
      rule: 'with local traffic has no node without endpoints',
      yaml: svc({ spec: LOCAL }) + THREE,
      expected: ['foo.example.com. NODATA'],
    },
  ])('$rule', async ({ yaml, options = {}, expected, problems = [] }) => {
    const outcome = await outcomeOf([nodeport({ ...EXAMPLE, ...options })], yaml);
    expect(outcome.records).toEqual(expected);
    expect(outcome.problems).toEqual(problems);
  });

  it('follows nodes and endpoints, and is not asked again by what does not concern it', async () => {
    const source = nodeport(EXAMPLE);
    let asked = 0;
    const counting = { ...source, desire: (...args: Parameters<typeof source.desire>) => (asked++, source.desire(...args)) };
    const { world } = await outcomeOf([counting], svc() + svc({ name: 'other' }) + THREE);
    const put = (yaml: string): number => {
      const before = asked;
      for (const object of objectsOf(yaml)) world.cluster.put(object);
      return asked - before;
    };
    expect(put(node('a', external('1.1.1.1'), { spec: 'unschedulable: true' }))).toBe(2);
    expect(recordsOf(world)).toEqual(foo('2.2.2.2'));
    expect(put(node('a', external('7.7.7.7'), { spec: 'unschedulable: true' }))).toBe(0);
    expect(put(slice('[{addresses: [10.1.0.1], nodeName: b}]'))).toBe(0);
    expect(put(svc({ spec: LOCAL }))).toBe(1);
    expect(put(slice('[{addresses: [10.1.0.9], nodeName: b}]'))).toBe(0);
    expect(put(slice('[{addresses: [10.1.0.9], nodeName: c}]'))).toBe(1);
  });
});
