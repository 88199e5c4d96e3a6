import type { TemplatedNames } from '../sources/templated-names.ts';
import type { FieldPaths } from './field-paths.ts';
import { templateEntries } from './name-list.ts';
import type { Template } from './template.ts';

/** Names by a template, and what has to be kept of objects for it. */
export interface TemplateNaming extends TemplatedNames {
  /** Which fields of the source's objects the template reads. */
  readonly reads: FieldPaths;
}

/**
 * The option `template` of sources: host names that a template makes of their objects, such as `{{.Namespace}}-{{.Name}}.example.com`; several with commas between them.
 *
 * @param source the kind of the source whose option this is, for `isSource`
 * @param use whether the names that an object itself asks for come before those of the template (external-dns without `--combine-fqdn-annotation`), beside them (with it),
 *   or do not count (`--ignore-hostname-annotation`)
 */
export function templateNaming(
  template: Template,
  source: string,
  use: 'otherwise' | 'also' | 'only' = 'otherwise',
): TemplateNaming {
  return {
    reads: template.reads,
    use,
    expand(object, resource) {
      const { entries, problems } = templateEntries(template, object, resource, source, 'the template of names');
      return { names: entries, problems };
    },
  };
}
