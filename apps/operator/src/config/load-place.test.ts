import { describe, expect, it } from '@jest/globals';

import { configOf, inputsOf, load, mistakesOf } from '../testing/load-text.ts';
import { loadSecret } from './load-config.ts';

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
    [['confirm'], ['confirm: expected the SHA-256 of the held changes, 64 hexadecimal digits [BAD_VALUE]']],
    [['confirm', 'abc'], ['confirm: found "abc"; expected the SHA-256 of the held changes, 64 hexadecimal digits [BAD_VALUE]']],
    [['confirm', SHA, '--provider', 'x'], [/^--provider: not allowed with confirm, which takes --zone, /]],
  ])('%j is refused', (words, expected) => {
    const mistakes = mistakesOf(load(words));
    expect(mistakes).toHaveLength(expected.length);
    for (const [index, one] of expected.entries()) expect(mistakes[index]).toMatch(one instanceof RegExp ? one : one);
  });
});
