import { booleanAt, fieldsAt, readItems, stringAt } from './fields.ts';
import type { Resource, StoredObject } from './resource.ts';

/** The label by which an EndpointSlice names its Service. */
export const SERVICE_NAME_LABEL = 'kubernetes.io/service-name';

/**
 * An EndpointSlice, trimmed to the names of the nodes that host its endpoints: a slice of a hundred pods on three nodes is three names.
 * An endpoint without `nodeName` is on no node, and is left out altogether.
 */
export interface EndpointSliceObject extends StoredObject {
  /** The Service's name, in the slice's own namespace. */
  readonly service: string;
  /** Nodes with an endpoint that is ready; where `ready` is not given, it is (discovery.k8s.io/v1, EndpointConditions). Each once. */
  readonly readyNodes: readonly string[];
  /** Nodes with an endpoint that is not ready any more, but still serves while it terminates. Each once. */
  readonly terminatingNodes: readonly string[];
}

const NO_NODES: readonly string[] = Object.freeze([]);

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
    let ready: Set<string> | undefined;
    let terminating: Set<string> | undefined;
    readItems(raw, 'endpoints', '', (endpoint) => {
      const nodeName = stringAt(endpoint, 'nodeName', '') ?? '';
      if (nodeName === '') return;
      const conditions = fieldsAt(endpoint, 'conditions');
      const serving = booleanAt(conditions, 'serving', 'conditions') ?? false;
      const leaving = booleanAt(conditions, 'terminating', 'conditions') ?? false;
      if (booleanAt(conditions, 'ready', 'conditions') ?? true) (ready ??= new Set()).add(nodeName);
      else if (serving && leaving) (terminating ??= new Set()).add(nodeName);
    });
    return { ...base, service, readyNodes: namesOf(ready), terminatingNodes: namesOf(terminating) };
  },
};

/** Sorted, so that endpoints in another order are the same content. */
function namesOf(nodes: ReadonlySet<string> | undefined): readonly string[] {
  return nodes === undefined ? NO_NODES : [...nodes].toSorted();
}
