import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, describe, expect, it } from '@jest/globals';

import { printMistake, type StartError, systemClock } from '@kubezone/app';
import { eventually, type RecordingLogger, recordLog } from '@kubezone/app/testing';

import { loadConfig } from './config/load-config.ts';
import type { ResolverConfig } from './config/resolver-config.ts';
import { askerOf } from './testing/ask-resolver.ts';
import { type ClusterCopy, copyExampleCluster, EXAMPLES } from './testing/example-cluster.ts';
import { query } from './testing/query.ts';
import { type Resolver, startResolver } from './wiring.ts';

const ROOT = join(EXAMPLES, '..');
const running: Resolver[] = [];
const copies: { remove: () => Promise<void> }[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map((resolver) => resolver.stop()));
  await Promise.all(copies.splice(0).map((copy) => copy.remove()));
});

function configOf(...words: readonly string[]): ResolverConfig {
  const loaded = loadConfig(words, {
    folder: ROOT,
    version: 'test',
    environment: () => undefined,
    readFile: (path) => readFileSync(path, 'utf8'),
    problem: () => undefined,
  });
  if (loaded.kind === 'mistakes') throw new Error(loaded.mistakes.map(printMistake).join('\n'));
  if (loaded.kind === 'text') throw new Error(loaded.text);
  return loaded.config;
}

async function start(...words: readonly string[]): Promise<{ resolver: Resolver; port: number; logger: RecordingLogger }> {
  const logger = recordLog();
  const resolver = await startResolver(configOf(...words, '--listen', '127.0.0.1:0'), { clock: systemClock, logger });
  running.push(resolver);
  return { resolver, port: resolver.addresses[0]?.port ?? 0, logger };
}

async function exampleCluster(): Promise<ClusterCopy> {
  const copy = await copyExampleCluster();
  copies.push(copy);
  return copy;
}

async function temporaryFile(name: string, content: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'kubezone-wiring-'));
  copies.push({ remove: () => rm(folder, { recursive: true }) });
  await writeFile(join(folder, name), content);
  return join(folder, name);
}

const ZONE = ['--zone', 'lab.example', '--soa-ns', 'ns1.lab.example:192.0.2.53', '--soa-email', 'admin@lab.example'];

describe('the resolver on a folder of manifests', () => {
  it('answers over UDP and TCP on one port', async () => {
    const { port } = await start(...ZONE, '--manifests', (await exampleCluster()).folder);
    const holds = ({ rcode }: { rcode: string }): boolean => rcode === 'NOERROR';
    for (const transport of ['udp', 'tcp'] as const) {
      const reply = await eventually('an answer', 5000, () => query('home.lab.example', port, transport), holds);
      expect(reply.addresses).toEqual(['192.0.2.11', '192.0.2.12']);
    }
    expect((await query('nobody.lab.example', port)).rcode).toBe('NXDOMAIN');
    expect((await query('elsewhere.example', port)).rcode).toBe('REFUSED');
  });

  it('limits what a client gets over UDP, and logs who that is, where it is told to', async () => {
    const limits = ['--rate-limit', '1', '--rate-limit-exempt', '192.0.2.1', '--rate-limit-mode', 'log'];
    const { port, logger } = await start(...ZONE, '--manifests', (await exampleCluster()).folder, ...limits);
    for (let count = 0; count < 5; count++) expect((await query('elsewhere.example', port)).rcode).toBe('REFUSED');
    const line = await eventually(
      'a log line',
      5000,
      async () => logger.lines.find(({ message }) => message === 'a client is beyond its rate limit'),
      (found) => found !== undefined,
    );
    expect(line?.fields).toEqual({ client: '127.0.0.0/24', mode: 'log' });
  });

  it('serves several zones, each with its names', async () => {
    const both = [
      '--zone',
      'lab.example',
      '--zone',
      'b.example',
      '--soa-ns',
      'ns1.lab.example:192.0.2.53',
      '--soa-email',
      'admin@lab.example',
    ];
    const { port } = await start(...both, '--manifests', (await exampleCluster()).folder);
    for (const name of ['home.lab.example', 'home.b.example']) {
      const reply = await eventually(
        'an answer',
        5000,
        () => query(name, port),
        ({ rcode }) => rcode === 'NOERROR',
      );
      expect(reply.addresses).toEqual(['192.0.2.11', '192.0.2.12']);
    }
  });

  it('serves a zone file and a zone below it, of which the file’s aliases and delegation are not denied', async () => {
    const file = await temporaryFile(
      'example.zone',
      [
        '@ 60 IN SOA ns1 admin 1 2 3 4 60',
        '@ 60 IN NS ns1',
        'ns1 60 IN A 192.0.2.53',
        'www 60 IN CNAME home.lab',
        'gone 60 IN CNAME nobody.lab',
        'lab 60 IN NS ns1.lab',
        'ns1.lab 60 IN A 192.0.2.54',
        'lab 60 IN DS 1 13 2 0123456789012345678901234567890123456789012345678901234567890123',
        '',
      ].join('\n'),
    );
    const { port, logger } = await start(
      '--zone-file',
      `example=${file}`,
      ...ZONE,
      '--manifests',
      (await exampleCluster()).folder,
    );
    const holds = ({ rcode }: { rcode: string }): boolean => rcode === 'NOERROR';
    const reply = await eventually('an answer', 5000, () => query('home.lab.example', port), holds);
    expect(reply.addresses).toEqual(['192.0.2.11', '192.0.2.12']);
    for (const name of ['www.example', 'gone.example']) expect((await query(name, port)).rcode).toBe('NOERROR');
    for (const name of ['nobody.lab.example', 'nobody.example']) expect((await query(name, port)).rcode).toBe('NXDOMAIN');
    expect(logger.lines.filter(({ message }) => message.includes('delegation'))).toEqual([]);
  });

  it('logs what it answers once it does', async () => {
    const { logger, port } = await start(...ZONE, '--manifests', (await exampleCluster()).folder);
    expect(logger.lines.find(({ message }) => message === 'answering')?.fields).toMatchObject({
      listen: [`127.0.0.1:${port}`],
      zones: ['lab.example.'],
      sources: ['node-area', 'node-service'],
      clusters: ['manifests'],
    });
  });

  it('serves metrics, health and readiness, and is ready no more when it drains', async () => {
    const { resolver, port } = await start(...ZONE, '--manifests', (await exampleCluster()).folder, '--metrics', '127.0.0.1:0');
    const url = `http://127.0.0.1:${resolver.probeAddresses[0]?.port}`;
    const status = async (path: string): Promise<number> => (await fetch(`${url}${path}`)).status;
    await eventually(
      'readiness',
      5000,
      () => status('/readyz'),
      (seen) => seen === 200,
    );
    expect(await status('/healthz')).toBe(200);
    await query('home.lab.example', port);
    const metrics = await (await fetch(`${url}/metrics`)).text();
    expect(metrics).toContain('kubezone_queries_total{type="A",rcode="NOERROR",transport="udp"} 1');
    expect(metrics).toContain('kubezone_source_objects{cluster="manifests",source="node-area",resource="nodes"} 3');
    expect(metrics).toMatch(/^kubezone_zone_rrsets\{zone="lab.example."\} \d\d$/m);
    resolver.drain();
    expect(await (await fetch(`${url}/readyz`)).text()).toBe('shutting down\n');
    expect(await status('/healthz')).toBe(200);
    expect((await query('home.lab.example', port)).rcode).toBe('NOERROR');
  });
});

