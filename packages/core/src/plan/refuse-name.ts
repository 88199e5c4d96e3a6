import { type OwnerName, parentOf } from '../name/owner-name.ts';
import { hashedPlace, isReservedName, placeBelow, placeKind } from '../ownership/marker-place.ts';
import { isMetaType, printRRType, type RRType, TYPE } from '../rr/rr-type.ts';
import type { HeldNames } from './observed-zone.ts';
import type { PlanSettings } from './plan-settings.ts';
import type { PlanRequest } from './name-case.ts';
import { readOwnership } from './read-ownership.ts';
import { unitKey } from './rrset-unit.ts';
import type { Withheld } from './withheld.ts';

/** Why something may not stand at a name. */
export type Refusal = Pick<Withheld, 'code' | 'message'>;

/** Where a name stands among those above it. */
export interface Standing {
  /** Why nothing of ours may be created or changed there. */
  readonly refusal: Refusal | undefined;
  /** Whether a zone cut of ours is above: what stands there is glue, and its marker must stand elsewhere. */
  readonly belowOwnCut: boolean;
}

/** Looks for what forbids a name: its labels, a marker without room, cuts and DNAMEs at it or above. */
export function standingOf(name: OwnerName, held: HeldNames, settings: PlanSettings): Standing {
  const { apex } = settings;
  let belowOwnCut = false;
  const refuse = (code: Withheld['code'], message: string): Standing => ({ refusal: { code, message }, belowOwnCut });
  if (isReservedName(name, apex)) {
    return refuse('RESERVED_NAME', `${name} has a label that is kept for ownership markers: _owner, _owner-… or _wildcard`);
  }
  for (let at: OwnerName | undefined = name; at !== undefined; at = at === apex ? undefined : parentOf(at)) {
    for (const { type, setIdentifier } of held.at(at)) {
      const isCut = type === TYPE.NS && at !== apex;
      if (!isCut && type !== TYPE.DNAME) continue;
      const ours = readOwnership(at, held, settings).own.has(unitKey({ type, setIdentifier })) && at !== apex;
      if (type === TYPE.DNAME && (at !== name || !ours)) {
        return refuse(
          'BELOW_DNAME',
          `${at} has a DNAME${ours ? '' : ' that is not ours'}: nothing of ours may stand ${at === name ? 'beside' : 'below'} it`,
        );
      }
      if (isCut && !ours)
        return refuse('FOREIGN_CUT', `${at} is delegated, and the delegation is not ours: ${name} is another zone's`);
      if (isCut && at !== name) belowOwnCut = true;
    }
  }
  if (placeBelow(name) === undefined && hashedPlace(name, apex) === undefined) {
    return refuse('NO_MARKER_PLACE', `no ownership marker of ${name} has room in the zone ${apex}`);
  }
  return { refusal: undefined, belowOwnCut };
}

/** Whether an RRset is the zone's own, or none that can be: never published, changed or deleted. */
export function isProtected(type: RRType, name: OwnerName, apex: OwnerName): boolean {
  return type === TYPE.SOA || isMetaType(type) || (name === apex && (type === TYPE.NS || type === TYPE.DNAME));
}

/** Why an RRset of a type that hides what is below it may not be created. */
export function hidingRefusal(
  { owner, held, settings, isWantedBelow }: Pick<PlanRequest, 'owner' | 'held' | 'settings' | 'isWantedBelow'>,
  type: RRType,
): Refusal | undefined {
  if (type !== TYPE.NS && type !== TYPE.DNAME) return undefined;
  const what = `${printRRType(type)} at ${owner} would hide`;
  for (const below of held.below(owner)) {
    if (placeKind(below) !== undefined) continue;
    // Below a cut, what is ours is glue. Below a DNAME nothing may stand.
    const { own } = readOwnership(below, held, settings);
    if (type === TYPE.NS && held.at(below).every((rrset) => own.has(unitKey(rrset)))) continue;
    return { code: 'WOULD_HIDE_NAMES', message: `${what} ${below}, which exists` };
  }
  if (type !== TYPE.DNAME || isWantedBelow?.(owner) !== true) return undefined;
  return { code: 'WOULD_HIDE_NAMES', message: `${what} names below it that are wanted too` };
}
