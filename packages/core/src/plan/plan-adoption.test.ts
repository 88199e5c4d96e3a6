import { describe, expect, it } from '@jest/globals';

import { markerKey } from '../ownership/marker-mac.ts';
import type { AdoptRule } from '../ownership/adopt-rule.ts';
import { nameOf } from '../name/owner-name.ts';
import { printRRset } from '../rr/record-text.ts';
import { contentOf, type PlanCase, runPlanCase } from './testing/plan-case.ts';

const WEB = '< ingress/shop/web';
const EXTERNAL_DNS: AdoptRule = {
  format: 'external-dns',
  owner: 'default',
  txtPrefix: '',
  txtSuffix: '',
  wildcardReplacement: '',
};
const MATE: AdoptRule = { format: 'mate', group: 'g' };
const ARES: AdoptRule = { format: 'ares' };
const heritage = (owner = 'default'): string =>
  `TXT "heritage=external-dns,external-dns/owner=${owner},external-dns/resource=ingress/shop/web"`;

function check(cases: readonly PlanCase[]): void {
  it.each(cases)('$rule', (one) => {
    const { writes, withheld, again } = runPlanCase(one);
    expect(writes).toEqual(one.writes.toSorted());
    expect(withheld).toEqual((one.withheld ?? []).toSorted());
    expect(again).toEqual([]);
  });
}

describe('names of external-dns', () => {
  const observed = ['www.example. 300 A 192.0.2.1', `a-www.example. 300 ${heritage()}`];
  check([
    {
      rule: 'are foreign without adoption',
      observed,
      desired: [`www.example. 300 A 192.0.2.2 ${WEB}`],
      writes: [],
      withheld: ['FOREIGN_RRSET www.example. A'],
    },
    {
      rule: 'are taken over with the change, and their markers go in the same write',
      observed,
      desired: [`www.example. 300 A 192.0.2.2 ${WEB}`],
      settings: { adopt: [EXTERNAL_DNS] },
      writes: [
        '- www.example. 300 A 192.0.2.1',
        '+ www.example. 300 A 192.0.2.2',
        `- a-www.example. 300 ${heritage()}`,
        '+ _owner.www.example. @me A/ingress',
      ],
    },
    {
      rule: 'are taken over unchanged, by create-only too',
      observed,
      desired: [`www.example. 300 A 192.0.2.1 ${WEB}`],
      settings: { adopt: [EXTERNAL_DNS], policy: 'create-only' },
      writes: [`- a-www.example. 300 ${heritage()}`, '+ _owner.www.example. @me A/ingress'],
    },
    {
      rule: 'of another owner stay foreign',
      observed: ['www.example. 300 A 192.0.2.1', `a-www.example. 300 ${heritage('other')}`],
      desired: [`www.example. 300 A 192.0.2.2 ${WEB}`],
      settings: { adopt: [EXTERNAL_DNS] },
      writes: [],
      withheld: ['FOREIGN_RRSET www.example. A'],
    },
    {
      rule: 'that nobody asks for stay, and are listed',
      observed,
      settings: { adopt: [EXTERNAL_DNS] },
      writes: [],
      withheld: ['ADOPTABLE_NOT_DESIRED www.example.'],
    },
    {
      rule: 'that nobody asks for go when they are to be pruned',
      observed,
      settings: { adopt: [EXTERNAL_DNS], pruneAdopted: true },
      writes: ['- www.example. 300 A 192.0.2.1', `- a-www.example. 300 ${heritage()}`],
    },
    {
      rule: 'are not pruned while it is not known who asks for what',
      observed,
      settings: { adopt: [EXTERNAL_DNS], pruneAdopted: true, everySourceSynced: false },
      writes: [],
    },
    {
      rule: 'of an object without address are taken over as they are',
      observed,
      desired: [`www.example. WAITING ${WEB}`],
      settings: { adopt: [EXTERNAL_DNS] },
      writes: [`- a-www.example. 300 ${heritage()}`, '+ _owner.www.example. @me A'],
      withheld: ['HOLDING_LAST_ADDRESSES www.example. A'],
    },
    {
      rule: 'with the untyped record of old versions are ours, but not their AAAA',
      observed: ['www.example. 300 A 192.0.2.1', 'www.example. 300 AAAA 2001:db8::1', `www.example. 300 ${heritage()}`],
      desired: [`www.example. 300 A 192.0.2.2 ${WEB}`, `www.example. 300 AAAA 2001:db8::2 ${WEB}`],
      settings: { adopt: [EXTERNAL_DNS] },
      writes: [
        '- www.example. 300 A 192.0.2.1',
        '+ www.example. 300 A 192.0.2.2',
        `- www.example. 300 ${heritage()}`,
        '+ _owner.www.example. @me A/ingress',
      ],
      withheld: ['FOREIGN_RRSET www.example. AAAA'],
    },
    {
      rule: 'that are aliases have a record of type CNAME',
      observed: ['www.example. 0 A ALIAS lb.example.net. zone=Z', `cname-www.example. 300 ${heritage()}`],
      desired: [`www.example. 300 A 192.0.2.2 ${WEB}`],
      settings: { adopt: [EXTERNAL_DNS] },
      writes: [
        '- www.example. 0 A ALIAS lb.example.net. (zone Z)',
        '+ www.example. 300 A 192.0.2.2',
        `- cname-www.example. 300 ${heritage()}`,
        '+ _owner.www.example. @me A/ingress',
      ],
    },
    {
      rule: 'of one set identifier do not give the others',
      observed: [
        'www.example. 300 A 192.0.2.1 ; blue',
        'www.example. 300 A 192.0.2.9 ; red',
        `a-www.example. 300 ${heritage()} ; blue`,
      ],
      desired: [`www.example. 300 A 192.0.2.2 ; blue ${WEB}`],
      settings: { adopt: [EXTERNAL_DNS] },
      writes: [
        '- www.example. 300 A "blue" 192.0.2.1',
        '+ www.example. 300 A "blue" 192.0.2.2',
        `- a-www.example. 300 TXT "blue" ${heritage().slice(4)}`,
        '+ _owner.www.example. @me A#blue/ingress',
      ],
    },
    {
      rule: 'do not give the zone its own NS',
      observed: ['example. 300 NS ns.example.net.', 'example. 300 A 192.0.2.1', `example. 300 ${heritage()}`],
      desired: [`example. 300 A 192.0.2.1 ${WEB}`],
      settings: { adopt: [EXTERNAL_DNS] },
      writes: [`- example. 300 ${heritage()}`, '+ _owner.example. @me A/ingress'],
    },
    {
      rule: 'leave a marker of nothing behind, which goes with the first write',
      observed: [`a-www.example. 300 ${heritage()}`],
      desired: [`www.example. 300 A 192.0.2.1 ${WEB}`],
      settings: { adopt: [EXTERNAL_DNS] },
      writes: ['+ www.example. 300 A 192.0.2.1', `- a-www.example. 300 ${heritage()}`, '+ _owner.www.example. @me A/ingress'],
    },
  ]);
});

