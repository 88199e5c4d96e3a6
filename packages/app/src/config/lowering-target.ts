import type { KeyPath } from './config-file.ts';
import type { ConfigMistake } from './mistake.ts';

/** The values of each flag given, in order. */
export type FlagValues = ReadonlyMap<string, readonly string[]>;

/** What flags are written to. */
export interface LoweringTarget {
  /** In the shape of the file. */
  readonly content: Record<string, unknown>;
  /** Notes that a part comes from a flag; and whether the flag gives several keys of it, which messages are to name. */
  readonly mark: (path: KeyPath, flag: string, givesKeys?: boolean) => void;
  readonly mistakes: ConfigMistake[];
  /** Makes a flag's path absolute. */
  readonly resolvePath: (path: string) => string;
}
