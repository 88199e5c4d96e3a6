/** RR types and classes: their numbers and mnemonics (IANA "Domain Name System Parameters"; RFC 3597 for all the others). */

/** An RR type's number, 0 to 65535. */
export type RRType = number;

/** The RR types that have a mnemonic here. Every other number is a type too, and is written `TYPEnnn` (RFC 3597, section 5). */
export const TYPE = {
  A: 1,
  NS: 2,
  MD: 3,
  MF: 4,
  CNAME: 5,
  SOA: 6,
  MB: 7,
  MG: 8,
  MR: 9,
  PTR: 12,
  HINFO: 13,
  MINFO: 14,
  MX: 15,
  TXT: 16,
  RP: 17,
  AFSDB: 18,
  RT: 21,
  SIG: 24,
  PX: 26,
  AAAA: 28,
  LOC: 29,
  SRV: 33,
  NAPTR: 35,
  KX: 36,
  CERT: 37,
  DNAME: 39,
  OPT: 41,
  DS: 43,
  SSHFP: 44,
  RRSIG: 46,
  NSEC: 47,
  DNSKEY: 48,
  DHCID: 49,
  NSEC3: 50,
  NSEC3PARAM: 51,
  TLSA: 52,
  SMIMEA: 53,
  CDS: 59,
  CDNSKEY: 60,
  OPENPGPKEY: 61,
  CSYNC: 62,
  ZONEMD: 63,
  SVCB: 64,
  HTTPS: 65,
  SPF: 99,
  TSIG: 250,
  IXFR: 251,
  AXFR: 252,
  MAILB: 253,
  MAILA: 254,
  ANY: 255,
  URI: 256,
  CAA: 257,
} as const;

/**
 * Mnemonics of types whose rdata has no layout here. They are understood, so that `APL \# 4 00010801` can be read; but printed is
 * `TYPEnnn`, since not every reader of a zone file knows all of them.
 */
const UNDERSTOOD_TYPES = {
  NULL: 10,
  WKS: 11,
  X25: 19,
  ISDN: 20,
  NSAP: 22,
  KEY: 25,
  GPOS: 27,
  NXT: 30,
  APL: 42,
  IPSECKEY: 45,
  HIP: 55,
  NINFO: 56,
  RKEY: 57,
  TALINK: 58,
  DSYNC: 66,
  NID: 104,
  L32: 105,
  L64: 106,
  LP: 107,
  EUI48: 108,
  EUI64: 109,
  NXNAME: 128,
  TKEY: 249,
  AVC: 258,
  DOA: 259,
  AMTRELAY: 260,
  RESINFO: 261,
  WALLET: 262,
  TA: 32_768,
  DLV: 32_769,
} as const;

/** Classes (RFC 6895, section 3.2). Kubezone serves IN; NONE and ANY stand in UPDATE messages (RFC 2136), ANY in TSIG. */
export const CLASS = { IN: 1, CH: 3, HS: 4, NONE: 254, ANY: 255 } as const;

const TYPE_NAMES: ReadonlyMap<number, string> = new Map(Object.entries(TYPE).map(([name, number]) => [number, name]));
const TYPE_NUMBERS: ReadonlyMap<string, number> = new Map(Object.entries({ ...UNDERSTOOD_TYPES, ...TYPE }));
const CLASS_NAMES: ReadonlyMap<number, string> = new Map(Object.entries(CLASS).map(([name, number]) => [number, name]));
const CLASS_NUMBERS: ReadonlyMap<string, number> = new Map(Object.entries(CLASS));

/** Prints a type: its mnemonic, or `TYPEnnn`. */
export function printRRType(type: RRType): string {
  return TYPE_NAMES.get(type) ?? `TYPE${type}`;
}

/** Scans a type, in any case: a mnemonic, or `TYPEnnn` for any number. Undefined where the text is neither. */
export function scanRRType(text: string): RRType | undefined {
  const upper = foldMnemonic(text);
  return TYPE_NUMBERS.get(upper) ?? scanNumbered(upper, 'TYPE');
}

/** Prints a class: its mnemonic, or `CLASSnnn`. */
export function printClass(number: number): string {
  return CLASS_NAMES.get(number) ?? `CLASS${number}`;
}

/** Scans a class, in any case: a mnemonic, or `CLASSnnn`. Undefined where the text is neither. */
export function scanClass(text: string): number | undefined {
  const upper = foldMnemonic(text);
  return CLASS_NUMBERS.get(upper) ?? scanNumbered(upper, 'CLASS');
}

/**
 * Whether no RRset can be of this type: the types that exist only in queries or as parts of a message (RFC 6895, section 3.1:
 * 128 to 255, and OPT), and the reserved type 0.
 */
export function isMetaType(type: RRType): boolean {
  return (type >= 128 && type <= 255) || type === TYPE.OPT || type === 0;
}

/** Upper case of ASCII alone: Unicode has other letters whose upper case is one of ASCII. */
function foldMnemonic(text: string): string {
  return /^[A-Za-z0-9]+$/.test(text) ? text.toUpperCase() : '';
}

function scanNumbered(text: string, prefix: string): number | undefined {
  if (!text.startsWith(prefix)) return undefined;
  const digits = text.slice(prefix.length);
  if (!/^\d{1,5}$/.test(digits)) return undefined;
  const number = Number(digits);
  return number <= 0xffff ? number : undefined;
}
