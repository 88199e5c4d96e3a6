import { describe, expect, it } from '@jest/globals';

import { sameProvided } from '../contracts/provided-rrset.ts';
import { type PlanCase, runPlanCase } from './testing/plan-case.ts';

const MARKER = '_owner.www.example. @me A/ingress';

/** The owners of RRsets that a plan writes as they are. */
function conditionsOf(planned: Pick<PlanCase, 'observed' | 'desired'>): string[] {
  const { plans } = runPlanCase(planned);
  const writes = plans.flatMap(({ write }) => write?.writes ?? []);
  return writes.flatMap(({ before, after }) =>
    before !== undefined && after !== undefined && sameProvided(before, after) ? [before.owner] : [],
  );
}

describe('a write of data', () => {
  it('has the marker that gives the right to it as a condition', () => {
    expect(
      conditionsOf({
        observed: ['www.example. 300 A 192.0.2.1', MARKER],
        desired: ['www.example. 300 A 192.0.2.2 < ingress/shop/web'],
      }),
    ).toEqual(['_owner.www.example.']);
  });

  it.each([
    [
      'changes the marker',
      ['www.example. 300 A 192.0.2.1', '_owner.www.example. @me A/ingress'],
      ['www.example. 300 A 192.0.2.2 < service/shop/web'],
    ],
    ['brings the marker', [], ['www.example. 300 A 192.0.2.2 < ingress/shop/web']],
    ['takes the marker away', ['www.example. 300 A 192.0.2.1', MARKER], []],
  ])('has none beside what %s', (_what, observed, desired) => {
    expect(conditionsOf({ observed, desired })).toEqual([]);
  });
});
