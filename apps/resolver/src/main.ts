import { accessSync, constants, statSync } from 'node:fs';

import { type ConfigInputs, loadConfig } from './config/load-config.ts';
import { printMistake } from './config/mistake.ts';
import type { PathKind } from './config/paths.ts';
import type { ResolverConfig } from './config/resolver-config.ts';
import { openLog, type ProcessLogger } from './logging.ts';
import { readTextFile } from './read-text-file.ts';
import { StartError } from './start-error.ts';
import { systemClock } from './system-clock.ts';
import { VERSION } from './version.ts';
import { type Resolver, startResolver } from './wiring.ts';

/** Nobody asks for the exit code of a process that was told to end twice; this is a shell's for the signal. */
const SIGNAL_EXIT = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;

/**
 * The command. Exits with 0 when it was told to end, 1 when the machine does not let it work (an address in use) or when it fails, 2 when flags or
 * configuration are wrong.
 *
 * @param words the command line without program and script
 */
export async function main(words: readonly string[] = process.argv.slice(2)): Promise<void> {
  const loaded = loadConfig(words, configInputs());
  switch (loaded.kind) {
    case 'text':
      process.stdout.write(loaded.text);
      return;
    case 'mistakes':
      complain(loaded.mistakes.map(printMistake));
      process.exitCode = 2;
      return;
    case 'config':
      await run(loaded.config);
      return;
    default:
      loaded satisfies never;
  }
}

async function run(config: ResolverConfig): Promise<void> {
  const log = openLog(config.log);
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

  let resolver: Resolver | undefined;
  let ending = false;
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (ending) return exit(SIGNAL_EXIT[signal]);
      ending = true;
      log.info('ending', { signal });
      // Before it has started there is nothing to end in good order.
      if (resolver === undefined) return exit(0);
      end(resolver, config, log).then(() => exit(0), fail('ending in good order has failed'));
    });
  }
  try {
    resolver = await startResolver(config, { clock: systemClock, logger: log });
  } catch (error) {
    if (!(error instanceof StartError)) return fail('the program cannot start')(error);
    complain(error.lines);
    exit(error.exitCode);
  }
}

/** Probes say no at once; queries are answered for as long as it takes until nobody sends any here. */
async function end(resolver: Resolver, { shutdownDelaySeconds }: ResolverConfig, log: ProcessLogger): Promise<void> {
  resolver.drain();
  if (shutdownDelaySeconds > 0) await new Promise((resolve) => setTimeout(resolve, shutdownDelaySeconds * 1000));
  await resolver.stop();
  log.info('ended');
}

function complain(lines: readonly string[]): void {
  process.stderr.write(lines.map((line) => `kubezone-resolver: ${line}\n`).join(''));
}

function configInputs(): ConfigInputs {
  return {
    folder: process.cwd(),
    version: `kubezone-resolver ${VERSION} (Node ${process.version})`,
    readFile: readTextFile,
    problem: explainPath,
    environment: (name) => process.env[name],
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
