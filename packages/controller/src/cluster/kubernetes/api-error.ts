import { abridge, isFields } from '../../resources/fields.ts';
import { errorCode, messageOf } from '../message-of.ts';

/** Why a request to the Kubernetes API failed. Stable. */
export type ApiErrorCode =
  /** No connection, or it broke: refused, reset, no such host, TLS. */
  | 'API_UNREACHABLE'
  /** The connection is open, but nothing has come over it for longer than a living server leaves it silent. */
  | 'API_SILENT'
  /** The credentials cannot be read, or the program that provides them failed. */
  | 'API_CREDENTIALS'
  /** 401: the credentials are not, or no longer, valid. */
  | 'API_UNAUTHORIZED'
  /** 403: the credentials are valid, but RBAC does not allow this. */
  | 'API_FORBIDDEN'
  /** 404: the server has no such resource; a CRD is not installed. */
  | 'API_NOT_FOUND'
  /** 410: the server no longer has the history since the given resource version; or it is another server, or one put back to an earlier state. */
  | 'API_EXPIRED'
  /** 429: the server asks to be left alone for a while. */
  | 'API_THROTTLED'
  /** Any other status that is an error. */
  | 'API_ERROR'
  /** The answer is not what the API promises. */
  | 'API_BAD_RESPONSE'
  /** The answer is larger than is read at once. */
  | 'API_TOO_LARGE';

/** A request to the Kubernetes API failed. All are worth another try; how soon is the reflector's decision. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly code: ApiErrorCode;
  /** The server's wish (`Retry-After`), in milliseconds. */
  readonly retryAfterMs: number | undefined;

  constructor(code: ApiErrorCode, message: string, options?: ErrorOptions & { readonly retryAfterMs?: number | undefined }) {
    super(message, options);
    this.code = code;
    this.retryAfterMs = options?.retryAfterMs;
  }
}

/**
 * What an HTTP status and the `Status` object that comes with it mean; also used for the `Status` in an `ERROR` event of a watch.
 *
 * @param body the parsed body, or its beginning as text
 * @param retryAfter the header
 */
export function apiErrorOf(status: number, body: unknown, retryAfter?: string): ApiError {
  const details = isFields(body) && isFields(body['details']) ? body['details'] : undefined;
  const said = isFields(body) && typeof body['message'] === 'string' ? body['message'] : typeof body === 'string' ? body : '';
  const message = abridge(`the API server answered ${status}${said === '' ? '' : `: ${said.trim()}`}`, 400);
  const fromDetails = details?.['retryAfterSeconds'];
  const seconds = retryAfter ?? (typeof fromDetails === 'number' ? String(fromDetails) : undefined);
  return new ApiError(codeOf(status), message, { retryAfterMs: readRetryAfter(seconds) });
}

function codeOf(status: number): ApiErrorCode {
  switch (status) {
    case 401:
      return 'API_UNAUTHORIZED';
    case 403:
      return 'API_FORBIDDEN';
    case 404:
      return 'API_NOT_FOUND';
    case 410:
      return 'API_EXPIRED';
    case 429:
      return 'API_THROTTLED';
    default:
      return 'API_ERROR';
  }
}

/** The API server sends whole seconds (RFC 9110, section 10.2.3, would allow a date as well). */
function readRetryAfter(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,6}$/.test(text) ? Number(text) * 1000 : undefined;
}

/** Whatever was thrown, as an `ApiError`: what is not one came from the connection. */
export function toApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  const message = messageOf(error);
  // An AggregateError of several addresses tried has an empty message, and the facts in its code.
  const code = errorCode(error) ?? 'no connection';
  return new ApiError('API_UNREACHABLE', message === '' ? code : message, { cause: error });
}