describe('the order inside a write', () => {
  it('leaves no moment without a marker of somebody', () => {
    const { plans } = runPlanCase({
      observed: ['www.example. 300 A 192.0.2.1', `a-www.example. 300 ${heritage()}`],
      desired: [`www.example. 300 CNAME lb.example.net. ${WEB}`],
      settings: { adopt: [EXTERNAL_DNS] },
    });
    const steps = plans
      .flatMap(({ write }) => write?.writes ?? [])
      .map(({ before, after }) => `${(before ?? after)?.owner} ${after === undefined ? 'goes' : 'comes'}`);
    expect(steps).toEqual(['www.example. goes', '_owner.www.example. comes', 'a-www.example. goes', 'www.example. comes']);
  });
});

describe('names that two systems have marked', () => {
  const both = ['www.example. 300 A 192.0.2.1', 'www.example. 300 TXT "mate:g"', `a-www.example. 300 ${heritage()}`];
  check([
    ...[MATE, EXTERNAL_DNS].map((rule) => ({
      rule: `stay foreign where ${rule.format} alone may be taken over: the other may write them still`,
      observed: both,
      desired: [`www.example. 300 A 192.0.2.2 ${WEB}`],
      settings: { adopt: [rule] },
      writes: [],
      withheld: ['FOREIGN_RRSET www.example. A'],
    })),
    {
      rule: 'are taken over where both may be, and both markers go',
      observed: both,
      desired: [`www.example. 300 A 192.0.2.2 ${WEB}`],
      settings: { adopt: [MATE, EXTERNAL_DNS] },
      writes: [
        '- www.example. 300 A 192.0.2.1',
        '+ www.example. 300 A 192.0.2.2',
        '- www.example. 300 TXT "mate:g"',
        `- a-www.example. 300 ${heritage()}`,
        '+ _owner.www.example. @me A/ingress',
      ],
    },
    {
      rule: 'stay foreign where another owner of the same system has marked them as well',
      observed: ['www.example. 300 A 192.0.2.1', `a-www.example. 300 ${heritage()}`, `a-www.example. 300 ${heritage('other')}`],
      desired: [`www.example. 300 A 192.0.2.2 ${WEB}`],
      settings: { adopt: [EXTERNAL_DNS] },
      writes: [],
      withheld: ['FOREIGN_RRSET www.example. A'],
    },
  ]);
});

