import { describe, expect, it } from '@jest/globals';

import { nameOf, type OwnerName } from '../name/owner-name.ts';
import { Catalog } from './catalog.ts';
import type { DesiredRRset, NameChange, Origin } from './name-change.ts';
import { desiredText, printState } from './testing/desired-text.ts';

const ORDER = ['record', 'node-area', 'service', 'ingress'];
const WWW = nameOf('www.example');

/** An origin from `source/object@age`; a greater age number is a younger object. */
function originOf(text: string): Origin {
  const [, source = '', object = '', createdAt = '0'] = /^([^/]+)\/([^@]+)(?:@(\d+))?$/.exec(text) ?? [];
  return { source, cluster: 'prod', object, createdAt: Number(createdAt) };
}

function catalogOf(contributions: Record<string, readonly string[]>): Catalog {
  const catalog = new Catalog({ order: ORDER });
  for (const [origin, lines] of Object.entries(contributions)) catalog.put(originOf(origin), desiredText(...lines));
  return catalog;
}

function printConflicts(catalog: Catalog): string[] {
  return Array.from(
    catalog.conflicts(),
    ({ code, loser, winner }) => `${code} ${loser.object} < ${winner?.object ?? '-'}`,
  ).toSorted();
}

/** What a test expects at www.example: its records (an empty list: it exists without any), and the conflicts. */
interface Case {
  readonly rule: string;
  readonly given: Record<string, readonly string[]>;
  readonly holds: readonly string[];
  readonly conflicts?: readonly string[];
  readonly origins: readonly string[];
}

