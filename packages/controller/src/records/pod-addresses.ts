import { type RRType, TYPE } from '@kubezone/core';

import { abridge } from '../resources/fields.ts';
import { type NodeObject, NODES } from '../resources/node.ts';
import type { PodObject } from '../resources/pod.ts';
import type { RecordObject } from '../resources/record.ts';
import type { ProblemList } from '../sources/problem-list.ts';
import { limitTargets } from '../sources/read-targets.ts';
import type { ObjectReader } from '../store/object-store.ts';
import { MAX_TARGETS, type Target } from '../annotations/target.ts';
import { type NodeAddressList, nodeAddressList } from './node-address-list.ts';
import type { RecordDemand } from './record-demand.ts';
import { podsOf } from './selected-pods.ts';

const PATH = 'spec.valueFrom';
/** How many nodes a message names. */
const NAMED_NODES = 3;

type PodDemand = Extract<RecordDemand, { kind: 'pods' }>;

/** The addresses of the nodes on which the selected pods run. That there are none is reported: nobody asks for a name without any. */
export function podAddresses(
  { namespace }: RecordObject,
  demand: PodDemand,
  store: ObjectReader,
  problems: ProblemList,
): readonly Target[] {
  const pods = podsOf(namespace, demand.selector, store);
  const nodes = nodesOf(pods, store);
  const { addresses, faults }: NodeAddressList = nodeAddressList(nodes.values(), demand.addressType);
  for (const { node, text } of faults) {
    const found = `${JSON.stringify(abridge(text))} as ${demand.addressType} of Node/${node}`;
    problems.add({ code: 'ADDRESS_INVALID', path: PATH, message: `${PATH}: found ${found}, expected an IPv4 or IPv6 address` });
  }
  const wanted = addresses.filter(({ type }) => demand.types.includes(type));
  if (wanted.length === 0) reportNone(pods, nodes, demand, problems);
  // They are each once already.
  return wanted.length > MAX_TARGETS ? limitTargets(wanted, PATH, problems) : wanted;
}

function nodesOf(pods: readonly PodObject[], store: ObjectReader): ReadonlyMap<string, NodeObject> {
  const nodes = new Map<string, NodeObject>();
  for (const { node: name } of pods) {
    const node = nodes.has(name) ? undefined : store.get(NODES, name);
    if (node !== undefined) nodes.set(name, node);
  }
  return nodes;
}

function reportNone(
  pods: readonly PodObject[],
  nodes: ReadonlyMap<string, NodeObject>,
  { addressType, types }: PodDemand,
  problems: ProblemList,
): void {
  const family = types.map((type: RRType) => (type === TYPE.A ? 'IPv4' : 'IPv6')).join(' or ');
  const missing = [...new Set(pods.map(({ node }) => node))].filter((name) => !nodes.has(name));
  const [found, expected] =
    pods.length === 0
      ? ['no pod that is scheduled and has not ended', 'one at least']
      : nodes.size === 0
        ? [`${pods.length} pods on ${nameNodes(missing)}`, 'nodes that there are']
        : [
            `${pods.length} pods on ${nameNodes([...nodes.keys()])}`,
            `a node with an address of type ${addressType} and of ${family}`,
          ];
  problems.add({ code: 'NODE_ADDRESSES_MISSING', path: PATH, message: `${PATH}: found ${found}, expected ${expected}` });
}

/** In order, so that the message is the same for the same nodes. */
function nameNodes(names: readonly string[]): string {
  const named = names.toSorted().slice(0, NAMED_NODES).join(', ');
  const more = names.length - NAMED_NODES;
  return more > 0 ? `${named} and ${more} more nodes` : named;
}
