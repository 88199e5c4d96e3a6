import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { createHash } from 'node:crypto';

import { type ChangeHistory, ChangeLimiter, type ChangeLimits, DEFAULT_DELETE_LIMITS } from './change-limiter.ts';
import type { NamePlan } from './name-plan.ts';
import { runPlanCase } from './testing/plan-case.ts';
import { nameOf, type OwnerName } from '../name/owner-name.ts';

const MINUTE = 60_000;

/** Plans that delete a name each, of one address. */
function deletions(from: number, to: number): readonly NamePlan[] {
  const observed = Array.from({ length: to - from }, (_, index) => `n${from + index}.example.`).flatMap((name) => [
    `${name} 300 A 192.0.2.1`,
    `_owner.${name} @me A/service`,
  ]);
  return runPlanCase({ observed }).plans;
}

function limiterAt(start = 0, history?: ChangeHistory): { limiter: ChangeLimiter; clock: { time: number } } {
  const clock = { time: start };
  return {
    limiter: new ChangeLimiter('example. at memory', 'delete', DEFAULT_DELETE_LIMITS, { now: () => clock.time }, history),
    clock,
  };
}

/** Plans that give a name each another address. */
function updates(from: number, to: number, address = '198.51.100.1'): readonly NamePlan[] {
  const names = Array.from({ length: to - from }, (_, index) => `n${from + index}.example.`);
  const observed = names.flatMap((name) => [`${name} 300 A 192.0.2.1`, `_owner.${name} @me A/service`]);
  return runPlanCase({ observed, desired: names.map((name) => `${name} 300 A ${address} < service/n/a`) }).plans;
}

/** Plans of names that are as they shall be. */
function quiet(...names: readonly string[]): readonly NamePlan[] {
  return names.map((name) => ({
    owner: nameOf(name),
    write: undefined,
    changes: [],
    withheld: [],
    adopted: [],
    firstClaim: false,
    owned: { before: 1, after: 1 },
    againAt: undefined,
  }));
}

const DELETIONS = deletions(0, 60);
const UPDATES = updates(0, 60);

function updateLimiter(max: ChangeLimits['max']): { limiter: ChangeLimiter } {
  const limits = { ...DEFAULT_DELETE_LIMITS, max };
  return { limiter: new ChangeLimiter('example. at memory', 'update', limits, { now: () => 0 }) };
}

/** Deletes one name after the other, each at once where it is admitted; how many were. */
function oneByOne(limiter: ChangeLimiter, plans: readonly NamePlan[], owned: number): number {
  let left = owned;
  for (const plan of plans) left -= limiter.admit([plan], left).admitted.length;
  return owned - left;
}

/** Plans that would delete names, if their source could be read. */
function sourceAway(...names: readonly string[]): readonly NamePlan[] {
  const observed = names.flatMap((name) => [`${name} 300 A 192.0.2.1`, `_owner.${name} @me A/service`]);
  const { plans } = runPlanCase({ observed, settings: { sourceState: () => 'failing', everySourceSynced: false } });
  expect(plans.flatMap(({ withheld }) => withheld.map(({ code }) => code))).toEqual(names.map(() => 'SOURCE_NOT_SYNCED'));
  return plans;
}

