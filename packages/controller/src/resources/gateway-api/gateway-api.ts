/** The API group of the Gateway API: of its resources, and of references that name none. */
export const GATEWAY_API_GROUP = 'gateway.networking.k8s.io';

/** The version that has all the kinds read here, each with the same fields as in the versions before it. */
export const GATEWAY_API_VERSION: `${typeof GATEWAY_API_GROUP}/v1` = `${GATEWAY_API_GROUP}/v1`;

/**
 * How long lists may be: what the API server itself lets pass (`maxItems` of the custom resource definitions). Longer ones stand only in
 * manifests, or where the definitions have been changed; such an object is malformed.
 */
export const MAX_ITEMS = {
  hostnames: 16,
  parentRefs: 32,
  statusParents: 32,
  listeners: 64,
  statusAddresses: 16,
  kinds: 8,
} as const;
