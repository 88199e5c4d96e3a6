import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { type ConflictList, type OutsideList, systemClock } from '@kubezone/app';
import { eventually, recordLog } from '@kubezone/app/testing';

import { type Asker, askerOf } from './testing/ask-resolver.ts';
import { configOf, loadAnywhere } from './testing/load-text.ts';
import { SOURCE_MANIFESTS } from './testing/source-manifests.ts';
import { type Resolver, startResolver } from './wiring.ts';

/** What other servers know: a load balancer's name, and names that fall through. */
const UPSTREAM = `@ 60 IN SOA ns1 admin 1 2 3 4 60
@ 60 IN NS ns1
ns1 60 IN A 127.0.0.1
lb.elb 60 IN A 203.0.113.80
lb.elb 60 IN AAAA 2001:db8::80
elsewhere.a.test. 60 IN A 203.0.113.99
`;

/** The configuration of everything. */
const config = (folder: string, upstream: number): string => `
manifests: ${folder}
sources: [zone-file, record, node-area, node-service, service, ingress, httproute, tcproute, dnsendpoint, node, nodeport, pod, resource]
filters: {ingressClasses: [nginx]}
gatewayAcceptance: enforce
node: {addressType: ExternalIP}
pod: {domain: pods.a.test}
resources:
  - {apiVersion: traefik.io/v1alpha1, kind: IngressRoute, names: '{{range .Spec.routes}}{{hosts .match | join ","}},{{end}}', targets: {service: shop/traefik}}
  - {apiVersion: example.com/v1, kind: Widget, names: '{{.Name}}.widgets.a.test', targets: {template: '{{.Spec.address}}'}}
claims: [{namespaces: [team-a], names: ["*.claimed.a.test"]}]
hostnameTargets: {servers: ["127.0.0.1:${upstream}"], timeout: 1}
fallthrough: {zones: [a.test], servers: ["127.0.0.1:${upstream}"], timeout: 1}
zones:
  - name: a.test
    soa: {email: hostmaster@a.test}
    nameservers: [{name: ns1.a.test, service: kube-system/dns1}, {name: ns2.b.test}]
  - {name: 2.0.192.in-addr.arpa, soa: {email: hostmaster@a.test}, nameservers: [{name: ns2.b.test}]}
  - {name: static.test, file: ${folder}/../static.zone}
listen: ["127.0.0.1:0"]
metrics: 127.0.0.1:0
`;

let folder: string;
let upstream: Resolver;
let resolver: Resolver;
let server: Asker;

async function start(words: readonly string[], file = ''): Promise<Resolver> {
  return startResolver(configOf(loadAnywhere(words, file)), { clock: systemClock, logger: recordLog() });
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kubezone-sources-'));
  await writeFile(join(folder, 'upstream.zone'), UPSTREAM);
  await writeFile(
    join(folder, 'static.zone'),
    '@ 60 IN SOA ns1 admin 1 2 3 4 60\n@ 60 IN NS ns1.a.test.\nmail 60 IN MX 5 mx.b.test.\n',
  );
  const manifests = await mkdtemp(join(folder, 'manifests-'));
  await writeFile(join(manifests, 'all.yaml'), SOURCE_MANIFESTS);
  upstream = await start(['--zone-file', `test=${join(folder, 'upstream.zone')}`, '--listen', '127.0.0.1:0']);
  const port = upstream.addresses[0]?.port ?? 0;
  resolver = await start(['--config', 'kubezone.yaml'], config(manifests, port));
  server = askerOf(resolver.addresses[0]?.port ?? 0);
  const known = (answer: string): boolean => answer !== 'ESERVFAIL';
  await eventually('all names to be known', 10_000, () => server.ask('nobody.static.test', 'A'), known);
}, 30_000);

afterAll(async () => {
  await Promise.all([resolver.stop(), upstream.stop()]);
  await rm(folder, { recursive: true });
});

