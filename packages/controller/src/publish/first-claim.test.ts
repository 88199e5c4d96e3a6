import {
  isFailure,
  nameOf,
  type NamePlan,
  type NameWrite,
  ObservedZone,
  type ObservedRRset,
  printRdata,
  scanRecord,
  TYPE,
} from '@kubezone/core';
import { describe, expect, it } from '@jest/globals';

import { judgeClaim } from './first-claim.ts';

const ZONE = { apex: nameOf('example'), id: 'Z' };

/** RRsets of lines of one record each. */
function rrsetsOf(...lines: readonly string[]): ObservedRRset[] {
  const records = lines.map((line) => {
    const record = scanRecord(line);
    if (isFailure(record)) throw new RangeError(record.message);
    return record;
  });
  return Array.from(Map.groupBy(records, ({ owner, type }) => `${owner} ${type}`).values(), (some): ObservedRRset => {
    const [{ owner, type, ttl }] = some as [(typeof some)[number]];
    return { owner, type, ttl, rdatas: some.map(({ rdata }) => rdata), vendor: lines };
  });
}

function planOf(writes: NameWrite['writes']): NamePlan {
  const owner = nameOf('www.example');
  return {
    owner,
    write: { owner, writes },
    changes: [],
    withheld: [],
    adopted: [],
    firstClaim: true,
    owned: { before: 0, after: 1 },
    againAt: undefined,
  };
}

const created = (line: string): NameWrite['writes'][number] => ({ before: undefined, after: rrsetsOf(line)[0] });
const ADDRESS = created('www.example. 300 A 192.0.2.1');
const MARKER = created('_owner.www.example. 300 TXT ours');

/** What a withdrawal leaves of each RRset that it touches; or that there is none, and why. */
function leaves(plan: NamePlan, ...now: readonly string[]): string[] | string {
  return outcomeOf(plan, rrsetsOf(...now));
}

function outcomeOf(plan: NamePlan, now: readonly ObservedRRset[]): string[] | string {
  const outcome = judgeClaim(plan, new ObservedZone(ZONE, now));
  if (outcome.kind !== 'withdraw') return outcome.kind;
  return outcome.write.writes.map(
    ({ before, after }) => `${before?.owner} ${after?.rdatas.map((rdata) => printRdata(after.type, rdata)).join(' ') ?? '-'}`,
  );
}

describe('after a first claim', () => {
  const plan = planOf([MARKER, ADDRESS]);

  it('nothing is withdrawn where we are alone', () => {
    expect(leaves(plan, 'www.example. 300 A 192.0.2.1', '_owner.www.example. 300 TXT ours')).toBe('alone');
    expect(leaves(plan, 'www.example. 300 A 192.0.2.1', '_owner.www.example. 300 TXT ours', 'www.example. 300 TXT theirs')).toBe(
      'alone',
    );
    expect(leaves(plan)).toBe('alone');
  });

  it('all that we have created goes where somebody else has the data', () => {
    const now = ['www.example. 300 A 192.0.2.1', 'www.example. 300 A 192.0.2.9', '_owner.www.example. 300 TXT ours'];
    expect(leaves(plan, ...now)).toEqual(['_owner.www.example. -', 'www.example. 192.0.2.9']);
  });

  it('all that we have created goes where somebody else has a marker', () => {
    const now = ['www.example. 300 A 192.0.2.1', '_owner.www.example. 300 TXT ours', '_owner.www.example. 300 TXT theirs'];
    expect(leaves(plan, ...now)).toEqual(['_owner.www.example. "theirs"', 'www.example. -']);
  });

  it('nothing of ours need go that is not there any more', () => {
    expect(leaves(plan, 'www.example. 300 A 192.0.2.9')).toBe('alone');
  });

  it.each([
    ['ours is older', [10, 20], 'first'],
    ['theirs is older', [20, 10], 'withdraw'],
    ['both are of one age, and ours is shown first', [10, 10], 'first'],
  ])('the older claim stands where the provider tells the ages: %s', (_rule, createdAt, kind) => {
    const now = rrsetsOf('www.example. 300 A 192.0.2.1', 'www.example. 300 A 192.0.2.9', '_owner.www.example. 300 TXT ours');
    const aged = now.map((rrset) => (rrset.type === TYPE.A ? { ...rrset, createdAt } : { ...rrset, createdAt: [10] }));
    expect(judgeClaim(plan, new ObservedZone(ZONE, aged)).kind).toBe(kind);
    // Two writers see the same, and one of them stays.
    const theirs = planOf([created('www.example. 300 A 192.0.2.9')]);
    expect(judgeClaim(theirs, new ObservedZone(ZONE, aged)).kind).toBe(kind === 'first' ? 'withdraw' : 'first');
  });

  it('what was there before we came stays, in a marker’s RRset that others write too', () => {
    const [before] = rrsetsOf('_owner.www.example. 300 TXT older');
    const [after] = rrsetsOf('_owner.www.example. 300 TXT older', '_owner.www.example. 300 TXT ours');
    const joined = planOf([{ before, after }, ADDRESS]);
    const now = ['_owner.www.example. 300 TXT older', '_owner.www.example. 300 TXT ours', 'www.example. 300 A 192.0.2.1'];
    expect(leaves(joined, ...now)).toBe('alone');
    expect(leaves(joined, ...now, 'www.example. 300 A 192.0.2.9')).toEqual([
      '_owner.www.example. "older"',
      'www.example. 192.0.2.9',
    ]);
  });
});
