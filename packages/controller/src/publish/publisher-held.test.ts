/** Everything that is held is heard: in the log once, and by Events on the Lease or on the objects. */
import { afterEach, describe, expect, it } from '@jest/globals';

import type { PublisherOptions } from './publisher.ts';
import { PublishWorld, type PublishWorldOptions } from './testing/publish-world.ts';

const worlds: PublishWorld[] = [];

afterEach(() => Promise.all(worlds.splice(0).map((world) => world.stop())));

const line = (index: number, address = '192.0.2.1'): string => `n${index}.example.com. 300 A ${address}`;

async function start(count: number, options: PublishWorldOptions = {}): Promise<PublishWorld> {
  const asked = Object.fromEntries(
    Array.from({ length: count }, (_none, index) => [`service/n${index}`, [line(index)]] as const),
  );
  const world = await PublishWorld.started(options, asked);
  worlds.push(world);
  return world;
}

const told = (world: PublishWorld): string[] =>
  [...world.publisher.complaints()].map(({ code, object, about = '-', message }) => `${code} ${object} ${about}: ${message}`);

const logged = (world: PublishWorld, code: string): string[] =>
  world.logger.lines
    .filter(({ fields }) => fields?.['code'] === code)
    .map(({ level, message, fields }) => `${level}: ${message} ${JSON.stringify(fields)}`);

function heldIn(world: PublishWorld) {
  return world.publisher.status()[0]?.zones[0]?.held ?? [];
}

describe('held deletes', () => {
  it('are told of the Lease with how many, which, and the commands that let them go or keep them', async () => {
    const release = (zone: string, sha256: string): string => `say yes to ${zone} ${sha256.slice(0, 4)}`;
    const world = await start(20, { publisher: { release } });
    for (let index = 0; index < 8; index++) world.ask(`service/n${index}`);
    await world.quiet();
    const [held] = heldIn(world);
    expect(told(world)).toEqual([
      `DELETES_HELD Lease model/example.com.: 8 of 20 RRsets of example.com. at model would be deleted, which is more than safety.maxDeletes allows: n0.example.com., n1.example.com., n2.example.com. and 5 more names. If this is a mistake, bring back what asked for them; if not, say yes to example.com. ${held?.sha256.slice(0, 4)}`,
    ]);
    expect([...world.publisher.complaints()]).toMatchObject([{ cluster: 'prod', since: held?.since }]);
    expect(logged(world, 'DELETES_HELD')).toEqual([
      expect.stringMatching(/^warn: too much of a zone would be deleted.*"provider":"model","zone":"example.com.".*say yes/),
    ]);
  });

  it('are logged when they begin, once for a burst that makes them more, and when they are over; by no audit', async () => {
    const world = await start(20);
    for (let index = 0; index < 8; index++) {
      world.ask(`service/n${index}`);
      await world.quiet();
    }
    // Six may go; the seventh is held, and then the eighth.
    const digests = (): unknown[] => world.logger.lines.flatMap(({ fields }) => fields?.['sha256'] ?? []);
    expect(digests()).toHaveLength(1);
    await world.pass(10_000);
    expect(digests()).toHaveLength(2);
    expect(digests().at(-1)).toBe(heldIn(world)[0]?.sha256);
    await world.pass(600_000, 30_000);
    expect(world.provider.count('list')).toBeGreaterThan(5);
    expect(digests()).toHaveLength(2);
    for (let index = 6; index < 8; index++) world.ask(`service/n${index}`, line(index));
    await world.quiet();
    expect(logged(world, 'DELETES_HELD').at(-1)).toMatch(/^info: no deletes wait/);
    expect(told(world)).toEqual([]);
  });
});

