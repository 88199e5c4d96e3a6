import { isFailure, parseHeader, RCODE } from '@kubezone/core';

import type { CookieReply } from '../cookies/server-cookie.ts';
import { accept } from './accept.ts';
import { composeHeaderOnly, composeResponse, responseLimit } from './compose-response.ts';
import type { AnswerContext, Client, ReplyContext } from './context.ts';
import { decide } from './decide.ts';
import { isMalformed, type MalformedQuery, parseQuery, type Query } from './query.ts';
import { cookieReply, responseEdns } from './response-edns.ts';
import { refusal, type Solution } from './solve.ts';
import { tsigBadKey } from './tsig-error.ts';

/** A response, and what is worth counting of it. */
export interface Response {
  /** A view of the writer's buffer, valid until its next message. */
  readonly octets: Uint8Array;
  /** The query type; 0 where no question could be parsed. */
  readonly type: number;
  /** The whole rcode, EDNS's part included. */
  readonly rcode: number;
  readonly truncated: boolean;
  /** What the query's server cookie was worth; absent where there was none, or cookies are not used. */
  readonly cookie?: 'valid' | 'invalid';
  /** Whether the query is to be relayed; this is the answer where it cannot be. */
  readonly relays: boolean;
}

/**
 * Answers one DNS message: octets in, octets out.
 *
 * @param request any octets whatever
 * @returns undefined where no answer is due: to what is no DNS message, and to responses
 */
export function answer(request: Uint8Array, client: Client, context: AnswerContext): Uint8Array | undefined {
  return respond(request, client, context)?.octets.slice();
}

/** As `answer`, with what is worth counting, and without the copy. */
export function respond(request: Uint8Array, client: Client, context: AnswerContext): Response | undefined {
  const parsed = parseHeader(request);
  if (isFailure(parsed)) return undefined;
  const acceptance = accept(parsed);
  if (acceptance === 'drop') return undefined;
  if (acceptance !== 'parse') {
    const { rcode } = acceptance;
    return { octets: composeHeaderOnly(parsed.header, rcode, context.writer), type: 0, rcode, truncated: false, relays: false };
  }
  const query = parseQuery(request, parsed);
  if (isMalformed(query)) return reply(request, query, refusal(RCODE.FORMERR), undefined, client, context);
  const cookie = query.cookie && cookieReply(query.cookie, client, context);
  return reply(request, query, decide(query, cookie !== undefined, context.zones), cookie, client, context);
}

/**
 * Answers a query with something that was found elsewhere: by another server, or that there is nothing to be had.
 *
 * @returns undefined where the query is one that `respond` does not answer from zones
 */
export function respondWith(
  request: Uint8Array,
  solution: Solution,
  client: Client,
  context: ReplyContext,
): Response | undefined {
  const parsed = parseHeader(request);
  if (isFailure(parsed) || accept(parsed) !== 'parse') return undefined;
  const query = parseQuery(request, parsed);
  if (isMalformed(query)) return undefined;
  return reply(request, query, solution, query.cookie && cookieReply(query.cookie, client, context), client, context);
}

function reply(
  request: Uint8Array,
  query: Query | MalformedQuery,
  solution: Solution,
  cookie: CookieReply | undefined,
  client: Client,
  context: ReplyContext,
): Response {
  const { header, question, edns: asked } = query;
  const { rcode } = solution;
  const edns = asked && responseEdns(asked, solution, cookie, client, context);
  const tsig = isMalformed(query) || query.tsig === undefined ? undefined : tsigBadKey(query.tsig, header.id);
  const parts = { request, header, solution, ...(question && { question }), ...(edns && { edns }), ...(tsig && { tsig }) };
  const composed = composeResponse(parts, responseLimit(client, asked, context), context);
  return {
    ...composed,
    type: question?.type ?? 0,
    rcode,
    relays: solution.relays === true,
    ...(cookie?.offered && { cookie: cookie.valid ? 'valid' : 'invalid' }),
  };
}
