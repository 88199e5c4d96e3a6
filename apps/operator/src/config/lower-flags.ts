import {
  asMap,
  excluded,
  type FlagTables,
  type FlagValues,
  type KeyPath,
  lowerByTables,
  lowerClusters,
  type LoweringTarget,
  type RawConfig,
} from '@kubezone/app';

import type { FlagName } from './flags.ts';
import { lowerMateFlags } from './lower-mate-flags.ts';

/** Options that are lists. Commas part their entries in a flag. */
const LISTS: readonly string[] = ['servers', 'tags', 'zoneIds', 'zones', 'propertyPrefixes'];
/** Providers that cannot say which zones there are. */
const ZONES_ARE_CONFIGURED: readonly string[] = ['memory', 'stdout', 'rfc2136'];

const SINGLE_FLAGS: readonly (readonly [FlagName, KeyPath])[] = [
  ['areas-annotation', ['annotations', 'areas']],
  ['ips-annotation', ['annotations', 'ips']],
  ['service-annotation', ['annotations', 'service']],
  ['gateway-acceptance', ['gatewayAcceptance']],
  ['filter', ['filters', 'annotation']],
  ['template', ['template']],
  ['owner-id', ['owner', 'id']],
  ['policy', ['policy']],
  ['ttl', ['ttl']],
  ['interval', ['interval']],
  ['plan-output', ['run', 'planOutput']],
  ['confirm', ['run', 'confirm']],
  ['lease-namespace', ['leaderElection', 'namespace']],
  ['lease-name', ['leaderElection', 'name']],
  ['events', ['events']],
  ['metrics', ['metrics']],
  ['log-level', ['log', 'level']],
  ['log-format', ['log', 'format']],
];

const LIST_FLAGS: readonly (readonly [FlagName, KeyPath])[] = [
  ['source', ['sources']],
  ['adopt', ['owner', 'adopt']],
  ['ingress-class', ['filters', 'ingressClasses']],
  ['gateway-class', ['filters', 'gatewayClasses']],
  ['service-selector', ['filters', 'serviceSelectors']],
];

const SWITCHES: readonly (readonly [FlagName, KeyPath])[] = [
  ['leader-elect', ['leaderElection', 'enabled']],
  ['once', ['run', 'once']],
  ['prune-adopted', ['run', 'pruneAdopted']],
  ['dry-run', ['dryRun']],
  ['sync-only', ['run', 'syncOnly']],
];

const TABLES: FlagTables = {
  single: SINGLE_FLAGS,
  lists: LIST_FLAGS,
  switches: SWITCHES,
  others: [lowerMateFlags, lowerClusters, lowerProvider, refuseListen],
};

/** Brings flags into the shape of the file. Flags win: a flag replaces the key it stands for. */
export function lowerFlags(
  values: FlagValues,
  file: Readonly<Record<string, unknown>>,
  resolvePath: (path: string) => string,
): RawConfig {
  return lowerByTables(values, file, resolvePath, TABLES);
}

/** Of a subcommand alone. */
function refuseListen(values: FlagValues, { mistakes }: LoweringTarget): void {
  mistakes.push(...excluded({ listen: values.get('listen')?.at(-1) }, 'expected webhook-server before it, which listens'));
}

/** `--provider`, `--provider-option` and `--zone`: one entry in place of the file's. */
export function lowerProvider(values: FlagValues, { content, mark, mistakes }: LoweringTarget): void {
  const provider = values.get('provider')?.at(-1);
  const options = values.get('provider-option') ?? [];
  const zones = values.get('zone') ?? [];
  if (provider === undefined) {
    // Mate's consumer is one too.
    const [entry] = Array.isArray(content['providers']) ? (content['providers'] as readonly unknown[]) : [];
    if (values.has('consumer') && entry !== undefined) {
      complete(asMap(entry), { zones, options }, { mistakes, mark });
      return;
    }
    const flags = { 'provider-option': options.length === 0 ? undefined : 'KEY=VALUE', zone: zones.at(-1) };
    mistakes.push(...excluded(flags, 'expected --provider beside it, which it describes'));
    return;
  }
  if (values.has('consumer'))
    mistakes.push(...excluded({ consumer: values.get('consumer')?.at(-1) }, 'not allowed beside --provider'));
  const entry: Record<string, unknown> = { provider };
  content['providers'] = [entry];
  mark(['providers'], 'provider');
  complete(entry, { zones, options }, { mistakes, mark });
}

function complete(
  entry: Record<string, unknown>,
  { zones, options }: { readonly zones: readonly string[]; readonly options: readonly string[] },
  { mistakes, mark }: Pick<LoweringTarget, 'mark' | 'mistakes'>,
): void {
  entry['selector'] = zones.length > 0 ? zones : ['.'];
  mark(['providers', 0, 'selector'], 'zone');
  const settings = asMap(entry['providerOptions']);
  for (const option of options) {
    const equals = option.indexOf('=');
    const path = option.slice(0, Math.max(0, equals)).split('.');
    if (equals <= 0 || path.length > 2 || path.includes('')) {
      // What stands there may be a secret.
      mistakes.push({ code: 'BAD_VALUE', at: '--provider-option', expected: 'expected KEY=VALUE, such as proxied=true' });
      continue;
    }
    const [key = '', inner] = path;
    const value = valueOf(key, option.slice(equals + 1));
    settings[key] = inner === undefined ? value : { ...asMap(settings[key]), [inner]: value };
  }
  if (ZONES_ARE_CONFIGURED.includes(String(entry['provider'])) && settings['zones'] === undefined) {
    if (zones.length > 0) {
      settings['zones'] = zones.map((zone) => zone.replace(/^\.(?=.)/, ''));
    } else {
      const expected = `expected at least one zone: the provider ${String(entry['provider'])} does not know which there are`;
      mistakes.push({ code: 'MISSING', at: '--zone', expected });
    }
    mark(['providers', 0, 'providerOptions', 'zones'], 'zone');
  }
  entry['providerOptions'] = settings;
  mark(['providers', 0, 'providerOptions'], 'provider-option', true);
}

/** What a flag's text stands for in YAML. */
function valueOf(key: string, text: string): unknown {
  if (LISTS.includes(key)) return text.split(',').map((one) => one.trim());
  return text === 'true' ? true : text === 'false' ? false : text;
}
