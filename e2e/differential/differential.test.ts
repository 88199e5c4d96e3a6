/**
 * Our answers beside those of NSD and Knot, on generated zones and questions. See README.md.
 */
import { expect, it } from '@jest/globals';

import { PEER_PROGRAMS } from '../support/peers.ts';
import { describeWithPrograms } from '../support/needs-programs.ts';
import { startOwnServer } from '../support/own-server.ts';
import { comparableAspects } from './compare-replies.ts';
import { type FamilyCase, generateCases } from './differential-run.ts';
import { isBelowRelative } from './generated-zone.ts';
import { minimise, serveAndAsk } from './minimise.ts';
import { complaintsAboutOurs } from './own-rules.ts';
import { type Mismatch, printMismatch, printReport, reportOn, sharesOf } from './report.ts';

const SEED = Number(process.env['KUBEZONE_E2E_SEED'] ?? Date.now() % 1_000_000);
const ZONES = Number(process.env['KUBEZONE_E2E_ZONES'] ?? 250);
const QUERIES_PER_ZONE = 40;
const SHARE_COMPARED_AT_LEAST = 0.9;
const SERVFAIL = 2;
const REFUSED = 5;
const ANY = 255;
/** How many mismatches are made small and shown in full. */
const SHOWN = 4;

/** Kinds of answer that a run of this size always reaches; one that is missing means that the generator has lost it. */
const KINDS = [
  'NXDOMAIN',
  'NODATA',
  'REFUSED',
  'data',
  'referral',
  'referral with glue',
  'one CNAME',
  'CNAME chain',
  'CNAME to a delegation',
  'DNAME synthesis',
  'wildcard or hosted child',
  'child zone on the same server',
  'over TCP',
];

describeWithPrograms('answers compared with those of NSD and Knot', [PEER_PROGRAMS.nsd, PEER_PROGRAMS.knot], () => {
  it('are the same wherever NSD and Knot agree', async () => {
    const peers = ['nsd', 'knot'] as const;
    const cases = generateCases({
      seed: SEED,
      zones: ZONES,
      queriesPerZone: QUERIES_PER_ZONE,
      belowDname: 'leave-out',
      elsewhere: ['z0.test.', 'a.z1.test.'],
    });
    const exchanges = await serveAndAsk(cases, { start: startOwnServer, peers });
    const report = reportOn(exchanges);
    process.stdout.write(`${printReport(report, SEED, peers.join(' and '))}\n`);

    const shown = await Promise.all(
      oneOfEachKind(report.mismatches)
        .slice(0, SHOWN)
        .map((mismatch) => minimise(mismatch, { start: startOwnServer, peers })),
    );
    const servers = ['kubezone', ...peers];
    const text = shown.map((mismatch) => printMismatch(mismatch, servers)).join('\n\n');
    if (shown.length > 0)
      throw new Error(`${report.mismatches.length} of ${report.cases} cases differ, seed ${SEED}:\n\n${text}`);

    const shares = sharesOf(report);
    expect(shares.cases).toBeGreaterThanOrEqual(SHARE_COMPARED_AT_LEAST);
    expect(shares.sections).toBeGreaterThanOrEqual(SHARE_COMPARED_AT_LEAST);
    expect(KINDS.filter((kind) => report.kinds[kind] === undefined)).toEqual([]);
    expect(exchanges.flatMap(complaintsAboutOurs).slice(0, 5)).toEqual([]);
  }, 120_000);
});

describeWithPrograms('names below a DNAME, which NSD refuses to load and Knot does not hide', [PEER_PROGRAMS.bind], () => {
  it('are occluded as BIND occludes them (RFC 6672, section 2.4)', async () => {
    const size = { zones: ZONES, queriesPerZone: QUERIES_PER_ZONE };
    const cases = generateCases({ seed: SEED, ...size, belowDname: 'keep', elsewhere: [], children: false });
    const asked = onlyBelowDnames(cases);
    const exchanges = await serveAndAsk(asked, { start: startOwnServer, peers: ['bind', 'bind'] });
    // A zone that it does not load, a loop and a chain that is too long: BIND says SERVFAIL to all of them.
    const answered = exchanges.filter(
      ({ query, replies: [, theirs] }) => theirs?.rcode !== SERVFAIL && theirs?.rcode !== REFUSED && query.type !== ANY,
    );
    process.stdout.write(`below DNAMEs, against BIND: seed ${SEED}, ${answered.length} of ${exchanges.length} cases compared\n`);
    const different = answered.filter((exchange) => {
      const [ours, theirs] = exchange.replies.map((reply) => comparableAspects(reply, exchange.answeringApex));
      if (exchange.replies.some(({ tc }) => tc)) return ours?.rcode !== theirs?.rcode;
      return (['rcode', 'aa', 'answer'] as const).some((aspect) => ours?.[aspect] !== theirs?.[aspect]);
    });
    const servers = ['kubezone', 'bind', 'bind'];
    const texts = different.slice(0, 2).map((exchange) => printMismatch({ exchange, aspects: ['answer'] }, servers));
    if (texts.length > 0) throw new Error(`${different.length} cases differ, seed ${SEED}:\n\n${texts.join('\n\n')}`);
    expect(answered.length).toBeGreaterThan(ZONES);
  }, 120_000);
});

/** Cases of zones that hold data below a DNAME, with the questions that are about such data. */
function onlyBelowDnames(cases: readonly FamilyCase[]): FamilyCase[] {
  return cases.flatMap((one) => {
    const { records } = one.family.parent;
    const occluding = records.filter(
      ({ type, owner }) => type === 'DNAME' && records.some((other) => isBelowRelative(other.owner, owner)),
    );
    const queries = one.queries.filter(({ name }) => occluding.some(({ owner }) => isBelowRelative(name, owner)));
    return queries.length === 0 ? [] : [{ ...one, queries }];
  });
}

/** One mismatch for each combination of aspects and question type: a thousand cases of one fault are one fault. */
function oneOfEachKind(mismatches: readonly Mismatch[]): Mismatch[] {
  const byKind = new Map<string, Mismatch>();
  for (const mismatch of mismatches) {
    const { replies, query } = mismatch.exchange;
    const kind = `${mismatch.aspects.join()} ${replies.map(({ rcode, aa, tc }) => `${rcode}${aa}${tc}`).join()} ${query.type === 1 ? 28 : query.type}`;
    if (!byKind.has(kind)) byKind.set(kind, mismatch);
  }
  return [...byKind.values()];
}
