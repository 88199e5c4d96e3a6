import { describe, expect, it } from '@jest/globals';

import type { ThroughputSample } from '../report/results.ts';
import { inTurn } from './in-turn.ts';
import { halfLoad } from './measure-servers.ts';

const sample = (
  server: ThroughputSample['server'],
  queriesPerSecond: number,
  more: Partial<ThroughputSample> = {},
): ThroughputSample => ({
  run: 'x',
  round: 1,
  names: 10_000,
  server,
  mix: 'a',
  completed: 1,
  lost: 0,
  seconds: 1,
  queriesPerSecond,
  cpuNanoseconds: 1,
  responseOctets: 53,
  otherWork: 0.02,
  ...more,
});

describe('the order of servers in a round', () => {
  it('begins with the next in each round, so that each is first once', () => {
    expect([1, 2, 3, 4].map((round) => inTurn(['a', 'b', 'c'], round).join(''))).toEqual(['bca', 'cab', 'abc', 'bca']);
    expect(inTurn([], 1)).toEqual([]);
  });
});

describe('half load', () => {
  it("is half of NSD's median of the first mix, whatever others do", () => {
    const samples = [130_000, 140_000, 120_000].map((rate) => sample('nsd', rate));
    expect(halfLoad([...samples, sample('coredns', 40_000), sample('nsd', 20_000, { mix: 'tcp' })])).toBe(65_000);
  });

  it('is half of the slowest where NSD is not among them, of runs that count', () => {
    const worthless = sample('kubezone', 10_000, { void: 'SERVFAIL' });
    expect(halfLoad([sample('kubezone', 100_000), worthless, sample('knot', 90_000)])).toBe(45_000);
  });

  it('is unknown where nothing counted', () => {
    expect(halfLoad([])).toBeUndefined();
    expect(halfLoad([sample('nsd', 1, { void: 'SERVFAIL' })])).toBeUndefined();
  });
});
