import { DEFAULT_ANNOTATION_KEYS, type SourceName } from '@kubezone/app';

/** The port of DNS. */
export const DEFAULT_PORT = 53;

/** What a zone's timers are where nothing says otherwise, in seconds: those of k8s-node-dns. */
export const DEFAULT_ZONE = {
  ttl: 30,
  refresh: 3600,
  retry: 900,
  expire: 86_400,
  soaTtl: 30,
  negativeTtl: 30,
} as const;

/** The annotations that k8s-node-dns reads; and that of external-dns which a resolver had better not follow: people publish a public name for what they serve. */
export const DEFAULT_ANNOTATIONS: Readonly<Record<'areas' | 'ips' | 'service', string>> & { readonly target: 'ignore' } = {
  ...DEFAULT_ANNOTATION_KEYS,
  target: 'ignore',
};

/** Where names come from unless `sources` says otherwise. Zone files come before them. */
export const DEFAULT_SOURCES: readonly SourceName[] = ['node-area', 'node-service'];

/** The longest UDP response by default: what reaches a resolver unfragmented nearly everywhere (DNS Flag Day 2020). */
export const DEFAULT_UDP_PAYLOAD_SIZE = 1232;

/** How long a server is waited for that is asked for a name, in seconds. */
export const DEFAULT_FALLTHROUGH_TIMEOUT = 2;

/** One thread answers more than most clusters ever ask. */
export const DEFAULT_UDP_WORKERS = 1;

/** Limits of TCP connections; seconds. */
export const DEFAULT_TCP = { maxConnections: 1000, maxConnectionsPerClient: 200, idleTimeout: 10 } as const;
