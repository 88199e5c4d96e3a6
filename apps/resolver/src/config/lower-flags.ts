import { isIPv4 } from 'node:net';

import { isFailure } from '@kubezone/core';

import type { KeyPath } from './config-file.ts';
import { DEFAULT_PORT } from './defaults.ts';
import type { FlagName } from './flags.ts';
import { ALL_ADDRESSES, canonicalIPv6, printListenAddress } from './listen-address.ts';
import { lowerZones } from './lower-zones.ts';
import type { FlagValues, LoweringTarget } from './lowering-target.ts';
import { type ConfigMistake, quoteFound } from './mistake.ts';

/** A configuration in the shape of the file, unchecked, and which of its parts come from flags. */
export interface RawConfig {
  readonly content: Readonly<Record<string, unknown>>;
  /** The flag that a part comes from; undefined for parts of the file. */
  flagAt(path: KeyPath): FlagName | undefined;
  readonly mistakes: readonly ConfigMistake[];
}

/** Flags that each stand for one key. */
const SINGLE_FLAGS: readonly (readonly [FlagName, KeyPath])[] = [
  ['areas-annotation', ['annotations', 'areas']],
  ['ips-annotation', ['annotations', 'ips']],
  ['service-annotation', ['annotations', 'service']],
  ['gateway-acceptance', ['gatewayAcceptance']],
  ['filter', ['filters', 'annotation']],
  ['template', ['template']],
  ['events', ['events']],
  ['udp-workers', ['udpWorkers']],
  ['nsid', ['nsid']],
  ['rate-limit', ['rateLimit', 'responsesPerSecond']],
  ['query-limit', ['rateLimit', 'queriesPerSecond']],
  ['rate-limit-mode', ['rateLimit', 'mode']],
  ['metrics', ['metrics']],
  ['shutdown-delay', ['shutdownDelay']],
  ['log-level', ['log', 'level']],
  ['log-format', ['log', 'format']],
];

/** Flags that may be repeated, and each stand for one list. */
const LIST_FLAGS: readonly (readonly [FlagName, KeyPath])[] = [
  ['source', ['sources']],
  ['ingress-class', ['filters', 'ingressClasses']],
  ['gateway-class', ['filters', 'gatewayClasses']],
  ['service-selector', ['filters', 'serviceSelectors']],
  ['rate-limit-exempt', ['rateLimit', 'exempt']],
];

/** Switches. */
const SWITCHES: readonly (readonly [FlagName, KeyPath])[] = [['leader-elect', ['leaderElection', 'enabled']]];

/**
 * Brings flags into the shape of the file. Flags win: a flag replaces the key it stands for, and zones are added to the file's zones.
 *
 * @param resolvePath makes a flag's path absolute
 */
export function lowerFlags(
  values: FlagValues,
  file: Readonly<Record<string, unknown>>,
  resolvePath: (path: string) => string,
): RawConfig {
  const content: Record<string, unknown> = { ...file };
  const flags = new Map<string, FlagName>();
  const mistakes: ConfigMistake[] = [];
  const mark = (path: KeyPath, flag: FlagName): void => void flags.set(JSON.stringify(path), flag);
  const last = (flag: FlagName): string | undefined => values.get(flag)?.at(-1);

  const set = (flag: FlagName, path: KeyPath, value: unknown): void => {
    if (value === undefined) return;
    const [key, inner] = path as readonly [string, string?];
    content[key] = inner === undefined ? value : { ...asMap(content[key]), [inner]: value };
    mark(path, flag);
  };
  for (const [flag, path] of SINGLE_FLAGS) set(flag, path, last(flag));
  for (const [flag, path] of LIST_FLAGS) set(flag, path, values.get(flag));
  for (const [flag, path] of SWITCHES) {
    const value = last(flag);
    set(flag, path, value === 'true' ? true : value === 'false' ? false : value);
  }

  // The empty text is no path; the schema says so.
  const target = { content, mark, mistakes, resolvePath: (path: string) => (path === '' ? '' : resolvePath(path)) };
  lowerClusters(values, target);
  lowerListen(values, target);
  lowerZones(values, target);

  return {
    content,
    flagAt: (path) => {
      for (let length = path.length; length > 0; length--) {
        const flag = flags.get(JSON.stringify(path.slice(0, length)));
        if (flag !== undefined) return flag;
      }
      return undefined;
    },
    mistakes,
  };
}

function lowerClusters(values: FlagValues, { content, mark, mistakes, resolvePath }: LoweringTarget): void {
  const [manifests, kubeconfig, context] = (['manifests', 'kubeconfig', 'context'] as const).map((flag) =>
    values.get(flag)?.at(-1),
  );
  if (manifests === undefined && kubeconfig === undefined && context === undefined) return;
  delete content['clusters'];
  delete content['manifests'];
  if (manifests !== undefined) {
    mistakes.push(...excluded({ kubeconfig, context }, 'not allowed beside --manifests; --config takes several clusters'));
    content['manifests'] = resolvePath(manifests);
    mark(['manifests'], 'manifests');
    return;
  }
  content['clusters'] = [
    {
      ...(kubeconfig === undefined ? {} : { kubeconfig: resolvePath(kubeconfig) }),
      ...(context === undefined ? {} : { context }),
    },
  ];
  mark(['clusters', 0, 'kubeconfig'], 'kubeconfig');
  mark(['clusters', 0, 'context'], 'context');
}

function lowerListen(values: FlagValues, { content, mark, mistakes }: LoweringTarget): void {
  const listen = values.get('listen');
  const bind = values.get('bind')?.at(-1);
  const port = values.get('port')?.at(-1);
  if (listen !== undefined) {
    mistakes.push(...excluded({ bind, port }, 'not allowed beside --listen, which says both'));
    content['listen'] = listen;
    mark(['listen'], 'listen');
    return;
  }
  if (bind === undefined && port === undefined) return;
  const number = /^\d{1,5}$/.test(port ?? '53') ? Number(port ?? DEFAULT_PORT) : 0;
  if (number < 1 || number > 65_535) {
    mistakes.push({
      code: 'BAD_VALUE',
      at: '--port',
      found: quoteFound(port),
      expected: 'expected a whole number from 1 to 65535',
    });
  }
  // k8s-node-dns takes the empty text for all addresses.
  const all = bind === undefined || bind === '';
  const canonical = all || isIPv4(bind) ? bind : canonicalIPv6(bind);
  if (!all && typeof canonical !== 'string') {
    const reason = isFailure(canonical) ? ` (${canonical.message})` : '';
    mistakes.push({
      code: 'BAD_VALUE',
      at: '--bind',
      found: quoteFound(bind),
      expected: `expected an IPv4 or IPv6 address, without a port; or "" for all${reason}`,
    });
  }
  if (mistakes.some(({ at }) => at === '--port' || at === '--bind')) return void delete content['listen'];
  content['listen'] = (all ? ALL_ADDRESSES : [bind]).map((address) => printListenAddress({ address, port: number }));
  mark(['listen'], bind === undefined ? 'port' : 'bind');
}

function asMap(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

/** The mistakes of flags that are given where another excludes them. */
function excluded(flags: Readonly<Record<string, string | undefined>>, expected: string): ConfigMistake[] {
  return Object.entries(flags).flatMap(([flag, value]) =>
    value === undefined ? [] : [{ code: 'EXCLUDED' as const, at: `--${flag}`, found: quoteFound(value), expected }],
  );
}
