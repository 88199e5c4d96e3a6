/** Why a flag or a key of the configuration is refused. */
export type MistakeCode =
  /** There is no such flag. */
  | 'UNKNOWN_FLAG'
  /** There is no such key at this place of the configuration file. */
  | 'UNKNOWN_KEY'
  /** A word on the command line belongs to no flag. */
  | 'UNEXPECTED_ARGUMENT'
  /** A flag stands without its value. */
  | 'NO_VALUE'
  /** The value is not what the flag or key takes. */
  | 'BAD_VALUE'
  /** Nothing was given where something is required. */
  | 'MISSING'
  /** Two flags or keys contradict each other. */
  | 'EXCLUDED'
  /** Something that must be unique was given twice. */
  | 'DUPLICATE'
  /** A file or folder cannot be read. */
  | 'UNREADABLE'
  /** The configuration file is not YAML. */
  | 'BAD_YAML';

/** One thing that is wrong with the command line or the configuration file. */
export interface ConfigMistake {
  readonly code: MistakeCode;
  /** The flag (`--port`), or file, line and key path (`kubezone.yaml:3:9: zones[0].ttl`). */
  readonly at: string;
  /** What stands there, quoted; left out where nothing does. Never a secret. */
  readonly found?: string;
  /** What is expected there, or what to do instead. */
  readonly expected: string;
}

/** How much of a value a message repeats. */
const MAX_QUOTED = 80;

/** One line for a person. */
export function printMistake(mistake: ConfigMistake): string {
  const found = mistake.found === undefined ? '' : `found ${mistake.found}; `;
  return `${mistake.at}: ${found}${mistake.expected} [${mistake.code}]`;
}

/** A value as a message repeats it: strings in quotes, long ones abridged, of lists and maps only that they are such. */
export function quoteFound(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === 'object') return 'a map';
  const text = typeof value === 'string' ? JSON.stringify(value) : `${value as number | boolean}`;
  return text.length > MAX_QUOTED ? `${text.slice(0, MAX_QUOTED - 4)}…"` : text;
}
