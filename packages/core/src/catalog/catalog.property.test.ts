import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';

import { nameOf, type OwnerName } from '../name/owner-name.ts';
import { Catalog } from './catalog.ts';
import type { DesiredRRset, NameState, Origin } from './name-change.ts';
import { desiredText, printState } from './testing/desired-text.ts';

const ORDER = ['record', 'service', 'ingress'];
const RANKS = ['zone', ...ORDER];
const NAMES = ['a.example.', 'b.example.', '*.example.'].map(nameOf);

const origin: fc.Arbitrary<Origin> = fc.record({
  source: fc.constantFrom(...RANKS),
  cluster: fc.constantFrom('x', 'y'),
  object: fc.constantFrom('1', '2'),
  // Few values, so that objects of one age meet.
  createdAt: fc.integer({ min: 0, max: 2 }),
});

const ask = fc
  .record({
    owner: fc.constantFrom(...NAMES),
    ttl: fc.constantFrom(30, 60),
    data: fc.constantFrom(
      'A 192.0.2.1',
      'A 192.0.2.10',
      'AAAA 2001:db8::1',
      'CNAME t.example.',
      'CNAME u.example.',
      'DNAME t.example.',
      'DNAME u.example.',
      'MX 1 m.example.',
      'TXT "x"',
      'TXT "y"',
      undefined,
    ),
  })
  .map(({ owner, ttl, data }) => (data === undefined ? owner.slice(0, -1) : `${owner} ${ttl} ${data}`));

const operations = fc.array(fc.record({ origin, lines: fc.array(ask, { maxLength: 4 }) }), { maxLength: 40 });

/** What every origin contributed last: the only thing that may count. */
type Contributed = Map<string, { readonly origin: Origin; readonly lines: readonly string[] }>;

interface ModelAsk {
  readonly origin: Origin;
  readonly rank: number;
  readonly type: string;
  readonly ttl: number;
  readonly value: string;
  /** The place of the line among those of its origin. */
  readonly place: number;
}

/**
 * The rules as predicates over pairs of asks, computed from all contributions anew: `printState` of a name.
 */
function expectedState(name: OwnerName, contributed: Contributed): string[] {
  const asks: ModelAsk[] = [];
  let exists = false;
  for (const { origin: from, lines } of contributed.values()) {
    for (const [place, line] of lines.entries()) {
      const [owner, ttl, type = '', ...rest] = line.split(' ');
      if (owner !== name && `${owner}.` !== name) continue;
      exists = true;
      if (ttl === undefined) continue;
      asks.push({ origin: from, rank: RANKS.indexOf(from.source), type, ttl: Number(ttl), value: rest.join(' '), place });
    }
  }
  if (!exists) return ['-'];
  const isAddress = ({ type }: ModelAsk): boolean => type === 'A' || type === 'AAAA';
  const isCname = ({ type }: ModelAsk): boolean => type === 'CNAME';
  const cnameStands = (one: ModelAsk): boolean =>
    asks.every(
      (other) =>
        (!isCname(other) || other.rank >= one.rank) &&
        (!isAddress(other) || other.rank > one.rank) &&
        (isCname(other) || isAddress(other) || other.rank >= one.rank),
    );
  const cnames = asks.filter((one) => isCname(one) && cnameStands(one));
  const standing = asks.filter((one) => {
    if (isCname(one)) return cnames.includes(one);
    if (cnames.length > 0) return false;
    return asks.every((other) => (isAddress(one) ? !isAddress(other) : other.type !== one.type) || other.rank >= one.rank);
  });
  const lines: string[] = [];
  for (const type of ['A', 'CNAME', 'MX', 'TXT', 'AAAA', 'DNAME']) {
    let ofType = standing.filter((one) => one.type === type).toSorted(bySeniority);
    if (type === 'CNAME' || type === 'DNAME') ofType = ofType.filter(({ value }) => value === ofType[0]?.value);
    const ttl = Math.min(...ofType.map((one) => one.ttl));
    // The values of one type in this test sort as texts as they do as octets.
    for (const value of new Set(ofType.map((one) => one.value).toSorted())) lines.push(`${name} ${ttl} IN ${type} ${value}`);
  }
  return lines;
}

