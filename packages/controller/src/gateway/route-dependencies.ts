import { GATEWAY_CLASSES, type GatewayClassObject } from '../resources/gateway-api/gateway-class.ts';
import { type GatewayObject, GATEWAYS } from '../resources/gateway-api/gateway.ts';
import { LISTENER_SETS, type ListenerSetObject } from '../resources/gateway-api/listener-set.ts';
import { type NamespaceObject, NAMESPACES } from '../resources/gateway-api/namespace.ts';
import type { RouteObject } from '../resources/gateway-api/route.ts';
import { keyOf, type ObjectKey, type Resource } from '../resources/resource.ts';
import type { Dependency } from '../sources/source.ts';
import type { ObjectIndex, ObjectReader } from '../store/object-store.ts';
import { sameContent } from '../store/same-content.ts';
import type { GatewayReading } from './gateway-reader.ts';

/** The Gateways of a GatewayClass, by its name. */
const GATEWAYS_OF_CLASS: ObjectIndex<GatewayObject> = {
  name: 'of class',
  resource: GATEWAYS,
  values: ({ className }) => [className],
};

/** The ListenerSets of a Gateway, by its key. */
const SETS_OF_GATEWAY: ObjectIndex<ListenerSetObject> = {
  name: 'of gateway',
  resource: LISTENER_SETS,
  values: ({ gateway }) => [gateway],
};

/** The ListenerSets in a namespace, by its name. */
const SETS_IN_NAMESPACE: ObjectIndex<ListenerSetObject> = {
  name: 'in namespace',
  resource: LISTENER_SETS,
  values: ({ namespace }) => [namespace],
};

/** What a source of routes reads besides them. */
export interface RouteDependencies {
  readonly reads: readonly Dependency[];
  readonly indexes: readonly ObjectIndex[];
}

/**
 * Whom a change of something else than a route concerns:
 *
 *     GatewayClass ──► its Gateways ──┬────────────────────► routes with such a parent
 *     Gateway ────────────────────────┤                        ▲
 *                                     └► its ListenerSets ─────┤
 *     ListenerSet ─────────────────────────────────────────────┤
 *     Namespace ───► its ListenerSets, and its own routes ─────┘
 */
export function routeDependencies(
  routes: Resource<RouteObject>,
  listenerSets: boolean,
  read: (object: GatewayObject | ListenerSetObject) => GatewayReading,
): RouteDependencies {
  const ofParent: ObjectIndex<RouteObject> = {
    name: 'of parent',
    resource: routes,
    values: ({ parents }) => new Set(parents.map(({ kind, key }) => parentValue(kind, key))),
  };
  const inNamespace: ObjectIndex<RouteObject> = {
    name: 'in namespace',
    resource: routes,
    values: ({ namespace, parents }) => (parents.length === 0 ? [] : [namespace]),
  };
  function* routesOf(kind: 'Gateway' | 'ListenerSet', key: ObjectKey, store: ObjectReader): Generator<ObjectKey> {
    for (const route of store.select(ofParent, parentValue(kind, key))) yield keyOf(route);
  }
  function* routesOfGateway(key: ObjectKey, store: ObjectReader): Generator<ObjectKey> {
    yield* routesOf('Gateway', key, store);
    if (!listenerSets) return;
    for (const set of store.select(SETS_OF_GATEWAY, key)) yield* routesOf('ListenerSet', keyOf(set), store);
  }

  const gateways: Dependency<GatewayObject> = {
    resource: GATEWAYS,
    concerns: (gateway, store) => routesOfGateway(keyOf(gateway), store),
    inspect: (gateway) => read(gateway).problems,
  };
  const classes: Dependency<GatewayClassObject> = {
    resource: GATEWAY_CLASSES,
    *concerns({ name }, store) {
      for (const gateway of store.select(GATEWAYS_OF_CLASS, name)) yield* routesOfGateway(keyOf(gateway), store);
    },
    differs: (before, after) => before.controllerName !== after.controllerName,
  };
  const sets: Dependency<ListenerSetObject> = {
    resource: LISTENER_SETS,
    optional: true,
    concerns: (set, store) => routesOf('ListenerSet', keyOf(set), store),
    inspect: (set) => read(set).problems,
  };
  const namespaces: Dependency<NamespaceObject> = {
    resource: NAMESPACES,
    *concerns({ name }, store) {
      for (const route of store.select(inNamespace, name)) yield keyOf(route);
      if (!listenerSets) return;
      for (const set of store.select(SETS_IN_NAMESPACE, name)) yield* routesOf('ListenerSet', keyOf(set), store);
    },
    differs: (before, after) => !sameContent(before.labels, after.labels),
  };
  return {
    reads: [gateways, classes, namespaces, ...(listenerSets ? [sets] : [])],
    indexes: [ofParent, inNamespace, GATEWAYS_OF_CLASS, ...(listenerSets ? [SETS_OF_GATEWAY, SETS_IN_NAMESPACE] : [])],
  };
}

function parentValue(kind: 'Gateway' | 'ListenerSet', key: ObjectKey): string {
  return `${kind}/${key}`;
}
