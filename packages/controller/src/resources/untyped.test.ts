import { describe, expect, it } from '@jest/globals';

import { parseTemplate } from '../template/template.ts';
import { TemplateFailure } from '../template/template-failure.ts';
import { projectObject } from './project-object.ts';
import { guessPlural, untypedResource } from './untyped.ts';
import { discoveryPath, findKind } from './untyped-discovery.ts';

const KEEP = { annotations: new Set<string>(), annotationPrefixes: [], labels: new Set<string>() };

function keep(template: string, raw: object): unknown {
  const parsed = parseTemplate(template);
  if (parsed instanceof TemplateFailure) throw new Error(parsed.message);
  const resource = untypedResource({ apiVersion: 'a.test/v1', kind: 'Thing' }, parsed.reads);
  const whole = {
    apiVersion: 'a.test/v1',
    kind: 'Thing',
    metadata: { name: 'b', namespace: 'a', labels: { x: '1', y: '2' } },
    ...raw,
  };
  const projected = projectObject(resource, whole, KEEP);
  return projected.kind === 'object' ? projected.object.fields : projected;
}

describe('an object of a kind known by configuration', () => {
  it.each<[template: string, raw: object, kept: unknown]>([
    ['{{.Name}}.{{.Namespace}}.{{.Kind}}.{{.APIVersion}}.{{.ObjectMeta.Name}}.{{.Metadata.name}}', { spec: { a: 1 } }, undefined],
    ['{{.Spec.a}}', { spec: { a: 'x', b: 'y' }, status: { c: 1 } }, { spec: { a: 'x' } }],
    ['{{.Spec.FooBar}}', { spec: { fooBar: 'x', other: 'y' } }, { spec: { fooBar: 'x' } }],
    ['{{.Labels.x}}', {}, { metadata: { labels: { x: '1' } } }],
    ['{{index .Labels "y"}}', {}, { metadata: { labels: { y: '2' } } }],
    ['{{if hasKey .Labels "x"}}{{end}}', {}, { metadata: { labels: { x: null } } }],
    ['{{range $k, $v := .Labels}}{{$k}}{{end}}', {}, { metadata: { labels: { x: null, y: null } } }],
    [
      '{{range .Spec.list}}{{.host}}{{end}}',
      { spec: { list: [{ host: 'a', port: 1 }, { port: 2 }] } },
      { spec: { list: [{ host: 'a' }, {}] } },
    ],
    ['{{range .Spec.list}}x{{end}}', { spec: { list: ['a', 'b'] } }, { spec: { list: [null, null] } }],
    ['{{len .Spec.list}}', { spec: { list: ['a', 'b'] } }, { spec: { list: [null, null] } }],
    ['{{if .Spec.tls}}x{{end}}', { spec: { tls: { secret: 's', more: 1 } } }, { spec: { tls: { secret: null } } }],
    ['{{with .Spec.tls}}{{.more}}{{end}}', { spec: { tls: { secret: 's', more: 1 } } }, { spec: { tls: { more: 1 } } }],
    ['{{(index .Status.a 0).b}}', { status: { a: [{ b: 1, c: 2 }] } }, { status: { a: [{ b: 1 }] } }],
    [
      '{{$x := .Spec}}{{range .Spec.list}}{{$x = .}}{{end}}{{$x.a}}',
      { spec: { a: 1, b: 2, list: [{ a: 3, c: 4 }] } },
      { spec: { a: 1, list: [{ a: 3, c: 4 }] } },
    ],
    ['{{define "t"}}{{.a}}{{end}}{{template "t" .Spec}}', { spec: { a: 1, b: 2 } }, { spec: { a: 1 } }],
    ['{{.Spec.__proto__}}', JSON.parse('{"spec":{"__proto__":"x"}}') as object, JSON.parse('{"spec":{"__proto__":"x"}}')],
    ['{{.Spec.a}}', { spec: 'text' }, { spec: null }],
  ])('is trimmed for %s', (template, raw, kept) => {
    expect(keep(template, raw)).toEqual(kept);
  });

  it('is malformed where more is nested in what is kept than anybody needs', () => {
    let deep: unknown = 1;
    for (let level = 0; level < 100; level++) deep = [deep];
    expect(keep('{{.Spec.deep}}', { spec: { deep } })).toMatchObject({ kind: 'malformed', fault: { path: 'spec' } });
    expect(keep('{{.Spec.other}}', { spec: { deep, other: 1 } })).toEqual({ spec: { other: 1 } });
  });
});

describe('the plural of a kind', () => {
  it.each([
    ['IngressRoute', 'ingressroutes'],
    ['Gateway', 'gateways'],
    ['HTTPProxy', 'httpproxies'],
    ['VirtualService', 'virtualservices'],
    ['Ingress', 'ingresses'],
    ['Mesh', 'meshes'],
  ])('of %s is usually %s', (kind, plural) => {
    expect(guessPlural(kind)).toBe(plural);
  });

  it('is what the API says', () => {
    const list = {
      kind: 'APIResourceList',
      resources: [
        { name: 'octopodes/status', kind: 'Octopus', namespaced: true },
        { name: 'octopodes', kind: 'Octopus', namespaced: false },
        { name: 'others', kind: 'Other', namespaced: true },
      ],
    };
    expect(findKind(list, 'Octopus')).toEqual({ plural: 'octopodes', namespaced: false });
    expect(findKind(list, 'Squid')).toBeUndefined();
    for (const other of [undefined, null, [], {}, { resources: 1 }, { resources: [1, { kind: 'Squid' }] }])
      expect(findKind(other, 'Squid')).toBeUndefined();
    expect(discoveryPath({ apiVersion: 'sea.test/v1' })).toBe('/apis/sea.test/v1');
    expect(discoveryPath({ apiVersion: 'v1' })).toBe('/api/v1');
  });

  it('makes the resource’s id, with the group', () => {
    const paths = { need: 'parts', named: new Map(), any: undefined } as const;
    expect(untypedResource({ apiVersion: 'v1', kind: 'ConfigMap' }, paths)).toMatchObject({
      id: 'configmaps',
      plural: 'configmaps',
      pluralIsGuess: true,
    });
    expect(untypedResource({ apiVersion: 'sea.test/v1', kind: 'Octopus', plural: 'octopodes' }, paths)).toMatchObject({
      id: 'octopodes.sea.test',
      pluralIsGuess: false,
    });
  });
});
