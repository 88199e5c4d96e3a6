import type { Reply, ReplyRecord } from '../support/read-reply.ts';

/** What is compared of a reply. */
export type Aspect = 'rcode' | 'aa' | 'tc' | 'answer' | 'authority' | 'additional';

/** All aspects, in the order in which they are reported. */
export const ASPECTS: readonly Aspect[] = ['rcode', 'aa', 'tc', 'answer', 'authority', 'additional'];

/** Why an aspect of a case is not compared. Every reason is counted, and listed in the README of this folder. */
export type Exclusion =
  /**
   * NSD and Knot differ: there is no agreed answer to be equal to. Where it is rcode or answer in which they differ, what follows from those, TC and
   * the other sections, is not compared either.
   */
  | 'PEERS_DISAGREE'
  /**
   * NSD and Knot follow a chain of aliases to different ends (loops and DNAMEs that grow: each has its own limit). Rcode, TC and the other
   * sections are those of the chain's end (RFC 6604, section 3).
   */
  | 'CHAINS_END_ELSEWHERE'
  /**
   * DS at the apex of a hosted child that its parent does not delegate: NSD says NODATA and Knot NXDOMAIN from the parent; we answer from the child, since
   * the parent could only deny what is there.
   */
  | 'UNDELEGATED_CHILD'
  /** QTYPE=ANY: RFC 8482 lets a server choose what it returns; rcode and AA are compared. */
  | 'ANY_IS_A_CHOICE'
  /** Both peers say TC=1: what they put into the rest is the server's choice (RFC 2181, section 9). */
  | 'TRUNCATED'
  /**
   * Not everything fits into the size that the client takes, and the servers leave out different things: compression and the order of name servers
   * are their own. Asked over TCP they agree, and our UDP reply is a part of our TCP reply.
   */
  | 'FITS_DIFFERENTLY';

/** All reasons. */
export const EXCLUSIONS: readonly Exclusion[] = [
  'PEERS_DISAGREE',
  'CHAINS_END_ELSEWHERE',
  'UNDELEGATED_CHILD',
  'ANY_IS_A_CHOICE',
  'TRUNCATED',
  'FITS_DIFFERENTLY',
];

/** What became of one aspect of one case. */
export type Verdict =
  | { readonly kind: 'equal' }
  | { readonly kind: 'differs' }
  | { readonly kind: 'excluded'; readonly reason: Exclusion };

const EQUAL: Verdict = { kind: 'equal' };
const DIFFERS: Verdict = { kind: 'differs' };
/** What follows from rcode and answer. */
const DEPENDENT: ReadonlySet<Aspect> = new Set(['tc', 'authority', 'additional']);
const ANY = 255;
const CNAME = 5;

/** What the replies answer. */
export interface AskedQuestion {
  readonly type: number;
  /** The apex of the zone that was asked about, in lower case. */
  readonly apex: string;
}

/** Compares our reply with two peers' replies to the same question, aspect by aspect. */
export function compareReplies(
  question: AskedQuestion,
  ours: Reply,
  one: Reply,
  other: Reply,
): Readonly<Record<Aspect, Verdict>> {
  const { type: qtype, apex } = question;
  const verdicts = {} as Record<Aspect, Verdict>;
  const [mine, left, right] = [ours, one, other].map((reply) => comparableAspects(reply, apex));
  const otherEnds = linksOf(one) !== linksOf(other) && linksOf(one) + linksOf(other) > 2;
  const disagree = left?.rcode !== right?.rcode || left?.answer !== right?.answer;
  for (const aspect of ASPECTS) {
    const isSection = aspect === 'answer' || aspect === 'authority' || aspect === 'additional';
    if (qtype === ANY && (isSection || aspect === 'tc')) verdicts[aspect] = { kind: 'excluded', reason: 'ANY_IS_A_CHOICE' };
    else if (isSection && one.tc && other.tc) verdicts[aspect] = { kind: 'excluded', reason: 'TRUNCATED' };
    else if (otherEnds && aspect !== 'aa') verdicts[aspect] = { kind: 'excluded', reason: 'CHAINS_END_ELSEWHERE' };
    else if (left?.[aspect] !== right?.[aspect] || (disagree && DEPENDENT.has(aspect)))
      verdicts[aspect] = { kind: 'excluded', reason: 'PEERS_DISAGREE' };
    else verdicts[aspect] = mine?.[aspect] === left?.[aspect] ? EQUAL : DIFFERS;
  }
  return verdicts;
}

/** How many aliases an answer has. */
function linksOf({ answer }: Reply): number {
  return answer.filter(({ type }) => type === CNAME).length;
}

/**
 * A reply as one text per aspect, equal where the replies say the same: sections as sets of records, and without the
 * courtesy of RFC 1034, section 4.3.2, that NSD adds to positive answers and Knot does not: the apex's NS in the authority section, and
 * their addresses.
 */
export function comparableAspects(reply: Reply, apex: string): Readonly<Record<Aspect, string>> {
  const { answer, authority } = reply;
  const courtesy =
    answer.length > 0 && authority.length > 0 && authority.every(({ owner, type }) => owner === apex && type === 2);
  const servers = new Set(courtesy ? authority.map(({ rdata }) => rdata) : []);
  const wanted = new Set(answer.flatMap(({ rdata }) => rdata.split(' ').at(-1) ?? []));
  const additional = reply.additional.filter(({ owner }) => !servers.has(owner) || wanted.has(owner));
  return {
    rcode: String(reply.rcode),
    aa: String(reply.aa),
    tc: String(reply.tc),
    answer: recordSet(answer),
    authority: courtesy ? '' : recordSet(authority),
    additional: recordSet(additional),
  };
}

/** A section as a set of records, in one order. */
export function recordSet(records: readonly ReplyRecord[]): string {
  return [...new Set(records.map(printReplyRecord))].sort().join('\n');
}

/** One record, for comparing and for reading. */
export function printReplyRecord({ owner, ttl, type, class: rrClass, rdata }: ReplyRecord): string {
  return `${owner} ${ttl} ${rrClass} ${type} ${rdata}`;
}
