import { isFailure, type OwnerName, type ParseFailure, scanName } from '@kubezone/core';

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

/**
 * The owner names that a relative name stands for: one in each zone.
 *
 * @param relative in presentation format, without a final dot
 * @returns the failures as well: a name may be too long in one zone and not in another
 */
export function qualify(
  relative: string,
  zones: readonly RelativeZone[],
): { readonly names: readonly QualifiedName[]; readonly failures: readonly ParseFailure[] } {
  const names: QualifiedName[] = [];
  const failures: ParseFailure[] = [];
  for (const { apex, ttl } of zones) {
    const owner = scanName(relative, apex);
    if (isFailure(owner)) {
      failures.push(owner);
      continue;
    }
    names.push({ owner, ttl });
  }
  return { names, failures };
}
