import type { PublishScenario, ScenarioEnd, ScenarioProvider } from './publish-scenario.ts';

const PROXIED = 'external-dns.kubernetes.io/cloudflare-proxied';
const BALANCER = 'k8s-1234.eu-west-1.elb.amazonaws.com.';

/** Wherever one RRset of a name and type is all there can be. */
function withoutSets(end: ScenarioEnd): Partial<Record<ScenarioProvider, ScenarioEnd>> {
  return { cloudflare: end, google: end, memory: end, rfc2136: end };
}

/** Where providers differ in what they can hold. */
export const VENDOR_SCENARIOS: readonly PublishScenario[] = [
  {
    rule: 'a set is added to a set, where a name can have several',
    asked: { 'ingress/a': ['foo.example.com. 300 A 192.0.2.1 ; blue aws/weight=10'] },
    afterwards: { 'ingress/b': ['foo.example.com. 300 A 192.0.2.2 ; green aws/weight=20'] },
    holds: ['foo.example.com. 300 A 192.0.2.1 ; blue', 'foo.example.com. 300 A 192.0.2.2 ; green'],
    at: withoutSets({ holds: [], withheld: ['PROVIDER_REJECTS foo.example.com.', 'PROVIDER_REJECTS foo.example.com.'] }),
  },
  {
    rule: 'a set goes, and the other stays',
    asked: {
      'ingress/a': ['foo.example.com. 300 A 192.0.2.1 ; blue aws/weight=10'],
      'ingress/b': ['foo.example.com. 300 A 192.0.2.2 ; green aws/weight=20'],
    },
    afterwards: { 'ingress/a': [] },
    holds: ['foo.example.com. 300 A 192.0.2.2 ; green'],
    at: withoutSets({ holds: [], withheld: ['PROVIDER_REJECTS foo.example.com.'] }),
  },
  {
    rule: 'a plain address takes the place of a set',
    asked: { 'ingress/a': ['foo.example.com. 300 A 192.0.2.1 ; blue aws/weight=10'] },
    afterwards: { 'ingress/a': ['foo.example.com. 300 A 192.0.2.1'] },
    holds: ['foo.example.com. 300 A 192.0.2.1'],
  },
  {
    rule: 'the name of a load balancer is an alias, where the vendor knows it',
    asked: { 'ingress/a': [`foo.example.com. 300 ALIAS ${BALANCER}`] },
    holds: [`foo.example.com. 300 CNAME ${BALANCER}`],
    at: { route53: { holds: [`foo.example.com. 0 A ALIAS ${BALANCER}`, `foo.example.com. 0 AAAA ALIAS ${BALANCER}`] } },
  },
  {
    rule: 'an address becomes the name of a load balancer',
    asked: { 'ingress/a': ['foo.example.com. 300 A 192.0.2.1'] },
    afterwards: { 'ingress/a': [`foo.example.com. 300 ALIAS ${BALANCER}`] },
    holds: [`foo.example.com. 300 CNAME ${BALANCER}`],
    at: { route53: { holds: [`foo.example.com. 0 A ALIAS ${BALANCER}`, `foo.example.com. 0 AAAA ALIAS ${BALANCER}`] } },
  },
  {
    rule: 'a host name at the apex is its addresses, unless the vendor flattens a CNAME itself',
    addresses: ['192.0.2.80', '192.0.2.81'],
    asked: { 'ingress/a': ['example.com. 300 ALIAS lb.example.net.'] },
    holds: ['example.com. 300 A 192.0.2.80', 'example.com. 300 A 192.0.2.81'],
    at: { cloudflare: { holds: ['example.com. 300 CNAME lb.example.net.'] } },
  },
  {
    rule: 'a host name beside other data is its addresses, unless the vendor takes both',
    addresses: ['192.0.2.80'],
    asked: { 'ingress/a': ['foo.example.com. 300 ALIAS lb.example.net.'], 'service/b': ['foo.example.com. 300 TXT "x"'] },
    holds: ['foo.example.com. 300 A 192.0.2.80', 'foo.example.com. 300 TXT "x"'],
    at: { cloudflare: { holds: ['foo.example.com. 300 CNAME lb.example.net.', 'foo.example.com. 300 TXT "x"'] } },
  },
  {
    rule: 'a host name at the apex waits as long as nobody knows its addresses',
    asked: { 'ingress/a': ['example.com. 300 ALIAS lb.example.net.'], 'ingress/b': ['b.example.com. 300 A 192.0.2.1'] },
    holds: ['b.example.com. 300 A 192.0.2.1'],
    withheld: ['PROVIDER_REJECTS example.com.'],
    at: { cloudflare: { holds: ['b.example.com. 300 A 192.0.2.1', 'example.com. 300 CNAME lb.example.net.'] } },
  },
  {
    rule: 'what is proxied has the vendor’s own TTL, and what was proxied once has its own again',
    asked: {
      'ingress/a': [`a.example.com. 300 A 192.0.2.1 ; ${PROXIED}=true`],
      'ingress/b': [`b.example.com. 300 A 192.0.2.1 ; ${PROXIED}=true`],
    },
    afterwards: { 'ingress/b': [`b.example.com. 300 A 192.0.2.1 ; ${PROXIED}=false`] },
    holds: ['a.example.com. 300 A 192.0.2.1', 'b.example.com. 300 A 192.0.2.1'],
    at: { cloudflare: { holds: ['a.example.com. 1 A 192.0.2.1 ; proxied', 'b.example.com. 300 A 192.0.2.1'] } },
  },
  {
    rule: 'a TTL that is too low for the vendor is its lowest',
    asked: { 'ingress/a': ['a.example.com. 30 A 192.0.2.1'], 'ingress/b': ['b.example.com. 30 TXT "x"'] },
    holds: ['a.example.com. 30 A 192.0.2.1', 'b.example.com. 30 TXT "x"'],
    at: { cloudflare: { holds: ['a.example.com. 60 A 192.0.2.1', 'b.example.com. 60 TXT "x"'] } },
  },
  {
    rule: 'a delegation has its marker where it is not hidden, and nothing is written below a cut of others',
    held: ['theirs.example.com. 300 NS ns1.example.net.'],
    asked: {
      'ingress/a': ['ours.example.com. 300 NS ns1.example.net.', 'ours.example.com. 300 NS ns2.example.net.'],
      'ingress/b': ['www.theirs.example.com. 300 A 192.0.2.1'],
    },
    holds: [
      'ours.example.com. 300 NS ns1.example.net.',
      'ours.example.com. 300 NS ns2.example.net.',
      'theirs.example.com. 300 NS ns1.example.net.',
    ],
    withheld: ['FOREIGN_CUT www.theirs.example.com.'],
  },
  {
    rule: 'a type that the vendor does not have is told of, and the rest goes on',
    asked: { 'ingress/a': ['a.example.com. 300 DNAME new.example.net.'], 'ingress/b': ['b.example.com. 300 A 192.0.2.1'] },
    holds: ['b.example.com. 300 A 192.0.2.1'],
    withheld: ['PROVIDER_REJECTS a.example.com.'],
    at: {
      memory: { holds: ['a.example.com. 300 DNAME new.example.net.', 'b.example.com. 300 A 192.0.2.1'] },
      rfc2136: { holds: ['a.example.com. 300 DNAME new.example.net.', 'b.example.com. 300 A 192.0.2.1'] },
      webhook: { holds: ['a.example.com. 300 DNAME new.example.net.', 'b.example.com. 300 A 192.0.2.1'] },
    },
  },
];
