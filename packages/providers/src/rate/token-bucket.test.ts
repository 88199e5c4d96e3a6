import { describe, expect, it } from '@jest/globals';

import { SteppedClock } from '../testing/stepped-clock.ts';
import { TokenBucket } from './token-bucket.ts';

const SIGNAL = new AbortController().signal;

describe('a token bucket', () => {
  it('lets as many through at once as it holds, and the others in order as tokens come back', async () => {
    const clock = new SteppedClock();
    const bucket = new TokenBucket(clock, { capacity: 2, perSecond: 4 });
    const gone: string[] = [];
    for (const name of ['a', 'b', 'c', 'd']) void bucket.take(SIGNAL).then(() => gone.push(`${name} ${clock.monotonic()}`));
    await clock.advance(0);
    expect(gone).toEqual(['a 0', 'b 0']);
    expect(bucket.waiting).toBe(2);
    await clock.advance(1000);
    expect(gone).toEqual(['a 0', 'b 0', 'c 250', 'd 500']);
  });

  it('is full again after a rest, and no fuller', async () => {
    const clock = new SteppedClock();
    const bucket = new TokenBucket(clock, { capacity: 2, perSecond: 1 });
    await bucket.take(SIGNAL, 2);
    await clock.advance(3_600_000);
    await bucket.take(SIGNAL, 2);
    void bucket.take(SIGNAL);
    expect(bucket.waiting).toBe(1);
  });

  it('keeps a heavy request before a light one that came later', async () => {
    const clock = new SteppedClock();
    const bucket = new TokenBucket(clock, { capacity: 3, perSecond: 1 });
    const gone: string[] = [];
    await bucket.take(SIGNAL, 3);
    void bucket.take(SIGNAL, 3).then(() => gone.push('heavy'));
    void bucket.take(SIGNAL, 1).then(() => gone.push('light'));
    await clock.advance(3000);
    expect(gone).toEqual(['heavy']);
    await clock.advance(1000);
    expect(gone).toEqual(['heavy', 'light']);
  });

  it('stands still as long as it was told to', async () => {
    const clock = new SteppedClock();
    const bucket = new TokenBucket(clock, { capacity: 5, perSecond: 5 });
    bucket.pause(10_000);
    bucket.pause(1000);
    let gone = false;
    void bucket.take(SIGNAL).then(() => (gone = true));
    await clock.advance(9999);
    expect(gone).toBe(false);
    await clock.advance(1);
    expect(gone).toBe(true);
  });

  it.each([86_400_000 * 365, Infinity])('stands still for a day at most, however long it was told to (%d ms)', async (pause) => {
    const clock = new SteppedClock();
    const bucket = new TokenBucket(clock, { capacity: 5, perSecond: 5 });
    bucket.pause(pause);
    let gone = false;
    void bucket.take(SIGNAL).then(() => (gone = true));
    await clock.advance(86_400_000 - 1);
    expect(gone).toBe(false);
    await clock.advance(1);
    expect(gone).toBe(true);
  });

  it('forgets whoever gave up, and takes nothing for them', async () => {
    const clock = new SteppedClock();
    const bucket = new TokenBucket(clock, { capacity: 1, perSecond: 1 });
    await bucket.take(SIGNAL);
    const controller = new AbortController();
    const given = bucket.take(controller.signal);
    let gone = false;
    void bucket.take(SIGNAL).then(() => (gone = true));
    controller.abort(new Error('enough'));
    await expect(given).rejects.toThrow('enough');
    expect(() => bucket.take(controller.signal)).toThrow('enough');
    await clock.advance(1000);
    expect(gone).toBe(true);
    expect(clock.waiting).toBe(0);
  });

  it('refuses limits under which nothing would ever go', () => {
    const clock = new SteppedClock();
    expect(() => new TokenBucket(clock, { capacity: 0, perSecond: 1 })).toThrow(RangeError);
    expect(() => new TokenBucket(clock, { capacity: 1, perSecond: 0 })).toThrow(RangeError);
    expect(() => new TokenBucket(clock, { capacity: 1, perSecond: 1 }).take(SIGNAL, 2)).toThrow(RangeError);
  });
});
