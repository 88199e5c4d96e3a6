import type { Manifest } from '../../tools/control-plane/cluster-objects.ts';

/** The configuration of a resolver with every source that reads a cluster, for zones and objects of these tests. */
export function everySourceConfig(kubeconfig: string, upstreamPort: number): string {
  return `
clusters: [{name: e2e, kubeconfig: ${kubeconfig}}]
sources: [record, service, ingress, httproute, tlsroute, grpcroute, tcproute, udproute, dnsendpoint, node, nodeport, pod, resource]
resources:
  - {apiVersion: traefik.io/v1alpha1, kind: IngressRoute, names: '{{range .Spec.routes}}{{hosts .match | join ","}},{{end}}', targets: {service: shop/proxy}}
  - {apiVersion: projectcontour.io/v1, kind: HTTPProxy, names: '{{.Spec.virtualhost.fqdn}}', targets: {template: '{{range .Status.loadBalancer.ingress}}{{.ip}},{{end}}'}}
leaderElection: {enabled: true, namespace: shop}
hostnameTargets: {servers: ["127.0.0.1:${upstreamPort}"], timeout: 1}
zones:
  - name: example.com
    ttl: 60
    soa: {email: hostmaster@example.com}
    nameservers: [{name: ns1.example.com, service: shop/dns}]
  - name: 2.0.192.in-addr.arpa
    soa: {email: hostmaster@example.com}
    nameservers: [{name: ns1.example.com}]
`;
}

/** What the server knows that is asked for the addresses of load balancers. */
export const UPSTREAM_ZONE = {
  apex: 'elb.test.',
  text: '@ 60 IN SOA ns1 admin 1 2 3 4 60\n@ 60 IN NS ns1\nns1 60 IN A 127.0.0.1\nlb-1 60 IN A 203.0.113.80\n',
};

/** A Service of type LoadBalancer with its addresses. */
export function balanced(name: string, entries: readonly object[], annotations: Readonly<Record<string, string>> = {}): Manifest {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, annotations },
    spec: { type: 'LoadBalancer', ports: [{ port: 80 }] },
    status: { loadBalancer: { ingress: entries } },
  };
}

/** An Ingress with one host. */
export function ingress(name: string, host: string, entries: readonly object[]): Manifest {
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: { name },
    spec: { rules: [{ host }] },
    status: { loadBalancer: { ingress: entries } },
  };
}

/** A Record with these fields. */
export function record(name: string, spec: object): Manifest {
  return { apiVersion: 'syntixi.io/v1alpha1', kind: 'Record', metadata: { name }, spec };
}

const GATEWAY_API = 'gateway.networking.k8s.io/v1';
const CONTROLLER = 'example.com/gateway-controller';
const ACCEPTED = {
  type: 'Accepted',
  status: 'True',
  reason: 'Accepted',
  message: '',
  lastTransitionTime: '2026-01-01T00:00:00Z',
};

function route(kind: string, name: string, spec: object, annotations: Readonly<Record<string, string>> = {}): Manifest {
  const parentRef = { name: 'edge' };
  return {
    apiVersion: GATEWAY_API,
    kind,
    metadata: { name, annotations },
    spec: { parentRefs: [parentRef], rules: [{ backendRefs: [{ name: 'backend', port: 80 }] }], ...spec },
    status: { parents: [{ controllerName: CONTROLLER, parentRef, conditions: [ACCEPTED] }] },
  };
}

