import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { systemClock } from '@kubezone/app';
import { eventually, recordLog } from '@kubezone/app/testing';
import { type Answer, decode, encode } from 'dns-packet';

import { configOf, loadAnywhere } from './testing/load-text.ts';
import { askLines } from './testing/print-reply.ts';
import { type Resolver, startResolver } from './wiring.ts';

/**
 * What clients of k8s_gateway rely on to be answered, and what they are answered wrongly there: from objects by way of the whole resolver to replies in presentation format.
 */

const balanced = (name: string, ingress: string, { namespace = 'ns1', annotations = '' } = {}): string => `---
apiVersion: v1
kind: Service
metadata: {name: ${name}, namespace: ${namespace}, annotations: {${annotations}}}
spec: {type: LoadBalancer}
status: {loadBalancer: {ingress: [${ingress}]}}
`;
const ing = (host: string, status: string): string => `---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: "${host.replaceAll(/[^a-z0-9]/g, '-')}", namespace: ns1}
spec: {rules: [{host: "${host}"}]}
status: {loadBalancer: {ingress: [${status}]}}
`;

const MANIFESTS = [
  balanced('dns1', '{ip: 192.0.1.53}', { namespace: 'kube-system' }),
  balanced('dual', '{ip: 9.9.9.9}, {ip: "fd00::1"}', { namespace: 'kube-system' }),
  balanced('svc1', '{ip: 192.0.1.1}, {ip: "fd12:3456:789a:1::"}'),
  balanced('svc2', '{ip: 192.0.1.2}'),
  balanced('pending', ''),
  balanced('svc3', '{ip: 192.0.1.3}', { annotations: 'coredns.io/hostname: annotation' }),
  balanced('svc4', '{ip: 192.0.1.4}', {
    annotations: 'coredns.io/hostname: one.example.com, external-dns.alpha.kubernetes.io/hostname: two.example.com',
  }),
  balanced('svc5', '{ip: 192.0.1.5}', { annotations: 'coredns.io/hostname: foo_bar' }),
  ing('domain.example.com', '{ip: 192.0.0.1}'),
  ing('six.example.com', '{ip: "2001:db8::6"}'),
  ing('*.wildcard.example.com', '{ip: 192.0.0.6}'),
  ing('specific-subdomain.wildcard.example.com', '{ip: 192.0.0.7}'),
  ing('pending.wildcard.example.com', ''),
  ing('deep.empty.example.com', '{ip: 192.0.0.8}'),
  ing('foo.org', '{ip: 192.0.0.9}'),
  ing('lb.example.com', '{hostname: lb.elb.test}'),
  ing('broken.example.com', '{hostname: broken.elb.test}'),
  ing('*.wild.test', '{ip: 192.0.0.10}'),
  ing('owned.apex.test', '{ip: 192.0.0.11}'),
  ing('apex.test', '{ip: 192.0.0.12}'),
  `---
apiVersion: externaldns.k8s.io/v1alpha1
kind: DNSEndpoint
metadata: {name: endpoints, namespace: ns1}
spec:
  endpoints:
    - {dnsName: endpoint.example.com, recordType: TXT, targets: [${'x'.repeat(446)}]}
    - {dnsName: dual.example.com, recordType: A, targets: [192.0.2.200]}
    - {dnsName: dual.example.com, recordType: AAAA, targets: ["2001:db8::1"], recordTTL: 5}
    - {dnsName: a.example.com, recordType: A, targets: [1.1.1.1]}
    - {dnsName: b.example.com, recordType: A, targets: [2.2.2.2]}
    - {dnsName: UP.example.com, recordType: A, targets: [3.3.3.3]}
    - {dnsName: c.example.com, recordType: CNAME, targets: [d.example.org]}
    - {dnsName: inside.example.com, recordType: CNAME, targets: [domain.example.com]}
`,
];

const SOA = 'soa: {email: hostmaster@example.com, refresh: 7200, retry: 1800, expire: 86400, ttl: 60, negativeTtl: 60}, ttl: 60';
const ELSEWHERE = `${SOA}, nameservers: [{name: ns.example.net}]`;