describe('names of Mate', () => {
  check([
    {
      rule: 'are taken over, of its TXT its own value alone',
      observed: ['www.example. 300 A 192.0.2.1', 'www.example. 300 TXT "mate:g"', 'www.example. 300 TXT "v=spf1 -all"'],
      desired: [`www.example. 300 A 192.0.2.2 ${WEB}`],
      settings: { adopt: [MATE] },
      writes: [
        '- www.example. 300 A 192.0.2.1',
        '+ www.example. 300 A 192.0.2.2',
        '- www.example. 300 TXT "mate:g"',
        '+ _owner.www.example. @me A/ingress',
      ],
    },
    {
      rule: 'at Google have two values, of which the group counts',
      observed: [
        'www.example. 300 A 192.0.2.1',
        'www.example. 300 TXT "heritage=mate"',
        'www.example. 300 TXT "mate/record-group-id=g"',
        'x.example. 300 A 192.0.2.1',
        'x.example. 300 TXT "heritage=mate"',
        'x.example. 300 TXT "mate/record-group-id=h"',
      ],
      desired: [`www.example. 300 A 192.0.2.1 ${WEB}`, `x.example. 300 A 192.0.2.2 ${WEB}`],
      settings: { adopt: [MATE] },
      writes: [
        '- www.example. 300 TXT "heritage=mate"',
        '- www.example. 300 TXT "mate/record-group-id=g"',
        '+ _owner.www.example. @me A/ingress',
      ],
      withheld: ['FOREIGN_RRSET x.example. A'],
    },
    {
      rule: 'at Google need both values',
      observed: ['x.example. 300 A 192.0.2.1', 'x.example. 300 TXT "mate/record-group-id=g"'],
      desired: [`x.example. 300 A 192.0.2.2 ${WEB}`],
      settings: { adopt: [MATE] },
      writes: [],
      withheld: ['FOREIGN_RRSET x.example. A'],
    },
    {
      rule: 'can become a CNAME, since its TXT goes with them',
      observed: ['www.example. 300 A 192.0.2.1', 'www.example. 300 TXT "mate:g"'],
      desired: [`www.example. 300 CNAME lb.example.net. ${WEB}`],
      settings: { adopt: [MATE] },
      writes: [
        '- www.example. 300 A 192.0.2.1',
        '+ www.example. 300 CNAME lb.example.net.',
        '- www.example. 300 TXT "mate:g"',
        '+ _owner.www.example. @me CNAME/ingress',
      ],
    },
    {
      rule: 'can get a TXT of ours in place of its',
      observed: ['www.example. 300 A 192.0.2.1', 'www.example. 300 TXT "mate:g"'],
      desired: [`www.example. 300 A 192.0.2.1 ${WEB}`, 'www.example. 60 TXT "ours" < record/shop/txt'],
      settings: { adopt: [MATE] },
      writes: [
        '- www.example. 300 TXT "mate:g"',
        '+ www.example. 60 TXT "ours"',
        '+ _owner.www.example. @me A/ingress;TXT/record',
      ],
    },
    {
      rule: 'keep other types foreign',
      observed: ['www.example. 300 A 192.0.2.1', 'www.example. 300 MX 10 mx.example.', 'www.example. 300 TXT "mate:g"'],
      settings: { adopt: [MATE], pruneAdopted: true },
      writes: ['- www.example. 300 A 192.0.2.1', '- www.example. 300 TXT "mate:g"'],
    },
  ]);
});

