import {
  type ConflictSources,
  countRejections,
  listConflicts,
  type ListenAddress,
  listenEverywhere,
  listOutside,
  openClusters,
  printListenAddress,
  type ProbeServer,
  serveProbes,
  StartError,
  type Unserved,
  VERSION,
} from '@kubezone/app';
import { ClusterError, makeSources, NamePipeline, nameServer, nodeLookUp, type Reports, type Source } from '@kubezone/controller';
import { checkZoneConfig, type Clock, isAtOrBelow, type Logger, printDiagnostic } from '@kubezone/core';
import { DnsServer, type DnsServerOptions, ListenError, RelayLoopError, type ServedZones } from '@kubezone/dns-server';

import type { ResolverConfig } from './config/resolver-config.ts';
import { checkLiveness, checkReadiness, type HealthInputs } from './health.ts';
import type { MetricsInputs } from './metrics.ts';
import { makeReports } from './reporting.ts';
import { ZoneFileFeed } from './zone-file-feed.ts';
import { ZoneKeeper, type ZoneKeeperOptions } from './zone-keeper.ts';

/**
 * How much may wait at a UDP socket while the process takes over a large listing, in octets: thousands of queries instead of hundreds. Linux gives what
 * `net.core.rmem_max` allows.
 */
const UDP_RECEIVE_BUFFER = 4 * 1024 * 1024;

/** What the resolver needs from outside. */
export interface ResolverInputs {
  readonly clock: Clock;
  readonly logger: Logger;
  /**
   * Whether nothing else runs in this process: then all its threads but those that answer UDP have a lower priority from then on, which they and the processes they
   * start keep for good. @default false
   */
  readonly ownsProcess?: boolean;
}

/** A running resolver. */
export interface Resolver {
  /** Where DNS is answered, with the ports that the system chose where 0 was asked for. */
  readonly addresses: readonly ListenAddress[];
  /** Where metrics and health are served. */
  readonly probeAddresses: readonly ListenAddress[];
  /** From now on `/readyz` says no; all else goes on. */
  readonly drain: () => void;
  /** Answers what has been read, and closes everything. */
  readonly stop: () => Promise<void>;
}

/**
 * Starts everything that a configuration asks for: zones, sockets, probes, clusters, in this order, so that whoever asks early hears that he has to wait
 * instead of nothing.
 *
 * @throws {StartError} where it cannot be done; whatever was started is stopped again
 */
