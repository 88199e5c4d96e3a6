import { describe, expect, it } from '@jest/globals';

import { addSerial, compareSerials, MAX_SERIAL_INCREMENT, nextSerial } from './serial.ts';

describe('addSerial', () => {
  it.each([
    [0, 1, 1],
    [0xffff_ffff, 1, 0],
    [0xffff_fffe, 3, 1],
    [5, 0, 5],
    [0, MAX_SERIAL_INCREMENT, 0x7fff_ffff],
    [0x8000_0001, MAX_SERIAL_INCREMENT, 0],
  ])('adds to %d the increment %d and wraps: %d', (serial, increment, sum) => {
    expect(addSerial(serial, increment)).toBe(sum);
  });

  it.each([-1, 0.5, MAX_SERIAL_INCREMENT + 1, Number.NaN])('refuses the increment %d (RFC 1982, section 3.1)', (increment) => {
    expect(() => addSerial(1, increment)).toThrow(RangeError);
  });
});

describe('compareSerials', () => {
  it.each([
    [1, 1, 0],
    [1, 2, -1],
    [2, 1, 1],
    [0, 0x7fff_ffff, -1],
    [0xffff_ffff, 0, -1],
    [0, 0xffff_ffff, 1],
    [0xffff_fff0, 0x10, -1],
    // Exactly opposite: neither comes first, whichever is asked about (RFC 1982, section 3.2).
    [0, 0x8000_0000, undefined],
    [0x8000_0000, 0, undefined],
    [0x1234_5678, 0x9234_5678, undefined],
  ] as const)('%d against %d is %s', (one, other, order) => {
    expect(compareSerials(one, other)).toBe(order);
  });
});

describe('nextSerial', () => {
  it('is the time for a zone without a version', () => expect(nextSerial(undefined, 1_800_000_000.9)).toBe(1_800_000_000));
  it('is the time where that comes after the current serial', () => expect(nextSerial(5, 1_800_000_000)).toBe(1_800_000_000));
  it('is one more within one second', () => expect(nextSerial(1_800_000_000, 1_800_000_000)).toBe(1_800_000_001));
  it('is one more where the clock was set back', () => expect(nextSerial(1_800_000_000, 1_700_000_000)).toBe(1_800_000_001));
  it('is one more where time and serial have no order', () => expect(nextSerial(2 ** 31, 2 ** 32)).toBe(2 ** 31 + 1));
  it('wraps', () => expect(nextSerial(0xffff_ffff, 1_800_000_000)).toBe(1_800_000_000));
});
