import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';

import { carriesServerCookie } from './carries-server-cookie.ts';

const HEADER = '123400000001000000000001';
const QUESTION = '03777777076578616d706c650000010001';
const OPT = '00002904d000000000';

/** EDNS options, with the length of them all before them. */
function rdata(...options: readonly (readonly [code: number, octets: number])[]): string {
  const hex = options
    .map(([code, octets]) => code.toString(16).padStart(4, '0') + octets.toString(16).padStart(4, '0') + '5a'.repeat(octets))
    .join('');
  return (hex.length / 2).toString(16).padStart(4, '0') + hex;
}

function carries(hex: string): boolean {
  const octets = Uint8Array.from(Buffer.from(hex, 'hex'));
  return carriesServerCookie(octets, octets.length);
}

describe('a query', () => {
  it.each([
    ['a server cookie', HEADER + QUESTION + OPT + rdata([10, 24]), true],
    ['the shortest', HEADER + QUESTION + OPT + rdata([10, 16]), true],
    ['the longest', HEADER + QUESTION + OPT + rdata([10, 40]), true],
    ['one after other options', HEADER + QUESTION + OPT + rdata([3, 0], [8, 7], [10, 24], [12, 3]), true],
    ['one for the root', `${HEADER}0000010001${OPT}${rdata([10, 24])}`, true],
    ['a client cookie', HEADER + QUESTION + OPT + rdata([10, 8]), false],
    ['other options', HEADER + QUESTION + OPT + rdata([3, 0], [8, 24]), false],
    ['no options', HEADER + QUESTION + OPT + rdata(), false],
    ['no EDNS', HEADER + QUESTION, false],
    ['another record', `${HEADER}${QUESTION}0000100001000000000018${'5a'.repeat(24)}`, false],
    ['an option that is longer than the message', `${HEADER}${QUESTION}${OPT}001c000a0018aabb`, false],
    ['a question that does not end', `${HEADER}3f777777`, false],
    ['nothing', '', false],
  ])('with %s', (_, hex, expected) => {
    expect(carries(hex)).toBe(expected);
  });

  it('is read no further than it goes, whatever stands in it', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), fc.nat(80), (octets, length) => {
        const shown = octets.subarray(0, Math.min(length, octets.length));
        const padded = new Uint8Array(200);
        padded.set(shown);
        // What follows the query changes nothing.
        padded.fill(0, shown.length);
        const before = carriesServerCookie(padded, shown.length);
        padded.fill(10, shown.length);
        expect(carriesServerCookie(padded, shown.length)).toBe(before);
      }),
    );
  });
});
