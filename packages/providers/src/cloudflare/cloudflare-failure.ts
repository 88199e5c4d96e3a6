/** Why a request came to nothing: one shape for whatever the SDK throws and the API answers. */
import { ProviderError, type ProviderErrorCode } from '@kubezone/core';

/** One error of the API's answer, and those behind it. */
interface ApiErrorEntry {
  readonly code?: unknown;
  readonly message?: unknown;
  readonly error_chain?: unknown;
}

/** A request that was not answered as it should be. Its message holds no credentials. */
export class CloudflareFailure extends Error {
  override readonly name = 'CloudflareFailure';
  /** The HTTP status of the answer; undefined where none came. */
  readonly status: number | undefined;
  /** The API's own numbers, those of the chain behind an error included. */
  readonly codes: ReadonlySet<number>;
  readonly retryAfterMs: number | undefined;
  /** Whether the request certainly never reached the API. */
  readonly unsent: boolean;

  constructor(
    message: string,
    facts: Partial<Pick<CloudflareFailure, 'status' | 'codes' | 'retryAfterMs' | 'unsent'>>,
    cause?: unknown,
  ) {
    super(message, { cause });
    this.status = facts.status;
    this.codes = facts.codes ?? new Set();
    this.retryAfterMs = facts.retryAfterMs;
    this.unsent = facts.unsent ?? false;
  }
}

/** What a failure means to a caller. */
export type FailureKind = 'throttled' | 'forbidden' | 'zone-unknown' | 'unavailable' | 'conflict' | 'refused';

/** Source: developers.cloudflare.com/support, "DNS records with same name", and what the API is known to answer. */
const CODES = {
  /** Too many requests; 971 comes with other statuses than 429 too. */
  throttled: [971, 10_429],
  /** Wrong headers (6003, with 6103 and 6111 behind it), unknown keys and tokens, missing permissions. */
  forbidden: [6003, 6103, 6111, 9103, 9106, 9107, 9109, 10_000, 10_001],
  /** An identifier of no zone, or of none that is this account's. */
  zoneUnknown: [1001, 7000, 7003],
  /**
   * The zone is not as it was when it was read: the record is gone (81044), a CNAME stands where addresses are to be or the other way round (81053, 81054), or
   * somebody has made the same record (81057, 81058).
   */
  conflict: [81_044, 81_053, 81_054, 81_057, 81_058],
} as const;

/** Total: every failure is one of these. Whether a failed write may have happened is not told by it where it is `unavailable`: see `unsent`. */
export function kindOf({ status, codes, unsent }: CloudflareFailure): FailureKind {
  const has = (some: readonly number[]): boolean => some.some((code) => codes.has(code));
  if (status === 429 || has(CODES.throttled)) return 'throttled';
  if (unsent || status === undefined || status >= 500) return 'unavailable';
  if (has(CODES.conflict)) return 'conflict';
  if (has(CODES.forbidden) || status === 401 || (status === 403 && codes.size === 0)) return 'forbidden';
  if (has(CODES.zoneUnknown) || (status === 404 && codes.size === 0)) return 'zone-unknown';
  return 'refused';
}

const PROVIDER_CODES: Readonly<Record<FailureKind, ProviderErrorCode>> = {
  throttled: 'PROVIDER_THROTTLED',
  forbidden: 'PROVIDER_FORBIDDEN',
  'zone-unknown': 'PROVIDER_ZONE_UNKNOWN',
  unavailable: 'PROVIDER_UNAVAILABLE',
  conflict: 'PROVIDER_BAD_RESPONSE',
  refused: 'PROVIDER_BAD_RESPONSE',
};

/** @param what was asked for, to begin the message with */
export function providerError(what: string, failure: CloudflareFailure): ProviderError {
  return new ProviderError(PROVIDER_CODES[kindOf(failure)], `${what}: ${failure.message}`, {
    cause: failure,
    retryAfterMs: failure.retryAfterMs,
  });
}

/** The failure that an answer with `success: false`, or with a status of failure, is. */
export function answeredFailure(status: number, body: unknown, headers: Headers | undefined, now: number): CloudflareFailure {
  const codes = new Set<number>();
  const messages: string[] = [];
  const visit = (entries: unknown): void => {
    if (!Array.isArray(entries)) return;
    for (const entry of entries as readonly (ApiErrorEntry | null)[]) {
      const { code, message, error_chain: chain } = entry ?? {};
      if (typeof code === 'number') codes.add(code);
      const number = typeof code === 'number' ? ` (${code})` : '';
      if (typeof message === 'string') messages.push(`${message.slice(0, 300)}${number}`);
      visit(chain);
    }
  };
  visit((body as { readonly errors?: unknown } | null | undefined)?.errors);
  const text = messages.length === 0 ? 'no reason is given' : messages.join(': ');
  return new CloudflareFailure(`HTTP ${status}: ${text}`, { status, codes, retryAfterMs: readRetryAfter(headers, now) });
}

/** Seconds, or a date (RFC 9110, section 10.2.3), as milliseconds from now. */
function readRetryAfter(headers: Headers | undefined, now: number): number | undefined {
  const text = headers?.get('retry-after');
  if (text === null || text === undefined) return undefined;
  const milliseconds = /^\d+(?:\.\d+)?$/.test(text) ? Number(text) * 1000 : Date.parse(text) - now;
  return Number.isFinite(milliseconds) ? Math.max(0, milliseconds) : undefined;
}

/** What a connection that was never made fails with: then the request was not sent. */
const UNSENT =
  /^(?:ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT|CERT_\w+|DEPTH_ZERO_\w+|UNABLE_TO_\w+|SELF_SIGNED_\w+)$/;

/** The failure that stands behind an exception in place of an answer: what it was is told by the causes behind it, innermost first of all. */
export function unansweredFailure(error: unknown): CloudflareFailure {
  const chain: string[] = [];
  let unsent = false;
  for (let at = error; typeof at === 'object' && at !== null && chain.length < 5;) {
    const { code, message, cause } = at as { readonly code?: unknown; readonly message?: unknown; readonly cause?: unknown };
    if (typeof code === 'string' && UNSENT.test(code)) unsent = true;
    if (typeof message === 'string' && message !== '') chain.push(message);
    at = cause;
  }
  return new CloudflareFailure(`no answer: ${chain.join(': ') || 'the connection failed'}`, { unsent }, error);
}
