import type { DesiredRRset, OwnerName } from '@kubezone/core';

import { type ExternalDnsAnnotations, externalDnsPath } from '../annotations/external-dns.ts';
import { type NodeObject, NODES } from '../resources/node.ts';
import { type PodObject, PODS } from '../resources/pod.ts';
import { keyOf } from '../resources/resource.ts';
import type { ObjectReader } from '../store/object-store.ts';
import { desireTargets } from './desire-targets.ts';
import { type HostList, hostOwners } from './host-owners.ts';
import { addressesOfNodes, type InternalIPv6, sameAddresses } from './node-targets.ts';
import { keptFor, type ObjectSourceOptions, readAnnotations } from './object-source.ts';
import { PODS_ON_NODE } from './pods-on-node.ts';
import { ProblemList } from './problem-list.ts';
import { readTargets } from './read-targets.ts';
import { type Dependency, type Desire, NO_DESIRE, type Source } from './source.ts';
import { type TemplatedNames, templatedHosts } from './templated-names.ts';

export interface PodOptions extends ObjectSourceOptions {
  /** Names for pods that no annotation names. @default they have none */
  readonly template?: TemplatedNames;
  /** A domain in which every pod has its own address under its name. @default none */
  readonly domain?: string;
  /** Only pods in their node's own network are looked at. @default false */
  readonly hostNetworkOnly?: boolean;
  /** Whether a node's internal IPv6 addresses go with its external addresses. @default public */
  readonly internalIPv6?: InternalIPv6;
}

/**
 * Pods by external-dns's annotations: `hostname` has the external addresses of the pod's node, `internal-hostname` the pod's own. Several pods may have one
 * name. Pods that have ended ask for nothing.
 */
export function pod(options: PodOptions): Source<PodObject> {
  const { naming, template, domain, hostNetworkOnly = false, internalIPv6 = 'public' } = options;

  const nodes: Dependency<NodeObject> = {
    resource: NODES,
    *concerns(node, store) {
      for (const one of store.select(PODS_ON_NODE, node.name)) yield keyOf(one);
    },
    differs: (before, after) => !sameAddresses(before, after),
  };

  const nodeAddresses = ({ node: name }: PodObject, store: ObjectReader): readonly string[] => {
    const node = name === '' ? undefined : store.get(NODES, name);
    return node === undefined ? [] : addressesOfNodes([node], 'ExternalIP', internalIPv6);
  };
  const hostsOf = (object: PodObject, external: ExternalDnsAnnotations, problems: ProblemList): readonly HostList[] => {
    const templated = templatedHosts(template, object, PODS, external.hostnamesGiven, problems);
    return [
      {
        hosts: template?.use === 'only' ? [] : external.hostnames,
        scope: 'relative',
        path: externalDnsPath(object.annotations, 'hostname'),
      },
      { hosts: templated, scope: 'absolute', path: 'the template' },
    ];
  };
  const internalHostsOf = (
    { name, annotations }: PodObject,
    { internalHostnames }: ExternalDnsAnnotations,
  ): readonly HostList[] => [
    { hosts: internalHostnames, scope: 'relative', path: externalDnsPath(annotations, 'internal-hostname') },
    { hosts: domain === undefined ? [] : [`${name}.${domain}`], scope: 'absolute', path: 'metadata.name' },
  ];

  return {
    kind: 'pod',
    resource: PODS,
    reads: [nodes],
    indexes: [PODS_ON_NODE],
    ...keptFor(options),
    desire(object, store): Desire {
      if (object.finished || (hostNetworkOnly && !object.hostNetwork)) return NO_DESIRE;
      const read = readAnnotations(object, options);
      if (read.kind === 'silent') return read.desire;
      const { external } = read;
      const problems = new ProblemList();
      const desired: DesiredRRset[] = [];
      const desire = (hosts: readonly HostList[], addresses: () => readonly string[], path: string): void => {
        const owners = hostOwners(hosts, naming, problems);
        if (owners.size === 0) return;
        const targets = external.targetsGiven ? external.targets : readTargets(addresses(), path, problems);
        desireTargets(owners, (owner: OwnerName) => external.ttl ?? naming.ttlOf(owner), targets, external, desired);
      };
      desire(hostsOf(object, external, problems), () => nodeAddresses(object, store), 'the addresses of its node');
      desire(internalHostsOf(object, external), () => object.podIPs, 'status.podIPs');
      return { desired, problems: [...external.problems, ...problems.all()], ...problems.outside() };
    },
  };
}