export async function startResolver(
  config: ResolverConfig,
  { clock, logger, ownsProcess = false }: ResolverInputs,
): Promise<Resolver> {
  let reports: Reports | undefined;
  let settled = false;
  const touch = (): void => reports?.touch();
  const server = new DnsServer({
    clock,
    logger,
    // Names that are late by a moment are better than answers that are.
    favourUdp: ownsProcess,
    ...serverOptions(config),
  });
  const keeper = new ZoneKeeper({
    zones: server.zones,
    apexes: new Set(config.zones.map(({ apex }) => apex)),
    reverseZones: config.zones.flatMap(({ apex, ptr }) => (ptr ? [apex] : [])),
    sources: config.sources,
    rules: config.catalog,
    aliases: aliasOptions(config),
    clusters: config.clusters.length > 0 || config.fake !== undefined,
    onTouch: touch,
    clock,
    logger,
  });
  const [clusters, sources] = [
    openClusters(config, { userAgent: `kubezone-resolver/${VERSION}`, clock, logger }),
    openSources(config),
  ];
  const settle = async (): Promise<void> => {
    await keeper.complete();
    if (!settled) logger.info('all names are known');
    settled = true;
  };
  const pipeline = new NamePipeline({
    clusters,
    sources,
    catalog: keeper.catalog,
    clock,
    logger,
    onChanges: (changes) => keeper.apply(changes),
    onProblems: touch,
    onReadiness: ({ complete, ready }) => {
      touch();
      if (complete) void settle();
      else logger.info('some names are not known yet', { complete, ready });
    },
  });
  reports = makeReports(config, { clusters, sources, pipeline, keeper, clock, logger });
  const feeds = makeFeeds(config, server.zones, keeper, { clock, logger });
  let listening = false;
  let draining = false;
  // Complete, but for host names that are asked for their addresses: that takes a moment.
  const isReady = (): boolean => {
    const { complete, ready } = pipeline.readiness();
    return ready && (settled || !complete);
  };
  const health = (): HealthInputs => ({ listening, draining, ready: isReady(), sources: pipeline.statuses() });
  let probes: ProbeServer | undefined;
  const stop = async (): Promise<void> => {
    draining = true;
    keeper.stop();
    // While the API can still be reached: who leads says so no more.
    await reports?.stop();
    await Promise.all([...feeds.map((feed) => feed.stop()), pipeline.stop(), server.stop()]);
    listening = false;
    await probes?.close();
  };

  try {
    warnOfZones(config, logger);
    // Files first: names of configured zones may lie in them.
    for (const feed of feeds) startFeed(feed);
    keeper.addConfigured(config.zones.filter((zone) => zone.kind === 'configured'));
    if (config.metrics.length > 0) {
      const readMetrics = await openMetrics({
        version: VERSION,
        statistics: () => server.statistics(),
        zones: server.zones,
        sources: () => pipeline.statuses(),
        zoneFiles: () => feeds.map((feed) => feed.status()),
        problems: () => pipeline.problemCounts(),
        refusedNames: () => keeper.refusedNames,
        aliases: () => keeper.aliasStatistics(),
        reports: () => reports?.status() ?? [],
        rejections: () => countRejections(conflictSources(keeper, pipeline, feeds)),
        conflicts: () => keeper.conflicts(),
        ready: () => checkReadiness(health()).ok,
      });
      const liveness = () => checkLiveness(health());
      const readiness = () => checkReadiness(health());
      const conflicts = () => ({
        ...listConflicts(conflictSources(keeper, pipeline, feeds)),
        outsideZones: listOutside(pipeline.statuses(), pipeline.outsideNames()),
      });
      probes = await serveProbes(config.metrics, { liveness, readiness, conflicts, metrics: readMetrics }, logger);
    }
    const addresses = await listenEverywhere(server, config.listen, logger);
    listening = true;
    logStart(config, { addresses, probeAddresses: probes?.addresses ?? [] }, logger);
    await pipeline.start();
    reports?.start();
    return { addresses, probeAddresses: probes?.addresses ?? [], drain: () => void (draining = true), stop };
  } catch (error) {
    await stop();
    throw explain(error);
  }
}

/** Metrics cost memory: where nobody reads them, their library is not even loaded. */
async function openMetrics(inputs: MetricsInputs): Promise<() => Promise<{ contentType: string; text: string }>> {
  const { registerMetrics } = await import('./metrics.ts');
  const registry = registerMetrics(inputs);
  return async () => ({ contentType: registry.contentType, text: await registry.metrics() });
}

/** The sources that read clusters. Zone files are read apart from them; and the Services of name servers are part of their zones. */
function openSources({ sources, sourceRules, zones, relativeTo }: ResolverConfig): Source[] {
  const names = sources.filter((name) => name !== 'zone-file');
  const made = makeSources(names, sourceRules, { zones, relativeTo });
  const servers = zones.flatMap((zone) =>
    zone.kind !== 'configured'
      ? []
      : zone.config.nameservers.flatMap(({ name, service }) =>
          service === undefined || !isAtOrBelow(name, zone.apex) ? [] : [{ name, service, ttl: zone.ttl }],
        ),
  );
  return servers.length === 0 ? made : [nameServer({ servers }), ...made];
}

function aliasOptions({ hostnameTargets, zones }: ResolverConfig): ZoneKeeperOptions['aliases'] {
  const { mode, servers, timeoutMs, staleForMs } = hostnameTargets;
  return {
    mode,
    nameServers: new Set(
      zones.flatMap((zone) => (zone.kind === 'configured' ? zone.config.nameservers.map(({ name }) => name) : [])),
    ),
    lookUp: nodeLookUp({
      ...(servers === undefined ? {} : { servers: servers.map(printListenAddress) }),
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
    }),
    ...(staleForMs === undefined ? {} : { staleForMs }),
    random: Math.random,
  };
}

