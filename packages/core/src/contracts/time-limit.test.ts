import { beforeEach, describe, expect, it } from '@jest/globals';

import { TimeLimit } from './time-limit.ts';

let timers: (() => void)[];
const clock = {
  after: (_ms: number, callback: () => void): (() => void) => {
    timers.push(callback);
    return () => void (timers = timers.filter((one) => one !== callback));
  },
};
const ring = (): void => timers.splice(0).forEach((one) => one());

beforeEach(() => void (timers = []));

describe('a time limit', () => {
  it('aborts its signal when the time is over, and says so', () => {
    const limit = new TimeLimit(clock, 10, new AbortController().signal, () => 'too late');
    expect([limit.signal.aborted, limit.isOver]).toEqual([false, false]);
    ring();
    expect([limit.signal.aborted, limit.signal.reason, limit.isOver]).toEqual([true, 'too late', true]);
  });

  it('aborts its signal with that of whoever asks, for their reason, and is not over then', () => {
    const asking = new AbortController();
    const limit = new TimeLimit(clock, 10, asking.signal);
    asking.abort('gone');
    ring();
    expect([limit.signal.aborted, limit.signal.reason, limit.isOver]).toEqual([true, 'gone', false]);
  });

  it('is aborted from the start where whoever asks has given up', () => {
    expect(new TimeLimit(clock, 10, AbortSignal.abort('gone')).signal.reason).toBe('gone');
  });

  it('leaves nothing behind when it has ended', () => {
    const asking = new AbortController();
    const limit = new TimeLimit(clock, 10, asking.signal);
    limit.end();
    expect(timers).toEqual([]);
    asking.abort();
    expect(limit.signal.aborted).toBe(false);
  });
});
