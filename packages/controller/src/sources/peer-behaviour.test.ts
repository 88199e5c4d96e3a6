import { describe, expect, it } from '@jest/globals';

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
import { node } from './node.ts';
import { nodeport } from './nodeport.ts';
import { pod } from './pod.ts';
import { service } from './service.ts';
import { tlsRoute } from './tlsroute.ts';

/**
 * What users of k8s_gateway, Mate and external-dns rely on, several sources together: objects as manifests, names in presentation format. What one source does by itself is in
 * its own tests.
 */

async function check({ sources, yaml, expected, told = [] }: SourcesCase): Promise<void> {
  expect(await outcomeAndConflicts(sources, yaml)).toEqual({ records: expected, told });
}

const loose = { ...EXAMPLE, acceptance: 'ignore' } as const;

describe('with k8s_gateway’s sources', () => {
  it.each<SourcesCase>([
    {
      rule: 'a name beside a wildcard is its own',
      sources: [ingress(EXAMPLE)],
      yaml:
        ing('wild', '*.wildcard.example.com', '{ip: 192.0.2.6}') + ing('own', 'specific.wildcard.example.com', '{ip: 192.0.2.7}'),
      expected: ['*.wildcard.example.com. 60 IN A 192.0.2.6', 'specific.wildcard.example.com. 60 IN A 192.0.2.7'],
    },
    {
      rule: 'a name that waits for its address shadows the wildcard all the same',
      sources: [ingress(EXAMPLE)],
      yaml: ing('wild', '*.wildcard.example.com', '{ip: 192.0.2.6}') + ing('own', 'pending.wildcard.example.com', ''),
      expected: ['*.wildcard.example.com. 60 IN A 192.0.2.6', 'pending.wildcard.example.com. NODATA'],
    },
    ...(
      [
        ['HTTPRoute', httpRoute],
        ['GRPCRoute', grpcRoute],
        ['TLSRoute', tlsRoute],
      ] as const
    ).flatMap(([kind, make]): SourcesCase[] => {
      const yaml = ing('shadow', 'shadow.example.com', '{ip: 192.0.2.1}') + route(kind, 'shadow.example.com');
      return [
        {
          rule: `a host of an Ingress and a ${kind} is the kind's that comes first, here the ${kind}'s`,
          sources: [make(loose), ingress(EXAMPLE)],
          yaml,
          expected: ['shadow.example.com. 60 IN A 192.0.2.99'],
          told: ['LOWER_PRIORITY_SOURCE Ingress/ns/shadow'],
        },
        {
          rule: `a host of an Ingress and a ${kind} is the kind's that comes first, here the Ingress's`,
          sources: [ingress(EXAMPLE), make(loose)],
          yaml,
          expected: ['shadow.example.com. 60 IN A 192.0.2.1'],
          told: [`LOWER_PRIORITY_SOURCE ${kind}/ns/r`],
        },
      ];
    }),
    {
      rule: 'a kind that has no address yet leaves the name to the next',
      sources: [ingress(EXAMPLE), service(EXAMPLE)],
      yaml: ing('pending', 'app.ns.example.com', '') + balanced('app', '{ip: 192.0.2.2}'),
      expected: ['app.ns.example.com. 60 IN A 192.0.2.2'],
    },
    {
      rule: 'addresses of one kind come before host names, and the next kind is told',
      sources: [service(EXAMPLE), ingress(EXAMPLE)],
      yaml:
        balanced('one', '{ip: 192.0.2.3}', { annotations: 'coredns.io/hostname: app' }) +
        balanced('two', '{hostname: lb.test}', { annotations: 'coredns.io/hostname: app' }) +
        ing('three', 'app.example.com', '{ip: 192.0.2.4}'),
      expected: ['app.example.com. 60 IN A 192.0.2.3'],
      told: ['ADDRESSES_BEFORE_HOSTNAMES Service/ns/two', 'LOWER_PRIORITY_SOURCE Ingress/ns/three'],
    },
    {
      rule: 'texts of a DNSEndpoint stand beside addresses of an Ingress',
      sources: [ingress(EXAMPLE), dnsEndpoint(EXAMPLE)],
      yaml:
        ing('web', 'www.example.com', '{ip: 192.0.2.1}') +
        endpoint(
          'dnsName: www.example.com, recordType: TXT, targets: ["v=spf1 -all"]',
          'dnsName: www.example.com, recordType: A, targets: [192.0.2.9]',
        ),
      expected: ['www.example.com. 60 IN A 192.0.2.1', 'www.example.com. 60 IN TXT "v=spf1 -all"'],
      told: ['LOWER_PRIORITY_SOURCE DNSEndpoint/ns/e'],
    },
    {
      rule: 'a CNAME of a DNSEndpoint gives way to an Ingress that comes first, and stands where it comes first itself',
      sources: [dnsEndpoint(EXAMPLE), ingress(EXAMPLE)],
      yaml:
        ing('web', 'www.example.com', '{ip: 192.0.2.1}') +
        endpoint('dnsName: www.example.com, recordType: CNAME, targets: [elsewhere.test]'),
      expected: ['www.example.com. 60 IN CNAME elsewhere.test.'],
      told: ['LOWER_PRIORITY_SOURCE Ingress/ns/web'],
    },
    {
      rule: 'a Service and a Node of the same name are two names, or one where somebody says so',
      sources: [node(EXAMPLE), service(EXAMPLE)],
      yaml:
        nodeOf('app', '{type: InternalIP, address: 10.0.0.1}, {type: Hostname, address: app}') +
        balanced('app', '{ip: 192.0.2.2}') +
        balanced('same', '{ip: 192.0.2.3}', { annotations: 'coredns.io/hostname: app' }),
      expected: ['app.example.com. 60 IN A 10.0.0.1', 'app.ns.example.com. 60 IN A 192.0.2.2'],
      told: ['LOWER_PRIORITY_SOURCE Service/ns/same'],
    },
  ])('$rule', check);
});

