import { afterEach, describe, expect, it } from '@jest/globals';

import { nameOf } from '@kubezone/core';

import { createCloudflareProvider } from './cloudflare-provider.ts';
import { closeAll, openCloudflare, TOKEN, type WorldOptions } from './testing/cloudflare-world.ts';
import { recordingLogger } from './testing/recording-logger.ts';
import { StandingClock } from './testing/standing-clock.ts';

const SIGNAL = new AbortController().signal;

afterEach(closeAll);

/** What is there, what is wanted, and the operations that lead from one to the other: deletes, patches, posts. */
async function operations(before: readonly string[], after: readonly string[], given: WorldOptions = {}) {
  const world = await openCloudflare(given);
  world.simulator.seed(world.simulated, before);
  const ids = new Map(world.simulated.records.map(({ id, form }) => [id, form.content]));
  expect(await world.write('www.example.com', after)).toMatchObject({ kind: 'applied' });
  const body = world.simulator.requests.findLast(({ path }) => path.endsWith('/batch'))?.body as Record<
    string,
    { id: string; content: string }[]
  >;
  const kept = world.simulated.records.filter(({ id }) => ids.has(id)).length;
  // Records of one age are in the order of their ids, which are random.
  return {
    deletes: body['deletes']?.map(({ id }) => ids.get(id)).sort(),
    patches: body['patches']?.map(({ id, content }) => `${ids.get(id)} → ${content}`).sort(),
    posts: body['posts']?.map(({ content }) => content).sort(),
    kept,
  };
}

const www = (...rdatas: readonly string[]): string[] => rdatas.map((rdata) => `www.example.com. 300 ${rdata}`);

