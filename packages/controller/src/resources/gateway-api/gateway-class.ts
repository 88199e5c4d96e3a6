import { fieldsAt, stringAt } from '../fields.ts';
import type { Resource, StoredObject } from '../resource.ts';
import { GATEWAY_API_GROUP, GATEWAY_API_VERSION } from './gateway-api.ts';

/** A GatewayClass, trimmed to who looks after Gateways of the class. */
export interface GatewayClassObject extends StoredObject {
  readonly controllerName: string;
}

export const GATEWAY_CLASSES: Resource<GatewayClassObject> = {
  id: `gatewayclasses.${GATEWAY_API_GROUP}`,
  apiVersion: GATEWAY_API_VERSION,
  olderVersions: [`${GATEWAY_API_GROUP}/v1beta1`],
  kind: 'GatewayClass',
  plural: 'gatewayclasses',
  namespaced: false,
  project: (raw, base) => ({ ...base, controllerName: stringAt(fieldsAt(raw, 'spec'), 'controllerName', 'spec') ?? '' }),
};
