import type { LocalProblem } from '../cluster/problem.ts';
import { MAX_HOSTNAMES } from '../annotations/list.ts';
import type { Resource } from '../resources/resource.ts';
import type { AnnotatedObject } from './object-source.ts';
import type { ProblemList } from './problem-list.ts';

/** Host names made from an object by a template. They are absolute: one that lies in no zone is nobody's. */
export interface TemplatedNames {
  /** What the template makes of an object; what is wrong with that costs the object this name. */
  expand(
    object: AnnotatedObject,
    resource: Resource,
  ): {
    readonly names: readonly string[];
    readonly problems: readonly LocalProblem[];
  };
  /**
   * `otherwise`: where the object itself names no host. `also`: beside those that it names. `only`: whatever hosts annotations name.
   *
   * @default otherwise
   */
  readonly use?: 'otherwise' | 'also' | 'only';
}

/** How many hosts a template may make of one object. */
const MAX_TEMPLATED = MAX_HOSTNAMES;

/** The hosts that a template adds to those that an object names, if any. */
export function templatedHosts(
  templated: TemplatedNames | undefined,
  object: AnnotatedObject,
  resource: Resource,
  namesHosts: boolean,
  problems: ProblemList,
): readonly string[] {
  if (templated === undefined || ((templated.use ?? 'otherwise') === 'otherwise' && namesHosts)) return [];
  const expanded = templated.expand(object, resource);
  for (const problem of expanded.problems) problems.add(problem);
  if (expanded.names.length <= MAX_TEMPLATED) return expanded.names;
  const message = `found ${expanded.names.length} host names made by the template, expected at most ${MAX_TEMPLATED}; none of them is used`;
  problems.add({ code: 'LIST_TOO_LONG', message });
  return [];
}