const cases: readonly Case[] = [
  {
    rule: 'unites the addresses of one kind in canonical order, each once',
    given: {
      'service/b@2': ['www.example. 60 A 192.0.2.20', 'www.example. 60 AAAA 2001:db8::1'],
      'service/a@1': ['www.example. 60 A 192.0.2.100', 'www.example. 60 A 192.0.2.3'],
      'service/c@3': ['www.example. 60 A 192.0.2.20'],
    },
    holds: [
      'www.example. 60 IN A 192.0.2.3',
      'www.example. 60 IN A 192.0.2.20',
      'www.example. 60 IN A 192.0.2.100',
      'www.example. 60 IN AAAA 2001:db8::1',
    ],
    origins: ['a', 'b', 'c'],
  },
  {
    rule: 'uses the lowest TTL of a kind and tells whoever asked for more',
    given: { 'service/a@1': ['www.example. 300 A 192.0.2.1'], 'service/b@2': ['www.example. 60 A 192.0.2.2'] },
    holds: ['www.example. 60 IN A 192.0.2.1', 'www.example. 60 IN A 192.0.2.2'],
    conflicts: ['TTL_DIFFERS a < b'],
    origins: ['a', 'b'],
  },
  {
    rule: 'gives addresses to the first kind in the order, whatever its age',
    given: {
      'ingress/old@1': ['www.example. 60 A 192.0.2.1', 'www.example. 60 AAAA 2001:db8::1'],
      'service/new@9': ['www.example. 60 A 192.0.2.9'],
    },
    holds: ['www.example. 60 IN A 192.0.2.9'],
    conflicts: ['LOWER_PRIORITY_SOURCE old < new', 'LOWER_PRIORITY_SOURCE old < new'],
    origins: ['new'],
  },
  {
    rule: 'keeps A and AAAA together: the first kind with either has both',
    given: { 'service/v6': ['www.example. 60 AAAA 2001:db8::1'], 'ingress/v4': ['www.example. 60 A 192.0.2.1'] },
    holds: ['www.example. 60 IN AAAA 2001:db8::1'],
    conflicts: ['LOWER_PRIORITY_SOURCE v4 < v6'],
    origins: ['v6'],
  },
  {
    rule: 'lets a CNAME of an earlier kind win over addresses',
    given: { 'ingress/a': ['www.example. 60 A 192.0.2.1'], 'service/c': ['www.example. 60 CNAME lb.example.net.'] },
    holds: ['www.example. 60 IN CNAME lb.example.net.'],
    conflicts: ['LOWER_PRIORITY_SOURCE a < c'],
    origins: ['c'],
  },
  {
    rule: 'prefers, within a kind, addresses to a CNAME, be it older',
    given: { 'service/c@1': ['www.example. 60 CNAME lb.example.net.'], 'service/a@2': ['www.example. 60 A 192.0.2.1'] },
    holds: ['www.example. 60 IN A 192.0.2.1'],
    conflicts: ['CNAME_AND_OTHER_DATA c < a'],
    origins: ['a'],
  },
  {
    rule: 'gives a CNAME to the oldest object',
    given: { 'service/a@2': ['www.example. 60 CNAME two.example.'], 'service/b@1': ['www.example. 60 CNAME one.example.'] },
    holds: ['www.example. 60 IN CNAME one.example.'],
    conflicts: ['NEWER_OBJECT a < b'],
    origins: ['b'],
  },
  {
    rule: 'decides between objects of one age by their names',
    given: { 'service/b@1': ['www.example. 60 DNAME b.example.'], 'service/a@1': ['www.example. 60 DNAME a.example.'] },
    holds: ['www.example. 60 IN DNAME a.example.'],
    conflicts: ['NEWER_OBJECT b < a'],
    origins: ['a'],
  },
  {
    rule: 'sees no conflict in two objects with one CNAME target',
    given: { 'service/a@1': ['www.example. 60 CNAME t.example.'], 'service/b@2': ['www.example. 30 CNAME T.example.'] },
    holds: ['www.example. 30 IN CNAME t.example.'],
    conflicts: ['TTL_DIFFERS a < b'],
    origins: ['a', 'b'],
  },
  {
    rule: 'takes the first of several CNAMEs of one object',
    given: { 'service/a': ['www.example. 60 CNAME b.example.', 'www.example. 60 CNAME a.example.'] },
    holds: ['www.example. 60 IN CNAME b.example.'],
    conflicts: ['NEWER_OBJECT a < a'],
    origins: ['a'],
  },
  {
    rule: 'decides every other type alone',
    given: {
      'record/r': ['www.example. 60 MX 10 mx.example.'],
      'service/s': ['www.example. 60 A 192.0.2.1', 'www.example. 60 MX 20 other.example.'],
      'ingress/i': ['www.example. 60 TXT "hello"'],
    },
    holds: ['www.example. 60 IN A 192.0.2.1', 'www.example. 60 IN MX 10 mx.example.', 'www.example. 60 IN TXT "hello"'],
    conflicts: ['LOWER_PRIORITY_SOURCE s < r'],
    origins: ['r', 's', 'i'],
  },
  {
    rule: 'lets a CNAME exclude other types of its own kind and of later ones',
    given: {
      'service/c': ['www.example. 60 CNAME t.example.'],
      'service/t': ['www.example. 60 TXT "same kind"'],
      'ingress/t': ['www.example. 60 TXT "later kind"'],
    },
    holds: ['www.example. 60 IN CNAME t.example.'],
    conflicts: ['CNAME_AND_OTHER_DATA t < c', 'CNAME_AND_OTHER_DATA t < c'],
    origins: ['c'],
  },
  {
    rule: 'lets a CNAME lose to another type of an earlier kind',
    given: { 'service/c': ['www.example. 60 CNAME t.example.'], 'record/t': ['www.example. 60 TXT "x"'] },
    holds: ['www.example. 60 IN TXT "x"'],
    conflicts: ['CNAME_AND_OTHER_DATA c < t'],
    origins: ['t'],
  },
  {
    rule: 'gives the addresses of a later kind the place of a CNAME that cannot stand',
    given: {
      'record/t': ['www.example. 60 TXT "x"'],
      'service/c': ['www.example. 60 CNAME t.example.'],
      'ingress/a': ['www.example. 60 A 192.0.2.1'],
    },
    holds: ['www.example. 60 IN A 192.0.2.1', 'www.example. 60 IN TXT "x"'],
    conflicts: ['CNAME_AND_OTHER_DATA c < t'],
    origins: ['t', 'a'],
  },
  {
    rule: 'lets signatures stand beside a CNAME',
    given: { 'record/c': ['www.example. 60 CNAME t.example.'], 'service/n': ['www.example. 60 NSEC a.example. CNAME NSEC'] },
    holds: ['www.example. 60 IN CNAME t.example.', 'www.example. 60 IN NSEC a.example. CNAME NSEC'],
    origins: ['c', 'n'],
  },
  {
    rule: 'keeps a name without addresses in existence',
    given: { 'service/s': ['www.example'] },
    holds: [],
    origins: ['s'],
  },
  {
    rule: 'lets mere existence lose to an address of any kind, without a conflict',
    given: { 'record/r': ['www.example'], 'ingress/i': ['www.example. 60 A 192.0.2.1'] },
    holds: ['www.example. 60 IN A 192.0.2.1'],
    origins: ['i'],
  },
  {
    rule: 'puts the zone’s own data before all',
    given: { 'record/r@1': ['www.example. 60 A 192.0.2.1'], 'zone/z@9': ['www.example. 60 A 192.0.2.53'] },
    holds: ['www.example. 60 IN A 192.0.2.53'],
    conflicts: ['LOWER_PRIORITY_SOURCE r < z'],
    origins: ['z'],
  },
];

