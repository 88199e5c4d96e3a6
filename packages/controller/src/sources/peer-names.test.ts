import { describe, expect, it } from '@jest/globals';
import { nameOf } from '@kubezone/core';

import {
  balanced,
  byTemplate,
  endpoint,
  ing,
  nodeOf,
  outcomeAndConflicts,
  route,
  scanned,
  type SourcesCase,
  svc,
} from '../testing/peer-objects.ts';
import { EXAMPLE } from '../testing/source-world.ts';
import { dnsEndpoint } from './dns-endpoint.ts';
import { grpcRoute } from './grpcroute.ts';
import { httpRoute } from './httproute.ts';
import { ingress } from './ingress.ts';
import { namingOfZones } from './naming-of-zones.ts';
import { node } from './node.ts';
import { nodeport } from './nodeport.ts';
import { pod } from './pod.ts';
import { record } from './record.ts';
import { service } from './service.ts';
import { tlsRoute } from './tlsroute.ts';

/** Which names objects have, and which not, as users of k8s_gateway, Mate, ARES and external-dns know it: objects as manifests, names in presentation format. */

async function check({ sources, yaml, expected, told = [] }: SourcesCase): Promise<void> {
  expect(await outcomeAndConflicts(sources, yaml)).toEqual({ records: expected, told });
}

const loose = { ...EXAMPLE, acceptance: 'ignore' } as const;
const called = (hosts: string): { readonly annotations: string } => ({ annotations: `zalando.org/dnsname: "${hosts}"` });
const SLICE = `
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: s, namespace: ns, labels: {kubernetes.io/service-name: plain}}
addressType: IPv4
endpoints: [{addresses: [10.0.0.1], conditions: {ready: true}}]
`;
const ONE_OF_EACH =
  balanced('svc', '{ip: 192.0.2.1}') +
  ing('web', 'foo.example.com', '{ip: 192.0.2.1}') +
  ['HTTPRoute', 'GRPCRoute', 'TLSRoute'].map((kind) => route(kind, `${kind.toLowerCase()}.example.com`)).join('') +
  endpoint('dnsName: e.example.com, recordType: A, targets: [192.0.2.1]') +
  nodeOf('n1', '{type: InternalIP, address: 10.0.0.1}');
const EVERY_SOURCE = [
  service(EXAMPLE),
  ingress(EXAMPLE),
  httpRoute(loose),
  grpcRoute(loose),
  tlsRoute(loose),
  dnsEndpoint(EXAMPLE),
  node(EXAMPLE),
];

describe('an object of k8s_gateway’s', () => {
  it.each<SourcesCase>([
    {
      rule: 'of every kind has its name',
      sources: EVERY_SOURCE,
      yaml: ONE_OF_EACH,
      expected: [
        'e.example.com. 60 IN A 192.0.2.1',
        'foo.example.com. 60 IN A 192.0.2.1',
        'grpcroute.example.com. 60 IN A 192.0.2.99',
        'httproute.example.com. 60 IN A 192.0.2.99',
        'n1.example.com. 60 IN A 10.0.0.1',
        'svc.ns.example.com. 60 IN A 192.0.2.1',
        'tlsroute.example.com. 60 IN A 192.0.2.99',
      ],
    },
    {
      rule: 'of every kind has none by the label k8s-gateway.dns/ignore',
      sources: EVERY_SOURCE,
      yaml: ONE_OF_EACH.replaceAll(/labels: \{\}/g, '').replaceAll(
        'metadata: {',
        'metadata: {labels: {k8s-gateway.dns/ignore: "true"}, ',
      ),
      expected: [],
    },
    {
      rule: 'has its external IPs alone, whatever its load balancer has',
      sources: [service(EXAMPLE)],
      yaml: svc('a', 'spec: {type: LoadBalancer, externalIPs: [7.7.7.7]}\nstatus: {loadBalancer: {ingress: [{ip: 8.8.8.8}]}}'),
      expected: ['a.ns.example.com. 60 IN A 7.7.7.7'],
    },
    {
      rule: 'has no name where it is neither a load balancer nor asks for its endpoints',
      sources: [service(EXAMPLE)],
      yaml: svc('plain', 'spec: {clusterIP: 10.1.0.1}') + SLICE,
      expected: [],
    },
    {
      rule: 'has its endpoints where it asks for them',
      sources: [service(EXAMPLE)],
      yaml: svc('plain', 'spec: {clusterIP: 10.1.0.1}', { annotations: 'k8s-gateway.dns/resolve-endpoints: "true"' }) + SLICE,
      expected: ['plain.ns.example.com. 60 IN A 10.0.0.1'],
    },
    {
      rule: 'has no name relative to a zone by the host of an Ingress or the name of a DNSEndpoint',
      sources: [ingress(EXAMPLE), dnsEndpoint(EXAMPLE)],
      yaml: ing('web', 'foo.com', '{ip: 192.0.2.1}') + endpoint('dnsName: bar.com, recordType: A, targets: [192.0.2.1]'),
      expected: [],
    },
  ])('$rule', check);
});

