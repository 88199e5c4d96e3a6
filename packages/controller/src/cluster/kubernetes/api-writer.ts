import { type IncomingMessage, request as requestPlain } from 'node:http';
import { request as requestTls } from 'node:https';

import { type Clock, TimeLimit } from '@kubezone/core';

import { type Fields, isFields } from '../../resources/fields.ts';
import { ApiError, apiErrorOf, toApiError } from './api-error.ts';
import type { Access } from './credentials.ts';

/** How long a request may take as a whole, in milliseconds. */
export const REQUEST_TIMEOUT_MS = 5_000;
/** The largest answer that is read, in octets: a page of a list. */
const LARGEST_ANSWER_OCTETS = 32 * 1024 * 1024;

/** What an API writer needs. */
export interface ApiWriterOptions {
  /** The current address and credentials; asked before every request. */
  readonly access: (signal: AbortSignal) => Promise<Access>;
  /** Called when the server does not accept the credentials any more. */
  readonly renew: () => void;
  /** `kubezone-resolver/0.1.0`. */
  readonly userAgent: string;
  readonly clock: Pick<Clock, 'after'>;
  /** How long a request may take as a whole, credentials included, in milliseconds. @default 5000 */
  readonly timeoutMs?: number;
}

/** One request, below the server's own path. */
export interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH';
  /** With its query. */
  readonly path: string;
  /** Sent as JSON. */
  readonly body?: Fields;
  /** @default application/json */
  readonly contentType?: 'application/json' | 'application/merge-patch+json' | 'application/apply-patch+yaml';
  /** @default application/json */
  readonly accept?: string;
}

/** What the server answered, whether it did what was asked or not. */
export interface ApiAnswer {
  /** Below 500, and neither 401 nor 429. */
  readonly status: number;
  /** The object, or the `Status` that says why not; empty where the body is neither. */
  readonly body: Fields;
}

/**
 * Single requests to a Kubernetes API server, answers of a few MiB at most.
 *
 * Nothing is repeated here: who writes under a Lease has to look at it before every attempt. Nor does a request outlast `timeoutMs` at the client; that and a term's
 * last moment together are less than a Lease's duration, so that a write which is under way when the term ends is over before another begins.
 */
export class ApiWriter {
  readonly #options: ApiWriterOptions;

  constructor(options: ApiWriterOptions) {
    this.#options = options;
  }

  /**
   * Sends a request, and reads the answer.
   *
   * @throws {ApiError} where there is no answer, or one that says nothing of the object: 401, 429, 500 and above. Whether the server has done what was asked is not
   * known then
   */
  async send(request: ApiRequest, signal: AbortSignal): Promise<ApiAnswer> {
    const limit = new TimeLimit(this.#options.clock, this.#options.timeoutMs ?? REQUEST_TIMEOUT_MS, signal);
    try {
      return await this.#send(request, limit.signal);
    } catch (error) {
      const failure = limit.isOver
        ? new ApiError('API_SILENT', 'the API server has not answered in time', { cause: error })
        : toApiError(error);
      if (failure.code === 'API_UNAUTHORIZED') this.#options.renew();
      throw failure;
    } finally {
      limit.end();
    }
  }

  async #send({ method, path, body, contentType, accept }: ApiRequest, signal: AbortSignal): Promise<ApiAnswer> {
    const { server, options, headers } = await this.#options.access(signal);
    const send = server.protocol === 'http:' ? requestPlain : requestTls;
    const payload = body === undefined ? undefined : Buffer.from(JSON.stringify(body));
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
    const sent = send(
      new URL(server.pathname.replace(/\/$/, '') + path, server),
      {
        ...options,
        method,
        headers: {
          ...headers,
          accept: accept ?? 'application/json',
          'user-agent': this.#options.userAgent,
          ...(payload === undefined
            ? {}
            : { 'content-type': contentType ?? 'application/json', 'content-length': payload.length }),
        },
        signal,
      },
      resolve,
    );
    sent.on('error', reject);
    sent.end(payload);
    return readAnswer(await promise);
  }
}

/** What an answer that is no success means: `API_FORBIDDEN`, and so on. */
export function refusalOf({ status, body }: ApiAnswer): ApiError {
  return apiErrorOf(status, body);
}

/** Whether the server has done what was asked. */
export function isDone({ status }: ApiAnswer): boolean {
  return status >= 200 && status < 300;
}

async function readAnswer(response: IncomingMessage): Promise<ApiAnswer> {
  const chunks: Buffer[] = [];
  let octets = 0;
  for await (const chunk of response) {
    octets += (chunk as Buffer).length;
    // Leaving the loop destroys the connection.
    if (octets > LARGEST_ANSWER_OCTETS)
      throw new ApiError('API_TOO_LARGE', `the answer has more than ${LARGEST_ANSWER_OCTETS} octets`);
    chunks.push(chunk as Buffer);
  }
  const status = response.statusCode ?? 0;
  const text = Buffer.concat(chunks).toString('utf8');
  const body = parseFields(text);
  const unanswered = status === 401 || status === 429 || status >= 500;
  if (unanswered) throw apiErrorOf(status, body ?? text, response.headers['retry-after']);
  if (body === undefined && status < 300)
    throw new ApiError('API_BAD_RESPONSE', 'the API server answered something that is not a JSON object');
  return { status, body: body ?? {} };
}

function parseFields(text: string): Fields | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    return isFields(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}
