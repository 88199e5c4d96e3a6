import { OPCODE, type ParsedHeader, RCODE } from '@kubezone/core';

/** What the header decides about a message: it is parsed, refused with an rcode, or gets no answer. */
export type Acceptance = 'parse' | 'drop' | { readonly rcode: number };

const NOT_IMPLEMENTED: Acceptance = { rcode: RCODE.NOTIMP };
const MALFORMED: Acceptance = { rcode: RCODE.FORMERR };

/** An IXFR query has the client's SOA in its authority section (RFC 1995, section 3); no other query has anything there. */
const MAX_AUTHORITIES = 1;
/** OPT (RFC 6891) and TSIG or SIG(0) (RFC 8945, RFC 2931): what a query has in its additional section. */
const MAX_ADDITIONALS = 2;

/**
 * Decides about a message by its header alone, before anything else of it is parsed.
 *
 * - A response gets no answer: two servers could go on answering each other for ever.
 * - An opcode other than QUERY: NOTIMP, whatever follows the header, since its format is the opcode's own affair (RFC 8906, section 8.1.4).
 * - More than one question: FORMERR (RFC 9619, section 4). None is left to the parser: with a cookie it is allowed (RFC 7873, section 5.4).
 * - More records than any query has: FORMERR, before thousands of them are parsed.
 */
export function accept({ header, questionCount, answerCount, authorityCount, additionalCount }: ParsedHeader): Acceptance {
  if (header.response) return 'drop';
  if (header.opcode !== OPCODE.QUERY) return NOT_IMPLEMENTED;
  if (questionCount > 1 || answerCount > 0) return MALFORMED;
  if (authorityCount > MAX_AUTHORITIES || additionalCount > MAX_ADDITIONALS) return MALFORMED;
  return 'parse';
}
