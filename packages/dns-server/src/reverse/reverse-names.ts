import {
  compareNames,
  composeName,
  type DesiredRRset,
  isWildcard,
  type NameChange,
  type Origin,
  type OwnerName,
  parentOf,
  printAddress,
  type SourceKind,
  TYPE,
} from '@kubezone/core';

import { type ReverseZone, reverseZone } from './reverse-zone.ts';

/** The kind of source that asks for the PTR RRsets made here: the last in the order of sources, so that whatever is written down wins. */
export const PTR_SOURCE: SourceKind = 'ptr';

/** How many names an address has at most: a response with them fits into a datagram, and nobody reads more. */
export const MAX_NAMES_OF_ADDRESS = 8;

export interface ReverseNamesOptions {
  /** The apexes of all zones: what lies in none of them is nobody's name here. */
  readonly zones: ReadonlySet<OwnerName>;
  /** Those of them to be filled with PTR RRsets. Others than zones of addresses (`isReverseZone`) are passed over. */
  readonly reverseZones: Iterable<OwnerName>;
  /** Kinds of source, the most important first; `zone` precedes them all. */
  readonly sources: readonly SourceKind[];
}

/** What the catalog is to be told about one address, in place of what it was told before. */
export interface ReverseContribution {
  readonly origin: Origin;
  readonly desired: readonly DesiredRRset[];
}

/** A name that holds an address, with what decides whether the address is called by it. */
interface Holder {
  readonly owner: OwnerName;
  /** Seconds. */
  readonly ttl: number;
  /** The place of its most important source. */
  readonly rank: number;
  readonly createdAt: number;
}

interface HeldAddress {
  /** The name that stands for it. */
  readonly reverse: OwnerName;
  readonly address: Uint8Array;
  /** By `compareHolders`. */
  readonly holders: Holder[];
  /** What was asked for last. */
  asked: string;
}

/** One name's claim to one address. */
interface Holding {
  readonly held: HeldAddress;
  readonly holder: Holder;
}

/**
 * The names of addresses, from what names hold.
 *
 *     a change of a name ──► its addresses in reverse zones ──► of each, the names that hold it, in order ──► PTR, where that differs
 *
 * An address is called by the names that the most important source gives it, as every RRset is held by the most important source that asks for it (at an apex, not the zone because of its SOA): the oldest
 * objects' first, names of one age in canonical order, and no more than `MAX_NAMES_OF_ADDRESS`. Wildcards are no names (RFC 4592, section 2.1.1). A change costs the
 * addresses of its name, however many names share them.
 */
export class ReverseNames {
  readonly #zones: ReadonlySet<OwnerName>;
  readonly #reverseZones: readonly ReverseZone[];
  readonly #ranks: ReadonlyMap<SourceKind, number>;
  /** By the name that stands for the address. */
  readonly #addresses = new Map<OwnerName, HeldAddress>();
  readonly #names = new Map<OwnerName, readonly Holding[]>();

  constructor({ zones, reverseZones, sources }: ReverseNamesOptions) {
    this.#zones = zones;
    this.#reverseZones = [...reverseZones]
      .flatMap((apex) => reverseZone(apex) ?? [])
      .sort((one, other) => other.prefixBits - one.prefixBits);
    this.#ranks = new Map(['zone', ...sources.filter((kind) => kind !== 'zone')].map((kind, rank) => [kind, rank]));
  }

  /** How many addresses have names. */
  get size(): number {
    return this.#addresses.size;
  }

