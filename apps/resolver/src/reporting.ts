import type { Unserved } from '@kubezone/app';
import { type Cluster, type Complaint, type NamePipeline, Reports, RESOLVER_APP, type Source } from '@kubezone/controller';
import type { Clock, Logger } from '@kubezone/core';

import type { ResolverConfig } from './config/resolver-config.ts';
import type { ZoneKeeper } from './zone-keeper.ts';

/** What reports are made of. */
export interface ReportingInputs {
  readonly clusters: readonly Cluster[];
  readonly sources: readonly Source[];
  readonly pipeline: NamePipeline;
  readonly keeper: ZoneKeeper;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Tells objects what becomes of what they ask for, in clusters that have an API; undefined where nobody is to be told. */
export function makeReports(
  { reports, clusters: configured }: Pick<ResolverConfig, 'reports' | 'clusters'>,
  { clusters, sources, pipeline, keeper, clock, logger }: ReportingInputs,
): Reports | undefined {
  if (reports === undefined) return undefined;
  const writable = clusters.flatMap(({ name, writer }) => {
    const own = configured.find((cluster) => cluster.name === name);
    return writer === undefined || own?.kind !== 'kubernetes' ? [] : [{ name, writer, namespaces: own.namespaces }];
  });
  if (writable.length === 0) logger.warn('there is no API to write Events and conditions to: no cluster has one');
  return new Reports({
    app: RESOLVER_APP,
    clusters: writable.map(({ namespaces, ...cluster }) => (namespaces.length === 0 ? cluster : { ...cluster, namespaces })),
    sources,
    lease: reports.lease,
    events: reports.events,
    catalog: keeper.decisions,
    problems: () => pipeline.problems(),
    hasMoreProblems: (cluster, object) => pipeline.hasMoreProblems(cluster, object),
    others: () => complaints(keeper.unserved()),
    objects: (cluster, resource) => pipeline.objects(cluster, resource),
    complete: () => pipeline.readiness().complete,
    clock,
    logger,
  });
}

/** Each object hears of its own. */
function* complaints(unserved: Iterable<Unserved>): Generator<Complaint, void, undefined> {
  for (const { code, origins, message, since } of unserved) {
    for (const { cluster, object } of origins) yield { code, cluster, object, message, since };
  }
}
