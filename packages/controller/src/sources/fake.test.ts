import { describe, expect, it } from '@jest/globals';
import { nameOf } from '@kubezone/core';

import { fakeCluster, type FakeClusterOptions, withoutFakes } from '../cluster/fake-cluster.ts';
import { MemoryCluster } from '../cluster/memory-cluster.ts';
import { FakeClock } from '../testing/fake-clock.ts';
import { NameWorld } from '../testing/name-world.ts';
import { fake } from './fake.ts';
import { fakeObject } from './fake-objects.ts';
import { namingOfZones } from './naming-of-zones.ts';
import { nodeArea } from './node-area.ts';

const ZONES = [{ apex: nameOf('example.org'), ttl: 30 }];
const IP = { kind: 'ip', domain: 'example.org' } as const;

async function world(
  options: Partial<FakeClusterOptions> = {},
): Promise<{ world: NameWorld; clock: FakeClock; names: () => string[] }> {
  const clock = new FakeClock();
  const cluster = fakeCluster({ mode: IP, clock, ...options });
  const one = new NameWorld({ clock, clusters: [cluster], sources: [fake({ naming: namingOfZones({ zones: ZONES }) })] });
  await one.pipeline.start();
  while (!one.pipeline.readiness().complete) await new Promise((resolve) => setImmediate(resolve));
  await one.pipeline.settled();
  const names = (): string[] => {
    const owners = new Set(one.changes.flat().map(({ owner }) => owner));
    return [...owners].filter((owner) => one.catalog.state(owner).exists).toSorted();
  };
  return { world: one, clock, names };
}

describe('the fake source', () => {
  it('has ten names with an address each in the mode ip', async () => {
    const { world: one, names } = await world();
    expect(names()).toHaveLength(10);
    for (const name of names()) {
      expect(name).toMatch(/^[a-z]{4}[0-9a-z]\.example\.org\.$/);
      expect(one.holds(name)[0]).toMatch(/ 30 IN A 198\.1[89]\./);
    }
    await one.pipeline.stop();
  });

  it('leads to other names in the mode hostname', async () => {
    const { world: one, names } = await world({
      mode: { kind: 'hostname', domain: 'example.org', targetDomain: 'elb.test' },
      size: 3,
    });
    expect(names()).toHaveLength(3);
    for (const name of names())
      expect(one.catalog.state(nameOf(name)).aliases?.[0]?.targets[0]).toMatch(/^[a-z]{4}\.elb\.test\.$/);
    await one.pipeline.stop();
  });

  it('has one name that never changes in the mode fixed', async () => {
    const {
      world: one,
      clock,
      names,
    } = await world({ mode: { kind: 'fixed', host: 'a.example.org', target: '192.0.2.1' }, size: 99, changesPerSecond: 1000 });
    clock.advance(10_000);
    expect(names()).toEqual(['a.example.org.']);
    expect(one.holds('a.example.org')).toEqual(['a.example.org. 30 IN A 192.0.2.1']);
    expect(one.changes.flat()).toHaveLength(1);
    await one.pipeline.stop();
  });

  it('gives the same names and changes for the same seed, and others for another', async () => {
    const run = async (seed: number): Promise<string> => {
      const { world: one, clock } = await world({ seed, size: 50, changesPerSecond: 100 });
      for (let tick = 0; tick < 40; tick++) {
        clock.advance(50);
        await Promise.resolve();
      }
      await one.pipeline.stop();
      return JSON.stringify(
        one.changes
          .flat()
          .map(({ owner, after }) => [owner, after.rrsets.map(({ rdatas }) => rdatas.map((rdata) => [...rdata]))]),
      );
    };
    const [first, again, other] = [await run(7), await run(7), await run(8)];
    expect(again).toBe(first);
    expect(other).not.toBe(first);
  });

  it('changes names at the rate that is asked for', async () => {
    const { world: one, clock } = await world({ size: 10_000, changesPerSecond: 2000 });
    const before = one.changes.flat().length;
    for (let tick = 0; tick < 20; tick++) {
      clock.advance(50);
      await Promise.resolve();
    }
    const made = one.changes.flat().length - before;
    expect(made).toBeGreaterThan(1500);
    expect(made).toBeLessThanOrEqual(2000);
    await one.pipeline.stop();
  });

  it('makes no two of a million names the same', () => {
    // Each is four letters and its own number: looked at are those around the powers of 36, and one in 47 of all.
    const around = [0, 36, 36 ** 2, 36 ** 3, 1_000_000].flatMap((middle) =>
      Array.from({ length: 2000 }, (_, at) => middle + at - 1000),
    );
    const indices = new Set([...around, ...Array.from({ length: 1_000_000 / 47 }, (_, at) => at * 47)]);
    const wrong = [...indices]
      .filter((index) => index >= 0 && index < 1_000_000)
      .filter((index) => {
        const [, number = ''] = /^[a-z]{4}([0-9a-z]+)\.example\.org$/.exec(fakeObject(IP, 1, index, 0).host) ?? [];
        return number !== index.toString(36);
      });
    expect(wrong).toEqual([]);
  });

  it.each([
    [{ size: 0 }, 'found 0 fake names, expected 1 to 1000000'],
    [{ size: 1_000_001 }, 'found 1000001 fake names'],
    [{ changesPerSecond: -1 }, 'found -1 changes a second, expected 0 to 100000'],
    [{ changesPerSecond: Number.NaN }, 'found NaN changes a second'],
  ])('refuses %j', (options, message) => {
    expect(() => fakeCluster({ mode: IP, clock: new FakeClock(), ...options })).toThrow(message);
  });

  it('stands beside a real cluster, neither of which is asked for what the other has', async () => {
    const clock = new FakeClock();
    const real = new MemoryCluster('real');
    const one = new NameWorld({
      clock,
      clusters: [fakeCluster({ mode: IP, clock }), withoutFakes(real)],
      sources: [fake({ naming: namingOfZones({ zones: ZONES }) }), nodeArea({ relativeTo: ZONES })],
    });
    await one.pipeline.start();
    real.synced();
    while (!one.pipeline.readiness().complete) await new Promise((resolve) => setImmediate(resolve));
    expect(one.pipeline.statuses().map(({ source, cluster, state, objects }) => [source, cluster, state, objects])).toEqual([
      ['fake', 'fake', 'synced', 10],
      ['node-area', 'fake', 'synced', 0],
      ['fake', 'real', 'synced', 0],
      ['node-area', 'real', 'synced', 0],
    ]);
    await one.pipeline.stop();
  });
});
