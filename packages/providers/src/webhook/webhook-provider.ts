import {
  type ApplyResult,
  type Clock,
  isAtOrBelow,
  isFailure,
  type Logger,
  type LoweredName,
  type NameState,
  type NameWrite,
  type ObservedRRset,
  type OwnerName,
  type Provider,
  ProviderError,
  providedKey,
  type ProviderTraits,
  type ProviderZone,
  scanUnicodeName,
} from '@kubezone/core';

import { AdjustedNames } from './adjusted-names.ts';
import { applyChanges } from './apply-changes.ts';
import { type DomainFilter, mayHold, NO_FILTER } from './domain-filter.ts';
import type { Endpoint } from './endpoint.ts';
import { observeEndpoints, withoutDot } from './endpoint-rrset.ts';
import { LearnedForms } from './learned-forms.ts';
import { lowerForWebhook } from './lower-webhook.ts';
import { SharedReading } from './shared-reading.ts';
import { WebhookClient } from './webhook-client.ts';

/** How a webhook is reached. */
export interface WebhookOptions {
  /** As configured. @default webhook */
  readonly name?: string;
  /** As external-dns's `--webhook-provider-url`; user name and password in it are sent as Basic authentication. @default http://localhost:8888 */
  readonly url?: string;
  /** How long an answer may take, in milliseconds. @default 30000 */
  readonly timeoutMs?: number;
  /** The zones behind it, as nothing in the protocol names them. @default the domains of the filter with which the webhook answers */
  readonly zones?: readonly string[];
  /** How the names of properties begin that are sent, beside those without a slash. @default webhook/ alone, as external-dns does */
  readonly propertyPrefixes?: readonly string[];
}

/** What a provider gets from the app. */
export interface WebhookContext {
  readonly clock: Clock;
  readonly logger: Logger;
}

const DEFAULT_URL = 'http://localhost:8888';
const DEFAULT_TIMEOUT_MS = 30_000;
/** RRsets on one page of a listing. */
const PAGE = 1000;
/** Endpoints in one question of what the webhook makes of them. */
const MAX_ADJUSTED = 1000;

/**
 * A provider of external-dns's ecosystem, by its webhook protocol.
 *
 * The protocol reads everything or nothing, writes without conditions and says of many changes only that one of them failed; see the README for what is made of that.
 *
 * @throws {RangeError} where the options are wrong; its message shows no credentials
 */
export function createWebhookProvider(options: WebhookOptions, context: WebhookContext): Provider {
  return new WebhookProvider(options, context);
}

class WebhookProvider implements Provider {
  readonly name: string;
  readonly traits: ProviderTraits = { conditionalWrites: false, setIdentifiers: true, maxNamesPerWrite: 100 };
  readonly #client: WebhookClient;
  readonly #logger: Logger;
  readonly #configured: readonly OwnerName[] | undefined;
  readonly #propertyPrefixes: readonly string[];
  readonly #reading: SharedReading<readonly Endpoint[]>;
  readonly #adjusted = new AdjustedNames();
  readonly #learned = new LearnedForms();
  #filter: DomainFilter = NO_FILTER;
  #zones: readonly ProviderZone[] | undefined;

  constructor(options: WebhookOptions, { clock, logger }: WebhookContext) {
    const {
      name = 'webhook',
      url = DEFAULT_URL,
      timeoutMs = DEFAULT_TIMEOUT_MS,
      zones,
      propertyPrefixes = ['webhook/'],
    } = options;
    this.name = name;
    this.#client = new WebhookClient({ url: checkUrl(url), timeoutMs }, clock);
    this.#logger = logger;
    this.#configured = zones?.map(zoneName);
    this.#propertyPrefixes = propertyPrefixes;
    this.#reading = new SharedReading((signal) => this.#client.records(signal));
  }

  async zones(signal: AbortSignal): Promise<readonly ProviderZone[]> {
    this.#filter = await this.#client.negotiate(signal);
    const { place } = this.#client;
    const apexes = new Set(this.#configured ?? domainsOf(this.#filter));
    if (apexes.size === 0)
      throw new ProviderError(
        'PROVIDER_ZONE_UNKNOWN',
        `the webhook at ${place} does not say which zones it holds: its domain filter names no domain; name them by the option zones`,
      );
    const kept = [...apexes].filter((apex) => mayHold(this.#filter, apex));
    for (const apex of apexes)
      if (!kept.includes(apex))
        this.#logger.warn('zone left out', {
          provider: this.name,
          zone: apex,
          reason: `the domain filter of the webhook at ${place} does not hold it`,
        });
    this.#zones = kept.map((apex) => ({ apex, id: apex }));
    return this.#zones;
  }

  async *list(zone: ProviderZone, signal: AbortSignal): AsyncGenerator<readonly ObservedRRset[]> {
    const rrsets = await this.#rrsets(zone, signal);
    for (let at = 0; at < rrsets.length; at += PAGE) yield rrsets.slice(at, at + PAGE);
  }

  async read(zone: ProviderZone, owners: readonly OwnerName[], signal: AbortSignal): Promise<readonly ObservedRRset[]> {
    return await this.#rrsets(zone, signal, new Set(owners));
  }

  lower(zone: ProviderZone, owner: OwnerName, desired: NameState): LoweredName {
    return lowerForWebhook(zone, owner, desired, {
      filter: this.#filter,
      propertyPrefixes: this.#propertyPrefixes,
      adjusted: (endpoints) => this.#adjusted.find(owner, endpoints),
      shown: (rrset) => this.#learned.shown(rrset),
    });
  }

  async prepare(zone: ProviderZone, names: ReadonlyMap<OwnerName, NameState>, signal: AbortSignal): Promise<void> {
    await this.#zonesOnce(signal);
    for (const [owner, desired] of names) this.lower(zone, owner, desired);
    await this.#ask(names.keys(), signal);
  }

  async apply(zone: ProviderZone, writes: readonly NameWrite[], signal: AbortSignal): Promise<readonly ApplyResult[]> {
    await this.#check(zone, signal);
    const brings = writes.filter(({ owner, writes: each }) => each.some(({ after }) => after?.owner === owner));
    const changed = await this.#ask(
      brings.map(({ owner }) => owner),
      signal,
    );
    const conflicts = writes.filter(({ owner }) => changed.has(owner));
    const touched = new Set(
      writes.flatMap((write) => write.writes.flatMap(({ before, after }) => (before ?? after)?.owner ?? [])),
    );
    const results = await applyChanges(
      writes.filter(({ owner }) => !changed.has(owner)),
      {
        client: this.#client,
        learned: this.#learned,
        signal,
        read: async () => {
          const found = await this.#rrsets(zone, signal, touched);
          return new Map(found.map((rrset) => [providedKey(rrset), rrset]));
        },
      },
    );
    const reason = 'the webhook makes something else of it, which must be planned';
    return [...results, ...conflicts.map(({ owner }): ApplyResult => ({ kind: 'conflict', owner, reason }))];
  }

