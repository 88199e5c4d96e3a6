import { type KeyPath, printKeyPath } from './config-file.ts';
import type { FlagValues, LoweringTarget } from './lowering-target.ts';
import { type ConfigMistake, quoteFound } from './mistake.ts';

/** A configuration in the shape of the file, unchecked, and which of its parts come from flags. */
export interface RawConfig {
  readonly content: Readonly<Record<string, unknown>>;
  /** The flag that a part comes from; undefined for parts of the file. */
  flagAt(path: KeyPath): string | undefined;
  /** What tells a part of a flag's value from others: ` apiToken` for a flag that gives several keys. Empty for all other flags. */
  partAt(path: KeyPath): string;
  readonly mistakes: readonly ConfigMistake[];
}

/** Which flags stand for which keys. */
export interface FlagTables {
  /** Flags that each stand for one key. */
  readonly single: readonly (readonly [string, KeyPath])[];
  /** Flags that may be repeated, and each stand for one list. */
  readonly lists: readonly (readonly [string, KeyPath])[];
  readonly switches: readonly (readonly [string, KeyPath])[];
  /** What takes more than a table says. */
  readonly others: readonly ((values: FlagValues, target: LoweringTarget) => void)[];
}

/**
 * Brings flags into the shape of the file. Flags win: a flag replaces the key it stands for.
 *
 * @param resolvePath makes a flag's path absolute
 */
export function lowerByTables(
  values: FlagValues,
  file: Readonly<Record<string, unknown>>,
  resolvePath: (path: string) => string,
  { single, lists, switches, others }: FlagTables,
): RawConfig {
  const content: Record<string, unknown> = { ...file };
  const flags = new Map<string, string>();
  const mistakes: ConfigMistake[] = [];
  const several = new Set<string>();
  const mark = (path: KeyPath, flag: string, givesKeys = false): void => {
    flags.set(JSON.stringify(path), flag);
    if (givesKeys) several.add(JSON.stringify(path));
  };
  const markedAt = (path: KeyPath): KeyPath | undefined => {
    for (let length = path.length; length > 0; length--)
      if (flags.has(JSON.stringify(path.slice(0, length)))) return path.slice(0, length);
    return undefined;
  };
  const last = (flag: string): string | undefined => values.get(flag)?.at(-1);

  const set = (flag: string, path: KeyPath, value: unknown): void => {
    if (value === undefined) return;
    const [key, inner] = path as readonly [string, string?];
    content[key] = inner === undefined ? value : { ...asMap(content[key]), [inner]: value };
    mark(path, flag);
  };
  for (const [flag, path] of single) set(flag, path, last(flag));
  for (const [flag, path] of lists) set(flag, path, values.get(flag));
  for (const [flag, path] of switches) {
    const value = last(flag);
    set(flag, path, value === 'true' ? true : value === 'false' ? false : value);
  }

  // The empty text is no path; the schema says so.
  const target = { content, mark, mistakes, resolvePath: (path: string) => (path === '' ? '' : resolvePath(path)) };
  for (const lower of others) lower(values, target);

  return {
    content,
    flagAt: (path) => flags.get(JSON.stringify(markedAt(path))),
    partAt: (path) => {
      const marked = markedAt(path);
      const inner = marked === undefined || !several.has(JSON.stringify(marked)) ? [] : path.slice(marked.length);
      return inner.length === 0 ? '' : ` ${printKeyPath(inner)}`;
    },
    mistakes,
  };
}

/** `--manifests`, or `--kubeconfig` and `--context`: one cluster in place of the file's. */
export function lowerClusters(values: FlagValues, { content, mark, mistakes, resolvePath }: LoweringTarget): void {
  const [manifests, kubeconfig, context] = (['manifests', 'kubeconfig', 'context'] as const).map((flag) =>
    values.get(flag)?.at(-1),
  );
  if (manifests === undefined && kubeconfig === undefined && context === undefined) return;
  delete content['clusters'];
  delete content['manifests'];
  if (manifests !== undefined) {
    mistakes.push(...excluded({ kubeconfig, context }, 'not allowed beside --manifests; --config takes several clusters'));
    content['manifests'] = resolvePath(manifests);
    mark(['manifests'], 'manifests');
    return;
  }
  content['clusters'] = [
    {
      ...(kubeconfig === undefined ? {} : { kubeconfig: resolvePath(kubeconfig) }),
      ...(context === undefined ? {} : { context }),
    },
  ];
  mark(['clusters', 0, 'kubeconfig'], 'kubeconfig');
  mark(['clusters', 0, 'context'], 'context');
}

/** The mistakes of flags that are given where another excludes them. */
export function excluded(flags: Readonly<Record<string, string | undefined>>, expected: string): ConfigMistake[] {
  return Object.entries(flags).flatMap(([flag, value]) =>
    value === undefined ? [] : [{ code: 'EXCLUDED' as const, at: `--${flag}`, found: quoteFound(value), expected }],
  );
}

/** The value, if it is a map; otherwise an empty one. */
export function asMap(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}
