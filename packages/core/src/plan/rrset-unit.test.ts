import { describe, expect, it } from '@jest/globals';

import { scanRRType } from '../rr/rr-type.ts';
import { canCoexist, canStandBesideForeign, printUnit, type Unit, unitKey } from './rrset-unit.ts';

/** A unit of `TYPE` or `TYPE set`. */
function unitOf(text: string): Unit {
  const [type = '', setIdentifier] = text.split(' ');
  return { type: scanRRType(type) ?? 0, setIdentifier };
}

describe('two RRsets of one name', () => {
  it.each([
    ['A', 'AAAA', true, false],
    ['A', 'MX', true, true],
    ['TXT', 'MX', true, true],
    ['A', 'CNAME', false, false],
    ['MX', 'CNAME', false, false],
    ['RRSIG', 'CNAME', true, true],
    ['NSEC', 'CNAME', true, true],
    ['DNAME', 'CNAME', false, false],
    ['A a', 'A b', true, true],
    ['A a', 'A', false, false],
    ['A a', 'AAAA b', true, true],
    ['A a', 'AAAA a', true, false],
    ['A a', 'AAAA', true, false],
    ['CNAME a', 'CNAME b', true, true],
    ['CNAME a', 'A b', false, false],
    ['TXT a', 'TXT', false, false],
  ])('%s and %s: of one writer %s, of two %s', (left, right, one, two) => {
    for (const [a, b] of [
      [left, right],
      [right, left],
    ] as const) {
      expect(canCoexist(unitOf(a), unitOf(b))).toBe(one);
      expect(canStandBesideForeign(unitOf(a), unitOf(b))).toBe(two);
    }
  });

  it('have different keys', () => {
    const units = ['A', 'AAAA', 'A a', 'A b', 'AAAA a'].map(unitOf);
    expect(new Set(units.map(unitKey)).size).toBe(5);
    expect(units.map(printUnit)).toEqual(['A', 'AAAA', 'A "a"', 'A "b"', 'AAAA "a"']);
  });
});
