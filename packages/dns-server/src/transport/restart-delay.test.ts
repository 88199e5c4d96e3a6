import { describe, expect, it } from '@jest/globals';

import { restartDelay } from './restart-delay.ts';

describe('the delay before a worker is started again', () => {
  it('is none at first, then doubles up to ten seconds', () => {
    expect([1, 2, 3, 4, 5, 8, 9, 10, 1000].map(restartDelay)).toEqual([0, 100, 200, 400, 800, 6400, 10_000, 10_000, 10_000]);
  });
});