describe('what is held', () => {
  it('is kept no more once it is over, though nobody heard that it was kept', async () => {
    let kept: boolean | undefined;
    let isHeard = true;
    const world = await start(20, {
      publisher: {
        intervalMs: 3_600_000,
        saveHistories: (histories) => {
          kept = [...histories.values()].some(({ holding }) => holding);
          return isHeard ? Promise.resolve() : Promise.reject(new Error('no answer'));
        },
      },
    });
    world.ask('service/n19');
    await world.quiet();
    expect(kept).toBe(false);
    isHeard = false;
    for (let index = 0; index < 8; index++) world.ask(`service/n${index}`);
    await world.quiet();
    expect(kept).toBe(true);
    isHeard = true;
    for (let index = 0; index < 8; index++) world.ask(`service/n${index}`, line(index));
    await world.quiet();
    expect(told(world)).toEqual([]);
    expect(kept).toBe(false);
  });

  it('is known to the next process, though it could not be kept at once', async () => {
    let kept: boolean | undefined;
    let isBroken = true;
    const saveHistories: PublisherOptions['saveHistories'] = (saved) => {
      if (isBroken) return Promise.reject(new Error('no API server'));
      kept = saved.get('model/example.com.')?.holding;
      return Promise.resolve();
    };
    const world = await start(20, { publisher: { saveHistories } });
    for (let index = 0; index < 8; index++) world.ask(`service/n${index}`);
    await world.quiet();
    isBroken = false;
    await world.pass(61_000, 1_000);
    expect([heldIn(world).length, kept]).toEqual([1, true]);
  });
});

describe('the limit of updates', () => {
  const limited = (max: { readonly share: number } | { readonly count: number }): Partial<PublisherOptions> => ({
    settings: { owner: 'me', updateLimits: { max, windowMs: 600_000, minRecords: 10 } },
  });

  it('lets go so many, holds the rest until they are confirmed, and creations and deletes go on', async () => {
    const world = await start(20, { publisher: limited({ count: 5 }) });
    for (let index = 0; index < 8; index++) {
      world.ask(`service/n${index}`, line(index, '192.0.2.9'));
      await world.quiet();
    }
    world.ask('service/new', 'new.example.com. 300 A 192.0.2.1');
    world.ask('service/n19');
    await world.quiet();
    const changed = (): number => world.provider.data().filter((one) => one.endsWith('192.0.2.9')).length;
    expect(changed()).toBe(5);
    expect(world.provider.data()).toContain('new.example.com. 300 A 192.0.2.1');
    expect(world.provider.data()).not.toContain(line(19));
    expect(heldIn(world)).toMatchObject([{ action: 'update', operations: { length: 3 } }]);
    expect(told(world)).toEqual([
      'UPDATE_LIMIT n5 -: n5.example.com. at model (zone example.com.): the limit of updates in this zone is reached; confirm the held plan to have it updated',
      expect.stringContaining('UPDATE_LIMIT n6 '),
      expect.stringContaining('UPDATE_LIMIT n7 '),
      expect.stringMatching(/^UPDATES_HELD Lease model\/example.com.: 3 of 20 RRsets .* more than safety.maxUpdates allows/),
    ]);
    expect(logged(world, 'UPDATES_HELD')).toHaveLength(1);
    expect(await world.settled()).toEqual({ held: true, failed: false });
    await world.pass(1_200_000, 60_000);
    expect(changed()).toBe(5);
    expect(world.publisher.confirm(undefined, heldIn(world)[0]?.sha256 ?? '')).toEqual(['example.com.']);
    await world.quiet();
    expect(changed()).toBe(8);
    expect(told(world)).toEqual([]);
    expect(await world.settled()).toEqual({ held: false, failed: false });
  });

  it('holds what becomes an alias or another type too, and the name keeps what it had', async () => {
    const world = await start(20, { publisher: limited({ share: 0.1 }) });
    for (let index = 0; index < 20; index++) world.ask(`service/n${index}`, `n${index}.example.com. 300 ALIAS lb.example.net.`);
    await world.quiet();
    expect(world.provider.data()).toHaveLength(20);
    expect(world.provider.data().every((one) => one.endsWith(' A 192.0.2.1'))).toBe(true);
    expect(heldIn(world)).toMatchObject([{ action: 'update', operations: { length: 20 } }]);
  });

  it('remembers over a restart what was updated and what was held', async () => {
    const histories = new Map<string, Parameters<NonNullable<PublisherOptions['saveHistories']>>[0]>();
    const kept: Partial<PublisherOptions> = {
      ...limited({ count: 5 }),
      historyOf: (key) => histories.get('all')?.get(key),
      saveHistories: (saved) => Promise.resolve(void histories.set('all', saved)),
    };
    const world = await start(20, { publisher: kept });
    for (let index = 0; index < 5; index++) world.ask(`service/n${index}`, line(index, '192.0.2.9'));
    await world.quiet();
    await world.stop();
    const { provider, catalog, clock } = world;
    const next = new PublishWorld({ provider, catalog, clock, publisher: kept });
    worlds.push(next);
    next.publisher.start();
    await next.quiet();
    next.ask('service/n9', line(9, '192.0.2.9'));
    await next.quiet();
    expect(heldIn(next)).toMatchObject([{ action: 'update', operations: { length: 1 } }]);
    await next.pass(1_200_000, 60_000);
    await next.stop();
    const last = new PublishWorld({ provider, catalog, clock, publisher: kept });
    worlds.push(last);
    last.publisher.start();
    await last.quiet();
    expect(heldIn(last)).toMatchObject([{ action: 'update', operations: { length: 1 } }]);
  });
});

