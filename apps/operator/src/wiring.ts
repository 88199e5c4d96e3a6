import {
  type ListenAddress,
  listConflicts,
  countRejections,
  openClusters,
  printListenAddress,
  type ProbeServer,
  serveProbes,
  StartError,
  VERSION,
} from '@kubezone/app';
import {
  type Cluster,
  ClusterError,
  DNS_ENDPOINTS,
  type Finalizers,
  NamePipeline,
  nodeLookUp,
  OPERATOR_APP,
  ownNamespace,
  plainSource,
  Publisher,
  type PublishRoute,
  RECORDS,
  type Reports,
  type SettledState,
  type SourceKnowledge,
  type Term,
} from '@kubezone/controller';
import type { Clock, Logger, NameChange, OwnerName, Provider } from '@kubezone/core';

import { type ChangePrinter, changePrinter } from './change-printer.ts';
import { ClusterIds } from './cluster-ids.ts';
import type { OperatorConfig, ProviderEntry } from './config/operator-config.ts';
import { checkLiveness, checkReadiness, type HealthInputs } from './health.ts';
import { LeaseNotes } from './lease-notes.ts';
import { listWithheld } from './list-withheld.ts';
import { makeFinalizers } from './make-finalizers.ts';
import { makeFeeds, type OperatorFeeds } from './make-feeds.ts';
import { callsPerSecond, makeProviders } from './make-provider.ts';
import type { MetricsInputs } from './metrics.ts';
import { releaseText } from './release-text.ts';
import { repeat } from './repeat.ts';
import { makeReports } from './reporting.ts';
import { soon } from './soon.ts';

/** What the operator needs from outside. */
export interface OperatorInputs {
  readonly clock: Clock;
  readonly logger: Logger;
  /** Takes what is printed for people and programs: plans and changes, whole lines. */
  readonly print: (text: string) => void;
  /** Of a configuration that is followed: why its newest version is not in force, and how many were taken and failed. */
  readonly reloads?: () => {
    readonly problem: string | undefined;
    readonly counts: Readonly<Record<'failed' | 'taken', number>>;
  };
  /** In place of the providers of the configuration, by their names. @default they are made */
  readonly providers?: ReadonlyMap<string, Provider>;
}

/** A running operator. */
export interface Operator {
  /** Where metrics and health are served. */
  readonly probeAddresses: readonly ListenAddress[];
  /** Releases held changes: exactly those that have this SHA-256. */
  readonly confirm: (sha256: string) => readonly OwnerName[];
  readonly publisher: Publisher;
  /** With `once`: when nothing is left to do, with which exit code. Never resolves otherwise. */
  readonly done: Promise<number>;
  /** Ends what is under way, and gives the Lease back. */
  readonly stop: () => Promise<void>;
}

/** The resources whose objects have a status. */
const TOLD_OF: ReadonlySet<string> = new Set([RECORDS.id, DNS_ENDPOINTS.id]);
/** Nothing is a cluster where nothing is read. */
const NOWHERE = 'none';
/** How long after a change plans of dry runs are printed: what comes in a burst is printed once, in milliseconds. */
const PRINT_MS = 500;
/** Exit codes of `once`. */
const EXIT = { done: 0, held: 3, failed: 4 } as const;

/**
 * Starts everything that a configuration asks for: probes, clusters, the election, publishing.
 *
 * @throws {StartError} where it cannot be done; whatever was started is stopped again
 */
