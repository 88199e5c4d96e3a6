import { describe, expect, it } from '@jest/globals';

import { nameOf } from '../name/owner-name.ts';
import { hashedPlace } from '../ownership/marker-place.ts';
import type { PlanSettings } from './plan-settings.ts';
import { type PlanCase, runPlanCase } from './testing/plan-case.ts';

const WEB = '< ingress/shop/web';
const MINE_A = ['www.example. 300 A 192.0.2.1', '_owner.www.example. @me A/ingress'];
const failing = (...sources: readonly string[]): Partial<PlanSettings> => ({
  sourceState: ({ source, cluster }) =>
    sources.includes(source) || sources.includes(`${source}@${cluster}`) ? 'failing' : 'synced',
  everySourceSynced: false,
});

function check(cases: readonly PlanCase[]): void {
  it.each(cases)('$rule', (one) => {
    const { writes, withheld, changes, again } = runPlanCase(one);
    expect(writes).toEqual(one.writes.toSorted());
    expect(withheld).toEqual((one.withheld ?? []).toSorted());
    expect(changes).toEqual(one.changes?.toSorted() ?? changes);
    // Whatever the case is about: what was written is what a second plan wants.
    expect(again).toEqual([]);
  });
}

it('what others say of themselves is told in characters that do nothing to a terminal or a log, and briefly', () => {
  const { plans } = runPlanCase({
    observed: ['www.example. 300 A 192.0.2.1', `_owner.www.example. @%1B[2J%0Agone${'x'.repeat(500)}/%C2%9B A/ingress`],
    desired: [`www.example. 300 A 192.0.2.2 ${WEB}`],
  });
  const [message = ''] = plans.flatMap(({ withheld }) => withheld.map((one) => one.message));
  expect(message).toMatch(/belongs to owner %1B%5B2J%0Agonex+… by its marker$/);
  expect(message.length).toBeLessThan(200);
});

it('who has made the cluster anew is told how to take its names over', () => {
  const { plans } = runPlanCase({
    observed: ['www.example. 300 A 192.0.2.1', '_owner.www.example. @me/0ld0ld00 A/ingress'],
    desired: [`www.example. 300 A 192.0.2.2 ${WEB}`],
  });
  const [message] = plans.flatMap(({ withheld }) => withheld.map((one) => one.message));
  expect(message).toMatch(/; if that cluster is no more, its names can be taken over: adopt kubezone\/me@0ld0ld00$/);
});

