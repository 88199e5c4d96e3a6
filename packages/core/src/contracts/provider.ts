import type { NameChange } from '../catalog/name-change.ts';
import type { OwnerName } from '../name/owner-name.ts';
import type { RRset } from '../rr/rrset.ts';

/** A zone that a provider holds. */
export interface ProviderZone {
  readonly apex: OwnerName;
  /** The provider's own name for it. Two zones of one apex (public and private) differ in it. */
  readonly id: string;
}

/**
 * An RRset as a provider holds it.
 */
export interface ObservedRRset {
  /** In canonical form, to be compared with what is desired. */
  readonly rrset: RRset;
  /** Tells RRsets of one name and type apart, where the provider has routing policies. */
  readonly setIdentifier?: string;
  /** The vendor's own form, opaque to all but the provider: a delete sends it back unchanged. */
  readonly vendor: unknown;
}

/** What became of one name's change. */
export type ApplyResult =
  /** Done; `observed` is what a read of the name would show now. */
  | { readonly kind: 'applied'; readonly owner: OwnerName; readonly observed: readonly ObservedRRset[] }
  /** The name did not hold what the change replaces. Nothing was written; read the name and plan again. */
  | { readonly kind: 'conflict'; readonly owner: OwnerName }
  /** The provider refuses this name's data, and would again. */
  | { readonly kind: 'refused'; readonly owner: OwnerName; readonly reason: string }
  /** Nothing was written; try again at this time, in milliseconds since the Unix epoch. */
  | { readonly kind: 'throttled'; readonly owner: OwnerName; readonly at: number }
  /** No reply came: the change may have been written or not. Read the name before anything else. */
  | { readonly kind: 'unknown'; readonly owner: OwnerName; readonly reason: string };

/** What a provider makes of a desired RRset before it is compared with what it holds. */
export type Lowered =
  | { readonly kind: 'lowered'; readonly rrsets: readonly RRset[] }
  | { readonly kind: 'rejected'; readonly reason: string };

/**
 * A place where names are published: a DNS vendor's API, or a server that takes dynamic updates.
 *
 * Every function may reject with an Error where the provider cannot be reached or refuses its credentials; a refusal of single names is
 * a result, not an error. An implementation holds no state but its connection: whoever calls decides what to write, and when.
 */
export interface Provider {
  /** The name under which it is configured. */
  readonly name: string;
  /** Every zone that the credentials reach. */
  zones(signal: AbortSignal): Promise<readonly ProviderZone[]>;
  /** Everything that a zone holds, page by page. */
  list(zone: ProviderZone, signal: AbortSignal): AsyncIterable<readonly ObservedRRset[]>;
  /** What one name holds now, by a read that is not answered from a cache. */
  read(zone: ProviderZone, owner: OwnerName, signal: AbortSignal): Promise<readonly ObservedRRset[]>;
  /**
   * Exactly what a later read will show if this is applied: TTLs raised to the vendor's minimum, alias records, quoting. So a difference between
   * lowered and observed is a real one, and no update is repeated for ever. Pure.
   */
  lower(zone: ProviderZone, desired: RRset): Lowered;
  /**
   * Writes some names of one zone. Each name's RRsets are replaced together or not at all; `before` is what the write must find
   * there, where the vendor lets a write say so. One result per change, in any order.
   */
  apply(zone: ProviderZone, changes: readonly NameChange[], signal: AbortSignal): Promise<readonly ApplyResult[]>;
}
