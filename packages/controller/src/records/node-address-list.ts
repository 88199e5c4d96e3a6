import { isFailure, rdataKey, scanAddress, TYPE } from '@kubezone/core';

import type { Target } from '../annotations/target.ts';
import type { NodeObject } from '../resources/node.ts';
import type { RecordAddressType } from './record-rules.ts';

/** An address of a node, as an address target. */
type AddressTarget = Extract<Target, { kind: 'address' }>;

/** The addresses that nodes have of one kind, each once. */
export interface NodeAddressList {
  readonly addresses: readonly AddressTarget[];
  /** What stands in the place of an address, and is none. */
  readonly faults: readonly { readonly node: string; readonly text: string }[];
}

interface ReadNode {
  readonly addresses: readonly { readonly key: string; readonly target: AddressTarget }[];
  readonly faults: readonly string[];
}

/** What has been read of a node, as long as it is the same: a thousand Records on it cost one reading. */
const READ: Readonly<Record<RecordAddressType, WeakMap<NodeObject, ReadNode>>> = {
  ExternalIP: new WeakMap(),
  InternalIP: new WeakMap(),
};

/**
 * The addresses of one kind that some nodes have. Whether a node is ready is not asked: what runs on it has its address all the same.
 */
export function nodeAddressList(nodes: Iterable<NodeObject>, type: RecordAddressType): NodeAddressList {
  const addresses = new Map<string, AddressTarget>();
  const faults: { node: string; text: string }[] = [];
  for (const node of nodes) {
    const read = readNode(node, type);
    for (const { key, target } of read.addresses) addresses.set(key, target);
    for (const text of read.faults) faults.push({ node: node.name, text });
  }
  return { addresses: [...addresses.values()], faults };
}

function readNode(node: NodeObject, type: RecordAddressType): ReadNode {
  const known = READ[type].get(node);
  if (known !== undefined) return known;
  const addresses: { key: string; target: AddressTarget }[] = [];
  const faults: string[] = [];
  for (const text of type === 'ExternalIP' ? node.externalIPs : node.internalIPs) {
    const address = scanAddress(text);
    if (isFailure(address)) faults.push(text);
    else {
      const key = `${address.type === TYPE.A ? 'A' : 'B'}${rdataKey(address.type, address.rdata)}`;
      addresses.push({ key, target: { kind: 'address', ...address } });
    }
  }
  const read = { addresses, faults };
  READ[type].set(node, read);
  return read;
}
