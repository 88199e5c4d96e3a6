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
