import { nameOf, ProviderError, TYPE } from '@kubezone/core';
import { afterEach, describe, expect, it } from '@jest/globals';

import { ModelProvider } from './testing/model-provider.ts';
import { PublishWorld, type PublishWorldOptions } from './testing/publish-world.ts';

const worlds: PublishWorld[] = [];

afterEach(() => Promise.all(worlds.splice(0).map((world) => world.stop())));

const WEB = { 'ingress/web': ['www.example.com. 300 A 192.0.2.1'] };

async function start(
  options: PublishWorldOptions,
  asked: Readonly<Record<string, readonly string[]>> = WEB,
): Promise<PublishWorld> {
  const world = await PublishWorld.started(options, asked);
  worlds.push(world);
  return world;
}

const manyNames = (count: number): Record<string, readonly string[]> =>
  Object.fromEntries(
    Array.from({ length: count }, (_none, index) => [`service/n${index}`, [`n${index}.example.com. 300 A 10.0.0.${index}`]]),
  );

describe('a refused name', () => {
  it.each([
    ['alone', false],
    ['with its whole batch', true],
  ])('that is refused %s leaves the others of its batch be, and is reported', async (_how, atomic) => {
    const provider = new ModelProvider({
      zones: ['example.com'],
      atomic,
      refuses: (rrset) => (rrset.owner === nameOf('n13.example.com') && rrset.type === TYPE.A ? 'not that number' : undefined),
    });
    const world = await start({ provider }, manyNames(20));
    expect(provider.data()).toHaveLength(19);
    const complaints = [...world.publisher.complaints()];
    expect(complaints.map(({ code, object }) => `${code} ${object}`)).toEqual(['QUARANTINED n13']);
    expect(complaints[0]?.message).toContain('not that number');
    const [status] = world.publisher.status()[0]?.zones ?? [];
    expect(status).toMatchObject({ quarantined: 1, counters: { applied: { create: 19 } } });
    // A batch that is refused as a whole says nothing of any one name.
    expect(status?.counters.failed.refused).toBeGreaterThanOrEqual(1);
    expect(world.publisher.outcomes(nameOf('n13.example.com'))).toMatchObject([
      { state: 'withheld', provider: 'model', zone: 'example.com.' },
    ]);
    expect(await world.settled()).toEqual({ held: false, failed: true });
    const tried = provider.count('apply');
    await world.pass(55_000, 5_000);
    expect(provider.count('apply')).toBe(tried);
    await world.pass(30_000, 5_000);
    expect(provider.count('apply')).toBeGreaterThan(tried);
  });

  it('whose batch is tried in halves loses none of the others when the provider wants a pause', async () => {
    const provider = new ModelProvider({
      zones: ['example.com'],
      atomic: true,
      refuses: (rrset) => (rrset.owner === nameOf('n13.example.com') && rrset.type === TYPE.A ? 'not that number' : undefined),
    });
    let calls = 0;
    provider.hooks.before = ({ kind }) => {
      if (kind === 'apply' && ++calls === 2)
        throw new ProviderError('PROVIDER_THROTTLED', 'not so often', { retryAfterMs: 5_000 });
    };
    const world = await start({ provider, publisher: { intervalMs: 3_600_000 } }, manyNames(20));
    await world.pass(30_000, 1_000);
    expect(provider.data()).toHaveLength(19);
  });

  it('is tried again as soon as it changes', async () => {
    const provider = new ModelProvider({
      zones: ['example.com'],
      refuses: ({ ttl, type }) => (ttl < 60 && type === TYPE.A ? 'TTL too low' : undefined),
    });
    const world = await start({ provider }, { 'ingress/web': ['www.example.com. 30 A 192.0.2.1'] });
    expect(provider.dump()).toEqual([]);
    world.ask('ingress/web', 'www.example.com. 60 A 192.0.2.1');
    await world.quiet();
    expect(provider.data()).toEqual(['www.example.com. 60 A 192.0.2.1']);
    expect([...world.publisher.complaints()]).toEqual([]);
  });
});

