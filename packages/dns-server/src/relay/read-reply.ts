import {
  CLASS,
  EDNS_OPTION,
  findOption,
  fullRcode,
  HEADER_OCTETS,
  isFailure,
  OPCODE,
  type ParsedHeader,
  type ParsedMessage,
  parseHeader,
  parseMessage,
  parseQuestion,
  RCODE,
  readExtendedError,
} from '@kubezone/core';

import type { RelayQuestion } from './relay-question.ts';

/** What octets that came from a server are. */
export type Reply =
  /** The answer to the question, be it that the name does not exist. */
  | { readonly kind: 'answer'; readonly message: ParsedMessage }
  /** The answer is longer than a datagram may be: it is to be fetched over TCP. */
  | { readonly kind: 'truncated' }
  /** Another id, another question, no response: whoever has sent it did not see the query, and the answer may still come (RFC 5452, section 9.1). */
  | { readonly kind: 'mismatch' }
  /** The server does not know EDNS (RFC 6891, section 7): it is to be asked without. */
  | { readonly kind: 'without-edns' }
  /** The server refuses, or fails, or talks nonsense: another one may do better. */
  | { readonly kind: 'failure'; readonly reason: string; readonly extendedError?: number };

/** What of an answer may be passed on: data, none, and the name that gets too long below a DNAME (RFC 6672, section 2.2). */
const ANSWERS: readonly number[] = [RCODE.NOERROR, RCODE.NXDOMAIN, RCODE.YXDOMAIN];
/** How a server that does not know EDNS answers a query that has it. */
const WITHOUT_EDNS: readonly number[] = [RCODE.FORMERR, RCODE.NOTIMP];

/** What was sent, as far as a reply must match it. */
export interface SentQuery {
  readonly id: number;
  readonly question: RelayQuestion;
  readonly transport: 'udp' | 'tcp';
  readonly hasEdns: boolean;
}

/** Reads what came in from the address that was asked. */
export function readReply(octets: Uint8Array, sent: SentQuery): Reply {
  const parsed = parseHeader(octets);
  if (isFailure(parsed)) return { kind: 'mismatch' };
  const { header, questionCount } = parsed;
  if (header.id !== sent.id || !header.response || header.opcode !== OPCODE.QUERY) return { kind: 'mismatch' };
  // A server that could not read the question may leave it out of its complaint.
  const isBareComplaint = questionCount === 0 && !ANSWERS.includes(header.rcode);
  if (!isBareComplaint && !repeatsQuestion(octets, parsed, sent.question)) return { kind: 'mismatch' };
  if (header.truncated && sent.transport === 'udp') return { kind: 'truncated' };
  const message = parseMessage(octets);
  if (isFailure(message)) return { kind: 'failure', reason: `malformed response: ${message.message}` };
  const rcode = fullRcode(message);
  if (ANSWERS.includes(rcode) && !header.truncated) return { kind: 'answer', message };
  if (sent.hasEdns && message.edns === undefined && WITHOUT_EDNS.includes(rcode)) return { kind: 'without-edns' };
  const option = message.edns && findOption(message.edns, EDNS_OPTION.EXTENDED_ERROR);
  const extendedError = option && readExtendedError(option)?.code;
  const reason = header.truncated ? 'truncated over TCP' : `rcode ${rcode}`;
  return { kind: 'failure', reason, ...(extendedError !== undefined && { extendedError }) };
}

function repeatsQuestion(octets: Uint8Array, { questionCount }: ParsedHeader, { name, type }: RelayQuestion): boolean {
  if (questionCount !== 1) return false;
  const question = parseQuestion(octets, HEADER_OCTETS);
  return (
    !isFailure(question) && question.value.name === name && question.value.type === type && question.value.class === CLASS.IN
  );
}
