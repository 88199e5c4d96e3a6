import { type Clock, ProviderError, TimeLimit } from '@kubezone/core';

import { nextTurn } from '../rate/next-turn.ts';
import { MAX_PAUSE_MS, TokenBucket } from '../rate/token-bucket.ts';
import { type ApiFailure, isThrottling, isZoneUnknown, readApiFailure } from './api-failure.ts';
import { AuthorizedDns, type AuthorizedDnsOptions, type AuthorizedRequest, type DnsRequest } from './authorized-dns.ts';
import type { ChangeBody } from './change-batch.ts';
import { HttpConnections, SendError } from '../http/send-request.ts';

/** What became of a change that was to be made. */
export type ChangeOutcome =
  | { readonly kind: 'done' }
  /** The vendor refuses it as a whole: nothing was written. */
  | { readonly kind: 'rejected'; readonly failure: ApiFailure }
  /** It was not sent, or nothing is written for now. */
  | { readonly kind: 'throttled'; readonly afterMs: number }
  /** It may have been done. */
  | { readonly kind: 'unknown'; readonly reason: string }
  /** It was not sent, or refused for a reason that concerns all changes. */
  | { readonly kind: 'failed'; readonly error: ProviderError };

/** How many requests may go at once after a pause, in seconds of the rate. */
const BURST_SECONDS = 5;

/** How long an answer may take, in milliseconds. */
const TIMEOUT_MS = 30_000;

/** It has taken longer. */
class TimeoutError extends Error {
  override readonly name = 'TimeoutError';
}

/** What is waited after a refusal for asking too often that names no time, in milliseconds: Google counts by the minute. */
const THROTTLED_MS = 15_000;

/** What is waited before a read is tried again, in milliseconds. */
const READ_RETRIES_MS: readonly number[] = [250, 1000];

const ABORTED: ChangeOutcome = { kind: 'throttled', afterMs: 0 };

/** Requests to Cloud DNS, API version 1: reads that are tried again, writes that are sent once. */
export class CloudDnsClient {
  readonly #dns: AuthorizedDns;
  readonly #clock: Clock;
  readonly #bucket: TokenBucket;
  readonly #connections = new HttpConnections();

