/** Kubernetes objects as they stand in manifests, with the parts that tests vary. */

/** Extra fields of `metadata`. */
type Metadata = Readonly<Record<string, unknown>>;

/** A Node; `ready` is the status of its condition Ready, and empty where it has no such condition. */
export function node(
  name: string,
  { ready = 'True', areas, ips, ...metadata }: { ready?: string; areas?: string; ips?: string } & Metadata = {},
): object {
  const annotations = {
    ...(areas === undefined ? {} : { 'k8s.pootis.network/node-areas': areas }),
    ...(ips === undefined ? {} : { 'k8s.pootis.network/node-ips': ips }),
  };
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, annotations, ...metadata },
    status: {
      conditions: [{ type: 'MemoryPressure', status: 'False' }, ...(ready === '' ? [] : [{ type: 'Ready', status: ready }])],
    },
  };
}

/** A Service; `dns` is the value of the annotation that asks for a name. */
export function service(
  name: string,
  { dns = 'true', namespace = 'default', ...metadata }: { dns?: string; namespace?: string } & Metadata = {},
): object {
  const annotations = dns === '' ? {} : { 'k8s.pootis.network/dns': dns };
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace, annotations, ...metadata },
    spec: { type: 'ClusterIP' },
  };
}

/** An endpoint, by its node and its conditions. */
export interface Endpoint {
  readonly node?: string;
  readonly ready?: boolean | null;
  readonly serving?: boolean | null;
  readonly terminating?: boolean | null;
}

/** An EndpointSlice. */
export function slice(
  name: string,
  endpoints: readonly Endpoint[],
  { of = 'git', namespace = 'default', ...metadata }: { of?: string; namespace?: string } & Metadata = {},
): object {
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name, namespace, labels: of === '' ? {} : { 'kubernetes.io/service-name': of }, ...metadata },
    addressType: 'IPv4',
    endpoints: endpoints.map(({ node: nodeName, ...conditions }) => ({
      addresses: ['10.0.0.1'],
      conditions,
      ...(nodeName === undefined ? {} : { nodeName }),
    })),
  };
}