export async function startOperator(config: OperatorConfig, inputs: OperatorInputs): Promise<Operator> {
  const { clock, logger } = inputs;
  const providers = inputs.providers ?? makeProviders(config.providers, { clock, logger, write: inputs.print });
  const clusters = openClusters(config, { userAgent: `kubezone-operator/${VERSION}`, clock, logger });
  const feeds = makeFeeds(config, clock);
  const printer = printerOf(config, inputs);
  const isDry = config.providers.every(({ dryRun }) => dryRun);
  const confirmed = { pending: config.run.confirm };
  let reports: Reports | undefined;
  let running = true;

  const ids = new ClusterIds({ clusters, clock, logger, onFound: () => publisher.wake() });
  /** With `syncOnly`: what has changed since the last synchronisation, by name. */
  const pending = new Map<OwnerName, NameChange>();
  const pipeline: NamePipeline = new NamePipeline({
    clusters,
    sources: feeds.sources,
    catalog: feeds.catalog,
    clock,
    logger,
    onChanges: (changes) => {
      if (config.syncOnly) for (const change of changes) pending.set(change.owner, change);
      else publisher.apply(changes);
      reports?.touch();
    },
    onProblems: () => reports?.touch(),
    onObjects: (resource) => {
      // Edits count that change no name: status tells which edition was looked at.
      if (!TOLD_OF.has(resource.id)) return;
      reports?.touch();
      for (const one of finalizers) one.touch();
    },
    onReadiness: ({ complete, ready }) => {
      reports?.touch();
      publisher.wake();
      logger.info(complete ? 'all names are known' : 'some names are not known yet', { complete, ready });
    },
  });
  const home = homeOf(config, clusters);
  const notes = notesOf(config, {
    home,
    onConfirm: (zone, sha256) => publisher.confirm(zone, sha256),
    isSettled: () => publisher.isSettled,
    clock,
    logger,
  });
  const planSoon = soon(clock, PRINT_MS, () => {
    if (isDry && !config.run.once) printer?.plans(publisher.plans());
  });
  const publisher: Publisher = new Publisher({
    routes: config.providers.map((entry) => routeOf(entry, providers, feeds)),
    settings: {
      owner: config.owner.id,
      keys: config.owner.keys,
      adopt: config.owner.adopt,
      pruneAdopted: config.owner.pruneAdopted,
      emptyGraceMs: config.safety.emptyGraceMs,
      deleteLimits: config.safety.deleteLimits,
      updateLimits: config.safety.updateLimits,
    },
    sources: () => knowledgeOf({ home: home?.name ?? NOWHERE, clusters, ids, pipeline }),
    isReady: () => pipeline.readiness().ready,
    lookUp: nodeLookUp(config.nameServers === undefined ? {} : { servers: config.nameServers.map(printListenAddress) }),
    intervalMs: config.intervalMs,
    callsPerSecond: (provider) => {
      const entry = config.providers.find(({ name }) => name === provider.name);
      return entry === undefined ? undefined : callsPerSecond(entry.provider);
    },
    release: releaseText(config, notes?.place),
    ...(notes !== undefined && {
      historyOf: (key: string) => notes.historyOf(key),
      saveHistories: (histories: Parameters<LeaseNotes['save']>[0]) => notes.save(histories),
    }),
    onApplied: (provider, zone, plan) => {
      logger.debug('a name is written', { provider: provider.name, zone: zone.apex, name: plan.owner });
      printer?.applied(provider, zone, plan);
    },
    onProgress: () => {
      reports?.touch();
      for (const one of finalizers) one.touch();
      planSoon.touch();
    },
    clock,
    logger,
    random: Math.random,
  });
  const common = { clusters, feeds, pipeline, publisher, clock, logger };
  const finalizers: readonly Finalizers[] = makeFinalizers(config, { ...common, home, lease: notes?.place });
  reports = makeReports(config, {
    ...common,
    finalizers,
    isDelayed: (owner) => pending.has(owner),
    also: (cluster, term) => (cluster === home?.name ? lead(term) : Promise.resolve()),
  });

  /** Publishes as long as a term lasts. */
  async function lead(term: Term): Promise<void> {
    await notes?.read(term.signal);
    if (term.signal.aborted) return;
    // Whoever publishes knows what is left of names, in whichever cluster they are asked for.
    await Promise.all([publisher.lead(term), notes?.follow(term.signal), ...finalizers.map((one) => one.run(term))]);
  }

  const flush = repeat(clock, config.intervalMs, () => {
    const changes = [...pending.values()];
    pending.clear();
    publisher.apply(changes);
  });
  const health = (): HealthInputs => ({
    running,
    ready: pipeline.readiness().ready,
    sources: pipeline.statuses(),
    providers: publisher.status(),
    reload: inputs.reloads?.().problem,
  });
  const rejected = () => ({
    conflicts: feeds.catalogs.flatMap((catalog) => [...catalog.conflicts()]),
    conflictCount: feeds.catalogs.reduce((sum, { conflictCount }) => sum + conflictCount, 0),
    problems: pipeline.problems(),
    problemCount: pipeline.problemCount(),
    unserved: [],
  });
  let probes: ProbeServer | undefined;
  const stop = async (): Promise<void> => {
    running = false;
    flush.stop();
    planSoon.stop();
    notes?.stop();
    ids.stop();
    // While the API can still be reached: who leads says so no more, once nothing more is written.
    await reports?.stop();
    await Promise.all([publisher.stop(), pipeline.stop()]);
    await probes?.close();
  };

  try {
    if (config.metrics.length > 0) {
      const metrics = await openMetrics({
        version: VERSION,
        providers: () => publisher.status(),
        sources: () => pipeline.statuses(),
        problems: () => pipeline.problemCounts(),
        reports: () => reports?.status() ?? [],
        rejections: () => countRejections(rejected()),
        conflicts: () => rejected().conflicts,
        reloads: () => inputs.reloads?.().counts ?? { taken: 0, failed: 0 },
        ready: () => checkReadiness(health()).ok,
      });
      probes = await serveProbes(
        config.metrics,
        {
          liveness: checkLiveness,
          readiness: () => checkReadiness(health()),
          conflicts: () => ({ ...listConflicts(rejected()), ...listWithheld(publisher, finalizers) }),
          metrics,
        },
        logger,
      );
    }
    logStart(config, { metrics: probes?.addresses ?? [], dryRun: isDry }, logger);
    await pipeline.start();
    ids.start();
    if (config.syncOnly) flush.start();
    if (reports === undefined) publisher.start();
    else reports.start();
  } catch (error) {
    await stop();
    throw explain(error);
  }

  const done = config.run.once ? runOnce() : new Promise<number>(() => undefined);

  async function runOnce(): Promise<number> {
    let state = await publisher.settled();
    await Promise.all(finalizers.map((one) => one.settled()));
    if (confirmed.pending !== undefined) {
      const zones = publisher.confirm(undefined, confirmed.pending);
      if (zones.length === 0)
        logger.warn('--confirm fits nothing that is held: look at the plan again', { sha256: confirmed.pending });
      else state = await publisher.settled();
    }
    // Planned once more: only where somebody reads it.
    const plans = printer === undefined ? [] : publisher.plans();
    printer?.plans(
      isDry
        ? plans
        : plans.filter(
            ({ names, adoptable = [], held = [] }) =>
              held.length + adoptable.length > 0 || names.some(({ withheld }) => withheld.length > 0),
          ),
    );
    return exitCodeOf(state);
  }

  return {
    probeAddresses: probes?.addresses ?? [],
    confirm: (sha256) => publisher.confirm(undefined, sha256),
    publisher,
    done,
    stop,
  };
}

