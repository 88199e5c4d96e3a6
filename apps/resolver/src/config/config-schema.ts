import type { OwnerName } from '@kubezone/core';
import * as z from 'zod/mini';

import { type ClusterConfig, clusterSchema } from './cluster-schema.ts';
import {
  DEFAULT_ANNOTATIONS,
  DEFAULT_PORT,
  DEFAULT_SOURCES,
  DEFAULT_TCP,
  DEFAULT_UDP_PAYLOAD_SIZE,
  DEFAULT_UDP_WORKERS,
} from './defaults.ts';
import { listOf, oneOf, type SchemaOf, strictMap, textLeaf, wholeNumber } from './leaf.ts';
import { type ListenAddress, LISTEN_ADDRESS_FORM, printListenAddress, scanListenAddress } from './listen-address.ts';
import type { MistakeCode } from './mistake.ts';
import { type Paths, readablePath } from './paths.ts';
import { type ResolverConfig, SOURCE_NAMES, type SourceName } from './resolver-config.ts';
import { rateLimitSchema } from './rate-limit-schema.ts';
import { nameLeaf, type ZoneSettings, zoneSchema } from './zone-schema.ts';
import { secretsOf16Octets } from './secret.ts';
import { LOG_FORMATS, LOG_LEVELS } from '../logging.ts';

