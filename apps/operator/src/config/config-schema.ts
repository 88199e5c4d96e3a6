import {
  annotationsSchema,
  claimsSchema,
  clusterSchema,
  type ClusterConfig,
  decideClusters,
  DEFAULT_FAKE,
  discreetWhole,
  dnsEndpointSchema,
  durationLeaf,
  EVENTS,
  FAKE_CLUSTER,
  fakeSchema,
  filterSchema,
  findUnconcerned,
  ingressSchema,
  type KeyPath,
  leaderElectionSchema,
  LISTEN_ADDRESS_FORM,
  type ListenAddress,
  listOf,
  LOG_FORMATS,
  LOG_LEVELS,
  nameLeaf,
  nodeportSchema,
  nodeSchema,
  nonEmpty,
  oneOf,
  optionalMap,
  type Paths,
  podSchema,
  readablePath,
  recordSchema,
  type Refuse,
  resourcesSchema,
  scanListenAddress,
  type SchemaOf,
  serverLeaf,
  serviceSchema,
  strictMap,
  templateSchema,
  textLeaf,
  trueOrFalse,
  wholeNumber,
  withoutUndefined,
} from '@kubezone/app';
import type { ClusterSource } from '@kubezone/controller';
import { MAX_TTL } from '@kubezone/core';
import * as z from 'zod/mini';

import { RESOLVER_KEYS } from './config-keys.ts';
import { decideEntries } from './decide-entries.ts';
import { DEFAULT_ANNOTATIONS, DEFAULT_INTERVAL_MS, DEFAULT_TTL } from './defaults.ts';
import { entrySchema, POLICIES, sourcesSchema } from './entry-schema.ts';
import type { OperatorConfig, ProviderEntry } from './operator-config.ts';
import { keysOf, ownerSchema } from './owner-schema.ts';
import { safetySchema } from './safety-schema.ts';

const listenAddress: SchemaOf<readonly ListenAddress[]> = textLeaf(LISTEN_ADDRESS_FORM, scanListenAddress);
const sha256 = textLeaf('a SHA-256 of 64 hexadecimal digits, as the held plan shows it', (text) =>
  /^[0-9a-f]{64}$/i.test(text) ? text.toLowerCase() : undefined,
);

/** What runs that never write to a Lease need no leader for. */
const run = optionalMap({
  once: trueOrFalse(),
  confirm: sha256,
  planOutput: oneOf(['text', 'json'] as const),
  pruneAdopted: trueOrFalse(),
  syncOnly: trueOrFalse(),
  // Mate's producer `null`.
  noSources: trueOrFalse(),
});

/**
 * The schema of everything that can be configured. Flags are brought into this shape too, so that one set of rules, defaults and messages serves both.
 *
 * @param paths finds out what stands at a path
 * @param given what the configuration has at a path of keys, unchecked; undefined where it has nothing
 */
