import { type DesiredRRset, isFailure, isWildcard, type OwnerName, prependLabel, scanRdataText, TYPE } from '@kubezone/core';

import type { ExternalDnsAnnotations } from '../annotations/external-dns.ts';
import { ENDPOINT_SLICES, type EndpointSliceObject } from '../resources/endpoint-slice.ts';
import { type NodeObject, NODES } from '../resources/node.ts';
import { quote } from '../resources/fields.ts';
import { keyOf } from '../resources/resource.ts';
import { type ServiceObject, SERVICES } from '../resources/service.ts';
import type { ObjectIndex, ObjectReader } from '../store/object-store.ts';
import { sameContent } from '../store/same-content.ts';
import { desireTargets } from './desire-targets.ts';
import { hostOwners } from './host-owners.ts';
import type { Naming } from './naming.ts';
import { addressesOfNodes, type InternalIPv6, type NodeAddressType, sameAddresses } from './node-targets.ts';
import { keptFor, type ObjectSourceOptions, readAnnotations } from './object-source.ts';
import { ProblemList } from './problem-list.ts';
import { limitTargets, readTargets } from './read-targets.ts';
import { COREDNS_HOSTNAME, MATE_HOSTNAME, serviceHosts } from './service-hosts.ts';
import { serviceOf, SLICES_OF_SERVICE } from './service-slices.ts';
import { type Dependency, type Desire, NO_DESIRE, type Source } from './source.ts';
import type { TemplatedNames } from './templated-names.ts';

export interface NodeportOptions extends ObjectSourceOptions {
  /** Names for Services that no annotation names. @default they have none */
  readonly template?: TemplatedNames;
  /** Which addresses of nodes are meant, where the annotation `access` says nothing. @default ExternalIP-or-InternalIP */
  readonly addressType?: NodeAddressType;
  /** Nodes that are cordoned count too. @default false */
  readonly unschedulableNodes?: boolean;
  /** Whether internal IPv6 addresses are published with external addresses. @default private */
  readonly internalIPv6?: InternalIPv6;
}

/** All Nodes, under one value. */
const EVERY_NODE: ObjectIndex<NodeObject> = { name: 'every node', resource: NODES, values: () => [''] };

/** The Services of type NodePort, under one value. */
const NODE_PORT_SERVICES: ObjectIndex<ServiceObject> = {
  name: 'of type NodePort',
  resource: SERVICES,
  values: ({ type }) => (type === 'NodePort' ? [''] : []),
};

/** `0 50 <port> <host>.`, as external-dns has it: one priority, and equal shares. */
const PRIORITY_AND_WEIGHT = '0 50';
/** A Service's name as a label of an SRV record's owner. */
const SERVICE_LABEL = /^[a-z0-9](?:[a-z0-9-]{0,60}[a-z0-9])?$/;

/**
 * Services of type NodePort by the addresses of the nodes that are ready and schedulable: the external ones where there are any, or as the annotation `access` says;
 * and SRV records for their ports, at `_<service>._<protocol>.<host>`.
 *
 * With `externalTrafficPolicy: Local` only nodes with an endpoint count, as the others drop the traffic.
 */
