import { describe, expect, it } from '@jest/globals';

import { nameOf } from '../name/owner-name.ts';
import type { NameChange } from './name-change.ts';
import { type CatalogCase, catalogOf, originOf, runCase } from './testing/catalog-case.ts';
import { desiredText, printState } from './testing/desired-text.ts';

const WEIGHTED = {
  'service/blue@1': ['www.example. 60 A 192.0.2.1 ; blue aws/weight=90'],
  'service/green@2': ['www.example. 60 A 192.0.2.2 ; green aws/weight=10'],
};
const separate = { setIdentifiers: 'separate' } as const;

/** What of a name is decided by itself: an RRset, by type and set identifier. */
const CASES: readonly CatalogCase[] = [
  {
    rule: 'RRsets of one type with two set identifiers stand side by side, each with its properties',
    options: separate,
    given: WEIGHTED,
    holds: ['www.example. 60 IN A 192.0.2.1 ; blue aws/weight=90', 'www.example. 60 IN A 192.0.2.2 ; green aws/weight=10'],
  },
  {
    rule: 'RRsets of one type with two set identifiers become one where nobody chooses between them',
    given: WEIGHTED,
    holds: ['www.example. 60 IN A 192.0.2.1', 'www.example. 60 IN A 192.0.2.2'],
  },
  {
    rule: 'one object may ask for several RRsets of one type',
    options: separate,
    given: { 'record/r': ['www.example. 60 A 192.0.2.1 ; blue', 'www.example. 60 A 192.0.2.2 ; green'] },
    holds: ['www.example. 60 IN A 192.0.2.1 ; blue', 'www.example. 60 IN A 192.0.2.2 ; green'],
  },
  {
    rule: 'each set identifier has its own winning source and its own TTL',
    options: separate,
    given: {
      'service/blue': ['www.example. 60 A 192.0.2.1 ; blue'],
      'ingress/both': ['www.example. 30 A 192.0.2.3 ; blue', 'www.example. 30 A 192.0.2.4 ; green'],
    },
    holds: ['www.example. 60 IN A 192.0.2.1 ; blue', 'www.example. 30 IN A 192.0.2.4 ; green'],
    conflicts: ['LOWER_PRIORITY_SOURCE both < blue'],
  },
  {
    rule: 'hostname targets of one set identifier stand beside addresses of another',
    options: separate,
    given: {
      'service/blue': ['www.example. 60 ALIAS lb.example.net. ; blue aws/weight=90'],
      'service/green': ['www.example. 60 A 192.0.2.2 ; green'],
      'service/plain': ['www.example. 60 ALIAS other.example.net. ; green'],
    },
    holds: ['www.example. 60 IN A 192.0.2.2 ; green', 'www.example. 60 IN ALIAS lb.example.net. ; blue aws/weight=90'],
    conflicts: ['ADDRESSES_BEFORE_HOSTNAMES plain < green'],
  },
  {
    rule: 'CNAMEs of several set identifiers stand side by side',
    options: separate,
    given: {
      'record/blue@1': ['www.example. 60 CNAME a.example. ; blue'],
      'record/green@2': ['www.example. 60 CNAME b.example. ; green'],
      'record/late@3': ['www.example. 60 CNAME c.example. ; green'],
    },
    holds: ['www.example. 60 IN CNAME a.example. ; blue', 'www.example. 60 IN CNAME b.example. ; green'],
    conflicts: ['NEWER_OBJECT late < green'],
  },
  {
    rule: 'a CNAME of one set identifier excludes, and gives way to, other types of any',
    options: separate,
    given: {
      'service/c': ['www.example. 60 CNAME a.example. ; blue'],
      'service/a': ['www.example. 60 A 192.0.2.2 ; green'],
      'ingress/t': ['www.example. 60 TXT "x"'],
    },
    holds: ['www.example. 60 IN A 192.0.2.2 ; green', 'www.example. 60 IN TXT "x"'],
    conflicts: ['CNAME_AND_OTHER_DATA c < a'],
  },
  {
    rule: 'where CNAMEs stand, addresses lose in every set, and free it for a CNAME of a later source',
    options: separate,
    given: {
      'record/c': ['www.example. 60 CNAME a.example. ; blue'],
      'service/a': ['www.example. 60 A 192.0.2.2 ; green'],
      'ingress/c2': ['www.example. 60 CNAME b.example. ; green'],
    },
    holds: ['www.example. 60 IN CNAME a.example. ; blue', 'www.example. 60 IN CNAME b.example. ; green'],
    conflicts: ['LOWER_PRIORITY_SOURCE a < c'],
  },
  {
    rule: 'properties of one RRset are those of the oldest object that gives any, and go to it as a whole',
    options: separate,
    given: {
      'service/none@1': ['www.example. 60 A 192.0.2.1 ; blue'],
      'service/first@2': ['www.example. 60 A 192.0.2.2 ; blue aws/weight=1 aws/region=x'],
      'service/same@3': ['www.example. 60 A 192.0.2.2 ; blue aws/region=x aws/weight=1'],
      'service/other@4': ['www.example. 60 A 192.0.2.3 ; blue aws/weight=2'],
    },
    holds: ['192.0.2.1', '192.0.2.2', '192.0.2.3'].map(
      (address) => `www.example. 60 IN A ${address} ; blue aws/weight=1 aws/region=x`,
    ),
    conflicts: ['NEWER_OBJECT other < first'],
  },
  {
    rule: 'an RRset without a set identifier may have properties',
    options: separate,
    given: { 'service/s': ['www.example. 60 A 192.0.2.1 ; cloudflare/proxied=true'] },
    holds: ['www.example. 60 IN A 192.0.2.1 ; cloudflare/proxied=true'],
  },
  {
    rule: 'hostname targets have properties too',
    options: separate,
    given: {
      'service/a@1': ['www.example. 60 ALIAS a.example.net. ; alias=true'],
      'service/b@2': ['www.example. 60 ALIAS b.example.net. ; alias=false'],
    },
    holds: ['www.example. 60 IN ALIAS a.example.net. b.example.net. ; alias=true'],
    conflicts: ['NEWER_OBJECT b < a'],
  },
];

