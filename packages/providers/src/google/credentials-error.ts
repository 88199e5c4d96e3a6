import { ProviderError } from '@kubezone/core';

/** Failures of the network, as Node names them. */
const NETWORK_CODE = /^(?:EAI_AGAIN|ECONNREFUSED|ECONNRESET|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EPIPE|ETIMEDOUT)$/;

/** OAuth's error codes (RFC 6749, section 5.2; RFC 8693), in a message or an answer's body. */
const OAUTH_CODE =
  /\b(?:invalid_(?:request|client|grant|scope|target)|unauthorized_client|unsupported_grant_type|access_denied|invalid_rapt)\b/;

/**
 * Says why there is no access token. What the authentication library throws carries requests and answers with keys and tokens in them, and a JSON parser quotes
 * what it reads: so nothing of it is passed on but codes that are known here.
 *
 * @param file the configured file of credentials, if any
 */
export function credentialsError(error: unknown, file: string | undefined): ProviderError {
  const source = file === undefined ? 'the credentials of the environment' : `the credentials in ${file}`;
  const message = stringOf(error, 'message') ?? '';
  const code = stringOf(error, 'code') ?? stringOf(fieldOf(error, 'cause'), 'code');
  const status = statusOf(error);
  if (code !== undefined && NETWORK_CODE.test(code))
    return new ProviderError('PROVIDER_UNAVAILABLE', `no access token for ${source}: ${code}`);
  if (status !== undefined && (status >= 500 || status === 429))
    return new ProviderError('PROVIDER_UNAVAILABLE', `no access token for ${source}: the token server answers ${status}`);
  return new ProviderError('PROVIDER_FORBIDDEN', `no access token for ${source}: ${whyRefused(error, message, code, status)}`);
}

function whyRefused(error: unknown, message: string, code: string | undefined, status: number | undefined): string {
  if (code === 'ENOENT' || code === 'EACCES' || code === 'EISDIR') return `the file cannot be read (${code})`;
  if (stringOf(error, 'name') === 'SyntaxError' || /JSON|Unexpected (?:token|end)/.test(message)) return 'the file holds no JSON';
  if (message.includes('Could not load the default credentials'))
    return 'there are none; set credentialsFile or GOOGLE_APPLICATION_CREDENTIALS, or let a service account be bound to the pod';
  if (/project id/i.test(message)) return 'they name no project; set project';
  const oauth = OAUTH_CODE.exec(message)?.[0];
  if (oauth !== undefined) return `the token server says ${oauth}`;
  return status === undefined ? 'they are incomplete, or of a kind that is not known' : `the token server answers ${status}`;
}

function statusOf(error: unknown): number | undefined {
  const status = fieldOf(error, 'status') ?? fieldOf(fieldOf(error, 'response'), 'status');
  return typeof status === 'number' ? status : undefined;
}

function stringOf(value: unknown, field: string): string | undefined {
  const found = fieldOf(value, field);
  return typeof found === 'string' ? found : undefined;
}

function fieldOf(value: unknown, field: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>)[field] : undefined;
}
