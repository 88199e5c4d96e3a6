/** Several clusters in one process, each a genuine API server with credentials and health of its own. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';

import { ClusterObjects } from '../../../../tools/control-plane/cluster-objects.ts';
import { type ControlPlane, startControlPlane } from '../../../../tools/control-plane/control-plane.ts';
import { ingress } from '../sources/ingress.ts';
import { service } from '../sources/service.ts';
import { eventually } from '../testing/eventually.ts';
import { FakeClock } from '../testing/fake-clock.ts';
import type { NameWorld } from '../testing/name-world.ts';
import { EXAMPLE } from '../testing/source-world.ts';
import { applyYaml } from './testing/apply-yaml.ts';
import { findPrerequisites } from './testing/prerequisites.ts';
import { watchServers } from './testing/watch-servers.ts';

const LATER_MS = 30_000;
const LONG_MS = 120_000;

const found = await findPrerequisites('several clusters of real API servers');
const describeIfThere = 'definitions' in found ? describe : describe.skip;

describeIfThere('several clusters', () => {
  let servers: { readonly east: ControlPlane; readonly west: ControlPlane };
  let east: ClusterObjects;
  let west: ClusterObjects;
  const worlds: NameWorld[] = [];

  beforeAll(async () => {
    const users = [{ name: 'reader', username: 'reader', groups: ['system:authenticated'] }];
    const [one, other] = await Promise.all([startControlPlane(), startControlPlane({ users })]);
    servers = { east: one, west: other };
    east = new ClusterObjects(one);
    west = new ClusterObjects(other);
  }, 120_000);
  afterEach(async () => {
    for (const world of worlds.splice(0)) await world.pipeline.stop();
    await east.clear();
    await west.clear();
  });
  afterAll(() => Promise.all([servers?.east.stop(), servers?.west.stop()]));

  async function watch(options: {
    readonly order?: readonly string[];
    readonly context?: string;
    readonly clock?: FakeClock;
  }): Promise<NameWorld> {
    const { order, context, clock = new FakeClock() } = options;
    const watched = [
      { name: 'east', server: servers.east },
      { name: 'west', server: servers.west, ...(context === undefined ? {} : { context }) },
    ];
    const world = await watchServers(watched, {
      sources: [service({ ...EXAMPLE, endpoints: false }), ingress(EXAMPLE)],
      clock,
      catalog: order === undefined ? {} : { clusterOrder: order },
    });
    worlds.push(world);
    return world;
  }

  const holds = (world: NameWorld, name: string, addresses: readonly string[]): Promise<void> =>
    eventually(() => {
      expect(world.holds(name)).toEqual(addresses.map((address) => `${name}. 60 IN A ${address}`));
    }, LATER_MS);

  /** `west service synced`, with why it is not. */
  const states = (world: NameWorld): string[] =>
    world.pipeline
      .statuses()
      .map(({ cluster, source, state, failure }) => [cluster, source, state, failure?.code].filter(Boolean).join(' '));
  const standing = (world: NameWorld, expected: readonly string[]): Promise<void> =>
    eventually(() => expect(states(world).toSorted()).toEqual(expected), LATER_MS);
  const HEALTHY = ['east ingress synced', 'east service synced', 'west ingress synced', 'west service synced'];
  const WITHOUT_WEST = [
    'east ingress synced',
    'east service synced',
    'west ingress failing API_UNREACHABLE',
    'west service failing API_UNREACHABLE',
  ];

  it(
    'give one name what each of them asks for',
    async () => {
      await applyYaml(east, web('shop', '192.0.2.1'));
      await applyYaml(west, web('shop', '192.0.2.2'));
      const world = await watch({});
      await holds(world, 'shop.example.com', ['192.0.2.1', '192.0.2.2']);
      await applyYaml(west, web('shop', '192.0.2.3'));
      await holds(world, 'shop.example.com', ['192.0.2.1', '192.0.2.3']);
      await east.remove('Service/shop');
      await holds(world, 'shop.example.com', ['192.0.2.3']);
      expect([...world.catalog.conflicts()]).toEqual([]);
    },
    LONG_MS,
  );

  it(
    'give it what the first of them in their order asks for, and tell the others',
    async () => {
      await applyYaml(east, web('shop', '192.0.2.1'));
      await applyYaml(west, `${web('shop', '192.0.2.2')}\n---${web('own', '192.0.2.4')}`);
      const world = await watch({ order: ['east', 'west'] });
      await holds(world, 'own.example.com', ['192.0.2.4']);
      await holds(world, 'shop.example.com', ['192.0.2.1']);
      expect([...world.catalog.conflicts()].map(({ loser, winner }) => `${winner?.cluster} before ${loser.cluster}`)).toEqual([
        'east before west',
      ]);
      await east.remove('Service/shop');
      await holds(world, 'shop.example.com', ['192.0.2.2']);
      expect([...world.catalog.conflicts()]).toEqual([]);
      await applyYaml(east, web('shop', '192.0.2.1'));
      await holds(world, 'shop.example.com', ['192.0.2.1']);
    },
    LONG_MS,
  );

  it(
    'have rights of their own',
    async () => {
      await applyYaml(east, host('east', '192.0.2.5'));
      await applyYaml(west, `${web('west', '192.0.2.6')}\n---${host('hidden', '192.0.2.7')}\n---${mayRead('services', '')}`);
      const world = await watch({ context: 'reader' });
      await holds(world, 'west.example.com', ['192.0.2.6']);
      await holds(world, 'east.example.com', ['192.0.2.5']);
      await standing(world, [
        'east ingress synced',
        'east service synced',
        'west ingress failing API_FORBIDDEN',
        'west service synced',
      ]);
      expect(world.holds('hidden.example.com')).toEqual(['NXDOMAIN']);
      await applyYaml(west, mayRead('ingresses', 'networking.k8s.io'));
      await holds(world, 'hidden.example.com', ['192.0.2.7']);
      await standing(world, HEALTHY);
    },
    LONG_MS,
  );

  it(
    'keep the names of one that is away, and those that come with it when it is back',
    async () => {
      await applyYaml(east, `${web('shop', '192.0.2.1')}\n---${web('east', '192.0.2.5')}`);
      await applyYaml(west, `${web('shop', '192.0.2.2')}\n---${web('west', '192.0.2.6')}`);
      const merged = await watch({});
      const ordered = await watch({ order: ['west', 'east'] });
      await standing(merged, HEALTHY);
      await standing(ordered, HEALTHY);
      expect(merged.pipeline.readiness()).toEqual({ complete: true, ready: true });

      await servers.west.kill();
      await standing(merged, WITHOUT_WEST);
      await standing(ordered, WITHOUT_WEST);
      await holds(merged, 'west.example.com', ['192.0.2.6']);
      await holds(merged, 'shop.example.com', ['192.0.2.1', '192.0.2.2']);
      await holds(ordered, 'shop.example.com', ['192.0.2.2']);
      await applyYaml(east, web('east', '192.0.2.15'));
      await holds(merged, 'east.example.com', ['192.0.2.15']);
      expect(merged.pipeline.readiness()).toEqual({ complete: true, ready: true });

      // Whoever starts meanwhile gives what there is, denies nothing, and is worth asking after a minute.
      const clock = new FakeClock();
      const late = await watch({ clock });
      await holds(late, 'shop.example.com', ['192.0.2.1']);
      await standing(late, WITHOUT_WEST);
      expect(late.pipeline.readiness()).toEqual({ complete: false, ready: false });
      clock.advance(60_000);
      expect(late.pipeline.readiness()).toEqual({ complete: false, ready: true });

      await servers.west.restart();
      await west.remove('Service/west');
      await applyYaml(west, web('shop', '192.0.2.12'));
      for (const world of [merged, late]) {
        await holds(world, 'shop.example.com', ['192.0.2.1', '192.0.2.12']);
        await eventually(() => expect(world.holds('west.example.com')).toEqual(['NXDOMAIN']), LATER_MS);
        await standing(world, HEALTHY);
        expect(world.pipeline.readiness()).toEqual({ complete: true, ready: true });
      }
      await holds(ordered, 'shop.example.com', ['192.0.2.12']);
    },
    LONG_MS,
  );
});

const web = (name: string, ip: string): string => `
  apiVersion: v1
  kind: Service
  metadata: {name: ${name}, annotations: {external-dns.kubernetes.io/hostname: ${name}.example.com}}
  spec: {type: LoadBalancer, ports: [{port: 80}]}
  status: {loadBalancer: {ingress: [{ip: ${ip}}]}}`;

const host = (name: string, ip: string): string => `
  apiVersion: networking.k8s.io/v1
  kind: Ingress
  metadata: {name: ${name}}
  spec: {rules: [{host: ${name}.example.com}]}
  status: {loadBalancer: {ingress: [{ip: ${ip}}]}}`;

const mayRead = (plural: string, group: string): string => `
  apiVersion: rbac.authorization.k8s.io/v1
  kind: ClusterRole
  metadata: {name: ${plural}}
  rules: [{apiGroups: ["${group}"], resources: [${plural}], verbs: [list, watch]}]
---
  apiVersion: rbac.authorization.k8s.io/v1
  kind: ClusterRoleBinding
  metadata: {name: ${plural}}
  roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: ${plural}}
  subjects: [{apiGroup: rbac.authorization.k8s.io, kind: User, name: reader}]`;
