import { quote } from '../resources/fields.ts';
import type { ProblemList } from '../sources/problem-list.ts';

/** An annotation as an object has it. */
export interface Annotation {
  /** Its whole name. */
  readonly name: string;
  readonly value: string;
}

/** Where an annotation stands in its object. */
export function annotationPath(name: string): string {
  return `metadata.annotations[${quote(name)}]`;
}

/** Reports an annotation whose value is none of those that are allowed. */
export function reportAnnotation({ name, value }: Annotation, expected: string, problems: ProblemList): void {
  const path = annotationPath(name);
  const message = `${path}: found ${quote(value)}, expected ${expected}`;
  problems.add({ code: 'ANNOTATION_INVALID', path, message });
}
