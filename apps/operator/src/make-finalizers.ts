import {
  candidateIdentity,
  type Cluster,
  Finalizers,
  type LeasePlace,
  type NamePipeline,
  OPERATOR_APP,
  type Publisher,
  RECORDS,
} from '@kubezone/controller';
import type { Clock, Logger } from '@kubezone/core';

import type { OperatorConfig } from './config/operator-config.ts';
import type { OperatorFeeds } from './make-feeds.ts';
import { joinDecisions } from './reporting.ts';

/** What finalizers are made of. */
export interface FinalizersInputs {
  readonly clusters: readonly Cluster[];
  readonly home: Cluster | undefined;
  /** Undefined where there is no election. */
  readonly lease: LeasePlace | undefined;
  readonly feeds: OperatorFeeds;
  readonly pipeline: NamePipeline;
  readonly publisher: Publisher;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Finalizers for each cluster that has Records and an API: also without `records.waitForDelete`, to take off those that were set with it. None without an election, or where nothing is written. */
export function makeFinalizers(config: OperatorConfig, inputs: FinalizersInputs): Finalizers[] {
  const { clusters, home, lease, feeds, pipeline, publisher, clock, logger } = inputs;
  const source = feeds.plain.find(({ resource }) => resource.id === RECORDS.id);
  const isDry = config.providers.every(({ dryRun }) => dryRun);
  if (!config.leaderElection.enabled || isDry || source === undefined) return [];
  const decisions = joinDecisions(feeds.catalogs);
  const { controller, action } = OPERATOR_APP;
  const author = { controller, action, instance: candidateIdentity() };
  return clusters.flatMap(({ name: cluster, writer }) => {
    if (writer === undefined) return [];
    return new Finalizers({
      waits: config.records.waitForDelete,
      owner: config.owner.id,
      formerOwners: config.owner.adopt.flatMap((rule) => (rule.format === 'kubezone' ? rule.owner : [])),
      cluster,
      writer,
      ...(home?.writer !== undefined && lease !== undefined && { lease: { ...lease, writer: home.writer } }),
      author,
      events: config.events,
      objects: () => pipeline.objects(cluster, RECORDS),
      namesOf: (record) => pipeline.namesOf(cluster, RECORDS, record),
      asks: (object) => decisions.owners({ source: source.kind, cluster, object }).length > 0,
      mayDelete: (owner) => publisher.mayDelete(owner),
      remains: (owner) => publisher.remains(owner),
      clock,
      logger,
    });
  });
}
