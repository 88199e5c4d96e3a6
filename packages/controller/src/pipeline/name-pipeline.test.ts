import { describe, expect, it } from '@jest/globals';
import { nameOf, type NameChange } from '@kubezone/core';

import { type Cluster, ClusterError, type ClusterSink, type SyncState } from '../cluster/cluster.ts';
import { MemoryCluster } from '../cluster/memory-cluster.ts';
import { type NodeObject, NODES } from '../resources/node.ts';
import { type ServiceObject, SERVICES } from '../resources/service.ts';
import { nodeArea } from '../sources/node-area.ts';
import { nodeService } from '../sources/node-service.ts';
import { FakeClock } from '../testing/fake-clock.ts';
import { node, service, slice } from '../testing/manifests.ts';
import { NameWorld } from '../testing/name-world.ts';
import { keepAnnotations, storedNode } from '../testing/stored-objects.ts';
import { coalesceChanges } from './coalesce-changes.ts';
import type { Readiness } from './sync-status.ts';

const RELATIVE_TO = [{ apex: nameOf('lb.test'), ttl: 30 }];

/** A cluster that says what a test tells it to say. */
function puppet(name = 'puppet'): {
  readonly cluster: Cluster;
  readonly say: (state: SyncState) => void;
  readonly sink: () => ClusterSink;
} {
  let held: ClusterSink | undefined;
  const sink = (): ClusterSink => {
    if (held === undefined) throw new Error('not started');
    return held;
  };
  const cluster: Cluster = {
    name,
    start(watch, given, signal) {
      held = given;
      for (const resource of watch.resources) given.state({ resource }, 'syncing');
      return Promise.resolve({ ended: new Promise((resolve) => signal.addEventListener('abort', () => resolve())) });
    },
  };
  const say = (state: SyncState): void => {
    const failure = state === 'absent' || state === 'failing' ? { code: 'TEST_FAILURE', message: 'a test' } : undefined;
    sink().state({ resource: NODES }, state, failure);
  };
  return { cluster, say, sink };
}

