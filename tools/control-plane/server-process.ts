/** A server that runs as a child process, and logs to a file. */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';

/** The end of a log that goes into error messages. */
const TAIL_LINES = 25;
const TAIL_LINE_LENGTH = 500;

export interface ServerProcessOptions {
  command: string;
  arguments: readonly string[];
  /** Standard error is appended to this file; so is standard output, unless `onLine` wants it. */
  logPath: string;
  /** Called with each line of standard output. */
  onLine?: (line: string) => void;
}

/** A started child process. Its standard input stays open for as long as this process lives. */
export class ServerProcess {
  /** Resolves, with words like "exit status 1", when the process is gone. Never rejects. */
  readonly ended: Promise<string>;
  readonly #child: ChildProcess;
  readonly #command: string;
  readonly #logPath: string;
  #end: string | undefined;

  constructor(options: ServerProcessOptions) {
    this.#command = options.command;
    this.#logPath = options.logPath;
    const log = openSync(options.logPath, 'a');
    try {
      this.#child = spawn(options.command, options.arguments, {
        // In a process group of its own: Ctrl-C in a terminal is for us, who then stop the server in an orderly way.
        detached: true,
        stdio: ['pipe', options.onLine === undefined ? log : 'pipe', log],
      });
    } finally {
      closeSync(log);
    }
    // A server that is gone can't read; that it is gone is told by `ended`.
    this.#child.stdin?.on('error', () => undefined);
    if (options.onLine !== undefined && this.#child.stdout)
      createInterface({ input: this.#child.stdout }).on('line', options.onLine);
    this.ended = new Promise((resolve) => {
      const settle = (end: string): void => {
        this.#end = end;
        resolve(end);
      };
      this.#child.once('error', (error) => settle(error.message));
      this.#child.once('close', (status, signal) => settle(signal ?? `exit status ${status}`));
    });
  }

  /** How the process ended, or undefined as long as it runs. */
  get end(): string | undefined {
    return this.#end;
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Asks the process to stop, and kills it if it still runs after that time. Resolves when it is gone. */
  async terminate(timeoutMs: number): Promise<void> {
    this.signal('SIGTERM');
    const timeout = new AbortController();
    const late = sleep(timeoutMs, undefined, { signal: timeout.signal }).then(
      () => this.signal('SIGKILL'),
      () => undefined,
    );
    await this.ended;
    timeout.abort();
    await late;
  }

  /** Kills the process without a chance to clean up. Resolves when it is gone. */
  async kill(): Promise<void> {
    this.signal('SIGKILL');
    await this.ended;
  }

  /**
   * Waits for something that only a living server can do.
   *
   * @param what What is waited for, to be read after "did not".
   * @throws When it fails, the server ends first, or the time is up: an error with the end of the server's log.
   */
  async waitFor<T>(what: string, outcome: Promise<T>, timeoutMs: number): Promise<T> {
    const timeout = new AbortController();
    const failure = Promise.race([
      this.ended.then((end) => `ended (${end})`),
      sleep(timeoutMs, `did not ${what} within ${timeoutMs / 1000} s`, { signal: timeout.signal }),
    ]).then(async (reason) => {
      throw await this.describeFailure(reason);
    });
    // Once the race below is decided, nobody looks at the loser.
    failure.catch(() => undefined);
    try {
      return await Promise.race([outcome, failure]);
    } finally {
      timeout.abort();
    }
  }

  /** An error that says what became of this process, with the end of its log. */
  async describeFailure(reason: string, cause?: unknown): Promise<Error> {
    const log = await readFile(this.#logPath, 'utf8').catch(() => '');
    const tail = log
      .trimEnd()
      .split('\n')
      .slice(-TAIL_LINES)
      .map((line) => line.slice(0, TAIL_LINE_LENGTH));
    return new Error(`${this.#command} ${reason}. The end of its log (${this.#logPath}):\n${tail.join('\n')}`, { cause });
  }
}
