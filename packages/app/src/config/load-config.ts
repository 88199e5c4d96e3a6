import { dirname, resolve } from 'node:path';

import type * as z from 'zod/mini';

import { type ConfigFile, type KeyPath, parseConfigFile, printKeyPath } from './config-file.ts';
import type { CommandLineForm } from './flag.ts';
import type { SchemaOf } from './leaf.ts';
import type { RawConfig } from './lower-flags.ts';
import type { FlagValues } from './lowering-target.ts';
import { type ConfigMistake, type MistakeCode, printMistake, quoteFound } from './mistake.ts';
import { type PathKind, type Paths, reasonOf } from './paths.ts';
import { printHelp, readFlags } from './read-flags.ts';
import { suggestWord } from './suggest-word.ts';

/** What the command line and the configuration file come to. */
export type LoadedConfig<Config> =
  | { readonly kind: 'config'; readonly config: Config }
  /** `--help` or `--version`: there is nothing to do but to print this. */
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'mistakes'; readonly mistakes: readonly ConfigMistake[] };

/** What an app takes. */
export interface ConfigForm<Config> {
  readonly commandLine: CommandLineForm;
  /** Brings flags into the shape of the file. */
  readonly lower: (
    values: FlagValues,
    file: Readonly<Record<string, unknown>>,
    resolvePath: (path: string) => string,
  ) => RawConfig;
  /**
   * The schema of everything that can be configured. Flags are brought into its shape too, so that one set of rules, defaults and messages serves both.
   *
   * @param paths finds out what stands at a path
   * @param given what the configuration has at a path of keys, unchecked; undefined where it has nothing
   */
  readonly schema: (paths: Paths, given: (path: KeyPath) => unknown) => SchemaOf<Config>;
  /** The flag that says what is missing at a path of keys, where there is no file. */
  readonly flagOf: (path: KeyPath) => string;
  /** Keys under which other systems, or their documents, know one of ours. */
  readonly renamed?: Readonly<Record<string, string>>;
  /** Makes a map of a file that is none, where the app knows what it means. @default such a file is a mistake */
  readonly wholeFile?: (content: unknown) => WholeFile | undefined;
}

/** A map, made of a file that is none. */
export interface WholeFile {
  readonly content: Readonly<Record<string, unknown>>;
  /** Where in the file stands what is at a path of the map. */
  readonly pathInFile: (path: KeyPath) => KeyPath;
}

/** What loading needs from outside. */
export interface ConfigInputs {
  /** @throws {Error} where the file cannot be read, or is not UTF-8 */
  readonly readFile: (path: string) => string;
  /** Why a path cannot be read as a file or folder; undefined where it can. */
  readonly problem: (path: string, kind: PathKind) => string | undefined;
  /** An environment variable. */
  readonly environment: (name: string) => string | undefined;
  /** The folder that relative paths in flags start from. */
  readonly folder: string;
  /** What `--version` prints. */
  readonly version: string;
}

/**
 * Reads flags and the configuration file, and checks both by one schema.
 *
 * @param words the command line without program and script
 */
export function loadConfig<Config>(
  words: readonly string[],
  inputs: ConfigInputs,
  form: ConfigForm<Config>,
): LoadedConfig<Config> {
  const { commandLine, lower, schema, flagOf, renamed, wholeFile = () => undefined } = form;
  const { values, request, mistakes: flagMistakes } = readFlags(words, commandLine);
  if (request === 'help') return { kind: 'text', text: printHelp(commandLine) };
  if (request === 'version') return { kind: 'text', text: `${inputs.version}\n` };

  const mistakes = [...flagMistakes];
  const path = values.get('config')?.at(-1);
  const read = path === undefined ? undefined : readConfigFile(path, inputs, mistakes);
  const whole = wholeFile(read?.content);
  const file = read === undefined || whole === undefined ? read : wrap(read, whole);
  // Without the file's content, whatever is missing from it would be reported too.
  if (path !== undefined && file === undefined) return { kind: 'mistakes', mistakes };

  const content = file?.content ?? {};
  if (typeof content !== 'object' || content === null || Array.isArray(content)) {
    const at = file?.locate([]) ?? '--config';
    return {
      kind: 'mistakes',
      mistakes: [...mistakes, { code: 'BAD_VALUE', at, found: quoteFound(content), expected: 'expected a map of keys' }],
    };
  }
  const raw = lower(values, content as Readonly<Record<string, unknown>>, (relative) => resolve(inputs.folder, relative));
  // A mistyped flag is why something is missing: one message for one mistake.
  const isOwnFault = (mistake: ConfigMistake): boolean => mistake.code !== 'MISSING' || flagMistakes.length === 0;
  mistakes.push(...raw.mistakes.filter(isOwnFault));

  const fileFolder = path === undefined ? inputs.folder : dirname(resolve(inputs.folder, path));
  const paths: Paths = {
    resolve: (relative) => resolve(fileFolder, relative),
    problem: inputs.problem,
    readText: (name) => tryRead(name, inputs),
    environment: inputs.environment,
  };
  const parsed = schema(paths, (keys) => valueAt(raw.content, keys)).safeParse(raw.content);
  if (parsed.success && mistakes.length === 0) return { kind: 'config', config: parsed.data };
  /** The keys that mistyped ones were probably meant to be, as places. */
  const meant = new Set<string>();
  for (const issue of parsed.error?.issues ?? []) {
    const place: Place = { path: issue.path as KeyPath, raw, file, flagOf, renamed };
    if (issue.code === 'unrecognized_keys') {
      mistakes.push(...issue.keys.map((key) => describeUnknownKey(key, issue.message, place, meant)));
      continue;
    }
    if (issue.code === 'custom' && issue.params?.['code'] === 'UNKNOWN_KEY') {
      mistakes.push(
        describeUnknownKey(String(place.path.at(-1)), issue.message, { ...place, path: place.path.slice(0, -1) }, meant),
      );
      continue;
    }
    const mistake = describeIssue(issue, place);
    if (!isOwnFault(mistake)) continue;
    // What a wrong flag would have given.
    if (file === undefined && mistake.code === 'MISSING' && mistake.at === `--${flagOf([])}` && raw.mistakes.length > 0) continue;
    mistakes.push(mistake);
  }
  return { kind: 'mistakes', mistakes: dropRepeated(mistakes.filter((mistake) => !isMistyped(mistake, meant))) };
}

