import { isFailure } from '../failure.ts';
import { isBelow, type OwnerName } from '../name/owner-name.ts';
import { type AdoptRule, isMarkerOf, printAdoptRule } from '../ownership/adopt-rule.ts';
import { foreignMarkers, type ForeignRule, namesMarkedFrom } from '../ownership/foreign-marker.ts';
import { scanMarker } from '../ownership/marker.ts';
import { nameOfPlace, placeKind } from '../ownership/marker-place.ts';
import { textOfTxt } from '../ownership/txt-text.ts';
import { TYPE } from '../rr/rr-type.ts';
import type { DesiredName } from './desired-name.ts';
import type { NamePlan } from './name-plan.ts';
import type { HeldNames } from './observed-zone.ts';
import { isQuiet, planName } from './plan-name.ts';
import type { PlanSettings } from './plan-settings.ts';
import { readOwnership } from './read-ownership.ts';
import type { Withheld } from './withheld.ts';

/** What planning a whole zone depends on. */
export interface ZonePlanRequest {
  /** By owner name, at or below the apex. */
  readonly desired: ReadonlyMap<OwnerName, DesiredName>;
  readonly held: HeldNames;
  readonly settings: PlanSettings;
  /** Milliseconds since the Unix epoch. */
  readonly now: number;
  readonly deletes: 'allowed' | 'held';
  /** @default allowed */
  readonly updates?: 'allowed' | 'held';
}

/** What is to be done in a zone. */
export interface ZonePlan {
  /** The names of which there is something to do or to say: first those that are desired, in their order. */
  readonly names: readonly NamePlan[];
  /** How many RRsets of the zone are ours at present. */
  readonly owned: number;
  /** Names that could be taken over, if anybody asked for them. */
  readonly adoptable: readonly Withheld[];
}

/** Plans every name that is desired, or has a marker of ours. */
export function planZone(request: ZonePlanRequest): ZonePlan {
  const names: NamePlan[] = [];
  let owned = 0;
  const isWantedBelow = wantedBelow(request.desired);
  for (const owner of namesToPlan(request)) {
    const plan = planName({ ...request, owner, desired: request.desired.get(owner), isWantedBelow });
    owned += plan.owned.before;
    if (!isQuiet(plan)) names.push(plan);
  }
  return { names, owned, adoptable: request.settings.pruneAdopted ? [] : adoptableNames(request) };
}

/** The question of `PlanRequest.isWantedBelow`, asked of all that is desired. It is asked for DNAMEs alone: an index would cost every name. */
export function wantedBelow(desired: ZonePlanRequest['desired']): (owner: OwnerName) => boolean {
  return (owner) => {
    for (const [name, { rrsets }] of desired) if (rrsets.length > 0 && isBelow(name, owner)) return true;
    return false;
  };
}

/**
 * The names of a zone that have to be planned, each once: for callers that plan a large zone in portions. Read to the end before the desired names or
 * the held ones change.
 */
export function* namesToPlan({
  desired,
  held,
  settings,
}: Pick<ZonePlanRequest, 'desired' | 'held' | 'settings'>): Generator<OwnerName, void, undefined> {
  yield* desired.keys();
  const others = new Set<OwnerName>();
  for (const place of held.names()) for (const name of namesOfPlace(place, held)) if (!desired.has(name)) others.add(name);
  if (settings.pruneAdopted) {
    for (const name of markedNames(held, settings).keys()) if (!desired.has(name)) others.add(name);
  }
  yield* others;
}

/** The names whose markers of this software stand at an owner name. */
function namesOfPlace(place: OwnerName, held: HeldNames): OwnerName[] {
  const kind = placeKind(place);
  if (kind === undefined) return [];
  return kind === 'below' ? [nameOfPlace(place)] : namesAtHashedPlace(place, held);
}

function namesAtHashedPlace(place: OwnerName, held: HeldNames): OwnerName[] {
  return held
    .at(place)
    .filter(({ type }) => type === TYPE.TXT)
    .flatMap(({ rdatas }) =>
      rdatas.flatMap((rdata) => {
        const marker = scanMarker(textOfTxt(rdata));
        return marker === undefined || isFailure(marker) ? [] : (marker.name ?? []);
      }),
    );
}

function adoptableNames({ desired, held, settings }: ZonePlanRequest): Withheld[] {
  return Array.from(markedNames(held, settings))
    .filter(([owner]) => !desired.has(owner))
    .map(([owner, rule]) => ({
      code: 'ADOPTABLE_NOT_DESIRED',
      owner,
      type: undefined,
      setIdentifier: undefined,
      message: `${owner} is marked by ${printAdoptRule(rule)}, but nothing asks for it; it stays until --prune-adopted`,
      origins: [],
    }));
}

/** Names that somebody whose names may be taken over has marked, and that hold something that the marker covers. */
function markedNames(held: HeldNames, settings: PlanSettings): Map<OwnerName, AdoptRule> {
  const found = new Map<OwnerName, AdoptRule>();
  const foreign = settings.adopt.filter((rule): rule is ForeignRule => rule.format !== 'unmarked' && rule.format !== 'kubezone');
  const kubezone = settings.adopt.filter((rule) => rule.format === 'kubezone');
  if (foreign.length + kubezone.length === 0) return found;
  for (const place of held.names()) {
    if (!mayHoldMarker(place, held, kubezone.length > 0)) continue;
    for (const rule of foreign) {
      for (const name of namesMarkedFrom(place, rule)) {
        if (found.has(name)) continue;
        const markers = foreignMarkers(name, held, rule);
        if (held.at(name).some((rrset) => markers.some((marker) => marker.covers(rrset)))) found.set(name, rule);
      }
    }
    if (kubezone.length === 0) continue;
    for (const name of namesOfPlace(place, held)) {
      const { claims } = readOwnership(name, held, settings);
      const rule = kubezone.find((one) => claims.some(({ marker }) => isMarkerOf(one, marker)));
      if (rule !== undefined) found.set(name, rule);
    }
  }
  return found;
}

/** Most TXT RRsets of a zone are markers of ours, which need not be looked at as somebody else's. */
function mayHoldMarker(place: OwnerName, held: HeldNames, ofKubezone: boolean): boolean {
  return held
    .at(place)
    .some(
      ({ type, rdatas }) =>
        type === TYPE.TXT && (ofKubezone || rdatas.some((rdata) => !textOfTxt(rdata).startsWith('heritage=kubezone'))),
    );
}
