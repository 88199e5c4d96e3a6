import { readFile } from 'node:fs/promises';

import type { DNS } from '@google-cloud/dns';

import { commonJsExports } from '../commonjs-exports.ts';
import { credentialsError } from './credentials-error.ts';

export interface AuthorizedDnsOptions {
  readonly project?: string;
  /** Path of a service account's key, or of a workload identity federation's configuration. */
  readonly credentialsFile?: string;
  /** A host, or a whole URL. */
  readonly apiEndpoint?: string;
}

/** What is asked for, before the SDK has completed it. */
export interface DnsRequest {
  /** Below the project: `/managedZones`, or empty for the project itself. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
}

/** A request that the SDK has completed: address, project, credentials. */
export interface AuthorizedRequest {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
}

/** What `DNS#request` passes on, and the SDK's authentication returns. */
interface SdkRequest {
  readonly uri: string;
  readonly headers?: Headers | Readonly<Record<string, string>>;
  readonly qs?: Readonly<Record<string, string>>;
  readonly deliver: Deliver;
}

type Deliver = (error: unknown, request: Omit<SdkRequest, 'deliver'> | undefined) => void;

type Authenticate = (
  request: Omit<SdkRequest, 'deliver'>,
  options: { onAuthenticated(error: unknown, request?: Omit<SdkRequest, 'deliver'>): void },
) => void;

/** How the SDK's authentication begins its message where it finds no credentials. */
const NO_DEFAULT = 'Could not load the default credentials';

/**
 * Google's SDK up to the point where it would send a request.
 *
 * `DNS#request` completes requests with address, project and credentials of every kind that Google has. Sending is left out, since what the SDK does there is not
 * for writes: it sends a POST again, up to three times, when the connection breaks before the answer (`maxRetries: 0` does not end that), has no time limit,
 * cannot be cancelled, and hides Retry-After. Nor does it see bodies: it replaces `{{projectId}}` in every string, also in somebody's TXT record.
 */
export class AuthorizedDns {
  readonly #options: AuthorizedDnsOptions;
  #dns: Promise<DNS> | undefined;

  constructor(options: AuthorizedDnsOptions) {
    this.#options = options;
  }

  /** Completes a request. @throws {ProviderError} where there are no credentials, or they are refused */
  async authorize({ path, query }: DnsRequest): Promise<AuthorizedRequest> {
    const dns = await this.#load();
    const uri = path === '' ? `${dns.baseUrl}/projects/${dns.projectId}` : path;
    const { credentialsFile } = this.#options;
    const authorized = await new Promise<Omit<SdkRequest, 'deliver'>>((resolve, reject) => {
      const deliver: Deliver = (error, request) => {
        if (request === undefined || (error !== null && error !== undefined)) reject(credentialsError(error, credentialsFile));
        else resolve(request);
      };
      const request = { uri, deliver, ...(query === undefined ? {} : { qs: query }) };
      dns.request(request, (error: unknown) => deliver(error, undefined));
    });
    const url = new URL(authorized.uri);
    for (const [name, value] of Object.entries(authorized.qs ?? {})) url.searchParams.set(name, value);
    const headers = Object.fromEntries(new Headers(authorized.headers));
    // The SDK goes on without credentials where it finds none: for emulators. Google's answer would not say what is missing.
    if (url.protocol === 'https:' && headers['authorization'] === undefined)
      throw credentialsError(credentialsFile === undefined ? new Error(NO_DEFAULT) : undefined, credentialsFile);
    return { url, headers };
  }

  /** Reads the credentials again at the next request: a key may have been replaced since. */
  forget(): void {
    this.#dns = undefined;
  }

  async #load(): Promise<DNS> {
    this.#dns ??= this.#open();
    return await this.#dns;
  }

  async #open(): Promise<DNS> {
    // Loaded when it is needed: it takes 60 ms and 20 MB, which an operator without this provider has no use for.
    const sdk = commonJsExports(await import('@google-cloud/dns'));
    const { project, credentialsFile, apiEndpoint } = this.#options;
    if (credentialsFile !== undefined) await checkFile(credentialsFile);
    const dns = new sdk.DNS({
      ...(project === undefined ? {} : { projectId: project }),
      ...(credentialsFile === undefined ? {} : { keyFilename: credentialsFile }),
    });
    // The SDK's own option apiEndpoint puts "https://" before whatever it is given, a URL too.
    if (apiEndpoint !== undefined) dns.baseUrl = `${endpointUrl(apiEndpoint)}/dns/v1`;
    const authenticate = dns.makeAuthenticatedRequest as unknown as Authenticate;
    const stopBeforeSending = ({ deliver, ...request }: SdkRequest): void => {
      authenticate(request, { onAuthenticated: deliver });
    };
    dns.makeAuthenticatedRequest = Object.assign(stopBeforeSending, dns.makeAuthenticatedRequest) as never;
    return dns;
  }
}

/** Reads the file beforehand: of one that is no JSON the SDK says nothing, and goes on without credentials. */
async function checkFile(path: string): Promise<void> {
  try {
    JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    throw credentialsError(error, path);
  }
}

function endpointUrl(endpoint: string): string {
  const url = /^https?:\/\//.test(endpoint) ? endpoint : `https://${endpoint}`;
  return url.replace(/\/+$/, '');
}
