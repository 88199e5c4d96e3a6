import { type Fields, isFields } from '../resources/fields.ts';
import type { Resource } from '../resources/resource.ts';

/** The namespace of objects that name none, as kubectl has it. */
export const DEFAULT_NAMESPACE = 'default';

/** How deep lists may stand in lists. */
const DEEPEST_LIST = 8;

/** One object as it stands in a manifest, of a kind that is asked for. */
export interface RecognisedObject {
  readonly resource: Resource;
  /** With the namespace filled in. */
  readonly raw: Fields;
  /** How to reach it from the document: the indexes in the lists around it. */
  readonly at: readonly number[];
}

/** Something in a manifest that is no Kubernetes object. */
export interface Unrecognised {
  readonly at: readonly number[];
}

/**
 * Finds the objects of wanted kinds in a document: the object itself, or the items of a `List` or of a typed list such as `ServiceList`, whose items
 * need not repeat their kind. Objects of other kinds are passed over in silence.
 */
export function recogniseObjects(
  document: unknown,
  resources: readonly Resource[],
): { readonly objects: readonly RecognisedObject[]; readonly unrecognised: readonly Unrecognised[] } {
  const objects: RecognisedObject[] = [];
  const unrecognised: Unrecognised[] = [];
  const visit = (value: unknown, inherited: Inherited, at: readonly number[]): void => {
    const apiVersion = isFields(value) ? (value['apiVersion'] ?? inherited.apiVersion) : undefined;
    const kind = isFields(value) ? (value['kind'] ?? inherited.kind) : undefined;
    if (!isFields(value) || typeof apiVersion !== 'string' || typeof kind !== 'string' || at.length > DEEPEST_LIST) {
      unrecognised.push({ at });
      return;
    }
    const { items } = value;
    if (kind.endsWith('List') && Array.isArray(items)) {
      const itemKind = kind.slice(0, -'List'.length);
      const ofItems = itemKind === '' ? {} : { apiVersion, kind: itemKind };
      for (const [index, item] of (items as readonly unknown[]).entries()) visit(item, ofItems, [...at, index]);
      return;
    }
    // A kind that is configured for the source `resource` may be one that another source reads too.
    for (const resource of resources) {
      const versions = [resource.apiVersion, ...(resource.olderVersions ?? [])];
      if (resource.kind === kind && versions.includes(apiVersion))
        objects.push({ resource, raw: withNamespace(resource, value), at });
    }
  };
  visit(document, {}, []);
  return { objects, unrecognised };
}

/** What a typed list says of its items. */
interface Inherited {
  readonly apiVersion?: string;
  readonly kind?: string;
}

function withNamespace(resource: Resource, raw: Fields): Fields {
  const { metadata } = raw;
  if (!resource.namespaced || !isFields(metadata)) return raw;
  const given = metadata['namespace'] ?? '';
  return given === '' ? { ...raw, metadata: { ...metadata, namespace: DEFAULT_NAMESPACE } } : raw;
}
