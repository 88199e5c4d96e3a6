import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';

import { node, service, slice } from '../testing/manifests.ts';
import { DNS_ENDPOINTS } from './dns-endpoint.ts';
import { ENDPOINT_SLICES } from './endpoint-slice.ts';
import { INGRESSES } from './ingress.ts';
import { NODES } from './node.ts';
import { PODS } from './pod.ts';
import { type Projected, projectObject } from './project-object.ts';
import type { Resource, Retention } from './resource.ts';
import { SERVICES } from './service.ts';

const KEEP: Retention = {
  annotations: new Set(['k8s.pootis.network/dns', 'constructor']),
  annotationPrefixes: ['example.com/'],
  labels: new Set(['app']),
};

const project = (resource: Resource, raw: unknown): Projected => projectObject(resource, raw, KEEP);

/** Why an object is malformed, in one line. */
function fault(resource: Resource, raw: unknown): string {
  const projected = project(resource, raw);
  if (projected.kind !== 'malformed') return projected.kind;
  const { key, path, found, expected } = projected.fault;
  return `${key ?? '?'}: ${path}: ${found}, not ${expected}`;
}

describe('an object as it arrives', () => {
  it('is trimmed to what DNS needs', () => {
    expect(
      project(
        SERVICES,
        service('git', { creationTimestamp: '2026-01-01T00:00:00Z', labels: { a: 'b', app: 'git' }, managedFields: [{}] }),
      ),
    ).toEqual({
      kind: 'object',
      object: {
        namespace: 'default',
        name: 'git',
        createdAt: Date.UTC(2026, 0, 1),
        deleting: false,
        annotations: { 'k8s.pootis.network/dns': 'true' },
        labels: { app: 'git' },
        type: 'ClusterIP',
        clusterIPs: [],
        headless: false,
        externalIPs: [],
        externalName: '',
        loadBalancer: [],
        localTraffic: false,
        publishNotReadyAddresses: false,
        nodePorts: [],
      },
    });
    expect(project(NODES, node('n1', { areas: 'home' }))).toEqual({
      kind: 'object',
      object: {
        namespace: '',
        name: 'n1',
        createdAt: 0,
        deleting: false,
        annotations: {},
        labels: {},
        ready: true,
        unschedulable: false,
        externalIPs: [],
        internalIPs: [],
        hostnames: [],
      },
    });
    expect(project(ENDPOINT_SLICES, slice('s', [{ node: 'b' }, { node: 'a' }, { node: 'b' }, {}]))).toMatchObject({
      object: { service: 'git', readyNodes: ['a', 'b'], terminatingNodes: [] },
    });
  });

  it('takes null for absent, and looks at no field that is not needed', () => {
    expect(
      fault(NODES, {
        metadata: { name: 'n1', annotations: null, creationTimestamp: null, labels: null, managedFields: 7 },
        status: null,
        other: 'x',
      }),
    ).toBe('object');
    expect(fault(NODES, { metadata: { name: 'n1', annotations: { other: 7 }, labels: { other: 7 } } })).toBe('object');
  });

  it('keeps the annotations with a wanted prefix, and all labels where selectors are not known beforehand', () => {
    const metadata = {
      name: 'n1',
      annotations: { 'example.com/a': '1', 'example.community/b': '2' },
      labels: { a: 'b', app: 'c' },
    };
    expect(project(NODES, { metadata })).toMatchObject({
      object: { annotations: { 'example.com/a': '1' }, labels: { app: 'c' } },
    });
    expect(projectObject(NODES, { metadata }, { ...KEEP, labels: 'all' })).toMatchObject({
      object: { labels: { a: 'b', app: 'c' } },
    });
  });

  it('is malformed where it has more of annotations and labels than the API allows', () => {
    const annotations = { a: 'x'.repeat(200_000), b: 'x'.repeat(70_000) };
    expect(fault(NODES, { metadata: { name: 'n1', annotations } })).toBe(
      'n1: metadata.annotations: 270002 characters, not at most 262144, which is what the Kubernetes API allows',
    );
    expect(fault(NODES, { metadata: { name: 'n1', labels: { app: 'x'.repeat(64) } } })).toMatch(/not at most 63 characters$/);
  });

  it.each<[Resource, Record<string, unknown>, Record<string, unknown>]>([
    [SERVICES, { spec: { clusterIP: 'None' } }, { headless: true, clusterIPs: [] }],
    [SERVICES, { spec: { clusterIP: '10.0.0.1' } }, { headless: false, clusterIPs: ['10.0.0.1'] }],
    [SERVICES, { spec: { type: 'ExternalName', externalName: 'x.test' } }, { externalName: 'x.test' }],
    [SERVICES, { spec: { type: 'ClusterIP', externalName: 'x.test' } }, { externalName: '' }],
    [
      SERVICES,
      { status: { loadBalancer: { ingress: [{ ip: '', hostname: 'h' }, {}, { ip: '1.1.1.1', hostname: 'h' }] } } },
      { loadBalancer: ['h', '1.1.1.1'] },
    ],
    [
      SERVICES,
      { spec: { type: 'NodePort', ports: [{ port: 80, nodePort: 30080 }, { port: 81 }] } },
      { nodePorts: [{ protocol: 'tcp', nodePort: 30080 }] },
    ],
    [SERVICES, { spec: { type: 'LoadBalancer', ports: [{ port: 80, nodePort: 30080 }] } }, { nodePorts: [] }],
    [
      PODS,
      { status: { podIP: '10.0.0.1', phase: 'Failed' }, spec: { nodeName: 'n1' } },
      { podIPs: ['10.0.0.1'], finished: true, node: 'n1' },
    ],
    [
      INGRESSES,
      { spec: { rules: [{ host: 'a' }, {}, { host: 'a' }], tls: [{ hosts: ['b'] }] } },
      { ruleHosts: ['a'], tlsHosts: ['b'] },
    ],
    [DNS_ENDPOINTS, {}, { endpoints: [] }],
  ])('has what stands in its specification and status (%#)', (resource, fields, expected) => {
    expect(project(resource, { metadata: { name: 'x', namespace: 'y' }, ...fields })).toMatchObject({ object: expected });
  });

  it('is nothing where it is a slice of no Service', () => {
    expect(project(ENDPOINT_SLICES, slice('s', [{ node: 'a' }], { of: '' }))).toEqual({ kind: 'nothing', key: 'default/s' });
  });

  it.each<[Resource, unknown, string]>([
    [NODES, 'text', '?: : the string "text", not a Node'],
    [NODES, {}, '?: metadata.name: nothing, not a name'],
    [NODES, { metadata: [] }, '?: metadata: a list of 0, not a mapping'],
    [NODES, { metadata: { name: 7 } }, '?: metadata.name: the number 7, not a string'],
    [NODES, { metadata: { name: 'n1' }, status: { conditions: {} } }, 'n1: status.conditions: a mapping, not a list'],
    [NODES, { metadata: { name: 'n1' }, status: { conditions: [{}, null] } }, 'n1: status.conditions[1]: nothing, not a mapping'],
    [NODES, { metadata: { name: 'n1', annotations: 'x' } }, 'n1: metadata.annotations: the string "x", not a mapping'],
    [SERVICES, { metadata: { name: 'git' } }, '?: metadata.namespace: nothing, not a name'],
    [
      SERVICES,
      { metadata: { name: 'git', namespace: 'x', annotations: { 'k8s.pootis.network/dns': 1 } } },
      'x/git: metadata.annotations["k8s.pootis.network/dns"]: the number 1, not a string: put it in quotes',
    ],
    [
      ENDPOINT_SLICES,
      { ...slice('s', []), endpoints: [{}, { nodeName: 'n', conditions: { ready: 'yes' } }] },
      'default/s: endpoints[1].conditions.ready: the string "yes", not true or false',
    ],
    [
      NODES,
      { metadata: { name: 'n1', creationTimestamp: 'soon' } },
      'n1: metadata.creationTimestamp: the string "soon", not a time in RFC 3339 format',
    ],
    [
      NODES,
      { metadata: { name: 'n1' }, status: 'x'.repeat(10_000) },
      `n1: status: the string "${'x'.repeat(77)}...", not a mapping`,
    ],
  ])('is malformed with place, what was found, and what is expected (%#)', (resource, raw, expected) => {
    expect(fault(resource, raw)).toBe(expected);
  });

  it('never throws, whatever it is, and finds no annotation that is not there', () => {
    fc.assert(
      fc.property(
        fc.anything({ withNullPrototype: true }),
        fc.anything(),
        fc.constantFrom<Resource>(NODES, SERVICES, ENDPOINT_SLICES, PODS, INGRESSES, DNS_ENDPOINTS),
        (one, other, resource) => {
          for (const raw of [
            one,
            { metadata: one },
            { metadata: { name: 'x', namespace: 'y', annotations: one, labels: other }, status: one, endpoints: other },
            { metadata: { name: 'x', namespace: 'y' }, spec: one, status: other },
            { metadata: { name: 'x', namespace: 'y' }, spec: { rules: [one], tls: [other], endpoints: [one], ports: [other] } },
          ]) {
            expect(['object', 'nothing', 'malformed']).toContain(project(resource, raw).kind);
          }
        },
      ),
    );
    expect(project(NODES, node('n1'))).toMatchObject({ object: { annotations: {} } });
  });
});
