import { CLASS, type ObservedRRset, OPCODE, type OwnerName, RCODE, type ResourceRecord, type RRType, TYPE } from '@kubezone/core';

import { type DnsReply, type DnsSession, updateRequest } from './dns-session.ts';
import { observeRRsets } from './observe-rrsets.ts';
import { proofOf } from './update-records.ts';
import { transferZone } from './zone-transfer.ts';

/** From so many names on a transfer of the zone costs less. */
const TRANSFER_FROM = 500;
/** How many requests are under way at once; BIND stops reading a connection that has more than 23. */
const AT_ONCE = 16;

/** What is asked for one by one where ANY shows too little: the types that this project's users publish. */
const USUAL_TYPES: readonly RRType[] = [
  TYPE.A,
  TYPE.AAAA,
  TYPE.CNAME,
  TYPE.TXT,
  TYPE.MX,
  TYPE.NS,
  TYPE.SRV,
  TYPE.CAA,
  TYPE.PTR,
  TYPE.HTTPS,
  TYPE.SVCB,
  TYPE.NAPTR,
  TYPE.TLSA,
  TYPE.SSHFP,
];

/**
 * Reads what some names hold.
 *
 * A query does not show that. At a name that does not exist it shows the wildcard's data; at and below a zone cut a referral, below a DNAME a CNAME that nobody
 * wrote; and a server may answer ANY with as much as it likes (RFC 8482; Knot shows one RRset). Prerequisites of an UPDATE do look at what the zone itself holds (RFC 2136, section
 * 3.2). So a query makes a guess, and an UPDATE without updates proves it:
 *
 *     ANY example  ──►  A 192.0.2.1   ──►  is there exactly A 192.0.2.1, and no other type?   yes: that is it
 *                                     ──►  is the name not in use?                            yes: nothing is there
 *     A, AAAA, …   ──►  all there is  ──►  is there exactly that, and no other type?          yes: that is it
 *                                          else (glue, a rare type, a change in between)      transfer the zone, and look
 *
 * The proof is the server's own, of one moment, and costs one message; it changes nothing, the serial neither. TTLs have no part in it.
 *
 * @throws {ProviderError} where the zone must be transferred, and is refused
 * @throws {ExchangeError}
 */
export async function readNames(
  session: DnsSession,
  apex: OwnerName,
  owners: readonly OwnerName[],
): Promise<readonly ObservedRRset[]> {
  const wanted = [...new Set(owners)];
  if (wanted.length >= TRANSFER_FROM) return readByTransfer(session, apex, wanted);
  const found: ObservedRRset[] = [];
  const unclear: OwnerName[] = [];
  for (let at = 0; at < wanted.length; at += AT_ONCE) {
    const some = wanted.slice(at, at + AT_ONCE);
    const read = await Promise.all(some.map((owner) => readName(session, apex, owner)));
    for (const [index, owner] of some.entries()) {
      const rrsets = read[index];
      if (rrsets === undefined) unclear.push(owner);
      else found.push(...rrsets);
    }
  }
  return unclear.length === 0 ? found : [...found, ...(await readByTransfer(session, apex, unclear))];
}

async function readByTransfer(
  session: DnsSession,
  apex: OwnerName,
  owners: readonly OwnerName[],
): Promise<readonly ObservedRRset[]> {
  const names = new Set(owners);
  const records = await transferZone(session, apex);
  return observeRRsets(records.filter(({ owner }) => names.has(owner)));
}

/** What a name holds; undefined where only the zone can tell. */
async function readName(session: DnsSession, apex: OwnerName, owner: OwnerName): Promise<readonly ObservedRRset[] | undefined> {
  const guess = guessOf(owner, [await ask(session, owner, TYPE.ANY)]);
  if (guess === undefined) return undefined;
  if (await isProven(session, apex, owner, guess)) return guess;
  if (guess.length === 0) return undefined;
  if (await isProven(session, apex, owner, [])) return [];
  const replies = await Promise.all(USUAL_TYPES.map((type) => ask(session, owner, type)));
  const second = guessOf(owner, replies);
  return second !== undefined && (await isProven(session, apex, owner, second)) ? second : undefined;
}

function ask(session: DnsSession, owner: OwnerName, type: RRType): Promise<DnsReply> {
  return session.request({ opcode: OPCODE.QUERY, question: { name: owner, type, class: CLASS.IN } });
}

/** What a name seems to hold; undefined where the server does not answer. */
function guessOf(owner: OwnerName, replies: readonly DnsReply[]): readonly ObservedRRset[] | undefined {
  const records: ResourceRecord[] = [];
  for (const { message, authentic } of replies) {
    const { rcode } = message.header;
    if (!authentic || (rcode !== RCODE.NOERROR && rcode !== RCODE.NXDOMAIN)) return undefined;
    records.push(...message.answers.filter((record) => record.owner === owner));
    // At a zone cut the NS records come as a referral (RFC 1034, section 4.3.2, step 3b).
    records.push(...message.authorities.filter((record) => record.owner === owner && record.type === TYPE.NS));
  }
  return observeRRsets(records);
}

async function isProven(
  session: DnsSession,
  apex: OwnerName,
  owner: OwnerName,
  guess: readonly ObservedRRset[],
): Promise<boolean> {
  const { message, authentic } = await session.request(updateRequest(apex, proofOf(owner, guess), []));
  return authentic && message.header.rcode === RCODE.NOERROR;
}
