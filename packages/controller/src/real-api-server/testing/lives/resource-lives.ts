import type { Life } from '../life.ts';

const proxy = (ip: string): string => `
  apiVersion: v1
  kind: Service
  metadata: {name: proxy, namespace: resource, annotations: {external-dns.kubernetes.io/hostname: proxy.example.org}}
  spec: {type: LoadBalancer, ports: [{port: 80}]}
  status: {loadBalancer: {ingress: [{ip: ${ip}}]}}`;

const ingressRoute = (match: string): string => `
  apiVersion: traefik.io/v1alpha1
  kind: IngressRoute
  metadata: {name: shop}
  spec: {entryPoints: [websecure], routes: [{kind: Rule, match: '${match}', services: [{name: shop, port: 80}]}]}`;

const istioGateway = (hosts: string): string => `
  apiVersion: networking.istio.io/v1
  kind: Gateway
  metadata: {name: edge}
  spec: {selector: {istio: ingressgateway}, servers: [{port: {number: 80, name: http, protocol: HTTP}, hosts: [${hosts}]}]}`;

const MESH = (ip: string): string => `
  apiVersion: gateway.networking.k8s.io/v1
  kind: Gateway
  metadata: {name: mesh, namespace: resource}
  spec: {gatewayClassName: mesh, listeners: [{name: l, port: 80, protocol: HTTP}]}
  status: {addresses: [{type: IPAddress, value: ${ip}}]}`;

const virtualService = (hosts: string): string => `
  apiVersion: networking.istio.io/v1
  kind: VirtualService
  metadata: {name: reviews}
  spec: {hosts: [${hosts}], gateways: [edge]}`;

const httpProxy = (fqdn: string, status: string): string => `
  apiVersion: projectcontour.io/v1
  kind: HTTPProxy
  metadata: {name: root}
  spec: {virtualhost: {fqdn: ${fqdn}}, routes: [{services: [{name: web, port: 80}]}]}
  status: {currentStatus: valid, loadBalancer: {${status}}}`;

/** Kinds that are known by configuration only. */
export const RESOURCE_LIVES: readonly Life[] = [
  {
    title: 'an IngressRoute of Traefik and a Gateway of Istio, at the addresses of one Service',
    at: 'resource',
    steps: [
      {
        apply: ingressRoute('Host(`shop.resource.example.com`) && PathPrefix(`/`)'),
        records: 'shop.resource.example.com. NODATA',
      },
      { apply: proxy('192.0.2.91'), records: 'shop.resource.example.com. 60 IN A 192.0.2.91' },
      {
        apply: `${ingressRoute('Host(`a.resource.example.com`) || Host(`b.resource.example.com`)')}
---${istioGateway('"./*.apps.resource.example.com", "*"')}`,
        records: `*.apps.resource.example.com. 60 IN A 192.0.2.91
               a.resource.example.com. 60 IN A 192.0.2.91
               b.resource.example.com. 60 IN A 192.0.2.91`,
      },
      {
        apply: proxy('192.0.2.92'),
        records: `*.apps.resource.example.com. 60 IN A 192.0.2.92
               a.resource.example.com. 60 IN A 192.0.2.92
               b.resource.example.com. 60 IN A 192.0.2.92`,
      },
      { remove: ['IngressRoute/shop'], records: '*.apps.resource.example.com. 60 IN A 192.0.2.92' },
      { remove: ['Gateway/edge'], records: '' },
    ],
  },
  {
    title:
      "a VirtualService of Istio at the addresses of a Gateway of the Gateway API's, beside a Gateway of Istio's of that name",
    at: 'mesh',
    steps: [
      { apply: virtualService('reviews.mesh.example.com, reviews'), records: 'reviews.mesh.example.com. NODATA' },
      {
        apply: '{apiVersion: v1, kind: Namespace, metadata: {name: resource}}\n---' + MESH('192.0.2.95'),
        records: 'reviews.mesh.example.com. 60 IN A 192.0.2.95',
      },
      {
        apply: `${istioGateway('"*"').replace('name: edge', 'name: mesh, namespace: resource')}\n---${MESH('192.0.2.96')}`,
        records: 'reviews.mesh.example.com. 60 IN A 192.0.2.96',
      },
      {
        remove: ['Gateway.networking.istio.io/mesh'],
        apply: virtualService('ratings.mesh.example.com'),
        records: 'ratings.mesh.example.com. 60 IN A 192.0.2.96',
      },
      { remove: ['VirtualService/reviews'], records: '' },
    ],
  },
  {
    title: 'an HTTPProxy of Contour, at the addresses of its own status',
    at: 'contour',
    steps: [
      { apply: httpProxy('www.contour.example.com', ''), records: 'www.contour.example.com. NODATA' },
      {
        apply: httpProxy('www.contour.example.com', 'ingress: [{ip: 192.0.2.97}]'),
        records: 'www.contour.example.com. 60 IN A 192.0.2.97',
      },
      {
        apply: httpProxy('www.contour.example.com', 'ingress: [{hostname: lb-3.elb.example.net}]'),
        records: 'www.contour.example.com. 60 IN ALIAS lb-3.elb.example.net.',
      },
      {
        apply: httpProxy('new.contour.example.com', 'ingress: [{ip: 192.0.2.97}]'),
        records: 'new.contour.example.com. 60 IN A 192.0.2.97',
      },
      { remove: ['HTTPProxy/root'], records: '' },
    ],
  },
];
