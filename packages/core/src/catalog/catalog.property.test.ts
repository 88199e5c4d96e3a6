import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';

import { nameOf, type OwnerName } from '../name/owner-name.ts';
import { Catalog, type CatalogOptions } from './catalog.ts';
import type { Claim } from './claims.ts';
import type { DesiredRRset, NameState, Origin } from './name-change.ts';
import { desiredText, printState } from './testing/desired-text.ts';

const ORDER = ['record', 'service', 'ingress'];
const RANKS = ['zone', ...ORDER];
const CLUSTERS = ['x', 'y'];
const NAMES = ['a.example.', 'b.example.', '*.example.'].map(nameOf);

const origin: fc.Arbitrary<Origin> = fc
  .record({
    source: fc.constantFrom(...RANKS),
    cluster: fc.constantFrom(...CLUSTERS),
    namespace: fc.constantFrom('', 'm', 'n'),
    object: fc.constantFrom('1', '2'),
    // Few values, so that objects of one age meet.
    createdAt: fc.integer({ min: 0, max: 2 }),
  })
  .map((one) => ({ ...one, object: `${one.namespace}/${one.object}` }));

const ask = fc
  .record({
    owner: fc.constantFrom(...NAMES),
    ttl: fc.constantFrom(30, 60),
    data: fc.constantFrom(
      'A 192.0.2.1',
      'A 192.0.2.10',
      'AAAA 2001:db8::1',
      'ALIAS t.example.',
      'ALIAS u.example.',
      'CNAME t.example.',
      'CNAME u.example.',
      'DNAME t.example.',
      'DNAME u.example.',
      'MX 1 m.example.',
      'TXT "x"',
      'TXT "y"',
      undefined,
    ),
    qualifiers: fc.constantFrom('', '', '', ' ; s', ' ; s p=1', ' ; s p=2', ' ; p=1'),
  })
  .map(({ owner, ttl, data, qualifiers }) => (data === undefined ? owner.slice(0, -1) : `${owner} ${ttl} ${data}${qualifiers}`));

const operations = fc.array(fc.record({ origin, lines: fc.array(ask, { maxLength: 4 }) }), { maxLength: 40 });

const settings: fc.Arbitrary<Settings> = fc.record({
  setIdentifiers: fc.constantFrom('merge', 'separate'),
  clusterOrder: fc.constantFrom(undefined, CLUSTERS, CLUSTERS.toReversed()),
  crossNamespaceMerge: fc.boolean(),
  claims: fc.constantFrom<Claim[][]>(
    [],
    [{ namespaces: ['m'], names: [nameOf('a.example')] }],
    [
      { namespaces: ['m', 'n'], names: [nameOf('*.example')] },
      { namespaces: ['n'], names: [nameOf('b.example')] },
    ],
  ),
  claimsDefault: fc.constantFrom('open', 'deny'),
});

type Settings = Pick<CatalogOptions, 'setIdentifiers' | 'claims' | 'claimsDefault' | 'crossNamespaceMerge'> & {
  readonly clusterOrder: readonly string[] | undefined;
};

function catalogWith({ clusterOrder, ...rest }: Settings): Catalog {
  return new Catalog({ order: ORDER, clock: { now: () => 0 }, ...(clusterOrder && { clusterOrder }), ...rest });
}

/** What every origin contributed last: the only thing that may count. */
type Contributed = Map<string, { readonly origin: Origin; readonly lines: readonly string[] }>;

interface ModelAsk {
  readonly origin: Origin;
  readonly rank: number;
  readonly type: string;
  readonly ttl: number;
  readonly value: string;
  readonly set: string;
  readonly properties: string;
  /** The place of the line among those of its origin. */
  readonly place: number;
}

/** Whether the claims of the test let an object use a name: they have no wildcard but `*.example`. */
function mayUse(
  { namespace }: Origin,
  name: OwnerName,
  lines: readonly string[],
  { claims = [], claimsDefault }: Settings,
): boolean {
  if (namespace === '') return true;
  const namesakes = claims.filter(({ names }) => names.includes(name));
  const covering = namesakes.length > 0 ? namesakes : claims.filter(({ names }) => names.includes(nameOf('*.example')));
  if (covering.length > 0) return covering.some(({ namespaces }) => namespaces.includes(namespace));
  if (claimsDefault === 'deny') return false;
  // Only a wildcard stands above a claim here.
  const reaches = name.startsWith('*') || lines.some((line) => line.startsWith('example. '));
  return !reaches || claims.every(({ namespaces }) => namespaces.includes(namespace));
}

