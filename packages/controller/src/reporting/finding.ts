import type { Conflict } from '@kubezone/core';

import type { Problem } from '../cluster/problem.ts';

/** Stands for the Lease under which this process writes, where no other object can be told: it is there as long as the process is. */
export const OWN_LEASE = 'Lease';

/** Something else that is wrong with what an object asks for. */
export interface Complaint {
  /** Stable, in upper case. */
  readonly code: string;
  /** The cluster's configured name. */
  readonly cluster: string;
  /** As `Origin.object`, or `OWN_LEASE`. */
  readonly object: string;
  /** Which matter it is, where one object is told of several that are not to share an Event. @default what an object is told by one code is one Event */
  readonly about?: string;
  readonly message: string;
  /** Since when, in milliseconds since the Unix epoch. */
  readonly since: number;
}

/** Something that an object's owner is to hear of. */
export type Finding = Conflict | Problem | Complaint;

/** Whose it is: an object of a cluster; undefined where it is a file's. */
export function objectOf(finding: Finding): string | undefined {
  return 'loser' in finding ? finding.loser.object : finding.object;
}

/** What is told by Events of its own: an object, or a matter of one. */
export function subjectOf(finding: Finding): string | undefined {
  const object = objectOf(finding);
  return 'about' in finding && finding.about !== undefined ? `${object}\n${finding.about}` : object;
}

/** The object of a subject. */
export function objectOfSubject(subject: string): string {
  const [object = ''] = subject.split('\n', 1);
  return object;
}

export function clusterOf(finding: Finding): string {
  return 'loser' in finding ? finding.loser.cluster : finding.cluster;
}

/** Some findings, by `subjectOf`, and how many objects there was no room for. */
export interface GroupedFindings {
  readonly byObject: ReadonlyMap<string, readonly Finding[]>;
  readonly leftOut: number;
}

/** How findings are grouped. */
export interface GroupingOptions {
  /** The cluster whose findings are looked for. */
  readonly cluster: string;
  /** Of how many objects at most, besides those that are needed. */
  readonly limit: number;
  /** Whether an object's findings are needed, whatever the limit. */
  readonly isNeeded: (subject: string) => boolean;
  /** Called now and then; may let other events be handled. */
  readonly pause: () => Promise<void>;
}

/** So many findings are looked at in one go. */
const IN_ONE_GO = 1_024;

/** Groups the findings of one cluster by object. Not even their messages are made. */
export async function groupFindings(findings: Iterable<Finding>, options: GroupingOptions): Promise<GroupedFindings> {
  const { cluster, limit, isNeeded, pause } = options;
  const byObject = new Map<string, Finding[]>();
  const leftOut = new Set<string>();
  let looked = 0;
  for (const finding of findings) {
    if (++looked % IN_ONE_GO === 0) await pause();
    if (clusterOf(finding) !== cluster) continue;
    const object = subjectOf(finding);
    if (object === undefined) continue;
    const group = byObject.get(object);
    if (group !== undefined) group.push(finding);
    else if (byObject.size < limit || isNeeded(object)) byObject.set(object, [finding]);
    else if (leftOut.size < limit) leftOut.add(object);
  }
  return { byObject, leftOut: leftOut.size };
}

/** Whether two lists hold the same findings: then nothing has changed, and nothing need be put into words. */
export function sameFindings(one: readonly Finding[] | undefined, other: readonly Finding[] | undefined): boolean {
  if (one === other) return true;
  if (one === undefined || other === undefined || one.length !== other.length) return false;
  // Most have one.
  const known = one.length === 1 ? undefined : new Set(one);
  return other.every(
    (finding) => (known === undefined ? one[0] === finding : known.has(finding)) || one.some((held) => isEqual(held, finding)),
  );
}

/** Whether two complaints say the same of the same object: they may be made anew each time. */
export function isSameComplaint(one: Complaint, other: Complaint | undefined): boolean {
  return other !== undefined && subjectOf(one) === subjectOf(other) && one.cluster === other.cluster && saysTheSame(one, other);
}

/** Conflicts and problems stay the same objects while they are in force; and the message of a conflict costs something. */
function isEqual(one: Finding, other: Finding): boolean {
  return !('loser' in one) && !('loser' in other) && saysTheSame(one, other);
}

function saysTheSame(
  one: Pick<Complaint, 'code' | 'since' | 'message'>,
  other: Pick<Complaint, 'code' | 'since' | 'message'>,
): boolean {
  return one.code === other.code && one.since === other.since && one.message === other.message;
}
