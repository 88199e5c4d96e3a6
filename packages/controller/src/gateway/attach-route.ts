import type { Target } from '../annotations/target.ts';
import type { LocalProblem } from '../cluster/problem.ts';
import { GATEWAY_CLASSES } from '../resources/gateway-api/gateway-class.ts';
import { type GatewayObject, GATEWAYS } from '../resources/gateway-api/gateway.ts';
import { LISTENER_SETS, type ListenerSetObject } from '../resources/gateway-api/listener-set.ts';
import type { ParentRef } from '../resources/gateway-api/parent-ref.ts';
import type { RouteKind, RouteObject } from '../resources/gateway-api/route.ts';
import type { ObjectReader } from '../store/object-store.ts';
import { type GatewayFilter, passesGatewayFilter } from './gateway-filter.ts';
import type { GatewayReading } from './gateway-reader.ts';
import { ANY_HOST, type HostPattern } from './host-pattern.ts';
import { allowsNamespace, isMeant, takesKind } from './listener-rules.ts';

/** What attaching routes needs to know besides the objects. */
export interface AttachOptions {
  readonly kind: RouteKind;
  /** `ignore`: a reference is enough, whatever its Gateway, listeners and controller say of it. */
  readonly acceptance: 'enforce' | 'ignore';
  readonly filter: GatewayFilter;
  readonly listenerSets: boolean;
  readonly read: (object: GatewayObject | ListenerSetObject) => GatewayReading;
}

/** A route's hold on one parent. */
export interface Attachment {
  /** Host names of the listeners that take the route; with acceptance ignored, all there are. Never empty. */
  readonly hosts: ReadonlySet<HostPattern>;
  /** Where names lead by way of this parent: nowhere as long as the Gateway's controller has not accepted the route, or given it an address. */
  readonly accepted: boolean;
  readonly targets: readonly Target[];
}

/** The parents that a route is attached to, and why it is not attached to the others. */
export interface Attachments {
  readonly attachments: readonly Attachment[];
  readonly problems: readonly LocalProblem[];
}

/** A parent as its reference finds it. */
interface Parent {
  readonly gateway: GatewayObject;
  readonly listenerSet: ListenerSetObject | undefined;
}

/**
 * Attaches a route to its parents (Gateway API, `ParentReference` and `AllowedRoutes`).
 *
 * Who may attach to a Gateway in another namespace is said by the listeners' `allowedRoutes`, and of ListenerSets by the Gateway's `allowedListeners`; no
 * ReferenceGrant stands in for either. A reference to a Gateway does not mean the listeners that ListenerSets add to it.
 */
export function attachRoute(route: RouteObject, store: ObjectReader, options: AttachOptions): Attachments {
  const attachments: Attachment[] = [];
  const problems: LocalProblem[] = [];
  for (const ref of route.parents) {
    const attached = attach(ref, route, store, options);
    if (attached === undefined) continue;
    if (attached.attachment !== undefined) attachments.push(attached.attachment);
    if (attached.problem !== undefined) {
      const path = `spec.parentRefs[${ref.index}]`;
      const message = `${path}: found ${ref.kind}/${ref.key}, ${attached.problem}`;
      problems.push({ code: 'ROUTE_NOT_ATTACHED', path, message });
    }
  }
  return { attachments, problems };
}

/** @returns undefined where the parent is none that counts */
function attach(
  ref: ParentRef,
  route: RouteObject,
  store: ObjectReader,
  { kind, acceptance, filter, listenerSets, read }: AttachOptions,
): { readonly attachment?: Attachment; readonly problem?: string } | undefined {
  if (ref.kind === 'ListenerSet' && !listenerSets) return undefined;
  const parent = findParent(ref, store);
  if (typeof parent === 'string') return { problem: parent };
  const { gateway, listenerSet } = parent;
  const place = read(listenerSet ?? gateway);
  if (!passesGatewayFilter(gateway, filter) || read(gateway).ignored || place.ignored) return undefined;
  const { targets } = place.targetsGiven ? place : read(gateway);
  if (acceptance === 'ignore') return { attachment: { hosts: new Set([ANY_HOST]), accepted: true, targets } };

  const obstacle = listenerSet === undefined ? undefined : obstacleOf(listenerSet, gateway, store);
  if (obstacle !== undefined) return { problem: obstacle };
  const home = (listenerSet ?? gateway).namespace;
  const meant = place.listeners.filter(({ listener }) => isMeant(ref, listener));
  if (meant.length === 0) return { problem: `which has no listener ${describeSection(ref)}` };
  const taking = meant.filter(({ listener }) => takesKind(listener, kind));
  if (taking.length === 0)
    return { problem: `none of whose listeners takes a ${kind}, expected one by protocol and allowedRoutes.kinds` };
  const allowing = taking.filter(({ listener }) => allowsNamespace(listener.namespaces, route.namespace, home, store));
  if (allowing.length === 0) {
    return {
      problem: `whose listeners take no ${kind} of namespace ${route.namespace}, expected one that does by allowedRoutes.namespaces`,
    };
  }
  const hosts = new Set(allowing.map(({ host }) => host));
  const controller = store.get(GATEWAY_CLASSES, gateway.className)?.controllerName;
  // Whose Gateway it is may not be known, where GatewayClasses are not to be read: then any controller's word counts.
  if (ref.acceptedBy.some((name) => controller === undefined || name === controller)) {
    return { attachment: { hosts, accepted: true, targets } };
  }
  const said = ref.refusals.length === 0 ? 'says nothing' : `says ${ref.refusals.join('; ')}`;
  const problem = `whose controller${controller === undefined ? '' : ` ${controller}`} has not accepted the route: status.parents ${said}`;
  return { attachment: { hosts, accepted: false, targets: [] }, problem };
}

/** @returns why there is none */
function findParent(ref: ParentRef, store: ObjectReader): Parent | string {
  if (ref.kind === 'Gateway') return findGateway(ref.key, undefined, store);
  const listenerSet = store.get(LISTENER_SETS, ref.key);
  return listenerSet === undefined || listenerSet.deleting
    ? 'which does not exist'
    : findGateway(listenerSet.gateway, listenerSet, store);
}

function findGateway(key: string, listenerSet: ListenerSetObject | undefined, store: ObjectReader): Parent | string {
  const gateway = store.get(GATEWAYS, key);
  if (gateway !== undefined && !gateway.deleting) return { gateway, listenerSet };
  return listenerSet === undefined ? 'which does not exist' : `whose Gateway ${key} does not exist`;
}

/** Why a Gateway does not take a ListenerSet. */
function obstacleOf(listenerSet: ListenerSetObject, gateway: GatewayObject, store: ObjectReader): string | undefined {
  if (!allowsNamespace(gateway.allowedListeners, listenerSet.namespace, gateway.namespace, store)) {
    return `whose Gateway ${gateway.namespace}/${gateway.name} takes no ListenerSets of namespace ${listenerSet.namespace}, expected one that does by allowedListeners`;
  }
  return listenerSet.refused ? "which its Gateway's controller has not accepted" : undefined;
}

function describeSection({ sectionName, port }: ParentRef): string {
  const parts = [
    ...(sectionName === undefined ? [] : [JSON.stringify(sectionName)]),
    ...(port === undefined ? [] : [`on port ${port}`]),
  ];
  return parts.length === 0 ? 'at all' : parts.join(' ');
}
