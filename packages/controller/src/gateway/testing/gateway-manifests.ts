/** Objects of the Gateway API as they stand in manifests, with the parts that tests vary. */

type Metadata = Readonly<Record<string, unknown>>;
type Strings = Readonly<Record<string, string>>;

/** The controller of the GatewayClass `public`, and of everything that is accepted unless another one is named. */
export const CONTROLLER = 'example.com/gateway-controller';

const API = 'gateway.networking.k8s.io/v1';

/** A GatewayClass. */
export function gatewayClass(name: string, controllerName: string = CONTROLLER): object {
  return { apiVersion: API, kind: 'GatewayClass', metadata: { name }, spec: { controllerName } };
}

/** A Namespace. */
export function namespace(name: string, labels: Strings = {}): object {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } };
}

export interface ListenerFields {
  /** @default web */
  readonly name?: string;
  readonly hostname?: string;
  /** @default 80 */
  readonly port?: number;
  /** @default HTTP */
  readonly protocol?: string;
  readonly from?: 'All' | 'Same' | 'Selector' | 'None';
  readonly selector?: object;
  readonly kinds?: readonly object[];
}

function listener({ name = 'web', hostname, port = 80, protocol = 'HTTP', from, selector, kinds }: ListenerFields): object {
  const namespaces = { ...(from === undefined ? {} : { from }), ...(selector === undefined ? {} : { selector }) };
  const allowedRoutes = { ...(from === undefined ? {} : { namespaces }), ...(kinds === undefined ? {} : { kinds }) };
  return { name, port, protocol, ...(hostname === undefined ? {} : { hostname }), allowedRoutes };
}

export interface GatewayFields extends Metadata {
  readonly namespace?: string;
  /** @default public */
  readonly class?: string;
  /** @default one HTTP listener for all host names and routes of all namespaces */
  readonly listeners?: readonly ListenerFields[];
  /** Texts: of type IPAddress, with the type left out. @default 192.0.2.1 */
  readonly addresses?: readonly (string | { readonly type?: string; readonly value: string })[];
  readonly allowedListeners?: object;
}

/** A Gateway. */
export function gateway(name: string, fields: GatewayFields = {}): object {
  const { namespace: ns = 'default', class: gatewayClassName = 'public', listeners = [{ from: 'All' }], ...rest } = fields;
  const { addresses = ['192.0.2.1'], allowedListeners, ...metadata } = rest;
  return {
    apiVersion: API,
    kind: 'Gateway',
    metadata: { name, namespace: ns, ...metadata },
    spec: {
      gatewayClassName,
      listeners: listeners.map(listener),
      ...(allowedListeners === undefined ? {} : { allowedListeners }),
    },
    status: { addresses: addresses.map((address) => (typeof address === 'string' ? { value: address } : address)) },
  };
}

export interface ListenerSetFields extends Metadata {
  readonly namespace?: string;
  readonly parent: object;
  readonly listeners?: readonly ListenerFields[];
  readonly accepted?: string;
}

/** A ListenerSet. */
export function listenerSet(name: string, fields: ListenerSetFields): object {
  const { namespace: ns = 'default', parent, listeners = [{ from: 'All' }], accepted, ...metadata } = fields;
  return {
    apiVersion: API,
    kind: 'ListenerSet',
    metadata: { name, namespace: ns, ...metadata },
    spec: { parentRef: parent, listeners: listeners.map(listener) },
    ...(accepted === undefined ? {} : { status: { conditions: [{ type: 'Accepted', status: accepted }] } }),
  };
}

/** A parent reference; a text is the name of a Gateway in the route's own namespace. */
export type Parent = string | Readonly<Record<string, unknown>>;

export interface RouteFields extends Metadata {
  readonly namespace?: string;
  readonly hostnames?: readonly string[];
  /** @default the Gateway gw */
  readonly parents?: readonly Parent[];
  /** What `status.parents` says of each of them: the status of the condition, and by whom; `undefined` for a controller that says nothing. @default True */
  readonly accepted?: 'True' | 'False' | 'Unknown' | undefined;
  /** @default the controller of these manifests */
  readonly by?: string;
}

/** A route of any kind. */
export function route(kind: string, name: string, fields: RouteFields = {}): object {
  const { namespace: ns = 'default', hostnames, parents = ['gw'], by = CONTROLLER, ...rest } = fields;
  const { accepted, ...metadata } = rest;
  const status = 'accepted' in fields ? accepted : 'True';
  const parentRefs = parents.map((parent) => (typeof parent === 'string' ? { name: parent } : parent));
  // As the API server fills in what a reference leaves out.
  const filled = parentRefs.map((ref) => ({ group: 'gateway.networking.k8s.io', kind: 'Gateway', ...ref }));
  const condition = { type: 'Accepted', status, reason: status === 'True' ? 'Accepted' : 'NoMatchingParent' };
  return {
    apiVersion: API,
    kind,
    metadata: { name, namespace: ns, ...metadata },
    spec: { parentRefs, ...(hostnames === undefined ? {} : { hostnames }) },
    status: {
      parents:
        status === undefined ? [] : filled.map((parentRef) => ({ parentRef, controllerName: by, conditions: [condition] })),
    },
  };
}

/** An HTTPRoute. */
export function httpRouteNamed(name: string, fields: RouteFields = {}): object {
  return route('HTTPRoute', name, fields);
}
