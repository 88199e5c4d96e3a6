import type {
  ChangeResourceRecordSetsCommandInput,
  ListHostedZonesCommandInput,
  ListHostedZonesCommandOutput,
  ListResourceRecordSetsCommandInput,
  ListResourceRecordSetsCommandOutput,
  Route53Client,
} from '@aws-sdk/client-route-53';
import type * as Route53Sdk from '@aws-sdk/client-route-53';
import { type Clock, TimeLimit } from '@kubezone/core';

import { commonJsExports } from '../commonjs-exports.ts';
import { nextTurn } from '../rate/next-turn.ts';
import { TokenBucket, type TokenBucketOptions } from '../rate/token-bucket.ts';
import { type RequestFailure, readFailure } from './failure.ts';
import { toProviderError } from './provider-error.ts';

/** Where Route 53 is, and who asks. */
export interface ConnectionOptions {
  /** @default the environment's `AWS_REGION`, else us-east-1. Only its partition matters: Route 53 has one endpoint for all of them. */
  readonly region?: string;
  /** Of the shared configuration files. */
  readonly profile?: string;
  /** The ARN of a role that is taken with the credentials found. */
  readonly assumeRole?: string;
  /** The external id that the role asks for. */
  readonly assumeRoleExternalId?: string;
  /** In place of AWS's. */
  readonly endpoint?: string;
  /** @default 30 000 */
  readonly timeoutMs?: number;
  /** Requests of one account. @default the published ones */
  readonly rate?: TokenBucketOptions;
}

/** An access key. */
export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** A rate in the long run, with what may go at once after a rest: five seconds' requests. */
export function rateOf(requestsPerSecond: number): TokenBucketOptions {
  return { capacity: Math.max(1, 5 * requestsPerSecond), perSecond: requestsPerSecond };
}

/** Developer Guide, "Quotas" (of 30 July 2026): ten requests a second for an account, fifty at once. */
const VENDOR_RATE: TokenBucketOptions = rateOf(10);

const DEFAULT_TIMEOUT_MS = 30_000;
const CONNECT_TIMEOUT_MS = 5000;

/** How often a read is tried, and the first pause between. */
const READ_ATTEMPTS = 3;
const READ_RETRY_MS = 200;

type Sdk = typeof Route53Sdk;

/** Requests to Route 53 by AWS's SDK, which is loaded with the first of them. */
export class Route53Connection {
  readonly #options: ConnectionOptions;
  readonly #clock: Clock;
  readonly #credentials: (() => Promise<AwsCredentials>) | undefined;
  readonly #bucket: TokenBucket;
  #opened: Promise<{ readonly sdk: Sdk; readonly client: Route53Client }> | undefined;

  /** @param credentials in place of the SDK's own chain */
  constructor(options: ConnectionOptions, clock: Clock, credentials?: () => Promise<AwsCredentials>) {
    this.#options = options;
    this.#clock = clock;
    this.#credentials = credentials;
    this.#bucket = new TokenBucket(clock, options.rate ?? VENDOR_RATE);
  }

