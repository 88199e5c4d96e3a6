/** OPCODEs and RCODEs (IANA "Domain Name System Parameters"). */

/** What kind of message it is (RFC 1035, section 4.1.1, and RFC 6895, section 2.2). */
export const OPCODE = { QUERY: 0, IQUERY: 1, STATUS: 2, NOTIFY: 4, UPDATE: 5, DSO: 6 } as const;

/** How a request ended (RFC 6895, section 2.3). Those above 15 need EDNS (RFC 6891, section 6.1.3) or stand in TSIG. */
export const RCODE = {
  NOERROR: 0,
  FORMERR: 1,
  SERVFAIL: 2,
  NXDOMAIN: 3,
  NOTIMP: 4,
  REFUSED: 5,
  YXDOMAIN: 6,
  YXRRSET: 7,
  NXRRSET: 8,
  NOTAUTH: 9,
  NOTZONE: 10,
  DSOTYPENI: 11,
  BADVERS: 16,
  BADKEY: 17,
  BADTIME: 18,
  BADMODE: 19,
  BADNAME: 20,
  BADALG: 21,
  BADTRUNC: 22,
  BADCOOKIE: 23,
} as const;

const OPCODE_NAMES: ReadonlyMap<number, string> = new Map(Object.entries(OPCODE).map(([name, number]) => [number, name]));
const RCODE_NAMES: ReadonlyMap<number, string> = new Map(Object.entries(RCODE).map(([name, number]) => [number, name]));

/** Prints an OPCODE: its mnemonic, or `OPCODEnn`. */
export function printOpcode(opcode: number): string {
  return OPCODE_NAMES.get(opcode) ?? `OPCODE${opcode}`;
}

/** Prints an RCODE: its mnemonic, or `RCODEnn`. */
export function printRcode(rcode: number): string {
  return RCODE_NAMES.get(rcode) ?? `RCODE${rcode}`;
}
