import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from '@jest/globals';
import { printHelp, printMistake } from '@kubezone/app';
import { readMarkdownTable } from '@kubezone/app/testing';
import { parse } from 'yaml';

import { COMMAND_LINE, FLAGS } from './config/flags.ts';
import { loadConfig, type LoadedConfig } from './config/load-config.ts';
import { PROVIDERS } from './config/provider-settings.ts';
import { registerMetrics } from './metrics.ts';
import { registerWebhookMetrics } from './webhook-metrics.ts';

const README = readFileSync(join(import.meta.dirname, '..', 'README.md'), 'utf8');

/** Loads the text as a configuration file, all paths and variables being there. */
function load(text: string): LoadedConfig {
  return loadConfig(['--config', 'kubezone.yaml'], {
    folder: '/etc/kubezone',
    version: '',
    environment: () => '00112233445566778899aabbccddeeff',
    readFile: (path) => (path.endsWith('kubezone.yaml') ? text : '00112233445566778899aabbccddeeff'),
    problem: () => undefined,
  });
}

/** The keys that the schema allows where a text has the key `bogus`. */
function allowedKeys(text: string): string[] {
  const loaded = load(text);
  if (loaded.kind !== 'mistakes') throw new Error('bogus is allowed');
  const [, keys] = /there is no such key; allowed here: ([^;[]*)/.exec(loaded.mistakes.map(printMistake).join('\n')) ?? [];
  return (keys ?? '').trim().split(', ');
}

/** Keys of the resolver, which are left alone. */
const RESOLVER = [
  'zones',
  'hostnameTargets',
  'fallthrough',
  'listen',
  'nsid',
  'udpWorkers',
  'udpPayloadSize',
  'cookieSecrets',
  'tcp',
  'rateLimit',
  'shutdownDelay',
];

describe('the README', () => {
  it('describes every flag as --help does', () => {
    const described = FLAGS.map(({ name, value, fallback = '', repeatable, description }) => [
      value === undefined ? `--${name}` : `--${name} ${value}`,
      fallback,
      repeatable === true ? 'yes' : '',
      description,
    ]);
    const others = [
      ['--version', '', '', 'print the version'],
      ['--help', '', '', 'print this help'],
    ];
    expect(readMarkdownTable(README, '| flag |')).toEqual([...described, ...others]);
    const help = printHelp(COMMAND_LINE).replaceAll(/\s+/g, ' ');
    for (const { description } of FLAGS) expect(help).toContain(description);
  });

  it('lists every metric with its type and help', async () => {
    const registry = registerMetrics({
      version: '',
      providers: () => [],
      sources: () => [],
      problems: () => [],
      rejections: () => new Map(),
      conflicts: () => [],
      reports: () => [],
      reloads: () => ({ taken: 0, failed: 0 }),
      ready: () => true,
    });
    const text = await registry.metrics();
    registry.clear();
    const types = new Map([...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name, type]) => [name, type]));
    const registered = [...text.matchAll(/^# HELP (kubezone_\S+) (.*)$/gm)].map(([, name, help]) => [
      name,
      types.get(name),
      help,
    ]);
    expect(readMarkdownTable(README, '| metric |')).toEqual(registered);
  });

  it('lists every metric of webhook-server', async () => {
    const status = { requests: [], names: { changed: 0, failed: 0 }, failure: undefined };
    const registry = registerWebhookMetrics({ version: '', provider: '', status: () => status });
    const text = await registry.metrics();
    registry.clear();
    const registered = [...text.matchAll(/^# HELP (kubezone_\S+) (.*)$/gm)].map(([, name, help]) => [name, help]);
    expect(readMarkdownTable(README, '| metric of `webhook-server` |').map(([name, , help]) => [name, help])).toEqual(registered);
  });

  it('lists the options of every provider', () => {
    const rows = new Map(readMarkdownTable(README, '| provider |').map(([name = '', options = '']) => [name, options]));
    expect([...rows.keys()]).toEqual([...PROVIDERS]);
    for (const kind of rows.keys()) {
      const entry = `{selector: [a.test], provider: ${kind}, providerOptions: {bogus: 1}}`;
      const [, raw = ''] = new RegExp(`^\\| \`${kind}\` \\| (.*) \\|$`, 'm').exec(README) ?? [];
      const named = [...raw.replaceAll(/\([^)]*\)/g, '').matchAll(/`(\w+)`/g)].map(([, name = '']) => name);
      expect(allowedKeys(`sources: [node]\nowner: {id: me}\nproviders: [${entry}]`).toSorted()).toEqual(named.toSorted());
    }
  });

  it('has a configuration file that is in order and shows every key', () => {
    const [, text = ''] = /```yaml\n([\s\S]*?)```/.exec(README) ?? [];
    const loaded = load(text);
    expect(loaded.kind === 'mistakes' ? loaded.mistakes.map(printMistake) : []).toEqual([]);
    const shown = parse(text) as Record<string, Record<string, unknown> & Record<string, unknown>[]>;
    const merged = (list: readonly object[] = []): string[] => [...new Set(list.flatMap((entry) => Object.keys(entry)))];
    const rest = 'owner: {id: me}\nproviders: [{selector: [a.test], provider: route53}]';
    const sources = 'sources: [record, service, ingress, httproute, dnsendpoint, node, nodeport, pod, fake]';
    const maps = [
      'annotations',
      'filters',
      'record',
      'service',
      'ingress',
      'dnsendpoint',
      'node',
      'nodeport',
      'pod',
      'safety',
      'records',
      'leaderElection',
      'log',
    ];
    const expectations: [string, readonly string[]][] = [
      [`bogus: 1\n${sources}\n${rest}`, [...Object.keys(shown), 'manifests', ...RESOLVER]],
      [`clusters: [{bogus: 1}]\n${sources}\n${rest}`, merged(shown['clusters'])],
      ...maps.map((key): [string, readonly string[]] => [
        `${sources}\n${key}: {bogus: 1}\n${rest}`,
        Object.keys(shown[key] ?? {}),
      ]),
      [
        `sources: [node]\nowner: {id: me}\nproviders: [{selector: [a.test], provider: route53, bogus: 1}]`,
        merged(shown['providers']),
      ],
      [
        `sources: [node]\nowner: {id: me, bogus: 1}\nproviders: [{selector: [a.test], provider: route53}]`,
        Object.keys(shown['owner'] ?? {}),
      ],
    ];
    for (const [withBogus, keys] of expectations) expect(allowedKeys(withBogus).toSorted()).toEqual([...keys].toSorted());
  });
});
