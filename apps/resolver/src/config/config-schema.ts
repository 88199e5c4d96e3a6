import {
  annotationsSchema,
  claimsSchema,
  clusterSchema,
  DEFAULT_FAKE,
  dnsEndpointSchema,
  EVENTS,
  FAKE_CLUSTER,
  fakeSchema,
  filterSchema,
  findUnconcerned,
  hostnameTargetsSchema,
  ingressSchema,
  type KeyPath,
  type LeaderElection,
  leaderElectionSchema,
  LISTEN_ADDRESS_FORM,
  type ListenAddress,
  listOf,
  LOG_FORMATS,
  LOG_LEVELS,
  nameLeaf,
  nodeportSchema,
  nodeSchema,
  oneOf,
  type Paths,
  podSchema,
  printListenAddress,
  readablePath,
  recordSchema,
  type Refuse,
  type ReportConfig,
  resourcesSchema,
  scanListenAddress,
  type SchemaOf,
  secretsOf16Octets,
  serviceSchema,
  SOURCE_NAMES,
  strictMap,
  templateSchema,
  textLeaf,
  trueOrFalse,
  wholeNumber,
  withoutUndefined,
} from '@kubezone/app';
import { isAtOrBelow, type OwnerName } from '@kubezone/core';
import { isReverseZone } from '@kubezone/dns-server';
import * as z from 'zod/mini';

import { decideClusters, decideSources } from './decide-sources.ts';
import { DEFAULT_ANNOTATIONS, DEFAULT_PORT, DEFAULT_TCP, DEFAULT_UDP_PAYLOAD_SIZE, DEFAULT_UDP_WORKERS } from './defaults.ts';
import { fallthroughSchema, type FallthroughSettings } from './fallthrough-schema.ts';
import type { ResolverConfig } from './resolver-config.ts';
import { rateLimitSchema } from './rate-limit-schema.ts';
import { type ZoneSettings, zoneSchema } from './zone-schema.ts';

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
 * @param given what the configuration has at a path of keys, unchecked; undefined where it has nothing
 */
