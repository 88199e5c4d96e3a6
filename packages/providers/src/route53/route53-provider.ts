import type { HostedZone } from '@aws-sdk/client-route-53';
import {
  type ApplyResult,
  type Clock,
  isFailure,
  type Logger,
  type LoweredName,
  type NameState,
  type NameWrite,
  type ObservedRRset,
  type OwnerName,
  type Provider,
  type ProviderTraits,
  type ProviderZone,
  Turns,
} from '@kubezone/core';

import { applyBatches, type Recreation } from './apply-batches.ts';
import { composeChanges, VENDOR_LIMITS } from './change-batch.ts';
import { type AwsCredentials, type ConnectionOptions, rateOf, Route53Connection } from './connection.ts';
import { lowerForRoute53 } from './lower.ts';
import { nextMarker, nextStart, type PageStart } from './next-page.ts';
import { isCovered } from './read-names.ts';
import { parseRecordSet } from './record-set.ts';
import { printVendorName, scanVendorName } from './vendor-text.ts';

/** What can be set for a provider `route53`. */
export interface Route53Options extends ConnectionOptions {
  /** As configured. @default route53 */
  readonly name?: string;
  /** Takes only zones of the Internet, or only those of VPCs. @default both */
  readonly zoneType?: 'public' | 'private';
  /** Takes only these hosted zones, `Z…` or `/hostedzone/Z…`. @default all */
  readonly zoneIds?: readonly string[];
  /** Whether aliases ask for their target's health where their object does not say. @default true */
  readonly evaluateTargetHealth?: boolean;
  /**
   * Changes in one request, deletes and creates each counting; a name that takes more has a request of its own. @default 1000, as many as Route 53 takes
   */
  readonly batchChangeSize?: number;
  /** How many requests are sent in a second in the long run. @default 10, as many as Route 53 takes of an account */
  readonly requestsPerSecond?: number;
}

/** What a provider `route53` works with. */
export interface Route53Surroundings {
  readonly clock: Clock;
  readonly logger: Logger;
  /** In place of the SDK's own chain: environment, shared files, web identity, container and instance roles. */
  readonly credentials?: () => Promise<AwsCredentials>;
}

/** The most that Route 53 returns at once, whatever is asked for (API Reference, ListResourceRecordSets; Developer Guide, "Quotas"). */
const RECORDS_PER_PAGE = 300;
const ZONES_PER_PAGE = 100;
/** Enough for a name, its marker, and some names between them. */
const RECORDS_PER_READ = 50;

/** Names of one call of `apply`. A name with its marker takes three changes to make, six to replace. */
const MAX_NAMES_PER_WRITE = 300;

/** A page of a zone's listing. */
interface Page {
  readonly rrsets: readonly ObservedRRset[];
  /** Where the next one begins; undefined where there is none. */
  readonly next: PageStart | undefined;
}

/** Amazon Route 53. Opens no connection, and loads no SDK, before it is first asked for something. */
export function createRoute53Provider(options: Route53Options, surroundings: Route53Surroundings): Provider {
  return new Route53Provider(options, surroundings);
}

class Route53Provider implements Provider {
  readonly name: string;
  readonly traits: ProviderTraits;
  readonly #options: Route53Options;
  readonly #connection: Route53Connection;
  readonly #logger: Logger;
  /** Ids of zones that are known to be of VPCs. */
  readonly #private = new Set<string>();
  /** The batches of each zone: Route 53 takes one at a time (PriorRequestNotComplete). */
  readonly #writing = new Turns<string>();

  readonly #recreation: Recreation = { possible: true };
  #saidImpossible = false;

  constructor(options: Route53Options, { clock, logger, credentials }: Route53Surroundings) {
    const { name = 'route53', batchChangeSize = VENDOR_LIMITS.changes, requestsPerSecond } = options;
    this.name = name;
    this.traits = {
      conditionalWrites: true,
      setIdentifiers: true,
      maxNamesPerWrite: Math.min(MAX_NAMES_PER_WRITE, batchChangeSize),
    };
    this.#options = options;
    this.#logger = logger;
    const rate = requestsPerSecond === undefined ? {} : { rate: rateOf(requestsPerSecond) };
    this.#connection = new Route53Connection({ ...rate, ...options }, clock, credentials);
  }

