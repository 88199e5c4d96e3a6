import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { Agent, request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type ControlPlane, findControlPlane, startControlPlane } from './control-plane.ts';

interface KubernetesObject {
  metadata: { name: string; resourceVersion: string; uid: string; annotations?: Record<string, string> };
}
interface Node extends KubernetesObject {
  status: { addresses?: { type: string; address: string }[] };
}
interface Service extends KubernetesObject {
  spec: { clusterIP: string; clusterIPs: string[] };
}
interface List<Item> {
  metadata: { resourceVersion: string; continue?: string };
  items: Item[];
}
interface Status {
  reason: string;
  message: string;
  code: number;
}
interface WatchEvent {
  type: string;
  object: Partial<KubernetesObject & Status>;
}

/** For what starts the server once or twice, on a machine that does something else as well. */
const SLOW_MS = 120_000;

// Before the tests, where no timeout of theirs ends a build.
const found = await findControlPlane();
const describeIfThere = 'path' in found ? describe : describe.skip;
if ('missing' in found) console.warn(found.missing);

describeIfThere('a control plane', () => {
  let api: ControlPlane;

  beforeAll(async () => {
    api = await startControlPlane({
      users: [
        {
          name: 'reader',
          username: 'system:serviceaccount:dns:kubezone',
          groups: ['system:serviceaccounts', 'system:authenticated'],
        },
      ],
    });
  }, SLOW_MS);
  afterAll(() => api?.stop(), SLOW_MS);

  const createNode = async (name: string): Promise<Node> => {
    const { status, body } = await api.request<Node>('POST', '/api/v1/nodes', { metadata: { name } });
    expect(status).toBe(201);
    return body;
  };

  it('is ready as soon as it has started, with the objects of every cluster', async () => {
    expect(await api.request('GET', '/readyz')).toEqual({ status: 200, body: 'ok' });
    const { body } = await api.request<List<KubernetesObject>>('GET', '/api/v1/namespaces');
    expect(body.items.map((item) => item.metadata.name)).toEqual(expect.arrayContaining(['default', 'kube-system']));
    const service = await api.request<Service>('GET', '/api/v1/namespaces/default/services/kubernetes');
    expect(service.body.spec.clusterIP).toBe('10.96.0.1');
    const slice = await api.request('GET', '/apis/discovery.k8s.io/v1/namespaces/default/endpointslices/kubernetes');
    expect(slice.body).toMatchObject({ endpoints: [{ addresses: ['192.0.2.1'] }] });
  });

  it('says which release of Kubernetes it is', async () => {
    const { body } = await api.request<{ gitVersion: string }>('GET', '/version');
    expect(body.gitVersion).toMatch(/^v1\.\d+\.\d+$/);
  });

  it('keeps the status of a node apart from the rest of it, as the API does everywhere', async () => {
    const addresses = [{ type: 'ExternalIP', address: '203.0.113.7' }];
    const created = await api.request<Node>('POST', '/api/v1/nodes', { metadata: { name: 'worker' }, status: { addresses } });
    expect(created.status).toBe(201);

    const ignored = await api.request<Node>('PATCH', '/api/v1/nodes/worker', { status: { addresses: [] } });
    expect(ignored.body.status.addresses).toEqual(addresses);

    const changed = [{ type: 'ExternalIP', address: '203.0.113.8' }];
    const patched = await api.request<Node>('PATCH', '/api/v1/nodes/worker/status', { status: { addresses: changed } });
    expect(patched.status).toBe(200);
    expect((await api.request<Node>('GET', '/api/v1/nodes/worker')).body.status.addresses).toEqual(changed);

    const otherwise = { preconditions: { uid: 'another' } };
    expect((await api.request('DELETE', '/api/v1/nodes/worker', otherwise)).status).toBe(409);
    expect((await api.request('DELETE', '/api/v1/nodes/worker')).status).toBe(200);
    expect((await api.request('GET', '/api/v1/nodes/worker')).status).toBe(404);
  });

  it('gives a dual-stack service an address of each family', async () => {
    const { status, body } = await api.request<Service>('POST', '/api/v1/namespaces/default/services', {
      metadata: { name: 'web' },
      spec: { ipFamilyPolicy: 'RequireDualStack', ports: [{ name: 'http', port: 80 }] },
    });
    expect(status).toBe(201);
    expect(body.spec.clusterIPs).toEqual([expect.stringMatching(/^10\.96\./), expect.stringMatching(/^fd00:10:96::/)]);
  });

  it('makes no endpoints for a service by itself, and keeps the endpoint slices of a test', async () => {
    const slices = '/apis/discovery.k8s.io/v1/namespaces/default/endpointslices';
    const labelled = `${slices}?labelSelector=kubernetes.io/service-name=api`;
    const headless = { metadata: { name: 'api' }, spec: { clusterIP: 'None', selector: { app: 'api' }, ports: [{ port: 80 }] } };
    expect((await api.request('POST', '/api/v1/namespaces/default/services', headless)).status).toBe(201);
    expect((await api.request<List<KubernetesObject>>('GET', labelled)).body.items).toEqual([]);

    const endpoints = [{ addresses: ['10.244.0.9'], conditions: { ready: true }, hostname: 'api-0' }];
    const created = await api.request('POST', slices, {
      metadata: { name: 'api-1', labels: { 'kubernetes.io/service-name': 'api' } },
      addressType: 'IPv4',
      ports: [{ name: '', port: 80, protocol: 'TCP' }],
      endpoints,
    });
    expect(created.status).toBe(201);
    expect((await api.request<List<KubernetesObject>>('GET', labelled)).body.items).toEqual([
      expect.objectContaining({ endpoints }),
    ]);
  });

  it('refuses an object that does not fit its schema', async () => {
    const { status, body } = await api.request<Status>('POST', '/api/v1/namespaces/default/services', {
      metadata: { name: 'Not_A_Name' },
      spec: { ports: [{ port: 80 }] },
    });
    expect([status, body.reason]).toEqual([422, 'Invalid']);
  });

  it('lets a user do only what a role allows, and an anonymous one nothing', async () => {
    const asReader = (path: string) => api.request<Status>('GET', path, undefined, undefined, api.tokens['reader']);
    const denied = await asReader('/api/v1/nodes');
    expect([denied.status, denied.body.reason]).toEqual([403, 'Forbidden']);

    const rbac = '/apis/rbac.authorization.k8s.io/v1';
    const rules = [{ apiGroups: [''], resources: ['nodes'], verbs: ['get', 'list', 'watch'] }];
    await api.request('POST', `${rbac}/clusterroles`, { metadata: { name: 'node-reader' }, rules });
    await api.request('POST', `${rbac}/clusterrolebindings`, {
      metadata: { name: 'node-reader' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'node-reader' },
      subjects: [{ kind: 'ServiceAccount', namespace: 'dns', name: 'kubezone' }],
    });
    // The authorizer learns of the binding through a watch of its own.
    let status = 403;
    for (let attempt = 0; status === 403 && attempt < 100; attempt += 1) {
      await sleep(20);
      ({ status } = await asReader('/api/v1/nodes'));
    }
    expect(status).toBe(200);
    expect((await asReader('/api/v1/secrets')).status).toBe(403);

    expect((await api.request('GET', '/api/v1/nodes', undefined, undefined, '')).status).toBe(403);
    expect((await api.request('GET', '/api/v1/nodes', undefined, undefined, 'wrong')).status).toBe(401);
  });

  it('issues tokens for service accounts that authenticate as them', async () => {
    const accounts = '/api/v1/namespaces/default/serviceaccounts';
    expect((await api.request('POST', accounts, { metadata: { name: 'app' } })).status).toBe(201);
    const issued = await api.request<{ status: { token: string } }>('POST', `${accounts}/app/token`, { spec: {} });
    expect(issued.status).toBe(201);

    const review = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' };
    const path = '/apis/authentication.k8s.io/v1/selfsubjectreviews';
    const { body } = await api.request<{ status: { userInfo: { username: string } } }>(
      'POST',
      path,
      review,
      undefined,
      issued.body.status.token,
    );
    expect(body.status.userInfo.username).toBe('system:serviceaccount:default:app');
  });

  it('writes a kubeconfig with a context for each user', () => {
    const text = readFileSync(api.kubeconfigPath, 'utf8');
    expect(text).toContain(api.server);
    expect(text).toMatch(/current-context"?: "?admin\b/);
    for (const token of Object.values(api.tokens)) expect(text).toContain(token);
    expect(Object.keys(api.tokens)).toEqual(['admin', 'reader']);
  });

  it('continues a watch from a resource version with what has happened since', async () => {
    const { metadata } = (await api.request<List<Node>>('GET', '/api/v1/nodes')).body;
    await createNode('watched');
    await api.request('DELETE', '/api/v1/nodes/watched');
    const path = `/api/v1/nodes?watch=1&timeoutSeconds=1&resourceVersion=${metadata.resourceVersion}`;
    const { body } = await api.request<WatchEvent[]>('GET', path);
    expect(body.map(({ type, object }) => [type, object.metadata?.name])).toEqual([
      ['ADDED', 'watched'],
      ['DELETED', 'watched'],
    ]);
  });

  it(
    'has the same data, address and tokens after a crash and a start, and takes an older watch for too old',
    async () => {
      const { uid, resourceVersion } = (await createNode('survivor')).metadata;
      await createNode('later');
      const { server, tokens } = api;
      const ca = readFileSync(api.caPath, 'utf8');

      await api.kill();
      expect(api.running).toBe(false);
      await expect(api.request('GET', '/readyz')).rejects.toThrow(/ended \(SIGKILL\) before it answered GET \/readyz/);

      await api.restart();
      expect(api.running).toBe(true);
      expect([api.server, api.tokens, readFileSync(api.caPath, 'utf8')]).toEqual([server, tokens, ca]);
      const { body } = await api.request<Node>('GET', '/api/v1/nodes/survivor');
      expect([body.metadata.uid, body.metadata.resourceVersion]).toEqual([uid, resourceVersion]);

      const watch = await api.request<WatchEvent[]>(
        'GET',
        `/api/v1/nodes?watch=1&timeoutSeconds=5&resourceVersion=${resourceVersion}`,
      );
      expect(watch.body).toEqual([{ type: 'ERROR', object: expect.objectContaining({ code: 410, reason: 'Expired' }) }]);
    },
    SLOW_MS,
  );

  it(
    'answers a watch and a page from before a compaction with 410, where the watch cache does not hide it',
    async () => {
      await api.restart({ apiServerFlags: ['--watch-cache=false'] });
      const { resourceVersion } = (await createNode('before-compaction')).metadata;
      const firstPage = (await api.request<List<Node>>('GET', '/api/v1/nodes?limit=1')).body;
      await createNode('after-compaction');

      const watch = `/api/v1/nodes?watch=1&timeoutSeconds=2&resourceVersion=${resourceVersion}`;
      expect((await api.request<WatchEvent[]>('GET', watch)).body.map((event) => event.type)).toEqual(['ADDED']);

      expect(await api.compact()).toBeGreaterThan(Number(resourceVersion));
      expect((await api.request<WatchEvent[]>('GET', watch)).body).toEqual([
        { type: 'ERROR', object: expect.objectContaining({ code: 410, reason: 'Expired' }) },
      ]);
      const nextPage = `/api/v1/nodes?limit=1&continue=${firstPage.metadata.continue ?? ''}`;
      expect((await api.request<Status>('GET', nextPage)).body).toMatchObject({ code: 410, reason: 'Expired' });

      // Whoever has seen everything can go on.
      const now = await api.compact();
      const { body } = await api.request<WatchEvent[]>('GET', `/api/v1/nodes?watch=1&timeoutSeconds=1&resourceVersion=${now}`);
      expect(body).toEqual([]);
    },
    SLOW_MS,
  );

  it(
    'says why it did not start, in the words of the server',
    async () => {
      await expect(startControlPlane({ apiServerFlags: ['--no-such-flag'] })).rejects.toThrow(/unknown flag: --no-such-flag/);
    },
    SLOW_MS,
  );

  it(
    'keeps the data in a folder of the caller',
    async () => {
      const dataDir = await mkdtemp(join(tmpdir(), 'kubezone-kept-'));
      try {
        const first = await startControlPlane({ dataDir });
        await first.request('POST', '/api/v1/nodes', { metadata: { name: 'kept' } });
        const { adminToken } = first;
        await first.stop();
        const second = await startControlPlane({ dataDir });
        expect(second.adminToken).toBe(adminToken);
        expect((await second.request('GET', '/api/v1/nodes/kept')).status).toBe(200);
        await second.stop();
        expect(existsSync(dataDir)).toBe(true);
      } finally {
        await rm(dataDir, { recursive: true, force: true });
      }
    },
    SLOW_MS,
  );

  // envtest's programs make no client certificates, and nothing watches over them.
  const describeIfBuiltHere = process.env['KUBEBUILDER_ASSETS'] ? describe.skip : describe;
  describeIfBuiltHere('that is built here', () => {
    it('takes the client certificate of the administrator for the administrator', async () => {
      const { certPath = '', keyPath = '' } = api.adminCertificate ?? {};
      const agent = new Agent({ ca: readFileSync(api.caPath), cert: readFileSync(certPath), key: readFileSync(keyPath) });
      const [response] = (await once(request(`${api.server}/api/v1/secrets`, { agent }).end(), 'response')) as [
        { statusCode: number; resume(): void },
      ];
      response.resume();
      agent.destroy();
      expect(response.statusCode).toBe(200);
    });

    it(
      'leaves neither a process nor data behind when the process that started it is killed',
      async () => {
        const owner = spawn(process.execPath, [join(import.meta.dirname, 'control-plane.ts'), 'run'], {
          stdio: ['ignore', 'pipe', 'ignore'],
        });
        const [kubeconfigPath] = (await once(createInterface({ input: owner.stdout }), 'line')) as [string];
        const server = /server: (\S+)/.exec(readFileSync(kubeconfigPath, 'utf8'))?.[1] ?? '';
        const ask = () => once(request(server, { rejectUnauthorized: false }).end(), 'response');
        await expect(ask()).resolves.toBeDefined();

        owner.kill('SIGKILL');
        for (let attempt = 0; existsSync(kubeconfigPath) && attempt < 300; attempt += 1) await sleep(50);
        expect(existsSync(kubeconfigPath)).toBe(false);
        await expect(ask()).rejects.toMatchObject({ code: 'ECONNREFUSED' });
      },
      SLOW_MS,
    );
  });

  it('removes data of its own at the end, and may be ended twice', async () => {
    expect(existsSync(api.dataDir)).toBe(true);
    await api.stop();
    await api.stop();
    expect(existsSync(api.dataDir)).toBe(false);
  });
});
