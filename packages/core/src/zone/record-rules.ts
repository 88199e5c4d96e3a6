/** What a zone takes of records, one by one and beside each other. */
import { isAtOrBelow, type OwnerName } from '../name/owner-name.ts';
import { CLASS, isMetaType, printClass, printRRType, type RRType, TYPE } from '../rr/rr-type.ts';
import type { ResourceRecord } from '../rr/rrset.ts';
import type { Diagnostic } from './diagnostic.ts';

/** Of these a name can have one record only (RFC 2181, section 10.1; RFC 6672, section 2.4; RFC 1035, section 5.2). */
export const SINGLE_VALUED: ReadonlySet<RRType> = new Set([TYPE.CNAME, TYPE.DNAME, TYPE.SOA]);
/** These may stand beside a CNAME (RFC 4034, sections 3 and 4). */
export const BESIDE_CNAME: ReadonlySet<RRType> = new Set([TYPE.CNAME, TYPE.RRSIG, TYPE.NSEC]);

/** Why a record cannot stand in a zone, whatever else is in it. */
export function refusalOf(apex: OwnerName, record: ResourceRecord): Pick<Diagnostic, 'code' | 'message'> | undefined {
  const { owner, type } = record;
  if (record.class !== CLASS.IN) {
    return {
      code: 'NOT_IN_CLASS',
      message: `${nameAndType(record)}: class ${printClass(record.class)} found, only IN is served`,
    };
  }
  if (isMetaType(type)) return { code: 'META_TYPE', message: `${nameAndType(record)}: no RRset can be of this type` };
  if (!isAtOrBelow(owner, apex)) {
    return { code: 'OUT_OF_ZONE', message: `${nameAndType(record)}: the owner is not in the zone ${apex}` };
  }
  if (type === TYPE.SOA && owner !== apex) {
    return { code: 'SOA_NOT_AT_APEX', message: `${nameAndType(record)}: a zone has its SOA at the apex ${apex} only` };
  }
  return undefined;
}

/** An RRset as messages name it. */
export function nameAndType({ owner, type }: { readonly owner: OwnerName; readonly type: RRType }): string {
  return `${owner} ${printRRType(type)}`;
}
