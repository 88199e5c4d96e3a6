import { isFailure, rdataKey, scanAddress, TYPE } from '@kubezone/core';

import type { LocalProblem } from '../cluster/problem.ts';
import { quote } from '../resources/fields.ts';
import type { NodeObject } from '../resources/node.ts';
import { ProblemList } from './problem-list.ts';

/** Addresses as rdata of A and AAAA, by `rdataKey`: each once, whatever the spelling. */
export interface Addresses {
  readonly ipv4: ReadonlyMap<string, Uint8Array>;
  readonly ipv6: ReadonlyMap<string, Uint8Array>;
}

/** The addresses that a node's annotation lists, and the entries that are none. */
export interface NodeAddresses extends Addresses {
  readonly problems: readonly LocalProblem[];
}

export const NO_ADDRESSES: Addresses = { ipv4: new Map(), ipv6: new Map() };

/**
 * Reads the addresses of nodes from an annotation: a comma-separated list of IPv4 and IPv6 addresses. IPv4-mapped IPv6 addresses are IPv4
 * addresses; addresses in `status` are never looked at. What is read is kept as long as the node object: a thousand Services on a node
 * cost one reading.
 */
export function nodeAddressReader(annotation: string): (node: NodeObject) => NodeAddresses {
  const known = new WeakMap<NodeObject, NodeAddresses>();
  return (node) => {
    let addresses = known.get(node);
    if (addresses === undefined) {
      addresses = scanAddressList(node.annotations[annotation] ?? '', `metadata.annotations["${annotation}"]`);
      known.set(node, addresses);
    }
    return addresses;
  };
}

function scanAddressList(list: string, path: string): NodeAddresses {
  const ipv4 = new Map<string, Uint8Array>();
  const ipv6 = new Map<string, Uint8Array>();
  const problems = new ProblemList();
  for (const entry of list.split(',')) {
    const text = entry.trim();
    if (text === '') continue;
    const address = scanAddress(text);
    if (isFailure(address)) {
      problems.add({
        code: 'ADDRESS_INVALID',
        path,
        message: `${path}: found ${quote(text)}, expected an IPv4 or IPv6 address`,
      });
      continue;
    }
    (address.type === TYPE.A ? ipv4 : ipv6).set(rdataKey(address.type, address.rdata), address.rdata);
  }
  return { ipv4, ipv6, problems: problems.all() };
}
