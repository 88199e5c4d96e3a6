/** Extended DNS Errors (RFC 8914): why an answer is as it is, for a person. */
import { EDNS_OPTION, type EdnsOption } from './edns.ts';

/** INFO-CODEs (RFC 8914, section 4, and IANA's registry). */
export const EDE = {
  OTHER: 0,
  UNSUPPORTED_DNSKEY_ALGORITHM: 1,
  UNSUPPORTED_DS_DIGEST_TYPE: 2,
  STALE_ANSWER: 3,
  FORGED_ANSWER: 4,
  DNSSEC_INDETERMINATE: 5,
  DNSSEC_BOGUS: 6,
  SIGNATURE_EXPIRED: 7,
  SIGNATURE_NOT_YET_VALID: 8,
  DNSKEY_MISSING: 9,
  RRSIGS_MISSING: 10,
  NO_ZONE_KEY_BIT_SET: 11,
  NSEC_MISSING: 12,
  CACHED_ERROR: 13,
  NOT_READY: 14,
  BLOCKED: 15,
  CENSORED: 16,
  FILTERED: 17,
  PROHIBITED: 18,
  STALE_NXDOMAIN_ANSWER: 19,
  NOT_AUTHORITATIVE: 20,
  NOT_SUPPORTED: 21,
  NO_REACHABLE_AUTHORITY: 22,
  NETWORK_ERROR: 23,
  INVALID_DATA: 24,
  SIGNATURE_EXPIRED_BEFORE_VALID: 25,
  TOO_EARLY: 26,
  UNSUPPORTED_NSEC3_ITERATIONS: 27,
  UNABLE_TO_CONFORM_TO_POLICY: 28,
  SYNTHESIZED: 29,
  INVALID_QUERY_TYPE: 30,
} as const;

/** What an extended error says. */
export interface ExtendedError {
  readonly code: number;
  /** May be empty. */
  readonly text: string;
}

/** Makes the option for an extended error. */
export function extendedErrorOption(code: number, text = ''): EdnsOption {
  const encoded = Buffer.from(text, 'utf8');
  const data = new Uint8Array(2 + encoded.length);
  data[0] = code >> 8;
  data[1] = code & 0xff;
  data.set(encoded, 2);
  return { code: EDNS_OPTION.EXTENDED_ERROR, data };
}

/** The extended error in an option; undefined for other options, and where it is too short to have a code. */
export function readExtendedError(option: EdnsOption): ExtendedError | undefined {
  const { code, data } = option;
  if (code !== EDNS_OPTION.EXTENDED_ERROR || data.length < 2) return undefined;
  // A text may end in a null octet, which is no part of it (RFC 8914, section 2).
  const text = Buffer.from(data.subarray(2)).toString('utf8').replace(/\0$/, '');
  return { code: ((data[0] ?? 0) << 8) | (data[1] ?? 0), text };
}