describe('a name that is ours', () => {
  check([
    {
      rule: 'is created together with its marker',
      desired: [`www.example. 300 A 192.0.2.1 ${WEB}`, `www.example. 300 AAAA 2001:db8::1 ${WEB}`],
      writes: [
        '+ www.example. 300 A 192.0.2.1',
        '+ www.example. 300 AAAA 2001:db8::1',
        '+ _owner.www.example. @me A.AAAA/ingress',
      ],
      changes: ['create: - > A', 'create: - > AAAA'],
    },
    {
      rule: 'is not written when it is as desired',
      observed: MINE_A,
      desired: [`www.example. 300 A 192.0.2.1 ${WEB}`],
      writes: [],
      changes: [],
    },
    {
      rule: 'is updated record by record',
      observed: ['www.example. 300 A 192.0.2.1', 'www.example. 300 A 192.0.2.2', '_owner.www.example. @me A/ingress'],
      desired: [`www.example. 300 A 192.0.2.2 ${WEB}`, `www.example. 300 A 192.0.2.3 ${WEB}`],
      writes: ['- www.example. 300 A 192.0.2.1', '+ www.example. 300 A 192.0.2.3'],
      changes: ['update: A > A'],
    },
    {
      rule: 'is never a place of markers, whatever a marker says',
      observed: [...MINE_A, '_owner.www.example. @other AAAA/ingress', '_owner._owner.www.example. @me TXT/ingress'],
      desired: [`www.example. 300 A 192.0.2.1 ${WEB}`],
      writes: ['- _owner._owner.www.example. @me TXT/ingress'],
    },
    {
      rule: 'is deleted together with its marker',
      observed: MINE_A,
      writes: ['- www.example. 300 A 192.0.2.1', '- _owner.www.example. @me A/ingress'],
      changes: ['delete: A > -'],
    },
    {
      rule: 'gets the record that its marker has and it has not',
      observed: ['_owner.www.example. @me A/ingress'],
      desired: [`www.example. 300 A 192.0.2.1 ${WEB}`],
      writes: ['+ www.example. 300 A 192.0.2.1'],
    },
    {
      rule: 'loses a marker that was left alone',
      observed: ['_owner.www.example. @me A/ingress'],
      writes: ['- _owner.www.example. @me A/ingress'],
      changes: [],
    },
    {
      rule: 'has its marker follow who wants it',
      observed: MINE_A,
      desired: ['www.example. 300 A 192.0.2.1 < service/shop/web', 'www.example. 300 A 192.0.2.1 < other:service/shop/web'],
      writes: ['- _owner.www.example. @me A/ingress', '+ _owner.www.example. @me A/service+service@c2'],
      changes: [],
    },
    {
      rule: 'wanted by what belongs to no cluster is the writer’s',
      desired: ['www.example. 300 A 192.0.2.1 < :zone-file/example'],
      writes: ['+ www.example. 300 A 192.0.2.1', '+ _owner.www.example. @me A/zone-file'],
    },
    {
      rule: 'may be the apex',
      observed: ['example. 300 NS ns.example.net.', 'example. 300 SOA ns.example.net. h.example. 1 1 1 1 1'],
      desired: [`example. 300 A 192.0.2.1 ${WEB}`],
      writes: ['+ example. 300 A 192.0.2.1', '+ _owner.example. @me A/ingress'],
    },
    {
      rule: 'may be a wildcard',
      desired: [`*.example. 300 A 192.0.2.1 ${WEB}`],
      writes: ['+ *.example. 300 A 192.0.2.1', '+ _owner._wildcard.example. @me A/ingress'],
    },
    {
      rule: 'keeps the TTL that its marker has',
      observed: [
        'www.example. 300 A 192.0.2.1',
        '_owner.www.example. 60 TXT "heritage=kubezone,v=1,owner=me,cluster=c1,own=A/ingress"',
      ],
      desired: [`www.example. 300 A 192.0.2.1 ${WEB}`],
      writes: [],
    },
    {
      rule: 'with a cut has its marker moved from where it is hidden',
      observed: ['sub.example. 300 NS ns.example.net.', '_owner.sub.example. @me NS/record'],
      desired: ['sub.example. 300 NS ns.example.net. < record/shop/sub'],
      writes: [
        '- _owner.sub.example. @me NS/record',
        '+ _owner-5s2gs0hmu90l2cdn76jj2fd8bj.example. @me NS/record name=sub.example.',
      ],
    },
    {
      rule: 'with two markers of ours, at two places, is left with one',
      observed: [
        'sub.example. 300 NS ns.example.net.',
        '_owner.sub.example. @me NS/record',
        '_owner-5s2gs0hmu90l2cdn76jj2fd8bj.example. @me NS/record name=sub.example.',
      ],
      desired: ['sub.example. 300 NS ns.example.net. < record/shop/sub'],
      writes: ['- _owner.sub.example. @me NS/record'],
    },
  ]);
});

