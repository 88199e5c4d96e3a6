import { type FieldPaths, keepFields } from '../template/field-paths.ts';
import { keptAnnotations, keptLabels } from './kept-metadata.ts';
import type { Fields } from './fields.ts';
import type { Resource, StoredObject } from './resource.ts';

/** An object of any kind, trimmed to what templates read of it. */
export interface UntypedObject extends StoredObject {
  readonly annotations: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  /** Fields that templates read, as JSON has them. */
  readonly fields?: Fields;
}

/** A kind of object that is known by configuration only. */
export interface UntypedKind {
  /** `traefik.io/v1alpha1` */
  readonly apiVersion: string;
  /** `IngressRoute` */
  readonly kind: string;
  /** `ingressroutes`. @default it is asked of the API */
  readonly plural?: string | undefined;
  /** Whether its objects are in namespaces. @default true */
  readonly namespaced?: boolean | undefined;
}

/** A resource whose plural may have to be asked of the API. */
export interface UntypedResource extends Resource<UntypedObject> {
  /** `plural` is what it usually would be; the API knows what it is. */
  readonly pluralIsGuess: boolean;
}

/**
 * The resource of a kind that is known by configuration only.
 *
 * @param paths what is kept of its objects beside the metadata that sources ask for
 */
export function untypedResource(
  { apiVersion, kind, plural, namespaced = true }: UntypedKind,
  paths: FieldPaths,
): UntypedResource {
  const name = plural ?? guessPlural(kind);
  const group = groupOf(apiVersion);
  return {
    id: group === '' ? name : `${name}.${group}`,
    apiVersion,
    kind,
    ...(group === '' ? {} : { title: `${kind}.${group}` }),
    plural: name,
    namespaced,
    pluralIsGuess: plural === undefined,
    project(raw, base, keep) {
      const fields = keepFields(raw, paths);
      const metadata = { annotations: keptAnnotations(raw, keep), labels: keptLabels(raw, keep) };
      return { ...base, ...metadata, ...(fields === undefined ? {} : { fields }) };
    },
  };
}

/** The group of an `apiVersion`; empty for the core's. */
export function groupOf(apiVersion: string): string {
  return apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';
}

/** How kinds are usually called in the plural: by the rules of English, in lower case. */
export function guessPlural(kind: string): string {
  const lower = kind.toLowerCase();
  if (/(?:s|x|z|ch|sh)$/.test(lower)) return `${lower}es`;
  return /[^aeiou]y$/.test(lower) ? `${lower.slice(0, -1)}ies` : `${lower}s`;
}
