import { describe, expect, it } from '@jest/globals';
import {
  type Catalog,
  type CatalogOptions,
  configuredNames,
  configuredRRsets,
  type DesiredRRset,
  nameOf,
  type OwnerName,
  type ZoneConfig,
} from '@kubezone/core';

import { NameWorld } from '../testing/name-world.ts';
import { EXAMPLE, objectsOf, problemsOf } from '../testing/source-world.ts';
import { ingress } from './ingress.ts';
import { nameServer } from './name-server.ts';
import { service } from './service.ts';
import type { Source } from './source.ts';

/** A Service in namespace kube-system, from the parts of it that matter. */
const svc = (spec: string, ingressEntries = '[]', name = 'dns1'): string => `
---
apiVersion: v1
kind: Service
metadata: {name: ${name}, namespace: kube-system, labels: {k8s-gateway.dns/ignore: "true"}}
spec: {${spec}}
status: {loadBalancer: {ingress: ${ingressEntries}}}
`;

const SERVER = nameOf('dns1.kube-system.example.com');
const sourceOf = (name: OwnerName = SERVER): Source => nameServer({ servers: [{ name, service: 'kube-system/dns1', ttl: 60 }] });

/** What the zone's own configuration puts into the catalog, as the resolver does it. */
function configure(catalog: Catalog, names: readonly OwnerName[]): void {
  const config: ZoneConfig = {
    apex: nameOf('example.com'),
    ttl: 60,
    soa: { mailbox: nameOf('admin.example.com'), refresh: 1, retry: 1, expire: 1, ttl: 1, negativeTtl: 1 },
    nameservers: names.map((name) => ({ name, addresses: [], service: 'kube-system/dns1' })),
  };
  const origin = { source: 'zone', cluster: '', namespace: '', object: 'Zone/example.com.', createdAt: 0 };
  const desired: DesiredRRset[] = configuredRRsets(config).map((rrset) => ({ kind: 'rrset', ...rrset }));
  catalog.put(origin, [...desired, ...configuredNames(config).map((owner) => ({ kind: 'existence' as const, owner }))]);
}

async function worldOf(
  yaml: string,
  sources: readonly Source[] = [sourceOf()],
  names: readonly OwnerName[] = [SERVER],
): Promise<NameWorld> {
  const order = sources.map(({ kind }) => kind).filter((kind) => kind !== 'zone');
  const catalog: Partial<CatalogOptions> = { order };
  const world = new NameWorld({ sources, catalog });
  configure(world.catalog, names);
  await world.pipeline.start();
  for (const object of objectsOf(yaml)) world.cluster.put(object);
  world.cluster.synced();
  await world.pipeline.settled();
  return world;
}

