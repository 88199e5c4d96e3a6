import { type Command, runCommand, type RunningCommand, VERSION } from '@kubezone/app';
import type { Clock, Logger } from '@kubezone/core';

import { loadConfig } from './config/load-config.ts';
import type { ResolverConfig } from './config/resolver-config.ts';
import { startResolver } from './wiring.ts';

const COMMAND: Command<ResolverConfig> = {
  name: 'kubezone-resolver',
  version: VERSION,
  load: loadConfig,
  log: ({ log }) => log,
  start,
};

/**
 * The command. Exits with 0 when it was told to end, 1 when the machine does not let it work (an address in use) or when it fails, 2 when flags or
 * configuration are wrong.
 *
 * @param words the command line without program and script
 */
export async function main(words: readonly string[] = process.argv.slice(2)): Promise<void> {
  await runCommand(COMMAND, words);
}

async function start(
  config: ResolverConfig,
  inputs: { readonly clock: Clock; readonly logger: Logger },
): Promise<RunningCommand> {
  const resolver = await startResolver(config, { ...inputs, ownsProcess: true });
  const { shutdownDelaySeconds } = config;
  return {
    // Probes say no at once; queries are answered for as long as it takes until nobody sends any here.
    end: async () => {
      resolver.drain();
      if (shutdownDelaySeconds > 0) await new Promise((resolve) => setTimeout(resolve, shutdownDelaySeconds * 1000));
      await resolver.stop();
    },
  };
}
