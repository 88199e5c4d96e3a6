import { EDNS_OPTION, TYPE } from '@kubezone/core';

const HEADER_OCTETS = 12;
/** Owner, type, class, TTL and length of an OPT record (RFC 6891, section 6.1.2). */
const OPT_OCTETS = 11;
/** A client cookie, and the shortest server cookie after it (RFC 7873, section 4). */
const SHORTEST_COOKIE = 16;

/**
 * Whether a query seems to carry a server cookie, whatever it may be worth: one question, then an OPT record with the option. Looks at a few octets and nothing else, so that those who are over a
 * limit cost as little as can be.
 */
export function carriesServerCookie(query: Uint8Array, length: number): boolean {
  let at = HEADER_OCTETS;
  while (at < length && query[at] !== 0) at += (query[at] as number) + 1;
  // The root's label, type and class.
  at += 5;
  if (at + OPT_OCTETS > length || query[at] !== 0 || uint16(query, at + 1) !== TYPE.OPT) return false;
  const end = Math.min(length, at + OPT_OCTETS + uint16(query, at + 9));
  at += OPT_OCTETS;
  while (at + 4 <= end) {
    const octets = uint16(query, at + 2);
    if (uint16(query, at) === EDNS_OPTION.COOKIE) return octets >= SHORTEST_COOKIE && at + 4 + octets <= end;
    at += 4 + octets;
  }
  return false;
}

function uint16(octets: Uint8Array, at: number): number {
  return ((octets[at] as number) << 8) | (octets[at + 1] as number);
}
