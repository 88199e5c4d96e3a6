import { describe, expect, it } from '@jest/globals';

import type { ClusterSink, Scope, ScopeFailure } from '../cluster/cluster.ts';
import { MemoryCluster } from '../cluster/memory-cluster.ts';
import { GATEWAY_CLASSES } from '../resources/gateway-api/gateway-class.ts';
import { GATEWAYS } from '../resources/gateway-api/gateway.ts';
import { LISTENER_SETS } from '../resources/gateway-api/listener-set.ts';
import { NAMESPACES } from '../resources/gateway-api/namespace.ts';
import { HTTP_ROUTES } from '../resources/gateway-api/route.ts';
import type { Resource } from '../resources/resource.ts';
import { httpRoute } from '../sources/httproute.ts';
import { NameWorld } from '../testing/name-world.ts';
import { EXAMPLE, objectsOf, problemsOf, recordsOf } from '../testing/source-world.ts';

const ROUTE = `
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: r, namespace: ns, annotations: {external-dns.kubernetes.io/ttl: soon}}
spec: {parentRefs: [{name: gw}], hostnames: [www.example.com]}
`;
const GATEWAY = `
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: gw, namespace: ns}
spec: {gatewayClassName: c, listeners: []}
status: {addresses: [{value: 192.0.2.1}]}
`;
const TTL = 'ANNOTATION_INVALID HTTPRoute/ns/r';
const MISSING = 'ROUTE_NOT_ATTACHED HTTPRoute/ns/r';

/** A world with one route, of which nothing has been listed yet. */
async function begun(): Promise<{
  readonly world: NameWorld;
  readonly cluster: MemoryCluster;
  readonly say: (resource: Resource, state: Parameters<ClusterSink['state']>[1], failure?: ScopeFailure) => Promise<void>;
}> {
  let sink: ClusterSink | undefined;
  class Spied extends MemoryCluster {
    override start(...[watch, given, signal]: Parameters<MemoryCluster['start']>): ReturnType<MemoryCluster['start']> {
      sink = given;
      return super.start(watch, given, signal);
    }
  }
  const cluster = new Spied('test');
  const world = new NameWorld({ clusters: [cluster], sources: [httpRoute({ ...EXAMPLE, acceptance: 'ignore' })] });
  await world.pipeline.start();
  for (const object of objectsOf(ROUTE)) cluster.put(object);
  return {
    world,
    cluster,
    async say(resource, state, failure) {
      sink?.state({ resource } satisfies Scope, state, failure);
      await world.pipeline.settled();
    },
  };
}

describe('an object that misses another one', () => {
  it('is reported once all that its source reads has been listed, and not before', async () => {
    const { world, say } = await begun();
    for (const resource of [HTTP_ROUTES, GATEWAY_CLASSES, NAMESPACES, LISTENER_SETS]) {
      await say(resource, 'synced');
      expect(problemsOf(world)).toEqual([TTL]);
    }
    await say(GATEWAYS, 'synced');
    expect(problemsOf(world)).toEqual([TTL, MISSING]);
  });

  it('is never reported where the other one was merely listed later', async () => {
    const { world, cluster, say } = await begun();
    for (const resource of [HTTP_ROUTES, GATEWAY_CLASSES, NAMESPACES, LISTENER_SETS]) await say(resource, 'synced');
    for (const object of objectsOf(GATEWAY)) cluster.put(object);
    await say(GATEWAYS, 'synced');
    expect(problemsOf(world)).toEqual([TTL]);
    expect(world.logger.lines.filter(({ fields }) => JSON.stringify(fields).includes('ROUTE_NOT_ATTACHED'))).toEqual([]);
    expect(recordsOf(world)).toEqual(['www.example.com. 60 IN A 192.0.2.1']);
  });

  it('is reported though the API server knows no ListenerSets, but not while Gateways may not be read', async () => {
    const { world, say } = await begun();
    for (const resource of [HTTP_ROUTES, GATEWAY_CLASSES, NAMESPACES]) await say(resource, 'synced');
    await say(LISTENER_SETS, 'absent', { code: 'API_NOT_FOUND', message: 'there is no such resource' });
    await say(GATEWAYS, 'absent', { code: 'API_FORBIDDEN', message: 'gateways may not be listed' });
    expect(problemsOf(world)).toEqual([TTL]);
    await say(GATEWAYS, 'synced');
    expect(problemsOf(world)).toEqual([TTL, MISSING]);
  });

  it('is reported at once when something goes later', async () => {
    const { world, cluster, say } = await begun();
    for (const object of objectsOf(GATEWAY)) cluster.put(object);
    for (const resource of [HTTP_ROUTES, GATEWAY_CLASSES, NAMESPACES, LISTENER_SETS, GATEWAYS]) await say(resource, 'synced');
    for (const object of objectsOf(GATEWAY)) cluster.delete(object);
    expect(problemsOf(world)).toEqual([TTL, MISSING]);
  });
});
