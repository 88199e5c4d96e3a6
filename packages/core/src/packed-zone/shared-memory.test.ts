import { describe, expect, it } from '@jest/globals';

import { defaultMemoryOctets, possibleOctets } from './shared-memory.ts';

const MEBI = 2 ** 20;
const GIBI = 2 ** 30;

describe('the memory of all zones', () => {
  it.each<[string, number | undefined, number]>([
    ['all that can be addressed where there is no limit', undefined, 2 * GIBI],
    ['all that can be addressed where the limit is not known', 0, 2 * GIBI],
    ['all that can be addressed where there is no limit, as libuv says it', 2 ** 64, 2 * GIBI],
    ['all that can be addressed from 4 GiB on', 4 * GIBI, 2 * GIBI],
    ['half of a limit below that', 512 * MEBI, 256 * MEBI],
    ['whole MiB', 3 * MEBI * 5 + 4096, 7 * MEBI],
    ['not less than 4 MiB', MEBI, 4 * MEBI],
  ])('is %s', (_, constrained, expected) => {
    expect(defaultMemoryOctets(constrained)).toBe(expected);
  });

  it('is what was asked for, in whole MiB, between 4 MiB and 2 GiB', () => {
    expect([1, 5.5 * MEBI, 100 * MEBI, 3 * GIBI].map(possibleOctets)).toEqual([4 * MEBI, 5 * MEBI, 100 * MEBI, 2 * GIBI]);
  });
});
