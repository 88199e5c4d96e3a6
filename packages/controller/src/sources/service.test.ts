import { describe, expect, it } from '@jest/globals';
import { nameOf } from '@kubezone/core';

import { scanSelectorUnion } from '../selectors/scan-label-selector.ts';
import type { LabelSelector } from '../selectors/label-selector.ts';
import { EXAMPLE, objectsOf, outcomeOf, problemsOf, recordsOf } from '../testing/source-world.ts';
import { namingOfZones } from './naming-of-zones.ts';
import { service, type ServiceOptions } from './service.ts';

/** A Service in namespace ns1, from the parts of it that matter. */
const svc = (
  name: string,
  { annotations = '{}', labels = '{}', spec = 'type: LoadBalancer', ingress = '[]', namespace = 'ns1' },
): string => `
---
apiVersion: v1
kind: Service
metadata: {name: ${name}, namespace: ${namespace}, annotations: ${annotations}, labels: ${labels}}
spec: {${spec}}
status: {loadBalancer: {ingress: ${ingress}}}
`;

const records = async (yaml: string, options: Partial<ServiceOptions> = {}): Promise<readonly string[]> =>
  (await outcomeOf([service({ ...EXAMPLE, ...options })], yaml)).records;

describe('a Service with a load balancer', () => {
  it.each<{ rule: string; yaml: string; options?: Partial<ServiceOptions>; expected: string[]; problems?: string[] }>([
    {
      rule: 'is called name.namespace in every zone for relative names',
      yaml: svc('svc1', { ingress: '[{ip: 192.0.1.1}, {ip: "fd12:3456:789a:1::"}]' }),
      expected: ['svc1.ns1.example.com. 60 IN A 192.0.1.1', 'svc1.ns1.example.com. 60 IN AAAA fd12:3456:789a:1::'],
    },
    {
      rule: 'exists while it has no address',
      yaml: svc('svc1', {}),
      expected: ['svc1.ns1.example.com. NODATA'],
    },
    {
      rule: 'is called as coredns.io/hostname says, and not by its default name',
      yaml: svc('svc3', { annotations: '{coredns.io/hostname: annotation}', ingress: '[{ip: 192.0.1.3}]' }),
      expected: ['annotation.example.com. 60 IN A 192.0.1.3'],
    },
    {
      rule: 'is called as coredns.io/hostname says, whatever external-dns and Mate would call it',
      yaml: svc('svc', {
        annotations:
          '{coredns.io/hostname: one.example.com, external-dns.alpha.kubernetes.io/hostname: two.example.com, zalando.org/dnsname: three.example.com}',
        ingress: '[{ip: 192.0.1.4}]',
      }),
      expected: ['one.example.com. 60 IN A 192.0.1.4'],
    },
    {
      rule: 'has no name where its annotation is empty',
      yaml: svc('svc', { annotations: '{coredns.io/hostname: ""}', ingress: '[{ip: 192.0.1.4}]' }),
      expected: [],
    },
    ...[
      '*my.host',
      '**my.host',
      'my.*.host',
      'foo_bar',
      'a'.repeat(65),
      `${'a.'.repeat(130)}b`,
      '_owner',
      'x._owner.example.com',
      'a..b',
      '@',
    ].map((host) => ({
      rule: `has no name, nor its default one, where its annotation is ${host.slice(0, 20)}`,
      yaml: svc('svc', { annotations: `{coredns.io/hostname: "${host}"}`, ingress: '[{ip: 192.0.1.4}]' }),
      expected: [],
      problems: ['OWNER_NAME_INVALID Service/ns1/svc'],
    })),
    {
      rule: 'keeps the good names of a list, with letters of any case and beyond ASCII, and a wildcard',
      yaml: svc('svc', {
        annotations: '{coredns.io/hostname: "WWW.example.com., *.w , größe.example.com,no good,,www"}',
        ingress: '[{ip: 192.0.1.4}]',
      }),
      expected: [
        '*.w.example.com. 60 IN A 192.0.1.4',
        'www.example.com. 60 IN A 192.0.1.4',
        'xn--gre-6ka8i.example.com. 60 IN A 192.0.1.4',
      ],
      problems: ['OWNER_NAME_INVALID Service/ns1/svc'],
    },
    {
      rule: 'may give its name with a final dot',
      yaml: svc('svc', {
        annotations: '{external-dns.alpha.kubernetes.io/hostname: t.example.com.}',
        ingress: '[{ip: 192.0.1.4}]',
      }),
      expected: ['t.example.com. 60 IN A 192.0.1.4'],
    },
    {
      rule: 'has several names by external-dns, final dots and all',
      yaml: svc('foo', {
        annotations: '{external-dns.kubernetes.io/hostname: "foo.example.com., bar.example.com"}',
        ingress: '[{ip: 1.2.3.4}]',
      }),
      expected: ['bar.example.com. 60 IN A 1.2.3.4', 'foo.example.com. 60 IN A 1.2.3.4'],
    },
    {
      rule: 'has several names by Mate',
      yaml: svc('foo', { annotations: '{zalando.org/dnsname: "x.example.com,y.example.com"}', ingress: '[{ip: 1.2.3.4}]' }),
      expected: ['x.example.com. 60 IN A 1.2.3.4', 'y.example.com. 60 IN A 1.2.3.4'],
    },
    {
      rule: 'has its external IPs alone where it has any, and shares its name with others all the same',
      yaml:
        svc('a', {
          annotations: '{coredns.io/hostname: h}',
          spec: 'type: LoadBalancer, externalIPs: [7.7.7.7]',
          ingress: '[{ip: 8.8.8.8}]',
        }) + svc('b', { annotations: '{coredns.io/hostname: h}', ingress: '[{ip: 6.6.6.6}]' }),
      expected: ['h.example.com. 60 IN A 6.6.6.6', 'h.example.com. 60 IN A 7.7.7.7'],
    },
    {
      rule: 'holds an address once that its status names twice',
      yaml: svc('svc', { ingress: '[{ip: 1.1.1.1}, {ip: 1.1.1.1}, {ip: 2.2.2.2}]' }),
      expected: ['svc.ns1.example.com. 60 IN A 1.1.1.1', 'svc.ns1.example.com. 60 IN A 2.2.2.2'],
    },
    {
      rule: 'has the address of an entry that gives a host name too',
      yaml: svc('svc', { ingress: '[{ip: 1.1.1.1, hostname: lb.test}]' }),
      expected: ['svc.ns1.example.com. 60 IN A 1.1.1.1'],
    },
    {
      rule: "wants the addresses of its load balancer's host name",
      yaml: svc('svc', { ingress: '[{hostname: LB.test}, {hostname: lb2.test.}]' }),
      expected: ['svc.ns1.example.com. 60 IN ALIAS lb.test.', 'svc.ns1.example.com. 60 IN ALIAS lb2.test.'],
    },
    {
      rule: 'has its cluster IP at internal names',
      yaml: svc('svc', {
        annotations: '{external-dns.kubernetes.io/internal-hostname: bar, external-dns.kubernetes.io/hostname: foo}',
        spec: 'type: LoadBalancer, clusterIP: 10.0.0.1, clusterIPs: [10.0.0.1, "fd00::1"]',
        ingress: '[{ip: 1.1.1.1}]',
      }),
      expected: ['bar.example.com. 60 IN A 10.0.0.1', 'bar.example.com. 60 IN AAAA fd00::1', 'foo.example.com. 60 IN A 1.1.1.1'],
    },
    {
      rule: 'has the targets of its annotation in place of its status',
      yaml: svc('svc', {
        annotations: '{external-dns.kubernetes.io/hostname: foo, external-dns.kubernetes.io/target: "8.8.8.8,2001:db8::1"}',
        ingress: '[{ip: 1.1.1.1}]',
      }),
      expected: ['foo.example.com. 60 IN A 8.8.8.8', 'foo.example.com. 60 IN AAAA 2001:db8::1'],
    },
    {
      rule: 'has its status where the annotation target is ignored',
      yaml: svc('svc', { annotations: '{external-dns.kubernetes.io/target: public.test}', ingress: '[{ip: 1.1.1.1}]' }),
      options: { externalDns: { target: 'ignore' } },
      expected: ['svc.ns1.example.com. 60 IN A 1.1.1.1'],
    },
    {
      rule: 'never falls back to its status from targets that are none',
      yaml: svc('svc', { annotations: '{external-dns.kubernetes.io/target: 300.1.1.1}', ingress: '[{ip: 1.1.1.1}]' }),
      expected: ['svc.ns1.example.com. NODATA'],
      problems: ['TARGET_INVALID Service/ns1/svc'],
    },
    ...(
      ['{ttl: "10"}=10', '{ttl: 1m}=60', '{ttl: 90s}=90', '{ttl: 1h0.5m}=3630', '{ttl: "0"}=60', '{ttl: 900ms}=60'] as const
    ).map((text) => ({
      rule: `has the TTL of its annotation: ${text}`,
      yaml: svc('svc', {
        annotations: text.slice(0, text.indexOf('=')).replace('ttl', 'external-dns.kubernetes.io/ttl'),
        ingress: '[{ip: 1.1.1.1}]',
      }),
      expected: [`svc.ns1.example.com. ${text.slice(text.indexOf('=') + 1)} IN A 1.1.1.1`],
    })),
    ...(['foo', '-10', '2147483648', '1 m', '1e3'] as const).map((ttl) => ({
      rule: `has the zone's TTL where its annotation is no TTL: ${ttl}`,
      yaml: svc('svc', { annotations: `{external-dns.kubernetes.io/ttl: "${ttl}"}`, ingress: '[{ip: 1.1.1.1}]' }),
      expected: ['svc.ns1.example.com. 60 IN A 1.1.1.1'],
      problems: ['ANNOTATION_INVALID Service/ns1/svc'],
    })),
    {
      rule: 'carries set identifier and properties along',
      yaml: svc('svc', {
        annotations:
          '{external-dns.kubernetes.io/set-identifier: blue, external-dns.kubernetes.io/aws-weight: "10", external-dns.alpha.kubernetes.io/cloudflare-proxied: "true"}',
        ingress: '[{ip: 1.1.1.1}]',
      }),
      expected: ['svc.ns1.example.com. 60 IN A 1.1.1.1 #blue aws/weight=10 external-dns.kubernetes.io/cloudflare-proxied=true'],
    },
    {
      rule: 'is called by the newer prefix where the two differ, and that is told',
      yaml: svc('svc', {
        annotations: '{external-dns.alpha.kubernetes.io/hostname: old, external-dns.kubernetes.io/hostname: new}',
        ingress: '[{ip: 1.1.1.1}]',
      }),
      expected: ['new.example.com. 60 IN A 1.1.1.1'],
      problems: ['ANNOTATION_SHADOWED Service/ns1/svc'],
    },
    ...['{kubezone.io/ignore: "true"}', '{external-dns.kubernetes.io/controller: other}'].map((annotations) => ({
      rule: `asks for nothing with ${annotations}`,
      yaml: svc('svc', { annotations, ingress: '[{ip: 1.1.1.1}]' }),
      expected: [],
    })),
    {
      rule: 'asks for nothing with the label k8s-gateway.dns/ignore',
      yaml: svc('svc', { labels: '{k8s-gateway.dns/ignore: "true"}', ingress: '[{ip: 1.1.1.1}]' }),
      expected: [],
    },
    {
      rule: 'reports an opt-out that is neither true nor false, and is served',
      yaml: svc('svc', { annotations: '{kubezone.io/ignore: "yes"}', ingress: '[{ip: 1.1.1.1}]' }),
      expected: ['svc.ns1.example.com. 60 IN A 1.1.1.1'],
      problems: ['OPT_IN_INVALID Service/ns1/svc'],
    },
    {
      rule: 'is left alone where only other types are looked at',
      yaml: svc('svc', { ingress: '[{ip: 1.1.1.1}]' }),
      options: { types: ['ClusterIP'] },
      expected: [],
    },
  ])('$rule', async ({ yaml, options = {}, expected, problems = [] }) => {
    const outcome = await outcomeOf([service({ ...EXAMPLE, ...options })], yaml);
    expect(outcome.records).toEqual(expected);
    expect(outcome.problems).toEqual(problems);
  });

  it('is told where a name that it may not have stands', async () => {
    const { world } = await outcomeOf(
      [service(EXAMPLE)],
      svc('svc', { annotations: '{external-dns.alpha.kubernetes.io/hostname: "a,b c"}' }),
    );
    expect(world.problems()).toEqual([
      expect.stringMatching(
        /^Service\/ns1\/svc: metadata\.annotations\["external-dns\.alpha\.kubernetes\.io\/hostname"\]: found "b c", expected a host name: .* \[OWNER_NAME_INVALID\]$/,
      ),
    ]);
  });

  it('is not called by its default name where no zone takes relative names', async () => {
    const naming = namingOfZones({ zones: [{ apex: nameOf('example.com'), ttl: 60 }], relativeTo: [] });
    expect(await records(svc('svc', { ingress: '[{ip: 1.1.1.1}]' }), { naming })).toEqual([]);
  });
});

