import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { eventually } from '../../testing/eventually.ts';
import { FakeApiServer, replyStatus } from '../../testing/fake-api-server.ts';
import { REAL_CLOCK } from '../../testing/fake-clock.ts';
import { withFolder, writeKubeconfig } from '../../testing/kubeconfig.ts';
import { node, service, slice } from '../../testing/manifests.ts';
import { NameWorld } from '../../testing/name-world.ts';
import { RecordingLogger } from '../../testing/recording-logger.ts';
import { kubernetesCluster, type KubernetesClusterOptions } from './kubernetes-cluster.ts';

const NODES = '/api/v1/nodes';
const SERVICES = '/api/v1/services';
const SLICES = '/apis/discovery.k8s.io/v1/endpointslices';
const HOME = 'home.lb.test';
const A = (address: string): string[] => [`${HOME}. 30 IN A ${address}`];

let server: FakeApiServer;
let world: NameWorld | undefined;

beforeEach(async () => {
  server = new FakeApiServer();
  await server.listen();
});

afterEach(async () => {
  await world?.pipeline.stop();
  world = undefined;
  await server.close();
});

/** Watches the server, with a kubeconfig in a folder of its own. */
async function watch(folder: string, options: Partial<KubernetesClusterOptions> = {}, user: object = {}): Promise<NameWorld> {
  const kubeconfig = await writeKubeconfig(join(folder, 'kubeconfig'), server.url, user);
  const cluster = kubernetesCluster({
    name: 'k',
    kubeconfig,
    userAgent: 'kubezone-test/1.2.3',
    clock: REAL_CLOCK,
    logger: new RecordingLogger(),
    random: () => 0,
    ...options,
  });
  world = new NameWorld({ clusters: [cluster], clock: REAL_CLOCK });
  await world.pipeline.start();
  return world;
}

const synced = (one: NameWorld): boolean => one.pipeline.statuses().every(({ state }) => state === 'synced');
const watches = (path: string, query: URLSearchParams): boolean => path === NODES && query.has('watch');
const lists = (path: string, query: URLSearchParams): boolean =>
  path === NODES && !query.has('watch') && query.get('limit') !== '1';

