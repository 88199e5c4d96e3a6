import * as fc from 'fast-check';

/**
 * Templates of every construct, made by grammar, over fields that the sample Service has (of a mapping without the key Go makes `<no value>`, or a failure). Values have the kinds that functions expect, so that Go's and ours must agree
 * on what is written.
 */
const LETTERS = 'abcxyz019.-_/ é😀';
const literal = fc
  .array(fc.constantFrom(...Array.from(LETTERS)), { maxLength: 6 })
  .map((letters) => JSON.stringify(letters.join('')));
const number = fc.integer({ min: -20, max: 20 }).map(String);

const { text, flag, whole, list, mapping } = fc.letrec<{
  text: string;
  flag: string;
  whole: string;
  list: string;
  mapping: string;
}>((tie) => {
  const inner = (name: 'text' | 'flag' | 'whole' | 'list' | 'mapping'): fc.Arbitrary<string> =>
    tie(name).map((one) => `(${one})`);
  return {
    text: fc.oneof(
      { depthSize: 'small' },
      fc.constantFrom('$.Name', '$.Namespace', '$.ObjectMeta.Name', '$.Kind', '$.Spec.Type', '$.Spec.ClusterIP', '$.Labels.app'),
      literal,
      fc.tuple(fc.constantFrom('toLower', 'trim', 'print'), inner('text')).map((parts) => parts.join(' ')),
      fc.tuple(fc.constantFrom('trimPrefix', 'trimSuffix'), inner('text'), inner('text')).map((parts) => parts.join(' ')),
      fc.tuple(inner('text'), literal, literal).map(([one, from, to]) => `${one} | replace ${from} ${to}`),
      fc.tuple(inner('mapping'), literal).map(([one, key]) => `index ${one} ${key}`),
      fc
        .tuple(fc.constantFrom('%s', '%q', '%v', '%8s|', '%-8s|', '%.2s', '%x'), inner('text'))
        .map(([verb, one]) => `printf "${verb}" ${one}`),
      fc
        .tuple(fc.constantFrom('%d', '%v', '%5d', '%-5d|', '%05d', '%+d', '%.3d'), inner('whole'))
        .map(([verb, one]) => `printf "${verb}" ${one}`),
      fc.tuple(inner('text'), inner('whole'), inner('flag')).map((parts) => `print ${parts.join(' ')}`),
    ),
    flag: fc.oneof(
      { depthSize: 'small' },
      fc.constantFrom('true', 'false'),
      fc.tuple(fc.constantFrom('eq', 'ne', 'lt', 'le', 'gt', 'ge'), inner('text'), inner('text')).map((parts) => parts.join(' ')),
      fc
        .tuple(fc.constantFrom('eq', 'ne', 'lt', 'le', 'gt', 'ge'), inner('whole'), inner('whole'))
        .map((parts) => parts.join(' ')),
      fc.tuple(inner('text'), inner('text')).map((parts) => `contains ${parts.join(' ')}`),
      fc.tuple(inner('mapping'), literal).map((parts) => `hasKey ${parts.join(' ')}`),
      fc.tuple(fc.constantFrom('and', 'or'), inner('flag'), inner('flag')).map((parts) => parts.join(' ')),
      fc
        .tuple(fc.constantFrom('text', 'flag', 'whole', 'list', 'mapping'))
        .chain(([name]) => inner(name).map((one) => `not ${one}`)),
      inner('text').map((one) => `isIPv4 ${one}`),
    ),
    whole: fc.oneof(
      { depthSize: 'small' },
      number,
      fc.constantFrom('text', 'list', 'mapping').chain((name) => inner(name as 'text').map((one) => `len ${one}`)),
    ),
    list: fc.oneof(fc.constantFrom('$.Spec.ClusterIPs', '$.Spec.ExternalIPs'), fc.constant('slice $.Spec.ClusterIPs 1')),
    mapping: fc.constantFrom('$.Labels', '$.Annotations', '$.ObjectMeta.Labels', '$.Spec.Selector'),
  };
});

const TRIM = fc.constantFrom<[string, string]>(['{{', '}}'], ['{{- ', ' -}}'], ['{{ ', ' }}']);
const plain = fc.constantFrom('', ' ', 'x', '\n y \t', ',', '}}', '{ { ');

/** @param inLoop whether `break` and `continue` may stand in it */
function body(depth: number, inLoop: boolean): fc.Arbitrary<string> {
  const expression = fc.oneof(text, flag, whole, list, mapping);
  const action = fc.tuple(TRIM, expression).map(([[open, close], one]) => open + one + close);
  const leaf = fc.oneof(plain, action, fc.constant('{{/* nothing */}}'));
  if (depth === 0) return leaf;
  const inner = body(depth - 1, inLoop);
  const looped = body(depth - 1, true);
  const condition = fc.oneof(text, flag, whole, list, mapping);
  const nodes = [
    leaf,
    fc.tuple(condition, inner, inner).map(([one, yes, no]) => `{{if ${one}}}${yes}{{else}}${no}{{end}}`),
    fc.tuple(flag, flag, inner, inner).map(([one, two, a, b]) => `{{if ${one}}}${a}{{else if ${two}}}${b}{{end}}`),
    fc.tuple(text, inner).map(([one, some]) => `{{with ${one}}}{{.}}${some}{{else}}none{{end}}`),
    fc
      .tuple(fc.oneof(list, mapping), looped)
      .map(([one, some]) => `{{range $k, $v := ${one}}}{{$k}}={{$v}}${some}{{else}}none{{end}}`),
    fc
      .tuple(flag, looped)
      .map(([one, some]) => `{{range $.Spec.Ports}}{{.Port}}{{if ${one}}}{{break}}{{end}}${some}{{.Name}}{{end}}`),
    fc.tuple(text, text, inner).map(([one, two, some]) => `{{$x := ${one}}}${some}{{$x = ${two}}}{{$x}}`),
    fc.tuple(fc.nat(3), inner).map(([times, some]) => `{{range ${times}}}{{.}}${some}{{end}}`),
    ...(inLoop ? [fc.constant('{{continue}}')] : []),
  ];
  return fc.array(fc.oneof(...nodes), { maxLength: 3 }).map((parts) => parts.join(''));
}

export const generatedTemplate: fc.Arbitrary<string> = body(3, false);