describe('Services of other types', () => {
  it.each<{ rule: string; yaml: string; options?: Partial<ServiceOptions>; expected: string[] }>([
    {
      rule: 'of type ClusterIP ask for no name',
      yaml: svc('svc', { spec: 'clusterIP: 10.0.0.1', annotations: '{external-dns.kubernetes.io/hostname: foo}' }),
      expected: [],
    },
    {
      rule: 'of type ClusterIP have their cluster IPs at internal names',
      yaml: svc('svc', { spec: 'clusterIP: 10.0.0.1', annotations: '{external-dns.kubernetes.io/internal-hostname: "foo,bar"}' }),
      expected: ['bar.example.com. 60 IN A 10.0.0.1', 'foo.example.com. 60 IN A 10.0.0.1'],
    },
    {
      rule: 'of type ClusterIP have their cluster IPs at other names where that is configured',
      yaml: svc('svc', { spec: 'clusterIP: 10.0.0.1', annotations: '{external-dns.kubernetes.io/hostname: foo}' }),
      options: { publishClusterIPs: true },
      expected: ['foo.example.com. 60 IN A 10.0.0.1'],
    },
    {
      rule: 'have their external IPs, of any type, at names that annotations give',
      yaml:
        svc('svc', { spec: 'clusterIP: 10.0.0.1, externalIPs: [9.9.9.9]', annotations: '{coredns.io/hostname: foo}' }) +
        svc('unnamed', { spec: 'clusterIP: 10.0.0.2, externalIPs: [9.9.9.8]' }),
      expected: ['foo.example.com. 60 IN A 9.9.9.9'],
    },
    {
      rule: 'of type ExternalName lead to that name, or address',
      yaml:
        svc('a', { spec: 'type: ExternalName, externalName: www.example.net', annotations: '{coredns.io/hostname: a}' }) +
        svc('b', { spec: 'type: ExternalName, externalName: 192.0.2.1', annotations: '{coredns.io/hostname: b}' }) +
        svc('c', {
          spec: 'type: ExternalName, externalName: x.test, externalIPs: [192.0.2.3]',
          annotations: '{coredns.io/hostname: c}',
        }),
      expected: [
        'a.example.com. 60 IN ALIAS www.example.net.',
        'b.example.com. 60 IN A 192.0.2.1',
        'c.example.com. 60 IN A 192.0.2.3',
      ],
    },
    {
      rule: 'of type NodePort are left to the source nodeport, but for internal names',
      yaml:
        svc('svc', {
          spec: 'type: NodePort, clusterIP: 10.0.0.1, externalIPs: [9.9.9.9]',
          annotations: '{coredns.io/hostname: a, external-dns.kubernetes.io/target: 1.1.1.1}',
        }) +
        svc('two', {
          spec: 'type: NodePort, clusterIP: 10.0.0.1',
          annotations: '{external-dns.kubernetes.io/internal-hostname: i}',
        }),
      expected: ['i.example.com. 60 IN A 10.0.0.1'],
    },
    {
      rule: 'have no internal names where they are headless',
      yaml: svc('svc', { spec: 'clusterIP: None', annotations: '{external-dns.kubernetes.io/internal-hostname: foo}' }),
      expected: [],
    },
  ])('$rule', async ({ yaml, options = {}, expected }) => {
    expect(await records(yaml, options)).toEqual(expected);
  });
});

