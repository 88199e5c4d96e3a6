import type { Annotation } from './annotation.ts';

/** Groups of annotations that become properties such as `aws/weight`. */
const GROUPS = ['aws', 'scw', 'webhook', 'coredns'] as const;

/** The prefixes under which an annotation's whole name is the property's: the names that external-dns and its webhooks know. */
const WHOLE_NAMES = ['cloudflare-', 'azure-tags'] as const;

const CANONICAL_PREFIX = 'external-dns.kubernetes.io/';
const FORMER_PREFIX = 'external-dns.alpha.kubernetes.io/';

/**
 * The properties that annotations ask for, named as external-dns 0.22 names them, whichever prefix they stand under: `aws-weight` is `aws/weight`,
 * `cloudflare-proxied` is `external-dns.kubernetes.io/cloudflare-proxied`, and `record-type: ptr`, by which single objects ask for PTR records, is `record-type`.
 *
 * @returns undefined where there are none
 */
export function providerProperties(
  given: ReadonlyMap<string, Annotation>,
  { alias, recordType }: { readonly alias: string | undefined; readonly recordType: string | undefined },
): Readonly<Record<string, string>> | undefined {
  const properties: [string, string][] = alias === undefined ? [] : [['alias', alias]];
  if (recordType !== undefined) properties.push(['record-type', recordType]);
  for (const [key, { value }] of given) {
    const group = GROUPS.find((one) => key.startsWith(`${one}-`));
    if (group !== undefined) properties.push([`${group}/${key.slice(group.length + 1)}`, value]);
    else if (WHOLE_NAMES.some((start) => key.startsWith(start))) properties.push([CANONICAL_PREFIX + key, value]);
  }
  return properties.length === 0 ? undefined : Object.fromEntries(properties);
}

/** A property's name as it is held, from how a DNSEndpoint writes it: under external-dns's present prefix, where it stands under the former one. */
export function propertyName(written: string): string {
  return written.startsWith(FORMER_PREFIX) ? CANONICAL_PREFIX + written.slice(FORMER_PREFIX.length) : written;
}
