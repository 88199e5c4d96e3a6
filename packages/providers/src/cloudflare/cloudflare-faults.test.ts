import { afterEach, describe, expect, it } from '@jest/globals';
import { inspect } from 'node:util';

import { nameOf, ProviderError } from '@kubezone/core';

import { TokenBucket } from '../rate/token-bucket.ts';
import { refusalBody, type SeenRequest } from '../testing/cloudflare-simulator/fault.ts';
import { createCloudflareProvider } from './cloudflare-provider.ts';
import { recordingLogger } from './testing/recording-logger.ts';
import { closeAll, type CloudflareWorld, openCloudflare, rrsetWrites, TOKEN } from './testing/cloudflare-world.ts';

const A = 'www.example.com. 300 A 192.0.2.1';
const SIGNAL = new AbortController().signal;
const isBatch = ({ path }: SeenRequest): boolean => path.endsWith('/batch');
const isRead = ({ method }: SeenRequest): boolean => method === 'GET';
const tooMany = { kind: 'answer', status: 429, body: refusalBody(971, 'Please wait'), headers: { 'retry-after': '7' } } as const;

afterEach(closeAll);

/** Advances the clock until a promise is settled. Sockets are real here, only time is not: between the steps they have a real moment. */
async function passing<Result>(world: CloudflareWorld, promise: Promise<Result>, stepMs = 100): Promise<Result> {
  const state = { settled: false };
  const settle = (): void => void (state.settled = true);
  promise.then(settle, settle);
  while (!state.settled) {
    await aMoment();
    await world.clock.advance(stepMs);
  }
  return promise;
}

function aMoment(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, 5);
  });
}

