import { isFailure, parseMessage } from '@kubezone/core';

import { printReplyRecord } from './compare-replies.ts';
import type { Exchange } from './differential-run.ts';
import { queryName, typeName } from './query-arbitrary.ts';

const HEADER_OCTETS = 12;
const UDP_WITHOUT_EDNS = 512;
const OUR_UDP_LIMIT = 1232;

/**
 * Rules that our replies follow whatever the peers do: the question is echoed octet by octet, nothing exceeds what the client takes, no
 * record stands twice, EDNS is answered with EDNS, and core's own parser reads what all servers send.
 */
export function complaintsAboutOurs({ case: one, query, sent, octets, replies }: Exchange): string[] {
  const [reply] = replies;
  const [message] = octets;
  if (reply === undefined || message === undefined) return ['there is no reply'];
  const question = Buffer.from(sent).toString('hex', HEADER_OCTETS, sent.length - (query.ednsSize === undefined ? 0 : 11));
  const limit = query.transport === 'tcp' ? 65535 : Math.min(Math.max(query.ednsSize ?? 0, UDP_WITHOUT_EDNS), OUR_UDP_LIMIT);
  const complaints = [
    ...(reply.question === question ? [] : [`the question is ${reply.question}, not ${question}`]),
    ...(reply.octets <= limit ? [] : [`${reply.octets} octets are more than ${limit}`]),
    ...(reply.rd === query.recursionDesired ? [] : ['RD is not as in the query']),
    ...(reply.ra ? ['RA is set'] : []),
    ...((reply.edns === undefined) === (query.ednsSize === undefined) ? [] : ['EDNS is not answered with EDNS']),
    ...(reply.tc && query.transport === 'tcp' ? ['TC is set over TCP'] : []),
    ...[reply.answer, reply.authority, reply.additional].flatMap((section) => {
      const texts = section.map(printReplyRecord);
      return new Set(texts).size === texts.length ? [] : [`a record stands twice in a section: ${texts.join(' | ')}`];
    }),
    ...octets.flatMap((each, server) => {
      const parsed = parseMessage(each);
      return isFailure(parsed) ? [`core cannot parse the reply of server ${server}: ${parsed.message}`] : [];
    }),
  ];
  return complaints.map((complaint) => `${queryName(query, one.apex)} ${typeName(query.type)}: ${complaint}`);
}
