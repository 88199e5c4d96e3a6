/**
 * The built operator against a live Kubernetes API server, with the rights that its README lists: Records that wait for their end, wishes to be kept, and the edition of a DNSEndpoint that was read.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';

import { ClusterObjects, type Manifest } from '../../tools/control-plane/cluster-objects.ts';
import { type ControlPlane, findControlPlane, startControlPlane } from '../../tools/control-plane/control-plane.ts';
import { findDefinitions } from '../../tools/control-plane/definitions.ts';
import { builtOperator, type OperatorProcess, startOperator } from '../support/built-operator.ts';
import { eventually } from '../support/eventually.ts';
import { call } from '../support/kube-objects.ts';

const RECORDS = '/apis/syntixi.io/v1alpha1/namespaces/default/records';
const ENDPOINTS = '/apis/externaldns.k8s.io/v1alpha1/namespaces/default/dnsendpoints';
const OURS = 'kubezone.io/published-by-me';
const READ = ['get', 'list', 'watch'];
const RULES = [
  { apiGroups: ['syntixi.io'], resources: ['records'], verbs: [...READ, 'patch'] },
  { apiGroups: ['externaldns.k8s.io'], resources: ['dnsendpoints'], verbs: READ },
  { apiGroups: ['syntixi.io'], resources: ['records/status'], verbs: ['patch'] },
  { apiGroups: ['externaldns.k8s.io'], resources: ['dnsendpoints/status'], verbs: ['patch'] },
  { apiGroups: [''], resources: ['namespaces'], resourceNames: ['kube-system'], verbs: ['get'] },
  { apiGroups: ['coordination.k8s.io'], resources: ['leases'], verbs: ['get', 'create', 'update', 'patch'] },
  { apiGroups: ['events.k8s.io'], resources: ['events'], verbs: ['get', 'create', 'patch'] },
];
const config = (wait: boolean): string => `
sources: [record, dnsendpoint]
record: {pods: false}
records: {waitForDelete: ${wait}}
owner: {id: me}
providers: [{selector: [a.test], provider: memory, providerOptions: {zones: [a.test]}}]
run: {planOutput: text}
`;

const found = await findControlPlane();
const definitions = 'missing' in found ? found : await findDefinitions();
if ('missing' in definitions) process.stderr.write(`\n*** SKIPPED: Records that wait for their end: ${definitions.missing}\n\n`);
const describeLive = 'missing' in definitions ? describe.skip : describe;

describeLive('when objects go, the operator', () => {
  let cluster: ControlPlane;
  let objects: ClusterObjects;
  let folder: string;
  const running: OperatorProcess[] = [];

  async function start(wait: boolean): Promise<OperatorProcess> {
    const file = join(folder, `${wait}.yaml`);
    await writeFile(file, config(wait));
    const operator = await startOperator(['--config', file, '--kubeconfig', cluster.kubeconfigPath, '--context', 'operator']);
    running.push(operator);
    return operator;
  }

  const put = (...manifests: readonly object[]): Promise<void> => objects.apply(manifests as Manifest[], 'default');

  async function finalizersOf(name: string): Promise<readonly string[] | undefined> {
    const { status, body } = await cluster.request<{ metadata: { finalizers?: string[] } }>('GET', `${RECORDS}/${name}`);
    return status === 404 ? undefined : (body.metadata.finalizers ?? []);
  }

  const until = async <T>(what: string, ask: () => Promise<T>, expected: T): Promise<void> => {
    await eventually(
      what,
      async () => {
        expect(await ask()).toEqual(expected);
        return true;
      },
      { withinMs: 30_000 },
    );
  };

  beforeAll(async () => {
    cluster = await startControlPlane({ users: [{ name: 'operator', username: 'operator', groups: ['system:authenticated'] }] });
    objects = new ClusterObjects(cluster);
    if (!('missing' in definitions)) await objects.define(definitions, 'records.syntixi.io', 'dnsendpoints.externaldns.k8s.io');
    const group = 'rbac.authorization.k8s.io';
    await put(
      { apiVersion: `${group}/v1`, kind: 'ClusterRole', metadata: { name: 'operator' }, rules: RULES },
      {
        apiVersion: `${group}/v1`,
        kind: 'ClusterRoleBinding',
        metadata: { name: 'operator' },
        roleRef: { apiGroup: group, kind: 'ClusterRole', name: 'operator' },
        subjects: [{ kind: 'User', name: 'operator', apiGroup: group }],
      },
    );
    // One that was given back is taken at once.
    const spec = { holderIdentity: '', leaseDurationSeconds: 1, renewTime: '2026-01-01T00:00:00.000000Z', leaseTransitions: 1 };
    await call(cluster, 'POST', '/apis/coordination.k8s.io/v1/namespaces/default/leases', {
      metadata: { name: 'kubezone-operator' },
      spec,
    });
    folder = await mkdtemp(join(tmpdir(), 'kubezone-when-objects-go-'));
    await builtOperator();
  }, 120_000);

  afterEach(async () => {
    await Promise.all(running.splice(0).map((operator) => operator.stop()));
  });

  afterAll(async () => {
    await cluster?.stop();
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  }, 30_000);

  it('has Records wait for the provider, keeps what is to be kept, says which edition it has read, and leaves nothing behind', async () => {
    const operator = await start(true);
    await put(aRecord('www'), aRecord('kept', 'retain'), aRecord('odd', 'orphan'), endpoint('192.0.2.9'));
    await operator.says('memory + www.a.test. 300 A 192.0.2.1');
    await operator.says('memory + kept.a.test.');
    await operator.says('memory + odd.a.test.');
    await until('the finalizer', () => finalizersOf('www'), [OURS]);
    expect([await finalizersOf('kept'), await finalizersOf('odd')]).toEqual([[], []]);
    await operator.says('DELETION_POLICY_INVALID');

    // As kubectl does, which waits until the object is gone.
    for (const name of ['www', 'kept', 'odd']) await call(cluster, 'DELETE', `${RECORDS}/${name}`);
    await until('the Record to be gone', () => finalizersOf('www'), undefined);
    expect(operator.text()).toContain('memory - www.a.test. 300 A 192.0.2.1');
    expect(operator.text()).not.toMatch(/memory - (kept|odd)/);

    const observed = async (): Promise<unknown> =>
      (await call<{ status?: { observedGeneration?: number } }>(cluster, 'GET', `${ENDPOINTS}/db`)).status?.observedGeneration;
    await until('the edition', observed, 1);
    await put(endpoint('192.0.2.10'));
    await until('the next edition', observed, 2);
    // Of an edit that changes no name, too.
    await put(endpoint('192.0.2.10', { team: 'a' }));
    await until('the edition after it', observed, 3);

    await put(aRecord('last'));
    await until('the finalizer', () => finalizersOf('last'), [OURS]);
    await operator.stop('SIGTERM');
    await start(false);
    await until('the finalizer to be taken off', () => finalizersOf('last'), []);
    expect(operator.text()).not.toMatch(/cannot be written|not taken/);
  }, 90_000);
});

function aRecord(name: string, policy?: string): object {
  const annotations = policy === undefined ? {} : { 'kubezone.io/deletion-policy': policy };
  const spec = { fqdn: `${name}.a.test`, type: 'A', value: ['192.0.2.1'] };
  return { apiVersion: 'syntixi.io/v1alpha1', kind: 'Record', metadata: { name, annotations }, spec };
}

/** @param labels they are external-dns's own, and change no name */
function endpoint(target: string, labels: object = {}): object {
  const endpoints = [{ dnsName: 'db.a.test', recordType: 'A', targets: [target], labels }];
  return { apiVersion: 'externaldns.k8s.io/v1alpha1', kind: 'DNSEndpoint', metadata: { name: 'db' }, spec: { endpoints } };
}
