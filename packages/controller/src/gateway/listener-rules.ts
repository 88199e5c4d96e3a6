import type { AllowedNamespaces } from '../resources/gateway-api/allowed.ts';
import type { Listener } from '../resources/gateway-api/listener.ts';
import { NAMESPACES } from '../resources/gateway-api/namespace.ts';
import type { ParentRef } from '../resources/gateway-api/parent-ref.ts';
import type { RouteKind } from '../resources/gateway-api/route.ts';
import { type LabelSelector, matchesLabels } from '../selectors/label-selector.ts';
import type { ObjectReader } from '../store/object-store.ts';

/** Which protocols' listeners take a kind of route. A TLS listener that terminates passes TCP on (`TLSModeTerminate`). */
const PROTOCOLS: Readonly<Record<RouteKind, readonly string[]>> = {
  HTTPRoute: ['HTTP', 'HTTPS'],
  GRPCRoute: ['HTTP', 'HTTPS'],
  TLSRoute: ['TLS'],
  TCPRoute: ['TCP', 'TLS'],
  UDPRoute: ['UDP'],
};

/** The label that the API server puts on every namespace, with its name, and lets nobody change. */
const NAME_LABEL = 'kubernetes.io/metadata.name';

/** Whether a reference means a listener: that of its `sectionName`, on its `port`, where it gives them. */
export function isMeant({ sectionName, port }: ParentRef, listener: Listener): boolean {
  return (sectionName === undefined || sectionName === listener.name) && (port === undefined || port === listener.port);
}

/**
 * Whether a listener takes a kind of route: by its protocol, and by `allowedRoutes.kinds` where those are given. Of a protocol of the implementation's
 * own (`example.com/quic`) only its kinds are known.
 */
export function takesKind({ protocol, kinds, kindsGiven }: Listener, kind: RouteKind): boolean {
  if (PROTOCOLS[kind].includes(protocol)) return !kindsGiven || kinds.includes(kind);
  return protocol.includes('/') && kinds.includes(kind);
}

/**
 * Whether objects of a namespace may attach themselves.
 *
 * @param home the namespace of what they attach themselves to
 */
export function allowsNamespace(allowed: AllowedNamespaces, namespace: string, home: string, store: ObjectReader): boolean {
  switch (allowed.from) {
    case 'All':
      return true;
    case 'Same':
      return namespace === home;
    case 'None':
      return false;
    case 'Selector':
      return allowed.selector !== undefined && selectsNamespace(allowed.selector, namespace, store);
    default:
      return allowed satisfies never;
  }
}

function selectsNamespace(selector: LabelSelector, namespace: string, store: ObjectReader): boolean {
  const labels = store.get(NAMESPACES, namespace)?.labels;
  // Of a namespace that is not known (not listed yet, not to be read, not among the manifests) nothing but its name is certain.
  if (labels === undefined && selector.some(({ key }) => key !== NAME_LABEL)) return false;
  return matchesLabels(selector, { ...labels, [NAME_LABEL]: namespace });
}
