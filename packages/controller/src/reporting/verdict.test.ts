import { describe, expect, it } from '@jest/globals';

import type { Complaint, Finding } from './finding.ts';
import { OPERATOR_APP, RESOLVER_APP } from './reporting-app.ts';
import { judge, type NameProgress, type Standing, warningsOf } from './verdict.ts';

function finding(code: string, message = code.toLowerCase(), since = 0): Complaint {
  return { code, message, since, cluster: 'prod', object: 'Record/default/www' };
}

describe('the condition of a Record', () => {
  const cases: readonly [sentence: string, standing: Standing, findings: readonly Finding[], condition: string][] = [
    ['says that all is well', 'data', [], 'True Served: its name is answered as it asks'],
    ['says what is missing', 'data', [finding('TARGET_INVALID', 'no address')], 'True PartlyServed: no address'],
    [
      'says what stands in the way',
      'nothing',
      [finding('LOWER_PRIORITY_SOURCE', 'an Ingress holds it')],
      'False LowerPrioritySource: an Ingress holds it',
    ],
    [
      'says that there is nothing yet',
      'existence',
      [],
      'False NoData: the name exists, but nothing is known to put there at present',
    ],
    ['says that it has no name', 'nothing', [], 'False NotServed: it asks for no name in a zone that is known here'],
    [
      'gives the oldest of several reasons',
      'nothing',
      [finding('NEWER_OBJECT', 'b', 2), finding('CLAIMED_BY_OTHERS', 'a', 1)],
      'False ClaimedByOthers: a; b',
    ],
    [
      'gives the first of several reasons of one moment',
      'nothing',
      [finding('NEWER_OBJECT'), finding('CLAIMED_BY_OTHERS')],
      'False ClaimedByOthers: claimed_by_others; newer_object',
    ],
    [
      'is not mistaken for served where another object holds data at its name',
      'data',
      [finding('TTL_DIFFERS'), finding('RECORD_INVALID')],
      'False RecordInvalid: record_invalid; ttl_differs',
    ],
    [
      'is not served where a delegation hides the name',
      'data',
      [finding('BELOW_ZONE_CUT')],
      'False BelowZoneCut: below_zone_cut',
    ],
  ];
  it.each(cases)('%s', (_sentence, standing, findings, expected) => {
    const { type, status, reason, message, observedGeneration } = judge(
      { standing, findings, generation: 7 },
      RESOLVER_APP.condition,
    );
    expect(`${status} ${reason}: ${message}`).toBe(expected);
    expect([type, observedGeneration]).toEqual(['Served', 7]);
  });
});

describe('the condition of a Record whose name is on its way', () => {
  const done: NameProgress = { done: true, message: 'a.test. is published at memory (zone a.test.)' };
  const waiting: NameProgress = { done: false, message: 'b.test. waits to be published at memory' };

  it.each<[string, readonly (NameProgress | undefined)[], readonly Finding[], string]>([
    ['says where it is', [done], [], 'True Published: a.test. is published at memory (zone a.test.)'],
    ['says what it waits for, and nothing else', [done, waiting], [], 'False Pending: b.test. waits to be published at memory'],
    ['says all is well where nothing is known of its way', [undefined], [], 'True Published: its name is published as it asks'],
    ['says what is wrong with part of it', [done], [finding('TARGET_INVALID', 'no address')], 'True PartlyPublished: no address'],
    [
      'does not say that a part is there before it is',
      [waiting],
      [finding('FOREIGN_RRSET', 'foreign')],
      'False ForeignRrset: foreign',
    ],
  ])('%s', (_, progress, findings, expected) => {
    const { status, reason, message } = judge({ standing: 'data', findings, progress, generation: 1 }, OPERATOR_APP.condition);
    expect(`${status} ${reason}: ${message}`).toBe(expected);
  });
});

describe('what Events tell', () => {
  it('is one thing for each reason, with what was found', () => {
    expect(warningsOf([finding('NEWER_OBJECT', 'b'), finding('TTL_DIFFERS', 'c'), finding('NEWER_OBJECT', 'a')])).toEqual([
      { type: 'Warning', reason: 'NewerObject', note: 'a; b' },
      { type: 'Warning', reason: 'TtlDiffers', note: 'c' },
    ]);
  });
});
