import { type Clock, ProviderError, TimeLimit } from '@kubezone/core';

import { type HttpAnswer, HttpConnections, SendError } from '../http/send-request.ts';
import { type DomainFilter, readDomainFilter } from './domain-filter.ts';
import { type Changes, type Endpoint, isMediaType, MEDIA_TYPE, readEndpoints } from './endpoint.ts';
import { retryAfterMs } from './retry-after.ts';

export interface WebhookClientOptions {
  /** Where the webhook is; user name and password in it are sent as Basic authentication, and shown nowhere. */
  readonly url: string;
  /** How long an answer may take, its body included. */
  readonly timeoutMs: number;
}

/** What became of changes that were sent. */
export type ChangeOutcome =
  | { readonly kind: 'done' }
  /** They were not sent, or the webhook says that it wants to be asked less often before it does anything. */
  | { readonly kind: 'throttled'; readonly afterMs: number }
  /** They are too many for one request; nothing was done. */
  | { readonly kind: 'too-large' }
  /** The webhook, or the way to it, is at fault whatever is sent; nothing was done. */
  | { readonly kind: 'failed'; readonly error: ProviderError }
  /** The webhook says that something went wrong: all, some or none of them were done. */
  | { readonly kind: 'rejected'; readonly reason: string; readonly retryAfterMs: number | undefined }
  /** No answer came. */
  | { readonly kind: 'unknown'; readonly reason: string };

/** Waits before another try of what changes nothing. */
const RETRIES_MS = [250, 1000];
/** When what was not sent, or not taken, may be tried again. */
const AGAIN_MS = 1000;
/** How much of an answer's text is told. */
const MAX_REASON = 300;

/** The four calls of external-dns's webhook protocol. Reads are tried again; changes are sent once. */
export class WebhookClient {
  readonly #url: URL;
  readonly #authorization: string | undefined;
  readonly #timeoutMs: number;
  readonly #clock: Clock;
  readonly #connections = new HttpConnections();

  constructor({ url, timeoutMs }: WebhookClientOptions, clock: Clock) {
    this.#url = new URL(url);
    const { username, password } = this.#url;
    if (username !== '' || password !== '') {
      this.#authorization = `Basic ${Buffer.from(`${unescaped(username)}:${unescaped(password)}`).toString('base64')}`;
      this.#url.username = '';
      this.#url.password = '';
    }
    this.#timeoutMs = timeoutMs;
    this.#clock = clock;
  }

  /** Where it is, for people: without user name, password and query. */
  get place(): string {
    return this.#url.origin + this.#url.pathname;
  }

  /** Agrees on the protocol's version, and learns which names the webhook is for. */
  async negotiate(signal: AbortSignal): Promise<DomainFilter> {
    const answer = await this.#ask('GET', '', undefined, signal);
    const type = answer.headers['content-type'];
    if (!isMediaType(type))
      throw this.#badResponse(
        `answers with Content-Type ${type ?? '(none)'}; ${MEDIA_TYPE} is expected: the port may be the one of its health checks`,
      );
    const filter = readDomainFilter(this.#parse('GET /', answer));
    if (typeof filter === 'string') throw this.#badResponse(`answers GET / with what is no domain filter: ${filter}`);
    return filter;
  }

  /** All that the webhook holds. */
  async records(signal: AbortSignal): Promise<readonly Endpoint[]> {
    return this.#endpoints('GET /records', await this.#ask('GET', '/records', undefined, signal));
  }

  /** What the webhook makes of endpoints that are wanted. One that has no such call changes nothing. */
  async adjust(endpoints: readonly Endpoint[], signal: AbortSignal): Promise<readonly Endpoint[]> {
    const answer = await this.#ask('POST', '/adjustendpoints', JSON.stringify(endpoints), signal, [404, 405]);
    return answer.status === 200 ? this.#endpoints('POST /adjustendpoints', answer) : endpoints;
  }

