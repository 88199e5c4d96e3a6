import { readItems, fieldsAt, stringAt, wantedStrings } from './fields.ts';
import type { Resource, StoredObject } from './resource.ts';

/** A Node, trimmed. */
export interface NodeObject extends StoredObject {
  readonly annotations: Readonly<Record<string, string>>;
  /** Whether its condition `Ready` is `True`; a missing or unknown condition means that it is not. */
  readonly ready: boolean;
}

export const NODES: Resource<NodeObject> = {
  id: 'nodes',
  apiVersion: 'v1',
  kind: 'Node',
  plural: 'nodes',
  namespaced: false,
  project(raw, base, keep) {
    let ready = false;
    readItems(fieldsAt(raw, 'status'), 'conditions', 'status', (condition) => {
      if (condition['type'] === 'Ready') ready = stringAt(condition, 'status', '') === 'True';
    });
    const annotations = wantedStrings(fieldsAt(raw, 'metadata') ?? {}, 'annotations', 'metadata', keep.annotations);
    return { ...base, annotations, ready };
  },
};
