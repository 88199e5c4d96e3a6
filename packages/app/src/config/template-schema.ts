import { parseTemplate, type Template, TemplateFailure, type TemplateRule } from '@kubezone/controller';
import { ParseFailure } from '@kubezone/core';
import * as z from 'zod/mini';

import { oneOf, type SchemaOf, strictMap, textLeaf, textOr } from './leaf.ts';

/** How names of a template stand beside those of annotations. */
const USES: readonly TemplateRule['use'][] = ['otherwise', 'also', 'only'];

/** How names of a template stand beside those of annotations: `use`. */
export const templateUse: SchemaOf<TemplateRule['use']> = oneOf(USES);

/** A template, as text. */
export const templateLeaf: SchemaOf<Template> = textLeaf('a template such as {{.Name}}.example.com', (text) => {
  if (text.trim() === '') return undefined;
  const template = parseTemplate(text);
  return template instanceof TemplateFailure ? new ParseFailure('BAD_FIELD', `${template.code}: ${template.message}`) : template;
});

/** The schema of `template`: text, or `{names, use}`. */
export const templateSchema: SchemaOf<TemplateRule> = textOr<TemplateRule>(
  z.pipe(
    templateLeaf,
    z.transform((template): TemplateRule => ({ template, use: 'otherwise' })),
  ),
  z.pipe(
    strictMap({ names: templateLeaf, use: z._default(templateUse, 'otherwise') }),
    z.transform(({ names, use }): TemplateRule => ({ template: names, use })),
  ),
);