describe('a watched API server', () => {
  it('is listed, then followed', async () => {
    await withFolder(async (folder) => {
      server.put(NODES, node('n1', { areas: 'home', ips: '192.0.2.1' }));
      server.put(SERVICES, service('git'));
      server.put(SLICES, slice('git-0', [{ node: 'n1' }]));
      const watched = await watch(folder);
      await eventually(() => expect(synced(watched)).toBe(true));
      expect(watched.holds('git.default.lb.test')).toEqual(['git.default.lb.test. 30 IN A 192.0.2.1']);
      await eventually(() => expect(server.watchCount).toBe(3));
      server.put(NODES, node('n1', { areas: 'home', ips: '192.0.2.2' }));
      await eventually(() => expect(watched.holds(HOME)).toEqual(A('192.0.2.2')));
      server.delete(NODES, 'n1');
      await eventually(() => expect(watched.holds(HOME)).toEqual(['NXDOMAIN']));
    });
  });

  it('is listed in consistent pages, and watched with bookmarks and an announced end, under our name', async () => {
    await withFolder(async (folder) => {
      for (let index = 0; index < 1_201; index++) server.put(NODES, node(`n${index}`, { areas: `a${index}`, ips: '192.0.2.1' }));
      const watched = await watch(folder);
      await eventually(() => expect(server.watchCount).toBe(3));
      expect(watched.pipeline.statuses()[0]).toMatchObject({
        source: 'node-area',
        state: 'synced',
        objects: 1_201,
        contributing: 1_201,
        outside: 0,
      });
      const listed = server.requests.filter(({ path, query }) => lists(path, query));
      expect(listed.map(({ query }) => [query.get('limit'), query.has('continue'), query.has('resourceVersion')])).toEqual([
        ['500', false, false],
        ['500', true, false],
        ['500', true, false],
      ]);
      const watchQuery = server.requests.find(({ path, query }) => watches(path, query))?.query;
      expect(watchQuery?.get('allowWatchBookmarks')).toBe('true');
      expect(Number(watchQuery?.get('timeoutSeconds'))).toBeGreaterThanOrEqual(240);
      expect(Number(watchQuery?.get('resourceVersion'))).toBe(1_301);
      expect(new Set(server.requests.map(({ headers }) => headers['user-agent']))).toEqual(new Set(['kubezone-test/1.2.3']));
    });
  });

  it('is listed again from the start when a page comes too late, and nothing that went meanwhile stays', async () => {
    await withFolder(async (folder) => {
      for (let index = 0; index < 600; index++)
        server.put(NODES, node(`n${index}`, { areas: 'home', ips: `10.0.${index >> 8}.${index & 255}` }));
      server.fault = (_request, _response, { searchParams }) => {
        if (searchParams.has('continue') && server.count(lists) === 2) {
          server.delete(NODES, 'n0');
          server.compact();
        }
        return false;
      };
      const watched = await watch(folder);
      await eventually(() => expect(server.count(watches)).toBe(1));
      expect(server.count(lists)).toBe(4);
      expect(watched.holds(HOME)).toHaveLength(599);
      expect(watched.holds(HOME)).not.toContain(A('10.0.0.0')[0]);
    });
  });

  it('is listed again when history is missing, whether that is said by an event or by a status', async () => {
    await withFolder(async (folder) => {
      server.put(NODES, node('n1', { areas: 'home', ips: '192.0.2.1' }));
      server.put(NODES, node('n2', { areas: 'home', ips: '192.0.2.2' }));
      const watched = await watch(folder);
      await eventually(() => expect(server.count(watches)).toBe(1));

      // In the stream, as a resumed watch gets it.
      server.fault = (_request, response) => (replyStatus(response, 503, 'down'), true);
      server.cut();
      server.delete(NODES, 'n1');
      server.compact();
      server.fault = () => false;
      await eventually(() => expect(watched.holds(HOME)).toEqual(A('192.0.2.2')));
      expect(server.count(lists)).toBe(2);

      // As the status of the request.
      server.fault = (_request, response, { searchParams }) => {
        if (!searchParams.has('watch')) return false;
        server.fault = () => false;
        replyStatus(response, 410, 'Gone');
        return true;
      };
      server.endWatches();
      server.put(NODES, node('n2', { areas: 'home', ips: '192.0.2.3' }));
      await eventually(() => expect(watched.holds(HOME)).toEqual(A('192.0.2.3')));
    });
  });

  it('is watched on from the last event or bookmark when it ends the watch, without another list', async () => {
    await withFolder(async (folder) => {
      server.put(NODES, node('n1', { areas: 'home', ips: '192.0.2.1' }));
      const watched = await watch(folder);
      await eventually(() => expect(server.watchCount).toBe(3));
      server.bookmark(NODES);
      await new Promise((resolve) => setTimeout(resolve, 1_100));
      server.endWatches();
      server.put(NODES, node('n1', { areas: 'home', ips: '192.0.2.2' }));
      await eventually(() => expect(watched.holds(HOME)).toEqual(A('192.0.2.2')));
      expect(server.count(lists)).toBe(1);
      expect(
        server.requests
          .filter(({ path, query }) => watches(path, query))
          .at(-1)
          ?.query.get('resourceVersion'),
      ).toBe('102');
    });
  });

  it('is never given up, whatever it answers, and answers go on from what was known', async () => {
    await withFolder(async (folder) => {
      server.put(NODES, node('n1', { areas: 'home', ips: '192.0.2.1' }));
      const watched = await watch(folder);
      await eventually(() => expect(server.watchCount).toBe(3));
      const answers: ((path: string, response: Parameters<FakeApiServer['fault']>[1]) => void)[] = [
        (_path, response) => replyStatus(response, 500, 'etcdserver: leader changed'),
        (_path, response) => response.socket?.resetAndDestroy(),
        (_path, response) => response.end('<html>a proxy</html>'),
        (_path, response) => response.writeHead(200).end('{"type":"ADDED","object":{"meta'),
        (_path, response) => response.writeHead(200).end('{"type":"ERROR","object":{"code":500,"message":"internal"}}\n'),
        (_path, response) => response.writeHead(200).end('not json\n'),
        (_path, response) => response.writeHead(302, { location: 'https://elsewhere/' }).end(),
      ];
      let asked = 0;
      server.fault = (_request, response, { pathname }) => {
        const answer = pathname === NODES ? answers[asked++] : undefined;
        answer?.(pathname, response);
        return answer !== undefined;
      };
      server.cut();
      server.put(NODES, node('n1', { areas: 'home', ips: '192.0.2.9' }));
      await eventually(() => expect(asked).toBeGreaterThan(3));
      expect(watched.holds(HOME)).toEqual(A('192.0.2.1'));
      expect(watched.pipeline.statuses()[0]).toMatchObject({ state: 'failing', listed: true });
      await eventually(() => expect(watched.holds(HOME)).toEqual(A('192.0.2.9')), 15_000);
      await eventually(() => expect(synced(watched)).toBe(true));
    });
  }, 20_000);

  it('is left alone as long as it asks to be', async () => {
    await withFolder(async (folder) => {
      server.fault = (_request, response, { pathname }) => {
        if (pathname !== NODES || server.count(lists) > 1) return false;
        replyStatus(response, 429, 'slow down', { 'retry-after': '1' });
        return true;
      };
      const started = performance.now();
      const watched = await watch(folder);
      await eventually(() => expect(watched.pipeline.statuses()[0]?.failure?.code).toBe('API_THROTTLED'));
      await eventually(() => expect(synced(watched)).toBe(true));
      expect(performance.now() - started).toBeGreaterThan(990);
    });
  });

  it('gets the new token at once when it refuses the old one', async () => {
    await withFolder(async (folder) => {
      const tokenFile = join(folder, 'token');
      await writeFile(tokenFile, 'old\n');
      let valid = 'old';
      server.fault = ({ headers }, response) => {
        if (headers.authorization === `Bearer ${valid}`) return false;
        replyStatus(response, 401, 'Unauthorized');
        return true;
      };
      // `tokenFile` is relative to the kubeconfig.
      const watched = await watch(folder, {}, { tokenFile: 'token' });
      await eventually(() => expect(server.watchCount).toBe(3));
      valid = 'new';
      await writeFile(tokenFile, 'new\n');
      server.cut();
      server.put(NODES, node('n1', { areas: 'home', ips: '192.0.2.1' }));
      await eventually(() => expect(watched.holds(HOME)).toEqual(A('192.0.2.1')));
    });
  });

  it('gets a new credential from the plugin when it refuses the one it gave', async () => {
    await withFolder(async (folder) => {
      const plugin = join(folder, 'plugin.sh');
      const credential = `'{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"'$(cat ${folder}/secret)'"}}'`;
      await writeFile(plugin, `#!/bin/sh\ntest -n "$KUBERNETES_EXEC_INFO" || exit 1\necho ${credential}\n`);
      await chmod(plugin, 0o755);
      await writeFile(join(folder, 'secret'), 'first');
      let valid = 'first';
      server.fault = ({ headers }, response) => {
        if (headers.authorization === `Bearer ${valid}`) return false;
        replyStatus(response, 401, 'Unauthorized');
        return true;
      };
      const watched = await watch(
        folder,
        {},
        { exec: { apiVersion: 'client.authentication.k8s.io/v1', command: './plugin.sh' } },
      );
      await eventually(() => expect(server.watchCount).toBe(3));
      valid = 'second';
      await writeFile(join(folder, 'secret'), 'second');
      server.cut();
      await eventually(() => {
        expect(server.watchCount).toBe(3);
        expect(synced(watched)).toBe(true);
      });
    });
  });

  it('is asked with the credentials of a changed kubeconfig, without a restart', async () => {
    await withFolder(async (folder) => {
      await watch(folder, {}, { token: 'one' });
      await eventually(() => expect(server.watchCount).toBe(3));
      await writeKubeconfig(join(folder, 'kubeconfig'), server.url, { username: 'me', password: 'secret' });
      server.cut();
      await eventually(() => expect(server.watchCount).toBe(3));
      expect(server.requests.at(-1)?.headers.authorization).toBe(`Basic ${Buffer.from('me:secret').toString('base64')}`);
    });
  });

  it('makes a source absent that it refuses, goes on with the others, and is asked again', async () => {
    await withFolder(async (folder) => {
      server.put(NODES, node('n1', { areas: 'home', ips: '192.0.2.1' }));
      server.fault = (_request, response, { pathname }) => {
        if (pathname !== SLICES) return false;
        replyStatus(response, 403, 'endpointslices.discovery.k8s.io is forbidden: User "x" cannot list resource');
        return true;
      };
      const watched = await watch(folder);
      await eventually(() => expect(watched.holds(HOME)).toEqual(A('192.0.2.1')));
      await eventually(() => expect(watched.pipeline.statuses()[1]?.failure?.code).toBe('API_FORBIDDEN'));
      // For the first minute it is shown as failing: an API server that is just starting refuses much.
      expect(watched.pipeline.statuses().map(({ source, state }) => `${source} ${state}`)).toEqual([
        'node-area synced',
        'node-service failing',
      ]);
      expect(watched.pipeline.statuses()[1]?.failure?.message).toContain('User "x" cannot list resource');
      expect(watched.pipeline.readiness()).toEqual({ complete: false, ready: false });
      server.fault = () => false;
      await eventually(() => expect(watched.pipeline.readiness()).toEqual({ complete: true, ready: true }));
    });
  });

  it('reports an object whose content is malformed, and what was known of it stays until it is mended', async () => {
    await withFolder(async (folder) => {
      server.put(NODES, node('n1', { areas: 'home', ips: '192.0.2.1' }));
      server.put(NODES, { ...node('bad'), status: 'broken' });
      const watched = await watch(folder);
      await eventually(() => expect(server.watchCount).toBe(3));
      expect(watched.problems()).toEqual(['Node/bad: status: found the string "broken", expected a mapping [OBJECT_MALFORMED]']);

      server.put(NODES, { ...node('n1', { areas: 'home' }), status: { conditions: [{ type: 'Ready', status: true }] } });
      await eventually(() => expect(watched.problems()).toHaveLength(2));
      expect(watched.problems()[1]).toBe(
        'Node/n1: status.conditions[0].status: found the boolean true, expected a string [OBJECT_MALFORMED]',
      );
      expect(watched.holds(HOME)).toEqual(A('192.0.2.1'));

      // The same in a list.
      server.compact();
      server.cut();
      await eventually(() => expect(server.count(lists)).toBe(2));
      await eventually(() => expect(server.watchCount).toBe(3));
      expect(watched.holds(HOME)).toEqual(A('192.0.2.1'));
      expect(watched.problems()).toHaveLength(2);

      server.put(NODES, node('n1', { areas: 'home', ips: '192.0.2.5' }));
      server.delete(NODES, 'bad');
      await eventually(() => expect(watched.problems()).toEqual([]));
      expect(watched.holds(HOME)).toEqual(A('192.0.2.5'));
    });
  });

  it('may send objects without a name: they are reported, and hurt no others', async () => {
    await withFolder(async (folder) => {
      const watched = await watch(folder);
      await eventually(() => expect(server.watchCount).toBe(3));
      server.send(SERVICES, `${JSON.stringify({ type: 'ADDED', object: { metadata: { resourceVersion: '5000' } } })}\n`);
      server.put(NODES, node('n1', { areas: 'home', ips: '192.0.2.1' }));
      await eventually(() => expect(watched.holds(HOME)).toEqual(A('192.0.2.1')));
      await eventually(() => expect(watched.pipeline.problems().map(({ code }) => code)).toEqual(['OBJECT_MALFORMED']));
    });
  });

  it('may send events in pieces that end inside of characters', async () => {
    await withFolder(async (folder) => {
      const watched = await watch(folder);
      await eventually(() => expect(server.watchCount).toBe(3));
      const object = { ...node('n1', { areas: 'home,größe', ips: '192.0.2.1' }), other: '😀'.repeat(50_000) };
      const pieces = Buffer.from(
        `${JSON.stringify({ type: 'ADDED', object: { ...object, metadata: { ...Object(object).metadata, resourceVersion: '9000' } } })}\n`,
      );
      for (let at = 0; at < pieces.length; at += 10_007) server.send(NODES, pieces.subarray(at, at + 10_007));
      await eventually(() => expect(watched.holds(HOME)).toEqual(A('192.0.2.1')));
      expect(watched.problems()[0]).toContain('"größe"');
    });
  });

  it('may be stopped, and started again at the same address', async () => {
    await withFolder(async (folder) => {
      server.put(NODES, node('n1', { areas: 'home', ips: '192.0.2.1' }));
      const watched = await watch(folder);
      await eventually(() => expect(synced(watched)).toBe(true));
      const { port } = server;
      await server.close();
      await eventually(() =>
        expect(watched.pipeline.statuses()[0]).toMatchObject({ state: 'failing', failure: { code: 'API_UNREACHABLE' } }),
      );
      expect(watched.holds(HOME)).toEqual(A('192.0.2.1'));
      expect(watched.pipeline.readiness()).toEqual({ complete: true, ready: true });
      // Another history: what was deleted while it was away is in no event.
      server = new FakeApiServer();
      for (let round = 0; round < 10; round++) server.compact();
      server.put(NODES, node('n2', { areas: 'home', ips: '192.0.2.2' }));
      await server.listen(port);
      await eventually(() => expect(watched.holds(HOME)).toEqual(A('192.0.2.2')), 10_000);
      await eventually(() => expect(synced(watched)).toBe(true));
    });
  }, 15_000);

  it('may be put back to an earlier state: what it does not know is forgotten as soon as it is back', async () => {
    await withFolder(async (folder) => {
      for (let round = 0; round < 50; round++) server.put(NODES, node('n1', { areas: 'home', ips: '192.0.2.1', round }));
      const watched = await watch(folder);
      await eventually(() => expect(server.watchCount).toBe(3));
      const { port } = server;
      await server.close();
      server = new FakeApiServer();
      server.put(NODES, node('n2', { areas: 'home', ips: '192.0.2.2' }));
      await server.listen(port);
      await eventually(() => expect(watched.holds(HOME)).toEqual(A('192.0.2.2')));
      await eventually(() => expect(server.watchCount).toBe(3));
      expect(synced(watched)).toBe(true);
      expect(watched.pipeline.statuses()[0]?.errors).toBeGreaterThan(0);
      server.put(NODES, node('n2', { areas: 'home', ips: '192.0.2.3' }));
      await eventually(() => expect(watched.holds(HOME)).toEqual(A('192.0.2.3')));
    });
  });

  it('is listed when the kubeconfig names another server, though that one is further on', async () => {
    await withFolder(async (folder) => {
      server.put(NODES, node('n1', { areas: 'home', ips: '192.0.2.1' }));
      const watched = await watch(folder);
      await eventually(() => expect(server.watchCount).toBe(3));
      const other = new FakeApiServer();
      await other.listen();
      try {
        for (let round = 0; round < 50; round++) other.put(NODES, node('n2', { areas: 'home', ips: '192.0.2.2', round }));
        await writeKubeconfig(join(folder, 'kubeconfig'), other.url);
        server.cut();
        await eventually(() => expect(watched.holds(HOME)).toEqual(A('192.0.2.2')));
        await eventually(() => expect(other.watchCount).toBe(3));
      } finally {
        await watched.pipeline.stop();
        await other.close();
      }
    });
  });

  it('is heard in bursts: what comes together changes names once', async () => {
    await withFolder(async (folder) => {
      const watched = await watch(folder);
      await eventually(() => expect(server.watchCount).toBe(3));
      watched.changes.length = 0;
      const line = (type: string, name: string, version: number, areas: string): string =>
        `${JSON.stringify({ type, object: node(name, { areas, ips: '192.0.2.1', resourceVersion: String(version) }) })}\n`;
      const burst = [
        ...Array.from({ length: 40 }, (_, index) => line('ADDED', `n${index}`, 1_000 + index, `a${index % 4}`)),
        line('DELETED', 'n0', 1_100, 'a0'),
        line('MODIFIED', 'n1', 1_101, 'b'),
        line('ADDED', 'n0', 1_102, 'c'),
        'broken\n',
      ];
      server.send(NODES, burst.join(''));
      await eventually(() => expect(watched.holds('c.lb.test')).toEqual(['c.lb.test. 30 IN A 192.0.2.1']));
      expect(watched.changes).toHaveLength(1);
      expect(watched.holds('a1.lb.test')).toHaveLength(1);
      expect(watched.pipeline.statuses()[0]?.objects).toBe(40);
    });
  });

  it('does not keep anybody waiting whose credential plugin hangs, and the plugin is ended', async () => {
    await withFolder(async (folder) => {
      const plugin = join(folder, 'plugin.sh');
      await writeFile(plugin, `#!/bin/sh\necho $$ >> ${folder}/pids\nexec sleep 45\n`);
      await chmod(plugin, 0o755);
      const watched = await watch(folder, {}, { exec: { apiVersion: 'client.authentication.k8s.io/v1', command: plugin } });
      const pids = async (): Promise<number[]> => (await readFile(join(folder, 'pids'), 'utf8')).trim().split('\n').map(Number);
      await new Promise((resolve) => setTimeout(resolve, 500));
      const [pid] = await pids();
      const started = performance.now();
      await watched.pipeline.stop();
      expect(performance.now() - started).toBeLessThan(1_000);
      await eventually(() => expect(() => process.kill(pid ?? Number.NaN, 0)).toThrow('ESRCH'));
    });
  });

  it('is watched namespace by namespace, where namespaces are given', async () => {
    await withFolder(async (folder) => {
      const inTeam = (team: string): string => `/api/v1/namespaces/${team}/services`;
      server.put(inTeam('a'), service('git', { namespace: 'a' }));
      server.put(inTeam('b'), service('git', { namespace: 'b' }));
      const watched = await watch(folder, { namespaces: ['a', 'b', 'a'] });
      await eventually(() => expect(server.watchCount).toBe(5));
      expect(synced(watched)).toBe(true);
      expect(watched.holds('git.a.lb.test')).toEqual(['NODATA']);
      expect(watched.pipeline.statuses()[1]).toMatchObject({ source: 'node-service', objects: 2 });
      // A list of one namespace says nothing of the other.
      server.delete(inTeam('a'), 'a/git');
      await eventually(() => expect(watched.holds('git.a.lb.test')).toEqual(['NXDOMAIN']));
      server.compact();
      server.cut();
      await eventually(() => expect(server.count((path, query) => path === inTeam('a') && !query.has('watch'))).toBe(2));
      await eventually(() => expect(server.watchCount).toBe(5));
      expect(watched.holds('git.b.lb.test')).toEqual(['NODATA']);
      expect(new Set(server.requests.map(({ path }) => path))).toEqual(
        new Set([
          NODES,
          inTeam('a'),
          inTeam('b'),
          SLICES.replace('v1/', 'v1/namespaces/a/'),
          SLICES.replace('v1/', 'v1/namespaces/b/'),
        ]),
      );
    });
  });

  it('may stand below a path', async () => {
    await withFolder(async (folder) => {
      server.put(`/k8s/clusters/c-1${NODES}`, node('n1', { areas: 'home', ips: '192.0.2.1' }));
      const kubeconfig = await writeKubeconfig(join(folder, 'other'), `${server.url}/k8s/clusters/c-1/`);
      const watched = await watch(folder, { kubeconfig });
      await eventually(() => expect(watched.holds(HOME)).toEqual(A('192.0.2.1')));
    });
  });

  it('hears nothing more once it is stopped', async () => {
    await withFolder(async (folder) => {
      const watched = await watch(folder);
      await eventually(() => expect(server.watchCount).toBe(3));
      await watched.pipeline.stop();
      await eventually(() => expect(server.watchCount).toBe(0));
      const { length } = server.requests;
      await new Promise((resolve) => setTimeout(resolve, 300));
      expect(server.requests).toHaveLength(length);
    });
  });
});
