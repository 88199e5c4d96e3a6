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
  /** The object's namespace; empty for objects outside namespaces. */
  readonly namespace: string;
  /** `Kind/namespace/name`, or `Kind/name` for an object outside namespaces: for people, and to tell objects of one source apart. */
  readonly object: string;
  /** Milliseconds since the Unix epoch; the oldest object wins what can have only one value. */
  readonly createdAt: number;
  /** Whether what it asks for is to stay where it is published when the object goes. @default false */
  readonly retain?: boolean;
}

/** What distinguishes RRsets of one name and type, and what only some providers can do. Sinks that know neither leave them out. */
export interface Qualifiers {
  /** Of several RRsets of one type at one name, between which a provider chooses (weights, regions). */
  readonly setIdentifier?: string;
  /** Provider-specific properties by their full name, such as `aws/weight`, carried along untouched. */
  readonly properties?: Readonly<Record<string, string>>;
}

/**
 * One RRset, a hostname whose addresses are wanted, or a name's mere existence: what one object asks for.
 */
export type DesiredRRset =
  | (Qualifiers & {
      readonly kind: 'rrset';
      readonly owner: OwnerName;
      readonly type: RRType;
      /** Seconds. */
      readonly ttl: number;
      readonly rdatas: readonly Uint8Array[];
    })
  | (Qualifiers & {
      /** The name shall have the addresses of other names, whatever they are at the time: a load balancer's. Each sink lowers it to what it can do. */
      readonly kind: 'alias';
      readonly owner: OwnerName;
      /** Seconds. */
      readonly ttl: number;
      /** At least one. */
      readonly targets: readonly OwnerName[];
    })
  | {
      /** The object asks for the name, but nothing is known to put there yet: it exists (NODATA, not NXDOMAIN) and shadows wildcards. */
      readonly kind: 'existence';
      readonly owner: OwnerName;
    };

/** An RRset as a name holds it. */
export type HeldRRset = RRset & Qualifiers;

/** Names whose addresses a name holds. */
export interface HeldAlias extends Qualifiers {
  readonly ttl: number;
  readonly targets: readonly OwnerName[];
}

/** What a name holds. */
export interface NameState {
  readonly exists: boolean;
  /** No two of one type and set identifier. */
  readonly rrsets: readonly HeldRRset[];
  /** No two of one set identifier; with addresses or a CNAME of the same set identifier there is none. Absent: none. */
  readonly aliases?: readonly HeldAlias[];
}

/** One name's passage from one state to another: the unit of change, planning and writing. */
export interface NameChange {
  readonly owner: OwnerName;
  readonly before: NameState;
  readonly after: NameState;
  /** The objects whose contributions stand in `after`. */
  readonly origins: readonly Origin[];
}

/** What a name holds, and for whom. */
export interface NameDemand {
  readonly state: NameState;
  /** Whose contributions stand in each RRset of the state, in its order; then in each alias. */
  readonly holders: readonly (readonly Origin[])[];
  /** Objects that ask for the name and have nothing to put there at present, whatever others have. */
  readonly waiting: readonly Origin[];
  /** Since when the last of them has had nothing, as far as is known, in milliseconds since the Unix epoch. */
  readonly waitingSince: number;
}

/** A contribution that is not served or published, and why. */
export interface Conflict {
  readonly code: ConflictCode | OcclusionCode;
  readonly owner: OwnerName;
  readonly loser: Origin;
  /** Who holds the name instead, if anybody does. */
  readonly winner?: Origin;
  /** For a person: what was asked for, and what stands in its way. */
  readonly message: string;
  /** Since when the object's contribution has not stood for this reason, in milliseconds since the Unix epoch. */
  readonly since: number;
}

/** Why a contribution loses. */
export type ConflictCode =
  /** A source earlier in the order holds this type, or a type of its group. */
  | 'LOWER_PRIORITY_SOURCE'
  /** An older object of the same source holds what can have only one value. */
  | 'NEWER_OBJECT'
  /** A CNAME stands where other types are, or the other way round (RFC 1034, section 3.6.2). */
  | 'CNAME_AND_OTHER_DATA'
  /** Objects of one source ask for addresses and for a hostname's addresses; the addresses stand. */
  | 'ADDRESSES_BEFORE_HOSTNAMES'
  /** Objects of one source ask for different TTLs; the lowest is used. Nothing else is lost. */
  | 'TTL_DIFFERS'
  /** The name belongs to other namespaces by the configured claims. */
  | 'CLAIMED_BY_OTHERS'
  /** No claim covers the name, and names without one are denied. */
  | 'NOT_CLAIMED'
  /** Objects of another namespace hold the name, and addresses of several namespaces are not to be merged. */
  | 'OTHER_NAMESPACE'
  /** The same host in a cluster that comes earlier in the order of clusters. */
  | 'EARLIER_CLUSTER';

/** Why a contribution that stands is never seen: for sinks that know cuts of zones. */
export type OcclusionCode =
  /** The name lies at or below a delegation, or below a DNAME, of its zone: no answer contains what it holds. */
  'BELOW_ZONE_CUT';
