import type { ExternalDnsAnnotations } from '../annotations/external-dns.ts';
import { readFlag } from '../annotations/flag.ts';
import type { Target } from '../annotations/target.ts';
import type { ServiceObject } from '../resources/service.ts';
import type { ProblemList } from './problem-list.ts';
import { readTargets, statusTargets } from './read-targets.ts';

/** k8s_gateway's annotation by which a Service of any type has the addresses of its endpoints. */
export const RESOLVE_ENDPOINTS = 'k8s-gateway.dns/resolve-endpoints';

/** Where the addresses of a Service's names come from. */
export type ServiceAddresses =
  | { readonly kind: 'targets'; readonly targets: readonly Target[] }
  /** Its endpoints'. */
  | { readonly kind: 'endpoints' }
  /** As `endpoints`, by external-dns's rules for headless Services. */
  | { readonly kind: 'headless' }
  /** It has none that are to be known outside the cluster, and so no name. */
  | { readonly kind: 'nothing' };

/** What of a Service is published. */
export interface ServiceAddressOptions {
  /** Cluster IPs are published at the names of the annotation `hostname`. */
  readonly publishClusterIPs: boolean;
  /** EndpointSlices are known. */
  readonly endpoints: boolean;
}

/**
 * The addresses of a Service: those of the annotation `target`; its endpoints', where it asks for them; its external IPs, beside which a load balancer's status
 * does not count; and then what its type has.
 */
export function serviceAddresses(
  service: ServiceObject,
  external: ExternalDnsAnnotations,
  options: ServiceAddressOptions,
  problems: ProblemList,
): ServiceAddresses {
  const isNodePort = service.type === 'NodePort';
  if (external.targetsGiven && !isNodePort) return { kind: 'targets', targets: external.targets };
  if (options.endpoints && readFlag(service.annotations, RESOLVE_ENDPOINTS, problems)) return { kind: 'endpoints' };
  const targetsOf = (texts: readonly string[], path: string): ServiceAddresses => {
    return { kind: 'targets', targets: statusTargets(texts, path, problems) };
  };
  // What nodes forward is for the source nodeport to say; two sources that ask for one name would be in each other's way.
  if (isNodePort) return { kind: 'nothing' };
  if (service.externalIPs.length > 0) return targetsOf(service.externalIPs, 'spec.externalIPs');
  switch (service.type) {
    case 'LoadBalancer':
      return targetsOf(service.loadBalancer, 'status.loadBalancer.ingress');
    case 'ExternalName':
      return targetsOf(service.externalName === '' ? [] : [service.externalName], 'spec.externalName');
    case 'ClusterIP':
      if (service.headless) return { kind: options.endpoints ? 'headless' : 'nothing' };
      return options.publishClusterIPs ? targetsOf(service.clusterIPs, 'spec.clusterIPs') : { kind: 'nothing' };
    default:
      return { kind: 'nothing' };
  }
}

/** The cluster IPs of a Service, for names that are asked for inside; undefined where it is of a kind that has none. */
export function internalAddresses(
  service: ServiceObject,
  external: ExternalDnsAnnotations,
  problems: ProblemList,
): readonly Target[] | undefined {
  if (service.headless || service.type === 'ExternalName') return undefined;
  return external.targetsGiven ? external.targets : readTargets(service.clusterIPs, 'spec.clusterIPs', problems);
}
