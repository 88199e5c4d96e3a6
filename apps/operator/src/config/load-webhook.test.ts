import { describe, expect, it } from '@jest/globals';

import { inputsOf, load, loadFile, mistakesOf } from '../testing/load-text.ts';
import { CONFIG_KEYS } from './config-keys.ts';
import { loadConfig, type LoadedConfig } from './load-config.ts';

const COMMAND = ['webhook-server', '--provider', 'cloudflare', '--provider-option', 'apiToken=env:CF_TOKEN'];

function loadWith(yaml: string, ...words: readonly string[]): LoadedConfig {
  return loadConfig(['webhook-server', '--config', '/etc/kubezone/kubezone.yaml', ...words], inputsOf(yaml));
}

describe('webhook-server', () => {
  it('serves a provider that flags say, where external-dns looks for it', () => {
    expect(load(COMMAND)).toEqual({
      kind: 'config',
      config: {
        kind: 'webhook',
        webhook: {
          name: 'cloudflare',
          provider: { kind: 'cloudflare', options: { apiToken: 'token-of-the-environment' } },
          selectors: [{ name: '.', belowOnly: false }],
          excludeNames: [],
          ttl: 300,
          listen: [{ address: '127.0.0.1', port: 8888 }],
          metrics: [
            { address: '0.0.0.0', port: 8080 },
            { address: '::', port: 8080 },
          ],
          log: { level: 'info', format: 'json' },
        },
      },
    });
  });

  it('takes where to listen, which zones, and how to log', () => {
    const words = ['--listen', '[::1]:1', '--metrics', '127.0.0.1:2', '--zone', 'a.test', '--zone', '.b.test', '--ttl', '60'];
    expect(load([...COMMAND, ...words, '--log-format=text'])).toMatchObject({
      config: {
        webhook: {
          listen: [{ address: '::1', port: 1 }],
          metrics: [{ address: '127.0.0.1', port: 2 }],
          selectors: [{ name: 'a.test.' }, { name: 'b.test.', belowOnly: true }],
          ttl: 60,
          log: { format: 'text' },
        },
      },
    });
  });

  it('takes the entries of a file, whose other keys are for others', () => {
    const entry = (selector: string): string => `{selector: [${selector}], provider: memory, providerOptions: {zones: [a.test]}}`;
    expect(loadWith(`sources: 1\nlisten: x\nttl: 7\nproviders: [${entry('x.a.test')}, ${entry('y.a.test')}]`)).toMatchObject({
      config: { webhook: { name: 'memory', selectors: [{ name: 'x.a.test.' }, { name: 'y.a.test.' }], ttl: 7 } },
    });
  });

  it.each<[readonly string[], readonly string[]]>([
    [
      ['webhook-server'],
      ['--provider: expected an entry {selector, provider, providerOptions}, which says what is served [MISSING]'],
    ],
    [
      [...COMMAND, '--owner-id', 'me'],
      [
        '--owner-id: not allowed with webhook-server, which takes --config, --provider, --provider-option, --zone, --ttl, --listen, --metrics, --log-level, --log-format [EXCLUDED]',
      ],
    ],
    [
      [...COMMAND, '--listen', 'localhost:1'],
      [
        '--listen: found "localhost:1"; expected ADDRESS:PORT, such as 192.0.2.1:53, [2001:db8::1]:53, or :53 for all addresses [BAD_VALUE]',
      ],
    ],
    [
      [...COMMAND.slice(1), '--source', 'ingress', '--owner-id', 'me', '--listen', ':1'],
      ['--listen: found ":1"; expected webhook-server before it, which listens [EXCLUDED]'],
    ],
  ])('refuses %j', (words, expected) => {
    expect(mistakesOf(load(words))).toEqual(expected);
  });

  it('refuses what would not be heeded, and a second provider', () => {
    const text = `providers:
- {selector: [a.test], provider: route53, policy: upsert-only, minTtl: 5}
- {selector: [a.test], provider: google}`;
    expect(mistakesOf(loadWith(text))).toEqual([
      '2:43: providers[0].policy: found "upsert-only"; not allowed with webhook-server: external-dns decides what is published [EXCLUDED]',
      '2:64: providers[0].minTtl: found 5; not allowed with webhook-server: external-dns decides what is published [EXCLUDED]',
      '3:24: providers[1].provider: found "google"; expected one provider alone: another one takes another webhook-server [EXCLUDED]',
    ]);
  });

  it('knows every key of the file', () => {
    const keysOf = (loaded: LoadedConfig): string => /allowed here: ([^;[]*)/.exec(mistakesOf(loaded).join())?.[1]?.trim() ?? '';
    expect(keysOf(loadFile('bogus: 1')).split(', ').toSorted()).toEqual(CONFIG_KEYS.toSorted());
    expect(keysOf(loadWith('bogus: 1')).split(', ').toSorted()).toEqual(CONFIG_KEYS.toSorted());
  });
});
