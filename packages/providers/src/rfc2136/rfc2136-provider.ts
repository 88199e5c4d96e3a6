import {
  type ApplyResult,
  type Clock,
  isAtOrBelow,
  type Logger,
  type LoweredName,
  type NameState,
  nameOf,
  type NameWrite,
  type ObservedRRset,
  type OwnerName,
  printRRType,
  type Provider,
  ProviderError,
  type ProviderTraits,
  type ProviderZone,
  type RejectedRRset,
  TYPE,
} from '@kubezone/core';

import { lowerPlainDns } from '../lower/lower-name.ts';
import { applyUpdates } from './apply-updates.ts';
import type { DnsSession } from './dns-session.ts';
import { ExchangeError } from './exchange-error.ts';
import { MADE_BY_SIGNING, observeRRsets } from './observe-rrsets.ts';
import { readNames } from './read-names.ts';
import { scanServerAddress } from './server-address.ts';
import { ServerPool } from './server-pool.ts';
import { tsigKey, type TsigOptions } from './tsig-key.ts';
import { type NameUpdate, nameUpdate } from './update-records.ts';
import { transferZone } from './zone-transfer.ts';

/** A server that takes dynamic updates, as it is configured. */
export interface Rfc2136Options {
  /** As configured. @default rfc2136 */
  readonly name?: string;
  /** `192.0.2.1:53`, `[2001:db8::1]:53`, `ns1.example.com`: in order of preference. At least one. */
  readonly servers: readonly string[];
  /** Apexes of the zones, which no protocol lists. */
  readonly zones: readonly string[];
  /** Signs everything. Without it the servers must allow our address. */
  readonly tsig?: TsigOptions;
  /** Lower TTLs are raised to it, in seconds. @default 0 */
  readonly minTtl?: number;
  /** How many names one message changes at most: they are changed together, and the serial goes up once. @default 500 */
  readonly maxNamesPerWrite?: number;
  /**
   * How many records the update section of one message holds (RFC 2136, section 2.5: an RRset that is removed is one, and so is each record that is added); a name
   * that takes more has a message of its own. @default as many as fit
   */
  readonly batchChangeSize?: number;
  /** How long a server may take to accept a connection, in milliseconds. @default 3000 */
  readonly connectTimeoutMs?: number;
  /** How long a server may take for a reply, or for the next message of a transfer, in milliseconds. @default 10000 */
  readonly replyTimeoutMs?: number;
}

/** RRsets on one page of a listing. */
const PAGE = 1000;

/**
 * Makes a provider for servers that take dynamic updates (RFC 2136) and give zone transfers: BIND, Knot, PowerDNS, Windows and others.
 *
 * @throws {RangeError} where a server, a zone or the key is not well formed; no message shows the key's secret
 */
export function createRfc2136Provider(
  options: Rfc2136Options,
  context: { readonly clock: Clock; readonly logger: Logger },
): Provider {
  const servers = options.servers.map((text) => {
    const address = scanServerAddress(text);
    if (address === undefined) throw new RangeError(`the server ${JSON.stringify(text)} is neither ADDRESS:PORT nor NAME:PORT`);
    return address;
  });
  if (servers.length === 0) throw new RangeError('rfc2136 needs at least one server');
  const pool = new ServerPool({
    servers,
    key: options.tsig === undefined ? undefined : tsigKey(options.tsig),
    connectTimeoutMs: options.connectTimeoutMs ?? 3000,
    replyTimeoutMs: options.replyTimeoutMs ?? 10_000,
    ...context,
  });
  return new Rfc2136Provider(options, pool, context.logger);
}

class Rfc2136Provider implements Provider {
  readonly name: string;
  readonly traits: ProviderTraits;
  readonly #zones: readonly OwnerName[];
  readonly #minTtl: number;
  readonly #batchChangeSize: number;
  readonly #pool: ServerPool;
  readonly #logger: Logger;

  constructor(options: Rfc2136Options, pool: ServerPool, logger: Logger) {
    const { name = 'rfc2136', zones, minTtl = 0, maxNamesPerWrite = 500, batchChangeSize = Infinity } = options;
    this.name = name;
    this.traits = {
      conditionalWrites: true,
      setIdentifiers: false,
      maxNamesPerWrite: Math.min(maxNamesPerWrite, batchChangeSize),
    };
    this.#batchChangeSize = batchChangeSize;
    this.#zones = zones.map((zone) => nameOf(zone));
    this.#minTtl = minTtl;
    this.#pool = pool;
    this.#logger = logger;
  }

