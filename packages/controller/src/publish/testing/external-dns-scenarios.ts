import type { PublishScenario } from './publish-scenario.ts';

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
      'a-bar.example.com. 300 TXT "heritage=external-dns,external-dns/owner=another"',
      'bar.example.com. 300 A 192.0.2.1',
      'foo.example.com. 300 A 192.0.2.2',
    ],
    withheld: ['FOREIGN_RRSET bar.example.com.'],
  },
  {
    rule: 'what is as wanted is not written',
    held: [
      '_owner.foo.example.com. @me A.AAAA/ingress',
      'foo.example.com. 300 A 192.0.2.5',
      'foo.example.com. 300 AAAA 2001:db8::5',
    ],
    asked: { 'ingress/foo': ['foo.example.com. 300 AAAA 2001:db8::5', 'foo.example.com. 300 A 192.0.2.5'] },
    unwritten: true,
    holds: ['foo.example.com. 300 A 192.0.2.5', 'foo.example.com. 300 AAAA 2001:db8::5'],
  },
  {
    rule: 'a marker that was removed by hand leaves its record to nobody, where external-dns writes the marker again',
    held: ['foo.example.com. 300 A 192.0.2.5'],
    asked: { 'ingress/foo': ['foo.example.com. 300 A 192.0.2.6'] },
    unwritten: true,
    holds: ['foo.example.com. 300 A 192.0.2.5'],
    withheld: ['FOREIGN_RRSET foo.example.com.'],
  },
  {
    rule: 'an object that has lost its address keeps the last one, where external-dns deletes it',
    asked: { 'ingress/foo': ['foo.example.com. 300 A 192.0.2.5'], 'ingress/bar': ['bar.example.com. 300 A 192.0.2.6'] },
    afterwards: { 'ingress/foo': ['foo.example.com.'], 'ingress/bar': ['bar.example.com. 300 A 192.0.2.7'] },
    holds: ['bar.example.com. 300 A 192.0.2.7', 'foo.example.com. 300 A 192.0.2.5'],
    withheld: ['HOLDING_LAST_ADDRESSES foo.example.com.'],
  },
  {
    rule: 'TXT of several strings, with quotes and backslashes, is no change the second time',
    asked: { 'ingress/txt': ['foo.example.com. 300 TXT "say \\"yes\\" \\\\ ; no" " two "', 'foo.example.com. 300 TXT "other"'] },
    holds: ['foo.example.com. 300 TXT "other"', 'foo.example.com. 300 TXT "say \\"yes\\" \\\\ ; no" " two "'],
  },
  {
    rule: 'mail exchangers and services, the root among their targets, are no change the second time',
    asked: {
      'ingress/a': ['_sip._tcp.example.com. 300 SRV 0 1 443 caldav.example.net.', '_imap._tcp.example.com. 300 SRV 0 0 0 .'],
      'ingress/b': ['foo.example.com. 300 MX 10 mx1.example.net.', 'foo.example.com. 300 MX 20 mx2.example.net.'],
    },
    holds: [
      '_imap._tcp.example.com. 300 SRV 0 0 0 .',
      '_sip._tcp.example.com. 300 SRV 0 1 443 caldav.example.net.',
      'foo.example.com. 300 MX 10 mx1.example.net.',
      'foo.example.com. 300 MX 20 mx2.example.net.',
    ],
  },
  {
    rule: 'a prefix with the type, and a word for the asterisk, are read as external-dns writes them',
    adopt: [
      { format: 'external-dns', owner: 'old', txtPrefix: 'txt-%{record_type}-', txtSuffix: '', wildcardReplacement: 'wild' },
    ],
    held: [
      '*.example.com. 300 A 192.0.2.1',
      'txt-a-wild.example.com. 300 TXT "heritage=external-dns,external-dns/owner=old,external-dns/resource=ingress/default/x"',
      'foo.example.com. 300 CNAME lb.example.net.',
      'txt-cname-foo.example.com. 300 TXT "heritage=external-dns,external-dns/owner=old"',
    ],
    asked: { 'ingress/wild': ['*.example.com. 300 A 192.0.2.2'], 'ingress/foo': ['foo.example.com. 300 A 192.0.2.3'] },
    holds: ['*.example.com. 300 A 192.0.2.2', 'foo.example.com. 300 A 192.0.2.3'],
  },
  {
    rule: 'what is taken over and not wanted stays, and is told of',
    adopt: [{ format: 'external-dns', owner: 'old', txtPrefix: '', txtSuffix: '-txt', wildcardReplacement: '' }],
    held: ['foo.example.com. 300 A 192.0.2.1', 'a-foo-txt.example.com. 300 TXT "heritage=external-dns,external-dns/owner=old"'],
    unwritten: true,
    holds: ['a-foo-txt.example.com. 300 TXT "heritage=external-dns,external-dns/owner=old"', 'foo.example.com. 300 A 192.0.2.1'],
    withheld: ['ADOPTABLE_NOT_DESIRED foo.example.com.'],
  },
  {
    rule: 'a label of 63 octets has its marker, where external-dns writes it without one',
    asked: { 'ingress/a': [`${'x'.repeat(63)}.example.com. 300 A 192.0.2.1`] },
    afterwards: { 'ingress/a': [`${'x'.repeat(63)}.example.com. 300 A 192.0.2.2`] },
    holds: [`${'x'.repeat(63)}.example.com. 300 A 192.0.2.2`],
  },
];
