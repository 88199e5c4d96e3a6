import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, describe, expect, it } from '@jest/globals';

import { systemClock } from '@kubezone/app';
import { eventually, type RecordingLogger, recordLog } from '@kubezone/app/testing';

import { askerOf } from './testing/ask-resolver.ts';
import { configOf, loadAnywhere } from './testing/load-text.ts';
import { type NodeApi, serveNodeApi } from './testing/node-api.ts';
import { type Resolver, startResolver } from './wiring.ts';

const cleanUps: (() => unknown)[] = [];

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp();
});

interface World {
  readonly apis: readonly NodeApi[];
  readonly home: () => Promise<string>;
  readonly probe: (path: string) => Promise<{ readonly status: number; readonly text: string }>;
  readonly logger: RecordingLogger;
  readonly resolver: Resolver;
}

/** A port of 127.0.0.1 that nobody has just now. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** A resolver of two clusters, in each of which one node serves the area `home`. */
async function startWorld(...lines: readonly string[]): Promise<World> {
  const folder = await mkdtemp(join(tmpdir(), 'kubezone-clusters-'));
  cleanUps.push(() => rm(folder, { recursive: true }));
  const apis = [await serveNodeApi('192.0.2.1'), await serveNodeApi('192.0.2.2')];
  const names = ['east', 'west'];
  for (const [index, api] of apis.entries()) {
    cleanUps.push(api.close);
    await writeFile(join(folder, `${names[index]}.kubeconfig`), api.kubeconfig);
  }
  const yaml = [
    'clusters: [{name: west, kubeconfig: ./west.kubeconfig}, {name: east, kubeconfig: ./east.kubeconfig}]',
    'sources: [node-area]',
    'zones: [{name: a.test, soa: {email: a@b.test}, nameservers: [{name: ns.b.test}]}]',
    'listen: ["127.0.0.1:0"]',
    'metrics: 127.0.0.1:0',
    ...lines,
  ].join('\n');
  const logger = recordLog();
  const config = configOf(loadAnywhere(['--config', join(folder, 'kubezone.yaml')], yaml));
  const resolver = await startResolver(config, { clock: systemClock, logger });
  cleanUps.push(() => resolver.stop());
  const server = askerOf(resolver.addresses[0]?.port ?? 0);
  const probe = async (path: string): Promise<{ status: number; text: string }> => {
    const response = await fetch(`http://127.0.0.1:${resolver.probeAddresses[0]?.port}${path}`);
    return { status: response.status, text: await response.text() };
  };
  return { apis, home: () => server.ask('home.a.test', 'A'), probe, logger, resolver };
}

describe('several clusters', () => {
  it.each([
    ['merge, unless they are told otherwise', [], '192.0.2.1 192.0.2.2'],
    ['follow their order where they are told to', ['acrossClusters: first'], '192.0.2.2'],
  ])('%s', async (_, lines, expected) => {
    const { home } = await startWorld(...lines);
    expect(await eventually('all addresses', 5000, home, (answer) => answer === expected)).toBe(expected);
  });

  it('go on when one is away: its last known names are served, and it is reported', async () => {
    const { home, apis, probe, logger } = await startWorld();
    const both = '192.0.2.1 192.0.2.2';
    await eventually('all addresses', 5000, home, (answer) => answer === both);
    expect(await probe('/readyz')).toEqual({ status: 200, text: 'ok\n' });
    apis[1]?.close();
    const metrics = await eventually(
      'the metric',
      10_000,
      async () => (await probe('/metrics')).text,
      (text) => text.includes('kubezone_cluster_synced{cluster="west"} 0'),
    );
    expect(metrics).toContain('kubezone_cluster_synced{cluster="east"} 1');
    expect(await probe('/readyz')).toEqual({
      status: 200,
      text: expect.stringMatching(
        /^ok\nsource node-area of cluster west is failing: .* \[API_UNREACHABLE\]; what was last known is served\n$/,
      ),
    });
    expect(await home()).toBe(both);
    const line = logger.lines.find(({ message }) => message === 'a part of the cluster is not watched');
    expect(line).toMatchObject({ level: 'warn', fields: { cluster: 'west', scope: 'nodes', state: 'failing' } });
  });

  it('are written to where leaders are elected, and not otherwise', async () => {
    const lease = 'POST /apis/coordination.k8s.io/v1/namespaces/dns/leases';
    const { apis } = await startWorld('leaderElection: {enabled: true, namespace: dns}');
    for (const { written } of apis) {
      await eventually(
        'the Lease',
        5000,
        () => Promise.resolve([...written]),
        (requests) => requests.includes(lease),
      );
    }
    const { apis: others, home } = await startWorld();
    await eventually('an answer', 5000, home, (answer) => answer !== 'ESERVFAIL');
    expect(others.flatMap(({ written }) => written)).toEqual([]);
  });
});

describe('fallthrough', () => {
  it('to ourselves is refused at the start', async () => {
    const yaml = (port: number): string =>
      `sources: [fake]\nzones: [{name: a.test, soa: {email: a@b.test}, nameservers: [{name: ns.b.test}]}]\nlisten: ["127.0.0.1:${port}"]\nfallthrough: {servers: ["127.0.0.1:${port}"]}`;
    const port = await freePort();
    const config = configOf(loadAnywhere(['--config', 'kubezone.yaml'], yaml(port)));
    await expect(startResolver(config, { clock: systemClock, logger: recordLog() })).rejects.toMatchObject({
      exitCode: 2,
      lines: [expect.stringMatching(new RegExp(`^fallthrough: .*127\\.0\\.0\\.1.*\\[RELAY_LOOP\\]$`))],
    });
  });
});

describe('leader election', () => {
  it('without an API to write to is reported', async () => {
    const logger = recordLog();
    const zone = ['--zone', 'a.test', '--soa-ns', 'ns.b.test', '--soa-email', 'a@b.test'];
    const words = [...zone, '--source', 'fake', '--leader-elect', '--listen', '127.0.0.1:0'];
    const resolver = await startResolver(configOf(loadAnywhere(words)), { clock: systemClock, logger });
    cleanUps.push(() => resolver.stop());
    expect(logger.take()).toContain('warn: there is no API to write Events and conditions to: no cluster has one');
  });
});