describe('a provider that fails', () => {
  it('does not stop another, and is tried again with longer and longer waits', async () => {
    const bad = new ModelProvider({ name: 'bad', zones: ['example.com'] });
    const good = new ModelProvider({ name: 'good', zones: ['example.com'] });
    let isDown = true;
    bad.hooks.before = ({ kind }) => {
      if (isDown && kind === 'apply') throw new ProviderError('PROVIDER_UNAVAILABLE', 'no route to host');
    };
    const world = await start({ routes: [{ provider: bad }, { provider: good }] });
    expect(good.data()).toEqual(['www.example.com. 300 A 192.0.2.1']);
    await world.pass(20_000, 100);
    const tried = bad.count('apply');
    expect(tried).toBeGreaterThan(3);
    expect(tried).toBeLessThan(12);
    expect(world.publisher.status()[0]?.zones[0]?.failure).toMatchObject({
      code: 'PROVIDER_UNAVAILABLE',
      message: 'no route to host',
    });
    expect(world.logger.lines.filter(({ level }) => level === 'warn')).toHaveLength(1);
    expect(await world.settled()).toEqual({ held: false, failed: true });
    isDown = false;
    await world.pass(40_000, 1_000);
    expect(bad.data()).toEqual(['www.example.com. 300 A 192.0.2.1']);
    expect(world.publisher.status()[0]?.zones[0]?.failure).toBeUndefined();
  });

  it('is not waited for by a process that does not come to lead', async () => {
    const world = new PublishWorld();
    expect(await world.settled()).toEqual({ held: false, failed: true });
    expect(world.clock.monotonic()).toBeLessThan(90_000);
  });

  it('is given up though its listings succeed, where it wants ever more patience for each write', async () => {
    const provider = new ModelProvider({ zones: ['example.com'] });
    provider.apply = (_zone, writes) =>
      Promise.resolve(writes.map(({ owner }) => ({ kind: 'throttled', owner, afterMs: 61_000 })));
    const world = await start({ provider });
    expect(await world.settled()).toEqual({ held: false, failed: true });
    expect(provider.count('list')).toBeGreaterThan(2);
  });

  it('in one zone does not stop another zone of it', async () => {
    const provider = new ModelProvider({ zones: ['example.com', 'example.net'] });
    provider.hooks.before = ({ zone, kind }) => {
      if (kind !== 'zones' && zone === nameOf('example.com')) throw new ProviderError('PROVIDER_FORBIDDEN', 'access denied');
    };
    const world = await start(
      { provider, routes: [{ selectors: ['.'] }] },
      { ...WEB, 'ingress/net': ['www.example.net. 300 A 192.0.2.2'] },
    );
    expect(provider.data()).toEqual(['www.example.net. 300 A 192.0.2.2']);
    expect(world.publisher.outcomes(nameOf('www.example.com'))).toMatchObject([
      { state: 'pending', messages: ['access denied'] },
    ]);
  });

  it('is asked for its zones again', async () => {
    const provider = new ModelProvider({ zones: ['example.com'] });
    let failures = 3;
    provider.hooks.before = ({ kind }) => {
      if (kind === 'zones' && failures-- > 0) throw new Error('a defect');
    };
    const world = await start({ provider });
    expect(world.publisher.status()[0]?.failure).toEqual({ code: 'PROVIDER_FAULT', message: 'a defect' });
    await world.pass(10_000, 1_000);
    expect(provider.data()).toHaveLength(1);
  });

  it('is left alone for as long as it says when it is asked too often', async () => {
    const provider = new ModelProvider({ zones: ['example.com'] });
    let throttles = 1;
    provider.hooks.after = (call, results) => {
      if (throttles-- <= 0) return results;
      provider.drop('www.example.com', TYPE.A);
      provider.drop('_owner.www.example.com', TYPE.TXT);
      return call.owners.map((owner) => ({ kind: 'throttled', owner, afterMs: 30_000 }));
    };
    const world = await start({ provider });
    await world.pass(29_000, 1_000);
    expect(provider.count('apply')).toBe(1);
    await world.pass(5_000, 1_000);
    expect(provider.count('apply')).toBe(2);
    expect(provider.data()).toHaveLength(1);
    expect(world.publisher.status()[0]?.zones[0]?.counters.throttled).toBe(1);
  });

  it('that reports a conflict is read, and asked again', async () => {
    const provider = new ModelProvider({ zones: ['example.com'] });
    const world = await start({ provider }, { ...WEB, 'ingress/b': ['b.example.com. 300 A 192.0.2.9'] });
    provider.drop('www.example.com', TYPE.A);
    provider.put('www.example.com. 300 A 198.51.100.1');
    provider.calls.length = 0;
    world.ask('ingress/web', 'www.example.com. 300 A 192.0.2.2');
    await world.quiet();
    expect(provider.data()).toContain('www.example.com. 300 A 192.0.2.2');
    expect(provider.calls.map(({ kind }) => kind)).toEqual(['apply', 'read', 'apply']);
  });

  it('that says nothing of a name is asked what became of it', async () => {
    const provider = new ModelProvider({ zones: ['example.com'] });
    let isFirst = true;
    provider.hooks.after = (_call, results) => (isFirst ? ((isFirst = false), []) : results);
    const world = await start({ provider });
    await world.pass(5_000, 1_000);
    expect(provider.count('apply')).toBe(1);
    expect(await world.settled()).toEqual({ held: false, failed: false });
  });
});

