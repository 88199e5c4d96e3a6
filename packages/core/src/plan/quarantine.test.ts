import { describe, expect, it } from '@jest/globals';

import type { NamePlan } from './name-plan.ts';
import { afterRefusal, Quarantine } from './quarantine.ts';
import { planZone } from './plan-zone.ts';
import { SETTINGS } from './testing/plan-case.ts';
import { applyTo, desiredOf, recordsOf, zoneOf } from './testing/plan-text.ts';
import type { ObservedZone } from './observed-zone.ts';
import type { DesiredName } from './desired-name.ts';
import { type OwnerName, nameOf } from '../name/owner-name.ts';

const MINUTE = 60_000;
const WWW = nameOf('www.example');

/** A provider that refuses writes of records with a word in them, and says no more. */
class Refuser {
  readonly clock = { time: 0, monotonic: (): number => this.clock.time };
  readonly quarantine = new Quarantine(this.clock, () => 0.5);
  readonly zone: ObservedZone = zoneOf();
  writes = 0;
  bad: RegExp;

  constructor(bad: RegExp) {
    this.bad = bad;
  }

  /** Plans and writes until nothing is to be done at once; what is withheld then. */
  settle(desired: ReadonlyMap<OwnerName, DesiredName>): string[] {
    for (let round = 0; round < 50; round++) {
      const plan = this.plan(desired);
      if (plan?.write === undefined) return (plan?.withheld ?? []).map(({ code, type }) => `${code} ${type ?? '-'}`);
      this.writes++;
      const isRefused = plan.write.writes.some(
        ({ after }) => after !== undefined && recordsOf(after).some((line) => this.bad.test(line)),
      );
      if (isRefused) this.quarantine.refused(plan, 'no such thing');
      else {
        applyTo(this.zone, plan.write);
        this.quarantine.applied(plan);
      }
    }
    throw new Error('it never ends');
  }

  plan(desired: ReadonlyMap<OwnerName, DesiredName>): NamePlan | undefined {
    const settings = { ...SETTINGS, quarantined: this.quarantine.notice.bind(this.quarantine) };
    return planZone({ desired, held: this.zone, settings, now: 0, deletes: 'allowed' }).names[0];
  }

  types(): number[] {
    return this.zone.at(WWW).map(({ type }) => type);
  }
}

const desired = desiredOf(
  'www.example. 300 A 192.0.2.1 < record/n/a',
  'www.example. 300 TXT "bad" < record/n/txt',
  'www.example. 300 MX 10 mx.example. < record/n/mx',
  'www.example. 300 CAA 0 issue "ca.example" < record/n/caa',
  'www.example. 300 SRV 0 0 1 worse.example. < record/n/srv',
);