export function nodeport(options: NodeportOptions): Source<ServiceObject> {
  const { naming, template, addressType = 'ExternalIP-or-InternalIP' } = options;
  const { unschedulableNodes = false, internalIPv6 = 'private' } = options;
  const counts = (node: NodeObject): boolean => node.ready && !node.deleting && (unschedulableNodes || !node.unschedulable);

  const nodes: Dependency<NodeObject> = {
    resource: NODES,
    *concerns(_node, store) {
      for (const one of store.select(NODE_PORT_SERVICES, '')) yield keyOf(one);
    },
    differs: (before, after) => counts(before) !== counts(after) || (counts(after) && !sameAddresses(before, after)),
  };
  const slices: Dependency<EndpointSliceObject> = {
    resource: ENDPOINT_SLICES,
    *concerns(slice, store) {
      const key = serviceOf(slice);
      if (store.get(SERVICES, key)?.localTraffic === true) yield key;
    },
    differs: (before, after) => before.service !== after.service || !sameContent(localNodes([before]), localNodes([after])),
  };

  const targetsOf = (object: ServiceObject, { access }: ExternalDnsAnnotations, store: ObjectReader): readonly string[] => {
    const local = object.localTraffic ? localNodes(store.select(SLICES_OF_SERVICE, keyOf(object))) : undefined;
    const usable: NodeObject[] = [];
    for (const node of store.select(EVERY_NODE, '')) if (counts(node)) usable.push(node);
    return addressesOfNodes(
      local === undefined ? usable : bestTier(usable, local),
      addressTypeOf(access) ?? addressType,
      internalIPv6,
    );
  };

  return {
    kind: 'nodeport',
    resource: SERVICES,
    reads: [nodes, slices],
    indexes: [EVERY_NODE, NODE_PORT_SERVICES, SLICES_OF_SERVICE],
    ...keptFor(options, [COREDNS_HOSTNAME, MATE_HOSTNAME]),
    desire(object, store): Desire {
      if (object.type !== 'NodePort') return NO_DESIRE;
      const read = readAnnotations(object, options);
      if (read.kind === 'silent') return read.desire;
      const { external } = read;
      const problems = new ProblemList();
      const desired: DesiredRRset[] = [];
      const owners = hostOwners(serviceHosts(object, external, template, problems) ?? [], naming, problems);
      if (owners.size > 0) {
        const ttl = (owner: OwnerName): number => external.ttl ?? naming.ttlOf(owner);
        const path = 'the addresses of nodes';
        const targets = external.targetsGiven
          ? external.targets
          : limitTargets(readTargets(targetsOf(object, external, store), path, problems), path, problems);
        desireTargets(owners, ttl, targets, external, desired);
        if (targets.length > 0) desirePorts(object, owners, ttl, naming, desired, problems);
      }
      return { desired, problems: [...external.problems, ...problems.all()], ...problems.outside() };
    },
  };
}

function addressTypeOf(access: ExternalDnsAnnotations['access']): NodeAddressType | undefined {
  if (access === undefined) return undefined;
  return access === 'public' ? 'ExternalIP' : 'InternalIP';
}

/** The nodes with endpoints of a Service, in the order in which traffic may go to them: ready, terminating but serving, and whatever else runs. */
function localNodes(slices: Iterable<EndpointSliceObject>): readonly (readonly string[])[] {
  const tiers = { ready: new Set<string>(), terminating: new Set<string>(), 'not-ready': new Set<string>() };
  for (const { endpoints } of slices) {
    for (const { node, state } of endpoints) if (node !== '') tiers[state].add(node);
  }
  return [[...tiers.ready], [...tiers.terminating], [...tiers['not-ready']]];
}

/** The nodes of the first tier that has any. */
function bestTier(nodes: readonly NodeObject[], tiers: readonly (readonly string[])[]): readonly NodeObject[] {
  for (const tier of tiers) {
    const names = new Set(tier);
    const found = nodes.filter(({ name }) => names.has(name));
    if (found.length > 0) return found;
  }
  return [];
}

function desirePorts(
  { name, nodePorts }: ServiceObject,
  owners: ReadonlySet<OwnerName>,
  ttl: (owner: OwnerName) => number,
  naming: Naming,
  desired: DesiredRRset[],
  problems: ProblemList,
): void {
  const byProtocol = Map.groupBy(nodePorts, ({ protocol }) => protocol);
  for (const owner of owners) {
    if (isWildcard(owner) || !SERVICE_LABEL.test(name)) continue;
    for (const [protocol, ports] of byProtocol) {
      const below = prependLabel(`_${protocol}`, owner);
      const place = below === undefined ? undefined : prependLabel(`_${name}`, below);
      const rdatas = ports.flatMap(({ nodePort }) => {
        const rdata = scanRdataText(TYPE.SRV, `${PRIORITY_AND_WEIGHT} ${nodePort} ${owner}`);
        return isFailure(rdata) ? [] : [rdata];
      });
      if (place === undefined || rdatas.length === 0) continue;
      // A Service called "owner" would stand where ownership markers do.
      const places = naming.ownersOf(place, 'absolute');
      if (isFailure(places)) {
        const message = `found ${quote(place)} for its SRV records, expected an owner name: ${places.message}`;
        problems.add({ code: 'OWNER_NAME_INVALID', path: 'metadata.name', message });
      } else {
        desired.push({ kind: 'rrset', owner: place, type: TYPE.SRV, ttl: ttl(owner), rdatas });
      }
    }
  }
}
