/** The objects of external-dns's webhook protocol, version 1 (https://kubernetes-sigs.github.io/external-dns/latest/docs/tutorials/webhook-provider/). */

/** The media type of everything that is said, version included. */
export const MEDIA_TYPE = 'application/external.dns.webhook+json;version=1';

/** One RRset, as external-dns writes it. */
export interface Endpoint {
  /** Without final dot. */
  readonly dnsName: string;
  /** Rdatas, each in its own text; names in them mostly without final dot. */
  readonly targets: readonly string[];
  /** A mnemonic. */
  readonly recordType: string;
  readonly setIdentifier?: string;
  /** Seconds; absent: whatever the provider takes. */
  readonly recordTTL?: number;
  /** What external-dns notes for itself. */
  readonly labels?: Readonly<Record<string, string>>;
  readonly providerSpecific?: readonly Property[];
}

/** One thing that only some providers can do. */
export interface Property {
  readonly name: string;
  readonly value: string;
}

/** What shall be written. Each of `updateOld` has its `updateNew` at the same place. */
export interface Changes {
  readonly create: readonly Endpoint[];
  readonly updateOld: readonly Endpoint[];
  readonly updateNew: readonly Endpoint[];
  readonly delete: readonly Endpoint[];
}

/** Whether a Content-Type is the protocol's: parameters in any case and with any spacing. */
export function isMediaType(text: string | undefined): boolean {
  return text?.toLowerCase().replaceAll(/[\s"]/g, '') === MEDIA_TYPE;
}

/**
 * Reads a list of endpoints. Keys are found in any case, as Go's decoder does; `null` is an empty list; what an endpoint lacks is empty.
 *
 * @returns a sentence where it is none
 */
export function readEndpoints(value: unknown): readonly Endpoint[] | string {
  if (value === null || value === undefined) return [];
  if (!Array.isArray(value)) return `a list of endpoints is expected, ${kindOf(value)} found`;
  const endpoints: Endpoint[] = [];
  for (const [index, element] of value.entries()) {
    // Go's slices of pointers may hold nil.
    if (element === null) continue;
    const endpoint = readEndpoint(element);
    if (typeof endpoint === 'string') return `endpoint ${index}: ${endpoint}`;
    endpoints.push(endpoint);
  }
  return endpoints;
}

/**
 * Reads changes, with keys as external-dns writes them now, or as it did up to version 0.16 (`Create`, `UpdateOld`).
 *
 * @returns a sentence where they are none
 */
export function readChanges(value: unknown): Changes | string {
  const fields = fieldsOf(value);
  if (fields === undefined) return `changes are expected, ${kindOf(value)} found`;
  const lists: Record<string, readonly Endpoint[]> = {};
  for (const key of ['create', 'updateold', 'updatenew', 'delete']) {
    const endpoints = readEndpoints(fields.get(key));
    if (typeof endpoints === 'string') return `${key}: ${endpoints}`;
    lists[key] = endpoints;
  }
  const { create = [], updateold = [], updatenew = [], delete: deleted = [] } = lists;
  return { create, updateOld: updateold, updateNew: updatenew, delete: deleted };
}

function readEndpoint(value: unknown): Endpoint | string {
  const fields = fieldsOf(value);
  if (fields === undefined) return `an object is expected, ${kindOf(value)} found`;
  const dnsName = textOf(fields.get('dnsname'));
  const recordType = textOf(fields.get('recordtype'));
  const setIdentifier = textOf(fields.get('setidentifier'));
  if (dnsName === undefined || recordType === undefined || setIdentifier === undefined)
    return 'dnsName, recordType and setIdentifier are texts';
  const targets = fields.get('targets') ?? [];
  if (!Array.isArray(targets) || !targets.every((target) => typeof target === 'string')) return 'targets are a list of texts';
  const recordTTL = fields.get('recordttl') ?? 0;
  if (typeof recordTTL !== 'number' || !Number.isInteger(recordTTL)) return 'recordTTL is a whole number';
  const labels = fields.get('labels') ?? {};
  if (!isTexts(labels)) return 'labels are an object of texts';
  const properties = readProperties(fields.get('providerspecific'));
  if (properties === undefined) return 'providerSpecific is a list of objects with name and value';
  return {
    dnsName,
    targets,
    recordType,
    ...(setIdentifier === '' ? {} : { setIdentifier }),
    ...(recordTTL === 0 ? {} : { recordTTL }),
    ...(Object.keys(labels).length === 0 ? {} : { labels }),
    ...(properties.length === 0 ? {} : { providerSpecific: properties }),
  };
}

function readProperties(value: unknown): readonly Property[] | undefined {
  if (value === null || value === undefined) return [];
  if (!Array.isArray(value)) return undefined;
  const properties: Property[] = [];
  for (const element of value as readonly unknown[]) {
    const fields = fieldsOf(element);
    const name = textOf(fields?.get('name'));
    const text = textOf(fields?.get('value'));
    if (fields === undefined || name === undefined || text === undefined) return undefined;
    properties.push({ name, value: text });
  }
  return properties;
}

/** An object's fields by their key in lower case. */
export function fieldsOf(value: unknown): ReadonlyMap<string, unknown> | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  return new Map(Object.entries(value).map(([key, field]) => [key.toLowerCase(), field as unknown]));
}

function textOf(value: unknown): string | undefined {
  if (value === null || value === undefined) return '';
  return typeof value === 'string' ? value : undefined;
}

function isTexts(value: unknown): value is Readonly<Record<string, string>> {
  return fieldsOf(value) !== undefined && Object.values(value as object).every((text) => typeof text === 'string');
}

function kindOf(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
