import { fieldsAt, stringAt } from '../fields.ts';
import { keptAnnotations, keptLabels } from '../kept-metadata.ts';
import type { Resource, StoredObject } from '../resource.ts';
import { type AllowedNamespaces, readAllowedNamespaces } from './allowed.ts';
import { GATEWAY_API_GROUP, GATEWAY_API_VERSION, MAX_ITEMS } from './gateway-api.ts';
import { type Listener, readListeners } from './listener.ts';
import { readLimited } from './read-lists.ts';

/** A Gateway, trimmed. */
export interface GatewayObject extends StoredObject {
  readonly annotations: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  /** The name of its GatewayClass. */
  readonly className: string;
  readonly listeners: readonly Listener[];
  /** From where ListenerSets may add listeners to it. */
  readonly allowedListeners: AllowedNamespaces;
  /** Where it can be reached, as its controller says. */
  readonly addresses: readonly GatewayAddress[];
}

/** One of `status.addresses`. */
export interface GatewayAddress {
  /** `IPAddress` where none is given; `Hostname`; anything else is known to the controller only. */
  readonly type: string;
  readonly value: string;
}

export const GATEWAYS: Resource<GatewayObject> = {
  id: `gateways.${GATEWAY_API_GROUP}`,
  apiVersion: GATEWAY_API_VERSION,
  olderVersions: [`${GATEWAY_API_GROUP}/v1beta1`],
  kind: 'Gateway',
  plural: 'gateways',
  namespaced: true,
  project(raw, base, keep) {
    const spec = fieldsAt(raw, 'spec');
    const addresses: GatewayAddress[] = [];
    readLimited(fieldsAt(raw, 'status'), 'addresses', 'status', MAX_ITEMS.statusAddresses, (item) =>
      addresses.push({ type: stringAt(item, 'type', '') ?? 'IPAddress', value: stringAt(item, 'value', '') ?? '' }),
    );
    const allowed = spec === undefined ? undefined : fieldsAt(spec, 'allowedListeners', 'spec');
    return {
      ...base,
      annotations: keptAnnotations(raw, keep),
      labels: keptLabels(raw, keep),
      className: stringAt(spec, 'gatewayClassName', 'spec') ?? '',
      listeners: readListeners(spec),
      allowedListeners: readAllowedNamespaces(allowed, 'spec.allowedListeners', 'None'),
      addresses,
    };
  },
};
