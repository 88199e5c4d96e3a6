import type { ClusterConfig } from './cluster-schema.ts';
import { DEFAULT_SOURCES } from './defaults.ts';
import type { MistakeCode } from './mistake.ts';
import { SOURCE_NAMES, type SourceName } from './source-names.ts';
import type { ZoneSettings } from './zone-schema.ts';

/** Reports a mistake at a path of keys. */
export type Refuse = (code: MistakeCode, path: readonly (string | number)[], message: string, input?: unknown) => void;

/** What says where names come from. */
interface SourcesAndClusters {
  readonly clusters?: readonly ClusterConfig[] | undefined;
  readonly manifests?: string | undefined;
  readonly sources?: readonly SourceName[] | undefined;
  readonly zones: readonly ZoneSettings[];
}

/** The cluster in which fake names are. */
export const FAKE_CLUSTER = 'fake';

/** Sources that read nothing of a cluster. */
const WITHOUT_CLUSTER: readonly SourceName[] = ['zone-file', 'fake'];

/** A process that serves zone files, or fake names, and nothing else needs no cluster, and must start without one. */
export function decideClusters(
  { clusters, manifests, sources = [], zones }: SourcesAndClusters,
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
    return sources.every((name) => WITHOUT_CLUSTER.includes(name)) && !zones.some(hasServices)
      ? []
      : [{ kind: 'kubernetes', name: 'kubernetes', kubeconfig: undefined, context: undefined, namespaces: [] }];
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

/** What an administrator wrote into a zone file stands before what is found in clusters, unless `sources` says otherwise. */
export function decideSources(
  { clusters, manifests, sources, zones }: SourcesAndClusters,
  refuse: Refuse,
): readonly SourceName[] {
  const anyFile = zones.some(({ kind }) => kind === 'file');
  // Zone files by themselves are served as they stand.
  const filesOnly =
    anyFile &&
    sources === undefined &&
    clusters === undefined &&
    manifests === undefined &&
    zones.every(({ kind }) => kind === 'file');
  const named = sources ?? (filesOnly ? [] : DEFAULT_SOURCES);
  if (sources?.length === 0) refuse('MISSING', ['sources'], `expected at least one of ${SOURCE_NAMES.join(', ')}`, named);
  for (const [index, name] of named.entries()) {
    if (named.indexOf(name) < index) refuse('DUPLICATE', ['sources', index], 'expected each source once', name);
    // Where there is no zone at all, that is the one mistake.
    if (name === 'zone-file' && !anyFile && zones.length > 0)
      refuse('EXCLUDED', ['sources', index], 'expected a zone with a file, which zone-file reads', name);
  }
  if (
    anyFile &&
    named.length > 0 &&
    named.every((name) => WITHOUT_CLUSTER.includes(name)) &&
    !zones.some(hasServices) &&
    (clusters !== undefined || manifests !== undefined)
  ) {
    refuse('EXCLUDED', ['sources'], 'expected a source that reads the configured cluster beside zone-file', named);
  }
  return anyFile && !named.includes('zone-file') ? ['zone-file', ...named] : named;
}

/** Whether some of a zone's name servers have the addresses of Services. */
function hasServices(zone: ZoneSettings): boolean {
  return zone.kind === 'configured' && zone.config.nameservers.some(({ service }) => service !== undefined);
}