describe('the limit of deletes', () => {
  it.each([
    { total: 100, deleted: 40, admitted: 30 },
    { total: 1000, deleted: 1000, admitted: 300 },
    { total: 10, deleted: 10, admitted: 3 },
    { total: 9, deleted: 9, admitted: 8 },
    { total: 5, deleted: 5, admitted: 4 },
    { total: 1, deleted: 1, admitted: 0 },
  ])('of $total that are deleted one by one, $admitted go', ({ total, deleted, admitted }) => {
    const { limiter } = limiterAt();
    expect(oneByOne(limiter, deletions(0, deleted), total)).toBe(admitted);
    expect(limiter.held()?.operations.length).toBe(deleted - admitted);
  });

  it.each([
    { total: 5, deleted: 5, admitted: 0 },
    { total: 5, deleted: 4, admitted: 4 },
    { total: 100, deleted: 30, admitted: 30 },
    { total: 100, deleted: 31, admitted: 0 },
    { total: 1000, deleted: 1000, admitted: 0 },
  ])('of $total of which $deleted are deleted at once, $admitted go', ({ total, deleted, admitted }) => {
    expect(limiterAt().limiter.admit(deletions(0, deleted), total).admitted.length).toBe(admitted);
  });

  it('is open again after ten minutes, but not for what is held', () => {
    const { limiter, clock } = limiterAt();
    expect(oneByOne(limiter, deletions(0, 40), 100)).toBe(30);
    clock.time = 10 * MINUTE;
    expect(oneByOne(limiter, deletions(30, 40), 70)).toBe(0);
    expect(oneByOne(limiter, deletions(40, 41), 70)).toBe(1);
    expect(limiter.held()?.owners.length).toBe(10);
  });

  it.each(['admit', 'admitZone'] as const)('holds what is held while its source is away, and afterwards (%s)', (method) => {
    const { limiter, clock } = limiterAt();
    limiter.admit(deletions(0, 2), 2);
    const { sha256 } = limiter.held() ?? {};
    limiter[method](sourceAway('n0.example.', 'n1.example.'), 2);
    expect(limiter.held()?.sha256).toBe(sha256);
    clock.time = 60 * MINUTE;
    expect(limiter[method](deletions(0, 1), 2).held.length).toBe(1);
    limiter[method](quiet('n0.example.', 'n1.example.'), 2);
    expect(limiter.held()).toBeUndefined();
  });

  it('does not count what is held already against what comes later', () => {
    const { limiter } = limiterAt();
    expect(limiter.admit(deletions(0, 40), 100).held.length).toBe(40);
    const { admitted, held } = limiter.admit(deletions(0, 45), 100);
    expect([admitted.length, held.length]).toEqual([5, 40]);
  });

  it('counts a delete once, however often it is tried', () => {
    const { limiter } = limiterAt();
    for (let time = 0; time < 100; time++) expect(limiter.admit(deletions(0, 30), 100).held).toEqual([]);
    expect(limiter.admit(deletions(30, 31), 70).admitted).toEqual([]);
  });

  it('does not count what takes the place of something else, nor creations, updates and adoptions', () => {
    const names = Array.from({ length: 500 }, (_, index) => `n${index}.example.`);
    const observed = names.flatMap((name) => [`${name} 300 A 192.0.2.1`, `_owner.${name} @me A/ingress`]);
    const toCname = runPlanCase({ observed, desired: names.map((name) => `${name} 300 CNAME lb.example.net. < ingress/n/a`) });
    const toOther = runPlanCase({ observed, desired: names.map((name) => `${name} 300 A 192.0.2.2 < ingress/n/a`) });
    const adopted = runPlanCase({
      observed: names.flatMap((name) => [`${name} 300 A 192.0.2.1`, `${name} 300 TXT "mate:g"`]),
      desired: names.map((name) => `${name} 300 A 192.0.2.2 < ingress/n/a`),
      settings: { adopt: [{ format: 'mate', group: 'g' }] },
    });
    for (const { plans } of [toCname, toOther, adopted]) {
      expect(plans.length).toBe(500);
      expect(limiterAt().limiter.admit(plans, 500).held).toEqual([]);
    }
  });

  it('forgets what is wanted again, or that a plan of the whole zone does not mention', () => {
    const { limiter } = limiterAt();
    const plans = deletions(0, 40);
    limiter.admit(plans, 100);
    const [first] = runPlanCase({ desired: ['n0.example. 300 A 192.0.2.1 < service/n/a'] }).plans;
    limiter.admit(first === undefined ? [] : [first], 100);
    expect(limiter.held()?.owners.length).toBe(39);
    limiter.admitZone(plans.slice(5, 40), 100);
    expect(limiter.held()?.owners.length).toBe(35);
    limiter.admitZone([], 100);
    expect(limiter.held()).toBeUndefined();
  });

  it('counts what lies in the future when the clock is set back', () => {
    const { limiter, clock } = limiterAt(100 * MINUTE);
    oneByOne(limiter, deletions(0, 30), 100);
    clock.time = 0;
    expect(limiter.admit(deletions(30, 31), 70).admitted).toEqual([]);
  });
});

