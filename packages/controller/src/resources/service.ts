import { fieldsAt, wantedStrings } from './fields.ts';
import type { Resource, StoredObject } from './resource.ts';

/** A Service, trimmed. */
export interface ServiceObject extends StoredObject {
  readonly annotations: Readonly<Record<string, string>>;
}

export const SERVICES: Resource<ServiceObject> = {
  id: 'services',
  apiVersion: 'v1',
  kind: 'Service',
  plural: 'services',
  namespaced: true,
  project(raw, base, keep) {
    const annotations = wantedStrings(fieldsAt(raw, 'metadata') ?? {}, 'annotations', 'metadata', keep.annotations);
    return { ...base, annotations };
  },
};
