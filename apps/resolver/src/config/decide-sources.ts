import {
  type ClusterConfig,
  decideClusters as decideByChoice,
  type Refuse,
  SOURCE_NAMES,
  type SourceName,
  WITHOUT_CLUSTER,
} from '@kubezone/app';

import { DEFAULT_SOURCES } from './defaults.ts';
import type { ZoneSettings } from './zone-schema.ts';

/** What says where names come from. */
interface SourcesAndClusters {
  readonly clusters?: readonly ClusterConfig[] | undefined;
  readonly manifests?: string | undefined;
  readonly sources?: readonly SourceName[] | undefined;
  readonly zones: readonly ZoneSettings[];
}

/** A process that serves zone files, or fake names, and nothing else needs no cluster, and must start without one. */
export function decideClusters({ zones, ...choice }: SourcesAndClusters, refuse: Refuse): readonly ClusterConfig[] {
  return decideByChoice({ ...choice, needed: zones.some(hasServices) }, refuse);
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