const MATE = '{{.Namespace}}-{{.Name}}.example.com';

describe('with Mate’s names by template', () => {
  it.each<SourcesCase>([
    {
      rule: 'a Service is called by the template, and by its annotation where it has one',
      sources: [byTemplate(service, MATE)],
      yaml:
        balanced('name', '{ip: 192.0.2.1}') +
        balanced('other', '{ip: 192.0.2.2}', { annotations: 'zalando.org/dnsname: x.example.com' }),
      expected: ['ns-name.example.com. 60 IN A 192.0.2.1', 'x.example.com. 60 IN A 192.0.2.2'],
    },
    {
      rule: 'a template may end in dots, or in none',
      sources: [byTemplate(service, '{{.Name}}.example.com.')],
      yaml: balanced('name', '{ip: 192.0.2.1}'),
      expected: ['name.example.com. 60 IN A 192.0.2.1'],
    },
    {
      rule: 'a template that makes nothing of an object makes no name of it',
      sources: [byTemplate(service, '{{if eq .Name "name"}}{{.Name}}.example.com{{end}}')],
      yaml: balanced('name', '{ip: 192.0.2.1}') + balanced('other', '{ip: 192.0.2.2}'),
      expected: ['name.example.com. 60 IN A 192.0.2.1'],
    },
    {
      rule: 'a name outside all zones is nobody’s, also where it merely ends like a zone',
      sources: [byTemplate(service, '{{.Name}}.badexample.com,{{.Name}}')],
      yaml: balanced('name', '{ip: 192.0.2.1}'),
      expected: [],
    },
    {
      rule: 'trimPrefix takes a prefix away',
      sources: [byTemplate(service, '{{trimPrefix .Name "team-"}}.example.com')],
      yaml: balanced('team-web', '{ip: 192.0.2.1}'),
      expected: ['web.example.com. 60 IN A 192.0.2.1'],
    },
    {
      rule: 'two Services with one name share it, with all addresses of both families',
      sources: [byTemplate(service, 'a.example.com')],
      yaml: balanced('one', '{ip: 192.0.2.1}, {ip: 192.0.2.11}') + balanced('two', '{ip: "2001:db8::2"}'),
      expected: [
        'a.example.com. 60 IN A 192.0.2.1',
        'a.example.com. 60 IN A 192.0.2.11',
        'a.example.com. 60 IN AAAA 2001:db8::2',
      ],
    },
    {
      rule: 'an annotation in capitals is the same name',
      sources: [byTemplate(service, MATE)],
      yaml: balanced('name', '{ip: 192.0.2.1}', { annotations: 'zalando.org/dnsname: WWW.Example.COM' }),
      expected: ['www.example.com. 60 IN A 192.0.2.1'],
    },
    {
      rule: 'a Service of type NodePort has the external addresses of the nodes',
      sources: [byTemplate(nodeport, MATE)],
      yaml:
        svc('name', 'spec: {type: NodePort}') +
        nodeOf('n1', '{type: ExternalIP, address: 1.1.1.1}') +
        nodeOf('n2', '{type: ExternalIP, address: 2.2.2.2}') +
        nodeOf('n3', '{type: InternalIP, address: 10.0.0.3}'),
      expected: ['ns-name.example.com. 60 IN A 1.1.1.1', 'ns-name.example.com. 60 IN A 2.2.2.2'],
    },
    {
      rule: 'objects are picked by their annotations',
      sources: [service({ ...EXAMPLE, filter: { annotations: scanned('team=a,public') } })],
      yaml:
        balanced('one', '{ip: 192.0.2.1}', { annotations: 'team: a, public: "yes"' }) +
        balanced('two', '{ip: 192.0.2.2}', { annotations: 'team: a' }) +
        balanced('three', '{ip: 192.0.2.3}', { annotations: 'team: b, public: "yes"' }),
      expected: ['one.ns.example.com. 60 IN A 192.0.2.1'],
    },
    {
      rule: 'an Ingress has its hosts, whatever the template says of Services',
      sources: [byTemplate(service, MATE), ingress(EXAMPLE)],
      yaml: ing('web', 'www.example.com', '{ip: 192.0.2.1}', { annotations: 'zalando.org/dnsname: x.example.com' }),
      expected: ['www.example.com. 60 IN A 192.0.2.1'],
    },
  ])('$rule', check);
});

