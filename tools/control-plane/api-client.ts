/** Requests to a Kubernetes API server, as far as tests need them: no retries, no caches, nothing hidden. */
import { Agent, request as httpsRequest } from 'node:https';

export interface ApiResponse<Body = unknown> {
  status: number;
  /** The parsed JSON; for a watch, the array of its events; the text if it is anything else, such as that of `/readyz`. */
  body: Body;
}

export interface ApiRequest {
  /** Sent as JSON, unless it is text already. */
  body?: unknown;
  contentType?: string;
  /** The bearer token; without one the request is anonymous. */
  token?: string;
}

export interface ApiClient {
  request(method: string, path: string, options: ApiRequest): Promise<ApiResponse>;
  /** Closes the connections, those of running requests as well. */
  close(): void;
}

/** How long the server may be silent within one request. Longer than a watch of the longest sensible `timeoutSeconds` in a test. */
const SILENCE_TIMEOUT_MS = 120_000;

/** Makes a client for the server at this URL, whose certificate is signed by one of those in `ca` (PEM). */
export function createApiClient(server: string, ca: Buffer): ApiClient {
  const agent = new Agent({ ca, keepAlive: true });
  return {
    request: (method, path, { body, contentType, token }) => {
      const url = new URL(path, server);
      const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
      const headers = {
        accept: 'application/json',
        // The length, too: node:http leaves it out of a DELETE, whose body the server then takes for the next request.
        ...(text === undefined
          ? {}
          : { 'content-type': contentType ?? defaultContentType(method), 'content-length': Buffer.byteLength(text) }),
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      };
      return new Promise((resolve, reject) => {
        const request = httpsRequest(url, { agent, method, headers, timeout: SILENCE_TIMEOUT_MS }, (response) => {
          let received = '';
          response.setEncoding('utf8');
          response.on('data', (chunk: string) => {
            received += chunk;
          });
          response.on('end', () => {
            const status = response.statusCode ?? 0;
            const isWatch = status === 200 && ['1', 'true'].includes(url.searchParams.get('watch') ?? '');
            resolve({ status, body: isWatch ? parseLines(received) : parse(received) });
          });
          response.on('error', reject);
        });
        request.on('timeout', () =>
          request.destroy(new Error(`${method} ${url.href}: no answer within ${SILENCE_TIMEOUT_MS / 1000} s`)),
        );
        request.on('error', reject);
        request.end(text);
      });
    },
    close: () => agent.destroy(),
  };
}

function defaultContentType(method: string): string {
  return method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function parseLines(text: string): unknown[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map(parse);
}
