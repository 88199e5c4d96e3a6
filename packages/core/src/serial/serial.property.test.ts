import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';

import { addSerial, compareSerials, firstSerial, MAX_SERIAL_INCREMENT, nextSerial } from './serial.ts';

const serial = fc.integer({ min: 0, max: 0xffff_ffff });

describe('serial arithmetic', () => {
  it('puts a serial after the one it was made from by adding', () => {
    fc.assert(
      fc.property(serial, fc.integer({ min: 1, max: MAX_SERIAL_INCREMENT }), (start, increment) => {
        expect(compareSerials(addSerial(start, increment), start)).toBe(1);
      }),
    );
  });

  it('orders a pair one way and the swapped pair the other way', () => {
    fc.assert(
      fc.property(serial, serial, (one, other) => {
        const backward = compareSerials(other, one);
        const expected = { '-1': 1, '0': 0, '1': -1, undefined }[String(compareSerials(one, other))];
        expect(backward).toBe(expected);
      }),
    );
  });

  it('does not go back over a restart, whatever serial the file has, while changes are rarer than seconds', () => {
    const pauses = fc.array(fc.integer({ min: 1, max: 100_000 }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(serial, fc.nat(2 ** 33), pauses, pauses, (inFile, start, first, second) => {
        let now = start;
        const run = (rests: readonly number[]): number[] => {
          let current = firstSerial(inFile, now);
          return rests.map((rest) => (current = nextSerial(current, (now += rest))));
        };
        const served = [...run(first), ...run(second)];
        for (const [index, one] of served.slice(1).entries()) expect(compareSerials(one, served[index] ?? 0)).toBe(1);
      }),
    );
  });

  it('always increases by nextSerial', () => {
    fc.assert(
      fc.property(serial, fc.integer({ min: 0, max: 2 ** 34 }), (current, now) => {
        expect(compareSerials(nextSerial(current, now), current)).toBe(1);
      }),
    );
  });
});
