import {
  type ApplyResult,
  hashedPlace,
  type NamePlan,
  type NameWrite,
  type ObservedRRset,
  type ObservedZone,
  type OwnerName,
  placeBelow,
  type PlannedChange,
  type ProvidedRRset,
  sameProvided,
  TYPE,
} from '@kubezone/core';

/**
 * Puts what an applied write shows into the picture of its zone. A provider need not show the RRsets that it did not write: those stay as they were.
 */
export function takeOver(zone: ObservedZone, write: NameWrite, { observed }: Extract<ApplyResult, { kind: 'applied' }>): void {
  const owners = new Set(ownersOf(write));
  for (const { owner } of observed) owners.add(owner);
  for (const owner of owners) {
    const shown = observed.filter((rrset) => rrset.owner === owner);
    const kept = zone.at(owner).filter((rrset) => !isWritten(rrset, write) && !shown.some((one) => isSameUnit(one, rrset)));
    zone.put(owner, kept.length === 0 ? shown : [...kept, ...shown]);
  }
}

function isWritten(rrset: ObservedRRset, { writes }: NameWrite): boolean {
  return writes.some(
    ({ before, after }) =>
      (before !== undefined && isSameUnit(before, rrset)) || (after !== undefined && isSameUnit(after, rrset)),
  );
}

function isSameUnit(one: ProvidedRRset, other: ProvidedRRset): boolean {
  return one.owner === other.owner && one.type === other.type && one.setIdentifier === other.setIdentifier;
}

/**
 * Changes of a plan that were acknowledged, and of which the provider shows something else: left to itself, every audit would make them again. Nothing is said of markers, to
 * whose RRsets others write too.
 */
export function unlikeWritten({ changes }: NamePlan, zone: ObservedZone): PlannedChange[] {
  return changes.filter(({ after }) =>
    after.some((rrset) => !zone.at(rrset.owner).some((observed) => sameProvided(observed, rrset))),
  );
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
