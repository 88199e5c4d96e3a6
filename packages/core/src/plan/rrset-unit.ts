/** RRsets of one name, told apart by type and set identifier. */
import { isInAddressGroup } from '../catalog/address-group.ts';
import { printRRType, type RRType, TYPE } from '../rr/rr-type.ts';

/** What tells an RRset from all others of its name. */
export interface Unit {
  readonly type: RRType;
  readonly setIdentifier?: string | undefined;
}

/** A key of a unit for maps: a number where there is no set identifier, as nearly everywhere. */
export function unitKey({ type, setIdentifier }: Unit): number | string {
  return setIdentifier === undefined ? type : `${type} ${setIdentifier}`;
}

/** `A`, or `A "blue"` with a set identifier. */
export function printUnit({ type, setIdentifier }: Unit): string {
  return setIdentifier === undefined ? printRRType(type) : `${printRRType(type)} ${JSON.stringify(setIdentifier)}`;
}

/** Beside a CNAME (RFC 4034, sections 3 and 4). */
const BESIDE_CNAME: ReadonlySet<RRType> = new Set([TYPE.RRSIG, TYPE.NSEC]);

/** Whether two different units can stand at one name. */
export function canCoexist(one: Unit, other: Unit): boolean {
  if (one.type === other.type) return areSets(one, other);
  if (one.type === TYPE.CNAME) return BESIDE_CNAME.has(other.type);
  if (other.type === TYPE.CNAME) return BESIDE_CNAME.has(one.type);
  return true;
}

/** Whether a unit may be created beside one that is somebody else's. Addresses of two writers at one name belong to no service. */
export function canStandBesideForeign(ours: Unit, theirs: Unit): boolean {
  if (!canCoexist(ours, theirs)) return false;
  return !isInAddressGroup(ours.type) || !isInAddressGroup(theirs.type) || areSets(ours, theirs);
}

/** Whether what stands for one may take the place of what stands for the other: A, AAAA and CNAME are one group. */
export function inOneGroup(one: RRType, other: RRType): boolean {
  return one === other || (isInAddressGroup(one) && isInAddressGroup(other));
}

/** Whether two units are of different sets, between which a provider chooses. */
function areSets(one: Unit, other: Unit): boolean {
  return one.setIdentifier !== undefined && other.setIdentifier !== undefined && one.setIdentifier !== other.setIdentifier;
}