describe('the catalog', () => {
  it.each(cases)('$rule', ({ given, holds, conflicts = [], origins }) => {
    for (const order of [Object.entries(given), Object.entries(given).toReversed()]) {
      const catalog = catalogOf(Object.fromEntries(order));
      expect(printState(catalog.state(WWW))).toEqual(holds);
      expect(printConflicts(catalog)).toEqual(conflicts);
      expect(catalog.origins(WWW).map(({ object }) => object)).toEqual(origins);
    }
  });

  it('says in a conflict what was asked for and what stands in its way', () => {
    const catalog = catalogOf({
      'service/Service/default/web': ['www.example. 60 A 192.0.2.9'],
      'ingress/Ingress/default/web': ['www.example. 60 CNAME lb.example.net.'],
    });
    expect(Array.from(catalog.conflicts(), ({ message }) => message)).toEqual([
      'ingress Ingress/default/web (cluster prod) asks for CNAME lb.example.net. at www.example.: ' +
        'service Service/default/web (cluster prod) holds A there, and its source comes first in the order of sources',
    ]);
  });

  it('shortens long lists of values in messages', () => {
    const addresses = Array.from({ length: 10 }, (_, index) => `www.example. 60 A 192.0.2.${index}`);
    const [first] = desiredText('www.example. 60 A 192.0.2.0');
    const many: DesiredRRset = {
      ...(first as DesiredRRset & { kind: 'rrset' }),
      rdatas: desiredText(...addresses).flatMap((one) => ('rdatas' in one ? one.rdatas : [])),
    };
    const catalog = catalogOf({ 'service/s': ['www.example. 60 A 192.0.2.200'] });
    catalog.put(originOf('ingress/i'), [many]);
    expect([...catalog.conflicts()][0]?.message).toContain('A 192.0.2.0, 192.0.2.1, 192.0.2.2 and 7 more at');
  });
});

