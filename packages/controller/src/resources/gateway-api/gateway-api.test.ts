import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';

import {
  CONTROLLER,
  gateway,
  gatewayClass,
  httpRouteNamed,
  listenerSet,
  namespace,
} from '../../gateway/testing/gateway-manifests.ts';
import { projectObject } from '../project-object.ts';
import type { Resource, Retention } from '../resource.ts';
import { GATEWAY_CLASSES } from './gateway-class.ts';
import { GATEWAYS } from './gateway.ts';
import { LISTENER_SETS } from './listener-set.ts';
import { NAMESPACES } from './namespace.ts';
import { GRPC_ROUTES, HTTP_ROUTES, TCP_ROUTES, TLS_ROUTES, UDP_ROUTES } from './route.ts';

const KEEP: Retention = { annotations: new Set(['mine']), annotationPrefixes: ['dns.example/'], labels: new Set(['kept']) };
const METADATA = {
  annotations: { mine: 'a', 'dns.example/b': 'b', other: 'c' },
  labels: { kept: 'yes', other: 'no' },
  managedFields: [{}],
};
const BASE = { createdAt: 0, deleting: false };
const KEPT = { annotations: { mine: 'a', 'dns.example/b': 'b' }, labels: { kept: 'yes' } };

const object = (resource: Resource, raw: unknown): unknown => {
  const projected = projectObject(resource, raw, KEEP);
  return projected.kind === 'object' ? projected.object : projected;
};

