import type { Origin } from '../catalog/name-change.ts';
import type { OwnerName } from '../name/owner-name.ts';
import type { MarkerSource } from '../ownership/marker.ts';
import type { RRType } from '../rr/rr-type.ts';

/** An RRset that does not become what it shall be, and why. Whatever else is planned at its name goes on. */
export interface Withheld {
  readonly code: WithheldCode;
  readonly owner: OwnerName;
  /** Undefined: an alias that the provider cannot hold, or the whole name. */
  readonly type: RRType | undefined;
  readonly setIdentifier: string | undefined;
  /** For a person: what stands in the way, and where it helps, what to do. */
  readonly message: string;
  /** The objects that want it; none where it is to go. */
  readonly origins: readonly Origin[];
  /** With `SOURCE_NOT_SYNCED`: for which source it waits, where its marker says so. */
  readonly source?: MarkerSource;
}

/** Why an RRset is not changed as desired. */
export type WithheldCode =
  /** The name has a label that is kept for ownership markers. */
  | 'RESERVED_NAME'
  /** SOA, and NS and DNAME of the apex, are the zone's own, and types that exist only in messages are nobody's. */
  | 'PROTECTED_TYPE'
  /** The name is at or below a zone cut that is not ours. */
  | 'FOREIGN_CUT'
  /** The name is at a DNAME that is not ours, or below any: nothing may stand there (RFC 6672, section 2.4). */
  | 'BELOW_DNAME'
  /** An NS or DNAME RRset would hide names below it that are not ours. */
  | 'WOULD_HIDE_NAMES'
  /** The name is so long that no marker has room in the zone. */
  | 'NO_MARKER_PLACE'
  /** The RRset exists, and no marker says whose it is. */
  | 'FOREIGN_RRSET'
  /** The RRset belongs to another owner id by that owner's marker. */
  | 'OTHER_OWNER'
  /** The RRset belongs to the same owner id in another cluster. */
  | 'OTHER_CLUSTER'
  /** The marker names this owner and cluster, but its signature is missing, wrong, or cannot be verified. */
  | 'UNVERIFIED_MARKER'
  /** The markers of two writers own the RRset. Neither changes it. */
  | 'CONTESTED'
  /** A, AAAA and CNAME do not share a name with somebody else's. */
  | 'FOREIGN_ADDRESSES'
  /** Somebody else's CNAME stands at the name, or our CNAME would stand beside somebody else's data (RFC 1034, section 3.6.2). */
  | 'FOREIGN_DATA_AND_CNAME'
  /** An RRset of ours that stays for now excludes it. */
  | 'EXCLUDED_BY_HELD'
  /** The provider cannot hold it. */
  | 'PROVIDER_REJECTS'
  /** The provider refused it; it is tried again later, or when it changes. */
  | 'QUARANTINED'
  /** The policy forbids the update or delete. */
  | 'POLICY'
  /** It was wanted by a source of which it is not known what it wants now. */
  | 'SOURCE_NOT_SYNCED'
  /** Its object still asks for the name, but has no address at present. */
  | 'HOLDING_LAST_ADDRESSES'
  /** Its object is gone, and had it kept. */
  | 'RETAINED'
  /** What shall take its place is withheld itself. */
  | 'REPLACEMENT_WITHHELD'
  /** Too much of the zone would be deleted in a short time. */
  | 'DELETE_LIMIT'
  /** Too much of the zone would become something else in a short time. */
  | 'UPDATE_LIMIT'
  /** It could be taken over from another system, but nothing asks for the name. */
  | 'ADOPTABLE_NOT_DESIRED';
