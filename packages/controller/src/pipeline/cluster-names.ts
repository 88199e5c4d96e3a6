import type { Catalog, Logger, NameChange, Origin, SourceKind } from '@kubezone/core';

import { messageOf } from '../cluster/message-of.ts';
import { nameObject, type ObjectKey, type Resource, type Retention } from '../resources/resource.ts';
import type { Dependency, Source } from '../sources/source.ts';
import { type ObjectChange, type ObjectIndex, ObjectStore } from '../store/object-store.ts';
import type { ProblemRegister } from './problem-register.ts';

/** One object of one source: the unit of work. */
export interface Task {
  readonly source: Source;
  readonly key: ObjectKey;
}

/** What is needed to turn objects into names. */
export interface ClusterNamesOptions {
  /** The cluster's configured name. */
  readonly cluster: string;
  readonly sources: readonly Source[];
  readonly catalog: Pick<Catalog, 'put' | 'remove'>;
  readonly problems: ProblemRegister;
  readonly logger: Logger;
}

/** The objects of one cluster, and what they contribute to the catalog. */
export class ClusterNames {
  readonly store: ObjectStore;
  readonly #options: ClusterNamesOptions;
  /** Who contributes something at present. */
  readonly #contributing = new Map<Source, Map<ObjectKey, Origin>>();

  constructor(options: ClusterNamesOptions) {
    this.#options = options;
    for (const source of options.sources) this.#contributing.set(source, new Map());
    this.store = new ObjectStore(resourcesOf(options.sources), indexesOf(options.sources));
  }

  /** Whom changes of the store concern, each once; and what is wrong with the changed objects as far as others look at them. */
  tasksFor(changes: readonly ObjectChange[]): Task[] {
    const { sources } = this.#options;
    const tasks: Task[] = [];
    for (const source of sources) {
      const keys = new Set<ObjectKey>();
      for (const change of changes) {
        if (change.resource === source.resource) keys.add(change.key);
        for (const dependency of source.reads) {
          if (dependency.resource === change.resource) this.#follow(source, dependency, change, keys);
        }
      }
      for (const key of keys) tasks.push({ source, key });
    }
    return tasks;
  }

  /** Brings the catalog up to date with one object, whatever became of it. */
  perform({ source, key }: Task): readonly NameChange[] {
    const { cluster, catalog, problems, logger } = this.#options;
    const subject = { kind: 'object', resource: source.resource, key } as const;
    const contributing = this.#contributing.get(source);
    const object = this.store.get(source.resource, key);
    const standing = contributing?.get(key);
    if (object === undefined) {
      problems.replace(cluster, subject, source.kind, []);
      contributing?.delete(key);
      return standing === undefined ? [] : catalog.remove(standing);
    }
    try {
      const { desired, problems: found } = source.desire(object, this.store);
      problems.replace(cluster, subject, source.kind, found);
      if (desired.length === 0 && standing === undefined) return [];
      const origin = originOf(cluster, source, key, object.createdAt, standing);
      if (desired.length > 0) contributing?.set(key, origin);
      else contributing?.delete(key);
      return catalog.put(origin, desired);
    } catch (error) {
      // No object may stop the others, not even one that a source was not made for.
      const message = `source ${source.kind} failed on it: ${messageOf(error)}`;
      problems.replace(cluster, subject, source.kind, [{ code: 'SOURCE_FAULT', message }]);
      logger.error('a source failed on an object', { source: source.kind, object: nameObject(source.resource, key), error });
      return [];
    }
  }

  /** How many objects a source has looked at, and how many of them ask for a name. */
  counts(source: Source): { readonly objects: number; readonly contributing: number } {
    return {
      objects: this.store.count(source.resource),
      contributing: this.#contributing.get(source)?.size ?? 0,
    };
  }

  #follow(source: Source, dependency: Dependency, { resource, key, before, after }: ObjectChange, keys: Set<ObjectKey>): void {
    if (dependency.inspect !== undefined) {
      const found = after === undefined ? [] : dependency.inspect(after);
      this.#options.problems.replace(this.#options.cluster, { kind: 'object', resource, key }, source.kind, found);
    }
    if (before !== undefined && after !== undefined && dependency.differs?.(before, after) === false) return;
    for (const object of [before, after]) {
      if (object === undefined) continue;
      for (const concerned of dependency.concerns(object, this.store)) keys.add(concerned);
    }
  }
}

/** Every resource that some source reads, each once. */
export function resourcesOf(sources: readonly Source[]): Resource[] {
  return [...new Set(sources.flatMap((source) => scopesRead(source)))];
}

/** The resources that a source reads, its own first. */
export function scopesRead(source: Source): Resource[] {
  return [source.resource, ...source.reads.map((dependency) => dependency.resource)];
}

/** What of the objects' metadata is kept for the sources. */
export function retentionOf(sources: readonly Source[]): Retention {
  return { annotations: new Set(sources.flatMap((source) => source.annotations)) };
}

function indexesOf(sources: readonly Source[]): ObjectIndex[] {
  return [...new Set(sources.flatMap((source) => source.indexes))];
}

function originOf(
  cluster: string,
  source: { readonly kind: SourceKind; readonly resource: Resource },
  key: ObjectKey,
  createdAt: number,
  standing: Origin | undefined,
): Origin {
  // One object in memory per origin, not one per event.
  if (standing?.createdAt === createdAt) return standing;
  return { source: source.kind, cluster, object: nameObject(source.resource, key), createdAt };
}
