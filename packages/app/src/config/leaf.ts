import { isFailure, type ParseFailure } from '@kubezone/core';
import * as z from 'zod/mini';

import { suggestWord } from './suggest-word.ts';

/** A schema of values of one type. */
export type SchemaOf<T> = z.ZodMiniType<T>;

/** What reading one value gives: the value; undefined where it is not what is expected; or a failure that says more than that. */
export type Scanned<T> = T | undefined | ParseFailure;

/**
 * A schema of one scalar, whether it comes from YAML or, as text, from a flag.
 *
 * @param expected completes "expected …"
 * @param scan is not called for absent values: those are a mistake unless the schema is made optional
 */
export function leaf<T>(expected: string, scan: (value: unknown) => Scanned<T>): SchemaOf<T> {
  return z.pipe(
    z.unknown(),
    z.transform((value, context): T => {
      const scanned = value === undefined ? undefined : scan(value);
      if (scanned !== undefined && !isFailure(scanned)) return scanned;
      const reason = isFailure(scanned) ? ` (${scanned.message})` : '';
      context.issues.push({ code: 'custom', message: `expected ${expected}${reason}`, input: value });
      return z.NEVER;
    }),
  );
}

/** A schema of text that a function scans. */
export function textLeaf<T>(expected: string, scan: (text: string) => Scanned<T>): SchemaOf<T> {
  return leaf(expected, (value) => (typeof value === 'string' ? scan(value) : undefined));
}

/** Any text but the empty one. */
export function anyText(expected: string): SchemaOf<string> {
  return textLeaf(expected, (text) => (text === '' ? undefined : text));
}

/** A whole number within bounds, as a number or in decimal digits. */
export function wholeNumber(minimum: number, maximum: number, what: string = 'a whole number'): SchemaOf<number> {
  return leaf(`${what} from ${minimum} to ${maximum}`, (value) => {
    const digits = typeof value === 'number' ? String(value) : value;
    if (typeof digits !== 'string' || !/^\d{1,15}$/.test(digits)) return undefined;
    const number = Number(digits);
    return number >= minimum && number <= maximum ? number : undefined;
  });
}

/** A number that may have a fraction, within bounds, as a number or in decimal digits. */
export function decimalNumber(minimum: number, maximum: number, what: string): SchemaOf<number> {
  return leaf(`${what} from ${minimum} to ${maximum}`, (value) => {
    const digits = typeof value === 'number' ? String(value) : value;
    if (typeof digits !== 'string' || !/^\d{1,15}(?:\.\d{1,9})?$/.test(digits)) return undefined;
    const number = Number(digits);
    return number >= minimum && number <= maximum ? number : undefined;
  });
}

/** True or false, as YAML has them; nothing that merely looks like one of them. */
export function trueOrFalse(): SchemaOf<boolean> {
  return leaf('true or false', (value) => (typeof value === 'boolean' ? value : undefined));
}

/**
 * One word of a list.
 *
 * @param others words of other systems, with what they are here
 */
export function oneOf<T extends string>(words: readonly T[], others: Readonly<Record<string, T>> = {}): SchemaOf<T> {
  return z.pipe(
    z.unknown(),
    z.transform((value, context): T => {
      const found = words.find((word) => word === value);
      if (found !== undefined) return found;
      const meant =
        typeof value !== 'string' ? undefined : Object.hasOwn(others, value) ? others[value] : suggestWord(value, words);
      const advice = meant === undefined ? '' : `; did you mean ${meant}?`;
      context.issues.push({ code: 'custom', message: `expected one of ${words.join(', ')}${advice}`, input: value });
      return z.NEVER;
    }),
  );
}

/** A map whose keys are all known: any other key is a mistake that names the known ones. */
export function strictMap<Shape extends z.core.$ZodLooseShape>(shape: Shape): z.ZodMiniObject<Shape, z.core.$strict> {
  const keys = Object.keys(shape).join(', ');
  return z.strictObject(shape, {
    error: (issue) => (issue.code === 'unrecognized_keys' ? `allowed here: ${keys}` : `expected a map of: ${keys}`),
  });
}

/** A list. */
export function listOf<T>(element: SchemaOf<T>, expected: string): z.ZodMiniArray<SchemaOf<T>> {
  return z.array(element, { error: () => `expected ${expected}` });
}

