import type { ClusterObjects } from '../../../../../tools/control-plane/cluster-objects.ts';
import { eventually } from '../../testing/eventually.ts';
import type { NameWorld } from '../../testing/name-world.ts';
import { recordsOf } from '../../testing/source-world.ts';
import { applyYaml } from './apply-yaml.ts';

/** What happens to some objects, step by step, and which records there are after each. */
export interface Life {
  readonly title: string;
  /** The namespace of the objects; all their names lie below it in example.com. */
  readonly at: string;
  readonly steps: readonly Step[];
}

/** One thing that happens. */
export interface Step {
  /** Objects that are created or changed, as YAML; fields that they had before and do not have here are removed. */
  readonly apply?: string;
  /** Objects that are deleted, such as `Service/web`. */
  readonly remove?: readonly string[];
  /** A pod that is scheduled, and the node. */
  readonly bind?: readonly [pod: string, node: string];
  /** All records below `<at>.example.com` after it, one a line, in any order; what is only known to exist has `NODATA`. */
  readonly records: string;
}

/** Far more than a step takes, for a machine that is busy. */
const STEP_MS = 20_000;

/** Goes through a life. */
export async function live({ at, steps }: Life, api: ClusterObjects, world: NameWorld): Promise<void> {
  await applyYaml(api, `{apiVersion: v1, kind: Namespace, metadata: {name: ${at}}}`);
  for (const [index, { apply, remove = [], bind, records }] of steps.entries()) {
    if (apply !== undefined) await applyYaml(api, apply, at);
    for (const name of remove) await api.remove(name);
    if (bind !== undefined) await api.bind(...bind, at);
    await eventually(() => {
      const found = recordsOf(world).filter((line) => isBelow(line, at));
      const expected = linesOf(records);
      // With the number of the step, which a matcher would not tell.
      if (found.join('\n') !== expected.join('\n')) throw new Error(differ(index + 1, found, expected));
    }, STEP_MS);
  }
}

function differ(step: number, found: readonly string[], expected: readonly string[]): string {
  return `after step ${step} there is
${print(found)}
expected
${print(expected)}`;
}

function print(lines: readonly string[]): string {
  return lines.length === 0 ? '  nothing' : lines.map((line) => `  ${line}`).join('\n');
}

function isBelow(line: string, at: string): boolean {
  const [owner = ''] = line.split(' ');
  return `.${owner}`.endsWith(`.${at}.example.com.`);
}

function linesOf(text: string): readonly string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .toSorted();
}