export function configSchema(paths: Paths, given: (path: KeyPath) => unknown): SchemaOf<OperatorConfig> {
  return z.pipe(
    strictMap({
      clusters: z.optional(listOf(clusterSchema(paths), 'a list of clusters')),
      manifests: z.optional(readablePath(paths, 'folder')),
      sources: z.prefault(sourcesKey(given), null),
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
      relativeTo: z._default(listOf(nameLeaf, 'a list of zones'), []),
      ttl: z._default(wholeNumber(0, MAX_TTL, 'a whole number of seconds'), DEFAULT_TTL),
      providers: discreetWhole(
        listOf(entrySchema(paths), 'a list of {selector, provider, providerOptions, …}'),
        'at least one entry {selector, provider, providerOptions, …}, which says what is published where',
      ),
      owner: discreetWhole(
        ownerSchema(paths),
        'an id under `id`: names are marked with it, and those with another mark are left alone',
      ),
      policy: z._default(oneOf(POLICIES), 'sync'),
      dryRun: z._default(trueOrFalse(), false),
      safety: z.prefault(safetySchema, {}),
      interval: z._default(durationLeaf({ minimum: 1000 }), DEFAULT_INTERVAL_MS),
      nameServers: z.optional(
        nonEmpty(
          listOf(serverLeaf, 'a list of addresses of name servers'),
          'at least one; without the key it is those that the system asks',
        ),
      ),
      records: z.prefault(strictMap({ waitForDelete: z._default(trueOrFalse(), false) }), {}),
      leaderElection: z.optional(leaderElectionSchema),
      events: z._default(oneOf(EVENTS), 'warnings'),
      metrics: z.optional(listenAddress),
      log: z.prefault(
        strictMap({ level: z._default(oneOf(LOG_LEVELS), 'info'), format: z._default(oneOf(LOG_FORMATS), 'json') }),
        {},
      ),
      // Of flags alone.
      run: z.prefault(run, {}),
      // The resolver's: one file may serve both apps.
      ...Object.fromEntries(RESOLVER_KEYS.map((key) => [key, z.optional(z.unknown())])),
    }),
    z.transform((file, context): OperatorConfig => {
      const refuse: Refuse = (code, path, message, input) =>
        context.issues.push({ code: 'custom', message, input, path: [...path], params: { code } });
      const { once = false, confirm, planOutput, pruneAdopted = false, syncOnly = false } = file.run;
      const sources = checkSources(file.sources, refuse);
      const providers = decideEntries(
        file.providers,
        { sources, filters: file.filters, policy: file.policy, dryRun: file.dryRun },
        refuse,
      );
      const all = [...new Set([...sources, ...providers.flatMap((entry) => entry.sources)])];
      const clusters = decideClusters({ clusters: file.clusters, manifests: file.manifests, sources: all }, refuse);
      for (const { path, found, expected } of findUnconcerned(all, given)) {
        // Entries may read what the whole configuration does not.
        refuse('EXCLUDED', path, expected, found);
      }
      if (all.includes('resource') && (file.resources ?? []).length === 0)
        refuse('MISSING', ['resources'], 'expected at least one entry, for the source resource');
      if (
        all.includes('fake') &&
        file.relativeTo.length === 0 &&
        file.fake?.domain === undefined &&
        file.fake?.host === undefined
      )
        refuse('MISSING', ['fake', 'domain'], 'expected the name below which fake names lie, for the source fake');
      if (confirm !== undefined && !once)
        refuse(
          'EXCLUDED',
          ['run', 'confirm'],
          'expected --once beside it; a process that runs is told by "kubezone-operator confirm"',
          confirm,
        );
      const { annotations, template, gatewayAcceptance, record, service, ingress, dnsendpoint } = file;
      const { node, nodeport, pod, resources, claims, claimsDefault, crossNamespaceMerge } = file;
      return {
        clusters,
        fake: all.includes('fake') ? (file.fake ?? DEFAULT_FAKE) : undefined,
        sourceRules: withoutUndefined({
          annotations,
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
        catalog: {
          claims,
          claimsDefault,
          crossNamespaceMerge,
          ...(file.acrossClusters === 'merge'
            ? {}
            : { clusterOrder: [...clusters.map(({ name }) => name), ...(all.includes('fake') ? [FAKE_CLUSTER] : [])] }),
        },
        relativeTo: file.relativeTo,
        ttl: file.ttl,
        providers,
        owner: { id: file.owner.id, keys: keysOf(file.owner.secrets), adopt: file.owner.adopt, pruneAdopted },
        safety: file.safety,
        intervalMs: file.interval,
        syncOnly,
        nameServers: file.nameServers,
        run: { once, planOutput, confirm },
        records: checkRecords(file.records, { all, clusters, given }, refuse),
        leaderElection: checkElection(file.leaderElection, { clusters, providers, given }, refuse),
        events: file.events,
        metrics: file.metrics ?? [],
        log: file.log,
      };
    }),
  );
}

/** Every entry says for itself which sources it has. */
const NOT_SAID: readonly ClusterSource[] = [];

/** What is published is said explicitly: for the whole configuration, or for each entry. */
function sourcesKey(given: (path: KeyPath) => unknown): SchemaOf<readonly ClusterSource[]> {
  return z.pipe(
    z.unknown(),
    z.transform((value, context): readonly ClusterSource[] => {
      if (value === null) {
        const entries = given(['providers']);
        const isSaid = (entry: unknown): boolean => typeof entry === 'object' && entry !== null && 'sources' in entry;
        if (given(['run', 'noSources']) === true || (Array.isArray(entries) && entries.length > 0 && entries.every(isSaid)))
          return NOT_SAID;
        const message = 'expected at least one source, such as ingress or service: nothing is published by default';
        context.issues.push({ code: 'custom', message, input: value, params: { code: 'MISSING' } });
        return z.NEVER;
      }
      const { data, error } = sourcesSchema.safeParse(value);
      for (const { message, path } of error?.issues ?? [])
        context.issues.push({ code: 'custom', message, input: value, path: [...path] });
      return data ?? z.NEVER;
    }),
  );
}

function checkSources(sources: readonly ClusterSource[], refuse: Refuse): readonly ClusterSource[] {
  if (sources.length === 0 && sources !== NOT_SAID) refuse('MISSING', ['sources'], 'expected at least one source', sources);
  for (const [index, name] of sources.entries())
    if (sources.indexOf(name) !== index) refuse('DUPLICATE', ['sources', index], 'expected each source once', name);
  return sources;
}

interface ElectionInputs {
  readonly clusters: readonly ClusterConfig[];
  readonly providers: readonly ProviderEntry[];
  readonly given: (path: KeyPath) => unknown;
}

/** Whoever has Records wait must be the one who lets them go. */
function checkRecords(
  records: OperatorConfig['records'],
  { all, clusters, given }: { readonly all: readonly ClusterSource[] } & Omit<ElectionInputs, 'providers'>,
  refuse: Refuse,
): OperatorConfig['records'] {
  if (!records.waitForDelete) return records;
  const no = (message: string): void => refuse('EXCLUDED', ['records', 'waitForDelete'], message, true);
  if (!all.includes('record')) no('expected the source record beside it, whose objects are to wait');
  if (!clusters.some(({ kind }) => kind === 'kubernetes')) no('expected a cluster with an API: files wait for nobody');
  else if (given(['leaderElection', 'enabled']) === false)
    no('expected leader election beside it: it is written to Records, and only the holder of the Lease writes');
  return records;
}

/** One writer at a time, wherever there is a place to agree on it; a process that writes nothing needs not agree. */
function checkElection(
  election: OperatorConfig['leaderElection'] | undefined,
  { clusters, providers, given }: ElectionInputs,
  refuse: Refuse,
): OperatorConfig['leaderElection'] {
  const hasApi = clusters.some(({ kind }) => kind === 'kubernetes');
  const enabled = given(['leaderElection', 'enabled']);
  const writes = providers.some(({ dryRun }) => !dryRun);
  if (enabled === true && !hasApi)
    refuse('EXCLUDED', ['leaderElection', 'enabled'], 'expected a cluster with an API, where the Lease is', enabled);
  return { ...election, enabled: enabled === undefined ? hasApi && writes : (election?.enabled ?? false) };
}
