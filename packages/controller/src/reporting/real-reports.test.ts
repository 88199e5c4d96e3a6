/** Events and conditions in a genuine API server, written by two replicas with the rights that the README lists. */
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';

import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { type Clock, nameOf } from '@kubezone/core';

import { ClusterObjects, type Manifest } from '../../../../tools/control-plane/cluster-objects.ts';
import { type ControlPlane, startControlPlane } from '../../../../tools/control-plane/control-plane.ts';
import { kubernetesCluster } from '../cluster/kubernetes/kubernetes-cluster.ts';
import type { Fields } from '../resources/fields.ts';
import { findPrerequisites } from '../real-api-server/testing/prerequisites.ts';
import { ingress } from '../sources/ingress.ts';
import { nodeArea } from '../sources/node-area.ts';
import { record } from '../sources/record.ts';
import { readCondition } from '../status/condition.ts';
import { eventually } from '../testing/eventually.ts';
import { NameWorld } from '../testing/name-world.ts';
import { RecordingLogger } from '../testing/recording-logger.ts';
import { EXAMPLE, objectsOf } from '../testing/source-world.ts';
import { RESOLVER_APP } from './reporting-app.ts';
import { Reports } from './reports.ts';

const LONG_MS = 60_000;
const HASTE = 10;

/** A clock on which everything passes ten times as fast. */
const HASTY_CLOCK: Clock = {
  now: () => performance.timeOrigin + performance.now() * HASTE,
  monotonic: () => performance.now() * HASTE,
  after(delayMs, callback) {
    const timer = setTimeout(callback, delayMs / HASTE);
    return () => clearTimeout(timer);
  },
};

const READ = ['list', 'watch'];
/** As the README lists them. */
const RULES = {
  read: [
    { apiGroups: [''], resources: ['nodes'], verbs: READ },
    { apiGroups: ['networking.k8s.io'], resources: ['ingresses'], verbs: READ },
    { apiGroups: ['syntixi.io'], resources: ['records'], verbs: READ },
  ],
  lead: [{ apiGroups: ['coordination.k8s.io'], resources: ['leases'], verbs: ['get', 'create', 'update'] }],
  write: [
    { apiGroups: ['events.k8s.io'], resources: ['events'], verbs: ['get', 'create', 'patch'] },
    { apiGroups: ['syntixi.io'], resources: ['records/status'], verbs: ['patch'] },
  ],
};

const INGRESS = `
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: web, namespace: default}
spec: {rules: [{host: www.example.com}], defaultBackend: {service: {name: web, port: {number: 80}}}}
status: {loadBalancer: {ingress: [{ip: 192.0.2.1}]}}
`;
const recordOf = (name: string, value: string, host = 'www'): string => `
apiVersion: syntixi.io/v1alpha1
kind: Record
metadata: {name: ${name}, namespace: default}
spec: {fqdn: ${host}.example.com, type: CNAME, value: [${value}]}
`;
const NODE = `
apiVersion: v1
kind: Node
metadata: {name: n1, annotations: {areas: "home,-no-", ips: 192.0.2.7}}
`;

const found = await findPrerequisites('Events and conditions in a real API server');
const describeIfThere = 'definitions' in found ? describe : describe.skip;

/** One process with its own view of the cluster. */
interface Replica {
  readonly world: NameWorld;
  readonly reports: Reports;
  readonly logger: RecordingLogger;
}

