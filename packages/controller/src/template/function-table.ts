import { COMPARISONS } from './comparison-functions.ts';
import { COLLECTION_FUNCTIONS } from './collection-functions.ts';
import type { TemplateFunction } from './template-function.ts';
import { OBJECT_FUNCTIONS } from './object-functions.ts';
import { TEXT_FUNCTIONS } from './text-functions.ts';

/** `and` and `or` look at no more of their arguments than they must: the evaluator itself does that. */
export const SHORT_CIRCUITS: ReadonlySet<string> = new Set(['and', 'or']);

const FUNCTIONS: ReadonlyMap<string, TemplateFunction> = new Map(
  Object.entries({ ...COMPARISONS, ...COLLECTION_FUNCTIONS, ...TEXT_FUNCTIONS, ...OBJECT_FUNCTIONS }),
);

/** All functions that a template may use. */
export const FUNCTION_NAMES: readonly string[] = [...FUNCTIONS.keys(), ...SHORT_CIRCUITS].toSorted();

/** Go has these, but names have no use for them. */
const REFUSED: Readonly<Record<string, string>> = {
  call: 'it calls functions, and objects hold none',
  html: 'it escapes text for web pages',
  js: 'it escapes text for web pages',
  urlquery: 'it escapes text for web pages',
};

export function isFunction(name: string): boolean {
  return FUNCTIONS.has(name) || SHORT_CIRCUITS.has(name);
}

/** Why a function of Go's does not exist here. */
export function refusedFunction(name: string): string | undefined {
  return Object.hasOwn(REFUSED, name) ? REFUSED[name] : undefined;
}

export function findFunction(name: string): TemplateFunction | undefined {
  return FUNCTIONS.get(name);
}

/** What is wrong with a number of arguments. */
export function argumentsFailure(name: string, count: number): string | undefined {
  const { min, max } = FUNCTIONS.get(name) ?? { min: 1, max: Number.POSITIVE_INFINITY };
  if (count >= min && count <= max) return undefined;
  const range = min === max ? String(min) : max === Number.POSITIVE_INFINITY ? `at least ${min}` : `${min} to ${max}`;
  return `found ${count} ${count === 1 ? 'argument' : 'arguments'} of ${name}, expected ${range}`;
}
