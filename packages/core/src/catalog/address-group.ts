import { TYPE } from '../rr/rr-type.ts';
import { ALIAS, type AskType } from './ask.ts';

/** Whether a type is an address's, or stands for addresses. */
export function isAddressOrAlias(type: AskType): boolean {
  return type === TYPE.A || type === TYPE.AAAA || type === ALIAS;
}

/** Whether a type is one of those of which a name has one source's only: A, AAAA, CNAME and `ALIAS`. */
export function isInAddressGroup(type: AskType): boolean {
  return type === TYPE.CNAME || isAddressOrAlias(type);
}

/** These may stand beside a CNAME (RFC 4034, sections 3 and 4). */
const BESIDE_CNAME: ReadonlySet<AskType> = new Set([TYPE.RRSIG, TYPE.NSEC]);

/** Whether a type, addresses aside, cannot stand beside a CNAME. */
export function excludesCname(type: AskType): boolean {
  return !isInAddressGroup(type) && !BESIDE_CNAME.has(type);
}