describe('put', () => {
  it('returns a change with the state before and after, and who stands in it', () => {
    const catalog = catalogOf({ 'service/a': ['www.example. 60 A 192.0.2.1'] });
    const [change, ...others] = catalog.put(originOf('service/b'), desiredText('www.example. 60 A 192.0.2.2'));
    expect(others).toEqual([]);
    const { owner, before, after, origins } = change as NameChange;
    expect(owner).toBe(WWW);
    expect(printState(before)).toEqual(['www.example. 60 IN A 192.0.2.1']);
    expect(printState(after)).toEqual(['www.example. 60 IN A 192.0.2.1', 'www.example. 60 IN A 192.0.2.2']);
    expect(origins.map(({ object }) => object)).toEqual(['a', 'b']);
  });

  it('returns nothing when it is repeated', () => {
    const catalog = catalogOf({ 'service/a': ['www.example. 60 A 192.0.2.1', 'a.example.'] });
    expect(catalog.put(originOf('service/a'), desiredText('www.example. 60 A 192.0.2.1', 'a.example.'))).toEqual([]);
  });

  it('returns nothing for a contribution that loses', () => {
    const catalog = catalogOf({ 'service/a': ['www.example. 60 A 192.0.2.1'] });
    expect(catalog.put(originOf('ingress/b'), desiredText('www.example. 60 A 192.0.2.2'))).toEqual([]);
    expect(printConflicts(catalog)).toEqual(['LOWER_PRIORITY_SOURCE b < a']);
  });

  it('returns the names that an object gives up with those that it newly asks for', () => {
    const catalog = catalogOf({ 'service/a': ['one.example. 60 A 192.0.2.1', 'two.example. 60 A 192.0.2.1'] });
    const changes = catalog.put(
      originOf('service/a'),
      desiredText('three.example. 60 A 192.0.2.1', 'two.example. 60 A 192.0.2.1'),
    );
    expect(changes.map(({ owner, after }) => [owner, after.exists])).toEqual([
      ['three.example.', true],
      ['one.example.', false],
    ]);
    expect(catalog.state(nameOf('one.example')).exists).toBe(false);
  });

  it('brings back what a winner hid when the winner goes', () => {
    const catalog = catalogOf({ 'service/a': ['www.example. 60 A 192.0.2.1'], 'ingress/b': ['www.example. 60 A 192.0.2.2'] });
    const [change] = catalog.remove(originOf('service/a'));
    expect(printState((change as NameChange).after)).toEqual(['www.example. 60 IN A 192.0.2.2']);
    expect(printConflicts(catalog)).toEqual([]);
  });

  it('returns nothing for the removal of an origin that contributed nothing', () => {
    expect(new Catalog({ order: ORDER }).remove(originOf('service/a'))).toEqual([]);
  });

  it('tells apart objects of one name in two clusters or of two sources', () => {
    const catalog = catalogOf({ 'service/a': ['www.example. 60 A 192.0.2.1'] });
    catalog.put({ ...originOf('service/a'), cluster: 'other' }, desiredText('www.example. 60 A 192.0.2.2'));
    catalog.remove(originOf('service/a'));
    expect(printState(catalog.state(WWW))).toEqual(['www.example. 60 IN A 192.0.2.2']);
  });

  it('decides anew where an object was deleted and created again, and so is no longer the oldest', () => {
    const catalog = catalogOf({
      'service/a@1': ['www.example. 60 CNAME a.example.'],
      'service/b@2': ['www.example. 60 CNAME b.example.'],
    });
    const changes = catalog.put(originOf('service/a@3'), desiredText('www.example. 60 CNAME a.example.'));
    expect(changes.map(({ after }) => printState(after))).toEqual([['www.example. 60 IN CNAME b.example.']]);
  });

  it('takes an RRset without rdata for mere existence', () => {
    const catalog = new Catalog({ order: ORDER });
    catalog.put(originOf('service/a'), [{ kind: 'rrset', owner: WWW, type: 1, ttl: 60, rdatas: [] }]);
    expect(catalog.state(WWW)).toEqual({ exists: true, rrsets: [] });
  });

  it('refuses a source that is not in the order', () => {
    expect(() => new Catalog({ order: ORDER }).put(originOf('pod/a'), [])).toThrow('source pod is not in the catalog');
  });

  it('refuses an order that names a source twice', () => {
    expect(() => new Catalog({ order: ['a', 'b', 'a'] })).toThrow(RangeError);
  });
});

describe('the cost of a put', () => {
  it('is that of the names it touches: no contribution to another of 100,000 names is read', () => {
    const catalog = new Catalog({ order: ORDER });
    let reads = 0;
    const watched = (owner: OwnerName): DesiredRRset => {
      const plain = { kind: 'rrset', type: 1, ttl: 60, rdatas: [Uint8Array.of(192, 0, 2, 1)] } as const;
      return new Proxy({ ...plain, owner }, { get: (target, key) => (reads++, Reflect.get(target, key)) });
    };
    for (let number = 0; number < 100_000; number++) {
      catalog.put(originOf(`service/s${number}`), [watched(nameOf(`s${number}.example`))]);
    }
    expect(reads).toBeGreaterThan(100_000);
    reads = 0;
    catalog.put(originOf('ingress/i'), desiredText('new.example. 60 A 192.0.2.2'));
    catalog.put(originOf('ingress/i'), desiredText('newer.example. 60 A 192.0.2.2'));
    catalog.remove(originOf('ingress/i'));
    expect(reads).toBe(0);
    catalog.put(originOf('ingress/i'), desiredText('s5.example. 60 A 192.0.2.2'));
    expect(reads).toBeGreaterThan(0);
    expect(reads).toBeLessThan(20);
  });
});
