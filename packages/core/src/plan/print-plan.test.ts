import { describe, expect, it } from '@jest/globals';

import { ChangeLimiter, DEFAULT_DELETE_LIMITS } from './change-limiter.ts';
import { planDocument, printPlan } from './print-plan.ts';
import { runPlanCase } from './testing/plan-case.ts';

const { plans } = runPlanCase({
  observed: [
    'www.example. 300 A 192.0.2.1',
    '_owner.www.example. @me A/ingress',
    'old.example. 300 TXT "a\\"b"',
    '_owner.old.example. @me TXT/record',
    'alias.example. 0 A ALIAS lb.example.net. zone=Z1',
    '_owner.alias.example. @me A/service',
    'theirs.example. 300 A 192.0.2.9',
    'was-mate.example. 300 A 192.0.2.1',
    'was-mate.example. 300 TXT "mate:g"',
  ],
  desired: [
    'www.example. 60 CNAME x.example. < ingress/Ingress/shop/web',
    'new.example. 300 A 192.0.2.1 ; blue aws/weight=10 < service/Service/shop/new',
    'new.example. 300 A 192.0.2.2 ; blue aws/weight=10 < other:service/Service/shop/new',
    'theirs.example. 300 A 192.0.2.1 < service/Service/shop/theirs',
    'was-mate.example. 300 A 192.0.2.1 < service/Service/shop/mate',
  ],
  settings: { adopt: [{ format: 'mate', group: 'g' }] },
});

describe('a plan', () => {
  it('is printed with old and new values, the object behind each change, and what is not changed', () => {
    expect(printPlan({ zone: 'example.', provider: 'memory', names: plans })).toBe(`\
zone example. at memory: 1 to create, 1 to update, 2 to delete, 1 to adopt, 1 withheld
~ www.example. 300 A 192.0.2.1 → 60 CNAME x.example. (prod/Ingress/shop/web)
+ new.example. 300 A "blue" 192.0.2.1, 192.0.2.2 (prod/Service/shop/new, other/Service/shop/new)
= was-mate.example. taken over from mate/g
- old.example. 300 TXT "a\\"b"
- alias.example. 0 A ALIAS lb.example.net. (zone Z1)
! theirs.example. A FOREIGN_RRSET: A of theirs.example. exists, and no marker says that it is ours; adopt it, or delete it at the provider (prod/Service/shop/theirs)
`);
  });

  it('says what it waits for', () => {
    const limiter = new ChangeLimiter('example.', 'delete', DEFAULT_DELETE_LIMITS, { now: () => 0 });
    limiter.admit(plans, 2);
    const held = [limiter.held()].filter((one) => one !== undefined);
    expect(printPlan({ zone: 'example.', provider: 'memory', names: [], held })).toContain(
      `2 deletes wait for: kubezone-operator confirm ${held[0]?.sha256}`,
    );
    expect(planDocument({ zone: 'example.', provider: 'memory', names: [], held }).held).toEqual([
      {
        action: 'delete',
        sha256: held[0]?.sha256,
        operations: ['delete alias.example. 0 A ALIAS lb.example.net. (zone Z1)', 'delete old.example. 300 TXT "a\\"b"'],
      },
    ]);
  });

  it('is plain data too', () => {
    const document = planDocument({ zone: 'example.', provider: 'memory', names: plans });
    expect(JSON.parse(JSON.stringify(document))).toEqual(document);
    expect(document.summary).toEqual({ create: 1, update: 1, delete: 2, adopt: 1, withheld: 1 });
    expect(document.changes.slice(0, 2)).toEqual([
      {
        action: 'update',
        owner: 'www.example.',
        before: [{ type: 'A', ttl: 300, values: ['192.0.2.1'] }],
        after: [{ type: 'CNAME', ttl: 60, values: ['x.example.'] }],
        objects: ['prod/Ingress/shop/web'],
      },
      {
        action: 'create',
        owner: 'new.example.',
        before: [],
        after: [
          { type: 'A', setIdentifier: 'blue', ttl: 300, values: ['192.0.2.1', '192.0.2.2'], properties: { 'aws/weight': '10' } },
        ],
        objects: ['prod/Service/shop/new', 'other/Service/shop/new'],
      },
    ]);
    expect(document.adopted).toEqual([{ owner: 'was-mate.example.', from: ['mate/g'] }]);
    expect(document.withheld).toEqual([
      expect.objectContaining({
        code: 'FOREIGN_RRSET',
        owner: 'theirs.example.',
        type: 'A',
        objects: ['prod/Service/shop/theirs'],
      }),
    ]);
  });

  it('counts objects beyond five', () => {
    const desired = Array.from({ length: 8 }, (_, index) => `n.example. 300 A 192.0.2.1 < service/Service/shop/s${index}`);
    expect(printPlan({ zone: 'example.', provider: 'memory', names: runPlanCase({ desired }).plans })).toContain(
      'prod/Service/shop/s4 and 3 more)',
    );
  });
});
