import { describe, expect, it } from '@jest/globals';

import { nameOf } from '../name/owner-name.ts';
import { printRRType } from '../rr/rr-type.ts';
import { Catalog } from './catalog.ts';
import type { NameDemand } from './name-change.ts';
import { catalogOf, ORDER, originOf, WWW } from './testing/catalog-case.ts';
import { desiredText } from './testing/desired-text.ts';

interface DemandCase {
  readonly rule: string;
  readonly given: Readonly<Record<string, readonly string[]>>;
  /** `TYPE: objects` of each RRset and alias. */
  readonly holders: readonly string[];
  readonly waiting?: readonly string[];
}

const CASES: readonly DemandCase[] = [
  {
    rule: 'each RRset has its own objects',
    given: { 'ingress/a': ['www.example. 60 A 192.0.2.1'], 'ingress/b': ['www.example. 60 AAAA 2001:db8::1'] },
    holders: ['A: a', 'AAAA: b'],
  },
  {
    rule: 'merged addresses are both objects’',
    given: { 'ingress/a': ['www.example. 60 A 192.0.2.1'], 'ingress/b': ['www.example. 60 A 192.0.2.2'] },
    holders: ['A: a b'],
  },
  {
    rule: 'an alias comes after the RRsets',
    given: { 'ingress/a': ['www.example. 60 ALIAS lb.example.net.'], 'record/b': ['www.example. 60 TXT hello'] },
    holders: ['TXT: b', 'ALIAS: a'],
  },
  {
    rule: 'who only asks for existence waits, beside data too',
    given: { 'ingress/a': ['www.example.'], 'ingress/b': ['www.example. 60 A 192.0.2.1'] },
    holders: ['A: b'],
    waiting: ['a'],
  },
  { rule: 'a name of which nothing is known', given: { 'ingress/a': ['www.example.'] }, holders: [], waiting: ['a'] },
  {
    rule: 'who lost does not wait',
    given: { 'record/a': ['www.example. 60 A 192.0.2.1'], 'ingress/b': ['www.example. 60 A 192.0.2.2'] },
    holders: ['A: a'],
  },
];

function printHolders({ state: { rrsets, aliases = [] }, holders }: NameDemand): string[] {
  const types = [...rrsets.map(({ type }) => printRRType(type)), ...aliases.map(() => 'ALIAS')];
  return types.map((type, at) => `${type}: ${holders[at]?.map(({ object }) => object).join(' ')}`);
}

describe('what a name holds, and for whom', () => {
  it.each(CASES)('$rule', ({ given, holders, waiting = [] }) => {
    const demand = catalogOf(given).demand(WWW);
    expect(demand && printHolders(demand)).toEqual(holders);
    expect(demand?.waiting.map(({ object }) => object)).toEqual(waiting);
  });

  it('is nothing where nobody asks', () => {
    expect(catalogOf({}).demand(WWW)).toBeUndefined();
  });

  it('tells since when an object has had nothing, through its other changes', () => {
    let now = 100;
    const catalog = new Catalog({ order: ORDER, clock: { now: () => now } });
    catalog.put(originOf('ingress/a'), desiredText('www.example. 60 A 192.0.2.1'));
    now = 200;
    catalog.put(originOf('ingress/a'), desiredText('www.example.'));
    now = 300;
    catalog.put(originOf('ingress/a@5'), desiredText('www.example.'));
    expect(catalog.demand(WWW)?.waitingSince).toBe(200);
    catalog.put(originOf('ingress/a@5'), desiredText('www.example. 60 A 192.0.2.1'));
    catalog.put(originOf('ingress/a@5'), desiredText('www.example.'));
    expect(catalog.demand(WWW)?.waitingSince).toBe(300);
  });

  it('lists the names that are asked for', () => {
    const catalog = catalogOf({ 'ingress/a': ['a.example.', 'b.example. 60 A 192.0.2.1'] });
    expect([...catalog.names()]).toEqual([nameOf('a.example'), nameOf('b.example')]);
  });
});

describe('a change of those who ask alone', () => {
  const options = { order: ORDER, clock: { now: () => 0 } };
  const asked = desiredText('www.example. 60 A 192.0.2.1');

  it.each([
    ['is told where it is asked for', true, 1],
    ['is not told otherwise', false, 0],
  ])('%s', (_rule, reportOrigins, changes) => {
    const catalog = new Catalog({ ...options, reportOrigins });
    catalog.put(originOf('ingress/a'), asked);
    expect(catalog.put(originOf('ingress/b'), asked)).toHaveLength(changes);
    expect(catalog.put({ ...originOf('ingress/b'), retain: true }, asked)).toHaveLength(changes);
    expect(catalog.demand(WWW)?.holders).toEqual([[originOf('ingress/a'), { ...originOf('ingress/b'), retain: true }]]);
    expect(catalog.remove(originOf('ingress/a'))).toHaveLength(changes);
  });

  it('is none where nothing has changed at all', () => {
    const catalog = new Catalog({ ...options, reportOrigins: true });
    catalog.put(originOf('ingress/a'), asked);
    expect(catalog.put(originOf('ingress/a'), asked)).toEqual([]);
  });
});