const FQDN = '{{.Name}}.fqdn.example.com,{{.Name}}.too.example.com';
const ANNOTATED = { annotations: 'external-dns.kubernetes.io/hostname: foo.example.com' };
const MADE = ['svc.fqdn.example.com. 60 IN A 192.0.2.1', 'svc.too.example.com. 60 IN A 192.0.2.1'];
const OWN = 'foo.example.com. 60 IN A 192.0.2.1';

describe('with external-dns’s rules', () => {
  it.each<SourcesCase>([
    {
      rule: 'a template gives several names',
      sources: [byTemplate(service, FQDN)],
      yaml: balanced('svc', '{ip: 192.0.2.1}'),
      expected: MADE,
    },
    {
      rule: 'an annotation comes before the template',
      sources: [byTemplate(service, FQDN)],
      yaml: balanced('svc', '{ip: 192.0.2.1}', ANNOTATED),
      expected: [OWN],
    },
    {
      rule: 'both count where they are combined',
      sources: [byTemplate(service, FQDN, 'also')],
      yaml: balanced('svc', '{ip: 192.0.2.1}', ANNOTATED),
      expected: [OWN, ...MADE],
    },
    {
      rule: 'the template alone counts where annotations are ignored',
      sources: [byTemplate(service, FQDN, 'only')],
      yaml: balanced('svc', '{ip: 192.0.2.1}', ANNOTATED),
      expected: MADE,
    },
    ...(
      [
        ['a Pod', pod, '---\napiVersion: v1\nkind: Pod\nmetadata: {name: o, namespace: ns}\nspec: {nodeName: n1}\n', '192.0.2.7'],
        ['an Ingress', ingress, ing('o', '', '{ip: 192.0.2.1}'), '192.0.2.1'],
        ['a Service of type NodePort', nodeport, svc('o', 'spec: {type: NodePort}'), '192.0.2.7'],
        [
          'a route',
          (options: typeof EXAMPLE) => httpRoute({ ...options, acceptance: 'ignore' }),
          route('HTTPRoute', '').replace('name: r', 'name: o'),
          '192.0.2.99',
        ],
      ] as const
    ).map(([what, make, yaml, address]) => ({
      rule: `${what} has names by template`,
      sources: [byTemplate(make, '{{.Kind | toLower}}-{{.Name}}.example.com')],
      yaml: yaml.replace('hostnames: []', 'hostnames: null') + nodeOf('n1', '{type: ExternalIP, address: 192.0.2.7}'),
      expected: [`${/kind: (\w+)\nmetadata: \{name: o/.exec(yaml)?.[1]?.toLowerCase()}-o.example.com. 60 IN A ${address}`],
    })),
    {
      rule: 'an Ingress whose hosts are not to count has names by template',
      sources: [byTemplate((options) => ingress({ ...options, ruleHosts: false }), '{{.Name}}.fqdn.example.com')],
      yaml: ing('web', 'foo.example.com', '{ip: 192.0.2.1}'),
      expected: ['web.fqdn.example.com. 60 IN A 192.0.2.1'],
    },
    {
      rule: 'a Service for which a template fails has no other name instead, and is told',
      sources: [byTemplate(service, '{{index .Spec.ExternalIPs 0}}.example.com')],
      yaml: balanced('svc', '{ip: 192.0.2.1}'),
      expected: [],
      told: ['TEMPLATE_FAILED Service/ns/svc'],
    },
    {
      rule: 'a Node has names by template',
      sources: [byTemplate(node, '{{.Name}}.nodes.example.com')],
      yaml: nodeOf('n1', '{type: InternalIP, address: 10.0.0.1}'),
      expected: ['n1.nodes.example.com. 60 IN A 10.0.0.1'],
    },
    {
      rule: 'targets of all kinds: addresses stand, and whoever has written them is told that the host name does not',
      sources: [service(EXAMPLE)],
      yaml: balanced('svc', '{ip: 192.0.2.1}', {
        annotations:
          'external-dns.kubernetes.io/hostname: foo, external-dns.kubernetes.io/target: "8.8.8.8,2001:db8::1,x.example.com"',
      }),
      expected: ['foo.example.com. 60 IN A 8.8.8.8', 'foo.example.com. 60 IN AAAA 2001:db8::1'],
      told: ['TARGETS_MIXED Service/ns/svc'],
    },
    {
      rule: 'a load balancer with addresses of both families and a host name has its addresses, and nothing is amiss',
      sources: [ingress(EXAMPLE)],
      yaml: ing('web', 'foo.example.com', '{ip: 8.8.8.8}, {ip: "2001:db8::1"}, {hostname: lb.test}'),
      expected: ['foo.example.com. 60 IN A 8.8.8.8', 'foo.example.com. 60 IN AAAA 2001:db8::1'],
    },
    {
      rule: 'two Ingresses of one host share it, with host names in order of age',
      sources: [ingress(EXAMPLE)],
      yaml:
        ing('new', 'd.example.com', '{hostname: a.test}', { created: 2 }) +
        ing('old', 'd.example.com', '{hostname: b.test}', { created: 1 }),
      expected: ['d.example.com. 60 IN ALIAS a.test.', 'd.example.com. 60 IN ALIAS b.test.'],
    },
    {
      rule: 'objects of one kind that differ in the TTL have the lowest, and are told',
      sources: [ingress(EXAMPLE)],
      yaml:
        ing('new', 'd.example.com', '{ip: 192.0.2.1}', { created: 2, annotations: 'external-dns.kubernetes.io/ttl: 30s' }) +
        ing('old', 'd.example.com', '{ip: 192.0.2.2}', { created: 1 }),
      expected: ['d.example.com. 30 IN A 192.0.2.1', 'd.example.com. 30 IN A 192.0.2.2'],
      told: ['TTL_DIFFERS Ingress/ns/old'],
    },
    {
      rule: 'entries of one DNSEndpoint for one name and type are one RRset',
      sources: [dnsEndpoint(EXAMPLE)],
      yaml: endpoint(
        'dnsName: a.example.com, recordType: A, targets: [192.0.2.1], recordTTL: 300',
        'dnsName: A.example.com., recordType: A, targets: [192.0.2.2, 192.0.2.1], recordTTL: 30',
      ),
      expected: ['a.example.com. 30 IN A 192.0.2.1', 'a.example.com. 30 IN A 192.0.2.2'],
    },
    {
      rule: 'the wish for PTR records is carried along',
      sources: [service(EXAMPLE)],
      yaml: balanced('svc', '{ip: 192.0.2.1}', { annotations: 'external-dns.kubernetes.io/record-type: ptr' }),
      expected: ['svc.ns.example.com. 60 IN A 192.0.2.1 record-type=ptr'],
    },
    {
      rule: 'objects of another controller are left alone, of every kind',
      sources: [
        service(EXAMPLE),
        ingress(EXAMPLE),
        httpRoute(loose),
        dnsEndpoint(EXAMPLE),
        node(EXAMPLE),
        pod({ ...EXAMPLE, domain: 'example.com' }),
      ],
      yaml: (
        balanced('svc', '{ip: 192.0.2.1}') +
        ing('web', 'foo.example.com', '{ip: 192.0.2.1}') +
        route('HTTPRoute', 'r.example.com') +
        endpoint('dnsName: e.example.com, recordType: A, targets: [192.0.2.1]') +
        nodeOf('n1', '{type: InternalIP, address: 10.0.0.1}') +
        '---\napiVersion: v1\nkind: Pod\nmetadata: {name: p, namespace: ns}\nstatus: {podIP: 10.0.0.1}\n'
      )
        .replaceAll(/annotations: \{[^}]*\},? ?/g, '')
        .replaceAll('metadata: {', 'metadata: {annotations: {external-dns.alpha.kubernetes.io/controller: other}, '),
      expected: [],
    },
  ])('$rule', check);
});