/** A list with at least one element. */
export function nonEmpty<T>(list: SchemaOf<readonly T[]>, expected: string): SchemaOf<readonly T[]> {
  return z.pipe(
    list,
    z.transform((elements, context) => {
      if (elements.length > 0) return elements;
      context.issues.push({ code: 'custom', message: `expected ${expected}`, input: elements, params: { code: 'MISSING' } });
      return z.NEVER;
    }),
  );
}

/** A map whose keys may all be left out: the others are in the result. */
export function optionalMap<Shape extends Readonly<Record<string, SchemaOf<unknown>>>>(
  shape: Shape,
): SchemaOf<{ readonly [Key in keyof Shape]?: z.output<Shape[Key]> }> {
  const optional = Object.fromEntries(Object.entries(shape).map(([key, schema]) => [key, z.optional(schema)]));
  return z.pipe(
    strictMap(optional),
    z.transform((given) => given as { readonly [Key in keyof Shape]?: z.output<Shape[Key]> }),
  );
}

/** Leaves out what is undefined, which in options is not the same as not being there. */
export function withoutUndefined<T extends object>(
  value: T,
): { [Key in keyof T as undefined extends T[Key] ? never : Key]: T[Key] } & {
  [Key in keyof T as undefined extends T[Key] ? Key : never]?: Exclude<T[Key], undefined>;
} {
  return Object.fromEntries(Object.entries(value).filter(([, part]) => part !== undefined)) as ReturnType<
    typeof withoutUndefined<T>
  >;
}

/** Something that can be written as text, for short, or as a map. What is wrong with either is told as that schema tells it. */
export function textOr<T>(text: SchemaOf<T>, map: SchemaOf<T>): SchemaOf<T> {
  return z.pipe(
    z.unknown(),
    z.transform((value, context): T => {
      const parsed = (typeof value === 'string' ? text : map).safeParse(value);
      if (parsed.success) return parsed.data;
      for (const issue of parsed.error.issues) context.issues.push(...asCustom(issue, value));
      return z.NEVER;
    }),
  );
}

/** Values of which nothing is repeated in a message, whatever is wrong with them: somebody who misplaces a secret writes it where something else belongs. */
export function discreet<T>(schema: SchemaOf<T>): SchemaOf<T> {
  return z.pipe(
    z.unknown(),
    z.transform((value, context): T => {
      const parsed = schema.safeParse(value);
      if (parsed.success) return parsed.data;
      for (const issue of parsed.error.issues) {
        for (const raw of asCustom(issue, undefined))
          context.issues.push({ ...raw, params: { ...(raw as { params?: object }).params, secret: true } });
      }
      return z.NEVER;
    }),
  );
}

/** A list or map in which secrets stand: what stands in place of the whole is not repeated in a message; what is wrong within it is told as the schema tells it. */
export function discreetWhole<T>(schema: SchemaOf<T>, expected: string): SchemaOf<T> {
  return z.pipe(
    z.unknown(),
    z.transform((value, context): T => {
      if (typeof value !== 'object' || value === null) {
        const params = { code: value === undefined ? 'MISSING' : 'BAD_VALUE', secret: true };
        context.issues.push({ code: 'custom', message: `expected ${expected}`, input: undefined, params });
        return z.NEVER;
      }
      const parsed = schema.safeParse(value);
      if (parsed.success) return parsed.data;
      for (const issue of parsed.error.issues) context.issues.push(...asCustom(issue, value));
      return z.NEVER;
    }),
  );
}

/** An issue of a schema within a transformation, as an issue of the transformation. */
function asCustom(issue: z.core.$ZodIssue, input: unknown): z.core.$ZodRawIssue[] {
  const path = [...issue.path];
  // Zod goes on after an unknown key, with the value it has; a transformation has none.
  if (issue.code === 'unrecognized_keys') {
    const params = { code: 'UNKNOWN_KEY' };
    return issue.keys.map((key) => ({ code: 'custom', message: issue.message, input, path: [...path, key], params }));
  }
  const params = issue.code === 'custom' ? issue.params : undefined;
  return [{ code: 'custom', message: issue.message, input, path, ...(params === undefined ? {} : { params }) }];
}
