/** Records of a genuine API server that wait for a provider, by a client with the rights that the operator's README lists. */
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';

import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Catalog, type Clock, nameOf, ProviderError } from '@kubezone/core';

import { ClusterObjects, type Manifest } from '../../../../tools/control-plane/cluster-objects.ts';
import { type ControlPlane, startControlPlane } from '../../../../tools/control-plane/control-plane.ts';
import { kubernetesCluster } from '../cluster/kubernetes/kubernetes-cluster.ts';
import { NamePipeline } from '../pipeline/name-pipeline.ts';
import { ModelProvider } from '../publish/testing/model-provider.ts';
import { Publisher } from '../publish/publisher.ts';
import { findPrerequisites } from '../real-api-server/testing/prerequisites.ts';
import { FakeTerm } from '../reporting/testing/fake-term.ts';
import type { Fields } from '../resources/fields.ts';
import { RECORDS } from '../resources/record.ts';
import { record } from '../sources/record.ts';
import { eventually } from '../testing/eventually.ts';
import { RecordingLogger } from '../testing/recording-logger.ts';
import { EXAMPLE } from '../testing/source-world.ts';
import { Finalizers } from './finalizers.ts';
import { aRecord } from './testing/finalizer-world.ts';

const LONG_MS = 60_000;
const OURS = 'kubezone.io/published-by-me';
const THEIRS = 'example.org/backup';
const COLLECTION = '/apis/syntixi.io/v1alpha1/namespaces/team/records';
/** As the README lists them. */
const RULES = [
  { apiGroups: ['syntixi.io'], resources: ['records'], verbs: ['list', 'watch', 'patch'] },
  { apiGroups: ['events.k8s.io'], resources: ['events'], verbs: ['create', 'patch'] },
  { apiGroups: ['coordination.k8s.io'], resources: ['leases'], verbs: ['get'] },
];
const CLOCK: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after(delayMs, callback) {
    const timer = setTimeout(callback, delayMs);
    return () => clearTimeout(timer);
  },
};

const found = await findPrerequisites('finalizers of Records in a real API server');
const describeIfThere = 'definitions' in found ? describe : describe.skip;