const configuration = (manifests: string, upstream: number): string => `
manifests: ${manifests}
sources: [ingress, service, dnsendpoint]
relativeTo: [example.com, more.test]
hostnameTargets: {servers: ["127.0.0.1:${upstream}"], timeout: 1}
fallthrough: {zones: [falls.test], servers: ["127.0.0.1:${upstream}"], timeout: 1}
zones:
  - {name: example.com, ${SOA}, nameservers: [{name: dns1.kube-system.example.com, service: kube-system/dns1}, {name: ns.example.net}]}
  - {name: dual.test, ${SOA}, nameservers: [{name: name-server.dual.test, service: kube-system/dual}]}
  - {name: more.test, ${ELSEWHERE}}
  - {name: wild.test, ${ELSEWHERE}}
  - {name: apex.test, ${ELSEWHERE}}
  - {name: falls.test, ${SOA}, nameservers: [{name: ns1.falls.test, addresses: [192.0.2.53]}]}
listen: ["127.0.0.1:0"]
`;

/** What another name server has. Of `broken.elb.test` it knows nothing to say. */
const OUTSIDE: readonly Answer[] = [
  { name: 'lb.elb.test', type: 'A', ttl: 60, data: '192.0.2.9' },
  { name: 'outside.falls.test', type: 'A', ttl: 60, data: '203.0.113.99' },
];
const NO_SUCH_NAME = 3;
const SERVER_FAILURE = 2;

async function startOutside(): Promise<Socket> {
  const socket = createSocket('udp4');
  socket.on('message', (octets, { port, address }) => {
    const { id = 0, questions = [] } = decode(octets);
    const [asked] = questions;
    const known = OUTSIDE.filter(({ name }) => name === asked?.name.toLowerCase());
    const failure = asked?.name === 'broken.elb.test' ? SERVER_FAILURE : NO_SUCH_NAME;
    const flags = known.length > 0 ? 0 : failure;
    const answers = known.filter(({ type }) => type === asked?.type);
    socket.send(encode({ type: 'response', id, flags, questions, answers }), port, address);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return socket;
}

let folder: string;
let outside: Socket;
let resolver: Resolver;
let port: number;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kubezone-peer-answers-'));
  await writeFile(join(folder, 'all.yaml'), MANIFESTS.join(''));
  outside = await startOutside();
  const config = configOf(loadAnywhere(['--config', 'kubezone.yaml'], configuration(folder, outside.address().port)));
  resolver = await startResolver(config, { clock: systemClock, logger: recordLog() });
  port = resolver.addresses[0]?.port ?? 0;
  const known = ([first = '']: readonly string[]): boolean => !first.startsWith('SERVFAIL');
  await eventually('all names to be known', 10_000, () => askLines('A nobody.example.com', port), known);
}, 30_000);

afterAll(async () => {
  await resolver.stop();
  outside.close();
  await rm(folder, { recursive: true });
});

const NODATA = ['NODATA example.com. 60'];
const NXDOMAIN = ['NXDOMAIN example.com. 60'];
const GLUE = 'dns1.kube-system.example.com. 60 IN A 192.0.1.53';
const NAME_SERVERS = ['example.com. 60 IN NS dns1.kube-system.example.com.', 'example.com. 60 IN NS ns.example.net.'];
const inAnyCase = (line: string): string => line.replaceAll('example.com', 'ExAmPlE.com');
const FALLS_NS = 'falls.test. 60 IN NS ns1.falls.test.';
const FALLS_GLUE = 'ns1.falls.test. 60 IN A 192.0.2.53';
const SOA_OF = (zone: string, server: string): string =>
  `${zone}. 60 IN SOA ${server}. hostmaster.example.com. serial 7200 1800 86400 60`;
const found = (...records: readonly string[]): string[] => ['NOERROR', ...records];

type Row = readonly [question: string, reply: readonly string[]];

