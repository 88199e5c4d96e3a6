import type { Life } from '../life.ts';

const node = (name: string, addresses: string, { ready = 'True', spec = '' } = {}): string => `
  apiVersion: v1
  kind: Node
  metadata: {name: ${name}}
  spec: {${spec}}
  status: {addresses: [${addresses}], conditions: [{type: Ready, status: "${ready}"}]}`;

const internal = (ip: string): string => `{type: InternalIP, address: ${ip}}`;
const external = (ip: string): string => `{type: ExternalIP, address: ${ip}}`;

const nodePort = (policy: string): string => `
  apiVersion: v1
  kind: Service
  metadata: {name: web, annotations: {external-dns.kubernetes.io/hostname: web.np.example.com}}
  spec: {type: NodePort, externalTrafficPolicy: ${policy}, ports: [{port: 80, nodePort: 30080}]}`;

const podOf = (name: string, spec: string, status: string): string => `
  apiVersion: v1
  kind: Pod
  metadata:
    name: ${name}
    annotations:
      external-dns.kubernetes.io/hostname: smtp.pod.example.com
      external-dns.kubernetes.io/internal-hostname: in.pod.example.com
  spec: {containers: [{name: c, image: example.com/c}], ${spec}}
  status: {${status}}`;

/** What the source of nodes says of the nodes of a life. */
const NP_NODES = `
  a.np.example.com. 60 IN A 10.2.0.1
  b.np.example.com. 60 IN A 10.2.0.2`;
const POD_NODES = `
  n1.pod.example.com. 60 IN A 10.2.0.11
  n2.pod.example.com. 60 IN A 10.2.0.12`;
const SRV = '_web._tcp.web.np.example.com. 60 IN SRV 0 50 30080 web.np.example.com.';

export const NODE_LIVES: readonly Life[] = [
  {
    title: 'a Node under its name, by its internal addresses',
    at: 'node',
    steps: [
      { apply: node('n1.node', ''), records: 'n1.node.example.com. NODATA' },
      {
        apply: node('n1.node', `${internal('10.2.0.21')}, ${internal('"2001:db8:2::21"')}, ${external('192.0.2.21')}`),
        records: `n1.node.example.com. 60 IN A 10.2.0.21
               n1.node.example.com. 60 IN AAAA 2001:db8:2::21`,
      },
      { apply: node('n1.node', internal('10.2.0.22')), records: 'n1.node.example.com. 60 IN A 10.2.0.22' },
      { remove: ['Node/n1.node'], records: '' },
    ],
  },
  {
    title: 'a Service of type NodePort by the nodes that are ready, schedulable and, where it asks for that, have an endpoint',
    at: 'np',
    steps: [
      { apply: `${node('a.np', internal('10.2.0.1'))}\n---${node('b.np', internal('10.2.0.2'))}`, records: NP_NODES },
      {
        apply: nodePort('Cluster'),
        records: `${NP_NODES}
          ${SRV}
          web.np.example.com. 60 IN A 10.2.0.1
          web.np.example.com. 60 IN A 10.2.0.2`,
      },
      {
        apply: node('b.np', internal('10.2.0.2'), { ready: 'Unknown' }),
        records: `${NP_NODES}
          ${SRV}
          web.np.example.com. 60 IN A 10.2.0.1`,
      },
      {
        apply: `${node('b.np', internal('10.2.0.2'))}\n---${node('a.np', internal('10.2.0.1'), { spec: 'unschedulable: true' })}`,
        records: `${NP_NODES}
          ${SRV}
          web.np.example.com. 60 IN A 10.2.0.2`,
      },
      {
        apply: `${node('a.np', `${internal('10.2.0.1')}, ${external('192.0.2.31')}`)}\n---${node('b.np', `${internal('10.2.0.2')}, ${external('192.0.2.32')}`)}`,
        records: `${NP_NODES}
          ${SRV}
          web.np.example.com. 60 IN A 192.0.2.31
          web.np.example.com. 60 IN A 192.0.2.32`,
      },
      {
        apply: `${nodePort('Local')}
---
  apiVersion: discovery.k8s.io/v1
  kind: EndpointSlice
  metadata: {name: web-1, labels: {kubernetes.io/service-name: web}}
  addressType: IPv4
  endpoints: [{addresses: [10.1.0.1], nodeName: a.np, conditions: {ready: true}}]`,
        records: `${NP_NODES}
          ${SRV}
          web.np.example.com. 60 IN A 192.0.2.31`,
      },
      { remove: ['Service/web'], records: NP_NODES },
      { remove: ['Node/a.np', 'Node/b.np'], records: '' },
    ],
  },
  {
    title: 'a Pod, as it is scheduled, started and deleted, and its successor on another node',
    at: 'pod',
    steps: [
      {
        apply: `${node('n1.pod', `${internal('10.2.0.11')}, ${external('192.0.2.41')}`)}\n---${node('n2.pod', `${internal('10.2.0.12')}, ${external('192.0.2.42')}`)}`,
        records: POD_NODES,
      },
      {
        apply: podOf('p1', '', 'phase: Pending'),
        records: `${POD_NODES}
          in.pod.example.com. NODATA
          smtp.pod.example.com. NODATA`,
      },
      {
        bind: ['p1', 'n1.pod'],
        records: `${POD_NODES}
          in.pod.example.com. NODATA
          smtp.pod.example.com. 60 IN A 192.0.2.41`,
      },
      {
        apply: podOf('p2', 'nodeName: n2.pod', 'phase: Running, podIP: 10.1.0.2, podIPs: [{ip: 10.1.0.2}]'),
        records: `${POD_NODES}
          in.pod.example.com. 60 IN A 10.1.0.2
          smtp.pod.example.com. 60 IN A 192.0.2.41
          smtp.pod.example.com. 60 IN A 192.0.2.42`,
      },
      // Its kubelet never answers here, so the object stays, going.
      {
        remove: ['Pod/p1'],
        records: `${POD_NODES}
          in.pod.example.com. 60 IN A 10.1.0.2
          smtp.pod.example.com. 60 IN A 192.0.2.42`,
      },
      {
        apply: node('n2.pod', `${internal('10.2.0.12')}, ${external('192.0.2.43')}`),
        records: `${POD_NODES}
          in.pod.example.com. 60 IN A 10.1.0.2
          smtp.pod.example.com. 60 IN A 192.0.2.43`,
      },
      {
        apply: podOf('p2', 'nodeName: n2.pod', 'phase: Succeeded, podIP: 10.1.0.2, podIPs: [{ip: 10.1.0.2}]'),
        records: POD_NODES,
      },
      { remove: ['Node/n1.pod', 'Node/n2.pod'], records: '' },
    ],
  },
];