describe('what is held', () => {
  it('has a digest over the zone and its operations, in order', () => {
    const { limiter } = limiterAt(7);
    limiter.admit(deletions(0, 2).toReversed(), 2);
    const operations = ['delete n0.example. 300 A 192.0.2.1', 'delete n1.example. 300 A 192.0.2.1'];
    const sha256 = createHash('sha256')
      .update(`zone example. at memory\n${operations.join('\n')}`)
      .digest('hex');
    expect(limiter.held()).toEqual({ action: 'delete', sha256, operations, owners: ['n1.example.', 'n0.example.'], since: 7 });
  });

  it('goes when exactly that is confirmed, and does not count', () => {
    const { limiter } = limiterAt();
    const plans = deletions(0, 1000);
    limiter.admit(plans, 1200);
    const sha256 = limiter.held()?.sha256 ?? '';
    expect(limiter.confirm('0'.repeat(64))).toBeUndefined();
    expect(limiter.confirm(sha256)?.length).toBe(1000);
    expect(limiter.held()).toBeUndefined();
    expect(limiter.admit(plans, 1200).admitted.length).toBe(1000);
    // Tried again after an error, too; and what comes to it has the whole window.
    expect(limiter.admit(plans, 1200).admitted.length).toBe(1000);
    expect(limiter.admit(deletions(1000, 1060), 200).admitted.length).toBe(60);
    expect(limiter.admit(deletions(1060, 1061), 140).held.length).toBe(1);
  });

  it('is not what was confirmed when something has come to it', () => {
    const { limiter } = limiterAt();
    limiter.admit(deletions(0, 40), 100);
    const sha256 = limiter.held()?.sha256 ?? '';
    limiter.admit(deletions(40, 80), 100);
    expect(limiter.confirm(sha256)).toBeUndefined();
    expect(limiter.held()?.owners.length).toBe(80);
  });

  it('is not confirmed any more once somebody wants the same name again', () => {
    const { limiter, clock } = limiterAt();
    const plans = deletions(0, 100);
    expect(limiter.admit(plans, 100).admitted.length).toBe(0);
    limiter.confirm(limiter.held()?.sha256 ?? '');
    expect(limiter.admit(plans, 100).admitted.length).toBe(100);
    clock.time += 20 * MINUTE;
    const desired = Array.from({ length: 100 }, (_, index) => `n${index}.example. 300 A 192.0.2.1 < service/n/a`);
    expect(limiter.admit(runPlanCase({ desired }).plans, 0).admitted.length).toBe(100);
    expect(limiter.admit(plans, 100).admitted.length).toBe(0);
  });

  it('is confirmed for an hour', () => {
    const { limiter, clock } = limiterAt();
    limiter.admit(deletions(0, 40), 100);
    limiter.confirm(limiter.held()?.sha256 ?? '');
    clock.time = 60 * MINUTE;
    expect(limiter.admit(deletions(0, 40), 100).held.length).toBe(40);
  });

  it('in part at a name holds the whole name', () => {
    const { limiter } = limiterAt();
    const [plan] = runPlanCase({
      observed: ['n.example. 300 A 192.0.2.1', 'n.example. 300 AAAA 2001:db8::1', '_owner.n.example. @me A.AAAA/service'],
    }).plans;
    expect(limiter.admit(plan === undefined ? [] : [plan], 4).admitted.length).toBe(1);
    expect(limiterAt().limiter.admit(plan === undefined ? [] : [plan], 2).held.length).toBe(1);
  });
});

