import {
  type Edns,
  EDNS_OPTION,
  findOption,
  type Header,
  HEADER_OCTETS,
  isFailure,
  ParseFailure,
  parseQuestion,
  type ParsedHeader,
  type Question,
  type ResourceRecord,
} from '@kubezone/core';

import { isWellFormedCookie } from '../cookies/server-cookie.ts';
import { readQueryRecords } from './query-records.ts';

/** A question, and where the octet after it stands in the query: it is echoed as it was sent. */
export interface PlacedQuestion extends Question {
  readonly end: number;
}

/** What a query says, as far as an authoritative server cares. */
export interface Query {
  readonly header: Header;
  /** Absent where there is none, which is only good for getting a cookie (RFC 7873, section 5.4). */
  readonly question?: PlacedQuestion;
  readonly edns?: Edns;
  /** The data of the COOKIE option. */
  readonly cookie?: Uint8Array;
  readonly tsig?: ResourceRecord;
}

/** A query that cannot be understood, as far as it can: to be answered FORMERR. */
export interface MalformedQuery {
  readonly header: Header;
  readonly question?: PlacedQuestion;
  /** Present where the OPT record itself is well-formed: then the response has one too (RFC 6891, section 7). */
  readonly edns?: Edns;
  readonly failure: ParseFailure;
}

/** Whether a query could not be understood. */
export function isMalformed(query: Query | MalformedQuery): query is MalformedQuery {
  return 'failure' in query;
}

/** Parses a query that was accepted by its header. */
export function parseQuery(request: Uint8Array, parsed: ParsedHeader): Query | MalformedQuery {
  const { header } = parsed;
  const question = parsed.questionCount === 1 ? placedQuestion(request) : undefined;
  if (isFailure(question)) return { header, failure: question };
  const asked = { header, ...(question && { question }) };
  const records = readQueryRecords(request, question?.end ?? HEADER_OCTETS, parsed);
  if (isFailure(records)) return { ...asked, failure: records };
  const { edns, tsig } = records;
  const query = { ...asked, ...(edns && { edns }) };
  // What follows from options and from there being no question is not known in other versions: they are answered BADVERS.
  if (edns !== undefined && edns.version > 0) return { ...query, ...(tsig && { tsig }) };
  const cookie = edns && findOption(edns, EDNS_OPTION.COOKIE)?.data;
  if (cookie !== undefined && !isWellFormedCookie(cookie)) {
    return { ...query, failure: new ParseFailure('BAD_FIELD', `a COOKIE option has 8 or 16 to 40 octets, not ${cookie.length}`) };
  }
  if (question === undefined && cookie === undefined) {
    return { ...query, failure: new ParseFailure('BAD_MESSAGE', 'a query has one question') };
  }
  return { ...query, ...(cookie && { cookie }), ...(tsig && { tsig }) };
}

function placedQuestion(request: Uint8Array): PlacedQuestion | ParseFailure {
  const parsed = parseQuestion(request, HEADER_OCTETS);
  return isFailure(parsed) ? parsed : { ...parsed.value, end: parsed.end };
}