  /** @param requestsPerSecond what is kept to in the long run */
  constructor(options: AuthorizedDnsOptions, requestsPerSecond: number, clock: Clock) {
    this.#dns = new AuthorizedDns(options);
    this.#clock = clock;
    this.#bucket = new TokenBucket(clock, {
      capacity: Math.max(1, BURST_SECONDS * requestsPerSecond),
      perSecond: requestsPerSecond,
    });
  }

  /**
   * Reads. A failure on the vendor's side or the network's is tried again twice.
   *
   * @throws {ProviderError}
   */
  async get(request: DnsRequest, signal: AbortSignal): Promise<unknown> {
    for (let attempt = 0; ; attempt++) {
      await this.#bucket.take(signal);
      try {
        return await this.#getOnce(request, signal);
      } catch (error) {
        const delay = READ_RETRIES_MS[attempt];
        const isPassing = error instanceof ProviderError && error.code === 'PROVIDER_UNAVAILABLE';
        if (!isPassing || delay === undefined || signal.aborted) throw error;
        await this.#pause(delay, signal);
      }
    }
  }

  /** Reads a list, page by page. @throws {ProviderError} */
  async *pages(request: DnsRequest, signal: AbortSignal): AsyncGenerator<Readonly<Record<string, unknown>>> {
    let pageToken: string | undefined;
    do {
      const query = { ...request.query, ...(pageToken === undefined ? {} : { pageToken }) };
      const page = await this.get({ ...request, query }, signal);
      if (typeof page !== 'object' || page === null)
        throw new ProviderError('PROVIDER_BAD_RESPONSE', `Cloud DNS answers GET ${request.path} with no object`);
      const fields = page as Readonly<Record<string, unknown>>;
      yield fields;
      const next = fields['nextPageToken'];
      if (typeof next === 'string' && next === pageToken)
        throw new ProviderError('PROVIDER_BAD_RESPONSE', `Cloud DNS answers GET ${request.path} with the same page again`);
      pageToken = typeof next === 'string' && next !== '' ? next : undefined;
    } while (pageToken !== undefined);
  }

  /** Makes a change. It is sent once, or not at all where the signal is aborted before. */
  async change(path: string, change: ChangeBody, signal: AbortSignal): Promise<ChangeOutcome> {
    let request: AuthorizedRequest;
    try {
      await this.#bucket.take(signal);
      request = await this.#authorize({ path }, signal);
    } catch (error) {
      if (signal.aborted) return ABORTED;
      if (error instanceof ProviderError) return { kind: 'failed', error };
      throw error;
    }
    await nextTurn(this.#clock);
    try {
      if (signal.aborted) return ABORTED;
      const headers = { ...request.headers, 'content-type': 'application/json' };
      const body = JSON.stringify(change);
      const answer = await this.#timed(signal, (timed) =>
        this.#connections.send({ method: 'POST', url: request.url, headers, body }, timed),
      );
      return this.#outcomeOf(answer.status, answer.body, answer.headers);
    } catch (error) {
      const message = error instanceof SendError ? error.message : 'the answer cannot be read';
      if (error instanceof SendError && !error.sent)
        return signal.aborted ? ABORTED : { kind: 'failed', error: new ProviderError('PROVIDER_UNAVAILABLE', message) };
      return { kind: 'unknown', reason: message };
    }
  }

  #outcomeOf(status: number, body: string, headers: { readonly 'retry-after'?: string | undefined }): ChangeOutcome {
    if (status >= 200 && status < 300) {
      // A proxy's page would have status 200 too.
      return isChange(body) ? { kind: 'done' } : { kind: 'unknown', reason: `HTTP ${status}, but no change in the answer` };
    }
    const failure = readApiFailure(status, body, headers, this.#clock.now());
    if (isThrottling(failure)) return { kind: 'throttled', afterMs: this.#holdBack(failure) };
    if (status >= 500 || status < 400) return { kind: 'unknown', reason: `HTTP ${status}: ${failure.message}` };
    const concernsAll = isZoneUnknown(failure) || status === 401 || (status === 403 && !isQuota(failure));
    const concernsChange = failure.isGoogles ? !concernsAll : status === 413;
    return concernsChange ? { kind: 'rejected', failure } : { kind: 'failed', error: this.#errorOf(failure) };
  }

  async #getOnce(request: DnsRequest, signal: AbortSignal): Promise<unknown> {
    const { url, headers } = await this.#authorize(request, signal);
    const answer = await this.#timed(signal, (timed) => this.#connections.send({ method: 'GET', url, headers }, timed)).catch(
      (error: unknown) => {
        signal.throwIfAborted();
        const message = error instanceof SendError ? error.message : 'the answer cannot be read';
        throw new ProviderError('PROVIDER_UNAVAILABLE', message);
      },
    );
    if (answer.status < 200 || answer.status > 299)
      throw this.#errorOf(readApiFailure(answer.status, answer.body, answer.headers, this.#clock.now()));
    try {
      return JSON.parse(answer.body) as unknown;
    } catch {
      throw new ProviderError('PROVIDER_BAD_RESPONSE', `${url.host} answers GET ${url.pathname} with no JSON`);
    }
  }

  #errorOf(failure: ApiFailure): ProviderError {
    const { status, message } = failure;
    const text = `Cloud DNS answers ${status}: ${message}`;
    if (isThrottling(failure)) return new ProviderError('PROVIDER_THROTTLED', text, { retryAfterMs: this.#holdBack(failure) });
    if (isZoneUnknown(failure)) return new ProviderError('PROVIDER_ZONE_UNKNOWN', text);
    if (status === 401 || status === 403) {
      this.#dns.forget();
      return new ProviderError('PROVIDER_FORBIDDEN', text);
    }
    const { retryAfterMs } = failure;
    if (status >= 500 || status === 408) return new ProviderError('PROVIDER_UNAVAILABLE', text, { retryAfterMs });
    return new ProviderError('PROVIDER_BAD_RESPONSE', text);
  }

  /** Lets no request through for as long as the vendor asks; returns that time in milliseconds. */
  #holdBack({ retryAfterMs = THROTTLED_MS }: ApiFailure): number {
    this.#bucket.pause(retryAfterMs);
    return Math.min(retryAfterMs, MAX_PAUSE_MS);
  }

  /** Completes a request. The SDK waits for token servers as long as they like, so the limit is ours. */
  async #authorize(request: DnsRequest, signal: AbortSignal): Promise<AuthorizedRequest> {
    try {
      return await this.#timed(signal, async (timed) => {
        const given = new Promise<never>((_, reject) => {
          timed.addEventListener('abort', () => reject(timed.reason as Error), { once: true });
        });
        return await Promise.race([this.#dns.authorize(request), given]);
      });
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof TimeoutError)
        throw new ProviderError('PROVIDER_UNAVAILABLE', `no access token within ${TIMEOUT_MS / 1000} s`);
      if (error instanceof ProviderError && error.code === 'PROVIDER_FORBIDDEN') this.#dns.forget();
      throw error;
    }
  }

  async #timed<T>(signal: AbortSignal, work: (timed: AbortSignal) => Promise<T>): Promise<T> {
    const limit = new TimeLimit(
      this.#clock,
      TIMEOUT_MS,
      signal,
      () => new TimeoutError(`no answer within ${TIMEOUT_MS / 1000} s`),
    );
    try {
      return await work(limit.signal);
    } finally {
      limit.end();
    }
  }

  async #pause(delayMs: number, signal: AbortSignal): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const cancel = this.#clock.after(delayMs, () => {
        signal.removeEventListener('abort', abort);
        resolve();
      });
      const abort = (): void => {
        cancel();
        reject(signal.reason as Error);
      };
      signal.addEventListener('abort', abort, { once: true });
    });
  }
}

function isQuota({ faults }: ApiFailure): boolean {
  return faults.some(({ reason }) => reason === 'quotaExceeded');
}

function isChange(body: string): boolean {
  try {
    const parsed: unknown = JSON.parse(body);
    return typeof parsed === 'object' && parsed !== null && 'status' in parsed && 'id' in parsed;
  } catch {
    return false;
  }
}
