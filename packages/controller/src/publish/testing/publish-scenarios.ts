import type { AdoptRule, Policy } from '@kubezone/core';

/** A zone, what is asked for, and what is there in the end. */
export interface PublishScenario {
  readonly rule: string;
  /** Records that are there before; `NAME @OWNER TYPES/SOURCE` is a marker. */
  readonly held?: readonly string[];
  /** By object: what it asks for. */
  readonly asked?: Readonly<Record<string, readonly string[]>>;
  /** What all objects ask for afterwards instead, once the first is published. */
  readonly afterwards?: Readonly<Record<string, readonly string[]>>;
  readonly policy?: Policy;
  readonly adopt?: readonly AdoptRule[];
  readonly excludeNames?: readonly string[];
  readonly recordTypes?: readonly number[];
  readonly minTtl?: number;
  /** All data in the end, without our markers, sorted. */
  readonly holds: readonly string[];
  /** `CODE NAME` of what is withheld. @default nothing */
  readonly withheld?: readonly string[];
}

const A = 1;
const CNAME = 5;

/** What external-dns's plans are tested with, by their observed behaviour; where this software differs on purpose, the rule says so. */
export const EXTERNAL_DNS_SCENARIOS: readonly PublishScenario[] = [
  {
    rule: 'two objects ask for different CNAMEs: the first has it',
    asked: {
      'ingress/a': ['foo.example.com. 300 CNAME v1.example.net.'],
      'ingress/b': ['foo.example.com. 300 CNAME v2.example.net.'],
    },
    holds: ['foo.example.com. 300 CNAME v1.example.net.'],
  },
  {
    rule: 'another TTL is an update',
    held: ['_owner.bar.example.com. @me A/ingress', 'bar.example.com. 1 A 127.0.0.1'],
    asked: { 'ingress/bar': ['bar.example.com. 300 A 127.0.0.1'] },
    holds: ['bar.example.com. 300 A 127.0.0.1'],
  },
  {
    rule: 'a CNAME becomes an A',
    held: ['_owner.foo.example.com. @me CNAME/ingress', 'foo.example.com. 300 CNAME v1.example.net.'],
    asked: { 'ingress/foo': ['foo.example.com. 300 A 192.0.2.5'] },
    holds: ['foo.example.com. 300 A 192.0.2.5'],
  },
  {
    rule: 'A and AAAA become a CNAME',
    held: [
      '_owner.foo.example.com. @me A.AAAA/ingress',
      'foo.example.com. 300 A 192.0.2.5',
      'foo.example.com. 300 AAAA 2001:db8::5',
    ],
    asked: { 'ingress/foo': ['foo.example.com. 300 CNAME v1.example.net.'] },
    holds: ['foo.example.com. 300 CNAME v1.example.net.'],
  },
  {
    rule: 'a CNAME becomes A and AAAA, also under upsert-only, where external-dns makes a create that conflicts',
    policy: 'upsert-only',
    held: ['_owner.foo.example.com. @me CNAME/ingress', 'foo.example.com. 300 CNAME v1.example.net.'],
    asked: { 'ingress/foo': ['foo.example.com. 300 A 192.0.2.5', 'foo.example.com. 300 AAAA 2001:db8::5'] },
    holds: ['foo.example.com. 300 A 192.0.2.5', 'foo.example.com. 300 AAAA 2001:db8::5'],
  },
  {
    rule: 'a CNAME that is asked for beside addresses gives way',
    held: ['_owner.foo.example.com. @me CNAME/ingress', 'foo.example.com. 300 CNAME v1.example.net.'],
    asked: {
      'ingress/a': ['foo.example.com. 300 CNAME v1.example.net.'],
      'service/b': ['foo.example.com. 300 A 192.0.2.5', 'foo.example.com. 300 AAAA 2001:db8::5'],
    },
    holds: ['foo.example.com. 300 A 192.0.2.5', 'foo.example.com. 300 AAAA 2001:db8::5'],
  },
  {
    rule: 'an AAAA joins an A',
    held: ['_owner.foo.example.com. @me A/ingress', 'foo.example.com. 300 A 192.0.2.5'],
    asked: { 'ingress/foo': ['foo.example.com. 300 A 192.0.2.5', 'foo.example.com. 300 AAAA 2001:db8::5'] },
    holds: ['foo.example.com. 300 A 192.0.2.5', 'foo.example.com. 300 AAAA 2001:db8::5'],
  },
  {
    rule: 'the A of another owner keeps our A and AAAA away',
    held: ['_owner.foo.example.com. @other A/ingress', 'foo.example.com. 300 A 198.51.100.5'],
    asked: { 'ingress/foo': ['foo.example.com. 300 A 192.0.2.5', 'foo.example.com. 300 AAAA 2001:db8::5'] },
    holds: ['foo.example.com. 300 A 198.51.100.5'],
    withheld: ['FOREIGN_ADDRESSES foo.example.com.', 'OTHER_OWNER foo.example.com.'],
  },
  {
    rule: 'create-only changes nothing',
    policy: 'create-only',
    held: ['_owner.foo.example.com. @me A/ingress', 'foo.example.com. 300 A 192.0.2.1'],
    asked: { 'ingress/foo': ['foo.example.com. 300 A 192.0.2.2'], 'ingress/new': ['new.example.com. 300 A 192.0.2.3'] },
    holds: ['foo.example.com. 300 A 192.0.2.1', 'new.example.com. 300 A 192.0.2.3'],
    withheld: ['POLICY foo.example.com.'],
  },
  {
    rule: 'upsert-only updates and does not delete',
    policy: 'upsert-only',
    held: [
      '_owner.foo.example.com. @me A/ingress',
      'foo.example.com. 300 A 192.0.2.1',
      '_owner.old.example.com. @me A/ingress',
      'old.example.com. 300 A 192.0.2.9',
    ],
    asked: { 'ingress/foo': ['foo.example.com. 300 A 192.0.2.2'] },
    holds: ['foo.example.com. 300 A 192.0.2.2', 'old.example.com. 300 A 192.0.2.9'],
    withheld: ['POLICY old.example.com.'],
  },
  {
    rule: 'excluded names are nobody’s, be they ours',
    excludeNames: ['ex.example.com'],
    held: ['_owner.old.ex.example.com. @me A/ingress', 'old.ex.example.com. 300 A 192.0.2.9'],
    asked: { 'ingress/foo': ['foo.ex.example.com. 300 A 192.0.2.2'] },
    holds: ['old.ex.example.com. 300 A 192.0.2.9'],
  },
  {
    rule: 'types that are left out are not created',
    recordTypes: [A, CNAME],
    asked: { 'ingress/foo': ['foo.example.com. 300 A 192.0.2.5', 'foo.example.com. 300 AAAA 2001:db8::5'] },
    holds: ['foo.example.com. 300 A 192.0.2.5'],
  },
  {
    rule: 'TTLs are raised to the least that is configured',
    minTtl: 120,
    asked: { 'ingress/a': ['a.example.com. 60 A 192.0.2.5'], 'ingress/b': ['b.example.com. 600 A 192.0.2.5'] },
    holds: ['a.example.com. 120 A 192.0.2.5', 'b.example.com. 600 A 192.0.2.5'],
  },
  {
    rule: 'records without an owner are never deleted, where external-dns without registry deletes them',
    held: ['foo.example.com. 300 A 192.0.2.5'],
    holds: ['foo.example.com. 300 A 192.0.2.5'],
  },
  {
    rule: 'two objects ask for different addresses: both are there, where external-dns takes the smaller',
    asked: { 'ingress/a': ['foo.example.com. 300 A 192.0.2.1'], 'ingress/b': ['foo.example.com. 300 A 192.0.2.2'] },
    holds: ['foo.example.com. 300 A 192.0.2.1', 'foo.example.com. 300 A 192.0.2.2'],
  },
  {
    rule: 'the apex has its marker within the zone',
    asked: { 'ingress/apex': ['example.com. 300 A 192.0.2.1'], 'ingress/wild': ['*.example.com. 300 A 192.0.2.2'] },
    holds: ['*.example.com. 300 A 192.0.2.2', 'example.com. 300 A 192.0.2.1'],
  },
  {
    rule: 'what is taken over from external-dns loses its TXT records in the same write',
    adopt: [{ format: 'external-dns', owner: 'old', txtPrefix: '', txtSuffix: '', wildcardReplacement: '' }],
    held: [
      'foo.example.com. 300 A 192.0.2.1',
      'a-foo.example.com. 300 TXT "heritage=external-dns,external-dns/owner=old"',
      'bar.example.com. 300 A 192.0.2.1',
      'a-bar.example.com. 300 TXT "heritage=external-dns,external-dns/owner=another"',
    ],
    asked: { 'ingress/foo': ['foo.example.com. 300 A 192.0.2.2'], 'ingress/bar': ['bar.example.com. 300 A 192.0.2.2'] },
    holds: [
      'a-bar.example.com. 300 TXT heritage=external-dns,external-dns/owner=another',
      'bar.example.com. 300 A 192.0.2.1',
      'foo.example.com. 300 A 192.0.2.2',
    ],
    withheld: ['FOREIGN_RRSET bar.example.com.'],
  },
];