  /**
   * Takes over changes of names.
   *
   * @param changes without aliases
   * @returns what the catalog is to be told, each address once, and only those that are called otherwise than before
   */
  update(changes: readonly NameChange[]): ReverseContribution[] {
    if (this.#reverseZones.length === 0) return [];
    const touched = new Set<HeldAddress>();
    for (const change of changes) {
      for (const { held, holder } of this.#names.get(change.owner) ?? []) {
        remove(held.holders, holder);
        touched.add(held);
      }
      const holdings = this.#holdingsOf(change);
      for (const { held, holder } of holdings) {
        insert(held.holders, holder);
        touched.add(held);
      }
      if (holdings.length > 0) this.#names.set(change.owner, holdings);
      else this.#names.delete(change.owner);
    }
    const contributions: ReverseContribution[] = [];
    for (const held of touched) {
      if (held.holders.length === 0) this.#addresses.delete(held.reverse);
      const { ttl, names } = calledBy(held.holders);
      const asked = `${ttl} ${names.join(' ')}`;
      if (asked === held.asked) continue;
      held.asked = asked;
      contributions.push({ origin: originOf(held), desired: desire(held, ttl, names) });
    }
    return contributions;
  }

  #holdingsOf({ owner, after, origins }: NameChange): readonly Holding[] {
    if (isWildcard(owner) || !this.#isServed(owner)) return [];
    const holdings: Holding[] = [];
    let standing: Pick<Holder, 'rank' | 'createdAt'> | undefined;
    for (const { type, ttl, rdatas } of after.rrsets) {
      if (type !== TYPE.A && type !== TYPE.AAAA) continue;
      for (const address of rdatas) {
        const held = this.#addressOf(address);
        if (held === undefined) continue;
        standing ??= this.#standingOf(this.#zones.has(owner) ? ofAddresses(origins) : origins);
        holdings.push({ held, holder: { owner, ttl, ...standing } });
      }
    }
    return holdings;
  }

  #isServed(owner: OwnerName): boolean {
    let name: OwnerName | undefined = owner;
    while (name !== undefined && !this.#zones.has(name)) name = parentOf(name);
    return name !== undefined;
  }

  #addressOf(address: Uint8Array): HeldAddress | undefined {
    for (const zone of this.#reverseZones) {
      const reverse = zone.nameOf(address);
      if (reverse === undefined) continue;
      const known = this.#addresses.get(reverse);
      if (known !== undefined) return known;
      const held: HeldAddress = { reverse, address, holders: [], asked: NOTHING_ASKED };
      this.#addresses.set(reverse, held);
      return held;
    }
    return undefined;
  }

  /** By the most important source of a name's, and the oldest object of that. */
  #standingOf(origins: readonly Origin[]): Pick<Holder, 'rank' | 'createdAt'> {
    let rank = this.#ranks.size;
    let createdAt = Number.POSITIVE_INFINITY;
    for (const origin of origins) {
      const own = this.#ranks.get(origin.source) ?? this.#ranks.size;
      if (own > rank) continue;
      createdAt = own < rank ? origin.createdAt : Math.min(createdAt, origin.createdAt);
      rank = own;
    }
    return { rank, createdAt };
  }
}

const NOTHING_ASKED = '0 ';
/** Who gives every apex its SOA and NS. */
const ZONE_SOURCES: ReadonlySet<SourceKind> = new Set(['zone', 'zone-file']);

/** Of the origins of an apex those that its addresses are likely to be from: a zone's own stand there in any case, for its SOA. */
function ofAddresses(origins: readonly Origin[]): readonly Origin[] {
  const others = origins.filter(({ source }) => !ZONE_SOURCES.has(source));
  return others.length > 0 ? others : origins;
}

function calledBy(holders: readonly Holder[]): { readonly ttl: number; readonly names: readonly OwnerName[] } {
  const [first] = holders;
  if (first === undefined) return { ttl: 0, names: [] };
  const best = holders.slice(0, MAX_NAMES_OF_ADDRESS).filter(({ rank }) => rank === first.rank);
  return { ttl: Math.min(...best.map(({ ttl }) => ttl)), names: best.map(({ owner }) => owner) };
}

function desire({ reverse: owner }: HeldAddress, ttl: number, names: readonly OwnerName[]): readonly DesiredRRset[] {
  return names.length === 0 ? [] : [{ kind: 'rrset', owner, type: TYPE.PTR, ttl, rdatas: names.map(composeName) }];
}

function originOf({ address }: HeldAddress): Origin {
  return { source: PTR_SOURCE, cluster: '', namespace: '', object: `Address/${printAddress(address)}`, createdAt: 0 };
}

function compareHolders(one: Holder, other: Holder): number {
  return one.rank - other.rank || compareAges(one.createdAt, other.createdAt) || compareNames(one.owner, other.owner);
}

function compareAges(one: number, other: number): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}

function insert(holders: Holder[], holder: Holder): void {
  holders.splice(placeOf(holders, holder), 0, holder);
}

function remove(holders: Holder[], holder: Holder): void {
  holders.splice(placeOf(holders, holder), 1);
}

/** Where a holder stands, or would stand. */
function placeOf(holders: readonly Holder[], holder: Holder): number {
  let low = 0;
  let high = holders.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compareHolders(holders[middle] as Holder, holder) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
