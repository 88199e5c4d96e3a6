import type { OwnerName } from '@kubezone/core';
import type { RateLimits } from '@kubezone/dns-server';

import type { LogConfig } from '../logging.ts';
import type { ListenAddress } from './listen-address.ts';
import type { ClusterConfig } from './cluster-schema.ts';
import type { ZoneSettings } from './zone-schema.ts';

/** What the resolver does, whether flags or a file said so: every default is in place, every name and address checked. */
export interface ResolverConfig {
  readonly clusters: readonly ClusterConfig[];
  /** In order of priority; never empty. */
  readonly sources: readonly SourceName[];
  readonly annotations: AnnotationNames;
  /** The zones in which areas and Services are names; a subset of `zones`. */
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

/** The sources that `sources` may name. */
export const SOURCE_NAMES = ['node-area', 'node-service', 'zone-file'] as const;

/** One of the sources that exist. */
export type SourceName = (typeof SOURCE_NAMES)[number];

/** The annotations that nodes and Services are read by. */
export interface AnnotationNames {
  /** On a Node: the areas it serves. */
  readonly areas: string;
  /** On a Node: the addresses it serves them with. */
  readonly ips: string;
  /** On a Service: `"true"` gives it a name. */
  readonly service: string;
}
