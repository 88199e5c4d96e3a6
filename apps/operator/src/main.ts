import { type Command, type ConfigInputs, openClusters, runCommand, type RunningCommand, VERSION } from '@kubezone/app';
import type { Clock, Logger } from '@kubezone/core';

import { loadConfig, loadSecret } from './config/load-config.ts';
import type { OperatorConfig, OperatorStart } from './config/operator-config.ts';
import { confirmDeletes } from './confirm-command.ts';
import { makeProviders } from './make-provider.ts';
import { SecretFollower } from './secret-follower.ts';
import { serveWebhook } from './webhook-command.ts';
import { type Operator, startOperator } from './wiring.ts';

/** Both are said once per process. */
interface Surroundings {
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * The command. Exits with 0 when it was told to end, or with `--once` when all is in place; 1 when the machine does not let it work or when it fails, 2 when flags or
 * configuration are wrong; with `--once` 3 where a safety limit holds something back, and 4 where something failed or was refused.
 *
 * @param words the command line without program and script
 */
export async function main(words: readonly string[] = process.argv.slice(2)): Promise<void> {
  let inputs: ConfigInputs | undefined;
  const command: Command<OperatorStart> = {
    name: 'kubezone-operator',
    version: VERSION,
    load: (given, from) => {
      inputs = from;
      return loadConfig(given, from);
    },
    log: (start) => ({ ...logOf(start), toStandardError: printsResults(start) }),
    start: (start, surroundings) => begin(start, { ...surroundings, words, inputs }),
  };
  await runCommand(command, words);
}

function logOf(start: OperatorStart): OperatorConfig['log'] {
  switch (start.kind) {
    case 'config':
      return start.config.log;
    case 'webhook':
      return start.webhook.log;
    default:
      return start.log;
  }
}

/** Whether standard output is for plans and changes. */
function printsResults(start: OperatorStart): boolean {
  if (start.kind === 'webhook') return start.webhook.provider.kind === 'stdout';
  if (start.kind !== 'config') return start.kind === 'confirm';
  const { run, providers } = start.config;
  return run.planOutput !== undefined || providers.some(({ dryRun, provider }) => dryRun || provider.kind === 'stdout');
}

const print = (text: string): void => void process.stdout.write(text);

async function begin(
  start: OperatorStart,
  {
    clock,
    logger,
    words,
    inputs,
  }: Surroundings & { readonly words: readonly string[]; readonly inputs: ConfigInputs | undefined },
): Promise<RunningCommand> {
  switch (start.kind) {
    case 'config':
      return running(await startOperator(start.config, { clock, logger, print }));
    case 'confirm':
      await confirmDeletes(start.confirm, { clock, logger, print });
      return { end: () => Promise.resolve(), done: Promise.resolve(0) };
    case 'webhook': {
      const { stop } = await serveWebhook(start.webhook, { clock, logger, print });
      return { end: stop };
    }
    case 'secret':
      return follow(start, { clock, logger, words, inputs });
    default:
      return start satisfies never;
  }
}

function running(operator: Operator): RunningCommand {
  return {
    end: () => operator.stop(),
    done: endAfter(operator),
  };
}

async function endAfter(operator: Operator): Promise<number> {
  const code = await operator.done;
  await operator.stop();
  return code;
}

/** Runs what a Secret says, and begins anew with each version of it that can be used. */
async function follow(
  { place }: OperatorStart & { readonly kind: 'secret' },
  {
    clock,
    logger,
    words,
    inputs,
  }: Surroundings & { readonly words: readonly string[]; readonly inputs: ConfigInputs | undefined },
): Promise<RunningCommand> {
  const config = { clusters: [place.cluster], fake: undefined, relativeTo: [] };
  const [cluster] = openClusters(config, { userAgent: `kubezone-operator/${VERSION}`, clock, logger });
  if (cluster?.writer === undefined || inputs === undefined) throw new Error('a cluster without API holds no Secret');
  const { promise: done, resolve } = Promise.withResolvers<number>();
  let current: Operator | undefined;
  let inForce: OperatorConfig | undefined;
  const run = async (next: OperatorConfig): Promise<void> => {
    const operator = await startOperator(next, { clock, logger, print, reloads: () => follower.status() });
    current = operator;
    void endAfter(operator).then(resolve);
  };
  const goBack = async (before: OperatorConfig): Promise<void> => {
    try {
      await run(before);
    } catch (error) {
      // Nothing runs: whoever starts processes is to know, and starts another.
      throw new Error('neither the new configuration nor the one before can be put in force', { cause: error });
    }
  };
  const follower: SecretFollower<OperatorConfig> = new SecretFollower({
    place,
    writer: cluster.writer,
    load: (text) => {
      const loaded = loadSecret(words, text, place, inputs);
      return loaded.kind === 'text' ? { kind: 'mistakes', mistakes: [] } : loaded;
    },
    use: async (next) => {
      // Before what runs is ended: a version of which no providers can be made is not used.
      makeProviders(next.providers, { clock, logger });
      await current?.stop();
      try {
        await run(next);
        inForce = next;
      } catch (error) {
        // An address that is taken, say.
        if (inForce !== undefined) await goBack(inForce);
        throw error;
      }
    },
    clock,
    logger,
  });
  await follower.start();
  return {
    end: async () => {
      await follower.stop();
      await current?.stop();
    },
    done,
  };
}