describe('the unit of desire is the RRset:', () => {
  it.each(CASES)('$rule', (one) => {
    const { holds, conflicts = [] } = one;
    for (const found of runCase(one)) expect(found).toEqual(expect.objectContaining({ holds, conflicts }));
  });
});

/** What one object's new content makes of names: the whole of each name that differs. */
const CHANGES: readonly {
  readonly rule: string;
  readonly before: readonly string[];
  readonly after: readonly string[];
  readonly changes: readonly string[];
}[] = [
  {
    rule: 'all RRsets of a name change together',
    before: ['www.example. 60 A 192.0.2.1', 'www.example. 60 TXT "x"'],
    after: ['www.example. 60 A 192.0.2.2', 'www.example. 60 AAAA 2001:db8::1'],
    changes: [
      'www.example.: www.example. 60 IN A 192.0.2.1 + www.example. 60 IN TXT "x" -> www.example. 60 IN A 192.0.2.2 + www.example. 60 IN AAAA 2001:db8::1',
    ],
  },
  {
    rule: 'an A replaced by a CNAME is one change, and never a moment without either',
    before: ['www.example. 60 A 192.0.2.1'],
    after: ['www.example. 60 CNAME t.example.'],
    changes: ['www.example.: www.example. 60 IN A 192.0.2.1 -> www.example. 60 IN CNAME t.example.'],
  },
  {
    rule: 'an address replaced by a hostname is one change',
    before: ['www.example. 60 A 192.0.2.1'],
    after: ['www.example. 60 ALIAS lb.example.net.'],
    changes: ['www.example.: www.example. 60 IN A 192.0.2.1 -> www.example. 60 IN ALIAS lb.example.net.'],
  },
  {
    rule: 'another set identifier is a change',
    before: ['www.example. 60 A 192.0.2.1 ; blue'],
    after: ['www.example. 60 A 192.0.2.1 ; green'],
    changes: ['www.example.: www.example. 60 IN A 192.0.2.1 ; blue -> www.example. 60 IN A 192.0.2.1 ; green'],
  },
  {
    rule: 'another property is a change',
    before: ['www.example. 60 A 192.0.2.1 ; aws/weight=1'],
    after: ['www.example. 60 A 192.0.2.1 ; aws/weight=2'],
    changes: ['www.example.: www.example. 60 IN A 192.0.2.1 ; aws/weight=1 -> www.example. 60 IN A 192.0.2.1 ; aws/weight=2'],
  },
  {
    rule: 'other targets of an ALIAS are a change, but not the same again',
    before: ['a.example. 60 ALIAS x.example.net.', 'b.example. 60 ALIAS x.example.net.'],
    after: ['a.example. 60 ALIAS y.example.net.', 'b.example. 60 ALIAS x.example.net.'],
    changes: ['a.example.: a.example. 60 IN ALIAS x.example.net. -> a.example. 60 IN ALIAS y.example.net.'],
  },
  {
    rule: 'a name that loses its only data to mere existence changes, and does not vanish',
    before: ['www.example. 60 ALIAS lb.example.net.'],
    after: ['www.example.'],
    changes: ['www.example.: www.example. 60 IN ALIAS lb.example.net. -> '],
  },
  {
    rule: 'names change each by itself',
    before: ['a.example. 60 A 192.0.2.1'],
    after: ['b.example. 60 A 192.0.2.1'],
    changes: ['b.example.: - -> b.example. 60 IN A 192.0.2.1', 'a.example.: a.example. 60 IN A 192.0.2.1 -> -'],
  },
];

describe('the unit of change is the name:', () => {
  it.each(CHANGES)('$rule', ({ before, after, changes }) => {
    const catalog = catalogOf({ 'record/r': before }, separate);
    expect(catalog.put(originOf('record/r'), desiredText(...after)).map(printChange)).toEqual(changes);
    expect(catalog.put(originOf('record/r'), desiredText(...after))).toEqual([]);
  });

  it('without set identifiers, a change of nothing but qualifiers is none', () => {
    const catalog = catalogOf({ 'record/r': ['www.example. 60 A 192.0.2.1 ; blue aws/weight=1'] });
    expect(catalog.put(originOf('record/r'), desiredText('www.example. 60 A 192.0.2.1 ; green'))).toEqual([]);
  });

  it('an ALIAS without targets asks for the name to exist', () => {
    const catalog = catalogOf({});
    catalog.put(originOf('record/r'), [{ kind: 'alias', owner: nameOf('www.example'), ttl: 60, targets: [] }]);
    expect(catalog.state(nameOf('www.example'))).toEqual({ exists: true, rrsets: [] });
  });
});

function printChange({ owner, before, after }: NameChange): string {
  return `${owner}: ${printState(before, owner).join(' + ')} -> ${printState(after, owner).join(' + ')}`;
}
