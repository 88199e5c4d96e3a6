import { Catalog, nameOf } from '@kubezone/core';
import { describe, expect, it } from '@jest/globals';

import { MemoryCluster } from '../cluster/memory-cluster.ts';
import { gateway, gatewayClass, httpRouteNamed } from '../gateway/testing/gateway-manifests.ts';
import { routeSources } from '../gateway/testing/route-world.ts';
import { NamePipeline } from '../pipeline/name-pipeline.ts';
import { FakeClock } from '../testing/fake-clock.ts';
import { RecordingLogger } from '../testing/recording-logger.ts';
import { type FeedSources, joinFeeds } from './feeds.ts';
import { Publisher } from './publisher.ts';
import { ModelProvider } from './testing/model-provider.ts';

const clock = new FakeClock();
const logger = new RecordingLogger();

function feed(name: string, gateways: readonly string[]): FeedSources {
  const sources = routeSources({ gateways: { names: gateways } });
  return { name, sources, catalog: new Catalog({ order: sources.map(({ kind }) => kind), reportOrigins: true, clock }) };
}

describe('several feeds behind one pipeline', () => {
  it('give one route on an internal and an external Gateway an A at one provider and a CNAME at the other', async () => {
    const joined = joinFeeds([feed('', ['outer']), feed('internal', ['inner'])]);
    const [outer, inner] = joined.feeds;
    if (outer === undefined || inner === undefined) throw new Error('two feeds');
    const [inside, outside] = [
      new ModelProvider({ name: 'inside', zones: ['example.com'] }),
      new ModelProvider({ name: 'outside', zones: ['example.com'] }),
    ];
    const selectors = [{ name: nameOf('example.com'), belowOnly: false }];
    const cluster = new MemoryCluster('prod');
    const publisher = new Publisher({
      routes: [
        { provider: inside, view: 'internal', selectors, feed: inner },
        { provider: outside, view: 'external', selectors, feed: outer },
      ],
      settings: { owner: 'me' },
      sources: () => ({ home: 'prod', clusters: ['prod'], clusterIds: new Map([['prod', 'c1']]), statuses: pipeline.statuses() }),
      isReady: () => true,
      clock,
      logger,
      random: () => 0,
    });
    const pipeline: NamePipeline = new NamePipeline({
      clusters: [cluster],
      sources: joined.sources,
      catalog: joined.catalog,
      clock,
      logger,
      onChanges: (changes) => publisher.apply(changes),
    });
    publisher.start();
    await pipeline.start();
    for (const object of [
      gatewayClass('public'),
      gateway('inner', { addresses: ['10.0.0.1'] }),
      gateway('outer', { addresses: [{ type: 'Hostname', value: 'lb.example.net' }] }),
      httpRouteNamed('web', { hostnames: ['www.example.com'], parents: ['inner', 'outer'] }),
    ])
      cluster.put(object);
    cluster.synced();
    await pipeline.settled();
    for (let turn = 0; turn < 200; turn++) await new Promise((resolve) => setImmediate(resolve));
    expect(inside.data()).toEqual(['www.example.com. 60 A 10.0.0.1']);
    expect(outside.data()).toEqual(['www.example.com. 60 CNAME lb.example.net.']);
    expect(inside.dump().find((line) => line.includes('heritage'))).toContain('own=A/httproute');
    cluster.delete(httpRouteNamed('web'));
    for (let turn = 0; turn < 200; turn++) await new Promise((resolve) => setImmediate(resolve));
    // The only name of each zone: its delete is held, at both.
    expect(publisher.status().map(({ zones }) => zones[0]?.held[0]?.operations)).toEqual([
      ['delete www.example.com. 60 A 10.0.0.1'],
      ['delete www.example.com. 60 CNAME lb.example.net.'],
    ]);
    await publisher.stop();
    await pipeline.stop();
  });

  it('must have different names', () => {
    expect(() => joinFeeds([feed('', []), feed('', [])])).toThrow(RangeError);
  });
});
