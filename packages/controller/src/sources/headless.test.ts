import { describe, expect, it } from '@jest/globals';

import { EXAMPLE, objectsOf, outcomeOf, problemsOf, recordsOf } from '../testing/source-world.ts';
import { service, type ServiceOptions } from './service.ts';

const svc = (annotations: string, spec = 'clusterIP: None', name = 'foo'): string => `
---
apiVersion: v1
kind: Service
metadata: {name: ${name}, namespace: testing, annotations: ${annotations}}
spec: {${spec}}
`;
const slice = (endpoints: string, { name = 'foo-x', of = 'foo', type = 'IPv4' } = {}): string => `
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: ${name}, namespace: testing, labels: {${of === '' ? '' : `kubernetes.io/service-name: ${of}`}}}
addressType: ${type}
endpoints: ${endpoints}
`;
const NODES = `
---
apiVersion: v1
kind: Node
metadata: {name: n1}
status: {addresses: [{type: ExternalIP, address: 203.0.113.1}, {type: InternalIP, address: 10.9.0.1}]}
---
apiVersion: v1
kind: Node
metadata: {name: n2}
status: {addresses: [{type: ExternalIP, address: 203.0.113.2}, {type: InternalIP, address: 10.9.0.2}]}
`;
const pod = (name: string, annotations: string, hostname = ''): string => `
---
apiVersion: v1
kind: Pod
metadata: {name: ${name}, namespace: testing, annotations: ${annotations}}
spec: {hostname: "${hostname}", nodeName: n1}
`;
const HOST = '{external-dns.kubernetes.io/hostname: foo.example.com}';
const resolving = (value: string): string => `{k8s-gateway.dns/resolve-endpoints: "${value}"}`;
const typed = (type: string): string =>
  `{external-dns.kubernetes.io/hostname: foo.example.com, external-dns.kubernetes.io/endpoints-type: ${type}}`;
const TWO_PODS =
  '[{addresses: [1.1.1.1], hostname: foo-0, nodeName: n1, targetRef: {kind: Pod, name: foo-0}}, {addresses: [1.1.1.2], conditions: {ready: true}, nodeName: n2, targetRef: {kind: Pod, name: foo-1}}]';
const BOTH = ['foo-0.foo.example.com. 60 IN A 1.1.1.1', 'foo.example.com. 60 IN A 1.1.1.1', 'foo.example.com. 60 IN A 1.1.1.2'];

