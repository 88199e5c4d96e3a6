import type { Life } from '../life.ts';

const ingress = (spec: string, status: string): string => `
  apiVersion: networking.k8s.io/v1
  kind: Ingress
  metadata: {name: web}
  spec: {${spec}}
  status: {loadBalancer: {${status}}}`;

const endpoint = (endpoints: string): string => `
  apiVersion: externaldns.k8s.io/v1alpha1
  kind: DNSEndpoint
  metadata: {name: mail}
  spec: {endpoints: [${endpoints}]}`;

const MX = '{dnsName: mail.ep.example.com, recordType: MX, targets: ["10 mx1.example.net", "20 mx2.example.net"]}';
const TXT = '{dnsName: mail.ep.example.com, recordType: TXT, recordTTL: 300, targets: ["v=spf1 -all"]}';
const SRV = '{dnsName: _sip._udp.ep.example.com, recordType: SRV, targets: ["10 5 5060 sip.example.net."]}';
const A = '{dnsName: ep.example.com, recordType: A, recordTTL: 30, targets: [192.0.2.61, 192.0.2.62]}';

export const INGRESS_LIVES: readonly Life[] = [
  {
    title: 'an Ingress by the hosts of its rules and certificates',
    at: 'ing',
    steps: [
      { apply: ingress('rules: [{host: a.ing.example.com}]', ''), records: 'a.ing.example.com. NODATA' },
      {
        apply: ingress('rules: [{host: a.ing.example.com}]', 'ingress: [{ip: 192.0.2.51}]'),
        records: 'a.ing.example.com. 60 IN A 192.0.2.51',
      },
      {
        apply: ingress(
          'rules: [{host: a.ing.example.com}, {host: "*.ing.example.com"}, {host: other.example.org}], tls: [{hosts: [b.ing.example.com]}]',
          'ingress: [{ip: 192.0.2.52}, {ip: "2001:db8::52"}]',
        ),
        records: `*.ing.example.com. 60 IN A 192.0.2.52
               *.ing.example.com. 60 IN AAAA 2001:db8::52
               a.ing.example.com. 60 IN A 192.0.2.52
               a.ing.example.com. 60 IN AAAA 2001:db8::52
               b.ing.example.com. 60 IN A 192.0.2.52
               b.ing.example.com. 60 IN AAAA 2001:db8::52`,
      },
      {
        apply: ingress('rules: [{host: a.ing.example.com}]', 'ingress: [{hostname: lb-2.elb.example.net}]'),
        records: 'a.ing.example.com. 60 IN ALIAS lb-2.elb.example.net.',
      },
      { remove: ['Ingress/web'], records: '' },
    ],
  },
  {
    title: 'a DNSEndpoint with records of several types',
    at: 'ep',
    steps: [
      {
        apply: endpoint([MX, TXT, SRV, A].join(', ')),
        records: `_sip._udp.ep.example.com. 60 IN SRV 10 5 5060 sip.example.net.
               ep.example.com. 30 IN A 192.0.2.61
               ep.example.com. 30 IN A 192.0.2.62
               mail.ep.example.com. 300 IN TXT "v=spf1 -all"
               mail.ep.example.com. 60 IN MX 10 mx1.example.net.
               mail.ep.example.com. 60 IN MX 20 mx2.example.net.`,
      },
      {
        apply: endpoint(`${TXT}, {dnsName: ep.example.com, recordType: CNAME, targets: [target.example.net]}`),
        records: `ep.example.com. 60 IN CNAME target.example.net.
               mail.ep.example.com. 300 IN TXT "v=spf1 -all"`,
      },
      { remove: ['DNSEndpoint/mail'], records: '' },
    ],
  },
];
