import { describe, expect, it } from '@jest/globals';

import { keepFields } from './field-paths.ts';
import { parseTemplate, type Template } from './template.ts';
import { TemplateFailure } from './template-failure.ts';
import { SAMPLES, type SampleName, subjectOfSample } from './testing/sample-objects.ts';
import { TEMPLATE_CASES } from './testing/template-cases.ts';

function parsed(text: string): Template {
  const template = parseTemplate(text);
  if (template instanceof TemplateFailure) throw new Error(template.message);
  return template;
}

function failureOf(text: string, object: SampleName = 'service'): string {
  const template = parseTemplate(text);
  const failure = template instanceof TemplateFailure ? template : template.render(subjectOfSample(object), 'service');
  return failure instanceof TemplateFailure
    ? `${failure.message} [${failure.code}]`
    : `no failure, but ${JSON.stringify(failure)}`;
}

describe('a template', () => {
  it.each(TEMPLATE_CASES)('writes $expected for $template', ({ template, object, source = 'service', expected }) => {
    expect(parsed(template).render(subjectOfSample(object), source)).toBe(expected);
  });

  it.each(TEMPLATE_CASES)(
    'needs of an object no more than it says it reads: $template',
    ({ template, object, source = 'service' }) => {
      const one = parsed(template);
      const subject = subjectOfSample(object);
      const trimmed = { ...subject, fields: keepFields(SAMPLES[object], one.reads) };
      expect(one.render(trimmed, source)).toEqual(one.render(subject, source));
    },
  );
});

describe('a rule that hosts cannot read', () => {
  const subject = {
    apiVersion: 'traefik.io/v1alpha1',
    kind: 'IngressRoute',
    namespace: 'a',
    name: 'b',
    fields: {
      spec: { routes: ['Host(`a.test`)', 'Host(`b.test`', 'Host(`c.test`)', 'Host(`b.test`'].map((match) => ({ match })) },
    },
  };
  const one = parsed('{{range .Spec.routes}}{{hosts .match | join ","}},{{end}}');

  it('gives no hosts, and is told once; the others give theirs', () => {
    const flaws: TemplateFailure[] = [];
    expect(one.render(subject, 'resource', (flaw) => flaws.push(flaw))).toBe('a.test,,c.test,,');
    expect(flaws.map(({ code, message }) => `${message} [${code}]`)).toEqual([
      'line 1, column 25: found "Host(`b.test`", expected a rule such as Host(`example.com`); it gives no hosts [TEMPLATE_ARGUMENT]',
    ]);
  });

  it('costs what it is long: very many of them are too much for one object', () => {
    const routes = Array.from({ length: 60_000 }, (_, index) => ({ match: `Host(\`${index}\`` }));
    expect(one.render({ ...subject, fields: { spec: { routes } } }, 'resource')).toMatchObject({ code: 'TEMPLATE_LIMIT' });
  });
});

