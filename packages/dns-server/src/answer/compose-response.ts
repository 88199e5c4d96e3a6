import {
  type Edns,
  ednsLength,
  type Header,
  HEADER_OCTETS,
  MAX_MESSAGE_OCTETS,
  type MessageWriter,
  type ResourceRecord,
  type RRset,
  type Section,
  TYPE,
  wireLength,
} from '@kubezone/core';

import type { Client, ReplyContext } from './context.ts';
import type { PlacedQuestion } from './query.ts';
import type { RelayedFlags, Solution } from './solve.ts';

/** The longest UDP message without EDNS, and the least that EDNS can ask for (RFC 1035, section 2.3.4; RFC 6891, section 6.2.3). */
const MIN_UDP_OCTETS = 512;

/** The fixed part of a record after its owner (RFC 1035, section 4.1.3). */
const RECORD_FIXED_OCTETS = 10;

/** What a response is composed of. */
export interface ResponseParts {
  readonly request: Uint8Array;
  /** Of the request. */
  readonly header: Header;
  /** Absent where it could not be parsed, or there is none. */
  readonly question?: PlacedQuestion;
  readonly solution: Solution;
  readonly edns?: Edns;
  readonly tsig?: ResourceRecord;
}

/** A response as octets. */
export interface ComposedResponse {
  /** A view of the writer's buffer, valid until its next message. */
  readonly octets: Uint8Array;
  readonly truncated: boolean;
}

/** How long the response may be. */
export function responseLimit(client: Client, asked: Edns | undefined, context: ReplyContext): number {
  if (client.transport === 'tcp') return MAX_MESSAGE_OCTETS;
  if (asked === undefined) return MIN_UDP_OCTETS;
  return Math.min(Math.max(asked.udpPayloadSize, MIN_UDP_OCTETS), context.udpPayloadSize);
}

/** Composes a response that is nothing but a header. */
export function composeHeaderOnly(request: Header, rcode: number, writer: MessageWriter): Uint8Array {
  writer.begin(HEADER_OCTETS, 0);
  writer.header(responseHeader(request, rcode, false));
  return writer.finish();
}

/** The header of a response: RD is copied, and of the other flags only QR, AA and TC are ever set (RFC 8906, section 8.1.3), but where it was relayed. */
function responseHeader(request: Header, rcode: number, authoritative: boolean, relayed?: RelayedFlags): Header {
  return {
    id: request.id,
    response: true,
    opcode: request.opcode,
    authoritative,
    truncated: false,
    recursionDesired: request.recursionDesired,
    recursionAvailable: false,
    authenticData: false,
    checkingDisabled: false,
    rcode: rcode & 15,
    ...relayed,
  };
}

/**
 * Composes a response, at most `limit` octets long.
 *
 * RRsets go in whole or not at all, in order. The first of answer or authority section that does not fit ends the message, with TC set: what
 * stands before it (aliases, say) stays, as in NSD and Knot. TC is also set where glue of name servers below the cut does not fit (RFC 9471,
 * section 3.1); other additional RRsets are left out without a word, and so is what of the authority section only helps.
 *
 * Question and OPT record always have their places. A TSIG record that finds none beside them (key and algorithm may have 255 octets each) is left
 * out, with TC: over TCP there is room.
 */
export function composeResponse(parts: ResponseParts, limit: number, context: ReplyContext): ComposedResponse {
  const { writer } = context;
  const { request, question, solution, edns } = parts;
  const reserve = edns === undefined ? 0 : ednsLength(edns);
  const room = limit - reserve - (question === undefined ? HEADER_OCTETS : question.end);
  const tsig = parts.tsig !== undefined && recordLength(parts.tsig) <= room ? parts.tsig : undefined;
  writer.begin(limit, reserve + (tsig === undefined ? 0 : recordLength(tsig)));
  writer.header(responseHeader(parts.header, solution.rcode, solution.authoritative, solution.relayed));
  if (question !== undefined) writer.copyQuestion(request, HEADER_OCTETS, question.end, question.name);
  const whole = writeSections(writer, solution, context.random);
  if (edns !== undefined && !writer.edns(edns))
    throw new RangeError(`an OPT record of ${reserve} octets does not fit into ${limit}`);
  const signed = tsig === undefined ? parts.tsig === undefined : writer.record('additional', tsig);
  const truncated = !whole || !signed;
  return { octets: writer.finish({ truncated }), truncated };
}

/** Returns whether everything that must be in the message is. */
function writeSections(
  writer: MessageWriter,
  { answer, authority, optionalAuthority, glue, additional, rotate }: Solution,
  random: () => number,
): boolean {
  const write = (section: Section, rrset: RRset): boolean =>
    writer.rrset(section, rrset, rotate ? { first: firstOf(rrset, random) } : {});
  const inOrder = answer.every((rrset) => write('answer', rrset)) && authority.every((rrset) => write('authority', rrset));
  if (!inOrder) return false;
  if (!optionalAuthority.every((rrset) => write('authority', rrset))) return true;
  // Of addresses, one set that does not fit says nothing about the next, which may be smaller.
  let whole = true;
  for (const rrset of glue) if (!write('additional', rrset)) whole = false;
  for (const rrset of additional) write('additional', rrset);
  return whole;
}

/** Which address comes first. The order after it goes round, so each address comes first equally often. */
function firstOf({ type, rdatas }: RRset, random: () => number): number {
  if (rdatas.length < 2 || (type !== TYPE.A && type !== TYPE.AAAA)) return 0;
  return Math.floor(random() * rdatas.length);
}

function recordLength({ owner, rdata }: ResourceRecord): number {
  return wireLength(owner) + RECORD_FIXED_OCTETS + rdata.length;
}
