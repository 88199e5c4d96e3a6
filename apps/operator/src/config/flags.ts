import { type CommandLineForm, type Flag, SHARED_FLAGS, type SharedFlagName } from '@kubezone/app';
import { CLUSTER_SOURCES } from '@kubezone/controller';

import { DEFAULT_SECRET, DEFAULT_TTL } from './defaults.ts';
import { POLICIES } from './entry-schema.ts';
import { PROVIDERS } from './provider-settings.ts';

/** Mate's flags, as they were. */
export type MateFlagName =
  | 'producer'
  | 'consumer'
  | 'debug'
  | 'sync-only'
  | 'kubernetes-server'
  | 'kubernetes-format'
  | 'kubernetes-track-node-ports'
  | 'kubernetes-filter'
  | 'aws-record-group-id'
  | 'google-project'
  | 'google-record-group-id'
  | 'fake-dnsname'
  | 'fake-mode'
  | 'fake-target-domain'
  | 'fake-fixed-dnsname'
  | 'fake-fixed-ip'
  | 'fake-fixed-hostname';

/** The flags' names. */
export type FlagName =
  | SharedFlagName
  | MateFlagName
  | 'config'
  | 'secret'
  | 'secret-key'
  | 'secret-namespace'
  | 'source'
  | 'provider'
  | 'provider-option'
  | 'zone'
  | 'owner-id'
  | 'adopt'
  | 'prune-adopted'
  | 'policy'
  | 'ttl'
  | 'interval'
  | 'once'
  | 'dry-run'
  | 'plan-output'
  | 'confirm'
  | 'leader-elect'
  | 'lease-namespace'
  | 'lease-name'
  | 'listen';

/** What producers of Mate there were. */
export const PRODUCERS = ['kubernetes', 'fake', 'null'] as const;
/** What consumers of Mate there were, and by which provider each is. */
export const CONSUMERS = { aws: 'route53', google: 'google', stdout: 'stdout' } as const;

const MATE_FLAGS: readonly Flag<MateFlagName>[] = [
  {
    name: 'producer',
    value: 'NAME',
    description: `Mate's: take names from kubernetes (the sources service and ingress), fake, or null (nothing)`,
  },
  {
    name: 'consumer',
    value: 'NAME',
    description: `Mate's: publish to ${Object.entries(CONSUMERS)
      .map(([name, kind]) => (name === kind ? name : `${name} (the provider ${kind})`))
      .join(', ')}`,
  },
  { name: 'debug', description: "Mate's: --log-level debug", fallback: 'off' },
  {
    name: 'sync-only',
    description: "Mate's: publish changes at each interval only, instead of as they happen",
    fallback: 'off',
  },
  { name: 'kubernetes-server', value: 'URL', description: "Mate's: the API server, such as that of kubectl proxy" },
  { name: 'kubernetes-format', value: 'TEMPLATE', description: "Mate's: --template; needed with --producer kubernetes" },
  {
    name: 'kubernetes-track-node-ports',
    description: "Mate's: publish Services of type NodePort too, by the addresses of nodes (the source nodeport)",
    fallback: 'off',
  },
  {
    name: 'kubernetes-filter',
    value: 'KEY=VALUE',
    description: "Mate's: look at objects with this annotation only",
    repeatable: true,
  },
  {
    name: 'aws-record-group-id',
    value: 'ID',
    description: "Mate's: --owner-id, with what Mate has marked with it taken over; needed with --consumer aws",
  },
  { name: 'google-project', value: 'ID', description: "Mate's: the project that holds the zones; needed with --consumer google" },
  {
    name: 'google-record-group-id',
    value: 'ID',
    description: "Mate's: --owner-id, with what Mate has marked with it taken over; needed with --consumer google",
  },
  { name: 'fake-dnsname', value: 'NAME', description: "Mate's: fake names lie below this one", fallback: 'example.org.' },
  { name: 'fake-mode', value: 'MODE', description: "Mate's: what fake names hold: ip, hostname, fixed", fallback: 'ip' },
  { name: 'fake-target-domain', value: 'NAME', description: "Mate's: targets of fake host names lie below this one" },
  { name: 'fake-fixed-dnsname', value: 'NAME', description: "Mate's: the one fake name of mode fixed" },
  { name: 'fake-fixed-ip', value: 'ADDRESS', description: "Mate's: its address" },
  { name: 'fake-fixed-hostname', value: 'NAME', description: "Mate's: or its target" },
];

