import { accessSync, constants, statSync } from 'node:fs';

import type { Clock, Logger } from '@kubezone/core';

import { type ConfigInputs, type LoadedConfig } from './config/load-config.ts';
import { printMistake } from './config/mistake.ts';
import type { PathKind } from './config/paths.ts';
import { type LogConfig, type LogPlace, openLog, type ProcessLogger } from './logging.ts';
import { readTextFile } from './read-text-file.ts';
import { StartError } from './start-error.ts';
import { systemClock } from './system-clock.ts';

/** Nobody asks for the exit code of a process that was told to end twice; this is a shell's for the signal. */
const SIGNAL_EXIT = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;

/** What a command does between its start and its end. */
export interface RunningCommand {
  /** Ends it in good order. */
  readonly end: () => Promise<void>;
  /** Where it ends by itself: with which exit code. */
  readonly done?: Promise<number>;
}

/** A command, as the process that is to be it needs it. */
export interface Command<Config> {
  /** `kubezone-resolver`. */
  readonly name: string;
  readonly version: string;
  readonly load: (words: readonly string[], inputs: ConfigInputs) => LoadedConfig<Config>;
  readonly log: (config: Config) => LogConfig & LogPlace;
  /** @throws {StartError} where it cannot be done; whatever was started is stopped again */
  readonly start: (config: Config, inputs: { readonly clock: Clock; readonly logger: Logger }) => Promise<RunningCommand>;
}

/**
 * Is a command. Exits with 0 when it was told to end, 1 when the machine does not let it work (an address in use) or when it fails, 2 when flags or
 * configuration are wrong, and otherwise as the command says.
 *
 * @param words the command line without program and script
 */
export async function runCommand<Config>(command: Command<Config>, words: readonly string[]): Promise<void> {
  const loaded = command.load(words, configInputs(command));
  switch (loaded.kind) {
    case 'text':
      process.stdout.write(loaded.text);
      return;
    case 'mistakes':
      complain(command, loaded.mistakes.map(printMistake));
      process.exitCode = 2;
      return;
    case 'config':
      await run(command, loaded.config);
      return;
    default:
      loaded satisfies never;
  }
}

async function run<Config>(command: Command<Config>, config: Config): Promise<void> {
  const log = openLog(command.log(config));
  const exit = (code: number): void => {
    log.flush();
    process.exit(code);
  };
  const fail = (message: string) => (error: unknown) => {
    log.error(message, { error });
    exit(1);
  };
  process.on('uncaughtException', fail('the program has failed'));
  process.on('unhandledRejection', fail('the program has failed'));

  let running: RunningCommand | undefined;
  let ending = false;
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (ending) return exit(SIGNAL_EXIT[signal]);
      ending = true;
      log.info('ending', { signal });
      // Before it has started there is nothing to end in good order.
      if (running === undefined) return exit(0);
      end(running, log).then(() => exit(0), fail('ending in good order has failed'));
    });
  }
  try {
    running = await command.start(config, { clock: systemClock, logger: log });
  } catch (error) {
    if (!(error instanceof StartError)) return fail('the program cannot start')(error);
    complain(command, error.lines);
    return exit(error.exitCode);
  }
  if (running.done === undefined) return;
  const code = await running.done;
  if (!ending) exit(code);
}

async function end(running: RunningCommand, log: ProcessLogger): Promise<void> {
  await running.end();
  log.info('ended');
}

function complain({ name }: { readonly name: string }, lines: readonly string[]): void {
  process.stderr.write(lines.map((line) => `${name}: ${line}\n`).join(''));
}

function configInputs({ name, version }: { readonly name: string; readonly version: string }): ConfigInputs {
  return {
    folder: process.cwd(),
    version: `${name} ${version} (Node ${process.version})`,
    readFile: readTextFile,
    problem: explainPath,
    environment: (variable) => process.env[variable],
  };
}

/** Why a path cannot be read as what it should be. */
function explainPath(path: string, kind: PathKind): string | undefined {
  try {
    if (statSync(path).isDirectory() !== (kind === 'folder')) return kind === 'folder' ? 'it is a file' : 'it is a folder';
    accessSync(path, constants.R_OK);
    return undefined;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'no such file or directory' : (error as Error).message;
  }
}
