import { afterEach, describe, expect, it } from '@jest/globals';
import { type NameState, nameOf, type OwnerName, type Provider, ProviderError, type ProviderZone } from '@kubezone/core';

import { recordingLogger } from '../cloudflare/testing/recording-logger.ts';
import { lowerPlainDns } from '../lower/lower-name.ts';
import { SteppedClock } from '../testing/stepped-clock.ts';
import type { Endpoint } from './endpoint.ts';
import { MEDIA_TYPE } from './endpoint.ts';
import { memoryZone } from './testing/memory-zone.ts';
import { WebhookServer, type WebhookServerOptions } from './webhook-server.ts';

const WWW: Endpoint = { dnsName: 'www.example.com', targets: ['192.0.2.1'], recordType: 'A', recordTTL: 300 };
const SEEDED = 'www.example.com. 300 A 192.0.2.1';

describe('the webhook server', () => {
  const servers: WebhookServer[] = [];
  afterEach(async () => {
    for (const server of servers.splice(0)) await server.close();
  });
  const open = async (
    wrap: (provider: Provider) => Provider = (provider) => provider,
    options: Partial<WebhookServerOptions> = {},
  ) => {
    const memory = memoryZone('example.com', ['sub.example.com', 'other.example']);
    const { logger, lines } = recordingLogger();
    const server = new WebhookServer({ provider: wrap(memory.provider), clock: new SteppedClock(), logger, ...options });
    servers.push(server);
    const url = `http://127.0.0.1:${await server.listen(0)}`;
    const ask = async (method: string, path: string, body?: unknown) => {
      const sent = typeof body === 'string' ? body : JSON.stringify(body);
      const response = await fetch(url + path, { method, ...(body === undefined ? {} : { body: sent }) });
      const { status, headers } = response;
      return { status, type: headers.get('content-type'), retryAfter: headers.get('retry-after'), text: await response.text() };
    };
    const change = (changes: Readonly<Record<string, readonly Endpoint[]>>) => ask('POST', '/records', changes);
    return { ...memory, ask, change, lines, url, server };
  };
  /** A provider with one function replaced. */
  const having =
    (other: Partial<Provider>) =>
    (provider: Provider): Provider =>
      new Proxy(provider, {
        get: (target, key) => {
          const value = (key in other ? other : target)[key as keyof Provider] as unknown;
          return typeof value === 'function' ? (value as (...given: unknown[]) => unknown).bind(target) : value;
        },
      });

  it('tells the zones as its domain filter', async () => {
    const { ask } = await open();
    const { status, type, text } = await ask('GET', '/');
    expect([status, type]).toEqual([200, MEDIA_TYPE]);
    expect(JSON.parse(text)).toEqual({ include: ['example.com', 'other.example', 'sub.example.com'] });
  });

  it('serves some zones alone, where it is told so', async () => {
    const { ask } = await open(undefined, { serves: (apex) => apex === nameOf('other.example') });
    expect(JSON.parse((await ask('GET', '/')).text)).toEqual({ include: ['other.example'] });
    expect(await ask('POST', '/records', { create: [WWW] })).toMatchObject({
      status: 500,
      text: 'www.example.com.: it lies in no zone that is served, or is excluded\n',
    });
  });

  it('puts nothing of a zone that is not served into the one above it', async () => {
    const { ask, dump } = await open(undefined, { serves: (apex) => apex !== nameOf('sub.example.com') });
    expect(JSON.parse((await ask('GET', '/')).text)).toEqual({
      include: ['example.com', 'other.example'],
      exclude: ['sub.example.com'],
    });
    const answer = await ask('POST', '/records', { create: [{ ...WWW, dnsName: 'a.sub.example.com' }] });
    expect(answer).toMatchObject({
      status: 500,
      text: 'a.sub.example.com.: it lies in no zone that is served, or is excluded\n',
    });
    expect(await dump()).toEqual([]);
  });

  it('leaves names alone that are excluded, and tells external-dns so', async () => {
    const excludes = ['no', 'below'].map((label) => ({ name: nameOf(`${label}.example.com`), belowOnly: label === 'below' }));
    const { ask, dump } = await open(undefined, {
      excludes: [...excludes, { name: nameOf('far.example.net'), belowOnly: false }],
    });
    expect(JSON.parse((await ask('GET', '/')).text)).toMatchObject({ exclude: ['.below.example.com', 'no.example.com'] });
    const create = ['no', 'a.no', 'below', 'a.below'].map((name) => ({ ...WWW, dnsName: `${name}.example.com` }));
    expect((await ask('POST', '/records', { create })).status).toBe(500);
    expect(await dump()).toEqual(['below.example.com. 300 A 192.0.2.1']);
  });

  it('tells what it has done, and whether the provider can be read', async () => {
    let isDown = true;
    const { ask, change, server, url } = await open((provider) => {
      const zones: Provider['zones'] = (signal) =>
        isDown ? Promise.reject(new ProviderError('PROVIDER_UNAVAILABLE', 'it is down')) : provider.zones(signal);
      return having({ zones })(provider);
    });
    expect(server.status()).toEqual({ requests: [], names: { changed: 0, failed: 0 }, failure: undefined });
    await ask('GET', '/');
    expect(server.status().failure).toBe('it is down [PROVIDER_UNAVAILABLE]');
    isDown = false;
    expect(await server.zones()).toEqual(['example.com.', 'sub.example.com.', 'other.example.']);
    await change({ create: [WWW, { ...WWW, dnsName: 'a.example.org' }] });
    await change({ create: [{ ...WWW, dnsName: 'b.example.com' }] });
    await ask('GET', '/records?x=1');
    await fetch(`${url}//x`);
    expect(server.status()).toEqual({
      requests: [
        { route: 'GET /', status: 500, count: 1 },
        { route: 'POST /records', status: 500, count: 1 },
        { route: 'POST /records', status: 204, count: 1 },
        { route: 'GET /records', status: 200, count: 1 },
        { route: 'other', status: 404, count: 1 },
      ],
      names: { changed: 2, failed: 1 },
      failure: undefined,
    });
  });

  it('has no filter that would let everything pass where there is no zone', async () => {
    const { ask } = await open(having({ zones: () => Promise.resolve([]) }));
    expect((await ask('GET', '/')).status).toBe(503);
  });

  it('shows all records but those that every zone has', async () => {
    const { ask, seed } = await open();
    await seed([
      SEEDED,
      '*.example.com. 60 CNAME lb.example.net.',
      'example.com. 300 NS ns1.example.net.',
      'b.example.com. 1 NS ns1.b.example.com.',
    ]);
    const { status, type, text } = await ask('GET', '/records');
    expect([status, type]).toEqual([200, MEDIA_TYPE]);
    expect(JSON.parse(text)).toEqual(
      expect.arrayContaining([
        WWW,
        { dnsName: '*.example.com', targets: ['lb.example.net'], recordType: 'CNAME', recordTTL: 60 },
        { dnsName: 'b.example.com', targets: ['ns1.b.example.com'], recordType: 'NS', recordTTL: 1 },
      ]),
    );
    expect(JSON.parse(text)).toHaveLength(3);
  });

  it('shows no records at all where one zone cannot be read', async () => {
    const list = async function* (zone: ProviderZone) {
      yield await Promise.resolve([]);
      if (zone.apex === 'other.example.') throw new ProviderError('PROVIDER_UNAVAILABLE', 'it is down');
    };
    const { ask, lines } = await open(having({ list }));
    expect(await ask('GET', '/records')).toMatchObject({ status: 500, text: 'it is down\n' });
    expect(lines.join()).toContain('it is down');
  });

  it.each<readonly [string, Readonly<Record<string, readonly Endpoint[]>>, readonly string[], readonly string[]]>([
    ['creates', { create: [WWW] }, [], [SEEDED]],
    ['creates, with the keys of old versions', { Create: [WWW] }, [], [SEEDED]],
    ['creates without a TTL', { create: [{ ...WWW, recordTTL: 0 }] }, [], [SEEDED]],
    ['creates what is there already', { create: [WWW] }, [SEEDED], [SEEDED]],
    ['deletes', { delete: [WWW] }, [SEEDED, 'www.example.com. 300 TXT "keep"'], ['www.example.com. 300 TXT "keep"']],
    ['deletes what is gone already', { delete: [WWW] }, [], []],
    ['deletes what has another TTL', { delete: [{ ...WWW, recordTTL: 7 }] }, [SEEDED], []],
    [
      'updates',
      { updateOld: [WWW], updateNew: [{ ...WWW, targets: ['192.0.2.9'] }] },
      [SEEDED],
      ['www.example.com. 300 A 192.0.2.9'],
    ],
    [
      'changes the type',
      { delete: [WWW], create: [{ ...WWW, recordType: 'CNAME', targets: ['lb.example.net'] }] },
      [SEEDED],
      ['www.example.com. 300 CNAME lb.example.net.'],
    ],
    ['passes over nothing', {}, [SEEDED], [SEEDED]],
  ])('%s', async (_, changes, before, after) => {
    const { seed, change, dump } = await open();
    await seed(before);
    expect(await change(changes)).toMatchObject({ status: 204, text: '', type: null });
    expect(await dump()).toEqual(after);
  });

  it.each<readonly [string, Readonly<Record<string, readonly Endpoint[]>>, string]>([
    ['delete', { delete: [{ ...WWW, targets: ['192.0.2.66'] }] }, 'www.example.com. A holds other data than is to be deleted'],
    [
      'create',
      { create: [{ ...WWW, targets: ['192.0.2.66'] }] },
      'www.example.com. A holds other data than external-dns knows of',
    ],
    [
      'update',
      { updateOld: [{ ...WWW, targets: ['192.0.2.5'] }], updateNew: [{ ...WWW, targets: ['192.0.2.6'] }] },
      'www.example.com. A holds other data than external-dns knows of',
    ],
    ['create', { create: [{ ...WWW, recordType: 'FANCY' }] }, 'www.example.com FANCY: "FANCY" is no RR type'],
    ['create', { create: [{ ...WWW, targets: [] }] }, 'www.example.com A: it has no targets'],
    ['create', { create: [{ ...WWW, targets: ['192.0.2.256'] }] }, 'www.example.com A: "192.0.2.256" is no address'],
    ['create', { create: [{ ...WWW, setIdentifier: 'blue' }] }, 'www.example.com.: it has the set identifier "blue"'],
    ['create', { create: [{ ...WWW, dnsName: 'badexample.com' }] }, 'badexample.com.: it lies in no zone that is served'],
    [
      'create',
      { create: [{ ...WWW, dnsName: 'example.com', recordType: 'CNAME', targets: ['a.example'] }] },
      'example.com.: its target a.example. would be a CNAME',
    ],
  ])('does not %s what it must not, and makes the other changes', async (_, changes, reason) => {
    const { seed, change, dump, lines } = await open();
    await seed([SEEDED]);
    const other = { ...WWW, dnsName: 'other.example.com' };
    const { status, text } = await change({ ...changes, create: [...(changes['create'] ?? []), other] });
    expect([status, text.slice(0, reason.length)]).toEqual([500, reason]);
    expect(await dump()).toEqual(['other.example.com. 300 A 192.0.2.1', SEEDED]);
    expect(lines.join()).toContain('changes of external-dns were not all made');
  });

  it('writes each name to the longest zone that it lies in', async () => {
    const { change, provider, dump } = await open();
    expect((await change({ create: [{ ...WWW, dnsName: 'x.sub.example.com' }] })).status).toBe(204);
    const sub = { apex: nameOf('sub.example.com'), id: 'sub.example.com.' };
    expect(await provider.read(sub, [nameOf('x.sub.example.com')])).toHaveLength(1);
    expect(await dump()).toEqual([]);
  });

  it('says when to come again where the provider is throttled', async () => {
    const apply: Provider['apply'] = (_, writes) =>
      Promise.resolve(writes.map(({ owner }) => ({ kind: 'throttled', owner, afterMs: 4200 })));
    const { change } = await open(having({ apply }));
    expect(await change({ create: [WWW] })).toMatchObject({ status: 503, retryAfter: '5' });
  });

  it('keeps one zone’s failure from the others', async () => {
    const { change, dump } = await open((provider) => {
      const apply: Provider['apply'] = (zone, writes, signal) =>
        zone.apex === 'other.example.'
          ? Promise.reject(new ProviderError('PROVIDER_FORBIDDEN', 'no access'))
          : provider.apply(zone, writes, signal);
      return having({ apply })(provider);
    });
    const answer = await change({ create: [{ ...WWW, dnsName: 'a.other.example' }, WWW] });
    expect(answer).toMatchObject({ status: 500, text: 'zone other.example.: no access\n' });
    expect(await dump()).toEqual([SEEDED]);
  });

  it('makes changes one after the other', async () => {
    let running = 0;
    let most = 0;
    const { change } = await open((provider) => {
      const apply: Provider['apply'] = async (zone, writes, signal) => {
        most = Math.max(most, ++running);
        await new Promise(setImmediate);
        running--;
        return await provider.apply(zone, writes, signal);
      };
      return having({ apply })(provider);
    });
    const names = ['a', 'b', 'c', 'd'].map((label) => ({ ...WWW, dnsName: `${label}.example.com` }));
    const statuses = await Promise.all(names.map(async (endpoint) => (await change({ create: [endpoint] })).status));
    expect(statuses).toEqual([204, 204, 204, 204]);
    expect(most).toBe(1);
  });

  describe('asked what becomes of endpoints', () => {
    const raising = having({
      lower: (zone: ProviderZone, owner: OwnerName, state: NameState) => lowerPlainDns(zone, owner, state, { minTtl: 600 }),
    });

    it.each<readonly [string, Endpoint, Endpoint]>([
      ['raises a TTL', WWW, { ...WWW, recordTTL: 600 }],
      ['keeps labels', { ...WWW, labels: { owner: 'me' } }, { ...WWW, recordTTL: 600, labels: { owner: 'me' } }],
      [
        'leaves a TTL away that is not given',
        { dnsName: 'www.example.com', targets: ['192.0.2.1'], recordType: 'A' },
        { dnsName: 'www.example.com', targets: ['192.0.2.1'], recordType: 'A' },
      ],
      [
        'writes data alike',
        { ...WWW, dnsName: 'WWW.example.com.', recordType: 'AAAA', targets: ['2001:DB8::0:1'] },
        { ...WWW, recordType: 'AAAA', targets: ['2001:db8::1'], recordTTL: 600 },
      ],
      ['keeps what it cannot hold', { ...WWW, setIdentifier: 'blue' }, { ...WWW, setIdentifier: 'blue' }],
      ['keeps an alias that it cannot hold', { ...WWW, targets: ['lb.example.net'] }, { ...WWW, targets: ['lb.example.net'] }],
      ['keeps what it cannot read', { ...WWW, targets: ['192.0.2.256'] }, { ...WWW, targets: ['192.0.2.256'] }],
      ['keeps what lies elsewhere', { ...WWW, dnsName: 'a.example.org' }, { ...WWW, dnsName: 'a.example.org' }],
    ])('%s', async (_, given, expected) => {
      const { ask } = await open(raising);
      const { status, type, text } = await ask('POST', '/adjustendpoints', [given]);
      expect([status, type, JSON.parse(text)]).toEqual([200, MEDIA_TYPE, [expected]]);
    });
  });

  it.each([
    ['POST', '/', undefined, 400],
    ['PUT', '/records', undefined, 400],
    ['GET', '/adjustendpoints', undefined, 400],
    ['GET', '/healthz', undefined, 404],
    ['POST', '/records', 'no JSON', 400],
    ['POST', '/records', [], 400],
    ['POST', '/records', { create: 1 }, 400],
    ['POST', '/adjustendpoints', '{', 400],
    ['POST', '/adjustendpoints', {}, 400],
  ])('answers %s %s with %j by its status', async (method, path, body, status) => {
    const { ask } = await open();
    expect((await ask(method, path, body)).status).toBe(status);
  });

  it('answers a body that is too long with 413, whether its length is told or not', async () => {
    const { ask, dump, url } = await open(undefined, { maxBodyBytes: 100 });
    expect((await ask('POST', '/records', { create: [WWW, WWW] })).status).toBe(413);
    const chunks = new Blob([JSON.stringify({ create: [WWW, { ...WWW, dnsName: 'b.example.com' }] })]).stream();
    const response = await fetch(`${url}/records`, { method: 'POST', body: chunks, duplex: 'half' });
    expect(response.status).toBe(413);
    expect(await dump()).toEqual([]);
  });
});
