import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';

import { fixtureMemory, limiterFixture } from './testing/limiter-fixture.ts';

/** A token bucket as one would write it down, in whole responses: exact for rates that divide 1000. */
class PlainBucket {
  readonly #rate: number;
  readonly #capacity: number;
  readonly #floor: number;
  #credit: number;
  #at = 0;

  constructor(rate: number, capacity: number, floor: number) {
    this.#rate = rate;
    this.#capacity = capacity;
    this.#floor = floor;
    this.#credit = capacity;
  }

  take(now: number): boolean {
    this.#credit = Math.min(this.#capacity, this.#credit + ((now - this.#at) * this.#rate) / 1000);
    this.#at = now;
    const isEnough = this.#credit >= 1;
    if (this.#credit - 1 >= this.#floor) this.#credit -= 1;
    return isEnough;
  }
}

const RATES = [1, 2, 5, 10, 50, 100, 250] as const;

const scenario = fc.record({
  threads: fc.integer({ min: 1, max: 4 }),
  responsesPerSecond: fc.constantFrom(...RATES),
  nxdomainsPerSecond: fc.constantFrom(...RATES),
  burstSeconds: fc.integer({ min: 1, max: 3 }),
  windowSeconds: fc.nat(5),
  steps: fc.array(
    fc.record({
      elapsed: fc.oneof(fc.constant(0), fc.nat(20), fc.nat(3000)),
      thread: fc.nat(3),
      // The first two are of one prefix.
      client: fc.constantFrom('192.0.2.1', '192.0.2.2', '198.51.100.1', '2001:db8::1'),
      account: fc.nat(2),
      isNxdomain: fc.boolean(),
      count: fc.oneof(fc.nat(3), fc.nat(400)),
    }),
    { maxLength: 50 },
  ),
});

describe('a rate limiter in any number of threads', () => {
  it('never sends an account more than its burst and its rate, and sends whatever is within half of the burst and the rate', () => {
    fc.assert(
      fc.property(scenario, ({ threads, steps, ...limits }) => {
        const memory = fixtureMemory();
        const limiters = Array.from({ length: threads }, () => limiterFixture({ ...limits, slip: 0 }, memory, threads));
        const lowest = Math.min(limits.responsesPerSecond, limits.nxdomainsPerSecond);
        const shared = Math.floor((lowest * limits.burstSeconds) / 2);
        const most = new Map<string, PlainBucket>();
        const least = new Map<string, PlainBucket>();
        const wrong: string[] = [];
        let now = 0;
        for (const { elapsed, thread, client, account, isNxdomain, count } of steps) {
          now += elapsed;
          const limiter = limiters[thread % threads];
          limiter?.at(now);
          const rate = isNxdomain ? limits.nxdomainsPerSecond : limits.responsesPerSecond;
          const burst = rate * limits.burstSeconds;
          const key = `${client.replace(/\.\d$/, '')} ${account} ${isNxdomain}`;
          const atMost = most.get(key) ?? new PlainBucket(rate, burst, 0);
          const atLeast = least.get(key) ?? new PlainBucket(rate, burst - shared, -rate * limits.windowSeconds);
          most.set(key, atMost);
          least.set(key, atLeast);
          for (let ask = 0; ask < count; ask++) {
            const isSent = limiter?.ask(client, { account, rcode: isNxdomain ? 3 : 0 }) === 'send';
            if (isSent && !atMost.take(now)) wrong.push(`${key} at ${now}: sent beyond its limit`);
            if (atLeast.take(now) && !isSent) wrong.push(`${key} at ${now}: not sent`);
          }
        }
        expect(wrong).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });
});