describe('a name of which no write is ever answered', () => {
  it.each([true, false])('keeps no other name of its zone waiting (conditional writes: %s)', async (conditionalWrites) => {
    const provider = new ModelProvider({ zones: ['example.com'], traits: { conditionalWrites, maxNamesPerWrite: 50 } });
    provider.hooks.before = ({ kind, owners }) => {
      if (kind === 'apply' && owners.includes(nameOf('n13.example.com')))
        throw new ProviderError('PROVIDER_UNAVAILABLE', 'timeout');
    };
    const world = await start({ provider, publisher: { intervalMs: 3_600_000 } }, manyNames(40));
    await world.pass(60_000, 1_000);
    expect(provider.data()).toHaveLength(39);
    for (let index = 0; index < 6; index++) {
      world.ask('service/n1', `n1.example.com. 300 A 10.0.1.${index}`);
      await world.pass(15_000, 1_000);
      expect(provider.data()).toContain(`n1.example.com. 300 A 10.0.1.${index}`);
    }
    expect(world.publisher.outcomes(nameOf('n13.example.com'))).toMatchObject([{ state: 'pending', messages: ['timeout'] }]);
  });
});

describe('a provider that shows something else than was written', () => {
  it('is not written to at every audit, and the object is told', async () => {
    const provider = new ModelProvider({ zones: ['example.com'] });
    provider.hooks.after = async (_call, results) => {
      provider.drop('www.example.com', TYPE.A);
      provider.put('www.example.com. 600 A 192.0.2.1');
      const owners = ['www.example.com', '_owner.www.example.com'].map(nameOf);
      const observed = await provider.read({ apex: nameOf('example.com'), id: 'example.com.' }, owners);
      return results.map((result) => (result.kind === 'applied' ? { ...result, observed } : result));
    };
    const world = await start({ provider });
    expect(provider.count('apply')).toBe(1);
    expect([...world.publisher.complaints()].map(({ code, object }) => `${code} ${object}`)).toEqual(['QUARANTINED web']);
    await world.pass(3_600_000, 30_000);
    expect(provider.count('apply')).toBeLessThan(10);
    expect([...world.publisher.complaints()][0]?.message).toContain('shows something else');
  });
});

describe('a cluster of which nobody knows the id', () => {
  it('has nothing written, is waited for, and given up by those who cannot wait', async () => {
    const world = new PublishWorld();
    worlds.push(world);
    world.clusterIds.clear();
    world.ask('ingress/web', ...WEB['ingress/web']);
    world.publisher.start();
    expect(await world.settled()).toEqual({ held: false, failed: true });
    expect(world.provider.dump()).toEqual([]);
    world.clusterIds.set('prod', 'c1');
    await world.pass(1_000);
    expect(world.provider.data()).toHaveLength(1);
    expect(await world.settled()).toEqual({ held: false, failed: false });
  });
});

