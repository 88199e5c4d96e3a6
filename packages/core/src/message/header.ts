/** The header that begins every message (RFC 1035, section 4.1.1; RFC 2535, section 6.1, for AD and CD). */
import { ParseFailure } from '../failure.ts';
import { readUnsigned } from '../rr/unsigned.ts';

/** The first 4 of the header's 12 octets; the other 8 are the counts of the sections. */
export interface Header {
  /** 0 to 65535. */
  readonly id: number;
  /** QR: a response, not a request. */
  readonly response: boolean;
  readonly opcode: number;
  /** AA. */
  readonly authoritative: boolean;
  /** TC. */
  readonly truncated: boolean;
  /** RD. */
  readonly recursionDesired: boolean;
  /** RA. */
  readonly recursionAvailable: boolean;
  /** AD. */
  readonly authenticData: boolean;
  /** CD. */
  readonly checkingDisabled: boolean;
  /** The lower 4 bits; the upper 8 stand in EDNS (see `fullRcode`). */
  readonly rcode: number;
}

/** A header, and how many entries each section is said to have. */
export interface ParsedHeader {
  readonly header: Header;
  readonly questionCount: number;
  readonly answerCount: number;
  readonly authorityCount: number;
  readonly additionalCount: number;
}

/** The header's length. */
export const HEADER_OCTETS = 12;

/** The bits of the header's second word. The one bit that is missing, Z, is sent as zero and ignored. */
const FLAG = { QR: 0x8000, AA: 0x0400, TC: 0x0200, RD: 0x0100, RA: 0x0080, AD: 0x0020, CD: 0x0010 } as const;

/** Parses the header alone: enough to refuse a message that is malformed further on. */
export function parseHeader(octets: Uint8Array): ParsedHeader | ParseFailure {
  if (octets.length < HEADER_OCTETS) {
    return new ParseFailure('TRUNCATED', `a message has at least 12 octets; this one has ${octets.length}`, octets.length);
  }
  const flags = readUnsigned(octets, 2, 2);
  return {
    header: {
      id: readUnsigned(octets, 0, 2),
      response: (flags & FLAG.QR) !== 0,
      opcode: (flags >> 11) & 15,
      authoritative: (flags & FLAG.AA) !== 0,
      truncated: (flags & FLAG.TC) !== 0,
      recursionDesired: (flags & FLAG.RD) !== 0,
      recursionAvailable: (flags & FLAG.RA) !== 0,
      authenticData: (flags & FLAG.AD) !== 0,
      checkingDisabled: (flags & FLAG.CD) !== 0,
      rcode: flags & 15,
    },
    questionCount: readUnsigned(octets, 4, 2),
    answerCount: readUnsigned(octets, 6, 2),
    authorityCount: readUnsigned(octets, 8, 2),
    additionalCount: readUnsigned(octets, 10, 2),
  };
}

/** The header's second word. */
export function composeFlags(header: Header): number {
  return (
    (header.response ? FLAG.QR : 0) |
    ((header.opcode & 15) << 11) |
    (header.authoritative ? FLAG.AA : 0) |
    (header.truncated ? FLAG.TC : 0) |
    (header.recursionDesired ? FLAG.RD : 0) |
    (header.recursionAvailable ? FLAG.RA : 0) |
    (header.authenticData ? FLAG.AD : 0) |
    (header.checkingDisabled ? FLAG.CD : 0) |
    (header.rcode & 15)
  );
}