describe('the pipeline', () => {
  it('hands on the names that an event changes in the call that brings the event', async () => {
    const world = await NameWorld.with([]);
    world.cluster.put(node('n1', { areas: 'home,away', ips: '192.0.2.1' }));
    expect(world.changes.map((changes) => changes.length)).toEqual([6]);
    world.cluster.put(node('n1', { areas: 'home', ips: '192.0.2.1' }));
    expect(world.changes[1]?.map(({ owner, after }) => `${owner} ${after.exists}`)).toEqual([
      'away.lb.test. false',
      'v4.away.lb.test. false',
      'v6.away.lb.test. false',
    ]);
    expect(world.changes[0]?.[0]?.origins).toEqual([
      { source: 'node-area', cluster: 'test', namespace: '', object: 'Node/n1', createdAt: 0 },
    ]);
  });

  it('hands on nothing where an object changes in what DNS does not need', async () => {
    const world = await NameWorld.with([node('n1', { areas: 'home', ips: '192.0.2.1' })]);
    const { length } = world.changes;
    world.cluster.put({ ...node('n1', { areas: 'home', ips: '192.0.2.1' }), spec: { podCIDR: '10.0.0.0/24' } });
    expect(world.changes).toHaveLength(length);
  });

  it('hands on one change of a name, though several objects change it in one event', async () => {
    const objects = [
      service('a'),
      service('b'),
      slice('a-0', [{ node: 'n1' }], { of: 'a' }),
      slice('b-0', [{ node: 'n1' }], { of: 'b' }),
    ];
    const world = await NameWorld.with([node('n1', { areas: 'home', ips: '192.0.2.1' }), ...objects]);
    const { length } = world.changes;
    world.cluster.put(node('n1', { areas: 'home', ips: '192.0.2.2' }));
    expect(world.changes.slice(length)).toHaveLength(1);
    const owners = world.changes.at(-1)?.map(({ owner }) => owner) ?? [];
    expect(new Set(owners).size).toBe(owners.length);
    expect(owners).toContain('a.default.lb.test.');
    expect(owners).toContain('home.lb.test.');
  });

  it('works in turns on an event that concerns many objects, and lets other events pass', async () => {
    const clock = new FakeClock();
    const turns = Promise.withResolvers<void>();
    let yields = 0;
    const services = Array.from({ length: 1_000 }, (_, index) => [
      service(`s${index}`),
      slice(`s${index}`, [{ node: 'n1' }], { of: `s${index}` }),
    ]).flat();
    const world = await NameWorld.with(
      [node('n1', { ips: '192.0.2.1' }), node('n2', { areas: 'home', ips: '192.0.2.8' }), ...services],
      {
        clock: {
          now: () => clock.now(),
          monotonic: () => (clock.advance(1), clock.monotonic()),
          after: (ms, back) => clock.after(ms, back),
        },
        pipeline: {
          async yieldToEvents(): Promise<void> {
            if (yields++ === 5) await turns.promise;
          },
        },
      },
    );
    world.changes.length = 0;
    world.cluster.put(node('n1', { ips: '192.0.2.2' }));
    expect(world.changes).toEqual([]);
    world.cluster.put(node('n2', { areas: 'home', ips: '192.0.2.9' }));
    expect(world.changes).toHaveLength(1);
    expect(world.holds('home.lb.test')).toEqual(['home.lb.test. 30 IN A 192.0.2.9']);
    // An object that is changed while it waits is brought up to date at once, and not again later.
    world.cluster.put(service('s999', { dns: '' }));
    expect(world.holds('s999.default.lb.test')).toEqual(['NXDOMAIN']);
    turns.resolve();
    await world.pipeline.settled();
    expect(yields).toBeGreaterThan(50);
    expect(world.holds('s0.default.lb.test')).toEqual(['s0.default.lb.test. 30 IN A 192.0.2.2']);
    expect(world.holds('s998.default.lb.test')).toEqual(['s998.default.lb.test. 30 IN A 192.0.2.2']);
    const changed = world.changes.flat().filter(({ owner }) => owner === 's999.default.lb.test.');
    expect(changed).toHaveLength(1);
  });

  it('does not look for all whom an event concerns within the event', async () => {
    const source = nodeService({ relativeTo: RELATIVE_TO });
    let found = 0;
    const counted = {
      ...source,
      reads: source.reads.map((dependency) => ({
        ...dependency,
        *concerns(...args: Parameters<typeof dependency.concerns>) {
          for (const key of dependency.concerns(...args)) {
            found++;
            yield key;
          }
        },
      })),
    };
    const services = Array.from({ length: 3_000 }, (_, index) => [
      service(`s${index}`),
      slice(`s${index}`, [{ node: 'n1' }], { of: `s${index}` }),
    ]).flat();
    const world = await NameWorld.with([node('n1', { ips: '192.0.2.1' }), ...services], { sources: [counted] });
    found = 0;
    world.changes.length = 0;
    // A node that flaps: none of this may cost as much as it concerns, nor may it add up.
    for (let round = 0; round < 20; round++) world.cluster.put(node('n1', { ips: `192.0.2.${round + 2}` }));
    expect(found).toBeLessThan(20 * 300);
    expect(world.changes).toEqual([]);
    found = 0;
    await world.pipeline.settled();
    expect(found).toBeLessThanOrEqual(2 * 3_000);
    for (const name of ['s0', 's2999']) {
      expect(world.holds(`${name}.default.lb.test`)).toEqual([`${name}.default.lb.test. 30 IN A 192.0.2.21`]);
    }
  });

  it('makes one change of all that is reported together, whatever the resources', async () => {
    const { cluster, sink } = puppet();
    const world = new NameWorld({ clusters: [cluster], sources: [nodeArea({ relativeTo: RELATIVE_TO })] });
    await world.pipeline.start();
    const make = (name: string, area: string): NodeObject =>
      storedNode({ name, annotations: { 'k8s.pootis.network/node-areas': area } });
    sink().upserted(NODES, [make('n1', 'home')]);
    world.changes.length = 0;
    sink().together(() => {
      sink().upserted(NODES, [make('n2', 'away')]);
      sink().deleted(NODES, ['n1']);
      sink().upserted(NODES, [make('n3', 'home')]);
      expect(world.changes).toEqual([]);
    });
    expect(world.changes).toHaveLength(1);
    expect(world.changes[0]?.map(({ owner }) => owner)).toContain('away.lb.test.');
    // Even where the report is broken off.
    expect(() =>
      sink().together(() => {
        sink().deleted(NODES, ['n3']);
        throw new Error('broken off');
      }),
    ).toThrow('broken off');
    expect(world.holds('home.lb.test')).toEqual(['NXDOMAIN']);
    expect(world.changes).toHaveLength(2);
  });

  it('lets a removal wait for additions that came before it, so that a name that passes on is never gone', async () => {
    const { cluster, sink } = puppet();
    const world = new NameWorld({ clusters: [cluster], sources: [nodeArea({ relativeTo: RELATIVE_TO })] });
    await world.pipeline.start();
    const make = (index: number, area: string): NodeObject =>
      storedNode({ name: `n${index}`, annotations: { 'k8s.pootis.network/node-areas': area } });
    sink().upserted(NODES, [make(0, 'home')]);
    sink().upserted(
      NODES,
      Array.from({ length: 1_000 }, (_, index) => make(index + 1, index === 999 ? 'home' : `a${index}`)),
    );
    sink().deleted(NODES, ['n0']);
    await world.pipeline.settled();
    const home = world.changes.flat().filter(({ owner }) => owner === 'home.lb.test.');
    expect(home.map(({ after }) => after.exists)).not.toContain(false);
    expect(world.pipeline.statuses()[0]?.objects).toBe(1_000);
  });

  it('stops within seconds, though a cluster hangs', async () => {
    const clock = new FakeClock();
    const hanging: Cluster = { name: 'hanging', start: () => Promise.resolve({ ended: new Promise(() => undefined) }) };
    const world = new NameWorld({ clusters: [hanging], clock });
    await world.pipeline.start();
    const stopped = world.pipeline.stop();
    clock.advance(5_000);
    await expect(stopped).resolves.toBeUndefined();
    expect(clock.waiting).toBe(0);
  });

  it('says that a source is synced only when its names have been handed on', async () => {
    const heard: string[] = [];
    const { cluster, say, sink } = puppet();
    const world = new NameWorld({
      clusters: [cluster],
      sources: [nodeArea({ relativeTo: RELATIVE_TO })],
      pipeline: {
        onChanges: (changes) => void heard.push(`${changes.length} names`),
        onReadiness: ({ complete }) => void heard.push(`complete ${complete}`),
      },
    });
    await world.pipeline.start();
    const nodes = Array.from({ length: 1_000 }, (_, index) => ({
      namespace: '',
      name: `n${index}`,
      createdAt: 0,
      deleting: false,
      ready: true,
      annotations: { 'k8s.pootis.network/node-areas': `a${index}` },
    }));
    sink().upserted(NODES, nodes);
    say('synced');
    expect(heard).toEqual([]);
    await world.pipeline.settled();
    expect(heard.at(-1)).toBe('complete true');
    expect(heard.slice(0, -1).reduce((sum, words) => sum + Number.parseInt(words, 10), 0)).toBe(3_000);
  });

  it('goes on when a source fails on an object, and what the object contributed stays', async () => {
    const source = nodeArea({ relativeTo: RELATIVE_TO });
    const faulty = {
      ...source,
      desire: (...args: Parameters<typeof source.desire>) => {
        if (args[0].annotations['k8s.pootis.network/node-areas'] === 'crash') throw new TypeError('a defect');
        return source.desire(...args);
      },
    };
    const world = await NameWorld.with([node('n1', { areas: 'home', ips: '192.0.2.1' })], { sources: [faulty] });
    world.cluster.put(node('n1', { areas: 'crash' }));
    world.cluster.put(node('n2', { areas: 'away' }));
    expect(world.holds('home.lb.test')).toEqual(['home.lb.test. 30 IN A 192.0.2.1']);
    expect(world.holds('away.lb.test')).toEqual(['NODATA']);
    expect(world.problems()).toEqual(['Node/n1: source node-area failed on it: a defect [SOURCE_FAULT]']);
    world.cluster.put(node('n1', { areas: 'away' }));
    expect(world.problems()).toEqual([]);
    expect(world.holds('home.lb.test')).toEqual(['NXDOMAIN']);
  });

  it('goes on when whoever takes the changes fails', async () => {
    const world = await NameWorld.with([], {
      pipeline: {
        onChanges: () => {
          throw new Error('no');
        },
      },
    });
    world.cluster.put(node('n1', { areas: 'home' }));
    expect(world.holds('home.lb.test')).toEqual(['NODATA']);
    expect(world.logger.lines.filter(({ level }) => level === 'error')).toHaveLength(1);
  });

  it('keeps clusters apart, and merges their names', async () => {
    const one = new MemoryCluster('one');
    const other = new MemoryCluster('other');
    const world = new NameWorld({ clusters: [one, other] });
    await world.pipeline.start();
    one.put(node('n1', { areas: 'home', ips: '192.0.2.1' }));
    other.put(node('n1', { areas: 'home', ips: '192.0.2.2' }));
    other.put(service('git'));
    one.put(slice('git-0', [{ node: 'n1' }]));
    expect(world.holds('home.lb.test')).toHaveLength(2);
    expect(world.holds('git.default.lb.test')).toEqual(['NODATA']);
    one.delete(node('n1'));
    expect(world.holds('home.lb.test')).toEqual(['home.lb.test. 30 IN A 192.0.2.2']);
    expect(world.pipeline.statuses().map(({ cluster, source, contributing }) => `${cluster} ${source} ${contributing}`)).toEqual([
      'one node-area 0',
      'one node-service 0',
      'other node-area 1',
      'other node-service 1',
    ]);
    expect(() => new NameWorld({ clusters: [one, new MemoryCluster('one')] })).toThrow('two clusters have one name');
  });

  it('reports malformed objects of a cluster in memory, and takes what was put before the start', async () => {
    const world = new NameWorld();
    world.cluster.put(node('n1', { areas: 'home' }));
    world.cluster.put({ ...node('n2'), status: 7 });
    await world.pipeline.start();
    expect(world.holds('home.lb.test')).toEqual(['NODATA']);
    expect(world.problems()).toEqual(['Node/n2: status: found the number 7, expected a mapping [OBJECT_MALFORMED]']);
    world.cluster.put(node('n2'));
    expect(world.problems()).toEqual([]);
  });
});

