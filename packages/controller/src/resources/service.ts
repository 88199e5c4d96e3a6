import { booleanAt, type Fields, fieldsAt, numberAt, readItems, stringAt, stringsAt } from './fields.ts';
import { keptAnnotations, keptLabels } from './kept-metadata.ts';
import { loadBalancerTargets } from './load-balancer.ts';
import type { Resource, StoredObject } from './resource.ts';

/** A Service, trimmed. */
export interface ServiceObject extends StoredObject {
  readonly annotations: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  /** `ClusterIP`, `NodePort`, `LoadBalancer` or `ExternalName`. */
  readonly type: string;
  /** Of both families; none for a headless Service. */
  readonly clusterIPs: readonly string[];
  /** `clusterIP: None`: its endpoints are its addresses. */
  readonly headless: boolean;
  readonly externalIPs: readonly string[];
  /** Empty but for type `ExternalName`. */
  readonly externalName: string;
  /** The load balancer's addresses, and the host names of those that have none. */
  readonly loadBalancer: readonly string[];
  /** `externalTrafficPolicy: Local`: a node without an endpoint drops the traffic that it gets. */
  readonly localTraffic: boolean;
  readonly publishNotReadyAddresses: boolean;
  /** The ports that nodes forward; none without a node port. */
  readonly nodePorts: readonly NodePort[];
}

/** A port of a Service on every node. */
export interface NodePort {
  /** In lower case: `tcp`, `udp`, `sctp`. */
  readonly protocol: string;
  readonly nodePort: number;
}

const NO_PORTS: readonly NodePort[] = Object.freeze([]);
const NO_ADDRESSES: readonly string[] = Object.freeze([]);

export const SERVICES: Resource<ServiceObject> = {
  id: 'services',
  apiVersion: 'v1',
  kind: 'Service',
  plural: 'services',
  namespaced: true,
  project(raw, base, keep) {
    const spec = fieldsAt(raw, 'spec') ?? {};
    const type = stringAt(spec, 'type', 'spec') ?? 'ClusterIP';
    const clusterIPs = clusterIPsOf(spec);
    const headless = clusterIPs[0] === 'None';
    return {
      ...base,
      annotations: keptAnnotations(raw, keep),
      labels: keptLabels(raw, keep),
      type,
      clusterIPs: headless ? NO_ADDRESSES : clusterIPs,
      headless,
      externalIPs: stringsAt(spec, 'externalIPs', 'spec'),
      externalName: type === 'ExternalName' ? (stringAt(spec, 'externalName', 'spec') ?? '') : '',
      loadBalancer: loadBalancerTargets(raw),
      localTraffic: stringAt(spec, 'externalTrafficPolicy', 'spec') === 'Local',
      publishNotReadyAddresses: booleanAt(spec, 'publishNotReadyAddresses', 'spec') ?? false,
      nodePorts: type === 'NodePort' ? nodePortsOf(spec) : NO_PORTS,
    };
  },
};

/** From manifests the list may be missing, which the API always fills. */
function clusterIPsOf(spec: Fields): readonly string[] {
  const all = stringsAt(spec, 'clusterIPs', 'spec');
  const first = stringAt(spec, 'clusterIP', 'spec') ?? '';
  return all.length > 0 || first === '' ? all : [first];
}

function nodePortsOf(spec: Fields): readonly NodePort[] {
  const ports: NodePort[] = [];
  readItems(spec, 'ports', 'spec', (port) => {
    const nodePort = numberAt(port, 'nodePort', '') ?? 0;
    const protocol = (stringAt(port, 'protocol', '') ?? 'TCP').toLowerCase();
    if (nodePort > 0) ports.push({ protocol, nodePort });
  });
  return ports;
}