describe('a change of type', () => {
  const both = ['www.example. 300 A 192.0.2.1', 'www.example. 300 AAAA 2001:db8::1', '_owner.www.example. @me A.AAAA/ingress'];
  check([
    {
      rule: 'is one update, by upsert-only too',
      observed: both,
      settings: { policy: 'upsert-only' },
      desired: [`www.example. 300 CNAME lb.example.net. ${WEB}`],
      writes: [
        '- www.example. 300 A 192.0.2.1',
        '- www.example. 300 AAAA 2001:db8::1',
        '+ www.example. 300 CNAME lb.example.net.',
        '- _owner.www.example. @me A.AAAA/ingress',
        '+ _owner.www.example. @me CNAME/ingress',
      ],
      changes: ['update: A AAAA > CNAME'],
    },
    {
      rule: 'to what can stand beside the old one is a create and a delete',
      observed: ['www.example. 300 A 192.0.2.1', '_owner.www.example. @me A/ingress'],
      desired: [`www.example. 300 AAAA 2001:db8::1 ${WEB}`],
      writes: [
        '- www.example. 300 A 192.0.2.1',
        '+ www.example. 300 AAAA 2001:db8::1',
        '- _owner.www.example. @me A/ingress',
        '+ _owner.www.example. @me AAAA/ingress',
      ],
      changes: ['create: - > AAAA', 'delete: A > -'],
    },
    {
      rule: 'from A to a set of A is an update',
      observed: MINE_A,
      desired: [`www.example. 300 A 192.0.2.1 ; blue ${WEB}`],
      settings: { policy: 'upsert-only' },
      writes: [
        '- www.example. 300 A 192.0.2.1',
        '+ www.example. 300 A "blue" 192.0.2.1',
        '- _owner.www.example. @me A/ingress',
        '+ _owner.www.example. @me A#blue/ingress',
      ],
      changes: ['update: A > A "blue"'],
    },
    {
      rule: 'waits whole where the new type is quarantined',
      observed: MINE_A,
      desired: [`www.example. 300 CNAME lb.example.net. ${WEB}`],
      settings: { quarantined: (_, unit) => (unit?.type === 5 ? { reason: 'no' } : undefined) },
      writes: [],
      withheld: ['QUARANTINED www.example. CNAME', 'REPLACEMENT_WITHHELD www.example. A'],
    },
    {
      rule: 'waits for a type that is stuck, also with what the stuck one excludes',
      observed: ['www.example. 300 CNAME lb.example.net.', '_owner.www.example. @me CNAME/ingress'],
      desired: [`www.example. 300 A 192.0.2.1 ${WEB}`, 'www.example. 300 MX 10 mx.example. < record/shop/mx'],
      settings: { quarantined: (_, unit) => (unit?.type === 1 ? { reason: 'no' } : undefined) },
      writes: [
        '- www.example. 300 CNAME lb.example.net.',
        '+ www.example. 300 MX 10 mx.example.',
        '- _owner.www.example. @me CNAME/ingress',
        '+ _owner.www.example. @me MX/record',
      ],
      withheld: ['QUARANTINED www.example. A'],
    },
  ]);
});