describe('the resolver on zone files', () => {
  it('needs nothing else, and reloads', async () => {
    const text = await readFile(join(EXAMPLES, 'lab.example.zone'), 'utf8');
    const file = await temporaryFile('lab.zone', text);
    const { port, logger } = await start('--zone-file', `lab.example=${file}`);
    expect(await query('mail.lab.example', port)).toEqual({ rcode: 'NOERROR', addresses: ['192.0.2.25'] });
    expect(await query('any.thing.apps.lab.example', port)).toEqual({ rcode: 'NOERROR', addresses: ['192.0.2.80'] });
    await writeFile(file, text.replace('192.0.2.25', '192.0.2.26').replace('1           ; serial', '2           ; serial'));
    await eventually(
      'the new address',
      1000,
      () => query('mail.lab.example', port),
      ({ addresses }) => addresses[0] === '192.0.2.26',
    );
    await writeFile(file, `${text}broken IN A not-an-address\n`);
    await eventually(
      'a complaint',
      2000,
      async () => logger.take(),
      (lines) => lines.includes('error: a zone file has errors: its last good content stays in force'),
    );
    expect((await query('mail.lab.example', port)).addresses).toEqual(['192.0.2.26']);
  });

  it('at start leaves out what is wrong, and serves the rest', async () => {
    const file = await temporaryFile(
      'a.zone',
      '@ 30 IN SOA ns1 admin 1 2 3 4 5\n@ 30 IN NS ns1\nns1 30 IN A 192.0.2.1\nbad 30 IN A x\ngood 30 IN A 192.0.2.2\n',
    );
    const { resolver, port, logger } = await start('--zone-file', `a.test=${file}`, '--metrics', '127.0.0.1:0');
    expect(await query('good.a.test', port)).toEqual({ rcode: 'NOERROR', addresses: ['192.0.2.2'] });
    const problem = logger.lines.find(({ message }) => message === 'in a zone file');
    expect(problem?.fields['problem']).toMatch(/a\.zone:4:\d+: error: .*\[BAD_FIELD\]$/);
    const read = async (path: string): Promise<string> =>
      (await fetch(`http://127.0.0.1:${resolver.probeAddresses[0]?.port}${path}`)).text();
    expect(JSON.parse(await read('/debug/conflicts'))).toMatchObject({
      total: 1,
      conflicts: [
        { code: 'BAD_FIELD', name: 'a.test.', object: 'zone-file ZoneFile/a.test.', message: problem?.fields['problem'] },
      ],
    });
    expect(await read('/metrics')).toContain('kubezone_rejections{code="BAD_FIELD"} 1');
    await writeFile(file, (await readFile(file, 'utf8')).replace('bad 30 IN A x\n', ''));
    const mended = (text: string): boolean => text.includes('"total": 0');
    await eventually('nothing is wrong any more', 4_000, () => read('/debug/conflicts'), mended);
  });

  it('puts what clusters give beside what the file has', async () => {
    const { folder } = await exampleCluster();
    const { port } = await start('--zone-file', 'lab.example=examples/lab.example.zone', '--manifests', folder);
    const reply = await eventually(
      'an answer',
      5000,
      () => query('www.lab.example', port),
      ({ addresses }) => addresses.length > 0,
    );
    // www is a CNAME of the file, and its target a Service of the cluster.
    expect(reply.addresses).toEqual(['192.0.2.11', '192.0.2.12']);
    expect((await query('mail.lab.example', port)).addresses).toEqual(['192.0.2.25']);
  });
});

