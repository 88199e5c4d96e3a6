import type { OwnerName } from '../name/owner-name.ts';
import type { RRset } from '../rr/rrset.ts';
import type { RRType } from '../rr/rr-type.ts';

/**
 * What stands at one name of a zone. A name exists (RFC 8020) if it has a node, be it without RRsets: as an empty
 * non-terminal, or because a source says that it exists though nothing is known of it yet.
 */
export interface ZoneNode {
  readonly owner: OwnerName;
  /** No two of one type. */
  readonly rrsets: readonly RRset[];
}

/**
 * One zone's data at one moment: what is needed to answer from it, to print it or to transfer it. The answering functions know zones by this
 * interface alone.
 *
 * Where the data lies packed, objects are made when they are asked for: nothing may rest on their identity.
 */
export interface ZoneView {
  readonly apex: OwnerName;
  /** The SOA RRset of the apex; every zone has one. */
  readonly soa: RRset;
  /** Empty non-terminals included. */
  readonly nameCount: number;
  readonly rrsetCount: number;
  /** The node at a name; undefined where the name does not exist. */
  node(name: OwnerName): ZoneNode | undefined;
  /** Every node, in no order. */
  nodes(): Iterable<ZoneNode>;
}

/**
 * A zone as a value. Never changes: a patch makes another zone, which shares what did not change, so that an answer or a transfer that began
 * with one keeps its data to the end.
 */
export interface Zone extends ZoneView {
  /**
   * The zone after some names have changed. Costs what the changed names and their ancestors cost, whatever the zone's size.
   * Empty non-terminals appear and disappear by themselves.
   */
  patch(edits: readonly ZoneEdit[]): Zone;
}

/** What a name of a zone shall hold from now on; whatever it held before is replaced. */
export interface ZoneEdit {
  /** At or below the apex. */
  readonly owner: OwnerName;
  /** Whether the name exists by itself. Where false, `rrsets` is empty, and the name goes unless names below it exist. */
  readonly exists: boolean;
  readonly rrsets: readonly RRset[];
}

/** The RRset of one type at a node. */
export function rrsetAt(node: ZoneNode, type: RRType): RRset | undefined {
  for (const rrset of node.rrsets) if (rrset.type === type) return rrset;
  return undefined;
}
