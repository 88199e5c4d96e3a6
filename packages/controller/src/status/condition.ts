import { type Fields, isFields } from '../resources/fields.ts';
import type { StatusPart } from './status-writer.ts';

/** One condition of an object (`metav1.Condition`), apart from its times. */
export interface Condition {
  /** `Served`. */
  readonly type: string;
  readonly status: 'True' | 'False' | 'Unknown';
  /** In CamelCase, and stable. */
  readonly reason: string;
  /** For a person. */
  readonly message: string;
  /** Which edition of the object it is about (`metadata.generation`). */
  readonly observedGeneration: number;
}

/** A condition as an object holds it. */
export interface HeldCondition extends Condition {
  /** Since when it has this status, as the API has it. */
  readonly lastTransitionTime: string;
}

/** The longest message that `metav1.Condition` allows, in characters. */
const LONGEST_MESSAGE = 32_768;

/** An object's condition of a type; undefined where it has none, or one that is not what the API says. */
export function readCondition(object: Fields, type: string): HeldCondition | undefined {
  const conditions = isFields(object['status']) ? object['status']['conditions'] : undefined;
  if (!Array.isArray(conditions)) return undefined;
  for (const condition of conditions as readonly unknown[]) {
    if (!isFields(condition) || condition['type'] !== type) continue;
    const { status, reason, message, observedGeneration = 0, lastTransitionTime } = condition;
    if (status !== 'True' && status !== 'False' && status !== 'Unknown') return undefined;
    if (typeof reason !== 'string' || typeof message !== 'string') return undefined;
    if (typeof observedGeneration !== 'number' || typeof lastTransitionTime !== 'string') return undefined;
    return { type, status, reason, message, observedGeneration, lastTransitionTime };
  }
  return undefined;
}

/** Whether an object already says what it is to say. */
export function holdsCondition(held: Condition | undefined, wanted: Condition): boolean {
  return (
    held !== undefined &&
    held.status === wanted.status &&
    held.reason === wanted.reason &&
    held.message === cutMessage(wanted.message) &&
    held.observedGeneration === wanted.observedGeneration
  );
}

/**
 * The condition to write: it has held since before where the status is the same.
 *
 * @param now milliseconds since the Unix epoch
 */
export function nextCondition(held: HeldCondition | undefined, wanted: Condition, now: number): HeldCondition {
  const { type, status, reason, message, observedGeneration } = wanted;
  // `metav1.Time` has whole seconds.
  const lastTransitionTime =
    held?.status === status ? held.lastTransitionTime : new Date(now).toISOString().replace(/\.\d+Z$/, 'Z');
  return { type, status, reason, message: cutMessage(message), observedGeneration, lastTransitionTime };
}

function cutMessage(message: string): string {
  return message.length > LONGEST_MESSAGE ? `${message.slice(0, LONGEST_MESSAGE - 3)}...` : message;
}

/** The condition of a type, as a part of an object's status. */
export function conditionPart(type: string): StatusPart<Condition, HeldCondition> {
  return {
    name: 'conditions',
    read: (object) => readCondition(object, type),
    holds: holdsCondition,
    next: nextCondition,
    compose: (condition) => ({ conditions: [condition] }),
  };
}