describe('names of ARES', () => {
  const observed = ['www.example. 1 A 192.0.2.1', 'www.example. 1 A 192.0.2.2', '_owner.www.example. 1 TXT "ares"'];
  check([
    {
      rule: 'lose what is surplus and get what is missing',
      observed,
      desired: ['www.example. 1 A 192.0.2.2 < record/default/r', 'www.example. 1 A 192.0.2.3 < record/default/r'],
      settings: { adopt: [ARES] },
      writes: [
        '- www.example. 1 A 192.0.2.1',
        '+ www.example. 1 A 192.0.2.3',
        '- _owner.www.example. 1 TXT "ares"',
        '+ _owner.www.example. @me A/record',
      ],
    },
    {
      rule: 'have no set identifiers, and a marker that covers nothing is pruned alone',
      observed: ['www.example. 1 A 192.0.2.1 ; blue', '_owner.www.example. 1 TXT "ares"'],
      settings: { adopt: [ARES], pruneAdopted: true },
      writes: ['- _owner.www.example. 1 TXT "ares"'],
    },
    {
      rule: 'with another text are nobody’s that is known',
      observed: ['www.example. 1 A 192.0.2.1', '_owner.www.example. 1 TXT "other"'],
      desired: ['www.example. 1 A 192.0.2.2 < record/default/r'],
      settings: { adopt: [ARES] },
      writes: [],
      withheld: ['FOREIGN_RRSET www.example. A'],
    },
    {
      rule: 'stay when their Record is gone',
      observed,
      settings: { adopt: [ARES] },
      writes: [],
      withheld: ['ADOPTABLE_NOT_DESIRED www.example.'],
    },
    {
      rule: 'go when their Record is gone and they are to be pruned',
      observed,
      settings: { adopt: [ARES], pruneAdopted: true },
      writes: ['- www.example. 1 A 192.0.2.1', '- www.example. 1 A 192.0.2.2', '- _owner.www.example. 1 TXT "ares"'],
    },
  ]);
});

describe('names of another Kubezone', () => {
  const observed = ['www.example. 300 A 192.0.2.1', '_owner.www.example. @old A/ingress'];
  const renamed: AdoptRule = { format: 'kubezone', owner: 'old' };
  check([
    {
      rule: 'pass to a new owner id without a change of data',
      observed,
      desired: [`www.example. 300 A 192.0.2.1 ${WEB}`],
      settings: { adopt: [renamed] },
      writes: ['- _owner.www.example. @old A/ingress', '+ _owner.www.example. @me A/ingress'],
    },
    {
      rule: 'of another cluster stay that cluster’s, if one is named',
      observed: ['www.example. 300 A 192.0.2.1', '_owner.www.example. @me/c9 A/ingress'],
      desired: [`www.example. 300 A 192.0.2.1 ${WEB}`],
      settings: { adopt: [{ format: 'kubezone', owner: 'me', cluster: 'c8' }] },
      writes: [],
      withheld: ['OTHER_CLUSTER www.example. A'],
    },
    {
      rule: 'that nobody asks for stay',
      observed,
      settings: { adopt: [renamed] },
      writes: [],
      withheld: ['ADOPTABLE_NOT_DESIRED www.example.'],
    },
    {
      rule: 'that nobody asks for go when they are to be pruned',
      observed,
      settings: { adopt: [renamed], pruneAdopted: true },
      writes: ['- www.example. 300 A 192.0.2.1', '- _owner.www.example. @old A/ingress'],
    },
  ]);
});

describe('names that nobody has marked', () => {
  const unmarked = (...names: readonly string[]): AdoptRule => ({ format: 'unmarked', names: names.map(nameOf) });
  check([
    {
      rule: 'are taken over by name, for what takes the place of what is there',
      observed: ['www.example. 300 CNAME x.example.', 'other.example. 300 A 192.0.2.1'],
      desired: [`www.example. 300 A 192.0.2.2 ${WEB}`, `other.example. 300 A 192.0.2.2 ${WEB}`],
      settings: { adopt: [unmarked('www.example')] },
      writes: ['- www.example. 300 CNAME x.example.', '+ www.example. 300 A 192.0.2.2', '+ _owner.www.example. @me A/ingress'],
      withheld: ['FOREIGN_RRSET other.example. A'],
    },
    {
      rule: 'are taken over by what stands above them, other types stay foreign',
      observed: ['a.b.example. 300 A 192.0.2.1', 'a.b.example. 300 TXT "x"', 'b.example. 300 A 192.0.2.1'],
      desired: [`a.b.example. 300 A 192.0.2.2 ${WEB}`, `b.example. 300 A 192.0.2.2 ${WEB}`],
      settings: { adopt: [unmarked('*.b.example')] },
      writes: ['- a.b.example. 300 A 192.0.2.1', '+ a.b.example. 300 A 192.0.2.2', '+ _owner.a.b.example. @me A/ingress'],
      withheld: ['FOREIGN_RRSET b.example. A'],
    },
    {
      rule: 'are taken over as a name: what is not wanted of its addresses goes',
      observed: ['www.example. 300 A 192.0.2.1', '_owner.www.example. @me A/ingress', 'www.example. 300 AAAA 2001:db8::1'],
      desired: [`www.example. 300 A 192.0.2.1 ${WEB}`],
      settings: { adopt: [unmarked('www.example')] },
      writes: ['- www.example. 300 AAAA 2001:db8::1'],
    },
    {
      rule: 'are not those of somebody whom we know',
      observed: [
        'a.example. 300 A 192.0.2.1',
        `a-a.example. 300 ${heritage('x')}`,
        'b.example. 300 A 192.0.2.1',
        'b.example. 300 TXT "mate:x"',
        'c.example. 300 A 192.0.2.1',
        '_owner.c.example. 300 TXT "ares"',
        'd.example. 300 A 192.0.2.1',
        '_owner.d.example. @you A/ingress',
      ],
      desired: ['a', 'b', 'c', 'd'].map((label) => `${label}.example. 300 A 192.0.2.2 ${WEB}`),
      settings: { adopt: [unmarked('*.example')] },
      writes: [],
      withheld: [
        'FOREIGN_RRSET a.example. A',
        'FOREIGN_RRSET b.example. A',
        'FOREIGN_RRSET c.example. A',
        'OTHER_OWNER d.example. A',
      ],
    },
  ]);
});

