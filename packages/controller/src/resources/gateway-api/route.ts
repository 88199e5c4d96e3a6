import { fieldsAt } from '../fields.ts';
import { keptAnnotations, keptLabels } from '../kept-metadata.ts';
import type { Resource, StoredObject } from '../resource.ts';
import { GATEWAY_API_GROUP, GATEWAY_API_VERSION, MAX_ITEMS } from './gateway-api.ts';
import { type ParentRef, readParentRefs } from './parent-ref.ts';
import { limitedStringsAt } from './read-lists.ts';

/** A route of any kind, trimmed: which names, by way of which Gateways. Its rules are left out. */
export interface RouteObject extends StoredObject {
  readonly annotations: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  /** `spec.hostnames`; none in TCPRoutes and UDPRoutes, which have no such field. */
  readonly hostnames: readonly string[];
  /** Those of its parents that are Gateways or ListenerSets. */
  readonly parents: readonly ParentRef[];
}

/** The kinds of routes. */
export type RouteKind = 'HTTPRoute' | 'GRPCRoute' | 'TLSRoute' | 'TCPRoute' | 'UDPRoute';

/** A resource whose objects are routes. */
export interface RouteResource extends Resource<RouteObject> {
  readonly kind: RouteKind;
}

export const HTTP_ROUTES: RouteResource = routes('HTTPRoute', 'httproutes', 'v1beta1');
export const GRPC_ROUTES: RouteResource = routes('GRPCRoute', 'grpcroutes', 'v1alpha2');
export const TLS_ROUTES: RouteResource = routes('TLSRoute', 'tlsroutes', 'v1alpha3', 'v1alpha2');
export const TCP_ROUTES: RouteResource = routes('TCPRoute', 'tcproutes', 'v1alpha2');
export const UDP_ROUTES: RouteResource = routes('UDPRoute', 'udproutes', 'v1alpha2');

function routes(kind: RouteKind, plural: string, ...older: readonly string[]): RouteResource {
  return {
    id: `${plural}.${GATEWAY_API_GROUP}`,
    apiVersion: GATEWAY_API_VERSION,
    olderVersions: older.map((version) => `${GATEWAY_API_GROUP}/${version}`),
    kind,
    plural,
    namespaced: true,
    project: (raw, base, keep) => ({
      ...base,
      annotations: keptAnnotations(raw, keep),
      labels: keptLabels(raw, keep),
      hostnames: limitedStringsAt(fieldsAt(raw, 'spec'), 'hostnames', 'spec', MAX_ITEMS.hostnames),
      parents: readParentRefs(raw, base.namespace),
    }),
  };
}
