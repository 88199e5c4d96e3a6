import type { ControlPlane } from '../../tools/control-plane/control-plane.ts';

/** The annotations' default names. */
export const AREAS = 'k8s.pootis.network/node-areas';
export const IPS = 'k8s.pootis.network/node-ips';
export const SERVICE = 'k8s.pootis.network/dns';

/** A Kubernetes object, as far as these tests care. */
export type KubeObject = Readonly<Record<string, unknown>>;

/** Sends a request and fails unless the API server accepts it. */
export async function call<T = KubeObject>(
  cluster: ControlPlane,
  method: string,
  path: string,
  body?: unknown,
  contentType?: string,
): Promise<T> {
  const response = await cluster.request<T>(method, path, body, contentType);
  if (response.status < 200 || response.status > 299) {
    throw new Error(`${method} ${path}: ${response.status} ${JSON.stringify(response.body).slice(0, 500)}`);
  }
  return response.body;
}

/** Creates a node with these annotations, and its Ready condition if one is given. */
export async function createNode(
  cluster: ControlPlane,
  name: string,
  annotations: Readonly<Record<string, string>>,
  ready?: 'True' | 'False' | 'Unknown',
): Promise<void> {
  await call(cluster, 'POST', '/api/v1/nodes', { apiVersion: 'v1', kind: 'Node', metadata: { name, annotations } });
  // A new node is tainted and not ready, until the kubelet, or here the test, says otherwise.
  if (ready !== undefined) await setReady(cluster, name, ready);
}

/** Sets a node's Ready condition. */
export async function setReady(cluster: ControlPlane, name: string, ready: 'True' | 'False' | 'Unknown'): Promise<void> {
  const now = new Date().toISOString();
  const condition = {
    type: 'Ready',
    status: ready,
    reason: 'Test',
    message: '',
    lastHeartbeatTime: now,
    lastTransitionTime: now,
  };
  const patch = { status: { conditions: [condition] } };
  await call(cluster, 'PATCH', `/api/v1/nodes/${name}/status`, patch, 'application/strategic-merge-patch+json');
}

/** Changes annotations of an object; null removes one. */
export async function annotate(
  cluster: ControlPlane,
  path: string,
  annotations: Readonly<Record<string, string | null>>,
): Promise<void> {
  await call(cluster, 'PATCH', path, { metadata: { annotations } });
}

/** Deletes an object. */
export async function remove(cluster: ControlPlane, path: string): Promise<void> {
  await call(cluster, 'DELETE', path);
}

/** Creates a Service that asks for a name. */
export async function createService(
  cluster: ControlPlane,
  namespace: string,
  name: string,
  spec: KubeObject = {},
): Promise<void> {
  const metadata = { name, namespace, annotations: { [SERVICE]: 'true' } };
  const body = { apiVersion: 'v1', kind: 'Service', metadata, spec: { ports: [{ port: 80 }], ...spec } };
  await call(cluster, 'POST', `/api/v1/namespaces/${namespace}/services`, body);
}

/** One endpoint of an EndpointSlice. */
export interface Endpoint {
  readonly address: string;
  readonly node?: string;
  readonly conditions?: Readonly<Record<string, boolean>>;
}

/** The path of an EndpointSlice. */
export function slicePath(namespace: string, name: string): string {
  return `/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices/${name}`;
}

/** Creates, or replaces, the EndpointSlice of a Service. */
export async function putSlice(
  cluster: ControlPlane,
  namespace: string,
  service: string,
  endpoints: readonly Endpoint[],
): Promise<void> {
  const name = `${service}-slice`;
  const existing = await cluster.request<KubeObject>('GET', slicePath(namespace, name));
  const body = {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name, namespace, labels: { 'kubernetes.io/service-name': service } },
    addressType: 'IPv4',
    ports: [{ port: 80, name: '', protocol: 'TCP' }],
    endpoints: endpoints.map(({ address, node, conditions }) => ({
      addresses: [address],
      ...(node === undefined ? {} : { nodeName: node }),
      ...(conditions === undefined ? {} : { conditions }),
    })),
  };
  if (existing.status === 404) await call(cluster, 'POST', slicePath(namespace, '').replace(/\/$/, ''), body);
  else await call(cluster, 'PUT', slicePath(namespace, name), body);
}
