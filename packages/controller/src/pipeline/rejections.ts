import type { Conflict, Origin, OwnerName } from '@kubezone/core';

import type { Problem, ProblemCode } from '../cluster/problem.ts';

/** Something that was asked for and is not served or published as it was: invalid, not allowed, or in conflict with something else. */
export interface Rejection {
  readonly code: Conflict['code'] | ProblemCode;
  /** The name that it is about; absent where what is wrong makes no name. */
  readonly owner?: OwnerName;
  /** Who asked for it: an object (`prod: ingress Ingress/default/web`), or the file in which it stands. */
  readonly loser: string;
  /** Who holds the name instead, if anybody does. */
  readonly winner?: string;
  /** What was found, and what is expected or stands in its way. */
  readonly message: string;
  /** Since when, in milliseconds since the Unix epoch. */
  readonly since: number;
}

/** Some rejections, and how many there are. */
export interface RejectionList {
  /** The oldest first; those of one moment by name, object and code. */
  readonly listed: readonly Rejection[];
  readonly total: number;
}

/** Where rejections come from. */
export interface RejectionSources {
  /** The catalog's. */
  readonly conflicts: Iterable<Conflict>;
  readonly conflictCount: number;
  /** The pipeline's. */
  readonly problems: readonly Problem[];
  readonly problemCount: number;
}

/** How many rejections are listed where nothing else is said: a megabyte or so. */
export const LISTED_REJECTIONS = 1_000;

/**
 * Makes one list of all that is wrong. No more is held at a time than twice what is listed, however many conflicts there are; and of those that are not listed
 * not even the message is made.
 */
export function listRejections(from: RejectionSources, limit: number = LISTED_REJECTIONS): RejectionList {
  let oldest: (Conflict | Problem)[] = from.problems.slice();
  for (const conflict of from.conflicts) {
    oldest.push(conflict);
    if (oldest.length >= 2 * limit + from.problems.length) oldest = oldest.sort(compareAge).slice(0, limit);
  }
  const listed = oldest.sort(compareAge).slice(0, limit).map(rejectionOf);
  return { listed: listed.sort(compareRejections), total: from.conflictCount + from.problemCount };
}

function compareAge(one: Conflict | Problem, other: Conflict | Problem): number {
  return one.since - other.since;
}

function compareRejections(one: Rejection, other: Rejection): number {
  return (
    one.since - other.since ||
    compareText(one.owner ?? '', other.owner ?? '') ||
    compareText(one.loser, other.loser) ||
    compareText(one.code, other.code)
  );
}

function compareText(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}

function rejectionOf(found: Conflict | Problem): Rejection {
  if (!('loser' in found)) {
    const { code, cluster, object, file, line, column, message, since } = found;
    const place = [file, line, column].filter((part) => part !== undefined).join(':');
    return { code, loser: printLoser(cluster, [object, place === '' ? undefined : place]), message, since };
  }
  const { code, owner, loser, winner, message, since } = found;
  return { code, owner, loser: printOrigin(loser), ...(winner !== undefined && { winner: printOrigin(winner) }), message, since };
}

function printOrigin({ source, cluster, object }: Origin): string {
  return printLoser(cluster, [source, object]);
}

function printLoser(cluster: string, words: readonly (string | undefined)[]): string {
  const text = words.filter((word) => word !== undefined).join(' ');
  return cluster === '' ? text : `${cluster}: ${text}`;
}