describe('what is not ours', () => {
  check([
    {
      rule: 'is not touched, though it is what we want',
      observed: ['www.example. 300 A 192.0.2.1'],
      desired: [`www.example. 300 A 192.0.2.1 ${WEB}`],
      writes: [],
      withheld: ['FOREIGN_RRSET www.example. A'],
    },
    {
      rule: 'of another owner is not touched, whatever we want',
      observed: ['www.example. 300 A 192.0.2.1', '_owner.www.example. @you A/ingress'],
      desired: [`www.example. 300 A 192.0.2.2 ${WEB}`],
      writes: [],
      withheld: ['OTHER_OWNER www.example. A'],
    },
    {
      rule: 'of the same owner id in another cluster is not touched',
      observed: ['www.example. 300 A 192.0.2.1', '_owner.www.example. @me/c9 A/ingress'],
      desired: [`www.example. 300 A 192.0.2.2 ${WEB}`],
      writes: [],
      withheld: ['OTHER_CLUSTER www.example. A'],
    },
    {
      rule: 'is not deleted',
      observed: ['www.example. 300 A 192.0.2.1', '_owner.www.example. @you A/ingress', 'x.example. 300 TXT "y"'],
      writes: [],
    },
    {
      rule: 'address keeps ours of the other family away',
      observed: ['www.example. 300 A 192.0.2.1'],
      desired: [`www.example. 300 AAAA 2001:db8::1 ${WEB}`],
      writes: [],
      withheld: ['FOREIGN_ADDRESSES www.example. AAAA'],
    },
    {
      rule: 'address that came later does not stop ours from following their object',
      observed: [...MINE_A, 'www.example. 300 AAAA 2001:db8::1'],
      desired: [`www.example. 300 A 192.0.2.2 ${WEB}`],
      writes: ['- www.example. 300 A 192.0.2.1', '+ www.example. 300 A 192.0.2.2'],
    },
    {
      rule: 'data of any type keeps our CNAME away',
      observed: ['www.example. 300 TXT "x"'],
      desired: [`www.example. 300 CNAME lb.example.net. ${WEB}`],
      writes: [],
      withheld: ['FOREIGN_DATA_AND_CNAME www.example. CNAME'],
    },
    {
      rule: 'CNAME keeps everything away',
      observed: ['www.example. 300 CNAME x.example.'],
      desired: [`www.example. 300 MX 10 mx.example. ${WEB}`, `www.example. 300 A 192.0.2.1 ${WEB}`],
      writes: [],
      withheld: ['FOREIGN_DATA_AND_CNAME www.example. A', 'FOREIGN_DATA_AND_CNAME www.example. MX'],
    },
    {
      rule: 'of another type stands beside ours',
      observed: ['www.example. 300 MX 10 mx.example.'],
      desired: [`www.example. 300 A 192.0.2.1 ${WEB}`],
      writes: ['+ www.example. 300 A 192.0.2.1', '+ _owner.www.example. @me A/ingress'],
    },
    {
      rule: 'keeps a change of ours to a CNAME from happening, and ours as it is',
      observed: [...MINE_A, 'www.example. 300 MX 10 mx.example.'],
      desired: [`www.example. 300 CNAME lb.example.net. ${WEB}`],
      writes: [],
      withheld: ['FOREIGN_DATA_AND_CNAME www.example. CNAME', 'REPLACEMENT_WITHHELD www.example. A'],
    },
    {
      rule: 'of a set stands beside our set, each with its marker in one RRset',
      observed: ['www.example. 300 A 192.0.2.1 ; blue', '_owner.www.example. @you A#blue/ingress'],
      desired: [`www.example. 300 A 192.0.2.2 ; green ${WEB}`],
      writes: ['+ www.example. 300 A "green" 192.0.2.2', '+ _owner.www.example. @me A#green/ingress'],
    },
    {
      rule: 'of no set keeps our set away',
      observed: ['www.example. 300 A 192.0.2.1'],
      desired: [`www.example. 300 A 192.0.2.2 ; green ${WEB}`],
      writes: [],
      withheld: ['FOREIGN_ADDRESSES www.example. A "green"'],
    },
    {
      rule: 'and ours as well, by two markers, is changed by nobody',
      observed: [...MINE_A, '_owner.www.example. @you A/service'],
      desired: [`www.example. 300 A 192.0.2.2 ${WEB}`],
      writes: [],
      withheld: ['CONTESTED www.example. A'],
    },
    {
      rule: 'and ours as well is given up, not deleted, when we do not want it any more',
      observed: [...MINE_A, '_owner.www.example. @you A/service'],
      writes: ['- _owner.www.example. @me A/ingress'],
    },
    {
      rule: 'is not created where the marker of another owner has it, who may be about to write it',
      observed: ['_owner.www.example. @you A/ingress'],
      desired: [`www.example. 300 A 192.0.2.2 ${WEB}`, `www.example. 300 MX 10 mx.example. ${WEB}`],
      writes: ['+ www.example. 300 MX 10 mx.example.', '+ _owner.www.example. @me MX/ingress'],
      withheld: ['OTHER_OWNER www.example. A'],
    },
    {
      rule: 'and ours as well is reported though it is as wanted',
      observed: [...MINE_A, '_owner.www.example. @you A/service'],
      desired: [`www.example. 300 A 192.0.2.1 ${WEB}`],
      writes: [],
      withheld: ['CONTESTED www.example. A'],
    },
    {
      rule: 'by a marker that names another name',
      observed: ['www.example. 300 A 192.0.2.1', '_owner.www.example. @me A/ingress name=x.example.'],
      desired: [`www.example. 300 A 192.0.2.2 ${WEB}`],
      writes: [],
      withheld: ['FOREIGN_RRSET www.example. A'],
    },
    {
      rule: 'by a marker under a digest that names no name',
      observed: ['sub.example. 300 A 192.0.2.1', '_owner-5s2gs0hmu90l2cdn76jj2fd8bj.example. @me A/ingress'],
      desired: [`sub.example. 300 A 192.0.2.2 ${WEB}`],
      writes: [],
      withheld: ['FOREIGN_RRSET sub.example. A'],
    },
    {
      rule: 'in a marker of a later version is left alone',
      observed: [
        'www.example. 300 A 192.0.2.1',
        '_owner.www.example. 300 TXT "heritage=kubezone,v=2,owner=me,cluster=c1,own=A/ingress"',
      ],
      desired: [`www.example. 300 A 192.0.2.2 ${WEB}`],
      writes: [],
      withheld: ['FOREIGN_RRSET www.example. A'],
    },
    {
      rule: 'at the marker’s place stays as it is',
      observed: ['_owner.www.example. 300 TXT "somebody"', '_owner.www.example. @you TXT/record'],
      desired: [`www.example. 300 A 192.0.2.1 ${WEB}`],
      writes: ['+ www.example. 300 A 192.0.2.1', '+ _owner.www.example. @me A/ingress'],
    },
  ]);
});

