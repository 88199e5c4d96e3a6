/** Every source against a genuine API server, with the custom resource definitions as their projects publish them. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';

import { ClusterObjects } from '../../../../tools/control-plane/cluster-objects.ts';
import { type ControlPlane, startControlPlane } from '../../../../tools/control-plane/control-plane.ts';
import { resourcesOf } from '../pipeline/cluster-names.ts';
import { eventually } from '../testing/eventually.ts';
import { FakeClock, REAL_CLOCK } from '../testing/fake-clock.ts';
import { writeKubeconfig } from '../testing/kubeconfig.ts';
import type { NameWorld } from '../testing/name-world.ts';
import { applyYaml } from './testing/apply-yaml.ts';
import { everySource } from './testing/every-source.ts';
import { live } from './testing/life.ts';
import { INGRESS_LIVES } from './testing/lives/ingress-lives.ts';
import { NODE_LIVES } from './testing/lives/node-lives.ts';
import { RECORD_LIVES } from './testing/lives/record-lives.ts';
import { RESOURCE_LIVES } from './testing/lives/resource-lives.ts';
import { ROUTE_LIVES } from './testing/lives/route-lives.ts';
import { SERVICE_LIVES } from './testing/lives/service-lives.ts';
import { onlyVersion } from './testing/only-version.ts';
import { findPrerequisites } from './testing/prerequisites.ts';
import { watchServers } from './testing/watch-servers.ts';

const LIVES = [...RECORD_LIVES, ...SERVICE_LIVES, ...INGRESS_LIVES, ...NODE_LIVES, ...ROUTE_LIVES, ...RESOURCE_LIVES];
/** What is missing is looked for again after a second and a half at most, since the clock is hasty; the rest is for a machine that is busy. */
const LATER_MS = 30_000;
const LONG_MS = 120_000;

const found = await findPrerequisites('every source against a real API server');
const sources = everySource();
const describeIfThere = 'definitions' in found ? describe : describe.skip;
const definitions = 'definitions' in found ? found.definitions : new Map<string, string>();

