import {
  type Clock,
  type NameChange,
  nextSerial,
  readSoa,
  type OwnerName,
  type RRset,
  serialOf,
  TYPE,
  withSerial,
  type ZoneEdit,
  type ZoneView,
} from '@kubezone/core';
import {
  ArenaFull,
  defaultMemoryOctets,
  type EditRefusal,
  PackedZone,
  PackedZones,
  type PackedZonesUsage,
  type ZoneSnapshot,
} from '@kubezone/core/packed-zone';

import { ZONE_FLAG } from './packed-answer/packed-zone-table.ts';

/** What the table of zones needs. */
export interface ServedZonesOptions {
  readonly clock: Clock;
  /** A random integer of up to 53 bits, known to nobody outside: whoever knows it can choose names that are slow to find. */
  readonly seed: number;
  /** How much memory all zones may take together. @default half of what the process may have (`process.constrainedMemory()`), at most 2 GiB */
  readonly maxOctets?: number;
  /** In which zones unknown names are relayed, by their apexes. @default none */
  readonly fallsThrough?: (apex: OwnerName) => boolean;
}

/** How a zone is served. */
export interface ServedZoneOptions {
  /** @default true */
  readonly complete?: boolean;
  /** @default true */
  readonly rotate?: boolean;
  /** Whether unknown names are relayed. @default as `ServedZonesOptions.fallsThrough` says */
  readonly fallthrough?: boolean;
}

/** One zone as it is served now. */
export interface ServedZone {
  /** Changes with the zone; `ServedZones.snapshot` does not. */
  readonly zone: ZoneView;
  /** Whether every source of the zone has listed once; until then nothing that rests on absence is answered. */
  readonly complete: boolean;
  /** Whether address RRsets begin with another address in each answer. */
  readonly rotate: boolean;
  /** Whether queries for names that it does not have are relayed, instead of answered NXDOMAIN. */
  readonly fallthrough: boolean;
  /** The SOA RRset as NODATA and NXDOMAIN have it: with the lower of its TTL and MINIMUM (RFC 2308, section 5). */
  readonly negativeSoa: RRset;
}

/** What `apply` did. */
export interface Applied {
  /** Apexes of the zones in which something changed: each has a new serial. */
  readonly zones: readonly OwnerName[];
  /** Changes that no zone takes: their names lie outside all of them. */
  readonly outside: readonly NameChange[];
  /** Names that stay as they were, each with the reason. */
  readonly refused: readonly EditRefusal[];
}

interface Patched {
  readonly changed: boolean;
  readonly refused: readonly EditRefusal[];
}

const UNCHANGED: Patched = { changed: false, refused: [] };

/** How long after a change background work is looked for, in milliseconds, and how soon after some more. */
const REST_MS = 100;
const TURN_MS = 5;
/** Of background work, how much in one turn: about 0.2 milliseconds. */
const EFFORT = 4;

/**
 * The table of served zones, in memory that worker threads read. What one call changes becomes visible to them together, and at once.
 */
export class ServedZones {
  readonly #zones: PackedZones;
  readonly #clock: Clock;
  readonly #fallsThrough: (apex: OwnerName) => boolean;
  #cancelTurn: (() => void) | undefined;

  constructor(options: ServedZonesOptions) {
    const { clock, seed, maxOctets = defaultMemoryOctets(process.constrainedMemory()), fallsThrough = () => false } = options;
    this.#clock = clock;
    this.#fallsThrough = fallsThrough;
    this.#zones = new PackedZones({ seed, maxOctets });
  }

  /** Where zones are made that `replace` then takes as they are, without a copy: by the reader of a zone file. */
  get packed(): PackedZones {
    return this.#zones;
  }

  /** What worker threads attach to. */
  get memory(): SharedArrayBuffer {
    return this.#zones.memory.octets.buffer;
  }