function bySeniority(one: ModelAsk, other: ModelAsk): number {
  const text = ({ origin: { cluster, object } }: ModelAsk): string => `${cluster}/${object}`;
  return one.origin.createdAt - other.origin.createdAt || text(one).localeCompare(text(other)) || one.place - other.place;
}

function statesOf(catalog: Catalog): string[][] {
  return NAMES.map((name) => printState(catalog.state(name)));
}

function printedConflicts(catalog: Catalog): string[] {
  return Array.from(catalog.conflicts(), (conflict) => JSON.stringify(conflict)).toSorted();
}

function keyOf({ source, cluster, object }: Origin): string {
  return `${source}/${cluster}/${object}`;
}

describe('the catalog', () => {
  it('holds, after any puts, what the rules make of the contributions; and returns exactly the names that changed', () => {
    fc.assert(
      fc.property(operations, (rounds) => {
        const catalog = new Catalog({ order: ORDER });
        const contributed: Contributed = new Map();
        let states = new Map<OwnerName, NameState>(NAMES.map((name) => [name, catalog.state(name)]));
        for (const { origin: from, lines } of rounds) {
          const changes = catalog.put(from, desiredText(...lines));
          if (lines.length > 0) contributed.set(keyOf(from), { origin: from, lines });
          else contributed.delete(keyOf(from));
          const after = new Map(NAMES.map((name) => [name, catalog.state(name)]));
          for (const name of NAMES) {
            expect(printState(catalog.state(name))).toEqual(expectedState(name, contributed));
            const [then, now] = [states.get(name) as NameState, after.get(name) as NameState];
            const changed = printState(then).join() !== printState(now).join();
            const expected = { owner: name, before: then, after: now, origins: catalog.origins(name) };
            expect(changes.filter(({ owner }) => owner === name)).toEqual(changed ? [expected] : []);
          }
          states = after;
          expect(catalog.put(from, desiredText(...lines))).toEqual([]);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('does not depend on the order in which contributions came', () => {
    fc.assert(
      fc.property(operations, fc.infiniteStream(fc.nat()), (rounds, numbers) => {
        const history = new Catalog({ order: ORDER });
        const contributed = new Map<string, { origin: Origin; desired: DesiredRRset[] }>();
        for (const { origin: from, lines } of rounds) {
          history.put(from, desiredText(...lines));
          contributed.set(keyOf(from), { origin: from, desired: desiredText(...lines) });
        }
        const shuffled = [...contributed.values()]
          .map((one) => ({ ...one, at: numbers.next().value }))
          .toSorted((one, other) => one.at - other.at);
        const fresh = new Catalog({ order: ORDER });
        for (const one of shuffled) fresh.put(one.origin, one.desired);
        expect(statesOf(fresh)).toEqual(statesOf(history));
        expect(printedConflicts(fresh)).toEqual(printedConflicts(history));
        expect(NAMES.map((name) => fresh.origins(name))).toEqual(NAMES.map((name) => history.origins(name)));
      }),
    );
  });

  it('lists, for every origin of which something does not stand, a conflict', () => {
    fc.assert(
      fc.property(operations, (rounds) => {
        const catalog = new Catalog({ order: ORDER });
        const contributed: Contributed = new Map();
        for (const { origin: from, lines } of rounds) {
          catalog.put(from, desiredText(...lines));
          contributed.set(keyOf(from), { origin: from, lines });
        }
        const conflicts = [...catalog.conflicts()];
        const untold: string[] = [];
        for (const { origin: from, lines } of contributed.values()) {
          for (const line of lines) {
            const [owner = '', ttl, ...data] = line.split(' ');
            // Two lines of one object with two TTLs are no conflict between objects, and mere existence is in no conflict.
            if (ttl === undefined || lines.filter((one) => one.startsWith(`${owner} `)).length > 1) continue;
            const stands = printState(catalog.state(nameOf(owner))).includes([owner, ttl, 'IN', ...data].join(' '));
            const told = conflicts.some((conflict) => conflict.owner === owner && keyOf(conflict.loser) === keyOf(from));
            if (!stands && !told) untold.push(line);
          }
        }
        expect(untold).toEqual([]);
      }),
    );
  });
});
