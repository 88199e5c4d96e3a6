import type { LocalProblem } from '../cluster/problem.ts';
import { quote, showUnseen } from '../resources/fields.ts';
import type { StoredObject } from '../resources/resource.ts';
import { annotationPath } from './annotation.ts';

/** By this annotation an object of any kind says what becomes of what is published for it when it goes: `delete`, as without it, or `retain`. */
export const DELETION_POLICY_ANNOTATION = 'kubezone.io/deletion-policy';

/** What an object says of its end. */
export interface DeletionPolicy {
  /** Whether what is published for it is to stay when it goes. */
  readonly retain: boolean;
  /** What is wrong with the annotation. @default nothing */
  readonly problem?: LocalProblem;
}

const DELETE: DeletionPolicy = { retain: false };
const RETAIN: DeletionPolicy = { retain: true };

/**
 * Reads the annotation, in upper or lower case: PersistentVolumes spell it `Retain`. Nothing is as if it were not there. Anything else is reported, and counts as `retain`:
 * whoever writes it wants something else than the usual, and what was kept can be deleted later, but not the other way round.
 */
export function readDeletionPolicy(
  object: StoredObject & { readonly annotations?: Readonly<Record<string, string>> },
): DeletionPolicy {
  const value = object.annotations?.[DELETION_POLICY_ANNOTATION];
  switch (value?.trim().toLowerCase()) {
    case undefined:
    case '':
    case 'delete':
      return DELETE;
    case 'retain':
      return RETAIN;
    default: {
      const path = annotationPath(DELETION_POLICY_ANNOTATION);
      const message = showUnseen(`${path}: found ${quote(value ?? '')}, expected "retain" or "delete"; it counts as "retain"`);
      return { retain: true, problem: { code: 'DELETION_POLICY_INVALID', path, message } };
    }
  }
}
