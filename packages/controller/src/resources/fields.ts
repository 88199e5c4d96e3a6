/**
 * Reading of untyped JSON, field by field.
 *
 * Every function takes an absent field and an explicit null as the same thing, as the Kubernetes API does, and throws `MalformedObject`
 * where a field has another type than the API gives it. Unknown fields are never looked at.
 */

/** A JSON object of which nothing is known. */
export type Fields = Readonly<Record<string, unknown>>;

/** A field of an object is not what the Kubernetes API says it is. Caught where objects are projected: it concerns one object. */
export class MalformedObject extends Error {
  override readonly name = 'MalformedObject';
  /** Where in the object, such as `endpoints[3].nodeName`. */
  readonly path: string;
  /** What stands there, abridged. */
  readonly found: string;
  /** What should stand there. */
  readonly expected: string;

  constructor(path: string, found: string, expected: string) {
    super(`${path}: found ${found}, expected ${expected}`);
    this.path = path;
    this.found = found;
    this.expected = expected;
  }
}

/** Whether a value is a JSON object. */
export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** @param path where `parent` stands; empty for the object itself */
export function fieldsAt(parent: Fields, key: string, path = ''): Fields | undefined {
  const value = parent[key] ?? undefined;
  if (value === undefined || isFields(value)) return value;
  throw new MalformedObject(join(path, key), describe(value), 'a mapping');
}

/** @param path where `parent` stands */
export function stringAt(parent: Fields | undefined, key: string, path: string): string | undefined {
  const value = parent?.[key] ?? undefined;
  if (value === undefined || typeof value === 'string') return value;
  throw new MalformedObject(join(path, key), describe(value), 'a string');
}

/** @param path where `parent` stands */
export function booleanAt(parent: Fields | undefined, key: string, path: string): boolean | undefined {
  const value = parent?.[key] ?? undefined;
  if (value === undefined || typeof value === 'boolean') return value;
  throw new MalformedObject(join(path, key), describe(value), 'true or false');
}

/**
 * Calls back with each mapping of a list; an absent list is empty.
 *
 * @param path where `parent` stands; prefixed, with the index, to whatever `read` throws
 */
export function readItems(parent: Fields | undefined, key: string, path: string, read: (item: Fields) => void): void {
  const list = parent?.[key] ?? undefined;
  if (list === undefined) return;
  if (!Array.isArray(list)) throw new MalformedObject(join(path, key), describe(list), 'a list');
  let index = 0;
  try {
    for (const item of list as readonly unknown[]) {
      if (!isFields(item)) throw new MalformedObject('', describe(item), 'a mapping');
      read(item);
      index++;
    }
  } catch (error) {
    // The path of an item is built here and not while reading: it is needed once in a million objects.
    if (!(error instanceof MalformedObject)) throw error;
    const place = `${join(path, key)}[${index}]`;
    throw new MalformedObject(error.path === '' ? place : `${place}.${error.path}`, error.found, error.expected);
  }
}

const NO_STRINGS: readonly string[] = Object.freeze([]);

/**
 * A list of strings; an absent list is empty.
 *
 * @param path where `parent` stands
 */
export function stringsAt(parent: Fields | undefined, key: string, path: string): readonly string[] {
  const list = parent?.[key] ?? undefined;
  if (list === undefined) return NO_STRINGS;
  if (!Array.isArray(list)) throw new MalformedObject(join(path, key), describe(list), 'a list');
  const strings = list as readonly unknown[];
  if (strings.length === 0) return NO_STRINGS;
  for (const [index, item] of strings.entries()) {
    if (typeof item !== 'string') throw new MalformedObject(`${join(path, key)}[${index}]`, describe(item), 'a string');
  }
  return strings as readonly string[];
}

/** @param path where `parent` stands */
export function numberAt(parent: Fields | undefined, key: string, path: string): number | undefined {
  const value = parent?.[key] ?? undefined;
  if (value === undefined || typeof value === 'number') return value;
  throw new MalformedObject(join(path, key), describe(value), 'a number');
}

const NO_MEMBERS: Readonly<Record<string, string>> = Object.freeze({});

/** Those of a mapping's strings that are wanted; the others are not even checked. */
export function wantedStrings(
  parent: Fields,
  key: string,
  path: string,
  wanted: Iterable<string>,
): Readonly<Record<string, string>> {
  const all = fieldsAt(parent, key, path);
  if (all === undefined) return NO_MEMBERS;
  let kept: Record<string, string> | undefined;
  for (const name of wanted) {
    const value = Object.hasOwn(all, name) ? (all[name] ?? undefined) : undefined;
    if (value === undefined) continue;
    if (typeof value !== 'string') {
      throw new MalformedObject(`${join(path, key)}["${name}"]`, describe(value), 'a string: put it in quotes');
    }
    kept ??= {};
    kept[name] = value;
  }
  return kept ?? NO_MEMBERS;
}

/** How a value is shown to a person: its type, and the beginning of it. */
export function describe(value: unknown): string {
  if (value === undefined || value === null) return 'nothing';
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === 'object') return 'a mapping';
  return `the ${typeof value} ${typeof value === 'string' ? quote(value) : JSON.stringify(value)}`;
}

/** Characters that are not seen, or that change how those around them are seen: lines and words would not be what they look like. */
const UNSEEN = /[\u007F-\u009F\p{Cf}\p{Zl}\p{Zp}]/gu;

/** A text as a message repeats it: in quotes, its beginning only where it is long, with escapes for what cannot be seen. */
export function quote(text: string): string {
  return showUnseen(JSON.stringify(abridge(text)));
}

/** A text with escapes for what cannot be seen in it. */
export function showUnseen(text: string): string {
  return text.toWellFormed().replaceAll(UNSEEN, (character) => `\\u{${character.codePointAt(0)?.toString(16) ?? ''}}`);
}

/** The beginning of a text, where it is too long for a message. */
export function abridge(text: string, limit = 80): string {
  // A cut may fall between the halves of a character.
  return text.length > limit ? `${text.slice(0, limit - 3).toWellFormed()}...` : text;
}

function join(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`;
}