describe('a template that is none', () => {
  it.each<[text: string, expected: string]>([
    ['{{.Name', 'line 1, column 1: found an action without an end, expected "}}" [TEMPLATE_SYNTAX]'],
    ['a\nb{{.Name}} {{', 'line 2, column 12: found an action without an end, expected "}}" [TEMPLATE_SYNTAX]'],
    ['{{}}', 'line 1, column 3: found "}}", expected a field, a function, a variable or a value [TEMPLATE_SYNTAX]'],
    [
      '{{name}}.uat',
      'line 1, column 3: found "name", which is no function here; expected one of after, and, contains, eq, fromJson, ',
    ],
    ['{{.name}}', 'line 1, column 3: found ".name", expected ".Name" [TEMPLATE_NAME_UNKNOWN]'],
    ['{{with .Spec}}{{$.labels.app}}{{end}}', 'line 1, column 17: found ".labels", expected ".Labels" [TEMPLATE_NAME_UNKNOWN]'],
    ['{{call .Name}}', 'which is no function here; it calls functions, and objects hold none [TEMPLATE_NAME_UNKNOWN]'],
    ['{{$x}}', 'found "$x", which is no variable here, expected one that := has made [TEMPLATE_NAME_UNKNOWN]'],
    ['{{if .Name}}{{$x := 1}}{{end}}{{$x}}', 'column 33: found "$x", which is no variable here'],
    ['{{if .Name}}x', 'line 1, column 1: found {{if}} without an end, expected {{end}} [TEMPLATE_SYNTAX]'],
    ['x{{end}}', 'found {{end}}, which belongs to nothing, expected the end of the template [TEMPLATE_SYNTAX]'],
    ['{{if .Name}}a{{else}}b{{else}}c{{end}}', 'found a second {{else}}, expected {{end}} [TEMPLATE_SYNTAX]'],
    ['{{break}}', 'found {{break}} outside any {{range}}, expected it in one [TEMPLATE_SYNTAX]'],
    ['{{range .Spec.Ports}}{{define "x"}}{{break}}{{end}}{{end}}', 'found {{break}} outside any {{range}}'],
    [
      '{{template "none"}}',
      'found "none", which is no template here, expected one that {{define}} has made [TEMPLATE_NAME_UNKNOWN]',
    ],
    ['{{define "a"}}{{end}}{{define "a"}}{{end}}', 'found a second template "a", expected each name once [TEMPLATE_SYNTAX]'],
    ['{{trimPrefix .Name}}', 'found 1 argument of trimPrefix, expected 2 [TEMPLATE_ARGUMENT]'],
    ['{{.Name | trimPrefix "a" "b"}}', 'found 3 arguments of trimPrefix, expected 2 [TEMPLATE_ARGUMENT]'],
    ['{{eq len 3}}', 'found 0 arguments of len, expected 1 [TEMPLATE_ARGUMENT]'],
    ['{{.Name "x"}}', 'found an argument of something that is no function, expected "|", ")" or "}}" [TEMPLATE_SYNTAX]'],
    ['{{.Name | .Namespace}}', 'found something that takes no value after "|", expected a function [TEMPLATE_SYNTAX]'],
    ['{{print 1(2)}}', 'found "(", expected a space, "|", ")" or "}}" [TEMPLATE_SYNTAX]'],
    ['{{"a}}', 'found a string without an end, expected " on the same line [TEMPLATE_SYNTAX]'],
    ['{{`a}}', 'found a string without an end, expected "`" [TEMPLATE_SYNTAX]'],
    ['{{"\\z"}}', 'found "\\\\z", expected an escape such as \\n, \\", \\\\ or \\u00e9 for a character [TEMPLATE_SYNTAX]'],
    ["{{'ab'}}", 'found "\'ab\'", expected one character, or a string in "…" [TEMPLATE_SYNTAX]'],
    ['{{12x}}', 'found "12x", expected a number of at most 2^53-1 [TEMPLATE_SYNTAX]'],
    ['{{9007199254740993}}', 'expected a number of at most 2^53-1 [TEMPLATE_SYNTAX]'],
    ['{{/* a }}', 'found a comment without an end, expected "*/}}" [TEMPLATE_SYNTAX]'],
    ['{{/* a */ .Name}}', 'found " .Name}}" after a comment, expected "}}" [TEMPLATE_SYNTAX]'],
    ['{{.Name # x}}', 'found "#", expected a field, a function, a variable, a value or "}}" [TEMPLATE_SYNTAX]'],
    ['{{.}}', 'found the whole object, expected a field of it [TEMPLATE_ARGUMENT]'],
    ['{{range .}}{{.}}{{end}}', 'found the whole object, expected a field of it [TEMPLATE_ARGUMENT]'],
    ['{{nil}}', 'found nil alone, expected it as an argument [TEMPLATE_SYNTAX]'],
    ['{{if 1}}'.repeat(65), 'found more than 64 blocks or parentheses in each other, expected fewer [TEMPLATE_LIMIT]'],
    [
      `{{${'('.repeat(70)}1${')'.repeat(70)}}}`,
      'found more than 64 blocks or parentheses in each other, expected fewer [TEMPLATE_LIMIT]',
    ],
    ['x'.repeat(20_000), 'found 20000 characters, expected at most 16384 [TEMPLATE_LIMIT]'],
  ])('is refused with place, finding and expectation: %s', (text, expected) => {
    expect(failureOf(text)).toContain(expected);
  });
});

