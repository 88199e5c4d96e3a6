import { describe, fieldsAt, isFields, MalformedObject, stringAt, type Fields } from './fields.ts';
import { keepFields } from '../template/field-paths.ts';
import { keyOf, type ObjectKey, type Resource, type Retention, type StoredObject } from './resource.ts';

/** The longest name that the API lets an object have (k8s.io/apimachinery, `DNS1123SubdomainMaxLength`). */
const MAX_NAME = 253;

/** What is made of one object as it arrives. */
export type Projected<T extends StoredObject = StoredObject> =
  | { readonly kind: 'object'; readonly object: T }
  /** The object has nothing that DNS needs; as far as the sources are concerned it does not exist. */
  | { readonly kind: 'nothing'; readonly key: ObjectKey }
  | { readonly kind: 'malformed'; readonly fault: ObjectFault };

/** Why one object's content is not used. */
export interface ObjectFault {
  /** Undefined where not even the name can be read. */
  readonly key: ObjectKey | undefined;
  /** Where in the object. */
  readonly path: string;
  readonly found: string;
  readonly expected: string;
}

/**
 * Trims one object to what DNS needs, or says what is wrong with it. Never throws.
 *
 * @param raw as parsed from JSON or YAML, its kind already known
 */
export function projectObject<T extends StoredObject>(resource: Resource<T>, raw: unknown, keep: Retention): Projected<T> {
  let key: ObjectKey | undefined;
  try {
    if (!isFields(raw)) throw new MalformedObject('', describe(raw), `a ${resource.kind}`);
    const metadata = readMetadata(resource, raw);
    key = keyOf(metadata);
    const paths = keep.fields?.get(resource.id);
    const fields = paths === undefined ? undefined : keepFields(raw, paths);
    const base = fields === undefined ? metadata : { ...metadata, fields };
    const labels = keep.labelsOf?.get(resource.id);
    const object = resource.project(raw, base, labels === undefined ? keep : { ...keep, labels });
    return object === undefined ? { kind: 'nothing', key } : { kind: 'object', object };
  } catch (error) {
    if (!(error instanceof MalformedObject)) throw error;
    const { path, found, expected } = error;
    return { kind: 'malformed', fault: { key: key ?? readKey(resource, raw), path, found, expected } };
  }
}

/** The key of an object of which nothing else may be readable; undefined where even that is not. */
export function readKey(resource: Resource, raw: unknown): ObjectKey | undefined {
  const metadata = isFields(raw) ? raw['metadata'] : undefined;
  if (!isFields(metadata)) return undefined;
  const { name, namespace } = metadata;
  if (typeof name !== 'string' || !isName(name)) return undefined;
  if (!resource.namespaced) return name;
  return typeof namespace === 'string' && isName(namespace) ? `${namespace}/${name}` : undefined;
}

function readMetadata(resource: Resource, raw: Fields): StoredObject {
  const metadata = fieldsAt(raw, 'metadata');
  const name = named(stringAt(metadata, 'name', 'metadata'), 'metadata.name');
  const namespace = resource.namespaced ? named(stringAt(metadata, 'namespace', 'metadata'), 'metadata.namespace') : '';
  const created = stringAt(metadata, 'creationTimestamp', 'metadata');
  const createdAt = created === undefined ? 0 : Date.parse(created);
  if (Number.isNaN(createdAt)) {
    throw new MalformedObject('metadata.creationTimestamp', describe(created), 'a time in RFC 3339 format');
  }
  return {
    namespace,
    name,
    createdAt,
    deleting: stringAt(metadata, 'deletionTimestamp', 'metadata') !== undefined,
  };
}

/** @throws {MalformedObject} where it is no name that the API lets an object have: a key that says nothing, or a megabyte of it, is none */
function named(value: string | undefined, path: string): string {
  if (value === undefined || value === '') throw new MalformedObject(path, 'nothing', 'a name');
  if (!isName(value)) throw new MalformedObject(path, describe(value), `a name of at most ${MAX_NAME} characters, without "/"`);
  return value;
}

function isName(text: string): boolean {
  return text !== '' && text.length <= MAX_NAME && !text.includes('/');
}