describe('names that wait for a source', () => {
  it('are told of the Lease by source and cluster, with how many, why, and what to do; and logged once', async () => {
    const publisher: Partial<PublisherOptions> = { sources: () => twoClusters('failing', true) };
    const world = await start(5, { publisher: { sources: () => twoClusters('synced', true) } });
    for (let index = 0; index < 3; index++) world.ask(`east:service/e${index}`, `e${index}.example.com. 300 A 192.0.2.1`);
    await world.quiet();
    await world.stop();
    for (let index = 0; index < 3; index++) world.ask(`east:service/e${index}`);
    const { provider, catalog, clock } = world;
    const next = new PublishWorld({ provider, catalog, clock, publisher });
    worlds.push(next);
    next.publisher.start();
    await next.quiet();
    await next.pass(180_000, 30_000);
    expect(next.provider.data()).toHaveLength(8);
    expect(told(next)).toEqual([
      'SOURCE_NOT_SYNCED Lease service of c2: 3 RRsets at model (zone example.com.) stay as they are: what the source service of cluster east wants is not known, since it is failing (connect ECONNREFUSED). They follow it as soon as it can be read; to have them deleted, take it out of the configuration',
    ]);
    expect(logged(next, 'SOURCE_NOT_SYNCED')).toEqual([expect.stringMatching(/^warn: .*"rrsets":3,"names":\["e0.example.com."/)]);
  });

  it('say which cluster it may be where it was never reached', async () => {
    const world = await start(5, { publisher: { sources: () => twoClusters('synced', true) } });
    world.ask('east:service/e', 'e.example.com. 300 A 192.0.2.1');
    await world.quiet();
    await world.stop();
    world.ask('east:service/e');
    const { provider, catalog, clock } = world;
    const next = new PublishWorld({ provider, catalog, clock, publisher: { sources: () => twoClusters('failing', false) } });
    worlds.push(next);
    next.publisher.start();
    await next.quiet();
    expect(told(next)).toEqual([
      expect.stringContaining('the cluster with the id c2 wanted them, and that may be east, which has not been'),
    ]);
  });
});

describe('an object that loses its addresses', () => {
  it('is told what to do, and the log once', async () => {
    const world = await start(3);
    world.ask('ingress/web', 'www.example.com. 300 A 192.0.2.1');
    await world.quiet();
    world.ask('ingress/web', 'www.example.com.');
    await world.quiet();
    await world.pass(180_000, 30_000);
    expect(told(world)).toEqual([
      'HOLDING_LAST_ADDRESSES web -: www.example.com. at model (zone example.com.): its object still asks for the name but has no address now; the last ones stay until it has: mend its status; or, to have them deleted, delete it or set safety.emptyGrace',
    ]);
    expect(logged(world, 'HOLDING_LAST_ADDRESSES')).toHaveLength(1);
    world.ask('ingress/web', 'www.example.com. 300 A 192.0.2.1');
    await world.quiet();
    expect(logged(world, 'HOLDING_LAST_ADDRESSES').at(-1)).toMatch(/^info: nothing is withheld/);
  });
});

/** Two clusters, of which the second stands so. */
function twoClusters(state: 'failing' | 'synced', isReached: boolean): ReturnType<PublisherOptions['sources']> {
  const failure = state === 'synced' ? undefined : { message: 'connect ECONNREFUSED' };
  return {
    home: 'prod',
    clusters: ['prod', 'east'],
    clusterIds: new Map([['prod', 'c1'], ...(isReached ? ([['east', 'c2']] as const) : [])]),
    statuses: [
      { source: 'service', cluster: 'prod', state: 'synced' },
      { source: 'service', cluster: 'east', state, failure },
    ],
  };
}
