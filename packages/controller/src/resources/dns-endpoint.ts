import { type Fields, fieldsAt, numberAt, readItems, stringAt, stringsAt } from './fields.ts';
import { keptAnnotations, keptLabels } from './kept-metadata.ts';
import type { Resource, StoredObject } from './resource.ts';

/** A DNSEndpoint of external-dns, trimmed. */
export interface DnsEndpointObject extends StoredObject {
  readonly annotations: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  /** `metadata.generation`, which rises with every edit of the specification; 0 in manifests. */
  readonly generation: number;
  readonly endpoints: readonly DnsEndpointEntry[];
}

/** One RRset, as it is written. */
export interface DnsEndpointEntry {
  readonly dnsName: string;
  readonly recordType: string;
  readonly targets: readonly string[];
  /** Seconds; 0 where nothing is said. */
  readonly recordTTL: number;
  readonly setIdentifier: string;
  readonly providerSpecific: Readonly<Record<string, string>>;
}

const NOTHING: Readonly<Record<string, string>> = Object.freeze({});

export const DNS_ENDPOINTS: Resource<DnsEndpointObject> = {
  id: 'dnsendpoints.externaldns.k8s.io',
  apiVersion: 'externaldns.k8s.io/v1alpha1',
  kind: 'DNSEndpoint',
  plural: 'dnsendpoints',
  namespaced: true,
  project(raw, base, keep) {
    const endpoints: DnsEndpointEntry[] = [];
    readItems(fieldsAt(raw, 'spec'), 'endpoints', 'spec', (entry) => {
      endpoints.push({
        dnsName: stringAt(entry, 'dnsName', '') ?? '',
        recordType: stringAt(entry, 'recordType', '') ?? '',
        targets: stringsAt(entry, 'targets', ''),
        recordTTL: numberAt(entry, 'recordTTL', '') ?? 0,
        setIdentifier: stringAt(entry, 'setIdentifier', '') ?? '',
        providerSpecific: propertiesOf(entry),
      });
    });
    return {
      ...base,
      annotations: keptAnnotations(raw, keep),
      labels: keptLabels(raw, keep),
      generation: numberAt(fieldsAt(raw, 'metadata'), 'generation', 'metadata') ?? 0,
      endpoints,
    };
  },
};

function propertiesOf(entry: Fields): Readonly<Record<string, string>> {
  const properties: [string, string][] = [];
  readItems(entry, 'providerSpecific', '', (property) => {
    const name = stringAt(property, 'name', '') ?? '';
    if (name !== '') properties.push([name, stringAt(property, 'value', '') ?? '']);
  });
  return properties.length === 0 ? NOTHING : Object.fromEntries(properties);
}
