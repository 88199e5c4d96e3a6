import { describe, expect, it } from '@jest/globals';

import { ENDPOINT_SLICES } from '../../resources/endpoint-slice.ts';
import { NODES } from '../../resources/node.ts';
import { SERVICES } from '../../resources/service.ts';
import { keepAnnotations } from '../../testing/stored-objects.ts';
import { LONGEST_YAML_DOCUMENT, parseDocument, type ParsedDocument } from './parse-document.ts';

const parse = (text: string): Promise<ParsedDocument> =>
  parseDocument(text, {
    resources: [NODES, SERVICES, ENDPOINT_SLICES],
    keep: keepAnnotations('k8s.pootis.network/dns'),
  });
const objects = async (text: string): Promise<string[]> =>
  (await parse(text)).objects.map(({ resource, key, line }) => `${resource.kind}/${key} line ${line}`);
const problems = async (text: string): Promise<string[]> =>
  (await parse(text)).problems.map(
    ({ code, line, column, message, object }) =>
      `${line}:${column} ${object === undefined ? '' : `${object} `}${code} ${message}`,
  );

const SERVICE = `apiVersion: v1
kind: Service
metadata:
  name: git
`;

describe('a manifest', () => {
  it('is an object, in the namespace default where it names none', async () => {
    expect(await objects(SERVICE)).toEqual(['Service/default/git line 1']);
    expect(await objects(`# a comment\n${SERVICE}  namespace: team\n`)).toEqual(['Service/team/git line 2']);
    expect(await objects('{"apiVersion":"v1","kind":"Node","metadata":{"name":"n1","namespace":"ignored"}}')).toEqual([
      'Node/n1 line 1',
    ]);
  });

  it('is a list of objects, of any kinds or of one', async () => {
    const list = (kind: string, items: object[]): string => JSON.stringify({ apiVersion: 'v1', kind, items }, undefined, 1);
    const node = { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n1' } };
    expect(
      await objects(
        list('List', [
          node,
          { ...node, kind: 'ConfigMap' },
          { kind: 'List', apiVersion: 'v1', items: [{ ...node, metadata: { name: 'n2' } }] },
        ]),
      ),
    ).toEqual(['Node/n1 line 1', 'Node/n2 line 1']);
    expect(
      await objects(list('ServiceList', [{ metadata: { name: 'a' } }, { metadata: { name: 'b', namespace: 'x' } }])),
    ).toEqual(['Service/default/a line 1', 'Service/x/b line 1']);
    expect(await objects('apiVersion: v1\nkind: NodeList\nitems:\n- metadata: {name: a}\n- metadata:\n    name: b\n')).toEqual([
      'Node/a line 4',
      'Node/b line 5',
    ]);
  });

  it('of another kind, or with nothing in it, is passed over in silence', async () => {
    for (const text of [
      '',
      '# nothing',
      '---\n',
      'apiVersion: apps/v1\nkind: Deployment\n',
      'apiVersion: v2\nkind: Service\nmetadata: {name: x}',
    ]) {
      expect(await parse(text)).toEqual({ objects: [], problems: [], broken: false });
    }
  });

  it('may use anchors, merge keys and JSON inside of YAML', async () => {
    const text = `apiVersion: v1
kind: List
items:
- &base {apiVersion: v1, kind: Service, metadata: {name: a, annotations: {k8s.pootis.network/dns: "true"}}}
- <<: *base
  metadata: {name: b}
`;
    expect(await objects(text)).toEqual(['Service/default/a line 4', 'Service/default/b line 5']);
    expect((await parse(text)).objects[0]?.object).toMatchObject({ annotations: { 'k8s.pootis.network/dns': 'true' } });
  });

  it('has strings where YAML 1.1 has booleans, and no dates', async () => {
    const text = `${SERVICE}  namespace: no\n  creationTimestamp: 2026-01-02T03:04:05Z\n  annotations: {k8s.pootis.network/dns: on}\n`;
    expect((await parse(text)).objects[0]?.object).toMatchObject({
      namespace: 'no',
      createdAt: Date.UTC(2026, 0, 2, 3, 4, 5),
      annotations: { 'k8s.pootis.network/dns': 'on' },
    });
  });
});

describe('what is wrong with a manifest', () => {
  it.each([
    ['no object', 'just text', ['1:1 MANIFEST_NOT_AN_OBJECT found no Kubernetes object, expected one with apiVersion and kind']],
    [
      'no kind',
      '\nmetadata: {name: x}',
      ['2:1 MANIFEST_NOT_AN_OBJECT found no Kubernetes object, expected one with apiVersion and kind'],
    ],
    [
      'an item that is no object',
      'apiVersion: v1\nkind: List\nitems:\n- 7\n',
      ['4:3 MANIFEST_NOT_AN_OBJECT found no Kubernetes object, expected one with apiVersion and kind'],
    ],
    [
      'a boolean without quotes',
      `${SERVICE}  annotations:\n    other: x\n    k8s.pootis.network/dns: true\n`,
      [
        '7:29 Service/default/git OBJECT_MALFORMED metadata.annotations["k8s.pootis.network/dns"]: found the boolean true, expected a string: put it in quotes',
      ],
    ],
    [
      'no name',
      'apiVersion: v1\nkind: Node\nmetadata: {}\n',
      ['3:11 OBJECT_MALFORMED metadata.name: found nothing, expected a name'],
    ],
    [
      'a list where a mapping belongs',
      '{"apiVersion":"v1",\n"kind":"Node",\n"metadata":{"name":"n1"},\n"status":[]}',
      ['4:10 Node/n1 OBJECT_MALFORMED status: found a list of 0, expected a mapping'],
    ],
    [
      'something deep inside of a list',
      'apiVersion: v1\nkind: NodeList\nitems:\n- metadata: {name: a}\n- metadata: {name: b}\n  status:\n    conditions:\n    - {type: Ready, status: True}\n',
      ['8:29 Node/b OBJECT_MALFORMED status.conditions[0].status: found the boolean true, expected a string'],
    ],
    [
      'a time that is none',
      `${SERVICE}  creationTimestamp: yesterday\n`,
      [
        '5:22 Service/default/git OBJECT_MALFORMED metadata.creationTimestamp: found the string "yesterday", expected a time in RFC 3339 format',
      ],
    ],
  ])('%s', async (_, text, expected) => {
    expect(await problems(text)).toEqual(expected);
    expect((await parse(text)).broken).toBe(false);
  });

  it.each([
    ['a bracket that is not closed', 'a: [1\nb: 2\n'],
    ['indentation that goes back to nowhere', `${SERVICE}    x: 1\n   y: 2\n`],
    ['a tab', 'a:\n\t- b'],
    ['a key that is there twice', 'a: 1\na: 2\n'],
    ['an alias without an anchor', 'a: *b\n'],
    ['JSON that is cut off', '{"apiVersion":"v1",\n "kind":'],
    ['nesting without end', '['.repeat(100_000)],
    [
      'aliases that multiply',
      `a: &a [x,x,x,x,x,x,x,x,x,x]\n${['b', 'c', 'd', 'e', 'f', 'g'].map((name, index) => `${name}: &${name} [${Array.from({ length: 10 }, () => `*${'abcdef'[index]}`).join(',')}]`).join('\n')}`,
    ],
  ])('%s', async (_, text) => {
    const { broken, problems: found, objects: none } = await parse(text);
    expect({ broken, none }).toEqual({ broken: true, none: [] });
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({ code: 'MANIFEST_SYNTAX', line: expect.any(Number), column: expect.any(Number) });
    expect(found[0]?.message).not.toMatch(/\n/);
  });

  it('is told without the text around it, which may be a Secret', async () => {
    expect((await parse('data:\n  password: SECRET\n  x: [SECRET\n')).problems[0]?.message).not.toContain('SECRET');
  });

  it('is its size, for YAML of which the parser needs a hundred times as much memory; JSON may be larger', async () => {
    const filler = 'x'.repeat(LONGEST_YAML_DOCUMENT);
    expect(await parse(`${SERVICE}#${filler}`)).toMatchObject({ broken: true, problems: [{ code: 'MANIFEST_TOO_LARGE' }] });
    expect(await objects(JSON.stringify({ apiVersion: 'v1', kind: 'Node', metadata: { name: 'n1' }, filler }))).toEqual([
      'Node/n1 line 1',
    ]);
  });
});