/** What failed counts more than what is held: somebody can let that go. */
function exitCodeOf({ held, failed }: SettledState): number {
  return failed ? EXIT.failed : held ? EXIT.held : EXIT.done;
}

/** Metrics cost memory: where nobody reads them, their library is not even loaded. */
async function openMetrics(inputs: MetricsInputs): Promise<() => Promise<{ contentType: string; text: string }>> {
  const { registerMetrics } = await import('./metrics.ts');
  const registry = registerMetrics(inputs);
  return async () => ({ contentType: registry.contentType, text: await registry.metrics() });
}

function printerOf({ run, providers }: OperatorConfig, { print }: OperatorInputs): ChangePrinter | undefined {
  const format = run.planOutput ?? (providers.every(({ dryRun }) => dryRun) ? 'text' : undefined);
  return format === undefined ? undefined : changePrinter(format, print);
}

function routeOf(entry: ProviderEntry, providers: ReadonlyMap<string, Provider>, feeds: OperatorFeeds): PublishRoute {
  const provider = providers.get(entry.name);
  const feed = feeds.feedOf.get(entry);
  if (provider === undefined || feed === undefined) throw new RangeError(`nothing was made of the entry ${entry.name}`);
  const { selectors, excludeNames, view, recordTypes, targets, minTtl, policy, dryRun } = entry;
  return {
    provider,
    feed,
    selectors,
    excludeNames,
    view,
    minTtl,
    policy,
    dryRun,
    ...(recordTypes !== undefined && { recordTypes }),
    ...(targets !== undefined && { targets }),
  };
}

