import { describe, expect, it } from '@jest/globals';

import { configOf, inputsOf, load, loadFile, mistakesOf } from '../testing/load-text.ts';
import { loadConfig } from './load-config.ts';

const FLAGS = [
  '--source',
  'ingress',
  '--provider',
  'cloudflare',
  '--provider-option',
  'apiToken=env:CF_TOKEN',
  '--owner-id',
  'me',
];
const HEAD = 'sources: [ingress]\nowner: {id: me}\n';
const MEMORY = `${HEAD}providers: [{selector: [a.test], provider: memory, providerOptions: {zones: [a.test]}`;

function providersOf(yaml: string): readonly unknown[] {
  return configOf(loadFile(yaml)).providers.map(({ provider }) => provider);
}

describe('flags', () => {
  it('are enough for one provider', () => {
    const config = configOf(load(FLAGS));
    expect(config.providers).toEqual([
      {
        name: 'cloudflare',
        provider: { kind: 'cloudflare', options: { apiToken: 'token-of-the-environment' } },
        selectors: [{ name: '.', belowOnly: false }],
        excludeNames: [],
        view: '',
        sources: ['ingress'],
        filters: undefined,
        recordTypes: undefined,
        targets: undefined,
        minTtl: 0,
        policy: 'sync',
        dryRun: false,
      },
    ]);
    expect(config).toMatchObject({
      owner: { id: 'me', keys: [], adopt: [], pruneAdopted: false },
      clusters: [{ kind: 'kubernetes', name: 'kubernetes' }],
      safety: {
        deleteLimits: { max: { share: 0.3 }, windowMs: 600_000, minRecords: 10 },
        updateLimits: undefined,
        emptyGraceMs: Number.POSITIVE_INFINITY,
      },
      intervalMs: 60_000,
      ttl: 300,
      relativeTo: [],
      run: { once: false },
      leaderElection: { enabled: true },
    });
  });

  it.each([
    [['--dry-run'], { leaderElection: { enabled: false } }],
    [['--leader-elect=false'], { leaderElection: { enabled: false } }],
    [['--once', '--confirm', 'AB'.repeat(32)], { run: { once: true, confirm: 'ab'.repeat(32) } }],
    [['--plan-output', 'json', '--prune-adopted'], { run: { planOutput: 'json' }, owner: { pruneAdopted: true } }],
    [['--adopt', 'ares', '--adopt', 'mate/g'], { owner: { adopt: [{ format: 'ares' }, { format: 'mate', group: 'g' }] } }],
    [['--interval', '90s', '--ttl', '60', '--policy', 'upsert-only'], { intervalMs: 90_000, ttl: 60 }],
    [['--manifests', 'manifests'], { clusters: [{ kind: 'manifests' }], leaderElection: { enabled: false } }],
    [['--kubernetes-server', 'http://127.0.0.1:8001'], { clusters: [{ kind: 'kubernetes', server: 'http://127.0.0.1:8001' }] }],
    [['--lease-namespace', 'dns', '--lease-name', 'op'], { leaderElection: { enabled: true, namespace: 'dns', name: 'op' } }],
  ])('%j', (words, expected) => {
    expect(configOf(load([...FLAGS, ...words]))).toMatchObject(expected);
  });

  it('give one provider its options, whose lists have commas', () => {
    const words = ['--provider-option', 'servers=192.0.2.1,192.0.2.2', '--provider-option', 'tsig.name=k'];
    const secret = ['--provider-option', 'tsig.secret=file:/etc/kubezone/tsig'];
    const config = configOf(
      load(['--source', 'node', '--owner-id', 'me', '--provider', 'rfc2136', '--zone', '.a.test', ...words, ...secret]),
    );
    expect(config.providers).toMatchObject([
      {
        selectors: [{ name: 'a.test.', belowOnly: true }],
        provider: {
          kind: 'rfc2136',
          options: {
            servers: ['192.0.2.1', '192.0.2.2'],
            zones: ['a.test.'],
            tsig: { name: 'k.', secret: 'dGhpcyBpcyBhIHNlY3JldA==' },
          },
        },
      },
    ]);
  });

  it.each([
    [
      [],
      [
        '--source: expected at least one source, such as ingress or service: nothing is published by default [MISSING]',
        '--provider: expected at least one entry {selector, provider, providerOptions, …}, which says what is published where [MISSING]',
        '--owner-id: expected an id under `id`: names are marked with it, and those with another mark are left alone [MISSING]',
      ],
    ],
    [
      ['--provider', 'memory', '--owner-id', 'me', '--zone', 'a.test'],
      ['--source: expected at least one source, such as ingress or service: nothing is published by default [MISSING]'],
    ],
    [
      ['--provider', 'memory', '--owner-id', 'me', '--source', 'node'],
      ['--zone: expected at least one zone: the provider memory does not know which there are [MISSING]'],
    ],
    [
      ['--provider', 'clodflare', '--owner-id', 'me', '--source', 'node'],
      [
        '--provider: found "clodflare"; expected one of cloudflare, route53, google, rfc2136, webhook, memory, stdout; did you mean cloudflare? [BAD_VALUE]',
      ],
    ],
    [
      ['--provider', 'aws', '--owner-id', 'me', '--source', 'gateway-httproute'],
      [
        '--source: found "gateway-httproute"; expected one of record, node-area, node-service, service, ingress, httproute, tlsroute, grpcroute, tcproute, udproute, dnsendpoint, node, nodeport, pod, resource, fake; did you mean httproute? [BAD_VALUE]',
        '--provider: found "aws"; expected one of cloudflare, route53, google, rfc2136, webhook, memory, stdout; did you mean route53? [BAD_VALUE]',
      ],
    ],
    [
      ['--provider', 'cloudflare', '--owner-id', 'me', '--source', 'node', '--provider-option', 'proxied=x'],
      ['--provider-option proxied: expected true or false [BAD_VALUE]'],
    ],
    [
      ['--provider', 'cloudflare', '--owner-id', 'me', '--source', 'node'],
      ['--provider-option apiToken: expected a token, or email and apiKey [MISSING]'],
    ],
    [
      [...FLAGS, '--confirm', 'ab'.repeat(32)],
      [
        `--confirm: found "${'ab'.repeat(32)}"; expected --once beside it; a process that runs is told by "kubezone-operator confirm" [EXCLUDED]`,
      ],
    ],
    [
      [...FLAGS, '--owner-id', 'a,b'],
      ['--owner-id: found "a,b"; expected an owner id of letters, digits, ".", "_" and "-", 63 at most [BAD_VALUE]'],
    ],
    [
      [...FLAGS, '--manifests', 'manifests', '--leader-elect'],
      ['--leader-elect: found true; expected a cluster with an API, where the Lease is [EXCLUDED]'],
    ],
    [[...FLAGS, '--zone-id', 'x'], ['--zone-id: there is no such flag; --help lists all flags [UNKNOWN_FLAG]']],
    [[...FLAGS, '--txt-owner-id', 'x'], ['--txt-owner-id: there is no such flag; use --owner-id [UNKNOWN_FLAG]']],
    [
      ['--zone', 'a.test', ...FLAGS.slice(0, 2)],
      ['--zone: found "a.test"; expected --provider beside it, which it describes [EXCLUDED]'],
    ],
  ])('%j are refused', (words, expected) => {
    expect(mistakesOf(load(words)).slice(0, expected.length)).toEqual(expected);
  });
});

