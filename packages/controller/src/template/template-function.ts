import { describeValue, type TemplateValue } from './template-value.ts';
import type { Workbench } from './workbench.ts';

/** A function that templates may call. */
export interface TemplateFunction {
  /** How many arguments it takes, at least and at most. */
  readonly min: number;
  readonly max: number;
  /**
   * @param values as many as it takes
   * @throws {TemplateError} where one of them is of a kind that it cannot work with
   */
  readonly call: (values: readonly TemplateValue[], bench: Workbench) => TemplateValue;
}

/** An argument as text. Nothing is empty text, as a Go field is that is not set. */
export function textOf(value: TemplateValue, name: string, bench: Workbench): string {
  if (typeof value === 'string') {
    bench.spend(value.length);
    return value;
  }
  if (value === undefined || value === null) return '';
  return bench.fail('TEMPLATE_ARGUMENT', `found ${describeValue(value)} as an argument of ${name}, expected text`);
}