describe('what the pipeline knows of its sources', () => {
  it('is their state and since when, their objects, and when something happened last', async () => {
    const clock = new FakeClock(1_000_000);
    const world = new NameWorld({ clock });
    await world.pipeline.start();
    expect(world.pipeline.statuses()[0]).toEqual({
      source: 'node-area',
      resource: 'nodes',
      cluster: 'test',
      state: 'syncing',
      since: 1_000_000,
      listed: false,
      failure: undefined,
      objects: 0,
      contributing: 0,
      outside: 0,
      lastEventAt: undefined,
      errors: 0,
    });
    clock.advance(500);
    world.cluster.put(node('n1', { areas: 'home' }));
    world.cluster.put(node('n2'));
    clock.advance(500);
    world.cluster.synced();
    clock.advance(500);
    world.cluster.put(service('git'));
    expect(
      world.pipeline
        .statuses()
        .map(({ state, since, objects, contributing, lastEventAt }) => [state, since, objects, contributing, lastEventAt]),
    ).toEqual([
      ['synced', 1_001_000, 2, 1, 1_000_500],
      ['synced', 1_001_000, 1, 1, 1_001_500],
    ]);
  });

  it('is how many problems each has found, and how often something failed for it', async () => {
    const { cluster, sink } = puppet('k');
    const source = nodeArea({ relativeTo: RELATIVE_TO });
    const faulty = {
      ...nodeService({ relativeTo: RELATIVE_TO }),
      desire: (): never => {
        throw new TypeError('a defect');
      },
    };
    const world = new NameWorld({ clusters: [cluster], sources: [source, faulty] });
    await world.pipeline.start();
    const base = { namespace: '', createdAt: 0, deleting: false };
    const annotations = { 'k8s.pootis.network/node-areas': '-a,-b', 'k8s.pootis.network/node-ips': 'x' };
    sink().upserted(NODES, [storedNode({ annotations })]);
    sink().upserted(SERVICES, [{ ...base, namespace: 'd', name: 's', annotations: {} } as ServiceObject]);
    sink().reported({ kind: 'file', file: 'x' }, [{ code: 'MANIFEST_SYNTAX', file: 'x', message: 'a' }]);
    sink().failed({ resource: NODES });
    sink().failed({ resource: NODES, namespace: 'a' });
    sink().failed({ resource: SERVICES });
    const counts = (): unknown[] => world.pipeline.problemCounts().map((one) => [one.cluster, one.source, one.problems]);
    expect(counts()).toEqual([
      ['k', undefined, 1],
      ['k', 'node-area', 3],
      ['k', 'node-service', 2],
    ]);
    expect(world.pipeline.statuses().map(({ errors }) => errors)).toEqual([2, 4]);
    sink().deleted(NODES, ['n1']);
    sink().deleted(SERVICES, ['d/s']);
    sink().reported({ kind: 'file', file: 'x' }, []);
    expect(counts().map((one) => (one as unknown[])[2])).toEqual([0, 0, 0]);
    expect(world.pipeline.statuses().map(({ errors }) => errors)).toEqual([2, 4]);
  });

  it('tells when it is complete and when it is ready, by itself when the time has come', async () => {
    const clock = new FakeClock();
    const heard: Readiness[] = [];
    const failing = puppet('failing');
    const refused = puppet('refused');
    const world = new NameWorld({
      clock,
      clusters: [failing.cluster, refused.cluster],
      sources: [nodeArea({ relativeTo: RELATIVE_TO })],
      pipeline: { onReadiness: (readiness) => void heard.push(readiness) },
    });
    await world.pipeline.start();
    refused.say('absent');
    clock.advance(10_000);
    failing.say('failing');
    clock.advance(59_999);
    expect(heard).toEqual([]);
    clock.advance(1);
    expect(heard).toEqual([{ complete: false, ready: true }]);
    failing.say('synced');
    expect(heard.at(-1)).toEqual({ complete: true, ready: true });
    // What was complete stays so.
    failing.say('failing');
    refused.say('syncing');
    clock.advance(1_000_000);
    expect(world.pipeline.readiness()).toEqual({ complete: true, ready: true });
    expect(heard).toHaveLength(2);
    await world.pipeline.stop();
    expect(clock.waiting).toBe(0);
  });

  it('is complete at once where there is nothing to watch', async () => {
    const world = new NameWorld({ clusters: [] });
    await world.pipeline.start();
    expect(world.pipeline.readiness()).toEqual({ complete: true, ready: true });
  });

  it('says which part of a cluster is not watched, in the log, when that changes', async () => {
    const { cluster, say } = puppet();
    const world = new NameWorld({ clusters: [cluster], sources: [nodeArea({ relativeTo: RELATIVE_TO })] });
    await world.pipeline.start();
    say('failing');
    // The same again is no news.
    say('failing');
    say('synced');
    say('synced');
    expect(
      world.logger.lines.map(({ level, fields }) => `${level} ${String(fields['scope'])} ${String(fields['state'])}`),
    ).toEqual(['warn nodes failing', 'info nodes synced']);
  });
});