/** The cluster for which names are written: where the Lease is, or else the first. */
function homeOf({ clusters: configured }: OperatorConfig, clusters: readonly Cluster[]): Cluster | undefined {
  const first = configured.find(({ kind }) => kind === 'kubernetes')?.name;
  return clusters.find(({ name }) => name === first) ?? clusters[0];
}

interface NotesInputs {
  readonly home: Cluster | undefined;
  readonly onConfirm: (zone: OwnerName | undefined, sha256: string) => readonly OwnerName[];
  readonly isSettled: () => boolean;
  readonly clock: Clock;
  readonly logger: Logger;
}

function notesOf({ leaderElection, safety }: OperatorConfig, { home, ...inputs }: NotesInputs): LeaseNotes | undefined {
  if (!leaderElection.enabled || home?.writer === undefined) return undefined;
  const place = { namespace: leaderElection.namespace ?? ownNamespace(), name: leaderElection.name ?? OPERATOR_APP.name };
  const windowMs = Math.max(safety.deleteLimits.windowMs, safety.updateLimits?.windowMs ?? 0);
  return new LeaseNotes({ writer: home.writer, place, windowMs, ...inputs });
}

interface KnowledgeInputs {
  readonly home: string;
  readonly clusters: readonly Cluster[];
  readonly ids: ClusterIds;
  readonly pipeline: NamePipeline;
}

function knowledgeOf({ home, clusters, ids, pipeline }: KnowledgeInputs): SourceKnowledge {
  return {
    home,
    clusters: clusters.map(({ name }) => name),
    clusterIds: home === NOWHERE ? new Map([[NOWHERE, NOWHERE], ...ids.known]) : ids.known,
    statuses: pipeline
      .statuses()
      .map(({ source, cluster, state, failure }) => ({ source: plainSource(source).source, cluster, state, failure })),
  };
}

function logStart(
  { providers, clusters, owner, run }: OperatorConfig,
  { metrics, dryRun }: { readonly metrics: readonly ListenAddress[]; readonly dryRun: boolean },
  logger: Logger,
): void {
  logger.info('publishing', {
    version: VERSION,
    node: process.version,
    owner: owner.id,
    providers: [...new Set(providers.map(({ name }) => name))],
    sources: [...new Set(providers.flatMap(({ sources }) => sources))],
    clusters: clusters.map(({ name }) => name),
    ...(metrics.length === 0 ? {} : { metrics: metrics.map(printListenAddress) }),
    ...(dryRun ? { dryRun } : {}),
    ...(run.once ? { once: true } : {}),
  });
}

/** What the person who started the program should read, and what the exit code should be. */
function explain(error: unknown): unknown {
  if (error instanceof ClusterError) return new StartError(2, [`${error.message} [${error.code}]`], { cause: error });
  return error;
}
