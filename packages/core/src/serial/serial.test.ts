import { describe, expect, it } from '@jest/globals';

import { addSerial, compareSerials, firstSerial, MAX_SERIAL_INCREMENT, nextSerial } from './serial.ts';

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

describe('firstSerial', () => {
  const now = 1_785_000_000;
  it.each([
    ['the time where none is given', undefined, now],
    ['the given one where it came before', 1, 1],
    ['the given one where it is the time', now, now],
    ['the time where a date was given', 2_026_072_801, now],
    ['the time where the given one is a second ahead', now + 1, now],
    ['the given one where, round the circle, it came before', 4_294_967_295, 4_294_967_295],
    ['the time where the two have no order', now + 2 ** 31, now],
  ])('is %s', (_, given, first) => {
    expect(firstSerial(given, now)).toBe(first);
  });

  it('is the time after 2038 too, where 0 would come after it', () => expect(firstSerial(0, 2 ** 31 + 5)).toBe(2 ** 31 + 5));
});

describe('nextSerial', () => {
  it('is a whole number of seconds', () => expect(nextSerial(0, 1_800_000_000.9)).toBe(1_800_000_000));
  it('is the time where that comes after the current serial', () => expect(nextSerial(5, 1_800_000_000)).toBe(1_800_000_000));
  it('is one more within one second', () => expect(nextSerial(1_800_000_000, 1_800_000_000)).toBe(1_800_000_001));
  it('is one more where the clock was set back', () => expect(nextSerial(1_800_000_000, 1_700_000_000)).toBe(1_800_000_001));
  it('is one more where time and serial have no order', () => expect(nextSerial(2 ** 31, 2 ** 32)).toBe(2 ** 31 + 1));
  it('wraps', () => expect(nextSerial(0xffff_ffff, 1_800_000_000)).toBe(1_800_000_000));
});
