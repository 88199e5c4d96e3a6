/** What composing an answer needs to know of a type's rdata, in tables that are read by number. */
import { TYPE } from '@kubezone/core';

/** How names in the rdata may be compressed (RFC 3597, section 4: only in types of RFC 1035). */
export const RDATA = {
  /** Copied as it is. */
  OPAQUE: 0,
  /** One name. */
  NAME: 1,
  /** Two octets, then a name. */
  U16_NAME: 2,
  /** Two names. */
  NAME_NAME: 3,
  /** Two names, then 20 octets. */
  SOA: 4,
} as const;

/** The types of RFC 1035 with names in them. `rdata-kind.test.ts` holds this against the layout table. */
const KINDS: readonly (readonly [type: number, kind: number])[] = [
  [TYPE.NS, RDATA.NAME],
  [TYPE.MD, RDATA.NAME],
  [TYPE.MF, RDATA.NAME],
  [TYPE.CNAME, RDATA.NAME],
  [TYPE.SOA, RDATA.SOA],
  [TYPE.MB, RDATA.NAME],
  [TYPE.MG, RDATA.NAME],
  [TYPE.MR, RDATA.NAME],
  [TYPE.PTR, RDATA.NAME],
  [TYPE.MINFO, RDATA.NAME_NAME],
  [TYPE.MX, RDATA.U16_NAME],
];

/** Where in the rdata the name of a host stands whose addresses a client needs next, plus one. */
const HOSTS: readonly (readonly [type: number, offset: number])[] = [
  [TYPE.NS, 0],
  [TYPE.MX, 2], // RFC 1035, section 3.3.9
  [TYPE.SRV, 6], // RFC 2782
  [TYPE.SVCB, 2], // RFC 9460, section 4.1
  [TYPE.HTTPS, 2],
];

const TABLE_TYPES = 256;
const KIND_OF_TYPE = new Uint8Array(TABLE_TYPES);
for (const [type, kind] of KINDS) KIND_OF_TYPE[type] = kind;
const HOST_OF_TYPE = new Uint8Array(TABLE_TYPES);
for (const [type, offset] of HOSTS) HOST_OF_TYPE[type] = offset + 1;

/** One of `RDATA`. */
export function rdataKind(type: number): number {
  return type < TABLE_TYPES ? (KIND_OF_TYPE[type] as number) : RDATA.OPAQUE;
}

/** Where the name of a host stands in rdata of a type; -1 for types that name none. */
export function hostOffset(type: number): number {
  return type < TABLE_TYPES ? (HOST_OF_TYPE[type] as number) - 1 : -1;
}
