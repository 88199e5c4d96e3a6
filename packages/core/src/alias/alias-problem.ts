import type { Origin } from '../catalog/name-change.ts';
import type { OwnerName } from '../name/owner-name.ts';

/** Why a name has not the addresses of the names that it shall have them of, or not in the way that was asked for. Stable. */
export type AliasProblemCode =
  /** A host name cannot be resolved at present. Its last known addresses stay in force for as long as is configured. */
  | 'ALIAS_TARGET_FAILING'
  /** A host name does not exist, or has no addresses. */
  | 'ALIAS_TARGET_MISSING'
  /** A name would have its own addresses, by way of others. No addresses come from there; other targets count. */
  | 'ALIAS_LOOP'
  /** From a name to its addresses there are more steps than are gone. No addresses come from there; other targets count. */
  | 'ALIAS_CHAIN_TOO_LONG'
  /** A name's targets have more addresses than an RRset is to have. The first ones in the order of their octets are used. */
  | 'ALIAS_ADDRESSES_LEFT_OUT';

/** Something wrong with the targets of a name, in force until it is mended. */
export interface AliasProblem {
  readonly code: AliasProblemCode;
  /** The name that shall have the addresses. */
  readonly owner: OwnerName;
  /** Who asks for that. */
  readonly origins: readonly Origin[];
  /** The name that it is about. */
  readonly target: OwnerName;
  /** What was found and what that means, for a person. */
  readonly message: string;
  /** Since when, in milliseconds since the Unix epoch. */
  readonly since: number;
}
