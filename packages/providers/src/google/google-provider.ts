import {
  type ApplyResult,
  type Clock,
  type Logger,
  type LoweredName,
  type NameState,
  type NameWrite,
  type ObservedRRset,
  type OwnerName,
  type Provider,
  ProviderError,
  type ProviderTraits,
  type ProviderZone,
  TYPE,
} from '@kubezone/core';

import { lowerPlainDns, type PlainDnsLimits } from '../lower/lower-name.ts';
import { runChanges } from './change-run.ts';
import { CloudDnsClient } from './cloud-dns-client.ts';
import { readManagedZone, type Visibility } from './managed-zone.ts';
import { type ChangeQuota, DEFAULT_QUOTA, readQuota } from './quota.ts';
import { observeRRset, type RawRRset } from './raw-rrset.ts';

/** How Cloud DNS is reached. Credentials come from a file, or from where Google's own tools look for them. */
export interface GoogleProviderOptions {
  /** As configured. @default google */
  readonly name?: string;
  /** The project that holds the zones. @default the one that the credentials belong to */
  readonly project?: string;
  /** Only zones of this kind. @default both */
  readonly visibility?: Visibility;
  /** Path of a service account's key, or of a workload identity federation's configuration. @default Application Default Credentials */
  readonly credentialsFile?: string;
  /** Another address of the API: a host, or a URL with its scheme. @default dns.googleapis.com */
  readonly apiEndpoint?: string;
  /**
   * How many requests are sent in a second in the long run. Google has a quota of requests in a minute, which a project can have raised, and publishes no
   * figure for it. @default 10
   */
  readonly requestsPerSecond?: number;
  /**
   * How many RRsets one change adds and deletes, both together; a name that takes more has a change of its own. @default as many as the project allows, at
   * first 1000 additions and 1000 deletions
   */
  readonly batchChangeSize?: number;
}

/** What a provider gets from the app. */
export interface GoogleProviderContext {
  readonly clock: Clock;
  readonly logger: Logger;
}

/** The types that Cloud DNS takes and whose rdata is known here (https://cloud.google.com/dns/docs/records-overview, "Supported DNS record types"). */
const LIMITS: PlainDnsLimits = {
  types: new Set([
    TYPE.A,
    TYPE.AAAA,
    TYPE.CAA,
    TYPE.CNAME,
    TYPE.DNSKEY,
    TYPE.DS,
    TYPE.HTTPS,
    TYPE.MX,
    TYPE.NAPTR,
    TYPE.NS,
    TYPE.PTR,
    TYPE.SOA,
    TYPE.SPF,
    TYPE.SRV,
    TYPE.SSHFP,
    TYPE.SVCB,
    TYPE.TLSA,
    TYPE.TXT,
  ]),
};

/** Well below what projects begin with. Where one allows less, its 429 says so, and is obeyed. */
const REQUESTS_PER_SECOND = 10;

/** How long a project's limits are taken to be what they were, in milliseconds. */
const QUOTA_AGE_MS = 3_600_000;

/** Names of one call of `apply`. A name with its marker takes two additions to make. */
const MAX_NAMES_PER_WRITE = 500;

/** How many names are read at the same time. */
const PARALLEL_READS = 8;

/**
 * Google Cloud DNS.
 *
 * Every write is a change of deletions, which must match what stands there exactly, and additions, which must find nothing: it is done whole or not at all.
 * RRsets with a routing policy belong to whoever made them; they are shown, so that nothing is put beside them in vain, and never written.
 */
export function createGoogleProvider(options: GoogleProviderOptions, context: GoogleProviderContext): Provider {
  return new GoogleProvider(options, context);
}

class GoogleProvider implements Provider {
  readonly name: string;
  readonly traits: ProviderTraits;
  readonly #batchChangeSize: number | undefined;
  readonly #visibility: Visibility | undefined;
  readonly #client: CloudDnsClient;
  readonly #clock: Clock;
  readonly #logger: Logger;
  #quota: ChangeQuota = DEFAULT_QUOTA;
  /** When the project's limits are to be read again, on the monotonic clock. */
  #quotaUntil = -Infinity;

  constructor(options: GoogleProviderOptions, { clock, logger }: GoogleProviderContext) {
    const { name = 'google', batchChangeSize } = options;
    this.name = name;
    const maxNamesPerWrite = Math.min(MAX_NAMES_PER_WRITE, batchChangeSize ?? MAX_NAMES_PER_WRITE);
    this.traits = { conditionalWrites: true, setIdentifiers: false, maxNamesPerWrite };
    this.#batchChangeSize = batchChangeSize;
    this.#visibility = options.visibility;
    this.#client = new CloudDnsClient(options, options.requestsPerSecond ?? REQUESTS_PER_SECOND, clock);
    this.#clock = clock;
    this.#logger = logger;
  }

