import { type Desire, NO_DESIRE } from './source.ts';
import {
  EXTERNAL_DNS_PREFIXES,
  type ExternalDnsAnnotations,
  type ExternalDnsOptions,
  readExternalDns,
} from '../annotations/external-dns.ts';
import { IGNORE_ANNOTATION } from '../annotations/flag.ts';
import type { StoredObject } from '../resources/resource.ts';
import { filterKeys, type ObjectFilter, passesFilter } from '../selectors/object-filter.ts';
import type { Naming } from './naming.ts';

/** The label by which an object opts out of k8s_gateway, with the value `true`. */
export const IGNORE_LABEL = 'k8s-gateway.dns/ignore';

/** What every source needs that reads objects with external-dns's annotations. */
export interface ObjectSourceOptions {
  readonly naming: Naming;
  readonly externalDns: ExternalDnsOptions;
  /** Which objects it looks at. @default all */
  readonly filter?: ObjectFilter;
}

/** An object that such a source reads. */
export interface AnnotatedObject extends StoredObject {
  readonly annotations: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
}

/** What the annotations of an object say that asks for names; or that it asks for none: it is going, filtered out, or opts out. */
export function readAnnotations(
  object: AnnotatedObject,
  { externalDns, filter = {} }: ObjectSourceOptions,
): { readonly kind: 'asks'; readonly external: ExternalDnsAnnotations } | { readonly kind: 'silent'; readonly desire: Desire } {
  if (object.deleting || object.labels[IGNORE_LABEL] === 'true' || !passesFilter(object, filter)) {
    return { kind: 'silent', desire: NO_DESIRE };
  }
  const external = readExternalDns(object, externalDns);
  return external.ignored ? { kind: 'silent', desire: { desired: [], problems: external.problems } } : { kind: 'asks', external };
}

/** What of its objects' metadata such a source needs kept. */
export function keptFor(
  { filter = {} }: ObjectSourceOptions,
  annotations: readonly string[] = [],
): {
  readonly annotations: readonly string[];
  readonly annotationPrefixes: readonly string[];
  readonly labels: readonly string[];
} {
  const keys = filterKeys(filter);
  return {
    annotations: [IGNORE_ANNOTATION, ...annotations, ...keys.annotations],
    annotationPrefixes: EXTERNAL_DNS_PREFIXES,
    labels: [IGNORE_LABEL, ...keys.labels],
  };
}