describe('names that are refused', () => {
  const all = (code: string, owner: string): readonly string[] => [`${code} ${owner} A`];
  check([
    {
      rule: 'have a label that is kept for markers',
      desired: [
        `_owner.www.example. 300 A 192.0.2.1 ${WEB}`,
        `x._owner-1.example. 300 A 192.0.2.1 ${WEB}`,
        `_wildcard.example. 300 A 192.0.2.1 ${WEB}`,
      ],
      writes: [],
      withheld: [
        'RESERVED_NAME _owner.www.example. A',
        'RESERVED_NAME _wildcard.example. A',
        'RESERVED_NAME x._owner-1.example. A',
      ],
    },
    {
      rule: 'lie at or below a cut that is not ours',
      observed: ['sub.example. 300 NS ns.example.net.'],
      desired: [`a.b.sub.example. 300 A 192.0.2.1 ${WEB}`, `sub.example. 300 A 192.0.2.1 ${WEB}`],
      writes: [],
      withheld: ['FOREIGN_CUT a.b.sub.example. A', 'FOREIGN_CUT sub.example. A'],
    },
    {
      rule: 'lie below a DNAME, ours or not',
      observed: [
        'd.example. 300 DNAME example.net.',
        'e.example. 300 DNAME example.net.',
        `${hashedPlace(nameOf('e.example'), nameOf('example'))} @me DNAME/record name=e.example.`,
      ],
      desired: [
        `a.d.example. 300 A 192.0.2.1 ${WEB}`,
        `a.e.example. 300 A 192.0.2.1 ${WEB}`,
        'e.example. 300 DNAME example.net. < record/a/b',
        `d.example. 300 A 192.0.2.1 ${WEB}`,
      ],
      writes: [],
      withheld: ['BELOW_DNAME a.d.example. A', 'BELOW_DNAME a.e.example. A', 'BELOW_DNAME d.example. A'],
    },
    {
      rule: 'are at an apex with a DNAME, whatever a marker says',
      observed: ['example. 300 DNAME example.net.', '_owner.example. @me DNAME/record'],
      desired: [`example. 300 A 192.0.2.1 ${WEB}`],
      writes: ['- _owner.example. @me DNAME/record'],
      withheld: all('BELOW_DNAME', 'example.'),
    },
    {
      rule: 'keep their markers where they are',
      observed: [
        'sub.example. 300 A 192.0.2.1',
        '_owner-5s2gs0hmu90l2cdn76jj2fd8bj.example. @me A/ingress name=sub.example.',
        'sub.example. 300 NS ns.example.net.',
      ],
      desired: [`sub.example. 300 A 192.0.2.9 ${WEB}`],
      writes: [],
      withheld: all('FOREIGN_CUT', 'sub.example.'),
    },
    {
      rule: 'keep their markers where they are, also below what the name itself became',
      observed: ['sub.example. 300 A 192.0.2.1', '_owner.sub.example. @me A/ingress', 'sub.example. 300 NS ns.example.net.'],
      desired: [`sub.example. 300 A 192.0.2.9 ${WEB}`],
      writes: [],
      withheld: all('FOREIGN_CUT', 'sub.example.'),
    },
    {
      rule: 'are SOA and the apex’s NS and DNAME',
      desired: [
        'example. 300 NS ns.example. < record/a/b',
        'example. 300 DNAME x.example.net. < record/a/b',
        'www.example. 300 SOA a. b. 1 1 1 1 1 < record/a/b',
      ],
      writes: [],
      withheld: ['PROTECTED_TYPE example. DNAME', 'PROTECTED_TYPE example. NS', 'PROTECTED_TYPE www.example. SOA'],
    },
    {
      rule: 'are cuts above names of others',
      observed: ['www.sub.example. 300 A 192.0.2.1'],
      desired: ['sub.example. 300 NS ns.example.net. < record/a/b'],
      writes: [],
      withheld: ['WOULD_HIDE_NAMES sub.example. NS'],
    },
    {
      rule: 'are DNAMEs above names that are wanted too',
      desired: ['d.example. 300 DNAME x.example.net. < record/a/b', 'a.d.example. 300 A 192.0.2.1 < record/a/a'],
      writes: ['+ a.d.example. 300 A 192.0.2.1', '+ _owner.a.d.example. @me A/record'],
      withheld: ['WOULD_HIDE_NAMES d.example. DNAME'],
    },
    {
      rule: 'are not DNAMEs above names that have nothing yet',
      desired: ['d.example. 300 DNAME x.example.net. < record/a/b', `a.d.example. WAITING ${WEB}`],
      writes: [
        '+ d.example. 300 DNAME x.example.net.',
        `+ ${hashedPlace(nameOf('d.example'), nameOf('example'))} @me DNAME/record name=d.example.`,
      ],
    },
    {
      rule: 'leave what is ours already as it is, and deletable',
      observed: [
        ...MINE_A,
        'a.sub.example. 300 A 192.0.2.1',
        '_owner.a.sub.example. @me A/ingress',
        'b.sub.example. 300 A 192.0.2.1',
        '_owner.b.sub.example. @me A/ingress',
        'sub.example. 300 NS ns.example.net.',
      ],
      desired: [`www.example. 300 A 192.0.2.1 ${WEB}`, `a.sub.example. 300 A 192.0.2.9 ${WEB}`],
      writes: ['- b.sub.example. 300 A 192.0.2.1', '- _owner.b.sub.example. @me A/ingress'],
      withheld: all('FOREIGN_CUT', 'a.sub.example.'),
    },
  ]);
});

