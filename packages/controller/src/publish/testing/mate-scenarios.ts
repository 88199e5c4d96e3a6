import type { AdoptRule } from '@kubezone/core';

import type { PublishScenario } from './publish-scenario.ts';

const MATE: readonly AdoptRule[] = [{ format: 'mate', group: 'g' }];
/** The state of Mate's own test, with addresses for its aliases. */
const MATE_HELD: readonly string[] = [
  'public-ip.foo.com. 300 A 127.0.0.1',
  'public-ip.foo.com. 300 TXT "mate:g"',
  'update.foo.com. 300 A 198.51.100.4',
  'update.foo.com. 300 TXT "mate:g"',
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
  'another.example.com. 300 TXT "ignored"',
  'cname.example.com. 300 CNAME some-elb.example.net.',
  'public-ip.example.com. 300 A 192.168.0.1',
  'public-ip.foo.com. 300 A 127.0.0.1',
  'public-ip.foo.com. 300 TXT "mate:g"',
  'update.foo.com. 300 A 198.51.100.4',
  'update.foo.com. 300 TXT "mate:g"',
  'withouta.example.com. 300 TXT "lonely"',
];

/** What could be taken over and is never wanted. */
const MATE_ADOPTABLE: readonly string[] = ['ADOPTABLE_NOT_DESIRED public-ip.foo.com.', 'ADOPTABLE_NOT_DESIRED update.foo.com.'];

/** Mate's, where its names are taken over. */
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
    withheld: [...MATE_ADOPTABLE, 'FOREIGN_RRSET public-ip.example.com.'],
  },
  {
    rule: 'foreign names are not written',
    adopt: MATE,
    held: MATE_HELD,
    asked: { 'service/a': ['another.example.com. 300 A 192.0.2.1'], 'service/b': ['cname.example.com. 300 A 192.0.2.2'] },
    holds: [...MATE_STAYS, 'test.example.com. 300 A 198.51.100.4', 'test.example.com. 300 TXT "mate:g"'],
    withheld: [
      ...MATE_ADOPTABLE,
      'ADOPTABLE_NOT_DESIRED test.example.com.',
      'FOREIGN_DATA_AND_CNAME cname.example.com.',
      'FOREIGN_RRSET another.example.com.',
    ],
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
    withheld: ['NO_PROVIDER_ZONE www.badexample.com.'],
  },
  {
    rule: 'an object that is deleted takes only its own records along',
    asked: { 'ingress/a': ['a.example.com. 300 A 192.0.2.1'], 'ingress/b': ['b.example.com. 300 A 192.0.2.2'] },
    held: ['a.example.com. 300 TXT "v=spf1"', 'a.example.com. 300 MX 10 mail.example.net.'],
    afterwards: { 'ingress/a': [] },
    holds: ['a.example.com. 300 MX 10 mail.example.net.', 'a.example.com. 300 TXT "v=spf1"', 'b.example.com. 300 A 192.0.2.2'],
  },
  {
    rule: 'what an object asks for later is created, with an address of its own family',
    asked: { 'service/a': ['a.example.com. 300 A 192.0.2.1'] },
    afterwards: { 'service/b': ['b.example.com. 300 AAAA 2001:db8::1'], 'service/c': ['b.example.com. 300 A 127.0.0.2'] },
    holds: ['a.example.com. 300 A 192.0.2.1', 'b.example.com. 300 A 127.0.0.2', 'b.example.com. 300 AAAA 2001:db8::1'],
  },
  {
    rule: 'names go to the longest zone that they lie in, and to none where none is theirs',
    asked: {
      'service/a': ['name.example.com. 300 A 192.0.2.1'],
      'service/b': ['name.sub.example.com. 300 A 192.0.2.2'],
      'service/c': ['name.other.sub.example.com. 300 A 192.0.2.3'],
      'service/d': ['name.foo.com. 300 A 192.0.2.4'],
      'service/e': ['name.xfoo.com. 300 A 192.0.2.5'],
    },
    holds: [
      'name.example.com. 300 A 192.0.2.1',
      'name.foo.com. 300 A 192.0.2.4',
      'name.other.sub.example.com. 300 A 192.0.2.3',
      'name.sub.example.com. 300 A 192.0.2.2',
    ],
    withheld: ['NO_PROVIDER_ZONE name.xfoo.com.'],
  },
  {
    rule: 'its two values at Google count as one owner, and go with their name',
    adopt: MATE,
    held: [
      'a.example.com. 300 A 192.0.2.1',
      'a.example.com. 300 A 192.0.2.2',
      'a.example.com. 300 TXT "heritage=mate"',
      'a.example.com. 300 TXT "mate/record-group-id=g"',
      'b.example.com. 300 A 192.0.2.1',
      'b.example.com. 300 TXT "heritage=mate"',
      'b.example.com. 300 TXT "mate/record-group-id=other"',
    ],
    asked: { 'service/a': ['a.example.com. 300 A 192.0.2.2'], 'service/b': ['b.example.com. 300 A 192.0.2.2'] },
    holds: [
      'a.example.com. 300 A 192.0.2.2',
      'b.example.com. 300 A 192.0.2.1',
      'b.example.com. 300 TXT "heritage=mate"',
      'b.example.com. 300 TXT "mate/record-group-id=other"',
    ],
    withheld: ['FOREIGN_RRSET b.example.com.'],
  },
  {
    rule: 'of its TXT its own value goes, and no other',
    adopt: MATE,
    held: ['a.example.com. 300 A 192.0.2.1', 'a.example.com. 300 TXT "mate:g"', 'a.example.com. 300 TXT "v=spf1 -all"'],
    asked: { 'service/a': ['a.example.com. 300 A 192.0.2.2'] },
    holds: ['a.example.com. 300 A 192.0.2.2', 'a.example.com. 300 TXT "v=spf1 -all"'],
  },
  {
    rule: 'a wildcard is no change the second time',
    asked: { 'ingress/a': ['*.a.example.com. 300 ALIAS lb.example.net.'], 'ingress/b': ['*.foo.com. 300 A 192.0.2.1'] },
    holds: ['*.a.example.com. 300 CNAME lb.example.net.', '*.foo.com. 300 A 192.0.2.1'],
  },
];
