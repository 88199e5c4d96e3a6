import type { Life } from '../life.ts';

const record = (name: string, spec: string): string => `
  apiVersion: syntixi.io/v1alpha1
  kind: Record
  metadata: {name: ${name}}
  spec: {${spec}}`;

const node = (name: string, external: string): string => `
  apiVersion: v1
  kind: Node
  metadata: {name: ${name}}
  status: {addresses: [{type: InternalIP, address: 10.3.0.1}, ${external}]}`;

const pod = (name: string, app: string, spec: string): string => `
  apiVersion: v1
  kind: Pod
  metadata: {name: ${name}, labels: {app: ${app}}}
  spec: {containers: [{name: c, image: example.com/c}], ${spec}}`;

const SMTP = record('smtp', 'fqdn: smtp.pods.example.com, valueFrom: {podSelector: {matchLabels: {app: smtp}}}');
/** What the source of nodes says of them. */
const NODES = `
  n1.pods.example.com. 60 IN A 10.3.0.1
  n2.pods.example.com. 60 IN A 10.3.0.1`;

export const RECORD_LIVES: readonly Life[] = [
  {
    title: 'Records with values of several types',
    at: 'rec',
    steps: [
      {
        apply: record('a', 'fqdn: a.rec.example.com, type: A, value: [192.0.2.101]'),
        records: 'a.rec.example.com. 60 IN A 192.0.2.101',
      },
      {
        apply: record('a', 'fqdn: a.rec.example.com, type: A, ttl: 300, value: [192.0.2.101, 192.0.2.102]'),
        records: `a.rec.example.com. 300 IN A 192.0.2.101
               a.rec.example.com. 300 IN A 192.0.2.102`,
      },
      {
        apply: [
          record('a', 'fqdn: b.rec.example.com., type: AAAA, value: ["2001:db8::1"]'),
          record('mx', 'fqdn: rec.example.com, type: MX, value: ["10 mail.example.net"]'),
          record('txt', 'fqdn: rec.example.com, type: TXT, value: ["v=spf1 -all"]'),
          record('srv', 'fqdn: _sip._udp.rec.example.com, type: SRV, value: ["10 5 5060 sip.example.net"]'),
          record('cname', 'fqdn: www.rec.example.com, type: CNAME, value: [web.example.net]'),
          record('alias', 'fqdn: lb.rec.example.com, type: ALIAS, value: [lb.example.net]'),
        ].join('\n---'),
        records: `_sip._udp.rec.example.com. 60 IN SRV 10 5 5060 sip.example.net.
               b.rec.example.com. 60 IN AAAA 2001:db8::1
               lb.rec.example.com. 60 IN ALIAS lb.example.net.
               rec.example.com. 60 IN MX 10 mail.example.net.
               rec.example.com. 60 IN TXT "v=spf1 -all"
               www.rec.example.com. 60 IN CNAME web.example.net.`,
      },
      { remove: ['Record/a', 'Record/mx', 'Record/txt', 'Record/srv', 'Record/cname', 'Record/alias'], records: '' },
    ],
  },
  {
    title: 'a Record that selects pods, as they are scheduled, relabelled, deleted and come again elsewhere',
    at: 'pods',
    steps: [
      {
        apply: [
          node('n1.pods', '{type: ExternalIP, address: 192.0.2.111}'),
          node('n2.pods', '{type: ExternalIP, address: 192.0.2.112}, {type: ExternalIP, address: "2001:db8::112"}'),
        ].join('\n---'),
        records: NODES,
      },
      {
        apply: `${SMTP}\n---${pod('p1', 'smtp', '')}`,
        records: `${NODES}
          smtp.pods.example.com. NODATA`,
      },
      {
        bind: ['p1', 'n1.pods'],
        records: `${NODES}
          smtp.pods.example.com. 60 IN A 192.0.2.111`,
      },
      {
        apply: pod('p2', 'smtp', 'nodeName: n2.pods'),
        records: `${NODES}
          smtp.pods.example.com. 60 IN A 192.0.2.111
          smtp.pods.example.com. 60 IN A 192.0.2.112
          smtp.pods.example.com. 60 IN AAAA 2001:db8::112`,
      },
      {
        apply: pod('p2', 'other', 'nodeName: n2.pods'),
        records: `${NODES}
          smtp.pods.example.com. 60 IN A 192.0.2.111`,
      },
      {
        apply: node('n1.pods', '{type: ExternalIP, address: 192.0.2.113}'),
        records: `${NODES}
          smtp.pods.example.com. 60 IN A 192.0.2.113`,
      },
      {
        apply: pod('p3', 'smtp', 'nodeName: n2.pods'),
        remove: ['Pod/p1'],
        records: `${NODES}
          smtp.pods.example.com. 60 IN A 192.0.2.112
          smtp.pods.example.com. 60 IN AAAA 2001:db8::112`,
      },
      { remove: ['Record/smtp'], records: NODES },
      { remove: ['Node/n1.pods', 'Node/n2.pods'], records: '' },
    ],
  },
];
