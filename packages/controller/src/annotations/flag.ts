import { quote } from '../resources/fields.ts';
import type { ProblemList } from '../sources/problem-list.ts';
import { annotationPath } from './annotation.ts';

/** By this annotation, set to `true`, an object of any kind asks for no names. */
export const IGNORE_ANNOTATION = 'kubezone.io/ignore';

/** Whether an annotation is `true`. Anything but `true`, `false` and nothing is reported, and counts as `false`. */
export function readFlag(annotations: Readonly<Record<string, string>>, name: string, problems: ProblemList): boolean {
  const value = annotations[name] ?? '';
  if (value === 'true') return true;
  if (value !== '' && value !== 'false') {
    const path = annotationPath(name);
    const message = `${path}: found ${quote(value)}, expected "true" or "false"`;
    problems.add({ code: 'OPT_IN_INVALID', path, message });
  }
  return false;
}
