import type { FieldPaths } from '../template/field-paths.ts';
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
  /** Those of its fields, as JSON has them, that templates read. Absent: they read none that it has. */
  readonly fields?: Fields;
}

/** `namespace/name`, or `name` outside namespaces: unique in a cluster among objects of one resource. */
export type ObjectKey = string;

/** Which parts of an object's metadata are kept: those that some source reads. */
export interface Retention {
  /** Names of annotations. */
  readonly annotations: ReadonlySet<string>;
  /** Annotations whose names begin with one of these are kept too. */
  readonly annotationPrefixes: readonly string[];
  /** Names of labels; `all` where selectors are not known beforehand. */
  readonly labels: ReadonlySet<string> | 'all';
  /** Fields that are kept besides, for templates, by the id of the resource. @default none */
  readonly fields?: ReadonlyMap<string, FieldPaths>;
  /** Labels that are kept of objects of some resources, by its id: those of `labels`, and more. @default none */
  readonly labelsOf?: ReadonlyMap<string, Retention['labels']>;
}

/**
 * A kind of object, and how it is trimmed. A new kind is one file that exports one of these.
 */
export interface Resource<T extends StoredObject = StoredObject> {
  /** The plural, with the group where there is one, as in an RBAC rule: `nodes`, `endpointslices.discovery.k8s.io`. Unique. */
  readonly id: string;
  /** `v1`, `discovery.k8s.io/v1`. */
  readonly apiVersion: string;
  /**
   * The versions before it, newest first, for API servers that do not have it yet: what is read of an object is the same in all of them. Of several that a
   * server has, one is read.
   *
   * @default none
   */
  readonly olderVersions?: readonly string[];
  /** `Node`. */
  readonly kind: string;
  /** What its objects are called in place of the kind, where another group may have a kind of that name: `Gateway.networking.istio.io`. @default the kind */
  readonly title?: string;
  /** As in the API's paths: `nodes`. */
  readonly plural: string;
  /** `plural` is what it usually would be, and the API is asked what it is. @default false */
  readonly pluralIsGuess?: boolean;
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

/** How an object is called in messages, in problems and in `Origin.object`: `Service/default/git`, `Node/n1`, `Gateway.networking.istio.io/default/edge`. */
export function nameObject({ kind, title = kind }: Pick<Resource, 'kind' | 'title'>, key: ObjectKey): string {
  return `${title}/${key}`;
}

/** Finds the object that `nameObject` called so; undefined where it is of none of these resources. */
export function findObject(
  resources: Iterable<Resource>,
  object: string,
): { readonly resource: Resource; readonly namespace: string; readonly name: string } | undefined {
  const [title, ...key] = object.split('/');
  for (const resource of resources) {
    if ((resource.title ?? resource.kind) !== title || key.length !== (resource.namespaced ? 2 : 1)) continue;
    const [first = '', second] = key;
    return second === undefined ? { resource, namespace: '', name: first } : { resource, namespace: first, name: second };
  }
  return undefined;
}
