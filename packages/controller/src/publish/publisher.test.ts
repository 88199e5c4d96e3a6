import { nameOf, type NameState, ProviderError } from '@kubezone/core';
import { afterEach, describe, expect, it } from '@jest/globals';

import { ModelProvider } from './testing/model-provider.ts';
import { PublishWorld, type PublishWorldOptions } from './testing/publish-world.ts';

const NOTHING: NameState = { exists: false, rrsets: [] };

let world: PublishWorld;

async function start(options: PublishWorldOptions = {}, asked: Readonly<Record<string, readonly string[]>> = {}): Promise<void> {
  world = await PublishWorld.started(options, asked);
}

afterEach(() => world.stop());

describe('publishing', () => {
  it('writes what is asked for, with a marker', async () => {
    await start({}, { 'ingress/web': ['www.example.com. 300 A 192.0.2.1'] });
    expect(world.provider.dump()).toEqual([
      '_owner.www.example.com. 300 TXT heritage=kubezone,v=1,owner=me,cluster=c1,own=A/ingress',
      'www.example.com. 300 A 192.0.2.1',
    ]);
  });

  it('costs one write and no listing for a change', async () => {
    await start({}, { 'ingress/web': ['www.example.com. 300 A 192.0.2.1'] });
    world.provider.calls.length = 0;
    world.ask('ingress/web', 'www.example.com. 300 A 192.0.2.2');
    await world.quiet();
    expect(world.provider.data()).toEqual(['www.example.com. 300 A 192.0.2.2']);
    expect(world.provider.calls.map(({ kind }) => kind)).toEqual(['apply']);
  });

  it('costs nothing where what is asked for is there', async () => {
    await start({}, { 'ingress/web': ['www.example.com. 300 A 192.0.2.1'] });
    world.provider.calls.length = 0;
    world.publisher.apply([{ owner: nameOf('www.example.com'), before: NOTHING, after: NOTHING, origins: [] }]);
    world.publisher.apply([{ owner: nameOf('elsewhere.test'), before: NOTHING, after: NOTHING, origins: [] }]);
    await world.quiet();
    expect(world.provider.calls).toEqual([]);
  });

  it('writes only the marker where another source comes to want the same', async () => {
    await start({}, { 'ingress/web': ['www.example.com. 300 A 192.0.2.1'] });
    world.ask('service/web', 'www.example.com. 300 A 192.0.2.1');
    world.ask('ingress/web');
    await world.quiet();
    expect(world.provider.dump()).toEqual([
      '_owner.www.example.com. 300 TXT heritage=kubezone,v=1,owner=me,cluster=c1,own=A/service',
      'www.example.com. 300 A 192.0.2.1',
    ]);
  });

  it('tells what became of a name, from its change to its end', async () => {
    const outcome = (): string =>
      world.publisher
        .outcomes(nameOf('www.example.com'))
        .map(({ state, provider, zone }) => `${state} ${provider} ${zone}`)
        .join();
    const provider = new ModelProvider({ zones: ['example.com'] });
    await start(
      { provider },
      { 'ingress/web': ['www.example.com. 300 A 192.0.2.1'], 'ingress/b': ['b.example.com. 300 A 192.0.2.2'] },
    );
    expect(outcome()).toBe('published model example.com.');
    world.ask('ingress/web', 'www.example.com. 300 A 192.0.2.3');
    expect(outcome()).toBe('pending model example.com.');
    await world.quiet();
    expect(outcome()).toBe('published model example.com.');
    provider.hooks.before = ({ kind }) => {
      if (kind === 'apply') throw new ProviderError('PROVIDER_UNAVAILABLE', 'no route to host');
    };
    world.ask('ingress/web');
    await world.quiet();
    expect(outcome()).toBe('leaving model example.com.');
    provider.hooks.before = undefined;
    await world.pass(30_000, 1_000);
    expect(outcome()).toBe('');
  });

  it('counts what it does', async () => {
    await start({}, { 'ingress/web': ['www.example.com. 300 A 192.0.2.1'], 'ingress/b': ['b.example.com. 300 A 192.0.2.2'] });
    world.ask('ingress/web', 'www.example.com. 300 A 192.0.2.3');
    await world.quiet();
    world.ask('ingress/b');
    await world.quiet();
    const [status] = world.publisher.status();
    expect(status).toMatchObject({ provider: 'model', failure: undefined, zoneCalls: 1 });
    expect(status?.zones[0]).toMatchObject({
      zone: 'example.com.',
      listed: true,
      names: 1,
      rrsets: 2,
      owned: 1,
      waiting: 0,
      quarantined: 0,
      held: [],
    });
    expect(status?.zones[0]?.counters).toMatchObject({
      applied: { create: 2, update: 1, delete: 1 },
      failed: { refused: 0, conflict: 0, unknown: 0 },
      calls: { list: 1, read: 0, apply: 3 },
      throttled: 0,
      lag: { count: 4, sumSeconds: 0 },
    });
    expect(world.applied.map(({ changes }) => changes[0]?.action)).toEqual(['create', 'create', 'update', 'delete']);
  });

  it('asks a provider in advance what it has to know of names, all at once', async () => {
    const provider = new ModelProvider({ zones: ['example.com'] });
    const asked: string[][] = [];
    const prepared = Object.assign(provider, {
      prepare: (_zone: unknown, names: ReadonlyMap<string, NameState>) => {
        asked.push(Array.from(names, ([owner, { rrsets }]) => `${owner} ${rrsets.length}`));
        return Promise.resolve();
      },
    });
    await start({ provider: prepared }, { 'ingress/web': ['www.example.com. 300 A 192.0.2.1'], 'ingress/b': ['b.example.com.'] });
    world.ask('ingress/web');
    world.ask('ingress/b', 'b.example.com. 300 A 192.0.2.2', 'b.example.com. 300 AAAA 2001:db8::1');
    await world.quiet();
    expect(asked).toEqual([['www.example.com. 1', 'b.example.com. 0'], ['b.example.com. 2']]);
  });

  it('takes over what a process before it has published, without a write', async () => {
    await start({}, { 'ingress/web': ['www.example.com. 300 A 192.0.2.1'] });
    await world.stop();
    const { provider, catalog } = world;
    provider.calls.length = 0;
    world = await PublishWorld.started({ provider, catalog });
    expect(provider.calls.map(({ kind }) => kind)).toEqual(['zones', 'list']);
  });
});