describe('signed markers', () => {
  const desired = [`www.example. 300 A 192.0.2.1 ${WEB}`];
  const [first, second] = [markerKey('one'), markerKey('two')];

  it('are written, verified with any key, and signed anew with the first', () => {
    const created = runPlanCase({ desired, settings: { keys: [first] } });
    expect(created.writes).toEqual([
      expect.stringMatching(/^\+ _owner\.www\.example\. @me A\/ingress mac=/),
      '+ www.example. 300 A 192.0.2.1',
    ]);
    expect(created.again).toEqual([]);
    const observed = contentWithMac(created.zone);
    expect(runPlanCase({ observed, desired, settings: { keys: [second, first] } }).writes).toEqual([
      expect.stringMatching(/^\+ _owner\.www\.example\. @me A\/ingress mac=/),
      expect.stringMatching(/^- _owner\.www\.example\. @me A\/ingress mac=/),
    ]);
  });

  it('of no key that is known, or none at all where keys are set, are foreign', () => {
    const signed = contentWithMac(runPlanCase({ desired, settings: { keys: [first] } }).zone);
    const unsigned = ['www.example. 300 A 192.0.2.1', '_owner.www.example. @me A/ingress'];
    const changed = [`www.example. 300 A 192.0.2.2 ${WEB}`];
    for (const [observed, keys] of [
      [signed, [second]],
      [signed, []],
      [unsigned, [first]],
    ] as const) {
      const { writes, withheld } = runPlanCase({ observed, desired: changed, settings: { keys } });
      expect([writes, withheld]).toEqual([[], ['UNVERIFIED_MARKER www.example. A']]);
      expect(runPlanCase({ observed, settings: { keys } }).writes).toEqual([]);
    }
  });

  it('are not contested by an unsigned one of the same owner', () => {
    const signed = contentWithMac(runPlanCase({ desired, settings: { keys: [first] } }).zone);
    const observed = [...signed, '_owner.www.example. @me A/service'];
    const { writes, withheld } = runPlanCase({
      observed,
      desired: [`www.example. 300 A 192.0.2.2 ${WEB}`],
      settings: { keys: [first] },
    });
    expect([writes, withheld]).toEqual([['+ www.example. 300 A 192.0.2.2', '- www.example. 300 A 192.0.2.1'], []]);
  });

  it('copied to another name are worth nothing', () => {
    const signed = contentWithMac(runPlanCase({ desired, settings: { keys: [first] } }).zone);
    const observed = signed.map((line) => line.replace('www.example.', 'copy.example.'));
    expect(runPlanCase({ observed, settings: { keys: [first] } }).writes).toEqual([]);
  });

  it('come into use by adopting the unsigned', () => {
    const observed = ['www.example. 300 A 192.0.2.1', '_owner.www.example. @me A/ingress'];
    const { writes, again } = runPlanCase({
      observed,
      desired,
      settings: { keys: [first], adopt: [{ format: 'kubezone', owner: 'me' }] },
    });
    expect(writes).toEqual([
      expect.stringMatching(/^\+ _owner\.www\.example\. @me A\/ingress mac=/),
      '- _owner.www.example. @me A/ingress',
    ]);
    expect(again).toEqual([]);
  });
});

function contentWithMac(zone: ReturnType<typeof runPlanCase>['zone']): string[] {
  expect(contentOf(zone)).not.toEqual([]);
  return [...zone.names()].flatMap((name) => zone.at(name).flatMap((rrset) => printRRset(rrset).split('\n')));
}
