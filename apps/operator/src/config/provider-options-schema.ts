import {
  anyText,
  decimalNumber,
  discreet,
  durationLeaf,
  listOf,
  nameLeaf,
  nonEmpty,
  oneOf,
  optionalMap,
  type Paths,
  readablePath,
  type SchemaOf,
  secretText,
  strictMap,
  textLeaf,
  trueOrFalse,
  wholeNumber,
  withoutUndefined,
} from '@kubezone/app';
import { MAX_TTL } from '@kubezone/core';
import * as z from 'zod/mini';

import type { ProviderKind, ProviderSettings } from './provider-settings.ts';

const zoneIds = nonEmpty(listOf(anyText('the id of a zone'), 'a list of ids of zones'), 'at least one id');
const zones = nonEmpty(listOf(nameLeaf, 'a list of zones'), 'at least one zone');

const url = textLeaf('an address such as https://dns.example.com', (text) =>
  /^https?:\/\//.test(text) && URL.canParse(text) ? text : undefined,
);
const ALGORITHMS = ['hmac-sha256', 'hmac-sha384', 'hmac-sha512'] as const;
/** Requests a second to a vendor, in the long run. */
const requestsPerSecond = decimalNumber(0.1, 1000, 'requests a second');
const batchChangeSize = (maximum: number): SchemaOf<number> => wholeNumber(1, maximum, 'a whole number of changes');
/** The most that vendors and the protocol take in one request. */
const MOST_CHANGES = {
  /** Of the plans that are paid for; zones of the free plan take 200 at most, whatever is said here. */
  cloudflare: 3500,
  route53: 1000,
  /** Additions and deletions together, as projects have it at first. */
  google: 2000,
  /** UPCOUNT (RFC 2136, section 2.2). */
  rfc2136: 65_535,
};
const base64 = (text: string): string | undefined =>
  /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text.replaceAll(/\s/g, ''))
    ? undefined
    : 'expected the secret in base64, as keymgr and tsig-keygen print it';
const printable = (text: string): string | undefined =>
  /^[\x21-\x7e]+$/.test(text) ? undefined : 'expected printable ASCII without blanks, as HTTP headers hold';

/** What an entry's `providerOptions` may be, for each provider. Nothing of them is repeated in messages. */
export function providerSettingsSchema(kind: ProviderKind, paths: Paths): SchemaOf<ProviderSettings> {
  return discreet(SCHEMAS[kind](paths));
}

const SCHEMAS: { readonly [Kind in ProviderKind]: (paths: Paths) => SchemaOf<ProviderSettings> } = {
  cloudflare: (paths) =>
    z.pipe(
      optionalMap({
        apiToken: secretText(paths, printable),
        email: secretText(paths, printable),
        apiKey: secretText(paths, printable),
        proxied: trueOrFalse(),
        comment: anyText('a comment'),
        tags: listOf(anyText('a tag such as team:dns'), 'a list of tags'),
        zoneIds,
        batchChangeSize: batchChangeSize(MOST_CHANGES.cloudflare),
        requestsPerSecond,
        baseUrl: url,
      }),
      z.transform((options, context): ProviderSettings => {
        const refuse = (path: string, code: string, message: string): void =>
          void context.issues.push({ code: 'custom', message, params: { code }, input: undefined, path: [path] });
        const { apiToken, email, apiKey } = options;
        if (apiToken === undefined && email === undefined && apiKey === undefined)
          refuse('apiToken', 'MISSING', 'expected a token, or email and apiKey');
        else if (apiToken !== undefined) {
          if (email !== undefined) refuse('email', 'EXCLUDED', 'not allowed beside apiToken');
          if (apiKey !== undefined) refuse('apiKey', 'EXCLUDED', 'not allowed beside apiToken');
        } else if (email === undefined) refuse('email', 'MISSING', 'expected it beside apiKey');
        else if (apiKey === undefined) refuse('apiKey', 'MISSING', 'expected it beside email');
        return { kind: 'cloudflare', options };
      }),
    ),
  route53: () =>
    z.pipe(
      optionalMap({
        region: anyText('a region such as eu-central-1'),
        profile: anyText('the name of a profile'),
        assumeRole: textLeaf('the ARN of a role', (text) => (/^arn:[\w-]+:iam::\d{12}:role\/.+$/.test(text) ? text : undefined)),
        assumeRoleExternalId: anyText('an external id'),
        zoneType: oneOf(['public', 'private'] as const),
        zoneIds,
        evaluateTargetHealth: trueOrFalse(),
        batchChangeSize: batchChangeSize(MOST_CHANGES.route53),
        requestsPerSecond,
        endpoint: url,
      }),
      z.transform((options, context): ProviderSettings => {
        if (options.assumeRoleExternalId !== undefined && options.assumeRole === undefined) {
          const message = 'expected assumeRole beside it';
          context.issues.push({
            code: 'custom',
            message,
            params: { code: 'EXCLUDED' },
            input: undefined,
            path: ['assumeRoleExternalId'],
          });
        }
        return { kind: 'route53', options };
      }),
    ),
  google: (paths) =>
    z.pipe(
      optionalMap({
        project: anyText('the id of a project'),
        visibility: oneOf(['public', 'private'] as const),
        credentialsFile: readablePath(paths, 'file'),
        apiEndpoint: anyText('a host or an address'),
        batchChangeSize: batchChangeSize(MOST_CHANGES.google),
        requestsPerSecond,
      }),
      z.transform((options): ProviderSettings => ({ kind: 'google', options })),
    ),
  rfc2136: (paths) =>
    z.pipe(
      strictMap({
        servers: nonEmpty(listOf(anyText('a server such as 192.0.2.1:53'), 'a list of servers'), 'at least one server'),
        zones,
        tsig: z.optional(
          strictMap({
            name: nameLeaf,
            algorithm: z.optional(oneOf(ALGORITHMS)),
            secret: secretText(paths, base64),
          }),
        ),
        minTtl: z.optional(wholeNumber(0, MAX_TTL, 'a whole number of seconds')),
        batchChangeSize: z.optional(batchChangeSize(MOST_CHANGES.rfc2136)),
      }),
      z.transform(({ servers, zones: some, tsig, ...numbers }): ProviderSettings => ({
        kind: 'rfc2136',
        options: {
          servers,
          zones: some,
          ...withoutUndefined(numbers),
          ...(tsig === undefined
            ? {}
            : { tsig: { name: tsig.name, secret: tsig.secret, ...withoutUndefined({ algorithm: tsig.algorithm }) } }),
        },
      })),
    ),
  webhook: (paths) =>
    z.pipe(
      optionalMap({
        url: secretText(paths, (text) =>
          /^https?:\/\//.test(text) && URL.canParse(text) ? undefined : 'expected an http or https address',
        ),
        timeout: durationLeaf({ minimum: 100, maximum: 600_000 }),
        zones,
        propertyPrefixes: listOf(anyText('a prefix such as webhook/'), 'a list of prefixes'),
      }),
      z.transform(({ timeout, ...options }): ProviderSettings => ({
        kind: 'webhook',
        options: { ...options, ...(timeout === undefined ? {} : { timeoutMs: timeout }) },
      })),
    ),
  memory: () =>
    z.pipe(
      strictMap({ zones }),
      z.transform((options): ProviderSettings => ({ kind: 'memory', options })),
    ),
  stdout: () =>
    z.pipe(
      strictMap({ zones, format: z.optional(oneOf(['text', 'json'] as const)) }),
      z.transform(({ zones: some, format }): ProviderSettings => ({
        kind: 'stdout',
        options: { zones: some, ...withoutUndefined({ format }) },
      })),
    ),
};
