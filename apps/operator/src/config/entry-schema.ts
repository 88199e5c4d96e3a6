import {
  discreetWhole,
  filterSchema,
  listOf,
  nonEmpty,
  oneOf,
  optionalMap,
  type Paths,
  type SchemaOf,
  strictMap,
  suggestWord,
  textLeaf,
  trueOrFalse,
  wholeNumber,
} from '@kubezone/app';
import {
  CLUSTER_SOURCES,
  type ClusterSource,
  type NameSelector,
  readTarget,
  scanSelector,
  scanTargetPattern,
  type SourceFilters,
  type TargetRules,
} from '@kubezone/controller';
import { isFailure, isMetaType, MAX_TTL, type Policy, type RRType, scanRRType, TYPE } from '@kubezone/core';
import * as z from 'zod/mini';

import { providerSettingsSchema } from './provider-options-schema.ts';
import { type ProviderKind, PROVIDERS, type ProviderSettings } from './provider-settings.ts';

/** What may be written of a difference. */
export const POLICIES: readonly Policy[] = ['sync', 'upsert-only', 'create-only'];

/** One entry of `providers` as it is configured. */
export interface EntrySettings {
  readonly name: string | undefined;
  readonly provider: ProviderSettings;
  readonly selectors: readonly NameSelector[];
  readonly excludeNames: readonly NameSelector[];
  readonly view: string;
  readonly sources: readonly ClusterSource[] | undefined;
  readonly filters: SourceFilters | undefined;
  readonly recordTypes: ReadonlySet<RRType> | undefined;
  readonly targets: TargetRules | undefined;
  readonly minTtl: number;
  readonly policy: Policy | undefined;
  readonly dryRun: boolean | undefined;
}

const selector: SchemaOf<NameSelector> = textLeaf(
  'example.com, .example.com for what is below it alone, or . for all',
  scanSelector,
);

const word = textLeaf('a word of letters, digits, ".", "_" and "-"', (text) =>
  /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/.test(text) ? text : undefined,
);

/** SOA is the zone's own, and there is no record of a type that only questions have. */
const recordType: SchemaOf<RRType> = textLeaf('a type such as A', (text) => {
  const type = scanRRType(text);
  return type === undefined || isFailure(type) || isMetaType(type) || type === TYPE.SOA ? undefined : type;
});

const pattern = textLeaf('an address, a network such as 192.0.2.0/24, or names such as .example.com', scanTargetPattern);
const target = textLeaf('an IP address or a host name', readTarget);

const targets: SchemaOf<TargetRules> = optionalMap({
  include: listOf(pattern, 'a list of addresses, networks and names'),
  exclude: listOf(pattern, 'a list of addresses, networks and names'),
  default: listOf(target, 'a list of IP addresses and host names'),
});

/** external-dns's names. */
const OTHER_PROVIDERS: Readonly<Record<string, ProviderKind>> = { aws: 'route53', 'google-cloud': 'google', inmemory: 'memory' };
const OTHER_SOURCES: Readonly<Record<string, ClusterSource>> = {
  'gateway-httproute': 'httproute',
  'gateway-grpcroute': 'grpcroute',
  'gateway-tlsroute': 'tlsroute',
  'gateway-tcproute': 'tcproute',
  'gateway-udproute': 'udproute',
  crd: 'dnsendpoint',
  'istio-gateway': 'resource',
  'istio-virtualservice': 'resource',
  'contour-httpproxy': 'resource',
  'traefik-proxy': 'resource',
  'openshift-route': 'resource',
};

/** The schema of `sources`. */
export const sourcesSchema: SchemaOf<readonly ClusterSource[]> = listOf(
  oneOf(CLUSTER_SOURCES, OTHER_SOURCES),
  `a list of sources: ${CLUSTER_SOURCES.join(', ')}`,
);

/** The schema of one entry of `providers`. */
export function entrySchema(paths: Paths): SchemaOf<EntrySettings> {
  const entry = z.pipe(
    strictMap({
      selector: nonEmpty(listOf(selector, 'a list of selectors'), 'at least one selector'),
      provider: oneOf(PROVIDERS, OTHER_PROVIDERS),
      providerOptions: z.optional(z.unknown()),
      name: z.optional(word),
      view: z.optional(word),
      sources: z.optional(nonEmpty(sourcesSchema, 'at least one source; without the key it is those of the whole configuration')),
      filters: z.optional(filterSchema),
      excludeNames: z.optional(listOf(selector, 'a list of selectors')),
      recordTypes: z.optional(nonEmpty(listOf(recordType, 'a list of types'), 'at least one type')),
      targets: z.optional(targets),
      minTtl: z.optional(wholeNumber(0, MAX_TTL, 'a whole number of seconds')),
      policy: z.optional(oneOf(POLICIES)),
      dryRun: z.optional(trueOrFalse()),
    }),
    z.transform((given, context): EntrySettings => {
      const { selector: selectors, provider: kind, providerOptions = {}, name, sources, filters, policy, dryRun } = given;
      const parsed = providerSettingsSchema(kind, paths).safeParse(providerOptions);
      const issues = parsed.error?.issues ?? [];
      const isTold = isToldByMistypedKey(issues);
      for (const issue of issues) {
        if (isTold(issue)) continue;
        const params = issue.code === 'custom' ? issue.params : undefined;
        const path = ['providerOptions', ...issue.path];
        context.issues.push({
          code: 'custom',
          message: issue.message,
          input: undefined,
          path,
          params: { ...params, secret: true },
        });
      }
      if (parsed.data === undefined) return z.NEVER;
      return {
        name,
        provider: parsed.data,
        selectors,
        excludeNames: given.excludeNames ?? [],
        view: given.view ?? '',
        sources,
        filters,
        recordTypes: given.recordTypes === undefined ? undefined : new Set(given.recordTypes),
        targets: given.targets,
        minTtl: given.minTtl ?? 0,
        policy,
        dryRun,
      };
    }),
  );
  return discreetWhole(entry, `a map of: selector, provider, providerOptions, …`);
}

/**
 * Tells what is missing because its key is mistyped, among the issues of one map: one message for one mistake. As many keys as are mistyped beyond recognition may be what is missing; where more
 * is missing than that, all of it is told.
 */
function isToldByMistypedKey(issues: readonly z.core.$ZodIssue[]): (issue: z.core.$ZodIssue) => boolean {
  const hasCode = (issue: z.core.$ZodIssue, code: string): boolean => issue.code === 'custom' && issue.params?.['code'] === code;
  const meant = issues
    .filter((issue) => hasCode(issue, 'UNKNOWN_KEY'))
    .map(({ path, message }) => suggestWord(String(path.at(-1)), message.replace(/^allowed here: /, '').split(', ')));
  const isMeant = ({ path }: z.core.$ZodIssue): boolean => meant.includes(String(path.at(-1)));
  const unexplained = issues.filter((issue) => hasCode(issue, 'MISSING') && !isMeant(issue)).length;
  const unrecognised = meant.filter((key) => key === undefined).length;
  return (issue) => hasCode(issue, 'MISSING') && (isMeant(issue) || unexplained <= unrecognised);
}
