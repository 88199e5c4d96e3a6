import { afterEach, describe, expect, it } from '@jest/globals';

import { SteppedClock } from '../testing/stepped-clock.ts';
import { MEDIA_TYPE } from './endpoint.ts';
import { type ScriptedAnswer, type ScriptedWebhook, scriptedWebhook } from './testing/scripted-webhook.ts';
import { WebhookClient } from './webhook-client.ts';

const SIGNAL = new AbortController().signal;
const NONE = { create: [], updateOld: [], updateNew: [], delete: [] };
const WWW = { dnsName: 'www.example.com', targets: ['192.0.2.1'], recordType: 'A' };

describe('the webhook client', () => {
  const opened: ScriptedWebhook[] = [];
  afterEach(async () => {
    for (const webhook of opened.splice(0)) await webhook.close();
  });
  const open = async (...answers: readonly ScriptedAnswer[]) => {
    const webhook = await scriptedWebhook((_, count) => answers[Math.min(count, answers.length) - 1] ?? {});
    opened.push(webhook);
    const clock = new SteppedClock();
    const client = (url = webhook.url) => new WebhookClient({ url, timeoutMs: 5000 }, clock);
    return { webhook, clock, client };
  };
  /** Lets retries pass, however long they wait. */
  const settle = async <T>(clock: SteppedClock, work: Promise<T>): Promise<T> => {
    const state = { over: false };
    const done = work.finally(() => (state.over = true));
    done.catch(() => undefined);
    while (!state.over) {
      // Small steps: requests have a time limit on the same clock.
      await new Promise((resolve) => setTimeout(resolve, 5));
      await clock.advance(50);
    }
    return await done;
  };
  const codeOf = async (work: Promise<unknown>): Promise<unknown> =>
    await work.then(
      () => 'no error',
      (error: unknown) => (error as { code?: unknown }).code,
    );

  it('agrees on the version, and learns the domain filter', async () => {
    const { webhook, client } = await open({ json: { include: ['example.com'] } });
    expect(await client(`${webhook.url}/base/`).negotiate(SIGNAL)).toEqual({
      kind: 'domains',
      include: [{ name: 'example.com.', belowOnly: false }],
      exclude: [],
    });
    expect(webhook.requests).toMatchObject([{ method: 'GET', path: '/base', headers: { accept: MEDIA_TYPE } }]);
  });

  it.each<readonly [string, ScriptedAnswer, string]>([
    ['another media type', { headers: { 'content-type': 'application/json' }, json: {} }, 'PROVIDER_BAD_RESPONSE'],
    ['another version', { headers: { 'content-type': MEDIA_TYPE.replace('1', '2') }, json: {} }, 'PROVIDER_BAD_RESPONSE'],
    ['no JSON', { body: '<html>' }, 'PROVIDER_BAD_RESPONSE'],
    ['no filter', { json: [] }, 'PROVIDER_BAD_RESPONSE'],
    ['404', { status: 404 }, 'PROVIDER_BAD_RESPONSE'],
    ['401', { status: 401 }, 'PROVIDER_FORBIDDEN'],
    ['429', { status: 429, headers: { 'retry-after': '3' } }, 'PROVIDER_THROTTLED'],
  ])('does not agree with %s', async (_, answer, code) => {
    const { webhook, client } = await open(answer);
    expect(await codeOf(client().negotiate(SIGNAL))).toBe(code);
    expect(webhook.requests).toHaveLength(1);
  });

  it.each(Array.from({ length: 11 }, (_, index) => 500 + index))('reads again after status %d', async (status) => {
    const { clock, client } = await open({ status }, { status }, { json: [WWW] });
    expect(await settle(clock, client().records(SIGNAL))).toEqual([WWW]);
  });

  it('reads again after a broken connection, and gives up after three tries', async () => {
    const { webhook, clock, client } = await open('reset');
    expect(await codeOf(settle(clock, client().records(SIGNAL)))).toBe('PROVIDER_UNAVAILABLE');
    expect(webhook.requests).toHaveLength(3);
  });

  it.each<readonly [string, ScriptedAnswer, unknown]>([
    ['null as an empty list', { body: 'null' }, []],
    ['an empty list', { json: [] }, []],
    [
      'keys in any case',
      { json: [{ DNSNAME: 'a.example', Targets: [], recordtype: 'A' }] },
      [{ dnsName: 'a.example', targets: [], recordType: 'A' }],
    ],
  ])('reads %s', async (_, answer, expected) => {
    expect(await (await open(answer)).client().records(SIGNAL)).toEqual(expected);
  });

  it.each<readonly [string, ScriptedAnswer]>([
    ['no JSON', { body: 'records' }],
    ['what is cut off', { body: '[{"dnsName":' }],
    ['an object', { json: {} }],
    ['status 400', { status: 400 }],
    ['a redirection', { status: 302, headers: { location: '/login' } }],
  ])('takes %s for no records, once', async (_, answer) => {
    const { webhook, client } = await open(answer);
    expect(await codeOf(client().records(SIGNAL))).toBe('PROVIDER_BAD_RESPONSE');
    expect(webhook.requests).toHaveLength(1);
  });

  it('does without /adjustendpoints where there is none', async () => {
    expect(await (await open({ status: 404 })).client().adjust([WWW], SIGNAL)).toEqual([WWW]);
  });

  it('sends changes with the keys that are needed, and nothing else', async () => {
    const { webhook, client } = await open({ status: 204 });
    expect(await client().change({ ...NONE, create: [WWW] }, SIGNAL)).toEqual({ kind: 'done' });
    expect(webhook.requests).toMatchObject([
      { method: 'POST', path: '/records', headers: { 'content-type': MEDIA_TYPE }, body: JSON.stringify({ create: [WWW] }) },
    ]);
  });

  it.each<readonly [string, ScriptedAnswer, object]>([
    ['status 200', { status: 200, json: {} }, { kind: 'rejected' }],
    ['status 500', { status: 500 }, { kind: 'rejected', reason: 'POST /records is answered with status 500' }],
    [
      'status 500 with a text',
      { status: 500, headers: { 'content-type': 'text/plain' }, body: 'www: no\n' },
      { kind: 'rejected', reason: 'POST /records is answered with status 500: www: no' },
    ],
    ['status 503 with a time', { status: 503, headers: { 'retry-after': '9' } }, { kind: 'rejected', retryAfterMs: 9000 }],
    ['status 400', { status: 400 }, { kind: 'rejected' }],
    ['status 429', { status: 429, headers: { 'retry-after': '2' } }, { kind: 'throttled', afterMs: 2000 }],
    ['status 413', { status: 413 }, { kind: 'too-large' }],
    ['status 403', { status: 403 }, { kind: 'failed', error: expect.objectContaining({ code: 'PROVIDER_FORBIDDEN' }) }],
    ['status 404', { status: 404 }, { kind: 'failed', error: expect.objectContaining({ code: 'PROVIDER_BAD_RESPONSE' }) }],
    ['a broken connection', 'reset', { kind: 'unknown' }],
  ])('sends changes once, answered with %s', async (_, answer, expected) => {
    const { webhook, client } = await open(answer);
    expect(await client().change({ ...NONE, delete: [WWW] }, SIGNAL)).toMatchObject(expected);
    expect(webhook.requests).toHaveLength(1);
  });

  it('does not know what became of changes that are not answered in time', async () => {
    const { clock, client } = await open('silence');
    expect(await settle(clock, client().change(NONE, SIGNAL))).toMatchObject({
      kind: 'unknown',
      reason: expect.stringContaining('no answer within 5 s') as unknown,
    });
  });

  it('sends no changes once it may not', async () => {
    const { webhook, client } = await open({ status: 204 });
    const kept = client();
    // The second one would find a connection that stands.
    expect(await kept.change(NONE, SIGNAL)).toEqual({ kind: 'done' });
    expect(await kept.change(NONE, AbortSignal.abort())).toMatchObject({ kind: 'throttled' });
    expect(webhook.requests).toHaveLength(1);
  });

  it('that finds nobody has written nothing', async () => {
    const { webhook, client } = await open({});
    await webhook.close();
    opened.splice(0);
    expect(await client().change(NONE, SIGNAL)).toMatchObject({ kind: 'failed', error: { code: 'PROVIDER_UNAVAILABLE' } });
  });

  it('sends user name and password of the URL, and shows them nowhere', async () => {
    const { webhook, client } = await open({ status: 403 });
    const url = webhook.url.replace('http://', 'http://kz%40dns:s%2Fecret@').concat('/?key=hidden');
    const error = await client(url)
      .records(SIGNAL)
      .then(
        () => new Error('no error'),
        (cause: unknown) => cause as Error,
      );
    expect(webhook.requests).toMatchObject([
      { path: '/records?key=hidden', headers: { authorization: `Basic ${Buffer.from('kz@dns:s/ecret').toString('base64')}` } },
    ]);
    const told = `${String(error)} ${JSON.stringify(error)} ${JSON.stringify(client(url))} ${client(url).place}`;
    expect(told).toContain(webhook.url);
    expect(told).not.toMatch(/ecret|kz|hidden/);
  });
});
