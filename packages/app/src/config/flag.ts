/** One flag of a command line: the only place that knows its name; help, parsing and the README's table follow from it. */
export interface Flag<Name extends string = string> {
  /** Without the dashes. */
  readonly name: Name;
  /** What stands for its value in help. Without it, the flag is a switch: by itself it says true, and `=false` may follow. */
  readonly value?: string;
  /** What it does, in one line. */
  readonly description: string;
  /** What holds without it, as help shows it. */
  readonly fallback?: string;
  /** May be given several times, each time adding a value. Of other flags the last one counts. */
  readonly repeatable?: true;
}

/** What a command line can say. */
export interface CommandLineForm {
  /** The command's name: `kubezone-resolver`. */
  readonly name: string;
  /** What it does, in a sentence. */
  readonly description: string;
  /** How it is called, a line for each way, without the name. */
  readonly usage: readonly string[];
  /** Every flag that takes a value, in the order of help. `--version` and `--help` take none. */
  readonly flags: readonly Flag[];
  /** Flags of the systems before this one, and of other tools, that people will try: what to use instead. */
  readonly retired: Readonly<Record<string, string>>;
  /** Whether flags take secrets. Then a word that belongs to no flag may be one, and is not repeated. @default false */
  readonly takesSecrets?: boolean;
}