  zones(): Promise<readonly ProviderZone[]> {
    return Promise.resolve(this.#zones.map((apex) => ({ apex, id: apex })));
  }

  /** One transfer: it is checked to be whole before its first page is given away. */
  async *list(zone: ProviderZone, signal: AbortSignal): AsyncGenerator<readonly ObservedRRset[]> {
    const apex = this.#known(zone);
    const rrsets = observeRRsets(await this.#read(signal, (session) => transferZone(session, apex)));
    for (let at = 0; at < rrsets.length; at += PAGE) yield rrsets.slice(at, at + PAGE);
  }

  async read(zone: ProviderZone, owners: readonly OwnerName[], signal: AbortSignal): Promise<readonly ObservedRRset[]> {
    const apex = this.#known(zone);
    const inside = owners.filter((owner) => isAtOrBelow(owner, apex));
    return inside.length === 0 ? [] : await this.#read(signal, (session) => readNames(session, apex, inside));
  }

  lower(zone: ProviderZone, owner: OwnerName, desired: NameState): LoweredName {
    const rejected: RejectedRRset[] = [];
    const rrsets = desired.rrsets.filter(({ type, setIdentifier }) => {
      if (!MADE_BY_SIGNING.has(type) && (type !== TYPE.SOA || owner === zone.apex)) return true;
      const reason =
        type === TYPE.SOA ? 'an SOA stands at the apex of a zone alone' : `the server makes ${printRRType(type)} itself`;
      rejected.push({ type, setIdentifier, reason });
      return false;
    });
    const lowered = lowerPlainDns(zone, owner, { ...desired, rrsets }, { minTtl: this.#minTtl });
    return { ...lowered, rejected: [...rejected, ...lowered.rejected] };
  }

  async apply(zone: ProviderZone, writes: readonly NameWrite[], signal: AbortSignal): Promise<readonly ApplyResult[]> {
    const apex = this.#known(zone);
    const refused: ApplyResult[] = [];
    const updates: NameUpdate[] = [];
    for (const write of writes) {
      const update = nameUpdate(apex, write);
      if (typeof update === 'string') refused.push({ kind: 'refused', owner: write.owner, reason: update });
      else updates.push(update);
    }
    if (updates.length === 0) return refused;
    signal.throwIfAborted();
    const session = await this.#pool.connect(signal).catch((error: unknown) => this.#fail(error, signal));
    try {
      const limits = { maxNames: this.traits.maxNamesPerWrite, batchChangeSize: this.#batchChangeSize };
      const results = await applyUpdates(session, apex, updates, limits, signal);
      if (results.some(({ kind }) => kind === 'unknown') && !signal.aborted) {
        this.#pool.markDown(session.server);
        this.#logger.warn('it is not known what became of an update', { provider: this.name, zone: apex, names: updates.length });
      }
      return [...refused, ...results];
    } finally {
      session.close();
    }
  }

  async #read<T>(signal: AbortSignal, read: (session: DnsSession) => Promise<T>): Promise<T> {
    signal.throwIfAborted();
    return await this.#pool.read(signal, read).catch((error: unknown) => this.#fail(error, signal));
  }

  #known({ id }: ProviderZone): OwnerName {
    const apex = this.#zones.find((zone) => zone === id);
    if (apex === undefined) throw new ProviderError('PROVIDER_ZONE_UNKNOWN', `the provider ${this.name} has no zone ${id}`);
    return apex;
  }

  /** Says of a failure what a caller can do about it. */
  #fail(error: unknown, signal: AbortSignal): never {
    signal.throwIfAborted();
    if (!(error instanceof ExchangeError)) throw error;
    const { message, failure } = error;
    const code =
      failure === 'key-refused'
        ? 'PROVIDER_FORBIDDEN'
        : failure === 'bad-reply'
          ? 'PROVIDER_BAD_RESPONSE'
          : 'PROVIDER_UNAVAILABLE';
    throw new ProviderError(code, message, { cause: error });
  }
}
