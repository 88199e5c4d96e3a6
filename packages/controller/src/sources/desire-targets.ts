import { type DesiredRRset, type OwnerName, TYPE } from '@kubezone/core';

import type { Target } from '../annotations/target.ts';

/** As in every `DesiredRRset`; with `undefined` for what an object does not say, so that annotations can be passed on as they are. */
export interface TargetQualifiers {
  readonly setIdentifier?: string | undefined;
  readonly properties?: Readonly<Record<string, string>> | undefined;
}

/**
 * Asks, at each owner name, for RRsets A and AAAA with the targets that are addresses, and for an alias to those that are host names. Where there is
 * no target at all, the name shall exist all the same: a load balancer that has no address yet makes NODATA, not NXDOMAIN.
 *
 * @param ttl seconds, for all names or each by itself
 * @param desired takes what is asked for
 */
export function desireTargets(
  owners: Iterable<OwnerName>,
  ttl: number | ((owner: OwnerName) => number),
  targets: readonly Target[],
  qualifiers: TargetQualifiers,
  desired: DesiredRRset[],
): void {
  const a: Uint8Array[] = [];
  const aaaa: Uint8Array[] = [];
  const names = new Set<OwnerName>();
  for (const target of targets) {
    if (target.kind === 'hostname') names.add(target.name);
    else (target.type === TYPE.A ? a : aaaa).push(target.rdata);
  }
  const { setIdentifier, properties } = qualifiers;
  const common = {
    ...(setIdentifier === undefined ? {} : { setIdentifier }),
    ...(properties === undefined ? {} : { properties }),
  };
  const aliases = [...names];
  for (const owner of owners) {
    if (targets.length === 0) {
      desired.push({ kind: 'existence', owner });
      continue;
    }
    const seconds = typeof ttl === 'number' ? ttl : ttl(owner);
    if (a.length > 0) desired.push({ kind: 'rrset', owner, type: TYPE.A, ttl: seconds, rdatas: a, ...common });
    if (aaaa.length > 0) desired.push({ kind: 'rrset', owner, type: TYPE.AAAA, ttl: seconds, rdatas: aaaa, ...common });
    if (aliases.length > 0) desired.push({ kind: 'alias', owner, ttl: seconds, targets: aliases, ...common });
  }
}