describeIfThere('reports to a real API server', () => {
  let api: ControlPlane;
  let objects: ClusterObjects;
  const replicas: Replica[] = [];

  async function grant(user: string, rules: readonly object[]): Promise<void> {
    const group = 'rbac.authorization.k8s.io';
    const manifests = [
      { apiVersion: `${group}/v1`, kind: 'ClusterRole', metadata: { name: user }, rules },
      {
        apiVersion: `${group}/v1`,
        kind: 'ClusterRoleBinding',
        metadata: { name: user },
        roleRef: { apiGroup: group, kind: 'ClusterRole', name: user },
        subjects: [{ kind: 'User', name: user, apiGroup: group }],
      },
    ];
    for (const manifest of manifests) await objects.apply([manifest], 'default');
  }

  async function start(user: string, lease: string): Promise<Replica> {
    const logger = new RecordingLogger();
    const { kubeconfigPath: kubeconfig } = api;
    const cluster = kubernetesCluster({
      name: 'test',
      kubeconfig,
      context: user,
      userAgent: 'kubezone-test/0',
      clock: HASTY_CLOCK,
      logger,
    });
    const sources = [
      record({ ...EXAMPLE, pods: false }),
      ingress(EXAMPLE),
      nodeArea({ areasAnnotation: 'areas', ipsAnnotation: 'ips', relativeTo: [{ apex: nameOf('example.com'), ttl: 60 }] }),
    ];
    let reports: Reports | undefined;
    const touch = (): void => reports?.touch();
    const world: NameWorld = new NameWorld({
      clusters: [cluster],
      sources,
      clock: HASTY_CLOCK,
      pipeline: {
        catalog: {
          put: (origin, desired) => (touch(), world.catalog.put(origin, desired)),
          remove: (origin) => (touch(), world.catalog.remove(origin)),
        },
        onProblems: touch,
        onReadiness: touch,
      },
    });
    const { catalog, pipeline } = world;
    if (cluster.writer === undefined) throw new Error('a Kubernetes cluster can be written to');
    reports = new Reports({
      app: RESOLVER_APP,
      clusters: [{ name: 'test', writer: cluster.writer }],
      lease: { namespace: 'default', name: lease },
      sources,
      events: 'warnings',
      catalog,
      problems: () => pipeline.problems(),
      objects: (name, resource) => pipeline.objects(name, resource),
      complete: () => pipeline.readiness().complete,
      clock: HASTY_CLOCK,
      logger,
    });
    await pipeline.start();
    reports.start();
    const replica = { world, reports, logger };
    replicas.push(replica);
    return replica;
  }

  const put = (yaml: string): Promise<void> => objects.apply(objectsOf(yaml) as Manifest[], 'default');

  /** `Ingress/web LowerPrioritySource`, of those that our controller wrote. */
  async function events(): Promise<string[]> {
    const { body } = await api.request<{ items: Fields[] }>('GET', '/apis/events.k8s.io/v1/namespaces/default/events');
    return body.items
      .filter(({ reportingController }) => reportingController === 'kubezone.io/resolver')
      .map(({ regarding, reason, series }) => {
        const { kind, name } = regarding as { kind: string; name: string };
        return `${kind}/${name} ${String(reason)}${series === undefined ? '' : ' again'}`;
      })
      .toSorted();
  }

  async function served(name: string): Promise<string> {
    const { body } = await api.request<Fields>('GET', `/apis/syntixi.io/v1alpha1/namespaces/default/records/${name}`);
    const condition = readCondition(body, 'Served');
    return condition === undefined ? 'nothing' : `${condition.status} ${condition.reason} ${condition.observedGeneration}`;
  }

  /** Waits until something that is asked for is as expected. */
  async function until<T>(ask: () => Promise<T>, expected: T): Promise<void> {
    for (const end = performance.now() + 20_000; performance.now() < end; await sleep(50)) {
      if (isDeepStrictEqual(await ask(), expected)) return;
    }
    expect(await ask()).toEqual(expected);
  }

  const stop = async ({ world, reports }: Replica): Promise<void> => {
    await reports.stop();
    await world.pipeline.stop();
  };

  beforeAll(async () => {
    const users = ['resolver', 'poor'].map((name) => ({ name, username: name, groups: ['system:authenticated'] }));
    api = await startControlPlane({ users });
    objects = new ClusterObjects(api);
    if ('definitions' in found) await objects.define(found.definitions, 'records.syntixi.io');
    await grant('resolver', [...RULES.read, ...RULES.lead, ...RULES.write]);
    await grant('poor', [...RULES.read, ...RULES.lead]);
  }, LONG_MS);
  afterEach(async () => {
    for (const replica of replicas.splice(0)) await stop(replica);
  });
  afterAll(() => api?.stop(), LONG_MS);

  it(
    'are written once by two replicas, and go on when one of them stops',
    async () => {
      const one = await start('resolver', 'twice');
      const other = await start('resolver', 'twice');
      const leading = (): boolean[] => [one, other].map(({ reports }) => reports.status()[0]?.leading ?? false);
      await eventually(() => expect(leading().filter(Boolean)).toHaveLength(1), 20_000);

      await put(recordOf('older', 'a.example.com'));
      await until(() => served('older'), 'True Served 1');
      await put(INGRESS);
      await put(NODE);
      await until(events, ['Ingress/web LowerPrioritySource', 'Node/n1 AreaInvalid']);
      const { body } = await api.request<{ items: Fields[] }>(
        'GET',
        '/api/v1/namespaces/default/events?fieldSelector=involvedObject.name=web',
      );
      const uid = (
        await api.request<{ metadata: { uid: string } }>('GET', '/apis/networking.k8s.io/v1/namespaces/default/ingresses/web')
      ).body.metadata.uid;
      // As `kubectl describe` looks for it.
      expect(body.items).toMatchObject([
        {
          involvedObject: { apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', namespace: 'default', name: 'web', uid },
          type: 'Warning',
        },
      ]);

      const [leader, follower] = leading()[0] === true ? [one, other] : [other, one];
      expect(follower.reports.status()[0]).toMatchObject({ leading: false, events: { written: 0 }, conditions: { written: 0 } });
      await stop(leader);
      replicas.splice(replicas.indexOf(leader), 1);
      await eventually(() => expect(follower.reports.status()[0]?.leading).toBe(true), 20_000);
      await put(recordOf('newer', 'b.example.com'));
      await until(() => served('newer'), 'False NewerObject 1');
      await put(recordOf('older', 'c.example.com'));
      await until(() => served('older'), 'True Served 2');
      await until(events, ['Ingress/web LowerPrioritySource again', 'Node/n1 AreaInvalid again', 'Record/newer NewerObject']);
      // What one has written the other found, and did not write again.
      expect(follower.reports.status()[0]).toMatchObject({ conditions: { written: 2, failed: 0 }, events: { failed: 0 } });
      const managed = await api.request<{ metadata: { managedFields: { manager: string; subresource?: string }[] } }>(
        'GET',
        '/apis/syntixi.io/v1alpha1/namespaces/default/records/older',
      );
      const { managedFields } = managed.body.metadata;
      expect(managedFields.filter(({ manager }) => manager === 'kubezone-resolver')).toMatchObject([{ subresource: 'status' }]);
      await objects.remove('Record/newer');
      await objects.remove('Record/older');
      expect(follower.logger.lines.filter(({ message }) => message.includes('cannot be written'))).toEqual([]);
    },
    LONG_MS,
  );

  it(
    'that RBAC denies are missed once in the log, and names go on as ever',
    async () => {
      const { world, reports, logger } = await start('poor', 'denied');
      await put(recordOf('denied', 'd.example.com', 'denied'));
      await put(INGRESS);
      await eventually(
        () => expect(reports.status()[0]).toMatchObject({ leading: true, events: { failed: 1 }, conditions: { failed: 1 } }),
        20_000,
      );
      await put(recordOf('denied', 'e.example.com', 'denied'));
      await eventually(
        () => expect(world.holds('denied.example.com')).toEqual(['denied.example.com. 60 IN CNAME e.example.com.']),
        20_000,
      );
      const said = logger.lines.filter(({ fields }) => fields['code'] === 'API_FORBIDDEN').map(({ message }) => message);
      expect(said.toSorted()).toEqual(['Events cannot be written', 'conditions cannot be written']);
      expect(await served('denied')).toBe('nothing');
    },
    LONG_MS,
  );
});