function conflictSources(keeper: ZoneKeeper, pipeline: NamePipeline, feeds: readonly ZoneFileFeed[]): ConflictSources {
  return {
    conflicts: keeper.conflicts(),
    conflictCount: keeper.conflictCount,
    problems: pipeline.problems(),
    problemCount: pipeline.problemCount(),
    unserved: unservedOf(keeper, feeds),
  };
}

function* unservedOf(keeper: ZoneKeeper, feeds: readonly ZoneFileFeed[]): Generator<Unserved, void, undefined> {
  yield* keeper.unserved();
  for (const feed of feeds) yield* feed.unserved();
}

function makeFeeds(
  { zones: configured }: ResolverConfig,
  zones: ServedZones,
  keeper: ZoneKeeper,
  inputs: ResolverInputs,
): ZoneFileFeed[] {
  return configured.flatMap((settings) =>
    settings.kind === 'file'
      ? [new ZoneFileFeed({ ...inputs, settings, zones, onZone: (zone) => keeper.takeFile(settings, zone) })]
      : [],
  );
}

function startFeed(feed: ZoneFileFeed): void {
  const diagnostics = feed.start();
  if (diagnostics.length > 0) throw new StartError(2, diagnostics.map(printDiagnostic));
}

/** What is odd about zones, but no reason not to serve them. */
function warnOfZones({ zones }: ResolverConfig, logger: Logger): void {
  for (const zone of zones) {
    if (zone.kind !== 'configured') continue;
    for (const { code, severity, message } of checkZoneConfig(zone.config)) {
      // Name servers that several zones share are outside all but one of them, and their addresses are served there.
      const elsewhere = code === 'GLUE_OUT_OF_ZONE' && zones.length > 1;
      if (severity === 'warning' && !elsewhere) logger.warn('in the configuration of a zone', { code, reason: message });
    }
  }
}

function logStart(
  { zones, sources, clusters }: ResolverConfig,
  { addresses, probeAddresses }: Pick<Resolver, 'addresses' | 'probeAddresses'>,
  logger: Logger,
): void {
  logger.info('answering', {
    version: VERSION,
    node: process.version,
    listen: addresses.map(printListenAddress),
    ...(probeAddresses.length === 0 ? {} : { metrics: probeAddresses.map(printListenAddress) }),
    zones: zones.map(({ apex }) => apex),
    sources,
    clusters: clusters.map(({ name }) => name),
  });
}

/** What the person who started the program should read, and what the exit code should be. */
function explain(error: unknown): unknown {
  if (error instanceof ClusterError) return new StartError(2, [`${error.message} [${error.code}]`], { cause: error });
  if (error instanceof RelayLoopError)
    return new StartError(2, [`fallthrough: ${error.message} [${error.code}]`], { cause: error });
  if (error instanceof ListenError) return new StartError(1, [`${error.message} [${error.code}]`], { cause: error });
  return error;
}

function serverOptions({
  udpWorkers,
  udpPayloadSize,
  nsid,
  cookieSecrets,
  tcp,
  rateLimits,
  fallthrough,
}: ResolverConfig): Omit<DnsServerOptions, 'clock' | 'logger' | 'favourUdp'> {
  const { maxConnections, maxConnectionsPerClient, idleTimeoutSeconds } = tcp;
  return {
    udpWorkers,
    udpPayloadSize,
    rateLimits,
    udpReceiveBufferOctets: UDP_RECEIVE_BUFFER,
    tcp: { maxConnections, maxConnectionsPerClient, idleTimeoutMs: idleTimeoutSeconds * 1000 },
    ...(fallthrough === undefined ? {} : { fallthrough }),
    ...(nsid === undefined ? {} : { nsid: Buffer.from(nsid) }),
    ...(cookieSecrets === undefined ? {} : { cookieSecrets }),
  };
}
