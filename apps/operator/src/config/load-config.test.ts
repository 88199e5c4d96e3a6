import { describe, expect, it } from '@jest/globals';

import { configOf, inputsOf, load, loadFile, mistakesOf } from '../testing/load-text.ts';
import { loadConfig, loadSecret } from './load-config.ts';

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
      safety: { deleteLimits: { maxShare: 0.3, windowMs: 600_000, minRecords: 10 }, emptyGraceMs: Number.POSITIVE_INFINITY },
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
        '--provider: found "clodflare"; expected one of cloudflare, route53, google, rfc2136, webhook, memory, stdout [BAD_VALUE]',
      ],
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

describe("Mate's flags", () => {
  const AWS = ['--producer', 'kubernetes', '--kubernetes-format', '{{.Namespace}}-{{.Name}}.example.com', '--consumer', 'aws'];

  it('mean what they meant', () => {
    const config = configOf(
      load([...AWS, '--aws-record-group-id', 'group', '--kubernetes-server', '', '--kubernetes-track-node-ports', '--debug']),
    );
    expect(config).toMatchObject({
      providers: [{ provider: { kind: 'route53' }, sources: ['service', 'ingress', 'nodeport'], selectors: [{ name: '.' }] }],
      owner: { id: 'group', adopt: [{ format: 'mate', group: 'group' }] },
      log: { level: 'debug' },
      syncOnly: false,
    });
    expect(config.sourceRules.template).toBeDefined();
  });

  it('filter by annotations', () => {
    const filters = ['--kubernetes-filter', 'a=b', '--kubernetes-filter', 'c=d'];
    const config = configOf(load([...AWS, '--aws-record-group-id', 'group', ...filters]));
    expect(config.providers[0]?.filters?.annotation).toHaveLength(2);
  });

  it('publish fake names', () => {
    const fake = ['--producer', 'fake', '--fake-mode', 'fixed', '--fake-fixed-dnsname', 'a.test', '--fake-fixed-ip', '192.0.2.1'];
    expect(
      configOf(load([...fake, '--consumer', 'google', '--google-project', 'p', '--google-record-group-id', 'g'])),
    ).toMatchObject({
      fake: { mode: 'fixed', host: 'a.test.', target: '192.0.2.1' },
      clusters: [],
      providers: [{ provider: { kind: 'google', options: { project: 'p' } } }],
    });
  });

  it('print to standard output, whatever the zone', () => {
    expect(configOf(load(['--producer', 'fake', '--consumer', 'stdout', '--sync-only']))).toMatchObject({
      fake: { mode: 'ip', domain: 'example.org.' },
      providers: [{ provider: { kind: 'stdout', options: { zones: ['.'] } } }],
      syncOnly: true,
    });
  });

  it.each([
    [[...AWS], ["--aws-record-group-id: expected the id by which Mate's records are told from others [MISSING]"]],
    [
      ['--producer', 'kubernetes', '--consumer', 'aws', '--aws-record-group-id', 'g'],
      ['--kubernetes-format: expected a template such as {{.Namespace}}-{{.Name}}.example.com [MISSING]'],
    ],
    [
      ['--producer', 'fake', '--consumer', 'google'],
      [
        '--google-project: expected the id of the project that holds the zones [MISSING]',
        "--google-record-group-id: expected the id by which Mate's records are told from others [MISSING]",
      ],
    ],
    [
      ['--producer', 'bogus', '--consumer', 'nope'],
      [
        '--producer: found "bogus"; expected one of kubernetes, fake, null [BAD_VALUE]',
        '--consumer: found "nope"; expected one of aws, google, stdout [BAD_VALUE]',
      ],
    ],
    [['--producer', 'fake'], ['--consumer: expected one of aws, google, stdout; or --provider [MISSING]']],
    [
      ['--producer', 'fake', '--consumer', 'stdout', '--google-project', 'p'],
      ['--google-project: found "p"; expected --consumer google beside it [EXCLUDED]'],
    ],
  ])('%j end at the start', (words, expected) => {
    expect(mistakesOf(load(words))).toEqual(expected);
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
safety: {maxDeletes: 10%, window: 1h, minRecords: 5, emptyGrace: 2d}
`),
    );
    expect(config.providers).toMatchObject([
      { name: 'route53', view: 'outside', policy: 'upsert-only', sources: ['httproute'], dryRun: false },
      { name: 'route53-2', view: 'inside', policy: 'sync', minTtl: 60, recordTypes: new Set([1, 28]), dryRun: true },
    ]);
    expect(config.owner.keys).toHaveLength(1);
    expect(config.safety).toEqual({
      deleteLimits: { maxShare: 0.1, windowMs: 3_600_000, minRecords: 5 },
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

  const provider = (kind: string, options: string): string =>
    `${HEAD}providers: [{selector: [a.test], provider: ${kind}, providerOptions: ${options}}]`;

  it.each([
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
      provider('cloudflare', '{apiTokn: t}'),
      [
        '3:74: providers[0].providerOptions.apiTokn: there is no such key; allowed here: apiToken, email, apiKey, proxied, comment, tags, zoneIds, baseUrl; did you mean apiToken? [UNKNOWN_KEY]',
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
      'sources: [ingress]\nowner: {id: me, adopt: [{format: mate}]}\nproviders: [{selector: [.], provider: route53}]',
      ['2:25: owner.adopt[0].group: expected with format mate [MISSING]'],
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

describe('a Secret', () => {
  it.each([
    [['--secret', 'ares-secret'], {}, { name: 'ares-secret', key: 'ares.yaml', namespace: 'default' }],
    [['--secret', 's', '--secret-key', 'k', '--secret-namespace=n'], {}, { name: 's', key: 'k', namespace: 'n' }],
    [[], { SECRET: 's', SECRET_KEY: 'k', SECRET_NAMESPACE: 'n' }, { name: 's', key: 'k', namespace: 'n' }],
    [['--owner-id', 'me'], { KUBEZONE_SECRET: 's', SECRET: 't' }, { name: 's', key: 'ares.yaml', namespace: 'default' }],
  ])('is where flags %j and the environment %j say', (words, environment, expected) => {
    const loaded = load(words, environment);
    expect(loaded).toMatchObject({
      kind: 'config',
      config: { kind: 'secret', place: { ...expected, cluster: { kind: 'kubernetes' } } },
    });
  });

  it("does not count where something else says what to publish to: SECRET is anybody's variable", () => {
    expect(configOf(load(FLAGS, { SECRET: 'x' })).providers).toHaveLength(1);
  });

  it('is read through the server that flags name', () => {
    expect(load(['--secret', 's', '--kubernetes-server', 'http://127.0.0.1:8001', '--log-level=debug'])).toMatchObject({
      config: { place: { cluster: { server: 'http://127.0.0.1:8001' } }, log: { level: 'debug' } },
    });
  });

  it('holds a configuration, with flags beside it; mistakes name its place', () => {
    const place = { name: 'ares-secret', key: 'ares.yaml', namespace: 'default' };
    const words = ['--secret', 'ares-secret', '--owner-id', 'me'];
    const text = '- {selector: [example.com], provider: cloudflare, providerOptions: {apiToken: t}}';
    const loaded = loadSecret(words, text, place, inputsOf());
    expect(loaded).toMatchObject({ kind: 'config', config: { owner: { id: 'me' }, providers: [{ sources: ['record'] }] } });
    const wrong = loadSecret(words, '- {selector: [example.com], provider: nobody}', place, inputsOf());
    expect(wrong).toMatchObject({ mistakes: [{ at: 'secret:default/ares-secret/ares.yaml:1:29: providers[0].provider' }] });
  });

  it.each([
    [['--secret', 'a/b'], ['--secret: found "a/b"; expected a name [BAD_VALUE]']],
    [['--secret', 's', '--config', 'x'], ['--config: not allowed beside --secret, which holds the configuration [EXCLUDED]']],
    [['--secret', 's', '--bogus'], ['--bogus: there is no such flag; --help lists all flags [UNKNOWN_FLAG]']],
  ])('%j is refused', (words, expected) => {
    expect(mistakesOf(load(words))).toEqual(expected);
  });
});

describe('confirm', () => {
  const SHA = '0f'.repeat(32);

  it('takes a SHA-256, and where to write it', () => {
    const loaded = load([
      'confirm',
      SHA.toUpperCase(),
      '--zone',
      'example.com',
      '--lease-namespace',
      'dns',
      '--kubeconfig',
      'kube.yaml',
    ]);
    expect(loaded).toMatchObject({
      config: {
        kind: 'confirm',
        confirm: {
          sha256: SHA,
          zone: 'example.com.',
          lease: { namespace: 'dns' },
          cluster: { kubeconfig: '/home/me/kube.yaml' },
        },
      },
    });
  });

  it.each([
    [['confirm'], ['confirm: expected the SHA-256 of the held deletes, 64 hexadecimal digits [BAD_VALUE]']],
    [['confirm', 'abc'], ['confirm: found "abc"; expected the SHA-256 of the held deletes, 64 hexadecimal digits [BAD_VALUE]']],
    [['confirm', SHA, '--provider', 'x'], [/^--provider: not allowed with confirm, which takes --zone, /]],
  ])('%j is refused', (words, expected) => {
    const mistakes = mistakesOf(load(words));
    expect(mistakes).toHaveLength(expected.length);
    for (const [index, one] of expected.entries()) expect(mistakes[index]).toMatch(one instanceof RegExp ? one : one);
  });
});

it('--help and --version print text', () => {
  expect(loadConfig(['--version'], inputsOf())).toEqual({ kind: 'text', text: 'kubezone-operator 1.2.3\n' });
  const help = load(['--help']);
  expect(help.kind === 'text' && help.text).toContain('confirm SHA');
});
