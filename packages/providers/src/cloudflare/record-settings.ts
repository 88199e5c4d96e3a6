/** What a record carries beside DNS, and how it stands in an RRset's properties: under the names that external-dns's annotations have. */

/** What all records of an RRset should have in common. */
export interface RecordSettings {
  /** Seconds; 1 lets the vendor choose. */
  readonly ttl: number;
  readonly proxied: boolean;
  /** Empty: none. */
  readonly comment: string;
  /** In order, none twice. */
  readonly tags: readonly string[];
}

/** The TTL that lets the vendor choose: what a proxied record always has. */
export const AUTOMATIC_TTL = 1;

/** Names of properties. */
export const PROPERTY = {
  proxied: 'external-dns.kubernetes.io/cloudflare-proxied',
  comment: 'external-dns.kubernetes.io/cloudflare-record-comment',
  tags: 'external-dns.kubernetes.io/cloudflare-tags',
  /** Only ever observed: what the records of one RRset do not agree in. It differs from everything desired, so that they are brought into line. */
  mixed: 'cloudflare/mixed',
} as const;

type Properties = Readonly<Record<string, string>>;

/** The properties that say how records are set; undefined where everything is as it is by default. */
export function composeProperties(
  { proxied, comment, tags }: Omit<RecordSettings, 'ttl'>,
  mixed: readonly string[] = [],
): Properties | undefined {
  const properties: Record<string, string> = {};
  if (proxied) properties[PROPERTY.proxied] = 'true';
  if (comment !== '') properties[PROPERTY.comment] = comment;
  if (tags.length > 0) properties[PROPERTY.tags] = tags.join(',');
  if (mixed.length > 0) properties[PROPERTY.mixed] = mixed.join(',');
  return Object.keys(properties).length === 0 ? undefined : properties;
}

/** The settings that an RRset's TTL and properties stand for. */
export function readSettings({
  ttl,
  properties = {},
}: {
  readonly ttl: number;
  readonly properties?: Properties;
}): RecordSettings {
  return {
    ttl,
    proxied: properties[PROPERTY.proxied] === 'true',
    comment: properties[PROPERTY.comment] ?? '',
    tags: scanTags(properties[PROPERTY.tags] ?? ''),
  };
}

/** Tags of a list with commas, as the vendor holds them: their names in lower case, since it does not tell cases apart. */
export function scanTags(list: string): string[] {
  return sortedTags(list.split(','));
}

/** Tags in order, none twice. */
export function sortedTags(tags: readonly string[]): string[] {
  const named = tags.map((tag) => {
    const trimmed = tag.trim();
    const colon = trimmed.indexOf(':');
    return colon < 0 ? trimmed.toLowerCase() : trimmed.slice(0, colon).toLowerCase() + trimmed.slice(colon);
  });
  return [...new Set(named.filter((tag) => tag !== ''))].sort();
}

/** A comment as the vendor holds it: in one line, and no longer than it takes, in characters. */
export function fitComment(comment: string, maxLength: number): string {
  const line = comment.replaceAll(/[\r\n]+/g, ' ').trim();
  const characters = Array.from(line);
  return characters.length <= maxLength ? line : characters.slice(0, maxLength).join('').trimEnd();
}

/** Names of the settings in which two records differ. */
export function differences(one: RecordSettings, other: RecordSettings): string[] {
  const names: string[] = [];
  if (one.ttl !== other.ttl) names.push('ttl');
  if (one.proxied !== other.proxied) names.push('proxied');
  if (one.comment !== other.comment) names.push('comment');
  if (one.tags.join() !== other.tags.join()) names.push('tags');
  return names;
}