describe('a write at Cloudflare', () => {
  it('that is throttled was not done, and says when to try again; nothing is sent before', async () => {
    const world = await openCloudflare();
    world.simulator.inject(tooMany, isBatch);
    expect(await world.write('www.example.com', [A])).toEqual({ kind: 'throttled', owner: 'www.example.com.', afterMs: 7000 });
    expect(world.dump()).toEqual([]);
    world.requests();
    const write = { owner: nameOf('www.example.com'), writes: [] };
    await expect(world.provider.read(world.zone, [write.owner], SIGNAL)).rejects.toMatchObject({
      code: 'PROVIDER_THROTTLED',
      retryAfterMs: 7000,
    });
    expect(world.requests()).toEqual([]);
    await world.clock.advance(7000);
    expect(await world.write('www.example.com', [A])).toMatchObject({ kind: 'applied' });
  });

  it.each([
    ['no answer comes, though it was done', { kind: 'silence', done: true }, [A]],
    ['no answer comes', { kind: 'silence', done: false }, []],
    ['the connection is reset, though it was done', { kind: 'reset', done: true }, [A]],
    ['the connection is reset', { kind: 'reset', done: false }, []],
    ['the answer is cut off', { kind: 'cut' }, [A]],
    ['it is answered with 500, though it was done', { kind: 'done-but', status: 500, body: refusalBody(10_013, 'unknown') }, [A]],
    ['it is answered with a page of a gateway', { kind: 'answer', status: 502, body: '<html>Bad gateway</html>' }, []],
    ['it is answered with 200 and no JSON', { kind: 'done-but', status: 200, body: '<html>' }, [A]],
    ['the answer does not show the records', { kind: 'done-but', status: 200, body: { success: true, result: null } }, [A]],
  ] as const)('is of unknown outcome where %s, and is not sent twice', async (_, fault, held) => {
    const world = await openCloudflare();
    world.simulator.inject(fault, isBatch);
    const result = await passing(world, world.write('www.example.com', [A]), 1000);
    expect(result).toEqual({ kind: 'unknown', owner: 'www.example.com.', reason: expect.any(String) as unknown });
    expect(world.requests().filter((line) => line.startsWith('POST'))).toHaveLength(1);
    expect(world.dump()).toEqual(held);
    // Whatever it was: the name is read, and the same again settles it.
    expect(await world.write('www.example.com', [A])).toMatchObject({ kind: 'applied' });
    expect(world.dump()).toEqual([A]);
  });

  it('is a conflict where a record that it changes or removes is gone', async () => {
    const world = await openCloudflare();
    world.simulator.seed(world.simulated, [A]);
    world.simulator.inject(
      {
        kind: 'before',
        run: () => {
          world.simulated.clear();
        },
      },
      isBatch,
    );
    expect(await world.write('www.example.com', ['www.example.com. 300 A 192.0.2.2'])).toEqual({
      kind: 'conflict',
      owner: 'www.example.com.',
      reason: 'HTTP 404: Record does not exist. (81044)',
    });
    expect(world.dump()).toEqual([]);
  });

  it.each([
    ['the same record', A, 81_058],
    ['a CNAME', 'www.example.com. 300 CNAME lb.example.net.', 81_054],
  ])('is a conflict where somebody has just made %s, and the marker is not written either', async (_, foreign, code) => {
    const world = await openCloudflare();
    world.simulator.inject(
      {
        kind: 'before',
        run: (simulator) => {
          simulator.seed(world.simulated, [foreign]);
        },
      },
      isBatch,
    );
    const result = await world.write('www.example.com', [A, '_owner.www.example.com. 300 TXT "ours"']);
    expect(result).toMatchObject({ kind: 'conflict', reason: expect.stringContaining(String(code)) as unknown });
    expect(world.dump()).toEqual([foreign]);
  });

  it('adds a record beside what somebody has just made: the vendor has no condition', async () => {
    const world = await openCloudflare();
    expect(world.provider.traits.conditionalWrites).toBe(false);
    const foreign = 'www.example.com. 300 A 192.0.2.66';
    world.simulator.inject(
      {
        kind: 'before',
        run: (simulator) => {
          simulator.seed(world.simulated, [foreign]);
        },
      },
      isBatch,
    );
    await world.write('www.example.com', [A]);
    expect(world.dump()).toEqual([A, foreign]);
  });

  it.each([
    ['status 400', 400],
    ['status 200 and success: false', 200],
  ])('is refused in words where it is answered with %s', async (_, status) => {
    const world = await openCloudflare();
    const body = {
      success: false,
      errors: [{ code: 1004, message: 'DNS Validation Error', error_chain: [{ code: 9003, message: 'no' }] }],
    };
    world.simulator.inject({ kind: 'answer', status, body }, isBatch);
    expect(await world.write('www.example.com', [A])).toEqual({
      kind: 'refused',
      owner: 'www.example.com.',
      reason: `HTTP ${status}: DNS Validation Error (1004): no (9003)`,
    });
  });

  it('in a batch that is refused is halved out of it, and the others are written', async () => {
    const world = await openCloudflare();
    // Seven names, two records each, and one that the vendor refuses for its length.
    const wanted = Object.fromEntries(
      Array.from({ length: 7 }, (__, index) => {
        const name = `h${index}.example.com`;
        const texts = Array.from(
          { length: 9 },
          (___, at) => `${name}. 300 TXT "${`${at}`.repeat(200)}" "${'x'.repeat(250)}" "${'y'.repeat(250)}" "${'z'.repeat(250)}"`,
        );
        return [name, index === 3 ? texts : [`${name}. 300 A 192.0.2.${index}`]];
      }),
    );
    const results = await world.writeAll(wanted);
    expect(Object.fromEntries(results.map(({ owner, kind }) => [owner, kind]))).toEqual(
      Object.fromEntries(
        Array.from({ length: 7 }, (__, index) => [`h${index}.example.com.`, index === 3 ? 'refused' : 'applied']),
      ),
    );
    expect(world.dump()).toHaveLength(6);
    // 7 → 3+4 → 2+2 → 1+1: the culprit's way down, and what is split off it.
    expect(world.requests().length).toBeLessThanOrEqual(1 + 2 * 3);
  });

  it('throws where the credentials are refused, and the zone of somebody else goes on', async () => {
    const world = await openCloudflare();
    const forbidden = { kind: 'answer', status: 403, body: refusalBody(10_000, 'Authentication error') } as const;
    const other = world.simulator.addZone('example.org');
    world.simulator.inject(forbidden, ({ path }) => path.includes(world.simulated.id), 3);
    await expect(world.provider.apply(world.zone, [newName('www.example.com')], SIGNAL)).rejects.toMatchObject({
      code: 'PROVIDER_FORBIDDEN',
      message: expect.stringContaining('example.com.') as unknown,
    });
    const elsewhere = { apex: nameOf('example.org'), id: other.id };
    expect(await world.provider.apply(elsewhere, [newName('www.example.org')], SIGNAL)).toMatchObject([{ kind: 'applied' }]);
  });

  it('keeps what was written before the trouble began', async () => {
    const world = await openCloudflare();
    const names = Array.from({ length: 3 }, (_, index) => newName(`h${index}.example.com`, 150));
    let batches = 0;
    world.simulator.inject(tooMany, (request) => isBatch(request) && ++batches === 2);
    const results = await world.provider.apply(world.zone, names, SIGNAL);
    expect(results.map(({ owner, kind }) => `${owner} ${kind}`)).toEqual([
      'h0.example.com. applied',
      'h1.example.com. throttled',
      'h2.example.com. throttled',
    ]);
    expect(batches).toBe(2);
  });

  it('is not sent where the caller wants no more, and is of unknown outcome where it was under way', async () => {
    const world = await openCloudflare();
    const gone = AbortSignal.abort(new Error('no longer the leader'));
    expect(await world.provider.apply(world.zone, [newName('www.example.com')], gone)).toEqual([
      { kind: 'throttled', owner: 'www.example.com.', afterMs: 0 },
    ]);
    expect(world.requests()).toEqual([]);
    const controller = new AbortController();
    world.simulator.inject({ kind: 'silence', done: true }, isBatch);
    const result = world.provider.apply(world.zone, [newName('www.example.com')], controller.signal);
    while (world.dump().length === 0) await aMoment();
    controller.abort(new Error('no longer the leader'));
    expect(await result).toMatchObject([{ kind: 'unknown' }]);
  });

  it('that waited while the process stood still is not sent if the caller was to give up meanwhile', async () => {
    const clock = {
      now: () => Date.now(),
      monotonic: () => performance.now(),
      after: (delayMs: number, callback: () => void) => {
        const timer = setTimeout(callback, delayMs);
        return () => {
          clearTimeout(timer);
        };
      },
    };
    const bucket = new TokenBucket(clock, { capacity: 2, perSecond: 20 });
    const world = await openCloudflare({ dependencies: { clock, bucket } });
    await world.list();
    const taken = bucket.waiting === 0 ? bucket.take(SIGNAL) : Promise.resolve();
    const lease = new AbortController();
    const apply = world.provider.apply(world.zone, [newName('www.example.com')], lease.signal);
    setTimeout(() => {
      lease.abort(new Error('no longer the leader'));
    }, 200);
    // As after SIGSTOP and SIGCONT: the turn in the bucket and the end of the lease are due together.
    const end = performance.now() + 400;
    while (performance.now() < end);
    expect(await apply).toEqual([{ kind: 'throttled', owner: 'www.example.com.', afterMs: 0 }]);
    expect(world.requests().filter((line) => line.startsWith('POST'))).toEqual([]);
    await taken;
  });

  it('throws where the API cannot be reached, since then nothing was sent', async () => {
    const world = await openCloudflare();
    await world.simulator.close();
    await expect(world.provider.apply(world.zone, [newName('www.example.com')], SIGNAL)).rejects.toMatchObject({
      code: 'PROVIDER_UNAVAILABLE',
    });
  });

  it('of more records than the plan takes at once is refused, not split', async () => {
    const world = await openCloudflare();
    expect(await world.provider.apply(world.zone, [newName('www.example.com', 201)], SIGNAL)).toEqual([
      {
        kind: 'refused',
        owner: 'www.example.com.',
        reason: "it takes 201 changes of records, and the zone's plan takes 200 at once",
      },
    ]);
    expect(await world.provider.apply(world.zone, [newName('www.example.com', 200)], SIGNAL)).toMatchObject([
      { kind: 'applied' },
    ]);
    expect(world.requests()).toEqual(['POST /zones/…/dns_records/batch']);
  });
});

