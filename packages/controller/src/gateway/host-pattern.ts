import { isBelow, isWildcard, nameOf, type OwnerName, parentOf } from '@kubezone/core';

/**
 * A host name as listeners and routes give it: a name, or a wildcard, which stands for all names below its parent at any depth (Gateway API, `Hostname`:
 * `*.example.com` matches `foo.test.example.com`, but not `example.com`).
 */
export type HostPattern = OwnerName;

/** Every name: what a listener or route without host names stands for. Written `*`, it is the wildcard below the root. */
export const ANY_HOST: HostPattern = nameOf('*');

/** What two patterns have in common: the more specific one, where it is part of the other. */
export function intersectHosts(one: HostPattern, other: HostPattern): HostPattern | undefined {
  if (one === other || covers(other, one)) return one;
  return covers(one, other) ? other : undefined;
}

/** Whether a pattern is a wildcard that stands for all that another one stands for. */
function covers(wide: HostPattern, narrow: HostPattern): boolean {
  if (!isWildcard(wide)) return false;
  const parent = parentOf(wide);
  return parent !== undefined && isBelow(narrow, parent);
}