/** Names tell their zone by their TTL. */
const FOUR_ZONES = {
  ...EXAMPLE,
  naming: namingOfZones({
    zones: ['example.com', 'test.com', 'sub.test.com', 'long-sub1.internal.example.com'].map((apex, index) => ({
      apex: nameOf(apex),
      ttl: index + 1,
    })),
    relativeTo: [],
  }),
};

describe('a Service called by Mate’s annotation', () => {
  it.each<SourcesCase>([
    ...(
      [
        ['name.example.com', 1],
        ['name.example.test.com', 2],
        ['name.sub.test.com', 3],
        ['name.long-sub1.internal.example.com', 4],
        ['name.internal.example.com', 1],
      ] as const
    ).map(([name, ttl]) => ({
      rule: `is in the longest zone: ${name} in the ${ttl}.`,
      sources: [service(FOUR_ZONES)],
      yaml: balanced('s', '{ip: 192.0.2.1}', called(name)),
      expected: [`${name}. ${ttl} IN A 192.0.2.1`],
    })),
    {
      rule: 'is in no zone whose name merely ends alike',
      sources: [service(FOUR_ZONES)],
      yaml: balanced('s', '{ip: 192.0.2.1}', called('www.badexample.com')),
      expected: [],
    },
    {
      rule: 'has no name by an empty one',
      sources: [service(EXAMPLE)],
      yaml: balanced('s', '{ip: 192.0.2.1}', called('')),
      expected: [],
    },
    ...['example.com', 'example.com.', 'EXAMPLE.com'].map((name) => ({
      rule: `may be called like the zone, with or without a final dot: ${name}`,
      sources: [service(EXAMPLE)],
      yaml: balanced('s', '{ip: 192.0.2.1}', called(name)),
      expected: ['example.com. 60 IN A 192.0.2.1'],
    })),
    {
      rule: 'of type NodePort is picked by its annotations like any other',
      sources: [nodeport({ ...EXAMPLE, filter: { annotations: scanned('team=a') } })],
      yaml:
        svc('one', 'spec: {type: NodePort}', { annotations: 'team: a, zalando.org/dnsname: one.example.com' }) +
        svc('two', 'spec: {type: NodePort}', { annotations: 'team: b, zalando.org/dnsname: two.example.com' }) +
        nodeOf('n1', '{type: ExternalIP, address: 1.1.1.1}'),
      expected: ['one.example.com. 60 IN A 1.1.1.1'],
    },
    {
      rule: 'has every address of its load balancer, not only the first',
      sources: [service(EXAMPLE)],
      yaml: balanced('s', '{ip: 192.0.2.1}, {ip: 192.0.2.2}, {ip: "2001:db8::1"}', called('x.example.com')),
      expected: ['x.example.com. 60 IN A 192.0.2.1', 'x.example.com. 60 IN A 192.0.2.2', 'x.example.com. 60 IN AAAA 2001:db8::1'],
    },
  ])('$rule', check);
});

const recordOf = (name: string, spec: string): string => `
---
apiVersion: syntixi.io/v1alpha1
kind: Record
metadata: {name: ${name}, namespace: mail}
spec: {${spec}}
`;

describe('a Record of ARES’s', () => {
  it.each<SourcesCase>([
    {
      rule: 'is in the zone above its name, however many labels are between them',
      sources: [record(EXAMPLE)],
      yaml: recordOf('r', 'fqdn: a.b.c.example.com, type: CNAME, ttl: 100, value: [example.net]'),
      expected: ['a.b.c.example.com. 100 IN CNAME example.net.'],
    },
    {
      rule: 'whose name lies in no zone is told so, and the others stand',
      sources: [record(EXAMPLE)],
      yaml:
        recordOf('lost', 'fqdn: a.badexample.com, type: A, value: [192.0.2.1]') +
        recordOf('found', 'fqdn: a.example.com, type: A, value: [192.0.2.2]'),
      expected: ['a.example.com. 60 IN A 192.0.2.2'],
      told: ['NAME_OUTSIDE_ZONES Record/mail/lost'],
    },
    {
      rule: 'stands beside Records of other types at its name',
      sources: [record(EXAMPLE)],
      yaml:
        recordOf('a', 'fqdn: example.com, type: A, value: [192.0.2.1]') +
        recordOf('txt', 'fqdn: example.com, type: TXT, value: ["v=spf1 ip4:192.0.2.1 -all"]') +
        recordOf('mx', 'fqdn: example.com, type: MX, value: ["10 mail.example.net"]'),
      expected: [
        'example.com. 60 IN A 192.0.2.1',
        'example.com. 60 IN MX 10 mail.example.net.',
        'example.com. 60 IN TXT "v=spf1 ip4:192.0.2.1 -all"',
      ],
    },
  ])('$rule', check);
});

