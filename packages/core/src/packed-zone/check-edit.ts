import { isAtOrBelow, type OwnerName } from '../name/owner-name.ts';
import { printRRType, TYPE } from '../rr/rr-type.ts';
import type { RRset } from '../rr/rrset.ts';
import type { ZoneEdit } from '../zone/zone.ts';
import { checkPackable } from './node.ts';

/** Whether an RRset is a SOA. */
export function isSoa(rrset: RRset): boolean {
  return rrset.type === TYPE.SOA;
}

/**
 * Checks what whoever edits a zone has to see to.
 *
 * @throws {RangeError} see `PackedZone.apply`
 */
export function checkEdit(apex: OwnerName, { owner, exists, rrsets }: ZoneEdit): void {
  if (!isAtOrBelow(owner, apex)) throw new RangeError(`${owner} is not in the zone ${apex}`);
  if (rrsets.some(isSoa) !== (owner === apex)) {
    throw new RangeError(
      owner === apex ? `the edit leaves the zone ${apex} without a SOA` : `a SOA at ${owner}, not at the apex ${apex}`,
    );
  }
  if (!exists && rrsets.length > 0) throw new RangeError(`RRsets for ${owner}, which shall not exist`);
  for (let index = 0; index < rrsets.length; index++) {
    const rrset = rrsets[index] as RRset;
    if (rrset.owner !== owner) throw new RangeError(`an RRset of ${rrset.owner} for ${owner}`);
    checkPackable(rrset);
    for (let other = 0; other < index; other++) {
      if (rrsets[other]?.type === rrset.type) throw new RangeError(`two ${printRRType(rrset.type)} RRsets for ${owner}`);
    }
  }
}