describe('a client', () => {
  it.each<Row>([
    ['A svc1.ns1.example.com', found('svc1.ns1.example.com. 60 IN A 192.0.1.1')],
    ['AAAA svc1.ns1.example.com', found('svc1.ns1.example.com. 60 IN AAAA fd12:3456:789a:1::')],
    ['A domain.example.com', found('domain.example.com. 60 IN A 192.0.0.1')],
    ['A annotation.example.com', found('annotation.example.com. 60 IN A 192.0.1.3')],
    ['A one.example.com', found('one.example.com. 60 IN A 192.0.1.4')],
    ['A dual.example.com', found('dual.example.com. 60 IN A 192.0.2.200')],
    ['AAAA dual.example.com', found('dual.example.com. 5 IN AAAA 2001:db8::1')],
    ['TXT endpoint.example.com', found(`endpoint.example.com. 60 IN TXT "${'x'.repeat(255)}" "${'x'.repeat(191)}"`)],
    ['A lb.example.com', found('lb.example.com. 60 IN A 192.0.2.9')],
  ])('finds what objects ask for: %s', async (question, reply) => {
    expect(await askLines(question, port)).toEqual(reply);
  });

  it.each<Row>([
    ['A a.example.com', found('a.example.com. 60 IN A 1.1.1.1')],
    ['A b.example.com', found('b.example.com. 60 IN A 2.2.2.2')],
    ['A up.example.com', found('up.example.com. 60 IN A 3.3.3.3')],
    ['A c.example.com', found('c.example.com. 60 IN CNAME d.example.org.')],
    [
      'A inside.example.com',
      found('domain.example.com. 60 IN A 192.0.0.1', 'inside.example.com. 60 IN CNAME domain.example.com.'),
    ],
  ])('finds of a DNSEndpoint the entry of that very name: %s', async (question, reply) => {
    expect(await askLines(question, port)).toEqual(reply);
  });

  it.each<Row>([
    ['A dOmAiN.eXamPLe.cOm', found('dOmAiN.eXamPLe.cOm. 60 IN A 192.0.0.1')],
    ['A svC1.Ns1.exAmplE.Com', found('svC1.Ns1.exAmplE.Com. 60 IN A 192.0.1.1')],
    // A name of the zone is compressed to what was asked, as all servers do.
    ['NS ExAmPlE.com', found(...NAME_SERVERS.map(inAnyCase), `additional: ${inAnyCase(GLUE)}`)],
    ['A NoBody.ExAmPlE.com', ['NXDOMAIN ExAmPlE.com. 60']],
  ])('may ask in letters of any case, and finds its own in the reply: %s', async (question, reply) => {
    expect(await askLines(question, port)).toEqual(reply);
  });

  it.each<Row>([
    ['A d0main.example.com', NXDOMAIN],
    ['A svcX.ns1.example.com', NXDOMAIN],
    ['A svc3.ns1.example.com', NXDOMAIN],
    ['A two.example.com', NXDOMAIN],
    ['A svc4.ns1.example.com', NXDOMAIN],
    ['A svc5.ns1.example.com', NXDOMAIN],
    ['A foo_bar.example.com', NXDOMAIN],
    ['A foo.org.example.com', NXDOMAIN],
    ['AAAA nobody.example.com', NXDOMAIN],
    ['TXT nobody.example.com', NXDOMAIN],
    ['MX nobody.example.com', NXDOMAIN],
    ['SRV nobody.example.com', NXDOMAIN],
    ['CAA nobody.example.com', NXDOMAIN],
    ['SOA nobody.example.com', NXDOMAIN],
    ['A nobody.more.test', ['NXDOMAIN more.test. 60']],
  ])('is told which names do not exist, whatever type it asks for: %s', async (question, reply) => {
    expect(await askLines(question, port)).toEqual(reply);
  });

  it.each<Row>([
    ['AAAA domain.example.com', NODATA],
    ['TXT domain.example.com', NODATA],
    ['MX domain.example.com', NODATA],
    ['SOA domain.example.com', NODATA],
    ['NS domain.example.com', NODATA],
    ['A six.example.com', NODATA],
    ['A endpoint.example.com', NODATA],
    ['A pending.ns1.example.com', NODATA],
    ['A empty.example.com', NODATA],
    ['A ns1.example.com', NODATA],
    ['AAAA lb.example.com', NODATA],
    ['A broken.example.com', NODATA],
  ])('is told that names exist that have nothing of a type: %s', async (question, reply) => {
    expect(await askLines(question, port)).toEqual(reply);
  });

  it.each<Row>([
    ['A any.wildcard.example.com', found('any.wildcard.example.com. 60 IN A 192.0.0.6')],
    ['A several.labels.wildcard.example.com', found('several.labels.wildcard.example.com. 60 IN A 192.0.0.6')],
    ['AAAA any.wildcard.example.com', NODATA],
    ['A specific-subdomain.wildcard.example.com', found('specific-subdomain.wildcard.example.com. 60 IN A 192.0.0.7')],
    ['A pending.wildcard.example.com', NODATA],
    ['A wildcard.example.com', NODATA],
    ['A *.wild.test', found('*.wild.test. 60 IN A 192.0.0.10')],
    ['A wild.test', ['NODATA wild.test. 60']],
    ['A any.wild.test', found('any.wild.test. 60 IN A 192.0.0.10')],
  ])('has wildcards as RFC 4592 has them: %s', async (question, reply) => {
    expect(await askLines(question, port)).toEqual(reply);
  });

  it.each<Row>([
    [
      'SOA example.com',
      found(
        SOA_OF('example.com', 'dns1.kube-system.example.com'),
        ...NAME_SERVERS.map((line) => `authority: ${line}`),
        `additional: ${GLUE}`,
      ),
    ],
    ['NS example.com', found(...NAME_SERVERS, `additional: ${GLUE}`)],
    ['A example.com', NODATA],
    ['TXT example.com', NODATA],
    ['A apex.test', found('apex.test. 60 IN A 192.0.0.12')],
    ['AAAA apex.test', ['NODATA apex.test. 60']],
    ['A dns1.kube-system.example.com', found(GLUE)],
    ['AAAA dns1.kube-system.example.com', NODATA],
    ['SRV dns1.kube-system.example.com', NODATA],
    ['NS dns1.kube-system.example.com', NODATA],
    ['SOA dns1.kube-system.example.com', NODATA],
    ['A foo.dns1.kube-system.example.com', NXDOMAIN],
    ['A name-server.dual.test', found('name-server.dual.test. 60 IN A 9.9.9.9')],
    ['AAAA name-server.dual.test', found('name-server.dual.test. 60 IN AAAA fd00::1')],
    [
      'NS dual.test',
      found(
        'dual.test. 60 IN NS name-server.dual.test.',
        'additional: name-server.dual.test. 60 IN A 9.9.9.9',
        'additional: name-server.dual.test. 60 IN AAAA fd00::1',
      ),
    ],
  ])('finds the zone itself and its name servers, with their addresses: %s', async (question, reply) => {
    expect(await askLines(question, port)).toEqual(reply);
  });

  it.each<Row>([
    ['A svc2.ns1.more.test', found('svc2.ns1.more.test. 60 IN A 192.0.1.2')],
    ['A annotation.more.test', found('annotation.more.test. 60 IN A 192.0.1.3')],
    ['A one.more.test', ['NXDOMAIN more.test. 60']],
    ['A domain.example.com.more.test', ['NXDOMAIN more.test. 60']],
    ['A svc2.ns1.wild.test', found('svc2.ns1.wild.test. 60 IN A 192.0.0.10')],
    ['A svc2.ns1.apex.test', ['NXDOMAIN apex.test. 60']],
    ['A foo.org', ['REFUSED without AA']],
  ])('finds relative names in the zones that are for them, and others where they are: %s', async (question, reply) => {
    expect(await askLines(question, port)).toEqual(reply);
  });

  it.each<Row>([
    ['A outside.falls.test', ['NOERROR without AA', 'outside.falls.test. 60 IN A 203.0.113.99']],
    ['A nowhere.falls.test', ['NXDOMAIN without AA']],
    ['SOA falls.test', found(SOA_OF('falls.test', 'ns1.falls.test'), `authority: ${FALLS_NS}`, `additional: ${FALLS_GLUE}`)],
    ['NS falls.test', found(FALLS_NS, `additional: ${FALLS_GLUE}`)],
    ['A falls.test', ['NODATA falls.test. 60']],
    ['AAAA ns1.falls.test', ['NODATA falls.test. 60']],
    ['A outside.more.test', ['NXDOMAIN more.test. 60']],
  ])('is told what others know where names fall through, but never of the zone itself: %s', async (question, reply) => {
    expect(await askLines(question, port)).toEqual(reply);
  });
});