const HOSTNAME = 'external-dns.kubernetes.io/hostname';
const podOn = (name: string, on: string, ip: string, annotations: string): string => `
---
apiVersion: v1
kind: Pod
metadata: {name: ${name}, namespace: ns, annotations: {${annotations}}}
spec: {nodeName: ${on}, hostNetwork: true}
status: {podIP: ${ip}, podIPs: [{ip: ${ip}}]}
`;

describe('an object with external-dns’s annotations', () => {
  it.each<SourcesCase>([
    {
      rule: 'shares its host with others, each address once, in order',
      sources: [service(EXAMPLE)],
      yaml:
        balanced('b', '{ip: 192.0.2.2}, {ip: 192.0.2.1}', { annotations: `${HOSTNAME}: foo.example.com` }) +
        balanced('a', '{ip: 192.0.2.3}, {ip: 192.0.2.1}', { annotations: `${HOSTNAME}: "foo.example.com."` }),
      expected: ['1', '2', '3'].map((last) => `foo.example.com. 60 IN A 192.0.2.${last}`),
    },
    {
      rule: 'has the hosts of its rules and of its annotation',
      sources: [ingress(EXAMPLE)],
      yaml: ing('i', 'foo.example.com', '{ip: 8.8.8.8}', { annotations: `${HOSTNAME}: "bar.example.com , baz"` }),
      expected: ['bar', 'baz', 'foo'].map((host) => `${host}.example.com. 60 IN A 8.8.8.8`),
    },
    ...(
      [
        ['defined-hosts-only', 'foo'],
        ['annotation-only', 'bar'],
      ] as const
    ).map(([from, host]) => ({
      rule: `has the hosts of one of them where it says so: ${from}`,
      sources: [ingress(EXAMPLE)],
      yaml: ing('i', 'foo.example.com', '{ip: 8.8.8.8}', {
        annotations: `${HOSTNAME}: bar.example.com, external-dns.kubernetes.io/ingress-hostname-source: ${from}`,
      }),
      expected: [`${host}.example.com. 60 IN A 8.8.8.8`],
    })),
    {
      rule: 'has every host name of its load balancer',
      sources: [ingress(EXAMPLE)],
      yaml: ing('i', 'foo.example.com', '{hostname: b.test}, {hostname: a.test}, {hostname: A.test.}'),
      expected: ['foo.example.com. 60 IN ALIAS a.test.', 'foo.example.com. 60 IN ALIAS b.test.'],
    },
    {
      rule: 'on a node that is not known is passed over, and others of its host stand',
      sources: [pod(EXAMPLE)],
      yaml:
        nodeOf('n1', '{type: ExternalIP, address: 203.0.113.1}') +
        podOn('p', 'n1', '10.0.0.1', `${HOSTNAME}: a.example.com`) +
        podOn('q', 'gone', '10.0.0.2', `${HOSTNAME}: a.example.com`),
      expected: ['a.example.com. 60 IN A 203.0.113.1'],
    },
    {
      rule: 'has names by template beside those of its rules where they are combined',
      sources: [byTemplate(ingress, '{{.Name}}.fqdn.example.com', 'also')],
      yaml: ing('i', 'foo.example.com', '{ip: 8.8.8.8}'),
      expected: ['foo.example.com. 60 IN A 8.8.8.8', 'i.fqdn.example.com. 60 IN A 8.8.8.8'],
    },
    {
      rule: 'loses what is none among the targets of a DNSEndpoint, and keeps the others',
      sources: [dnsEndpoint(EXAMPLE)],
      yaml: endpoint(
        'dnsName: a.example.com, recordType: A, targets: [1.2.3.4., 5.6.7.8]',
        'dnsName: m.example.com, recordType: MX, targets: ["10 mail.x", "mail.x"]',
        'dnsName: s.example.com, recordType: SRV, targets: ["1 1 80 h.", "80 h."]',
      ),
      expected: ['a.example.com. 60 IN A 5.6.7.8', 'm.example.com. 60 IN MX 10 mail.x.', 's.example.com. 60 IN SRV 1 1 80 h.'],
      told: ['TARGET_INVALID DNSEndpoint/ns/e', 'TARGET_INVALID DNSEndpoint/ns/e', 'TARGET_INVALID DNSEndpoint/ns/e'],
    },
  ])('$rule', check);
});
