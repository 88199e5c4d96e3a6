import {
  CLASS,
  composeMessage,
  type EdnsOption,
  type Header,
  isFailure,
  OPCODE,
  type OwnerName,
  parseHeader,
  type RRType,
} from '@kubezone/core';

import { isMalformed, parseQuery } from '../answer/query.ts';

/** What is asked of another server on behalf of a client: all of the client's query that makes a difference to the answer's data. The class is IN. */
export interface RelayQuestion {
  readonly name: OwnerName;
  readonly type: RRType;
  /** RD, as the client has it: a client that wants no recursion gets none. */
  readonly recursionDesired: boolean;
  /** CD. */
  readonly checkingDisabled: boolean;
  /** DO; false where the client has no EDNS. */
  readonly dnssecOk: boolean;
}

/**
 * How long a response may be that comes over UDP, whatever our own clients can take: the size that passes any path unfragmented (RFC 9715, appendix A). What is longer is
 * fetched over TCP.
 */
const UDP_PAYLOAD_SIZE = 1232;

/** What a client's query asks for; undefined where it is no query that could be relayed. */
export function relayQuestionOf(request: Uint8Array): RelayQuestion | undefined {
  const parsed = parseHeader(request);
  if (isFailure(parsed)) return undefined;
  const query = parseQuery(request, parsed);
  if (isMalformed(query) || query.question === undefined || query.question.class !== CLASS.IN) return undefined;
  const { name, type } = query.question;
  const { recursionDesired, checkingDisabled } = query.header;
  return { name, type, recursionDesired, checkingDisabled, dnssecOk: query.edns?.dnssecOk ?? false };
}

/** The same text for questions that one answer serves. */
export function keyOf({ name, type, recursionDesired, checkingDisabled, dnssecOk }: RelayQuestion): string {
  return `${type} ${Number(recursionDesired)}${Number(checkingDisabled)}${Number(dnssecOk)} ${name}`;
}

/**
 * Composes the query that another server gets. EDNS is between the two of us: nothing of the client's but DO is passed on, cookies least of all (RFC 7873, section 5).
 *
 * @param option what we recognize our own query by, should it come back; without it the query has no EDNS, for a server that does not know EDNS
 */
export function composeRelayQuery(question: RelayQuestion, id: number, option: EdnsOption | undefined): Uint8Array {
  const { name, type, recursionDesired, checkingDisabled, dnssecOk } = question;
  const header: Header = {
    id,
    response: false,
    opcode: OPCODE.QUERY,
    authoritative: false,
    truncated: false,
    recursionDesired,
    recursionAvailable: false,
    authenticData: false,
    checkingDisabled,
    rcode: 0,
  };
  return composeMessage({
    header,
    questions: [{ name, type, class: CLASS.IN }],
    answers: [],
    authorities: [],
    additionals: [],
    ...(option && { edns: { udpPayloadSize: UDP_PAYLOAD_SIZE, extendedRcode: 0, version: 0, dnssecOk, options: [option] } }),
  });
}
