import type {
  CloudflareOptions,
  GoogleProviderOptions,
  MemoryProviderOptions,
  Rfc2136Options,
  Route53Options,
  StdoutOptions,
  WebhookOptions,
} from '@kubezone/providers';

/** The providers that an entry may name. */
export const PROVIDERS = ['cloudflare', 'route53', 'google', 'rfc2136', 'webhook', 'memory', 'stdout'] as const;

/** One of them. */
export type ProviderKind = (typeof PROVIDERS)[number];

/** A provider and its options, all checked. */
export type ProviderSettings =
  | { readonly kind: 'cloudflare'; readonly options: CloudflareOptions }
  | { readonly kind: 'route53'; readonly options: Route53Options }
  | { readonly kind: 'google'; readonly options: GoogleProviderOptions }
  | { readonly kind: 'rfc2136'; readonly options: Rfc2136Options }
  | { readonly kind: 'webhook'; readonly options: WebhookOptions }
  | { readonly kind: 'memory'; readonly options: Pick<MemoryProviderOptions, 'zones'> }
  | { readonly kind: 'stdout'; readonly options: StdoutOptions };

/** By which options two entries are seen to reach the same account or server. */
const ACCOUNT: Readonly<Record<ProviderKind, readonly string[]>> = {
  cloudflare: ['apiToken', 'email', 'apiKey', 'baseUrl'],
  route53: ['profile', 'assumeRole', 'assumeRoleExternalId', 'endpoint'],
  google: ['project', 'credentialsFile', 'apiEndpoint'],
  rfc2136: ['servers'],
  webhook: ['url'],
  memory: [],
  stdout: [],
};

/** Options of which different values reach different zones of one account, with those that reach all of them. */
const PARTS: Readonly<Record<ProviderKind, readonly string[]>> = {
  cloudflare: ['zoneIds'],
  route53: ['zoneIds', 'zoneType'],
  google: ['visibility'],
  rfc2136: ['zones'],
  webhook: ['zones'],
  memory: ['zones'],
  stdout: ['zones'],
};

/** Whether two settings are one provider. */
export function isSameProvider(one: ProviderSettings, other: ProviderSettings): boolean {
  return one.kind === other.kind && isEqual(one.options, other.options);
}

/**
 * Whether two providers can reach the same zone. A zone has one writer: entries for it have to agree in all options.
 */
export function mayShareZones(one: ProviderSettings, other: ProviderSettings): boolean {
  if (one.kind !== other.kind) return false;
  const [mine, theirs] = [one.options, other.options] as readonly Readonly<Record<string, unknown>>[];
  const isSame = (key: string): boolean => isEqual(mine?.[key], theirs?.[key]);
  return ACCOUNT[one.kind].every(isSame) && PARTS[one.kind].every((key) => overlap(mine?.[key], theirs?.[key]));
}

function overlap(one: unknown, other: unknown): boolean {
  if (one === undefined || other === undefined) return true;
  if (!Array.isArray(one) || !Array.isArray(other)) return one === other;
  return one.some((part) => other.includes(part));
}

function isEqual(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
