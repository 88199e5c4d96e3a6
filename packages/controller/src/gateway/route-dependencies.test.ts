import { describe, expect, it } from '@jest/globals';

import type { Cluster } from '../cluster/cluster.ts';
import { LISTENER_SETS } from '../resources/gateway-api/listener-set.ts';
import type { Source } from '../sources/source.ts';
import { NameWorld } from '../testing/name-world.ts';
import { gateway, gatewayClass, httpRouteNamed, listenerSet, namespace } from './testing/gateway-manifests.ts';
import { routeSources } from './testing/route-world.ts';

const SELECTED = { from: 'Selector' as const, selector: { matchLabels: { team: 'a' } } };
const OBJECTS = [
  gatewayClass('public'),
  gatewayClass('internal'),
  namespace('apps', { team: 'a' }),
  namespace('other', { team: 'a' }),
  namespace('sets', { team: 'a' }),
  gateway('gw', { namespace: 'infra', listeners: [SELECTED], allowedListeners: { namespaces: { from: 'All' } } }),
  gateway('two', { namespace: 'infra', class: 'internal', addresses: ['192.0.2.2'] }),
  listenerSet('set', { namespace: 'sets', parent: { name: 'gw', namespace: 'infra' } }),
  httpRouteNamed('r1', { namespace: 'apps', hostnames: ['r1.example.com'], parents: [{ name: 'gw', namespace: 'infra' }] }),
  httpRouteNamed('r2', { namespace: 'other', hostnames: ['r2.example.com'], parents: [{ name: 'two', namespace: 'infra' }] }),
  httpRouteNamed('r3', {
    namespace: 'apps',
    hostnames: ['r3.example.com'],
    parents: [{ kind: 'ListenerSet', name: 'set', namespace: 'sets' }],
  }),
];

/** A world that notes which routes are asked. */
async function watched(): Promise<{ readonly world: NameWorld; readonly asked: (put: object) => string[] }> {
  let asked: string[] = [];
  const sources = routeSources().map((source): Source => ({
    ...source,
    desire(object, store) {
      asked.push(object.name);
      return source.desire(object, store);
    },
  }));
  const world = await NameWorld.with(OBJECTS, { sources });
  return {
    world,
    asked(put) {
      asked = [];
      world.cluster.put(put);
      return asked.toSorted();
    },
  };
}

