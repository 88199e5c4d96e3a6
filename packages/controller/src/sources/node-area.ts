import type { DesiredRRset, OwnerName } from '@kubezone/core';

import { quote } from '../resources/fields.ts';
import { type NodeObject, NODES } from '../resources/node.ts';
import { desireFamilyNames } from './family-names.ts';
import { NO_ADDRESSES, nodeAddressReader } from './node-addresses.ts';
import { ProblemList } from './problem-list.ts';
import { type RelativeZone, relativeZones } from './relative-name.ts';
import { type Desire, NO_DESIRE, type Source } from './source.ts';

export interface NodeAreaOptions {
  /** The annotation that lists a node's areas. @default k8s.pootis.network/node-areas */
  readonly areasAnnotation?: string;
  /** The annotation that lists a node's addresses. @default k8s.pootis.network/node-ips */
  readonly ipsAnnotation?: string;
  /** The zones in which areas are names. */
  readonly relativeTo: readonly RelativeZone[];
  /** The apexes of all zones that are served: a name that lies in another of them than the one it was made for is not asked for. @default those of relativeTo */
  readonly servedZones?: readonly OwnerName[];
}

export const DEFAULT_AREAS_ANNOTATION = 'k8s.pootis.network/node-areas';
export const DEFAULT_IPS_ANNOTATION = 'k8s.pootis.network/node-ips';

/** One label, after folding to lower case. Underscores inside are allowed, as in the system that this source replaces. */
const AREA = /^[a-z0-9](?:[a-z0-9_-]{0,61}[a-z0-9])?$/;

/**
 * Areas of nodes: `<area>.<zone>` holds the addresses of all ready nodes that list the area.
 *
 * An area is known while at least one node lists it, ready or not: without a ready node the name exists and holds nothing (NODATA). Cordons,
 * taints and pressure do not matter.
 */
export function nodeArea(options: NodeAreaOptions): Source<NodeObject> {
  const { areasAnnotation = DEFAULT_AREAS_ANNOTATION, ipsAnnotation = DEFAULT_IPS_ANNOTATION, relativeTo, servedZones } = options;
  const zones = relativeZones(relativeTo, servedZones);
  const addressesOf = nodeAddressReader(ipsAnnotation);
  const path = `metadata.annotations["${areasAnnotation}"]`;

  return {
    kind: 'node-area',
    resource: NODES,
    reads: [],
    indexes: [],
    annotations: [areasAnnotation, ipsAnnotation],
    desire(node): Desire {
      if (node.deleting) return NO_DESIRE;
      const addresses = addressesOf(node);
      const problems = new ProblemList();
      const areas = scanAreas(node.annotations[areasAnnotation] ?? '', path, problems);
      const desired: DesiredRRset[] = [];
      for (const area of areas) desireFamilyNames(area, zones, node.ready ? addresses : NO_ADDRESSES, desired, problems);
      return { desired, problems: [...problems.all(), ...addresses.problems] };
    },
  };
}

function scanAreas(list: string, path: string, problems: ProblemList): ReadonlySet<string> {
  const areas = new Set<string>();
  for (const entry of list.split(',')) {
    const area = entry.trim().toLowerCase();
    if (area === '') continue;
    if (AREA.test(area)) areas.add(area);
    else {
      problems.add({
        code: 'AREA_INVALID',
        path,
        message:
          `${path}: found ${quote(area)}, expected one label of at most 63 letters, digits, "-" and "_" ` +
          'that begins and ends with a letter or digit',
      });
    }
  }
  return areas;
}
