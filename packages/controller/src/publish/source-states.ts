import type { MarkerSource, SourceKind, SourceState } from '@kubezone/core';

import type { SyncState } from '../cluster/cluster.ts';
import { plainSource } from './feeds.ts';

/** What is known of sources and clusters at a time. */
export interface SourceKnowledge {
  /** The configured name of the cluster for which names are written: where the Lease lies, or the first. */
  readonly home: string;
  /** The configured names of all clusters. */
  readonly clusters: readonly string[];
  /** The ids of clusters by their configured names, as far as they are known: it takes a request to know one. */
  readonly clusterIds: ReadonlyMap<string, string>;
  /** Every source in every cluster, as `NamePipeline.statuses` tells; one that reads no cluster (zone files) with an empty cluster. */
  readonly statuses: readonly {
    readonly source: SourceKind;
    readonly cluster: string;
    readonly state: SyncState;
    /** Why, for people. @default nothing more is known */
    readonly failure?: { readonly message: string } | undefined;
  }[];
}

/** What follows from it for plans. */
export interface SourceStates {
  /** The id of the home cluster. */
  readonly cluster: string;
  readonly clusterIds: ReadonlyMap<string, string>;
  readonly sourceState: (source: MarkerSource) => SourceState;
  readonly everySourceSynced: boolean;
  /** The same as long as everything stands as it does. */
  readonly fingerprint: string;
}

/** From the best to the worst that may be known of one source. */
const ORDER: readonly SourceState[] = ['removed', 'synced', 'absent', 'failing'];

/**
 * How sources stand that markers name, by kind and cluster id.
 *
 * A cluster id that is none of the known ones is `removed` only when the id of every configured cluster is known: until then it may be one of theirs, and what it
 * wanted is left alone.
 *
 * @returns undefined while the id of the home cluster is not known: no marker can be written or read then
 */
export function readSourceStates({ home, clusters, clusterIds, statuses }: SourceKnowledge): SourceStates | undefined {
  const cluster = clusterIds.get(home);
  if (cluster === undefined) return undefined;
  const states = new Map<string, SourceState>();
  for (const { source, cluster: name, state } of statuses) {
    const id = name === '' ? cluster : clusterIds.get(name);
    if (id === undefined) continue;
    const key = `${plainSource(source).source}\0${id}`;
    states.set(key, worse(states.get(key) ?? 'removed', state === 'syncing' ? 'failing' : state));
  }
  const known = new Set(clusterIds.values());
  const everyIdKnown = clusters.every((name) => clusterIds.has(name));
  return {
    cluster,
    clusterIds,
    sourceState: ({ source, cluster: id }) =>
      known.has(id) || everyIdKnown ? (states.get(`${source}\0${id}`) ?? 'removed') : 'failing',
    everySourceSynced: everyIdKnown && statuses.every(({ state }) => state === 'synced'),
    fingerprint: [everyIdKnown, ...Array.from(states, ([key, state]) => `${key}\0${state}`)].join('\n'),
  };
}

function worse(one: SourceState, other: SourceState): SourceState {
  return ORDER.indexOf(one) > ORDER.indexOf(other) ? one : other;
}
