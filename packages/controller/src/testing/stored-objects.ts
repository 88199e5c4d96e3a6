import type { EndpointSliceObject } from '../resources/endpoint-slice.ts';
import type { NodeObject } from '../resources/node.ts';
import type { Retention } from '../resources/resource.ts';

/** Objects as they stand in a store, and what is kept of them, for tests of what does not depend on the fields that they leave out. */

/** A Node, ready unless said otherwise. */
export function storedNode(fields: Partial<NodeObject>): NodeObject {
  return {
    namespace: '',
    name: 'n1',
    createdAt: 0,
    deleting: false,
    annotations: {},
    labels: {},
    ready: true,
    unschedulable: false,
    externalIPs: [],
    internalIPs: [],
    hostnames: [],
    ...fields,
  };
}

/** An EndpointSlice without endpoints. */
export function storedSlice(fields: Partial<EndpointSliceObject>): EndpointSliceObject {
  return {
    namespace: 'default',
    name: 's1',
    createdAt: 0,
    deleting: false,
    service: '',
    readyNodes: [],
    terminatingNodes: [],
    endpoints: [],
    ...fields,
  };
}

/** Keeps some annotations and nothing else. */
export function keepAnnotations(...names: readonly string[]): Retention {
  return { annotations: new Set(names), annotationPrefixes: [], labels: new Set() };
}