describe('the limit of updates', () => {
  it.each([
    { max: { share: 0.5 }, total: 100, updated: 60, admitted: 50 },
    { max: { share: 0.5 }, total: 5, updated: 5, admitted: 4 },
    { max: { share: 0.5 }, total: 1, updated: 1, admitted: 1 },
    { max: { share: 0 }, total: 5, updated: 5, admitted: 0 },
    { max: { share: 1 }, total: 5, updated: 5, admitted: 5 },
    { max: { count: 7 }, total: 100, updated: 60, admitted: 7 },
    { max: { count: 0 }, total: 100, updated: 1, admitted: 0 },
  ])('of $total of which $updated are updated one by one, $admitted go: $max', ({ max, total, updated, admitted }) => {
    const { limiter } = updateLimiter(max);
    const all = updates(0, updated).map((plan) => limiter.admit([plan], total).admitted.length);
    expect(all.reduce((sum, one) => sum + one, 0)).toBe(admitted);
    expect(limiter.held()?.operations.length ?? 0).toBe(updated - admitted);
  });

  it('counts what takes the place of something else once, and no creations and deletes', () => {
    const { limiter } = updateLimiter({ count: 1 });
    const observed = ['n.example. 300 A 192.0.2.1', 'n.example. 300 AAAA 2001:db8::1', '_owner.n.example. @me A.AAAA/service'];
    const desired = ['n.example. 300 CNAME lb.example.net. < service/n/a', 'm.example. 300 A 192.0.2.1 < service/n/b'];
    expect(limiter.admit([...runPlanCase({ observed, desired }).plans, ...deletions(0, 50)], 50).held).toEqual([]);
    expect(limiter.admit(updates(0, 1), 50).held.length).toBe(1);
    expect(limiter.held()).toMatchObject({
      action: 'update',
      operations: ['update n0.example. 300 A 192.0.2.1 to n0.example. 300 A 198.51.100.1'],
    });
  });

  it('goes on holding a name that is to become something else meanwhile, and forgets one that is not', () => {
    const { limiter } = updateLimiter({ share: 0.3 });
    expect(limiter.admit(updates(0, 40), 100).held.length).toBe(40);
    expect(limiter.admit(updates(0, 1, '198.51.100.2'), 100).held.length).toBe(1);
    limiter.admit(quiet('n1.example.'), 100);
    expect(limiter.held()?.operations.length).toBe(39);
  });

  it('lets exactly that go which is confirmed, and not the way back and there again', () => {
    const { limiter } = updateLimiter({ share: 0.3 });
    const plans = updates(0, 40);
    limiter.admit(plans, 100);
    expect(limiter.confirm(limiter.held()?.sha256 ?? '')?.length).toBe(40);
    expect(limiter.admit(plans, 100).admitted.length).toBe(40);
    limiter.admit(quiet(...plans.map(({ owner }) => owner)), 100);
    expect(limiter.admit(plans, 100).held.length).toBe(40);
  });
});

describe('a confirmation', () => {
  it('is not one any more once what it lets go is wanted as it is', () => {
    const { limiter } = limiterAt();
    limiter.admit(deletions(0, 40), 100);
    limiter.confirm(limiter.held()?.sha256 ?? '');
    limiter.admit(quiet('n0.example.'), 100);
    expect(limiter.admit(deletions(0, 40), 100).held).toEqual([]);
    // n0 took its room in the window; the others are confirmed.
    expect(oneByOne(limiter, deletions(50, 100), 99)).toBe(29);
  });
});

describe('any limit', () => {
  it('never lets more go in a window than it says, whatever comes in which order, and holds or admits every plan', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('delete' as const, 'update' as const),
        fc.oneof(fc.record({ share: fc.constantFrom(0, 0.1, 0.3, 1) }), fc.record({ count: fc.nat(8) })),
        fc.array(fc.record({ from: fc.nat(39), count: fc.integer({ min: 1, max: 20 }), waitMs: fc.nat(300_000) }), {
          maxLength: 12,
        }),
        (action, max, steps) => {
          const clock = { time: 0 };
          const limits = { max, windowMs: 600_000, minRecords: 10 };
          const limiter = new ChangeLimiter('z', action, limits, { now: () => clock.time });
          const all = action === 'delete' ? DELETIONS : UPDATES;
          const gone = new Map<OwnerName, number>();
          for (const { from, count, waitMs } of steps) {
            clock.time += waitMs;
            const plans = all.slice(from, from + count).filter(({ owner }) => !gone.has(owner));
            const owned = action === 'delete' ? all.length - gone.size : all.length;
            const { admitted, held } = limiter.admit(plans, owned);
            expect(new Set([...admitted, ...held])).toEqual(new Set(plans));
            expect(limiter.held()?.owners ?? []).toEqual(expect.arrayContaining(held.map(({ owner }) => owner)));
            for (const { owner } of admitted) gone.set(owner, clock.time);
            const inWindow = [...gone.values()].filter((at) => at > clock.time - 600_000).length;
            const base = action === 'delete' ? all.length - gone.size + inWindow : all.length;
            const most = 'count' in max ? max.count : Math.floor(max.share * base);
            expect(inWindow).toBeLessThanOrEqual(Math.max(most, base < 10 ? base : 0));
          }
        },
      ),
      { numRuns: 100 },
    );
  });
});

