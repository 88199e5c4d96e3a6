import { type EndpointSliceObject, ENDPOINT_SLICES } from '../resources/endpoint-slice.ts';
import { keyOf, type ObjectKey } from '../resources/resource.ts';
import type { ObjectIndex } from '../store/object-store.ts';

/** The EndpointSlices of a Service, by the Service's key. */
export const SLICES_OF_SERVICE: ObjectIndex<EndpointSliceObject> = {
  name: 'of service',
  resource: ENDPOINT_SLICES,
  values: (slice) => [serviceOf(slice)],
};

/** The EndpointSlices with an endpoint on a node, by the node's name. */
export const SLICES_ON_NODE: ObjectIndex<EndpointSliceObject> = {
  name: 'on node',
  resource: ENDPOINT_SLICES,
  values: ({ endpoints }) => new Set(endpoints.filter(({ node }) => node !== '').map(({ node }) => node)),
};

/** The EndpointSlices with an endpoint that is a pod, by the pod's key. */
export const SLICES_OF_POD: ObjectIndex<EndpointSliceObject> = {
  name: 'of pod',
  resource: ENDPOINT_SLICES,
  values: ({ namespace, endpoints }) =>
    new Set(endpoints.filter(({ pod }) => pod !== '').map(({ pod }) => `${namespace}/${pod}`)),
};

/** The key of a slice's Service. */
export function serviceOf(slice: EndpointSliceObject): ObjectKey {
  return keyOf({ namespace: slice.namespace, name: slice.service });
}
