/**
 * No mistake empties a zone: the built operator, live API servers, and a simulated Route 53 that keeps its state over restarts. What is held is told by an
 * Event and a log line each.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { Route53Simulator } from '../../packages/providers/src/testing/route53-simulator/route53-simulator.ts';
import { ClusterObjects, type Manifest } from '../../tools/control-plane/cluster-objects.ts';
import { type ControlPlane, findControlPlane, startControlPlane } from '../../tools/control-plane/control-plane.ts';
import { findDefinitions } from '../../tools/control-plane/definitions.ts';
import { builtOperator, type OperatorProcess, SIMULATED_AWS, startOperator } from '../support/built-operator.ts';
import { eventually } from '../support/eventually.ts';
import { annotate, call } from '../support/kube-objects.ts';
import {
  endpoint,
  forEach,
  gatewayWithRoute,
  ingressesOf,
  putIngress,
  putService,
  servicesOf,
  setAddresses,
} from './safety-objects.ts';

const NAMESPACE = 'default';
const LEASES = `/apis/coordination.k8s.io/v1/namespaces/${NAMESPACE}/leases`;
const SECRETS = `/api/v1/namespaces/${NAMESPACE}/secrets`;
const DNSENDPOINTS = 'dnsendpoints.externaldns.k8s.io';
/** Of the process on one cluster, and of the one on two. */
const ZONES = ['forty', 'five', 'team', 'lb', 'adopted', 'filtered', 'emptied'] as const;
const EAST = 'east';
/** Far more than anything takes on a machine that does nothing else. */
const SOON = { withinMs: 60_000, everyMs: 100 };
/** So much of what the operator has said last, in characters, stands in what is said of a failure. */
const LAST_WORDS = 4_000;

interface Event {
  readonly reason: string;
  readonly note: string;
  readonly type: string;
  readonly regarding: { readonly kind: string; readonly name: string };
}

const server = await findControlPlane();
const definitions = 'missing' in server ? server : await findDefinitions();
const missing = 'missing' in definitions ? definitions.missing : undefined;
if (missing !== undefined) {
  if (process.env['CI'] === 'true') throw new Error(missing);
  process.stderr.write(`\n*** SKIPPED: the operator's safety limits: ${missing}\n\n`);
}
const describeLive = missing === undefined ? describe : describe.skip;

