import type { FieldPaths } from './field-paths.ts';
import { parseTree } from './parse-template.ts';
import { renderTree } from './render-template.ts';
import { TemplateFailure } from './template-failure.ts';
import { fieldsRead } from './template-reads.ts';
import type { TemplateSubject } from './template-subject.ts';

/** A template that has been parsed. */
export interface Template {
  /** As it was written. */
  readonly text: string;
  /** Which fields of an object it may look at: no others need be kept. */
  readonly reads: FieldPaths;
  /**
   * Writes what it makes of an object. Never throws, and ends soon whatever is in the object: see `TEMPLATE_LIMITS`.
   *
   * @param source which source asks, as in the configuration's `sources`
   * @param report takes what is wrong with parts of the object without which it goes on, such as one rule that `hosts` cannot read
   */
  render(subject: TemplateSubject, source: string, report?: (flaw: TemplateFailure) => void): string | TemplateFailure;
}

/**
 * Parses a template in the language of Go's text/template, with the functions of external-dns. Its value is text; it has no way to reach anything but the object.
 *
 * @returns a failure with line, column, what was found and what is expected, where it is none
 */
export function parseTemplate(text: string): Template | TemplateFailure {
  const tree = parseTree(text);
  if (tree instanceof TemplateFailure) return tree;
  const reads = fieldsRead(tree);
  if (reads instanceof TemplateFailure) return reads;
  return { text, reads, render: (subject, source, report) => renderTree(tree, subject, source, report) };
}
