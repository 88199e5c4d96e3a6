/** Objects by the hundred, for the safety tests: each with one name and one address. */
import type { ControlPlane } from '../../tools/control-plane/control-plane.ts';
import { call, type KubeObject } from '../support/kube-objects.ts';

/** How many requests are under way at a time. */
const AT_A_TIME = 24;

/** Does something with every number below `count`, several at a time. */
export async function forEach(count: number, act: (index: number) => Promise<unknown>): Promise<void> {
  let next = 0;
  const work = async (): Promise<void> => {
    for (let index = next++; index < count; index = next++) await act(index);
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, work));
}

export const servicesOf = (namespace: string): string => `/api/v1/namespaces/${namespace}/services`;
export const ingressesOf = (namespace: string): string => `/apis/networking.k8s.io/v1/namespaces/${namespace}/ingresses`;

/** Creates a Service with an external address, that asks for a host name. */
export function putService(
  cluster: ControlPlane,
  namespace: string,
  name: string,
  host: string,
  labels: Readonly<Record<string, string>> = {},
): Promise<KubeObject> {
  const annotations = { 'external-dns.kubernetes.io/hostname': host };
  const spec = { externalIPs: ['192.0.2.1'], ports: [{ port: 80 }] };
  const body = { apiVersion: 'v1', kind: 'Service', metadata: { name, annotations, labels }, spec };
  return call(cluster, 'POST', servicesOf(namespace), body);
}

/** Creates an Ingress for a host name, with the address that its controller found. */
export async function putIngress(
  cluster: ControlPlane,
  namespace: string,
  name: string,
  host: string,
  address: string,
): Promise<void> {
  const body = { apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', metadata: { name }, spec: { rules: [{ host }] } };
  await call(cluster, 'POST', ingressesOf(namespace), body);
  await setAddresses(cluster, namespace, name, [address]);
}

/** Gives an Ingress other addresses, as its controller does. */
export async function setAddresses(
  cluster: ControlPlane,
  namespace: string,
  name: string,
  addresses: readonly string[],
): Promise<void> {
  const status = { loadBalancer: { ingress: addresses.map((ip) => ({ ip })) } };
  await call(cluster, 'PATCH', `${ingressesOf(namespace)}/${name}/status`, { status });
}

/** A Gateway with one address, and a route on it that it has accepted. */
export function gatewayWithRoute(host: string): object[] {
  const api = { apiVersion: 'gateway.networking.k8s.io/v1' };
  const controllerName = 'example.com/controller';
  const parentRef = { name: 'edge' };
  const accepted = {
    type: 'Accepted',
    status: 'True',
    reason: 'Accepted',
    message: '',
    lastTransitionTime: '2026-01-01T00:00:00Z',
  };
  return [
    { ...api, kind: 'GatewayClass', metadata: { name: 'public' }, spec: { controllerName } },
    {
      ...api,
      kind: 'Gateway',
      metadata: { name: 'edge' },
      spec: { gatewayClassName: 'public', listeners: [{ name: 'http', port: 80, protocol: 'HTTP' }] },
      status: { addresses: [{ type: 'IPAddress', value: '192.0.2.4' }] },
    },
    {
      ...api,
      kind: 'HTTPRoute',
      metadata: { name: 'web' },
      spec: { hostnames: [host], parentRefs: [parentRef], rules: [{ backendRefs: [{ name: 'backend', port: 80 }] }] },
      status: { parents: [{ controllerName, parentRef, conditions: [accepted] }] },
    },
  ];
}

/** A DNSEndpoint with one address. */
export function endpoint(name: string, dnsName: string): object {
  return {
    apiVersion: 'externaldns.k8s.io/v1alpha1',
    kind: 'DNSEndpoint',
    metadata: { name },
    spec: { endpoints: [{ dnsName, recordType: 'A', recordTTL: 300, targets: ['192.0.2.2'] }] },
  };
}