describe('a cut of ours', () => {
  const place = '_owner-';
  it('has its marker where the zone still answers, and so has its glue', () => {
    const { writes, again } = runPlanCase({
      desired: ['sub.example. 300 NS ns.sub.example. < record/a/ns'],
    });
    expect(writes[0]).toContain(`+ ${place}`);
    expect(writes[0]).toContain('.example. @me NS/record name=sub.example.');
    expect(again).toEqual([]);
    const glue = runPlanCase({
      observed: writes.map((line) => line.slice(2)),
      desired: ['sub.example. 300 NS ns.sub.example. < record/a/ns', 'ns.sub.example. 300 A 192.0.2.1 < record/a/glue'],
    });
    expect(glue.writes).toEqual([
      expect.stringMatching(/^\+ _owner-[0-9a-v]{26}\.example\. @me A\/record name=ns\.sub\.example\.$/),
      '+ ns.sub.example. 300 A 192.0.2.1',
    ]);
    expect(glue.again).toEqual([]);
  });

  it('takes its marker with it from where an address of the name had it', () => {
    const { writes, again } = runPlanCase({
      observed: ['sub.example. 300 A 192.0.2.1', '_owner.sub.example. @me A/record'],
      desired: ['sub.example. 300 A 192.0.2.1 < record/a/a', 'sub.example. 300 NS ns.example.net. < record/a/ns'],
    });
    expect(writes).toEqual([
      '+ _owner-5s2gs0hmu90l2cdn76jj2fd8bj.example. @me A.NS/record name=sub.example.',
      '+ sub.example. 300 NS ns.example.net.',
      '- _owner.sub.example. @me A/record',
    ]);
    expect(again).toEqual([]);
  });
});

