import { type ConfigForm, type ConfigInputs, loadConfig as loadByForm, type LoadedConfig as Loaded } from '@kubezone/app';

import { configSchema } from './config-schema.ts';
import { COMMAND_LINE } from './flags.ts';
import { lowerFlags } from './lower-flags.ts';
import type { ResolverConfig } from './resolver-config.ts';

/** What the command line and the configuration file come to. */
export type LoadedConfig = Loaded<ResolverConfig>;

const FORM: ConfigForm<ResolverConfig> = {
  commandLine: COMMAND_LINE,
  lower: lowerFlags,
  schema: configSchema,
  flagOf: () => 'zone',
};

/**
 * Reads flags and the configuration file, and checks both by one schema.
 *
 * @param words the command line without program and script
 */
export function loadConfig(words: readonly string[], inputs: ConfigInputs): LoadedConfig {
  return loadByForm(words, inputs, FORM);
}
