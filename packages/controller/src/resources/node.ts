import { booleanAt, type Fields, fieldsAt, readItems, stringAt } from './fields.ts';
import { keptAnnotations, keptLabels } from './kept-metadata.ts';
import type { Resource, StoredObject } from './resource.ts';

/** A Node, trimmed. */
export interface NodeObject extends StoredObject {
  readonly annotations: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  /** Whether its condition `Ready` is `True`; a missing or unknown condition means that it is not. */
  readonly ready: boolean;
  /** Cordoned (`spec.unschedulable`): being emptied, or not yet in service. */
  readonly unschedulable: boolean;
  /** Of `status.addresses`, in their order. */
  readonly externalIPs: readonly string[];
  readonly internalIPs: readonly string[];
  readonly hostnames: readonly string[];
}

const NONE: readonly string[] = Object.freeze([]);

export const NODES: Resource<NodeObject> = {
  id: 'nodes',
  apiVersion: 'v1',
  kind: 'Node',
  plural: 'nodes',
  namespaced: false,
  project(raw, base, keep) {
    const status = fieldsAt(raw, 'status');
    let ready = false;
    readItems(status, 'conditions', 'status', (condition) => {
      if (condition['type'] === 'Ready') ready = stringAt(condition, 'status', '') === 'True';
    });
    return {
      ...base,
      annotations: keptAnnotations(raw, keep),
      labels: keptLabels(raw, keep),
      ready,
      unschedulable: booleanAt(fieldsAt(raw, 'spec'), 'unschedulable', 'spec') ?? false,
      ...addressesOf(status),
    };
  },
};

function addressesOf(status: Fields | undefined): Pick<NodeObject, 'externalIPs' | 'internalIPs' | 'hostnames'> {
  const found = new Map<string, string[]>();
  readItems(status, 'addresses', 'status', (entry) => {
    const type = stringAt(entry, 'type', '') ?? '';
    const address = stringAt(entry, 'address', '') ?? '';
    if (address === '') return;
    const some = found.get(type);
    if (some === undefined) found.set(type, [address]);
    else some.push(address);
  });
  return {
    externalIPs: found.get('ExternalIP') ?? NONE,
    internalIPs: found.get('InternalIP') ?? NONE,
    hostnames: found.get('Hostname') ?? NONE,
  };
}
