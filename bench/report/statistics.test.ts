import { describe, expect, it } from '@jest/globals';

import { judge, ratiosByRound, signTest, spreadOf } from './statistics.ts';

describe('the spread of figures', () => {
  it.each([
    [[3, 1, 2], { median: 2, min: 1, max: 3, count: 3 }],
    [[4, 1, 2, 3], { median: 2.5, min: 1, max: 4, count: 4 }],
    [[7], { median: 7, min: 7, max: 7, count: 1 }],
    [[10, 9, 100], { median: 10, min: 9, max: 100, count: 3 }],
    [[], undefined],
  ])('of %j is their middle and their ends', (figures, spread) => {
    expect(spreadOf(figures)).toEqual(spread);
  });
});

describe('ratios', () => {
  const sample = (run: string, round: number, figure: number) => ({ run, round, figure });

  it('are made of figures of the same round of the same run, in whatever order they stand', () => {
    const ours = [sample('x', 1, 10), sample('x', 2, 30), sample('y', 1, 8)];
    const theirs = [sample('y', 1, 4), sample('x', 2, 10), sample('x', 1, 20)];
    expect(ratiosByRound(ours, theirs, ({ figure }) => figure)).toEqual([0.5, 3, 2]);
  });

  it('are left out where the round of one of the two counted for nothing', () => {
    expect(ratiosByRound([sample('x', 1, 10), sample('x', 2, 10)], [sample('x', 2, 5)], ({ figure }) => figure)).toEqual([2]);
  });
});

describe('the verdict on two commits', () => {
  // Of the binomial distribution with p = 1/2: two times 1/512, 10/512, 46/512, 1/4.
  it.each([
    [[1.1, 1.2, 1.3, 1.1, 1.1, 1.1, 1.4, 1.1, 1.1], 2 / 512],
    [[1.1, 1.2, 1.3, 1.1, 1.1, 1.1, 1.4, 1.1, 0.9], 20 / 512],
    [[1.1, 1.2, 1.3, 1.1, 1.1, 1.1, 1.4, 0.8, 0.9], 92 / 512],
    [[1.1, 1, 1.2, 1.3], 2 / 8],
    [[1.1, 0.9], 1],
    [[1, 1], 1],
    [[], 1],
  ])('%j is by chance with the probability %d', (ratios, probability) => {
    expect(signTest(ratios)).toBeCloseTo(probability, 12);
  });

  it('names a difference that nearly all rounds show, however small', () => {
    expect(judge([1.01, 1.02, 1.01, 1.01, 1.03, 1.01, 1.01, 1.01, 0.99])).toBe('more');
    expect(judge([0.9, 0.9, 0.8, 0.9, 0.9, 0.9])).toBe('less');
  });

  it('names none where rounds disagree, however large, nor where there are too few', () => {
    expect(judge([3, 0.3, 3, 0.3, 3, 3, 0.3, 3, 3])).toBe('no difference larger than the noise');
    expect(judge([2, 2, 2])).toBe('no difference larger than the noise');
    expect(judge([])).toBe('no difference larger than the noise');
  });
});
