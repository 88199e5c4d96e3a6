import type { OwnerName } from '@kubezone/core';

import { joinMessages } from '../events/compose-event.ts';
import type { NameRemains } from '../publish/name-remains.ts';
import type { FinalizerCode } from './finalizer-code.ts';

/** What is left of a Record's names. */
export interface RecordRemains extends NameRemains {
  readonly owner: OwnerName;
}

/** How a Record stands. */
export interface RecordFacts {
  /** Whether finalizers are wanted at all. */
  readonly waits: boolean;
  /** Whether it has our finalizer. */
  readonly marked: boolean;
  /** Whether it has finalizers that are not wanted any more: of an owner id from which this one takes over. */
  readonly outdated: boolean;
  /** For how long it has been going, in milliseconds; undefined where it is not. */
  readonly goingMs: number | undefined;
  /** Whether something would be deleted for it if it went: no policy, no dry run and no wish of its own says otherwise. */
  readonly worthIt: () => boolean;
  /** Whether its names count yet. */
  readonly asks: () => boolean;
  /** What is left of them. */
  readonly remains: () => readonly RecordRemains[];
}

/** What its owner is to hear about what is left of a Record's names. */
export interface LeftBehind {
  readonly type: 'Normal' | 'Warning';
  readonly code: FinalizerCode;
  readonly message: string;
}

/** What is to be done to a Record. */
export type RecordStep =
  | { readonly kind: 'none' }
  /** Its finalizers are to be these: ours, or none of ours. */
  | { readonly kind: 'set'; readonly marked: boolean; readonly left?: LeftBehind }
  /** It waits, and for what. */
  | { readonly kind: 'wait'; readonly why: string };

const NONE: RecordStep = { kind: 'none' };
const LET_GO = { kind: 'set', marked: false } as const;

/**
 * Decides what is to be done to a Record's finalizers.
 *
 * One that is going is let go as soon as all that it published is gone, or belongs to others; or it is certain that it does not go by itself; or it has waited for long enough.
 */
export function judgeRecord(facts: RecordFacts, patienceMs: number): RecordStep {
  const { waits, marked, outdated, goingMs } = facts;
  if (goingMs === undefined) {
    const wanted = waits && facts.worthIt();
    return wanted === marked && !outdated ? NONE : { kind: 'set', marked: wanted };
  }
  if (!marked && !outdated) return NONE;
  if (!waits) return LET_GO;
  const asks = facts.asks();
  const remains = asks ? [] : facts.remains();
  if (!asks && remains.length === 0) return LET_GO;
  const text = asks ? 'its names still count' : joinMessages(remains.map(describe), MESSAGE_OCTETS);
  if (!asks && remains.every(({ state }) => state === 'staying')) {
    const isWish = remains.every(({ codes }) => codes.length > 0 && codes.every((code) => code === 'RETAINED'));
    const message = `what it published stays: ${text}`;
    return { ...LET_GO, left: { type: isWish ? 'Normal' : 'Warning', code: 'DELETE_WITHHELD', message } };
  }
  if (goingMs < patienceMs) return { kind: 'wait', why: text };
  const minutes = Math.round(patienceMs / 60_000);
  const after = minutes === 0 ? `${patienceMs / 1000} s` : `${minutes} min`;
  const message = `let go after ${after}, though it is not known that what it published is gone; it is deleted as soon as it can be: ${text}`;
  return { ...LET_GO, left: { type: 'Warning', code: 'DELETE_UNCONFIRMED', message } };
}

/** Leaves room in a note for what stands before it. */
const MESSAGE_OCTETS = 800;

function describe({ owner, provider, zone, messages }: RecordRemains): string {
  const place = zone === undefined ? `at ${provider}` : `at ${provider} (zone ${zone})`;
  return `${owner} ${place}${messages.length === 0 ? ' is to be deleted' : `: ${messages.join('; ')}`}`;
}
