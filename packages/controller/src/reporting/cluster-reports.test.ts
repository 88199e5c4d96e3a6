import { afterEach, describe, expect, it } from '@jest/globals';
import { nameOf } from '@kubezone/core';

import { type Fields, isFields } from '../resources/fields.ts';
import { ingress } from '../sources/ingress.ts';
import { record } from '../sources/record.ts';
import { service } from '../sources/service.ts';
import { readCondition } from '../status/condition.ts';
import { FakeClock } from '../testing/fake-clock.ts';
import { NameWorld, type NameWorldOptions } from '../testing/name-world.ts';
import { RecordingLogger } from '../testing/recording-logger.ts';
import { EXAMPLE, objectsOf } from '../testing/source-world.ts';
import { ClusterReports, type ClusterReportsOptions } from './cluster-reports.ts';
import { type Complaint, OWN_LEASE } from './finding.ts';
import { RESOLVER_APP } from './reporting-app.ts';
import { FakeTerm } from './testing/fake-term.ts';
import { MemoryApi } from './testing/memory-api.ts';
import { passTime } from './testing/pass-time.ts';

const PLURALS: Readonly<Record<string, string>> = {
  Service: '/api/v1/namespaces/NS/services',
  Ingress: '/apis/networking.k8s.io/v1/namespaces/NS/ingresses',
  Record: '/apis/syntixi.io/v1alpha1/namespaces/NS/records',
};

const web = (name: string, host: string, more = ''): string => `
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: ${name}, namespace: team-a, ${more}}
spec: {rules: [{host: "${host}"}]}
status: {loadBalancer: {ingress: [{ip: 192.0.2.1}]}}
`;
const www = (spec: string, { name = 'www', generation = 1 } = {}): string => `
---
apiVersion: syntixi.io/v1alpha1
kind: Record
metadata: {name: ${name}, namespace: team-a, generation: ${generation}, creationTimestamp: "2026-01-01T00:00:00Z"}
spec: ${spec}
`;
const A = '{fqdn: www.example.com, type: A, value: [192.0.2.9]}';

/** A cluster, what its names are, and what is written into it. */
class ReportWorld {
  readonly api = new MemoryApi();
  readonly clock = new FakeClock();
  readonly logger = new RecordingLogger();
  readonly others: Complaint[] = [];
  complete = true;
  #world: NameWorld | undefined;
  #reports: ClusterReports | undefined;
  #term = new FakeTerm();
  #leading: Promise<void> = Promise.resolve();

