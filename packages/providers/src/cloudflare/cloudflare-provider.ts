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
  scanUnicodeName,
} from '@kubezone/core';

import { TokenBucket, type TokenBucketOptions } from '../rate/token-bucket.ts';
import { CloudflareApi, type Envelope, throttleMs } from './cloudflare-api.ts';
import { CloudflareFailure, kindOf, providerError } from './cloudflare-failure.ts';
import { type CloudflareOptions, credentialsOf, DEFAULT_BASE_URL } from './cloudflare-options.ts';
import { listCertainRecords, listRecords, recordsOfName } from './list-records.ts';
import { lowerCloudflareName, type RecordDefaults } from './lower-name.ts';
import { type Batch, type NameOperations, operationsOf } from './name-operations.ts';
import { type ApiRecord, observeRecords, type PlacedRecord, placeRecord } from './observe-records.ts';
import { badAnswer, readBatchRecords } from './read-records.ts';
import { sortedTags } from './record-settings.ts';
import { type BatchOutcome, writeBatches } from './write-batches.ts';
import { type ZoneFacts, zoneFacts } from './zone-facts.ts';

/** What the provider needs of its surroundings. */
export interface CloudflareDependencies {
  readonly clock: Clock;
  readonly logger: Logger;
  /** Shared by entries that use the same credentials, for the vendor counts them together. @default one of its own */
  readonly bucket?: TokenBucket;
  /** How long an answer may take, in milliseconds. @default 30000 */
  readonly timeoutMs?: number;
}

/**
 * 1,200 requests in any five minutes (developers.cloudflare.com/fundamentals/api/reference/limits): a full bucket and what flows into it in
 * that time are no more than that.
 */
export const CLOUDFLARE_RATE = { capacity: 300, perSecond: 3 } as const;

/** Names of one call of `apply`: as many as the smallest plan takes in one batch, since names are read just before the call and not before each batch of it. */
const MAX_NAMES_PER_WRITE = 100;
/** Records that are changed to make a name: its own and its marker. */
const CHANGES_PER_NAME = 2;

/** Records on a page of a listing, as far as is worth listing for: a read of many names is cheaper by a listing from so many names a page on. */
const RECORDS_PER_LISTING = 5000;
const READS_PER_LISTING = 8;
const READS_AT_ONCE = 4;

/**
 * Publishes to Cloudflare by its official SDK. The vendor's unit is the record, one for each RR, with an id that stays over edits; a batch of them is written as a whole,
 * but without a condition: it adds a record beside what another has just written. So whoever writes reads the names just before.
 *
 * @throws {RangeError} where the credentials are none, without showing them
 */
export function createCloudflareProvider(options: CloudflareOptions, dependencies: CloudflareDependencies): Provider {
  return new CloudflareProvider(options, dependencies);
}

class CloudflareProvider implements Provider {
  readonly name: string;
  readonly traits: ProviderTraits;
  readonly #api: CloudflareApi;
  readonly #batchChangeSize: number | undefined;
  readonly #logger: Logger;
  readonly #zoneIds: readonly string[] | undefined;
  readonly #defaults: RecordDefaults;
  /** What is known of zones: their plans, and how many records they have had. */
  readonly #facts = new Map<string, ZoneFacts>();
  readonly #sizes = new Map<string, number>();

