import { describe, expect, it } from '@jest/globals';

import type { SyncState } from '../cluster/cluster.ts';
import { combineStatuses, nextStatus, PATIENCE_MS, readinessOf, type ScopeStatus } from './sync-status.ts';

const EPOCH = 1_000_000;

/** A scope that passed through states, each at its time on the monotonic clock. */
function scope(...states: readonly (readonly [at: number, state: SyncState])[]): ScopeStatus {
  let status: ScopeStatus | undefined;
  for (const [at, state] of states) {
    const failure = state === 'absent' || state === 'failing' ? { code: `${state}-${at}`, message: '' } : undefined;
    status = nextStatus(status, state, failure, { now: EPOCH + at, monotonic: at });
  }
  return status as ScopeStatus;
}

describe('readiness', () => {
  it.each<[string, ScopeStatus[], number, boolean, boolean, number | undefined]>([
    ['nothing is watched', [], 0, true, true, undefined],
    ['a scope has not been listed', [scope([0, 'syncing'])], 1e9, false, false, undefined],
    ['all scopes have been listed', [scope([0, 'syncing'], [5, 'synced']), scope([0, 'synced'])], 5, true, true, undefined],
    ['one of two has been listed', [scope([0, 'synced']), scope([0, 'syncing'])], 5, false, false, undefined],
    ['a scope is refused for less than a minute', [scope([0, 'syncing'], [10, 'absent'])], 10 + PATIENCE_MS - 1, false, false, 1],
    ['a scope is refused for a minute', [scope([0, 'syncing'], [10, 'absent'])], 10 + PATIENCE_MS, true, true, undefined],
    ['a scope is out of reach for less than a minute', [scope([0, 'failing'])], PATIENCE_MS - 7, false, false, 7],
    ['a scope is out of reach for a minute', [scope([0, 'failing'])], PATIENCE_MS, false, true, undefined],
    ['a scope was out of reach, and is refused since', [scope([0, 'failing'], [50_000, 'absent'])], 60_000, false, true, 50_000],
    [
      'a scope is refused, now and then out of reach',
      [scope([0, 'absent'], [50_000, 'failing'], [55_000, 'absent'])],
      60_000,
      false,
      true,
      55_000,
    ],
    ['a scope fails that has been listed', [scope([0, 'synced'], [10, 'failing'])], 11, true, true, undefined],
    ['a scope is listed again after it was refused', [scope([0, 'absent'], [70_000, 'synced'])], 70_000, true, true, undefined],
  ])('where %s', (_, statuses, now, complete, ready, recheckAfterMs) => {
    expect(readinessOf(statuses, now)).toEqual({ complete, ready, recheckAfterMs });
  });
});

describe('a source that reads several scopes', () => {
  it('stands as the worst of them, since the first of them stood so', () => {
    const synced = scope([0, 'syncing'], [5, 'synced']);
    const later = scope([0, 'syncing'], [9, 'synced']);
    const failing = scope([0, 'synced'], [20, 'failing']);
    const failingLater = scope([0, 'syncing'], [30, 'failing']);
    expect(combineStatuses([synced, later], 100)).toEqual({
      state: 'synced',
      since: EPOCH + 9,
      listed: true,
      failure: undefined,
    });
    expect(combineStatuses([synced, scope([3, 'syncing'])], 100)).toMatchObject({
      state: 'syncing',
      since: EPOCH + 3,
      listed: false,
    });
    expect(combineStatuses([synced, failingLater, failing], 100)).toMatchObject({
      state: 'failing',
      since: EPOCH + 20,
      failure: { code: 'failing-30' },
    });
    expect(combineStatuses([], 100)).toMatchObject({ state: 'synced' });
  });

  it('is shown as failing for the first minute of a refusal, then as absent', () => {
    const refused = scope([0, 'syncing'], [10, 'absent']);
    expect(combineStatuses([refused], 10).state).toBe('failing');
    expect(combineStatuses([refused], 10 + PATIENCE_MS)).toMatchObject({
      state: 'absent',
      since: EPOCH + 10,
      failure: { code: 'absent-10' },
    });
  });

  it('keeps the time at which a state began while only its reason changes', () => {
    expect(scope([0, 'failing'], [40, 'failing'])).toMatchObject({ since: EPOCH, failure: { code: 'failing-40' } });
  });
});
