import {
  LISTED_REJECTIONS,
  listRejections,
  type OutsideName,
  type ProblemCode,
  type Rejection,
  type RejectionSources,
  type SourceStatus,
} from '@kubezone/controller';
import type { Origin } from '@kubezone/core';

import type { Unserved } from './unserved.ts';

/** All that objects and files ask for and do not get, or not as they ask for it. */
export interface ConflictList {
  readonly total: number;
  /** The oldest first; a thousand of them at most. */
  readonly conflicts: readonly ListedConflict[];
}

/** One of them. */
export interface ListedConflict {
  /** See docs/errors.md. */
  readonly code: string;
  readonly name?: string;
  /** Who asks for it. */
  readonly object: string;
  /** Who holds the name instead. */
  readonly instead?: string;
  readonly message: string;
  /** RFC 3339. */
  readonly since: string;
}

/** Where the list comes from. */
export interface ConflictSources extends RejectionSources {
  /** What the zones did not take. */
  readonly unserved: Iterable<Unserved>;
}

/** Makes the list: what is found has been bounded before, and no more than what is listed is printed. */
export function listConflicts(from: ConflictSources, limit: number = LISTED_REJECTIONS): ConflictList {
  const { listed, total } = listRejections(from, limit);
  const unserved = [...from.unserved];
  const oldest = unserved.toSorted((one, other) => one.since - other.since).slice(0, limit);
  const all = [...listed, ...oldest.map(rejectionOf)].toSorted((one, other) => one.since - other.since).slice(0, limit);
  return {
    total: total + unserved.length,
    conflicts: all.map(({ code, owner, loser, winner, message, since }) => ({
      code,
      ...(owner === undefined ? {} : { name: owner }),
      object: loser,
      ...(winner === undefined ? {} : { instead: winner }),
      message,
      since: new Date(since).toISOString(),
    })),
  };
}

/** Names that objects ask for and that lie in no zone that is served: none of our business perhaps, or a mistake that nothing else shows. */
export interface OutsideList {
  /** A name that several objects ask for counts for each. */
  readonly total: number;
  /** Some of each source in each cluster. */
  readonly names: readonly OutsideName[];
}

/** @param names some of those that the sources have counted */
export function listOutside(sources: readonly Pick<SourceStatus, 'outside'>[], names: readonly OutsideName[]): OutsideList {
  return { total: sources.reduce((sum, { outside }) => sum + outside, 0), names };
}

function rejectionOf({ code, owner, origins, message, since }: Unserved): Omit<Rejection, 'code'> & { readonly code: string } {
  return { code, owner, loser: origins.map(printOrigin).join(', '), message, since };
}

function printOrigin({ source, cluster, object }: Origin): string {
  return cluster === '' ? `${source} ${object}` : `${cluster}: ${source} ${object}`;
}

/** How much is not as it is asked for, by code. Problems of objects that are not described, for their number, count as `MORE_PROBLEMS`. */
export function countRejections(from: ConflictSources): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  const add = (code: string, count: number): void => void counts.set(code, (counts.get(code) ?? 0) + count);
  for (const { code } of from.conflicts) add(code, 1);
  for (const { code } of from.problems) add(code, 1);
  for (const { code } of from.unserved) add(code, 1);
  const more = from.problemCount - from.problems.length;
  if (more > 0) add('MORE_PROBLEMS' satisfies ProblemCode, more);
  return counts;
}
