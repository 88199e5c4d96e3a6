import { type ApplyResult, nameOf, ProviderError } from '@kubezone/core';
import { afterEach, describe, expect, it } from '@jest/globals';

import { type ModelCall, ModelProvider } from './testing/model-provider.ts';
import { PublishWorld, type PublishWorldOptions } from './testing/publish-world.ts';

const worlds: PublishWorld[] = [];

afterEach(() => Promise.all(worlds.splice(0).map((world) => world.stop())));

const WEB = { 'ingress/web': ['www.example.com. 300 A 192.0.2.1'] };

async function start(
  options: PublishWorldOptions,
  asked: Readonly<Record<string, readonly string[]>> = WEB,
): Promise<PublishWorld> {
  const world = await PublishWorld.started({ ...options, publisher: { intervalMs: 3_600_000, ...options.publisher } }, asked);
  worlds.push(world);
  return world;
}

const manyNames = (count: number): Record<string, readonly string[]> =>
  Object.fromEntries(
    Array.from({ length: count }, (_none, index) => [`service/n${index}`, [`n${index}.example.com. 300 A 10.0.0.${index}`]]),
  );

/** How many of the names are in which state. */
function statesOf(world: PublishWorld, count: number): Record<string, number> {
  const states: Record<string, number> = {};
  for (let index = 0; index < count; index++) {
    const state = world.publisher.outcomes(nameOf(`n${index}.example.com`))[0]?.state ?? 'none';
    states[state] = (states[state] ?? 0) + 1;
  }
  return states;
}

const inFives = (conditionalWrites = true): ModelProvider =>
  new ModelProvider({ zones: ['example.com'], traits: { maxNamesPerWrite: 5, conditionalWrites } });

/** A gate that calls wait at until it is opened. */
function gate(isMeant: (call: ModelCall) => boolean) {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { open: resolve, wait: (call: ModelCall): Promise<void> | undefined => (isMeant(call) ? promise : undefined) };
}

describe('a name is published, and said to be so,', () => {
  it.each([true, false])(
    'not before its write is acknowledged, whichever batch it is in (conditional: %s)',
    async (conditional) => {
      const provider = inFives(conditional);
      const second = gate(({ kind }) => kind === 'apply' && provider.count('apply') === 2);
      provider.hooks.before = second.wait;
      const world = await start({ provider }, manyNames(20));
      expect(provider.data()).toHaveLength(5);
      expect(statesOf(world, 20)).toEqual({ published: 5, pending: 15 });
      second.open();
      await world.quiet();
      expect(statesOf(world, 20)).toEqual({ published: 20 });
    },
  );

  it('not between the first listing and the first plan', async () => {
    const provider = inFives();
    const world = new PublishWorld({ provider });
    worlds.push(world);
    world.clusterIds.clear();
    world.ask('ingress/web', ...WEB['ingress/web']);
    world.publisher.start();
    await world.quiet();
    expect(provider.count('list')).toBe(1);
    expect(world.publisher.outcomes(nameOf('www.example.com'))).toMatchObject([{ state: 'pending' }]);
  });

  it('not while an audit writes what somebody has changed, and all others are all the time', async () => {
    const provider = inFives();
    const world = await start({ provider }, manyNames(20));
    for (const index of [3, 4]) provider.drop(`n${index}.example.com`, 1);
    const write = gate(({ kind }) => kind === 'apply');
    provider.hooks.before = write.wait;
    const seen = new Set<string>();
    world.publisher.audit();
    for (let turn = 0; turn < 50; turn++) {
      await new Promise((resolve) => setImmediate(resolve));
      seen.add(JSON.stringify(statesOf(world, 20)));
    }
    expect([...seen].filter((states) => states !== '{"published":20}')).toEqual(['{"published":18,"pending":2}']);
    write.open();
    await world.quiet();
    expect(statesOf(world, 20)).toEqual({ published: 20 });
  });

  it('not while it is in conflict again and again: it says why, and whoever cannot wait is told', async () => {
    const provider = new ModelProvider({ zones: ['example.com'] });
    let isBroken = true;
    // A vendor that shows something else than what it compares with.
    const apply = provider.apply.bind(provider);
    provider.apply = (zone, writes, signal) =>
      isBroken
        ? Promise.resolve(writes.map(({ owner }): ApplyResult => ({ kind: 'conflict', owner, reason: 'it is not what it was' })))
        : apply(zone, writes, signal);
    const world = await start({ provider });
    const pending = [{ state: 'pending', messages: ['it is not what it was'] }];
    expect(world.publisher.outcomes(nameOf('www.example.com'))).toMatchObject(pending);
    expect(await world.settled()).toEqual({ held: false, failed: true });
    await world.pass(300_000, 10_000);
    expect(world.publisher.outcomes(nameOf('www.example.com'))).toMatchObject(pending);
    expect(world.logger.lines.filter(({ message }) => message.includes('again and again'))).toHaveLength(1);
    isBroken = false;
    await world.pass(60_000, 10_000);
    expect(world.publisher.outcomes(nameOf('www.example.com'))).toMatchObject([{ state: 'published' }]);
    expect(await world.settled()).toEqual({ held: false, failed: false });
  });

  it('not while a change waits because deletes cannot be written down', async () => {
    let isBroken = true;
    const saveHistories = (): Promise<void> => (isBroken ? Promise.reject(new Error('no API server')) : Promise.resolve());
    const both = ['www.example.com. 300 A 192.0.2.1', 'www.example.com. 300 AAAA 2001:db8::1'];
    const world = await start({ publisher: { saveHistories } }, { ...manyNames(5), 'ingress/web': both });
    world.ask('ingress/web', 'www.example.com. 300 A 192.0.2.2');
    await world.quiet();
    expect(world.publisher.outcomes(nameOf('www.example.com'))).toMatchObject([
      { state: 'pending', messages: [expect.stringContaining('no API server')] },
    ]);
    expect(await world.settled()).toEqual({ held: false, failed: true });
    isBroken = false;
    await world.pass(30_000, 5_000);
    expect(world.publisher.outcomes(nameOf('www.example.com'))).toMatchObject([{ state: 'published' }]);
    expect(world.provider.data()).toContain('www.example.com. 300 A 192.0.2.2');
  });
});