/** Something for every source, all in the namespace `shop` but for what stands in none. */
export const OBJECTS: readonly Manifest[] = [
  { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } },
  balanced('web', [{ ip: '192.0.2.1' }, { ip: '2001:db8::1' }]),
  balanced('proxy', [{ ip: '192.0.2.2' }]),
  balanced('dns', [{ ip: '192.0.2.53' }]),
  balanced('bad', [{ ip: '192.0.2.6' }], { 'external-dns.kubernetes.io/hostname': 'a.*.example.com' }),
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'db', annotations: { 'external-dns.kubernetes.io/hostname': 'db' } },
    spec: { clusterIP: 'None', ports: [{ port: 5432 }] },
  },
  {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: 'db-1', labels: { 'kubernetes.io/service-name': 'db' } },
    addressType: 'IPv4',
    endpoints: [{ addresses: ['10.1.0.1'], hostname: 'db-0', conditions: { ready: true } }],
  },
  ingress('plain', 'plain.example.com', [{ ip: '192.0.2.3' }]),
  ingress('elb', 'elb.example.com', [{ hostname: 'lb-1.elb.test' }]),
  { apiVersion: GATEWAY_API, kind: 'GatewayClass', metadata: { name: 'public' }, spec: { controllerName: CONTROLLER } },
  {
    apiVersion: GATEWAY_API,
    kind: 'Gateway',
    metadata: { name: 'edge' },
    spec: {
      gatewayClassName: 'public',
      listeners: [
        { name: 'http', port: 80, protocol: 'HTTP', hostname: '*.example.com' },
        { name: 'tls', port: 443, protocol: 'TLS', tls: { mode: 'Passthrough' } },
        { name: 'tcp', port: 22, protocol: 'TCP' },
        { name: 'udp', port: 53, protocol: 'UDP' },
      ],
    },
    status: { addresses: [{ type: 'IPAddress', value: '192.0.2.4' }] },
  },
  route('HTTPRoute', 'http', { hostnames: ['http.example.com'] }),
  route('GRPCRoute', 'grpc', { hostnames: ['grpc.example.com'] }),
  route('TLSRoute', 'tls', { hostnames: ['tls.example.com'] }),
  route('TCPRoute', 'tcp', {}, { 'external-dns.kubernetes.io/hostname': 'tcp.example.com' }),
  route('UDPRoute', 'udp', {}, { 'external-dns.alpha.kubernetes.io/hostname': 'udp.example.com' }),
  {
    apiVersion: 'externaldns.k8s.io/v1alpha1',
    kind: 'DNSEndpoint',
    metadata: { name: 'mail' },
    spec: { endpoints: [{ dnsName: 'mail.example.com', recordType: 'MX', recordTTL: 300, targets: ['10 mx.example.net'] }] },
  },
  record('txt', { fqdn: 'txt.example.com', type: 'TXT', value: ['v=spf1 -all'] }),
  record('smtp', { fqdn: 'smtp.example.com', valueFrom: { podSelector: { matchLabels: { app: 'smtp' } } } }),
  {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: 'node-1' },
    status: {
      addresses: [
        { type: 'InternalIP', address: '10.2.0.1' },
        { type: 'ExternalIP', address: '198.51.100.1' },
      ],
      conditions: [{ type: 'Ready', status: 'True' }],
    },
  },
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'game', annotations: { 'external-dns.kubernetes.io/hostname': 'game.example.com' } },
    spec: { type: 'NodePort', ports: [{ port: 1, nodePort: 30123, protocol: 'UDP' }] },
  },
  {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: 'smtp-0',
      labels: { app: 'smtp' },
      annotations: { 'external-dns.kubernetes.io/internal-hostname': 'pod.example.com' },
    },
    spec: { nodeName: 'node-1', containers: [{ name: 'c', image: 'example.com/c' }] },
    status: { phase: 'Running', podIP: '10.1.0.9', podIPs: [{ ip: '10.1.0.9' }] },
  },
  {
    apiVersion: 'traefik.io/v1alpha1',
    kind: 'IngressRoute',
    metadata: { name: 'traefik' },
    spec: { routes: [{ kind: 'Rule', match: 'Host(`traefik.example.com`) && PathPrefix(`/`)' }] },
  },
  {
    apiVersion: 'projectcontour.io/v1',
    kind: 'HTTPProxy',
    metadata: { name: 'contour' },
    spec: { virtualhost: { fqdn: 'contour.example.com' } },
    status: { loadBalancer: { ingress: [{ ip: '192.0.2.5' }] } },
  },
];

/** What dig then prints, a record a line. */
export const ANSWERS: readonly string[] = [
  'web.shop.example.com. 60 IN A 192.0.2.1',
  'web.shop.example.com. 60 IN AAAA 2001:db8::1',
  'db.example.com. 60 IN A 10.1.0.1',
  'db-0.db.example.com. 60 IN A 10.1.0.1',
  'plain.example.com. 60 IN A 192.0.2.3',
  'elb.example.com. 60 IN A 203.0.113.80',
  'http.example.com. 60 IN A 192.0.2.4',
  'grpc.example.com. 60 IN A 192.0.2.4',
  'tls.example.com. 60 IN A 192.0.2.4',
  'tcp.example.com. 60 IN A 192.0.2.4',
  'udp.example.com. 60 IN A 192.0.2.4',
  'mail.example.com. 300 IN MX 10 mx.example.net.',
  'txt.example.com. 60 IN TXT "v=spf1 -all"',
  'smtp.example.com. 60 IN A 198.51.100.1',
  'node-1.example.com. 60 IN A 10.2.0.1',
  'game.example.com. 60 IN A 198.51.100.1',
  '_game._udp.game.example.com. 60 IN SRV 0 50 30123 game.example.com.',
  'pod.example.com. 60 IN A 10.1.0.9',
  'traefik.example.com. 60 IN A 192.0.2.2',
  'contour.example.com. 60 IN A 192.0.2.5',
  'example.com. 60 IN NS ns1.example.com.',
  'ns1.example.com. 60 IN A 192.0.2.53',
  '3.2.0.192.in-addr.arpa. 60 IN PTR plain.example.com.',
];
