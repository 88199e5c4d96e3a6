import type { Fields } from './fields.ts';

/**
 * What every stored object has, whatever its kind: as much of `metadata` as DNS needs.
 *
 * Stored objects are plain frozen-in-spirit data: never changed after they are made, so that `before` and `after` of a change can be
 * compared, and whatever is computed from an object can be kept beside it.
 */
export interface StoredObject {
  /** Empty for objects outside namespaces. */
  readonly namespace: string;
  readonly name: string;
  /** Milliseconds since the Unix epoch; 0 in manifests that give none. An object deleted and made again under its name differs in this. */
  readonly createdAt: number;
  /** Whether `deletionTimestamp` is set: the object is going, and asks for nothing any more. */
  readonly deleting: boolean;
}

/** `namespace/name`, or `name` outside namespaces: unique in a cluster among objects of one resource. */
export type ObjectKey = string;

/** Which parts of an object's metadata are kept: those that some source reads. */
export interface Retention {
  /** Names of annotations. */
  readonly annotations: ReadonlySet<string>;
}

/**
 * A kind of object, and how it is trimmed. A new kind is one file that exports one of these.
 */
export interface Resource<T extends StoredObject = StoredObject> {
  /** The plural, with the group where there is one, as in an RBAC rule: `nodes`, `endpointslices.discovery.k8s.io`. Unique. */
  readonly id: string;
  /** `v1`, `discovery.k8s.io/v1`. */
  readonly apiVersion: string;
  /** `Node`. */
  readonly kind: string;
  /** As in the API's paths: `nodes`. */
  readonly plural: string;
  readonly namespaced: boolean;
  /**
   * Trims an object to the fields DNS needs. Undefined where it has none of them: it is then treated as if it did not exist.
   *
   * @param base its metadata, to be part of the result
   * @throws {MalformedObject} where a needed field is not what the API says it is
   */
  readonly project: (raw: Fields, base: StoredObject, keep: Retention) => T | undefined;
}

/** The key of an object. */
export function keyOf(object: Pick<StoredObject, 'namespace' | 'name'>): ObjectKey {
  return object.namespace === '' ? object.name : `${object.namespace}/${object.name}`;
}

/** How an object is called in messages, and in `Origin.object`: `Service/default/git`, `Node/n1`. */
export function nameObject(resource: Pick<Resource, 'kind'>, key: ObjectKey): string {
  return `${resource.kind}/${key}`;
}