  /**
   * Asks what the webhook makes of names whose lowering wanted to know.
   *
   * @returns those of which it makes something else
   */
  async #ask(owners: Iterable<OwnerName>, signal: AbortSignal): Promise<ReadonlySet<OwnerName>> {
    const changed = new Set<OwnerName>();
    const open = [...this.#adjusted.open(owners)];
    for (let at = 0; at < open.length; at += MAX_ADJUSTED) {
      const names = open.slice(at, at + MAX_ADJUSTED);
      const answer = await this.#client.adjust(
        names.flatMap(([, endpoints]) => endpoints),
        signal,
      );
      const byOwner = Map.groupBy(answer, ({ dnsName }) => {
        const name = scanUnicodeName(dnsName);
        return isFailure(name) ? undefined : name;
      });
      for (const [owner, endpoints] of names)
        if (this.#adjusted.note(owner, endpoints, byOwner.get(owner) ?? [])) changed.add(owner);
    }
    return changed;
  }

  /** What the webhook shows of a zone now; names in a zone below it belong there. */
  async #rrsets(zone: ProviderZone, signal: AbortSignal, owners?: ReadonlySet<OwnerName>): Promise<readonly ObservedRRset[]> {
    const zones = await this.#check(zone, signal);
    const below = zones.filter(({ apex }) => apex !== zone.apex && isAtOrBelow(apex, zone.apex));
    const isOfZone = ({ owner }: ObservedRRset): boolean =>
      owners?.has(owner) !== false && isAtOrBelow(owner, zone.apex) && !below.some(({ apex }) => isAtOrBelow(owner, apex));
    const endpoints = await this.#reading.get(signal);
    const { rrsets, faults } = observeEndpoints(owners === undefined ? endpoints : endpointsAt(owners, endpoints));
    if (faults.length > 0)
      this.#logger.warn('records left out that cannot be read', { provider: this.name, count: faults.length, first: faults[0] });
    const found = rrsets.filter(isOfZone);
    for (const rrset of found) this.#learned.saw(rrset);
    return found;
  }

  async #check(zone: ProviderZone, signal: AbortSignal): Promise<readonly ProviderZone[]> {
    const zones = await this.#zonesOnce(signal);
    if (!zones.some(({ id }) => id === zone.id))
      throw new ProviderError(
        'PROVIDER_ZONE_UNKNOWN',
        `the webhook at ${this.#client.place} does not hold the zone ${zone.apex}`,
      );
    return zones;
  }

  async #zonesOnce(signal: AbortSignal): Promise<readonly ProviderZone[]> {
    return this.#zones ?? (await this.zones(signal));
  }
}

/** Endpoints that may be at some names: those that are not need not be understood. */
function endpointsAt(owners: ReadonlySet<OwnerName>, endpoints: readonly Endpoint[]): readonly Endpoint[] {
  const texts = new Set(Array.from(owners, withoutDot));
  // What is written otherwise than most names are is looked at closely.
  return endpoints.filter(({ dnsName }) => texts.has(dnsName) || !/^[a-z0-9_*-]+(?:\.[a-z0-9_-]+)*$/.test(dnsName));
}

/** The domains that a filter names, but for those that mean what is below them alone. */
function domainsOf(filter: DomainFilter): readonly OwnerName[] {
  if (filter.kind === 'patterns') return [];
  return filter.include.flatMap(({ name, belowOnly }) => (belowOnly ? [] : [name]));
}

function zoneName(text: string): OwnerName {
  const name = scanUnicodeName(text);
  if (isFailure(name)) throw new RangeError(`zones: ${name.message}`);
  return name;
}

/** A URL that is none may hold a password all the same: it is not shown. */
function checkUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined) throw new RangeError('url: this is no URL; expected is one such as http://localhost:8888');
  if (url.protocol === 'http:' || url.protocol === 'https:') return text;
  throw new RangeError(`url: the scheme ${url.protocol} is not supported; expected is http: or https:`);
}
