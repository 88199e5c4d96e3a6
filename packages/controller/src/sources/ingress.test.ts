import { describe, expect, it } from '@jest/globals';

import { EXAMPLE, outcomeOf } from '../testing/source-world.ts';
import { ingress, type IngressOptions } from './ingress.ts';

const ing = (hosts: string, status: string, { name = 'ing', annotations = '{}', spec = '', labels = '{}' } = {}): string => `
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: ${name}, namespace: testing, annotations: ${annotations}, labels: ${labels}}
spec: {rules: [${hosts
  .split(' ')
  .map((host) => `{host: "${host}"}`)
  .join(', ')}], ${spec}}
status: {loadBalancer: {ingress: [${status}]}}
`;
const IP = '{ip: 192.0.0.1}';
const a = (...names: string[]): string[] => names.map((name) => `${name}.example.com. 60 IN A 192.0.0.1`);

describe('an Ingress', () => {
  it.each<{ rule: string; yaml: string; options?: Partial<IngressOptions>; expected: string[]; problems?: string[] }>([
    {
      rule: 'has the addresses of its load balancer at its hosts',
      yaml: ing('domain.example.com d2.example.com', IP),
      expected: a('d2', 'domain'),
    },
    { rule: 'exists while it has no address', yaml: ing('domain.example.com', ''), expected: ['domain.example.com. NODATA'] },
    { rule: 'stands for a wildcard, and for the name above it not', yaml: ing('*.example.com', IP), expected: a('*') },
    {
      rule: 'has addresses of both families',
      yaml: ing('domain.example.com', `${IP}, {ip: "2001:db8::1"}`),
      expected: [...a('domain'), 'domain.example.com. 60 IN AAAA 2001:db8::1'],
    },
    {
      rule: 'leads to host names',
      yaml: ing('domain.example.com', '{hostname: lb.test}, {hostname: lb2.test}'),
      expected: ['domain.example.com. 60 IN ALIAS lb.test.', 'domain.example.com. 60 IN ALIAS lb2.test.'],
    },
    { rule: 'has no name outside the zones, nor a relative one', yaml: ing('foo.bar web', IP), expected: [] },
    { rule: 'has no name by a rule for every host', yaml: ing('', IP), expected: [] },
    { rule: 'is called in any case', yaml: ing('DoMain.Example.COM', IP), expected: a('domain') },
    {
      rule: 'merges with another that has the same host',
      yaml: ing('d.example.com', '{ip: 10.0.0.1}') + ing('d.example.com', '{ip: 10.0.0.2}', { name: 'other' }),
      expected: ['d.example.com. 60 IN A 10.0.0.1', 'd.example.com. 60 IN A 10.0.0.2'],
    },
    {
      rule: 'has the hosts of its certificates and its annotation too',
      yaml: ing('a.example.com', IP, {
        spec: 'tls: [{hosts: [b.example.com, a.example.com]}, {}]',
        annotations: '{external-dns.kubernetes.io/hostname: c}',
      }),
      expected: a('a', 'b', 'c'),
    },
    {
      rule: 'has no hosts of its certificates where those are not wanted',
      yaml: ing('a.example.com', IP, { spec: 'tls: [{hosts: [b.example.com]}]' }),
      options: { tlsHosts: false },
      expected: a('a'),
    },
    {
      rule: 'has no hosts of its rules where those are not wanted',
      yaml: ing('a.example.com', IP, { spec: 'tls: [{hosts: [b.example.com]}]' }),
      options: { ruleHosts: false },
      expected: a('b'),
    },
    ...(
      [
        ['defined-hosts-only', a('a')],
        ['annotation-only', a('c')],
      ] as const
    ).map(([source, expected]) => ({
      rule: `has the hosts that its annotation wants: ${source}`,
      yaml: ing('a.example.com', IP, {
        annotations: `{external-dns.kubernetes.io/hostname: c, external-dns.kubernetes.io/ingress-hostname-source: ${source}}`,
      }),
      expected,
    })),
    {
      rule: 'has all its hosts, whatever an annotation for routes wants',
      yaml: ing('a.example.com', IP, { annotations: '{external-dns.kubernetes.io/gateway-hostname-source: annotation-only}' }),
      expected: a('a'),
    },
    {
      rule: 'has the targets of its annotation in place of its status',
      yaml: ing('a.example.com', IP, { annotations: '{external-dns.kubernetes.io/target: "1.2.3.4,lb.test"}' }),
      expected: ['a.example.com. 60 IN A 1.2.3.4'],
      problems: ['TARGETS_MIXED Ingress/testing/ing'],
    },
    {
      rule: 'has its status where the annotation is ignored',
      yaml: ing('a.example.com', IP, { annotations: '{external-dns.kubernetes.io/target: 1.2.3.4}' }),
      options: { externalDns: { target: 'ignore' } },
      expected: a('a'),
    },
    {
      rule: 'is of a wanted class',
      yaml: ing('a.example.com', IP, { spec: 'ingressClassName: nginx' }),
      options: { classes: ['other', 'nginx'] },
      expected: a('a'),
    },
    {
      rule: 'is of another class',
      yaml: ing('a.example.com', IP, { spec: 'ingressClassName: other' }),
      options: { classes: ['nginx'] },
      expected: [],
    },
    {
      rule: 'is of no class, where one is wanted',
      yaml: ing('a.example.com', IP),
      options: { classes: ['nginx'] },
      expected: [],
    },
    {
      rule: 'is of the class that its annotation gives',
      yaml: ing('a.example.com', IP, { annotations: '{kubernetes.io/ingress.class: nginx}' }),
      options: { classes: ['nginx'] },
      expected: a('a'),
    },
    {
      rule: 'is of the class in its specification, whatever its annotation gives',
      yaml: ing('a.example.com', IP, { annotations: '{kubernetes.io/ingress.class: nginx}', spec: 'ingressClassName: other' }),
      options: { classes: ['nginx'] },
      expected: [],
    },
    { rule: 'opts out by label', yaml: ing('a.example.com', IP, { labels: '{k8s-gateway.dns/ignore: "true"}' }), expected: [] },
    {
      rule: 'has its names by template where it gives none',
      yaml: ing('', IP) + ing('b.example.com', IP, { name: 'named' }),
      options: { template: { expand: ({ name }) => ({ names: [`${name}.example.com`], problems: [] }) } },
      expected: a('b', 'ing'),
    },
    {
      rule: 'keeps its good hosts beside bad ones',
      yaml: ing(`a.*.example.com ok.example.com ${'x'.repeat(64)}.example.com _owner.example.com`, IP),
      expected: a('ok'),
      problems: Array.from({ length: 3 }, () => 'OWNER_NAME_INVALID Ingress/testing/ing'),
    },
    {
      rule: 'is refused with 10,000 hosts',
      yaml: ing(Array.from({ length: 10_000 }, (_, index) => `h${index}.example.com`).join(' '), IP),
      expected: [],
      problems: ['LIST_TOO_LONG Ingress/testing/ing'],
    },
  ])('$rule', async ({ yaml, options = {}, expected, problems = [] }) => {
    const outcome = await outcomeOf([ingress({ ...EXAMPLE, ...options })], yaml);
    expect(outcome.records).toEqual(expected);
    expect(outcome.problems).toEqual(problems);
  });
});
