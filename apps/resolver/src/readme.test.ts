import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from '@jest/globals';

import { printHelp, printMistake } from '@kubezone/app';
import { readMarkdownTable } from '@kubezone/app/testing';

import { parse } from 'yaml';

import { COMMAND_LINE, FLAGS } from './config/flags.ts';
import { loadConfig } from './config/load-config.ts';
import { registerMetrics } from './metrics.ts';
import { metricsInputs } from './testing/metrics-inputs.ts';

const README = readFileSync(join(import.meta.dirname, '..', 'README.md'), 'utf8');

/** Loads the text as a configuration file, all paths and variables being there. */
function load(text: string): ReturnType<typeof loadConfig> {
  return loadConfig(['--config', 'kubezone.yaml'], {
    folder: '/etc/kubezone',
    version: '',
    environment: () => '00112233445566778899aabbccddeeff',
    readFile: () => text,
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
    for (const [flag = '', fallback = '', , description] of readMarkdownTable(README, '| flag |')) {
      const isSwitch = FLAGS.some(({ name, value }) => value === undefined && flag === `--${name}`);
      expect(help).toContain(`${isSwitch ? `${flag} [BOOL]` : flag.replace(/ (.*)$/, ' <$1>')} ${description}`);
      expect(help).toContain(fallback === '' ? '' : `default: ${fallback})`);
    }
  });

  it('lists every metric with its type and help', async () => {
    const registry = registerMetrics(metricsInputs({ ready: () => true }));
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

  it('has a configuration file that is in order and shows every key', () => {
    const [, text = ''] = /```yaml\n([\s\S]*?)```/.exec(README) ?? [];
    const loaded = load(text);
    expect(loaded.kind === 'mistakes' ? loaded.mistakes.map(printMistake) : []).toEqual([]);
    const shown = parse(text) as Record<string, Record<string, unknown> & Record<string, unknown>[]>;
    const merged = (list: readonly object[] = []): string[] => [...new Set(list.flatMap((entry) => Object.keys(entry)))];
    const [, named = ''] = /The operator's keys (.*?) are allowed/.exec(README) ?? [];
    const operatorKeys = Array.from(named.matchAll(/`(\w+)`/g), ([, key = '']) => key);
    const zone = 'name: a.test, soa: {email: a@b.test}, nameservers: [{name: ns.b.test}]';
    const expectations: [string, readonly string[]][] = [
      [`bogus: 1\nzones: [{${zone}}]`, [...Object.keys(shown), 'manifests', ...operatorKeys]],
      [`clusters: [{bogus: 1}]\nzones: [{${zone}}]`, merged(shown['clusters'])],
      [`annotations: {bogus: 1}\nzones: [{${zone}}]`, Object.keys(shown['annotations'] ?? {})],
      ...[
        'filters',
        'record',
        'service',
        'ingress',
        'dnsendpoint',
        'node',
        'nodeport',
        'pod',
        'hostnameTargets',
        'fallthrough',
        'leaderElection',
      ].map((key): [string, readonly string[]] => [
        `sources: [record, service, ingress, httproute, dnsendpoint, node, nodeport, pod, fake]\n${key}: {bogus: 1}\nzones: [{${zone}}]`,
        Object.keys(shown[key] ?? {}),
      ]),
      [
        `sources: [service]\nfilters: {gateways: {bogus: 1}}\nzones: [{${zone}}]`,
        Object.keys(shown['filters']?.['gateways'] as object),
      ],
      [`sources: [resource]\nresources: [{bogus: 1}]\nzones: [{${zone}}]`, merged(shown['resources'])],
      [`claims: [{bogus: 1}]\nzones: [{${zone}}]`, merged(shown['claims'])],
      [`sources: [service]\ntemplate: {bogus: 1}\nzones: [{${zone}}]`, Object.keys(shown['template'] ?? {})],
      [`tcp: {bogus: 1}\nzones: [{${zone}}]`, Object.keys(shown['tcp'] ?? {})],
      [`rateLimit: {bogus: 1}\nzones: [{${zone}}]`, Object.keys(shown['rateLimit'] ?? {})],
      [`log: {bogus: 1}\nzones: [{${zone}}]`, Object.keys(shown['log'] ?? {})],
      [`zones: [{${zone}, bogus: 1}]`, merged(shown['zones'])],
      [
        'zones: [{name: a.test, soa: {email: a@b.test, bogus: 1}, nameservers: [{name: ns.b.test}]}]',
        Object.keys(shown['zones']?.[0]?.['soa'] ?? {}),
      ],
      [
        'zones: [{name: a.test, soa: {email: a@b.test}, nameservers: [{name: ns.b.test, bogus: 1}]}]',
        merged(shown['zones']?.[0]?.['nameservers'] as object[] | undefined),
      ],
    ];
    for (const [withBogus, keys] of expectations) expect(allowedKeys(withBogus).sort()).toEqual([...keys].sort());
  });
});

describe('the page about migrating', () => {
  it('has configuration files that are in order', () => {
    const page = readFileSync(join(import.meta.dirname, '..', '..', '..', 'docs', 'migrating.md'), 'utf8');
    const texts = Array.from(page.matchAll(/```yaml\n([\s\S]*?)```/g), ([, text = '']) => text);
    expect(texts.length).toBeGreaterThan(0);
    for (const text of texts) {
      const loaded = load(text);
      expect(loaded.kind === 'mistakes' ? loaded.mistakes.map(printMistake) : []).toEqual([]);
    }
  });
});