describe('a name server with a Service', () => {
  it.each<{ rule: string; yaml: string; expected: string[]; problems?: string[] }>([
    {
      rule: "has its load balancer's address",
      yaml: svc('type: LoadBalancer', '[{ip: 192.0.1.53}]'),
      expected: [`${SERVER} 60 IN A 192.0.1.53`],
    },
    {
      rule: 'has the addresses of both families, each as its own type',
      yaml: svc('type: LoadBalancer', '[{ip: 9.9.9.9}, {ip: "fd00::1"}]'),
      expected: [`${SERVER} 60 IN A 9.9.9.9`, `${SERVER} 60 IN AAAA fd00::1`],
    },
    {
      rule: 'has the external IPs alone where there are any',
      yaml: svc('type: LoadBalancer, externalIPs: [7.7.7.7, "fd00::7"]', '[{ip: 8.8.8.8}]'),
      expected: [`${SERVER} 60 IN A 7.7.7.7`, `${SERVER} 60 IN AAAA fd00::7`],
    },
    {
      rule: 'has the cluster IPs of a Service that is reached inside the cluster only',
      yaml: svc('type: ClusterIP, clusterIPs: [10.96.0.53, "fd00:96::53"]'),
      expected: [`${SERVER} 60 IN A 10.96.0.53`, `${SERVER} 60 IN AAAA fd00:96::53`],
    },
    {
      rule: 'exists while its load balancer has no address',
      yaml: svc('type: LoadBalancer, clusterIP: 10.96.0.53'),
      expected: ['NODATA'],
    },
    {
      rule: 'exists while there is no such Service',
      yaml: svc('type: LoadBalancer', '[{ip: 192.0.1.54}]', 'dns2'),
      expected: ['NODATA'],
    },
    {
      rule: 'exists where the Service has no address of its own, which is reported',
      yaml: svc('type: ClusterIP, clusterIP: None'),
      expected: ['NODATA'],
      problems: ['TARGET_INVALID Service/kube-system/dns1'],
    },
    {
      rule: 'does without an address that is none, which is reported',
      yaml: svc('type: LoadBalancer', '[{ip: 192.0.1.53}, {ip: 1.2.3}]'),
      expected: [`${SERVER} 60 IN A 192.0.1.53`],
      problems: ['TARGET_INVALID Service/kube-system/dns1'],
    },
  ])('$rule', async ({ yaml, expected, problems = [] }) => {
    const world = await worldOf(yaml);
    expect(world.holds(SERVER)).toEqual(expected);
    expect(problemsOf(world)).toEqual(problems);
  });

  it("has the addresses of its load balancer's host name", async () => {
    const world = await worldOf(svc('type: LoadBalancer', '[{hostname: lb.test}]'));
    expect(world.catalog.state(SERVER)).toEqual({ exists: true, rrsets: [], aliases: [{ ttl: 60, targets: ['lb.test.'] }] });
  });

  it.each(['name-server', 'a.b.c', 'dns1.kube-system'])('may be called %s.example.com: any number of labels', async (name) => {
    const owner = nameOf(`${name}.example.com`);
    const world = await worldOf(svc('type: LoadBalancer', '[{ip: 192.0.1.53}]'), [sourceOf(owner)], [owner]);
    expect(world.holds(owner)).toEqual([`${owner} 60 IN A 192.0.1.53`]);
    expect(world.holds('example.com').filter((line) => line.includes(' NS '))).toEqual([`example.com. 60 IN NS ${owner}`]);
    expect(world.holds(`foo.${name}.example.com`)).toEqual(['NXDOMAIN']);
  });

  it('has addresses beside sources that read no Services, and keeps its name from them', async () => {
    const host = `
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: thief, namespace: team-a}
spec: {rules: [{host: ${SERVER.slice(0, -1)}}]}
status: {loadBalancer: {ingress: [{ip: 6.6.6.6}]}}
`;
    const world = await worldOf(svc('type: LoadBalancer', '[{ip: 192.0.1.53}]') + host, [sourceOf(), ingress(EXAMPLE)]);
    expect(world.holds(SERVER)).toEqual([`${SERVER} 60 IN A 192.0.1.53`]);
    expect(Array.from(world.catalog.conflicts(), ({ loser }) => loser.object)).toEqual(['Ingress/team-a/thief']);
  });

  it('follows its Service', async () => {
    const world = await worldOf(svc('type: LoadBalancer', '[{ip: 192.0.1.53}]'), [sourceOf(), service(EXAMPLE)]);
    const [moved] = objectsOf(svc('type: LoadBalancer', '[{ip: 192.0.1.54}]'));
    world.cluster.put(moved);
    expect(world.holds(SERVER)).toEqual([`${SERVER} 60 IN A 192.0.1.54`]);
    world.cluster.delete(moved);
    expect(world.holds(SERVER)).toEqual(['NODATA']);
  });

  it('has the lower TTL where two zones share it', async () => {
    const shared = nameServer({
      servers: [90, 30, 60].map((ttl) => ({ name: SERVER, service: 'kube-system/dns1', ttl })),
    });
    const world = await worldOf(svc('type: LoadBalancer', '[{ip: 192.0.1.53}]'), [shared]);
    expect(world.holds(SERVER)).toEqual([`${SERVER} 30 IN A 192.0.1.53`]);
  });
});
