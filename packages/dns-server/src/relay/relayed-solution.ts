import { CLASS, fullRcode, type Message, type ResourceRecord, type RRset } from '@kubezone/core';

import type { Solution } from '../answer/solve.ts';
import type { RelayQuestion } from './relay-question.ts';

/**
 * What a client is answered that another server has answered: the same records, in the same order, with their TTLs, and the same rcode. Not AA, since it is not our data; not AD, since nothing was validated
 * here (RFC 4035, section 3.2.3). EDNS is our own affair with the client, and so is the limit of its length.
 */
export function relayedSolution(message: Message, { checkingDisabled }: RelayQuestion): Solution {
  return {
    rcode: fullRcode(message),
    authoritative: false,
    answer: toRRsets(message.answers),
    authority: toRRsets(message.authorities),
    optionalAuthority: [],
    glue: [],
    additional: toRRsets(message.additionals),
    rotate: false,
    relayed: { recursionAvailable: message.header.recursionAvailable, checkingDisabled },
  };
}

/** Puts together what stands together. Records of one RRset with different TTLs, or apart from each other, keep their places. */
function toRRsets(records: readonly ResourceRecord[]): RRset[] {
  const rrsets: (RRset & { readonly rdatas: Uint8Array[] })[] = [];
  for (const { owner, type, class: klass, ttl, rdata } of records) {
    if (klass !== CLASS.IN) continue;
    const last = rrsets.at(-1);
    if (last?.owner === owner && last.type === type && last.ttl === ttl) last.rdatas.push(rdata);
    else rrsets.push({ owner, type, ttl, rdatas: [rdata] });
  }
  return rrsets;
}