describe('a read at Cloudflare', () => {
  it.each([
    ['a reset', { kind: 'reset', done: false }],
    ['a 500', { kind: 'answer', status: 500, body: refusalBody(10_013, 'unknown') }],
    ['a gateway page', { kind: 'answer', status: 502, body: '<html>' }],
  ] as const)('is tried again after %s', async (_, fault) => {
    const world = await openCloudflare();
    world.simulator.seed(world.simulated, [A]);
    world.simulator.inject(fault, isRead, 2);
    expect(await passing(world, world.read('www.example.com'))).toEqual([A]);
    expect(world.requests()).toHaveLength(3);
  });

  it('fails after three times, and is never taken for an empty zone', async () => {
    const world = await openCloudflare();
    world.simulator.inject({ kind: 'answer', status: 503, body: '' }, isRead, 3);
    await expect(passing(world, world.list())).rejects.toMatchObject({ code: 'PROVIDER_UNAVAILABLE' });
  });

  it.each([
    ['result: null', { success: true, result: null, result_info: { total_pages: 1, total_count: 0 } }],
    ['no page count', { success: true, result: [] }],
    [
      'a record without id',
      {
        success: true,
        result: [{ name: 'www.example.com', type: 'A', ttl: 1 }],
        result_info: { total_pages: 1, total_count: 1 },
      },
    ],
  ])('of an answer with %s fails', async (_, body) => {
    const world = await openCloudflare();
    world.simulator.inject({ kind: 'answer', status: 200, body }, isRead);
    await expect(world.list()).rejects.toMatchObject({ code: 'PROVIDER_BAD_RESPONSE' });
  });

  it('that waits for another try ends at once where the caller wants no more', async () => {
    const world = await openCloudflare();
    world.simulator.inject({ kind: 'answer', status: 500, body: '' }, isRead, 3);
    const controller = new AbortController();
    const read = world.provider.read(world.zone, [nameOf('www.example.com')], controller.signal);
    read.catch(() => undefined);
    while (world.clock.waiting === 0 || world.requests().length > 0) await aMoment();
    controller.abort(new Error('enough'));
    await expect(read).rejects.toThrow('enough');
  });

  it('of more requests than the vendor takes is told to wait', async () => {
    const world = await openCloudflare({ simulator: { rate: { requests: 3, windowMs: 60_000 } } });
    await world.read('a.example.com');
    await world.read('b.example.com');
    await expect(world.read('c.example.com')).rejects.toMatchObject({ code: 'PROVIDER_THROTTLED', retryAfterMs: 60_000 });
  });
});