describeIfThere('a real API server', () => {
  let server: ControlPlane;
  let api: ClusterObjects;
  let world: NameWorld | undefined;

  beforeAll(async () => {
    server = await startControlPlane();
    api = new ClusterObjects(server);
  }, 120_000);
  afterEach(async () => {
    await api.clear();
    await world?.pipeline.stop();
    world = undefined;
  });
  afterAll(() => server?.stop());

  /** How the sources stand: `ingress failing API_NOT_FOUND`; synced ones are left out. */
  const troubled = (one: NameWorld): string[] =>
    one.pipeline
      .statuses()
      .filter(({ state }) => state !== 'synced')
      .map(({ source, state, failure }) => `${source} ${state} ${failure?.code}`);

  // The first tests: later ones define all kinds, for good.
  describe('that lacks the kinds of other projects', () => {
    it(
      'gives the names of those that it has, and makes nobody wait for the others longer than a minute',
      async () => {
        const clock = new FakeClock();
        world = await watchServers([{ name: 'real', server }], { sources, clock });
        const watched = world;
        const others = sources.filter(({ resource }) => definitions.has(resource.id));
        const missing = (state: string): string[] => others.map(({ kind }) => `${kind} ${state} API_NOT_FOUND`);
        await eventually(() => expect(troubled(watched)).toEqual(missing('failing')), LATER_MS);
        await applyYaml(api, ingress('a.example.com', '192.0.2.1'));
        await eventually(() => expect(watched.holds('a.example.com')).toEqual(['a.example.com. 60 IN A 192.0.2.1']), LATER_MS);

        // What nobody gives may be what a missing kind would give.
        expect(watched.pipeline.readiness()).toEqual({ complete: false, ready: false });
        clock.advance(59_999);
        expect(watched.pipeline.readiness()).toEqual({ complete: false, ready: false });
        clock.advance(1);
        expect(watched.pipeline.readiness()).toEqual({ complete: true, ready: true });
        expect(troubled(watched)).toEqual(missing('absent'));

        const errors = (): number | undefined =>
          watched.pipeline.statuses().find(({ source }) => source === 'dnsendpoint')?.errors;
        const tried = errors() ?? 0;
        await eventually(() => expect(errors()).toBeGreaterThan(tried + 2), LATER_MS);
        const { failure } = watched.pipeline.statuses().find(({ source }) => source === 'dnsendpoint') ?? {};
        expect(failure?.message).toMatch(/^the API has no dnsendpoints\.externaldns\.k8s\.io /);
        expect(watched.logger.lines.filter(({ level }) => level === 'error')).toEqual([]);
      },
      LONG_MS,
    );

    it(
      'gives their names once it has them, and none once it has them no more',
      async () => {
        const names = ['dnsendpoints.externaldns.k8s.io', 'ingressroutes.traefik.io'];
        const both = sources.filter(({ resource }) => names.includes(resource.id));
        expect(both).toHaveLength(2);
        world = await watchServers([{ name: 'real', server }], { sources: both, clock: REAL_CLOCK });
        const watched = world;
        const holds = async (dns: readonly string[], traefik: readonly string[]): Promise<void> =>
          eventually(() => {
            expect([watched.holds('dns.example.com'), watched.holds('traefik.example.com')]).toEqual([dns, traefik]);
          }, LATER_MS);
        const named = [['dns.example.com. 60 IN A 192.0.2.2'], ['NODATA']] as const;

        await eventually(() => expect(troubled(watched)).toHaveLength(2), LATER_MS);
        await api.define(definitions, ...names);
        await applyYaml(api, `${DNS_ENDPOINT}\n---${INGRESS_ROUTE}`);
        await holds(...named);
        expect(troubled(watched)).toEqual([]);

        await api.undefine(...names);
        await holds(['NXDOMAIN'], ['NXDOMAIN']);
        await eventually(() => {
          expect(troubled(watched)).toEqual(['dnsendpoint failing API_NOT_FOUND', 'resource failing API_NOT_FOUND']);
        }, LATER_MS);

        await api.define(definitions, ...names);
        await applyYaml(api, `${DNS_ENDPOINT}\n---${INGRESS_ROUTE}`);
        await holds(...named);
        await eventually(() => expect(troubled(watched)).toEqual([]), LATER_MS);
      },
      LONG_MS,
    );

    it(
      'gives the names of routes with as much of the Gateway API as it has, be it of an older version',
      async () => {
        const [gateways, tcpRoutes] = ['gateways.gateway.networking.k8s.io', 'tcproutes.gateway.networking.k8s.io'];
        const routes = sources.filter(({ kind }) => kind === 'httproute' || kind === 'tcproute');
        world = await watchServers([{ name: 'real', server }], { sources: routes, clock: REAL_CLOCK });
        const watched = world;
        await api.define(
          definitions,
          'gatewayclasses.gateway.networking.k8s.io',
          gateways,
          'httproutes.gateway.networking.k8s.io',
        );
        await applyYaml(api, `${GATEWAY}\n---${HTTP_ROUTE}`);
        await eventually(
          () => expect(watched.holds('http.example.com')).toEqual(['http.example.com. 60 IN A 192.0.2.4']),
          LATER_MS,
        );
        // Nobody has to wait for ListenerSets, which this server does not have.
        await eventually(() => expect(troubled(watched)).toEqual(['tcproute failing API_NOT_FOUND']), LATER_MS);

        const older = onlyVersion(definitions.get(tcpRoutes) ?? '', 'v1alpha2');
        await api.define(new Map([[tcpRoutes, older]]), tcpRoutes);
        await applyYaml(api, TCP_ROUTE);
        await eventually(
          () => expect(watched.holds('tcp.example.com')).toEqual(['tcp.example.com. 60 IN A 192.0.2.4']),
          LATER_MS,
        );
        await eventually(() => expect(troubled(watched)).toEqual([]), LATER_MS);
      },
      LONG_MS,
    );
  });

  describe('that has every kind', () => {
    let always: NameWorld;

    beforeAll(async () => {
      const read = resourcesOf(sources).map(({ id }) => id);
      await api.define(definitions, ...[...definitions.keys()].filter((name) => read.includes(name)));
      always = await watchServers([{ name: 'real', server }], { sources, clock: REAL_CLOCK });
      await eventually(() => {
        const waiting = troubled(always);
        if (waiting.length > 0) throw new Error(waiting.join(', '));
      }, LATER_MS);
    }, LONG_MS);
    afterAll(() => always?.pipeline.stop());

    it.each(LIVES.map((life) => [life.title, life] as const))(
      'gives the names of %s',
      async (_title, life) => {
        await live(life, api, always);
        expect(always.pipeline.statuses().filter(({ errors }) => errors > 0)).toEqual([]);
      },
      LONG_MS,
    );
  });

  describe('that allows little', () => {
    let folder: string;

    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'kubezone-controller-'));
    });
    afterAll(() => rm(folder, { recursive: true, force: true }));

    /** Watches with the token of a ServiceAccount, as in a pod. */
    async function watchAs(name: string, clock: FakeClock): Promise<NameWorld> {
      const path = `/api/v1/namespaces/default/serviceaccounts/${name}/token`;
      const { body } = await server.request<{ status: { token: string } }>('POST', path, {});
      const tokenFile = join(folder, `${name}.token`);
      await writeFile(tokenFile, body.status.token);
      const cluster = { server: server.server, 'certificate-authority': server.caPath };
      const clusters = { clusters: [{ name: 'c', cluster }] };
      const kubeconfig = await writeKubeconfig(join(folder, name), server.server, { tokenFile }, clusters);
      const watched = await watchServers([{ name: 'real', server, kubeconfig }], { sources, clock });
      world = watched;
      await eventually(() => expect(watched.pipeline.statuses().every(({ state }) => state !== 'syncing')).toBe(true), LATER_MS);
      return watched;
    }

    it(
      'gives what may be read, says what may not, and gives that too once it may',
      async () => {
        await applyYaml(api, `${ingress('b.example.com', '192.0.2.3')}\n---${DNS_ENDPOINT}\n---${account('few')}`);
        await applyYaml(api, role('few', [{ group: 'externaldns.k8s.io', plural: 'dnsendpoints' }]));
        const clock = new FakeClock();
        const watched = await watchAs('few', clock);
        // The API server itself learns of a role a moment after it is made.
        await eventually(
          () => expect(watched.holds('dns.example.com')).toEqual(['dns.example.com. 60 IN A 192.0.2.2']),
          LATER_MS,
        );
        const others = sources.filter(({ kind }) => kind !== 'dnsendpoint');
        const refused = (state: string): string[] => others.map(({ kind }) => `${kind} ${state} API_FORBIDDEN`);
        await eventually(() => expect(troubled(watched)).toEqual(refused('failing')), LATER_MS);
        const { failure } = watched.pipeline.statuses().find(({ source }) => source === 'ingress') ?? {};
        expect(failure?.message).toMatch(/"system:serviceaccount:default:few" cannot list resource "ingresses"/);
        expect(watched.pipeline.readiness()).toEqual({ complete: false, ready: false });
        clock.advance(60_000);
        expect(watched.pipeline.readiness()).toEqual({ complete: true, ready: true });
        expect(troubled(watched)).toEqual(refused('absent'));

        await applyYaml(api, role('more', [{ group: 'networking.k8s.io', plural: 'ingresses' }], 'few'));
        await eventually(() => expect(watched.holds('b.example.com')).toEqual(['b.example.com. 60 IN A 192.0.2.3']), LATER_MS);
        await eventually(
          () => expect(troubled(watched)).toEqual(refused('absent').filter((line) => !line.startsWith('ingress '))),
          LATER_MS,
        );
      },
      LONG_MS,
    );

    it(
      'needs to allow no more than to list and watch what the sources read',
      async () => {
        const read = resourcesOf(sources).map(({ id }) => id.split('.'));
        const rules = read.map(([plural = '', ...group]) => ({ group: group.join('.'), plural }));
        await applyYaml(api, `${account('all')}\n---${role('all', rules)}`);
        const watched = await watchAs('all', new FakeClock());
        await eventually(() => expect(troubled(watched)).toEqual([]), LATER_MS);
      },
      LONG_MS,
    );
  });
});

