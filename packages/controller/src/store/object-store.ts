import { keyOf, type ObjectKey, type Resource, type StoredObject } from '../resources/resource.ts';
import { KeyIndex } from './key-index.ts';
import { sameContent } from './same-content.ts';

/**
 * A way to find objects by something else than their key. A source that needs one declares it beside itself, and is the only one to
 * know what it means; the store keeps it up to date.
 */
export interface ObjectIndex<T extends StoredObject = StoredObject> {
  /** Unique among the indexes of a resource. */
  readonly name: string;
  readonly resource: Resource<T>;
  /** The values by which the object is to be found. */
  values(object: T): Iterable<string>;
}

/** One object's passage from one content to another; at least one is defined, and they differ. */
export interface ObjectChange<T extends StoredObject = StoredObject> {
  readonly resource: Resource<T>;
  readonly key: ObjectKey;
  readonly before: T | undefined;
  readonly after: T | undefined;
}

/** What sources see of the store. */
export interface ObjectReader {
  get<T extends StoredObject>(resource: Resource<T>, key: ObjectKey): T | undefined;
  /** The objects that an index has under a value. */
  select<T extends StoredObject>(index: ObjectIndex<T>, value: string): Iterable<T>;
}

/** Never added to. */
const NO_VALUES = new Set<string>();

/** One resource's objects, and the indexes over them. */
interface Shelf {
  readonly objects: Map<ObjectKey, StoredObject>;
  readonly indexes: Map<string, { readonly index: ObjectIndex; readonly keys: KeyIndex }>;
}

/** The trimmed objects of one cluster. */
export class ObjectStore implements ObjectReader {
  readonly #shelves = new Map<string, Shelf>();

  /**
   * @param resources which kinds of object it holds
   * @param indexes over which of them
   * @throws {RangeError} where two indexes over one resource have one name
   */
  constructor(resources: readonly Resource[], indexes: readonly ObjectIndex[]) {
    for (const resource of resources) this.#shelves.set(resource.id, { objects: new Map(), indexes: new Map() });
    for (const index of indexes) {
      const held = this.#shelf(index.resource).indexes;
      if (held.has(index.name)) throw new RangeError(`two indexes over ${index.resource.id} have the name "${index.name}"`);
      held.set(index.name, { index, keys: new KeyIndex() });
    }
  }

  get<T extends StoredObject>(resource: Resource<T>, key: ObjectKey): T | undefined {
    return this.#shelf(resource).objects.get(key) as T | undefined;
  }

  *select<T extends StoredObject>(index: ObjectIndex<T>, value: string): Generator<T> {
    const shelf = this.#shelf(index.resource);
    const held = shelf.indexes.get(index.name);
    if (held === undefined) throw new RangeError(`no index ${index.name} over ${index.resource.id}`);
    for (const key of held.keys.keys(value)) {
      const object = shelf.objects.get(key);
      if (object !== undefined) yield object as T;
    }
  }

  /** All objects of a resource. */
  *all<T extends StoredObject>(resource: Resource<T>): Generator<T> {
    for (const object of this.#shelf(resource).objects.values()) yield object as T;
  }

  /** How many objects of a resource there are. */
  count(resource: Resource): number {
    return this.#shelf(resource).objects.size;
  }

  /** Puts an object in the place of the one of its key; undefined where that changes nothing. */
  put<T extends StoredObject>(resource: Resource<T>, object: T): ObjectChange | undefined {
    return this.#set(resource, keyOf(object), object);
  }

  /** Removes an object; undefined where there is none. */
  delete(resource: Resource, key: ObjectKey): ObjectChange | undefined {
    return this.#set(resource, key, undefined);
  }

  /** Removes what a resource, or one namespace of it, holds besides the given keys. */
  retain(resource: Resource, namespace: string | undefined, keys: ReadonlySet<ObjectKey>): ObjectChange[] {
    const changes: ObjectChange[] = [];
    for (const [key, object] of this.#shelf(resource).objects) {
      if (keys.has(key) || (namespace !== undefined && object.namespace !== namespace)) continue;
      const change = this.#set(resource, key, undefined);
      if (change !== undefined) changes.push(change);
    }
    return changes;
  }

  #set(resource: Resource, key: ObjectKey, after: StoredObject | undefined): ObjectChange | undefined {
    const { objects, indexes } = this.#shelf(resource);
    const before = objects.get(key);
    if (before === after || (before !== undefined && after !== undefined && sameContent(before, after))) return undefined;
    for (const { index, keys } of indexes.values()) {
      const left = before === undefined ? NO_VALUES : new Set(index.values(before));
      // A value that stays is not touched: thousands may have it, and a set is tidied up as a whole after so many removals.
      if (after !== undefined) for (const value of index.values(after)) if (!left.delete(value)) keys.add(value, key);
      for (const value of left) keys.remove(value, key);
    }
    if (after === undefined) objects.delete(key);
    else objects.set(key, after);
    return { resource, key, before, after };
  }

  #shelf(resource: Resource): Shelf {
    const shelf = this.#shelves.get(resource.id);
    if (shelf === undefined) throw new RangeError(`the store holds no ${resource.id}`);
    return shelf;
  }
}