function wrap(file: ConfigFile, { content, pathInFile }: WholeFile): ConfigFile {
  return { content, locate: (path) => file.locate(pathInFile(path)) };
}

function readConfigFile(path: string, inputs: ConfigInputs, mistakes: ConfigMistake[]): ConfigFile | undefined {
  if (path === '') {
    mistakes.push({ code: 'BAD_VALUE', at: '--config', found: quoteFound(path), expected: 'expected the path of a file' });
    return undefined;
  }
  const text = tryRead(resolve(inputs.folder, path), inputs);
  if (typeof text !== 'string') {
    const expected = `expected a file that can be read (${text.problem})`;
    mistakes.push({ code: 'UNREADABLE', at: '--config', found: quoteFound(path), expected });
    return undefined;
  }
  const parsed = parseConfigFile(text, path);
  if ('locate' in parsed) return parsed;
  mistakes.push(...parsed);
  return undefined;
}

function tryRead(path: string, { readFile }: ConfigInputs): string | { readonly problem: string } {
  try {
    return readFile(path);
  } catch (error) {
    return { problem: reasonOf(error) };
  }
}

/** Where a part of the configuration stands, and what it came from. */
interface Place {
  readonly path: KeyPath;
  readonly raw: RawConfig;
  readonly file: ConfigFile | undefined;
  readonly flagOf: (path: KeyPath) => string;
  readonly renamed: Readonly<Record<string, string>> | undefined;
}

function describePlace({ path, raw, file, flagOf }: Place): string {
  const flag = raw.flagAt(path);
  if (flag !== undefined) return `--${flag}${raw.partAt(path)}`;
  if (file === undefined) return `--${flagOf(path)}`;
  return path.length === 0 ? file.locate(path) : `${file.locate(path)}: ${printKeyPath(path)}`;
}

function describeUnknownKey(key: string, allowed: string, place: Place, meant: Set<string>): ConfigMistake {
  const path = [...place.path, key];
  const words = allowed.replace(/^allowed here: /, '').split(', ');
  const former = place.renamed?.[key];
  const suggestion = former !== undefined && words.includes(former) ? former : suggestWord(key, words);
  // What stands under the right key as well is judged by itself.
  if (suggestion !== undefined && valueAt(place.raw.content, [...place.path, suggestion]) === undefined)
    meant.add(printKeyPath([...place.path, suggestion]));
  const advice = suggestion === undefined ? '' : `; did you mean ${suggestion}?`;
  return { code: 'UNKNOWN_KEY', at: describePlace({ ...place, path }), expected: `there is no such key; ${allowed}${advice}` };
}

/** Whether something is missing because its key, or that of what it stands in, is mistyped: one message for one mistake. */
function isMistyped({ code, at }: ConfigMistake, meant: ReadonlySet<string>): boolean {
  if (code !== 'MISSING') return false;
  const key = at.replace(/^.*: /s, '');
  return Array.from(meant).some((one) => key === one || key.startsWith(`${one}.`) || key.startsWith(`${one}[`));
}

function describeIssue(issue: z.core.$ZodIssue, place: Place): ConfigMistake {
  const found = valueAt(place.raw.content, place.path);
  const params = issue.code === 'custom' ? (issue.params as { code?: MistakeCode; secret?: boolean } | undefined) : undefined;
  const code = params?.code ?? (found === undefined ? 'MISSING' : 'BAD_VALUE');
  const mistake = { code, at: describePlace(place), expected: issue.message };
  return found === undefined || params?.secret === true ? mistake : { ...mistake, found: quoteFound(found) };
}

function valueAt(content: unknown, path: KeyPath): unknown {
  let value = content;
  for (const part of path) {
    // A flag's text stands for the whole of what the schema took it apart into.
    if (typeof value !== 'object' || value === null) return value;
    value = (value as Readonly<Record<string | number, unknown>>)[part];
  }
  return value;
}

/** A flag that stands in several zones is wrong once, and what is missing is missing once. */
function dropRepeated(mistakes: readonly ConfigMistake[]): readonly ConfigMistake[] {
  const printed = new Set<string>();
  return mistakes.filter((mistake) => {
    const line = mistake.code === 'MISSING' ? mistake.at : printMistake(mistake);
    return !printed.has(line) && printed.add(line) !== undefined;
  });
}