describe('the operations of a write', () => {
  it.each<[string, readonly string[], readonly string[], unknown]>([
    ['a new address', [], www('A 192.0.2.1'), { deletes: [], patches: [], posts: ['192.0.2.1'], kept: 0 }],
    [
      'another address instead',
      www('A 192.0.2.1'),
      www('A 192.0.2.2'),
      { deletes: [], patches: ['192.0.2.1 → 192.0.2.2'], posts: [], kept: 1 },
    ],
    [
      'one of two addresses',
      www('A 192.0.2.1', 'A 192.0.2.2'),
      www('A 192.0.2.2', 'A 192.0.2.3'),
      { deletes: [], patches: ['192.0.2.1 → 192.0.2.3'], posts: [], kept: 2 },
    ],
    [
      'one address less',
      www('A 192.0.2.1', 'A 192.0.2.2'),
      www('A 192.0.2.2'),
      { deletes: ['192.0.2.1'], patches: [], posts: [], kept: 1 },
    ],
    [
      'a CNAME instead of addresses',
      www('A 192.0.2.1', 'AAAA ::1'),
      www('CNAME lb.example.net.'),
      { deletes: ['192.0.2.1', '::1'].sort(), patches: [], posts: ['lb.example.net'], kept: 0 },
    ],
    [
      'another TTL for all',
      www('A 192.0.2.1', 'A 192.0.2.2'),
      ['www.example.com. 600 A 192.0.2.1', 'www.example.com. 600 A 192.0.2.2'],
      { deletes: [], patches: ['192.0.2.1 → 192.0.2.1', '192.0.2.2 → 192.0.2.2'], posts: [], kept: 2 },
    ],
  ])('for %s', async (_, before, after, expected) => {
    expect(await operations(before, after)).toEqual(expected);
  });

  it('leave the records of other writers in an RRset alone, whatever settings theirs have', async () => {
    const world = await openCloudflare();
    const marker = '_owner.www.example.com';
    world.simulated.post({ name: marker, type: 'TXT', ttl: 1, content: '"theirs"', comment: 'made by somebody' });
    world.simulator.seed(world.simulated, [`${marker}. 300 TXT "ours"`]);
    const [theirs] = world.simulated.records;
    const [before] = await world.provider.read(world.zone, [nameOf(marker)], SIGNAL);
    if (before === undefined) throw new RangeError('nothing read');
    expect(before.properties).toMatchObject({ 'cloudflare/mixed': 'comment,ttl' });
    const newer = Uint8Array.of(5, ...Buffer.from('newer'));
    const { vendor: _vendor, ...kept } = before;
    const after = { ...kept, rdatas: [...before.rdatas.filter((rdata) => !Buffer.from(rdata).includes('ours')), newer] };
    await world.provider.apply(world.zone, [{ owner: nameOf('www.example.com'), writes: [{ before, after }] }], SIGNAL);
    expect(world.simulated.records.find(({ id }) => id === theirs?.id)).toEqual(theirs);
    expect(world.dump()).toHaveLength(2);
    expect(world.dump().join()).toContain('"newer"');
    expect(world.dump().join()).not.toContain('"ours"');
  });

  it('bring the records of one RRset into line', async () => {
    const world = await openCloudflare();
    world.simulated.post({ name: 'www.example.com', type: 'A', ttl: 300, content: '192.0.2.1' });
    world.simulated.post({ name: 'www.example.com', type: 'A', ttl: 600, content: '192.0.2.2', comment: 'by hand' });
    await world.write('www.example.com', www('A 192.0.2.1', 'A 192.0.2.2'));
    expect(world.dump()).toEqual(www('A 192.0.2.1', 'A 192.0.2.2'));
    expect(await world.read('www.example.com')).toEqual(world.dump());
  });

  it('keep what the vendor’s record has beside all this', async () => {
    const world = await openCloudflare();
    world.simulated.post({
      name: 'www.example.com',
      type: 'CNAME',
      ttl: 300,
      content: 'a.example.net',
      settings: { flatten_cname: true },
    });
    await world.write('www.example.com', www('CNAME b.example.net.'));
    expect(world.simulated.records).toMatchObject([{ form: { content: 'b.example.net' }, settings: { flatten_cname: true } }]);
  });

  it('put comment, tags and proxying on, and take them off again', async () => {
    const options = { proxied: true, comment: 'by kubezone', tags: ['Env:prod', 'team:web'] };
    const world = await openCloudflare({ plan: 'pro', options });
    await world.write('www.example.com', www('A 192.0.2.1', 'TXT "text"'));
    expect(world.dump()).toEqual([
      'www.example.com. 1 A 192.0.2.1 ; proxied "by kubezone" env:prod team:web',
      'www.example.com. 300 TXT "text" ; "by kubezone" env:prod team:web',
    ]);
    // The same again is nothing to do.
    world.requests();
    await world.write('www.example.com', www('A 192.0.2.1', 'TXT "text"'));
    expect(world.requests().filter((line) => line.startsWith('POST'))).toEqual([]);
    const plain = await openCloudflare({ plan: 'pro' });
    plain.simulated.post({
      name: 'www.example.com',
      type: 'A',
      ttl: 1,
      content: '192.0.2.1',
      proxied: true,
      comment: 'c',
      tags: ['a:b'],
    });
    await plain.write('www.example.com', www('A 192.0.2.1'));
    expect(plain.dump()).toEqual(www('A 192.0.2.1'));
  });

  it('leave a record its age, by which the older of two claims is told', async () => {
    const world = await openCloudflare();
    const marker = '_owner.www.example.com';
    const records = [
      ['"first"', '2026-01-01T00:00:00.000002Z'],
      ['"a second"', '2026-01-02T00:00:00.000001Z'],
    ];
    const result = records.map(([content, created], id) => ({
      id: `${id}`,
      name: marker,
      type: 'TXT',
      ttl: 300,
      content,
      created_on: created,
    }));
    const body = { success: true, result, result_info: { total_pages: 1, total_count: 2 } };
    world.simulator.inject({ kind: 'answer', status: 200, body }, ({ method }) => method === 'GET');
    expect(await world.provider.read(world.zone, [nameOf(marker)], SIGNAL)).toMatchObject([
      { createdAt: [Date.UTC(2026, 0, 1), Date.UTC(2026, 0, 2)] },
    ]);
    await world.write('www.example.com', www('A 192.0.2.1'));
    const age = async (): Promise<unknown> =>
      (await world.provider.read(world.zone, [nameOf('www.example.com')], SIGNAL))[0]?.createdAt;
    const before = await age();
    expect(before).toEqual([expect.any(Number)]);
    await world.write('www.example.com', www('A 192.0.2.2'));
    expect(await age()).toEqual(before);
  });

  it('treat text with and without quotes as what it is: the same', async () => {
    const world = await openCloudflare();
    world.simulated.post({ name: 'www.example.com', type: 'TXT', ttl: 300, content: 'v=spf1 -all' });
    world.requests();
    await world.write('www.example.com', www('TXT "v=spf1 -all"'));
    expect(world.requests().filter((line) => line.startsWith('POST'))).toEqual([]);
  });

  it('of many names go in as few batches as the plan takes', async () => {
    const wanted = Object.fromEntries(
      Array.from({ length: 150 }, (_, index) => [
        `h${index}.example.com`,
        [`h${index}.example.com. 300 A 192.0.2.1`, `_owner.h${index}.example.com. 300 TXT "ours"`],
      ]),
    );
    const free = await openCloudflare();
    // So many names are read by a listing, once it is known that the zone is small.
    await free.list();
    await free.writeAll(wanted);
    expect(free.requests()).toHaveLength(2);
    expect(free.dump()).toHaveLength(300);
    const paid = await openCloudflare({ plan: 'pro' });
    await paid.list();
    await paid.writeAll(wanted);
    expect(paid.requests()).toHaveLength(1);
  });

  it.each([
    [5, 2, [4, 4, 2]],
    [4, 2, [4, 4, 2]],
    [1, 1, [2, 2, 2, 2, 2]],
    [3500, 100, [10]],
  ])('go in batches of %s where that is asked for, and a name that takes more goes alone', async (most, names, sizes) => {
    const world = await openCloudflare({ plan: 'pro', options: { batchChangeSize: most } });
    // Names are read just before each call: a call is one batch.
    expect(world.provider.traits.maxNamesPerWrite).toBe(names);
    const wanted = [0, 1, 2, 3, 4].map((index) => [
      `h${index}.example.com`,
      [`h${index}.example.com. 300 A 192.0.2.1`, `_owner.h${index}.example.com. 300 TXT "ours"`],
    ]);
    const results = await world.writeAll(Object.fromEntries(wanted) as Record<string, string[]>);
    expect(results.map(({ kind }) => kind)).toEqual(Array.from({ length: 5 }, () => 'applied'));
    const bodies = world.simulator.requests.filter(({ path }) => path.endsWith('/batch')).map(({ body }) => body);
    expect(bodies.map((body) => (body as { posts: unknown[] }).posts.length)).toEqual(sizes);
  });
});