/** `name` or `prefix/name`, as the keys of labels and annotations are. */
const ANNOTATION_KEY =
  /^(?=[^/]{1,253}(?:\/|$))(?:[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*\/)?[A-Za-z0-9](?:[-\w.]{0,61}[A-Za-z0-9])?$/;

const annotationKey = textLeaf('an annotation key such as example.com/areas', (text) =>
  ANNOTATION_KEY.test(text) ? text : undefined,
);
const listenAddress: SchemaOf<readonly ListenAddress[]> = textLeaf(LISTEN_ADDRESS_FORM, scanListenAddress);

/** More than one process has file descriptors for. */
const MAX_CONNECTIONS = 1_000_000;
/** What the EDNS option that tells clients can hold (RFC 7828): 2^16-1 tenths of a second. */
const MAX_IDLE_SECONDS = 6553;

/** For so many the server keeps books. */
const MAX_UDP_WORKERS = 64;

/** An hour: longer than any orchestrator waits. */
const MAX_SHUTDOWN_DELAY = 3600;

/** The longest NSID: what is left of it has to go into every response that carries it. */
const MAX_NSID_OCTETS = 128;
const nsid = textLeaf(`text of 1 to ${MAX_NSID_OCTETS} octets`, (text) =>
  text !== '' && Buffer.byteLength(text) <= MAX_NSID_OCTETS ? text : undefined,
);

/**
 * The schema of everything that can be configured. Flags are brought into this shape too, so that one set of rules, defaults and
 * messages serves both.
 *
 * @param paths finds out what stands at a path
 */
export function configSchema(paths: Paths): SchemaOf<ResolverConfig> {
  return z.pipe(
    strictMap({
      clusters: z.optional(listOf(clusterSchema(paths), 'a list of clusters')),
      manifests: z.optional(readablePath(paths, 'folder')),
      sources: z.optional(listOf(oneOf(SOURCE_NAMES), `a list of sources: ${SOURCE_NAMES.join(', ')}`)),
      annotations: z.prefault(
        strictMap({
          areas: z._default(annotationKey, DEFAULT_ANNOTATIONS.areas),
          ips: z._default(annotationKey, DEFAULT_ANNOTATIONS.ips),
          service: z._default(annotationKey, DEFAULT_ANNOTATIONS.service),
        }),
        {},
      ),
      relativeTo: z.optional(listOf(nameLeaf, 'a list of zones')),
      zones: z._default(listOf(zoneSchema(paths), 'a list of zones'), []),
      listen: z.prefault(listOf(listenAddress, `a list of addresses of the form ${LISTEN_ADDRESS_FORM}`), [`:${DEFAULT_PORT}`]),
      metrics: z.optional(listenAddress),
      nsid: z.optional(nsid),
      udpWorkers: z._default(wholeNumber(1, MAX_UDP_WORKERS), DEFAULT_UDP_WORKERS),
      udpPayloadSize: z._default(wholeNumber(512, 4096), DEFAULT_UDP_PAYLOAD_SIZE),
      cookieSecrets: z.optional(secretsOf16Octets(paths)),
      tcp: z.prefault(
        strictMap({
          maxConnections: z._default(wholeNumber(1, MAX_CONNECTIONS), DEFAULT_TCP.maxConnections),
          maxConnectionsPerClient: z._default(wholeNumber(1, MAX_CONNECTIONS), DEFAULT_TCP.maxConnectionsPerClient),
          idleTimeout: z._default(wholeNumber(1, MAX_IDLE_SECONDS, 'a whole number of seconds'), DEFAULT_TCP.idleTimeout),
        }),
        {},
      ),
      rateLimit: z.prefault(rateLimitSchema(), {}),
      shutdownDelay: z._default(wholeNumber(0, MAX_SHUTDOWN_DELAY, 'a whole number of seconds'), 0),
      log: z.prefault(
        strictMap({ level: z._default(oneOf(LOG_LEVELS), 'info'), format: z._default(oneOf(LOG_FORMATS), 'json') }),
        {},
      ),
      // The operator's: one file may serve both apps. Not even looked at, since secrets are in there.
      providers: z.optional(z.unknown()),
      owner: z.optional(z.unknown()),
    }),
    z.transform((file, context): ResolverConfig => {
      const refuse: Refuse = (code, path, message, input) =>
        context.issues.push({ code: 'custom', message, input, path: [...path], params: { code } });
      return {
        clusters: decideClusters(file, refuse),
        sources: decideSources(file, refuse),
        annotations: file.annotations,
        relativeTo: checkRelativeTo(file.relativeTo, file.zones, refuse),
        zones: checkZones(file.zones, refuse),
        listen: checkListen(file.listen, refuse),
        metrics: file.metrics ?? [],
        nsid: file.nsid,
        udpWorkers: file.udpWorkers,
        udpPayloadSize: file.udpPayloadSize,
        cookieSecrets: file.cookieSecrets,
        tcp: {
          maxConnections: file.tcp.maxConnections,
          maxConnectionsPerClient: file.tcp.maxConnectionsPerClient,
          idleTimeoutSeconds: file.tcp.idleTimeout,
        },
        rateLimits: file.rateLimit,
        log: file.log,
        shutdownDelaySeconds: file.shutdownDelay,
      };
    }),
  );
}

type Refuse = (code: MistakeCode, path: readonly (string | number)[], message: string, input?: unknown) => void;

interface SourcesAndClusters {
  readonly clusters?: readonly ClusterConfig[] | undefined;
  readonly manifests?: string | undefined;
  readonly sources?: readonly SourceName[] | undefined;
  readonly zones: readonly ZoneSettings[];
}

/** A process that has nothing but zone files to serve needs no cluster, and must start without one. */
function decideClusters({ clusters, manifests, sources, zones }: SourcesAndClusters, refuse: Refuse): readonly ClusterConfig[] {
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
  const filesOnly =
    sources === undefined ? zones.every(({ kind }) => kind === 'file') : sources.every((name) => name === 'zone-file');
  if (clusters === undefined || clusters.length === 0) {
    return filesOnly
      ? []
      : [{ kind: 'kubernetes', name: 'kubernetes', kubeconfig: undefined, context: undefined, namespaces: [] }];
  }
  const names = new Set<string>();
  for (const [index, { name }] of clusters.entries()) {
    if (names.has(name))
      refuse(
        'DUPLICATE',
        ['clusters', index, 'name'],
        `expected names that differ; an earlier cluster has ${JSON.stringify(name)} too`,
        name,
      );
    names.add(name);
  }
  return clusters;
}

/** What an administrator wrote into a zone file stands before what is found in clusters, unless `sources` says otherwise. */
function decideSources({ clusters, manifests, sources, zones }: SourcesAndClusters, refuse: Refuse): readonly SourceName[] {
  const anyFile = zones.some(({ kind }) => kind === 'file');
  const named = sources ?? DEFAULT_SOURCES;
  if (named.length === 0) refuse('MISSING', ['sources'], `expected at least one of ${SOURCE_NAMES.join(', ')}`, named);
  for (const [index, name] of named.entries()) {
    if (named.indexOf(name) < index) refuse('DUPLICATE', ['sources', index], 'expected each source once', name);
    // Where there is no zone at all, that is the one mistake.
    if (name === 'zone-file' && !anyFile && zones.length > 0)
      refuse('EXCLUDED', ['sources', index], 'expected a zone with a file, which zone-file reads', name);
  }
  if (
    anyFile &&
    named.length > 0 &&
    named.every((name) => name === 'zone-file') &&
    (clusters !== undefined || manifests !== undefined)
  ) {
    refuse('EXCLUDED', ['sources'], 'expected a source that reads the configured cluster beside zone-file', named);
  }
  return anyFile && !named.includes('zone-file') ? ['zone-file', ...named] : named;
}

function checkZones(zones: readonly ZoneSettings[], refuse: Refuse): readonly ZoneSettings[] {
  if (zones.length === 0) refuse('MISSING', ['zones'], 'expected at least one zone: --zone, --zone-file, or zones in --config');
  const apexes = new Set<string>();
  for (const [index, { apex }] of zones.entries()) {
    if (apexes.has(apex)) refuse('DUPLICATE', ['zones', index, 'name'], `expected each zone once; ${apex} is given before`, apex);
    apexes.add(apex);
  }
  return zones;
}

/** Relative names stand in every zone unless some are chosen. */
function checkRelativeTo(
  chosen: readonly OwnerName[] | undefined,
  zones: readonly ZoneSettings[],
  refuse: Refuse,
): readonly OwnerName[] {
  if (chosen?.length === 0)
    refuse('MISSING', ['relativeTo'], 'expected at least one zone; without the key it is all of them', chosen);
  const apexes = zones.map(({ apex }) => apex);
  for (const [index, apex] of (chosen ?? []).entries()) {
    if (!apexes.includes(apex))
      refuse('BAD_VALUE', ['relativeTo', index], `expected one of the zones: ${apexes.join(', ')}`, apex);
  }
  return chosen ?? apexes;
}

function checkListen(listen: readonly (readonly ListenAddress[])[], refuse: Refuse): readonly ListenAddress[] {
  if (listen.length === 0) refuse('MISSING', ['listen'], 'expected at least one address');
  const seen = new Set<string>();
  for (const [index, addresses] of listen.entries()) {
    for (const address of addresses) {
      const printed = printListenAddress(address);
      if (address.port !== 0 && seen.has(printed))
        refuse('DUPLICATE', ['listen', index], `expected each address once; ${printed} is given before`, printed);
      seen.add(printed);
    }
  }
  return listen.flat();
}
