/** A cluster with something for every source, in the zone a.test. Addresses are of RFC 5737 and RFC 3849. */
export const SOURCE_MANIFESTS: string = `
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {type: LoadBalancer, clusterIP: 10.1.0.1}
status: {loadBalancer: {ingress: [{ip: 192.0.2.10}, {ip: "2001:db8::10"}]}}
---
apiVersion: v1
kind: Service
metadata: {name: named, namespace: shop, annotations: {external-dns.kubernetes.io/hostname: shop}}
spec: {type: LoadBalancer, externalIPs: [192.0.2.12]}
---
apiVersion: v1
kind: Service
metadata: {name: pending, namespace: shop}
spec: {type: LoadBalancer}
---
apiVersion: v1
kind: Service
metadata: {name: db, namespace: shop, annotations: {external-dns.kubernetes.io/hostname: db.a.test}}
spec: {clusterIP: None}
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: db-1, namespace: shop, labels: {kubernetes.io/service-name: db}}
addressType: IPv4
endpoints:
  - {addresses: [10.0.0.1], hostname: db-0, nodeName: node-1, conditions: {ready: true}}
  - {addresses: [10.0.0.2], hostname: db-1, nodeName: node-1, conditions: {ready: true}}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: www, namespace: shop}
spec: {ingressClassName: nginx, rules: [{host: www.a.test}, {host: www.other.test}]}
status: {loadBalancer: {ingress: [{ip: 192.0.2.20}]}}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: other, namespace: shop}
spec: {ingressClassName: other, rules: [{host: other.a.test}]}
status: {loadBalancer: {ingress: [{ip: 192.0.2.21}]}}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: elb, namespace: shop}
spec: {ingressClassName: nginx, rules: [{host: elb.a.test}]}
status: {loadBalancer: {ingress: [{hostname: lb.elb.test}]}}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: hostile, namespace: shop}
spec: {ingressClassName: nginx, rules: [{host: a.*.a.test}]}
status: {loadBalancer: {ingress: [{ip: 192.0.2.20}]}}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: stranger, namespace: shop}
spec: {ingressClassName: nginx, rules: [{host: x.claimed.a.test}]}
status: {loadBalancer: {ingress: [{ip: 192.0.2.51}]}}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: owner, namespace: team-a}
spec: {ingressClassName: nginx, rules: [{host: x.claimed.a.test}]}
status: {loadBalancer: {ingress: [{ip: 192.0.2.50}]}}
---
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: edge, namespace: shop, generation: 1}
spec:
  gatewayClassName: public
  listeners:
    - {name: http, port: 80, protocol: HTTP}
    - {name: tcp, port: 5432, protocol: TCP}
status:
  addresses: [{type: IPAddress, value: 192.0.2.30}]
  conditions: [{type: Accepted, status: "True", observedGeneration: 1}]
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: route, namespace: shop, generation: 1}
spec: {hostnames: [route.a.test], parentRefs: [{name: edge}]}
status:
  parents:
    - {parentRef: {name: edge}, controllerName: a.test/c, conditions: [{type: Accepted, status: "True", observedGeneration: 1}]}
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: refused, namespace: shop, generation: 1}
spec: {hostnames: [refused.a.test], parentRefs: [{name: edge}]}
status:
  parents:
    - {parentRef: {name: edge}, controllerName: a.test/c, conditions: [{type: Accepted, status: "False", observedGeneration: 1}]}
---
apiVersion: gateway.networking.k8s.io/v1
kind: TCPRoute
metadata: {name: tcp, namespace: shop, generation: 1, annotations: {external-dns.kubernetes.io/hostname: tcp.a.test}}
spec: {parentRefs: [{name: edge, sectionName: tcp}]}
status:
  parents:
    - {parentRef: {name: edge, sectionName: tcp}, controllerName: a.test/c, conditions: [{type: Accepted, status: "True", observedGeneration: 1}]}
---
apiVersion: externaldns.k8s.io/v1alpha1
kind: DNSEndpoint
metadata: {name: any, namespace: shop}
spec:
  endpoints:
    - {dnsName: endpoint.a.test, recordType: TXT, recordTTL: 60, targets: [hello]}
    - {dnsName: alias.a.test, recordType: CNAME, targets: [web.shop.a.test]}
---
apiVersion: syntixi.io/v1alpha1
kind: Record
metadata: {name: mx, namespace: shop}
spec: {fqdn: record.a.test, type: MX, ttl: 60, value: ["10 mx.b.test."]}
---
apiVersion: syntixi.io/v1alpha1
kind: Record
metadata: {name: outbound, namespace: shop}
spec: {fqdn: outbound.a.test, valueFrom: {podSelector: {matchLabels: {app: web}}}}
---
apiVersion: v1
kind: Node
metadata:
  name: node-1
  annotations: {k8s.pootis.network/node-areas: home, k8s.pootis.network/node-ips: 198.51.100.7}
status:
  addresses: [{type: Hostname, address: node-1}, {type: InternalIP, address: 10.2.0.1}, {type: ExternalIP, address: 198.51.100.1}]
  conditions: [{type: Ready, status: "True"}]
---
apiVersion: v1
kind: Service
metadata: {name: game, namespace: shop, annotations: {external-dns.alpha.kubernetes.io/hostname: game.a.test}}
spec: {type: NodePort, ports: [{port: 1, nodePort: 30123, protocol: UDP}]}
---
apiVersion: v1
kind: Pod
metadata: {name: web-0, namespace: shop, labels: {app: web}}
spec: {nodeName: node-1}
status: {phase: Running, podIPs: [{ip: 10.0.0.1}]}
---
apiVersion: v1
kind: Service
metadata: {name: traefik, namespace: shop, labels: {k8s-gateway.dns/ignore: "true"}}
spec: {type: LoadBalancer}
status: {loadBalancer: {ingress: [{ip: 192.0.2.40}]}}
---
apiVersion: traefik.io/v1alpha1
kind: IngressRoute
metadata: {name: t, namespace: shop}
spec: {routes: [{match: "Host(\`traefik.a.test\`) && PathPrefix(\`/x\`)"}]}
---
apiVersion: example.com/v1
kind: Widget
metadata: {name: w1, namespace: shop}
spec: {address: 192.0.2.41}
---
apiVersion: v1
kind: Service
metadata: {name: dns1, namespace: kube-system, labels: {k8s-gateway.dns/ignore: "true"}}
spec: {type: LoadBalancer}
status: {loadBalancer: {ingress: [{ip: 192.0.2.53}]}}
`;
