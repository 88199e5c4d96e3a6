import { nameOf, type ProviderZone } from '@kubezone/core';
import { afterEach, describe, expect, it } from '@jest/globals';

import { fixedLookUp } from './testing/fixed-look-up.ts';
import { ModelProvider } from './testing/model-provider.ts';
import { PublishWorld, type PublishWorldOptions } from './testing/publish-world.ts';

const worlds: PublishWorld[] = [];

afterEach(() => Promise.all(worlds.splice(0).map((world) => world.stop())));

async function start(options: PublishWorldOptions, asked: Readonly<Record<string, readonly string[]>>): Promise<PublishWorld> {
  const world = await PublishWorld.started(
    { ...options, publisher: { zonesIntervalMs: 60_000, intervalMs: 60_000, ...options.publisher } },
    asked,
  );
  worlds.push(world);
  return world;
}

const APPS = {
  'ingress/app': ['app.dev.example.com. 300 A 192.0.2.1'],
  'ingress/api': ['api.dev.example.com. 300 A 192.0.2.2'],
  'ingress/www': ['www.example.com. 300 A 192.0.2.3'],
  'ingress/b': ['b.example.com. 300 A 192.0.2.4'],
};

/** What a zone holds of data, whatever other zones do. */
async function dataOf(provider: ModelProvider, apex: string): Promise<string[]> {
  const zone: ProviderZone = { apex: nameOf(apex), id: nameOf(apex) };
  const owners: string[] = [];
  for await (const page of ModelProvider.prototype.list.call(provider, zone))
    for (const { owner, type } of page) if (!owner.startsWith('_owner')) owners.push(`${owner} ${type}`);
  return owners.toSorted();
}

describe('a zone inside of another that comes later', () => {
  it('gets its names, and the other keeps them, and keeps them current, until it delegates', async () => {
    const provider = new ModelProvider({ zones: ['example.com'] });
    const world = await start({ provider }, APPS);
    provider.addZone('dev.example.com');
    await world.pass(120_000, 10_000);
    const apps = ['api.dev.example.com. 1', 'app.dev.example.com. 1'];
    const others = ['b.example.com. 1', 'www.example.com. 1'];
    expect(await dataOf(provider, 'dev.example.com')).toEqual(apps);
    expect(await dataOf(provider, 'example.com')).toEqual([...apps, ...others]);
    // Nobody is led to the new zone: what changes has to change in the old one.
    world.ask('ingress/app', 'app.dev.example.com. 300 A 192.0.2.9');
    world.ask('ingress/new', 'new.dev.example.com. 300 A 192.0.2.10');
    await world.quiet();
    expect(provider.data().filter((line) => line.startsWith('app.dev'))).toEqual([
      'app.dev.example.com. 300 A 192.0.2.9',
      'app.dev.example.com. 300 A 192.0.2.9',
    ]);
    expect(provider.data().filter((line) => line.startsWith('new.dev'))).toHaveLength(1);
    const states = (name: string) => world.publisher.outcomes(nameOf(name)).map(({ zone, state }) => `${state} ${zone}`);
    expect(states('app.dev.example.com')).toEqual(['published dev.example.com.', 'published example.com.']);
    expect(states('new.dev.example.com')).toEqual(['published dev.example.com.']);
    world.ask('ingress/api');
    await world.quiet();
    expect(provider.data().filter((line) => line.startsWith('api.dev'))).toEqual([]);
    expect(world.publisher.outcomes(nameOf('api.dev.example.com'))).toEqual([]);
    // Over a restart as well.
    await world.stop();
    const next = await start({ provider, catalog: world.catalog, clock: world.clock }, {});
    await next.pass(120_000, 10_000);
    expect(await dataOf(provider, 'example.com')).toEqual(['app.dev.example.com. 1', ...others]);
    const contents = provider.list.bind(provider);
    provider.list = async function* list(zone) {
      yield* contents(zone);
      if (zone.apex === nameOf('example.com'))
        yield [
          {
            owner: nameOf('dev.example.com'),
            type: 2,
            ttl: 300,
            rdatas: [Buffer.from('\x02ns\x00', 'latin1')],
            vendor: undefined,
          },
        ];
    };
    await next.pass(120_000, 10_000);
    expect(await dataOf(provider, 'dev.example.com')).toEqual(['app.dev.example.com. 1', 'new.dev.example.com. 1']);
    expect(provider.data().filter((line) => line.startsWith('app.dev'))).toHaveLength(1);
    expect(next.withheld()).toEqual([]);
    const writes = provider.count('apply');
    await next.pass(120_000, 10_000);
    expect(provider.count('apply')).toBe(writes);
  });
});

