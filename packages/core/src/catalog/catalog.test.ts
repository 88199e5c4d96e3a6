import { describe, expect, it } from '@jest/globals';

import { nameOf, type OwnerName } from '../name/owner-name.ts';
import { TYPE } from '../rr/rr-type.ts';
import { Catalog, type CatalogOptions } from './catalog.ts';
import type { DesiredRRset, NameChange } from './name-change.ts';
import { catalogOf, ORDER, originOf, printConflicts, WWW } from './testing/catalog-case.ts';
import { desiredText, printState } from './testing/desired-text.ts';

const CLOCK = { now: () => 0 };

describe('the catalog', () => {
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

  it('says who asks for something of a sort, whether they hold it or not, without those who may not', () => {
    const catalog = catalogOf(
      {
        'ingress/new@2': ['www.example. 60 A 192.0.2.1'],
        'ingress/old@1': ['www.example. 60 A 192.0.2.2'],
        'service/team/web': ['www.example. 60 A 192.0.2.3', 'www.example. 60 TXT text'],
        'service/other/web': ['www.example. 60 A 192.0.2.4'],
        'record/mail': ['www.example. 60 TXT text'],
      },
      { claims: [{ namespaces: ['team', ''], names: [WWW] }] },
    );
    const isAddress = (desired: DesiredRRset): boolean => desired.kind === 'rrset' && desired.type === TYPE.A;
    const objects = (owner: OwnerName): string[] => catalog.asking(owner, isAddress).map(({ object }) => object);
    expect([objects(WWW), objects(nameOf('nobody.example'))]).toEqual([['team/web', 'old', 'new'], []]);
  });

  it.each([
    [
      'ADDRESSES_BEFORE_HOSTNAMES',
      {
        'service/h': ['www.example. 60 ALIAS a.example.net. b.example.net. ; blue'],
        'service/a': ['www.example. 60 A 192.0.2.1 ; blue'],
      },
      'service h (cluster prod) asks for ALIAS a.example.net., b.example.net. (set identifier blue) at www.example.: ' +
        'service a (cluster prod) holds A there, and addresses come before hostnames',
    ],
    [
      'NEWER_OBJECT',
      {
        'service/a@1': ['www.example. 60 A 192.0.2.1 ; aws/weight=1'],
        'service/b@2': ['www.example. 60 A 192.0.2.1 ; aws/weight=2 aws/region=x aws/y=1 aws/z=1'],
      },
      'service b (cluster prod) asks for A with aws/weight=2, aws/region=x, aws/y=1 and 1 more at www.example.: ' +
        'there can be one value only, and service a (cluster prod) is older',
    ],
    [
      'EARLIER_CLUSTER',
      { 'service/a': ['www.example. 60 A 192.0.2.1'], 'late:service/b': ['www.example. 60 A 192.0.2.2'] },
      'service b (cluster late) asks for A 192.0.2.2 at www.example.: ' +
        'service a (cluster prod) holds A there, and its cluster comes first in the order of clusters',
    ],
    [
      'OTHER_NAMESPACE',
      { 'service/m/a@1': ['www.example. 60 A 192.0.2.1'], 'service/n/b@2': ['www.example. 60 A 192.0.2.2'] },
      'service n/b (cluster prod) asks for A 192.0.2.2 at www.example.: ' +
        'service m/a (cluster prod) holds A there, and what two namespaces ask for is not merged',
    ],
    [
      'CLAIMED_BY_OTHERS',
      { 'service/n/b': ['*.example.'] },
      'service n/b (cluster prod) asks for the name to exist at *.example.: ' +
        'from there it would answer for names below example. that are claimed by others',
    ],
    [
      'TTL_DIFFERS',
      { 'service/a': ['www.example. 60 ALIAS a.example.net.'], 'service/b': ['www.example. 90 ALIAS a.example.net.'] },
      'service b (cluster prod) asks for ALIAS a.example.net. at www.example.: ' +
        'with TTL 90; service a (cluster prod) asks for 60, and the lowest is used',
    ],
  ])('explains %s', (code, given, message) => {
    const catalog = catalogOf(given, {
      setIdentifiers: 'separate',
      crossNamespaceMerge: false,
      clusterOrder: ['prod', 'late'],
      claims: [{ namespaces: ['m'], names: [nameOf('x.example')] }],
    });
    expect(Array.from(catalog.conflicts(), (one) => [one.code, one.message])).toEqual([[code, message]]);
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

describe('the beginning of a conflict', () => {
  it('is when it came into force, and stays while it lasts, whatever else changes at the name', () => {
    let now = 1_000;
    const catalog = catalogOf(
      {},
      { clock: { now: () => now }, claims: [{ namespaces: ['m'], names: [nameOf('claimed.example')] }] },
    );
    const begun = (): string[] =>
      Array.from(catalog.conflicts(), ({ code, loser, since }) => `${code} ${loser.object} ${since}`).toSorted();
    const put = (origin: string, ...lines: readonly string[]): void => {
      now++;
      catalog.put(originOf(origin), desiredText(...lines));
    };
    put('service/a', 'www.example. 60 A 192.0.2.1');
    put('ingress/b', 'www.example. 60 A 192.0.2.2', 'www.example. 60 AAAA 2001:db8::2');
    put('ingress/c', 'www.example. 60 A 192.0.2.3');
    put('ingress/n/d', 'claimed.example.');
    const four = [
      'CLAIMED_BY_OTHERS n/d 1004',
      'LOWER_PRIORITY_SOURCE b 1002',
      'LOWER_PRIORITY_SOURCE b 1002',
      'LOWER_PRIORITY_SOURCE c 1003',
    ];
    expect(begun()).toEqual(four);
    // The loser asks for another value, another winner comes, the refused object asks for something else.
    put('ingress/b', 'www.example. 60 A 192.0.2.4', 'www.example. 60 AAAA 2001:db8::2');
    put('record/e', 'www.example. 60 A 192.0.2.5');
    put('ingress/n/d', 'claimed.example.', 'open.example.');
    expect(begun()).toEqual([...four, 'LOWER_PRIORITY_SOURCE a 1006'].toSorted());
    // What ends and comes back begins anew.
    put('ingress/b');
    put('ingress/b', 'www.example. 60 A 192.0.2.4');
    expect(begun()).toContain('LOWER_PRIORITY_SOURCE b 1009');
    // So does a conflict for another reason.
    put('ingress/n/d', 'open.example.');
    expect(begun().join()).not.toContain('CLAIMED');
    expect(catalog.conflictCount).toBe(3);
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
    expect(new Catalog({ order: ORDER, clock: CLOCK }).remove(originOf('service/a'))).toEqual([]);
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
    const catalog = new Catalog({ order: ORDER, clock: CLOCK });
    catalog.put(originOf('service/a'), [{ kind: 'rrset', owner: WWW, type: 1, ttl: 60, rdatas: [] }]);
    expect(catalog.state(WWW)).toEqual({ exists: true, rrsets: [] });
  });

  it('refuses a source that is not in the order', () => {
    expect(() => new Catalog({ order: ORDER, clock: CLOCK }).put(originOf('pod/a'), [])).toThrow(
      'source pod is not in the catalog',
    );
  });

  it('refuses a cluster that is not in the order, and an order that names one twice', () => {
    const options = { order: ORDER, clock: CLOCK };
    const catalog = new Catalog({ ...options, clusterOrder: ['east'] });
    expect(() => catalog.put(originOf('west:service/a'), [])).toThrow('cluster west is not in the catalog');
    expect(catalog.put(originOf(':zone-file/a'), desiredText('www.example.'))).toHaveLength(1);
    expect(() => new Catalog({ ...options, clusterOrder: ['a', 'a'] })).toThrow(RangeError);
  });

  it('refuses an order that names a source twice', () => {
    expect(() => new Catalog({ order: ['a', 'b', 'a'], clock: CLOCK })).toThrow(RangeError);
  });
});

describe('the names of an object', () => {
  it('are those that it asks for, whether it has them, loses them or may not have them', () => {
    const claims = [{ names: [nameOf('held.example')], namespaces: ['others'] }];
    const catalog = catalogOf(
      {
        'record/a/one': ['www.example. 60 A 192.0.2.1'],
        'service/a/two': ['www.example. 60 A 192.0.2.2', 'held.example. 60 A 192.0.2.2', 'free.example. 60 A 192.0.2.2'],
      },
      { claims },
    );
    expect(catalog.owners(originOf('service/a/two'))).toEqual(['www.example.', 'held.example.', 'free.example.']);
    expect(catalog.owners(originOf('service/a/three'))).toEqual([]);
    catalog.remove(originOf('service/a/two'));
    expect(catalog.owners(originOf('service/a/two'))).toEqual([]);
  });
});

describe('the cost of a put', () => {
  it.each<[string, Partial<CatalogOptions>]>([
    ['where everything is open', {}],
    [
      'where everything is restricted',
      {
        setIdentifiers: 'separate',
        crossNamespaceMerge: false,
        clusterOrder: ['prod'],
        claims: Array.from({ length: 1000 }, (_, index) => ({ namespaces: ['m'], names: [nameOf(`*.t${index}.example`)] })),
      },
    ],
  ])('is that of the names it touches, %s: no contribution to another of 100,000 names is read', (_, options) => {
    const catalog = new Catalog({ order: ORDER, clock: CLOCK, ...options });
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
