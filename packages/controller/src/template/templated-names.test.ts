import { describe, expect, it } from '@jest/globals';

import { SERVICES } from '../resources/service.ts';
import { CLUSTER_SOURCES } from '../sources/source-table.ts';
import { isKnownSource, isSameSource } from './source-names.ts';
import { parseTemplate, type Template } from './template.ts';
import { TemplateFailure } from './template-failure.ts';
import { templateNaming } from './templated-names.ts';
import { SAMPLES, subjectOfSample } from './testing/sample-objects.ts';

function template(text: string): Template {
  const parsed = parseTemplate(text);
  if (parsed instanceof TemplateFailure) throw new Error(parsed.message);
  return parsed;
}

const OBJECT = {
  ...subjectOfSample('service'),
  createdAt: 0,
  deleting: false,
  annotations: {},
  labels: {},
  fields: SAMPLES.service,
};

describe('the names that a template gives an object', () => {
  it.each<[text: string, names: readonly string[]]>([
    // The examples of Mate's and of external-dns's documentation.
    ['{{.Namespace}}-{{.Name}}.example.com', ['shop-web.example.com']],
    ['{{.Name}}.fqdn.org,{{.Name}}.fqdn.com', ['web.fqdn.org', 'web.fqdn.com']],
    [
      '{{.Name}}.zero.internal, {{.Name}}.one.internal. ,  {{.Name}}.two.internal  ',
      ['web.zero.internal', 'web.one.internal.', 'web.two.internal'],
    ],
    ['{{.Name}}.a,,{{.Name}}.a, ,', ['web.a']],
    ['{{ if isSource "ingress" }}x{{ end }}', []],
    ['{{ if isSource "service" }}{{ .Spec.Type | toLower }}{{ end }}', ['nodeport']],
  ])('of %s', (text, names) => {
    expect(templateNaming(template(text), 'service').expand(OBJECT, SERVICES)).toEqual({ names, problems: [] });
  });

  it('are none where the template does not suit the object, which is told', () => {
    expect(templateNaming(template('{{.Name.Foo}}.example.com'), 'service').expand(OBJECT, SERVICES)).toEqual({
      names: [],
      problems: [
        {
          code: 'TEMPLATE_FAILED',
          message:
            'the template of names does not suit it: line 1, column 3: found the text "web", which has no field Foo, expected a mapping',
        },
      ],
    });
  });
});

describe('the sources that templates know', () => {
  it.each(CLUSTER_SOURCES.filter((kind) => kind !== 'node-area' && kind !== 'node-service'))(
    'are those of the configuration: %s',
    (kind) => {
      expect(isKnownSource(kind)).toBe(true);
      expect(isSameSource(kind.toUpperCase(), kind)).toBe(true);
    },
  );

  it.each([
    ['gateway-httproute', 'httproute'],
    ['crd', 'dnsendpoint'],
    ['traefik-proxy', 'resource'],
    ['Service', 'service'],
  ])('have the names that external-dns gives them: %s is %s', (theirs, ours) => {
    expect(isSameSource(theirs, ours)).toBe(true);
    expect(isSameSource(theirs, 'pod')).toBe(false);
  });
});
