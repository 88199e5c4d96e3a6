import { CLASS, EDE, type Question, RCODE, TYPE } from '@kubezone/core';

import type { ZoneTable } from './context.ts';
import type { Query } from './query.ts';
import { responsibleZone } from './responsible-zone.ts';
import { refusal, type Solution, solve } from './solve.ts';

/**
 * Decides what a well-formed query is answered.
 *
 * @param givesCookie whether the response brings a cookie
 */
export function decide(query: Query, givesCookie: boolean, zones: ZoneTable): Solution {
  // The server has no keys, so every key is an unknown one (RFC 8945, section 5.2.1).
  if (query.tsig !== undefined) return refusal(RCODE.NOTAUTH);
  // What a version that does not exist would mean is not known (RFC 6891, section 6.1.3).
  if (query.edns !== undefined && query.edns.version > 0) return refusal(RCODE.BADVERS);
  // A query without question asks for a cookie and no more (RFC 7873, section 5.4).
  if (query.question === undefined) return refusal(givesCookie ? RCODE.NOERROR : RCODE.FORMERR);
  return decideQuestion(query.question, zones);
}

function decideQuestion({ name, type, class: qclass }: Question, zones: ZoneTable): Solution {
  if (qclass !== CLASS.IN && qclass !== CLASS.ANY) return refusal(RCODE.REFUSED, EDE.NOT_SUPPORTED);
  const served = responsibleZone(zones, name, type);
  if (served === undefined) return refusal(RCODE.REFUSED, EDE.NOT_AUTHORITATIVE);
  if (type === TYPE.AXFR || type === TYPE.IXFR) return refusal(RCODE.REFUSED, EDE.PROHIBITED);
  const solution = solve(served, name, type, zones);
  // Class ANY is a question that only we answer as if it were class IN.
  return solution.relays && qclass !== CLASS.IN ? { ...solution, relays: false } : solution;
}
