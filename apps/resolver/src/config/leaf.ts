import { isFailure, type ParseFailure } from '@kubezone/core';
import * as z from 'zod/mini';

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

/** One word of a list. */
export function oneOf<T extends string>(words: readonly T[]): SchemaOf<T> {
  return leaf(`one of ${words.join(', ')}`, (value) => words.find((word) => word === value));
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