  /** Every zone, in the order in which they were first added. */
  *[Symbol.iterator](): Generator<ServedZone, void, undefined> {
    for (const zone of this.#zones) yield servedOf(zone);
  }

  get size(): number {
    return this.#zones.size;
  }

  /**
   * Whether the newest changes wait for memory before anybody sees them. They are tried again with the next change, and ten times a second: names that are
   * removed, or a transfer that ends, make room.
   */
  get isBehind(): boolean {
    return this.#zones.isBehind;
  }

  /** How the memory is used. Where `limitOctets` is less than `askedOctets`, the system did not give more address space. */
  usage(): PackedZonesUsage {
    return this.#zones.usage();
  }

  /** The zone of an apex. */
  get(apex: OwnerName): ServedZone | undefined {
    const zone = this.#zones.get(apex);
    return zone && servedOf(zone);
  }

  /** The zone that a name belongs to. */
  find(name: OwnerName): ServedZone | undefined {
    const zone = this.#zones.find(name);
    return zone && servedOf(zone);
  }

  /**
   * Serves a zone, in place of the one with the same apex if there is one. Options that are absent stay as they were.
   *
   * @param zone one of `packed`, or any other, which is copied
   * @throws {ArenaFull} where there is no memory for it, with nothing changed; a zone of `packed` is then still the caller's, to be tried again or discarded
   * @throws {RangeError} where a copy would have an RRset that is too large, with nothing changed
   */
  replace(zone: ZoneView, options: ServedZoneOptions = {}): void {
    const before = this.get(zone.apex);
    const packed = zone instanceof PackedZone ? zone : this.#copy(zone);
    packed.flags = flagsOf({
      complete: options.complete ?? before?.complete ?? true,
      rotate: options.rotate ?? before?.rotate ?? true,
      fallthrough: options.fallthrough ?? before?.fallthrough ?? this.#fallsThrough(zone.apex),
    });
    try {
      this.#zones.install(packed);
    } catch (error) {
      if (packed !== zone) this.#zones.discard(packed);
      throw error;
    }
    this.#publish();
  }

  /** Gives back a zone that was made of a file, and that `replace` will not get. */
  discard(zone: ZoneView): void {
    if (zone instanceof PackedZone && this.#zones.get(zone.apex) !== zone) this.#zones.discard(zone);
  }

  /** Stops serving a zone; false where it was not served. */
  remove(apex: OwnerName): boolean {
    if (!this.#zones.remove(apex)) return false;
    this.#publish();
    return true;
  }

  /** Says of all zones, or of one, whether their sources have listed once. */
  setComplete(complete: boolean, apex?: OwnerName): void {
    for (const zone of this.#zones) {
      if (apex === undefined || zone.apex === apex) zone.flags = flagsOf({ ...servedOf(zone), complete });
    }
    this.#publish();
  }

  /**
   * Changes the zones that the changed names belong to. A zone in which anything changed gets the time as its SOA serial, or one more than before where that
   * would not be an increase; a change that asks for what is there already leaves the serial alone.
   *
   * Names for which there is no memory are refused, and stay as they were; where there is none to publish the others, see `isBehind`.
   *
   * At an apex, types that the changes do not mention stay, and so does the SOA but for its serial: a zone never loses it.
   *
   * @param nowSeconds Unix time
   */
  apply(changes: readonly NameChange[], nowSeconds: number): Applied {
    const outside: NameChange[] = [];
    const byZone = new Map<PackedZone, ZoneEdit[]>();
    for (const change of changes) {
      const zone = this.#zones.find(change.owner);
      if (zone === undefined) {
        outside.push(change);
        continue;
      }
      const edit = editOf(zone, change);
      const edits = byZone.get(zone);
      if (edits === undefined) byZone.set(zone, [edit]);
      else edits.push(edit);
    }
    const zones: OwnerName[] = [];
    const refused: EditRefusal[] = [];
    for (const [zone, edits] of byZone) {
      const patched = this.#patch(zone, edits, nowSeconds);
      refused.push(...patched.refused);
      if (patched.changed) zones.push(zone.apex);
    }
    // Refusals too: the zone may have made itself room on the way, which is given back with the next version.
    if (zones.length > 0 || refused.length > 0) this.#publish();
    return { zones, outside, refused };
  }

  /**
   * Changes names of one zone, also those that another zone has with authority: the delegation to a zone that is served too, and its glue, which
   * `apply` would give to that zone. The serial changes as in `apply`.
   *
   * @param edits of names below the apex
   * @returns `zones` is empty where nothing changed, also because no such zone is served
   */
  patch(apex: OwnerName, edits: readonly ZoneEdit[], nowSeconds: number): Applied {
    const zone = this.#zones.get(apex);
    const { changed, refused } = zone === undefined ? UNCHANGED : this.#patch(zone, edits, nowSeconds);
    if (changed || refused.length > 0) this.#publish();
    return { zones: changed ? [apex] : [], outside: [], refused };
  }

  /**
   * A zone as it is now, whatever changes: for a transfer. To be closed; until then, nothing that is replaced in any zone is given back.
   *
   * @returns undefined where the zone is not served
   */
  snapshot(apex: OwnerName): ZoneSnapshot | undefined {
    return this.#zones.snapshot(apex);
  }

  /** Ends the background work. */
  stop(): void {
    this.#cancelTurn?.();
    this.#cancelTurn = undefined;
  }

  #patch(zone: PackedZone, edits: readonly ZoneEdit[], nowSeconds: number): Patched {
    const { changed, refused } = zone.apply(edits);
    if (changed) zone.setSoa(soaWithSerial(zone.soa, nextSerial(serialOf(rdataOf(zone.soa)), nowSeconds)));
    return { changed, refused };
  }

  #publish(): void {
    this.#zones.publish();
    this.#cancelTurn ??= this.#clock.after(REST_MS, () => this.#turn());
  }

  /** Gives back what readers have let go of, and moves together what lies scattered, until there is nothing left to do. */
  #turn(): void {
    const more = this.#zones.maintain(EFFORT);
    const waits = this.#zones.isBehind || this.#zones.usage().waitingTasks > 0;
    this.#cancelTurn = more || waits ? this.#clock.after(more ? TURN_MS : REST_MS, () => this.#turn()) : undefined;
  }

