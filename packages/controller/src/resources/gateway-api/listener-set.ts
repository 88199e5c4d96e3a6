import { fieldsAt } from '../fields.ts';
import { keptAnnotations } from '../kept-metadata.ts';
import type { ObjectKey, Resource, StoredObject } from '../resource.ts';
import { GATEWAY_API_GROUP, GATEWAY_API_VERSION } from './gateway-api.ts';
import { type Listener, readListeners } from './listener.ts';
import { readAccepted, readReferent } from './parent-ref.ts';

/** A ListenerSet, trimmed: listeners that are added to a Gateway from outside it. */
export interface ListenerSetObject extends StoredObject {
  readonly annotations: Readonly<Record<string, string>>;
  /** The Gateway's key. */
  readonly gateway: ObjectKey;
  readonly listeners: readonly Listener[];
  /** Whether the Gateway's controller has said that it does not accept it. */
  readonly refused: boolean;
}

export const LISTENER_SETS: Resource<ListenerSetObject> = {
  id: `listenersets.${GATEWAY_API_GROUP}`,
  apiVersion: GATEWAY_API_VERSION,
  kind: 'ListenerSet',
  plural: 'listenersets',
  namespaced: true,
  project(raw, base, keep) {
    const spec = fieldsAt(raw, 'spec');
    const parent = readReferent((spec === undefined ? undefined : fieldsAt(spec, 'parentRef', 'spec')) ?? {}, base.namespace);
    // A set of listeners for something else than a Gateway is nobody's concern.
    if (parent?.kind !== 'Gateway') return undefined;
    return {
      ...base,
      annotations: keptAnnotations(raw, keep),
      gateway: parent.key,
      listeners: readListeners(spec),
      refused: readAccepted(fieldsAt(raw, 'status'), 'status').accepted === false,
    };
  },
};