describe('an object of the Gateway API as it arrives', () => {
  it('is trimmed to what names depend on: a Gateway', () => {
    const listeners = [
      { hostname: 'a.example.com', from: 'All' as const, kinds: [{ kind: 'HTTPRoute' }] },
      { name: 'x', protocol: 'TLS' },
    ];
    expect(object(GATEWAYS, gateway('gw', { ...METADATA, listeners, addresses: [{ value: '192.0.2.1' }] }))).toEqual({
      ...BASE,
      ...KEPT,
      namespace: 'default',
      name: 'gw',
      className: 'public',
      allowedListeners: { from: 'None' },
      addresses: [{ type: 'IPAddress', value: '192.0.2.1' }],
      listeners: [
        {
          name: 'web',
          hostname: 'a.example.com',
          port: 80,
          protocol: 'HTTP',
          namespaces: { from: 'All' },
          kinds: ['HTTPRoute'],
          kindsGiven: true,
        },
        { name: 'x', port: 80, protocol: 'TLS', namespaces: { from: 'Same' }, kinds: [], kindsGiven: false },
      ],
    });
  });

  it('is trimmed to what names depend on: a route', () => {
    const parents = [
      { group: '', kind: 'Service', name: 's' },
      { name: 'gw', namespace: 'infra', sectionName: 'web', port: 80 },
    ];
    expect(object(HTTP_ROUTES, httpRouteNamed('r', { ...METADATA, hostnames: ['a.example.com'], parents }))).toEqual({
      ...BASE,
      ...KEPT,
      namespace: 'default',
      name: 'r',
      hostnames: ['a.example.com'],
      parents: [
        { index: 1, kind: 'Gateway', key: 'infra/gw', sectionName: 'web', port: 80, acceptedBy: [CONTROLLER], refusals: [] },
      ],
    });
  });

  it('is trimmed to what names depend on: the others', () => {
    expect(object(GATEWAY_CLASSES, gatewayClass('public'))).toEqual({
      ...BASE,
      namespace: '',
      name: 'public',
      controllerName: CONTROLLER,
    });
    expect(object(NAMESPACES, namespace('apps', { a: 'b' }))).toEqual({
      ...BASE,
      namespace: '',
      name: 'apps',
      labels: { a: 'b' },
    });
    const set = listenerSet('set', { ...METADATA, parent: { name: 'gw', namespace: 'infra' }, listeners: [], accepted: 'False' });
    expect(object(LISTENER_SETS, set)).toEqual({
      ...BASE,
      annotations: KEPT.annotations,
      namespace: 'default',
      name: 'set',
      gateway: 'infra/gw',
      listeners: [],
      refused: true,
    });
    expect(object(LISTENER_SETS, listenerSet('set', { parent: { kind: 'Other', name: 'x' } }))).toEqual({
      kind: 'nothing',
      key: 'default/set',
    });
  });

  it.each<[Resource, object, string]>([
    [
      HTTP_ROUTES,
      httpRouteNamed('r', { hostnames: Array.from({ length: 10_000 }, (_, n) => `h${n}.example.com`) }),
      'spec.hostnames: a list of 10000, not at most 16 entries, as the API has it',
    ],
    [
      HTTP_ROUTES,
      httpRouteNamed('r', { parents: Array.from({ length: 33 }, () => 'gw') }),
      'spec.parentRefs: a list of 33, not at most 32 entries, as the API has it',
    ],
    [
      GATEWAYS,
      gateway('g', { listeners: Array.from({ length: 65 }, () => ({})) }),
      'spec.listeners: a list of 65, not at most 64 entries, as the API has it',
    ],
    [
      GATEWAYS,
      gateway('g', { addresses: Array.from({ length: 17 }, () => '192.0.2.1') }),
      'status.addresses: a list of 17, not at most 16 entries, as the API has it',
    ],
    [
      GATEWAYS,
      gateway('g', { annotations: { other: 'x'.repeat(1_048_576) } }),
      'metadata.annotations: 1048581 characters, not at most 262144, which is what the Kubernetes API allows',
    ],
    [
      GATEWAYS,
      gateway('g', { listeners: [{ from: 'Some' as 'All' }] }),
      'spec.listeners[0].allowedRoutes.namespaces.from: the string "Some", not All, Same, None, Selector',
    ],
    [
      GATEWAYS,
      gateway('g', { listeners: [{}, { from: 'Selector', selector: { matchExpressions: [{ key: 'a', operator: 'Like' }] } }] }),
      'spec.listeners[1].allowedRoutes.namespaces.selector.matchExpressions[0].operator: the string "Like", not In, NotIn, Exists, DoesNotExist',
    ],
    [HTTP_ROUTES, httpRouteNamed('r', { hostnames: [7 as never] }), 'spec.hostnames[0]: the number 7, not a string'],
    [
      HTTP_ROUTES,
      httpRouteNamed('r', { parents: [{ name: 'gw', port: '80' }] }),
      'spec.parentRefs[0].port: the string "80", not a number',
    ],
  ])('is malformed with place, what was found, and what is expected (%#)', (resource, raw, expected) => {
    const projected = projectObject(resource, raw, KEEP);
    if (projected.kind !== 'malformed') throw new Error(projected.kind);
    const { path, found, expected: wanted } = projected.fault;
    expect(`${path}: ${found}, not ${wanted}`).toBe(expected);
  });

  it('never throws, whatever it is', () => {
    const resources = [
      GATEWAYS,
      GATEWAY_CLASSES,
      LISTENER_SETS,
      NAMESPACES,
      HTTP_ROUTES,
      GRPC_ROUTES,
      TLS_ROUTES,
      TCP_ROUTES,
      UDP_ROUTES,
    ];
    fc.assert(
      fc.property(fc.anything(), fc.anything(), fc.constantFrom<Resource>(...resources), (one, other, resource) => {
        for (const raw of [
          { metadata: { name: 'x', namespace: 'y', labels: one, annotations: other }, spec: one, status: other },
          {
            metadata: { name: 'x', namespace: 'y' },
            spec: { hostnames: one, parentRefs: other, parentRef: one, listeners: other, allowedListeners: one },
          },
          {
            metadata: { name: 'x', namespace: 'y' },
            spec: { parentRefs: [one], listeners: [other] },
            status: { parents: [one], addresses: [other], conditions: [one] },
          },
        ]) {
          expect(['object', 'nothing', 'malformed']).toContain(projectObject(resource, raw, KEEP).kind);
        }
      }),
    );
  });
});
