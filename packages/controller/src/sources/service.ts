import type { DesiredRRset, OwnerName } from '@kubezone/core';

import { type ExternalDnsAnnotations, externalDnsPath } from '../annotations/external-dns.ts';
import { type ServiceObject, SERVICES } from '../resources/service.ts';
import { desireTargets } from './desire-targets.ts';
import { desireEndpoints, type EndpointRules } from './headless.ts';
import { type HostList, hostOwners } from './host-owners.ts';
import { keptFor, type ObjectSourceOptions, readAnnotations } from './object-source.ts';
import { ProblemList } from './problem-list.ts';
import { internalAddresses, RESOLVE_ENDPOINTS, type ServiceAddresses, serviceAddresses } from './service-addresses.ts';
import { COREDNS_HOSTNAME, MATE_HOSTNAME, serviceHosts } from './service-hosts.ts';
import { HEADLESS_NODES, HEADLESS_PODS, SERVICE_SLICES } from './service-reads.ts';
import { SLICES_OF_POD, SLICES_OF_SERVICE, SLICES_ON_NODE } from './service-slices.ts';
import { type Desire, NO_DESIRE, type Source } from './source.ts';
import type { TemplatedNames } from './templated-names.ts';

export interface ServiceOptions extends ObjectSourceOptions {
  /** Names for Services that no annotation names. @default name.namespace, where a load balancer or its endpoints give it addresses */
  readonly template?: TemplatedNames;
  /** Which types of Service are looked at. @default all */
  readonly types?: readonly string[];
  /** Services of type ClusterIP publish their cluster IPs at the names of the annotation `hostname`. @default false */
  readonly publishClusterIPs?: boolean;
  /** Endpoints that are not ready count in every headless Service. @default false */
  readonly publishNotReadyAddresses?: boolean;
  /** Headless Services that do not say which addresses they want have those of their pods' nodes. @default false */
  readonly publishHostIPs?: boolean;
  /** EndpointSlices and Nodes are read: for headless Services, and those that ask for the addresses of their endpoints. @default true */
  readonly endpoints?: boolean;
  /** Pods are read, whose annotation `target` counts in headless Services. @default where the annotation target is honoured */
  readonly pods?: boolean;
}

/**
 * Services by the addresses under which they can be reached: those of their load balancer, their external IPs, an external name, cluster IPs where somebody asks for
 * them, or those of their endpoints.
 *
 * A Service that asks for a name and has no address yet makes the name exist.
 */
export function service(options: ServiceOptions): Source<ServiceObject> {
  const { naming, externalDns, types, template, endpoints = true, publishClusterIPs = false } = options;
  const pods = endpoints && (options.pods ?? externalDns.target === 'honour');

  const rulesFor = (kind: 'endpoints' | 'headless', { endpointsType }: ExternalDnsAnnotations): EndpointRules => {
    if (kind === 'endpoints') return { notReadyToo: false, addresses: 'own' };
    return {
      notReadyToo: options.publishNotReadyAddresses ?? false,
      addresses: endpointsType ?? (options.publishHostIPs === true ? 'HostIP' : 'own'),
      ...(pods ? { pods: externalDns } : {}),
    };
  };

  return {
    kind: 'service',
    resource: SERVICES,
    reads: endpoints ? [SERVICE_SLICES, HEADLESS_NODES, ...(pods ? [HEADLESS_PODS] : [])] : [],
    indexes: endpoints ? [SLICES_OF_SERVICE, SLICES_ON_NODE, ...(pods ? [SLICES_OF_POD] : [])] : [],
    ...keptFor(options, [COREDNS_HOSTNAME, MATE_HOSTNAME, RESOLVE_ENDPOINTS]),
    desire(object, store): Desire {
      if (types?.includes(object.type) === false) return NO_DESIRE;
      const read = readAnnotations(object, options);
      if (read.kind === 'silent') return read.desire;
      const { external } = read;
      const problems = new ProblemList();
      const desired: DesiredRRset[] = [];
      const ttl = (owner: OwnerName): number => external.ttl ?? naming.ttlOf(owner);
      const ownersOf = (hosts: readonly HostList[]): ReadonlySet<OwnerName> => hostOwners(hosts, naming, problems);

      const addresses = serviceAddresses(object, external, { publishClusterIPs, endpoints }, problems);
      if (addresses.kind !== 'nothing') {
        const owners = ownersOf(serviceHosts(object, external, template, problems) ?? defaultHosts(object, addresses));
        if (addresses.kind === 'targets') desireTargets(owners, ttl, addresses.targets, external, desired);
        else {
          const holding = { owners, ttl, qualifiers: external };
          desireEndpoints(object, holding, rulesFor(addresses.kind, external), store, desired, problems);
        }
      }
      const { internalHostnames } = external;
      const internal = internalHostnames.length === 0 ? undefined : internalAddresses(object, external, problems);
      if (internal !== undefined) {
        const path = externalDnsPath(object.annotations, 'internal-hostname');
        const hosts = { hosts: internalHostnames, scope: 'relative', path } as const;
        desireTargets(ownersOf([hosts]), ttl, internal, external, desired);
      }
      return { desired, problems: [...external.problems, ...problems.all()], ...problems.outside() };
    },
  };
}

/** `name.namespace`, as k8s_gateway has it, for Services that are reached from outside without being named. */
function defaultHosts({ name, namespace, type }: ServiceObject, addresses: ServiceAddresses): readonly HostList[] {
  if (type !== 'LoadBalancer' && addresses.kind !== 'endpoints') return [];
  return [{ hosts: [`${name}.${namespace}`], scope: 'relative', path: 'metadata.name' }];
}
