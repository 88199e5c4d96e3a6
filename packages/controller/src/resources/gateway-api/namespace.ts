import { keptLabels } from '../kept-metadata.ts';
import type { Resource, StoredObject } from '../resource.ts';

/** A Namespace, trimmed to what selectors select it by. */
export interface NamespaceObject extends StoredObject {
  readonly labels: Readonly<Record<string, string>>;
}

export const NAMESPACES: Resource<NamespaceObject> = {
  id: 'namespaces',
  apiVersion: 'v1',
  kind: 'Namespace',
  plural: 'namespaces',
  namespaced: false,
  // All of them: which ones selectors ask for is in other objects, which may come later.
  project: (raw, base, keep) => ({ ...base, labels: keptLabels(raw, { ...keep, labels: 'all' }) }),
};
