/** Words that stand for numbers in rdata. */
export interface Mnemonics {
  readonly numbers: ReadonlyMap<string, number>;
  /** How a number is printed; one that is missing here is printed as a number, though its word is understood. */
  readonly words: ReadonlyMap<number, string>;
}

function understood(table: Readonly<Record<string, number>>): Mnemonics {
  return { numbers: new Map(Object.entries(table)), words: new Map() };
}

function printed(table: Readonly<Record<string, number>>): Mnemonics {
  return {
    numbers: new Map(Object.entries(table)),
    words: new Map(Object.entries(table).map(([word, number]) => [number, word])),
  };
}

/** DNSSEC algorithm numbers (RFC 4034, appendix A.1, and IANA); printed as numbers, as every name server does. */
export const DNSSEC_ALGORITHMS: Mnemonics = understood({
  RSAMD5: 1,
  DH: 2,
  DSA: 3,
  RSASHA1: 5,
  'DSA-NSEC3-SHA1': 6,
  'RSASHA1-NSEC3-SHA1': 7,
  RSASHA256: 8,
  RSASHA512: 10,
  'ECC-GOST': 12,
  ECDSAP256SHA256: 13,
  ECDSAP384SHA384: 14,
  ED25519: 15,
  ED448: 16,
  INDIRECT: 252,
  PRIVATEDNS: 253,
  PRIVATEOID: 254,
});

/** Digest types of DS and CDS (IANA "Digest Algorithms"), by the words that BIND reads; printed as numbers, as every name server does. */
export const DIGEST_TYPES: Mnemonics = understood({
  'SHA-1': 1,
  SHA1: 1,
  'SHA-256': 2,
  SHA256: 2,
  GOST: 3,
  'SHA-384': 4,
  SHA384: 4,
});

/** Certificate types (RFC 4398, section 2.1). */
export const CERTIFICATE_TYPES: Mnemonics = printed({
  PKIX: 1,
  SPKI: 2,
  PGP: 3,
  IPKIX: 4,
  ISPKI: 5,
  IPGP: 6,
  ACPKIX: 7,
  IACPKIX: 8,
  URI: 253,
  OID: 254,
});

/** The error field of TSIG: RCODEs, and the errors of RFC 8945, section 3. */
export const TSIG_ERRORS: Mnemonics = printed({
  NOERROR: 0,
  FORMERR: 1,
  SERVFAIL: 2,
  NXDOMAIN: 3,
  NOTIMP: 4,
  REFUSED: 5,
  NOTAUTH: 9,
  BADSIG: 16,
  BADKEY: 17,
  BADTIME: 18,
  BADTRUNC: 22,
});
