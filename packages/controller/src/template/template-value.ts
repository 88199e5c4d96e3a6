import { type Fields, isFields } from '../resources/fields.ts';

/**
 * What a template works with: what JSON has, and mappings whose keys are users' own.
 *
 * Nothing (`undefined`, and JSON's null) stands for whatever is not there. As a field that is not set in a Go struct it is false, and is written as nothing;
 * its fields are nothing too. (A Go map without the key would be written as `<no value>`, which is nobody's name.)
 */
export type TemplateValue = unknown;

/** A mapping whose keys are data, such as labels: they are found as they are written only. */
export class ExactKeys {
  readonly entries: Fields;

  constructor(entries: Fields) {
    this.entries = entries;
  }
}

/** The object itself: the value of the dot and of `$` at first. Its fields have other names than those of its JSON, see `rootPath`. */
export class TemplateRoot {
  /** Its JSON. */
  readonly object: Fields;

  constructor(object: Fields) {
    this.object = object;
  }
}

/** Keys and values of a mapping; undefined where it is none. */
export function entriesOf(value: TemplateValue): Fields | undefined {
  if (value instanceof TemplateRoot) return value.object;
  if (value instanceof ExactKeys) return value.entries;
  return isFields(value) ? value : undefined;
}

export function isList(value: TemplateValue): value is readonly TemplateValue[] {
  return Array.isArray(value);
}

/** Whether a value counts as true in a condition: unless it is nothing, false, 0 or empty. */
export function isTruthy(value: TemplateValue): boolean {
  if (isList(value)) return value.length > 0;
  const entries = entriesOf(value);
  return entries === undefined ? Boolean(value) : !isEmpty(entries);
}

function isEmpty(entries: Fields): boolean {
  for (const key in entries) if (Object.hasOwn(entries, key)) return false;
  return true;
}

/** A value under a key exactly as written. */
export function valueAt(entries: Fields, key: string): TemplateValue {
  return Object.hasOwn(entries, key) ? (entries[key] ?? undefined) : undefined;
}

/**
 * A field by the name that it has in JSON, or in the Go struct: Go's names differ from JSON's in nothing but the case of letters (`ClusterIP` for `clusterIP`,
 * `TLS` for `tls`), and begin with an upper-case one. The metadata of nested objects is `ObjectMeta` in Go.
 *
 * @param look is told how many keys are looked at
 */
export function fieldOf(entries: Fields, name: string, look: (keys: number) => void): TemplateValue {
  if (Object.hasOwn(entries, name)) return entries[name] ?? undefined;
  if (!/^\p{Lu}/u.test(name)) return undefined;
  const wanted = jsonName(name);
  const keys = Object.keys(entries);
  look(keys.length);
  const key = keys.find((one) => one.toLowerCase() === wanted);
  return key === undefined ? undefined : (entries[key] ?? undefined);
}

/** A Go field's name as it is compared with JSON's. */
export function jsonName(name: string): string {
  return name === 'ObjectMeta' ? 'metadata' : name.toLowerCase();
}

/** What a value is, in a message. */
export function describeValue(value: TemplateValue): string {
  if (value === undefined || value === null) return 'nothing';
  if (isList(value)) return `a list of ${value.length}`;
  if (typeof value === 'string')
    return `the text ${JSON.stringify(value.length > 40 ? `${value.slice(0, 37)}...`.toWellFormed() : value)}`;
  return typeof value === 'object' ? 'a mapping' : `${typeof value === 'number' ? 'the number ' : ''}${JSON.stringify(value)}`;
}

/** By Unicode's code points, as Go orders strings. */
export function compareTexts(one: string, other: string): number {
  if (one === other) return 0;
  for (let at = 0; ; at++) {
    const left = one.charCodeAt(at);
    const right = other.charCodeAt(at);
    if (left === right) continue;
    if (Number.isNaN(left)) return -1;
    if (Number.isNaN(right)) return 1;
    // Halves of a pair stand for characters beyond all others.
    const isHalf = (unit: number): boolean => unit >= 0xd8_00 && unit < 0xe0_00;
    return isHalf(left) === isHalf(right) ? left - right : isHalf(left) ? 1 : -1;
  }
}