  constructor(options: CloudflareOptions, { clock, logger, bucket, timeoutMs = 30_000 }: CloudflareDependencies) {
    const { name = 'cloudflare', proxied = false, comment = '', tags = [], zoneIds, baseUrl = DEFAULT_BASE_URL } = options;
    const { batchChangeSize = Infinity, requestsPerSecond = CLOUDFLARE_RATE.perSecond } = options;
    const maxNamesPerWrite = Math.min(MAX_NAMES_PER_WRITE, Math.max(1, Math.floor(batchChangeSize / CHANGES_PER_NAME)));
    this.name = name;
    this.traits = { conditionalWrites: false, setIdentifiers: false, maxNamesPerWrite };
    this.#batchChangeSize = options.batchChangeSize;
    this.#logger = logger;
    this.#zoneIds = zoneIds;
    this.#defaults = { proxied, comment, tags: sortedTags(tags) };
    this.#api = new CloudflareApi({
      credentials: credentialsOf(options),
      baseUrl,
      clock,
      timeoutMs,
      bucket: bucket ?? new TokenBucket(clock, rateOf(requestsPerSecond)),
    });
  }

  async zones(signal: AbortSignal): Promise<readonly ProviderZone[]> {
    const zones = this.#zoneIds === undefined ? await this.#everyZone(signal) : await this.#givenZones(this.#zoneIds, signal);
    return zones.flatMap((zone) => this.#readZone(zone) ?? []);
  }

  async *list({ id, apex }: ProviderZone, signal: AbortSignal): AsyncGenerator<readonly ObservedRRset[]> {
    const records = await this.#asking(`zone ${apex}`, () => listRecords(this.#api, id, this.#logger, signal));
    this.#sizes.set(id, records.length);
    yield observeRecords(this.#place(records));
  }

  async read({ id, apex }: ProviderZone, owners: readonly OwnerName[], signal: AbortSignal): Promise<readonly ObservedRRset[]> {
    const asked = new Set(owners);
    // A zone that was empty when it was listed has a page all the same.
    const pages = Math.max(1, Math.ceil((this.#sizes.get(id) ?? Infinity) / RECORDS_PER_LISTING));
    const records = await this.#asking(`zone ${apex}`, async () => {
      if (asked.size > pages * READS_PER_LISTING) {
        const listed = await listCertainRecords(this.#api, id, signal);
        if (listed !== undefined) {
          this.#sizes.set(id, listed.length);
          return listed;
        }
      }
      const names = Array.from(asked, (owner) => owner.slice(0, -1));
      const found: ApiRecord[] = [];
      for (let at = 0; at < names.length; at += READS_AT_ONCE) {
        const some = names.slice(at, at + READS_AT_ONCE);
        found.push(...(await Promise.all(some.map((name) => recordsOfName(this.#api, id, name, signal)))).flat());
      }
      return found;
    });
    return observeRecords(this.#place(records).filter(({ owner }) => asked.has(owner)));
  }

  lower({ id }: ProviderZone, owner: OwnerName, desired: NameState): LoweredName {
    return lowerCloudflareName(owner, desired, this.#factsOf(id), this.#defaults);
  }

  async apply(zone: ProviderZone, writes: readonly NameWrite[], signal: AbortSignal): Promise<readonly ApplyResult[]> {
    const facts = this.#factsOf(zone.id);
    const refused: ApplyResult[] = [];
    const names: NameOperations[] = [];
    for (const write of writes) {
      const operations = operationsOf(write, zone.apex, facts);
      if (typeof operations === 'string') refused.push({ kind: 'refused', owner: write.owner, reason: operations });
      else names.push(operations);
    }
    const sizes = { maxBatch: facts.maxBatch, batchChangeSize: this.#batchChangeSize };
    const results = await writeBatches(names, sizes, (batch) => this.#send(zone, batch, signal));
    return [...refused, ...results];
  }

  async #send({ id, apex }: ProviderZone, batch: Batch, signal: AbortSignal): Promise<BatchOutcome> {
    if (signal.aborted) return { kind: 'stopped' };
    let answer: Envelope;
    try {
      answer = await this.#api.batch(id, batch, signal);
    } catch (error) {
      // Aborted while it waited for its turn.
      if (!(error instanceof CloudflareFailure)) return { kind: 'stopped' };
      const kind = kindOf(error);
      switch (kind) {
        case 'throttled':
          return { kind, afterMs: throttleMs(error) };
        case 'conflict':
        case 'refused':
          return { kind, reason: error.message };
        case 'unavailable':
          if (!error.unsent) return { kind: 'unknown', reason: error.message };
          break;
        case 'forbidden':
        case 'zone-unknown':
          break;
        default:
          return kind satisfies never;
      }
      return { kind: 'failed', error: providerError(`zone ${apex}`, error) };
    }
    const answered = readBatchRecords(answer);
    return { kind: 'done', answered: answered && this.#place(answered) };
  }

  async #everyZone(signal: AbortSignal): Promise<readonly unknown[]> {
    const zones: unknown[] = [];
    for (let page = 1; ; page++) {
      const { result, result_info: info } = await this.#asking('the list of zones', () => this.#api.zones(page, signal));
      if (!Array.isArray(result)) throw providerError('the list of zones', badAnswer('zones are no list'));
      zones.push(...(result as readonly unknown[]));
      if (result.length === 0 || page >= (info?.total_pages ?? page)) return zones;
    }
  }

  /** A zone that cannot be reached is reported, and is not among them; the others are. */
  async #givenZones(ids: readonly string[], signal: AbortSignal): Promise<readonly unknown[]> {
    const zones: unknown[] = [];
    for (const id of ids) {
      try {
        zones.push((await this.#api.zone(id, signal)).result);
      } catch (error) {
        if (!(error instanceof CloudflareFailure)) throw error;
        const kind = kindOf(error);
        if (kind !== 'forbidden' && kind !== 'zone-unknown') throw providerError(`zone ${id}`, error);
        this.#logger.error('a zone of zoneIds cannot be reached', { provider: this.name, zone: id, error: error.message });
      }
    }
    return zones;
  }

  #readZone(zone: unknown): ProviderZone | undefined {
    const { id, name, type, plan } = (zone ?? {}) as Readonly<Record<string, unknown>>;
    const apex = typeof name === 'string' ? scanUnicodeName(name) : undefined;
    if (typeof id !== 'string' || apex === undefined || isFailure(apex)) {
      throw providerError('the list of zones', badAnswer('a zone has no id or name'));
    }
    // A secondary zone is a copy of another server's.
    if (type === 'secondary') {
      this.#logger.warn('a secondary zone is left out: its records are written elsewhere', { provider: this.name, zone: apex });
      return undefined;
    }
    const { legacy_id: legacyId } = (plan ?? {}) as { readonly legacy_id?: unknown };
    const facts = zoneFacts(typeof legacyId === 'string' ? legacyId : undefined);
    if (!facts.tags && this.#defaults.tags.length > 0 && !this.#facts.has(id)) {
      this.#logger.warn("tags are left out: the zone's plan has none", { provider: this.name, zone: apex });
    }
    this.#facts.set(id, facts);
    return { apex, id };
  }

  #place(records: readonly ApiRecord[]): PlacedRecord[] {
    return records.flatMap((record) => placeRecord(record, this.#logger) ?? []);
  }

  #factsOf(zoneId: string): ZoneFacts {
    return this.#facts.get(zoneId) ?? zoneFacts(undefined);
  }

  /** @param what is asked for, for the message */
  async #asking<Answer>(what: string, ask: () => Promise<Answer>): Promise<Answer> {
    try {
      return await ask();
    } catch (error) {
      throw error instanceof CloudflareFailure ? providerError(`${this.name}, ${what}`, error) : error;
    }
  }
}

/** A hundred seconds' requests may go at once: so three a second are 1,200 in five minutes at most. */
function rateOf(requestsPerSecond: number): TokenBucketOptions {
  const { capacity, perSecond } = CLOUDFLARE_RATE;
  return { capacity: Math.max(1, (capacity / perSecond) * requestsPerSecond), perSecond: requestsPerSecond };
}
