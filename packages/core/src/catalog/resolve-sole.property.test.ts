import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';

import type { Contribution } from './contribution.ts';
import { resolveName } from './resolve-name.ts';
import { resolveSole } from './resolve-sole.ts';
import { talliesOf } from './tally.ts';
import { desiredText } from './testing/desired-text.ts';

const line = fc
  .tuple(
    fc.constantFrom('A 192.0.2.1', 'AAAA 2001:db8::1', 'ALIAS t.example.', 'CNAME t.example.', 'MX 1 m.example.', 'TXT "x"', ''),
    fc.constantFrom('', '', '', ' ; s', ' ; p=1'),
  )
  .map(([data, qualifiers]) => (data === '' ? 'a.example' : `a.example. 60 ${data}${qualifiers}`));

const contribution = fc
  .tuple(fc.constantFrom('ingress', 'zone'), fc.array(line, { minLength: 1, maxLength: 3 }))
  .map(([source, lines]): Contribution[] => {
    const desired = desiredText(...lines);
    const [first] = desired;
    if (first === undefined) return [];
    const origin = { source, cluster: 'x', namespace: 'n', object: 'n/1', createdAt: 1 };
    return [{ owner: first.owner, origin, rank: 1, desired }];
  });

describe('the short way for a name of one object with one value', () => {
  it('decides as the long way does', () => {
    fc.assert(
      fc.property(contribution, fc.boolean(), (contributions, crossNamespaceMerge) => {
        const short = resolveSole(contributions);
        if (short === undefined) return;
        expect(short).toEqual(resolveName(contributions, talliesOf(contributions), { crossNamespaceMerge }));
      }),
    );
  });

  it('is taken by an address and by a hostname, and by nothing that has to be merged', () => {
    const isTaken = (...lines: string[]): boolean => {
      const desired = desiredText(...lines);
      const origin = { source: 'ingress', cluster: 'x', namespace: 'n', object: 'n/1', createdAt: 1 };
      const one = desired.slice(0, 1).map(({ owner }): Contribution => ({ owner, origin, rank: 1, desired }));
      return resolveSole(one) !== undefined;
    };
    expect(isTaken('a.example. 60 A 192.0.2.1')).toBe(true);
    expect(isTaken('a.example. 60 ALIAS t.example.')).toBe(true);
    expect(isTaken('a.example. 60 A 192.0.2.1 ; s')).toBe(false);
    expect(isTaken('a.example. 60 A 192.0.2.1', 'a.example. 60 A 192.0.2.2')).toBe(false);
    expect(isTaken('a.example')).toBe(false);
  });
});
