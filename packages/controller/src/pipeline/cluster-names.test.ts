import { describe, expect, it } from '@jest/globals';

import { nameOf } from '@kubezone/core';

import { type NodeObject, NODES } from '../resources/node.ts';
import { type PodObject, PODS } from '../resources/pod.ts';
import { projectObject } from '../resources/project-object.ts';
import { type ServiceObject, SERVICES } from '../resources/service.ts';
import { type RecordObject, RECORDS } from '../resources/record.ts';
import { nodeArea } from '../sources/node-area.ts';
import { nodeService } from '../sources/node-service.ts';
import { record } from '../sources/record.ts';
import type { Dependency, Source } from '../sources/source.ts';
import { everySource } from '../real-api-server/testing/every-source.ts';
import { node, service, slice } from '../testing/manifests.ts';
import { NameWorld } from '../testing/name-world.ts';
import { EXAMPLE } from '../testing/source-world.ts';
import { readDeletionPolicy } from '../annotations/deletion-policy.ts';
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
      annotations: new Set(['a', 'b', 'kubezone.io/deletion-policy']),
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

  it('is no label and no annotation but the one for all objects, where no source reads any', () => {
    expect(retentionOf([reading({ annotations: [] })])).toEqual({
      annotations: new Set(['kubezone.io/deletion-policy']),
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

  it('says whether the object wants its names kept, whatever its kind', () => {
    const sources = everySource();
    const keep = retentionOf(sources);
    const annotations = { 'kubezone.io/deletion-policy': 'retain' };
    for (const { kind, resource } of sources) {
      const raw = { metadata: { name: 'a', namespace: 'b', annotations }, spec: {} };
      const projected = projectObject(resource, raw, keep);
      const retain = projected.kind === 'object' && readDeletionPolicy(projected.object).retain;
      expect([kind, retain]).toEqual([kind, true]);
    }
  });

  it('follows the annotation, and the object alone that has it', async () => {
    const annotated = (policy?: string): object =>
      node('n1', {
        annotations: {
          'k8s.pootis.network/node-areas': 'home',
          'k8s.pootis.network/node-ips': '192.0.2.1',
          ...(policy !== undefined && { 'kubezone.io/deletion-policy': policy }),
        },
      });
    const relativeTo = [{ apex: nameOf('lb.test'), ttl: 30 }];
    const world = await NameWorld.with([annotated(), node('n2', { areas: 'home', ips: '192.0.2.2' })], {
      sources: [nodeArea({ relativeTo })],
      catalog: { reportOrigins: true },
    });
    const kept = (): string[] =>
      (world.changes.at(-1)?.[0]?.origins ?? []).flatMap(({ object, retain }) => (retain === true ? object : []));
    for (const [policy, expected] of [
      ['retain', ['Node/n1']],
      ['delete', []],
      ['orphan', ['Node/n1']],
      [undefined, []],
    ] as const) {
      world.cluster.put(annotated(policy));
      expect([policy, kept()]).toEqual([policy, expected]);
      expect(world.problems().map((line) => /\[([A-Z_]+)\]$/.exec(line)?.[1])).toEqual(
        policy === 'orphan' ? ['DELETION_POLICY_INVALID'] : [],
      );
    }
  });
});

describe('an object that is going', () => {
  const RECORD = {
    apiVersion: 'syntixi.io/v1alpha1',
    kind: 'Record',
    metadata: {
      name: 'www',
      namespace: 'team',
      deletionTimestamp: '2026-01-01T00:00:00Z',
      finalizers: ['example.org/backup', 'kubezone.io/published-by-me'],
    },
    spec: { fqdn: 'www.example.com', type: 'A', value: ['192.0.2.1'] },
  };

  it('asks for nothing, but it is known which names it would ask for', async () => {
    const told: string[] = [];
    const world = await NameWorld.with([RECORD], {
      sources: [record({ ...EXAMPLE, pods: false })],
      pipeline: { onObjects: ({ id }) => void told.push(id) },
    });
    expect(world.holds('www.example.com')).toEqual(['NXDOMAIN']);
    const [found] = world.pipeline.objects('test', RECORDS);
    expect(found).toMatchObject({ deletedAt: Date.UTC(2026, 0, 1), finalizers: ['kubezone.io/published-by-me'] });
    const namesOf = (cluster: string): string[] => [...world.pipeline.namesOf(cluster, RECORDS, found as RecordObject)];
    expect(namesOf('test')).toEqual(['www.example.com.']);
    expect(namesOf('other')).toEqual([]);
    // Nothing has become of any name, and whoever looks at objects hears of them all the same.
    expect([world.changes, told]).toEqual([[], [RECORDS.id]]);
    world.cluster.delete(RECORD);
    expect([world.changes, told]).toEqual([[], [RECORDS.id, RECORDS.id]]);
  });
});