describe('the names of Services by template', () => {
  const named = svc('name', { annotations: '{coredns.io/hostname: x.example.com}', ingress: '[{ip: 1.1.1.1}]', namespace: 'ns' });
  const bare = svc('name', { ingress: '[{ip: 1.1.1.1}]', namespace: 'ns' });
  const expand = ({ namespace, name }: { namespace: string; name: string }): { names: string[]; problems: [] } => ({
    names: [`${namespace}-${name}.example.com`, `${name}.lan.example.com`],
    problems: [],
  });
  const made = ['name.lan.example.com. 60 IN A 1.1.1.1', 'ns-name.example.com. 60 IN A 1.1.1.1'];
  const own = 'x.example.com. 60 IN A 1.1.1.1';
  it.each([
    { rule: 'take the place of the default name', yaml: bare, use: 'otherwise', expected: made },
    { rule: 'give way to annotations', yaml: named, use: 'otherwise', expected: [own] },
    { rule: 'stand beside annotations', yaml: named, use: 'also', expected: [...made, own] },
    { rule: 'replace annotations', yaml: named, use: 'only', expected: made },
  ] as const)('$rule', async ({ yaml, use, expected }) => {
    expect(await records(yaml, { template: { expand, use } })).toEqual(expected);
  });
});

describe('Services by label', () => {
  const yaml =
    svc('s1', { labels: '{app: service1, tier: frontend}', ingress: '[{ip: 1.0.0.1}]' }) +
    svc('s2', { labels: '{app: service2, tier: backend}', ingress: '[{ip: 1.0.0.2}]' }) +
    svc('s3', { ingress: '[{ip: 1.0.0.3}]' });
  it.each([
    [[], ['1', '2', '3']],
    [['app=service1'], ['1']],
    [['app in (service1,service2)'], ['1', '2']],
    [['app=service4'], []],
    [['app=service1,tier=frontend'], ['1']],
    [['app!=service2'], ['1', '3']],
    [
      ['app = service1', 'tier=backend'],
      ['1', '2'],
    ],
    [['app=service1', 'tier=frontend'], ['1']],
  ])('are those that meet one of the selectors %j', async (texts, expected) => {
    const labels = scanSelectorUnion(texts) as readonly LabelSelector[];
    const found = await records(yaml, { filter: { labels } });
    expect(found.map((line) => line.slice(1, 2))).toEqual(expected);
  });

  it('and by annotation', async () => {
    const selectors = scanSelectorUnion(['dns=yes']) as readonly LabelSelector[];
    const both =
      svc('s1', { annotations: '{dns: "yes"}', ingress: '[{ip: 1.0.0.1}]' }) + svc('s2', { ingress: '[{ip: 1.0.0.2}]' });
    expect(await records(both, { filter: { annotations: selectors[0] ?? [] } })).toEqual(['s1.ns1.example.com. 60 IN A 1.0.0.1']);
  });
});

