import type { SourceKind } from '@kubezone/core';

import type { Scope, ScopeFailure, SyncState } from '../cluster/cluster.ts';
import type { ApiErrorCode } from '../cluster/kubernetes/api-error.ts';
import type { Resource } from '../resources/resource.ts';
import type { Source } from '../sources/source.ts';
import { type ClusterNames, scopesNeeded, scopesRead } from './cluster-names.ts';
import { combineStatuses, type ScopeStatus } from './sync-status.ts';

/** How one source stands in one cluster. */
export interface SourceStatus {
  readonly source: SourceKind;
  /** The id of the resource whose objects ask for names: several sources `resource` differ in nothing else. */
  readonly resource: string;
  readonly cluster: string;
  readonly state: SyncState;
  /** Milliseconds since the Unix epoch. */
  readonly since: number;
  /** Whether all that it reads has been listed once. */
  readonly listed: boolean;
  /** Why it is absent or failing. */
  readonly failure: ScopeFailure | undefined;
  /** Objects of the kind that asks for names. */
  readonly objects: number;
  /** Those of them that do ask for one. */
  readonly contributing: number;
  /** Names that they ask for and that no zone holds: one that several objects ask for counts for each. */
  readonly outside: number;
  /** When the cluster last said something of an object that it reads, in milliseconds since the Unix epoch. */
  readonly lastEventAt: number | undefined;
  /** Failures since the start: attempts to list or watch what it reads, and objects on which it failed by a defect. Never falls. */
  readonly errors: number;
}

/** Problems in force of one cluster, by who found them. */
export interface ProblemCount {
  readonly cluster: string;
  /** Undefined: the cluster itself, whichever source would read the object or file. */
  readonly source: SourceKind | undefined;
  readonly problems: number;
}

/** A scope, and where it stands. */
export interface ObservedScope {
  readonly scope: Scope;
  readonly status: ScopeStatus;
}

/** What is known of one cluster. */
interface ObservedCluster {
  readonly cluster: string;
  readonly names: Pick<ClusterNames, 'counts' | 'faults'>;
  readonly scopes: ReadonlyMap<string, ObservedScope>;
  /** By the resource's id. */
  readonly lastEventAt: ReadonlyMap<string, number>;
  /** Failed attempts, by the resource's id. */
  readonly failures: ReadonlyMap<string, number>;
}

/**
 * How a source stands in a cluster.
 *
 * @param now on the monotonic clock
 */
export function sourceStatus(source: Source, station: ObservedCluster, now: number): SourceStatus {
  const { cluster, names, scopes, lastEventAt, failures } = station;
  const read = scopesRead(source);
  const statuses = scopesOf(source, scopes.values()).map(({ status }) => status);
  const events = read.flatMap((resource) => lastEventAt.get(resource.id) ?? []);
  return {
    source: source.kind,
    resource: source.resource.id,
    cluster,
    ...combineStatuses(statuses, now),
    ...names.counts(source),
    lastEventAt: events.length === 0 ? undefined : Math.max(...events),
    errors: read.reduce((sum, { id }) => sum + (failures.get(id) ?? 0), names.faults(source)),
  };
}

/** Whether all that a source reads has been listed once. What the API server does not have at all, and need not, is known to be nothing. */
export function isComplete(source: Source, scopes: Iterable<ObservedScope>): boolean {
  const observed = Array.from(scopes);
  const needed = scopesNeeded(source);
  return scopesRead(source).every((resource) => {
    const own = observed.filter(({ scope }) => scope.resource === resource);
    return own.length > 0 && own.every((one) => one.status.listed || !isNeeded(one, needed));
  });
}

/** Whether it matters how a scope stands: one that is not needed does not, where the server does not have it. */
export function isNeeded({ scope, status: { state, failure } }: ObservedScope, needed: readonly Resource[]): boolean {
  const missing = state === 'absent' && failure?.code === ('API_NOT_FOUND' satisfies ApiErrorCode);
  return !missing || needed.includes(scope.resource);
}

function scopesOf(source: Source, scopes: Iterable<ObservedScope>): readonly ObservedScope[] {
  const read = scopesRead(source);
  const needed = scopesNeeded(source);
  return Array.from(scopes).filter((observed) => read.includes(observed.scope.resource) && isNeeded(observed, needed));
}
