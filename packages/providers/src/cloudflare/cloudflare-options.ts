/** What the provider is configured with, already checked for shape. */
export interface CloudflareOptions {
  /** As configured. @default cloudflare */
  readonly name?: string;
  /** An API token with the permissions Zone Read and DNS Write; or `email` and `apiKey`. */
  readonly apiToken?: string;
  readonly email?: string;
  /** The account's global API key. */
  readonly apiKey?: string;
  /** Whether addresses and CNAMEs are proxied that do not say themselves. @default false */
  readonly proxied?: boolean;
  /** On every record, and cut to what the zone's plan takes. @default none */
  readonly comment?: string;
  /** `name:value`, on every record of zones whose plan has tags. @default none */
  readonly tags?: readonly string[];
  /** These zones alone, by id; no others are asked for. @default every zone that the credentials reach */
  readonly zoneIds?: readonly string[];
  /**
   * How many records one batch changes; a name that takes more has a batch of its own. @default as many as the zone's plan takes: 200, or 3500 where it is paid for
   */
  readonly batchChangeSize?: number;
  /** How many requests are sent in a second in the long run. @default 3: 1,200 in any five minutes, as many as Cloudflare takes of a user */
  readonly requestsPerSecond?: number;
  /** @default https://api.cloudflare.com/client/v4 */
  readonly baseUrl?: string;
}

/** What a request proves itself with: a token, or an account's address and its key. */
export type Credentials =
  | { readonly apiToken: string; readonly apiEmail: null; readonly apiKey: null }
  | { readonly apiToken: null; readonly apiEmail: string; readonly apiKey: string };

export const DEFAULT_BASE_URL = 'https://api.cloudflare.com/client/v4';

/**
 * The credentials, without the line end that files have. Everything is said explicitly: the SDK takes what it is not given from the environment, and would
 * send a key found there along with the token.
 *
 * @throws {RangeError} without their text: in a header that HTTP cannot carry, `fetch` would quote them
 */
export function credentialsOf({ apiToken, email, apiKey }: CloudflareOptions): Credentials {
  if (apiToken !== undefined) {
    if (email !== undefined || apiKey !== undefined)
      throw new RangeError('apiToken excludes email and apiKey: give one or the other');
    return { apiToken: headerText('apiToken', apiToken), apiEmail: null, apiKey: null };
  }
  if (email === undefined || apiKey === undefined) throw new RangeError('either apiToken or both email and apiKey are required');
  return { apiToken: null, apiEmail: headerText('email', email), apiKey: headerText('apiKey', apiKey) };
}

function headerText(option: string, secret: string): string {
  const text = secret.trim();
  if (!/^[\x21-\x7e]+$/.test(text)) {
    throw new RangeError(`${option} is empty, or has a blank or a character outside printable ASCII; it is not shown here`);
  }
  return text;
}