describe('a configuration file', () => {
  it("may be ARES's list alone, which reads Records", () => {
    const config = configOf(
      loadFile(
        '- {selector: [.example.com], provider: cloudflare, providerOptions: {email: a@b.test, apiKey: k}}',
        '--owner-id',
        'me',
      ),
    );
    expect(config.providers).toMatchObject([
      {
        sources: ['record'],
        selectors: [{ name: 'example.com.', belowOnly: true }],
        provider: { kind: 'cloudflare', options: { email: 'a@b.test', apiKey: 'k' } },
      },
    ]);
  });

  it('may hold views, each with its own sources and filters', () => {
    const config = configOf(
      loadFile(`owner: {id: me, secrets: ["0123456789abcdef"], adopt: [external-dns/default, {format: external-dns, owner: o, txtPrefix: x-}]}
policy: upsert-only
providers:
  - {selector: [a.test], provider: route53, providerOptions: {zoneType: public}, view: outside, sources: [httproute], filters: {gateways: {names: [public]}}}
  - {selector: [a.test], provider: route53, providerOptions: {zoneType: private}, view: inside, sources: [httproute, node], policy: sync, minTtl: 60,
     recordTypes: [A, aaaa], targets: {include: [10.0.0.0/8], exclude: [.internal.test], default: [192.0.2.1]}, excludeNames: [x.a.test], dryRun: true}
safety: {maxDeletes: 10%, maxUpdates: 50, window: 1h, minRecords: 5, emptyGrace: 2d}
`),
    );
    expect(config.providers).toMatchObject([
      { name: 'route53', view: 'outside', policy: 'upsert-only', sources: ['httproute'], dryRun: false },
      { name: 'route53-2', view: 'inside', policy: 'sync', minTtl: 60, recordTypes: new Set([1, 28]), dryRun: true },
    ]);
    expect(config.owner.keys).toHaveLength(1);
    expect(config.safety).toEqual({
      deleteLimits: { max: { share: 0.1 }, windowMs: 3_600_000, minRecords: 5 },
      updateLimits: { max: { count: 50 }, windowMs: 3_600_000, minRecords: 5 },
      emptyGraceMs: 2 * 86_400_000,
    });
  });

  it('gives entries with the same options one provider, and leaves the zones of a resolver alone', () => {
    const entry = (selector: string): string =>
      `{selector: [${selector}], provider: webhook, providerOptions: {url: "http://u:p@h:8888"}}`;
    const config = configOf(loadFile(`${HEAD}zones: 1\nproviders: [${entry('a.test')}, ${entry('b.test')}]`));
    expect(config.providers.map(({ name }) => name)).toEqual(['webhook', 'webhook']);
  });

  it.each([
    [
      'cloudflare',
      '{apiToken: "file:token", proxied: true, tags: [a:b], zoneIds: [z]}',
      { apiToken: 'token-of-the-file', proxied: true },
    ],
    ['route53', '{assumeRole: "arn:aws:iam::123456789012:role/dns", region: eu-central-1}', { region: 'eu-central-1' }],
    ['route53', '{batchChangeSize: 1000, requestsPerSecond: 2.5}', { batchChangeSize: 1000, requestsPerSecond: 2.5 }],
    ['google', '{batchChangeSize: 2000}', { batchChangeSize: 2000 }],
    ['cloudflare', '{apiToken: t, batchChangeSize: 200, requestsPerSecond: 1}', { batchChangeSize: 200, requestsPerSecond: 1 }],
    ['rfc2136', '{servers: [h], zones: [a.test], batchChangeSize: 1}', { batchChangeSize: 1 }],
    ['google', '{credentialsFile: key.json, visibility: private}', { credentialsFile: '/etc/kubezone/key.json' }],
    [
      'rfc2136',
      '{servers: ["192.0.2.1:53"], zones: [a.test], minTtl: 30}',
      { servers: ['192.0.2.1:53'], zones: ['a.test.'], minTtl: 30 },
    ],
    ['webhook', '{url: "http://127.0.0.1:8888", timeout: 5s}', { url: 'http://127.0.0.1:8888', timeoutMs: 5000 }],
    ['stdout', '{zones: [a.test], format: json}', { zones: ['a.test.'], format: 'json' }],
  ])('gives %s its options %s', (kind, options, expected) => {
    expect(providersOf(`${HEAD}providers: [{selector: [a.test], provider: ${kind}, providerOptions: ${options}}]`)).toMatchObject(
      [{ kind, options: expected }],
    );
  });

  it.each([
    'sources: [node]',
    'filters: {ingressClasses: [x]}',
    'selector: [a.test, b.test]',
    'selector: [.a.test]',
    'providerOptions: {zones: [b.test]}',
  ])('may have two entries for one name that differ in %s', (difference) => {
    const [key = ''] = difference.split(':');
    const rest = ['selector: [a.test]', 'provider: memory', 'providerOptions: {zones: [a.test]}'].filter(
      (one) => !one.startsWith(key),
    );
    expect(mistakesOf(loadFile(`${MEMORY}}, {${[...rest, difference].join(', ')}}]`))).toEqual(['no mistake: config']);
  });

  const provider = (kind: string, options: string): string =>
    `${HEAD}providers: [{selector: [a.test], provider: ${kind}, providerOptions: ${options}}]`;

  it.each<[string, readonly unknown[]]>([
    [
      `${MEMORY}, view: "a b"}]`,
      ['3:88: providers[0].view: found "a b"; expected a word of letters, digits, ".", "_" and "-" [BAD_VALUE]'],
    ],
    [
      provider('cloudflare', '{}'),
      ['3:56: providers[0].providerOptions.apiToken: expected a token, or email and apiKey [MISSING]'],
    ],
    [
      provider('cloudflare', '{apiToken: t, apiKey: k}'),
      ['3:87: providers[0].providerOptions.apiKey: not allowed beside apiToken [EXCLUDED]'],
    ],
    [
      provider('route53', '{batchChangeSize: 1001}'),
      ['3:71: providers[0].providerOptions.batchChangeSize: expected a whole number of changes from 1 to 1000 [BAD_VALUE]'],
    ],
    [
      provider('cloudflare', '{apiTokn: t}'),
      [
        '3:74: providers[0].providerOptions.apiTokn: there is no such key; allowed here: apiToken, email, apiKey, proxied, comment, tags, zoneIds, batchChangeSize, requestsPerSecond, baseUrl; did you mean apiToken? [UNKNOWN_KEY]',
      ],
    ],
    // A mistyped key hides what is missing for its sake, and nothing else.
    [
      provider('cloudflare', '{token: t}'),
      [expect.stringMatching(/providerOptions\.token: there is no such key; .*requestsPerSecond, baseUrl \[UNKNOWN_KEY\]$/)],
    ],
    [
      provider('cloudflare', '{email: e, coment: x}'),
      [
        expect.stringMatching(/providerOptions\.coment: there is no such key; .*; did you mean comment\? \[UNKNOWN_KEY\]$/),
        expect.stringMatching(/providerOptions\.apiKey: expected it beside email \[MISSING\]$/),
      ],
    ],
    [
      `${HEAD}provders: []\nproviders: [{provider: memory, providerOptions: {zones: [a.test]}}]`,
      [
        expect.stringMatching(/providers\[0\]\.selector: .*\[MISSING\]$/),
        expect.stringMatching(/provders: there is no such key; .*; did you mean providers\? \[UNKNOWN_KEY\]$/),
      ],
    ],
    [
      provider('rfc2136', '{servers: [h], zones: [a.test], tsig: {name: k, secret: "not base64!"}}'),
      [
        '3:118: providers[0].providerOptions.tsig.secret: expected the secret in base64, as keymgr and tsig-keygen print it [BAD_VALUE]',
      ],
    ],
    [
      `${HEAD}providers:\n- {selector: [a.test], provider: cloudflare, providerOptions: {apiToken: t}}\n- {selector: [b.test], provider: cloudflare, providerOptions: {apiToken: t, proxied: true}}`,
      [
        '5:46: providers[1].providerOptions: found a map; expected the same options as providers[0] has: both reach the same zones, and a zone has one writer; or zones apart [EXCLUDED]',
      ],
    ],
    [
      `${MEMORY}}, {selector: [a.test], provider: memory, providerOptions: {zones: [a.test]}, view: other, minTtl: 60}]`,
      [
        '3:90: providers[1].selector: found a list of 1; expected names that providers[0] does not publish in the same zones already: part them by selector, sources, filters or excludeNames [DUPLICATE]',
      ],
    ],
    [
      'sorces: [ingress]\nowner: {id: me}\nproviders: [{selector: [a.test], provider: cloudflare, providerConfig: {apiToken: t}}]',
      [
        expect.stringMatching(
          /^3:56: providers\[0\]\.providerConfig: there is no such key; .*; did you mean providerOptions\? \[UNKNOWN_KEY\]$/,
        ),
        expect.stringMatching(/^1:1: sorces: there is no such key; allowed here: .*; did you mean sources\? \[UNKNOWN_KEY\]$/),
      ],
    ],
    [
      'sources: [ingress]\nowner: {id: me, adopt: [{format: mate}]}\nproviders: [{selector: [.], provider: route53}]',
      ['2:25: owner.adopt[0].group: expected with format mate [MISSING]'],
    ],
    [
      `${MEMORY}}]\nsafety: {maxUpdates: 120%}`,
      ['4:10: safety.maxUpdates: found "120%"; expected a percentage such as 30%, or a number of RRsets [BAD_VALUE]'],
    ],
    [
      `${MEMORY}}]\nsafety: {maxDeletes: 30, window: soon}`,
      [
        '4:10: safety.maxDeletes: found 30; expected a percentage such as 30%, from 0% to 100% [BAD_VALUE]',
        '4:26: safety.window: found "soon"; expected a duration such as 90s, 10m or 1h30m, of 1s to 366d [BAD_VALUE]',
      ],
    ],
  ])('%j is refused', (yaml, expected) => {
    expect(mistakesOf(loadFile(yaml))).toEqual(expected);
  });
});