describe('the resolver does not start', () => {
  /** The exit code and lines with which starting fails. */
  async function failure(...words: readonly string[]): Promise<Pick<StartError, 'exitCode' | 'lines'>> {
    try {
      await start(...words);
    } catch (error) {
      const { exitCode, lines } = error as StartError;
      return { exitCode, lines };
    }
    throw new Error('it has started');
  }

  it('where another program has the port', async () => {
    const { port, resolver } = await start(...ZONE, '--manifests', 'examples/cluster', '--metrics', '127.0.0.1:0');
    const taken = resolver.probeAddresses[0]?.port;
    const config = configOf(...ZONE, '--manifests', 'examples/cluster', '--listen', `127.0.0.1:${port}`);
    await expect(startResolver(config, { clock: systemClock, logger: recordLog() })).rejects.toMatchObject({
      exitCode: 1,
      lines: [`cannot listen on 127.0.0.1:${port} (TCP): another program listens there (EADDRINUSE) [LISTEN_FAILED]`],
    });
    expect(await failure(...ZONE, '--manifests', 'examples/cluster', '--metrics', `127.0.0.1:${taken}`)).toEqual({
      exitCode: 1,
      lines: [
        expect.stringMatching(
          new RegExp(`^cannot serve metrics on 127\\.0\\.0\\.1:${taken}: .*EADDRINUSE.* \\[LISTEN_FAILED\\]$`),
        ),
      ],
    });
  });

  it('on a zone file without SOA', async () => {
    const file = await temporaryFile('a.zone', '@ 30 IN NS ns1\n');
    expect(await failure('--zone-file', `a.test=${file}`)).toEqual({
      exitCode: 2,
      lines: [expect.stringContaining('a.test. has no SOA')],
    });
  });

  it('on a kubeconfig without the context', async () => {
    const file = await temporaryFile('config', 'apiVersion: v1\nkind: Config\nclusters: []\ncontexts: []\nusers: []\n');
    expect(await failure(...ZONE, '--kubeconfig', file, '--context', 'prod')).toEqual({
      exitCode: 2,
      lines: [expect.stringMatching(/has no context "prod".*\[KUBECONFIG_INVALID\]$/)],
    });
  });

  it('on an empty folder of manifests', async () => {
    const file = await temporaryFile('notes.txt', '');
    expect(await failure(...ZONE, '--manifests', join(file, '..'))).toEqual({
      exitCode: 2,
      lines: [expect.stringMatching(/\[MANIFESTS_EMPTY\]$/)],
    });
  });
});

describe('examples/resolver.yaml', () => {
  it('is in order, and nothing in the examples is complained of', async () => {
    const logger = recordLog();
    const config = configOf('--config', 'examples/resolver.yaml', '--listen', '127.0.0.1:0', '--metrics', '127.0.0.1:0');
    const resolver = await startResolver(config, { clock: systemClock, logger });
    running.push(resolver);
    const port = resolver.addresses[0]?.port ?? 0;
    const addresses = ['192.0.2.11', '192.0.2.12'];
    for (const name of ['home.k8s.example', 'web.shop.k8s.example', 'home.lab.example', 'www.lab.example']) {
      const reply = await eventually(
        name,
        5000,
        () => query(name, port),
        ({ rcode }) => rcode === 'NOERROR',
      );
      expect(reply.addresses).toEqual(addresses);
    }
    const server = askerOf(port);
    for (const [name, type, expected] of [
      ['pay.lab.example', 'A', '203.0.113.20'],
      ['shop.lab.example', 'A', '203.0.113.30'],
      ['api.lab.example', 'A', '203.0.113.40'],
      ['news.lab.example', 'TXT', 'v=spf1 mx -all'],
      ['status.lab.example', 'CNAME', 'status.example.net'],
      ['outbound.lab.example', 'A', '10.0.0.11'],
      ['30.113.0.203.in-addr.arpa', 'PTR', 'shop.lab.example'],
    ] as const) {
      expect(`${name} ${await server.ask(name, type)}`).toBe(`${name} ${expected}`);
    }
    expect(logger.lines.filter(({ level }) => level === 'warn' || level === 'error')).toEqual([]);
  });
});
