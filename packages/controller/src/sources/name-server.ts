import type { OwnerName } from '@kubezone/core';

import type { Target } from '../annotations/target.ts';
import { keyOf, type ObjectKey } from '../resources/resource.ts';
import { type ServiceObject, SERVICES } from '../resources/service.ts';
import { desireTargets } from './desire-targets.ts';
import { ProblemList } from './problem-list.ts';
import { statusTargets } from './read-targets.ts';
import { type Desire, NO_DESIRE, type Source } from './source.ts';

/** A name server of a zone that is reached through a Service. */
export interface ServiceNameServer {
  /** In a zone that is served. */
  readonly name: OwnerName;
  /** `namespace/name` of the Service. */
  readonly service: ObjectKey;
  /** Seconds. */
  readonly ttl: number;
}

export interface NameServerOptions {
  readonly servers: readonly ServiceNameServer[];
}

/**
 * Services that a zone's configuration names as its name servers: each name server has its Service's addresses, whatever else asks for that name. It is
 * part of the zone's own configuration (source kind `zone`), so labels, annotations and filters of objects do not count.
 *
 * The name itself exists by the configuration, also while there is no such Service (core's `configuredNames`).
 */
export function nameServer({ servers }: NameServerOptions): Source<ServiceObject> {
  const byService = Map.groupBy(servers, ({ service }) => service);
  return {
    kind: 'zone',
    resource: SERVICES,
    reads: [],
    indexes: [],
    annotations: [],
    desire(service): Desire {
      const named = service.deleting ? undefined : byService.get(keyOf(service));
      if (named === undefined) return NO_DESIRE;
      const problems = new ProblemList();
      const targets = addressesOf(service, problems);
      const desired: Desire['desired'][number][] = [];
      // Two zones may share a name server.
      for (const [name, ofName] of Map.groupBy(named, (server) => server.name)) {
        desireTargets([name], Math.min(...ofName.map(({ ttl }) => ttl)), targets, {}, desired);
      }
      return { desired, problems: problems.all() };
    },
  };
}

/**
 * Where a name server is reached: at the external IPs, or where there are none at the load balancer; a Service without either at its cluster IPs, for a zone that is
 * served inside the cluster only.
 */
function addressesOf(service: ServiceObject, problems: ProblemList): readonly Target[] {
  const [texts, path] = placeOf(service);
  if (path === '') {
    const message = `found type ${service.type}${service.headless ? ' without a cluster IP' : ''}, expected a Service with addresses: it is the name server of a zone`;
    problems.add({ code: 'TARGET_INVALID', path: 'spec', message });
  }
  return statusTargets(texts, path, problems);
}

function placeOf({ type, headless, externalIPs, loadBalancer, clusterIPs }: ServiceObject): readonly [readonly string[], string] {
  if (externalIPs.length > 0) return [externalIPs, 'spec.externalIPs'];
  if (type === 'LoadBalancer') return [loadBalancer, 'status.loadBalancer.ingress'];
  return headless || type === 'ExternalName' ? [[], ''] : [clusterIPs, 'spec.clusterIPs'];
}
