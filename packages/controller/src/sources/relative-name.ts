import { isFailure, type OwnerName, parentOf, scanName } from '@kubezone/core';

/** A zone in which relative names stand. */
export interface RelativeZone {
  readonly apex: OwnerName;
  /** The TTL of what stands there, in seconds. */
  readonly ttl: number;
}

/** A relative name in one zone. */
export interface QualifiedName {
  readonly owner: OwnerName;
  /** Seconds. */
  readonly ttl: number;
}

/** Where relative names stand, and where not. */
export interface RelativeZones {
  readonly zones: readonly RelativeZone[];
  /** All that are served. */
  readonly apexes: ReadonlySet<OwnerName>;
}

/** @param served the apexes of other zones as well: what stands in those is theirs, though it may lie below one of `zones` */
export function relativeZones(zones: readonly RelativeZone[], served: readonly OwnerName[] = []): RelativeZones {
  return { zones, apexes: new Set([...zones.map(({ apex }) => apex), ...served]) };
}

/**
 * The owner names that a relative name stands for: one in each zone, where it is that zone's.
 *
 * @param relative in presentation format, without a final dot
 * @returns why not, as well: a name may be too long in one zone and not in another, or lie in a zone that is cut out of it
 */
export function qualify(
  relative: string,
  { zones, apexes }: RelativeZones,
): { readonly names: readonly QualifiedName[]; readonly failures: readonly string[] } {
  const names: QualifiedName[] = [];
  const failures: string[] = [];
  for (const { apex, ttl } of zones) {
    const owner = scanName(relative, apex);
    if (isFailure(owner)) {
      failures.push(owner.message);
      continue;
    }
    const zone = zoneOf(owner, apexes);
    if (zone === apex) names.push({ owner, ttl });
    else failures.push(`${owner} would be in ${apex}, but lies in ${zone}, which is a zone of its own`);
  }
  return { names, failures };
}

/** The zone that a name belongs to: the longest that it lies in. */
export function zoneOf(owner: OwnerName, apexes: ReadonlySet<OwnerName>): OwnerName | undefined {
  let name: OwnerName | undefined = owner;
  while (name !== undefined && !apexes.has(name)) name = parentOf(name);
  return name;
}
