import type { ClusterConfig } from './cluster-schema.ts';
import type { MistakeCode } from './mistake.ts';
import type { SourceName } from './source-names.ts';

/** Reports a mistake at a path of keys. */
export type Refuse = (code: MistakeCode, path: readonly (string | number)[], message: string, input?: unknown) => void;

/** The cluster in which fake names are. */
export const FAKE_CLUSTER = 'fake';

/** Sources that read nothing of a cluster. */
export const WITHOUT_CLUSTER: readonly SourceName[] = ['zone-file', 'fake'];

/** What says which clusters are read. */
export interface ClusterChoice {
  readonly clusters?: readonly ClusterConfig[] | undefined;
  readonly manifests?: string | undefined;
  readonly sources?: readonly SourceName[] | undefined;
  /** Whether a cluster is read although no source does. */
  readonly needed?: boolean;
}

/** A process that needs no cluster, since its sources are zone files or fake names alone, must start without one. */
export function decideClusters(
  { clusters, manifests, sources = [], needed = false }: ClusterChoice,
  refuse: Refuse,
): readonly ClusterConfig[] {
  if (manifests !== undefined) {
    if (clusters !== undefined) {
      refuse(
        'EXCLUDED',
        ['manifests'],
        'expected clusters or manifests, not both: write it as an entry {name, manifests} of clusters',
        manifests,
      );
    }
    return [{ kind: 'manifests', name: 'manifests', folder: manifests }];
  }
  if (clusters === undefined || clusters.length === 0) {
    return sources.every((name) => WITHOUT_CLUSTER.includes(name)) && !needed
      ? []
      : [
          {
            kind: 'kubernetes',
            name: 'kubernetes',
            kubeconfig: undefined,
            server: undefined,
            context: undefined,
            namespaces: [],
          },
        ];
  }
  const names = new Set<string>();
  for (const [index, { name }] of clusters.entries()) {
    const refuseName = (expected: string): void => refuse('DUPLICATE', ['clusters', index, 'name'], expected, name);
    if (names.has(name)) refuseName(`expected names that differ; an earlier cluster has ${JSON.stringify(name)} too`);
    if (name === FAKE_CLUSTER && sources.includes('fake')) refuseName('expected another name: this is what the source fake has');
    names.add(name);
  }
  return clusters;
}
