import { describe, expect, it } from '@jest/globals';
import { nameOf } from '@kubezone/core';

import { findObject } from '../resources/resource.ts';
import type { UntypedObject } from '../resources/untyped.ts';
import { parseTemplate, type Template } from '../template/template.ts';
import { TemplateFailure } from '../template/template-failure.ts';
import { SAMPLES } from '../template/testing/sample-objects.ts';
import { NameWorld } from '../testing/name-world.ts';
import { httpRoute } from './httproute.ts';
import { namingOfZones } from './naming-of-zones.ts';
import type { ObjectSourceOptions } from './object-source.ts';
import { type ResourceRule, resourceSources } from './resource.ts';
import type { Source } from './source.ts';

const OPTIONS: ObjectSourceOptions = {
  naming: namingOfZones({ zones: [{ apex: nameOf('example.com'), ttl: 30 }] }),
  externalDns: { target: 'honour' },
};

function template(text: string): Template {
  const parsed = parseTemplate(text);
  if (parsed instanceof TemplateFailure) throw new Error(parsed.message);
  return parsed;
}

const fromTemplate = (text: string): ResourceRule['targets'] => ({ kind: 'template', template: template(text) });
const fromService: ResourceRule['targets'] = { kind: 'service', namespace: 'traefik', name: 'traefik' };
const fromGateway: ResourceRule['targets'] = { kind: 'gateway', namespace: 'infra', name: 'edge' };

const TRAEFIK: ResourceRule = {
  apiVersion: 'traefik.io/v1alpha1',
  kind: 'IngressRoute',
  names: template('{{range .Spec.routes}}{{hosts .match | join ","}},{{end}}'),
  targets: fromService,
};
const ISTIO_GATEWAY: ResourceRule = {
  apiVersion: 'networking.istio.io/v1',
  kind: 'Gateway',
  names: template('{{range .Spec.servers}}{{range .hosts}}{{after "/" .}},{{end}}{{end}}'),
  targets: fromService,
};
const VIRTUAL_SERVICE: ResourceRule = {
  apiVersion: 'networking.istio.io/v1',
  kind: 'VirtualService',
  names: template('{{join "," .Spec.hosts}}'),
  targets: fromGateway,
};
const CONTOUR: ResourceRule = {
  apiVersion: 'projectcontour.io/v1',
  kind: 'HTTPProxy',
  plural: 'httpproxies',
  names: template('{{.Spec.virtualhost.fqdn}}'),
  targets: fromTemplate('{{range .Status.loadBalancer.ingress}}{{or .ip .hostname}},{{end}}'),
};

const SERVICE = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'traefik', namespace: 'traefik' },
  spec: { type: 'LoadBalancer', clusterIP: '10.96.0.1' },
  status: { loadBalancer: { ingress: [{ ip: '203.0.113.7' }, { ip: '2001:db8::7' }] } },
};
const GATEWAY = {
  apiVersion: 'gateway.networking.k8s.io/v1',
  kind: 'Gateway',
  metadata: { name: 'edge', namespace: 'infra' },
  spec: { gatewayClassName: 'x', listeners: [] },
  status: { addresses: [{ type: 'IPAddress', value: '203.0.113.8' }] },
};

function world(rules: readonly ResourceRule[], objects: readonly object[], options = OPTIONS): Promise<NameWorld> {
  const sources: Source<UntypedObject>[] = resourceSources(rules, options);
  return NameWorld.with(objects, { sources, catalog: { order: ['resource'] } });
}

const a = (name: string, address: string): string => `${name}. 30 IN A ${address}`;