describe('a provider that goes away in the middle of a round', () => {
  it.each([true, false])('has nothing of the round forgotten (conditional: %s)', async (conditional) => {
    const provider = inFives(conditional);
    let isDown = false;
    provider.hooks.before = ({ kind }) => {
      if (kind === 'apply' && provider.count('apply') === 2) isDown = true;
      if (isDown) throw new ProviderError('PROVIDER_UNAVAILABLE', 'no route to host');
    };
    const world = await start({ provider }, manyNames(20));
    await world.pass(10_000, 1_000);
    expect(statesOf(world, 20)).toEqual({ published: 5, pending: 15 });
    expect(world.publisher.outcomes(nameOf('n19.example.com'))[0]?.messages).toEqual(['no route to host']);
    isDown = false;
    provider.hooks.before = undefined;
    await world.pass(60_000, 5_000);
    expect(provider.data()).toHaveLength(20);
    expect(statesOf(world, 20)).toEqual({ published: 20 });
  });

  it('is not read before the time that it asked for is over', async () => {
    const provider = inFives();
    provider.hooks.before = ({ kind }) => {
      if (kind === 'apply' && provider.count('apply') === 2)
        throw new ProviderError('PROVIDER_THROTTLED', 'not so often', { retryAfterMs: 60_000 });
    };
    const world = await start({ provider }, manyNames(20));
    await world.pass(59_000, 1_000);
    expect(provider.count('read')).toBe(0);
    await world.pass(10_000, 1_000);
    expect(provider.data()).toHaveLength(20);
  });
});

describe('deletes that were held before a restart', () => {
  it('are held when the first attempt to plan them fails', async () => {
    const provider = new ModelProvider({ zones: ['example.com'] });
    const world = await start({ provider }, manyNames(100));
    await world.stop();
    for (let index = 0; index < 10; index++) world.ask(`service/n${index}`);
    let failures = 1;
    Object.assign(provider, {
      prepare: () => (failures-- > 0 ? Promise.reject(new ProviderError('PROVIDER_UNAVAILABLE', 'later')) : Promise.resolve()),
    });
    const { catalog, clock } = world;
    const next = await start({ provider, catalog, clock, publisher: { historyOf: () => ({ changed: [], holding: true }) } }, {});
    await next.pass(60_000, 5_000);
    expect(provider.data()).toHaveLength(100);
    expect(next.publisher.status()[0]?.zones[0]?.held).toMatchObject([{ operations: { length: 10 } }]);
  });
});
