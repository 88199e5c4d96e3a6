import { type OwnerName, parentOf, type RRType, TYPE } from '@kubezone/core';

import type { ServedZone } from '../served-zones.ts';
import type { ZoneTable } from './context.ts';
import { descend } from './lookup.ts';

/**
 * The zone that answers for a name and type: the one with the longest match (RFC 1034, section 4.3.2, step 2), but for the DS RRset of an apex, which is
 * the parent zone's data. Where that zone is served too and is delegated from there, the parent answers (RFC 4035, section 3.1.4.1); a zone above
 * that knows of no delegation could only deny what is there.
 */
export function responsibleZone(zones: ZoneTable, name: OwnerName, type: RRType): ServedZone | undefined {
  const served = zones.find(name);
  if (type !== TYPE.DS || served?.zone.apex !== name) return served;
  const above = parentOf(name);
  const parent = above && zones.find(above);
  return parent !== undefined && descend(parent.zone, name).kind === 'cut' ? parent : served;
}
