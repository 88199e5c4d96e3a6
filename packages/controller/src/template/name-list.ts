import type { LocalProblem } from '../cluster/problem.ts';
import type { Resource, StoredObject } from '../resources/resource.ts';
import { ProblemList } from '../sources/problem-list.ts';
import type { Template } from './template.ts';
import { TemplateFailure } from './template-failure.ts';

/** The comma-separated entries that a template makes of an object. */
export interface TemplateEntries {
  /** Each once, without spaces around them and without empty ones, in the order of the template. */
  readonly entries: readonly string[];
  /** Why there are none, where the template does not suit the object; or which parts of the object give none. */
  readonly problems: readonly LocalProblem[];
}

/**
 * The entries that a template makes of an object: names, or targets.
 *
 * @param source the source that asks, for `isSource`
 * @param what the template is for, in a problem: `the template of names`
 */
export function templateEntries(
  template: Template,
  object: StoredObject,
  { apiVersion, kind }: Pick<Resource, 'apiVersion' | 'kind'>,
  source: string,
  what: string,
): TemplateEntries {
  const { namespace, name, fields } = object;
  const flaws = new ProblemList();
  const text = template.render({ apiVersion, kind, namespace, name, fields }, source, (flaw) =>
    flaws.add({ code: 'RULE_INVALID', message: `${what}, ${flaw.message}` }),
  );
  if (!(text instanceof TemplateFailure)) return { entries: splitEntries(text), problems: flaws.all() };
  const message = `${what} does not suit it: ${text.message}`;
  return { entries: [], problems: [{ code: 'TEMPLATE_FAILED', message }] };
}

function splitEntries(text: string): readonly string[] {
  const entries = new Set<string>();
  for (const part of text.split(',')) {
    const entry = part.trim();
    if (entry !== '') entries.add(entry);
  }
  return [...entries];
}
