import type { NameState } from '../catalog/name-change.ts';
import type { OwnerName } from '../name/owner-name.ts';
import type { RRset } from '../rr/rrset.ts';
import type { RRType } from '../rr/rr-type.ts';

/** A zone that a provider holds. */
export interface ProviderZone {
  readonly apex: OwnerName;
  /** The provider's own name for it. Two zones of one apex (public and private) differ in it. */
  readonly id: string;
}

/**
 * What a provider holds, or is to hold, under one owner name, type and set identifier: the unit of what is compared and replaced.
 */
export interface ProvidedRRset extends RRset {
  /** Names in canonical form, rdatas too, in canonical order; empty with `alias`. `ttl` is 0 where the provider gives it none of its own. */
  readonly alias?: AliasTarget;
  /** Tells RRsets of one name and type apart, where the provider chooses between them. */
  readonly setIdentifier?: string;
  /** What this provider can do beside DNS, by its full name (`aws/weight`), completely: what is not there is off, or the vendor's default. */
  readonly properties?: Readonly<Record<string, string>>;
}

/** The vendor's own kind of record that answers with another name's addresses. */
export interface AliasTarget {
  readonly name: OwnerName;
  /** In which of the vendor's zones it lies, where the vendor wants to know. */
  readonly zoneId?: string;
}

/** An RRset as a provider holds it. */
export interface ObservedRRset extends ProvidedRRset {
  /**
   * When each rdata came to be, in milliseconds since the Unix epoch, in the order of `rdatas`; absent where the vendor does not tell. Where writes have no
   * condition, the older of two claims to a name stands; of two of one age the one that comes first here.
   */
  readonly createdAt?: readonly number[];
  /** The vendor's own form, opaque to all but the provider: a write that replaces it sends it back unchanged. */
  readonly vendor: unknown;
}

/**
 * One RRset's passage from what the provider holds to what it shall hold. Not both undefined. Where both are the same, the RRset is a condition of the name's other writes: it must
 * stand there as it is.
 */
export interface RRsetWrite {
  /** What the write must find there: nothing, where it is undefined. */
  readonly before: ObservedRRset | undefined;
  /** What shall be there: nothing, where it is undefined. Same owner, type and set identifier as `before`. */
  readonly after: ProvidedRRset | undefined;
}

/**
 * All writes of one name, its ownership marker's among them: they happen together or not at all.
 *
 * Where `after` differs from `before` by some RRs alone, a provider whose unit is the RR writes those only: a marker's TXT RRset is shared with
 * other writers, and theirs are nobody's business.
 */
export interface NameWrite {
  readonly owner: OwnerName;
  readonly writes: readonly RRsetWrite[];
}

/** What became of one name's write. */
export type ApplyResult =
  /**
   * Done; `observed` is what a read would show now of every RRset that was written. Of the names' other RRsets it may show some: what is not there, and was not
   * written, is as it was.
   */
  | { readonly kind: 'applied'; readonly owner: OwnerName; readonly observed: readonly ObservedRRset[] }
  /** The name did not hold what the write replaces. Nothing was written; read the name and plan again. */
  | { readonly kind: 'conflict'; readonly owner: OwnerName; readonly reason: string }
  /** The provider refuses this name's data, and would again. Nothing was written. */
  | { readonly kind: 'refused'; readonly owner: OwnerName; readonly reason: string }
  /** Nothing was written; try again in so many milliseconds. */
  | { readonly kind: 'throttled'; readonly owner: OwnerName; readonly afterMs: number }
  /** No reply came: the write may have happened or not. Read the name before anything else. */
  | { readonly kind: 'unknown'; readonly owner: OwnerName; readonly reason: string };

/** What a provider makes of a name's desired state, before it is compared with what it holds. */
export interface LoweredName {
  /** What a later read will show if this is applied. */
  readonly rrsets: readonly ProvidedRRset[];
  /** What this provider cannot hold; the rest of the name goes on. */
  readonly rejected: readonly RejectedRRset[];
}

