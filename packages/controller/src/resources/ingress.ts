import { fieldsAt, readItems, stringAt, stringsAt } from './fields.ts';
import { keptAnnotations, keptLabels } from './kept-metadata.ts';
import { loadBalancerTargets } from './load-balancer.ts';
import type { Resource, StoredObject } from './resource.ts';

/** An Ingress, trimmed. */
export interface IngressObject extends StoredObject {
  readonly annotations: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  /** `spec.ingressClassName`; empty where there is none. */
  readonly className: string;
  /** The hosts of `spec.rules`, each once. */
  readonly ruleHosts: readonly string[];
  /** The hosts of `spec.tls`, each once. */
  readonly tlsHosts: readonly string[];
  /** The load balancer's addresses, and the host names of those that have none. */
  readonly loadBalancer: readonly string[];
}

const NONE: readonly string[] = Object.freeze([]);

export const INGRESSES: Resource<IngressObject> = {
  id: 'ingresses.networking.k8s.io',
  apiVersion: 'networking.k8s.io/v1',
  kind: 'Ingress',
  plural: 'ingresses',
  namespaced: true,
  project(raw, base, keep) {
    const spec = fieldsAt(raw, 'spec');
    const ruleHosts = new Set<string>();
    const tlsHosts = new Set<string>();
    readItems(spec, 'rules', 'spec', (rule) => {
      ruleHosts.add(stringAt(rule, 'host', '') ?? '');
    });
    readItems(spec, 'tls', 'spec', (tls) => {
      for (const host of stringsAt(tls, 'hosts', '')) tlsHosts.add(host);
    });
    return {
      ...base,
      annotations: keptAnnotations(raw, keep),
      labels: keptLabels(raw, keep),
      className: stringAt(spec, 'ingressClassName', 'spec') ?? '',
      ruleHosts: hostsOf(ruleHosts),
      tlsHosts: hostsOf(tlsHosts),
      loadBalancer: loadBalancerTargets(raw),
    };
  },
};

/** A rule without a host is for every host, and names none. */
function hostsOf(hosts: Set<string>): readonly string[] {
  hosts.delete('');
  return hosts.size === 0 ? NONE : [...hosts];
}