export function configSchema(paths: Paths, given: (path: KeyPath) => unknown): SchemaOf<ResolverConfig> {
  return z.pipe(
    strictMap({
      clusters: z.optional(listOf(clusterSchema(paths), 'a list of clusters')),
      manifests: z.optional(readablePath(paths, 'folder')),
      sources: z.optional(listOf(oneOf(SOURCE_NAMES), `a list of sources: ${SOURCE_NAMES.join(', ')}`)),
      acrossClusters: z._default(oneOf(['merge', 'first'] as const), 'merge'),
      annotations: z.prefault(annotationsSchema(DEFAULT_ANNOTATIONS), {}),
      filters: z.optional(filterSchema),
      template: z.optional(templateSchema),
      gatewayAcceptance: z._default(oneOf(['enforce', 'ignore'] as const), 'enforce'),
      record: z.optional(recordSchema),
      service: z.optional(serviceSchema),
      ingress: z.optional(ingressSchema),
      dnsendpoint: z.optional(dnsEndpointSchema),
      node: z.optional(nodeSchema),
      nodeport: z.optional(nodeportSchema),
      pod: z.optional(podSchema),
      resources: z.optional(resourcesSchema),
      fake: z.optional(fakeSchema),
      claims: z._default(claimsSchema, []),
      claimsDefault: z._default(oneOf(['open', 'deny'] as const), 'open'),
      crossNamespaceMerge: z._default(trueOrFalse(), true),
      hostnameTargets: z.prefault(hostnameTargetsSchema, 'flatten'),
      relativeTo: z.optional(listOf(nameLeaf, 'a list of zones')),
      zones: z._default(listOf(zoneSchema(paths), 'a list of zones'), []),
      fallthrough: z.optional(fallthroughSchema),
      leaderElection: z.prefault(leaderElectionSchema, {}),
      events: z._default(oneOf(EVENTS), 'warnings'),
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
      records: z.optional(z.unknown()),
      policy: z.optional(z.unknown()),
      safety: z.optional(z.unknown()),
      interval: z.optional(z.unknown()),
    }),
    z.transform((file, context): ResolverConfig => {
      const refuse: Refuse = (code, path, message, input) =>
        context.issues.push({ code: 'custom', message, input, path: [...path], params: { code } });
      const sources = decideSources(file, refuse);
      const clusters = decideClusters({ ...file, sources }, refuse);
      const zones = checkZones(file.zones, refuse);
      const relativeTo = checkRelativeTo(file.relativeTo, zones, refuse);
      for (const { path, found, expected } of findUnconcerned(sources, given)) refuse('EXCLUDED', path, expected, found);
      for (const [path, name] of [
        [['fake', 'domain'], file.fake?.domain],
        [['fake', 'host'], file.fake?.host],
        [['pod', 'domain'], file.pod?.domain],
      ] as const) {
        if (name !== undefined && zones.length > 0 && !zones.some(({ apex }) => isAtOrBelow(name as OwnerName, apex)))
          refuse('BAD_VALUE', path, `expected a name in one of the zones: ${zones.map(({ apex }) => apex).join(', ')}`, name);
      }
      if (sources.includes('resource') && (file.resources ?? []).length === 0)
        refuse('MISSING', ['resources'], 'expected at least one entry, for the source resource');
      const { annotations, filters, template, gatewayAcceptance, record, service, ingress, dnsendpoint } = file;
      const { node, nodeport, pod, resources, claims, claimsDefault, crossNamespaceMerge } = file;
      return {
        clusters,
        sources,
        sourceRules: withoutUndefined({
          annotations,
          filters,
          template,
          gatewayAcceptance,
          record,
          service,
          ingress,
          dnsendpoint,
          node,
          nodeport,
          pod,
          resources,
        }),
        fake: sources.includes('fake') ? (file.fake ?? DEFAULT_FAKE) : undefined,
        catalog: {
          claims,
          claimsDefault,
          crossNamespaceMerge,
          ...(file.acrossClusters === 'merge'
            ? {}
            : { clusterOrder: [...clusters.map(({ name }) => name), ...(sources.includes('fake') ? [FAKE_CLUSTER] : [])] }),
        },
        hostnameTargets: file.hostnameTargets,
        fallthrough: checkFallthrough(file.fallthrough, zones, refuse),
        reports: checkReports(file.leaderElection, { events: file.events, given: given(['events']) }, refuse),
        relativeTo,
        zones,
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

function checkZones(zones: readonly ZoneSettings[], refuse: Refuse): readonly ZoneSettings[] {
  if (zones.length === 0) refuse('MISSING', ['zones'], 'expected at least one zone: --zone, --zone-file, or zones in --config');
  const apexes = new Set<string>();
  for (const [index, { apex }] of zones.entries()) {
    if (apexes.has(apex)) refuse('DUPLICATE', ['zones', index, 'name'], `expected each zone once; ${apex} is given before`, apex);
    apexes.add(apex);
  }
  return zones;
}

/** Relative names stand in every zone unless some are chosen. A zone of addresses is no place for the names of Services, unless there is no other. */
function checkRelativeTo(
  chosen: readonly OwnerName[] | undefined,
  zones: readonly ZoneSettings[],
  refuse: Refuse,
): readonly OwnerName[] {
  if (chosen?.length === 0)
    refuse('MISSING', ['relativeTo'], 'expected at least one zone; without the key it is all but reverse zones', chosen);
  const apexes = zones.map(({ apex }) => apex);
  for (const [index, apex] of (chosen ?? []).entries()) {
    if (!apexes.includes(apex))
      refuse('BAD_VALUE', ['relativeTo', index], `expected one of the zones: ${apexes.join(', ')}`, apex);
  }
  const forward = apexes.filter((apex) => !isReverseZone(apex));
  return chosen ?? (forward.length > 0 ? forward : apexes);
}

/** Only one of several replicas writes to the API: without an election nobody does. */
function checkReports(
  election: LeaderElection,
  { events, given }: { readonly events: ReportConfig['events']; readonly given: unknown },
  refuse: Refuse,
): ReportConfig | undefined {
  const { enabled, ...lease } = election;
  if (enabled) return { events, lease };
  if (given !== undefined) refuse('EXCLUDED', ['events'], 'expected leaderElection.enabled: who leads writes Events', given);
  const [stray] = Object.keys(lease);
  if (stray !== undefined) refuse('MISSING', ['leaderElection', 'enabled'], `expected true, with ${stray}`);
  return undefined;
}

/** Zones that fall through are zones that are served. */
function checkFallthrough(
  settings: FallthroughSettings | undefined,
  zones: readonly ZoneSettings[],
  refuse: Refuse,
): ResolverConfig['fallthrough'] {
  if (settings === undefined) return undefined;
  if (settings.zones === 'all') return { ...settings, zones: 'all' };
  const apexes = zones.map(({ apex }) => apex);
  for (const [index, apex] of settings.zones.entries()) {
    if (!apexes.includes(apex))
      refuse('BAD_VALUE', ['fallthrough', 'zones', index], `expected one of the zones: ${apexes.join(', ')}`, apex);
  }
  return { ...settings, zones: new Set(settings.zones) };
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
