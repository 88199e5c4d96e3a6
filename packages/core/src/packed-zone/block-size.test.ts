import { describe, expect, it } from '@jest/globals';

import { classFor, classWithin, MIN_UNITS, unitsOf } from './block-size.ts';

describe('block sizes', () => {
  it('give every size the smallest class that holds it, with less than an eighth lost', () => {
    for (let units = MIN_UNITS; units <= 140_000; units++) {
      const sizeClass = classFor(units);
      const held = unitsOf(sizeClass);
      if (held < units || held * 7 > units * 8 || unitsOf(sizeClass - 1) >= units) {
        throw new Error(`${units} units: class ${sizeClass} of ${held}`);
      }
    }
    expect(classFor(1)).toBe(classFor(MIN_UNITS));
  });

  it('give every rest the largest class that fits into it', () => {
    for (let units = MIN_UNITS; units <= 140_000; units++) {
      const sizeClass = classWithin(units);
      if (unitsOf(sizeClass) > units || unitsOf(sizeClass + 1) <= units) throw new Error(`${units} units: class ${sizeClass}`);
    }
    expect(unitsOf(classWithin(MIN_UNITS))).toBe(MIN_UNITS);
  });

  it('are exact up to 64 units, and eight to a doubling beyond', () => {
    const sizes = Array.from({ length: 24 }, (_, index) => unitsOf(classFor(60) + index));
    expect(sizes).toEqual([
      60, 61, 62, 63, 64, 72, 80, 88, 96, 104, 112, 120, 128, 144, 160, 176, 192, 208, 224, 240, 256, 288, 320, 352,
    ]);
  });
});
