import { describe, expect, it } from '@jest/globals';

import { rateOf } from './connection.ts';

describe('the rate of requests to Route 53', () => {
  it.each([
    [10, { capacity: 50, perSecond: 10 }],
    [2, { capacity: 10, perSecond: 2 }],
    [0.1, { capacity: 1, perSecond: 0.1 }],
  ])('of %s a second lets five seconds of it go at once, and one at least', (perSecond, rate) => {
    expect(rateOf(perSecond)).toEqual(rate);
  });
});
