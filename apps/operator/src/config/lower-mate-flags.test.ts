import { describe, expect, it } from '@jest/globals';

import { configOf, load, mistakesOf } from '../testing/load-text.ts';

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
