import { describe, expect, it } from '@jest/globals';

import { TokenBucket } from './token-bucket.ts';

/** How many tokens can be had at once. */
function drain(bucket: TokenBucket, now: number): number {
  let count = 0;
  while (bucket.waitMs(now) === 0 && count < 100) {
    bucket.take(now);
    count++;
  }
  return count;
}

describe('a token bucket', () => {
  it('gives a burst, and then one by one', () => {
    const bucket = new TokenBucket({ burst: 3, refillMs: 1_000 });
    expect(drain(bucket, 0)).toBe(3);
    expect(bucket.waitMs(0)).toBe(1_000);
    expect(drain(bucket, 999)).toBe(0);
    expect(drain(bucket, 1_000)).toBe(1);
    expect(drain(bucket, 3_500)).toBe(2);
    expect(bucket.waitMs(3_500)).toBe(500);
  });

  it('never holds more than a burst', () => {
    const bucket = new TokenBucket({ burst: 3, refillMs: 1_000 });
    expect(drain(bucket, 0)).toBe(3);
    expect(bucket.isFull(2_999)).toBe(false);
    expect(bucket.isFull(3_000)).toBe(true);
    expect(drain(bucket, 1_000_000)).toBe(3);
  });
});