describe('a template that does not suit an object', () => {
  it.each<[text: string, object: SampleName, expected: string]>([
    [
      '{{index .Spec.ports 5}}',
      'service',
      'column 3: found the index 5 of a list of 2, expected one from 0 that is smaller than 2',
    ],
    [
      '{{index .Spec.hosts 0}}',
      'service',
      'found nothing, expected a list to take an item from: test it with "if" or "with" first',
    ],
    ['{{index .Spec.ports "a"}}', 'service', 'found the text "a" as an index of a list of 2, expected a whole number'],
    ['{{.Name.Foo}}', 'service', 'found the text "web", which has no field Foo, expected a mapping [TEMPLATE_ARGUMENT]'],
    ['{{eq .Name 1}}', 'service', 'found the text "web" and the number 1 as arguments of eq, expected two of one kind'],
    ['{{eq .Labels .Annotations}}', 'service', 'found a mapping as an argument of eq, expected text, a number, true or false'],
    ['{{lt true false}}', 'service', 'found true as an argument of lt, expected text or a number'],
    ['{{toLower 1}}', 'service', 'found the number 1 as an argument of toLower, expected text'],
    ['{{toLower .Spec.ports}}', 'service', 'found a list of 2 as an argument of toLower, expected text'],
    ['{{range .Name}}{{end}}', 'service', 'found the text "web" after range, expected a list or a mapping'],
    ['{{len 3}}', 'service', 'found the number 3 as an argument of len, expected a list, a mapping or text'],
    ['{{slice .Name 2 1}}', 'service', 'found the bounds 2, 1, 3 of slice, expected them in order'],
    ['{{slice .Name 9}}', 'service', 'found the number 9 as a bound of slice, expected a whole number from 0 to 3'],
    ['{{printf "%d" .Name}}', 'service', 'found the text "web" for "%d" of printf, expected a whole number'],
    ['{{printf "%s"}}', 'service', 'found no argument of printf for "%s", expected one'],
    ['{{printf "x" 1}}', 'service', 'found 1 arguments of printf after its format, expected 0'],
    ['{{printf "%z" 1}}', 'service', 'found "%z" in a format, expected %s, %v, %q, %t, %d, %x, %X, %f or %%'],
    ['{{printf "%9999d" 1}}', 'service', 'found the width or precision 9999 of printf, expected at most 1024 [TEMPLATE_LIMIT]'],
    ['{{isSource "servics"}}', 'service', 'found the source "servics", which does not exist'],
    ['{{fromJson .Name}}', 'service', 'found "web" as an argument of fromJson, expected JSON'],
    ['{{hasKey .Name "x"}}', 'service', 'found the text "web" as an argument of hasKey, expected a mapping'],
    ['{{join "," .Name}}', 'service', 'found the text "web" as an argument of join, expected a list'],
  ])('says where and why: %s', (text, object, expected) => {
    expect(failureOf(text, object)).toContain(expected);
  });
});

describe('the work of a template on one object', () => {
  const DEFINE = '{{define "a"}}';
  it.each<[what: string, text: string]>([
    ['a template that calls itself', `${DEFINE}{{template "a"}}{{end}}{{template "a"}}`],
    [
      'templates that call each other twice each',
      `${Array.from({ length: 30 }, (_, at) => `{{define "t${at}"}}{{template "t${at + 1}"}}{{template "t${at + 1}"}}{{end}}`).join('')}{{define "t30"}}x{{end}}{{template "t0"}}`,
    ],
    ['a range over a large number', '{{range 1000000000}}{{end}}'],
    ['ranges in ranges', `${'{{range 100}}'.repeat(8)}x${'{{end}}'.repeat(8)}`],
    ['text that doubles', `{{$x := "0123456789"}}${'{{$x = print $x $x}}'.repeat(60)}`],
    ['text that is multiplied by itself', `{{$x := "aaaaaaaaaaaaaaaa"}}${'{{$x = replace "a" $x $x}}'.repeat(20)}`],
    ['much text written', '{{range 90000}}0123456789{{end}}'],
    [
      'blocks and templates in each other',
      `${DEFINE}${'{{if 1}}'.repeat(60)}{{template "a"}}${'{{end}}'.repeat(60)}{{end}}{{template "a"}}`,
    ],
    ['values that come from ever more places', `{{$x := .Spec}}${'{{$x := or $x.a $x.b}}'.repeat(300)}`],
  ])('is bounded: %s', (_, text) => {
    const failure = failureOf(text);
    const [, outcome] = /(\[TEMPLATE_LIMIT\]|no failure, but "")$/.exec(failure) ?? [];
    expect(outcome).toBeDefined();
  });

  it('is bounded where the object is hostile', () => {
    const values = Object.fromEntries(Array.from({ length: 50_000 }, (_, at) => [`key${at}`, 'x'.repeat(20)]));
    const subject = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      namespace: 'a',
      name: 'b',
      fields: { data: values, spec: { deep: deep(5000) } },
    };
    for (const text of [
      '{{range .Data}}{{range $.Data}}{{.}}{{end}}{{end}}',
      '{{.Spec.deep}}',
      '{{range .Data}}{{$.Data.Foo}}{{end}}',
      '{{.Data}}',
    ]) {
      expect(parsed(text).render(subject, 'resource')).toMatchObject({ code: 'TEMPLATE_LIMIT' });
    }
  });
});

function deep(levels: number): unknown {
  let value: unknown = 'x';
  for (let level = 0; level < levels; level++) value = [value];
  return value;
}
