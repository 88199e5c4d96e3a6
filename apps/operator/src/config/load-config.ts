import {
  type ConfigForm,
  type ConfigInputs,
  type ConfigMistake,
  clusterSchema,
  type FlagValues,
  type KeyPath,
  listOf,
  loadConfig as loadByForm,
  type LoadedConfig as Loaded,
  LOG_FORMATS,
  LOG_LEVELS,
  oneOf,
  type Paths,
  readFlags,
  type SchemaOf,
  scanListenAddress,
  LISTEN_ADDRESS_FORM,
  strictMap,
  textLeaf,
  type WholeFile,
} from '@kubezone/app';
import { scanUnicodeName, isFailure } from '@kubezone/core';
import * as z from 'zod/mini';

import { configSchema } from './config-schema.ts';
import { DEFAULT_SECRET } from './defaults.ts';
import { COMMAND_LINE } from './flags.ts';
import { lowerFlags } from './lower-flags.ts';
import type { OperatorConfig, OperatorStart } from './operator-config.ts';
import { loadWebhook } from './load-webhook.ts';
import { refuseOtherFlags } from './refuse-other-flags.ts';
import { printSecretPlace, type SecretPlace } from './secret-place.ts';

/** What the command line and the configuration file come to. */
export type LoadedConfig = Loaded<OperatorStart>;

/** The flag that says what is missing at a key. */
const FLAG_OF: Readonly<Record<string, string>> = { sources: 'source', owner: 'owner-id', providers: 'provider', run: 'confirm' };

const FORM: ConfigForm<OperatorConfig> = {
  commandLine: COMMAND_LINE,
  lower: lowerFlags,
  schema: configSchema,
  flagOf: ([key]) => FLAG_OF[String(key)] ?? 'config',
  // What ARES's own documents call it.
  renamed: { providerConfig: 'providerOptions' },
  wholeFile,
};

/** ARES's file is the list of providers alone; it reads Records. */
function wholeFile(content: unknown): WholeFile | undefined {
  if (!Array.isArray(content)) return undefined;
  return {
    content: { sources: ['record'], providers: content },
    pathInFile: ([key, ...rest]) => (key === 'providers' ? rest : []),
  };
}

/**
 * Reads flags and the configuration file, and checks both by one schema; or says where else the configuration is.
 *
 * @param words the command line without program and script
 */
export function loadConfig(words: readonly string[], inputs: ConfigInputs): LoadedConfig {
  if (words[0] === 'confirm') return loadConfirm(words.slice(1), inputs);
  if (words[0] === 'webhook-server') return loadWebhook(words.slice(1), inputs);
  const { values, request } = readFlags(words, COMMAND_LINE);
  const secret = request === undefined ? secretOf(values, inputs) : undefined;
  if (secret !== undefined) return loadPlace(words, secret, inputs);
  const loaded = loadByForm(words, inputs, FORM);
  return loaded.kind === 'config' ? { kind: 'config', config: { kind: 'config', config: loaded.config } } : loaded;
}

/**
 * Reads a configuration that was in a Secret, with the flags that stand beside it.
 *
 * @param text the content of the Secret's key
 */
export function loadSecret(
  words: readonly string[],
  text: string,
  place: Pick<SecretPlace, 'key' | 'name' | 'namespace'>,
  inputs: ConfigInputs,
): Loaded<OperatorConfig> {
  const file = printSecretPlace(place);
  const readFile = (path: string): string => (path.endsWith(file) ? text : inputs.readFile(path));
  return loadByForm([...withoutPlace(words), '--config', file], { ...inputs, readFile }, FORM);
}

const PLACE_FLAGS: readonly string[] = ['--secret', '--secret-key', '--secret-namespace'];

/** Flags that say where the configuration is say nothing in it. */
function withoutPlace(words: readonly string[]): string[] {
  return words.filter(
    (word, index) => !PLACE_FLAGS.includes(word.replace(/=.*/s, '')) && !PLACE_FLAGS.includes(words[index - 1] ?? ''),
  );
}

interface SecretName {
  readonly name: string;
  readonly key: string;
  readonly namespace: string;
}

/** Flags before `KUBEZONE_SECRET…`, and that before ARES's own variables; the environment counts only where no flag says what to publish to. */
function secretOf(values: FlagValues, { environment }: ConfigInputs): SecretName | undefined {
  const last = (flag: string): string | undefined => values.get(flag)?.at(-1);
  const variable = (part: string): string | undefined => environment(`KUBEZONE_SECRET${part}`) ?? environment(`SECRET${part}`);
  const name = last('secret') ?? (isTold(values) ? undefined : variable(''));
  if (name === undefined) return undefined;
  return {
    name,
    key: last('secret-key') ?? variable('_KEY') ?? DEFAULT_SECRET.key,
    namespace: last('secret-namespace') ?? variable('_NAMESPACE') ?? DEFAULT_SECRET.namespace,
  };
}

function isTold(values: FlagValues): boolean {
  return ['config', 'provider', 'consumer'].some((flag) => values.has(flag));
}

/** Names of objects: labels of RFC 1123 with dots between them. */
const OBJECT = /^(?=.{1,253}$)[a-z0-9](?:[-a-z0-9.]*[a-z0-9])?$/;

