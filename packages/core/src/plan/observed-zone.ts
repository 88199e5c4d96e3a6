import type { ObservedRRset, ProviderZone } from '../contracts/provider.ts';
import { isBelow, type OwnerName } from '../name/owner-name.ts';
import { placeKind } from '../ownership/marker-place.ts';
import type { HeldAt } from '../ownership/foreign-marker.ts';

const NOTHING: readonly ObservedRRset[] = [];

/** What a provider holds in a zone, as far as planning asks. */
export interface HeldNames extends HeldAt {
  /** Every owner name of the zone that stands below a name, in no order. */
  below(owner: OwnerName): Iterable<OwnerName>;
  /** Every owner name, in no order. */
  names(): Iterable<OwnerName>;
  /** Whether any owner name begins with a label `_owner-…`: where none does, nobody need look for one. */
  readonly hasHashedPlaces: boolean;
}

/** A picture of what a provider holds in a zone: made from a listing, kept current by what writes and reads show. */
export class ObservedZone implements HeldNames {
  readonly zone: ProviderZone;
  readonly #names = new Map<OwnerName, readonly ObservedRRset[]>();
  #rrsets = 0;
  #hashedPlaces = 0;

  constructor(zone: ProviderZone, rrsets: Iterable<ObservedRRset> = []) {
    this.zone = zone;
    this.add(rrsets);
  }

  /** How many RRsets there are. */
  get size(): number {
    return this.#rrsets;
  }

  get hasHashedPlaces(): boolean {
    return this.#hashedPlaces > 0;
  }

  /** Adds a page of a listing. */
  add(rrsets: Iterable<ObservedRRset>): void {
    for (const rrset of rrsets) this.#set(rrset.owner, [...this.at(rrset.owner), rrset]);
  }

  /**
   * Replaces what some owner names hold by what a read of them, or a write to them, has shown.
   *
   * @param owners all names that were read: one of which nothing was shown holds nothing
   */
  replace(owners: Iterable<OwnerName>, rrsets: readonly ObservedRRset[]): void {
    for (const owner of owners) this.put(owner, NOTHING);
    this.add(rrsets);
  }

  /** Replaces what one owner name holds. @param rrsets all of that name */
  put(owner: OwnerName, rrsets: readonly ObservedRRset[]): void {
    this.#set(owner, rrsets);
  }

  at(owner: OwnerName): readonly ObservedRRset[] {
    return this.#names.get(owner) ?? NOTHING;
  }

  names(): Iterable<OwnerName> {
    return this.#names.keys();
  }

  *below(owner: OwnerName): Generator<OwnerName, void, undefined> {
    // Asked for the rare types alone that hide what is below them: an index would cost every name.
    for (const name of this.#names.keys()) if (isBelow(name, owner)) yield name;
  }

  #set(owner: OwnerName, rrsets: readonly ObservedRRset[]): void {
    const before = this.at(owner).length;
    this.#rrsets += rrsets.length - before;
    if (placeKind(owner) === 'hashed') this.#hashedPlaces += Number(rrsets.length > 0) - Number(before > 0);
    if (rrsets.length === 0) this.#names.delete(owner);
    else this.#names.set(owner, rrsets);
  }
}