  #copy(zone: ZoneView): PackedZone {
    const copy = this.#zones.create(zone.apex, zone.soa);
    try {
      for (const { owner, rrsets } of zone.nodes()) {
        // What has no RRsets is an empty non-terminal, which comes with the names below it.
        const { refused } = copy.apply(rrsets.length === 0 ? [] : [{ owner, exists: true, rrsets }]);
        const [first] = refused;
        if (first?.code === 'PACKED_MEMORY_FULL') throw new ArenaFull(this.usage().limitOctets);
        if (first !== undefined) throw new RangeError(first.message);
      }
    } catch (error) {
      this.#zones.discard(copy);
      throw error;
    }
    return copy;
  }
}

function servedOf(zone: PackedZone): ServedZone {
  const { soa, flags } = zone;
  return {
    zone,
    complete: (flags & ZONE_FLAG.COMPLETE) !== 0,
    rotate: (flags & ZONE_FLAG.ROTATE) !== 0,
    fallthrough: (flags & ZONE_FLAG.FALLTHROUGH) !== 0,
    negativeSoa: { ...soa, ttl: Math.min(soa.ttl, readSoa(rdataOf(soa)).minimum) },
  };
}

function flagsOf({ complete, rotate, fallthrough }: Required<ServedZoneOptions>): number {
  return (complete ? ZONE_FLAG.COMPLETE : 0) | (rotate ? ZONE_FLAG.ROTATE : 0) | (fallthrough ? ZONE_FLAG.FALLTHROUGH : 0);
}

function editOf(zone: PackedZone, { owner, before, after }: NameChange): ZoneEdit {
  if (owner !== zone.apex) return { owner, exists: after.exists, rrsets: after.rrsets };
  const mentioned = new Set([...before.rrsets, ...after.rrsets].map((rrset) => rrset.type));
  const kept = (zone.node(owner)?.rrsets ?? []).filter((rrset) => rrset.type !== TYPE.SOA && !mentioned.has(rrset.type));
  const soa = after.rrsets.find((rrset) => rrset.type === TYPE.SOA) ?? zone.soa;
  const others = after.rrsets.filter((rrset) => rrset.type !== TYPE.SOA);
  return { owner, exists: true, rrsets: [soaWithSerial(soa, serialOf(rdataOf(zone.soa))), ...kept, ...others] };
}

function soaWithSerial(soa: RRset, serial: number): RRset {
  return { ...soa, rdatas: [withSerial(rdataOf(soa), serial)] };
}

function rdataOf(soa: RRset): Uint8Array {
  const [rdata] = soa.rdatas;
  if (rdata === undefined) throw new RangeError(`the SOA RRset of ${soa.owner} is empty`);
  return rdata;
}