describe('policies', () => {
  const observed = [...MINE_A, 'old.example. 300 A 192.0.2.1', '_owner.old.example. @me A/ingress'];
  const desired = [`www.example. 300 A 192.0.2.2 ${WEB}`, `new.example. 300 A 192.0.2.3 ${WEB}`];
  const update = ['- www.example. 300 A 192.0.2.1', '+ www.example. 300 A 192.0.2.2'];
  const create = ['+ new.example. 300 A 192.0.2.3', '+ _owner.new.example. @me A/ingress'];
  const remove = ['- old.example. 300 A 192.0.2.1', '- _owner.old.example. @me A/ingress'];
  check([
    { rule: 'sync writes all', observed, desired, writes: [...update, ...create, ...remove] },
    {
      rule: 'upsert-only deletes nothing',
      observed,
      desired,
      settings: { policy: 'upsert-only' },
      writes: [...update, ...create],
      withheld: ['POLICY old.example. A'],
    },
    {
      rule: 'create-only creates alone',
      observed,
      desired,
      settings: { policy: 'create-only' },
      writes: create,
      withheld: ['POLICY old.example. A', 'POLICY www.example. A'],
    },
    {
      rule: 'create-only creates nothing in place of something else',
      observed: MINE_A,
      desired: [`www.example. 300 CNAME x.example. ${WEB}`],
      settings: { policy: 'create-only' },
      writes: [],
      withheld: ['EXCLUDED_BY_HELD www.example. CNAME', 'POLICY www.example. A'],
    },
    {
      rule: 'the limit of deletes holds deletes, and nothing else',
      observed,
      desired,
      deletes: 'held',
      writes: [...update, ...create],
      withheld: ['DELETE_LIMIT old.example. A'],
    },
    {
      rule: 'the limit of updates holds updates, and nothing else',
      observed,
      desired,
      updates: 'held',
      writes: [...create, ...remove],
      withheld: ['UPDATE_LIMIT www.example. A'],
    },
    {
      rule: 'the limit of updates holds what would take the place of something else',
      observed: MINE_A,
      desired: [`www.example. 300 CNAME x.example. ${WEB}`],
      updates: 'held',
      writes: [],
      withheld: ['REPLACEMENT_WITHHELD www.example. A', 'UPDATE_LIMIT www.example. CNAME'],
    },
    {
      rule: 'what an object had kept stays when it goes',
      observed: ['www.example. 300 A 192.0.2.1', '_owner.www.example. @me A/ingress!'],
      writes: [],
      withheld: ['RETAINED www.example. A'],
    },
    {
      rule: 'the wish to be kept stands in the marker',
      observed: MINE_A,
      desired: ['www.example. 300 A 192.0.2.1 < ingress/shop/web!'],
      writes: ['- _owner.www.example. @me A/ingress', '+ _owner.www.example. @me A/ingress!'],
    },
  ]);
});

describe('a source that is not synced', () => {
  check([
    {
      rule: 'counts as such where its kind does not exist',
      observed: MINE_A,
      settings: { sourceState: () => 'absent', everySourceSynced: false },
      writes: [],
      withheld: ['SOURCE_NOT_SYNCED www.example. A'],
    },
    {
      rule: 'may be the one that wanted what a marker owns for nobody',
      observed: ['www.example. 300 A 192.0.2.1', '_owner.www.example. @me A'],
      settings: { everySourceSynced: false },
      writes: [],
      withheld: ['SOURCE_NOT_SYNCED www.example. A'],
    },
    {
      rule: 'deletes nothing',
      observed: MINE_A,
      settings: failing('ingress'),
      writes: [],
      withheld: ['SOURCE_NOT_SYNCED www.example. A'],
    },
    {
      rule: 'changes nothing, whoever wants to',
      observed: MINE_A,
      desired: ['www.example. 300 A 192.0.2.2 < service/shop/web'],
      settings: failing('ingress'),
      writes: [],
      withheld: ['SOURCE_NOT_SYNCED www.example. A'],
    },
    {
      rule: 'keeps away what cannot stand beside',
      observed: MINE_A,
      desired: ['www.example. 300 CNAME x.example. < service/shop/web'],
      settings: failing('ingress'),
      writes: [],
      withheld: ['EXCLUDED_BY_HELD www.example. CNAME', 'SOURCE_NOT_SYNCED www.example. A'],
    },
    {
      rule: 'lets the others go on, at the same name too',
      observed: [...MINE_A, 'old.example. 300 A 192.0.2.1', '_owner.old.example. @me A/service'],
      desired: ['www.example. 300 MX 10 mx.example. < record/shop/mx'],
      settings: failing('ingress'),
      writes: [
        '- old.example. 300 A 192.0.2.1',
        '- _owner.old.example. @me A/service',
        '+ www.example. 300 MX 10 mx.example.',
        '- _owner.www.example. @me A/ingress',
        '+ _owner.www.example. @me A/ingress;MX/record',
      ],
      withheld: ['SOURCE_NOT_SYNCED www.example. A'],
    },
    {
      rule: 'of one cluster of two keeps the names of that one',
      observed: [
        'a.example. 300 A 192.0.2.1',
        '_owner.a.example. @me A/ingress',
        'b.example. 300 A 192.0.2.1',
        '_owner.b.example. @me A/ingress@c2',
        'c.example. 300 A 192.0.2.1',
        '_owner.c.example. @me A/ingress+ingress@c2',
      ],
      settings: failing('ingress@c2'),
      writes: ['- a.example. 300 A 192.0.2.1', '- _owner.a.example. @me A/ingress'],
      withheld: ['SOURCE_NOT_SYNCED b.example. A', 'SOURCE_NOT_SYNCED c.example. A'],
    },
    {
      rule: 'stays named in the marker when another wants the same',
      observed: MINE_A,
      desired: ['www.example. 300 A 192.0.2.1 < service/shop/web'],
      settings: failing('ingress'),
      writes: ['- _owner.www.example. @me A/ingress', '+ _owner.www.example. @me A/ingress+service'],
    },
    {
      rule: 'creates what it does want',
      desired: [`www.example. 300 A 192.0.2.1 ${WEB}`],
      settings: failing('ingress'),
      writes: ['+ www.example. 300 A 192.0.2.1', '+ _owner.www.example. @me A/ingress'],
    },
    {
      rule: 'that is no longer configured lets its names go',
      observed: MINE_A,
      settings: { sourceState: () => 'removed' },
      writes: ['- www.example. 300 A 192.0.2.1', '- _owner.www.example. @me A/ingress'],
    },
  ]);
});

