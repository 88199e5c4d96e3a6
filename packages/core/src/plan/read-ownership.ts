import type { ObservedRRset } from '../contracts/provider.ts';
import { isFailure } from '../failure.ts';
import type { OwnerName } from '../name/owner-name.ts';
import { type Marker, type OwnedRRset, scanMarker } from '../ownership/marker.ts';
import { verifyMarker } from '../ownership/marker-mac.ts';
import { hashedPlace, placeBelow } from '../ownership/marker-place.ts';
import { textOfTxt } from '../ownership/txt-text.ts';
import type { Rdata } from '../rr/rrset.ts';
import { TYPE } from '../rr/rr-type.ts';
import type { HeldNames } from './observed-zone.ts';
import type { PlanSettings } from './plan-settings.ts';
import { unitKey } from './rrset-unit.ts';

/** One record of a marker RRset, understood. */
export interface MarkerRecord {
  readonly rrset: ObservedRRset;
  readonly rdata: Rdata;
  readonly text: string;
  readonly marker: Marker;
}

/** A marker of ours. */
export interface OwnMarkerRecord extends MarkerRecord {
  /** Whether the MAC is of the key that signs, where there is one. */
  readonly current: boolean;
}

/** A marker that is not ours, and why. */
export interface ForeignClaim extends MarkerRecord {
  readonly code: 'OTHER_OWNER' | 'OTHER_CLUSTER' | 'UNVERIFIED_MARKER';
}

/** Whose the RRsets of a name are, by the markers at both places. */
export interface Ownership {
  readonly records: readonly OwnMarkerRecord[];
  /** By `unitKey`. */
  readonly own: ReadonlyMap<number | string, OwnedRRset>;
  readonly claims: readonly ForeignClaim[];
}

const NOBODYS: Ownership = { records: [], own: new Map(), claims: [] };

/** Reads the markers of a name. */
export function readOwnership(name: OwnerName, held: HeldNames, settings: PlanSettings): Ownership {
  const below = placeBelow(name);
  let found = below === undefined ? [] : recordsAt(below, name, held, false);
  if (held.hasHashedPlaces) {
    const hashed = hashedPlace(name, settings.apex);
    if (hashed !== undefined) found = [...found, ...recordsAt(hashed, name, held, true)];
  }
  if (found.length === 0) return NOBODYS;
  const records: OwnMarkerRecord[] = [];
  const claims: ForeignClaim[] = [];
  const own = new Map<number | string, OwnedRRset>();
  for (const record of found) {
    const { marker } = record;
    const foreign =
      marker.owner !== settings.owner ? 'OTHER_OWNER' : marker.cluster !== settings.cluster ? 'OTHER_CLUSTER' : undefined;
    const key = foreign === undefined ? keyOf(marker, name, settings) : -1;
    if (foreign !== undefined || key < 0) {
      claims.push({ ...record, code: foreign ?? 'UNVERIFIED_MARKER' });
      continue;
    }
    records.push({ ...record, current: key === 0 });
    for (const one of marker.own) own.set(unitKey(one), both(own.get(unitKey(one)), one));
  }
  return { records, own, claims };
}

/** The key that a marker of ours is signed with: 0 is the one that signs, -1 none. Without keys a marker must not be signed either: it could not be kept so. */
function keyOf(marker: Marker, name: OwnerName, { keys, apex }: PlanSettings): number {
  if (keys.length === 0) return marker.mac === undefined ? 0 : -1;
  return verifyMarker(marker, name, apex, keys);
}

function recordsAt(place: OwnerName, name: OwnerName, held: HeldNames, named: boolean): MarkerRecord[] {
  const records: MarkerRecord[] = [];
  for (const rrset of held.at(place)) {
    if (rrset.type !== TYPE.TXT) continue;
    for (const rdata of rrset.rdatas) {
      const text = textOfTxt(rdata);
      const marker = scanMarker(text);
      if (marker === undefined || isFailure(marker)) continue;
      if (marker.name === name || (marker.name === undefined && !named)) records.push({ rrset, rdata, text, marker });
    }
  }
  return records;
}

/** Two markers of one writer, as a move that was cut short leaves them: what either says was wanted, was. */
function both(one: OwnedRRset | undefined, other: OwnedRRset): OwnedRRset {
  if (one === undefined) return other;
  const sources = [...one.sources];
  for (const source of other.sources) {
    if (!sources.some((known) => known.source === source.source && known.cluster === source.cluster)) sources.push(source);
  }
  return { ...one, sources, retain: one.retain || other.retain };
}
