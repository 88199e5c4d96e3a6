import type { DesiredRRset, OwnerName } from '@kubezone/core';

import { type EndpointSliceObject, ENDPOINT_SLICES } from '../resources/endpoint-slice.ts';
import { quote } from '../resources/fields.ts';
import { type NodeObject, NODES } from '../resources/node.ts';
import { keyOf } from '../resources/resource.ts';
import { type ServiceObject, SERVICES } from '../resources/service.ts';
import type { ObjectReader } from '../store/object-store.ts';
import { sameContent } from '../store/same-content.ts';
import { desireFamilyNames } from './family-names.ts';
import { DEFAULT_IPS_ANNOTATION } from './node-area.ts';
import { type Addresses, nodeAddressReader } from './node-addresses.ts';
import { ProblemList } from './problem-list.ts';
import { type RelativeZone, relativeZones } from './relative-name.ts';
import { serviceOf, SLICES_OF_SERVICE, SLICES_ON_NODE } from './service-slices.ts';
import { type Dependency, type Desire, NO_DESIRE, type Source } from './source.ts';

export interface NodeServiceOptions {
  /** The annotation by which a Service asks for its name, with the value `true`. @default k8s.pootis.network/dns */
  readonly serviceAnnotation?: string;
  /** The annotation that lists a node's addresses. @default k8s.pootis.network/node-ips */
  readonly ipsAnnotation?: string;
  /** The zones in which Services have names. */
  readonly relativeTo: readonly RelativeZone[];
  /** The apexes of all zones that are served: a name that lies in another of them than the one it was made for is not asked for. @default those of relativeTo */
  readonly servedZones?: readonly OwnerName[];
}

export const DEFAULT_SERVICE_ANNOTATION = 'k8s.pootis.network/dns';

/** RFC 1123, section 2.1: what the Kubernetes API allows at most in names of Services and namespaces. */
const HOST_LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/**
 * Services by the nodes that host them: `<service>.<namespace>.<zone>` holds the addresses of the ready nodes on which the Service has endpoints.
 *
 * Only Services that ask for it, of any type, headless ones too. The node needs addresses, but no area.
 */
export function nodeService(options: NodeServiceOptions): Source<ServiceObject> {
  const {
    serviceAnnotation = DEFAULT_SERVICE_ANNOTATION,
    ipsAnnotation = DEFAULT_IPS_ANNOTATION,
    relativeTo,
    servedZones,
  } = options;
  const zones = relativeZones(relativeTo, servedZones);
  const addressesOf = nodeAddressReader(ipsAnnotation);
  const path = `metadata.annotations["${serviceAnnotation}"]`;

  const slices: Dependency<EndpointSliceObject> = {
    resource: ENDPOINT_SLICES,
    concerns: (slice) => [serviceOf(slice)],
    // Pods come and go on nodes that host others of the Service: their addresses are of no interest here.
    differs: (before, after) =>
      before.service !== after.service ||
      !sameContent(before.readyNodes, after.readyNodes) ||
      !sameContent(before.terminatingNodes, after.terminatingNodes),
  };
  const nodes: Dependency<NodeObject> = {
    resource: NODES,
    *concerns(node, store) {
      for (const slice of store.select(SLICES_ON_NODE, node.name)) yield serviceOf(slice);
    },
    // A node's areas and age are of no interest here: a change of them must not touch every Service on it.
    differs: (before, after) =>
      before.ready !== after.ready ||
      before.deleting !== after.deleting ||
      before.annotations[ipsAnnotation] !== after.annotations[ipsAnnotation],
    inspect: (node) => addressesOf(node).problems,
  };

  return {
    kind: 'node-service',
    resource: SERVICES,
    reads: [slices, nodes],
    indexes: [SLICES_OF_SERVICE, SLICES_ON_NODE],
    annotations: [serviceAnnotation, ipsAnnotation],
    desire(service, store): Desire {
      const optIn = service.annotations[serviceAnnotation];
      if (service.deleting || optIn === undefined || optIn === 'false') return NO_DESIRE;
      const problems = new ProblemList();
      const desired: DesiredRRset[] = [];
      if (optIn !== 'true') {
        const found = quote(optIn);
        problems.add({ code: 'OPT_IN_INVALID', path, message: `${path}: found ${found}, expected "true" or "false"` });
      } else if (HOST_LABEL.test(service.name) && HOST_LABEL.test(service.namespace)) {
        const addresses = addressesOn(hostingNodes(service, store), store, addressesOf);
        desireFamilyNames(`${service.name}.${service.namespace}`, zones, addresses, desired, problems);
      } else {
        const found = quote(keyOf(service));
        problems.add({
          code: 'OWNER_NAME_INVALID',
          message: `found ${found}, expected a Service and a namespace whose names are host name labels`,
        });
      }
      return { desired, problems: problems.all() };
    },
  };
}

/**
 * The nodes that a Service's traffic can be sent to, by kube-proxy's rule: those with a ready endpoint; if there is none in any of the slices, those
 * with an endpoint that still serves while it terminates.
 */
function hostingNodes(service: ServiceObject, store: ObjectReader): ReadonlySet<string> {
  const ready = new Set<string>();
  const terminating = new Set<string>();
  for (const slice of store.select(SLICES_OF_SERVICE, keyOf(service))) {
    for (const node of slice.readyNodes) ready.add(node);
    for (const node of slice.terminatingNodes) terminating.add(node);
  }
  return ready.size > 0 ? ready : terminating;
}

function addressesOn(names: ReadonlySet<string>, store: ObjectReader, addressesOf: (node: NodeObject) => Addresses): Addresses {
  const ipv4 = new Map<string, Uint8Array>();
  const ipv6 = new Map<string, Uint8Array>();
  for (const name of names) {
    const node = store.get(NODES, name);
    if (node === undefined || !node.ready || node.deleting) continue;
    const addresses = addressesOf(node);
    for (const [key, rdata] of addresses.ipv4) ipv4.set(key, rdata);
    for (const [key, rdata] of addresses.ipv6) ipv6.set(key, rdata);
  }
  return { ipv4, ipv6 };
}
