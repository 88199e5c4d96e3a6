/** The cluster against a genuine API server with its etcd: what the stand-in of the other tests may have wrong. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';

import { type ControlPlane, findControlPlane, startControlPlane } from '../../../../../tools/control-plane/control-plane.ts';
import { NODES } from '../../resources/node.ts';
import { eventually } from '../../testing/eventually.ts';
import { REAL_CLOCK } from '../../testing/fake-clock.ts';
import { withFolder } from '../../testing/kubeconfig.ts';
import { node, service, slice } from '../../testing/manifests.ts';
import { NameWorld } from '../../testing/name-world.ts';
import { RecordingLogger } from '../../testing/recording-logger.ts';
import { keepAnnotations } from '../../testing/stored-objects.ts';
import { TcpGate } from '../../testing/tcp-gate.ts';
import { ApiClient, type OpenAnswer } from './api-client.ts';
import { Credentials } from './credentials.ts';
import { kubernetesCluster, type KubernetesClusterOptions } from './kubernetes-cluster.ts';
import { Reflector } from './reflector.ts';

/** For what waits for the server to come back. */
const SLOW_MS = 60_000;

const found = await findControlPlane();
const describeIfThere = 'path' in found ? describe : describe.skip;
if ('missing' in found) process.stderr.write(`\n*** SKIPPED: the cluster against a real API server: ${found.missing}\n\n`);

let api: ControlPlane;
let world: NameWorld | undefined;

/** Creates or changes an object, its status included, as kubectl and a kubelet would. */
async function put(manifest: object): Promise<void> {
  const { kind, metadata, status } = manifest as {
    kind: string;
    metadata: { name: string; namespace?: string };
    status?: object;
  };
  const path = pathOf(kind, metadata.namespace);
  const created = await api.request('POST', path, manifest);
  const target = `${path}/${metadata.name}`;
  if (created.status === 409) expectDone(await api.request('PATCH', target, manifest), target);
  else expectDone(created, target);
  if (status !== undefined) expectDone(await api.request('PATCH', `${target}/status`, { status }), target);
}

async function remove(kind: string, name: string, namespace?: string): Promise<void> {
  const target = `${pathOf(kind, namespace)}/${name}`;
  expectDone(await api.request('DELETE', target), target);
}

function pathOf(kind: string, namespace?: string): string {
  const [root, plural] =
    kind === 'EndpointSlice'
      ? ['/apis/discovery.k8s.io/v1', 'endpointslices']
      : kind.includes('Role')
        ? ['/apis/rbac.authorization.k8s.io/v1', `${kind.toLowerCase()}s`]
        : ['/api/v1', `${kind.toLowerCase()}s`];
  return namespace === undefined ? `${root}/${plural}` : `${root}/namespaces/${namespace}/${plural}`;
}

function expectDone({ status, body }: { readonly status: number; readonly body: unknown }, target: string): void {
  if (status >= 300) throw new Error(`${target}: ${status} ${JSON.stringify(body)}`);
}

/** A Service that the real API server accepts. */
const realService = (name: string, options: Parameters<typeof service>[1] = {}): object => ({
  ...service(name, options),
  spec: { clusterIP: 'None', ports: [{ name: 'http', port: 80 }] },
});

/** Lets a user of the test read a resource: everywhere, or in one namespace. */
async function allow(user: string, resource: string, apiGroup: string, namespace?: string): Promise<void> {
  const name = `${user}-${resource}`;
  const scope = namespace === undefined ? {} : { namespace };
  const [role, binding] = namespace === undefined ? ['ClusterRole', 'ClusterRoleBinding'] : ['Role', 'RoleBinding'];
  await put({
    kind: role,
    metadata: { name, ...scope },
    rules: [{ apiGroups: [apiGroup], resources: [resource], verbs: ['list', 'watch'] }],
  });
  await put({
    kind: binding,
    metadata: { name, ...scope },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: role, name },
    subjects: [{ kind: 'User', name: user, apiGroup: 'rbac.authorization.k8s.io' }],
  });
}

async function watch(options: Partial<KubernetesClusterOptions> = {}): Promise<NameWorld> {
  const cluster = kubernetesCluster({
    name: 'real',
    kubeconfig: api.kubeconfigPath,
    userAgent: 'kubezone-test/0',
    clock: REAL_CLOCK,
    logger: new RecordingLogger(),
    ...options,
  });
  world = new NameWorld({ clusters: [cluster], clock: REAL_CLOCK });
  await world.pipeline.start();
  return world;
}

