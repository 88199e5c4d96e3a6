import type { OwnerName } from '../name/owner-name.ts';
import type { RRset } from '../rr/rrset.ts';
import type { RRType } from '../rr/rr-type.ts';

/** A source of names, as in the configuration's `sources`; `zone` is the zone's own configuration and precedes them all. */
export type SourceKind = string;

/** Where a contribution comes from: one object of one cluster, read by one source. */
export interface Origin {
  readonly source: SourceKind;
  /** The cluster's configured name. */
  readonly cluster: string;
  /** `Kind/namespace/name`, or `Kind/name` for an object outside namespaces: for people, and to tell objects of one source apart. */
  readonly object: string;
  /** Milliseconds since the Unix epoch; the oldest object wins what can have only one value. */
  readonly createdAt: number;
}

/**
 * One RRset, or a name's mere existence, that one object asks for.
 */
export type DesiredRRset =
  | {
      readonly kind: 'rrset';
      readonly owner: OwnerName;
      readonly type: RRType;
      /** Seconds. */
      readonly ttl: number;
      readonly rdatas: readonly Uint8Array[];
    }
  | {
      /** The object asks for the name, but nothing is known to put there yet: it exists (NODATA, not NXDOMAIN) and shadows wildcards. */
      readonly kind: 'existence';
      readonly owner: OwnerName;
    };

/** What a name holds. */
export interface NameState {
  readonly exists: boolean;
  readonly rrsets: readonly RRset[];
}

/** One name's passage from one state to another: the unit of change, planning and writing. */
export interface NameChange {
  readonly owner: OwnerName;
  readonly before: NameState;
  readonly after: NameState;
  /** The objects whose contributions stand in `after`. */
  readonly origins: readonly Origin[];
}

/** A contribution that is not served or published, and why. */
export interface Conflict {
  readonly code: ConflictCode;
  readonly owner: OwnerName;
  readonly loser: Origin;
  /** Who holds the name instead, if anybody does. */
  readonly winner?: Origin;
  /** For a person: what was asked for, and what stands in its way. */
  readonly message: string;
}

/** Why a contribution loses. */
export type ConflictCode =
  /** A source earlier in the order holds this type, or a type of its group. */
  | 'LOWER_PRIORITY_SOURCE'
  /** An older object of the same source holds what can have only one value. */
  | 'NEWER_OBJECT'
  /** A CNAME stands where other types are, or the other way round (RFC 1034, section 3.6.2). */
  | 'CNAME_AND_OTHER_DATA'
  /** Objects of one source ask for different TTLs; the lowest is used. Nothing else is lost. */
  | 'TTL_DIFFERS';
