import { printRRType } from '../rr/rr-type.ts';
import type { RRset } from '../rr/rrset.ts';
import type { ZoneEdit } from '../zone/zone.ts';

/** Why a name of a zone stays as it was. */
export type EditRefusalCode =
  /** The data of all zones has reached the memory that it may take. */
  | 'PACKED_MEMORY_FULL'
  /** An RRset has more than 65,535 records: more than any message could hold. */
  | 'RRSET_TOO_LARGE';

/** An edit that was not made. */
export interface EditRefusal {
  readonly edit: ZoneEdit;
  readonly code: EditRefusalCode;
  /** What was found, and what is possible. */
  readonly message: string;
}

/** What `PackedZone.apply` did. */
export interface AppliedEdits {
  /** Whether anything is other than it was. */
  readonly changed: boolean;
  /** Edits for which there was no memory, or which are too large; the others are made. Each edit is made whole or not at all. */
  readonly refused: readonly EditRefusal[];
}

/** Refuses an RRset for its size. */
export function refuseSize(edit: ZoneEdit, { owner, type, rdatas }: RRset): EditRefusal {
  const message = `${owner} ${printRRType(type)}: ${rdatas.length} records found, 65,535 are possible`;
  return { edit, code: 'RRSET_TOO_LARGE', message };
}