describe('a restart', () => {
  it('does not open the window', () => {
    const before = limiterAt();
    oneByOne(before.limiter, deletions(0, 30), 100);
    before.limiter.send(deletions(0, 30));
    const history = before.limiter.history();
    expect(history).toEqual({ changed: [{ at: 0, count: 30 }], holding: false });
    expect(limiterAt(MINUTE, history).limiter.admit(deletions(30, 31), 70).held.length).toBe(1);
    expect(limiterAt(10 * MINUTE, history).limiter.admit(deletions(30, 31), 70).admitted.length).toBe(1);
  });

  it('does not let go what was held, however late it is', () => {
    const before = limiterAt();
    oneByOne(before.limiter, deletions(0, 40), 100);
    before.limiter.send(deletions(0, 30));
    const { limiter } = limiterAt(1000 * MINUTE, before.limiter.history());
    expect(limiter.history()).toEqual({ changed: [], holding: true });
    expect(limiter.admitZone(deletions(30, 40), 70).held.length).toBe(10);
    // Of a name that is deleted later nothing is known from before.
    expect(limiter.admit(deletions(40, 41), 70).admitted.length).toBe(1);
    const owners: readonly OwnerName[] | undefined = limiter.confirm(limiter.held()?.sha256 ?? '');
    expect(owners?.length).toBe(10);
  });

  it('does not let go what was held where its source is away at first', () => {
    const before = limiterAt();
    before.limiter.admit(deletions(0, 40), 100);
    const { limiter } = limiterAt(1000 * MINUTE, before.limiter.history());
    const plans = sourceAway('n0.example.');
    for (let audit = 0; audit < 2; audit++) expect(limiter.admitZone(plans, 100).held).toEqual([]);
    expect(limiter.history().holding).toBe(true);
    expect(limiter.admitZone(deletions(0, 1), 100).held.length).toBe(1);
    limiter.confirm(limiter.held()?.sha256 ?? '');
    expect(limiter.admitZone(deletions(0, 1), 100).admitted.length).toBe(1);
    expect(limiter.history().holding).toBe(false);
  });

  it('counts what was sent: not what was only planned, nor what was confirmed', () => {
    const before = limiterAt();
    oneByOne(before.limiter, deletions(0, 40), 100);
    before.limiter.send(deletions(0, 10));
    expect(before.limiter.history()).toEqual({ changed: [{ at: 0, count: 10 }], holding: true });
    before.limiter.confirm(before.limiter.held()?.sha256 ?? '');
    expect(before.limiter.admit(deletions(30, 40), 70).admitted.length).toBe(10);
    before.limiter.send(deletions(10, 40));
    expect(before.limiter.history()).toEqual({ changed: [{ at: 0, count: 30 }], holding: false });
  });

  it('under a clock that was ahead holds for a window, and not until that time has come', () => {
    const history: ChangeHistory = { changed: [{ at: 1000 * MINUTE, count: 30 }], holding: false };
    const { limiter, clock } = limiterAt(MINUTE, history);
    expect(limiter.admit(deletions(0, 1), 70).held.length).toBe(1);
    clock.time = 12 * MINUTE;
    expect(limiter.admit(deletions(1, 2), 70).admitted.length).toBe(1);
  });
});