const GROUP = ['A', 'AAAA', 'CNAME', 'ALIAS'];
const HOSTS = ['A', 'AAAA', 'ALIAS'];

/**
 * The rules as predicates over pairs of asks, computed from all contributions anew: `printState` of a name.
 */
function expectedState(name: OwnerName, contributed: Contributed, given: Settings): string[] {
  const all: ModelAsk[] = [];
  let exists = false;
  for (const { origin: from, lines } of contributed.values()) {
    const atName = lines.filter((line) => `${line} `.startsWith(`${name} `) || `${line}.` === name);
    if (atName.length === 0 || !mayUse(from, name, atName, given)) continue;
    exists = true;
    const cluster = given.clusterOrder === undefined ? 0 : given.clusterOrder.indexOf(from.cluster);
    const rank = 10 * RANKS.indexOf(from.source) + cluster;
    for (const [place, line] of atName.entries()) {
      const [data = '', qualifiers = ''] = line.split(' ; ');
      const [, ttl, type = '', ...rest] = data.split(' ');
      if (ttl === undefined) continue;
      const words = given.setIdentifiers === 'merge' ? [] : qualifiers.split(' ');
      const set = words.includes('s') ? 's' : '';
      const properties = words.find((word) => word.includes('=')) ?? '';
      all.push({ origin: from, rank, type, ttl: Number(ttl), value: rest.join(' '), set, properties, place });
    }
  }
  if (!exists) return ['-'];
  const matter = ({ type }: ModelAsk): string => (GROUP.includes(type) ? 'group' : type);
  const asks = all.filter((one) => {
    if (given.crossNamespaceMerge !== false || one.origin.namespace === '') return true;
    const [oldest] = all
      .filter((other) => other.rank === one.rank && matter(other) === matter(one) && other.origin.namespace !== '')
      .toSorted(bySeniority);
    return oldest?.origin.namespace === one.origin.namespace;
  });
  const isHost = ({ type }: ModelAsk): boolean => HOSTS.includes(type);
  const isCname = ({ type }: ModelAsk): boolean => type === 'CNAME';
  const [firstCname] = asks.filter(isCname).toSorted((one, other) => one.rank - other.rank);
  const cnamesStand =
    firstCname !== undefined &&
    asks.every((other) => isCname(other) || (isHost(other) ? other.rank > firstCname.rank : other.rank >= firstCname.rank));
  const standing = asks.filter((one) => {
    if (cnamesStand !== isCname(one)) return false;
    return asks.every((other) => {
      if (other.set !== one.set || other.rank > one.rank) return true;
      if (!isHost(one)) return other.type !== one.type || other.rank === one.rank;
      if (!isHost(other)) return true;
      return other.rank === one.rank && (one.type !== 'ALIAS' || other.type === 'ALIAS');
    });
  });
  const lines: string[] = [];
  for (const type of ['A', 'CNAME', 'MX', 'TXT', 'AAAA', 'DNAME', 'ALIAS']) {
    for (const set of ['', 's']) {
      let these = standing.filter((one) => one.type === type && one.set === set).toSorted(bySeniority);
      if (type === 'CNAME' || type === 'DNAME') these = these.filter(({ value }) => value === these[0]?.value);
      const ttl = Math.min(...these.map((one) => one.ttl));
      const properties = these.find((one) => one.properties !== '')?.properties ?? '';
      const qualifiers = [set, properties].filter((word) => word !== '').join(' ');
      const end = qualifiers === '' ? '' : ` ; ${qualifiers}`;
      const values = [...new Set(these.map((one) => one.value))];
      // But for ALIAS, whose targets stand in the order of their objects, the values of one type in this test sort as texts as they do as octets.
      if (type === 'ALIAS' && values.length > 0) lines.push(`${name} ${ttl} IN ALIAS ${values.join(' ')}${end}`);
      if (type !== 'ALIAS') for (const value of values.toSorted()) lines.push(`${name} ${ttl} IN ${type} ${value}${end}`);
    }
  }
  return lines;
}

function bySeniority(one: ModelAsk, other: ModelAsk): number {
  const text = ({ origin: { cluster, object } }: ModelAsk): string => `${cluster}/${object}`;
  const rank = one.rank - other.rank;
  return rank || one.origin.createdAt - other.origin.createdAt || text(one).localeCompare(text(other)) || one.place - other.place;
}

function statesOf(catalog: Catalog): string[][] {
  return NAMES.map((name) => printState(catalog.state(name), name));
}

function printedConflicts(catalog: Catalog): string[] {
  return Array.from(catalog.conflicts(), (conflict) => JSON.stringify({ ...conflict, message: conflict.message })).toSorted();
}