const states = (one: NameWorld): string[] => one.pipeline.statuses().map(({ source, state }) => `${source} ${state}`);
const SYNCED = ['node-area synced', 'node-service synced'];

afterEach(async () => {
  await world?.pipeline.stop();
  world = undefined;
});

describeIfThere('a real API server', () => {
  beforeAll(async () => {
    const users = ['nodes-only', 'team'].map((name) => ({ name, username: name, groups: ['system:authenticated'] }));
    api = await startControlPlane({ users });
  }, SLOW_MS);
  afterAll(() => api?.stop(), SLOW_MS);

  it(
    'is listed over several pages, and followed',
    async () => {
      const names = Array.from({ length: 1_100 }, (_, index) => `many-${index}`);
      for (let at = 0; at < names.length; at += 50) {
        await Promise.all(
          names
            .slice(at, at + 50)
            .map((name) => api.request('POST', '/api/v1/nodes', node(name, { areas: 'many', ips: '192.0.2.77' }))),
        );
      }
      await put(node('n1', { areas: 'home', ips: '192.0.2.1' }));
      await put(realService('git'));
      await put(slice('git-0', [{ node: 'n1' }]));
      const watched = await watch();
      await eventually(() => expect(states(watched)).toEqual(SYNCED));
      expect(watched.pipeline.statuses()[0]).toMatchObject({ objects: 1_101, contributing: 1_101 });
      expect(watched.holds('git.default.lb.test')).toEqual(['git.default.lb.test. 30 IN A 192.0.2.1']);
      expect(watched.holds('many.lb.test')).toEqual(['many.lb.test. 30 IN A 192.0.2.77']);

      await put(node('n1', { ready: 'False', areas: 'home', ips: '192.0.2.1' }));
      await eventually(() => expect(watched.holds('home.lb.test')).toEqual(['NODATA']));
      await put(node('n1', { areas: 'home', ips: '192.0.2.2' }));
      await eventually(() => expect(watched.holds('git.default.lb.test')).toEqual(['git.default.lb.test. 30 IN A 192.0.2.2']));
      await remove('Node', 'n1');
      await eventually(() => expect(watched.holds('home.lb.test')).toEqual(['NXDOMAIN']));
      await remove('Service', 'git', 'default');
      await eventually(() => expect(watched.holds('git.default.lb.test')).toEqual(['NXDOMAIN']));
      expect(watched.problems()).toEqual([]);
    },
    SLOW_MS,
  );

  it(
    'may crash: what was known stays, and what has changed and gone meanwhile is caught up with',
    async () => {
      await put(node('stays', { areas: 'stays', ips: '192.0.2.1' }));
      await put(node('goes', { areas: 'goes', ips: '192.0.2.2' }));
      const watched = await watch();
      await eventually(() => expect(states(watched)).toEqual(SYNCED));
      await api.kill();
      await eventually(() => expect(states(watched)).toEqual(['node-area failing', 'node-service failing']), 10_000);
      expect(watched.holds('goes.lb.test')).toEqual(['goes.lb.test. 30 IN A 192.0.2.2']);
      expect(watched.pipeline.readiness()).toEqual({ complete: true, ready: true });
      await api.restart();
      await remove('Node', 'goes');
      await put(node('stays', { areas: 'stays', ips: '192.0.2.3' }));
      await eventually(() => expect(watched.holds('goes.lb.test')).toEqual(['NXDOMAIN']), 30_000);
      await eventually(() => expect(watched.holds('stays.lb.test')).toEqual(['stays.lb.test. 30 IN A 192.0.2.3']), 30_000);
      await eventually(() => expect(states(watched)).toEqual(SYNCED), 30_000);
    },
    SLOW_MS,
  );

  it(
    'refuses what RBAC does not allow, until it does',
    async () => {
      await allow('nodes-only', 'nodes', '');
      await put(node('rbac', { areas: 'rbac', ips: '192.0.2.1' }));
      const watched = await watch({ context: 'nodes-only' });
      await eventually(() => expect(watched.holds('rbac.lb.test')).toEqual(['rbac.lb.test. 30 IN A 192.0.2.1']));
      await eventually(() => expect(watched.pipeline.statuses()[1]?.failure?.code).toBe('API_FORBIDDEN'));
      expect(watched.pipeline.statuses()[1]?.failure?.message).toMatch(/User "nodes-only" cannot list resource/);
      await allow('nodes-only', 'services', '');
      await allow('nodes-only', 'endpointslices', 'discovery.k8s.io');
      await eventually(() => expect(states(watched)).toEqual(SYNCED), 30_000);
      expect(watched.pipeline.readiness().complete).toBe(true);
    },
    SLOW_MS,
  );

  it(
    'is watched in the namespaces that a Role allows',
    async () => {
      await put({ kind: 'Namespace', metadata: { name: 'team-a' } });
      await allow('team', 'nodes', '');
      await allow('team', 'services', '', 'team-a');
      await allow('team', 'endpointslices', 'discovery.k8s.io', 'team-a');
      await put(realService('mine', { namespace: 'team-a' }));
      await put(realService('other'));
      const watched = await watch({ context: 'team', namespaces: ['team-a'] });
      await eventually(() => expect(states(watched)).toEqual(SYNCED), 30_000);
      expect(watched.holds('mine.team-a.lb.test')).toEqual(['NODATA']);
      expect(watched.holds('other.default.lb.test')).toEqual(['NXDOMAIN']);
    },
    SLOW_MS,
  );
});