describe('requests to Cloudflare', () => {
  it.each([
    [undefined, 300],
    [0.5, 50],
  ])('of %s in a second in the long run are %s at once after a rest', async (requestsPerSecond, burst) => {
    const { simulator } = await openCloudflare();
    const clock = new StandingClock();
    const rate = requestsPerSecond === undefined ? {} : { requestsPerSecond };
    const options = { apiToken: TOKEN, baseUrl: simulator.baseUrl, ...rate };
    const provider = createCloudflareProvider(options, { clock, logger: recordingLogger().logger });
    for (let done = 0; done < burst; done++) await provider.zones(SIGNAL);
    const seen = simulator.requests.length;
    const waiting = provider.zones(SIGNAL);
    await clock.advance(1000 / (requestsPerSecond ?? 3) - 1);
    expect(simulator.requests).toHaveLength(seen);
    await clock.advance(2);
    await waiting;
    expect(simulator.requests).toHaveLength(seen + 1);
  });
});

describe('the zones of Cloudflare', () => {
  it('are all that the credentials reach, over all pages, but copies of other servers', async () => {
    const world = await openCloudflare();
    for (let index = 0; index < 120; index++) world.simulator.addZone(`z${index}.example`);
    world.simulator.addZone('copy.example', { type: 'secondary' });
    expect(await world.provider.zones(SIGNAL)).toHaveLength(121);
    expect(world.logLines.join()).toContain('copy.example.');
  });

  it('given by id are asked for one by one, and one that cannot be reached does not hide the others', async () => {
    const ids: string[] = [];
    const world = await openCloudflare({ options: { zoneIds: ids } });
    ids.push(world.zone.id, '0'.repeat(32));
    world.requests();
    expect(await world.provider.zones(SIGNAL)).toEqual([world.zone]);
    expect(world.requests()).toEqual(['GET /zones/…', 'GET /zones/…']);
    expect(world.logLines.join()).toContain('Invalid zone identifier');
  });

  it('that have a name outside ASCII are found by its A-labels', async () => {
    const world = await openCloudflare();
    const { id } = world.simulator.addZone('gíthub.example');
    expect(await world.provider.zones(SIGNAL)).toContainEqual({ apex: 'xn--gthub-zsa.example.', id });
  });

  it('that have no tags say so once', async () => {
    const world = await openCloudflare({ options: { tags: ['a:b'] } });
    await world.provider.zones(SIGNAL);
    expect(world.logLines.filter((line) => line.includes('tags are left out'))).toHaveLength(1);
  });
});

it('a name is read by itself where the zone was empty when it was listed', async () => {
  const world = await openCloudflare();
  expect(await world.list()).toEqual([]);
  world.requests();
  expect(await world.read('www.example.com', '_owner.www.example.com')).toEqual([]);
  expect(world.simulator.requests.slice(-2).map(({ query }) => query['name.exact'])).toEqual([
    'www.example.com',
    '_owner.www.example.com',
  ]);
});