describeIfThere('Records of a real API server that wait for a provider', () => {
  let api: ControlPlane;
  let objects: ClusterObjects;
  const provider = new ModelProvider({ zones: ['example.com'] });
  const logger = new RecordingLogger();
  let stop: () => Promise<void> = () => Promise.resolve();

  /** Starts a process. */
  async function start(options: { readonly patienceMs?: number; readonly waits?: boolean }): Promise<void> {
    const cluster = kubernetesCluster({
      name: 'prod',
      kubeconfig: api.kubeconfigPath,
      context: 'operator',
      userAgent: 'kubezone-test/0',
      clock: CLOCK,
      logger,
    });
    const catalog = new Catalog({ order: ['record'], setIdentifiers: 'separate', reportOrigins: true, clock: CLOCK });
    const touch = (): void => finalizers.touch();
    const publisher: Publisher = new Publisher({
      routes: [{ provider, feed: { name: '', catalog }, selectors: [{ name: nameOf('example.com'), belowOnly: false }] }],
      settings: { owner: 'me', deleteLimits: { max: { count: 1_000 }, windowMs: 1, minRecords: 1 } },
      sources: () => ({
        home: 'prod',
        clusters: ['prod'],
        clusterIds: new Map([['prod', 'c1']]),
        statuses: pipeline.statuses().map(({ source, cluster: of, state }) => ({ source, cluster: of, state })),
      }),
      isReady: () => pipeline.readiness().ready,
      onProgress: touch,
      clock: CLOCK,
      logger,
      random: Math.random,
    });
    const pipeline: NamePipeline = new NamePipeline({
      clusters: [cluster],
      sources: [record({ ...EXAMPLE, pods: false })],
      catalog,
      clock: CLOCK,
      logger,
      onChanges: (changes) => publisher.apply(changes),
      onObjects: touch,
      onReadiness: () => publisher.wake(),
    });
    if (cluster.writer === undefined) throw new Error('a Kubernetes cluster can be written to');
    const finalizers: Finalizers = new Finalizers({
      waits: true,
      owner: 'me',
      cluster: 'prod',
      writer: cluster.writer,
      lease: { writer: cluster.writer, namespace: 'default', name: 'operator' },
      author: { controller: 'kubezone.io/operator', instance: 'pod-1', action: 'Publish' },
      events: 'warnings',
      objects: () => pipeline.objects('prod', RECORDS),
      namesOf: (one) => pipeline.namesOf('prod', RECORDS, one),
      asks: (object) => catalog.owners({ source: 'record', cluster: 'prod', object }).length > 0,
      mayDelete: (owner) => publisher.mayDelete(owner),
      remains: (owner) => publisher.remains(owner),
      clock: CLOCK,
      logger,
      ...options,
    });
    const term = new FakeTerm();
    await pipeline.start();
    const running = Promise.all([publisher.lead({ signal: term.signal, mayWrite: () => term.mayWrite() }), finalizers.run(term)]);
    stop = async () => {
      stop = () => Promise.resolve();
      term.end();
      await pipeline.stop();
      await running;
      await publisher.stop();
    };
  }

  const put = (...records: readonly object[]): Promise<void> => objects.apply(records as Manifest[], 'team');

  async function finalizersOf(name: string): Promise<readonly string[] | undefined> {
    const { status, body } = await api.request<{ metadata: { finalizers?: string[] } }>('GET', `${COLLECTION}/${name}`);
    return status === 404 ? undefined : (body.metadata.finalizers ?? []);
  }

  /** `Kind/name reason`, of ours: the API server has something to say itself. */
  async function events(namespace: string): Promise<string[]> {
    const { body } = await api.request<{ items: Fields[] }>('GET', `/apis/events.k8s.io/v1/namespaces/${namespace}/events`);
    const ours = body.items.filter(({ reportingController }) => reportingController === 'kubezone.io/operator');
    return ours.map(({ regarding, reason }) => {
      const { kind, name } = regarding as { readonly kind: string; readonly name: string };
      return `${kind}/${name} ${String(reason)}`;
    });
  }

  async function until<T>(ask: () => Promise<T>, expected: T): Promise<void> {
    for (const end = performance.now() + 20_000; performance.now() < end; await sleep(50)) {
      if (isDeepStrictEqual(await ask(), expected)) return;
    }
    expect(await ask()).toEqual(expected);
  }

  beforeAll(async () => {
    api = await startControlPlane({ users: [{ name: 'operator', username: 'operator', groups: ['system:authenticated'] }] });
    objects = new ClusterObjects(api);
    if ('definitions' in found) await objects.define(found.definitions, 'records.syntixi.io');
    const group = 'rbac.authorization.k8s.io';
    const manifests = [
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'team' } },
      { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name: 'operator', namespace: 'default' } },
      { apiVersion: `${group}/v1`, kind: 'ClusterRole', metadata: { name: 'operator' }, rules: RULES },
      {
        apiVersion: `${group}/v1`,
        kind: 'ClusterRoleBinding',
        metadata: { name: 'operator' },
        roleRef: { apiGroup: group, kind: 'ClusterRole', name: 'operator' },
        subjects: [{ kind: 'User', name: 'operator', apiGroup: group }],
      },
    ];
    for (const manifest of manifests) await objects.apply([manifest], 'default');
  }, LONG_MS);
  afterEach(() => stop());
  afterAll(() => api?.stop(), LONG_MS);

  it(
    'stay until their names are gone, whoever else waits for something',
    async () => {
      await start({});
      await put(aRecord('www', { finalizers: [THEIRS] }), aRecord('api'));
      await until(() => finalizersOf('www'), [THEIRS, OURS]);
      await until(() => finalizersOf('api'), [OURS]);
      const { promise, resolve } = Promise.withResolvers<void>();
      provider.hooks.before = ({ kind }) => (kind === 'apply' ? promise : undefined);
      await objects.remove('Record/www');
      await objects.remove('Record/api');
      await eventually(() => expect(provider.calls.at(-1)?.kind).toBe('apply'), 10_000);
      expect(await finalizersOf('api')).toEqual([OURS]);
      resolve();
      await until(() => finalizersOf('api'), undefined);
      await until(() => finalizersOf('www'), [THEIRS]);
      expect(provider.data()).toEqual([]);
      await api.request('PATCH', `${COLLECTION}/www`, { metadata: { finalizers: null } });
      await until(() => finalizersOf('www'), undefined);
      expect(await events('team')).toEqual([]);
    },
    LONG_MS,
  );

  it(
    'lose the finalizer where nobody is to wait any more, and a namespace that is deleted ends with the provider away',
    async () => {
      provider.hooks.before = undefined;
      await start({});
      const names = ['a', 'b', 'c', 'd', 'e'];
      await put(...names.map((name) => aRecord(name)));
      for (const name of names) await until(() => finalizersOf(name), [OURS]);
      await stop();
      await start({ waits: false });
      for (const name of names) await until(() => finalizersOf(name), []);
      await stop();
      await start({ patienceMs: 1_000 });
      for (const name of names) await until(() => finalizersOf(name), [OURS]);

      provider.hooks.before = () => {
        throw new ProviderError('PROVIDER_UNAVAILABLE', 'the provider is away');
      };
      await objects.remove('Record/a');
      await until(() => finalizersOf('a'), undefined);
      expect(await events('team')).toEqual(['Record/a DeleteUnconfirmed']);
      // As `kubectl delete namespace` does, whose controller then deletes what is in it.
      await api.request('DELETE', '/api/v1/namespaces/team');
      const made = { metadata: { name: 'any' } };
      await until(async () => (await api.request('POST', '/api/v1/namespaces/team/configmaps?dryRun=All', made)).status, 403);
      await api.request('DELETE', COLLECTION);
      for (const name of names) await until(() => finalizersOf(name), undefined);
      await until(async () => [...new Set(await events('default'))], ['Lease/operator DeleteUnconfirmed']);
      expect(logger.lines.filter(({ message }) => /cannot be written|not taken/.test(message))).toEqual([]);
    },
    LONG_MS,
  );
});
