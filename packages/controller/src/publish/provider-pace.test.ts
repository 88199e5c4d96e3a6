import { describe, expect, it } from '@jest/globals';

import { FakeClock } from '../testing/fake-clock.ts';
import { ProviderPace } from './provider-pace.ts';

/** How long pages of several listings take in all, each by itself so many milliseconds. */
async function listFor(pages: number, pageMs: number, callsPerSecond: number | undefined): Promise<number> {
  const clock = new FakeClock();
  const pace = new ProviderPace(clock, callsPerSecond);
  const { signal } = new AbortController();
  for (let page = 0; page < pages; page++) {
    const waiting = pace.turn(signal);
    while (clock.waiting > 0) clock.advance(1);
    await waiting;
    clock.advance(pageMs);
    pace.spent(pageMs);
  }
  return clock.monotonic();
}

describe('the pages of audits', () => {
  it('take a fifth of the calls that the provider takes', async () => {
    // Five calls a second: a page a second.
    expect(await listFor(11, 10, 5)).toBeGreaterThanOrEqual(10_000);
    expect(await listFor(11, 10, 5)).toBeLessThan(10_500);
  });

  it('take a fifth of the time, where the provider says nothing or is slow', async () => {
    const took = await listFor(11, 100, undefined);
    expect(took).toBeGreaterThanOrEqual(10 * 500);
    expect(took).toBeLessThan(10 * 500 + 200);
    expect(await listFor(3, 1000, 100)).toBeGreaterThanOrEqual(2 * 5000);
  });

  it('do not wait for ever after one that hung', async () => {
    expect(await listFor(2, 60_000, undefined)).toBeLessThan(2 * 60_000 + 21_000);
  });

  it('end with the term', async () => {
    const clock = new FakeClock();
    const pace = new ProviderPace(clock, 1);
    const controller = new AbortController();
    await pace.turn(controller.signal);
    const waiting = pace.turn(controller.signal);
    controller.abort(new Error('over'));
    await expect(waiting).rejects.toThrow('over');
  });
});
