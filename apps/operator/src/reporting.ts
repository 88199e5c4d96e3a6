import {
  type Cluster,
  type Finalizers,
  type NamePipeline,
  type NameProgress,
  OPERATOR_APP,
  type Publisher,
  Reports,
  type Term,
} from '@kubezone/controller';
import type { Catalog, Clock, Logger, Origin, OwnerName } from '@kubezone/core';

import type { OperatorConfig } from './config/operator-config.ts';
import type { OperatorFeeds } from './make-feeds.ts';

/** What reports are made of. */
export interface ReportingInputs {
  readonly clusters: readonly Cluster[];
  readonly feeds: OperatorFeeds;
  readonly pipeline: NamePipeline;
  readonly publisher: Publisher;
  /** Whether a name has changed, and the publisher was not told yet. */
  readonly isDelayed: (owner: OwnerName) => boolean;
  readonly finalizers: readonly Finalizers[];
  /** What the one who leads in a cluster does beside. */
  readonly also: (cluster: string, term: Term) => Promise<void>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Elects who writes, in each cluster that has an API, and has it tell objects what becomes of their names; undefined without an election. */
export function makeReports(config: OperatorConfig, inputs: ReportingInputs): Reports | undefined {
  const { enabled, ...lease } = config.leaderElection;
  if (!enabled) return undefined;
  const { clusters, feeds, pipeline, publisher, isDelayed, finalizers, also, clock, logger } = inputs;
  const writable = clusters.flatMap(({ name, writer }) => {
    const own = config.clusters.find((cluster) => cluster.name === name);
    if (writer === undefined || own?.kind !== 'kubernetes') return [];
    return [{ name, writer, ...(own.namespaces.length > 0 && { namespaces: own.namespaces }) }];
  });
  return new Reports({
    app: OPERATOR_APP,
    clusters: writable,
    sources: feeds.plain,
    lease,
    events: config.events,
    catalog: joinDecisions(feeds.catalogs),
    problems: () => pipeline.problems(),
    hasMoreProblems: (cluster, object) => pipeline.hasMoreProblems(cluster, object),
    *others() {
      yield* publisher.complaints();
      for (const one of finalizers) yield* one.complaints();
    },
    objects: (cluster, resource) => pipeline.objects(cluster, resource),
    progress: (owner) =>
      isDelayed(owner) ? { done: false, message: `${owner} waits for the next synchronisation` } : progressOf(publisher, owner),
    // As publishing does: what one cluster wants that is away is left alone, and no reason not to tell the objects of another.
    complete: () => pipeline.readiness().ready,
    also,
    clock,
    logger,
  });
}

type Decisions = Pick<Catalog, 'conflicts' | 'origins' | 'owners' | 'state'>;

/** What several catalogs have decided, for whoever asks about objects: a name is there if it is there in one of them. */
export function joinDecisions(catalogs: readonly Decisions[]): Decisions {
  const [first] = catalogs;
  if (first !== undefined && catalogs.length === 1) return first;
  const holding = (owner: OwnerName): Decisions | undefined => catalogs.find((one) => one.state(owner).exists);
  return {
    *conflicts() {
      for (const one of catalogs) yield* one.conflicts();
    },
    origins: (owner) => [
      ...new Map(catalogs.flatMap((one) => one.origins(owner)).map((origin) => [keyOf(origin), origin])).values(),
    ],
    owners: (origin) => [...new Set(catalogs.flatMap((one) => one.owners(origin)))],
    state: (owner) => holding(owner)?.state(owner) ?? { exists: false, rrsets: [] },
  };
}

function keyOf({ source, cluster, object }: Origin): string {
  return [source, cluster, object].join('\n');
}

/** How far a name has come at all its providers, in words. */
export function progressOf(publisher: Pick<Publisher, 'outcomes'>, owner: OwnerName): NameProgress {
  const outcomes = publisher.outcomes(owner);
  if (outcomes.length === 0) return { done: false, message: `no entry of providers selects ${owner}` };
  const open = outcomes.filter(({ state }) => state !== 'published');
  const place = ({ provider, zone }: (typeof outcomes)[number]): string =>
    zone === undefined ? `at ${provider}` : `at ${provider} (zone ${zone})`;
  if (open.length === 0) return { done: true, message: `${owner} is published ${outcomes.map(place).join(', ')}` };
  const words = {
    pending: 'waits to be published',
    withheld: 'is not published',
    planned: 'is only planned',
    leaving: 'is to be removed',
  } as const;
  return {
    done: false,
    message: open
      .map((outcome) => {
        const word = outcome.state === 'published' ? '' : words[outcome.state];
        const why = outcome.messages.length === 0 ? '' : `: ${outcome.messages.join('; ')}`;
        return `${owner} ${word} ${place(outcome)}${why}`;
      })
      .join('; '),
  };
}