describe('an audit', () => {
  it('begins an interval after the end of the last one', async () => {
    const provider = new ModelProvider({ zones: ['example.com'] });
    const world = await start({ provider, publisher: { intervalMs: 600_000 } });
    await world.pass(599_000, 60_000);
    expect(provider.count('list')).toBe(1);
    await world.pass(1_000);
    expect(provider.count('list')).toBe(2);
    world.publisher.audit();
    await world.quiet();
    expect(provider.count('list')).toBe(3);
  });

  it('is not kept waiting by changes, nor keeps them waiting; what was written since it began is newer than it', async () => {
    const provider = new ModelProvider({ zones: ['example.com'] });
    const world = await start({ provider });
    const { promise, resolve } = Promise.withResolvers<void>();
    provider.hooks.before = ({ kind }) => (kind === 'list' ? promise : undefined);
    // The listing shows the zone as it was when it was asked for.
    const before = provider.list.bind(provider);
    provider.list = async function* list(zone) {
      const pages = [];
      provider.hooks.before = undefined;
      for await (const page of before(zone)) pages.push(page);
      await promise;
      yield* pages;
    };
    world.publisher.audit();
    await world.quiet();
    world.ask('ingress/web', 'www.example.com. 300 A 192.0.2.2');
    world.ask('ingress/new', 'new.example.com. 300 A 192.0.2.3');
    await world.quiet();
    const data = ['new.example.com. 300 A 192.0.2.3', 'www.example.com. 300 A 192.0.2.2'];
    expect(provider.data()).toEqual(data);
    const writes = provider.count('apply');
    resolve();
    await world.quiet();
    expect(provider.count('apply')).toBe(writes);
    expect(provider.data()).toEqual(data);
    expect(world.withheld()).toEqual([]);
  });

  it('that fails is tried again, and nothing is deleted meanwhile', async () => {
    const provider = new ModelProvider({ zones: ['example.com'] });
    const world = await start({ provider });
    provider.hooks.before = ({ kind }) => {
      if (kind === 'list') throw new ProviderError('PROVIDER_UNAVAILABLE', 'truncated');
    };
    await world.pass(62_000, 1_000);
    expect(world.publisher.status()[0]?.zones[0]?.failure?.code).toBe('PROVIDER_UNAVAILABLE');
    provider.hooks.before = undefined;
    await world.pass(60_000, 1_000);
    expect(world.publisher.status()[0]?.zones[0]?.failure).toBeUndefined();
    expect(provider.data()).toHaveLength(1);
  });
});

describe('a cut', () => {
  it('that comes moves the markers of the glue below it, within the same audit', async () => {
    const world = await start(
      {},
      {
        'service/glue': ['ns1.sub.example.com. 300 A 192.0.2.1'],
        'ingress/b': ['b.example.com. 300 A 192.0.2.9'],
      },
    );
    world.ask('service/cut', 'sub.example.com. 300 NS ns1.sub.example.com.');
    await world.quiet();
    expect(world.provider.dump().filter((line) => line.includes('_owner.ns1.sub'))).toEqual([]);
    expect(world.provider.data()).toContain('sub.example.com. 300 NS ns1.sub.example.com.');
  });
});

describe('changes of one name', () => {
  it('that come while a write is under way become one', async () => {
    const provider = new ModelProvider({ zones: ['example.com'] });
    const world = await start({ provider });
    const { promise, resolve } = Promise.withResolvers<void>();
    provider.hooks.before = ({ kind }) => (kind === 'apply' ? promise : undefined);
    for (let index = 2; index < 50; index++) world.ask('ingress/web', `www.example.com. 300 A 192.0.2.${index}`);
    await world.quiet();
    for (let index = 50; index < 99; index++) world.ask('ingress/web', `www.example.com. 300 A 192.0.2.${index}`);
    provider.calls.length = 0;
    resolve();
    await world.quiet();
    expect(provider.count('apply')).toBe(1);
    expect(provider.data()).toEqual(['www.example.com. 300 A 192.0.2.98']);
  });
});