  listZones(input: ListHostedZonesCommandInput, signal: AbortSignal): Promise<ListHostedZonesCommandOutput> {
    return this.#read('list the hosted zones', signal, (sdk, client, abortSignal) =>
      client.send(new sdk.ListHostedZonesCommand(input), { abortSignal }),
    );
  }

  listRecords(input: ListResourceRecordSetsCommandInput, signal: AbortSignal): Promise<ListResourceRecordSetsCommandOutput> {
    return this.#read(`read the hosted zone ${input.HostedZoneId}`, signal, (sdk, client, abortSignal) =>
      client.send(new sdk.ListResourceRecordSetsCommand(input), { abortSignal }),
    );
  }

  /**
   * Sends a batch of changes, once.
   *
   * @returns why not; undefined where it is done
   * @throws the signal's reason, where it is aborted before the request is sent
   */
  async change(input: ChangeResourceRecordSetsCommandInput, signal: AbortSignal): Promise<RequestFailure | undefined> {
    return this.#attempt(`change the hosted zone ${input.HostedZoneId}`, signal, async (sdk, client, abortSignal) => {
      await client.send(new sdk.ChangeResourceRecordSetsCommand(input), { abortSignal });
      return undefined;
    });
  }

  async #read<T extends object>(what: string, signal: AbortSignal, send: Send<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      const outcome = await this.#attempt(what, signal, send);
      if (!isFailed(outcome)) return outcome;
      signal.throwIfAborted();
      if (attempt === READ_ATTEMPTS || (outcome.kind !== 'unknown' && outcome.kind !== 'unsent'))
        throw toProviderError(outcome, what);
      await this.#pause(READ_RETRY_MS * 2 ** (attempt - 1), signal);
    }
  }

  async #attempt<T>(what: string, signal: AbortSignal, send: Send<T>): Promise<T | RequestFailure> {
    await this.#bucket.take(signal);
    const { sdk, client } = await this.#open();
    await nextTurn(this.#clock);
    // The last moment at which nothing has been sent.
    signal.throwIfAborted();
    const limit = new TimeLimit(this.#clock, this.#options.timeoutMs ?? DEFAULT_TIMEOUT_MS, signal);
    try {
      return await send(sdk, client, limit.signal);
    } catch (error) {
      const failure = readFailure(error, what);
      if (failure.kind === 'throttled') this.#bucket.pause(failure.afterMs);
      return failure;
    } finally {
      limit.end();
    }
  }

  async #pause(ms: number, signal: AbortSignal): Promise<void> {
    await new Promise<void>((resolve) => {
      const done = (): void => {
        cancel();
        signal.removeEventListener('abort', done);
        resolve();
      };
      const cancel = this.#clock.after(ms, done);
      signal.addEventListener('abort', done);
    });
    signal.throwIfAborted();
  }

  #open(): Promise<{ readonly sdk: Sdk; readonly client: Route53Client }> {
    this.#opened ??= this.#connect();
    return this.#opened;
  }

  async #connect(): Promise<{ readonly sdk: Sdk; readonly client: Route53Client }> {
    const sdk = commonJsExports(await import('@aws-sdk/client-route-53'));
    const { profile, endpoint, assumeRole } = this.#options;
    const { AWS_REGION: regionHere = 'us-east-1' } = process.env;
    const region = this.#options.region ?? regionHere;
    const credentials = assumeRole === undefined ? this.#credentials : await this.#role(assumeRole, region);
    const client = new sdk.Route53Client({
      region,
      // Whether a write may be tried again is not the SDK's to say; reads are tried again here, within the rate.
      maxAttempts: 1,
      requestHandler: { connectionTimeout: CONNECT_TIMEOUT_MS },
      ...(profile === undefined ? {} : { profile }),
      ...(endpoint === undefined ? {} : { endpoint }),
      ...(credentials === undefined ? {} : { credentials }),
    });
    return { sdk, client };
  }

  async #role(RoleArn: string, region: string): Promise<() => Promise<AwsCredentials>> {
    const { fromTemporaryCredentials } = commonJsExports(await import('@aws-sdk/credential-providers'));
    const { profile, assumeRoleExternalId } = this.#options;
    return fromTemporaryCredentials({
      params: {
        RoleArn,
        RoleSessionName: 'kubezone',
        ...(assumeRoleExternalId === undefined ? {} : { ExternalId: assumeRoleExternalId }),
      },
      clientConfig: { region, ...(profile === undefined ? {} : { profile }) },
      ...(this.#credentials === undefined ? {} : { masterCredentials: this.#credentials }),
    });
  }
}

type Send<T> = (sdk: Sdk, client: Route53Client, abortSignal: AbortSignal) => Promise<T>;

function isFailed(outcome: object): outcome is RequestFailure {
  return 'kind' in outcome;
}