const ingress = (host: string, ip: string): string => `
  apiVersion: networking.k8s.io/v1
  kind: Ingress
  metadata: {name: ${host}}
  spec: {rules: [{host: ${host}}]}
  status: {loadBalancer: {ingress: [{ip: ${ip}}]}}`;

const DNS_ENDPOINT = `
  apiVersion: externaldns.k8s.io/v1alpha1
  kind: DNSEndpoint
  metadata: {name: dns}
  spec: {endpoints: [{dnsName: dns.example.com, recordType: A, targets: [192.0.2.2]}]}`;

const INGRESS_ROUTE = `
  apiVersion: traefik.io/v1alpha1
  kind: IngressRoute
  metadata: {name: traefik}
  spec: {routes: [{kind: Rule, match: 'Host(\`traefik.example.com\`)', services: [{name: web, port: 80}]}]}`;

const ACCEPTED = `
  status:
    parents:
    - controllerName: example.com/gateway-controller
      parentRef: {name: gw}
      conditions: [{type: Accepted, status: "True", reason: Accepted, message: "", lastTransitionTime: "2026-01-01T00:00:00Z"}]`;

const GATEWAY = `
  apiVersion: gateway.networking.k8s.io/v1
  kind: GatewayClass
  metadata: {name: public}
  spec: {controllerName: example.com/gateway-controller}
---
  apiVersion: gateway.networking.k8s.io/v1
  kind: Gateway
  metadata: {name: gw}
  spec: {gatewayClassName: public, listeners: [{name: http, port: 80, protocol: HTTP}, {name: tcp, port: 22, protocol: TCP}]}
  status: {addresses: [{type: IPAddress, value: 192.0.2.4}]}`;