describe('a zone that is not shown for a while', () => {
  it('is worked with again, by one loop, when it is there again, and its limit of deletes has forgotten nothing', async () => {
    const provider = new ModelProvider({ zones: ['example.com', 'example.net'] });
    const names = Object.fromEntries(
      Array.from({ length: 20 }, (_none, index) => [`ingress/n${index}`, [`n${index}.example.com. 300 A 10.0.0.${index}`]]),
    );
    const world = await start({ provider }, names);
    for (const index of [1, 2, 3, 4, 5]) world.ask(`ingress/n${index}`);
    await world.quiet();
    expect(provider.data()).toHaveLength(15);
    const zones = provider.zones.bind(provider);
    let isShown = false;
    provider.zones = async () => (await zones()).filter(({ apex }) => isShown || apex !== nameOf('example.com'));
    // A write of the old loop is under way when the zone goes, and when it comes again.
    const { promise, resolve } = Promise.withResolvers<void>();
    provider.hooks.before = ({ kind }) => (kind === 'apply' ? promise : undefined);
    world.ask('ingress/n0', 'n0.example.com. 300 A 10.0.1.0');
    await world.pass(61_000, 1_000);
    expect([...world.publisher.complaints()].map(({ code }) => code)).toContain('NO_PROVIDER_ZONE');
    expect(world.publisher.outcomes(nameOf('n0.example.com'))).toMatchObject([{ state: 'withheld', zone: undefined }]);
    isShown = true;
    const listings = provider.count('list');
    await world.pass(61_000, 1_000);
    expect(provider.count('list')).toBe(listings);
    resolve();
    provider.hooks.before = undefined;
    for (const index of [6, 7]) world.ask(`ingress/n${index}`);
    await world.pass(10_000, 1_000);
    expect(provider.data()).toHaveLength(15);
    expect(provider.data()).toContain('n0.example.com. 300 A 10.0.1.0');
    expect(world.publisher.status()[0]?.zones[0]?.held).toMatchObject([{ operations: { length: 2 } }]);
    expect([...world.publisher.complaints()].map(({ code }) => code)).toEqual(['DELETES_HELD']);
  });

  it('has no word any more on names that were looked for in it: others know them then', async () => {
    const provider = new ModelProvider({ zones: ['example.com', 'example.net'] });
    const world = await start(
      { provider, routes: [{ selectors: ['example.com', 'example.net'] }], lookUp: fixedLookUp(['198.51.100.1']) },
      { 'service/lb': ['example.com. 60 ALIAS lb.example.net.'] },
    );
    await world.pass(10_000, 1_000);
    expect(provider.data()).toEqual([]);
    provider.zones = () => Promise.resolve([{ apex: nameOf('example.com'), id: nameOf('example.com') }]);
    await world.pass(61_000, 1_000);
    world.ask('service/lb', 'example.com. 120 ALIAS lb.example.net.');
    await world.pass(10_000, 1_000);
    expect(provider.data()).toEqual(['example.com. 120 A 198.51.100.1']);
  });

  it('is not kept in the history of changes for ever: others come, and go too', async () => {
    const provider = new ModelProvider({ zones: ['example.com', 'z0.test'] });
    const saved: string[][] = [];
    const saveHistories = (histories: ReadonlyMap<string, unknown>): Promise<void> => {
      saved.push([...histories.keys()].toSorted());
      return Promise.resolve();
    };
    const settings = { owner: 'me', deleteLimits: { max: { count: 100 }, windowMs: 600_000, minRecords: 1 } };
    const world = await start(
      { provider, routes: [{ selectors: ['example.com', 'test'] }], publisher: { settings, saveHistories } },
      { 'ingress/a0': ['a.z0.test. 300 A 192.0.2.1'], 'ingress/b0': ['b.example.com. 300 A 192.0.2.1'] },
    );
    const zones = provider.zones.bind(provider);
    for (let index = 0; index < 8; index++) {
      world.ask(`ingress/a${index}`);
      await world.quiet();
      const next = `z${index + 1}.test`;
      provider.addZone(next);
      provider.zones = async () => (await zones()).filter(({ apex }) => apex === nameOf('example.com') || apex === nameOf(next));
      world.ask(`ingress/a${index + 1}`, `a.${next}. 300 A 192.0.2.1`);
      await world.pass(240_000, 30_000);
    }
    expect(saved.at(0)).toEqual(['model/example.com.', 'model/z0.test.']);
    // Two and a half zones' time is what the limit looks back.
    expect(saved.at(-1)).toEqual(['model/example.com.', 'model/z5.test.', 'model/z6.test.', 'model/z7.test.']);
  });

  it('keeps the end of a term waiting for what is under way in it', async () => {
    const provider = new ModelProvider({ zones: ['example.com'] });
    const world = await start({ provider }, APPS);
    const { promise, resolve } = Promise.withResolvers<void>();
    provider.hooks.before = ({ kind }) => (kind === 'apply' ? promise : undefined);
    world.ask('ingress/www', 'www.example.com. 300 A 192.0.2.30');
    await world.quiet();
    provider.zones = () => Promise.resolve([]);
    await world.pass(61_000, 10_000);
    let isOver = false;
    const stopped = world.stop().then(() => (isOver = true));
    await world.quiet();
    expect(isOver).toBe(false);
    resolve();
    await stopped;
  });
});
