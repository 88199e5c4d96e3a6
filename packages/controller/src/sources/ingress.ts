import type { DesiredRRset, OwnerName } from '@kubezone/core';

import { type ExternalDnsAnnotations, externalDnsPath } from '../annotations/external-dns.ts';
import { INGRESSES, type IngressObject } from '../resources/ingress.ts';
import { desireTargets } from './desire-targets.ts';
import { type HostList, hostOwners } from './host-owners.ts';
import { keptFor, type ObjectSourceOptions, readAnnotations } from './object-source.ts';
import { ProblemList } from './problem-list.ts';
import { statusTargets } from './read-targets.ts';
import { type Desire, NO_DESIRE, type Source } from './source.ts';
import { type TemplatedNames, templatedHosts } from './templated-names.ts';

export interface IngressOptions extends ObjectSourceOptions {
  /** The classes of Ingresses that are looked at; one without a class is of none of them. @default all, and those without */
  readonly classes?: readonly string[];
  /** Names for Ingresses that name no host. @default they have none */
  readonly template?: TemplatedNames;
  /** The hosts of `spec.rules` count. @default true */
  readonly ruleHosts?: boolean;
  /** The hosts of `spec.tls` count. @default true */
  readonly tlsHosts?: boolean;
}

/** The annotation that named an Ingress's class before `spec.ingressClassName`, which counts before it. */
export const LEGACY_CLASS = 'kubernetes.io/ingress.class';

/** How many hosts one Ingress may have. */
const MAX_HOSTS = 1000;

/**
 * Ingresses by the addresses of their load balancer, at the hosts of their rules and certificates and those that the annotation `hostname` adds. Hosts of
 * rules are absolute, whatever they look like.
 */
export function ingress(options: IngressOptions): Source<IngressObject> {
  const { naming, classes = [], template, ruleHosts = true, tlsHosts = true } = options;

  const hostsOf = (object: IngressObject, external: ExternalDnsAnnotations, problems: ProblemList): readonly HostList[] => {
    const { ingressHostnameSource: hostnameSource, hostnames, hostnamesGiven } = external;
    const ofRules = ruleHosts && hostnameSource !== 'annotation-only' ? object.ruleHosts : [];
    const ofCertificates = tlsHosts && hostnameSource !== 'annotation-only' ? object.tlsHosts : [];
    const annotated = hostnameSource !== 'defined-hosts-only' && template?.use !== 'only';
    const named = ofRules.length > 0 || ofCertificates.length > 0 || (annotated && hostnamesGiven);
    const templated = templatedHosts(template, object, INGRESSES, named, problems);
    return [
      defined(ofRules, 'spec.rules', problems),
      defined(ofCertificates, 'spec.tls', problems),
      { hosts: annotated ? hostnames : [], scope: 'relative', path: externalDnsPath(object.annotations, 'hostname') },
      { hosts: templated, scope: 'absolute', path: 'the template' },
    ];
  };

  return {
    kind: 'ingress',
    resource: INGRESSES,
    reads: [],
    indexes: [],
    ...keptFor(options, [LEGACY_CLASS]),
    desire(object): Desire {
      if (classes.length > 0 && !classes.includes(object.className || (object.annotations[LEGACY_CLASS] ?? ''))) return NO_DESIRE;
      const read = readAnnotations(object, options);
      if (read.kind === 'silent') return read.desire;
      const { external } = read;
      const problems = new ProblemList();
      const desired: DesiredRRset[] = [];
      const owners = hostOwners(hostsOf(object, external, problems), naming, problems);
      if (owners.size > 0) {
        const path = 'status.loadBalancer.ingress';
        const targets = external.targetsGiven ? external.targets : statusTargets(object.loadBalancer, path, problems);
        const ttl = (owner: OwnerName): number => external.ttl ?? naming.ttlOf(owner);
        desireTargets(owners, ttl, targets, external, desired);
      }
      return { desired, problems: [...external.problems, ...problems.all()], ...problems.outside() };
    },
  };
}

function defined(hosts: readonly string[], path: string, problems: ProblemList): HostList {
  if (hosts.length <= MAX_HOSTS) return { hosts, scope: 'absolute', path };
  const message = `${path}: found ${hosts.length} hosts, expected at most ${MAX_HOSTS}; none of them is used`;
  problems.add({ code: 'LIST_TOO_LONG', path, message });
  return { hosts: [], scope: 'absolute', path };
}
