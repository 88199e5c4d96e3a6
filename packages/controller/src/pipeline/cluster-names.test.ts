import { describe, expect, it } from '@jest/globals';

import { nameOf } from '@kubezone/core';

import { type NodeObject, NODES } from '../resources/node.ts';
import { type PodObject, PODS } from '../resources/pod.ts';
import { projectObject } from '../resources/project-object.ts';
import { type ServiceObject, SERVICES } from '../resources/service.ts';
import { nodeArea } from '../sources/node-area.ts';
import { nodeService } from '../sources/node-service.ts';
import type { Dependency, Source } from '../sources/source.ts';
import { node, service, slice } from '../testing/manifests.ts';
import { NameWorld } from '../testing/name-world.ts';
import { retentionOf } from './cluster-names.ts';

function reading(reads: Pick<Source, 'annotations' | 'annotationPrefixes' | 'labels'>): Source {
  return { ...(nodeArea({ relativeTo: [] }) as Source), ...reads };
}

describe('what is kept of the metadata of objects', () => {
  it('is what any source reads, each once', () => {
    const sources = [
      reading({ annotations: ['a', 'b'], annotationPrefixes: ['p/', 'q/'], labels: ['l'] }),
      reading({ annotations: ['b'] }),
      reading({ annotations: [], annotationPrefixes: ['q/'], labels: ['l', 'm'] }),
    ];
    expect(retentionOf(sources)).toEqual({
      annotations: new Set(['a', 'b']),
      annotationPrefixes: ['p/', 'q/'],
      labels: new Set(['l', 'm']),
      labelsOf: new Map(),
      fields: new Map(),
    });
  });

  it('is what a dependency reads of its own objects, besides what is kept of all', () => {
    const pods: Dependency = { resource: PODS, labels: 'all', concerns: () => [] };
    const nodes: Dependency = { resource: NODES, labels: ['n'], concerns: () => [] };
    const sources = [
      { ...reading({ annotations: [], labels: ['l'] }), reads: [pods, nodes] },
      { ...reading({ annotations: [] }), reads: [{ ...nodes, labels: ['o'] }] },
    ];
    const { labels, labelsOf } = retentionOf(sources);
    expect(labels).toEqual(new Set(['l']));
    expect(labelsOf).toEqual(
      new Map<string, unknown>([
        ['pods', 'all'],
        ['nodes', new Set(['l', 'n', 'o'])],
      ]),
    );
    const raw = { metadata: { name: 'a', namespace: 'b', labels: { l: '1', n: '2', z: '3' } } };
    const kept = [PODS, NODES, SERVICES].map((resource) =>
      projectObject<PodObject | NodeObject | ServiceObject>(resource, raw, retentionOf(sources)),
    );
    expect(kept).toMatchObject([
      { object: { labels: { l: '1', n: '2', z: '3' } } },
      { object: { labels: { l: '1', n: '2' } } },
      { object: { labels: { l: '1' } } },
    ]);
  });

  it('is every label where one source cannot say which it reads', () => {
    const sources = [reading({ annotations: [], labels: ['l'] }), reading({ annotations: [], labels: 'all' })];
    expect(retentionOf(sources).labels).toBe('all');
  });

  it('is no label and no annotation where no source reads any', () => {
    expect(retentionOf([reading({ annotations: [] })])).toEqual({
      annotations: new Set(),
      annotationPrefixes: [],
      labels: new Set(),
      labelsOf: new Map(),
      fields: new Map(),
    });
  });
});

describe('the origin of a name', () => {
  it('has the namespace of the object, and none for an object outside namespaces', async () => {
    const relativeTo = [{ apex: nameOf('lb.test'), ttl: 30 }];
    const world = await NameWorld.with(
      [
        node('n1', { areas: 'home', ips: '192.0.2.1' }),
        service('git', { namespace: 'team' }),
        slice('s', [{ node: 'n1', ready: true }], { namespace: 'team' }),
      ],
      { sources: [nodeArea({ relativeTo }), nodeService({ relativeTo })] },
    );
    const origins = world.changes.flat().flatMap((change) => change.origins);
    expect(new Set(origins.map(({ object, namespace }) => `${object} in "${namespace}"`))).toEqual(
      new Set(['Node/n1 in ""', 'Service/team/git in "team"']),
    );
  });
});
