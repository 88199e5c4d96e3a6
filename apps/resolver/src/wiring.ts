import {
  type Cluster,
  ClusterError,
  kubernetesCluster,
  manifestsCluster,
  NamePipeline,
  nodeArea,
  nodeService,
  type Source,
} from '@kubezone/controller';
import { checkZoneConfig, type Clock, type Logger, type OwnerName, printDiagnostic } from '@kubezone/core';
import { DnsServer, type DnsServerOptions, ListenError, type ServedZones } from '@kubezone/dns-server';

import type { ClusterConfig } from './config/cluster-schema.ts';
import { type ListenAddress, printListenAddress } from './config/listen-address.ts';
import type { ResolverConfig } from './config/resolver-config.ts';
import { checkLiveness, checkReadiness, type HealthInputs } from './health.ts';
import { listenEverywhere } from './listen-everywhere.ts';
import type { MetricsInputs } from './metrics.ts';
import { type ProbeServer, serveProbes } from './probe-server.ts';
import { StartError } from './start-error.ts';
import { VERSION } from './version.ts';
import { ZoneFileFeed } from './zone-file-feed.ts';
import { ZoneKeeper } from './zone-keeper.ts';

/**
 * How much may wait at a UDP socket while the process takes over a large listing, in octets: thousands of queries instead of hundreds. Linux gives what
 * `net.core.rmem_max` allows.
 */
const UDP_RECEIVE_BUFFER = 4 * 1024 * 1024;

/** What the resolver needs from outside. */
export interface ResolverInputs {
  readonly clock: Clock;
  readonly logger: Logger;
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
export async function startResolver(config: ResolverConfig, { clock, logger }: ResolverInputs): Promise<Resolver> {
  const server = new DnsServer({ clock, logger, ...serverOptions(config) });
  const keeper = new ZoneKeeper({
    zones: server.zones,
    apexes: new Set(config.zones.map(({ apex }) => apex)),
    sources: config.sources,
    clusters: config.clusters.length > 0,
    clock,
    logger,
  });
  const pipeline = new NamePipeline({
    clusters: config.clusters.map((cluster) => openCluster(cluster, { clock, logger })),
    sources: makeSources(config),
    catalog: keeper.catalog,
    clock,
    logger,
    onChanges: (changes) => keeper.apply(changes),
    onReadiness: ({ complete, ready }) => {
      if (complete) keeper.complete();
      logger.info(complete ? 'all names are known' : 'some names are not known yet', { complete, ready });
    },
  });
  const feeds = makeFeeds(config, server.zones, keeper, { clock, logger });
  let listening = false;
  let draining = false;
  const health = (): HealthInputs => ({ listening, draining, ready: pipeline.readiness().ready, sources: pipeline.statuses() });
  let probes: ProbeServer | undefined;
  const stop = async (): Promise<void> => {
    draining = true;
    keeper.stop();
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
        conflicts: () => keeper.conflicts(),
        ready: () => checkReadiness(health()).ok,
      });
      const liveness = () => checkLiveness(health());
      const readiness = () => checkReadiness(health());
      probes = await serveProbes(config.metrics, { liveness, readiness, metrics: readMetrics }, logger);
    }
    const addresses = await listenEverywhere(server, config.listen, logger);
    listening = true;
    logStart(config, { addresses, probeAddresses: probes?.addresses ?? [] }, logger);
    await pipeline.start();
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

function openCluster(config: ClusterConfig, { clock, logger }: ResolverInputs): Cluster {
  switch (config.kind) {
    case 'kubernetes': {
      const { name, kubeconfig, context, namespaces } = config;
      return kubernetesCluster({
        name,
        kubeconfig,
        context,
        namespaces,
        userAgent: `kubezone-resolver/${VERSION}`,
        clock,
        logger,
      });
    }
    case 'manifests':
      return manifestsCluster({ name: config.name, folder: config.folder, clock, logger });
    default:
      return config satisfies never;
  }
}

/** The table of sources: what each name in `sources` stands for. Zone files are read apart from clusters. */
function makeSources({ sources, annotations, zones, relativeTo }: ResolverConfig): Source[] {
  const wanted = new Set<OwnerName>(relativeTo);
  const common = {
    ipsAnnotation: annotations.ips,
    relativeTo: zones.filter(({ apex }) => wanted.has(apex)).map(({ apex, ttl }) => ({ apex, ttl })),
    servedZones: zones.map(({ apex }) => apex),
  };
  return sources.flatMap((name): Source[] => {
    switch (name) {
      case 'node-area':
        return [nodeArea({ ...common, areasAnnotation: annotations.areas })];
      case 'node-service':
        return [nodeService({ ...common, serviceAnnotation: annotations.service })];
      case 'zone-file':
        return [];
      default:
        return name satisfies never;
    }
  });
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
}: ResolverConfig): Omit<DnsServerOptions, 'clock' | 'logger'> {
  const { maxConnections, maxConnectionsPerClient, idleTimeoutSeconds } = tcp;
  return {
    udpWorkers,
    // Names that are late by a moment are better than answers that are.
    favourUdp: true,
    udpPayloadSize,
    rateLimits,
    udpReceiveBufferOctets: UDP_RECEIVE_BUFFER,
    tcp: { maxConnections, maxConnectionsPerClient, idleTimeoutMs: idleTimeoutSeconds * 1000 },
    ...(nsid === undefined ? {} : { nsid: Buffer.from(nsid) }),
    ...(cookieSecrets === undefined ? {} : { cookieSecrets }),
  };
}
