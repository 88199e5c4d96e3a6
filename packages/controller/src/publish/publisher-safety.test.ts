import type { ChangeHistory } from '@kubezone/core';
import { afterEach, describe, expect, it } from '@jest/globals';

import type { PublisherOptions } from './publisher.ts';
import { ModelProvider } from './testing/model-provider.ts';
import { PublishWorld, type PublishWorldOptions } from './testing/publish-world.ts';

const worlds: PublishWorld[] = [];

afterEach(() => Promise.all(worlds.splice(0).map((world) => world.stop())));

const addressOf = (index: number, generation = 1): string => `10.${generation}.${index >> 8}.${index & 255}`;
const line = (index: number, generation?: number): string => `n${index}.example.com. 300 A ${addressOf(index, generation)}`;

async function start(
  options: PublishWorldOptions = {},
  asked: Readonly<Record<string, readonly string[]>> = {},
): Promise<PublishWorld> {
  const world = await PublishWorld.started(options, asked);
  worlds.push(world);
  return world;
}

/** A world in which so many names are published. */
function published(count: number, options: PublishWorldOptions = {}, source = 'service'): Promise<PublishWorld> {
  return start(
    options,
    Object.fromEntries(Array.from({ length: count }, (_none, index) => [`${source}/n${index}`, [line(index)]])),
  );
}

/** A new process in the same cluster, with the same provider. */
async function restart(world: PublishWorld, options: Partial<PublishWorldOptions> = {}): Promise<PublishWorld> {
  await world.stop();
  return start({ provider: world.provider, catalog: world.catalog, clock: world.clock, ...options });
}

function held(world: PublishWorld) {
  return world.publisher.status()[0]?.zones[0]?.held[0];
}