  async start(
    yaml: string,
    options: { readonly reports?: Partial<ClusterReportsOptions>; readonly catalog?: NameWorldOptions['catalog'] } = {},
  ): Promise<void> {
    const sources = [record({ ...EXAMPLE, pods: false }), service({ ...EXAMPLE, endpoints: false }), ingress(EXAMPLE)];
    this.#world = await NameWorld.with([], {
      sources,
      clock: this.clock,
      pipeline: { onProblems: () => this.#reports?.touch() },
      ...(options.catalog !== undefined && { catalog: options.catalog }),
    });
    const { catalog, pipeline } = this.#world;
    this.#reports = new ClusterReports({
      app: RESOLVER_APP,
      cluster: 'test',
      writer: this.api,
      identity: 'pod-1',
      lease: { namespace: 'dns', name: 'kubezone' },
      sources,
      events: 'warnings',
      catalog,
      problems: () => pipeline.problems(),
      others: () => this.others,
      hasMoreProblems: (cluster, object) => pipeline.hasMoreProblems(cluster, object),
      objects: (cluster, resource) => pipeline.objects(cluster, resource),
      complete: () => this.complete,
      clock: this.clock,
      logger: this.logger,
      random: () => 0,
      ...options.reports,
    });
    this.lead();
    await this.put(yaml);
  }

  lead(): void {
    this.#term = new FakeTerm();
    this.#leading = this.#reports?.lead(this.#term) ?? Promise.resolve();
  }

  /** Creates or changes objects, and lets half a minute pass. */
  async put(yaml: string): Promise<void> {
    for (const object of objectsOf(yaml)) {
      const path = pathOf(object as Fields);
      const held = this.api.get(path);
      this.api.put(path, { ...(object as Fields), ...(isFields(held?.['status']) && { status: held['status'] }) });
      this.#world?.cluster.put(object);
    }
    await this.wait();
  }

  async remove(yaml: string): Promise<void> {
    for (const object of objectsOf(yaml)) {
      this.api.delete(pathOf(object as Fields));
      this.#world?.cluster.delete(object);
    }
    await this.wait();
  }

  /** Lets time pass after something was touched. */
  async wait(ms = 30_000): Promise<void> {
    this.#reports?.touch();
    await this.idle(ms);
  }

  /** Lets time pass in which nothing is touched. */
  async idle(ms: number): Promise<void> {
    await passTime(this.clock, ms, 500);
  }

  /** `Ingress/web NewerObject`. */
  events(): string[] {
    return this.api.list('/apis/events.k8s.io/v1/namespaces/team-a/events').map(({ regarding, reason, series }) => {
      const { kind, name } = regarding as Fields;
      const count = isFields(series) ? ` (${String(series['count'])})` : '';
      return `${String(kind)}/${String(name)} ${String(reason)}${count}`;
    });
  }

  /** What a Record says of itself. */
  served(name = 'www'): string {
    const condition = readCondition(this.api.get(`/apis/syntixi.io/v1alpha1/namespaces/team-a/records/${name}`) ?? {}, 'Served');
    return condition === undefined ? 'nothing' : `${condition.status} ${condition.reason} ${condition.observedGeneration}`;
  }

  status(): ReturnType<ClusterReports['status']> | undefined {
    return this.#reports?.status();
  }

  async endTerm(): Promise<void> {
    this.#term.end();
    await this.#leading;
  }

  async stop(): Promise<void> {
    await this.endTerm();
    await this.#world?.pipeline.stop();
  }
}

function pathOf(object: Fields): string {
  const { name, namespace } = object['metadata'] as Fields;
  return `${(PLURALS[String(object['kind'])] ?? '').replace('NS', String(namespace))}/${String(name)}`;
}

let world = new ReportWorld();

afterEach(async () => {
  await world.stop();
  world = new ReportWorld();
});

describe('what concerns no object', () => {
  it('is told of the Lease, by matter and as it is now; neither twice nor when it is over', async () => {
    world.api.put('/apis/coordination.k8s.io/v1/namespaces/dns/leases/kubezone', {});
    const held = { code: 'DELETES_HELD', cluster: 'test', object: OWN_LEASE, since: 0 };
    world.others.push({ ...held, about: 'a.test.', message: 'ten of a.test.' });
    world.others.push({ ...held, about: 'b.test.', message: 'two of b.test.' });
    world.others.push({ ...held, cluster: 'another', about: 'c.test.', message: 'of a Lease elsewhere' });
    await world.start('');
    const told = (): string[] =>
      world.api
        .list('/apis/events.k8s.io/v1/namespaces/dns/events')
        .map(({ regarding, reason, note }) => `${String((regarding as Fields)['kind'])} ${String(reason)} ${String(note)}`);
    const first = ['Lease DeletesHeld ten of a.test.', 'Lease DeletesHeld two of b.test.'];
    expect(told()).toEqual(first);
    world.others.splice(0, 1, { ...held, about: 'a.test.', message: 'eleven of a.test.' });
    await world.wait();
    expect(told()).toEqual([...first, 'Lease DeletesHeld eleven of a.test.']);
    world.others.length = 0;
    await world.wait(60 * 60_000);
    expect(told()).toHaveLength(3);
    expect(world.api.count('PATCH')).toBe(0);
  });
});