describe('a listing at Cloudflare', () => {
  const lines = Array.from(
    { length: 25 },
    (_, index) => `h${String(index).padStart(2, '0')}.example.com. 300 A 192.0.2.${index}`,
  );

  it('takes one request for a page, and none more', async () => {
    const world = await openCloudflare({ simulator: { maxPerPage: 10 } });
    world.simulator.seed(world.simulated, lines);
    expect(await world.list()).toEqual(lines);
    expect(world.requests()).toHaveLength(3);
  });

  it('is made again where a record moved to a page already read', async () => {
    const world = await openCloudflare({ simulator: { maxPerPage: 10 } });
    world.simulator.seed(world.simulated, lines);
    const run = (): void => void world.simulated.delete(world.simulated.records[0]?.id ?? '');
    world.simulator.inject({ kind: 'before', run }, ({ query }) => query['page'] === '2');
    expect(await world.list()).toEqual(lines.slice(1));
    expect(world.requests().length).toBeGreaterThan(3);
  });

  it.each([1, 20])('hides no name from a read of many, though records move between its pages %d times', async (times) => {
    const world = await openCloudflare({ simulator: { maxPerPage: 10 } });
    const names = Array.from({ length: 30 }, (_, index) => `h${String(index).padStart(2, '0')}.example.com`);
    world.simulator.seed(
      world.simulated,
      names.map((name) => `${name}. 300 A 192.0.2.1`),
    );
    await world.list();
    let count = 0;
    // One record goes from a page already read, one comes at the end: the count stays as it was, and the first record of the next page is missed.
    const run = (): void => {
      const [first] = world.simulated.records.filter(({ name }) => name.startsWith('h'));
      if (first === undefined) return;
      const posts = [{ name: `z${count++}.example.com`, type: 'A', ttl: 300, content: '192.0.2.1' }];
      world.simulated.batch({ deletes: [{ id: first.id }], patches: [], posts });
    };
    world.simulator.inject({ kind: 'before', run }, ({ query }) => query['page'] === '2', times);
    const found = await world.read(...names.slice(8, 20));
    expect(found).toEqual(names.slice(8, 20).map((name) => `${name}. 300 A 192.0.2.1`));
  });

  it('is returned as it is where the zone never holds still, and the log says so', async () => {
    const world = await openCloudflare({ simulator: { maxPerPage: 10 } });
    world.simulator.seed(world.simulated, lines);
    const run = (): void => void world.simulated.delete(world.simulated.records[0]?.id ?? '');
    world.simulator.inject({ kind: 'before', run }, ({ query }) => query['page'] === '2', 3);
    expect((await world.list()).length).toBeGreaterThan(20);
    expect(world.requests()).toHaveLength(9);
    expect(world.logLines.join()).toContain('changed whenever it was listed');
  });

  it('shows a record once that moved to the next page', async () => {
    const world = await openCloudflare({ simulator: { maxPerPage: 10 } });
    world.simulator.seed(world.simulated, lines);
    const run = (): void => {
      world.simulator.seed(world.simulated, ['a.example.com. 300 A 192.0.2.99']);
    };
    world.simulator.inject({ kind: 'before', run }, ({ query }) => query['page'] === '2');
    const listed = await world.list();
    expect(listed).toEqual(expect.arrayContaining(lines));
    expect(new Set(listed).size).toBe(listed.length);
  });

  it('serves a read of many names with fewer requests than names', async () => {
    const world = await openCloudflare();
    world.simulator.seed(world.simulated, lines);
    await world.list();
    world.requests();
    const names = lines.slice(0, 20).map((line) => line.split('. ')[0] ?? '');
    expect(await world.read(...names)).toEqual(lines.slice(0, 20));
    expect(world.requests()).toHaveLength(1);
    await world.read('h01.example.com', '_owner.h01.example.com');
    expect(world.requests()).toHaveLength(2);
  });

  it('shows what it cannot read as it stands, rather than as nothing', async () => {
    const world = await openCloudflare();
    const result = [
      { id: 'a', name: 'www.example.com', type: 'SRV', ttl: 300, content: 'strange', data: { port: 'x' } },
      { id: 'b', name: 'www.example.com', type: 'NEWTYPE', ttl: 300, content: 'strange' },
    ];
    const body = { success: true, result, result_info: { total_pages: 1, total_count: 2 } };
    world.simulator.inject({ kind: 'answer', status: 200, body }, ({ method }) => method === 'GET');
    expect(await world.list()).toEqual([String.raw`www.example.com. 300 SRV \# 7 737472616E6765`]);
    expect(world.logLines.join()).toContain('NEWTYPE');
  });
});
