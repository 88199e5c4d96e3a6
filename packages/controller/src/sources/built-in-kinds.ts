import { DNS_ENDPOINTS } from '../resources/dns-endpoint.ts';
import { ENDPOINT_SLICES } from '../resources/endpoint-slice.ts';
import { GATEWAY_CLASSES } from '../resources/gateway-api/gateway-class.ts';
import { GATEWAYS } from '../resources/gateway-api/gateway.ts';
import { LISTENER_SETS } from '../resources/gateway-api/listener-set.ts';
import { NAMESPACES } from '../resources/gateway-api/namespace.ts';
import { GRPC_ROUTES, HTTP_ROUTES, TCP_ROUTES, TLS_ROUTES, UDP_ROUTES } from '../resources/gateway-api/route.ts';
import { INGRESSES } from '../resources/ingress.ts';
import { NODES } from '../resources/node.ts';
import { PODS } from '../resources/pod.ts';
import { RECORDS } from '../resources/record.ts';
import type { Resource } from '../resources/resource.ts';
import { SERVICES } from '../resources/service.ts';
import { groupOf, type UntypedKind } from '../resources/untyped.ts';

/** The kinds that sources of their own read, and which ones those are: the first is to be used for names of the objects themselves. */
const BUILT_IN: readonly (readonly [resource: Resource, sources: readonly string[]])[] = [
  [RECORDS, ['record']],
  [SERVICES, ['service', 'nodeport', 'node-service']],
  [INGRESSES, ['ingress']],
  [HTTP_ROUTES, ['httproute']],
  [TLS_ROUTES, ['tlsroute']],
  [GRPC_ROUTES, ['grpcroute']],
  [TCP_ROUTES, ['tcproute']],
  [UDP_ROUTES, ['udproute']],
  [DNS_ENDPOINTS, ['dnsendpoint']],
  [NODES, ['node', 'node-area']],
  [PODS, ['pod']],
  [ENDPOINT_SLICES, ['service', 'node-service']],
  [NAMESPACES, ['httproute', 'tlsroute', 'grpcroute', 'tcproute', 'udproute']],
  ...[GATEWAYS, GATEWAY_CLASSES, LISTENER_SETS].map((resource): readonly [Resource, readonly string[]] => [
    resource,
    ['httproute', 'tlsroute', 'grpcroute', 'tcproute', 'udproute'],
  ]),
];

/**
 * The sources that read objects of a kind by themselves, whatever version of it; none where it is left to the source `resource`. To read it twice, trimmed in two
 * ways, would let either spoil what the other sees.
 */
export function sourcesOfKind({ apiVersion, kind }: Pick<UntypedKind, 'apiVersion' | 'kind'>): readonly string[] {
  const found = BUILT_IN.find(([resource]) => resource.kind === kind && groupOf(resource.apiVersion) === groupOf(apiVersion));
  return found?.[1] ?? [];
}