function loadPlace(words: readonly string[], secret: SecretName, inputs: ConfigInputs): LoadedConfig {
  const mistakes: ConfigMistake[] = [];
  for (const [flag, text, pattern] of [
    ['--secret', secret.name, OBJECT],
    ['--secret-key', secret.key, /^[-._a-zA-Z0-9]{1,253}$/],
    ['--secret-namespace', secret.namespace, OBJECT],
  ] as const) {
    if (!pattern.test(text))
      mistakes.push({ code: 'BAD_VALUE', at: flag, found: JSON.stringify(text), expected: 'expected a name' });
  }
  const { values } = readFlags(words, COMMAND_LINE);
  for (const flag of ['config', 'manifests'] as const) {
    if (values.has(flag))
      mistakes.push({
        code: 'EXCLUDED',
        at: `--${flag}`,
        expected: 'not allowed beside --secret, which holds the configuration',
      });
  }
  const known = ['kubeconfig', 'context', 'kubernetes-server', 'metrics', 'log-level', 'log-format'];
  const some = words.filter((word, index) => isOf(word, known) || isOf(words[index - 1] ?? '', known, true));
  const loaded = loadByForm(some, inputs, PLACE_FORM);
  const flags = readFlags(words, COMMAND_LINE);
  if (loaded.kind === 'text') return loaded;
  if (loaded.kind === 'mistakes') return { kind: 'mistakes', mistakes: [...mistakes, ...flags.mistakes, ...loaded.mistakes] };
  if (mistakes.length + flags.mistakes.length > 0) return { kind: 'mistakes', mistakes: [...mistakes, ...flags.mistakes] };
  const { cluster, log, metrics } = loaded.config;
  return { kind: 'config', config: { kind: 'secret', place: { ...secret, cluster }, log, metrics } };
}

/** Whether a word is one of some flags; with a value still to come, if asked. */
function isOf(word: string, flags: readonly string[], bare: boolean = false): boolean {
  return word.startsWith('--') && flags.includes(bare ? word.slice(2) : word.slice(2).replace(/=.*/s, ''));
}

/** What has to be known before the configuration can be read. */
interface PlaceConfig {
  readonly cluster: SecretPlace['cluster'];
  readonly log: OperatorConfig['log'];
  readonly metrics: OperatorConfig['metrics'];
}

const PLACE_FORM: ConfigForm<PlaceConfig> = {
  commandLine: COMMAND_LINE,
  lower: lowerFlags,
  schema: placeSchema,
  flagOf: (path: KeyPath) => (path[0] === 'clusters' ? 'kubeconfig' : 'config'),
};

function placeSchema(paths: Paths): SchemaOf<PlaceConfig> {
  return z.pipe(
    strictMap({
      clusters: z._default(listOf(clusterSchema(paths), 'a list of clusters'), []),
      metrics: z.optional(textLeaf(LISTEN_ADDRESS_FORM, scanListenAddress)),
      log: z.prefault(
        strictMap({ level: z._default(oneOf(LOG_LEVELS), 'info'), format: z._default(oneOf(LOG_FORMATS), 'json') }),
        {},
      ),
    }),
    z.transform(({ clusters: [found], metrics = [], log }): PlaceConfig => {
      const usual = {
        kind: 'kubernetes',
        name: 'kubernetes',
        kubeconfig: undefined,
        server: undefined,
        context: undefined,
      } as const;
      const cluster = found?.kind === 'kubernetes' ? found : { ...usual, namespaces: [] };
      return { cluster, metrics, log };
    }),
  );
}

/** `confirm SHA [--zone NAME] [--kubeconfig …] [--lease-namespace NAME] [--lease-name NAME]`. */
function loadConfirm(words: readonly string[], inputs: ConfigInputs): LoadedConfig {
  const [sha256 = '', ...rest] = words;
  if (sha256 === '--help' || sha256 === '-h') return loadByForm(['--help'], inputs, FORM) as LoadedConfig;
  const mistakes: ConfigMistake[] = [];
  if (!/^[0-9a-fA-F]{64}$/.test(sha256)) {
    const found = sha256 === '' || sha256.startsWith('-') ? {} : { found: JSON.stringify(sha256.slice(0, 80)) };
    mistakes.push({
      code: 'BAD_VALUE',
      at: 'confirm',
      ...found,
      expected: 'expected the SHA-256 of the held changes, 64 hexadecimal digits',
    });
  }
  const { values, mistakes: flagMistakes } = readFlags(sha256.startsWith('-') ? words : rest, COMMAND_LINE);
  const allowed = [
    'zone',
    'kubeconfig',
    'context',
    'kubernetes-server',
    'lease-namespace',
    'lease-name',
    'log-level',
    'log-format',
  ];
  mistakes.push(...refuseOtherFlags('confirm', values, allowed));
  const zoneText = values.get('zone')?.at(-1);
  const zone = zoneText === undefined ? undefined : scanUnicodeName(zoneText);
  if (zone !== undefined && isFailure(zone))
    mistakes.push({ code: 'BAD_VALUE', at: '--zone', found: JSON.stringify(zoneText), expected: 'expected the name of a zone' });
  const known = allowed.filter((flag) => !['zone', 'lease-namespace', 'lease-name'].includes(flag));
  const some = rest.filter((word, index) => isOf(word, known) || isOf(rest[index - 1] ?? '', known, true));
  const loaded = loadByForm(some, inputs, PLACE_FORM);
  if (loaded.kind === 'text') return loaded;
  mistakes.push(...flagMistakes, ...(loaded.kind === 'mistakes' ? loaded.mistakes : []));
  if (mistakes.length > 0 || loaded.kind === 'mistakes') return { kind: 'mistakes', mistakes };
  const [namespace, name] = [values.get('lease-namespace')?.at(-1), values.get('lease-name')?.at(-1)];
  const lease = { ...(namespace !== undefined && { namespace }), ...(name !== undefined && { name }) };
  const { cluster, log } = loaded.config;
  return {
    kind: 'config',
    config: {
      kind: 'confirm',
      confirm: { sha256: sha256.toLowerCase(), zone: zone === undefined || isFailure(zone) ? undefined : zone, cluster, lease },
      log,
    },
  };
}