describe('every source, from manifests to answers', () => {
  it.each([
    // Service: a load balancer's addresses, under its own name and those of annotations.
    ['web.shop.a.test', 'A', '192.0.2.10'],
    ['web.shop.a.test', 'AAAA', '2001:db8::10'],
    ['shop.a.test', 'A', '192.0.2.12'],
    ['pending.shop.a.test', 'A', 'ENODATA'],
    // Per-pod names of a headless Service.
    ['db.a.test', 'A', '10.0.0.1 10.0.0.2'],
    ['db-0.db.a.test', 'A', '10.0.0.1'],
    // Ingress, of one class.
    ['www.a.test', 'A', '192.0.2.20'],
    ['other.a.test', 'A', 'ENOTFOUND'],
    // A load balancer with a host name: flattened in the background.
    ['elb.a.test', 'A', '203.0.113.80'],
    ['elb.a.test', 'AAAA', '2001:db8::80'],
    // Routes, where their Gateway accepts them.
    ['route.a.test', 'A', '192.0.2.30'],
    ['refused.a.test', 'A', 'ENODATA'],
    ['tcp.a.test', 'A', '192.0.2.30'],
    // DNSEndpoint and Record, of any type.
    ['endpoint.a.test', 'TXT', 'hello'],
    ['alias.a.test', 'CNAME', 'web.shop.a.test'],
    ['record.a.test', 'MX', '{"exchange":"mx.b.test","priority":10,"type":"MX"}'],
    ['outbound.a.test', 'A', '198.51.100.1'],
    // Nodes, node ports, pods.
    ['node-1.a.test', 'A', '198.51.100.1'],
    ['game.a.test', 'A', '198.51.100.1'],
    ['_game._udp.game.a.test', 'SRV', '{"name":"game.a.test","port":30123,"priority":0,"weight":50,"type":"SRV"}'],
    ['web-0.pods.a.test', 'A', '10.0.0.1'],
    // Resources by configuration.
    ['traefik.a.test', 'A', '192.0.2.40'],
    ['w1.widgets.a.test', 'A', '192.0.2.41'],
    // k8s-node-dns's.
    ['home.a.test', 'A', '198.51.100.7'],
    // Claims.
    ['x.claimed.a.test', 'A', '192.0.2.50'],
    // A zone file beside the live sources.
    ['mail.static.test', 'MX', '{"exchange":"mx.b.test","priority":5,"type":"MX"}'],
    // The name server of the zone is a Service.
    ['a.test', 'NS', 'ns1.a.test ns2.b.test'],
    ['ns1.a.test', 'A', '192.0.2.53'],
    // Reverse names.
    ['20.2.0.192.in-addr.arpa', 'PTR', 'www.a.test'],
    ['53.2.0.192.in-addr.arpa', 'PTR', 'ns1.a.test'],
    // What no source knows is asked of others; never the apex, nor in other zones.
    ['elsewhere.a.test', 'A', '203.0.113.99'],
    ['nowhere.a.test', 'A', 'ENOTFOUND'],
    ['elsewhere.static.test', 'A', 'ENOTFOUND'],
    ['a.test', 'TXT', 'ENODATA'],
  ])('%s %s is %s', async (name, type, expected) => {
    const is = (answer: string): boolean => answer === expected;
    expect(await eventually(`${name} ${type}`, 3000, () => server.ask(name, type), is)).toBe(expected);
  });

  it('lists what is not as it is asked for', async () => {
    const [probes] = resolver.probeAddresses;
    const response = await fetch(`http://127.0.0.1:${probes?.port}/debug/conflicts`);
    const { total, conflicts, outsideZones } = (await response.json()) as ConflictList & { outsideZones: OutsideList };
    expect(conflicts).toHaveLength(total);
    expect(conflicts.map(({ code, name = '', object }) => `${code} ${name} ${object}`).toSorted()).toEqual([
      'CLAIMED_BY_OTHERS x.claimed.a.test. manifests: ingress Ingress/shop/stranger',
      'OWNER_NAME_INVALID  manifests: Ingress/shop/hostile',
      'ROUTE_NOT_ATTACHED  manifests: HTTPRoute/shop/refused',
    ]);
    const names = [{ name: 'www.other.test.', object: 'Ingress/shop/www', source: 'ingress', cluster: 'manifests' }];
    expect(outsideZones).toEqual({ total: 1, names });
    const metrics = await (await fetch(`http://127.0.0.1:${probes?.port}/metrics`)).text();
    expect(metrics).toContain('kubezone_rejections{code="CLAIMED_BY_OTHERS"} 1');
    expect(metrics).toMatch(/^kubezone_names_outside_zones\{.*source="ingress".*\} 1$/m);
    expect(metrics).toContain('kubezone_cluster_synced{cluster="manifests"} 1');
    expect(metrics).toMatch(/^kubezone_fallthrough_queries_total\{result="answered"\} [1-9]/m);
    expect(metrics).toMatch(/^kubezone_aliases 1$/m);
  });
});