const MATE: readonly AdoptRule[] = [{ format: 'mate', group: 'g' }];
/** The state of Mate's own test, with addresses for its aliases. */
const MATE_HELD: readonly string[] = [
  'public-ip.foo.example. 300 A 127.0.0.1',
  'public-ip.foo.example. 300 TXT "mate:g"',
  'update.foo.example. 300 A 198.51.100.4',
  'update.foo.example. 300 TXT "mate:g"',
  'public-ip.example.com. 300 A 192.168.0.1',
  'test.example.com. 300 A 198.51.100.4',
  'test.example.com. 300 TXT "mate:g"',
  'another.example.com. 300 A 198.51.100.2',
  'another.example.com. 300 TXT "ignored"',
  'cname.example.com. 300 CNAME some-elb.example.net.',
  'withouta.example.com. 300 TXT "lonely"',
];
/** What of it stays in any case, as long as nothing is pruned. */
const MATE_STAYS: readonly string[] = [
  'another.example.com. 300 A 198.51.100.2',
  'another.example.com. 300 TXT ignored',
  'cname.example.com. 300 CNAME some-elb.example.net.',
  'public-ip.example.com. 300 A 192.168.0.1',
  'public-ip.foo.example. 300 A 127.0.0.1',
  'public-ip.foo.example. 300 TXT mate:g',
  'update.foo.example. 300 A 198.51.100.4',
  'update.foo.example. 300 TXT mate:g',
  'withouta.example.com. 300 TXT lonely',
];

