import { isFailure } from '@kubezone/core';

import { MAX_TARGETS, readTarget, type Target } from '../annotations/target.ts';
import { quote } from '../resources/fields.ts';
import type { ProblemList } from './problem-list.ts';

/**
 * Targets from texts of an object's specification or status. What is none is reported.
 *
 * @param path where they stand in the object
 */
export function readTargets(texts: Iterable<string>, path: string, problems: ProblemList): readonly Target[] {
  const targets: Target[] = [];
  for (const text of texts) {
    const target = readTarget(text);
    if (!isFailure(target)) {
      targets.push(target);
      continue;
    }
    const found = quote(text);
    problems.add({ code: 'TARGET_INVALID', path, message: `${path}: found ${found}, expected an IP address or a host name` });
  }
  return targets;
}

/**
 * The targets that a status lists. Some controllers list the name of a load balancer beside its addresses: that is how the provider calls what the addresses
 * already say, so they alone count.
 *
 * @param path where they stand in the object
 */
export function statusTargets(texts: Iterable<string>, path: string, problems: ProblemList): readonly Target[] {
  return limitTargets(addressesFirst(readTargets(texts, path, problems)), path, problems);
}

/** The addresses alone, where there are any: a name leads to addresses or to another name. */
export function addressesFirst(targets: readonly Target[]): readonly Target[] {
  if (targets.length < 2) return targets;
  const addresses = targets.filter(({ kind }) => kind === 'address');
  return addresses.length > 0 ? addresses : targets;
}

/**
 * As `addressesFirst`, of targets that somebody has chosen: he is told of the host names that do not count.
 *
 * @param path where they stand in the object
 */
export function expectOneKind(targets: readonly Target[], path: string, problems: ProblemList): readonly Target[] {
  const used = addressesFirst(targets);
  if (used.length === targets.length) return targets;
  const [first, ...others] = targets.flatMap((target) => (target.kind === 'hostname' ? [quote(target.name)] : []));
  const names = `the host name ${first}${others.length === 0 ? '' : ` and ${others.length} more`}`;
  const message = `${path}: found addresses and ${names}, expected addresses or host names; the addresses are used`;
  problems.add({ code: 'TARGETS_MIXED', path, message });
  return used;
}

/**
 * Targets each once, and no more than `MAX_TARGETS`: of more, the first in the order of their octets, so that the choice does not depend on the
 * order in which somebody lists them.
 *
 * @param path where they stand in the object
 */
export function limitTargets(targets: readonly Target[], path: string, problems: ProblemList): readonly Target[] {
  if (targets.length < 2) return targets;
  const unique = new Map(targets.map((target) => [keyOf(target), target]));
  if (unique.size <= MAX_TARGETS) return [...unique.values()];
  const message = `${path}: found ${unique.size} addresses, expected at most ${MAX_TARGETS}; the first ones in their order are used`;
  problems.add({ code: 'ADDRESSES_LEFT_OUT', path, message });
  const keys = [...unique.keys()].toSorted().slice(0, MAX_TARGETS);
  return keys.flatMap((key) => unique.get(key) ?? []);
}

/** Addresses by type and octets, before host names. */
function keyOf(target: Target): string {
  return target.kind === 'hostname'
    ? `name ${target.name}`
    : `${target.rdata.length === 4 ? 'A' : 'B'}${Buffer.from(target.rdata).toString('hex')}`;
}
