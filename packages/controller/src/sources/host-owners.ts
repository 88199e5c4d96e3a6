import { isFailure, type OwnerName } from '@kubezone/core';

import { quote } from '../resources/fields.ts';
import type { Naming } from './naming.ts';
import type { ProblemList } from './problem-list.ts';

/** Host names, and where in an object they stand. */
export interface HostList {
  readonly hosts: Iterable<string>;
  /** Whether a host that lies in no zone may be relative to some. */
  readonly scope: 'relative' | 'absolute';
  /** Such as `spec.rules`. */
  readonly path: string;
}

/** Labels of letters, digits and inner hyphens (RFC 1123, section 2.1), perhaps with an asterisk label before them. */
const HOST_NAME = /^(?:\*\.)?(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+$/;

/**
 * The owner names for which host names stand, each once. What is no host name (a wildcard in the middle, an underscore, a label too long) is
 * reported, and the others count; one that no zone holds is noted. A `*` alone, which is every host, is none of them.
 */
export function hostOwners(lists: Iterable<HostList>, naming: Naming, problems: ProblemList): ReadonlySet<OwnerName> {
  const owners = new Set<OwnerName>();
  for (const { hosts, scope, path } of lists) {
    for (const host of hosts) {
      // Istio's word, among others, for every host: it names none, and is no mistake.
      if (host === '*' && scope === 'absolute') continue;
      const found = naming.ownersOf(host, scope);
      const fault = isFailure(found)
        ? found.message
        : found.every((owner) => HOST_NAME.test(owner))
          ? undefined
          : 'a host name has letters, digits and "-" in its labels, and an asterisk as its first at most';
      if (fault !== undefined) {
        const message = `${path}: found ${quote(host)}, expected a host name: ${fault}`;
        problems.add({ code: 'OWNER_NAME_INVALID', path, message });
      } else if (!isFailure(found)) {
        if (found.length === 0) problems.addOutside(host);
        for (const owner of found) owners.add(owner);
      }
    }
  }
  return owners;
}
