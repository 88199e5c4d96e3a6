import type { Life } from '../life.ts';

const loadBalancer = (annotations: string, status: string): string => `
  apiVersion: v1
  kind: Service
  metadata: {name: web, annotations: {${annotations}}, finalizers: [service.kubernetes.io/load-balancer-cleanup]}
  spec: {type: LoadBalancer, ports: [{port: 80}]}
  status: {loadBalancer: {${status}}}`;

const inside = (name: string, spec: string, annotations = ''): string => `
  apiVersion: v1
  kind: Service
  metadata: {name: ${name}, annotations: {${annotations}}}
  spec: {ports: [{port: 80}], ${spec}}`;

const slice = (service: string, endpoints: string): string => `
  apiVersion: discovery.k8s.io/v1
  kind: EndpointSlice
  metadata: {name: ${service}-1, labels: {kubernetes.io/service-name: ${service}}}
  addressType: IPv4
  endpoints: [${endpoints}]`;

export const SERVICE_LIVES: readonly Life[] = [
  {
    title: 'a Service of type LoadBalancer, from its creation to the moment when it waits for the load balancer to be taken down',
    at: 'lb',
    steps: [
      { apply: loadBalancer('', ''), records: 'web.lb.example.com. NODATA' },
      {
        apply: loadBalancer('', 'ingress: [{ip: 192.0.2.1}, {ip: "2001:db8::1"}]'),
        records: `web.lb.example.com. 60 IN A 192.0.2.1
               web.lb.example.com. 60 IN AAAA 2001:db8::1`,
      },
      { apply: loadBalancer('', 'ingress: [{ip: 192.0.2.2}]'), records: 'web.lb.example.com. 60 IN A 192.0.2.2' },
      {
        apply: loadBalancer('', 'ingress: [{hostname: lb-1.elb.example.net}]'),
        records: 'web.lb.example.com. 60 IN ALIAS lb-1.elb.example.net.',
      },
      {
        apply: loadBalancer(
          'external-dns.kubernetes.io/hostname: "shop.lb.example.com,www.lb.example.com", external-dns.kubernetes.io/ttl: 5m',
          'ingress: [{ip: 192.0.2.2}]',
        ),
        records: `shop.lb.example.com. 300 IN A 192.0.2.2
               www.lb.example.com. 300 IN A 192.0.2.2`,
      },
      { apply: loadBalancer('kubezone.io/ignore: "true"', 'ingress: [{ip: 192.0.2.2}]'), records: '' },
      { apply: loadBalancer('', 'ingress: [{ip: 192.0.2.2}]'), records: 'web.lb.example.com. 60 IN A 192.0.2.2' },
      { remove: ['Service/web'], records: '' },
    ],
  },
  {
    title: 'a Service with external IPs, and one with an address for inside',
    at: 'ips',
    steps: [
      {
        apply: inside('web', 'externalIPs: [192.0.2.11, 192.0.2.12]', 'coredns.io/hostname: web.ips.example.com'),
        records: `web.ips.example.com. 60 IN A 192.0.2.11
               web.ips.example.com. 60 IN A 192.0.2.12`,
      },
      {
        apply: inside('web', 'externalIPs: [192.0.2.12]', 'coredns.io/hostname: web.ips.example.com'),
        records: 'web.ips.example.com. 60 IN A 192.0.2.12',
      },
      {
        apply: inside('db', 'clusterIP: 10.96.77.7', 'external-dns.alpha.kubernetes.io/internal-hostname: db.ips.example.com'),
        records: `web.ips.example.com. 60 IN A 192.0.2.12
               db.ips.example.com. 60 IN A 10.96.77.7`,
      },
      { remove: ['Service/web', 'Service/db'], records: '' },
    ],
  },
  {
    title: 'a headless Service and its pods by name, as they become ready, move and go',
    at: 'headless',
    steps: [
      {
        apply: inside('db', 'clusterIP: None', 'external-dns.kubernetes.io/hostname: db.headless'),
        records: 'db.headless.example.com. NODATA',
      },
      {
        apply: slice(
          'db',
          '{addresses: [10.1.0.1], hostname: db-0, conditions: {ready: true}}, {addresses: [10.1.0.2], hostname: db-1, conditions: {ready: false}}',
        ),
        records: `db.headless.example.com. 60 IN A 10.1.0.1
               db-0.db.headless.example.com. 60 IN A 10.1.0.1`,
      },
      {
        apply: slice(
          'db',
          '{addresses: [10.1.0.3], hostname: db-0, conditions: {ready: true}}, {addresses: [10.1.0.2], hostname: db-1, conditions: {ready: true}}',
        ),
        records: `db.headless.example.com. 60 IN A 10.1.0.2
               db.headless.example.com. 60 IN A 10.1.0.3
               db-0.db.headless.example.com. 60 IN A 10.1.0.3
               db-1.db.headless.example.com. 60 IN A 10.1.0.2`,
      },
      { remove: ['EndpointSlice/db-1'], records: 'db.headless.example.com. NODATA' },
      { remove: ['Service/db'], records: '' },
    ],
  },
  {
    title: 'a Service of type ExternalName, and one that asks for the addresses of its endpoints',
    at: 'ext',
    steps: [
      {
        apply: inside(
          'api',
          'type: ExternalName, externalName: api.example.net',
          'external-dns.kubernetes.io/hostname: api.ext.example.com',
        ),
        records: 'api.ext.example.com. 60 IN ALIAS api.example.net.',
      },
      {
        apply: inside(
          'api',
          'type: ExternalName, externalName: api.example.org',
          'external-dns.kubernetes.io/hostname: api.ext.example.com',
        ),
        records: 'api.ext.example.com. 60 IN ALIAS api.example.org.',
      },
      { remove: ['Service/api'], records: '' },
      {
        apply: inside('own', 'type: ClusterIP', 'k8s-gateway.dns/resolve-endpoints: "true"'),
        records: 'own.ext.example.com. NODATA',
      },
      {
        apply: slice('own', '{addresses: [10.1.0.9], conditions: {ready: true}}'),
        records: 'own.ext.example.com. 60 IN A 10.1.0.9',
      },
      { remove: ['Service/own'], records: '' },
    ],
  },
];