describeIfThere('a real API server whose history is compacted', () => {
  beforeAll(async () => {
    api = await startControlPlane({ apiServerFlags: ['--watch-cache=false'] });
  }, SLOW_MS);
  afterAll(() => api?.stop(), SLOW_MS);

  it(
    'is listed again when a watch comes back too late, and nothing that went meanwhile stays',
    async () => {
      await withFolder(async (folder) => {
        const gate = new TcpGate(Number(new URL(api.server).port));
        const port = await gate.listen();
        const kubeconfig = join(folder, 'kubeconfig');
        await writeFile(
          kubeconfig,
          (await readFile(api.kubeconfigPath, 'utf8')).replaceAll(api.server, `https://127.0.0.1:${port}`),
        );
        await put(node('goes', { areas: 'goes', ips: '192.0.2.1' }));
        await put(node('again', { areas: 'again', ips: '192.0.2.2' }));
        const logger = new RecordingLogger();
        const watched = await watch({ kubeconfig, logger });
        await eventually(() => expect(states(watched)).toEqual(SYNCED));
        gate.shut();
        await remove('Node', 'goes');
        await remove('Node', 'again');
        await put(node('again', { areas: 'again', ips: '192.0.2.3' }));
        await api.compact();
        gate.open();
        await eventually(() => expect(watched.holds('goes.lb.test')).toEqual(['NXDOMAIN']), 30_000);
        expect(watched.holds('again.lb.test')).toEqual(['again.lb.test. 30 IN A 192.0.2.3']);
        await eventually(() => expect(states(watched)).toEqual(SYNCED), 30_000);
        expect(logger.lines.map(({ fields }) => fields['code'])).toContain('API_EXPIRED');
        await watched.pipeline.stop();
        await gate.close();
      });
    },
    SLOW_MS,
  );

  it(
    'is listed from the start again when the next page comes too late',
    async () => {
      for (let index = 0; index < 600; index++) await put({ ...node(`p${index}`), status: undefined });
      const credentials = new Credentials({ kubeconfig: api.kubeconfigPath });
      const client = new ApiClient({ access: (signal) => credentials.access(signal), userAgent: 'kubezone-test/0' });
      const paths: string[] = [];
      const open = async (path: string, signal: AbortSignal): Promise<OpenAnswer> => {
        paths.push(path.replace(/continue=[^&]*/, 'continue'));
        if (path.includes('continue=') && paths.length === 2) {
          await remove('Node', 'p0');
          await api.compact();
        }
        return client.open(path, signal);
      };
      const listed = Promise.withResolvers<ReadonlySet<string>>();
      const abort = new AbortController();
      const nothing = (): void => undefined;
      const sink = {
        upserted: nothing,
        deleted: nothing,
        reported: nothing,
        state: nothing,
        failed: nothing,
        together: (report: () => void) => report(),
        listed: (_: unknown, keys: ReadonlySet<string>) => listed.resolve(keys),
      };
      const reflector = new Reflector({
        scope: { resource: NODES },
        keep: keepAnnotations(),
        client: { open },
        isGone: () => Promise.resolve(false),
        renew: nothing,
        sink,
        clock: REAL_CLOCK,
        random: Math.random,
        logger: new RecordingLogger(),
      });
      const running = reflector.run(abort.signal);
      const keys = await listed.promise;
      abort.abort();
      await running;
      credentials.close();
      expect(keys.has('p0')).toBe(false);
      expect(keys.has('p599')).toBe(true);
      const first = '/api/v1/nodes?limit=500';
      expect(paths.slice(0, 4)).toEqual([first, `${first}&continue`, first, `${first}&continue`]);
    },
    SLOW_MS,
  );
});
