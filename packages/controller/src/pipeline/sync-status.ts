/**
 * What is known of each scope of each cluster, and what follows from it: how a source stands, and whether the names that it does not give may be
 * denied. Pure functions over states and times.
 */
import type { ScopeFailure, SyncState } from '../cluster/cluster.ts';

/** How long a scope must be refused until it counts as absent, or out of reach until nothing waits for it any more, in milliseconds. */
export const PATIENCE_MS = 60_000;

/** Where one scope of one cluster stands. */
export interface ScopeStatus {
  readonly state: SyncState;
  /** Since when, in milliseconds since the Unix epoch. */
  readonly since: number;
  /** The same on the monotonic clock. */
  readonly sinceMonotonic: number;
  /** Since when it is `absent` or `failing`, on the monotonic clock; undefined while it is neither. */
  readonly troubledSince: number | undefined;
  /** Whether it has been synced once. What was known then stays known. */
  readonly listed: boolean;
  readonly failure: ScopeFailure | undefined;
}

/** A moment on both clocks. */
export interface Moment {
  /** Milliseconds since the Unix epoch. */
  readonly now: number;
  readonly monotonic: number;
}

/** The status after something was said of the scope. */
export function nextStatus(
  before: ScopeStatus | undefined,
  state: SyncState,
  failure: ScopeFailure | undefined,
  at: Moment,
): ScopeStatus {
  const troubled = state === 'absent' || state === 'failing';
  const same = before?.state === state;
  return {
    state,
    since: same ? before.since : at.now,
    sinceMonotonic: same ? before.sinceMonotonic : at.monotonic,
    troubledSince: troubled ? (before?.troubledSince ?? at.monotonic) : undefined,
    listed: state === 'synced' || (before?.listed ?? false),
    failure,
  };
}

/** What can be said of all that is watched. */
export interface Readiness {
  /**
   * Every scope has been listed, or is absent for good: a name that no source gives does not exist (NXDOMAIN). Until then nothing can be said of
   * such a name, and the answer is SERVFAIL with Extended DNS Error 14.
   */
  readonly complete: boolean;
  /** Waiting longer would not help: every scope has been listed, or has been absent or failing for a minute. */
  readonly ready: boolean;
}

/**
 * Whether the sources are complete, and whether it is worth waiting.
 *
 * @param now on the monotonic clock
 * @returns and after how many milliseconds the result changes though nothing happens; undefined if it does not
 */
export function readinessOf(
  statuses: Iterable<ScopeStatus>,
  now: number,
): Readiness & { readonly recheckAfterMs: number | undefined } {
  let complete = true;
  let ready = true;
  let recheckAfterMs: number | undefined;
  for (const status of statuses) {
    if (status.listed) continue;
    const absentIn = status.state === 'absent' ? status.sinceMonotonic + PATIENCE_MS - now : Infinity;
    const hopelessIn = status.troubledSince === undefined ? Infinity : status.troubledSince + PATIENCE_MS - now;
    complete &&= absentIn <= 0;
    ready &&= hopelessIn <= 0;
    for (const wait of [absentIn, hopelessIn]) {
      if (wait > 0 && wait < (recheckAfterMs ?? Infinity)) recheckAfterMs = wait;
    }
  }
  return { complete, ready, recheckAfterMs };
}

/** How several scopes stand together. */
export interface CombinedStatus {
  readonly state: SyncState;
  /** Milliseconds since the Unix epoch. */
  readonly since: number;
  /** Whether every scope has been synced once. */
  readonly listed: boolean;
  readonly failure: ScopeFailure | undefined;
}

/** From the state that matters most to the one that matters least. */
const SEVERITY: readonly SyncState[] = ['failing', 'absent', 'syncing', 'synced'];

/**
 * How a source stands that reads several scopes: as the worst of them. A refusal is shown as `failing` for the first minute, since an API server
 * that is just starting refuses much.
 *
 * @param now on the monotonic clock
 */
export function combineStatuses(statuses: readonly ScopeStatus[], now: number): CombinedStatus {
  const shown = statuses.map((status) => ({ ...status, state: shownState(status, now) }));
  const state = SEVERITY.find((one) => shown.some((status) => status.state === one)) ?? 'synced';
  const deciding = shown.filter((status) => status.state === state);
  const times = deciding.map((status) => status.since);
  const since = times.length === 0 ? 0 : state === 'synced' ? Math.max(...times) : Math.min(...times);
  const failure = deciding.find((status) => status.failure !== undefined)?.failure;
  return { state, since, listed: statuses.every((status) => status.listed), failure };
}

function shownState({ state, sinceMonotonic }: ScopeStatus, now: number): SyncState {
  return state === 'absent' && now - sinceMonotonic < PATIENCE_MS ? 'failing' : state;
}