  async zones(signal: AbortSignal): Promise<readonly ProviderZone[]> {
    const wanted = this.#options.zoneIds?.map(bareId);
    const zones: ProviderZone[] = [];
    let marker: string | undefined;
    do {
      const page = await this.#connection.listZones(
        { MaxItems: ZONES_PER_PAGE, ...(marker === undefined ? {} : { Marker: marker }) },
        signal,
      );
      for (const found of page.HostedZones ?? []) {
        const zone = this.#recognise(found);
        if (zone !== undefined && wanted?.includes(zone.id) !== false) zones.push(zone);
      }
      marker = nextMarker(page, marker);
    } while (marker !== undefined);
    for (const id of wanted ?? []) {
      if (!zones.some((zone) => zone.id === id))
        this.#logger.warn('Route 53 shows no such hosted zone', { provider: this.name, zone: id });
    }
    return zones;
  }

  async *list({ id }: ProviderZone, signal: AbortSignal): AsyncGenerator<readonly ObservedRRset[]> {
    for await (const { rrsets } of this.#pages(id, RECORDS_PER_PAGE, {}, signal)) yield rrsets;
  }

  async read({ id }: ProviderZone, owners: readonly OwnerName[], signal: AbortSignal): Promise<readonly ObservedRRset[]> {
    const missing = new Set(owners);
    const found: ObservedRRset[] = [];
    // Shorter names come first in a listing, so that a name's marker is more often found with the name than the other way round.
    for (const begin of owners.toSorted((one, other) => one.length - other.length)) {
      if (!missing.has(begin)) continue;
      let rest: PageStart | undefined;
      const seen: ObservedRRset[] = [];
      for await (const { rrsets, next } of this.#pages(
        id,
        RECORDS_PER_READ,
        { StartRecordName: printVendorName(begin) },
        signal,
      )) {
        seen.push(...rrsets);
        rest = next;
        if (isCovered(begin, begin, rest)) break;
      }
      for (const owner of missing) {
        if (!isCovered(owner, begin, rest)) continue;
        missing.delete(owner);
        found.push(...seen.filter((rrset) => rrset.owner === owner));
      }
    }
    return found;
  }

  lower(zone: ProviderZone, owner: OwnerName, desired: NameState): LoweredName {
    const { evaluateTargetHealth = true, zoneType } = this.#options;
    return lowerForRoute53(zone, owner, desired, {
      evaluateTargetHealth,
      isPrivate: zoneType === 'private' || this.#private.has(zone.id),
    });
  }

  apply(zone: ProviderZone, writes: readonly NameWrite[], signal: AbortSignal): Promise<readonly ApplyResult[]> {
    return this.#writing.take(zone.id, () => this.#write(zone, writes, signal));
  }

  async #write({ id }: ProviderZone, writes: readonly NameWrite[], signal: AbortSignal): Promise<readonly ApplyResult[]> {
    const { batchChangeSize = VENDOR_LIMITS.changes } = this.#options;
    const results = await applyBatches(
      writes.map(composeChanges),
      { ...VENDOR_LIMITS, batchChangeSize },
      (Changes) => this.#connection.change({ HostedZoneId: id, ChangeBatch: { Changes } }, signal),
      this.#recreation,
    );
    if (!this.#recreation.possible && !this.#saidImpossible) {
      this.#saidImpossible = true;
      this.#logger.warn(
        'the server does not take the DELETE and CREATE of one RRset in a batch: from now on, updates do not depend on markers that stay as they are',
        { provider: this.name, zone: id },
      );
    }
    return results;
  }

  /** A listing from some place on, page by page, each with where the next one begins. */
  async *#pages(id: string, MaxItems: number, from: PageStart, signal: AbortSignal): AsyncGenerator<Page> {
    let start: PageStart | undefined = from;
    while (start !== undefined) {
      const page = await this.#connection.listRecords({ HostedZoneId: id, MaxItems, ...start }, signal);
      const rrsets = (page.ResourceRecordSets ?? []).flatMap((found) => parseRecordSet(found, this.#onOddity) ?? []);
      start = nextStart(id, page, start);
      yield { rrsets, next: start };
    }
  }

  /** A zone that can be worked with, and is asked for. */
  #recognise({ Id = '', Name = '', Config, LinkedService }: HostedZone): ProviderZone | undefined {
    const id = bareId(Id);
    const apex = scanVendorName(Name);
    if (isFailure(apex)) {
      this.#onOddity(`the hosted zone ${id} has the name ${JSON.stringify(Name)}: ${apex.message}`);
      return undefined;
    }
    const isPrivate = Config?.PrivateZone === true;
    if (isPrivate) this.#private.add(id);
    const { zoneType } = this.#options;
    if (zoneType !== undefined && (zoneType === 'private') !== isPrivate) return undefined;
    if (LinkedService !== undefined) {
      // Another service of AWS made it, and nobody else may change it (API Reference, LinkedService).
      this.#logger.debug('hosted zone of another service left out', {
        provider: this.name,
        zone: id,
        service: LinkedService.ServicePrincipal,
      });
      return undefined;
    }
    return { apex, id };
  }

  readonly #onOddity = (message: string): void => {
    this.#logger.warn('Route 53 returned something unexpected', { provider: this.name, reason: message });
  };
}

function bareId(id: string): string {
  return id.replace(/^\/?hostedzone\//, '');
}
