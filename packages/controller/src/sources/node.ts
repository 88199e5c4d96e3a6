import type { DesiredRRset, OwnerName } from '@kubezone/core';

import { type NodeObject, NODES } from '../resources/node.ts';
import { desireTargets } from './desire-targets.ts';
import { type HostList, hostOwners } from './host-owners.ts';
import { addressesOfNodes, type InternalIPv6, type NodeAddressType } from './node-targets.ts';
import { keptFor, type ObjectSourceOptions, readAnnotations } from './object-source.ts';
import { ProblemList } from './problem-list.ts';
import { readTargets } from './read-targets.ts';
import type { Desire, Source } from './source.ts';
import { type TemplatedNames, templatedHosts } from './templated-names.ts';

export interface NodeOptions extends ObjectSourceOptions {
  /** Names in place of those that the node has. @default its addresses of type Hostname, or else its name */
  readonly template?: TemplatedNames;
  /** @default InternalIP */
  readonly addressType?: NodeAddressType;
  /** Whether internal IPv6 addresses are published with external addresses. @default private */
  readonly internalIPv6?: InternalIPv6;
  /** Nodes that are cordoned have their addresses, too. @default true */
  readonly unschedulableNodes?: boolean;
  /** Nodes that are not ready have their addresses, too: a name that only one node has is that node's, whatever its state. @default true */
  readonly notReadyNodes?: boolean;
}

/** Nodes under their own names. A node without an address of the wanted type has its name all the same. */
export function node(options: NodeOptions): Source<NodeObject> {
  const { naming, template, addressType = 'InternalIP', internalIPv6 = 'private' } = options;
  const { unschedulableNodes = true, notReadyNodes = true } = options;

  const hostsOf = (object: NodeObject, problems: ProblemList): readonly HostList[] => {
    const templated = templatedHosts(template, object, NODES, false, problems);
    const lists: HostList[] = [{ hosts: templated, scope: 'absolute', path: 'the template' }];
    if (template !== undefined && template.use !== 'also') return lists;
    const { hostnames, name } = object;
    if (hostnames.length > 0) lists.push({ hosts: hostnames, scope: 'relative', path: 'status.addresses' });
    else lists.push({ hosts: [name], scope: 'relative', path: 'metadata.name' });
    return lists;
  };

  return {
    kind: 'node',
    resource: NODES,
    reads: [],
    indexes: [],
    ...keptFor(options),
    desire(object): Desire {
      const read = readAnnotations(object, options);
      if (read.kind === 'silent') return read.desire;
      const { external } = read;
      const problems = new ProblemList();
      const desired: DesiredRRset[] = [];
      const owners = hostOwners(hostsOf(object, problems), naming, problems);
      const usable = (object.ready || notReadyNodes) && (!object.unschedulable || unschedulableNodes);
      const addresses = usable ? addressesOfNodes([object], addressType, internalIPv6) : [];
      const targets = usable && external.targetsGiven ? external.targets : readTargets(addresses, 'status.addresses', problems);
      desireTargets(owners, (owner: OwnerName) => external.ttl ?? naming.ttlOf(owner), targets, external, desired);
      return { desired, problems: [...external.problems, ...problems.all()], ...problems.outside() };
    },
  };
}
