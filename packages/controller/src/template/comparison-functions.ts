import type { TemplateFunction } from './template-function.ts';
import { compareTexts, describeValue, isTruthy, type TemplateValue } from './template-value.ts';
import type { Workbench } from './workbench.ts';

type Comparable = string | number | boolean;

/** Go's comparisons. Values of two kinds are not compared, but nothing is: it counts as what a Go field of the other's kind is when it is not set. */
export const COMPARISONS: Readonly<Record<string, TemplateFunction>> = {
  eq: {
    min: 2,
    max: Number.POSITIVE_INFINITY,
    call: ([first, ...others], bench) => others.some((one) => equal(first, one, 'eq', bench)),
  },
  ne: { min: 2, max: 2, call: ([one, other], bench) => !equal(one, other, 'ne', bench) },
  lt: { min: 2, max: 2, call: ([one, other], bench) => order(one, other, 'lt', bench) < 0 },
  le: { min: 2, max: 2, call: ([one, other], bench) => order(one, other, 'le', bench) <= 0 },
  gt: { min: 2, max: 2, call: ([one, other], bench) => order(one, other, 'gt', bench) > 0 },
  ge: { min: 2, max: 2, call: ([one, other], bench) => order(one, other, 'ge', bench) >= 0 },
  not: { min: 1, max: 1, call: ([value]) => !isTruthy(value) },
};

function equal(one: TemplateValue, other: TemplateValue, name: string, bench: Workbench): boolean {
  const [left, right] = comparable(one, other, name, bench);
  return left === right;
}

function order(one: TemplateValue, other: TemplateValue, name: string, bench: Workbench): number {
  const [left, right] = comparable(one, other, name, bench);
  if (typeof left === 'boolean' || typeof right === 'boolean') {
    return bench.fail('TEMPLATE_ARGUMENT', `found ${describeValue(left)} as an argument of ${name}, expected text or a number`);
  }
  return typeof left === 'string' && typeof right === 'string' ? compareTexts(left, right) : Number(left) - Number(right);
}

/** Two values of one kind. Two that are nothing are two empty texts. */
function comparable(one: TemplateValue, other: TemplateValue, name: string, bench: Workbench): [Comparable, Comparable] {
  const left = simple(one, name, bench) ?? unsetOf(simple(other, name, bench));
  const right = simple(other, name, bench) ?? unsetOf(left);
  if (typeof left === typeof right) return [left, right];
  return bench.fail(
    'TEMPLATE_ARGUMENT',
    `found ${describeValue(left)} and ${describeValue(right)} as arguments of ${name}, expected two of one kind`,
  );
}

function simple(value: TemplateValue, name: string, bench: Workbench): Comparable | undefined {
  if (typeof value === 'string') bench.spend(value.length);
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  if (value === undefined || value === null) return undefined;
  return bench.fail(
    'TEMPLATE_ARGUMENT',
    `found ${describeValue(value)} as an argument of ${name}, expected text, a number, true or false`,
  );
}

function unsetOf(value: Comparable | undefined): Comparable {
  if (typeof value === 'number') return 0;
  return typeof value === 'boolean' ? false : '';
}
