import { ProviderError } from '@kubezone/core';

import { MAX_PAUSE_MS } from '../rate/token-bucket.ts';

/** What a failed request means. */
export type RequestFailure =
  /** Route 53 refuses what the request asks for; nothing was done. */
  | { readonly kind: 'refused'; readonly texts: readonly string[] }
  /** The credentials may not do this: with some of the names, or with none. Nothing was done. */
  | { readonly kind: 'denied'; readonly text: string }
  /** Too many requests; nothing was done. */
  | { readonly kind: 'throttled'; readonly afterMs: number }
  /** The request never left. */
  | { readonly kind: 'unsent'; readonly error: ProviderError }
  /** It may have been carried out. */
  | { readonly kind: 'unknown'; readonly error: ProviderError }
  /** Nothing of the kind will succeed at present; nothing was done. */
  | { readonly kind: 'failed'; readonly error: ProviderError };

/** Route 53 names no time; its quota gives back a request in a fraction of a second, and the caller's backoff grows. */
const DEFAULT_RETRY_MS = 1000;

/** All of them with status 400 here, but for the proxies that answer 429. */
const THROTTLES =
  /^(?:Throttling|ThrottlingException|ThrottledException|RequestLimitExceeded|TooManyRequestsException|SlowDown|PriorRequestNotComplete)$/;
/** Nothing was sent yet: the SDK's chain has come to its end. */
const UNFOUND = /^(?:CredentialsProviderError|TokenProviderError)$/;
const CREDENTIALS =
  /^(?:InvalidClientTokenId|UnrecognizedClientException|SignatureDoesNotMatch|InvalidSignatureException|IncompleteSignature|MissingAuthenticationToken|MissingAuthenticationTokenException|ExpiredToken|ExpiredTokenException|RequestExpired|OptInRequired|AuthFailure)$/;
const DENIALS = /^(?:AccessDenied|AccessDeniedException|NotAuthorizedException|UnauthorizedOperation)$/;
const UNSENT =
  /^(?:ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EAI_FAIL|EHOSTUNREACH|ENETUNREACH|ENETDOWN|EADDRNOTAVAIL|CERT_\w+|ERR_TLS_\w+|DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_\w+)$/;

/** The parts of the SDK's errors that are read. */
interface SdkError {
  readonly name?: unknown;
  readonly message?: unknown;
  readonly messages?: unknown;
  /** Of the older form of `InvalidChangeBatch`, which the SDK does not recognise. */
  readonly Messages?: { readonly Message?: unknown };
  readonly code?: unknown;
  /** Of a name that does not resolve. */
  readonly hostname?: unknown;
  readonly syscall?: unknown;
  readonly $metadata?: { readonly httpStatusCode?: number };
  readonly $response?: { readonly headers?: Readonly<Record<string, string>> };
}

/**
 * What an error of the SDK's means. Of its text only what is known to hold no secret is passed on: that of `SignatureDoesNotMatch` has the session token in
 * it, and the error itself the request.
 *
 * @param what the request, for a person: `list the hosted zones`
 */
export function readFailure(thrown: unknown, what: string): RequestFailure {
  const error: SdkError = typeof thrown === 'object' && thrown !== null ? thrown : {};
  const name = textOf(error.name);
  const status = error.$metadata?.httpStatusCode;
  const text = withoutKeys(textOf(error.message));
  const fail = (code: ProviderError['code'], reason: string): ProviderError =>
    new ProviderError(code, `cannot ${what} at Route 53: ${reason}`);

  if (THROTTLES.test(name) || status === 429) return { kind: 'throttled', afterMs: retryAfterMs(error) };
  if (UNFOUND.test(name))
    return {
      kind: 'failed',
      error: fail(
        'PROVIDER_FORBIDDEN',
        `no credentials are found in the environment, the profile, or the role of the pod (${name})`,
      ),
    };
  if (CREDENTIALS.test(name))
    return { kind: 'failed', error: fail('PROVIDER_FORBIDDEN', `the credentials are refused (${name})`) };
  if (DENIALS.test(name) || status === 401 || status === 403) return { kind: 'denied', text: `${name}: ${text}` };
  if (name === 'NoSuchHostedZone') return { kind: 'failed', error: fail('PROVIDER_ZONE_UNKNOWN', text) };
  if (status !== undefined && status >= 400 && status < 500) {
    const listed = [error.messages ?? error.Messages?.Message ?? []].flat().map((one) => withoutKeys(textOf(one)));
    if (listed.length > 0) return { kind: 'refused', texts: listed };
    return { kind: 'refused', texts: [name === 'InvalidChangeBatch' ? text : `${name}: ${text}`] };
  }
  if (status !== undefined && status >= 500)
    return { kind: 'unknown', error: fail('PROVIDER_UNAVAILABLE', `it answers ${status} ${name}`) };
  // The SDK may put an error into one of its own, of whose code the text alone is left.
  const code = textOf(error.code ?? /\bE[A-Z_]{4,}\b/.exec(text)?.[0]);
  const isUnsent = UNSENT.test(code) || error.syscall === 'connect' || /did not establish a connection/.test(text);
  // Credentials come from other hosts than records do.
  const reason = [name, code, textOf(error.hostname)].filter((part) => part !== '').join(' ');
  return { kind: isUnsent ? 'unsent' : 'unknown', error: fail('PROVIDER_UNAVAILABLE', reason) };
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function retryAfterMs({ $response }: SdkError): number {
  const given = Number($response?.headers?.['retry-after']);
  return given > 0 ? Math.min(given * 1000, MAX_PAUSE_MS) : DEFAULT_RETRY_MS;
}

/** Access key ids are no secret by themselves, and still nobody's business (IAM User Guide, "Unique identifiers": AKIA and ASIA). */
function withoutKeys(text: string): string {
  return text.replaceAll(/\bA[KS]IA[A-Z0-9]{12,124}/g, '(access key)');
}
