import { booleanAt, type Fields, fieldsAt, readItems, stringAt, stringsAt } from './fields.ts';
import type { Resource, StoredObject } from './resource.ts';

/** The label by which an EndpointSlice names its Service. */
export const SERVICE_NAME_LABEL = 'kubernetes.io/service-name';

/** An EndpointSlice, trimmed. */
export interface EndpointSliceObject extends StoredObject {
  /** The Service's name, in the slice's own namespace. */
  readonly service: string;
  /** Nodes with an endpoint that is ready. Each once. */
  readonly readyNodes: readonly string[];
  /** Nodes with an endpoint that is not ready any more, but still serves while it terminates. Each once. */
  readonly terminatingNodes: readonly string[];
  readonly endpoints: readonly EndpointEntry[];
}

/** One endpoint of a Service. */
export interface EndpointEntry {
  /** None in a slice of host names (`addressType: FQDN`). */
  readonly addresses: readonly string[];
  /** `terminating`: not ready any more, but it still serves. Where `ready` is not given, it is (discovery.k8s.io/v1, EndpointConditions). */
  readonly state: 'ready' | 'terminating' | 'not-ready';
  /** The label below the Service's name that belongs to it alone; otherwise empty. */
  readonly hostname: string;
  /** The name of its node; empty where it is on none. */
  readonly node: string;
  /** The name of its pod, in the slice's own namespace; empty where it is something else. */
  readonly pod: string;
}

const NONE: readonly string[] = Object.freeze([]);

export const ENDPOINT_SLICES: Resource<EndpointSliceObject> = {
  id: 'endpointslices.discovery.k8s.io',
  apiVersion: 'discovery.k8s.io/v1',
  kind: 'EndpointSlice',
  plural: 'endpointslices',
  namespaced: true,
  project(raw, base) {
    const labels = fieldsAt(fieldsAt(raw, 'metadata') ?? {}, 'labels', 'metadata');
    const service = stringAt(labels, SERVICE_NAME_LABEL, 'metadata.labels') ?? '';
    // A slice that belongs to no Service says nothing about one.
    if (service === '') return undefined;
    const hasAddresses = stringAt(raw, 'addressType', '') !== 'FQDN';
    const endpoints: EndpointEntry[] = [];
    readItems(raw, 'endpoints', '', (endpoint) => void endpoints.push(endpointOf(endpoint, hasAddresses)));
    return {
      ...base,
      service,
      readyNodes: nodesOf(endpoints, 'ready'),
      terminatingNodes: nodesOf(endpoints, 'terminating'),
      endpoints,
    };
  },
};

function endpointOf(endpoint: Fields, hasAddresses: boolean): EndpointEntry {
  const target = fieldsAt(endpoint, 'targetRef');
  return {
    addresses: hasAddresses ? stringsAt(endpoint, 'addresses', '') : NONE,
    state: stateOf(fieldsAt(endpoint, 'conditions')),
    hostname: stringAt(endpoint, 'hostname', '') ?? '',
    node: stringAt(endpoint, 'nodeName', '') ?? '',
    pod: target?.['kind'] === 'Pod' ? (stringAt(target, 'name', 'targetRef') ?? '') : '',
  };
}

function stateOf(conditions: Fields | undefined): EndpointEntry['state'] {
  const serving = booleanAt(conditions, 'serving', 'conditions') ?? false;
  const leaving = booleanAt(conditions, 'terminating', 'conditions') ?? false;
  if (booleanAt(conditions, 'ready', 'conditions') ?? true) return 'ready';
  return serving && leaving ? 'terminating' : 'not-ready';
}

/** Sorted, so that endpoints in another order are the same content. */
function nodesOf(endpoints: readonly EndpointEntry[], state: EndpointEntry['state']): readonly string[] {
  let nodes: Set<string> | undefined;
  for (const endpoint of endpoints) {
    if (endpoint.state === state && endpoint.node !== '') (nodes ??= new Set()).add(endpoint.node);
  }
  return nodes === undefined ? NONE : [...nodes].toSorted();
}
