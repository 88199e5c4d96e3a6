import type {
  ClusterConfig,
  FakeSettings,
  HostnameTargets,
  ListenAddress,
  LogConfig,
  ReportConfig,
  SourceName,
} from '@kubezone/app';
import type { SourceRules } from '@kubezone/controller';
import type { CatalogOptions, OwnerName } from '@kubezone/core';
import type { FallthroughOptions, RateLimits } from '@kubezone/dns-server';

import type { ZoneSettings } from './zone-schema.ts';

/** What the resolver does, whether flags or a file said so: every default is in place, every name and address checked. */
export interface ResolverConfig {
  readonly clusters: readonly ClusterConfig[];
  /** In order of priority; never empty. */
  readonly sources: readonly SourceName[];
  /** How they read objects. */
  readonly sourceRules: SourceRules;
  /** What the source `fake` makes up; undefined where it is not among the sources. */
  readonly fake: FakeSettings | undefined;
  /** Who may use which names, and what becomes of a name that several ask for. */
  readonly catalog: CatalogRules;
  /** What is served where a name shall have the addresses of a host name. */
  readonly hostnameTargets: HostnameTargets;
  /** Who is asked for names that are not known here; undefined: nobody. */
  readonly fallthrough: FallthroughOptions | undefined;
  /** What is written to the API of clusters; undefined: nothing. */
  readonly reports: ReportConfig | undefined;
  /** The zones in which relative names stand; a subset of `zones`. */
  readonly relativeTo: readonly OwnerName[];
  /** At least one, no two of one apex. */
  readonly zones: readonly ZoneSettings[];
  /** Where DNS is answered, over UDP and TCP alike; at least one. */
  readonly listen: readonly ListenAddress[];
  /** Where metrics and health are served over HTTP; empty means nowhere. */
  readonly metrics: readonly ListenAddress[];
  /** The text of the NSID option (RFC 5001); undefined leaves queries for it unanswered. */
  readonly nsid: string | undefined;
  /** How many threads answer UDP. */
  readonly udpWorkers: number;
  /** The longest UDP response, in octets, and what our OPT records advertise (RFC 6891, section 6.2.5). */
  readonly udpPayloadSize: number;
  /** Secrets of 16 octets for DNS cookies (RFC 9018): the first makes them, all are checked. Undefined: one that no other process knows. */
  readonly cookieSecrets: readonly Uint8Array[] | undefined;
  readonly tcp: TcpConfig;
  /** Limits of what a client gets over UDP. */
  readonly rateLimits: RateLimits;
  readonly log: LogConfig;
  /** How long queries are still answered after `/readyz` has begun to say no. */
  readonly shutdownDelaySeconds: number;
}

/** Limits of TCP. */
export interface TcpConfig {
  readonly maxConnections: number;
  /** Of one IPv4 address or IPv6 /64. */
  readonly maxConnectionsPerClient: number;
  readonly idleTimeoutSeconds: number;
}

/** The part of the catalog's options that is configured. */
export type CatalogRules = Required<Pick<CatalogOptions, 'claims' | 'claimsDefault' | 'crossNamespaceMerge'>> &
  Pick<CatalogOptions, 'clusterOrder'>;
