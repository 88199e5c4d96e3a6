import type { DesiredRRset, OwnerName, SourceKind } from '@kubezone/core';

import type { LocalProblem } from '../cluster/problem.ts';
import type { ObjectKey, Resource, StoredObject } from '../resources/resource.ts';
import type { FieldPaths } from '../template/field-paths.ts';
import type { ObjectIndex, ObjectReader } from '../store/object-store.ts';

/**
 * What one kind of object says about names: a pure function, with the declarations that tell the pipeline when to call it.
 *
 * A new source is one file that exports a function making one of these, entered in the app's table of sources.
 */
export interface Source<T extends StoredObject = StoredObject> {
  /** As in the configuration's `sources`. */
  readonly kind: SourceKind;
  /** The objects that ask for names. */
  readonly resource: Resource<T>;
  /** Other objects that `desire` looks at, and how to find whom their changes concern. */
  readonly reads: readonly Dependency[];
  /** Indexes that `desire` and `reads` use. */
  readonly indexes: readonly ObjectIndex[];
  /** The annotations it reads, of any of its objects; no others are kept. */
  readonly annotations: readonly string[];
  /** Annotations whose names begin with one of these are kept too. @default none */
  readonly annotationPrefixes?: readonly string[];
  /** The labels it reads, of any of its objects, or `all`. @default none */
  readonly labels?: readonly string[] | 'all';
  /** Fields of its own objects that a template reads: they are kept in `StoredObject.fields`. @default none */
  readonly fields?: FieldPaths;
  /** What the object asks for, and what is wrong with it. Depends on nothing but its arguments. */
  desire(object: T, store: ObjectReader): Desire;
}

/** What one object asks for. */
export interface Desire {
  readonly desired: readonly DesiredRRset[];
  /** Parts of the object that are not used; the rest is in `desired`. */
  readonly problems: readonly LocalProblem[];
  /** Names that it asks for and that no zone holds. Others may serve them: that is no problem of the object. @default none */
  readonly outside?: OutsideNames;
}

/** Names outside all zones, each once. */
export interface OutsideNames {
  /** Some of them, a few at most. */
  readonly listed: readonly OwnerName[];
  /** How many there are. */
  readonly total: number;
}

/** Objects that a source looks at besides its own. */
export interface Dependency<T extends StoredObject = StoredObject> {
  readonly resource: Resource<T>;
  /**
   * Whether the source is complete although the API server does not have the resource at all: there is no such object then. One that may not be read is
   * another matter, since nobody knows what there is.
   *
   * @default no: the source is absent then
   */
  readonly optional?: boolean;
  /** The labels it reads of these objects, besides those that sources read of any object; or `all`. @default none */
  readonly labels?: readonly string[] | 'all';
  /**
   * The keys of the source's own objects that look at this one. Asked of an object as it was and as it is now, and gone through at leisure where there are
   * many, while the store goes on changing: an object that came to look at this one, or ceased to, by another change is found through that change.
   */
  concerns(object: T, store: ObjectReader): Iterable<ObjectKey>;
  /** Whether the source would see a difference between two contents of an object. @default it would */
  differs?(before: T, after: T): boolean;
  /** What is wrong with an object as far as this source reads it. */
  inspect?(object: T): readonly LocalProblem[];
}

/** An object that asks for nothing, and is in order. */
export const NO_DESIRE: Desire = { desired: [], problems: [] };
