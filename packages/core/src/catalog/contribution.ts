import type { OwnerName } from '../name/owner-name.ts';
import type { Refusal } from './claims.ts';
import type { DesiredRRset, Origin } from './name-change.ts';

/** All that one object asks for at one name. */
export interface Contribution {
  readonly owner: OwnerName;
  readonly origin: Origin;
  /** The place of the origin's source, and of its cluster where clusters have an order; 0 is the most important. */
  readonly rank: number;
  readonly desired: readonly DesiredRRset[];
  /** Why nothing of it counts; absent where it does. */
  readonly refusal?: Refusal;
  /** Since when it has asked for nothing but the name's existence, in milliseconds since the Unix epoch; absent where it asks for more. */
  readonly waitingSince?: number;
}

/**
 * Orders contributions to one name: the most important source first, then the oldest object; objects of one age by cluster and
 * name, so that the result never depends on which was seen first.
 */
export function compareContributions(one: Contribution, other: Contribution): number {
  return (
    one.rank - other.rank ||
    one.origin.createdAt - other.origin.createdAt ||
    compareText(one.origin.cluster, other.origin.cluster) ||
    compareText(one.origin.object, other.origin.object)
  );
}

/** By UTF-16 code units: a locale's order would differ from machine to machine. */
export function compareText(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}
