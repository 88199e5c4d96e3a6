import { readLabelSelector } from '../selectors/read-label-selector.ts';
import type { LabelSelector } from '../selectors/label-selector.ts';
import { type Fields, fieldsAt, numberAt, stringAt, stringsAt } from './fields.ts';
import { keptAnnotations, keptLabels } from './kept-metadata.ts';
import type { Resource, StoredObject } from './resource.ts';

/** A Record of ARES, trimmed. */
export interface RecordObject extends StoredObject {
  readonly annotations: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  /** `metadata.generation`, which rises with every edit of the specification; 0 in manifests. */
  readonly generation: number;
  readonly fqdn: string;
  /** As it is written; empty where nothing is said. */
  readonly type: string;
  /** Seconds. Absent where nothing is said. */
  readonly ttl?: number;
  /** Records in presentation format. */
  readonly value?: readonly string[];
  readonly valueFrom?: RecordValueFrom;
  /** Since when it is going, in milliseconds since the Unix epoch. Absent where it is not. */
  readonly deletedAt?: number;
  /** Those of its finalizers that are of this program's making: they begin with `kubezone.io/`. Absent where there are none. */
  readonly finalizers?: readonly string[];
}

/** How the finalizers of this program begin. */
export const FINALIZER_PREFIX = 'kubezone.io/';

/** Where the addresses of a Record come from. */
export interface RecordValueFrom {
  /** Absent where there is none. */
  readonly podSelector?: LabelSelector;
  /** As it is written; empty where nothing is said. */
  readonly addressType: string;
}

export const RECORDS: Resource<RecordObject> = {
  id: 'records.syntixi.io',
  apiVersion: 'syntixi.io/v1alpha1',
  kind: 'Record',
  plural: 'records',
  namespaced: true,
  project(raw, base, keep) {
    const spec = fieldsAt(raw, 'spec');
    const ttl = numberAt(spec, 'ttl', 'spec');
    const valueFrom = valueFromOf(spec);
    const metadata = fieldsAt(raw, 'metadata');
    const deleted = base.deleting ? Date.parse(stringAt(metadata, 'deletionTimestamp', 'metadata') ?? '') : NaN;
    const finalizers = stringsAt(metadata, 'finalizers', 'metadata').filter((name) => name.startsWith(FINALIZER_PREFIX));
    return {
      ...base,
      annotations: keptAnnotations(raw, keep),
      labels: keptLabels(raw, keep),
      generation: numberAt(metadata, 'generation', 'metadata') ?? 0,
      fqdn: stringAt(spec, 'fqdn', 'spec') ?? '',
      type: stringAt(spec, 'type', 'spec') ?? '',
      ...(ttl === undefined ? {} : { ttl }),
      // An empty list is a list: that it gives nothing is said where it is read.
      ...((spec?.['value'] ?? undefined) === undefined ? {} : { value: stringsAt(spec, 'value', 'spec') }),
      ...(valueFrom === undefined ? {} : { valueFrom }),
      ...(Number.isNaN(deleted) ? {} : { deletedAt: deleted }),
      ...(finalizers.length === 0 ? {} : { finalizers }),
    };
  },
};

function valueFromOf(spec: Fields | undefined): RecordValueFrom | undefined {
  const valueFrom = spec === undefined ? undefined : fieldsAt(spec, 'valueFrom', 'spec');
  if (valueFrom === undefined) return undefined;
  const podSelector = readLabelSelector(valueFrom, 'podSelector', 'spec.valueFrom');
  const addressType = stringAt(valueFrom, 'addressType', 'spec.valueFrom') ?? '';
  return podSelector === undefined ? { addressType } : { podSelector, addressType };
}
