import { afterEach, describe, expect, it } from '@jest/globals';
import {
  nameOf,
  type NameState,
  type ObservedRRset,
  type OwnerName,
  type Provider,
  type ProvidedRRset,
  type ProviderZone,
} from '@kubezone/core';

import { recordingLogger } from '../cloudflare/testing/recording-logger.ts';
import { linesOf, stateOf } from '../testing/provided-text.ts';
import { systemClock } from '../testing/system-clock.ts';
import { type CameRequest, type ScriptedAnswer, type ScriptedWebhook, scriptedWebhook } from './testing/scripted-webhook.ts';
import type { Changes, Endpoint } from './endpoint.ts';
import { createWebhookProvider, type WebhookOptions } from './webhook-provider.ts';

const SIGNAL = new AbortController().signal;
const ZONE: ProviderZone = { apex: nameOf('example.com'), id: 'example.com.' };
const WWW = nameOf('www.example.com');

describe('the webhook provider', () => {
  const opened: ScriptedWebhook[] = [];
  afterEach(async () => {
    for (const webhook of opened.splice(0)) await webhook.close();
  });
  const open = async (
    answers: {
      readonly filter?: unknown;
      readonly records?: () => unknown;
      readonly adjust?: (endpoints: readonly Endpoint[]) => unknown;
      readonly change?: (changes: Partial<Changes>) => void;
    },
    options: WebhookOptions = {},
  ) => {
    const answer = ({ method, path, body }: CameRequest): ScriptedAnswer => {
      if (path === '/') return { json: answers.filter ?? { include: ['example.com'] } };
      if (path === '/adjustendpoints') {
        const endpoints = JSON.parse(body) as readonly Endpoint[];
        return { json: answers.adjust?.(endpoints) ?? endpoints };
      }
      if (method === 'GET') return { json: answers.records?.() ?? null };
      answers.change?.(JSON.parse(body) as Partial<Changes>);
      return { status: 204 };
    };
    const webhook = await scriptedWebhook(answer);
    opened.push(webhook);
    const { logger, lines } = recordingLogger();
    const provider = createWebhookProvider({ url: webhook.url, ...options }, { clock: systemClock(), logger });
    const calls = (): string[] => webhook.requests.map(({ method, path }) => `${method} ${path}`);
    return { provider, calls, lines };
  };
  const stateWith = (line: string, more: Partial<ProvidedRRset>): NameState => {
    const { exists, rrsets } = stateOf(line);
    return { exists, rrsets: rrsets.map((rrset) => ({ ...rrset, ...more })) };
  };
  const lowered = (provider: Provider, owner: OwnerName, state: NameState): string[] => {
    const { rrsets, rejected } = provider.lower(ZONE, owner, state);
    return [...linesOf(rrsets), ...rejected.map(({ reason }) => `rejected: ${reason}`)];
  };

  it.each<readonly [unknown, readonly string[] | undefined, readonly string[]]>([
    [{ include: ['example.com', 'b.example'] }, undefined, ['example.com.', 'b.example.']],
    [{ include: ['example.com', '.below.example'] }, undefined, ['example.com.']],
    [{}, ['a.example', 'b.example.'], ['a.example.', 'b.example.']],
    [{ include: ['b.example'] }, ['a.example', 'sub.b.example'], ['sub.b.example.']],
    [{ regexInclude: 'x' }, ['a.example'], ['a.example.']],
  ])('with the filter %j and the option %j has the zones %j', async (filter, zones, expected) => {
    const { provider } = await open({ filter }, zones === undefined ? {} : { zones });
    expect((await provider.zones(SIGNAL)).map(({ apex }) => apex)).toEqual(expected);
  });

  it.each([{}, { regexInclude: 'x' }, { include: ['.example.com'] }])(
    'asks for the option zones where %j names none',
    async (filter) => {
      const { provider } = await open({ filter });
      await expect(provider.zones(SIGNAL)).rejects.toMatchObject({
        code: 'PROVIDER_ZONE_UNKNOWN',
        message: expect.stringContaining('name them by the option zones') as unknown,
      });
    },
  );

  it.each([
    [{ url: 'ftp://x' }, 'url: the scheme ftp: is not supported; expected is http: or https:'],
    [{ url: 'http://user:secret@[' }, 'url: this is no URL; expected is one such as http://localhost:8888'],
    [{ zones: ['a..b'] }, 'zones: empty label in name "a..b"'],
  ])('refuses the options %j', (options, message) => {
    expect(() => createWebhookProvider(options, { clock: systemClock(), logger: recordingLogger().logger })).toThrow(message);
  });

  it('gives names to the longest zone, and reads all zones at once', async () => {
    const at = (dnsName: string): Endpoint => ({ dnsName, recordType: 'A', targets: ['192.0.2.1'], recordTTL: 60 });
    const records = (): unknown =>
      ['example.com', 'a.example.com', 'sub.example.com', 'b.sub.example.com', 'anexample.com'].map(at);
    const { provider, calls } = await open({ filter: { include: ['example.com', 'sub.example.com'] }, records });
    const zones = await provider.zones(SIGNAL);
    const lists = await Promise.all(
      [...zones, ...zones, ...zones].map(async (zone) => {
        const found: ObservedRRset[] = [];
        for await (const page of provider.list(zone, SIGNAL)) found.push(...page);
        return found.map(({ owner }) => owner);
      }),
    );
    expect(lists.slice(0, 2)).toEqual([
      ['example.com.', 'a.example.com.'],
      ['sub.example.com.', 'b.sub.example.com.'],
    ]);
    expect(calls().filter((call) => call === 'GET /records')).toHaveLength(2);
  });

  it('says which records it cannot read, and reads the others', async () => {
    const records = (): unknown => [
      { dnsName: 'a..b', recordType: 'A', targets: ['192.0.2.1'] },
      { dnsName: 'www.example.com', recordType: 'A', targets: ['192.0.2.1'] },
    ];
    const { provider, lines } = await open({ records });
    expect(linesOf(await provider.read(ZONE, [WWW], SIGNAL))).toEqual(['www.example.com. 0 A 192.0.2.1']);
    expect(lines.join()).toContain('records left out that cannot be read');
  });

  it('reads names however they are written', async () => {
    const records = (): unknown =>
      ['WWW.Example.com', 'www.example.com.', 'www2.example.com'].map((dnsName, index) => ({
        dnsName,
        recordType: ['A', 'TXT', 'A'][index],
        targets: ['192.0.2.1'],
      }));
    const { provider } = await open({ records });
    expect(linesOf(await provider.read(ZONE, [WWW], SIGNAL))).toEqual([
      'www.example.com. 0 A 192.0.2.1',
      'www.example.com. 0 TXT "192.0.2.1"',
    ]);
  });

  describe('lowers', () => {
    it.each<readonly [string, NameState, readonly string[]]>([
      ['a TTL of 0, for which there is no word', stateOf('www.example.com. 0 A 192.0.2.1'), ['www.example.com. 1 A 192.0.2.1']],
      [
        'properties for webhooks and for all, and no others',
        stateWith('www.example.com. 60 A 192.0.2.1', {
          setIdentifier: 'blue',
          properties: {
            'webhook/a': '1',
            alias: 'false',
            'aws/weight': '3',
            'external-dns.kubernetes.io/cloudflare-proxied': 'true',
          },
        }),
        ['www.example.com. 60 A 192.0.2.1 ; blue alias=false webhook/a=1'],
      ],
      [
        'a CNAME beside others not at all',
        stateOf('www.example.com. 60 A 192.0.2.1', 'www.example.com. 60 ALIAS lb.example.net.'),
        ['www.example.com. 60 A 192.0.2.1', 'rejected: it is a CNAME, which cannot stand beside A'],
      ],
      [
        'a target that is a wildcard not at all',
        stateOf('www.example.com. 60 ALIAS *.example.net.'),
        ['rejected: its target *.example.net. is a wildcard'],
      ],
      ['nothing', { exists: false, rrsets: [] }, []],
    ])('%s', async (_, state, expected) => {
      const { provider } = await open({});
      await provider.zones(SIGNAL);
      expect(lowered(provider, WWW, state)).toEqual(expected);
    });

    it('more properties, where the webhook is known to understand them', async () => {
      const { provider } = await open({}, { propertyPrefixes: ['aws/'] });
      const state = stateWith('www.example.com. 60 A 192.0.2.1', { properties: { 'webhook/a': '1', 'aws/weight': '3' } });
      expect(lowered(provider, WWW, state)).toEqual(['www.example.com. 60 A 192.0.2.1 ; aws/weight=3']);
    });

    it('no name that the domain filter leaves out', async () => {
      const { provider } = await open({ filter: { include: ['example.com'], exclude: ['www.example.com'] } });
      await provider.zones(SIGNAL);
      expect(lowered(provider, WWW, stateOf('www.example.com. 60 A 192.0.2.1'))).toEqual([
        "rejected: the webhook's domain filter leaves out the name www.example.com.",
      ]);
    });
  });

  describe('with a webhook that makes something of endpoints', () => {
    const raise = (endpoints: readonly Endpoint[]): unknown =>
      endpoints.map((endpoint) => ({ ...endpoint, recordTTL: Math.max(endpoint.recordTTL ?? 0, 600) }));
    const STATE = stateOf('www.example.com. 60 A 192.0.2.1');

    it('knows beforehand, where it is told what will be lowered', async () => {
      const { provider, calls } = await open({ adjust: raise });
      const names = new Map([
        [WWW, STATE],
        [nameOf('b.example.com'), stateOf('b.example.com. 60 A 192.0.2.1')],
      ]);
      await provider.prepare?.(ZONE, names, SIGNAL);
      expect(lowered(provider, WWW, STATE)).toEqual(['www.example.com. 600 A 192.0.2.1']);
      await provider.prepare?.(ZONE, names, SIGNAL);
      expect(calls()).toEqual(['GET /', 'POST /adjustendpoints']);
    });

    it('asks with the write at the latest, and has it planned again', async () => {
      const { provider, calls } = await open({ adjust: raise });
      const write = () =>
        provider.apply(
          ZONE,
          [{ owner: WWW, writes: provider.lower(ZONE, WWW, STATE).rrsets.map((after) => ({ before: undefined, after })) }],
          SIGNAL,
        );
      expect(await write()).toMatchObject([{ kind: 'conflict', owner: WWW }]);
      expect(lowered(provider, WWW, STATE)).toEqual(['www.example.com. 600 A 192.0.2.1']);
      expect(await write()).toMatchObject([{ kind: 'applied', owner: WWW }]);
      expect(calls()).toEqual(['GET /', 'POST /adjustendpoints', 'POST /records']);
    });

    it('holds at the apex what is no CNAME any more, and an alias of two types', async () => {
      const adjust = (endpoints: readonly Endpoint[]): unknown =>
        endpoints.flatMap((endpoint) =>
          ['A', 'AAAA'].map((recordType) => ({ ...endpoint, recordType, providerSpecific: [{ name: 'alias', value: 'true' }] })),
        );
      const state = stateOf('example.com. 60 ALIAS lb.example.net.');
      const { provider } = await open({ adjust });
      expect(lowered(provider, ZONE.apex, state)).toEqual([
        'rejected: it is a CNAME, which cannot stand at the apex of a zone, beside SOA and NS',
      ]);
      await provider.prepare?.(ZONE, new Map([[ZONE.apex, state]]), SIGNAL);
      expect(lowered(provider, ZONE.apex, state)).toEqual([
        'example.com. 60 A ALIAS lb.example.net. ; alias=true',
        'example.com. 60 AAAA ALIAS lb.example.net. ; alias=true',
      ]);
    });

    it.each([{ recordType: 'FANCY' }, { targets: ['192.0.2.256'] }])(
      'rejects what the webhook turns into what is not understood: %j',
      async (other) => {
        const { provider } = await open({ adjust: (endpoints) => endpoints.map((endpoint) => ({ ...endpoint, ...other })) });
        await provider.prepare?.(ZONE, new Map([[WWW, STATE]]), SIGNAL);
        expect(lowered(provider, WWW, STATE)).toEqual(['rejected: the webhook leaves it out']);
      },
    );

    it('rejects one type that the webhook leaves out, beside others', async () => {
      const state = stateOf('www.example.com. 60 A 192.0.2.1', 'www.example.com. 60 TXT "x"');
      const { provider } = await open({ adjust: (endpoints) => endpoints.filter(({ recordType }) => recordType === 'A') });
      await provider.prepare?.(ZONE, new Map([[WWW, state]]), SIGNAL);
      expect(lowered(provider, WWW, state)).toEqual(['www.example.com. 60 A 192.0.2.1', 'rejected: the webhook leaves it out']);
    });

    it('rejects what the webhook leaves out', async () => {
      const { provider } = await open({ adjust: () => [] });
      await provider.prepare?.(ZONE, new Map([[WWW, STATE]]), SIGNAL);
      expect(lowered(provider, WWW, STATE)).toEqual(['rejected: the webhook leaves it out']);
    });
  });

  it('stops writing TTLs to a webhook that has none to show, after the second time', async () => {
    const held = new Map<string, Endpoint>();
    let writes = 0;
    const { provider } = await open({
      records: () => Array.from(held.values(), ({ recordTTL: _ttl, ...endpoint }) => endpoint),
      change: ({ create = [], updateNew = [] }) => {
        writes++;
        for (const endpoint of [...create, ...updateNew]) held.set(endpoint.dnsName, endpoint);
      },
    });
    const pass = async (address: string): Promise<void> => {
      const [before] = await provider.read(ZONE, [WWW], SIGNAL);
      const [after] = provider.lower(ZONE, WWW, stateOf(`www.example.com. 60 A ${address}`)).rrsets;
      if (before === undefined || linesOf([before])[0] !== linesOf([after as ProvidedRRset])[0])
        await provider.apply(ZONE, [{ owner: WWW, writes: [{ before, after }] }], SIGNAL);
    };
    for (let count = 0; count < 6; count++) await pass('192.0.2.1');
    expect(writes).toBe(2);
    for (let count = 0; count < 6; count++) await pass('192.0.2.2');
    expect(writes).toBe(3);
    expect(held.get('www.example.com')).toMatchObject({ targets: ['192.0.2.2'], recordTTL: 60 });
  });
});
