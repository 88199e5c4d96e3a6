import { type OwnerName, type RRType, TYPE } from '@kubezone/core';

import type { Naming } from './naming.ts';

/** Of these an object has none at an apex: the zone's name servers, and what would lead all its names elsewhere, the name servers' too. */
const ZONES_OWN: ReadonlySet<RRType> = new Set([TYPE.NS, TYPE.CNAME, TYPE.DNAME]);

/** What is expected in the place of such a type. */
export const NOT_THE_ZONES_OWN =
  'another type at the apex of a zone, whose name servers are its own to say, and which leads nowhere else';

/** Whether an RRset is not for an object to ask for, wherever its source stands in the order of sources: it would take a zone away from its configuration. */
export function isZonesOwn(type: RRType, owners: readonly OwnerName[], naming: Naming): boolean {
  return ZONES_OWN.has(type) && owners.some((owner) => naming.isApex(owner));
}
