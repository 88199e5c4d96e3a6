import { SOURCE_NAMES } from './source-names.ts';
import { DEFAULT_ANNOTATIONS, DEFAULT_PORT, DEFAULT_SOURCES, DEFAULT_UDP_WORKERS, DEFAULT_ZONE } from './defaults.ts';
import { EVENTS } from './report-schema.ts';
import { RATE_LIMIT_MODES } from './rate-limit-schema.ts';
import { LOG_FORMATS, LOG_LEVELS } from '../logging.ts';

/** One flag of the command line: the only place that knows its name; help, parsing and the README's table follow from it. */
export interface Flag {
  /** Without the dashes. */
  readonly name: FlagName;
  /** What stands for its value in help. Without it, the flag is a switch: by itself it says true, and `=false` may follow. */
  readonly value?: string;
  /** What it does, in one line. */
  readonly description: string;
  /** What holds without it, as help shows it. */
  readonly fallback?: string;
  /** May be given several times, each time adding a value. Of other flags the last one counts. */
  readonly repeatable?: true;
}

/** The flags' names. */
export type FlagName =
  | 'config'
  | 'zone'
  | 'soa-ns'
  | 'soa-email'
  | 'soa-refresh'
  | 'soa-retry'
  | 'soa-expire'
  | 'soa-ttl'
  | 'soa-neg-ttl'
  | 'ttl'
  | 'zone-file'
  | 'bind'
  | 'port'
  | 'listen'
  | 'udp-workers'
  | 'kubeconfig'
  | 'context'
  | 'manifests'
  | 'source'
  | 'areas-annotation'
  | 'ips-annotation'
  | 'service-annotation'
  | 'ingress-class'
  | 'gateway-class'
  | 'service-selector'
  | 'gateway-acceptance'
  | 'filter'
  | 'template'
  | 'leader-elect'
  | 'events'
  | 'nsid'
  | 'rate-limit'
  | 'query-limit'
  | 'rate-limit-exempt'
  | 'rate-limit-mode'
  | 'metrics'
  | 'shutdown-delay'
  | 'log-level'
  | 'log-format';

