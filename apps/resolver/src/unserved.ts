import type { Origin, OwnerName } from '@kubezone/core';

/** Why a name that objects ask for is in no zone. */
export type UnservedCode =
  /** No zone that is served here holds the name. */
  'NAME_OUTSIDE_ZONES';

/** A name that is not served as objects ask for it, for a reason that the catalog does not know. */
export interface Unserved {
  /** `UnservedCode`, or that of whoever found it. */
  readonly code: string;
  readonly owner: OwnerName;
  /** The objects that ask for it. */
  readonly origins: readonly Origin[];
  readonly message: string;
  /** Since when, in milliseconds since the Unix epoch. */
  readonly since: number;
}
