import { describe, expect, it } from '@jest/globals';
import { type Conflict, nameOf } from '@kubezone/core';

import { type Complaint, groupFindings, type GroupingOptions, objectOfSubject, OWN_LEASE, sameFindings } from './finding.ts';

function complain(object: string, cluster = 'prod'): Complaint {
  return { code: 'X', message: 'x', since: 0, cluster, object };
}

const OPTIONS: GroupingOptions = { cluster: 'prod', limit: 10, isNeeded: () => false, pause: () => Promise.resolve() };

describe('findings', () => {
  it('are grouped by object, those of one cluster', async () => {
    const [a1, b, a2] = [complain('a'), complain('b'), complain('a')];
    const { byObject, leftOut } = await groupFindings([a1, b, complain('a', 'test'), a2], OPTIONS);
    expect([...byObject]).toEqual([
      ['a', [a1, a2]],
      ['b', [b]],
    ]);
    expect(leftOut).toBe(0);
  });

  it('are grouped by matter where several concern one object', async () => {
    const [a, b] = ['a', 'b'].map((about) => ({ ...complain(OWN_LEASE), about }));
    const plain = complain(OWN_LEASE);
    const { byObject } = await groupFindings([plain, ...[a, b, a].flatMap((one) => one ?? [])], OPTIONS);
    expect([...byObject.values()].map(({ length }) => length)).toEqual([1, 2, 1]);
    expect([...byObject.keys()].map(objectOfSubject)).toEqual([OWN_LEASE, OWN_LEASE, OWN_LEASE]);
  });

  it('are grouped up to a limit, and those that are needed beyond it', async () => {
    const findings = Array.from({ length: 30 }, (_, index) => complain(`o${index}`));
    const { byObject, leftOut } = await groupFindings(findings, { ...OPTIONS, isNeeded: (object) => object === 'o29' });
    expect(byObject.size).toBe(11);
    expect(byObject.has('o29')).toBe(true);
    expect(leftOut).toBe(10);
  });

  it("that belong to no object are nobody's", async () => {
    const problem = { code: 'MANIFEST_SYNTAX', cluster: 'prod', file: 'a.yaml', message: 'x', since: 0 } as const;
    expect((await groupFindings([problem], OPTIONS)).byObject.size).toBe(0);
  });

  it('let other events be handled while there are many of them', async () => {
    let pauses = 0;
    const pause = (): Promise<void> => Promise.resolve(void pauses++);
    await groupFindings(
      Array.from({ length: 10_000 }, () => complain('a', 'test')),
      { ...OPTIONS, pause },
    );
    expect(pauses).toBe(9);
  });

  it('are the same where they say the same, in whatever order', () => {
    const [one, other] = [complain('a'), { ...complain('a'), message: 'y' }];
    expect(sameFindings([one, other], [other, one])).toBe(true);
    expect(sameFindings([one], [complain('a')])).toBe(true);
    expect(sameFindings([one], [other])).toBe(false);
    expect(sameFindings([one], [{ ...one, since: 1 }])).toBe(false);
    expect(sameFindings([one], [one, other])).toBe(false);
    expect(sameFindings(undefined, [])).toBe(false);
  });

  it('that are conflicts are compared without their messages being made', () => {
    const conflict = (): Conflict => ({
      code: 'NEWER_OBJECT',
      owner: nameOf('www.example.com'),
      loser: { source: 'ingress', cluster: 'prod', namespace: 'a', object: 'Ingress/a/web', createdAt: 0 },
      since: 0,
      get message(): string {
        throw new Error('it was read');
      },
    });
    const one = conflict();
    expect(sameFindings([one], [one])).toBe(true);
    expect(sameFindings([one], [conflict()])).toBe(false);
  });
});
