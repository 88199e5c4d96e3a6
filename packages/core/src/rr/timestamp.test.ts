import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';

import { printTimestamp, scanTimestamp } from './timestamp.ts';

describe('times of RRSIG (RFC 4034, section 3.2)', () => {
  it.each([
    ['20030322173103', 1_048_354_263],
    ['1048354263', 1_048_354_263],
    ['19700101000000', 0],
    ['20240229000000', 1_709_164_800],
    ['21060207062815', 4_294_967_295],
    ['21060207062816', 0], // modulo 2^32 (section 3.1.5)
  ])('%s is %d', (text, seconds) => {
    expect(scanTimestamp(text)).toBe(seconds);
  });

  it.each([
    '',
    '19691231235959',
    '20230229000000',
    '20230101240000',
    '20230101006000',
    '2003032217310',
    '4294967296',
    '-1',
    '2003-03-22',
  ])('"%s" is none', (text) => {
    expect(scanTimestamp(text)).toMatchObject({ code: 'BAD_FIELD' });
  });

  it('come back from text', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 32 - 1 }), (seconds) => {
        expect(scanTimestamp(printTimestamp(seconds))).toBe(seconds);
      }),
    );
  });
});
