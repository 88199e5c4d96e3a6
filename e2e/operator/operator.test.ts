/**
 * The built operator against a live Kubernetes API server: configured by a Secret that changes, elected, and telling Records what became of them.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';

import { type ControlPlane, findControlPlane, startControlPlane } from '../../tools/control-plane/control-plane.ts';
import { builtOperator, type OperatorProcess, startOperator } from '../support/built-operator.ts';
import { eventually } from '../support/eventually.ts';
import { call } from '../support/kube-objects.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const RECORDS = '/apis/syntixi.io/v1alpha1/namespaces/default/records';
const LEASE = '/apis/coordination.k8s.io/v1/namespaces/default/leases/kubezone-operator';
const SECRET = '/api/v1/namespaces/default/secrets';

const found = await findControlPlane();
const reasonToSkip = 'missing' in found ? found.missing : undefined;
if (reasonToSkip !== undefined)
  process.stderr.write(`\n*** SKIPPED: the operator against a live API server: ${reasonToSkip}\n\n`);
const describeLive = reasonToSkip === undefined ? describe : describe.skip;

interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  readonly message: string;
  readonly observedGeneration: number;
}

describeLive('the operator against a live API server', () => {
  let cluster: ControlPlane;
  let folder: string;
  const operators: OperatorProcess[] = [];

  async function start(...words: readonly string[]): Promise<OperatorProcess> {
    const operator = await startOperator([...words, '--kubeconfig', cluster.kubeconfigPath], { cwd: folder });
    operators.push(operator);
    return operator;
  }

  const putSecret = async (text: string, method: 'POST' | 'PUT'): Promise<void> => {
    const object = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'ares-secret' }, stringData: { 'ares.yaml': text } };
    await call(cluster, method, method === 'POST' ? SECRET : `${SECRET}/ares-secret`, object);
  };

  const putRecord = async (name: string, fqdn: string, value: string): Promise<void> => {
    const spec = { fqdn, type: 'A', ttl: 60, value: [value] };
    await call(cluster, 'POST', RECORDS, { apiVersion: 'syntixi.io/v1alpha1', kind: 'Record', metadata: { name }, spec });
  };

  const conditions = async (name: string): Promise<readonly Condition[]> => {
    const { status } = await call<{ readonly status?: { readonly conditions?: readonly Condition[] } }>(
      cluster,
      'GET',
      `${RECORDS}/${name}`,
    );
    return status?.conditions ?? [];
  };

  beforeAll(async () => {
    cluster = await startControlPlane({});
    const definition = parse(
      await readFile(join(ROOT, 'charts', 'kubezone', 'crds', 'records.syntixi.io.yaml'), 'utf8'),
    ) as object;
    await call(cluster, 'POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', definition);
    await eventually(
      'Records to be served',
      async () => ((await cluster.request('GET', RECORDS)).status === 200 ? true : undefined),
      {
        withinMs: 30_000,
      },
    );
    folder = await mkdtemp(join(tmpdir(), 'kubezone-operator-e2e-'));
    await builtOperator();
  }, 600_000);

  afterEach(async () => {
    await Promise.all(operators.splice(0).map((operator) => operator.stop('SIGKILL')));
  });

  afterAll(async () => {
    await cluster?.stop();
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  }, 30_000);

  it('publishes what a Secret says, tells Records, follows the Secret, and gives the Lease back', async () => {
    await putSecret('- {selector: [a.test], provider: memory, providerOptions: {zones: [a.test]}}', 'POST');
    await putRecord('www', 'www.a.test', '192.0.2.1');
    await putRecord('other', 'www.b.test', '192.0.2.2');
    const operator = await start('--secret', 'ares-secret', '--owner-id', 'me', '--plan-output', 'text');
    await operator.says('memory + www.a.test. 60 A 192.0.2.1 (kubernetes/Record/default/www)');
    const published = await eventually(
      'the Record to say so',
      async () => {
        const all = await conditions('www');
        if (all.length === 2 && all.every(({ status }) => status === 'True')) return all;
        throw new Error(JSON.stringify(all));
      },
      { withinMs: 30_000 },
    );
    expect(published.map(({ type }) => type).toSorted()).toEqual(['Published', 'Ready']);
    expect(published[0]).toMatchObject({
      reason: 'Published',
      message: 'www.a.test. is published at memory (zone a.test.)',
      observedGeneration: 1,
    });
    const lease = await call<{ readonly spec: { readonly holderIdentity?: string } }>(cluster, 'GET', LEASE);
    expect(lease.spec.holderIdentity).toBeTruthy();

    await putSecret('- {selector: [a.test], provider: nobody, providerOptions: {apiToken: hunter2}}', 'PUT');
    await operator.says('the one before stays in force');
    await putSecret('- {selector: [b.test], provider: memory, providerOptions: {zones: [b.test]}}', 'PUT');
    await operator.says('memory + www.b.test. 60 A 192.0.2.2 (kubernetes/Record/default/other)');
    expect(operator.text()).not.toContain('hunter2');

    operator.signal('SIGTERM');
    expect(await operator.ended()).toBe(0);
    const after = await call<{ readonly spec: { readonly holderIdentity?: string } }>(cluster, 'GET', LEASE);
    expect(after.spec.holderIdentity ?? '').toBe('');
  }, 180_000);

  it('lets go held deletes that are confirmed at the Lease', async () => {
    const confirmed = await start('confirm', 'ab'.repeat(32), '--lease-namespace', 'default');
    expect(await confirmed.ended()).toBe(0);
    expect(confirmed.text()).toContain('confirmed at the Lease default/kubezone-operator');
    const operator = await start(
      '--source',
      'record',
      '--provider',
      'memory',
      '--zone',
      'a.test',
      '--owner-id',
      'me',
      '--log-level',
      'info',
    );
    await operator.says('a confirmation fits nothing that is held');
    // It is taken away after it was looked at.
    await eventually(
      'the annotation is gone',
      async () => {
        const { metadata } = await call<{ readonly metadata: { readonly annotations?: Readonly<Record<string, string>> } }>(
          cluster,
          'GET',
          LEASE,
        );
        return metadata.annotations?.['kubezone.io/confirm'] === undefined ? true : undefined;
      },
      { withinMs: 30_000 },
    );
  }, 120_000);

  it('runs once under the Lease, and ends with 0', async () => {
    const operator = await start(
      '--source',
      'record',
      '--provider',
      'memory',
      '--zone',
      'a.test',
      '--owner-id',
      'me',
      '--once',
      '--plan-output',
      'json',
    );
    // The Lease of the one before, which was killed, has to run out.
    expect(await operator.ended()).toBe(0);
    expect(operator.text()).toContain('"action":"create","owner":"www.a.test."');
  }, 120_000);
});
