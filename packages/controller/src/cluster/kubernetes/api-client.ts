import { type ClientRequest, type IncomingMessage, request as requestPlain } from 'node:http';
import { request as requestTls } from 'node:https';

import { ApiError, apiErrorOf, toApiError } from './api-error.ts';
import type { Access } from './credentials.ts';

const ANSWER_SILENCE_MS = 60_000;
/** As much of an error's body is read, in octets. */
const LARGEST_ERROR_OCTETS = 64 * 1024;
const KEEPALIVE_MS = 30_000;

/** What requests need. */
export interface ApiClientOptions {
  /** The current address and credentials; asked before every request. */
  readonly access: (signal: AbortSignal) => Promise<Access>;
  /** `kubezone-resolver/0.1.0`. */
  readonly userAgent: string;
  /** How long the server may take to begin an answer, or to go on with a list, in milliseconds. @default its own limit for a request, a minute */
  readonly answerSilenceMs?: number;
}

/** An answer whose body is still coming. */
export interface OpenAnswer {
  /** Which server it comes from, as `Access.identity`. */
  readonly server: string;
  readonly body: AsyncIterable<Buffer>;
  /** Gives the connection up, with `API_SILENT`, when nothing comes for so long from now on. */
  allowSilence(limitMs: number): void;
  /** Gives the connection up, where the body is not read. */
  close(): void;
}

/** GET requests to a Kubernetes API server. */
export class ApiClient {
  readonly #options: ApiClientOptions;

  constructor(options: ApiClientOptions) {
    this.#options = options;
  }

  /**
   * Sends a request, and waits until the server has accepted it.
   *
   * @throws {ApiError} also while the body is being read
   */
  async open(path: string, signal: AbortSignal): Promise<OpenAnswer> {
    const { server, identity, options, headers } = await this.#options.access(signal);
    const send = server.protocol === 'http:' ? requestPlain : requestTls;
    const target = new URL(server.pathname.replace(/\/$/, '') + path, server);
    const answered = Promise.withResolvers<IncomingMessage>();
    const request = send(
      target,
      {
        ...options,
        headers: { ...headers, accept: 'application/json', 'user-agent': this.#options.userAgent },
        signal,
        timeout: this.#options.answerSilenceMs ?? ANSWER_SILENCE_MS,
      },
      answered.resolve,
    );
    request.on('error', answered.reject);
    request.on('socket', (socket) => socket.setKeepAlive(true, KEEPALIVE_MS));
    request.on('timeout', () => request.destroy(silent()));
    request.end();
    try {
      const response = await answered.promise;
      giveUpWhenSilent(request, response);
      if (response.statusCode === 200) {
        return {
          server: identity,
          body: readChunks(response),
          allowSilence: (limitMs) => void request.setTimeout(limitMs),
          close: () => void response.destroy(),
        };
      }
      throw await readError(response);
    } catch (error) {
      throw toApiError(error);
    }
  }
}

/** Once there is a response it is the one that must fail: its reader would hear of a destroyed request only that it was aborted. */
function giveUpWhenSilent(request: ClientRequest, response: IncomingMessage): void {
  request.removeAllListeners('timeout');
  request.on('timeout', () => response.destroy(silent()));
}

async function* readChunks(response: IncomingMessage): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of response) yield chunk as Buffer;
  } catch (error) {
    throw toApiError(error);
  }
}

async function readError(response: IncomingMessage): Promise<ApiError> {
  const chunks: Buffer[] = [];
  let octets = 0;
  try {
    for await (const chunk of readChunks(response)) {
      chunks.push(chunk);
      if ((octets += chunk.length) > LARGEST_ERROR_OCTETS) break;
    }
  } catch {
    // The status alone says enough.
  }
  const text = Buffer.concat(chunks).toString('utf8');
  let body: unknown = text;
  try {
    body = JSON.parse(text);
  } catch {
    // A proxy's error is no Status object: its text has to do.
  }
  return apiErrorOf(response.statusCode ?? 0, body, response.headers['retry-after']);
}

function silent(): ApiError {
  return new ApiError('API_SILENT', 'nothing has come from the API server for too long');
}