describe('a resource by configuration', () => {
  it('gives the hosts of a Traefik IngressRoute the addresses of a Service', async () => {
    const { holds } = await bound([TRAEFIK], [SAMPLES.ingressRoute, SERVICE]);
    for (const host of ['shop.example.com', 'www.example.com', 'example.com']) {
      expect(holds(host)).toEqual([a(host, '203.0.113.7'), `${host}. 30 IN AAAA 2001:db8::7`]);
    }
    expect(holds('internal.example.com')).toEqual(['NXDOMAIN']);
  });

  it('leaves out what a rule of a Traefik IngressRoute would give that cannot be read, and says so', async () => {
    const routes = ['Host(`a.example.com`)', 'Host(`b.example.com)', 'Host(`c.example.com`) && Path(`/`)'];
    const object = { ...SAMPLES.ingressRoute, spec: { routes: routes.map((match) => ({ match })) } };
    const { holds, problems } = await bound([TRAEFIK], [object, SERVICE]);
    for (const host of ['a.example.com', 'c.example.com']) expect(holds(host)).toContain(a(host, '203.0.113.7'));
    expect(holds('b.example.com')).toEqual(['NXDOMAIN']);
    expect(problems()).toEqual([
      expect.stringMatching(/: the template of names, line 1, column 25: found "Host\(`b\.example\.com\)", .* \[RULE_INVALID\]$/),
    ]);
  });

  it('gives the hosts of an Istio Gateway, wildcards too, the addresses of a Service', async () => {
    const { holds } = await bound([ISTIO_GATEWAY], [SAMPLES.istioGateway, SERVICE]);
    expect(holds('bookinfo.example.com')).toContain(a('bookinfo.example.com', '203.0.113.7'));
    expect(holds('*.apps.example.com')).toContain(a('*.apps.example.com', '203.0.113.7'));
  });

  it('gives the hosts of an Istio VirtualService the addresses of a Gateway, but none to hosts of the mesh', async () => {
    const { holds, problems } = await bound([VIRTUAL_SERVICE], [SAMPLES.virtualService, GATEWAY]);
    expect(holds('reviews.example.com')).toEqual([a('reviews.example.com', '203.0.113.8')]);
    expect(holds('reviews.example.com.example.com')).toEqual(['NXDOMAIN']);
    expect(problems()).toEqual([]);
  });

  it('takes a host that is every host for no name, and for no mistake', async () => {
    const gateway = { ...SAMPLES.istioGateway, spec: { servers: [{ hosts: ['*', './*', 'shop.example.com'] }] } };
    const { holds, problems } = await bound([ISTIO_GATEWAY], [gateway, SERVICE]);
    expect(holds('shop.example.com')).toContain(a('shop.example.com', '203.0.113.7'));
    expect(holds('*.example.com')).toEqual(['NXDOMAIN']);
    expect(problems()).toEqual([]);
  });

  it.each<{ rule: string; spec: object; expected: string }>([
    { rule: 'its external IPs', spec: { clusterIP: '10.96.0.1', externalIPs: ['198.51.100.7'] }, expected: '198.51.100.7' },
    { rule: 'else its cluster IPs', spec: { clusterIP: '10.96.0.1' }, expected: '10.96.0.1' },
  ])('takes of a NodePort Service $rule', async ({ spec, expected }) => {
    const { holds } = await bound([TRAEFIK], [SAMPLES.ingressRoute, { ...SERVICE, spec: { type: 'NodePort', ...spec } }]);
    expect(holds('shop.example.com')).toEqual([a('shop.example.com', expected)]);
  });

  it('says of a headless Service that it has no addresses', async () => {
    const { holds, problems } = await bound([TRAEFIK], [SAMPLES.ingressRoute, { ...SERVICE, spec: { clusterIP: 'None' } }]);
    expect(holds('shop.example.com')).toEqual(['NODATA']);
    expect(problems()).toHaveLength(1);
  });

  it('gives the host of a Contour HTTPProxy what a template makes of its status', async () => {
    const { holds } = await bound([CONTOUR], [SAMPLES.httpProxy]);
    expect(holds('contour.example.com')).toEqual([a('contour.example.com', '203.0.113.44')]);
  });

  it('reads several kinds, and several rules of one', async () => {
    const more: ResourceRule = { ...CONTOUR, names: template('{{.Name}}-{{.Namespace}}.example.com') };
    const { holds } = await bound([CONTOUR, more, TRAEFIK], [SAMPLES.httpProxy, SAMPLES.ingressRoute, SERVICE]);
    expect(holds('contour.example.com')).toEqual([a('contour.example.com', '203.0.113.44')]);
    expect(holds('root-shop.example.com')).toEqual([a('root-shop.example.com', '203.0.113.44')]);
    expect(holds('shop.example.com')).toContain(a('shop.example.com', '203.0.113.7'));
  });

  it('follows the Service that gives the addresses', async () => {
    const one = await world([TRAEFIK], [SAMPLES.ingressRoute]);
    expect(one.holds('shop.example.com')).toEqual(['NODATA']);
    expect(one.problems()).toEqual([
      'IngressRoute.traefik.io/web/shop: found no addresses: Service/traefik/traefik does not exist, expected the Service that gives them [TARGET_OBJECT_MISSING]',
    ]);
    one.cluster.put(SERVICE);
    expect(one.holds('shop.example.com')).toContain(a('shop.example.com', '203.0.113.7'));
    expect(one.problems()).toEqual([]);
    one.cluster.put({ ...SERVICE, spec: { ...SERVICE.spec, externalIPs: ['203.0.113.99'] } });
    expect(one.holds('shop.example.com')).toEqual([a('shop.example.com', '203.0.113.99')]);
    one.cluster.delete(SERVICE);
    expect(one.holds('shop.example.com')).toEqual(['NODATA']);
    one.cluster.delete(SAMPLES.ingressRoute);
    expect(one.holds('shop.example.com')).toEqual(['NXDOMAIN']);
  });

  it('follows the Gateway that gives the addresses', async () => {
    const one = await world([VIRTUAL_SERVICE], [SAMPLES.virtualService]);
    expect(one.holds('reviews.example.com')).toEqual(['NODATA']);
    one.cluster.put(GATEWAY);
    expect(one.holds('reviews.example.com')).toEqual([a('reviews.example.com', '203.0.113.8')]);
    one.cluster.put({
      ...GATEWAY,
      metadata: { ...GATEWAY.metadata, annotations: { 'external-dns.kubernetes.io/target': '192.0.2.1' } },
    });
    expect(one.holds('reviews.example.com')).toEqual([a('reviews.example.com', '192.0.2.1')]);
  });

  it('honours external-dns’s annotations', async () => {
    const annotated = (annotations: Record<string, string>): object => ({
      ...SAMPLES.httpProxy,
      metadata: { ...SAMPLES.httpProxy.metadata, annotations },
    });
    const prefix = 'external-dns.alpha.kubernetes.io/';
    const named = await bound(
      [CONTOUR],
      [annotated({ [`${prefix}hostname`]: 'other.example.com', [`${prefix}target`]: '192.0.2.9', [`${prefix}ttl`]: '5' })],
    );
    expect(named.holds('other.example.com')).toEqual(['other.example.com. 5 IN A 192.0.2.9']);
    expect(named.holds('contour.example.com')).toEqual(['NXDOMAIN']);
    const both = await bound([{ ...CONTOUR, use: 'also' }], [annotated({ [`${prefix}hostname`]: 'other.example.com' })]);
    expect(both.holds('other.example.com')).toEqual([a('other.example.com', '203.0.113.44')]);
    expect(both.holds('contour.example.com')).toEqual([a('contour.example.com', '203.0.113.44')]);
    const ignored = await bound([CONTOUR], [annotated({ 'kubezone.io/ignore': 'true' })]);
    expect(ignored.holds('contour.example.com')).toEqual(['NXDOMAIN']);
  });

  it('makes an alias of a target that is a host name', async () => {
    const rule = { ...CONTOUR, targets: fromTemplate('lb.elsewhere.test') };
    const { catalog } = await world([rule], [SAMPLES.httpProxy]);
    expect(catalog.state(nameOf('contour.example.com')).aliases).toEqual([{ ttl: 30, targets: ['lb.elsewhere.test.'] }]);
  });

  it('makes addresses of a status with addresses and a host name, and nobody is told anything', async () => {
    const status = { loadBalancer: { ingress: [{ hostname: 'lb.elsewhere.test' }, { ip: '203.0.113.44' }] } };
    const found = await world([CONTOUR], [{ ...SAMPLES.httpProxy, status }]);
    expect(found.holds('contour.example.com')).toEqual([a('contour.example.com', '203.0.113.44')]);
    expect([...found.catalog.conflicts(), ...found.problems()]).toEqual([]);
  });

  it('lets the name exist where a template of targets does not suit the object, and says why', async () => {
    const rule = { ...CONTOUR, targets: fromTemplate('{{index .Status.addresses 0}}') };
    const { holds, problems } = await bound([rule], [SAMPLES.httpProxy]);
    expect(holds('contour.example.com')).toEqual(['NODATA']);
    expect(problems()).toEqual([
      'HTTPProxy.projectcontour.io/shop/root: the template of targets does not suit it: line 1, column 3: found nothing, expected a list to take an item from: test it with "if" or "with" first [TEMPLATE_FAILED]',
    ]);
  });

  it('reports names that are none, and uses the others', async () => {
    const rule = { ...CONTOUR, names: template('{{.Spec.virtualhost.fqdn}},a..example.com,a.*.example.com,_owner.example.com') };
    const { holds, problems } = await bound([rule], [SAMPLES.httpProxy]);
    expect(holds('contour.example.com')).toEqual([a('contour.example.com', '203.0.113.44')]);
    expect(problems()).toHaveLength(3);
    for (const problem of problems()) expect(problem).toContain('[OWNER_NAME_INVALID]');
  });

  it('refuses an object with ten thousand names, and nothing else suffers', async () => {
    const hostile = {
      ...SAMPLES.virtualService,
      metadata: { name: 'hostile', namespace: 'shop' },
      spec: { hosts: Array.from({ length: 10_000 }, (_, at) => `h${at}.example.com`) },
    };
    const { holds, problems } = await bound([VIRTUAL_SERVICE], [hostile, SAMPLES.virtualService, GATEWAY]);
    expect(holds('h1.example.com')).toEqual(['NXDOMAIN']);
    expect(holds('reviews.example.com')).toEqual([a('reviews.example.com', '203.0.113.8')]);
    expect(problems()).toHaveLength(1);
    expect(problems()[0]).toContain('[LIST_TOO_LONG]');
  });

  it('keeps nothing of an object but what its templates read', async () => {
    const [source] = resourceSources([CONTOUR], OPTIONS);
    const [object] = await stored(source, SAMPLES.httpProxy);
    expect(object).toMatchObject({
      fields: {
        spec: { virtualhost: { fqdn: 'contour.example.com' } },
        status: { loadBalancer: { ingress: [{ ip: '203.0.113.44' }] } },
      },
    });
    expect(JSON.stringify(object)).not.toContain('tls');
  });

  it('does not accept rules that contradict each other about a kind', () => {
    expect(() => resourceSources([CONTOUR, { ...CONTOUR, plural: 'proxies' }], OPTIONS)).toThrow(RangeError);
    expect(() => resourceSources([CONTOUR, { ...CONTOUR, apiVersion: 'projectcontour.io/v2' }], OPTIONS)).toThrow(
      'HTTPProxy is given in several versions, expected one: projectcontour.io/v1, projectcontour.io/v2',
    );
  });

  it.each([
    ['v1', 'Service', 'service, nodeport, node-service'],
    ['networking.k8s.io/v1', 'Ingress', 'ingress'],
    ['networking.k8s.io/v1beta1', 'Ingress', 'ingress'],
    ['v1', 'Node', 'node, node-area'],
    ['v1', 'Pod', 'pod'],
    ['externaldns.k8s.io/v1alpha1', 'DNSEndpoint', 'dnsendpoint'],
    ['gateway.networking.k8s.io/v1beta1', 'HTTPRoute', 'httproute'],
    ['gateway.networking.k8s.io/v1', 'Gateway', 'httproute, tlsroute, grpcroute, tcproute, udproute'],
  ])('does not read what another source reads: %s %s', (apiVersion, kind, sources) => {
    expect(() => resourceSources([{ ...CONTOUR, apiVersion, kind }], OPTIONS)).toThrow(
      `${kind} (${apiVersion}) is read by the source ${sources}, which is to be used for it`,
    );
  });

  it('is told apart from one of another group with its kind and name', async () => {
    const named = { name: 'edge', namespace: 'infra' };
    const istio = {
      apiVersion: 'networking.istio.io/v1',
      kind: 'Gateway',
      metadata: named,
      spec: { servers: [{ hosts: ['*.istio.example.com', 'a b.example.com'] }] },
    };
    const route = {
      apiVersion: 'gateway.networking.k8s.io/v1',
      kind: 'HTTPRoute',
      metadata: { name: 'r', namespace: 'infra' },
      spec: { parentRefs: [{ name: 'edge' }], hostnames: ['r.example.com'] },
    };
    const unreadable = { ...GATEWAY, status: { addresses: [{ type: 'IPAddress', value: '203.0.113' }] } };
    const sources: Source[] = [
      ...resourceSources([{ ...ISTIO_GATEWAY, targets: fromTemplate('192.0.2.1') }], OPTIONS),
      httpRoute({ ...OPTIONS, acceptance: 'ignore' }),
    ];
    const { catalog, pipeline } = await NameWorld.with([istio, unreadable, route], {
      sources,
      catalog: { order: ['resource', 'httproute'] },
    });
    expect(catalog.origins(nameOf('*.istio.example.com'))).toMatchObject([{ object: 'Gateway.networking.istio.io/infra/edge' }]);
    expect(pipeline.problems().map(({ code, object }) => `${code} ${object}`)).toEqual([
      'OWNER_NAME_INVALID Gateway.networking.istio.io/infra/edge',
      'ADDRESS_INVALID Gateway/infra/edge',
    ]);
    const found = findObject(
      sources.map(({ resource }) => resource),
      'Gateway.networking.istio.io/infra/edge',
    );
    expect(found).toMatchObject({ resource: { apiVersion: 'networking.istio.io/v1' }, namespace: 'infra', name: 'edge' });
  });
});

async function bound(
  rules: readonly ResourceRule[],
  objects: readonly object[],
): Promise<{ holds: (name: string) => string[]; problems: () => string[] }> {
  const one = await world(rules, objects);
  return { holds: (name) => one.holds(name), problems: () => one.problems() };
}

/** What the store has of an object. */
async function stored(source: Source<UntypedObject> | undefined, object: object): Promise<readonly unknown[]> {
  if (source === undefined) throw new Error('no source');
  const seen: unknown[] = [];
  const spy: Source<UntypedObject> = { ...source, desire: (one, store) => (seen.push(one), source.desire(one, store)) };
  await NameWorld.with([object], { sources: [spy] });
  return seen;
}