describeLive('the operator, when something goes by mistake', () => {
  let folder: string;
  let cluster: ControlPlane;
  let east: ControlPlane;
  let objects: ClusterObjects;
  let vendor: Route53Simulator;
  let operator: OperatorProcess;
  /** Reads two clusters. */
  let twin: OperatorProcess;

  /** @throws with the operator's last words */
  const soon = async <T>(
    what: string,
    probe: () => Promise<T | undefined> | T | undefined,
    options: Parameters<typeof eventually>[2] = SOON,
  ): Promise<T> => {
    try {
      return await eventually(what, probe, options);
    } catch (error) {
      throw new Error(`${String(error)}\nThe operator has said: ${operator.text().slice(-LAST_WORDS)}`, { cause: error });
    }
  };

  /** The names in a zone that have an address. */
  const namesIn = (zone: string): string[] =>
    vendor
      .zone(zone)
      .sets()
      .filter(({ Type }) => Type === 'A')
      .map(({ Name }) => Name)
      .toSorted();
  const writesTo = (zone: string): number =>
    vendor.seen.filter(({ operation, zoneId }) => operation === 'ChangeResourceRecordSets' && zoneId === zone).length;
  const holds = (zone: string, count: number, options = SOON): Promise<true> =>
    soon<true>(
      `${count} names in ${zone}`,
      () => {
        const { length } = namesIn(zone);
        if (length === count) return true;
        throw new Error(`there are ${length}`);
      },
      options,
    );

  const events = async (): Promise<readonly Event[]> =>
    (await call<{ readonly items: readonly Event[] }>(cluster, 'GET', '/apis/events.k8s.io/v1/events?limit=2000')).items;
  const eventOn = (kind: string, name: string, reason: string, part: string): Promise<Event> =>
    soon(`${reason} on ${kind}/${name} says ${part}`, async () => {
      const some = (await events()).filter(({ regarding }) => regarding.kind === kind && regarding.name === name);
      const found = some.findLast((one) => one.reason === reason && one.note.includes(part));
      if (found !== undefined) return found;
      throw new Error(JSON.stringify(some.map((one) => `${one.reason}: ${one.note}`)));
    });
  /** Log lines of a code in a zone. */
  const logged = (process: OperatorProcess, code: string, zone?: string): readonly Readonly<Record<string, unknown>>[] =>
    process.logLines().filter((line) => line['code'] === code && (zone === undefined || line['zone'] === `${zone}.test.`));
  /** Waits for the Event that tells of held deletes, and gives back what has to be confirmed. */
  const heldDeletes = async (zone: string, part: string): Promise<string> => {
    const { note, type } = await eventOn('Lease', 'kubezone-operator', 'DeletesHeld', part);
    expect(type).toBe('Warning');
    const sha256 = /kubezone-operator confirm ([0-9a-f]{64}) --lease-namespace default,/.exec(note)?.[1] ?? note;
    expect(note).toContain(`kubectl annotate -n default lease kubezone-operator kubezone.io/confirm=${zone}.test.=${sha256}`);
    const line = await soon('the log line', () =>
      logged(operator, 'DELETES_HELD', zone).findLast((one) => one['sha256'] === sha256),
    );
    expect(line).toMatchObject({ provider: 'route53', todo: note });
    return sha256;
  };
  const confirm = (sha256: string, zone: string): Promise<void> =>
    annotate(cluster, `${LEASES}/kubezone-operator`, { 'kubezone.io/confirm': `${zone}.test=${sha256}` });

  const options = (zoneIds: readonly string[]): string =>
    `providerOptions: {endpoint: "${vendor.endpoint}", region: us-east-1, zoneIds: [${zoneIds.join(', ')}]}`;
  const configuration = (label: string): string => `
sources: [service, ingress, httproute]
owner: {id: safe, adopt: [external-dns/old]}
interval: 10m
providers:
  - {selector: ["."], excludeNames: [filtered.test, east.test], provider: route53, ${options(ZONES)}}
  - {selector: [filtered.test], provider: route53, filters: {label: "app=${label}"}, ${options(ZONES)}}
`;
  const putSecret = async (method: 'POST' | 'PUT', text: string): Promise<void> => {
    const object = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'kubezone' }, stringData: { 'ares.yaml': text } };
    await call(cluster, method, method === 'POST' ? SECRETS : `${SECRETS}/kubezone`, object);
  };
  const start = (): Promise<OperatorProcess> =>
    startOperator(['--secret', 'kubezone', '--kubeconfig', cluster.kubeconfigPath], { cwd: folder, env: SIMULATED_AWS });
  const startTwin = (): Promise<OperatorProcess> =>
    startOperator(['--config', join(folder, 'twin.yaml')], { cwd: folder, env: SIMULATED_AWS });

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kubezone-safety-'));
    // First: if it does not build, nothing has been started that would have to be ended.
    await builtOperator();
    vendor = await Route53Simulator.start({ zones: [...ZONES, EAST].map((id) => ({ id, name: `${id}.test.` })) });
    cluster = await startControlPlane();
    east = await startControlPlane();
    objects = new ClusterObjects(cluster);
    if (!(definitions instanceof Map)) throw new Error('the definitions are missing');
    const gatewayApi = [...definitions.keys()].filter((name) => /^(gateway|gatewayclasse|httproute)s\.gateway\./.test(name));
    await objects.define(definitions, ...gatewayApi, DNSENDPOINTS);
    await new ClusterObjects(east).define(definitions, DNSENDPOINTS);
    await writeFile(
      join(folder, 'twin.yaml'),
      `
clusters: [{name: home, kubeconfig: ${cluster.kubeconfigPath}}, {name: east, kubeconfig: ${east.kubeconfigPath}}]
sources: [service, dnsendpoint]
owner: {id: twin}
leaderElection: {name: kubezone-twin}
providers: [{selector: [east.test], provider: route53, ${options([EAST])}}]
`,
    );
    await call(cluster, 'POST', '/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'team' } });
    vendor.seed('adopted', [
      ...Array.from({ length: 500 }, (_, index) => `n${index}.adopted.test. 300 A 198.51.100.9`),
      ...Array.from(
        { length: 500 },
        (_, index) => `a-n${index}.adopted.test. 300 TXT "heritage=external-dns,external-dns/owner=old"`,
      ),
    ]);
    // Leases that were given back: nobody need wait for who may hold them.
    for (const name of ['kubezone-operator', 'kubezone-twin']) {
      const spec = { leaseDurationSeconds: 1, leaseTransitions: 1, renewTime: '2026-01-01T00:00:00.000000Z' };
      await call(cluster, 'POST', LEASES, { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name }, spec });
    }
    await putSecret('POST', configuration('web'));
    await forEach(4, async (index) => {
      await putService(cluster, NAMESPACE, `home-${index}`, `h${index}.east.test`);
      await putService(east, NAMESPACE, `east-${index}`, `e${index}.east.test`);
    });
    await objects.apply(
      Array.from({ length: 4 }, (_, index) => endpoint(`d-${index}`, `d${index}.east.test`) as Manifest),
      NAMESPACE,
    );
    [operator, twin] = await Promise.all([start(), startTwin()]);
  }, 600_000);

  afterAll(async () => {
    await Promise.all([operator?.stop('SIGKILL'), twin?.stop('SIGKILL')]);
    await Promise.all([cluster?.stop(), east?.stop(), vendor?.close()]);
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  }, 60_000);

  it('publishes what is asked for by two clusters, and is stopped; then one cluster and a kind are gone', async () => {
    await holds(EAST, 12);
    await twin.stop();
    await east.kill();
    await objects.undefine(DNSENDPOINTS);
    // It waits a minute for what it cannot reach; what comes of it is looked at below.
    twin = await startTwin();
    expect(namesIn(EAST)).toHaveLength(12);
  }, 120_000);

  it('adopts 500 names among 2,000, and holds nothing', async () => {
    await forEach(100, (index) => putService(cluster, NAMESPACE, `forty-${index}`, `n${index}.forty.test`));
    await forEach(5, (index) => putService(cluster, NAMESPACE, `five-${index}`, `n${index}.five.test`));
    await forEach(20, (index) => putService(cluster, NAMESPACE, `filtered-${index}`, `n${index}.filtered.test`, { app: 'web' }));
    await forEach(500, (index) => putService(cluster, NAMESPACE, `adopted-${index}`, `n${index}.adopted.test`));
    await forEach(1000, (index) => putService(cluster, 'team', `team-${index}`, `n${index}.team.test`));
    await forEach(500, (index) => putIngress(cluster, NAMESPACE, `lb-${index}`, `n${index}.lb.test`, '192.0.2.1'));
    await putIngress(cluster, NAMESPACE, 'emptied', 'ingress.emptied.test', '192.0.2.3');
    await objects.apply(gatewayWithRoute('route.emptied.test') as Manifest[], NAMESPACE);
    await holds('adopted', 500);
    await soon('the markers of external-dns are gone, and the addresses follow', () => {
      const lines = vendor.dump('adopted');
      const left = lines.filter((line) => line.includes('external-dns') || line.includes('198.51.100.9')).length;
      return left === 0 && lines.length === 1000 ? true : undefined;
    });
    await Promise.all([holds('five', 5), holds('forty', 100), holds('team', 1000), holds('lb', 500), holds('filtered', 20)]);
    expect(logged(operator, 'DELETES_HELD')).toEqual([]);
    // Of what is held is told after a few seconds: two mistakes are made at once.
    await forEach(5, (index) => call(cluster, 'DELETE', `${servicesOf(NAMESPACE)}/five-${index}`));
    await call(cluster, 'DELETE', servicesOf('team'));
  }, 180_000);

  it('holds all of five that are deleted together', async () => {
    // Some of the five may be planned before the others are gone: never the last.
    await heldDeletes('five', ' of five.test. at route53');
    expect(namesIn('five').length).toBeGreaterThan(0);
  }, 120_000);

  it('holds the last 10 of 40 out of 100 that are deleted one by one, and lets them go when they are confirmed at the Lease', async () => {
    for (let index = 0; index < 30; index++) {
      await call(cluster, 'DELETE', `${servicesOf(NAMESPACE)}/forty-${index}`);
      await holds('forty', 99 - index, { withinMs: 30_000, everyMs: 5 });
    }
    await forEach(10, (index) => call(cluster, 'DELETE', `${servicesOf(NAMESPACE)}/forty-${30 + index}`));
    const sha256 = await heldDeletes('forty', '10 of 70 RRsets of forty.test.');
    expect(namesIn('forty')).toHaveLength(70);
    // While deletes are held, the rest goes on.
    await putService(cluster, NAMESPACE, 'forty-new', 'new.forty.test');
    await holds('forty', 71);
    await confirm(sha256, 'forty');
    await holds('forty', 61);
    expect(operator.text()).toContain('held changes are confirmed');
  }, 120_000);

  it('holds a whole namespace that is deleted, until it is confirmed at the Lease, without a restart', async () => {
    await soon('all Services are gone', async () =>
      (await call<{ items: readonly unknown[] }>(cluster, 'GET', `${servicesOf('team')}?limit=1`)).items.length === 0
        ? true
        : undefined,
    );
    // Deletes come one after the other: of those that came first, as many may go as the limit allows.
    const left = await soon('what is held is what is left', async () => {
      const { length } = namesIn('team');
      const note = (await events()).findLast(
        (one) => one.reason === 'DeletesHeld' && one.note.includes(`${length} of ${length} RRsets of team.test.`),
      );
      return note === undefined ? undefined : length;
    });
    expect(left).toBeGreaterThanOrEqual(700);
    await confirm(await heldDeletes('team', `${left} of ${left} RRsets of team.test.`), 'team');
    await holds('team', 0);
  }, 120_000);

  it('holds nothing when the load balancer of 500 Ingresses gets another address', async () => {
    await forEach(500, (index) => setAddresses(cluster, NAMESPACE, `lb-${index}`, ['192.0.2.99']));
    await soon('all have the new address', () =>
      vendor.dump('lb').filter((line) => line.endsWith(' A 192.0.2.99')).length === 500 ? true : undefined,
    );
    expect([...logged(operator, 'DELETES_HELD', 'lb'), ...logged(operator, 'UPDATES_HELD')]).toEqual([]);
  }, 120_000);

  it('holds what a source filter that was changed by mistake makes vanish', async () => {
    await putSecret('PUT', configuration('wbe'));
    const sha256 = await heldDeletes('filtered', '20 of 20 RRsets of filtered.test.');
    expect(sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(namesIn('filtered')).toHaveLength(20);
    await putSecret('PUT', configuration('web'));
    await soon(
      'the filter is as it was',
      () => operator.logLines().filter((line) => line['msg'] === 'publishing').length === 3 || undefined,
    );
  }, 120_000);

  it('writes nothing when the status of an Ingress and of a Gateway are emptied, and it is restarted twice', async () => {
    await holds('emptied', 2);
    const before = vendor.dump('emptied');
    const writes = writesTo('emptied');
    await setAddresses(cluster, NAMESPACE, 'emptied', []);
    await call(cluster, 'PATCH', `/apis/gateway.networking.k8s.io/v1/namespaces/${NAMESPACE}/gateways/edge/status`, {
      status: { addresses: [] },
    });
    for (const [kind, name] of [
      ['Ingress', 'emptied'],
      ['HTTPRoute', 'web'],
    ] as const) {
      const { note } = await eventOn(
        kind,
        name,
        'HoldingLastAddresses',
        'mend its status; or, to have them deleted, delete it or set safety.emptyGrace',
      );
      expect(note).toContain('.emptied.test. at route53 (zone emptied.test.)');
    }
    expect(logged(operator, 'HOLDING_LAST_ADDRESSES', 'emptied')[0]).toMatchObject({ level: 'warn' });
    for (let times = 0; times < 2; times++) {
      await operator.stop();
      operator = await start();
      // Of a name that comes after the start is heard when all is planned.
      await putService(cluster, NAMESPACE, `canary-${times}`, `canary-${times}.forty.test`);
      await soon('the new process publishes', () => namesIn('forty').includes(`canary-${times}.forty.test.`) || undefined);
      await soon(
        'the new process tells of what it leaves as it is',
        () => logged(operator, 'HOLDING_LAST_ADDRESSES', 'emptied')[0],
      );
    }
    expect(vendor.dump('emptied')).toEqual(before);
    expect(writesTo('emptied')).toBe(writes);
    // Neither does a restart let go what was held.
    expect(namesIn('five').length).toBeGreaterThan(0);
    await call(cluster, 'DELETE', `${ingressesOf(NAMESPACE)}/emptied`);
    await holds('emptied', 1);
  }, 120_000);

  it('leaves the names of a cluster that is away and of a kind that is gone as they are, and goes on with the others', async () => {
    await call(cluster, 'DELETE', `${servicesOf(NAMESPACE)}/home-0`);
    await putService(cluster, NAMESPACE, 'home-new', 'new.east.test');
    const ofOthers = ['d', 'e'].flatMap((letter) => [0, 1, 2, 3].map((index) => `${letter}${index}.east.test.`));
    const expected = [...ofOthers, 'h1.east.test.', 'h2.east.test.', 'h3.east.test.', 'new.east.test.'];
    await soon(
      'the reachable source is followed',
      () => {
        const names = namesIn(EAST);
        if (names.join() === expected.join()) return true;
        throw new Error(names.join());
      },
      { withinMs: 120_000 },
    );
    const away = await eventOn('Lease', 'kubezone-twin', 'SourceNotSynced', 'source service');
    expect(away.note).toMatch(
      /^4 RRsets at route53 \(zone east\.test\.\) stay as they are: .*east, which has not been reached.*take it out of the configuration$/,
    );
    const gone = await eventOn('Lease', 'kubezone-twin', 'SourceNotSynced', 'source dnsendpoint of cluster home');
    expect(gone.note).toMatch(/^4 RRsets .* since it is absent/);
    const lines = await soon('both log lines', () =>
      logged(twin, 'SOURCE_NOT_SYNCED', EAST).length === 2 ? logged(twin, 'SOURCE_NOT_SYNCED', EAST) : undefined,
    );
    for (const line of lines) expect(line).toMatchObject({ level: 'warn', provider: 'route53', rrsets: 4 });
  }, 180_000);
});