function keyOf({ source, cluster, object }: Origin): string {
  return `${source}/${cluster}/${object}`;
}

describe('the catalog', () => {
  it('holds, after any puts, what the rules make of the contributions; and returns exactly the names that changed', () => {
    fc.assert(
      fc.property(operations, settings, (rounds, given) => {
        const catalog = catalogWith(given);
        const contributed: Contributed = new Map();
        let states = new Map<OwnerName, NameState>(NAMES.map((name) => [name, catalog.state(name)]));
        for (const { origin: from, lines } of rounds) {
          const changes = catalog.put(from, desiredText(...lines));
          if (lines.length > 0) contributed.set(keyOf(from), { origin: from, lines });
          else contributed.delete(keyOf(from));
          const after = new Map(NAMES.map((name) => [name, catalog.state(name)]));
          for (const name of NAMES) {
            expect(printState(catalog.state(name), name)).toEqual(expectedState(name, contributed, given));
            const [then, now] = [states.get(name) as NameState, after.get(name) as NameState];
            const changed = printState(then, name).join() !== printState(now, name).join();
            const expected = { owner: name, before: then, after: now, origins: catalog.origins(name) };
            expect(changes.filter(({ owner }) => owner === name)).toEqual(changed ? [expected] : []);
          }
          states = after;
          expect(catalog.put(from, desiredText(...lines))).toEqual([]);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('does not depend on the order in which contributions came', () => {
    fc.assert(
      fc.property(operations, settings, fc.infiniteStream(fc.nat()), (rounds, given, numbers) => {
        const history = catalogWith(given);
        const contributed = new Map<string, { origin: Origin; desired: DesiredRRset[] }>();
        for (const { origin: from, lines } of rounds) {
          history.put(from, desiredText(...lines));
          contributed.set(keyOf(from), { origin: from, desired: desiredText(...lines) });
        }
        const shuffled = [...contributed.values()]
          .map((one) => ({ ...one, at: numbers.next().value }))
          .toSorted((one, other) => one.at - other.at);
        const fresh = catalogWith(given);
        for (const one of shuffled) fresh.put(one.origin, one.desired);
        expect(statesOf(fresh)).toEqual(statesOf(history));
        expect(printedConflicts(fresh)).toEqual(printedConflicts(history));
        expect(history.conflictCount).toBe([...history.conflicts()].length);
        expect(NAMES.map((name) => fresh.origins(name))).toEqual(NAMES.map((name) => history.origins(name)));
      }),
    );
  });

  it('lists, for every origin of which something does not stand, a conflict', () => {
    fc.assert(
      fc.property(operations, settings, (rounds, given) => {
        const catalog = catalogWith(given);
        const contributed: Contributed = new Map();
        for (const { origin: from, lines } of rounds) {
          catalog.put(from, desiredText(...lines));
          contributed.set(keyOf(from), { origin: from, lines });
        }
        const conflicts = [...catalog.conflicts()];
        const untold: string[] = [];
        for (const { origin: from, lines } of contributed.values()) {
          for (const line of lines) {
            const [content = '', qualifiers] = line.split(' ; ');
            const [owner = '', ttl, ...data] = content.split(' ');
            // Two lines of one object with two TTLs are no conflict between objects, and mere existence is in no conflict.
            if (ttl === undefined || lines.filter((one) => one.startsWith(`${owner} `)).length > 1) continue;
            // One of several values of an ALIAS, and perhaps without its qualifiers where nobody chooses by them.
            const [type, ...value] = data;
            const stands = printState(catalog.state(nameOf(owner)), owner).some((held) => {
              const [heldContent = '', heldQualifiers] = held.split(' ; ');
              const words = heldContent.split(' ');
              const asked = given.setIdentifiers === 'merge' ? [] : (qualifiers ?? '').split(' ').filter((word) => word !== '');
              const there = (heldQualifiers ?? '').split(' ');
              // Who gives no property has nothing to lose by another object's.
              if (there.includes('s') !== asked.includes('s') || !asked.every((word) => there.includes(word))) return false;
              if (words[0] !== owner || words[1] !== ttl || words[3] !== type) return false;
              return type === 'ALIAS' ? words.slice(4).includes(value.join(' ')) : words.slice(4).join(' ') === value.join(' ');
            });
            const told = conflicts.some((conflict) => conflict.owner === owner && keyOf(conflict.loser) === keyOf(from));
            if (!stands && !told) untold.push(line);
          }
        }
        expect(untold).toEqual([]);
      }),
    );
  });
});