describe('a refused name', () => {
  it('is tried in halves until what is refused is known, and the rest is written', () => {
    const provider = new Refuser(/bad/);
    expect(provider.settle(desired)).toEqual(['QUARANTINED 16']);
    expect(provider.types().toSorted((a, b) => a - b)).toEqual([1, 15, 33, 257]);
    expect(provider.writes).toBeLessThanOrEqual(7);
  });

  it('may hold several things that are refused', () => {
    const provider = new Refuser(/bad|worse/);
    expect(provider.settle(desired).toSorted()).toEqual(['QUARANTINED 16', 'QUARANTINED 33']);
    expect(provider.types().toSorted((a, b) => a - b)).toEqual([1, 15, 257]);
  });

  it('may be refused as a whole', () => {
    const provider = new Refuser(/./);
    expect(provider.settle(desired).length).toBe(5);
    expect([...provider.zone.names()]).toEqual([]);
  });

  it('is tried again after a wait that doubles up to an hour', () => {
    const provider = new Refuser(/bad/);
    provider.settle(desired);
    const waits: number[] = [];
    for (let round = 0; round < 8; round++) {
      const [one] = provider.quarantine.list();
      waits.push((one?.retryInMs ?? 0) / MINUTE);
      const before = provider.writes;
      provider.clock.time += (one?.retryInMs ?? 0) - 1;
      provider.settle(desired);
      expect(provider.writes).toBe(before);
      provider.clock.time += 1;
      provider.settle(desired);
      expect(provider.writes).toBe(before + 1);
    }
    expect(waits).toEqual([1, 2, 4, 8, 16, 32, 60, 60]);
  });

  it('is out of quarantine when it succeeds', () => {
    const provider = new Refuser(/bad/);
    provider.settle(desired);
    provider.bad = /never/;
    provider.clock.time += MINUTE;
    expect(provider.settle(desired)).toEqual([]);
    expect(provider.quarantine.list()).toEqual([]);
  });

  it('is tried at once when something else is wanted', () => {
    const provider = new Refuser(/bad/);
    provider.settle(desired);
    const better = desiredOf('www.example. 300 A 192.0.2.1 < record/n/a', 'www.example. 300 TXT "good" < record/n/txt');
    expect(provider.settle(better)).toEqual([]);
    expect(provider.types().toSorted((a, b) => a - b)).toEqual([1, 16]);
  });

  it('keeps what it has where only its change is refused', () => {
    const provider = new Refuser(/never/);
    provider.settle(desiredOf('www.example. 300 A 192.0.2.1 < record/n/a'));
    provider.bad = /CNAME/;
    expect(provider.settle(desiredOf('www.example. 300 CNAME x.example. < record/n/a')).toSorted()).toEqual([
      'QUARANTINED 1',
      'QUARANTINED 5',
    ]);
    expect(provider.types()).toEqual([1]);
  });

  it('may be refused for its marker alone', () => {
    const provider = new Refuser(/never/);
    provider.settle(desiredOf('www.example. 300 A 192.0.2.1 < record/n/a'));
    provider.bad = /service/;
    const other = desiredOf('www.example. 300 A 192.0.2.1 < service/n/a');
    expect(provider.settle(other)).toEqual(['QUARANTINED -']);
    provider.bad = /never/;
    provider.clock.time += MINUTE;
    expect(provider.settle(other)).toEqual([]);
  });

  it('is not held up for ever by a part that nobody wants any more', () => {
    const provider = new Refuser(/./);
    const plan = provider.plan(desired);
    if (plan === undefined) throw new Error('nothing is planned');
    provider.quarantine.refused(plan, 'no such thing');
    provider.bad = /never/;
    // The first half was to be tried first, and is not wanted any more: nothing is written that could end the search.
    const rest = desiredOf('www.example. 300 SRV 0 0 1 worse.example. < record/n/srv');
    expect(provider.settle(rest)).toEqual(['QUARANTINED 33']);
    const [told] = provider.quarantine.list();
    expect(told?.retryInMs).toBe(MINUTE);
    provider.clock.time += MINUTE;
    expect(provider.settle(rest)).toEqual([]);
    expect(provider.types()).toEqual([33]);
    expect(provider.quarantine.list()).toEqual([]);
  });

  it('that nobody wants any more is not to be planned again at once, and is forgotten after a while', () => {
    const provider = new Refuser(/bad/);
    provider.settle(desired);
    const good = desiredOf('www.example. 300 A 192.0.2.1 < record/n/a');
    provider.settle(good);
    provider.clock.time += 2 * MINUTE;
    provider.settle(good);
    for (const { retryInMs } of provider.quarantine.list()) expect(retryInMs).toBeGreaterThanOrEqual(MINUTE / 2);
    provider.clock.time += 20 * MINUTE;
    expect(provider.quarantine.list()).toEqual([]);
  });

  it('is forgotten when it is gone', () => {
    const provider = new Refuser(/bad/);
    provider.settle(desired);
    provider.quarantine.forget(WWW);
    expect(provider.quarantine.list()).toEqual([]);
  });
});

describe('a refused batch', () => {
  it.each([
    { batch: [1], refused: [1], culprits: [1], retry: [] },
    { batch: [1, 2, 3], refused: [1, 2, 3], culprits: [], retry: [[1, 2], [3]] },
    { batch: [1, 2, 3], refused: [2], culprits: [2], retry: [] },
    { batch: [1, 2], refused: [], culprits: [], retry: [] },
  ])('of $batch with $refused refused', ({ batch, refused, culprits, retry }) => {
    expect(afterRefusal(batch, refused)).toEqual({ culprits, retry });
  });

  it('of 1,000 names with one that is bad takes 20 calls to find it, and writes all others', () => {
    const done = new Set<number>();
    const culprits: number[] = [];
    const queue: (readonly number[])[] = [Array.from({ length: 1000 }, (_, index) => index)];
    let calls = 0;
    for (let batch = queue.shift(); batch !== undefined; batch = queue.shift()) {
      calls++;
      const isRefused = batch.includes(617);
      if (!isRefused) for (const one of batch) done.add(one);
      const after = afterRefusal(batch, isRefused ? batch : []);
      culprits.push(...after.culprits);
      queue.push(...after.retry);
    }
    expect([culprits, done.size]).toEqual([[617], 999]);
    expect(calls).toBeLessThanOrEqual(21);
  });
});