describe('secrets', () => {
  const SECRET = 'hunter2-hunter2-hunter2';

  it.each([
    `${HEAD}providers: ${SECRET}`,
    `${HEAD}providers: [${SECRET}]`,
    `${HEAD}providers: [{selector: [a.test], provider: cloudflare, providerOptions: ${SECRET}}]`,
    `${HEAD}providers: [{selector: [a.test], provider: cloudflare, providerOptions: {apiToken: [${SECRET}]}}]`,
    `${HEAD}providers: [{selector: [a.test], provider: cloudflare, providerOptions: {apiToken: "${SECRET} x"}}]`,
    `${HEAD}providers: [{selector: [a.test], provider: cloudflare, providerOptions: {proxied: ${SECRET}, apiToken: a}}]`,
    `${HEAD}providers: [{selector: [a.test], provider: rfc2136, providerOptions: {servers: [h], zones: [a.test], tsig: ${SECRET}}}]`,
    `${HEAD}providers: [{selector: [a.test], provider: rfc2136, providerOptions: {servers: [h], zones: [a.test], tsig: {name: k, secret: "${SECRET}!"}}}]`,
    `${HEAD}providers: [{selector: [a.test], provider: webhook, providerOptions: {url: "ftp://u:${SECRET}@h"}}]`,
    `sources: [ingress]\nowner: ${SECRET}\nproviders: []`,
    `sources: [ingress]\nowner: {id: me, secrets: ${SECRET}}\nproviders: []`,
    `sources: [ingress]\nowner: {id: me, secrets: [hunter2]}\nproviders: []`,
    `sources: [ingress]\nowner: {id: me, adopt: [{format: external-dns, owner: o, encryptionKey: ${SECRET}}]}\nproviders: []`,
    `sources: [ingress]\nowner: {id: me, secrets: ["${SECRET}\nproviders: []`,
  ])('are in no message: %j', (yaml) => {
    const loaded = loadFile(yaml);
    expect(loaded.kind).toBe('mistakes');
    expect(JSON.stringify(loaded)).not.toContain('hunter2');
  });

  it('are not in messages of flags either', () => {
    const words = ['--source', 'node', '--owner-id', 'me', '--provider', 'cloudflare'];
    for (const option of [SECRET, `apiToken=${SECRET} x`, `email=${SECRET}`, `bogus=${SECRET}`]) {
      const loaded = load([...words, '--provider-option', option]);
      expect(loaded.kind).toBe('mistakes');
      expect(JSON.stringify(loaded)).not.toContain('hunter2');
    }
  });
});

it('--help and --version print text', () => {
  expect(loadConfig(['--version'], inputsOf())).toEqual({ kind: 'text', text: 'kubezone-operator 1.2.3\n' });
  const help = load(['--help']);
  expect(help.kind === 'text' && help.text).toContain('confirm SHA');
});