/** Every flag that takes a value, in the order of help. `--version` and `--help` take none. */
export const FLAGS: readonly Flag[] = [
  {
    name: 'config',
    value: 'FILE',
    description: 'read this YAML file; flags win over it, and --zone and --zone-file add to its zones',
  },
  { name: 'zone', value: 'NAME', description: 'serve this zone, with --soa-ns and --soa-email', repeatable: true },
  {
    name: 'soa-ns',
    value: 'SERVERS',
    description:
      'name servers as NAME[:ADDRESS,ADDRESS][;NAME...], the first the primary; once for all zones, or once for each --zone in order',
    repeatable: true,
  },
  {
    name: 'soa-email',
    value: 'ADDRESS',
    description: 'mail address of whoever runs the zone; once for all zones, or once for each --zone in order',
    repeatable: true,
  },
  { name: 'soa-refresh', value: 'SECONDS', description: "the SOA's REFRESH", fallback: String(DEFAULT_ZONE.refresh) },
  { name: 'soa-retry', value: 'SECONDS', description: "the SOA's RETRY", fallback: String(DEFAULT_ZONE.retry) },
  { name: 'soa-expire', value: 'SECONDS', description: "the SOA's EXPIRE", fallback: String(DEFAULT_ZONE.expire) },
  { name: 'soa-ttl', value: 'SECONDS', description: "the SOA's own TTL", fallback: String(DEFAULT_ZONE.soaTtl) },
  {
    name: 'soa-neg-ttl',
    value: 'SECONDS',
    description: "the SOA's MINIMUM: how long a negative answer is cached",
    fallback: String(DEFAULT_ZONE.negativeTtl),
  },
  { name: 'ttl', value: 'SECONDS', description: 'TTL of all other records', fallback: String(DEFAULT_ZONE.ttl) },
  {
    name: 'zone-file',
    value: 'ZONE=PATH',
    description: 'serve this zone file, with its SOA and NS; reloaded when it is edited',
    repeatable: true,
  },
  { name: 'bind', value: 'ADDRESS', description: 'answer on this address', fallback: 'all addresses' },
  { name: 'port', value: 'PORT', description: 'answer on this port, over UDP and TCP', fallback: String(DEFAULT_PORT) },
  {
    name: 'listen',
    value: 'ADDRESS:PORT',
    description: 'answer here, over UDP and TCP; instead of --bind and --port',
    repeatable: true,
  },
  {
    name: 'udp-workers',
    value: 'N',
    description: 'answer UDP in so many threads: each takes a processor under load, and 15 MB',
    fallback: String(DEFAULT_UDP_WORKERS),
  },
  {
    name: 'kubeconfig',
    value: 'FILE',
    description: 'how to reach the cluster',
    fallback: 'in-cluster, then KUBECONFIG, then ~/.kube/config',
  },
  { name: 'context', value: 'NAME', description: 'context of the kubeconfig', fallback: 'its current-context' },
  {
    name: 'manifests',
    value: 'DIR',
    description: 'read objects from the YAML and JSON files of this folder instead of a cluster',
  },
  {
    name: 'source',
    value: 'NAME',
    description: `where names come from, in order of priority: ${SOURCE_NAMES.join(', ')}`,
    fallback: DEFAULT_SOURCES.join(', '),
    repeatable: true,
  },
  {
    name: 'areas-annotation',
    value: 'KEY',
    description: 'node annotation that lists its areas',
    fallback: DEFAULT_ANNOTATIONS.areas,
  },
  {
    name: 'ips-annotation',
    value: 'KEY',
    description: 'node annotation that lists its addresses',
    fallback: DEFAULT_ANNOTATIONS.ips,
  },
  {
    name: 'service-annotation',
    value: 'KEY',
    description: 'Service annotation that, being "true", gives it a name',
    fallback: DEFAULT_ANNOTATIONS.service,
  },
  {
    name: 'ingress-class',
    value: 'CLASS',
    description: 'look at Ingresses of these classes only',
    fallback: 'all',
    repeatable: true,
  },
  {
    name: 'gateway-class',
    value: 'CLASS',
    description: 'look at routes by way of Gateways of these classes only',
    fallback: 'all',
    repeatable: true,
  },
  {
    name: 'service-selector',
    value: 'SELECTOR',
    description: 'look at Services that meet one of these label selectors only',
    fallback: 'all',
    repeatable: true,
  },
  {
    name: 'gateway-acceptance',
    value: 'MODE',
    description: "what it takes for a route to be a Gateway's: enforce, that this has accepted it; ignore, that it names it",
    fallback: 'enforce',
  },
  {
    name: 'filter',
    value: 'SELECTOR',
    description: 'look at objects whose annotations meet this selector only',
    fallback: 'all',
  },
  {
    name: 'template',
    value: 'TEMPLATE',
    description: 'give objects that name no host these names, such as {{.Namespace}}-{{.Name}}.example.com',
  },
  {
    name: 'leader-elect',
    description: 'have one of several replicas tell objects what becomes of them: conditions on Records, Events on all',
    fallback: 'nobody does',
  },
  { name: 'events', value: 'WHICH', description: `which Events to write: ${EVENTS.join(', ')}`, fallback: 'warnings' },
  { name: 'nsid', value: 'TEXT', description: 'answer the NSID option (RFC 5001) with this text', fallback: 'not answered' },
  {
    name: 'rate-limit',
    value: 'RATE',
    description: 'send one client so many UDP responses a second of one name, and have it come by TCP or with a cookie for more',
    fallback: '0, no limit',
  },
  {
    name: 'query-limit',
    value: 'RATE',
    description: 'answer so many UDP queries of one client a second at all, but those with a valid cookie',
    fallback: '0, no limit',
  },
  {
    name: 'rate-limit-exempt',
    value: 'PREFIX',
    description: 'do not limit these clients: addresses, prefixes, or private for all that are not routed on the Internet',
    fallback: 'private',
    repeatable: true,
  },
  {
    name: 'rate-limit-mode',
    value: 'MODE',
    description: `what to do about who is beyond a limit: ${RATE_LIMIT_MODES.join(', or only ')}`,
    fallback: 'limit',
  },
  {
    name: 'metrics',
    value: 'ADDRESS:PORT',
    description: 'serve /metrics, /healthz and /readyz here over HTTP',
    fallback: 'off',
  },
  {
    name: 'shutdown-delay',
    value: 'SECONDS',
    description: 'on SIGTERM go on answering for so long, while /readyz already says no',
    fallback: '0',
  },
  { name: 'log-level', value: 'LEVEL', description: `how much to log: ${LOG_LEVELS.join(', ')}`, fallback: 'info' },
  { name: 'log-format', value: 'FORMAT', description: `how to log: ${LOG_FORMATS.join(' or ')}`, fallback: 'json' },
];

/** Flags of the systems before this one, and of other tools, that people will try: what to use instead. */
export const RETIRED_FLAGS: Readonly<Record<string, string>> = {
  'zap-log-level': 'use --log-level',
  'zap-encoder': 'use --log-format',
  'zap-devel': 'use --log-format text --log-level debug',
  'zap-time-encoding': 'timestamps are always RFC 3339; leave it out',
  'zap-stacktrace-level': 'leave it out',
};
