import { type ResourceRule, sourcesOfKind } from '@kubezone/controller';
import * as z from 'zod/mini';

import { listOf, optionalMap, type SchemaOf, strictMap, textLeaf, trueOrFalse } from './leaf.ts';
import { objectLeaf } from './object-leaf.ts';
import { templateLeaf, templateUse } from './template-schema.ts';

const version = textLeaf('an apiVersion such as traefik.io/v1alpha1', (text) =>
  /^(?:[a-z0-9](?:[-a-z0-9.]*[a-z0-9])?\/)?v[0-9][a-z0-9]*$/.test(text) ? text : undefined,
);
const kind = textLeaf('a kind such as IngressRoute', (text) => (/^[A-Z][A-Za-z0-9]*$/.test(text) ? text : undefined));
const plural = textLeaf('a plural such as ingressroutes', (text) => (/^[a-z][a-z0-9]*$/.test(text) ? text : undefined));

const TARGETS = 'one of template, service, gateway';

const targets: SchemaOf<ResourceRule['targets']> = z.pipe(
  optionalMap({ template: templateLeaf, service: objectLeaf, gateway: objectLeaf }),
  z.transform(({ template, service, gateway }, context): ResourceRule['targets'] => {
    const given = [
      ...(template === undefined ? [] : [{ kind: 'template', template } as const]),
      ...(service === undefined ? [] : [{ kind: 'service', ...service } as const]),
      ...(gateway === undefined ? [] : [{ kind: 'gateway', ...gateway } as const]),
    ];
    const [one, ...others] = given;
    if (one !== undefined && others.length === 0) return one;
    const code = one === undefined ? 'MISSING' : 'EXCLUDED';
    context.issues.push({ code: 'custom', message: `expected ${TARGETS}`, params: { code }, input: undefined });
    return z.NEVER;
  }),
);

const resource: SchemaOf<ResourceRule> = strictMap({
  apiVersion: version,
  kind,
  plural: z.optional(plural),
  namespaced: z._default(trueOrFalse(), true),
  names: templateLeaf,
  use: z._default(templateUse, 'otherwise'),
  targets,
});

/** The schema of `resources`. */
export const resourcesSchema: SchemaOf<readonly ResourceRule[]> = z.pipe(
  listOf(resource, 'a list of {apiVersion, kind, names, targets}'),
  z.transform((rules, context): readonly ResourceRule[] => {
    const refuse = (path: readonly (string | number)[], message: string, input: unknown): void =>
      void context.issues.push({ code: 'custom', message, params: { code: 'EXCLUDED' }, input, path: [...path] });
    const first = new Map<string, ResourceRule>();
    for (const [index, rule] of rules.entries()) {
      const readers = sourcesOfKind(rule);
      if (readers.length > 0)
        refuse([index, 'kind'], `expected another kind: the source ${readers.join(' or ')} reads this one`, rule.kind);
      const key = `${rule.kind} of ${groupOf(rule)}`;
      const other = first.get(key);
      if (other === undefined) first.set(key, rule);
      for (const part of ['apiVersion', 'plural', 'namespaced'] as const) {
        if (other === undefined || other[part] === rule[part]) continue;
        refuse([index, part], `expected what an earlier entry says of ${key}: ${String(other[part])}`, rule[part]);
      }
    }
    return rules;
  }),
);

function groupOf({ apiVersion }: ResourceRule): string {
  return apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : 'the core group';
}
