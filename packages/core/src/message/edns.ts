/** EDNS (RFC 6891): the OPT record, which is no data but part of a message. */
import { ParseFailure } from '../failure.ts';
import { ROOT } from '../name/owner-name.ts';
import { TYPE } from '../rr/rr-type.ts';
import type { ResourceRecord } from '../rr/rrset.ts';
import { readUnsigned } from '../rr/unsigned.ts';

/** Option codes (IANA "DNS EDNS0 Option Codes"). */
export const EDNS_OPTION = {
  /** RFC 5001. */
  NSID: 3,
  /** RFC 7871. */
  CLIENT_SUBNET: 8,
  /** RFC 7314. */
  EXPIRE: 9,
  /** RFC 7873. */
  COOKIE: 10,
  /** RFC 7828. */
  TCP_KEEPALIVE: 11,
  /** RFC 7830. */
  PADDING: 12,
  /** RFC 7901. */
  CHAIN: 13,
  /** RFC 8914. */
  EXTENDED_ERROR: 15,
  /** RFC 9567. */
  REPORT_CHANNEL: 18,
  /** RFC 9660. */
  ZONE_VERSION: 19,
} as const;

/** One option. */
export interface EdnsOption {
  readonly code: number;
  readonly data: Uint8Array;
}

/** What the OPT record says. */
export interface Edns {
  /** The sender's largest UDP message, in octets, as written: values below 512 count as 512 (section 6.2.3). */
  readonly udpPayloadSize: number;
  /** The upper 8 bits of the 12 bits of RCODE. */
  readonly extendedRcode: number;
  /** Only 0 exists (section 6.1.3). */
  readonly version: number;
  /** DO (RFC 3225). The other flags have no meaning: they are ignored on receipt and sent as zero. */
  readonly dnssecOk: boolean;
  /** None where the version is not 0: see `parseEdns`. */
  readonly options: readonly EdnsOption[];
}

/** The length of an OPT record without options: root, type, class, TTL and RDLENGTH. */
const OPT_OCTETS = 11;
const DO = 0x8000;
const NO_OCTETS = new Uint8Array();

/**
 * Parses an OPT record. The options are views into its rdata.
 *
 * Of a version that is not 0 the options are not read, whatever its rdata holds: nobody knows what they look like, and the answer is BADVERS
 * (section 6.1.3), not FORMERR.
 */
export function parseEdns(record: ResourceRecord): Edns | ParseFailure {
  if (record.type !== TYPE.OPT) return new ParseFailure('BAD_MESSAGE', 'the record is no OPT record');
  if (record.owner !== ROOT) return new ParseFailure('BAD_MESSAGE', `the OPT record's owner is ${record.owner}, not the root`);
  const version = ednsVersion(record.ttl);
  const rdata = version === 0 ? record.rdata : NO_OCTETS;
  const options: EdnsOption[] = [];
  for (let at = 0; at < rdata.length;) {
    const end = at + 4 > rdata.length ? rdata.length + 1 : at + 4 + readUnsigned(rdata, at + 2, 2);
    if (end > rdata.length) return new ParseFailure('TRUNCATED', 'the OPT record ends inside an option', rdata.length);
    options.push({ code: readUnsigned(rdata, at, 2), data: rdata.subarray(at + 4, end) });
    at = end;
  }
  return {
    udpPayloadSize: record.class,
    extendedRcode: record.ttl >>> 24,
    version,
    dnssecOk: (record.ttl & DO) !== 0,
    options,
  };
}

/** The version in an OPT record's TTL. */
export function ednsVersion(ttl: number): number {
  return (ttl >>> 16) & 0xff;
}

/** Composes the OPT record. */
export function composeEdns(edns: Edns): ResourceRecord {
  const rdata = new Uint8Array(ednsLength(edns) - OPT_OCTETS);
  const view = new DataView(rdata.buffer);
  let at = 0;
  for (const { code, data } of edns.options) {
    view.setUint16(at, code);
    view.setUint16(at + 2, data.length);
    rdata.set(data, at + 4);
    at += 4 + data.length;
  }
  return { owner: ROOT, type: TYPE.OPT, class: edns.udpPayloadSize, ttl: ednsFlags(edns), rdata };
}

/** How many octets the OPT record takes in a message: what to reserve for it. */
export function ednsLength(edns: Edns): number {
  let length = OPT_OCTETS;
  for (const option of edns.options) length += 4 + option.data.length;
  return length;
}

/** The OPT record's TTL: extended RCODE, version and flags (section 6.1.3). */
export function ednsFlags(edns: Edns): number {
  return ((edns.extendedRcode << 24) | (edns.version << 16) | (edns.dnssecOk ? DO : 0)) >>> 0;
}

/** The first option with a code. */
export function findOption(edns: Edns, code: number): EdnsOption | undefined {
  return edns.options.find((option) => option.code === code);
}