describe('the start of the pipeline', () => {
  it('fails where a cluster cannot be watched, and stops the others', async () => {
    const { cluster, sink } = puppet();
    const broken: Cluster = { name: 'broken', start: () => Promise.reject(new ClusterError('MANIFESTS_EMPTY', 'nothing there')) };
    const world = new NameWorld({ clusters: [cluster, broken] });
    await expect(world.pipeline.start()).rejects.toMatchObject({ code: 'MANIFESTS_EMPTY' });
    sink().upserted(NODES, []);
    expect(world.changes).toEqual([]);
  });

  it('keeps of the objects what some source reads', async () => {
    let asked: unknown;
    const { cluster } = puppet();
    const spy: Cluster = { name: 'spy', start: (watch, ...rest) => ((asked = watch), cluster.start(watch, ...rest)) };
    const sources = [
      nodeArea({ relativeTo: RELATIVE_TO, areasAnnotation: 'a' }),
      nodeService({ relativeTo: RELATIVE_TO, serviceAnnotation: 's' }),
    ];
    await new NameWorld({ clusters: [spy], sources }).pipeline.start();
    expect(asked).toMatchObject({
      resources: [{ id: 'nodes' }, { id: 'services' }, { id: 'endpointslices.discovery.k8s.io' }],
      keep: keepAnnotations('a', 's', 'k8s.pootis.network/node-ips', 'kubezone.io/deletion-policy'),
    });
  });
});

describe('changes of names', () => {
  it('are made one per name, from the first state to the last', () => {
    const state = (exists: boolean): NameChange['after'] => ({ exists, rrsets: [] });
    const change = (name: string, before: boolean, after: boolean): NameChange => ({
      owner: nameOf(name),
      before: state(before),
      after: state(after),
      origins: [],
    });
    const [a, b] = [change('a', false, true), change('b', false, true)];
    expect(coalesceChanges([a])).toEqual([a]);
    const apart = [a, b];
    expect(coalesceChanges(apart)).toBe(apart);
    expect(coalesceChanges([a, b, change('a', true, false)])).toEqual([change('a', false, false), b]);
  });
});
