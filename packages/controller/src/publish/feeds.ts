import type { Catalog, DesiredRRset, NameChange, Origin } from '@kubezone/core';

import type { Resource, StoredObject } from '../resources/resource.ts';
import type { Source } from '../sources/source.ts';
import type { ObjectIndex, ObjectReader } from '../store/object-store.ts';
import type { Feed } from './route.ts';

/** The sources of one feed, which have a catalog of their own. */
export interface FeedSources {
  /** Tells it from the others; empty for the one whose sources keep their names. */
  readonly name: string;
  readonly sources: readonly Source[];
  readonly catalog: Catalog;
}

/** Several feeds behind one pipeline. */
export interface JoinedFeeds {
  readonly feeds: readonly Feed[];
  /** For `NamePipelineOptions.sources`: each object is watched and stored once, whoever looks at it. */
  readonly sources: readonly Source[];
  /** For `NamePipelineOptions.catalog`. */
  readonly catalog: Pick<Catalog, 'put' | 'remove'>;
}

const SEPARATOR = '/';

/**
 * Puts several sets of sources, each with its own filters and catalog, behind one pipeline: one watch, one store. In problems and metrics a source is called by its feed
 * as well (`internal/httproute`); in its catalog, and so in markers, it is not.
 */
export function joinFeeds(feeds: readonly FeedSources[]): JoinedFeeds {
  const byName = new Map(feeds.map((feed) => [feed.name, feed.catalog]));
  if (byName.size !== feeds.length) throw new RangeError('two feeds have one name');
  const plain = new WeakMap<Origin, Origin>();
  const resolve = (origin: Origin): { readonly catalog: Catalog | undefined; readonly origin: Origin } => {
    const { feed, source } = plainSource(origin.source);
    if (feed === '') return { catalog: byName.get(''), origin };
    let own = plain.get(origin);
    if (own === undefined) plain.set(origin, (own = { ...origin, source }));
    return { catalog: byName.get(feed), origin: own };
  };
  const put = (from: Origin, desired: readonly DesiredRRset[]): NameChange[] => {
    const { catalog, origin } = resolve(from);
    return catalog?.put(origin, desired) ?? [];
  };
  return {
    feeds: feeds.map(({ name, catalog }) => ({ name, catalog })),
    sources: joinSources(feeds),
    catalog: { put, remove: (origin) => put(origin, []) },
  };
}

/** A source's own name, and that of its feed. */
export function plainSource(kind: string): { readonly feed: string; readonly source: string } {
  const at = kind.indexOf(SEPARATOR);
  return at < 0 ? { feed: '', source: kind } : { feed: kind.slice(0, at), source: kind.slice(at + 1) };
}

/** Sources of all feeds, which one store can serve. */
function joinSources(feeds: readonly FeedSources[]): Source[] {
  const resources = new Map<string, Resource>();
  const indexes = new Map<string, ObjectIndex>();
  return feeds.flatMap(({ name, sources }) => sources.map((source) => joinSource(source, name, { resources, indexes })));
}

interface Shared {
  /** By id: what one feed reads as well as another is watched once. */
  readonly resources: Map<string, Resource>;
  /** By resource and name. */
  readonly indexes: Map<string, ObjectIndex>;
}

function joinSource(source: Source, feed: string, { resources, indexes }: Shared): Source {
  const shared = <T extends StoredObject>(resource: Resource<T>): Resource<T> => {
    const known = resources.get(resource.id);
    if (known === undefined) resources.set(resource.id, resource);
    return (known ?? resource) as Resource<T>;
  };
  // A source that makes its own indexes makes them for itself, by its own filters.
  const renamed = new Map<ObjectIndex, ObjectIndex>();
  for (const index of source.indexes) {
    const key = `${index.resource.id}\0${index.name}`;
    const known = indexes.get(key);
    if (known === undefined) indexes.set(key, index);
    else if (known !== index) renamed.set(index, { ...index, name: `${index.name}${SEPARATOR}${feed}` });
  }
  const reading = (store: ObjectReader): ObjectReader =>
    renamed.size === 0
      ? store
      : {
          get: (resource, key) => store.get(resource, key),
          select: <T extends StoredObject>(index: ObjectIndex<T>, value: string) =>
            store.select((renamed.get(index as ObjectIndex) ?? index) as ObjectIndex<T>, value),
        };
  return {
    ...source,
    kind: feed === '' ? source.kind : `${feed}${SEPARATOR}${source.kind}`,
    resource: shared(source.resource),
    indexes: source.indexes.map((index) => renamed.get(index) ?? index),
    reads: source.reads.map((dependency) => ({
      ...dependency,
      resource: shared(dependency.resource),
      concerns: (object, store) => dependency.concerns(object, reading(store)),
    })),
    desire: (object, store) => source.desire(object, reading(store)),
  };
}
