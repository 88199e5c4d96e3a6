import { describe, expect, it } from '@jest/globals';
import { nameOf } from '@kubezone/core';

import { printProblem } from '../cluster/problem.ts';
import { dnsEndpoint } from '../sources/dns-endpoint.ts';
import { httpRoute } from '../sources/httproute.ts';
import { ingress } from '../sources/ingress.ts';
import { node } from '../sources/node.ts';
import { pod } from '../sources/pod.ts';
import { resourceSources } from '../sources/resource.ts';
import { service } from '../sources/service.ts';
import { templateNaming } from '../template/templated-names.ts';
import { parseTemplate, type Template } from '../template/template.ts';
import { TemplateFailure } from '../template/template-failure.ts';
import { NameWorld } from '../testing/name-world.ts';
import { EXAMPLE, recordsOf } from '../testing/source-world.ts';

function template(text: string): Template {
  const parsed = parseTemplate(text);
  if (parsed instanceof TemplateFailure) throw new Error(parsed.message);
  return parsed;
}

const names = templateNaming(template('{{.Annotations.host}}'), 'service');
const SOURCES = [
  { ...service({ ...EXAMPLE, template: names }), fields: names.reads },
  ingress(EXAMPLE),
  node(EXAMPLE),
  pod(EXAMPLE),
  dnsEndpoint(EXAMPLE),
  httpRoute({ ...EXAMPLE, acceptance: 'ignore' }),
  ...resourceSources(
    [
      {
        apiVersion: 'sea.test/v1',
        kind: 'Octopus',
        names: template('{{.Spec.hosts}}'),
        targets: { kind: 'template', template: template('192.0.2.8') },
      },
    ],
    EXAMPLE,
  ),
];

type Some = Readonly<Record<string, unknown>>;

const HOSTNAME = 'external-dns.kubernetes.io/hostname';
const many = (count: number, make: (at: number) => unknown): unknown[] => Array.from({ length: count }, (_, at) => make(at));
const named = (metadata: Some = {}): Some => ({ name: 'bad', namespace: 'ns', ...metadata });