describe('the credentials', () => {
  it('are in no error, log line or picture of the provider', async () => {
    const world = await openCloudflare();
    const shown: string[] = [inspect(world.provider, { depth: 20, showHidden: true }), JSON.stringify(world.provider)];
    const faults = [
      { kind: 'answer', status: 403, body: refusalBody(9109, `Invalid access token ${TOKEN}`) },
      { kind: 'answer', status: 400, body: refusalBody(6003, `Invalid request headers: Bearer ${TOKEN}`) },
      { kind: 'reset', done: false },
    ] as const;
    for (const fault of faults) {
      world.simulator.inject(fault, isRead, 3);
      const error: unknown = await passing(
        world,
        world.read('www.example.com').catch((thrown: unknown) => thrown),
      );
      expect(error).toBeInstanceOf(ProviderError);
      shown.push(inspect(error, { depth: 20, showHidden: true }), String(error), (error as Error).stack ?? '');
      world.simulator.inject(fault, isBatch);
      const result: unknown = await passing(
        world,
        world.provider.apply(world.zone, [newName('www.example.com')], SIGNAL).catch((thrown: unknown) => thrown),
      );
      shown.push(inspect(result, { depth: 20, showHidden: true }));
    }
    for (const text of [...shown, ...world.logLines]) expect(text).not.toContain(TOKEN);
    expect(shown.join()).toContain('Invalid access token ***');
  });

  it.each([
    ['a line end inside', { apiToken: 'SECRET\nSECRET' }],
    ['nothing but blanks', { apiToken: ' \n' }],
    ['a character outside ASCII', { email: 'a@example.com', apiKey: 'SECRETé' }],
    ['a token and a key', { apiToken: 'SECRET', email: 'a@example.com', apiKey: 'SECRET' }],
    ['a key alone', { apiKey: 'SECRET' }],
    ['nothing', {}],
  ])('are refused with %s, and not shown', async (_, options) => {
    const { clock } = await openCloudflare();
    let thrown: unknown;
    try {
      createCloudflareProvider(options, { clock, logger: recordingLogger().logger });
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(RangeError);
    expect(inspect(thrown)).not.toContain('SECRET');
  });

  it('from a file may end in a line end; from the environment none are taken', async () => {
    process.env['CLOUDFLARE_API_KEY'] = 'from-the-environment';
    process.env['CLOUDFLARE_EMAIL'] = 'somebody@example.com';
    try {
      const world = await openCloudflare({ options: { apiToken: `${TOKEN}\n` } });
      expect(await world.read('www.example.com')).toEqual([]);
    } finally {
      delete process.env['CLOUDFLARE_API_KEY'];
      delete process.env['CLOUDFLARE_EMAIL'];
    }
  });

  it('may be an address and a key', async () => {
    const world = await openCloudflare({ simulator: { email: 'ops@example.com', apiKey: 'global-key' } });
    const { baseUrl } = world.simulator;
    const { clock } = world;
    const keyed = createCloudflareProvider(
      { email: 'ops@example.com', apiKey: 'global-key', baseUrl },
      { clock, logger: recordingLogger().logger },
    );
    expect(await keyed.zones(SIGNAL)).toEqual([world.zone]);
  });
});

/** A name that is to hold so many addresses, and holds nothing. */
function newName(name: string, addresses = 1) {
  const owner = nameOf(name);
  const rdatas = Array.from({ length: addresses }, (_, index) => Uint8Array.of(192, 0, 2, index));
  return { owner, writes: rrsetWrites([], [{ owner, type: 1, ttl: 300, rdatas }]) };
}