  /** Sends changes, once; not at all where the signal is aborted before. */
  async change(changes: Changes, signal: AbortSignal): Promise<ChangeOutcome> {
    if (signal.aborted) return { kind: 'throttled', afterMs: AGAIN_MS };
    const body = JSON.stringify(
      Object.fromEntries(Object.entries(changes).filter(([, list]) => (list as readonly unknown[]).length > 0)),
    );
    let answer: HttpAnswer;
    try {
      answer = await this.#send('POST', '/records', body, signal);
    } catch (error) {
      const reason = error instanceof SendError ? error.message : 'the answer cannot be read';
      if (!(error instanceof SendError) || error.sent) return { kind: 'unknown', reason };
      return signal.aborted
        ? { kind: 'throttled', afterMs: AGAIN_MS }
        : { kind: 'failed', error: new ProviderError('PROVIDER_UNAVAILABLE', `the webhook cannot be reached: ${reason}`) };
    }
    const { status } = answer;
    if (status === 204) return { kind: 'done' };
    const afterMs = retryAfterMs(answer.headers['retry-after'], this.#clock.now());
    if (status === 429) return { kind: 'throttled', afterMs: afterMs ?? AGAIN_MS };
    if (status === 413) return { kind: 'too-large' };
    if ([401, 403, 404, 405].includes(status)) return { kind: 'failed', error: this.#errorOf('POST /records', answer) };
    // 204 alone is success: a server that lacks the path may answer it with 200, as external-dns's does.
    return { kind: 'rejected', reason: `POST /records is answered with ${this.#describe(answer)}`, retryAfterMs: afterMs };
  }

  /** Sends what may be sent again, until it is answered with 200 or one of some other statuses. */
  async #ask(
    method: 'GET' | 'POST',
    path: string,
    body: string | undefined,
    signal: AbortSignal,
    accepted: readonly number[] = [],
  ): Promise<HttpAnswer> {
    for (const delayMs of [...RETRIES_MS, undefined]) {
      signal.throwIfAborted();
      let error: ProviderError;
      try {
        const answer = await this.#send(method, path, body, signal);
        if (answer.status === 200 || accepted.includes(answer.status)) return answer;
        error = this.#errorOf(`${method} ${path === '' ? '/' : path}`, answer);
      } catch (cause) {
        signal.throwIfAborted();
        const reason = cause instanceof SendError ? cause.message : 'the answer cannot be read';
        error = new ProviderError('PROVIDER_UNAVAILABLE', `the webhook cannot be reached: ${reason}`);
      }
      if (error.code !== 'PROVIDER_UNAVAILABLE' || delayMs === undefined) throw error;
      await this.#pause(delayMs, signal);
    }
    throw new RangeError('unreachable: the last try returns or throws');
  }

  async #send(method: 'GET' | 'POST', path: string, body: string | undefined, signal: AbortSignal): Promise<HttpAnswer> {
    const url = new URL(this.#url);
    url.pathname = url.pathname.replace(/\/+$/, '') + path;
    const headers = {
      accept: MEDIA_TYPE,
      ...(body === undefined ? {} : { 'content-type': MEDIA_TYPE }),
      ...(this.#authorization === undefined ? {} : { authorization: this.#authorization }),
    };
    const limit = new TimeLimit(
      this.#clock,
      this.#timeoutMs,
      signal,
      () => new Error(`no answer within ${this.#timeoutMs / 1000} s`),
    );
    try {
      const request = { method, url, headers, ...(body === undefined ? {} : { body }) };
      return await this.#connections.send(request, limit.signal);
    } finally {
      limit.end();
    }
  }

  #endpoints(call: string, answer: HttpAnswer): readonly Endpoint[] {
    const endpoints = readEndpoints(this.#parse(call, answer));
    if (typeof endpoints === 'string') throw this.#badResponse(`answers ${call} with what is no list of endpoints: ${endpoints}`);
    return endpoints;
  }

  #parse(call: string, { body }: HttpAnswer): unknown {
    try {
      return JSON.parse(body) as unknown;
    } catch {
      throw this.#badResponse(`answers ${call} with what is no JSON`);
    }
  }

  #errorOf(call: string, answer: HttpAnswer): ProviderError {
    const { status, headers } = answer;
    const message = `the webhook at ${this.place} answers ${call} with ${this.#describe(answer)}`;
    const afterMs = retryAfterMs(headers['retry-after'], this.#clock.now());
    if (status === 429 || (status === 503 && afterMs !== undefined))
      return new ProviderError('PROVIDER_THROTTLED', message, { retryAfterMs: afterMs });
    if (status === 401 || status === 403) return new ProviderError('PROVIDER_FORBIDDEN', message);
    if (status >= 500 || status === 408) return new ProviderError('PROVIDER_UNAVAILABLE', message, { retryAfterMs: afterMs });
    return new ProviderError('PROVIDER_BAD_RESPONSE', message);
  }

  /** A status, and the text with it where that is meant for people. */
  #describe({ status, headers, body }: HttpAnswer): string {
    const isText = headers['content-type']?.toLowerCase().startsWith('text/plain') === true;
    const reason = isText ? body.trim().replaceAll(/\s+/g, ' ').slice(0, MAX_REASON).toWellFormed() : '';
    return reason === '' ? `status ${status}` : `status ${status}: ${reason}`;
  }

  #badResponse(what: string): ProviderError {
    return new ProviderError('PROVIDER_BAD_RESPONSE', `the webhook at ${this.place} ${what}`);
  }

  async #pause(delayMs: number, signal: AbortSignal): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const cancel = this.#clock.after(delayMs, () => {
        signal.removeEventListener('abort', leave);
        resolve();
      });
      const leave = (): void => {
        cancel();
        reject(signal.reason as Error);
      };
      signal.addEventListener('abort', leave, { once: true });
    });
  }
}

/** Of a URL's user name or password. What is no escape stands for itself. */
function unescaped(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