describe('a Service that changes', () => {
  it('follows its load balancer, and keeps its name while that has no address', async () => {
    const { world } = await outcomeOf([service(EXAMPLE)], svc('svc', { ingress: '[{ip: 1.1.1.1}]' }));
    for (const [ingress, expected] of [
      ['[{ip: 2.2.2.2}]', ['svc.ns1.example.com. 60 IN A 2.2.2.2']],
      ['[]', ['svc.ns1.example.com. NODATA']],
    ] as const) {
      for (const object of objectsOf(svc('svc', { ingress }))) world.cluster.put(object);
      expect(recordsOf(world)).toEqual(expected);
    }
    for (const object of objectsOf(svc('svc', {}))) world.cluster.delete(object);
    expect(recordsOf(world)).toEqual([]);
  });
});

describe('a hostile Service', () => {
  const good = svc('good', { ingress: '[{ip: 1.1.1.1}]' });
  const many = Array.from({ length: 10_000 }, (_, index) => `h${index}`).join(',');
  it.each([
    ['asks for 10,000 names', `{coredns.io/hostname: "${many}"}`, 'LIST_TOO_LONG'],
    ['asks for 10,000 names by external-dns', `{external-dns.kubernetes.io/hostname: "${many}"}`, 'LIST_TOO_LONG'],
    ['has a megabyte of annotations', `{coredns.io/hostname: "${'a'.repeat(2 ** 20)}"}`, 'OBJECT_MALFORMED'],
    ['has a megabyte of annotations that nobody reads', `{other: "${'a'.repeat(2 ** 20)}"}`, 'OBJECT_MALFORMED'],
    ['asks for 200 KiB of one name', `{coredns.io/hostname: "${'ü'.repeat(200_000)}"}`, 'OWNER_NAME_INVALID'],
    ['asks for a name under _owner', '{coredns.io/hostname: a._owner.b}', 'OWNER_NAME_INVALID'],
    ['asks for a name kept for markers', '{coredns.io/hostname: _owner-x.example.com}', 'OWNER_NAME_INVALID'],
    ['asks for a name in invisible letters', '{coredns.io/hostname: "a\\u202eb\\u0000"}', 'OWNER_NAME_INVALID'],
  ])('%s, and is told; nobody else suffers', async (_rule, annotations, code) => {
    const { world } = await outcomeOf([service(EXAMPLE)], svc('bad', { annotations, ingress: '[{ip: 6.6.6.6}]' }) + good);
    expect(recordsOf(world)).toEqual(['good.ns1.example.com. 60 IN A 1.1.1.1']);
    expect(problemsOf(world)).toEqual([`${code} Service/ns1/bad`]);
    for (const { message } of world.pipeline.problems()) expect(message.length).toBeLessThan(700);
  });

  it('has 2,000 targets, of which none is used, or 2,000 addresses, of which the first are', async () => {
    const ips = Array.from({ length: 2000 }, (_, index) => `10.0.${index >> 8}.${index & 255}`);
    const annotations = `{external-dns.kubernetes.io/target: "${ips.join(',')}"}`;
    const targets = await outcomeOf([service(EXAMPLE)], svc('bad', { annotations }));
    expect(targets.records).toEqual(['bad.ns1.example.com. NODATA']);
    expect(targets.problems).toEqual(['LIST_TOO_LONG Service/ns1/bad']);
    const ingress = `[${ips
      .map((ip) => `{ip: ${ip}}`)
      .toReversed()
      .join(',')}]`;
    const status = await outcomeOf([service(EXAMPLE)], svc('bad', { ingress }));
    expect(status.records).toHaveLength(1000);
    expect(status.records).toContain('bad.ns1.example.com. 60 IN A 10.0.0.0');
    expect(status.problems).toEqual(['ADDRESSES_LEFT_OUT Service/ns1/bad']);
  });
});
