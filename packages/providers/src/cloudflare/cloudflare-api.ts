/** The requests that are made of Cloudflare's API, each within its rate limit and its time. */
import { type Clock, TimeLimit } from '@kubezone/core';
import type { APIPromise } from 'cloudflare/api-promise';

import { MAX_PAUSE_MS, type TokenBucket } from '../rate/token-bucket.ts';
import { answeredFailure, CloudflareFailure, kindOf, unansweredFailure } from './cloudflare-failure.ts';
import type { Credentials } from './cloudflare-options.ts';
import type { Batch } from './name-operations.ts';
import { openClient, type SdkClient } from './sdk-client.ts';

/** What the API wraps every answer in. */
export interface Envelope {
  readonly result: unknown;
  readonly result_info?: { readonly total_pages?: number; readonly total_count?: number };
}

export interface CloudflareApiOptions {
  readonly credentials: Credentials;
  readonly baseUrl: string;
  readonly clock: Clock;
  readonly bucket: TokenBucket;
  /** How long an answer may take, its body included. */
  readonly timeoutMs: number;
}

/** Waits before another try of a read. */
const READ_RETRIES_MS = [250, 1000];
/** How long the API blocks whoever was too fast, where it does not say (developers.cloudflare.com/fundamentals/api/reference/limits). */
const DEFAULT_BLOCK_MS = 300_000;
/** The most that the API shows of zones. */
const ZONES_PER_PAGE = 50;

/** Cloudflare's API as far as it is used here. Every function throws a `CloudflareFailure`, or the signal's reason. */
export class CloudflareApi {
  readonly #options: CloudflareApiOptions;
  #client: Promise<SdkClient> | undefined;
  /** On the monotonic clock: until then the API answers nothing but that there were too many requests. */
  #blockedUntil = 0;

  constructor(options: CloudflareApiOptions) {
    this.#options = options;
  }

  zones(page: number, signal: AbortSignal): Promise<Envelope> {
    return this.#read((client, options) => client.zones.list({ page, per_page: ZONES_PER_PAGE }, options), signal);
  }

  zone(id: string, signal: AbortSignal): Promise<Envelope> {
    return this.#read((client, options) => client.zones.get({ zone_id: id }, options), signal);
  }

  /** @param name of one owner, without its final dot; by default all */
  records(zoneId: string, page: number, perPage: number, name: string | undefined, signal: AbortSignal): Promise<Envelope> {
    const filter = name === undefined ? {} : { name: { exact: name } };
    const query = { zone_id: zoneId, page, per_page: perPage, order: 'name', direction: 'asc', ...filter } as const;
    return this.#read((client, options) => client.dns.records.list(query, options), signal);
  }

  /** Sent once, whatever happens: who does not know what became of it must read. */
  batch(zoneId: string, { deletes, patches, posts }: Batch, signal: AbortSignal): Promise<Envelope> {
    const body = { deletes: [...deletes], patches: [...patches], posts: [...posts] };
    // The SDK's types are a union with a member for each record type, which is known here only as a whole.
    const params = { zone_id: zoneId, ...body } as unknown as Parameters<SdkClient['dns']['records']['batch']>[0];
    return this.#call((client, options) => client.dns.records.batch(params, options), signal);
  }

  async #read(request: Request, signal: AbortSignal): Promise<Envelope> {
    for (const delayMs of READ_RETRIES_MS) {
      try {
        return await this.#call(request, signal);
      } catch (error) {
        signal.throwIfAborted();
        if (!(error instanceof CloudflareFailure) || kindOf(error) !== 'unavailable') throw error;
        await this.#pause(delayMs, signal);
      }
    }
    return this.#call(request, signal);
  }

  async #call(request: Request, signal: AbortSignal): Promise<Envelope> {
    const { bucket, clock, timeoutMs, credentials, baseUrl } = this.#options;
    const blockedMs = this.#blockedUntil - clock.monotonic();
    if (blockedMs > 0) {
      const message = 'the API has asked for a pause, which is not over';
      throw new CloudflareFailure(message, { status: 429, retryAfterMs: blockedMs, unsent: true });
    }
    await bucket.take(signal);
    const client = await (this.#client ??= openClient(credentials, baseUrl));
    // A process that was stopped for a while finds all its timers due at once, whoever is to give up its lease among them. One that is set now comes after those.
    await this.#pause(0, signal);
    signal.throwIfAborted();
    const limit = new TimeLimit(clock, timeoutMs, signal);
    try {
      const response = await request(client, { signal: limit.signal }).asResponse();
      return readEnvelope(response.status, await response.json(), response.headers, clock.now());
    } catch (error) {
      const failure = limit.isOver
        ? new CloudflareFailure(`no answer within ${timeoutMs} ms`, {})
        : failureOf(error, clock.now());
      if (kindOf(failure) === 'throttled') this.#blockedUntil = clock.monotonic() + throttleMs(failure);
      throw withoutSecrets(failure, credentials);
    } finally {
      limit.end();
    }
  }

  #pause(delayMs: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        cancel();
        reject(signal.reason as Error);
      };
      const cancel = this.#options.clock.after(delayMs, () => {
        signal.removeEventListener('abort', leave);
        resolve();
      });
      signal.addEventListener('abort', leave, { once: true });
    });
  }
}

/** How long to wait where the API says too many requests, whether or not it says for how long; at most a day. */
export function throttleMs({ retryAfterMs }: CloudflareFailure): number {
  return Math.min(retryAfterMs ?? DEFAULT_BLOCK_MS, MAX_PAUSE_MS);
}

type Request = (client: SdkClient, options: { readonly signal: AbortSignal }) => APIPromise<unknown>;

/** The API answers with `success: false` and status 200 too; the SDK takes that for success, and its result for nothing. */
function readEnvelope(status: number, body: unknown, headers: Headers, now: number): Envelope {
  const { success } = (body ?? {}) as { readonly success?: unknown };
  if (success !== true) throw answeredFailure(status, body, headers, now);
  return body as Envelope;
}

/** Whatever the SDK has thrown. */
function failureOf(error: unknown, now: number): CloudflareFailure {
  if (error instanceof CloudflareFailure) return error;
  const {
    status,
    error: body,
    headers,
  } = error as { readonly status?: unknown; readonly error?: unknown; readonly headers?: Headers };
  return typeof status === 'number' ? answeredFailure(status, body, headers, now) : unansweredFailure(error);
}

/** Nothing that the API says is shown with what it was sent to prove who asks, should it ever repeat that. */
function withoutSecrets(failure: CloudflareFailure, { apiToken, apiKey }: Credentials): CloudflareFailure {
  const secret = apiToken ?? apiKey;
  if (secret === null || !failure.message.includes(secret)) return failure;
  return new CloudflareFailure(failure.message.replaceAll(secret, '***'), failure);
}