describe('a change', () => {
  it.each<{ of: string; put: object; touches: readonly string[] }>([
    {
      of: 'a Gateway: its routes, and those of its ListenerSets',
      put: gateway('gw', {
        namespace: 'infra',
        addresses: ['192.0.2.9'],
        listeners: [SELECTED],
        allowedListeners: { namespaces: { from: 'All' } },
      }),
      touches: ['r1', 'r3'],
    },
    {
      of: 'another Gateway: its routes',
      put: gateway('two', { namespace: 'infra', class: 'internal', addresses: ['192.0.2.8'] }),
      touches: ['r2'],
    },
    { of: 'a GatewayClass: the routes of its Gateways', put: gatewayClass('internal', 'example.net/other'), touches: ['r2'] },
    { of: 'another GatewayClass: theirs', put: gatewayClass('public', 'example.net/other'), touches: ['r1', 'r3'] },
    {
      of: 'a ListenerSet: its routes',
      put: listenerSet('set', { namespace: 'sets', parent: { name: 'gw', namespace: 'infra' }, accepted: 'False' }),
      touches: ['r3'],
    },
    { of: 'a Namespace: its routes', put: namespace('apps', { team: 'b' }), touches: ['r1', 'r3'] },
    { of: 'a Namespace: those of its ListenerSets', put: namespace('sets', { team: 'b' }), touches: ['r3'] },
    { of: 'a route: itself', put: httpRouteNamed('r2', { namespace: 'other' }), touches: ['r2'] },
    { of: 'what nobody looks at: nothing', put: gateway('three', { namespace: 'infra' }), touches: [] },
    {
      of: 'what does not matter: nothing',
      put: {
        ...gateway('two', {
          namespace: 'infra',
          class: 'internal',
          addresses: ['192.0.2.2'],
          generation: 7,
          annotations: { other: 'x' },
        }),
      },
      touches: [],
    },
  ])('touches what it concerns, of $of', async ({ put, touches }) => {
    const { asked } = await watched();
    expect(asked(put)).toEqual(touches);
  });

  it('shows in the names', async () => {
    const { world } = await watched();
    expect(world.holds('r1.example.com')).toEqual(['r1.example.com. 60 IN A 192.0.2.1']);
    expect(world.holds('r3.example.com')).toEqual(['r3.example.com. 60 IN A 192.0.2.1']);
    world.cluster.put(namespace('apps', { team: 'b' }));
    expect(world.holds('r1.example.com')).toEqual(['NXDOMAIN']);
    expect(world.holds('r3.example.com')).toEqual(['r3.example.com. 60 IN A 192.0.2.1']);
    const other = { from: 'Selector' as const, selector: { matchLabels: { team: 'b' } } };
    world.cluster.put(
      gateway('gw', { namespace: 'infra', listeners: [other], allowedListeners: { namespaces: { from: 'None' } } }),
    );
    expect(world.holds('r1.example.com')).toEqual(['r1.example.com. 60 IN A 192.0.2.1']);
    expect(world.holds('r3.example.com')).toEqual(['NXDOMAIN']);
    world.cluster.delete(gateway('gw', { namespace: 'infra' }));
    expect(world.holds('r1.example.com')).toEqual(['NXDOMAIN']);
  });

  it('of nothing but a selector’s values shows too', async () => {
    const { world } = await watched();
    const only = (team: string): object => {
      const selector = { matchExpressions: [{ key: 'team', operator: 'In', values: [team] }] };
      return gateway('two', { namespace: 'infra', class: 'internal', listeners: [{ from: 'Selector', selector }] });
    };
    world.cluster.put(only('a'));
    expect(world.holds('r2.example.com')).toEqual(['r2.example.com. 60 IN A 192.0.2.1']);
    world.cluster.put(only('b'));
    expect(world.holds('r2.example.com')).toEqual(['NXDOMAIN']);
  });

  it('comes to the same in whichever order the objects come', async () => {
    const names = ['r1.example.com', 'r2.example.com', 'r3.example.com'];
    const forth = await NameWorld.with(OBJECTS, { sources: routeSources() });
    const back = await NameWorld.with(OBJECTS.toReversed(), { sources: routeSources() });
    expect(names.map((name) => back.holds(name))).toEqual(names.map((name) => forth.holds(name)));
    expect(forth.problems()).toEqual([]);
    expect(back.problems()).toEqual([]);
  });
});

describe('a source of routes', () => {
  /** How a source stands where every resource is listed but ListenerSets. */
  async function without(code: string): Promise<{ readonly states: readonly string[]; readonly complete: boolean }> {
    const cluster: Cluster = {
      name: 'partial',
      start({ resources }, sink, signal) {
        for (const resource of resources) sink.state({ resource }, 'syncing');
        for (const resource of resources) {
          if (resource === LISTENER_SETS) sink.state({ resource }, 'absent', { code, message: code });
          else sink.state({ resource }, 'synced');
        }
        const { promise, resolve } = Promise.withResolvers<void>();
        signal.addEventListener('abort', () => resolve());
        return Promise.resolve({ ended: promise });
      },
    };
    const world = new NameWorld({ clusters: [cluster], sources: routeSources() });
    await world.pipeline.start();
    const states = world.pipeline.statuses().map(({ state }) => state);
    const { complete } = world.pipeline.readiness();
    await world.pipeline.stop();
    return { states: [...new Set(states)], complete };
  }

  it('is complete where the API server has no ListenerSets, but not where they may not be read', async () => {
    expect(await without('API_NOT_FOUND')).toEqual({ states: ['synced'], complete: true });
    expect(await without('API_FORBIDDEN')).toEqual({ states: ['failing'], complete: false });
  });
});
