import { isIPv4 } from 'node:net';

import {
  ALL_ADDRESSES,
  canonicalIPv6,
  excluded,
  type FlagValues,
  type KeyPath,
  lowerByTables,
  lowerClusters,
  type LoweringTarget,
  printListenAddress,
  quoteFound,
  type RawConfig,
} from '@kubezone/app';
import { isFailure } from '@kubezone/core';

import { DEFAULT_PORT } from './defaults.ts';
import type { FlagName } from './flags.ts';
import { lowerZones } from './lower-zones.ts';

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
  const tables = {
    single: SINGLE_FLAGS,
    lists: LIST_FLAGS,
    switches: SWITCHES,
    others: [lowerClusters, lowerListen, lowerZones],
  };
  return lowerByTables(values, file, resolvePath, tables);
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