/** Mate's, in the zones `example.com`, `foo.example` and `sub.example.com`, where its names are taken over. */
export const MATE_SCENARIOS: readonly PublishScenario[] = [
  {
    rule: 'names of its group are taken over, both targets stand, nested zones have their own names, nothing foreign is touched',
    adopt: MATE,
    held: MATE_HELD,
    asked: {
      'service/a': ['test.example.com. 300 A 192.0.2.31'],
      'service/b': ['test.example.com. 300 A 192.0.2.41'],
      'service/c': ['public-ip.example.com. 300 A 192.0.2.5'],
      'service/d': ['nest.sub.example.com. 300 ALIAS nested.elb.example.net.', 'ip.sub.example.com. 300 A 192.168.0.1'],
    },
    holds: [
      ...MATE_STAYS,
      'ip.sub.example.com. 300 A 192.168.0.1',
      'nest.sub.example.com. 300 CNAME nested.elb.example.net.',
      'test.example.com. 300 A 192.0.2.31',
      'test.example.com. 300 A 192.0.2.41',
    ],
    withheld: ['FOREIGN_RRSET public-ip.example.com.'],
  },
  {
    rule: 'foreign names are not written',
    adopt: MATE,
    held: MATE_HELD,
    asked: { 'service/a': ['another.example.com. 300 A 192.0.2.1'], 'service/b': ['cname.example.com. 300 A 192.0.2.2'] },
    holds: [...MATE_STAYS, 'test.example.com. 300 A 198.51.100.4', 'test.example.com. 300 TXT mate:g'],
    withheld: ['FOREIGN_DATA_AND_CNAME cname.example.com.', 'FOREIGN_RRSET another.example.com.'],
  },
  {
    rule: 'a marker without its record is finished',
    held: ['_owner.www.example.com. @me A/ingress'],
    asked: { 'ingress/www': ['www.example.com. 300 A 192.0.2.1'] },
    holds: ['www.example.com. 300 A 192.0.2.1'],
  },
  {
    rule: 'a marker without its record, which nobody asks for, goes',
    held: ['_owner.www.example.com. @me A/ingress'],
    holds: [],
  },
  {
    rule: 'a name outside all zones is not written into one whose name it ends with',
    asked: { 'ingress/bad': ['www.badexample.com. 300 A 192.0.2.1'] },
    holds: [],
  },
  {
    rule: 'an object that is deleted takes only its own records along',
    asked: { 'ingress/a': ['a.example.com. 300 A 192.0.2.1'], 'ingress/b': ['b.example.com. 300 A 192.0.2.2'] },
    held: ['a.example.com. 300 TXT "v=spf1"', 'a.example.com. 300 MX 10 mail.example.net.'],
    afterwards: { 'ingress/a': [] },
    holds: ['a.example.com. 300 MX 10 mail.example.net.', 'a.example.com. 300 TXT v=spf1', 'b.example.com. 300 A 192.0.2.2'],
  },
];
