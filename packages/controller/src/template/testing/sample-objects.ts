/** Objects for templates to work on: those of external-dns's documentation (docs/advanced/fqdn-templating.md, docs/sources/unstructured.md), and some more. */

interface Sample {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly [key: string]: unknown;
}

export const SAMPLES = {
  service: {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: {
      name: 'web',
      namespace: 'shop',
      labels: { app: 'nginx', environment: 'staging', env: 'prod', region: 'us-east-1', 'app.kubernetes.io/instance': 'web-1' },
      annotations: {
        'dns.company.com/label': 'my-org-tld-v2',
        'dns/primary': 'api.example.com',
        'dns/secondary': 'api-backup.example.com',
        'other/hostname': 'internal.other.org',
        hostname: 'Shop',
      },
    },
    spec: {
      type: 'NodePort',
      clusterIP: '10.96.0.10',
      clusterIPs: ['10.96.0.10', 'fd00::10'],
      externalIPs: ['192.0.2.1', '2001:db8::1'],
      selector: { app: 'nginx', tier: 'frontend' },
      ports: [
        { name: 'http', port: 80, nodePort: 30080, protocol: 'TCP' },
        { name: 'debug', port: 8080, nodePort: 30081, protocol: 'TCP' },
      ],
      trafficDistribution: 'PreferSameZone',
    },
    status: { loadBalancer: { ingress: [{ ip: '198.51.100.7' }, { hostname: 'lb.nip.io' }] } },
  },
  bare: { apiVersion: 'v1', kind: 'Service', metadata: { name: 'bare', namespace: 'default' }, spec: { type: 'ClusterIP' } },
  records: {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: {
      name: 'my-service',
      namespace: 'default',
      labels: {
        records:
          '[{"dns":"entry1.internal.tld","target":"10.10.10.10"},{"dns":"entry2.example.tld","target":"my.cluster.local"}]',
      },
    },
  },
  ingress: {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: { name: 'shop', namespace: 'shop' },
    spec: {
      ingressClassName: 'public',
      tls: [{ hosts: ['www.bar.com', 'bar.com'], secretName: 'tls' }],
      rules: [{ host: 'www.foo.org' }, { host: 'www.bar.com' }],
    },
    status: { loadBalancer: { ingress: [{ ip: '203.0.113.9' }] } },
  },
  node: {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: 'n1', labels: { 'topology.kubernetes.io/region': 'eu-west-1' } },
    spec: { podCIDR: '10.244.0.0/24' },
    status: {
      addresses: [
        { type: 'InternalIP', address: '10.0.0.1' },
        { type: 'ExternalIP', address: '203.0.113.10' },
        { type: 'ExternalIP', address: '2001:db8::10' },
      ],
      nodeInfo: { architecture: 'amd64', osImage: 'Debian' },
    },
  },
  pod: {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'pod-1', namespace: 'shop', labels: { app1: 'my-service-123', role: 'x' } },
    spec: { nodeName: 'n1', hostNetwork: true },
    status: { podIP: '10.244.0.7', hostIP: '10.0.0.1', podIPs: [{ ip: '10.244.0.7' }, { ip: 'fd00::7' }] },
  },
  configMap: {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'api-dns', namespace: 'production' },
    data: { hostname: 'api.example.com', target: '10.0.0.100', 'default.export-bucket-url': 'https://bucket.s3.amazonaws.com/' },
  },
  pool: {
    apiVersion: 'metallb.io/v1beta1',
    kind: 'IPAddressPool',
    metadata: {
      name: 'production-pool',
      namespace: 'metallb-system',
      annotations: { 'external-dns.kubernetes.io/hostname': 'lb.example.com' },
    },
    spec: { addresses: ['192.168.10.11/32'] },
  },
  certificate: {
    apiVersion: 'cert-manager.io/v1',
    kind: 'Certificate',
    metadata: { name: 'my-app-tls', namespace: 'production' },
    spec: { dnsNames: ['my-app.example.com', 'www.my-app.example.com'], duration: 90, ratio: 1.5, isCA: false },
  },
  slice: {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      name: 'test-abc12',
      namespace: 'default',
      labels: { 'kubernetes.io/service-name': 'test-headless', 'service.kubernetes.io/headless': '' },
    },
    endpoints: [
      { addresses: ['10.244.1.2'], conditions: { ready: true }, targetRef: { kind: 'Pod', name: 'app-abc12' } },
      { addresses: ['10.244.2.3', '10.244.2.4'], conditions: { ready: true }, targetRef: { kind: 'Pod', name: 'app-def34' } },
      { addresses: ['10.244.3.9'], conditions: { ready: false }, targetRef: { kind: 'Pod', name: 'app-gone' } },
    ],
  },
  rancherNode: {
    apiVersion: 'management.cattle.io/v3',
    kind: 'Node',
    metadata: { name: 'my-node-1', namespace: 'cattle-system' },
    spec: { hostname: 'my-node-1' },
    status: { internalNodeStatus: { addresses: [{ type: 'ExternalIP', address: '203.0.113.10' }] } },
  },
  ingressRoute: {
    apiVersion: 'traefik.io/v1alpha1',
    kind: 'IngressRoute',
    metadata: { name: 'shop', namespace: 'web' },
    spec: {
      entryPoints: ['websecure'],
      routes: [
        { kind: 'Rule', match: 'Host(`shop.example.com`) && PathPrefix(`/api`)' },
        { kind: 'Rule', match: 'Host(`www.example.com`, `example.com`) || Host(`shop.example.com`)' },
        { kind: 'Rule', match: '!Host(`internal.example.com`)' },
      ],
    },
  },
  istioGateway: {
    apiVersion: 'networking.istio.io/v1',
    kind: 'Gateway',
    metadata: { name: 'edge', namespace: 'istio-system' },
    spec: {
      selector: { istio: 'ingressgateway' },
      servers: [
        { port: { number: 443, name: 'https' }, hosts: ['shop/bookinfo.example.com', '*.apps.example.com'] },
        { port: { number: 80, name: 'http' }, hosts: ['bookinfo.example.com'] },
      ],
    },
  },
  virtualService: {
    apiVersion: 'networking.istio.io/v1',
    kind: 'VirtualService',
    metadata: { name: 'reviews', namespace: 'shop' },
    spec: { hosts: ['reviews.example.com', 'reviews'], gateways: ['istio-system/edge'] },
  },
  httpProxy: {
    apiVersion: 'projectcontour.io/v1',
    kind: 'HTTPProxy',
    metadata: { name: 'root', namespace: 'shop' },
    spec: { virtualhost: { fqdn: 'contour.example.com', tls: { secretName: 'x' } } },
    status: { loadBalancer: { ingress: [{ ip: '203.0.113.44' }] } },
  },
} as const satisfies Readonly<Record<string, Sample>>;

export type SampleName = keyof typeof SAMPLES;

/** A sample as templates get it. */
export function subjectOfSample(name: SampleName): {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly fields: Readonly<Record<string, unknown>>;
} {
  const sample: Sample = SAMPLES[name];
  const { apiVersion, kind, metadata } = sample;
  return { apiVersion, kind, namespace: metadata.namespace ?? '', name: metadata.name, fields: sample };
}
