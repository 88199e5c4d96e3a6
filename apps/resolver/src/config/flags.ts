import { type CommandLineForm, type Flag, SHARED_FLAGS, SOURCE_NAMES } from '@kubezone/app';

import { DEFAULT_PORT, DEFAULT_SOURCES, DEFAULT_UDP_WORKERS, DEFAULT_ZONE } from './defaults.ts';
import { RATE_LIMIT_MODES } from './rate-limit-schema.ts';

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
export const FLAGS: readonly Flag<FlagName>[] = [
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
  SHARED_FLAGS.kubeconfig,
  SHARED_FLAGS.context,
  SHARED_FLAGS.manifests,
  {
    name: 'source',
    value: 'NAME',
    description: `where names come from, in order of priority: ${SOURCE_NAMES.join(', ')}`,
    fallback: DEFAULT_SOURCES.join(', '),
    repeatable: true,
  },
  SHARED_FLAGS['areas-annotation'],
  SHARED_FLAGS['ips-annotation'],
  SHARED_FLAGS['service-annotation'],
  SHARED_FLAGS['ingress-class'],
  SHARED_FLAGS['gateway-class'],
  SHARED_FLAGS['service-selector'],
  SHARED_FLAGS['gateway-acceptance'],
  SHARED_FLAGS.filter,
  SHARED_FLAGS.template,
  {
    name: 'leader-elect',
    description: 'have one of several replicas tell objects what becomes of them: conditions on Records, Events on all',
    fallback: 'nobody does',
  },
  SHARED_FLAGS.events,
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
  SHARED_FLAGS.metrics,
  {
    name: 'shutdown-delay',
    value: 'SECONDS',
    description: 'on SIGTERM go on answering for so long, while /readyz already says no',
    fallback: '0',
  },
  SHARED_FLAGS['log-level'],
  SHARED_FLAGS['log-format'],
];

/** Flags of the systems before this one, and of other tools, that people will try: what to use instead. */
const RETIRED_FLAGS: Readonly<Record<string, string>> = {
  'zap-log-level': 'use --log-level',
  'zap-encoder': 'use --log-format',
  'zap-devel': 'use --log-format text --log-level debug',
  'zap-time-encoding': 'timestamps are always RFC 3339; leave it out',
  'zap-stacktrace-level': 'leave it out',
};

/** What the command line can say. */
export const COMMAND_LINE: CommandLineForm = {
  name: 'kubezone-resolver',
  description: 'Answers authoritatively for the names of a Kubernetes cluster, a folder of manifests, or zone files.',
  usage: ['--zone NAME --soa-ns SERVERS --soa-email ADDRESS [flags]', '--zone-file ZONE=PATH [flags]', '--config FILE [flags]'],
  flags: FLAGS,
  retired: RETIRED_FLAGS,
};
