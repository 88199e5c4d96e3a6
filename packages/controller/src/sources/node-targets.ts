import { isFailure, TYPE } from '@kubezone/core';

import { readTarget } from '../annotations/target.ts';
import type { NodeObject } from '../resources/node.ts';

/** Which of a node's addresses are meant: those of one type, or its external ones where it has any, and its internal ones otherwise. */
export type NodeAddressType = 'ExternalIP' | 'InternalIP' | 'ExternalIP-or-InternalIP';

/**
 * Whether internal IPv6 addresses go with external addresses: most providers have no other IPv6 addresses on their nodes, and they are as public as
 * the network makes them.
 */
export type InternalIPv6 = 'public' | 'private';

/** The addresses of some nodes, each once, as texts. Whether there are external ones is asked of them all together. */
export function addressesOfNodes(
  nodes: readonly NodeObject[],
  type: NodeAddressType,
  internalIPv6: InternalIPv6,
): readonly string[] {
  const internal = new Set(nodes.flatMap(({ internalIPs }) => internalIPs));
  if (type === 'InternalIP') return [...internal];
  const external = new Set(nodes.flatMap(({ externalIPs }) => externalIPs));
  if (type === 'ExternalIP-or-InternalIP' && external.size === 0) return [...internal];
  if (internalIPv6 === 'public') {
    for (const address of internal) if (isIPv6(address)) external.add(address);
  }
  return [...external];
}

/** Whether nobody who looks at a node's addresses, as these functions do, would see a difference. */
export function sameAddresses(one: NodeObject, other: NodeObject): boolean {
  return one.externalIPs.join(' ') === other.externalIPs.join(' ') && one.internalIPs.join(' ') === other.internalIPs.join(' ');
}

function isIPv6(text: string): boolean {
  const target = readTarget(text);
  return !isFailure(target) && target.kind === 'address' && target.type === TYPE.AAAA;
}
