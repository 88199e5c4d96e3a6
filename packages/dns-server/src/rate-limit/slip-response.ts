import { EDNS_OPTION, RCODE, TYPE } from '@kubezone/core';

const HEADER_OCTETS = 12;
/** Type, class, TTL and length of a record, after its owner. */
const RECORD_OCTETS = 10;
const TC = 0x02;
const AA = 0x04;
/** A client cookie, and the shortest server cookie after it (RFC 7873, section 4). */
const SHORTEST_COOKIE = 16;

/**
 * Makes of a response, in its place, what a client gets that is beyond its limit: as long as its query or shorter, so that it is of no use to whoever forged the client's address, and enough for a client
 * that is no forgery to get its answer in another way.
 *
 * - With a server cookie in it (the client understands cookies, and had none that is valid): BADCOOKIE. The client asks again with the cookie, which exempts it (RFC 7873, section 5.2.3).
 * - Otherwise: no records, and TC. The client asks again over TCP.
 * - Errors have no records, and stay as they are: no client asks again over TCP because of them.
 *
 * @param octets a whole response with one question, or none, that was composed here; `length` of them
 * @param rcode the response's, whole
 * @returns the new length
 */
export function slipResponse(octets: Uint8Array, length: number, rcode: number): number {
  if (rcode !== RCODE.NOERROR && rcode !== RCODE.NXDOMAIN) return length;
  const questionEnd = uint16(octets, 4) === 0 ? HEADER_OCTETS : skipName(octets, HEADER_OCTETS) + 4;
  const opt = findOpt(octets, questionEnd, uint16(octets, 6) + uint16(octets, 8) + uint16(octets, 10));
  octets.fill(0, 6, 12);
  if (opt < 0) {
    octets[2] = (octets[2] as number) | TC;
    return questionEnd;
  }
  const octetsOfOpt = 1 + RECORD_OCTETS + uint16(octets, opt + 9);
  octets.copyWithin(questionEnd, opt, opt + octetsOfOpt);
  octets[11] = 1;
  const end = questionEnd + octetsOfOpt;
  if (hasServerCookie(octets, questionEnd + 1 + RECORD_OCTETS, end)) {
    octets[2] = (octets[2] as number) & ~(TC | AA);
    octets[3] = ((octets[3] as number) & 0xf0) | (RCODE.BADCOOKIE & 0x0f);
    // The higher bits of an rcode stand in the first octet of OPT's TTL (RFC 6891, section 6.1.3).
    octets[questionEnd + 5] = RCODE.BADCOOKIE >>> 4;
  } else {
    octets[2] = (octets[2] as number) | TC;
  }
  return end;
}

/** Where the OPT record begins among so many records; -1 for none. */
function findOpt(octets: Uint8Array, start: number, records: number): number {
  let at = start;
  for (let record = 0; record < records; record++) {
    const afterOwner = skipName(octets, at);
    if (uint16(octets, afterOwner) === TYPE.OPT) return at;
    at = afterOwner + RECORD_OCTETS + uint16(octets, afterOwner + 8);
  }
  return -1;
}

function hasServerCookie(octets: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at + 4 <= end; at += 4 + uint16(octets, at + 2)) {
    if (uint16(octets, at) === EDNS_OPTION.COOKIE) return uint16(octets, at + 2) >= SHORTEST_COOKIE;
  }
  return false;
}

/** The offset after a name, which may end in a compression pointer. */
function skipName(octets: Uint8Array, start: number): number {
  let at = start;
  for (let octet = octets[at] as number; octet !== 0; octet = octets[at] as number) {
    if (octet >= 0xc0) return at + 2;
    at += octet + 1;
  }
  return at + 1;
}

function uint16(octets: Uint8Array, at: number): number {
  return ((octets[at] as number) << 8) | (octets[at + 1] as number);
}
