import {
  type ConfigForm,
  type ConfigInputs,
  type FlagValues,
  loadConfig as loadByForm,
  lowerByTables,
  readFlags,
} from '@kubezone/app';

import { COMMAND_LINE } from './flags.ts';
import { lowerProvider } from './lower-flags.ts';
import type { LoadedConfig } from './load-config.ts';
import type { WebhookConfig } from './operator-config.ts';
import { refuseOtherFlags } from './refuse-other-flags.ts';
import { webhookSchema } from './webhook-schema.ts';

const ALLOWED = ['config', 'provider', 'provider-option', 'zone', 'ttl', 'listen', 'metrics', 'log-level', 'log-format'];

const FORM: ConfigForm<WebhookConfig> = {
  commandLine: COMMAND_LINE,
  lower: (values: FlagValues, file, resolvePath) =>
    lowerByTables(values, file, resolvePath, {
      single: [
        ['ttl', ['ttl']],
        ['listen', ['run', 'listen']],
        ['metrics', ['metrics']],
        ['log-level', ['log', 'level']],
        ['log-format', ['log', 'format']],
      ],
      lists: [],
      switches: [],
      others: [lowerProvider],
    }),
  schema: webhookSchema,
  flagOf: () => 'provider',
};

/** `webhook-server --provider NAME [--provider-option KEY=VALUE] [--zone NAME] [--listen ADDRESS:PORT] [--metrics ADDRESS:PORT]`, or `--config FILE`. */
export function loadWebhook(words: readonly string[], inputs: ConfigInputs): LoadedConfig {
  const { values, request } = readFlags(words, COMMAND_LINE);
  const others = request === undefined ? refuseOtherFlags('webhook-server', values, ALLOWED) : [];
  const loaded = loadByForm(words, inputs, FORM);
  if (loaded.kind === 'text') return loaded;
  if (loaded.kind === 'mistakes') return { kind: 'mistakes', mistakes: [...others, ...loaded.mistakes] };
  if (others.length > 0) return { kind: 'mistakes', mistakes: others };
  return { kind: 'config', config: { kind: 'webhook', webhook: loaded.config } };
}
