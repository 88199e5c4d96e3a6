/**
 * The operator by Mate's flags through what `kubectl proxy` is, on a live API server; and whether `kubectl wait --for=condition=Ready record/x` would end when it should.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';

import { type ControlPlane, findControlPlane, startControlPlane } from '../../tools/control-plane/control-plane.ts';
import { type OperatorProcess, startOperator } from '../support/built-operator.ts';
import { eventually } from '../support/eventually.ts';
import { call } from '../support/kube-objects.ts';
import { type KubeProxy, startKubeProxy } from '../support/kube-proxy.ts';

const RECORDS = '/apis/syntixi.io/v1alpha1/namespaces/default/records';
const SERVICES = '/api/v1/namespaces/default/services';

const found = await findControlPlane();
if ('missing' in found) process.stderr.write(`\n*** SKIPPED: the operator through kubectl proxy: ${found.missing}\n\n`);
const describeLive = 'missing' in found ? describe.skip : describe;

interface Waited {
  readonly metadata: { readonly generation: number };
  readonly status?: {
    readonly conditions?: readonly {
      readonly type: string;
      readonly status: string;
      readonly message: string;
      readonly observedGeneration?: number;
    }[];
  };
}

/** What `kubectl wait --for=condition=Ready` looks at (kubectl, pkg/cmd/wait/condition.go, `checkCondition`): of an old edition a condition says nothing. */
function isReady({ metadata, status }: Waited): boolean {
  const condition = status?.conditions?.find(({ type }) => type.toLowerCase() === 'ready');
  if (condition === undefined) return false;
  const { observedGeneration } = condition;
  if (observedGeneration !== undefined && observedGeneration < metadata.generation) return false;
  return condition.status.toLowerCase() === 'true';
}

describeLive('through kubectl proxy', () => {
  let cluster: ControlPlane;
  let proxy: KubeProxy;
  const operators: OperatorProcess[] = [];

  const start = async (...words: readonly string[]): Promise<OperatorProcess> => {
    // No other way to the cluster.
    const env = { KUBECONFIG: '/dev/null', HOME: '/nonexistent' };
    const operator = await startOperator([...words, '--kubernetes-server', proxy.url], { env });
    operators.push(operator);
    return operator;
  };

  const putBalancer = async (name: string, address: string): Promise<void> => {
    const spec = { type: 'LoadBalancer', ports: [{ port: 80 }] };
    await call(cluster, 'POST', SERVICES, { apiVersion: 'v1', kind: 'Service', metadata: { name }, spec });
    const status = { loadBalancer: { ingress: [{ ip: address }] } };
    await call(cluster, 'PATCH', `${SERVICES}/${name}/status`, { status });
  };

  beforeAll(async () => {
    cluster = await startControlPlane({});
    proxy = await startKubeProxy(cluster);
    const file = join(import.meta.dirname, '..', '..', 'charts', 'kubezone', 'crds', 'records.syntixi.io.yaml');
    const definition = parse(await readFile(file, 'utf8')) as object;
    await call(cluster, 'POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', definition);
    const isServed = async () => ((await cluster.request('GET', RECORDS)).status === 200 ? true : undefined);
    await eventually('Records to be served', isServed, { withinMs: 30_000 });
  }, 600_000);

  afterEach(() => Promise.all(operators.splice(0).map((operator) => operator.stop('SIGKILL'))));

  afterAll(async () => {
    await proxy?.stop();
    await cluster?.stop();
  }, 30_000);

  it('does what Mate does with the same flags', async () => {
    await putBalancer('web', '192.0.2.1');
    const format = ['--kubernetes-format', '{{.Namespace}}-{{.Name}}.example.com'];
    const mate = await start('--producer', 'kubernetes', ...format, '--consumer', 'stdout', '--leader-elect=false');
    await mate.says('process record: default-web.example.com. 192.0.2.1 -');
    await putBalancer('api', '192.0.2.2');
    await mate.says('process record: default-api.example.com. 192.0.2.2 -');
    mate.signal('SIGTERM');
    expect(await mate.ended()).toBe(0);
  }, 90_000);

  it('makes Records ready, for kubectl wait, when what they ask for now is written, and not before', async () => {
    const get = (): Promise<Waited> => call<Waited>(cluster, 'GET', `${RECORDS}/x`);
    const ready = (): Promise<true> =>
      eventually('the Record to be ready', async () => (isReady(await get()) ? true : undefined), { withinMs: 45_000 });
    const spec = { fqdn: 'x.example.com', type: 'A', ttl: 60, value: ['192.0.2.1'] };
    const made = { apiVersion: 'syntixi.io/v1alpha1', kind: 'Record', metadata: { name: 'x' }, spec };
    await call(cluster, 'POST', RECORDS, made);
    // Of all that a zone has, the deletion would be held.
    await call(cluster, 'POST', RECORDS, { ...made, metadata: { name: 'y' }, spec: { ...spec, fqdn: 'y.example.com' } });
    expect(isReady(await get())).toBe(false);
    const words = ['--provider', 'memory', '--zone', 'example.com', '--owner-id', 'me', '--plan-output', 'text'];
    const operator = await start('--source', 'record', ...words);
    await ready();
    expect(operator.text()).toContain('memory + x.example.com. 60 A 192.0.2.1 (kubernetes/Record/default/x)');

    const edited = await call<Waited>(cluster, 'PATCH', `${RECORDS}/x`, { spec: { value: ['192.0.2.9'] } });
    expect([edited.metadata.generation, isReady(edited)]).toEqual([2, false]);
    await ready();
    expect(operator.text()).toContain('memory ~ x.example.com. 60 A 192.0.2.1 → 60 A 192.0.2.9');

    // What no provider can hold does not become ready.
    await call(cluster, 'PATCH', `${RECORDS}/x`, { spec: { fqdn: 'x.nowhere.test' } });
    await operator.says('memory - x.example.com.');
    const told = await eventually(
      'the Record to say why',
      async () => {
        const { status } = await get();
        const condition = status?.conditions?.find(({ type }) => type === 'Ready');
        return condition?.status === 'False' && condition.message.includes('x.nowhere.test.') ? condition : undefined;
      },
      { withinMs: 30_000 },
    );
    expect(told.message).toMatch(/no entry of providers selects x\.nowhere\.test\./);
  }, 120_000);
});