function balanced(annotations: Some, metadata: Some = {}): Some {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: named({ annotations, ...metadata }),
    spec: { type: 'LoadBalancer' },
    status: { loadBalancer: { ingress: [{ ip: '192.0.2.66' }] } },
  };
}
const asking = (host: string): Some => balanced({ [HOSTNAME]: host });
const ingressWith = (spec: Some): Some => ({ apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', metadata: named(), spec });
const endpointsWith = (endpoints: unknown): Some => ({
  apiVersion: 'externaldns.k8s.io/v1alpha1',
  kind: 'DNSEndpoint',
  metadata: named(),
  spec: { endpoints },
});
const octopus = (spec: unknown): Some => ({ apiVersion: 'sea.test/v1', kind: 'Octopus', metadata: named(), spec });

/** Lists in lists. */
function deep(levels: number): unknown {
  let value: unknown = 'x';
  for (let level = 0; level < levels; level++) value = [value];
  return value;
}

/** As it comes from the API: with `__proto__` as a key of its own. */
const parsed = (json: string): Some => JSON.parse(json) as Some;

/** Beside each hostile object stands one in order, which no hostile one may touch. */
const GOOD = { ...asking('good.example.com'), metadata: { name: 'good', namespace: 'ns', annotations: { [HOSTNAME]: 'good' } } };
const GOOD_RECORD = 'good.example.com. 60 IN A 192.0.2.66';

const A_PATH = `metadata.annotations["${HOSTNAME}"]`;

describe('a hostile object', () => {
  it.each<{ is: string; object: object; told: string; also?: string[] }>([
    {
      is: 'ten thousand hostnames in an annotation',
      object: asking(many(10_000, (at) => `h${at}`).join(',')),
      told: `Service/ns/bad: ${A_PATH}: found 10000 host names, expected at most 1000; none of them is used [LIST_TOO_LONG]`,
    },
    {
      is: 'ten thousand hosts in the rules of an Ingress',
      object: ingressWith({ rules: many(10_000, (at) => ({ host: `h${at}.example.com` })) }),
      told: 'Ingress/ns/bad: spec.rules: found 10000 hosts, expected at most 1000; none of them is used [LIST_TOO_LONG]',
    },
    {
      is: 'ten thousand entries of a DNSEndpoint',
      object: endpointsWith(many(10_000, (at) => ({ dnsName: `h${at}.example.com`, recordType: 'A', targets: ['192.0.2.1'] }))),
      told: 'DNSEndpoint/ns/bad: spec.endpoints: found 10000 endpoints, expected at most 1000; none of them is used [LIST_TOO_LONG]',
    },
    {
      is: 'ten thousand targets of one entry',
      object: endpointsWith([
        { dnsName: 'h.example.com', recordType: 'A', targets: many(10_000, (at) => `10.0.${at >> 8}.${at & 255}`) },
      ]),
      told: 'DNSEndpoint/ns/bad: spec.endpoints[0].targets: found 10000 targets, expected at most 1000; none of them is used [LIST_TOO_LONG]',
      also: ['h.example.com. NODATA'],
    },
    {
      is: 'ten thousand hostnames of a route',
      object: {
        apiVersion: 'gateway.networking.k8s.io/v1',
        kind: 'HTTPRoute',
        metadata: named(),
        spec: { parentRefs: [{ name: 'gw' }], hostnames: many(10_000, (at) => `h${at}.example.com`) },
      },
      told: 'HTTPRoute/ns/bad: spec.hostnames: found a list of 10000, expected at most 16 entries, as the API has it [OBJECT_MALFORMED]',
    },
    {
      is: 'ten thousand names made by a template',
      object: octopus({ hosts: many(10_000, (at) => `h${at}.example.com`).join(',') }),
      told: 'Octopus.sea.test/ns/bad: found 10000 host names made by the template, expected at most 1000; none of them is used [LIST_TOO_LONG]',
    },
    {
      is: 'a label of 64 octets',
      object: asking(`${'a'.repeat(64)}.example.com`),
      told: `Service/ns/bad: ${A_PATH}: found "${'a'.repeat(64)}.example.com", expected a host name: … [OWNER_NAME_INVALID]`,
    },
    {
      is: 'a name of a megabyte, if the API let it pass',
      object: endpointsWith([{ dnsName: 'a.'.repeat(500_000), recordType: 'A', targets: ['192.0.2.1'] }]),
      told: `DNSEndpoint/ns/bad: spec.endpoints[0].dnsName: found "${'a.'.repeat(38)}a...", expected an owner name: … [OWNER_NAME_INVALID]`,
    },
    {
      is: 'a wildcard in the middle',
      object: asking('a.*.example.com'),
      told: `Service/ns/bad: ${A_PATH}: found "a.*.example.com", expected a host name: … [OWNER_NAME_INVALID]`,
    },
    ...[
      '_owner.www.example.com',
      '_owner-0123456789abcdefghijklmnop.example.com',
      '_wildcard.example.com',
      '_owner',
      'x._Owner-X',
    ].map((host) => ({
      is: `a name that is kept for ownership markers, ${host}`,
      object: asking(host),
      told: `Service/ns/bad: ${A_PATH}: found "${host}", expected a host name: … [OWNER_NAME_INVALID]`,
    })),
    {
      is: 'a name kept for ownership markers in a DNSEndpoint',
      object: endpointsWith([
        { dnsName: '_owner.www.example.com', recordType: 'TXT', targets: ['heritage=kubezone,v=1,owner=evil'] },
      ]),
      told: 'DNSEndpoint/ns/bad: spec.endpoints[0].dnsName: found "_owner.www.example.com", expected an owner name: … [OWNER_NAME_INVALID]',
    },
    ...[
      ['letters that look like dots and turn into some', 'a\u2024b.example.com', 'a\u2024b.example.com'],
      ['letters that turn the direction of a line', 'a\u202Eb.example.com', 'a\\u{202e}b.example.com'],
      ['half a character', 'a\uD800.example.com', 'a\\ud800.example.com'],
      ['a line break', 'a\nb.example.com', 'a\\nb.example.com'],
      ['a zero octet', 'a\u0000.example.com', 'a\\u0000.example.com'],
    ].map(([what = '', host = '', shown = '']) => ({
      is: `Unicode that is no name: ${what}`,
      object: asking(host),
      told: `Service/ns/bad: ${A_PATH}: found "${shown}", expected a host name: … [OWNER_NAME_INVALID]`,
    })),
    {
      is: 'a megabyte of annotations',
      object: balanced(Object.fromEntries(many(1024, (at) => [`junk-${String(at)}`, 'x'.repeat(1024)]) as [string, string][])),
      told: 'Service/ns/bad: metadata.annotations: found 1056682 characters, expected at most 262144, which is what the Kubernetes API allows [OBJECT_MALFORMED]',
    },
    {
      is: 'an annotation with a megabyte of hostnames',
      object: asking('a'.repeat(1024 * 1024)),
      told: `Service/ns/bad: metadata.annotations: found ${1024 * 1024 + HOSTNAME.length} characters, expected at most 262144, which is what the Kubernetes API allows [OBJECT_MALFORMED]`,
    },
    {
      is: 'one annotation under both prefixes, with a long name and a long value',
      object: balanced(
        Object.fromEntries(
          ['external-dns.kubernetes.io', 'external-dns.alpha.kubernetes.io'].map((prefix) => [
            `${prefix}/${'x'.repeat(1e4)}`,
            `${prefix}${'y'.repeat(1e4)}`,
          ]),
        ),
      ),
      told: `Service/ns/bad: metadata.annotations["external-dns.alpha.kubernetes.io/${'x'.repeat(44)}..."]: found "external-dns.alpha.kubernetes.io${'y'.repeat(45)}...", but … [ANNOTATION_SHADOWED]`,
    },
    {
      is: 'annotations that are no strings',
      object: balanced({ [HOSTNAME]: deep(2000) }),
      told: `Service/ns/bad: ${A_PATH}: found a list of 1, expected a string: put it in quotes [OBJECT_MALFORMED]`,
    },
    {
      is: 'deep nesting where a template looks',
      object: octopus({ hosts: deep(5000) }),
      told: 'Octopus.sea.test/ns/bad: spec: found more, expected at most 64 lists and mappings in each other [OBJECT_MALFORMED]',
    },
    {
      is: 'a name without end',
      object: balanced({}, { name: 'n'.repeat(1e6) }),
      told: `Service: metadata.name: found the string "${'n'.repeat(77)}...", expected a name of at most 253 characters, without "/" [OBJECT_MALFORMED]`,
    },
    {
      is: 'a name that looks like one in another namespace',
      object: balanced({}, { name: '../ns/good' }),
      told: 'Service: metadata.name: found the string "../ns/good", expected a name of at most 253 characters, without "/" [OBJECT_MALFORMED]',
    },
  ])('$is: costs itself, one bounded problem, and nobody else', async ({ object, told, also = [] }) => {
    const world = await NameWorld.with([object, GOOD], { sources: SOURCES, catalog: { order: SOURCES.map(({ kind }) => kind) } });
    expect(recordsOf(world)).toEqual([...also, GOOD_RECORD].toSorted());
    const problems = world.pipeline.problems().filter(({ code }) => code !== 'ROUTE_NOT_ATTACHED');
    expect(problems).toHaveLength(1);
    const printed = problems.map((problem) => printProblem({ ...problem, cluster: '' })).join('\n');
    const [start = '', end = ''] = told.split('…');
    expect(printed.slice(0, start.length)).toBe(start);
    expect(printed.endsWith(end)).toBe(true);
    expect(printed.length).toBeLessThan(800);
    expect(printed).toBe(printed.toWellFormed());
  });

  it.each<[is: string, object: object, records: string[]]>([
    [
      'labels and annotations with names of JavaScript’s own',
      parsed(`{"apiVersion": "v1", "kind": "Service",
        "metadata": {"name": "constructor", "namespace": "__proto__",
          "labels": {"__proto__": "x", "constructor": "y", "toString": "z"},
          "annotations": {"__proto__": "{}", "constructor": "x", "hasOwnProperty": "y", "external-dns.kubernetes.io/__proto__": "z", "external-dns.kubernetes.io/constructor": "z"}},
        "spec": {"type": "LoadBalancer"}, "status": {"loadBalancer": {"ingress": [{"ip": "192.0.2.9"}]}}}`),
      [],
    ],
    [
      'properties with names of JavaScript’s own',
      endpointsWith([
        {
          dnsName: 'p.example.com',
          recordType: 'A',
          targets: ['192.0.2.9'],
          providerSpecific: [{ name: 'constructor', value: 'x' }],
        },
      ]),
      ['p.example.com. 60 IN A 192.0.2.9 constructor=x'],
    ],
    [
      'addresses of types with names of JavaScript’s own',
      {
        apiVersion: 'v1',
        kind: 'Node',
        metadata: { name: 'n' },
        status: {
          addresses: [
            { type: 'constructor', address: '10.0.0.1' },
            { type: '__proto__', address: '10.0.0.2' },
            { type: 'InternalIP', address: '10.0.0.3' },
          ],
        },
      },
      ['n.example.com. 60 IN A 10.0.0.3'],
    ],
    [
      'what a template finds under names of JavaScript’s own',
      octopus(parsed('{"hosts": "o.example.com", "__proto__": {"hosts": "evil.example.com"}}')),
      ['o.example.com. 60 IN A 192.0.2.8'],
    ],
  ])('%s: are text like any other', async (_is, object, records) => {
    const world = await NameWorld.with([object, GOOD], {
      sources: SOURCES,
      catalog: { order: SOURCES.map(({ kind }) => kind), setIdentifiers: 'separate' },
    });
    expect(recordsOf(world)).toEqual([...records, GOOD_RECORD].toSorted());
    expect(({} as Record<string, unknown>)['hosts']).toBeUndefined();
  });

  it('with a thousand names that are none has ten problems and their number', async () => {
    const world = await NameWorld.with([asking(many(1000, (at) => `a..${String(at)}`).join(',')), GOOD], { sources: SOURCES });
    const codes = world.pipeline.problems().map(({ code }) => code);
    expect(codes).toEqual([...many(10, () => 'OWNER_NAME_INVALID'), 'MORE_PROBLEMS']);
    expect(world.pipeline.problems().at(-1)?.message).toBe('990 more problems of this object are not listed');
  });

  it('costs no more than its limits allow, however often it changes', async () => {
    const world = await NameWorld.with([GOOD], { sources: SOURCES });
    for (let round = 0; round < 20; round++) {
      world.cluster.put(asking(many(10_000, (at) => `h${at}-${round}`).join(',')));
      world.cluster.put(ingressWith({ rules: many(10_000, (at) => ({ host: `h${at}-${round}.example.com` })) }));
    }
    expect(world.pipeline.problemCount()).toBe(2);
    expect(world.changes.flat().map(({ owner }) => owner)).toEqual([nameOf('good.example.com')]);
  });
});
