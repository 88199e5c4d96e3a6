import { describe, expect, it } from '@jest/globals';

import { balanced, endpoint, ing, nodeOf, outcomeAndConflicts, route, type SourcesCase, svc } from '../testing/peer-objects.ts';
import { EXAMPLE, outcomeOf } from '../testing/source-world.ts';
import { dnsEndpoint } from './dns-endpoint.ts';
import { httpRoute } from './httproute.ts';
import { ingress } from './ingress.ts';
import { node } from './node.ts';
import { service } from './service.ts';

const TARGET = 'external-dns.kubernetes.io/target';
const HELD = ['a.example.com. 60 IN A 192.0.2.1'];
const CALLED = 'coredns.io/hostname: a';
const slice = `
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: s, namespace: ns, labels: {kubernetes.io/service-name: s}}
addressType: IPv4
endpoints:
  - {addresses: [192.0.2.1], conditions: {ready: true}}
  - {addresses: [10.0.0.2], conditions: {ready: true}, targetRef: {kind: Pod, name: p}}
---
apiVersion: v1
kind: Pod
metadata: {name: p, namespace: ns, annotations: {${TARGET}: lb.test}}
`;
const ROUTE = route('HTTPRoute', 'a.example.com')
  .replace('{name: gw}]', '{name: gw}, {name: other}]')
  .replace('192.0.2.99', '192.0.2.1');
const OTHER_GATEWAY = `
---
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: other, namespace: ns}
spec: {gatewayClassName: c, listeners: []}
status: {addresses: [{type: Hostname, value: lb.test}]}
`;

describe('addresses and host names that one object has together', () => {
  it.each<SourcesCase>([
    {
      rule: 'in the status of a Service',
      sources: [service(EXAMPLE)],
      yaml: balanced('s', '{hostname: lb.test}, {ip: 192.0.2.1}', { annotations: CALLED }),
      expected: HELD,
    },
    {
      rule: 'in the status of an Ingress',
      sources: [ingress(EXAMPLE)],
      yaml: ing('i', 'a.example.com', '{hostname: lb.test}, {ip: 192.0.2.1}'),
      expected: HELD,
    },
    {
      rule: 'in the status of a Gateway',
      sources: [httpRoute({ ...EXAMPLE, acceptance: 'ignore' })],
      yaml: route('HTTPRoute', 'a.example.com').replace(
        '{value: 192.0.2.99}',
        '{type: Hostname, value: lb.test}, {value: 192.0.2.1}',
      ),
      expected: HELD,
    },
  ])('are the addresses, and nobody is told anything: $rule', async ({ sources, yaml, expected }) => {
    expect(await outcomeAndConflicts(sources, yaml)).toEqual({ records: expected, told: [] });
  });

  it.each<SourcesCase>([
    {
      rule: 'in the annotation of a Service',
      sources: [service(EXAMPLE)],
      yaml: balanced('s', '', { annotations: `${CALLED}, ${TARGET}: "lb.test,192.0.2.1,lb2.test"` }),
      expected: HELD,
      told: ['TARGETS_MIXED Service/ns/s'],
    },
    {
      rule: 'in the annotation of an Ingress',
      sources: [ingress(EXAMPLE)],
      yaml: ing('i', 'a.example.com', '{ip: 192.0.2.9}', { annotations: `${TARGET}: "lb.test,192.0.2.1"` }),
      expected: HELD,
      told: ['TARGETS_MIXED Ingress/ns/i'],
    },
    {
      rule: 'in the annotation of a Node',
      sources: [node(EXAMPLE)],
      yaml: nodeOf('a', '').replace('name: a', `name: a, annotations: {${TARGET}: "lb.test,192.0.2.1"}`),
      expected: HELD,
      told: ['TARGETS_MIXED Node/a'],
    },
    {
      rule: 'of the endpoints of a Service, where the annotation of a pod is a host name',
      sources: [service(EXAMPLE)],
      yaml: svc('s', 'spec: {clusterIP: None}', { annotations: CALLED }) + slice,
      expected: HELD,
      told: ['TARGETS_MIXED Service/ns/s'],
    },
    {
      rule: 'of the Gateways of a route',
      sources: [httpRoute({ ...EXAMPLE, acceptance: 'ignore' })],
      yaml: ROUTE + OTHER_GATEWAY,
      expected: HELD,
      told: ['TARGETS_MIXED HTTPRoute/ns/r'],
    },
    {
      rule: 'of an entry of a DNSEndpoint that may be an alias',
      sources: [dnsEndpoint(EXAMPLE)],
      yaml: endpoint(
        'dnsName: a.example.com, recordType: A, targets: [lb.test, 192.0.2.1], providerSpecific: [{name: alias, value: "true"}]',
      ),
      expected: ['a.example.com. 60 IN A 192.0.2.1 alias=true'],
      told: ['TARGETS_MIXED DNSEndpoint/ns/e'],
    },
  ])('are the addresses, and whoever has chosen them is told once: $rule', async ({ sources, yaml, expected, told }) => {
    expect(await outcomeAndConflicts(sources, yaml)).toEqual({ records: expected, told });
  });

  it('are told in words, with where they stand', async () => {
    const yaml = balanced('s', '', { annotations: `${CALLED}, ${TARGET}: "lb.test,192.0.2.1,lb2.test"` });
    const { world } = await outcomeOf([service(EXAMPLE)], yaml);
    expect(world.problems()).toEqual([
      'Service/ns/s: metadata.annotations["external-dns.kubernetes.io/target"]: found addresses and the host name "lb.test." and 1 more, expected addresses or host names; the addresses are used [TARGETS_MIXED]',
    ]);
  });

  it('are the host names where there is no address', async () => {
    const yaml = balanced('s', '', { annotations: `${CALLED}, ${TARGET}: "lb.test,lb2.test"` });
    expect(await outcomeAndConflicts([service(EXAMPLE)], yaml)).toEqual({
      records: ['a.example.com. 60 IN ALIAS lb.test.', 'a.example.com. 60 IN ALIAS lb2.test.'],
      told: [],
    });
  });
});
