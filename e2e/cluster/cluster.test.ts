/**
 * The built resolver against a live Kubernetes API server: what it answers when the cluster changes, and when the API server is away.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';

import { type ControlPlane, findControlPlane, startControlPlane } from '../../tools/control-plane/control-plane.ts';
import { eventually } from '../support/eventually.ts';
import {
  annotate,
  AREAS,
  call,
  createNode,
  createService,
  IPS,
  putSlice,
  remove,
  SERVICE,
  setReady,
} from '../support/kube-objects.ts';
import { type ResolverProcess, startResolver } from '../support/resolver-process.ts';

/** How soon a change must be answered. Far more than it takes (bench/ measures that), and far less than any polling would. */
const SOON = { withinMs: 3000 };
/** The API server itself takes some seconds to come back. */
const AFTER_OUTAGE = { withinMs: 45_000 };
/** How long the API server is away: the full minute with KUBEZONE_E2E_LONG=1, else what a usual run can wait for. */
const IS_LONG = process.env['KUBEZONE_E2E_LONG'] === '1';
const OUTAGE_MS = IS_LONG ? 60_000 : 8000;
/** EDE 14, Not Ready (RFC 8914). */
const NOT_READY = 14;
const EDE_OPTION = 15;

const found = await findControlPlane();
const reasonToSkip = 'missing' in found ? found.missing : undefined;
if (reasonToSkip !== undefined)
  process.stderr.write(`\n*** SKIPPED: the resolver against a live API server: ${reasonToSkip}\n\n`);
const describeLive = reasonToSkip === undefined ? describe : describe.skip;

