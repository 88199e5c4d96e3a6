import type { OwnerName } from '../name/owner-name.ts';
import type { RRType } from './rr-type.ts';

/**
 * Rdata in uncompressed wire format, names in the case in which they were given. The layout table gives it meaning:
 * `printRdata`, `scanRdata`, `parseRdata`, `canonicalRdata`.
 */
export type Rdata = Uint8Array;

/**
 * All resource records of one owner name and type, class IN (RFC 9499, section 5).
 *
 * Read-only throughout. At least one rdata, no two equal in canonical form, in the order in which they were given.
 */
export interface RRset {
  readonly owner: OwnerName;
  readonly type: RRType;
  /** Seconds, 0 to 2^31-1 (RFC 2181, section 8). */
  readonly ttl: number;
  readonly rdatas: readonly Rdata[];
}

/** One resource record, as in a message or a line of a zone file. */
export interface ResourceRecord {
  readonly owner: OwnerName;
  readonly type: RRType;
  /** 1 (IN) but for OPT, TSIG and the records of an UPDATE message. */
  readonly class: number;
  /** Seconds; for OPT, the flags of EDNS. */
  readonly ttl: number;
  readonly rdata: Rdata;
}

/** The longest TTL (RFC 2181, section 8). */
export const MAX_TTL: number = 2 ** 31 - 1;