/** A desired RRset, or alias, that a provider cannot hold. */
export interface RejectedRRset {
  /** Undefined: the alias. */
  readonly type: RRType | undefined;
  readonly setIdentifier: string | undefined;
  /** For a person: what was found, and what this provider can do. */
  readonly reason: string;
}

/** What a provider can do, where planning depends on it. */
export interface ProviderTraits {
  /**
   * Whether a write fails unless it finds what it replaces. Where it does not, the name is read again just before.
   */
  readonly conditionalWrites: boolean;
  /** Whether several RRsets of one name and type may stand side by side, told apart by set identifiers. */
  readonly setIdentifiers: boolean;
  /** What one call of `apply` may hold: so many names, so many RRs. What is more goes into further calls. */
  readonly maxNamesPerWrite: number;
}

/**
 * A place where names are published: a DNS vendor's API, or a server that takes dynamic updates.
 *
 * Every function may reject with a `ProviderError` where the provider cannot be reached or refuses its credentials; a refusal of single names is
 * a result, not an error. An implementation holds no state but its connection: whoever calls decides what to write, and when.
 */
export interface Provider {
  /** The name under which it is configured. */
  readonly name: string;
  readonly traits: ProviderTraits;
  /** Every zone that the credentials reach. */
  zones(signal: AbortSignal): Promise<readonly ProviderZone[]>;
  /** Everything that a zone holds, page by page; every RRset of it in one page. */
  list(zone: ProviderZone, signal: AbortSignal): AsyncIterable<readonly ObservedRRset[]>;
  /** What some owner names hold now, by reads that are not answered from a cache. */
  read(zone: ProviderZone, owners: readonly OwnerName[], signal: AbortSignal): Promise<readonly ObservedRRset[]>;
  /**
   * Exactly what a later read will show if a name's state is applied: TTLs raised to the vendor's minimum, alias records, quoting. So a difference
   * between lowered and observed is a real one, and no update is repeated for ever. Pure.
   */
  lower(zone: ProviderZone, owner: OwnerName, desired: NameState): LoweredName;
  /**
   * Asks in advance what `lower` has to know of some names and only the provider's server can tell; absent where there is nothing of the kind. Called before `lower`,
   * with all names at once where there are many. What nobody has prepared is lowered as well as is known, and `apply` answers `conflict` where that was wrong: nothing is written, and
   * lowered again it is right. May reject as the others do.
   */
  prepare?(zone: ProviderZone, names: ReadonlyMap<OwnerName, NameState>, signal: AbortSignal): Promise<void>;
  /** Writes some names of one zone. One result per name, in any order. Never retries by itself what may have been written. */
  apply(zone: ProviderZone, writes: readonly NameWrite[], signal: AbortSignal): Promise<readonly ApplyResult[]>;
}

/** Why a provider as a whole, or one of its zones, cannot be worked with at present. */
export type ProviderErrorCode =
  /** The provider cannot be reached, or fails on its side. */
  | 'PROVIDER_UNAVAILABLE'
  /** The provider wants to be asked less often. */
  | 'PROVIDER_THROTTLED'
  /** The credentials are refused, or do not reach this zone. */
  | 'PROVIDER_FORBIDDEN'
  /** The zone does not exist at the provider. */
  | 'PROVIDER_ZONE_UNKNOWN'
  /** The provider says what it does not document. */
  | 'PROVIDER_BAD_RESPONSE';

/** A failure of a provider or a zone. Holds no credentials. */
export class ProviderError extends Error {
  override readonly name = 'ProviderError';
  readonly code: ProviderErrorCode;
  /** When it may be asked again, in milliseconds from now, where it said so. */
  readonly retryAfterMs: number | undefined;

  constructor(
    code: ProviderErrorCode,
    message: string,
    options: ErrorOptions & { readonly retryAfterMs?: number | undefined } = {},
  ) {
    super(message, options);
    this.code = code;
    this.retryAfterMs = options.retryAfterMs;
  }
}
