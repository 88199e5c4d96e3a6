import type { Transport } from '../support/query-client.ts';
import { readReply } from '../support/read-reply.ts';

/** What a server may send over UDP to a client that states no size (RFC 1035, section 4.2.1). */
const UDP_WITHOUT_EDNS = 512;
/** What our server sends at most over UDP. */
const UDP_AT_MOST = 1232;
/** A header with nothing after it. */
const HEADER_OCTETS = 12;

const FORMERR = 1;
const NOTIMP = 4;
const OPCODE_QUERY = 0;

/**
 * Checks a reply to any packet whatever, by rules that need no understanding of the packet. A reply that breaks one could be used against
 * somebody: to loop two servers, to amplify, to confuse a reader.
 *
 * @param reply undefined where the server stays silent
 * @returns what is wrong; undefined where nothing is
 */
export function complaintAbout(packet: Uint8Array, reply: Uint8Array | undefined, transport: Transport): string | undefined {
  const isQuery = packet.length >= HEADER_OCTETS && ((packet[2] ?? 0) & 0x80) === 0;
  if (reply === undefined) return isQuery ? 'a query with a whole header got no reply' : undefined;
  if (packet.length < HEADER_OCTETS) return 'a packet shorter than a header got a reply';
  if (!isQuery) return 'a response got a reply: two servers could answer each other for ever';
  const length = reply.length;
  if (length < HEADER_OCTETS) return `the reply has ${length} octets, less than a header`;
  if (reply[0] !== packet[0] || reply[1] !== packet[1]) return 'the reply has another id';
  if (((reply[2] ?? 0) & 0x80) === 0) return 'the reply does not have QR set';
  if (((reply[2] ?? 0) & 0x79) !== ((packet[2] ?? 0) & 0x79)) return 'opcode or RD is not as in the query';
  const limit = transport === 'tcp' ? 65535 : hasOpt(reply) ? UDP_AT_MOST : UDP_WITHOUT_EDNS;
  if (length > limit) return `the reply has ${length} octets over ${transport}; at most ${limit} are allowed`;
  return undefined;
}

/**
 * Checks a reply down to its records: it can be read to its last octet, refuses without data, and says nothing twice. Costs more
 * than `complaintAbout`.
 */
export function complaintAboutContents(packet: Uint8Array, octets: Uint8Array): string | undefined {
  let reply;
  try {
    reply = readReply(octets);
  } catch (error) {
    return `the reply cannot be read: ${String(error)}`;
  }
  if (reply.ra) return 'RA is set by a server without recursion';
  if (reply.ad) return 'AD is set by a server that validates nothing';
  if (((octets[3] ?? 0) & 0x40) !== 0) return 'the reserved bit Z is set';
  if (reply.rcode > 23) return `there is no rcode ${reply.rcode}`;
  if (reply.opcode !== OPCODE_QUERY && reply.rcode !== NOTIMP && reply.rcode !== FORMERR && reply.rcode !== 16) {
    return `opcode ${reply.opcode} got rcode ${reply.rcode}`;
  }
  if ((reply.rcode === FORMERR || reply.rcode === NOTIMP) && reply.answer.length + reply.authority.length > 0) {
    return `rcode ${reply.rcode} came with data`;
  }
  if (reply.tc && reply.octets > packet.length + UDP_AT_MOST) return 'TC is set on a reply that is larger than any limit';
  for (const section of [reply.answer, reply.authority, reply.additional]) {
    const seen = new Set<string>();
    for (const { owner, type, rdata } of section) {
      const key = `${owner} ${type} ${rdata}`;
      if (seen.has(key)) return `a record stands twice in one section: ${key}`;
      seen.add(key);
    }
  }
  return undefined;
}

/** Whether a reply of ours ends in an OPT record: it stands last in the additional section, its owner the root. */
function hasOpt(reply: Uint8Array): boolean {
  if (((reply[10] ?? 0) << 8) + (reply[11] ?? 0) === 0) return false;
  try {
    return readReply(reply).edns !== undefined;
  } catch {
    return false;
  }
}