describe('deletes by mistake', () => {
  it('stop after 30 of 100, one by one, while creations and updates go on', async () => {
    const world = await published(100);
    for (let index = 0; index < 40; index++) {
      world.ask(`service/n${index}`);
      await world.quiet();
    }
    expect(world.provider.data()).toHaveLength(70);
    expect(held(world)?.operations).toHaveLength(10);
    world.ask('service/new', 'new.example.com. 300 A 192.0.2.1');
    world.ask('service/n50', line(50, 2));
    await world.quiet();
    expect(world.provider.data()).toEqual(expect.arrayContaining(['new.example.com. 300 A 192.0.2.1', line(50, 2)]));
    expect(world.logger.lines.filter(({ message }) => message.includes('would be deleted'))).toHaveLength(1);
    expect([...world.publisher.complaints()].map(({ code }) => code)).toEqual(['DELETES_HELD']);
    expect(await world.settled()).toEqual({ held: true, failed: false });
  });

  it('go on when exactly what is held is confirmed, without a restart', async () => {
    const world = await published(100);
    for (let index = 0; index < 60; index++) world.ask(`service/n${index}`);
    await world.quiet();
    const first = held(world);
    expect(first?.operations).toHaveLength(60);
    expect(world.publisher.confirm(undefined, '0'.repeat(64))).toEqual([]);
    expect(world.publisher.confirm(undefined, first?.sha256 ?? '')).toEqual(['example.com.']);
    await world.quiet();
    expect(world.provider.data()).toHaveLength(40);
    expect(held(world)).toBeUndefined();
  });

  it('of a whole namespace are held, and wanted again they are forgotten', async () => {
    const world = await published(1200);
    const changes = Array.from({ length: 1000 }, (_none, index) => index);
    for (const index of changes) world.ask(`service/n${index}`);
    await world.quiet();
    expect(world.provider.data()).toHaveLength(1200);
    for (const index of changes) world.ask(`service/n${index}`, line(index));
    await world.quiet();
    expect(held(world)).toBeUndefined();
    expect(world.provider.data()).toHaveLength(1200);
  });

  it('of all of five names are held', async () => {
    const world = await published(5);
    for (let index = 0; index < 5; index++) world.ask(`service/n${index}`);
    await world.quiet();
    expect(world.provider.data()).toHaveLength(5);
  });

  it('are held where a filter makes names vanish over a restart', async () => {
    const world = await published(100);
    await world.stop();
    for (let index = 0; index < 60; index++) world.ask(`service/n${index}`);
    const next = await restart(world);
    expect(next.provider.data()).toHaveLength(100);
    expect(held(next)?.operations).toHaveLength(60);
  });

  it('are not let through by a restart', async () => {
    const histories = new Map<string, ChangeHistory>();
    const publisher: Partial<PublisherOptions> = {
      historyOf: (key) => histories.get(key),
      saveHistories: (saved) => {
        for (const [key, history] of saved) histories.set(key, history);
        return Promise.resolve();
      },
    };
    let world = await published(100, { publisher });
    for (let index = 0; index < 25; index++) world.ask(`service/n${index}`);
    await world.quiet();
    expect(world.provider.data()).toHaveLength(75);
    world = await restart(world, { publisher });
    for (let index = 25; index < 50; index++) world.ask(`service/n${index}`);
    await world.quiet();
    expect(world.provider.data()).toHaveLength(75);
    world = await restart(world, { publisher });
    await world.pass(3_600_000, 60_000);
    expect(world.provider.data()).toHaveLength(75);
  });

  it('wait where what was deleted cannot be kept for the next process', async () => {
    let isBroken = true;
    const saveHistories = () => (isBroken ? Promise.reject(new Error('no API server')) : Promise.resolve());
    const world = await published(20, { publisher: { saveHistories } });
    world.ask('service/n1');
    world.ask('service/n2', line(2, 2));
    await world.quiet();
    expect(world.provider.data()).toEqual(expect.arrayContaining([line(1), line(2, 2)]));
    isBroken = false;
    await world.pass(6_000);
    expect(world.provider.data()).not.toContain(line(1));
  });

  it('do not go one by one after such a time: the provider refused none of them', async () => {
    let isBroken = true;
    const saveHistories = () => (isBroken ? Promise.reject(new Error('no API server')) : Promise.resolve());
    const world = await published(100, { publisher: { saveHistories } });
    for (let index = 0; index < 20; index++) world.ask(`service/n${index}`);
    await world.pass(60_000, 5_000);
    const before = world.provider.count('apply');
    isBroken = false;
    await world.pass(10_000, 5_000);
    expect(world.provider.data()).toHaveLength(80);
    expect(world.provider.count('apply')).toBe(before + 1);
  });

  it.each([true, false])(
    'do not go where the name is wanted again while they are written down (conditional: %s)',
    async (conditionalWrites) => {
      const provider = new ModelProvider({ zones: ['example.com'], traits: { conditionalWrites } });
      let saving = Promise.withResolvers<void>();
      const world = await published(20, { provider, publisher: { saveHistories: () => saving.promise } });
      const before = provider.count('apply');
      world.ask('service/n1');
      await world.quiet();
      world.ask('service/n1', line(1));
      saving.resolve();
      await world.quiet();
      expect(provider.count('apply')).toBe(before);
      expect(provider.data()).toContain(line(1));
      // What goes all the same is kept first.
      saving = Promise.withResolvers<void>();
      world.ask('service/n2');
      await world.quiet();
      expect(provider.data()).toContain(line(2));
      saving.resolve();
      await world.quiet();
      expect(provider.data()).not.toContain(line(2));
    },
  );

  it.each([
    [
      '500 names change their addresses',
      (world: PublishWorld) => Array.from({ length: 500 }, (_none, index) => world.ask(`service/n${index}`, line(index, 2))),
    ],
    [
      '500 names become aliases',
      (world: PublishWorld) =>
        Array.from({ length: 500 }, (_none, index) =>
          world.ask(`service/n${index}`, `n${index}.example.com. 300 ALIAS lb.example.net.`),
        ),
    ],
  ])('are none where %s', async (_what, change) => {
    const world = await published(500);
    change(world);
    await world.quiet();
    expect(held(world)).toBeUndefined();
    expect(world.provider.data().filter((one) => one.includes(' A 10.1.'))).toEqual([]);
    expect(world.provider.data()).toHaveLength(500);
  });

  it('are none where 500 names are adopted', async () => {
    const provider = new ModelProvider({ zones: ['example.com'] });
    for (let index = 0; index < 500; index++)
      provider.put(line(index, 9), `a-n${index}.example.com. 300 TXT "heritage=external-dns,external-dns/owner=old"`);
    const adopt = [{ format: 'external-dns', owner: 'old', txtPrefix: '', txtSuffix: '', wildcardReplacement: '' }] as const;
    const world = await published(500, { provider, publisher: { settings: { owner: 'me', adopt } } });
    expect(held(world)).toBeUndefined();
    expect(world.provider.data().toSorted()).toEqual(Array.from({ length: 500 }, (_none, index) => line(index)).toSorted());
  });
});