describe('the endpoints of a Service', () => {
  it.each<{ rule: string; yaml: string; options?: Partial<ServiceOptions>; expected: string[]; problems?: string[] }>([
    {
      rule: 'are the addresses of a headless Service, and some have names of their own',
      yaml: svc(HOST) + slice(TWO_PODS),
      expected: BOTH,
    },
    {
      rule: 'have their names from their pods where slices say none',
      yaml: svc(HOST) + slice('[{addresses: [1.1.1.1], targetRef: {kind: Pod, name: foo-0}}]') + pod('foo-0', '{}', 'foo-0'),
      expected: ['foo-0.foo.example.com. 60 IN A 1.1.1.1', 'foo.example.com. 60 IN A 1.1.1.1'],
    },
    {
      rule: 'do not count while they are not ready',
      yaml:
        svc(HOST) +
        slice('[{addresses: [1.1.1.1], conditions: {ready: false}}, {addresses: [1.1.1.2], conditions: {ready: null}}]'),
      expected: ['foo.example.com. 60 IN A 1.1.1.2'],
    },
    {
      rule: 'do not count while they terminate',
      yaml: svc(HOST) + slice('[{addresses: [1.1.1.1], conditions: {ready: false, serving: true, terminating: true}}]'),
      expected: ['foo.example.com. NODATA'],
    },
    {
      rule: 'all count where the Service publishes those that are not ready',
      yaml:
        svc(HOST, 'clusterIP: None, publishNotReadyAddresses: true') +
        slice('[{addresses: [1.1.1.1], hostname: a, conditions: {ready: false}}]'),
      expected: ['a.foo.example.com. 60 IN A 1.1.1.1', 'foo.example.com. 60 IN A 1.1.1.1'],
    },
    {
      rule: 'all count where that is configured',
      yaml: svc(HOST) + slice('[{addresses: [1.1.1.1], conditions: {ready: false}}]'),
      options: { publishNotReadyAddresses: true },
      expected: ['foo.example.com. 60 IN A 1.1.1.1'],
    },
    {
      rule: "give way to their nodes' external addresses",
      yaml: svc(typed('NodeExternalIP')) + slice(TWO_PODS) + NODES,
      expected: [
        'foo-0.foo.example.com. 60 IN A 203.0.113.1',
        'foo.example.com. 60 IN A 203.0.113.1',
        'foo.example.com. 60 IN A 203.0.113.2',
      ],
    },
    {
      rule: "give way to their nodes' internal addresses",
      yaml: svc(typed('HostIP')) + slice(TWO_PODS) + NODES,
      expected: [
        'foo-0.foo.example.com. 60 IN A 10.9.0.1',
        'foo.example.com. 60 IN A 10.9.0.1',
        'foo.example.com. 60 IN A 10.9.0.2',
      ],
    },
    {
      rule: "give way to their nodes' internal addresses where that is configured",
      yaml: svc(HOST) + slice('[{addresses: [1.1.1.1], nodeName: n1}, {addresses: [1.1.1.2], nodeName: gone}]') + NODES,
      options: { publishHostIPs: true },
      expected: ['foo.example.com. 60 IN A 10.9.0.1'],
    },
    {
      rule: 'keep their own where the wanted addresses are of no known kind',
      yaml: svc(typed('Other')) + slice('[{addresses: [1.1.1.1], nodeName: n1}]') + NODES,
      expected: ['foo.example.com. 60 IN A 1.1.1.1'],
      problems: ['ANNOTATION_INVALID Service/testing/foo'],
    },
    {
      rule: "give way to their pods' annotation target",
      yaml: svc(HOST) + slice(TWO_PODS) + pod('foo-0', '{external-dns.alpha.kubernetes.io/target: "5.5.5.5,x.test"}'),
      expected: [
        'foo-0.foo.example.com. 60 IN A 5.5.5.5',
        'foo.example.com. 60 IN A 1.1.1.2',
        'foo.example.com. 60 IN A 5.5.5.5',
      ],
    },
    {
      rule: "keep their own where pods' targets are not to be honoured",
      yaml: svc(HOST) + slice(TWO_PODS) + pod('foo-0', '{external-dns.alpha.kubernetes.io/target: 5.5.5.5}'),
      options: { externalDns: { target: 'ignore' } },
      expected: BOTH,
    },
    {
      rule: 'hold one address once',
      yaml:
        svc(HOST) +
        slice('[{addresses: [1.1.1.1]}, {addresses: [1.1.1.1]}]') +
        slice('[{addresses: [1.1.1.1]}]', { name: 'other' }),
      expected: ['foo.example.com. 60 IN A 1.1.1.1'],
    },
    {
      rule: 'of both families are in two slices',
      yaml: svc(HOST) + slice('[{addresses: [1.1.1.1]}]') + slice('[{addresses: ["fd00::1"]}]', { name: 'v6', type: 'IPv6' }),
      expected: ['foo.example.com. 60 IN A 1.1.1.1', 'foo.example.com. 60 IN AAAA fd00::1'],
    },
    {
      rule: 'have no names of their own below a wildcard, nor where they are no labels',
      yaml: svc('{coredns.io/hostname: "*.w, x"}') + slice('[{addresses: [1.1.1.1], hostname: a.b}]'),
      expected: ['*.w.example.com. 60 IN A 1.1.1.1', 'x.example.com. 60 IN A 1.1.1.1'],
      problems: ['OWNER_NAME_INVALID Service/testing/foo'],
    },
    {
      rule: 'make no name for a headless Service that asks for none',
      yaml: svc('{}') + slice(TWO_PODS),
      expected: [],
    },
    {
      rule: 'are the addresses of a Service of any type that asks for them',
      yaml: svc(resolving('true'), 'clusterIP: 10.0.0.1') + slice(TWO_PODS),
      expected: ['foo.testing.example.com. 60 IN A 1.1.1.1', 'foo.testing.example.com. 60 IN A 1.1.1.2'],
    },
    {
      rule: 'name the pods of a headless Service that asks for them',
      yaml: svc(resolving('true')) + slice(TWO_PODS),
      expected: [
        'foo-0.foo.testing.example.com. 60 IN A 1.1.1.1',
        'foo.testing.example.com. 60 IN A 1.1.1.1',
        'foo.testing.example.com. 60 IN A 1.1.1.2',
      ],
    },
    {
      rule: 'come before the load balancer, with no way back to it',
      yaml:
        svc(resolving('true'), 'type: LoadBalancer, externalIPs: [9.9.9.9]') +
        slice('[{addresses: [1.1.1.1], conditions: {ready: false}}]'),
      expected: ['foo.testing.example.com. NODATA'],
    },
    { rule: 'are not asked for by "false"', yaml: svc(resolving('false'), '') + slice(TWO_PODS), expected: [] },
    {
      rule: 'are not asked for by "yes"',
      yaml: svc(resolving('yes'), '') + slice(TWO_PODS),
      expected: [],
      problems: ['OPT_IN_INVALID Service/testing/foo'],
    },
    {
      rule: 'are not those of a slice without a Service',
      yaml: svc(HOST) + slice(TWO_PODS, { of: '' }),
      expected: ['foo.example.com. NODATA'],
    },
    {
      rule: 'are no host names',
      yaml: svc(HOST) + slice('[{addresses: [x.test]}]', { type: 'FQDN' }),
      expected: ['foo.example.com. NODATA'],
    },
    {
      rule: 'are not looked at where that is configured',
      yaml: svc(HOST) + svc(resolving('true'), 'type: LoadBalancer', 'lb') + slice(TWO_PODS),
      options: { endpoints: false },
      expected: ['lb.testing.example.com. NODATA'],
    },
  ])('$rule', async ({ yaml, options = {}, expected, problems = [] }) => {
    const outcome = await outcomeOf([service({ ...EXAMPLE, ...options })], yaml);
    expect(outcome.records).toEqual(expected);
    expect(outcome.problems).toEqual(problems);
  });

  it('follow slices, nodes and pods as they change', async () => {
    const { world } = await outcomeOf([service(EXAMPLE)], svc(typed('NodeExternalIP')) + slice(TWO_PODS) + NODES);
    const put = (yaml: string): string[] => {
      for (const object of objectsOf(yaml)) world.cluster.put(object);
      return recordsOf(world);
    };
    expect(put(NODES.replaceAll('203.0.113.', '198.51.100.'))).toContain('foo.example.com. 60 IN A 198.51.100.2');
    expect(put(pod('foo-1', '{external-dns.kubernetes.io/target: 4.4.4.4}'))).toContain('foo.example.com. 60 IN A 4.4.4.4');
    expect(put(pod('foo-1', '{}'))).toContain('foo.example.com. 60 IN A 198.51.100.2');
    expect(put(slice('[]'))).toEqual(['foo.example.com. NODATA']);
  });

  it('beyond a thousand are left out, always the same ones, and pod names beyond ten thousand altogether', async () => {
    const endpoints = Array.from(
      { length: 1100 },
      (_, index) => `{addresses: [10.0.${index >> 8}.${index & 255}], hostname: p${index}}`,
    );
    const hosts = Array.from({ length: 10 }, (_, index) => `h${index}`).join(',');
    const outcomes = [endpoints, endpoints.toReversed()].map((list) =>
      outcomeOf([service(EXAMPLE)], svc(`{coredns.io/hostname: "${hosts}"}`) + slice(`[${list.join(',')}]`)),
    );
    const [one, other] = await Promise.all(outcomes);
    expect(one?.records).toHaveLength(10_000);
    expect(other?.records).toEqual(one?.records);
    expect(one === undefined ? [] : problemsOf(one.world)).toEqual([
      'ADDRESSES_LEFT_OUT Service/testing/foo',
      'LIST_TOO_LONG Service/testing/foo',
    ]);
  });
});