describeLive('the resolver against a live API server', () => {
  let cluster: ControlPlane;
  let resolver: ResolverProcess;

  const flags = (...more: readonly string[]): string[] => [
    '--kubeconfig',
    cluster.kubeconfigPath,
    '--zone',
    'lb.test',
    '--soa-ns',
    'ns1.lb.test:192.0.2.53,2001:db8::53',
    '--soa-email',
    'admin@lb.test',
    ...more,
  ];

  /** Waits until a name has exactly these addresses. */
  const hasAddresses = (name: string, expected: readonly string[], options = SOON, type: 'A' | 'AAAA' = 'A'): Promise<true> =>
    eventually<true>(
      `${name} ${type} is ${expected.join(', ')}`,
      async (): Promise<true> => {
        const addresses = await resolver.addresses(name, type);
        if (JSON.stringify(addresses) === JSON.stringify(expected.toSorted())) return true;
        throw new Error(`it is ${addresses.join(', ') || 'nothing'}`);
      },
      options,
    );

  const hasOutcome = (name: string, expected: string, options = SOON): Promise<true> =>
    eventually<true>(
      `${name} is ${expected}`,
      async (): Promise<true> => {
        const outcome = await resolver.outcome(name);
        if (outcome === expected) return true;
        throw new Error(`it is ${outcome}`);
      },
      options,
    );

  beforeAll(async () => {
    cluster = await startControlPlane({ users: [{ name: 'nodes-only', username: 'nodes-only' }] });
    resolver = await startResolver(flags());
    await eventually('the resolver is ready', async () => ((await resolver.http('/readyz')).status === 200 ? true : undefined), {
      withinMs: 30_000,
    });
  }, 600_000);

  afterAll(async () => {
    await resolver?.stop();
    await cluster?.stop();
  }, 30_000);

  it('answers for a node once it is annotated and ready, in both families and in the case asked', async () => {
    await createNode(cluster, 'n1', {}, 'True');
    await hasOutcome('home.lb.test.', 'NXDOMAIN');
    await annotate(cluster, '/api/v1/nodes/n1', { [AREAS]: 'home', [IPS]: '1.2.3.4,2001:db8::1' });
    await hasAddresses('home.lb.test.', ['1.2.3.4']);
    await hasAddresses('HoMe.lb.TEST.', ['\\# 16 20010db8000000000000000000000001'], SOON, 'AAAA');
    const reply = await resolver.ask('v4.home.lb.test.', 'A', 'tcp');
    expect(reply.aa).toBe(true);
    expect(reply.answer).toEqual([{ owner: 'v4.home.lb.test.', type: 1, class: 1, ttl: 30, rdata: '1.2.3.4' }]);
  });

  it('drops a node that is not ready, and takes it back', async () => {
    await setReady(cluster, 'n1', 'False');
    await hasOutcome('home.lb.test.', 'NODATA');
    await setReady(cluster, 'n1', 'True');
    await hasAddresses('home.lb.test.', ['1.2.3.4']);
    await setReady(cluster, 'n1', 'Unknown');
    await hasOutcome('home.lb.test.', 'NODATA');
    await setReady(cluster, 'n1', 'True');
    expect(await hasAddresses('home.lb.test.', ['1.2.3.4'])).toBe(true);
  });

  it('merges the nodes of an area, and follows a node that changes its area and address', async () => {
    await createNode(cluster, 'n2', { [AREAS]: 'home,external', [IPS]: '5.6.7.8' }, 'True');
    await hasAddresses('home.lb.test.', ['1.2.3.4', '5.6.7.8']);
    await annotate(cluster, '/api/v1/nodes/n2', { [AREAS]: 'external', [IPS]: '5.6.7.9' });
    await hasAddresses('home.lb.test.', ['1.2.3.4']);
    expect(await hasAddresses('external.lb.test.', ['5.6.7.9'])).toBe(true);
  });

  it('forgets a node that is deleted, and an area that no node lists any more', async () => {
    await remove(cluster, '/api/v1/nodes/n2');
    await hasOutcome('external.lb.test.', 'NXDOMAIN');
    await annotate(cluster, '/api/v1/nodes/n1', { [AREAS]: null });
    await hasOutcome('home.lb.test.', 'NXDOMAIN');
    await annotate(cluster, '/api/v1/nodes/n1', { [AREAS]: 'home' });
    expect(await hasAddresses('home.lb.test.', ['1.2.3.4'])).toBe(true);
  });

  it('increases the serial with every change that shows, and only then', async () => {
    const serial = async (): Promise<number> => Number((await resolver.ask('lb.test.', 'SOA')).answer[0]?.rdata.split(' ')[2]);
    const before = await serial();
    await annotate(cluster, '/api/v1/nodes/n1', { 'example.com/unrelated': 'x' });
    await createNode(cluster, 'n3', { [AREAS]: 'third', [IPS]: '3.3.3.3' }, 'True');
    await hasAddresses('third.lb.test.', ['3.3.3.3']);
    const after = await serial();
    expect(after).toBeGreaterThan(before);
    await annotate(cluster, '/api/v1/nodes/n1', { 'example.com/unrelated': 'y' });
    await sleep(1500);
    expect(await serial()).toBe(after);
  });

  it('answers for a Service by the nodes that host its ready endpoints, and follows them', async () => {
    await annotate(cluster, '/api/v1/nodes/n1', { [IPS]: '10.30.0.2' });
    await createService(cluster, 'default', 'git');
    await hasOutcome('git.default.lb.test.', 'NODATA');
    await putSlice(cluster, 'default', 'git', [{ address: '10.244.0.5', node: 'n1', conditions: { ready: true } }]);
    await hasAddresses('git.default.lb.test.', ['10.30.0.2']);
    // RFC 8020: the namespace's name exists as an empty non-terminal.
    await hasOutcome('default.lb.test.', 'NODATA');
    await putSlice(cluster, 'default', 'git', [{ address: '10.244.1.5', node: 'n3', conditions: { ready: true } }]);
    await hasAddresses('git.default.lb.test.', ['3.3.3.3']);
    await setReady(cluster, 'n3', 'False');
    await hasOutcome('git.default.lb.test.', 'NODATA');
    await setReady(cluster, 'n3', 'True');
    expect(await hasAddresses('git.default.lb.test.', ['3.3.3.3'])).toBe(true);
  });

  it('falls back to endpoints that are terminating but serve, and leaves out those without a node', async () => {
    await createService(cluster, 'default', 'drain', { clusterIP: 'None' });
    const conditions = { ready: false, serving: true, terminating: true };
    await putSlice(cluster, 'default', 'drain', [{ address: '10.244.0.6', node: 'n1', conditions }]);
    await hasAddresses('drain.default.lb.test.', ['10.30.0.2']);
    await putSlice(cluster, 'default', 'drain', [{ address: '10.244.0.6', conditions: { ready: true } }]);
    await hasOutcome('drain.default.lb.test.', 'NODATA');
    await annotate(cluster, '/api/v1/namespaces/default/services/drain', { [SERVICE]: 'yes' });
    expect(await hasOutcome('drain.default.lb.test.', 'NXDOMAIN')).toBe(true);
  });

  it('skips what it cannot read of an annotation, says so, and serves the rest', async () => {
    await createNode(
      cluster,
      'odd',
      { [AREAS]: 'invalid!name,valid,-bad', [IPS]: 'not-an-address,192.0.2.200,::ffff:192.0.2.201' },
      'True',
    );
    await hasAddresses('valid.lb.test.', ['192.0.2.200', '192.0.2.201']);
    await hasOutcome('-bad.lb.test.', 'NXDOMAIN');
    await hasAddresses('home.lb.test.', ['10.30.0.2']);
    const complaints = resolver.logLines().filter((line) => JSON.stringify(line).includes('odd'));
    expect(complaints.some((line) => JSON.stringify(line).includes('not-an-address'))).toBe(true);
    expect(complaints.some((line) => JSON.stringify(line).includes('invalid!name'))).toBe(true);
    await remove(cluster, '/api/v1/nodes/odd');
    await hasOutcome('valid.lb.test.', 'NXDOMAIN');
  });

  it(`goes on answering while the API server is away for ${OUTAGE_MS / 1000} s, and catches up when it is back`, async () => {
    await cluster.kill();
    const until = performance.now() + OUTAGE_MS;
    let asked = 0;
    while (performance.now() < until) {
      expect(await resolver.addresses('home.lb.test.')).toEqual(['10.30.0.2']);
      expect(await resolver.addresses('git.default.lb.test.')).toEqual(['3.3.3.3']);
      expect(await resolver.outcome('missing.lb.test.')).toBe('NXDOMAIN');
      asked++;
      await sleep(100);
    }
    expect(asked).toBeGreaterThan(OUTAGE_MS / 200);
    expect((await resolver.http('/readyz')).status).toBe(200);
    await cluster.restart();
    await annotate(cluster, '/api/v1/nodes/n1', { [IPS]: '10.30.0.3' });
    await remove(cluster, '/api/v1/nodes/n3');
    await hasAddresses('home.lb.test.', ['10.30.0.3'], AFTER_OUTAGE);
    await hasOutcome('third.lb.test.', 'NXDOMAIN', AFTER_OUTAGE);
    await hasOutcome('git.default.lb.test.', 'NODATA', AFTER_OUTAGE);
  }, 180_000);

  it('lists again where its watch has expired: a deletion that no watch event told of is seen', async () => {
    await createNode(cluster, 'n4', { [AREAS]: 'fourth', [IPS]: '4.4.4.4' }, 'True');
    await hasAddresses('fourth.lb.test.', ['4.4.4.4'], AFTER_OUTAGE);
    process.kill(resolver.child.pid, 'SIGSTOP');
    try {
      await remove(cluster, '/api/v1/nodes/n4');
      await createNode(cluster, 'n5', { [AREAS]: 'fifth', [IPS]: '5.5.5.5' }, 'True');
      await cluster.compact();
      // A new process has no history of its own, and etcd has none any more: the old resource version gets 410 Gone.
      await cluster.restart({ apiServerFlags: ['--watch-cache=false'] });
    } finally {
      process.kill(resolver.child.pid, 'SIGCONT');
    }
    await hasAddresses('fifth.lb.test.', ['5.5.5.5'], AFTER_OUTAGE);
    await hasOutcome('fourth.lb.test.', 'NXDOMAIN', AFTER_OUTAGE);
    expect(await resolver.addresses('home.lb.test.')).toEqual(['10.30.0.3']);
  }, 120_000);

  it('answers SERVFAIL with EDE 14 until it has listed once, and then answers', async () => {
    await cluster.kill();
    const early = await startResolver(flags());
    try {
      for (const name of ['home.lb.test.', 'missing.lb.test.']) {
        const reply = await early.ask(name, 'A');
        expect(reply.rcode).toBe(2);
        const option = reply.edns?.options.find(({ code }) => code === EDE_OPTION);
        expect(option === undefined ? undefined : Buffer.from(option.data).readUInt16BE(0)).toBe(NOT_READY);
      }
      // What it knows without the cluster it answers: its own SOA.
      expect((await early.http('/readyz')).status).toBe(503);
      expect((await early.http('/healthz')).status).toBe(200);
      await cluster.restart();
      await eventually(
        'it answers',
        async () => ((await early.addresses('home.lb.test.')).length > 0 ? true : undefined),
        AFTER_OUTAGE,
      );
      expect(await early.outcome('missing.lb.test.')).toBe('NXDOMAIN');
      expect((await early.http('/readyz')).status).toBe(200);
    } finally {
      await early.stop();
    }
    expect(early.child.exited()).toBe(0);
  }, 120_000);

  it(`serves node areas where it may not list Services, and says so${IS_LONG ? ', and after a minute takes those for absent' : ''}`, async () => {
    await call(cluster, 'POST', '/apis/rbac.authorization.k8s.io/v1/clusterroles', {
      metadata: { name: 'nodes-only' },
      rules: [{ apiGroups: [''], resources: ['nodes'], verbs: ['get', 'list', 'watch'] }],
    });
    await call(cluster, 'POST', '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings', {
      metadata: { name: 'nodes-only' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'nodes-only' },
      subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'nodes-only' }],
    });
    const limited = await startResolver(flags('--context', 'nodes-only'));
    try {
      await eventually(
        'node areas are served',
        async () => ((await limited.addresses('home.lb.test.'))[0] === '10.30.0.3' ? true : undefined),
        AFTER_OUTAGE,
      );
      // Nodes and Services are listed side by side: the one may be answered before the other is refused.
      await eventually(
        'it says that it may not list Services',
        () => {
          const lines = limited.logLines().map((line) => JSON.stringify(line));
          return lines.some((line) => /services/i.test(line) && /403|forbidden/i.test(line)) ? true : undefined;
        },
        AFTER_OUTAGE,
      );
      // A Service of that name may exist: nobody has said that it does not.
      expect(await limited.outcome('git.default.lb.test.')).toBe('SERVFAIL');
      expect((await limited.http('/readyz')).status).toBe(503);
      // The controller's tests before a real API server have that minute on a clock of their own.
      if (!IS_LONG) return;
      await eventually('it is ready', async () => ((await limited.http('/readyz')).status === 200 ? true : undefined), {
        withinMs: 75_000,
        everyMs: 250,
      });
      expect(await limited.outcome('git.default.lb.test.')).toBe('NXDOMAIN');
      expect(await limited.addresses('home.lb.test.')).toEqual(['10.30.0.3']);
    } finally {
      await limited.stop();
    }
  }, 120_000);

  it('counts what it does on /metrics, and leaves with exit code 0 when asked to', async () => {
    const { status, text } = await resolver.http('/metrics');
    expect(status).toBe(200);
    expect(text).toMatch(/^kubezone_\S*quer\S*\{[^}]*\} [1-9]/m);
    expect(text).toMatch(/^kubezone_\S+ [0-9]/m);
    await resolver.stop('SIGTERM');
    expect(resolver.child.exited()).toBe(0);
  });
});