  async zones(signal: AbortSignal): Promise<readonly ProviderZone[]> {
    const zones: ProviderZone[] = [];
    for await (const page of this.#client.pages({ path: '/managedZones' }, signal)) {
      for (const raw of itemsOf(page, 'managedZones')) {
        const found = readManagedZone(raw);
        if (found.kind === 'unusable') {
          this.#logger.debug('zone left out', { provider: this.name, zone: found.name, reason: found.reason });
        } else if (this.#visibility === undefined || found.visibility === this.#visibility) zones.push(found.zone);
      }
    }
    // Here, so that no write waits for it.
    await this.#currentQuota(signal);
    return zones;
  }

  async *list(zone: ProviderZone, signal: AbortSignal): AsyncGenerator<readonly ObservedRRset[]> {
    for await (const page of this.#client.pages({ path: rrsetsOf(zone) }, signal)) yield this.#observe(page);
  }

  async read(zone: ProviderZone, owners: readonly OwnerName[], signal: AbortSignal): Promise<readonly ObservedRRset[]> {
    const found: ObservedRRset[] = [];
    const waiting = [...new Set(owners)].toReversed();
    const work = async (): Promise<void> => {
      for (let owner = waiting.pop(); owner !== undefined; owner = waiting.pop()) {
        const request = { path: rrsetsOf(zone), query: { name: owner } };
        for await (const page of this.#client.pages(request, signal)) {
          for (const rrset of this.#observe(page)) if (rrset.owner === owner) found.push(rrset);
        }
      }
    };
    await Promise.all(Array.from({ length: Math.min(PARALLEL_READS, waiting.length) }, work));
    return found;
  }

  lower(zone: ProviderZone, owner: OwnerName, desired: NameState): LoweredName {
    return lowerPlainDns(zone, owner, desired, LIMITS);
  }

  async apply(zone: ProviderZone, writes: readonly NameWrite[], signal: AbortSignal): Promise<readonly ApplyResult[]> {
    return await runChanges(writes, {
      client: this.#client,
      path: `/managedZones/${encodeURIComponent(zone.id)}/changes`,
      quota: this.#quota,
      batchChangeSize: this.#batchChangeSize,
      signal,
      onQuotaOutdated: () => void (this.#quotaUntil = -Infinity),
    });
  }

  #observe(page: Readonly<Record<string, unknown>>): readonly ObservedRRset[] {
    return itemsOf(page, 'rrsets').flatMap((raw) => {
      const observed = isRawRRset(raw) ? observeRRset(raw) : undefined;
      if (observed !== undefined) return [observed];
      this.#logger.warn('RRset left out that cannot be read', { provider: this.name, rrset: raw });
      return [];
    });
  }

  /** What the project allows. Credentials that may not ask for it work with what every project has at first. */
  async #currentQuota(signal: AbortSignal): Promise<void> {
    if (this.#clock.monotonic() < this.#quotaUntil) return;
    try {
      this.#quota = readQuota(await this.#client.get({ path: '' }, signal));
      this.#quotaUntil = this.#clock.monotonic() + QUOTA_AGE_MS;
    } catch (error) {
      if (!(error instanceof ProviderError)) throw error;
      const isLasting = error.code === 'PROVIDER_FORBIDDEN' || error.code === 'PROVIDER_ZONE_UNKNOWN';
      if (isLasting) this.#quotaUntil = this.#clock.monotonic() + QUOTA_AGE_MS;
      this.#logger.info('project limits not known, those of new projects are kept to', {
        provider: this.name,
        reason: error.message,
      });
    }
  }
}

function rrsetsOf({ id }: ProviderZone): string {
  return `/managedZones/${encodeURIComponent(id)}/rrsets`;
}

function itemsOf(page: Readonly<Record<string, unknown>>, field: string): readonly unknown[] {
  const items = page[field];
  return Array.isArray(items) ? items : [];
}

function isRawRRset(raw: unknown): raw is RawRRset {
  if (typeof raw !== 'object' || raw === null) return false;
  const { name, type, ttl, rrdatas, routingPolicy } = raw as Readonly<Record<string, unknown>>;
  return (
    typeof name === 'string' &&
    typeof type === 'string' &&
    (ttl === undefined || typeof ttl === 'number') &&
    (rrdatas === undefined || (Array.isArray(rrdatas) && rrdatas.every((text) => typeof text === 'string'))) &&
    (routingPolicy === undefined || (typeof routingPolicy === 'object' && routingPolicy !== null))
  );
}
