import type { ObservedRRset, ProvidedRRset, RRsetWrite } from '../contracts/provider.ts';
import type { OwnerName } from '../name/owner-name.ts';
import { type Marker, type OwnedRRset, printMarker, printMarkerFields } from '../ownership/marker.ts';
import { signMarker } from '../ownership/marker-mac.ts';
import { hashedPlace, placeBelow, placeKind } from '../ownership/marker-place.ts';
import { composeTxt } from '../ownership/txt-text.ts';
import { type RRType, TYPE } from '../rr/rr-type.ts';
import type { Rdata } from '../rr/rrset.ts';
import type { Decision, Update } from './decide-name.ts';
import type { NameCase } from './name-case.ts';
import { unitKey } from './rrset-unit.ts';

/**
 * The writes that make a decision true: data and marker in one batch.
 *
 *     what goes  →  our marker  →  markers of former writers  →  what changes and comes
 *
 * A marker that stays as it is, is written as it is: a condition, without which data would be changed by what a marker says that may be somebody else's by now.
 *
 * In this order a provider whose batches are not atomic leaves no data of ours without a marker, wherever it is cut short, and the next plan finishes the work.
 *
 * @param final what is ours afterwards
 */
export function writesOf(name: NameCase, decision: Decision, final: readonly OwnedRRset[]): RRsetWrite[] {
  const { owner } = name;
  const edits = new TxtEdits(name.settings.markerTtl);
  const standing = editMarkers(name, decision, final, edits);
  // A record of ours that shares its RRset with a marker of somebody else's at the same name is written as a whole below.
  const data = new Map<number | string, RRsetWrite>();
  for (const { observed } of decision.goes) data.set(unitKey(observed), { before: observed, after: undefined });
  for (const { wanted, own } of decision.updates) data.set(unitKey(wanted.rrset), { before: own.observed, after: wanted.rrset });
  for (const { rrset } of decision.creates) data.set(unitKey(rrset), { before: undefined, after: rrset });
  const markers: RRsetWrite[] = [];
  for (const write of edits.writes()) {
    const rrset = write.before ?? write.after;
    const same = rrset?.owner === owner ? data.get(unitKey(rrset)) : undefined;
    if (rrset === undefined || same === undefined) markers.push(write);
    else data.set(unitKey(rrset), { before: write.before, after: same.after ?? write.after });
  }
  if (standing !== undefined && data.size > 0 && !markers.some(({ before }) => before === standing))
    markers.unshift({ before: standing, after: provided(standing) });
  const goes = [...data.values()].filter(({ after }) => after === undefined);
  return [...goes, ...markers, ...[...data.values()].filter(({ after }) => after !== undefined)];
}

/** @returns the RRset in which our marker stands as it shall be */
function editMarkers(
  name: NameCase,
  decision: Decision,
  final: readonly OwnedRRset[],
  edits: TxtEdits,
): ObservedRRset | undefined {
  const { ownership, adoption } = name;
  for (const { rrset, rdatas } of adoption.removals) for (const rdata of rdatas) edits.remove(rrset, rdata);
  const place = final.length === 0 ? undefined : placeOf(name, decision);
  const marker = place === undefined ? undefined : markerOf(name, place, final);
  let standing: ObservedRRset | undefined;
  for (const record of ownership.records) {
    const isRight =
      standing === undefined &&
      marker !== undefined &&
      record.rrset.owner === place &&
      record.current &&
      record.text === printMarker({ ...marker, mac: record.marker.mac });
    if (isRight) standing = record.rrset;
    else edits.remove(record.rrset, record.rdata);
  }
  if (place === undefined || marker === undefined || standing !== undefined) return standing;
  const { keys, apex } = name.settings;
  const key = keys[0];
  const mac = key && signMarker(marker, name.owner, apex, key);
  const text = mac === undefined ? printMarkerFields(marker) : printMarker({ ...marker, mac });
  const rrset = name.held.at(place).find(({ type, setIdentifier }) => type === TYPE.TXT && setIdentifier === undefined);
  edits.add(place, rrset, composeTxt(text));
  return undefined;
}

function markerOf({ owner, settings }: NameCase, place: OwnerName, own: readonly OwnedRRset[]): Omit<Marker, 'mac'> {
  return { owner: settings.owner, cluster: settings.cluster, own, name: placeKind(place) === 'hashed' ? owner : undefined };
}

/** Where the marker stands from now on. */
function placeOf(
  { owner, refusal, belowOwnCut, foreign, ownership, settings }: NameCase,
  decision: Decision,
): OwnerName | undefined {
  // Nothing is moved about at a name that is not ours to change.
  if (refusal !== undefined) return ownership.records[0]?.rrset.owner;
  const isHiding = ({ type }: { readonly type: RRType }): boolean =>
    type === TYPE.DNAME || (type === TYPE.NS && owner !== settings.apex);
  const isHidingOwn = ({ own }: Update): boolean => isHiding(own.observed);
  const hides =
    decision.creates.some(({ rrset }) => isHiding(rrset)) ||
    decision.keeps.some(isHidingOwn) ||
    decision.updates.some(isHidingOwn) ||
    decision.waits.some(isHidingOwn) ||
    decision.stays.some(({ observed }) => isHiding(observed)) ||
    (foreign.size > 0 && [...foreign.values()].some(isHiding));
  const below = hides || belowOwnCut ? undefined : placeBelow(owner);
  return below ?? hashedPlace(owner, settings.apex);
}

/** Changes of single records in TXT RRsets that others write too. */
class TxtEdits {
  readonly #ttl: number;
  readonly #edits = new Map<ObservedRRset | OwnerName, { readonly owner: OwnerName; removed: Rdata[]; added: Rdata[] }>();

  /** @param ttl seconds, of RRsets that are created */
  constructor(ttl: number) {
    this.#ttl = ttl;
  }

  remove(rrset: ObservedRRset, rdata: Rdata): void {
    this.#edit(rrset, rrset.owner).removed.push(rdata);
  }

  add(owner: OwnerName, rrset: ObservedRRset | undefined, rdata: Rdata): void {
    this.#edit(rrset ?? owner, owner).added.push(rdata);
  }

  /** What adds comes first. */
  writes(): RRsetWrite[] {
    const ordered = [...this.#edits].toSorted(([, one], [, other]) => other.added.length - one.added.length);
    return ordered.map(([key, { owner, removed, added }]) => {
      if (typeof key === 'string') return { before: undefined, after: { owner, type: TYPE.TXT, ttl: this.#ttl, rdatas: added } };
      const rdatas = [...key.rdatas.filter((rdata) => !removed.includes(rdata)), ...added].toSorted((one, other) =>
        Buffer.compare(one, other),
      );
      return { before: key, after: rdatas.length === 0 ? undefined : { ...provided(key), rdatas } };
    });
  }

  #edit(key: ObservedRRset | OwnerName, owner: OwnerName): { removed: Rdata[]; added: Rdata[] } {
    const known = this.#edits.get(key);
    if (known !== undefined) return known;
    const edit = { owner, removed: [], added: [] };
    this.#edits.set(key, edit);
    return edit;
  }
}

function provided({ vendor: _vendor, ...rrset }: ObservedRRset): ProvidedRRset {
  return rrset;
}