describe('an object without address', () => {
  const waiting = [`www.example. WAITING ${WEB}`];
  check([
    {
      rule: 'keeps what it had, whatever the time',
      observed: MINE_A,
      desired: waiting,
      now: 1e13,
      writes: [],
      withheld: ['HOLDING_LAST_ADDRESSES www.example. A'],
    },
    {
      rule: 'loses it after the grace that is configured',
      observed: MINE_A,
      desired: waiting,
      settings: { emptyGraceMs: 1000 },
      now: 1000,
      writes: ['- www.example. 300 A 192.0.2.1', '- _owner.www.example. @me A/ingress'],
    },
    {
      rule: 'keeps nothing of another source',
      observed: MINE_A,
      desired: ['www.example. WAITING < service/shop/web'],
      writes: ['- www.example. 300 A 192.0.2.1', '- _owner.www.example. @me A/ingress'],
    },
    {
      rule: 'keeps nothing where it is a node',
      observed: ['n1.example. 300 A 192.0.2.1', '_owner.n1.example. @me A/node'],
      desired: ['n1.example. WAITING < node/n1'],
      writes: ['- n1.example. 300 A 192.0.2.1', '- _owner.n1.example. @me A/node'],
    },
    {
      rule: 'keeps its addresses beside what others put at the name',
      observed: MINE_A,
      desired: [...waiting, 'www.example. 300 TXT "x" < record/shop/txt'],
      writes: [
        '+ www.example. 300 TXT "x"',
        '- _owner.www.example. @me A/ingress',
        '+ _owner.www.example. @me A/ingress;TXT/record',
      ],
      withheld: ['HOLDING_LAST_ADDRESSES www.example. A'],
    },
    {
      rule: 'gives way to an address of somebody else',
      observed: MINE_A,
      desired: [...waiting, 'www.example. 300 A 192.0.2.2 < service/shop/web'],
      writes: [
        '- www.example. 300 A 192.0.2.1',
        '+ www.example. 300 A 192.0.2.2',
        '- _owner.www.example. @me A/ingress',
        '+ _owner.www.example. @me A/service',
      ],
    },
    { rule: 'writes nothing where there was nothing', desired: waiting, writes: [] },
  ]);

  it('is planned again when its grace ends', () => {
    const { plans } = runPlanCase({ observed: MINE_A, desired: waiting, settings: { emptyGraceMs: 1000 }, now: 5 });
    expect(plans.map(({ againAt }) => againAt)).toEqual([1000]);
  });
});
