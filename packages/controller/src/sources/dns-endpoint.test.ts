import { describe, expect, it } from '@jest/globals';

import { readTarget, type Target } from '../annotations/target.ts';
import { EXAMPLE, outcomeOf } from '../testing/source-world.ts';
import { dnsEndpoint, type DnsEndpointOptions } from './dns-endpoint.ts';

const resource = (...endpoints: string[]): string => `
apiVersion: externaldns.k8s.io/v1alpha1
kind: DNSEndpoint
metadata: {name: e, namespace: testing}
spec: {endpoints: [${endpoints.join(', ')}]}
`;
const entry = (name: string, type: string, targets: string, rest = ''): string =>
  `{dnsName: "${name}", recordType: ${type}, targets: [${targets}], ${rest}}`;
const text = 'x'.repeat(446);

describe('a DNSEndpoint', () => {
  it.each<{ rule: string; yaml: string; options?: Partial<DnsEndpointOptions>; expected: string[]; problems?: string[] }>([
    {
      rule: 'states addresses of both families',
      yaml: resource(entry('dual.example.com', 'A', '192.0.2.200'), entry('dual.example.com', 'AAAA', '"2001:db8::1"')),
      expected: ['dual.example.com. 60 IN A 192.0.2.200', 'dual.example.com. 60 IN AAAA 2001:db8::1'],
    },
    {
      rule: 'states each name for itself, in any case, and CNAMEs',
      yaml: resource(
        entry('a.example.com', 'A', '1.1.1.1'),
        entry('b.example.com.', 'A', '2.2.2.2'),
        entry('UP.example.com', 'A', '3.3.3.3'),
        entry('c.example.com', 'CNAME', 'd.example.org'),
      ),
      expected: [
        'a.example.com. 60 IN A 1.1.1.1',
        'b.example.com. 60 IN A 2.2.2.2',
        'c.example.com. 60 IN CNAME d.example.org.',
        'up.example.com. 60 IN A 3.3.3.3',
      ],
    },
    {
      rule: 'states texts of any length',
      yaml: resource(entry('endpoint.example.com', 'TXT', `"${text}"`)),
      expected: [`endpoint.example.com. 60 IN TXT "${text.slice(0, 255)}" "${text.slice(255)}"`],
    },
    {
      rule: 'states texts as they are, and in presentation format',
      yaml: resource(entry('a.example.com', 'TXT', `'v=spf1 -all; "q" \\', '"one" "two\\"s"', '"'`)),
      expected: [
        'a.example.com. 60 IN TXT "\\""',
        'a.example.com. 60 IN TXT "one" "two\\"s"',
        'a.example.com. 60 IN TXT "v=spf1 -all; \\"q\\" \\\\"',
      ],
    },
    {
      rule: 'states nothing at an apex that would take the zone away',
      yaml: resource(
        entry('example.com', 'NS', 'ns.evil.test'),
        entry('example.com', 'CNAME', 'evil.test'),
        entry('Example.com.', 'DNAME', 'evil.test'),
        entry('sub.example.com', 'NS', 'ns.sub.test'),
      ),
      expected: ['sub.example.com. 60 IN NS ns.sub.test.'],
      problems: Array.from({ length: 3 }, () => 'RECORD_TYPE_INVALID DNSEndpoint/testing/e'),
    },
    {
      rule: 'states every other type',
      yaml: resource(
        entry('example.com', 'MX', '10 mail.example.com'),
        entry('_sip._tcp.example.com', 'SRV', '1 1 80 h.'),
        entry('sub.example.com', 'NS', 'ns1.example.net, ns2.example.net.'),
        entry('example.com', 'CAA', `'0 issue "ca.test"'`),
        entry('p.example.com', 'PTR', 'h.example.com'),
        entry('n.example.com', 'NAPTR', `'100 10 "u" "E2U+sip" "!^.*$!sip:info@example.com!" .'`),
        entry('t.example.com', 'TYPE65400', `'\\# 2 abcd'`),
      ),
      expected: [
        '_sip._tcp.example.com. 60 IN SRV 1 1 80 h.',
        'example.com. 60 IN CAA 0 issue "ca.test"',
        'example.com. 60 IN MX 10 mail.example.com.',
        'n.example.com. 60 IN NAPTR 100 10 "u" "E2U+sip" "!^.*$!sip:info@example.com!" .',
        'p.example.com. 60 IN PTR h.example.com.',
        'sub.example.com. 60 IN NS ns1.example.net.',
        'sub.example.com. 60 IN NS ns2.example.net.',
        't.example.com. 60 IN TYPE65400 \\# 2 ABCD',
      ],
    },
    {
      rule: 'states a TTL for each name, where 0 is none',
      yaml: resource(
        entry('a.example.com', 'A', '1.1.1.1', 'recordTTL: 300'),
        entry('b.example.com', 'A', '1.1.1.1', 'recordTTL: 0'),
      ),
      expected: ['a.example.com. 300 IN A 1.1.1.1', 'b.example.com. 60 IN A 1.1.1.1'],
    },
    ...['-1', '2147483648', '1.5'].map((ttl) => ({
      rule: `has the zone's TTL where its own is ${ttl}`,
      yaml: resource(entry('a.example.com', 'A', '1.1.1.1', `recordTTL: ${ttl}`)),
      expected: ['a.example.com. 60 IN A 1.1.1.1'],
      problems: ['TTL_INVALID DNSEndpoint/testing/e'],
    })),
    {
      rule: 'loses the targets that are none, and keeps the others',
      yaml: resource(
        entry('a.example.com', 'A', '1.2.3.4., 5.6.7.8, "2001:db8::1"'),
        entry('s.example.com', 'SRV', '80 h., 1 1 80 h.'),
        entry('m.example.com', 'MX', 'mail.x'),
      ),
      expected: ['a.example.com. 60 IN A 5.6.7.8', 'm.example.com. NODATA', 's.example.com. 60 IN SRV 1 1 80 h.'],
      problems: Array.from({ length: 4 }, () => 'TARGET_INVALID DNSEndpoint/testing/e'),
    },
    {
      rule: 'has one target where there can be only one',
      yaml: resource(entry('c.example.com', 'CNAME', 'one.test, two.test')),
      expected: ['c.example.com. 60 IN CNAME one.test.'],
      problems: ['TARGET_INVALID DNSEndpoint/testing/e'],
    },
    {
      rule: 'has the default targets where it gives none',
      yaml: resource(entry('a.example.com', 'A', ''), entry('c.example.com', 'CNAME', ''), entry('t.example.com', 'TXT', '')),
      options: { defaultTargets: ['9.9.9.9', 'lb.test'].map((target) => readTarget(target) as Target) },
      expected: ['a.example.com. 60 IN A 9.9.9.9', 'c.example.com. 60 IN A 9.9.9.9', 't.example.com. NODATA'],
    },
    {
      rule: 'carries set identifiers and properties along',
      yaml: resource(
        entry('a.example.com', 'A', '1.1.1.1', 'setIdentifier: x, providerSpecific: [{name: aws/weight, value: "1"}]'),
        entry(
          'a.example.com',
          'A',
          '2.2.2.2',
          'setIdentifier: y, providerSpecific: [{name: external-dns.alpha.kubernetes.io/cloudflare-proxied, value: "true"}]',
        ),
      ),
      expected: [
        'a.example.com. 60 IN A 1.1.1.1 #x aws/weight=1',
        'a.example.com. 60 IN A 2.2.2.2 #y external-dns.kubernetes.io/cloudflare-proxied=true',
      ],
    },
    {
      rule: 'asks for an alias by a host name in place of an address',
      yaml: resource(entry('a.example.com', 'A', 'lb.test', 'providerSpecific: [{name: alias, value: "true"}]')),
      expected: ['a.example.com. 60 IN ALIAS lb.test. alias=true'],
    },
    {
      rule: 'has no names outside the zones',
      yaml: resource(entry('a.example.net', 'A', '1.1.1.1'), entry('a', 'A', '1.1.1.1')),
      expected: [],
    },
    {
      rule: 'has no types that are for the zone to make, nor any that do not exist',
      yaml: resource(...['SOA', 'RRSIG', 'ANY', 'AXFR', 'OPT', 'FOO', '""'].map((type) => entry('a.example.com', type, 'x'))),
      expected: [],
      problems: Array.from({ length: 7 }, () => 'RECORD_TYPE_INVALID DNSEndpoint/testing/e'),
    },
    {
      rule: 'has no names that are none',
      yaml: resource(
        ...['a.*.example.com', '_owner.example.com', `${'x'.repeat(64)}.example.com`, ''].map((name) =>
          entry(name, 'A', '1.1.1.1'),
        ),
      ),
      expected: [],
      problems: Array.from({ length: 4 }, () => 'OWNER_NAME_INVALID DNSEndpoint/testing/e'),
    },
    {
      rule: 'is refused with 10,000 names, and with 10,000 targets keeps its name',
      yaml: `${resource(...Array.from({ length: 10_000 }, (_, index) => entry(`n${index}.example.com`, 'A', '1.1.1.1')))}---${resource(
        entry(
          'many.example.com',
          'A',
          Array.from({ length: 10_000 }, (_, index) => `10.1.${index >> 8}.${index & 255}`).join(', '),
        ),
      ).replace('name: e', 'name: f')}`,
      expected: ['many.example.com. NODATA'],
      problems: ['LIST_TOO_LONG DNSEndpoint/testing/e', 'LIST_TOO_LONG DNSEndpoint/testing/f'],
    },
  ])('$rule', async ({ yaml, options = {}, expected, problems = [] }) => {
    const outcome = await outcomeOf([dnsEndpoint({ ...EXAMPLE, ...options })], yaml);
    expect(outcome.records).toEqual(expected);
    expect(outcome.problems).toEqual(problems);
  });
});
