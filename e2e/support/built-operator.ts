import { builtApp } from './built-app.ts';
import { type ChildServer, startChild } from './child-server.ts';
import { eventually } from './eventually.ts';

/** Credentials that AWS's SDK finds, and the Route 53 simulator takes; the machine's own profile is not looked at. */
export const SIMULATED_AWS: Readonly<Record<string, string>> = {
  AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
  AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
  AWS_CONFIG_FILE: '/dev/null',
  AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
};

/** A running operator. It dies with the test process at the latest. */
export interface OperatorProcess {
  readonly child: ChildServer;
  /** Everything it has written to both outputs. */
  text(): string;
  /** What it has written since the text was this long: `const mark = operator.text().length`, later `operator.since(mark)`. */
  since(mark: number): string;
  /** Lines that are JSON objects: the log, where `--log-format json` is given. */
  logLines(): readonly Readonly<Record<string, unknown>>[];
  /** Resolves as soon as it has written this (after `mark`), else throws after `withinMs` (45 s) with the end of its text. */
  says(part: string | RegExp, options?: { readonly withinMs?: number; readonly mark?: number }): Promise<true>;
  /** Sends a signal to the process itself, and waits for nothing: SIGSTOP, SIGCONT, SIGKILL. */
  signal(name: NodeJS.Signals): void;
  /** Its exit code or the signal that ended it. */
  ended(withinMs?: number): Promise<number | string>;
  /** Asks it to end (SIGTERM, with which it gives its Lease back), or kills it; resolves when it is gone. */
  stop(signal?: NodeJS.Signals): Promise<void>;
}

/** Builds the operator, once per run; gives back the path of its command. */
export function builtOperator(): Promise<string> {
  return builtApp('operator');
}

/** Starts the built operator with these arguments. */
export async function startOperator(
  args: readonly string[],
  options: { readonly cwd?: string; readonly env?: Readonly<Record<string, string | undefined>> } = {},
): Promise<OperatorProcess> {
  const child = startChild(process.execPath, [await builtOperator(), ...args], options);
  const text = (): string => child.log();
  return {
    child,
    text,
    since: (mark) => text().slice(mark),
    logLines: () => text().split('\n').flatMap(parseLogLine),
    says: (part, { withinMs = 45_000, mark = 0 } = {}) =>
      eventually<true>(
        `the operator says ${String(part)}`,
        () => {
          const said = text().slice(mark);
          if (typeof part === 'string' ? said.includes(part) : part.test(said)) return true;
          throw new Error(`${ending(child)} and says: ${said.slice(-4000)}`);
        },
        { withinMs },
      ),
    signal: (name) => void process.kill(child.pid, name),
    ended: (withinMs = 45_000) => eventually('the operator ends', () => child.exited(), { withinMs }),
    stop: (signal) => child.stop(signal),
  };
}

function ending(child: ChildServer): string {
  const exited = child.exited();
  return exited === undefined ? 'it runs' : `it has ended with ${exited}`;
}

function parseLogLine(line: string): readonly Readonly<Record<string, unknown>>[] {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? [value as Readonly<Record<string, unknown>>] : [];
  } catch {
    return [];
  }
}
