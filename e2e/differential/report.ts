import { printGeneratedZone } from './generated-zone.ts';
import {
  type Aspect,
  ASPECTS,
  comparableAspects,
  type Exclusion,
  EXCLUSIONS,
  printReplyRecord,
  type Verdict,
} from './compare-replies.ts';
import type { Exchange, FamilyCase } from './differential-run.ts';
import { queryName, typeName } from './query-arbitrary.ts';
import { verdictsOn } from './verdicts.ts';
import type { Reply } from '../support/read-reply.ts';

/** What became of every aspect of every case. */
export interface Report {
  readonly cases: number;
  /** Cases of which at least rcode, AA and the answer were compared. */
  readonly casesCompared: number;
  readonly counts: Readonly<Record<Aspect, Readonly<Record<'equal' | 'differs' | Exclusion, number>>>>;
  /** How often each kind of answer came, to show that the run reached it. */
  readonly kinds: Readonly<Record<string, number>>;
  readonly mismatches: readonly Mismatch[];
}

/** A case in which we differ from what both peers say. */
export interface Mismatch {
  readonly exchange: Exchange;
  readonly aspects: readonly Aspect[];
}

/** What an aspect can be counted as. */
const COUNTED = ['equal', 'differs', ...EXCLUSIONS] as const;

/** Sums up exchanges whose first reply is ours and whose next two are the peers'. */
export function reportOn(exchanges: readonly Exchange[]): Report {
  const counts = Object.fromEntries(
    ASPECTS.map((aspect) => [aspect, Object.fromEntries(COUNTED.map((column) => [column, 0]))]),
  ) as Record<Aspect, Record<'equal' | 'differs' | Exclusion, number>>;
  const kinds: Record<string, number> = {};
  const mismatches: Mismatch[] = [];
  let casesCompared = 0;
  for (const exchange of exchanges) {
    const verdicts = verdictsOn(exchange);
    for (const aspect of ASPECTS) counts[aspect][countedAs(verdicts[aspect])]++;
    const compared = (['rcode', 'aa', 'answer'] as const).every((aspect) => verdicts[aspect].kind !== 'excluded');
    if (compared) {
      casesCompared++;
      for (const kind of kindsOf(exchange)) kinds[kind] = (kinds[kind] ?? 0) + 1;
    }
    const aspects = ASPECTS.filter((aspect) => verdicts[aspect].kind === 'differs');
    if (aspects.length > 0) mismatches.push({ exchange, aspects });
  }
  return { cases: exchanges.length, casesCompared, counts, kinds, mismatches };
}

function countedAs(verdict: Verdict): 'equal' | 'differs' | Exclusion {
  return verdict.kind === 'excluded' ? verdict.reason : verdict.kind;
}

/** What kinds of answer an exchange shows. */
function kindsOf(exchange: Exchange): string[] {
  const peer = exchange.replies[1] as Reply;
  const types = new Set(peer.answer.map(({ type }) => type));
  const chain = peer.answer.filter(({ type }) => type === 5).length;
  const referral = !peer.aa && peer.rcode === 0 && peer.authority.some(({ type }) => type === 2);
  const held = new Set(exchange.case.family.parent.records.map(({ owner }) => owner.toLowerCase()));
  const asked = exchange.query.name.toLowerCase();
  return [
    ...(peer.rcode === 3 ? ['NXDOMAIN'] : []),
    ...(peer.rcode === 5 ? ['REFUSED'] : []),
    ...(peer.rcode === 6 ? ['YXDOMAIN'] : []),
    ...(peer.rcode === 0 && peer.aa && peer.answer.length === 0 ? ['NODATA'] : []),
    ...(peer.answer.length > 0 && chain === 0 && types.size === 1 ? ['data'] : []),
    ...(referral ? ['referral'] : []),
    ...(referral && peer.additional.length > 0 ? ['referral with glue'] : []),
    ...(chain === 1 ? ['one CNAME'] : []),
    ...(chain > 1 ? ['CNAME chain'] : []),
    ...(chain > 0 && peer.authority.some(({ type }) => type === 2) ? ['CNAME to a delegation'] : []),
    ...(types.has(39) && chain > 0 ? ['DNAME synthesis'] : []),
    ...(peer.answer.length > 0 && !held.has(asked) && chain === 0 ? ['wildcard or hosted child'] : []),
    ...(peer.tc ? ['truncated'] : []),
    ...(exchange.case.family.child === undefined ? [] : ['child zone on the same server']),
    ...(exchange.query.transport === 'tcp' ? ['over TCP'] : []),
  ];
}

/** The share of cases compared, and of sections compared, of all that could have been. */
export function sharesOf(report: Report): { readonly cases: number; readonly sections: number } {
  let compared = 0;
  let all = 0;
  for (const aspect of ['answer', 'authority', 'additional'] as const) {
    const counts = report.counts[aspect];
    compared += counts.equal + counts.differs;
    for (const count of Object.values(counts)) all += count;
  }
  return { cases: report.casesCompared / report.cases, sections: compared / all };
}

/** The report as a text for the console. */
export function printReport(report: Report, seed: number, peers: string): string {
  const shares = sharesOf(report);
  const head = ['aspect', ...COUNTED];
  const rows = ASPECTS.map((aspect) => [aspect, ...COUNTED.map((column) => String(report.counts[aspect][column]))]);
  const width = (column: number): number => Math.max(...[head, ...rows].map((row) => (row[column] ?? '').length));
  const table = [head, ...rows].map((row) => row.map((cell, column) => cell.padEnd(width(column))).join('  '));
  return [
    `differential run against ${peers}: seed ${seed} (KUBEZONE_E2E_SEED=${seed} repeats it), ${report.cases} cases`,
    `compared: ${percent(shares.cases)} of the cases, ${percent(shares.sections)} of the sections`,
    ...table,
    `kinds of answer: ${Object.entries(report.kinds)
      .toSorted(([, one], [, other]) => other - one)
      .map(([kind, count]) => `${kind} ${count}`)
      .join(', ')}`,
  ].join('\n');
}

function percent(share: number): string {
  return `${(share * 100).toFixed(2)} %`;
}

/** A mismatch with all that is needed to act on it: the zone, the question and every server's reply. */
export function printMismatch({ exchange, aspects }: Mismatch, servers: readonly string[]): string {
  const { case: one, query, replies } = exchange;
  const edns = query.ednsSize === undefined ? 'no EDNS' : `EDNS ${query.ednsSize}`;
  return [
    `--- differs in ${aspects.join(', ')}: ${queryName(query, one.apex)} ${typeName(query.type)} over ${query.transport}, ${edns}`,
    printZones(one),
    ...replies.map((reply, index) => printReply(servers[index] ?? '?', reply, exchange.answeringApex)),
  ].join('\n');
}

function printZones({ apex, family: { parent, child } }: FamilyCase): string {
  const zones = printGeneratedZone(apex, parent);
  return child === undefined ? zones : `${zones}; and a zone of its own:\n${printGeneratedZone(`a.${apex}`, child)}`;
}

function printReply(server: string, reply: Reply, apex: string): string {
  const compared = comparableAspects(reply, apex);
  const section = (name: string, records: Reply['answer']): string[] =>
    records.map((record) => `    ${name} ${printReplyRecord(record)}`);
  return [
    `  ${server}: rcode ${compared.rcode}, AA ${compared.aa}, TC ${compared.tc}, ${reply.octets} octets`,
    ...section('answer    ', reply.answer),
    ...section('authority ', reply.authority),
    ...section('additional', reply.additional),
  ].join('\n');
}
