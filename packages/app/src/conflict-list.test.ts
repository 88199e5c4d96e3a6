import { describe, expect, it } from '@jest/globals';

import { type Conflict, nameOf, type Origin } from '@kubezone/core';

import { type ConflictSources, countRejections, listConflicts, listOutside } from './conflict-list.ts';

const INGRESS: Origin = { source: 'ingress', cluster: 'prod', namespace: 'shop', object: 'Ingress/shop/web', createdAt: 0 };
const SERVICE: Origin = { ...INGRESS, source: 'service', object: 'Service/shop/web' };

function conflict(since: number): Conflict {
  return { code: 'LOWER_PRIORITY_SOURCE', owner: nameOf('a.test'), loser: INGRESS, winner: SERVICE, message: 'lost', since };
}

/** One of each, and two problems that are only counted. */
function sources(): ConflictSources {
  return {
    conflicts: [conflict(3000)],
    conflictCount: 1,
    problems: [{ code: 'OWNER_NAME_INVALID', cluster: 'prod', object: 'Ingress/shop/bad', message: 'no host', since: 1000 }],
    problemCount: 3,
    unserved: [
      { code: 'NAME_OUTSIDE_ZONES', owner: nameOf('b.test'), origins: [SERVICE, INGRESS], message: 'outside', since: 2000 },
    ],
  };
}

describe('the list of what is asked for in vain', () => {
  it('has all of it, the oldest first, and says how much there is', () => {
    expect(listConflicts(sources())).toEqual({
      total: 5,
      conflicts: [
        { code: 'OWNER_NAME_INVALID', object: 'prod: Ingress/shop/bad', message: 'no host', since: '1970-01-01T00:00:01.000Z' },
        {
          code: 'NAME_OUTSIDE_ZONES',
          name: 'b.test.',
          object: 'prod: service Service/shop/web, prod: ingress Ingress/shop/web',
          message: 'outside',
          since: '1970-01-01T00:00:02.000Z',
        },
        {
          code: 'LOWER_PRIORITY_SOURCE',
          name: 'a.test.',
          object: 'prod: ingress Ingress/shop/web',
          instead: 'prod: service Service/shop/web',
          message: 'lost',
          since: '1970-01-01T00:00:03.000Z',
        },
      ],
    });
  });

  it('is bounded, whatever there is', () => {
    const many = { ...sources(), conflicts: Array.from({ length: 5000 }, (_, at) => conflict(at)), conflictCount: 5000 };
    const { total, conflicts } = listConflicts(many);
    expect([total, conflicts.length]).toEqual([5004, 1000]);
    expect(listConflicts(many, 2).conflicts.map(({ since }) => since)).toEqual([
      '1970-01-01T00:00:00.000Z',
      '1970-01-01T00:00:00.001Z',
    ]);
  });

  it('has names outside all zones apart from it, with how many there are', () => {
    const names = [{ name: nameOf('b.test'), object: 'Ingress/shop/web', source: 'ingress', cluster: 'prod' } as const];
    expect(listOutside([{ outside: 3 }, { outside: 4 }], names)).toEqual({ total: 7, names });
  });

  it('is counted by code, with what is not described', () => {
    expect(Object.fromEntries(countRejections(sources()))).toEqual({
      LOWER_PRIORITY_SOURCE: 1,
      OWNER_NAME_INVALID: 1,
      NAME_OUTSIDE_ZONES: 1,
      MORE_PROBLEMS: 2,
    });
  });
});
