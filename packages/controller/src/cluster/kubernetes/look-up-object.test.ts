import { describe, expect, it } from '@jest/globals';

import { LEASES } from '../../resources/lease.ts';
import { NODES } from '../../resources/node.ts';
import { SERVICES } from '../../resources/service.ts';
import { MemoryApi, refuse } from '../../reporting/testing/memory-api.ts';
import { lookUpObject } from './look-up-object.ts';

const NEVER = new AbortController().signal;
const ROUTE = { apiVersion: 'traefik.io/v1alpha1', kind: 'IngressRoute', plural: 'ingressroutes', namespaced: true };

describe('looking an object up', () => {
  it('takes no other right than listing, and asks for metadata alone', async () => {
    const api = new MemoryApi();
    api.put('/api/v1/namespaces/default/services/web', {});
    const reference = { resource: SERVICES, namespace: 'default', name: 'web' };
    expect(await lookUpObject(api, reference, NEVER)).toEqual({ apiVersion: 'v1', uid: 'uid-web' });
    expect(api.requests).toEqual([
      {
        method: 'GET',
        path: '/api/v1/namespaces/default/services?fieldSelector=metadata.name%3Dweb&limit=1',
        accept: 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=1,application/json',
      },
    ]);
  });

  it('gets what it may get and perhaps not list', async () => {
    const api = new MemoryApi();
    api.put('/apis/coordination.k8s.io/v1/namespaces/dns/leases/operator', {});
    const reference = { resource: LEASES, namespace: 'dns', name: 'operator', byGet: true };
    expect(await lookUpObject(api, reference, NEVER)).toEqual({ apiVersion: 'coordination.k8s.io/v1', uid: 'uid-operator' });
    expect(await lookUpObject(api, { ...reference, name: 'other' }, NEVER)).toBeUndefined();
    expect(api.requests.map(({ path }) => path)).toEqual([
      '/apis/coordination.k8s.io/v1/namespaces/dns/leases/operator',
      '/apis/coordination.k8s.io/v1/namespaces/dns/leases/other',
    ]);
  });

  it('finds objects outside namespaces, and none that is not there', async () => {
    const api = new MemoryApi();
    api.put('/api/v1/nodes/n1', {});
    expect(await lookUpObject(api, { resource: NODES, namespace: '', name: 'n1' }, NEVER)).toMatchObject({ uid: 'uid-n1' });
    expect(await lookUpObject(api, { resource: NODES, namespace: '', name: 'n2' }, NEVER)).toBeUndefined();
  });

  it('does not take another object for it, from a server that knows no field selectors', async () => {
    const api = new MemoryApi();
    api.fault = () => ({
      status: 200,
      body: { items: [{ metadata: { name: 'other', uid: 'u' } }, 7, { metadata: { name: 'n1' } }] },
    });
    expect(await lookUpObject(api, { resource: NODES, namespace: '', name: 'n1' }, NEVER)).toBeUndefined();
  });

  it('falls back on older versions, and says in which one it is', async () => {
    const api = new MemoryApi();
    api.fault = ({ path }) => (path.includes('/v1/') ? refuse(404, 'not found') : undefined);
    api.put('/apis/gateway.networking.k8s.io/v1beta1/namespaces/default/gateways/web', {});
    const resource = {
      apiVersion: 'gateway.networking.k8s.io/v1',
      olderVersions: ['gateway.networking.k8s.io/v1beta1'],
      kind: 'Gateway',
      plural: 'gateways',
      namespaced: true,
    };
    expect(await lookUpObject(api, { resource, namespace: 'default', name: 'web' }, NEVER)).toEqual({
      apiVersion: 'gateway.networking.k8s.io/v1beta1',
      uid: 'uid-web',
    });
  });

  it('asks how a kind is called where that is a guess', async () => {
    const api = new MemoryApi();
    const resource = { ...ROUTE, kind: 'Proxy', plural: 'proxys', pluralIsGuess: true };
    api.put('/apis/traefik.io/v1alpha1/namespaces/default/proxies/web', {});
    api.fault = ({ path }) =>
      path === '/apis/traefik.io/v1alpha1'
        ? { status: 200, body: { resources: [{ name: 'proxies', kind: 'Proxy', namespaced: true }] } }
        : undefined;
    expect(await lookUpObject(api, { resource, namespace: 'default', name: 'web' }, NEVER)).toMatchObject({ uid: 'uid-web' });
  });

  it('fails where it is forbidden: nothing is known then', async () => {
    const api = new MemoryApi();
    api.fault = () => refuse(403, 'forbidden');
    await expect(lookUpObject(api, { resource: NODES, namespace: '', name: 'n1' }, NEVER)).rejects.toMatchObject({
      code: 'API_FORBIDDEN',
    });
  });
});
