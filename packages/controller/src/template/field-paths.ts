import { type Fields, isFields, MalformedObject } from '../resources/fields.ts';
import { jsonName } from './template-value.ts';

/** Any item of a list, or any field. */
export const ANY: unique symbol = Symbol('any');

/** One step from a value to a part of it. */
export type FieldStep = string | typeof ANY;

/** Lists and mappings in each other, of what is kept whole. */
const DEEPEST = 64;

/**
 * How much of a field is needed: its parts that are named below it; besides, whether it is empty, and its value unless that is a list or mapping; all of it.
 */
export type FieldNeed = 'parts' | 'truth' | 'whole';

/** Some fields of objects, as a tree. */
export interface FieldPaths {
  readonly need: FieldNeed;
  /** By the name as `jsonName` has it: the field of that name, whatever the case of its letters. */
  readonly named: ReadonlyMap<string, FieldPaths>;
  readonly any: FieldPaths | undefined;
}

interface GrowingPaths {
  need: FieldNeed;
  readonly named: Map<string, GrowingPaths>;
  any: GrowingPaths | undefined;
}

/** No field at all. */
export const NO_PATHS: FieldPaths = { need: 'parts', named: new Map(), any: undefined };

/** Collects paths. */
export class FieldPathsBuilder {
  readonly #root: GrowingPaths = { need: 'parts', named: new Map(), any: undefined };

  add(path: readonly FieldStep[], need: FieldNeed): void {
    let node = this.#root;
    for (const step of path) {
      if (step === ANY) node = node.any ??= { need: 'parts', named: new Map(), any: undefined };
      else {
        const name = jsonName(step);
        let next = node.named.get(name);
        if (next === undefined) node.named.set(name, (next = { need: 'parts', named: new Map(), any: undefined }));
        node = next;
      }
    }
    node.need = greater(node.need, need);
  }

  build(): FieldPaths {
    return this.#root;
  }
}

/** The fields of either. */
export function joinPaths(some: readonly FieldPaths[]): FieldPaths {
  const named = new Map<string, FieldPaths[]>();
  for (const one of some) for (const [name, below] of one.named) named.set(name, [...(named.get(name) ?? []), below]);
  const any = some.flatMap((one) => one.any ?? []);
  return {
    need: needOf(some),
    named: new Map(Array.from(named, ([name, below]) => [name, joinPaths(below)])),
    any: any.length === 0 ? undefined : joinPaths(any),
  };
}

const NEEDS: readonly FieldNeed[] = ['parts', 'truth', 'whole'];

function greater(one: FieldNeed, other: FieldNeed): FieldNeed {
  return NEEDS.indexOf(one) > NEEDS.indexOf(other) ? one : other;
}

function needOf(paths: readonly FieldPaths[]): FieldNeed {
  return paths.reduce<FieldNeed>((need, one) => greater(need, one.need), 'parts');
}

/** What is known of an object without any field: it need not be kept twice. */
const KNOWN: ReadonlySet<string> = new Set(['apiversion', 'kind']);
const KNOWN_METADATA: ReadonlySet<string> = new Set(['name', 'namespace']);

/**
 * An object trimmed to some of its fields. Lists keep their length, and mappings whose fields are gone through keep their keys.
 *
 * @returns undefined where nothing is left but its kind and name
 * @throws {MalformedObject} where what is kept is nested too deep
 */
export function keepFields(raw: Fields, paths: FieldPaths): Fields | undefined {
  let kept: Record<string, unknown> | undefined;
  for (const key of Object.keys(raw)) {
    const name = key.toLowerCase();
    const below = KNOWN.has(name) ? undefined : paths.named.get(name);
    if (below === undefined) continue;
    const value = name === 'metadata' ? keepMetadata(raw[key], below) : keepPart(raw[key], [below], key, 0);
    if (value !== undefined) (kept ??= emptyFields())[key] = value;
  }
  return kept;
}

function keepMetadata(metadata: unknown, paths: FieldPaths): unknown {
  const named = new Map([...paths.named].filter(([name]) => !KNOWN_METADATA.has(name)));
  if (named.size === 0 && paths.need !== 'whole' && paths.any === undefined) return undefined;
  return keepPart(metadata, [{ ...paths, named }], 'metadata', 0);
}

function keepPart(value: unknown, paths: readonly FieldPaths[], place: string, depth: number): unknown {
  if (value === null || value === undefined) return undefined;
  if (depth > DEEPEST) throw new MalformedObject(place, 'more', `at most ${DEEPEST} lists and mappings in each other`);
  const need = needOf(paths);
  const whole = need === 'whole';
  if (Array.isArray(value)) {
    const below = paths.flatMap((one) => one.any ?? []);
    return (value as readonly unknown[]).map((item) =>
      whole ? keepWhole(item, place, depth + 1) : (keepPart(item, below, place, depth + 1) ?? null),
    );
  }
  // Where parts were expected, that there is something else is all that counts.
  if (!isFields(value)) return need === 'parts' ? null : value;
  if (whole) return keepWhole(value, place, depth);
  return keepMapping(value, paths, need, place, depth);
}

function keepMapping(value: Fields, paths: readonly FieldPaths[], need: FieldNeed, place: string, depth: number): Fields {
  const kept = emptyFields();
  for (const key of Object.keys(value)) {
    const name = key.toLowerCase();
    const below = paths.flatMap(({ any, named }) => [any, named.get(name)].filter((one) => one !== undefined));
    if (below.length > 0) kept[key] = keepPart(value[key], below, place, depth + 1) ?? null;
  }
  const [first] = Object.keys(value);
  if (need === 'truth' && first !== undefined && Object.keys(kept).length === 0) kept[first] = null;
  return kept;
}

function keepWhole(value: unknown, place: string, depth: number): unknown {
  if (depth > DEEPEST) throw new MalformedObject(place, 'more', `at most ${DEEPEST} lists and mappings in each other`);
  if (typeof value === 'object' && value !== null) for (const part of Object.values(value)) keepWhole(part, place, depth + 1);
  return value;
}

/** Without a prototype: a key may be `__proto__`. */
function emptyFields(): Record<string, unknown> {
  return Object.create(null) as Record<string, unknown>;
}
