import type { ControlPlane } from '../tools/control-plane/control-plane.ts';
import { AREAS, IPS, SERVICE } from '../e2e/support/kube-objects.ts';

/** How many requests are on their way to the API server at once. */
const AT_ONCE = 32;

/** Sends one request, and fails unless it succeeds. */
export async function send(
  cluster: ControlPlane,
  method: string,
  path: string,
  body?: unknown,
  contentType?: string,
): Promise<void> {
  const { status, body: answer } = await cluster.request(method, path, body, contentType);
  if (status < 200 || status > 299) throw new Error(`${method} ${path}: ${status} ${JSON.stringify(answer).slice(0, 300)}`);
}

/** Runs a task for each index, a few dozen at a time. */
export async function forEachIndex(count: number, task: (index: number) => Promise<void>): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < count) await task(next++);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

/** What fills the cluster. */
export interface ClusterSize {
  readonly nodes: number;
  readonly services: number;
  /** Whether each Service has an EndpointSlice with three endpoints. */
  readonly slices: boolean;
}

/** The address that stands in a node's annotation. */
export function nodeAddress(index: number): string {
  return `10.${100 + (index >> 16)}.${(index >> 8) & 255}.${index & 255}`;
}

/** Fills an API server as a cluster of that size would: annotated, ready nodes, annotated Services, their EndpointSlices. */
export async function fillCluster(cluster: ControlPlane, { nodes, services, slices }: ClusterSize): Promise<void> {
  await forEachIndex(nodes, async (index) => {
    const { status, ...node } = nodeOf(index);
    await send(cluster, 'POST', '/api/v1/nodes', node);
    await send(
      cluster,
      'PATCH',
      `/api/v1/nodes/${node.metadata.name}/status`,
      { status },
      'application/strategic-merge-patch+json',
    );
  });
  await forEachIndex(services, (index) => send(cluster, 'POST', '/api/v1/namespaces/default/services', serviceOf(index)));
  if (slices) await createSlices(cluster, services, nodes);
}

/** A node: annotated and ready. */
export function nodeOf(index: number): {
  readonly metadata: { readonly name: string; readonly annotations: object };
  readonly status: object;
} {
  const annotations = { [AREAS]: `area${index % 10},own${index}`, [IPS]: nodeAddress(index) };
  const conditions = [{ type: 'Ready', status: 'True', reason: 'Bench', lastHeartbeatTime: null, lastTransitionTime: null }];
  return { metadata: { name: `node${index}`, annotations }, status: { conditions } };
}

/** A Service that asks for a name. */
export function serviceOf(index: number): object {
  const metadata = {
    name: `svc${index}`,
    namespace: 'default',
    annotations: { [SERVICE]: 'true', 'example.com/team': 'platform', 'example.com/description': 'A service of the benchmark' },
    labels: { app: `svc${index}`, 'app.kubernetes.io/managed-by': 'Helm' },
  };
  const spec = { clusterIP: 'None', selector: { app: `svc${index}` }, ports: [{ name: 'http', port: 80, targetPort: 8080 }] };
  return { metadata, spec };
}

/** Creates an EndpointSlice for each Service, with endpoints on the first nodes. */
export async function createSlices(cluster: ControlPlane, services: number, nodes: number): Promise<void> {
  await forEachIndex(services, (index) => send(cluster, 'POST', SLICES, sliceOf(index, nodes)));
}

const SLICES = '/apis/discovery.k8s.io/v1/namespaces/default/endpointslices';

/** The EndpointSlice of a Service: three endpoints on three nodes, chosen by the Service's number and a shift. */
export function sliceOf(index: number, nodes: number, shift = 0): unknown {
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: `svc${index}-slice`, namespace: 'default', labels: { 'kubernetes.io/service-name': `svc${index}` } },
    addressType: 'IPv4',
    ports: [{ name: 'http', port: 8080, protocol: 'TCP' }],
    endpoints: [0, 1, 2].map((step) => ({
      addresses: [`10.244.${index & 255}.${step + 1}`],
      nodeName: `node${(index + shift + step * 7) % nodes}`,
      conditions: { ready: true, serving: true, terminating: false },
      targetRef: { kind: 'Pod', namespace: 'default', name: `svc${index}-${step}` },
    })),
  };
}

/** The path of a Service's EndpointSlice. */
export function slicePathOf(index: number): string {
  return `${SLICES}/svc${index}-slice`;
}
