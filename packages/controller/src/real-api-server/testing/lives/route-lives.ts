import type { Life, Step } from '../life.ts';

const CONTROLLER = 'example.com/gateway-controller';

const GATEWAY_CLASS = `
  apiVersion: gateway.networking.k8s.io/v1
  kind: GatewayClass
  metadata: {name: public}
  spec: {controllerName: ${CONTROLLER}}`;

const gateway = (listener: string, address: string, more = ''): string => `
  apiVersion: gateway.networking.k8s.io/v1
  kind: Gateway
  metadata: {name: gw}
  spec: {gatewayClassName: public, listeners: [{name: l, ${listener}}], ${more}}
  status: {addresses: [{type: IPAddress, value: ${address}}]}`;

const status = (accepted: string): string => `
  status:
    parents:
    - controllerName: ${CONTROLLER}
      parentRef: {name: gw}
      conditions:
      - {type: Accepted, status: "${accepted}", reason: Test, message: "", lastTransitionTime: "2026-01-01T00:00:00Z"}`;

interface Kind {
  readonly kind: string;
  readonly at: string;
  readonly listener: string;
  /** Whether its host names stand in its `spec`; otherwise an annotation names them. */
  readonly hostnames: boolean;
}

const KINDS: readonly Kind[] = [
  { kind: 'HTTPRoute', at: 'http', listener: 'port: 80, protocol: HTTP', hostnames: true },
  { kind: 'GRPCRoute', at: 'grpc', listener: 'port: 80, protocol: HTTP', hostnames: true },
  { kind: 'TLSRoute', at: 'tls', listener: 'port: 443, protocol: TLS, tls: {mode: Passthrough}', hostnames: true },
  { kind: 'TCPRoute', at: 'tcp', listener: 'port: 5432, protocol: TCP', hostnames: false },
  { kind: 'UDPRoute', at: 'udp', listener: 'port: 53, protocol: UDP', hostnames: false },
];

function routeOf({ kind, hostnames }: Kind, host: string, accepted?: string): string {
  const annotations = hostnames ? '{}' : `{external-dns.kubernetes.io/hostname: ${host}}`;
  return `
  apiVersion: gateway.networking.k8s.io/v1
  kind: ${kind}
  metadata: {name: r, annotations: ${annotations}}
  spec:
    parentRefs: [{name: gw}]
    ${hostnames ? `hostnames: [${host}]` : ''}
    rules: [{backendRefs: [{name: backend, port: 80}]}]${accepted === undefined ? '' : status(accepted)}`;
}

function lifeOf(kind: Kind): Life {
  const { at, listener } = kind;
  const name = `a.${at}.example.com`;
  const first = `${GATEWAY_CLASS}\n---${gateway(listener, '192.0.2.71')}\n---${routeOf(kind, name)}`;
  const steps: readonly Step[] = [
    { apply: first, records: `${name}. NODATA` },
    { apply: routeOf(kind, name, 'True'), records: `${name}. 60 IN A 192.0.2.71` },
    { apply: gateway(listener, '192.0.2.72'), records: `${name}. 60 IN A 192.0.2.72` },
    { apply: routeOf(kind, name, 'False'), records: `${name}. NODATA` },
    { apply: routeOf(kind, `b.${at}.example.com`, 'True'), records: `b.${at}.example.com. 60 IN A 192.0.2.72` },
    { remove: ['Gateway/gw'], records: '' },
    { apply: gateway(listener, '192.0.2.73'), records: `b.${at}.example.com. 60 IN A 192.0.2.73` },
    { remove: [`${kind.kind}/r`], records: '' },
  ];
  return { title: `a ${kind.kind}, its Gateway and what the Gateway's controller says of it`, at, steps };
}

const SET = (host: string): string => `
  apiVersion: gateway.networking.k8s.io/v1
  kind: ListenerSet
  metadata: {name: set}
  spec: {parentRef: {name: gw}, listeners: [{name: own, port: 80, protocol: HTTP, hostname: ${host}}]}`;

const THROUGH_SET = `
  apiVersion: gateway.networking.k8s.io/v1
  kind: HTTPRoute
  metadata: {name: r}
  spec: {parentRefs: [{kind: ListenerSet, name: set}]}
  status:
    parents:
    - controllerName: ${CONTROLLER}
      parentRef: {kind: ListenerSet, name: set}
      conditions:
      - {type: Accepted, status: "True", reason: Test, message: "", lastTransitionTime: "2026-01-01T00:00:00Z"}`;

const OPEN = 'allowedListeners: {namespaces: {from: Same}}';
const WEB = 'port: 80, protocol: HTTP, hostname: gw.example.com';

const teamGateway = (team: string): string =>
  gateway(
    `port: 80, protocol: HTTP, allowedRoutes: {namespaces: {from: Selector, selector: {matchLabels: {team: ${team}}}}}`,
    '192.0.2.91',
  );

const appsNamespace = (team: string): string => `
  apiVersion: v1
  kind: Namespace
  metadata: {name: apps, labels: {team: ${team}}}`;

const APPS_ROUTE = `
  apiVersion: gateway.networking.k8s.io/v1
  kind: HTTPRoute
  metadata: {name: app, namespace: apps}
  spec: {parentRefs: [{name: gw, namespace: infra}], hostnames: [app.infra.example.com]}
  status:
    parents:
    - controllerName: ${CONTROLLER}
      parentRef: {name: gw, namespace: infra}
      conditions:
      - {type: Accepted, status: "True", reason: Test, message: "", lastTransitionTime: "2026-01-01T00:00:00Z"}`;

export const ROUTE_LIVES: readonly Life[] = [
  ...KINDS.map(lifeOf),
  {
    title: 'a route by way of a ListenerSet',
    at: 'set',
    steps: [
      {
        apply: [GATEWAY_CLASS, gateway(WEB, '192.0.2.81', OPEN), SET('a.set.example.com'), THROUGH_SET].join('\n---'),
        records: 'a.set.example.com. 60 IN A 192.0.2.81',
      },
      { apply: SET('b.set.example.com'), records: 'b.set.example.com. 60 IN A 192.0.2.81' },
      { apply: gateway(WEB, '192.0.2.82', OPEN), records: 'b.set.example.com. 60 IN A 192.0.2.82' },
      { apply: gateway(WEB, '192.0.2.82'), records: '' },
      { apply: gateway(WEB, '192.0.2.82', OPEN), records: 'b.set.example.com. 60 IN A 192.0.2.82' },
      { remove: ['ListenerSet/set'], records: '' },
    ],
  },
  {
    title: 'a route of another namespace, by the labels of that',
    at: 'infra',
    steps: [
      {
        apply: [GATEWAY_CLASS, teamGateway('a'), appsNamespace('a'), APPS_ROUTE].join('\n---'),
        records: 'app.infra.example.com. 60 IN A 192.0.2.91',
      },
      { apply: teamGateway('b'), records: '' },
      { apply: appsNamespace('b'), records: 'app.infra.example.com. 60 IN A 192.0.2.91' },
      { remove: ['HTTPRoute/app'], records: '' },
    ],
  },
];
