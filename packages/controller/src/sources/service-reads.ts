import { type EndpointSliceObject, ENDPOINT_SLICES } from '../resources/endpoint-slice.ts';
import { type NodeObject, NODES } from '../resources/node.ts';
import { type PodObject, PODS } from '../resources/pod.ts';
import { keyOf, type ObjectKey } from '../resources/resource.ts';
import { SERVICES } from '../resources/service.ts';
import type { ObjectReader } from '../store/object-store.ts';
import { sameContent } from '../store/same-content.ts';
import { sameAddresses } from './node-targets.ts';
import { serviceOf, SLICES_OF_POD, SLICES_ON_NODE } from './service-slices.ts';
import type { Dependency } from './source.ts';

/** The Services whose endpoints a slice holds. */
export const SERVICE_SLICES: Dependency<EndpointSliceObject> = {
  resource: ENDPOINT_SLICES,
  concerns: (slice) => [serviceOf(slice)],
  differs: (before, after) => before.service !== after.service || !sameContent(before.endpoints, after.endpoints),
};

/** The headless Services that have endpoints on a node, and may want its addresses in place of theirs. */
export const HEADLESS_NODES: Dependency<NodeObject> = {
  resource: NODES,
  *concerns(node, store) {
    for (const slice of store.select(SLICES_ON_NODE, node.name)) yield* headless(serviceOf(slice), store);
  },
  differs: (before, after) => !sameAddresses(before, after),
};

/** The headless Services of which a pod is an endpoint. */
export const HEADLESS_PODS: Dependency<PodObject> = {
  resource: PODS,
  *concerns(pod, store) {
    for (const slice of store.select(SLICES_OF_POD, keyOf(pod))) yield* headless(serviceOf(slice), store);
  },
  differs: (before, after) => before.hostname !== after.hostname || !sameContent(before.annotations, after.annotations),
};

function headless(key: ObjectKey, store: ObjectReader): readonly ObjectKey[] {
  return store.get(SERVICES, key)?.headless === true ? [key] : [];
}