const HTTP_ROUTE = `
  apiVersion: gateway.networking.k8s.io/v1
  kind: HTTPRoute
  metadata: {name: r}
  spec: {parentRefs: [{name: gw}], hostnames: [http.example.com]}${ACCEPTED}`;

const TCP_ROUTE = `
  apiVersion: gateway.networking.k8s.io/v1alpha2
  kind: TCPRoute
  metadata: {name: r, annotations: {external-dns.kubernetes.io/hostname: tcp.example.com}}
  spec: {parentRefs: [{name: gw}], rules: [{backendRefs: [{name: backend, port: 22}]}]}${ACCEPTED}`;

const account = (name: string): string => `
  apiVersion: v1
  kind: ServiceAccount
  metadata: {name: ${name}}`;

/** A ClusterRole to list and watch some resources, and who has it. */
function role(name: string, resources: readonly { readonly group: string; readonly plural: string }[], to = name): string {
  const rules = resources.map(({ group, plural }) => ({ apiGroups: [group], resources: [plural], verbs: ['list', 'watch'] }));
  const api = 'rbac.authorization.k8s.io';
  return `
  apiVersion: ${api}/v1
  kind: ClusterRole
  metadata: {name: ${name}}
  rules: ${JSON.stringify(rules)}
---
  apiVersion: ${api}/v1
  kind: ClusterRoleBinding
  metadata: {name: ${name}}
  roleRef: {apiGroup: ${api}, kind: ClusterRole, name: ${name}}
  subjects: [{kind: ServiceAccount, namespace: default, name: ${to}}]`;
}
