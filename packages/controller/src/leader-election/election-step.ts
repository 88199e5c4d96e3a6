import { backoffMs } from '../cluster/kubernetes/backoff.ts';
import type { Lease } from './lease.ts';

/** How long things take, in milliseconds. */
export interface ElectionTiming {
  /** For how long others leave a Lease alone that is not renewed. */
  readonly leaseMs: number;
  /** For how long its holder writes after a renewal, counted from when that was sent. With the longest request it must be less than `leaseMs`. */
  readonly deadlineMs: number;
  /** How soon after a renewal the next one is sent, at least. */
  readonly renewMs: number;
  /** How soon a candidate looks again, at least. */
  readonly retryMs: number;
}

export const USUAL_TIMING: ElectionTiming = { leaseMs: 15_000, deadlineMs: 10_000, renewMs: 2_000, retryMs: 2_000 };

/** One moment, on both clocks. */
export interface Moment {
  /** Goes on steadily, but may stand still while the machine sleeps. */
  readonly monotonic: number;
  /** Goes on while the machine sleeps, but may be set. Milliseconds since the Unix epoch. */
  readonly wall: number;
}

/** What is to be done next. */
export type ElectionAction =
  | { readonly kind: 'read' }
  | { readonly kind: 'create' }
  /** Writes the Lease, on condition that it still stands as it was seen. */
  | { readonly kind: 'replace'; readonly lease: Lease }
  /** @param next what the holder does afterwards; a candidate reads. @default 'replace' */
  | { readonly kind: 'wait'; readonly delayMs: number; readonly next?: 'read' | 'replace' };

/** What came of it. */
export type ElectionOutcome =
  | { readonly kind: 'waited' }
  /** The Lease was read. */
  | { readonly kind: 'found'; readonly lease: Lease }
  /** There is no such Lease. */
  | { readonly kind: 'missing' }
  /** The Lease was written, with us as its holder. */
  | { readonly kind: 'held'; readonly lease: Lease; readonly sent: Moment }
  /** The Lease was not written: another was faster. */
  | { readonly kind: 'overtaken' }
  /** It is not known what came of it. */
  | { readonly kind: 'failed'; readonly retryAfterMs?: number | undefined };

/** How an election stands for one candidate. */
export interface ElectionState {
  readonly action: ElectionAction;
  /** The Lease as it was last seen, and since when (monotonic) it has been seen without a renewal. */
  readonly seen: { readonly lease: Lease; readonly since: number } | undefined;
  /** Whether we are the holder, as far as is known: when the last renewal was sent. */
  readonly renewed: Moment | undefined;
  /** From when on (monotonic) the holder may write; undefined where we do not hold it. */
  readonly from: number | undefined;
  /** In a row. */
  readonly failures: number;
}

export const FIRST_ELECTION_STATE: ElectionState = {
  action: { kind: 'read' },
  seen: undefined,
  renewed: undefined,
  from: undefined,
  failures: 0,
};

/** What a step needs besides. */
export interface ElectionContext {
  readonly identity: string;
  readonly timing: ElectionTiming;
  /** Monotonic milliseconds. */
  readonly now: number;
  /** From 0 to 1, 1 excluded. */
  readonly random: number;
}

/**
 * One step of an election, with the rules of client-go's: the Lease is another's until it has stood unchanged before our own eyes for its whole duration, and every write is conditional on the
 * version that was seen.
 *
 * Stricter than client-go in one respect: who makes a Lease that was missing waits for a whole duration before it leads, since the Lease may have been deleted under a holder that does not know it yet. So does
 * one who finds itself the holder by a write whose outcome it never heard.
 */
export function electionStep(state: ElectionState, outcome: ElectionOutcome, context: ElectionContext): ElectionState {
  const { timing, now, random } = context;
  switch (outcome.kind) {
    case 'waited': {
      const holding = state.renewed !== undefined && state.seen !== undefined;
      const { action } = state;
      const isKnown = action.kind !== 'wait' || action.next !== 'read';
      return { ...state, action: holding && isKnown ? { kind: 'replace', lease: state.seen.lease } : { kind: 'read' } };
    }
    case 'found':
      return found(state, outcome.lease, context);
    case 'missing':
      return { ...lost(state), seen: undefined, action: { kind: 'create' } };
    case 'held':
      return {
        action: wait(timing.renewMs * (1 + random / 2)),
        seen: { lease: outcome.lease, since: now },
        renewed: outcome.sent,
        from: state.from ?? outcome.sent.monotonic + (mustSettle(state, context.identity) ? timing.leaseMs : 0),
        failures: 0,
      };
    case 'overtaken':
      // Another may have written an annotation only: a look tells. Whatever was seen before is not what is there: to write on that condition again would fail for ever.
      return again(state, state.failures === 0 ? { kind: 'read' } : { ...wait(pause(state, context)), next: 'read' });
    case 'failed':
      return again(state, wait(pause(state, context, outcome.retryAfterMs)));
    default:
      return outcome satisfies never;
  }
}

/** Until when the holder may write: monotonic milliseconds; undefined where there is no holder here, or not yet. */
export function deadlineOf({ renewed, from }: ElectionState, { deadlineMs }: ElectionTiming, now: number): number | undefined {
  return renewed === undefined || from === undefined || now < from ? undefined : renewed.monotonic + deadlineMs;
}

/** Whether the holder may write now. Both clocks must say so: one stands still while the machine sleeps, the other may be set back. */
export function mayWrite(state: ElectionState, timing: ElectionTiming, now: Moment): boolean {
  const deadline = deadlineOf(state, timing, now.monotonic);
  return (
    deadline !== undefined &&
    state.renewed !== undefined &&
    now.monotonic < deadline &&
    now.wall < state.renewed.wall + timing.deadlineMs
  );
}

function found(state: ElectionState, lease: Lease, context: ElectionContext): ElectionState {
  const { identity, timing, now, random } = context;
  const since = state.seen?.lease.renewal === lease.renewal ? state.seen.since : now;
  const next = { ...state, seen: { lease, since } };
  const take = { kind: 'replace', lease } as const;
  if (lease.holder === identity) return { ...next, action: take };
  const expiry = since + (lease.durationMs ?? timing.leaseMs);
  if (lease.holder === '' || now >= expiry) return { ...lost(next), action: take };
  return { ...lost(next), failures: 0, action: wait(Math.min(timing.retryMs * (1 + random), expiry - now)) };
}

/** Whether somebody may still write by a Lease that we did not see end. */
function mustSettle({ seen }: ElectionState, identity: string): boolean {
  return seen === undefined || seen.lease.holder === identity || (seen.lease.holder === '' && !seen.lease.used);
}

function lost(state: ElectionState): ElectionState {
  return { ...state, renewed: undefined, from: undefined };
}

function again(state: ElectionState, action: ElectionAction): ElectionState {
  return { ...state, failures: state.failures + 1, action };
}

/** A holder has no time to lose, and its wish to go on costs the server little. */
function pause({ renewed, failures }: ElectionState, { timing, random }: ElectionContext, retryAfterMs?: number): number {
  const delay = backoffMs(failures + 1, random, retryAfterMs);
  return renewed === undefined ? Math.max(delay, timing.retryMs * (1 + random)) : Math.min(delay, timing.renewMs);
}

function wait(delayMs: number): ElectionAction & { readonly kind: 'wait' } {
  return { kind: 'wait', delayMs: Math.max(0, Math.round(delayMs)) };
}
