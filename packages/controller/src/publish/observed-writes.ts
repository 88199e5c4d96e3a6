import {
  type ApplyResult,
  hashedPlace,
  type NamePlan,
  type NameWrite,
  type ObservedRRset,
  type ObservedZone,
  type OwnerName,
  placeBelow,
  providedKey,
  TYPE,
} from '@kubezone/core';

/**
 * Puts what an applied write shows into the picture of its zone. A provider need not show the RRsets that it did not write: those stay as they were.
 */
export function takeOver(zone: ObservedZone, write: NameWrite, { observed }: Extract<ApplyResult, { kind: 'applied' }>): void {
  const known = new Set(observed.map((rrset) => providedKey(rrset)));
  for (const { before, after } of write.writes)
    for (const rrset of [before, after]) if (rrset !== undefined) known.add(providedKey(rrset));
  const owners = new Set([...ownersOf(write), ...observed.map(({ owner }) => owner)]);
  for (const owner of owners) {
    const kept = zone.at(owner).filter((rrset) => !known.has(providedKey(rrset)));
    zone.replace([owner], [...kept, ...observed.filter((rrset) => rrset.owner === owner)]);
  }
}

/** The owner names that a write touches: the name, and its marker's places. */
export function ownersOf({ writes }: NameWrite): OwnerName[] {
  return [...new Set(writes.flatMap(({ before, after }) => before?.owner ?? after?.owner ?? []))];
}

/** All that has to be read to plan a name anew: what it holds, and every place where its markers may stand. */
export function placesOf(owner: OwnerName, zone: ObservedZone, plan: NamePlan | undefined): OwnerName[] {
  const below = placeBelow(owner);
  const hashed = zone.hasHashedPlaces || below === undefined ? hashedPlace(owner, zone.zone.apex) : undefined;
  return [
    ...new Set([
      owner,
      ...(below === undefined ? [] : [below]),
      ...(hashed === undefined ? [] : [hashed]),
      ...(plan?.write === undefined ? [] : ownersOf(plan.write)),
    ]),
  ];
}

/** Whether a write makes or removes what hides the names below it: they have to be planned again then. */
export function hidesNames({ writes }: NameWrite): boolean {
  return writes.some(({ before, after }) => isHiding(before) || isHiding(after));
}

function isHiding(rrset: Pick<ObservedRRset, 'type'> | undefined): boolean {
  return rrset?.type === TYPE.NS || rrset?.type === TYPE.DNAME;
}