/** Every flag that takes a value, in the order of help. `--version` and `--help` take none. */
export const FLAGS: readonly Flag<FlagName>[] = [
  { name: 'config', value: 'FILE', description: 'read this YAML file; flags win over it' },
  {
    name: 'secret',
    value: 'NAME',
    description:
      'read the configuration from this Secret instead, and follow its changes; SECRET in the environment says the same',
  },
  { name: 'secret-key', value: 'KEY', description: "the key of the Secret's data; or SECRET_KEY", fallback: DEFAULT_SECRET.key },
  {
    name: 'secret-namespace',
    value: 'NAME',
    description: "the Secret's namespace; or SECRET_NAMESPACE",
    fallback: DEFAULT_SECRET.namespace,
  },
  {
    name: 'source',
    value: 'NAME',
    description: `where names come from, in order of priority: ${CLUSTER_SOURCES.join(', ')}`,
    repeatable: true,
  },
  { name: 'provider', value: 'NAME', description: `where names are published: ${PROVIDERS.join(', ')}` },
  {
    name: 'provider-option',
    value: 'KEY=VALUE',
    description:
      'an option of the provider, such as apiToken=env:CF_API_TOKEN or tsig.name=key; commas part the entries of lists',
    repeatable: true,
  },
  {
    name: 'zone',
    value: 'SELECTOR',
    description: 'publish names at and below this one only, or with a dot before it below it only',
    fallback: 'all names',
    repeatable: true,
  },
  { name: 'owner-id', value: 'ID', description: 'who writes: marks every name, and nothing with another mark is touched' },
  {
    name: 'adopt',
    value: 'WHOSE',
    description: 'take over the names of external-dns/OWNER, mate/GROUP, ares, or kubezone/OWNER, where a source asks for them',
    repeatable: true,
  },
  { name: 'prune-adopted', description: 'delete names that could be taken over and that nobody asks for', fallback: 'they stay' },
  { name: 'policy', value: 'POLICY', description: `what may be written: ${POLICIES.join(', ')}`, fallback: 'sync' },
  { name: 'ttl', value: 'SECONDS', description: 'TTL of what says nothing about it', fallback: String(DEFAULT_TTL) },
  { name: 'interval', value: 'DURATION', description: 'from one full comparison with each zone to the next', fallback: '1m' },
  {
    name: 'once',
    description:
      'end when nothing is left to do: with 0, 3 where a safety limit holds something back, 4 where something failed or another process leads',
    fallback: 'go on',
  },
  { name: 'dry-run', description: 'write nothing, and print what would be written', fallback: 'off' },
  {
    name: 'plan-output',
    value: 'FORMAT',
    description: 'print changes to standard output, and the log to standard error: text or json',
    fallback: 'text with --dry-run, otherwise nothing',
  },
  {
    name: 'confirm',
    value: 'SHA',
    description: 'with --once: let exactly the held deletes or updates go that have this SHA-256',
  },
  SHARED_FLAGS.kubeconfig,
  SHARED_FLAGS.context,
  SHARED_FLAGS.manifests,
  {
    name: 'leader-elect',
    description: 'have one of several replicas write, under a Lease',
    fallback: 'true with an API server, but for dry runs',
  },
  { name: 'lease-namespace', value: 'NAME', description: 'where the Lease is', fallback: "this pod's namespace, or default" },
  { name: 'lease-name', value: 'NAME', description: "the Lease's name", fallback: 'kubezone-operator' },
  SHARED_FLAGS.events,
  SHARED_FLAGS.template,
  SHARED_FLAGS.filter,
  SHARED_FLAGS['ingress-class'],
  SHARED_FLAGS['gateway-class'],
  SHARED_FLAGS['service-selector'],
  SHARED_FLAGS['gateway-acceptance'],
  SHARED_FLAGS['areas-annotation'],
  SHARED_FLAGS['ips-annotation'],
  SHARED_FLAGS['service-annotation'],
  { ...SHARED_FLAGS.metrics, fallback: 'off; of webhook-server :8080' },
  {
    name: 'listen',
    value: 'ADDRESS:PORT',
    description: 'with webhook-server: where external-dns finds it; whoever reaches it may change the zones',
    fallback: '127.0.0.1:8888',
  },
  SHARED_FLAGS['log-level'],
  SHARED_FLAGS['log-format'],
  ...MATE_FLAGS,
];

/** What the command line can say. */
export const COMMAND_LINE: CommandLineForm = {
  name: 'kubezone-operator',
  description: 'Publishes the names of a Kubernetes cluster, or a folder of manifests, to DNS providers.',
  usage: [
    '--source NAME --provider NAME --owner-id ID [flags]',
    '--config FILE [flags]',
    '--secret NAME [flags]',
    'confirm SHA [--zone NAME] [flags]',
    'webhook-server --provider NAME [--zone SELECTOR] [flags]',
  ],
  flags: FLAGS,
  takesSecrets: true,
  retired: {
    'google-zone': 'zones are found by themselves; narrow them down by --zone',
    'domain-filter': 'use --zone',
    'txt-owner-id': 'use --owner-id',
    'txt-prefix': 'markers stand at _owner.NAME; names of external-dns are taken over by owner.adopt in --config',
    registry: 'there is one; leave it out',
    'annotation-filter': 'use --filter',
    'fqdn-template': 'use --template',
    'exclude-domains': 'use providers[].excludeNames in --config',
    'zone-id-filter': 'use --provider-option zoneIds=…',
    'aws-zone-type': 'use --provider-option zoneType=public, or private',
    'cloudflare-proxied': 'use --provider-option proxied=true',
    'txt-suffix': 'markers stand at _owner.NAME; names of external-dns are taken over by owner.adopt in --config',
    'label-filter': 'use filters.label in --config',
    'managed-record-types': 'use providers[].recordTypes in --config',
    'default-targets': 'use providers[].targets.default in --config',
    'min-ttl': 'use providers[].minTtl in --config',
    'service-type-filter': 'use filters.serviceTypes in --config',
    'gateway-name': 'use filters.gateways in --config',
    namespace: 'use clusters[].namespaces in --config',
    server: 'use --kubernetes-server',
    'metrics-address': 'use --metrics',
    'webhook-provider-url': 'use --provider webhook --provider-option url=…',
    'webhook-server': 'write webhook-server, without dashes, first',
  },
};
