import {
  labelCount,
  type NameChange,
  nextSerial,
  type OwnerName,
  parentOf,
  readSoa,
  serialOf,
  type RRset,
  TYPE,
  withSerial,
  type Zone,
  type ZoneEdit,
} from '@kubezone/core';

import type { ZoneTable } from '../answer/context.ts';
import { lastLabels } from './last-labels.ts';
import type { Applied, ServedZone, ServedZoneOptions } from '../served-zones.ts';

/** A zone of the table. */
interface ReferenceZone extends ServedZone {
  readonly zone: Zone;
}

/**
 * The table of served zones as plain objects: what `ServedZones` is held against, and what the reference answerer is tested over. A zone is found by the longest match
 * (RFC 1034, section 4.3.2, step 2).
 */
export class ReferenceZones implements ZoneTable {
  readonly #zones = new Map<OwnerName, ReferenceZone>();
  /** How many labels the longest apex has: what a name has beyond that decides nothing, and need not be looked at. */
  #depth = 0;

  /** Every zone, in the order in which they were first added. */
  [Symbol.iterator](): IterableIterator<ReferenceZone> {
    return this.#zones.values();
  }

  get size(): number {
    return this.#zones.size;
  }

  /** The zone of an apex. */
  get(apex: OwnerName): ReferenceZone | undefined {
    return this.#zones.get(apex);
  }

  /** The zone that a name belongs to. */
  find(name: OwnerName): ReferenceZone | undefined {
    for (let apex: OwnerName | undefined = lastLabels(name, this.#depth); apex !== undefined; apex = parentOf(apex)) {
      const served = this.#zones.get(apex);
      if (served !== undefined) return served;
    }
    return undefined;
  }

  /** Serves a zone, in place of the one with the same apex if there is one. Options that are absent stay as they were. */
  replace(zone: Zone, options: ServedZoneOptions = {}): void {
    const before = this.#zones.get(zone.apex);
    const complete = options.complete ?? before?.complete ?? true;
    const rotate = options.rotate ?? before?.rotate ?? true;
    const fallthrough = options.fallthrough ?? before?.fallthrough ?? false;
    this.#zones.set(zone.apex, { zone, complete, rotate, fallthrough, negativeSoa: negativeSoaOf(zone) });
    this.#depth = Math.max(this.#depth, labelCount(zone.apex));
  }

  /** Stops serving a zone; false where it was not served. */
  remove(apex: OwnerName): boolean {
    const served = this.#zones.delete(apex);
    this.#depth = Math.max(0, ...Array.from(this.#zones.keys(), labelCount));
    return served;
  }

  /** Says of all zones, or of one, whether their sources have listed once. */
  setComplete(complete: boolean, apex?: OwnerName): void {
    for (const served of this.#zones.values()) {
      if (apex !== undefined && served.zone.apex !== apex) continue;
      this.#zones.set(served.zone.apex, { ...served, complete });
    }
  }

  /**
   * Patches the zones that the changed names belong to, each once. A zone in which anything changed gets the time as its SOA serial, or one more
   * than before where that would not be an increase; a change that asks for what is there already leaves the serial alone.
   *
   * At an apex, types that the changes do not mention stay, and so does the SOA but for its serial: a zone never loses it.
   *
   * @param nowSeconds Unix time
   */
  apply(changes: readonly NameChange[], nowSeconds: number): Omit<Applied, 'refused'> {
    const outside: NameChange[] = [];
    const byZone = new Map<ReferenceZone, NameChange[]>();
    for (const change of changes) {
      const served = this.find(change.owner);
      if (served === undefined) {
        outside.push(change);
        continue;
      }
      const batch = byZone.get(served);
      if (batch === undefined) byZone.set(served, [change]);
      else batch.push(change);
    }
    const zones: OwnerName[] = [];
    for (const [served, batch] of byZone) {
      const edits = batch.map((change) => editOf(served.zone, change));
      if (this.#patch(served, edits, nowSeconds)) zones.push(served.zone.apex);
    }
    return { zones, outside };
  }

  /**
   * Patches names of one zone, also those that another zone has with authority: the delegation to a zone that is served too, and its glue, which
   * `apply` would give to that zone. The serial changes as in `apply`.
   *
   * @param edits of names below the apex
   * @returns whether anything changed; false also where no such zone is served
   */
  patch(apex: OwnerName, edits: readonly ZoneEdit[], nowSeconds: number): boolean {
    const served = this.#zones.get(apex);
    return served !== undefined && this.#patch(served, edits, nowSeconds);
  }

  #patch({ zone }: ReferenceZone, edits: readonly ZoneEdit[], nowSeconds: number): boolean {
    const patched = zone.patch(edits);
    if (patched === zone) return false;
    this.replace(withNextSerial(patched, nowSeconds));
    return true;
  }
}

function editOf(zone: Zone, { owner, before, after }: NameChange): ZoneEdit {
  if (owner !== zone.apex) return { owner, exists: after.exists, rrsets: after.rrsets };
  const mentioned = new Set([...before.rrsets, ...after.rrsets].map((rrset) => rrset.type));
  const kept = (zone.node(owner)?.rrsets ?? []).filter((rrset) => rrset.type !== TYPE.SOA && !mentioned.has(rrset.type));
  const soa = after.rrsets.find((rrset) => rrset.type === TYPE.SOA) ?? zone.soa;
  const others = after.rrsets.filter((rrset) => rrset.type !== TYPE.SOA);
  return { owner, exists: true, rrsets: [soaWithSerial(soa, serialOf(onlyRdata(zone.soa))), ...kept, ...others] };
}

function withNextSerial(zone: Zone, nowSeconds: number): Zone {
  const soa = soaWithSerial(zone.soa, nextSerial(serialOf(onlyRdata(zone.soa)), nowSeconds));
  const others = (zone.node(zone.apex)?.rrsets ?? []).filter((rrset) => rrset.type !== TYPE.SOA);
  return zone.patch([{ owner: zone.apex, exists: true, rrsets: [soa, ...others] }]);
}

function soaWithSerial(soa: RRset, serial: number): RRset {
  return { ...soa, rdatas: [withSerial(onlyRdata(soa), serial)] };
}

function negativeSoaOf({ soa }: Zone): RRset {
  const { minimum } = readSoa(onlyRdata(soa));
  return minimum < soa.ttl ? { ...soa, ttl: minimum } : soa;
}

function onlyRdata(soa: RRset): Uint8Array {
  const [rdata] = soa.rdatas;
  if (rdata === undefined) throw new RangeError(`the SOA RRset of ${soa.owner} is empty`);
  return rdata;
}