describe('reports to a cluster', () => {
  it('tell an object that another has its name, and say no more when that is over', async () => {
    await world.start(www(A) + web('web', 'www.example.com'));
    expect(world.events()).toEqual(['Ingress/web LowerPrioritySource']);
    expect(world.served()).toBe('True Served 1');
    await world.remove(www(A));
    const written = world.api.count('POST');
    await world.wait(60 * 60_000);
    expect([world.events(), world.api.count('POST'), world.api.count('PATCH')]).toEqual([
      ['Ingress/web LowerPrioritySource'],
      written,
      1,
    ]);
  });

  it('tell an object what is wrong with it', async () => {
    await world.start(web('web', 'www.example.com', 'annotations: {external-dns.kubernetes.io/ttl: soon}'));
    expect(world.events()).toHaveLength(1);
    expect(world.events()[0]).toMatch(/^Ingress\/web [A-Z][A-Za-z]+$/);
  });

  it('tell what others have found', async () => {
    const found = { code: 'ALIAS_LOOP', cluster: 'test', object: 'Ingress/team-a/web', message: 'a loop', since: 0 };
    world.others.push(
      found,
      { ...found, cluster: 'elsewhere', object: 'Ingress/team-a/other' },
      { ...found, object: 'Zone/example.com' },
    );
    await world.start(web('web', 'www.example.com'));
    expect(world.events()).toEqual(['Ingress/web AliasLoop']);
  });

  it('do not tell what is over within seconds', async () => {
    await world.start(web('web', 'www.example.com'));
    world.others.push({
      code: 'ALIAS_LOOP',
      cluster: 'test',
      object: 'Ingress/team-a/web',
      message: 'a loop',
      since: world.clock.now(),
    });
    await world.wait(4_000);
    expect(world.events()).toEqual([]);
    world.others.length = 0;
    await world.wait();
    expect(world.events()).toEqual([]);
  });

  it('tell later what has begun a moment ago, although nothing is touched', async () => {
    await world.start(web('web', 'www.example.com'));
    world.others.push({
      code: 'ALIAS_LOOP',
      cluster: 'test',
      object: 'Ingress/team-a/web',
      message: 'a loop',
      since: world.clock.now(),
    });
    await world.wait(3_000);
    expect(world.events()).toEqual([]);
    await world.idle(10_000);
    expect(world.events()).toEqual(['Ingress/web AliasLoop']);
  });

  it('tell within two minutes what others have found while nothing was touched', async () => {
    await world.start(web('web', 'www.example.com'));
    await world.idle(120_000);
    world.others.push({
      code: 'ALIAS_LOOP',
      cluster: 'test',
      object: 'Ingress/team-a/web',
      message: 'a loop',
      since: world.clock.now(),
    });
    await world.idle(120_000);
    expect(world.events()).toEqual(['Ingress/web AliasLoop']);
  });

  it('say of a Record whether it is served, with the edition that they know', async () => {
    await world.start(www(A));
    expect(world.served()).toBe('True Served 1');
    await world.put(www('{fqdn: www.example.com, type: A, ttl: 5, value: [192.0.2.9]}', { generation: 2 }));
    expect(world.served()).toBe('True Served 2');
    await world.put(www('{fqdn: www.example.com, type: A, value: [192.0.2.9, wrong]}', { generation: 3 }));
    expect(world.served()).toBe('True PartlyServed 3');
    await world.put(www('{fqdn: www.example.net, type: A, value: [192.0.2.9]}', { generation: 4 }));
    expect(world.served()).toBe('False NameOutsideZones 4');
  });

  it('say of a Record what stands in its way', async () => {
    const older = www('{fqdn: www.example.com, type: CNAME, value: [a.example.com]}', { name: 'older' }).replace(
      '2026-01-01',
      '2025-01-01',
    );
    await world.start(older + www('{fqdn: www.example.com, type: CNAME, value: [b.example.com]}'));
    expect([world.served('older'), world.served()]).toEqual(['True Served 1', 'False NewerObject 1']);
    await world.remove(older);
    expect(world.served()).toBe('True Served 1');
  });

  it('do not say of a Record that all is well where what is wrong is not described, since too much else is', async () => {
    await world.start(www('{fqdn: www.example.com, type: A, value: [no-address]}'), {
      reports: { problems: () => [], hasMoreProblems: (cluster, object) => cluster === 'test' && object === 'Record/team-a/www' },
    });
    expect(world.served()).toBe('False MoreProblems 1');
  });

  it('say of a Record that its name is claimed by others', async () => {
    await world.start(www(A), { catalog: { claims: [{ namespaces: ['team-b'], names: [nameOf('www.example.com')] }] } });
    expect(world.served()).toBe('False ClaimedByOthers 1');
    expect(world.events()).toEqual(['Record/www ClaimedByOthers']);
  });

  it('write a condition once, whoever led before', async () => {
    await world.start(www(A));
    await world.endTerm();
    world.lead();
    await world.wait();
    await world.wait();
    expect(world.api.count('PATCH')).toBe(1);
  });

  it('write the condition of a Record anew that was deleted and made again within a moment', async () => {
    await world.start(www(A));
    expect(world.served()).toBe('True Served 1');
    world.api.delete('/apis/syntixi.io/v1alpha1/namespaces/team-a/records/www');
    await world.put(www(A).replace('2026-01-01', '2026-01-02'));
    expect(world.served()).toBe('True Served 1');
  });

  it('count an Event of the term before', async () => {
    await world.start(www(A) + web('web', 'www.example.com'));
    await world.endTerm();
    world.lead();
    await world.wait();
    expect(world.events()).toEqual(['Ingress/web LowerPrioritySource (2)']);
  });

  it('judge nothing before all is known', async () => {
    world.complete = false;
    await world.start(www(A) + web('web', 'www.example.com'));
    expect([world.events(), world.served()]).toEqual([[], 'nothing']);
    world.complete = true;
    await world.idle(30_000);
    expect([world.events(), world.served()]).toEqual([['Ingress/web LowerPrioritySource'], 'True Served 1']);
  });

  it('do nothing while nothing is touched', async () => {
    let looked = 0;
    const isComplete = (): boolean => {
      looked++;
      return true;
    };
    await world.start(www(A) + web('web', 'www.example.com'), { reports: { complete: isComplete } });
    const before = [looked, world.api.requests.length];
    expect(looked).toBeGreaterThan(0);
    await world.idle(30 * 60_000);
    expect([looked, world.api.requests.length]).toEqual(before);
  });

  it('rest the longer the more there is to look at, however often something is touched', async () => {
    let looks = 0;
    const elsewhere = { code: 'X', cluster: 'elsewhere', object: 'Ingress/a/b', message: 'x', since: 0 };
    const others = (): Complaint[] => {
      looks++;
      return Array.from({ length: 1_024 }, () => elsewhere);
    };
    // A look that takes half a second.
    const pause = (): Promise<void> => Promise.resolve(world.clock.advance(500));
    await world.start('', { reports: { others, pause } });
    looks = 0;
    for (let second = 0; second < 60; second++) await world.wait(1_000);
    expect(looks).toBeGreaterThan(3);
    expect(looks).toBeLessThanOrEqual(6);
  });

  it('write no Events where none are wanted, and conditions all the same', async () => {
    await world.start(www(A) + web('web', 'www.example.com'), { reports: { events: 'none' } });
    expect([world.events(), world.served()]).toEqual([[], 'True Served 1']);
    expect(world.status()?.events).toBeUndefined();
  });

  it('tell one thing of an object with a thousand names that another has', async () => {
    const hosts = Array.from({ length: 1_000 }, (_, index) => `h${index}.example.com`);
    const rules = hosts.map((host) => `{host: ${host}}`).join(', ');
    const many = (name: string, at: string): string => `
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: ${name}, namespace: team-a, creationTimestamp: "${at}"}
spec: {rules: [${rules}]}
status: {loadBalancer: {ingress: [{hostname: ${name}.example.net}]}}
`;
    const addresses = many('older', '2025-01-01T00:00:00Z').replace('hostname: older.example.net', 'ip: 192.0.2.1');
    await world.start(addresses + many('newer', '2026-01-01T00:00:00Z'));
    expect(world.events()).toEqual(['Ingress/newer AddressesBeforeHostnames']);
    const [event] = world.api.list('/apis/events.k8s.io/v1/namespaces/team-a/events');
    expect(String(event?.['note'])).toMatch(/; and 9\d\d more$/);
  });
});