describe('an object that loses its addresses', () => {
  it('keeps them at the provider, over restarts and hours', async () => {
    let world = await start({}, { 'ingress/web': ['www.example.com. 300 A 192.0.2.1'] });
    const dump = world.provider.dump();
    world.ask('ingress/web', 'www.example.com.');
    await world.quiet();
    for (let times = 0; times < 2; times++) world = await restart(world);
    await world.pass(3_600_000, 60_000);
    expect(world.provider.dump()).toEqual(dump);
    expect([...world.publisher.complaints()].map(({ code, object }) => `${code} ${object}`)).toEqual([
      'HOLDING_LAST_ADDRESSES web',
    ]);
    world.ask('ingress/web');
    await world.quiet();
    expect(world.provider.dump()).toEqual(dump); // the only name of the zone
    expect(held(world)?.operations).toHaveLength(1);
  });

  it('keeps them for as long as is configured', async () => {
    const world = await start(
      { publisher: { settings: { owner: 'me', emptyGraceMs: 60_000 } } },
      {
        'ingress/web': ['www.example.com. 300 A 192.0.2.1'],
        'ingress/api': ['api.example.com. 300 A 192.0.2.2'],
      },
    );
    const { catalog } = world;
    catalog.put({ source: 'ingress', cluster: 'prod', namespace: '', object: 'web', createdAt: 0 }, []);
    world.ask('ingress/web', 'www.example.com.');
    // The catalog of the test began at the epoch: the grace is long over.
    await world.quiet();
    expect(world.provider.data()).toEqual(['api.example.com. 300 A 192.0.2.2']);
  });

  it('loses them at once where it is a node', async () => {
    const world = await start({}, { 'node/a': ['a.example.com. 300 A 192.0.2.1'], 'node/b': ['b.example.com. 300 A 192.0.2.2'] });
    world.ask('node/a', 'a.example.com.');
    await world.quiet();
    expect(world.provider.data()).toEqual(['b.example.com. 300 A 192.0.2.2']);
  });

  it('keeps what it asked to have kept when it goes', async () => {
    const world = await start(
      {},
      { 'ingress/web!': ['www.example.com. 300 A 192.0.2.1'], 'ingress/b': ['b.example.com. 300 A 192.0.2.2'] },
    );
    expect(world.provider.dump()).toContain(
      '_owner.www.example.com. 300 TXT heritage=kubezone,v=1,owner=me,cluster=c1,own=A/ingress!',
    );
    world.ask('ingress/web!');
    await world.pass(3_600_000, 60_000);
    expect(world.provider.data()).toContain('www.example.com. 300 A 192.0.2.1');
  });

  it('has the wish to keep it written down before it goes, though nothing else changes', async () => {
    const world = await start(
      {},
      { 'ingress/web': ['www.example.com. 300 A 192.0.2.1'], 'ingress/b': ['b.example.com. 300 A 192.0.2.2'] },
    );
    world.ask('ingress/web!', 'www.example.com. 300 A 192.0.2.1');
    await world.quiet();
    world.ask('ingress/web!');
    await world.quiet();
    expect(world.provider.data()).toContain('www.example.com. 300 A 192.0.2.1');
  });
});

describe('sources of which nothing is known', () => {
  const ASKED = {
    'ingress/a': ['a.example.com. 300 A 192.0.2.1'],
    'ingress/b': ['b.example.com. 300 A 192.0.2.2'],
    'service/c': ['c.example.com. 300 A 192.0.2.3'],
  };

  it.each(['failing', 'absent', 'syncing'] as const)('keep their names, and the others go on: %s', async (state) => {
    const world = await start({}, ASKED);
    world.states.set('ingress@prod', state);
    for (const name of ['a', 'b']) world.ask(`ingress/${name}`);
    world.ask('service/c', 'c.example.com. 300 A 192.0.2.4', 'd.example.com. 300 A 192.0.2.5');
    await world.quiet();
    expect(world.provider.data()).toEqual([
      'a.example.com. 300 A 192.0.2.1',
      'b.example.com. 300 A 192.0.2.2',
      'c.example.com. 300 A 192.0.2.4',
      'd.example.com. 300 A 192.0.2.5',
    ]);
    world.states.set('ingress@prod', 'synced');
    await world.pass(2_000);
    expect(world.provider.data()).toEqual(['c.example.com. 300 A 192.0.2.4', 'd.example.com. 300 A 192.0.2.5']);
  });

  it('keep their names over a restart in which a second cluster is away', async () => {
    const world = await start(
      { publisher: twoClusters(true) },
      { ...ASKED, 'east:ingress/e': ['e.example.com. 300 A 192.0.2.9'] },
    );
    expect(world.provider.dump()).toContain(
      '_owner.e.example.com. 300 TXT heritage=kubezone,v=1,owner=me,cluster=c1,own=A/ingress@c2',
    );
    await world.stop();
    world.ask('east:ingress/e');
    world.ask('service/c');
    const next = await restart(world, { publisher: twoClusters(false) });
    await next.pass(120_000, 10_000);
    expect(next.provider.data()).toEqual([
      'a.example.com. 300 A 192.0.2.1',
      'b.example.com. 300 A 192.0.2.2',
      'e.example.com. 300 A 192.0.2.9',
    ]);
  });

  it('are waited for before anything is planned', async () => {
    const world = new PublishWorld();
    worlds.push(world);
    world.ready = false;
    world.ask('ingress/a', 'a.example.com. 300 A 192.0.2.1');
    world.publisher.start();
    await world.quiet();
    expect(world.provider.data()).toEqual([]);
    world.ready = true;
    world.publisher.wake();
    await world.quiet();
    expect(world.provider.data()).toEqual(['a.example.com. 300 A 192.0.2.1']);
  });
});

/** Two clusters, of which the second may never have been reached. */
function twoClusters(isReached: boolean): Partial<PublisherOptions> {
  const sources = ['ingress', 'service'];
  return {
    sources: () => ({
      home: 'prod',
      clusters: ['prod', 'east'],
      clusterIds: new Map([['prod', 'c1'], ...(isReached ? ([['east', 'c2']] as const) : [])]),
      statuses: [
        ...sources.map((source) => ({ source, cluster: 'prod', state: 'synced' as const })),
        ...sources.map((source) => ({ source, cluster: 'east', state: isReached ? ('synced' as const) : ('failing' as const) })),
      ],
    }),
  };
}
