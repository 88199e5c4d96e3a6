import { ASPECTS, type Aspect, compareReplies, printReplyRecord, type Verdict } from './compare-replies.ts';
import { asksForUndelegatedDs, type Exchange } from './differential-run.ts';
import type { Reply } from '../support/read-reply.ts';

const UDP_WITHOUT_EDNS = 512;
/** What all three servers send at most over UDP, as they are configured. */
const UDP_AT_MOST = 1232;

const UNDELEGATED = Object.fromEntries(
  ASPECTS.map((aspect) => [aspect, { kind: 'excluded', reason: 'UNDELEGATED_CHILD' }]),
) as Readonly<Record<Aspect, Verdict>>;

/** What became of each aspect of one exchange, whose first reply is ours and whose next two are the peers'. */
export function verdictsOn(exchange: Exchange): Readonly<Record<Aspect, Verdict>> {
  const { overTcp } = exchange;
  const verdicts = compareAll(exchange, exchange.replies);
  if (overTcp === undefined || !isAllAboutSize(exchange, overTcp)) return verdicts;
  const settled = ASPECTS.map((aspect): [Aspect, Verdict] => [
    aspect,
    verdicts[aspect].kind === 'differs' ? { kind: 'excluded', reason: 'FITS_DIFFERENTLY' } : verdicts[aspect],
  ]);
  return Object.fromEntries(settled) as Record<Aspect, Verdict>;
}

/** Whether we differ from the peers in any aspect. */
export function differs(exchange: Exchange): boolean {
  const verdicts = verdictsOn(exchange);
  return ASPECTS.some((aspect) => verdicts[aspect].kind === 'differs');
}

function compareAll(exchange: Exchange, replies: readonly Reply[]): Readonly<Record<Aspect, Verdict>> {
  const [ours, one, other] = replies;
  if (ours === undefined || one === undefined || other === undefined)
    throw new Error('three replies are needed: ours and two peers');
  if (asksForUndelegatedDs(exchange.case, exchange.query)) return UNDELEGATED;
  return compareReplies({ type: exchange.query.type, apex: exchange.answeringApex }, ours, one, other);
}

/** Whether the servers agree where there is room for everything, some of them had not enough, and ours left out nothing but what it may. */
function isAllAboutSize(exchange: Exchange, overTcp: readonly Reply[]): boolean {
  const verdicts = compareAll(exchange, overTcp);
  if (ASPECTS.some((aspect) => verdicts[aspect].kind === 'differs')) return false;
  const limit = Math.min(Math.max(exchange.query.ednsSize ?? 0, UDP_WITHOUT_EDNS), UDP_AT_MOST);
  if (!overTcp.some(({ octets }) => octets > limit)) return false;
  const [ours] = exchange.replies;
  const [whole] = overTcp;
  if (ours === undefined || whole === undefined || ours.rcode !== whole.rcode || ours.aa !== whole.aa) return false;
  const isPart = (part: Reply['answer'], all: Reply['answer']): boolean => {
    const texts = new Set(all.map(printReplyRecord));
    return part.every((record) => texts.has(printReplyRecord(record)));
  };
  const parts =
    isPart(ours.answer, whole.answer) && isPart(ours.authority, whole.authority) && isPart(ours.additional, whole.additional);
  const complete = ours.answer.length === whole.answer.length && ours.authority.length === whole.authority.length;
  return parts && (complete || ours.tc);
}
